"""The form in which the catalog states a block: data that palette, form, shapes and code share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from typing import Literal

Value = bool | int | float | str | tuple[int | float, ...] | None
Values = Mapping[str, Value]

Kind = Literal["int", "float", "bool", "choice", "size", "shape", "numbers", "text", "code", "folder", "file"]
Role = Literal["layer", "data", "input", "output", "loss", "metric"]
Dtype = Literal["any", "float32", "int64", "bool"]
Writes = Callable[[Values, Mapping[str, str]], str]
Finishes = Callable[[Values], str]


PAGES = "https://docs.pytorch.org/docs/stable/generated/"


class Category(Enum):
    """The palette's groups, in the order in which they are shown."""

    DATA = "Data"
    ENDS = "Input and output"
    CONVOLUTION = "Convolution"
    POOLING = "Pooling"
    LINEAR = "Linear"
    SEQUENCE = "Sequence"
    ACTIVATION = "Activation"
    NORMALIZATION = "Normalization"
    SHAPE = "Shape"
    MATH = "Tensor operations"
    NETWORK = "Networks"
    LOSS = "Loss"
    METRIC = "Metric"


@dataclass(frozen=True)
class TensorType:
    """Shape (without the batch dimension) and type of what a data block gives; how many classes, and their names."""

    shape: tuple[int, ...]
    dtype: Literal["float32", "int64", "bool"] = "float32"
    classes: int | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Follows:
    """A size that is read off the wire: dimension `dim` of input `port`, or the number of classes its indices have."""

    port: str
    dim: int | Literal["classes"]


