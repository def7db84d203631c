"""Layers that add a border, or cut one off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from netbuilder.blocks.block import Block, Category, Dtype, Param, Port, Values, Writes
from netbuilder.blocks.sliding import PICTURE, SIGNAL, VOLUME, Space
from netbuilder.blocks.torch_params import take

_CUT = -1_000_000  # less than 0 cuts off

_PADDING = {
    1: "Places added before and after the signal; numbers below 0 cut off as many.",
    2: "Places added left, right, above and below; numbers below 0 cut off as many.",
    3: "Places added left, right, above, below, in front and behind; numbers below 0 cut off as many.",
}
_SIZES = {
    1: "The length grows by the padding before and after it",
    2: "Width grows by the padding left and right, height by that above and below",
    3: "Width grows by the padding left and right, height by that above and below, depth by that in front and behind",
}
_SHIFTS = {1: ("before",), 2: ("above", "left"), 3: ("front", "above", "left")}
_SAMPLES = {1: "N,3,7", 2: "N,3,7,5", 3: "N,3,4,7,5"}
_TIMES = {
    1: "A border of 1 makes a signal of 30 steps 7% larger.",
    2: "A border of 1 makes a picture of 30 × 30 14% larger.",
    3: "A border of 1 makes a volume of 30 × 30 × 30 21% larger.",
}


class _Way(NamedTuple):
    """How a kind of padding fills the border."""

    name: str
    mode: str  # as F.pad knows it; empty for a constant
    at: str  # the place in the input that is shown at place i, empty where it is a number instead
    limit: str = ""
    any_dims: bool = False


def _params(way: _Way, space: Space) -> tuple[Param, ...]:
    about: dict[str, Any] = {
        "padding": {"default": 1, "rank": 2 * space.rank, "low": _CUT, "help": _PADDING[space.rank]},
        "value": {"default": -1.0, "help": "What stands in the border."},
    }
    wanted = ("padding", "value") if way.name == "Constant" else ("padding",)
    return take(f"nn.{way.name}Pad{space.rank}d", **{name: about[name] for name in wanted})


def _writer(way: _Way, space: Space) -> Writes:
    """The call of F.pad, which takes no single number for all sides."""

    def write(values: Values, inputs: Mapping[str, str]) -> str:
        padding = values["padding"]
        sides = padding if isinstance(padding, tuple) else (padding,) * (2 * space.rank)
        ending = f', mode="{way.mode}"' if way.mode else ""
        if values.get("value"):  # torch's own default is 0
            ending = f", value={values['value']!r}"
        return f"F.pad({inputs['input']}, {sides!r}{ending})"

    return write


def _formula(way: _Way, space: Space) -> str:
    shifts = [f"{axis} − {shift}" for axis, shift in zip(space.axes, _SHIFTS[space.rank], strict=True)]
    if not way.at:
        border = "value" if way.name == "Constant" else "0"
        return (
            f"out[…, {space.at}] = in[…, {', '.join(shifts)}]\nout = {border} where that is outside the {space.thing}"
        )
    return f"out[…, {space.at}] = in[…, {', '.join(f'at({shift})' for shift in shifts)}]\n{way.at}"


def _pad(way: _Way, space: Space, what: str, more: str, use: str) -> Block:
    name = f"{way.name}Pad{space.rank}d"
    most = 6 if way.any_dims else space.rank + 3
    # torch reflects and repeats some other types on some devices only.
    dtype: Dtype = "float32" if way.mode in ("reflect", "replicate") else "any"
    return Block(
        name,
        Category.SHAPE,
        "pad",
        what,
        more=more,
        formula=_formula(way, space),
        shape_rule=f"{_SIZES[space.rank]}. {way.limit}The channels stay.",
        cost=f"It has no parameters and copies its input once. {_TIMES[space.rank]}",
        use=use,
        inputs=(Port("input", dims=tuple(range(space.rank + 1, most)), dtype=dtype),),
        params=_params(way, space),
        module=f"nn.{name}",
        writes=_writer(way, space),
        summary="{padding} · {value}" if way.name == "Constant" else "{padding}",
        sample=(_SAMPLES[space.rank],),
    )


_CONSTANT = _Way("Constant", "", "", any_dims=True)
_ZERO = _Way("Zero", "", "", any_dims=True)
_REFLECTION = _Way(
    "Reflection", "reflect",
    "at(i) = i inside\nat(i) = −i before the start\nat(i) = 2·(size − 1) − i behind the end",
    "The padding must be less than the size. ",
)  # fmt: skip
_REPLICATION = _Way("Replication", "replicate", "at(i) = min(max(i, 0), size − 1)")
_CIRCULAR = _Way("Circular", "circular", "at(i) = i mod size", "The padding must be at most the size. ")

BLOCKS: tuple[Block, ...] = (
    _pad(
        _ZERO,
        SIGNAL,
        "Adds zeros before and after the signal.",
        "The two ends can have different numbers of them, which the padding of a convolution cannot.",
        "Before a convolution that must not look ahead: zeros before the signal only, as many as the filter reaches "
        "back.",
    ),
    _pad(
        _ZERO,
        PICTURE,
        "Adds a border of zeros around the picture.",
        "Each side can have a width of its own, which the padding of a convolution cannot.",
        "To make pictures fit a size that later layers need, above all where sizes are odd.",
    ),
    _pad(
        _ZERO,
        VOLUME,
        "Adds a shell of zeros around the volume.",
        "Each of the six sides can have a thickness of its own, which the padding of a convolution cannot.",
        "To bring scans to a size that can be halved several times, or to pad a video in time on one side only.",
    ),
    _pad(
        _CONSTANT,
        SIGNAL,
        "Adds one and the same number before and after the signal.",
        "The network sees the number as if it had been measured, so take one that means nothing happens.",
        "For series whose rest is not zero, such as a temperature or a loudness in decibels.",
    ),
    _pad(
        _CONSTANT,
        PICTURE,
        "Adds a border of one and the same number around the picture.",
        "The network sees the border as a part of the picture, so take the number of its background.",
        "For pictures whose background is not zero: where pixels go from −1 to 1, the black is −1.",
    ),
    _pad(
        _CONSTANT,
        VOLUME,
        "Adds a shell of one and the same number around the volume.",
        "The network sees the shell as a part of the volume, so take the number of what lies around the body.",
        "For scans in which air has a number of its own, as the −1000 of a CT.",
    ),
    _pad(
        _REFLECTION,
        SIGNAL,
        "Continues the signal at both ends as if it ran backwards there.",
        "The first and the last number are not repeated: they are where the mirrors stand.",
        "For sound and other waves before a convolution: there is no jump at the ends, as zeros would make one.",
    ),
    _pad(
        _REFLECTION,
        PICTURE,
        "Continues the picture at its sides as if mirrors stood there.",
        "The outermost rows and columns are not repeated: they are where the mirrors stand.",
        "In networks that make or restyle pictures, where a border of zeros would leave dark edges.",
    ),
    _pad(
        _REFLECTION,
        VOLUME,
        "Continues the volume at its six sides as if mirrors stood there.",
        "The outermost layers are not repeated: they are where the mirrors stand.",
        "For blocks cut out of larger scans, whose texture should go on behind the cut.",
    ),
    _pad(
        _REPLICATION,
        SIGNAL,
        "Holds the first and the last number of the signal for some steps more.",
        "The ends become flat, so a filter sees neither a jump nor anything new there.",
        "For measured series whose last value is the best guess of how they go on.",
    ),
    _pad(
        _REPLICATION,
        PICTURE,
        "Repeats the outermost rows and columns of the picture outwards.",
        "Each place of the border has the number of the nearest pixel.",
        "For filters that blur or sharpen, so that the sides keep their brightness.",
    ),
    _pad(
        _REPLICATION,
        VOLUME,
        "Repeats the outermost layers of the volume outwards.",
        "Each place of the shell has the number of the nearest place inside.",
        "For flows, simulations and videos, whose edges go on about as they are.",
    ),
    _pad(
        _CIRCULAR,
        SIGNAL,
        "Puts the end of the signal before its start, and its start behind the end.",
        "A filter then sees the signal as a ring without ends.",
        "For what comes round again: hours of a day, months of a year, angles of a turn.",
    ),
    _pad(
        _CIRCULAR,
        PICTURE,
        "Puts what is at one side of the picture also beyond the opposite side.",
        "A filter then sees the picture as if it were laid out again and again, like tiles.",
        "For pictures of all around, maps of the globe from left to right, and patterns that repeat.",
    ),
    _pad(
        _CIRCULAR,
        VOLUME,
        "Puts what is at one side of the volume also beyond the opposite side.",
        "A filter then sees the volume as one cell of a grid that goes on for ever.",
        "For simulations in a box that repeats, such as crystals, gases and turbulent flows.",
    ),
)
