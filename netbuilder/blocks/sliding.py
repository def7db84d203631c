"""What layers over signals, pictures and volumes share: words for each number of dimensions, and size parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netbuilder.blocks.block import Param, Port
from netbuilder.blocks.torch_params import take


@dataclass(frozen=True)
class Space:
    """How texts speak of what a layer works on, by its number of dimensions without batch and channels."""

    rank: int
    thing: str
    sides: str  # as a sentence begins
    become: str  # the same with its verb
    added: str  # what padding adds
    axes: tuple[str, ...]  # where in the output
    inner: tuple[str, ...]  # where in the window
    inside: str  # what the letters of `inner` are

    @property
    def at(self) -> str:
        """Where in the output, as in formulas: `y, x`."""
        return ", ".join(self.axes)

    def seen(self, dilation: bool = True, padding: bool = True) -> str:
        """Where in the input a window looks: `y·stride + i·dilation − padding, …`."""
        ending = ("·dilation" if dilation else "") + (" − padding" if padding else "")
        return ", ".join(f"{axis}·stride + {inner}{ending}" for axis, inner in zip(self.axes, self.inner, strict=True))

    def inputs(self, *others: Port) -> tuple[Port, ...]:
        """The input, and others beside it."""
        return (Port("input", dims=(self.rank + 2,), dtype="float32"), *others)


SIGNAL = Space(
    1, "signal", "Length", "The length becomes", "Places added before and after the signal",
    ("x",), ("i",), "places i",
)  # fmt: skip
PICTURE = Space(
    2, "picture", "Height and width", "Height and width become", "Rows and columns added around the picture",
    ("y", "x"), ("i", "j"), "rows i and columns j",
)  # fmt: skip
VOLUME = Space(
    3, "volume", "Depth, height and width", "Depth, height and width become",
    "Layers, rows and columns added around the volume", ("z", "y", "x"), ("h", "i", "j"),
    "layers h, rows i and columns j",
)  # fmt: skip

INDICES = Port("indices", dtype="int64", when="return_indices")


def sizes(space: Space, **own: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters that are one number, or one for each dimension: torch takes plain numbers for a signal."""
    kind: dict[str, Any] = {"kind": "int"} if space.rank == 1 else {"kind": "size", "rank": space.rank}
    return {name: {**kind, **about} for name, about in own.items()}


def window(module: str, space: Space, **own: Mapping[str, Any]) -> tuple[Param, ...]:
    """The parameters of a layer with a window whose stride is the window's size unless it is given."""
    about = sizes(
        space,
        kernel_size={"default": 2, "help": f"{space.sides} of the window."},
        # By place, as people write it: nn.MaxPool2d(2, 2).
        stride={"none": "same as kernel size", "positional": True},
    )
    return take(module, **(about | own))


def windows(space: Space, room: str) -> str:
    """The rule of shape for windows that need so much room: the start of a sentence."""
    return f"{space.become} ⌊({room}) / stride⌋ + 1"


def rounded(space: Space, room: str) -> str:
    """The rule of shape of the pools, which may round up."""
    return (
        f"{windows(space, room)}; with ceil_mode the quotient is rounded up, unless the last window would then begin "
        f"behind the {space.thing}. The channels stay."
    )
