"""The form in which the catalog states a block: data that palette, form, shapes and code share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

Value = bool | int | float | str | tuple[int, ...] | None
Values = Mapping[str, Value]

Kind = Literal["int", "float", "bool", "choice", "size", "shape", "folder"]
Role = Literal["layer", "data", "input", "output", "loss", "metric"]


class Category(Enum):
    """The palette's groups, in the order in which they are shown."""

    DATA = "Data"
    ENDS = "Input and output"
    CONVOLUTION = "Convolution"
    POOLING = "Pooling"
    LINEAR = "Linear"
    ACTIVATION = "Activation"
    NORMALIZATION = "Normalization"
    SHAPE = "Shape"
    LOSS = "Loss"
    METRIC = "Metric"


@dataclass(frozen=True)
class TensorType:
    """Shape (without the batch dimension) and type of what a data block gives."""

    shape: tuple[int, ...]
    dtype: Literal["float32", "int64"] = "float32"
    classes: int | None = None


@dataclass(frozen=True)
class Follows:
    """A size that is read off the wire: dimension `dim` of input `port`."""

    port: str
    dim: int


@dataclass(frozen=True)
class Param:
    """One parameter of a block.

    `size` is one whole number or `rank` of them; `shape` is any number of them.
    None is allowed where `none` says what it means ("same as kernel size").
    In code, required parameters are always written, the others when they differ from
    the default; positional ones without their name as long as all before them are written.
    """

    name: str
    kind: Kind
    default: Value
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    rank: int = 2
    none: str = ""
    follows: Follows | None = None
    required: bool = False
    positional: bool = False
    written: bool = True

    @property
    def optional(self) -> bool:
        """Whether None is a value of this parameter."""
        return bool(self.none) or self.follows is not None

    @property
    def label(self) -> str:
        """The name as a form shows it."""
        return self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Port:
    """Where a wire ends. `dims` are the numbers of dimensions accepted, batch included."""

    name: str
    dims: tuple[int, ...] = ()
    dtype: Literal["any", "float32", "int64"] = "any"
    target: bool = False

    def takes(self, dims: int, dtype: str) -> bool:
        """Whether a tensor of this many dimensions and this type fits."""
        return (not self.dims or dims in self.dims) and self.dtype in ("any", dtype)


@dataclass(frozen=True)
class Block:
    """A type of thing that can be placed.

    `module` is the class in torch (`nn.Conv2d`); `function` is a template over the
    input ports' names, the parameters' names, `{args}` (what `module` would be given,
    led by a comma), `{arguments}` (the same, alone), `{inputs}` and `{sum}` (all inputs,
    joined by a comma or a plus). A block that holds weights has no `function`.
    A data block is read by `load_<loader>`, and is `validated` where that keeps samples aside.
    `summary` is the card's second line, a template over the filled-in parameters.
    The help page shows `help` and `more` (what it does, a sentence each), `formula` (plain text, may have several
    lines), `shape_rule` (what becomes of the sizes, in words) and `use` (when people take it).
    """

    name: str
    category: Category
    stem: str
    help: str
    more: str = ""
    formula: str = ""
    shape_rule: str = ""
    use: str = ""
    inputs: tuple[Port, ...] = (Port("input"),)
    outputs: tuple[Port, ...] = (Port("output"),)
    params: tuple[Param, ...] = ()
    role: Role = "layer"
    module: str = ""
    function: str = ""
    summary: str = ""
    count: str = ""
    loader: str = ""
    validated: bool = True
    gives: Callable[[Values], dict[str, TensorType]] | None = None
    by_name: dict[str, Param] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {p.name: p for p in self.params})

    def defaults(self) -> dict[str, Value]:
        """Every parameter's default."""
        return {p.name: p.default for p in self.params}

    def filled(self, values: Values) -> dict[str, Value]:
        """`values` over the defaults."""
        return self.defaults() | dict(values)

    def input_ports(self, values: Values) -> tuple[Port, ...]:
        """The input ports; a block with a `count` parameter has as many as it says."""
        if not self.count:
            return self.inputs
        number = self.filled(values)[self.count]
        assert isinstance(number, int)
        first = self.inputs[0]
        return tuple(Port(f"input{i + 1}", first.dims, first.dtype) for i in range(number))

    def input_port(self, values: Values, name: str) -> Port | None:
        """The input port of that name."""
        return next((p for p in self.input_ports(values) if p.name == name), None)

    def output_port(self, name: str) -> Port | None:
        """The output port of that name."""
        return next((p for p in self.outputs if p.name == name), None)

    @property
    def choosable(self) -> bool:
        """Whether it can be written both as a module and as a function."""
        return bool(self.module and self.function) and self.role == "layer"