@dataclass(frozen=True)
class Param:
    """One parameter of a block.

    `size` is one whole number or `rank` of them, or one of the words in `choices`; `shape` is any number of whole
    numbers, `numbers` are `rank` finite ones (0: any number of them); `text` is one line that matches `pattern`, or
    with `formula`, arithmetic over the variable of that name; `code` is several lines; `folder` and `file` are paths,
    relative ones from the project's own folder.
    None is allowed where `none` says what it means ("same as kernel size").
    In code, required parameters are always written, the others when they differ from
    the default; positional ones without their name as long as all before them are written.
    `argument` is torch's name for it where ours differs; `wrap` is a template that makes what torch takes of the
    written `{value}` and the inputs' variables. `in_forward`: a module takes it when it is called, not when it is made.
    `title` is what a person reads where the name says too little.
    """

    name: str
    kind: Kind
    default: Value
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    rank: int = 2
    pattern: str = ""
    formula: str = ""
    none: str = ""
    follows: Follows | None = None
    required: bool = False
    positional: bool = False
    written: bool = True
    argument: str = ""
    wrap: str = ""
    in_forward: bool = False
    title: str = ""

    @property
    def optional(self) -> bool:
        """Whether None is a value of this parameter."""
        return bool(self.none) or self.follows is not None

    @property
    def label(self) -> str:
        """The name as a form shows it."""
        return self.title or self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Port:
    """Where a wire ends. `dims` are the numbers of dimensions accepted, batch included.

    An `optional` input may stay without a wire. Inputs of one `group` are given together, as one tuple: all or none.
    `argument` is torch's name for an optional input (or a group), where that differs from `name`.
    With `when`, the port is there only while that parameter is on. `label` is what a person reads in place of `name`.
    """

    name: str
    dims: tuple[int, ...] = ()
    dtype: Dtype = "any"
    target: bool = False
    optional: bool = False
    group: str = ""
    argument: str = ""
    when: str = ""
    label: str = ""

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
    Where a template is not enough, `writes` makes the expression from the values and the variables of the inputs
    that have a wire.
    `construct` writes the constructor where the class and its arguments are not enough. The constructor of an
    `attribute` makes no layer but a tensor of the network's own, which is used by its name.
    `result` is the form of what comes out where that is not just the outputs in order: `{output}, ({h_n}, {c_n})`.
    A block that torch's meta device cannot run is run `small`, with real numbers.
    Sizes and costs grow by as much for each one more of the `repeated` parameters, from 2 on.
    A block that is `unrolled` runs once for each step of its first input, whose dimension of steps that says.
    `stand_in` names the parameter that is taken where an input has no wire.
    What is made `of` a network or of code gets its ports and more parameters from there.
    `count` and `parts` name the parameters that say how many inputs and outputs there are.
    `sample` has one text for each input, with which the block works at its defaults: `N,3,8,8`, `N,5:int64`,
    `N:int64<10` (whole numbers below 10), `-` for an input left without a wire.
    A metric gives the mean over a batch; or counts, which are added up over all batches, where `finish` writes what
    follows from their sum, `{sum}`. A `share` lies between 0 and 1; one of which `less_is_better` measures an error; a
    `table` is no number but counts, in a row for each true class.
    A data block is read by `load_<loader>`, and is `validated` where that keeps samples aside. What a `described` one
    gives depends on its files: `describe_<loader>` looks at them, and `gives` says what is known without (−1: unknown).
    `summary` is the card's second line, a template over the filled-in parameters.
    The help page shows `help` and `more` (what it does, a sentence each), `formula` (plain text, may have several
    lines), `shape_rule` (what becomes of the sizes, in words), `cost` (of memory and time, in words) and `use` (when
    people take it).
    """

    name: str
    category: Category
    stem: str
    help: str
    more: str = ""
    formula: str = ""
    shape_rule: str = ""
    cost: str = ""
    use: str = ""
    inputs: tuple[Port, ...] = (Port("input"),)
    outputs: tuple[Port, ...] = (Port("output"),)
    params: tuple[Param, ...] = ()
    role: Role = "layer"
    module: str = ""
    function: str = ""
    writes: Writes | None = None
    construct: Callable[[Values], str] | None = None
    attribute: bool = False
    small: bool = False
    repeated: tuple[str, ...] = ()
    unrolled: Callable[[Values], int] | None = None
    of: Literal["", "network", "code"] = ""
    result: str = ""
    summary: str = ""
    stand_in: str = ""
    count: str = ""
    parts: str = ""
    sample: tuple[str, ...] = ()
    page: str = ""
    finish: Finishes | None = None
    share: bool = False
    less_is_better: bool = False
    table: bool = False
    loader: str = ""
    validated: bool = True
    described: bool = False
    gives: Callable[[Values], dict[str, TensorType]] | None = None
    by_name: dict[str, Param] = field(init=False, repr=False, compare=False)
    # Ports are asked for at every edit of every drawing: whether they may change is known once and for all.
    _changing: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {p.name: p for p in self.params})
        object.__setattr__(self, "_changing", any(port.when for port in (*self.inputs, *self.outputs)))

    def defaults(self) -> dict[str, Value]:
        """Every parameter's default."""
        return {p.name: p.default for p in self.params}

    def filled(self, values: Values) -> dict[str, Value]:
        """`values` over the defaults."""
        return self.defaults() | dict(values)

    def input_ports(self, values: Values) -> tuple[Port, ...]:
        """The input ports; a block with a `count` parameter has as many as it says."""
        if not self.count:
            return self._there(self.inputs, values)
        number = self.filled(values)[self.count]
        assert isinstance(number, int)
        first = self.inputs[0]
        return _numbered(first, "input", number)

    def input_port(self, values: Values, name: str) -> Port | None:
        """The input port of that name."""
        return next((p for p in self.input_ports(values) if p.name == name), None)

    def output_ports(self, values: Values) -> tuple[Port, ...]:
        """The output ports; a block with a `parts` parameter has as many as it says."""
        if not self.parts:
            return self._there(self.outputs, values)
        number = self.filled(values)[self.parts]
        assert isinstance(number, int)
        return _numbered(Port("output"), "output", number)

    def _there(self, ports: tuple[Port, ...], values: Values) -> tuple[Port, ...]:
        if not self._changing:
            return ports
        filled = self.filled(values)
        return tuple(
            port for port in ports if not port.when or not (filled[port.when] is None or filled[port.when] is False)
        )

    def output_port(self, values: Values, name: str) -> Port | None:
        """The output port of that name."""
        return next((p for p in self.output_ports(values) if p.name == name), None)

    @property
    def inline(self) -> bool:
        """Whether it can be written as an expression in `forward`."""
        return bool(self.function or self.writes)

    @property
    def choosable(self) -> bool:
        """Whether it can be written both as a module and as a function."""
        return bool(self.module and self.inline) and self.role == "layer"

    @property
    def link(self) -> str:
        """The address of torch's own page about it; empty where there is none."""
        page = self.page or (f"torch.{self.module}" if self.module else "")
        return f"{PAGES}{page}.html" if page else ""


@cache
def _numbered(port: Port, name: str, number: int) -> tuple[Port, ...]:
    """So many ports like this one."""
    return tuple(replace(port, name=f"{name}{i + 1}") for i in range(number))
