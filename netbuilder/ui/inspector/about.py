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
    return show(value) or translate("none")


def limits(param: Param) -> str:
    """What the parameter may be: `whole number from 2 to 16`."""
    if param.kind == "bool":
        return translate("on or off")
    if param.kind == "choice":
        return ", ".join(param.choices)
    if param.kind == "folder":
        return translate("path of a folder")
    kind = {
        "int": translate("whole number"),
        "float": translate("number"),
        "size": translate("1 or {0} whole numbers").format(param.rank),
        "shape": translate("whole numbers"),
    }[param.kind]
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
    return ", ".join([*parts, *([] if port.dtype == "any" else [port.dtype])]) or translate("any tensor")


def tensor_text(tensor: TensorType) -> str:
    """What an output gives for a batch of N samples: `N×1×8×8, float32`."""
    return f"{'×'.join(['N', *map(str, tensor.shape)])}, {tensor.dtype}"


def _number(limit: float | None) -> str:
    if limit is not None and abs(limit) >= 1e4:
        return f"{int(limit):,}"
    return f"{limit:g}"
