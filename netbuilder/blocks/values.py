"""Whether a value suits a parameter, said in words when it does not."""

from __future__ import annotations

import math
import re

from netbuilder.blocks.block import Param, Value
from netbuilder.blocks.formulas import check_formula
from netbuilder.blocks.sentence import Refused

LARGEST = 10**9
LONGEST_SHAPE = 8
LONGEST_PATH = 1024
LONGEST_TEXT = 200
LONGEST_CODE = 100_000
LONGEST_LIST = 1000


def check(param: Param, value: object) -> Value:
    """Return `value` as the parameter holds it, or raise Refused."""
    if value is None and param.optional:
        return None
    # What is empty would be shown, and read again, as None.
    if value is None or (param.optional and value in ("", (), [])):
        raise Refused("{param} needs a value.", param=param.label)
    if param.kind == "bool":
        if isinstance(value, bool):
            return value
        raise Refused("{param} is either on or off.", param=param.label)
    if param.kind == "choice":
        if isinstance(value, str) and value in param.choices:
            return value
        raise Refused("{param} is one of {choices}.", param=param.label, choices=", ".join(param.choices))
    if param.kind in ("folder", "file"):
        return _path(param, value)
    if param.kind in ("text", "code"):
        return _text(param, value)
    if param.kind == "numbers":
        return _floats(param, value)
    if param.kind == "size" and isinstance(value, str) and value in param.choices:
        return value
    if param.kind in ("size", "shape"):
        return _numbers(param, value)
    return _number(param, value)


def sizes(value: Value) -> tuple[int, ...]:
    """A value that is a shape, as one."""
    assert isinstance(value, tuple)
    return tuple(int(number) for number in value)


def parse(param: Param, text: str) -> Value:
    """Read what a person typed into a form: `3`, `3, 5`, `0.1`; nothing typed is None."""
    if not (param.kind == "code" or (param.kind == "text" and not param.pattern)):  # there, spaces may be meant
        text = text.strip()
    if not text and param.optional:
        return None
    if param.kind in ("folder", "file", "choice", "text", "code") or (param.kind == "size" and text in param.choices):
        return check(param, text)
    if param.kind == "bool":
        return check(param, {"True": True, "False": False}.get(text, text))
    if not text and param.kind in ("shape", "numbers"):
        return check(param, ())
    if not text:
        return check(param, None)
    parts = [part.strip() for part in text.strip("()").replace("×", ",").split(",") if part.strip()]
    try:
        if param.kind == "numbers":
            return check(param, tuple(int(part) if _whole(part) else float(part) for part in parts))
        if param.kind == "float":
            return check(param, float(text) if not _whole(text) else int(text))
        free = param.kind == "shape" and param.low == -1  # −1 stands for a length that may vary, which a person calls T
        numbers = tuple(-1 if free and part in ("T", "t", "−1") else int(part) for part in parts)
    except ValueError:
        if param.kind in ("float", "numbers"):
            raise Refused("{param}: {text} is not a number.", param=param.label, text=text[:40]) from None
        raise Refused("{param}: {text} is not a whole number.", param=param.label, text=text[:40]) from None
    if param.kind == "shape":
        return check(param, numbers)
    return check(param, numbers[0] if len(numbers) == 1 else numbers)


def show(value: Value) -> str:
    """Write a value the way `parse` reads it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(str(v) for v in value)
    return str(value)


def _whole(text: str) -> bool:
    return text.lstrip("+-").isdecimal()


def _number(param: Param, value: object) -> Value:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if param.kind == "int" and not whole:
        raise Refused("{param} is a whole number.", param=param.label)
    if not whole and not (isinstance(value, float) and math.isfinite(value)):
        raise Refused("{param} is a finite number.", param=param.label)
    assert isinstance(value, int | float)
    _range(param, value)
    return value


def _range(param: Param, value: float) -> None:
    low = -LARGEST if param.low is None else param.low
    if value < low:
        raise Refused("{param} is at least {low}.", param=param.label, low=_plain(low))
    high = LARGEST if param.high is None else param.high
    if value > high:
        raise Refused("{param} is at most {high}.", param=param.label, high=_plain(high))


def _plain(limit: float) -> float:
    return int(limit) if limit == int(limit) else limit


def _numbers(param: Param, value: object) -> Value:
    if param.kind == "size" and isinstance(value, int) and not isinstance(value, bool):
        _range(param, value)
        return value
    if not isinstance(value, list | tuple) or any(not isinstance(v, int) or isinstance(v, bool) for v in value):
        raise Refused("{param} is a list of whole numbers.", param=param.label)
    if param.kind == "size" and param.rank == 1:
        raise Refused("{param} is one whole number.", param=param.label)
    if param.kind == "size" and len(value) != param.rank:
        raise Refused("{param} is one number or {rank} of them.", param=param.label, rank=param.rank)
    if len(value) > LONGEST_SHAPE:
        raise Refused("{param} has at most {most} numbers.", param=param.label, most=LONGEST_SHAPE)
    for number in value:
        _range(param, number)
    return tuple(value)


def _floats(param: Param, value: object) -> Value:
    if not isinstance(value, list | tuple) or any(not isinstance(v, int | float) or isinstance(v, bool) for v in value):
        raise Refused("{param} is a list of numbers.", param=param.label)
    if len(value) > LONGEST_LIST:
        raise Refused("{param} has at most {most} numbers.", param=param.label, most=LONGEST_LIST)
    if param.rank and len(value) != param.rank:
        raise Refused("{param} has {rank} numbers.", param=param.label, rank=param.rank)
    for number in value:
        _number(param, number)
    return tuple(value)


def _text(param: Param, value: object) -> str:
    longest = LONGEST_CODE if param.kind == "code" else LONGEST_TEXT
    if not isinstance(value, str) or len(value) > longest:
        raise Refused("{param} is a text of at most {most} characters.", param=param.label, most=longest)
    allowed = "\n\t" if param.kind == "code" else ""
    if any((not c.isprintable() and c not in allowed) or 0xD800 <= ord(c) < 0xE000 for c in value):
        raise Refused("{param} holds a character that cannot be printed.", param=param.label)
    if param.pattern and not re.fullmatch(param.pattern, value):
        raise Refused("{param}: {text} is not of the form that is wanted.", param=param.label, text=value[:40])
    return check_formula(value, param.formula, param.label) if param.formula else value


def _path(param: Param, value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_PATH:
        raise Refused("{param} is the path of a {kind}.", param=param.label, kind=param.kind)
    if not value or any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in value):
        raise Refused(
            "{param} is the path of a {kind}, without control characters.", param=param.label, kind=param.kind
        )
    return value
