"""What a parameter may be and what a port takes, in words: for tooltips and the help page."""

from __future__ import annotations

from netbuilder.blocks import Param, Port, TensorType, Value
from netbuilder.blocks.values import show
from netbuilder.ui.text import translate


def value_text(param: Param, value: Value) -> str:
    """A value of the parameter as a person reads it: `3`, `on`, `from wire`."""
    if value is None:
        return translate("from wire") if param.follows else translate(param.none)
    if isinstance(value, bool):
        return translate("on") if value else translate("off")
    if param.kind == "code":
        return translate("an example")
    return show(value) or translate("none")


def limits(param: Param) -> str:
    """What the parameter may be: `whole number from 2 to 16`."""
    if param.kind == "bool":
        return translate("on or off")
    if param.kind == "choice":
        return ", ".join(param.choices)
    if param.kind in ("folder", "file", "text", "code"):
        paths = {"folder": translate("path of a folder"), "file": translate("path of a file")}
        texts = {**paths, "text": translate("text"), "code": translate("Python code")}
        return texts[param.kind]
    return ", ".join([_range(param, _numbers(param)), *param.choices])


def bytes_text(number: int) -> str:
    """An amount of memory: `512 B`, `11.3 KiB`, `2.4 MiB`."""
    amount, units = float(number), ("KiB", "MiB", "GiB", "TiB")
    if number < 1024:
        return f"{number} B"
    for unit in units:
        amount /= 1024
        if amount < 999.5 or unit == units[-1]:
            return f"{amount:.1f} {unit}" if amount < 99.95 else f"{amount:,.0f} {unit}"
    raise AssertionError


def _numbers(param: Param) -> str:
    """The kind of number, and how many."""
    if param.kind == "size" and param.rank > 1:
        return translate("1 or {0} whole numbers").format(param.rank)
    if param.kind == "numbers":
        return translate("{0} numbers").format(param.rank) if param.rank else translate("numbers")
    kinds = {"float": translate("number"), "shape": translate("whole numbers")}
    return kinds.get(param.kind, translate("whole number"))


def _range(param: Param, kind: str) -> str:
    if param.low is None and param.high is None:
        return kind
    if param.high is None:
        return translate("{0}, at\u00a0least\u00a0{1}").format(kind, _number(param.low))
    if param.low is None:
        return translate("{0}, at\u00a0most\u00a0{1}").format(kind, _number(param.high))
    return translate("{0} from {1} to {2}").format(kind, _number(param.low), _number(param.high))


def port_text(port: Port) -> str:
    """What an input takes: `4 dims, float32`."""
    dims = translate(" or ").join(str(number) for number in port.dims)
    parts = [translate("1 dim") if port.dims == (1,) else translate("{0} dims").format(dims)] if port.dims else []
    if port.dtype != "any":
        parts.append(port.dtype)
    return ", ".join([*(parts or [translate("any tensor")]), *([translate("optional")] if port.optional else [])])


def tensor_text(tensor: TensorType) -> str:
    """What an output gives for a batch of N samples: `N×1×8×8, float32`; a size that is not known yet is a `?`."""
    return f"{'×'.join(['N', *('?' if size < 0 else str(size) for size in tensor.shape)])}, {tensor.dtype}"


def _number(limit: float | None) -> str:
    if limit is not None and abs(limit) >= 1e4:
        return f"{int(limit):,}"
    return f"{limit:g}"
