"""What the engine says about a drawing: shapes, sizes, problems and the generated text."""

from __future__ import annotations

from typing import Literal

import msgspec

from netbuilder.blocks import Block, Param, Value, Values
from netbuilder.blocks.sentence import Sentence
from netbuilder.codegen.writer import Source
from netbuilder.graph.records import Plain

Size = int | str
_NOTHING = {"min": "−∞", "max": "∞"}

__all__ = [
    "Device", "Fix", "NodeReport", "Preflight", "Problem", "Size", "Source", "TensorSpec", "Timing", "summary_line",
]  # fmt: skip


class TensorSpec(msgspec.Struct, frozen=True):
    """Shape and type of a tensor on a port. The batch dimension is the string "N" (or "2N" …), a free length "T".

    A `stepped` one holds steps in dimension 1, each of which a loss is to take by itself.
    """

    shape: tuple[Size, ...]
    dtype: str = "float32"
    classes: int | None = None
    stepped: bool = False

    def __str__(self) -> str:
        return "×".join(str(size) for size in self.shape) or "scalar"


class Fix(msgspec.Struct, frozen=True):
    """What one click does about a problem, at that node.

    `set` sets parameters of the node; `before` puts a `block` with such parameters in front of the input `port`; `swap`
    makes the node such a block; `remove` takes the node out and joins its chain.
    """

    label: Sentence
    node: str
    params: dict[str, Plain]
    how: Literal["set", "before", "swap", "remove"] = "set"
    block: str = ""
    port: str = ""


class Problem(msgspec.Struct, frozen=True):
    """Something wrong, in words, at its node (None: the whole drawing). `detail` is torch's own message.

    An `error` keeps the code from being written. A `warning` does not, but training may fail.
    `inputs` are the input ports of the node where what comes in does not suit.
    `fix` is what mends it, `others` are further ways to do so.
    """

    node: str | None
    sentence: Sentence
    level: Literal["error", "warning"] = "error"
    detail: str = ""
    fix: Fix | None = None
    inputs: tuple[str, ...] = ()
    others: tuple[Fix, ...] = ()

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """All ways to mend it, the best first."""
        return () if self.fix is None else (self.fix, *self.others)


class NodeReport(msgspec.Struct, frozen=True):
    """What is known of one node. `values` has every parameter, sizes that follow from the wires filled in.

    `memory` is the bytes of what it makes of one sample; `field` how much of the input one number of it sees, by
    dimension, where that is known. Of data, `facts` say what its files hold, in pairs of what and how, and `names` what
    the classes on an output are called.
    """

    inputs: dict[str, TensorSpec]
    outputs: dict[str, TensorSpec]
    values: dict[str, Plain]
    parameters: int = 0
    multiply_adds: int = 0
    problems: tuple[Problem, ...] = ()
    memory: int = 0
    field: tuple[int, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    names: dict[str, tuple[str, ...]] = {}


class Device(msgspec.Struct, frozen=True):
    """Something that can train: torch's name (`cpu`, `cuda:0`, `mps`) and what a person calls it."""

    id: str
    name: str


class Timing(msgspec.Struct, frozen=True):
    """How long a step takes in one way of doing the arithmetic. `names` are its parts, none: exactly as written.

    `prepare` is what it costs once, before the first step. Seconds.
    """

    names: tuple[str, ...]
    step: float
    prepare: float = 0.0
    refused: str = ""


class Preflight(msgspec.Struct, frozen=True):
    """What one batch showed on one device: bytes of memory, seconds for a step and for an epoch, and what is wrong.

    `loss` is the loss at the start, `chance` what it is for guesses where that is known (ln C for C classes).
    `timings` compare the ways of doing the arithmetic, where `speed` asks for that; `chosen` is the best of them.
    """

    device: str
    memory: int = 0
    step: float = 0.0
    epoch: float = 0.0
    loss: float | None = None
    chance: float | None = None
    problems: tuple[Problem, ...] = ()
    timings: tuple[Timing, ...] = ()
    chosen: tuple[str, ...] = ()
    refused: Sentence | None = None


def summary_line(block: Block, values: Values) -> str:
    """Fill a block's summary the way a card shows it: sizes as 5×5, unknown ones as a question mark."""

    def text(param: Param, value: Value) -> str:
        if param.name == "stride" and value is None and "kernel_size" in values:
            return text(param, values["kernel_size"])
        if param.name == "repeats" and values.get("most") is not None:
            return f"{value}–{values['most']}"
        if isinstance(value, tuple) and param.name == "stride" and len(set(value)) == 1:
            return str(value[0])
        if param.name == "kernel_size" and param.kind == "size" and isinstance(value, int):
            value = (value,) * param.rank
        if isinstance(value, tuple):
            return "×".join(str(v) for v in value)
        if value is None:
            return _NOTHING.get(param.name, param.none.partition(",")[0] or "?")
        return str(value)

    return block.summary.format(**{param.name: text(param, values[param.name]) for param in block.params})
