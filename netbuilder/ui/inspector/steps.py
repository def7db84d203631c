"""What a number becomes when it is stepped: by ones, by its last digit, or from decade to decade."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from netbuilder.blocks import Param, Value
from netbuilder.blocks.values import LARGEST

_FIRST = Decimal("1e-4")
_LEAST = Decimal("1e-12")


@dataclass(frozen=True)
class Scale:
    """How fine the steps are: `digits` of a number that runs over decades, decimals of one that does not."""

    decades: bool
    digits: int

    @property
    def page(self) -> int:
        """The steps that Page up goes: a decade, or ten."""
        return 9 * 10 ** (self.digits - 1) if self.decades else 10

    def finer(self) -> Scale:
        """A scale with one digit more."""
        return Scale(self.decades, self.digits + 1)


def scale_of(param: Param, value: Value) -> Scale:
    """The scale that fits a value: its last digit is what changes."""
    if param.kind not in ("float", "numbers") or not isinstance(value, int | float):
        return Scale(False, 0)
    number = Decimal(str(value))
    shown = number.normalize().as_tuple()
    assert isinstance(shown.exponent, int)
    if param.low is not None and param.low >= 0 and (param.high is None or param.high > 1):
        return Scale(True, len(shown.digits))
    bounded = param.low is not None and param.high is not None
    return Scale(False, max(-shown.exponent, 1 if bounded else 0))


def stepped(param: Param, value: Value, by: int, scale: Scale, part: int | None = None) -> Value:
    """`value` moved by that many steps within the limits; of a tuple the number at `part`, or all of them."""
    if isinstance(value, tuple):
        at = range(len(value)) if part is None else (part,)
        return tuple(_moved(param, number, by, scale) if i in at else number for i, number in enumerate(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return _moved(param, value, by, scale)


def _moved(param: Param, value: float, by: int, scale: Scale) -> int | float:
    if param.kind not in ("float", "numbers"):
        return int(_within(param, Decimal(int(value) + by)))
    number = Decimal(str(value))
    if scale.decades:
        for _ in range(abs(by)):
            number = _along_decades(param, number, by > 0, scale.digits)
    else:
        number += by * Decimal(1).scaleb(-scale.digits)
    number = _within(param, number)
    return int(number) if isinstance(value, int) and number == int(number) else float(number)


def _within(param: Param, number: Decimal) -> Decimal:
    return max(_limit(param.low, -LARGEST), min(_limit(param.high, LARGEST), number))


def _limit(limit: float | None, otherwise: int) -> Decimal:
    return Decimal(str(otherwise if limit is None else limit))


def _along_decades(param: Param, number: Decimal, up: bool, digits: int) -> Decimal:
    if not number:
        first = Decimal(str(param.default)) if isinstance(param.default, int | float) and param.default else _FIRST
        return first if up else number
    exponent = number.adjusted() - (digits - 1)
    if not up and number == Decimal(1).scaleb(number.adjusted()):
        exponent -= 1
    after = number + Decimal(1 if up else -1).scaleb(exponent)
    return after if after >= _LEAST else Decimal(0)
