"""The records that a project is made of. Frozen: a change makes a new record."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from netbuilder.blocks import CATALOG, Block

Written = Literal["module", "function"]
Color = Literal["blue", "green", "yellow", "red", "purple", "grey"]

Plain = bool | int | float | str | tuple[int | float, ...] | None  # what a parameter can be in a file

MAIN: Final = "main"
PROJECT: Final = "project"
TRAINING: Final = "training"
USED: Final = "used"


class Argument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An argument of a network's constructor: parameters of its nodes that are bound to it have its value.

    A `required` one is given wherever the network is placed; the others where they differ from `value`.
    """

    name: str
    value: Plain = None
    required: bool = False


class Network(msgspec.Struct, frozen=True, tag_field="kind", tag="network", forbid_unknown_fields=True):
    """A named drawing; the one with the id `main` is what is trained. The name is the class's.

    One that is written `sequential` is a chain of layers in an `nn.Sequential`, without a class of its own.
    """

    id: str = MAIN
    name: str = "Net"
    written: Literal["class", "sequential"] = "class"
    arguments: tuple[Argument, ...] = ()

    def argument(self, name: str) -> Argument | None:
        """The argument of that name."""
        return next((argument for argument in self.arguments if argument.name == name), None)


class Project(
    msgspec.Struct, frozen=True, tag_field="kind", tag="project", forbid_unknown_fields=True, omit_defaults=True
):
    """What holds for the whole project: how layers without weights are written unless a node says otherwise.

    With `types`, the generated code says the types of what functions take and return.
    """

    id: Literal["project"] = PROJECT
    layers: Written = "module"
    types: bool = False


class ParameterGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What holds for the weights of one node, or of all nodes in a network, instead of the settings for all.

    `target` is the id of a node or of a network. A number that is None is as for the others; `frozen` weights stay.
    """

    target: str
    learning_rate: float | None = None
    weight_decay: float | None = None
    frozen: bool = False


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of several schedulers: a SequentialLR has it begin at that step or epoch, a ChainedScheduler at once."""

    scheduler: str
    params: dict[str, Plain] = {}
    begins: int = 0


class Augmentation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A random change of the samples that are trained on: one of AUGMENTATIONS, and what differs from its defaults."""

    name: str
    params: dict[str, Plain] = {}


Clip = Literal["off", "norm", "value"]
Precision = Literal["fp32", "tf32", "bf16", "fp16"]
Every = Literal["epochs", "steps"]
Speed = Literal["exact", "fast", "fastest"]
Telemetry = Literal["all", "gradients", "loss"]


class Training(
    msgspec.Struct, frozen=True, tag_field="kind", tag="training", forbid_unknown_fields=True, omit_defaults=True
):
    """How the main network is trained. The first limit that is reached ends the run; 0 is no limit.

    `steps` > 0 stands in place of `epochs`; `minutes` > 0 ends either early. The optimizer is one of OPTIMIZERS, the
    scheduler one of SCHEDULERS or "" for none. Their params hold what differs from the defaults; the learning rate is
    not among them. A scheduler made of others has them in `stages`.

    The gradients of `accumulate` batches are added up to one step. `watch` is the metric, "" for the loss, on the
    samples kept aside, by which the best weights are known: with `patience` > 0 the run ends after so many measurements
    without a better one, with `keep_best` the best weights have a checkpoint of their own. Measurements come every
    `validate_every` epochs or steps, checkpoints every `checkpoint_every` (0: by the clock), the newest
    `keep_checkpoints` are kept. `variant` are the names of what was found to be fastest, where `speed` asks for that.
    With `outlive`, a run goes on when its window dies.
    """

    id: Literal["training"] = TRAINING
    optimizer: str = "Adam"
    learning_rate: float = 1e-3
    optimizer_params: dict[str, Plain] = {}
    scheduler: str = ""
    scheduler_params: dict[str, Plain] = {}
    stages: tuple[Stage, ...] = ()
    groups: tuple[ParameterGroup, ...] = ()
    batch_size: int = 64
    epochs: int = 5
    steps: int = 0
    minutes: float = 0.0
    seed: int = 0
    deterministic: bool = False
    accumulate: int = 1
    clip: Clip = "off"
    clip_at: float = 1.0
    precision: Precision = "fp32"
    compile: bool = False
    speed: Speed = "exact"
    variant: tuple[str, ...] = ()
    validate_every: int = 1
    validate_unit: Every = "epochs"
    watch: str = ""
    patience: int = 0
    keep_best: bool = False
    checkpoint_every: int = 0
    checkpoint_unit: Every = "epochs"
    keep_checkpoints: int = 2
    telemetry: Telemetry = "all"
    outlive: bool = False


class Node(msgspec.Struct, frozen=True, tag_field="kind", tag="node", forbid_unknown_fields=True, omit_defaults=True):
    """One placed block. `params` holds what differs from the block's defaults; x and y are its top left corner.

    A `muted` one stays in the drawing, but the program is written as if its input went straight to its output.
    `of` is the network that is placed here, where the block is made of one. `layer` is the node whose layer (or, for
    another block, whose weight) this one uses instead of having its own. `bound` says which parameters have the
    value of an argument of the network that the node is in; `USED` is bound to what says whether it is used at all.
    `augmentations` change what a data block gives to train on, one after the other.
    """

    id: str
    block: str
    name: str
    x: int = 0
    y: int = 0
    params: dict[str, Plain] = {}
    written: Literal["", "module", "function"] = ""
    network: str = MAIN
    muted: bool = False
    of: str = ""
    layer: str = ""
    bound: dict[str, str] = {}
    augmentations: tuple[Augmentation, ...] = ()

    @property
    def entry(self) -> Block:
        """The catalog's entry; what a network or code adds to it, only `Graph.type` knows."""
        return CATALOG[self.block]


class Wire(msgspec.Struct, frozen=True, tag_field="kind", tag="wire", forbid_unknown_fields=True, omit_defaults=True):
    """From an output port to an input port. Its id is its end, so an input cannot have two.

    `via` are the reroute dots that the wire is led through on the canvas, from its source on.
    """

    source: str
    output: str
    target: str
    input: str
    via: tuple[tuple[int, int], ...] = ()

    @property
    def id(self) -> str:
        """The id in the graph."""
        return wire_id(self.target, self.input)


class Note(msgspec.Struct, frozen=True, tag_field="kind", tag="note", forbid_unknown_fields=True, omit_defaults=True):
    """A text on the canvas, in a small part of Markdown. x and y are its top left corner, in scene units."""

    id: str
    text: str = ""
    x: int = 0
    y: int = 0
    width: int = 240
    height: int = 96
    color: Color = "yellow"
    network: str = MAIN


class Frame(msgspec.Struct, frozen=True, tag_field="kind", tag="frame", forbid_unknown_fields=True, omit_defaults=True):
    """A coloured area with a title. What lies wholly inside it moves with it."""

    id: str
    title: str = ""
    x: int = 0
    y: int = 0
    width: int = 320
    height: int = 240
    color: Color = "blue"
    network: str = MAIN


Record = Network | Project | Training | Node | Wire | Note | Frame
Edit = dict[str, tuple[Record | None, Record | None]]


def dot_id(wire: str, index: int) -> str:
    """What a reroute dot of a wire is called among the things on the canvas."""
    return f"{wire}#{index}"


def dot_of(key: str) -> tuple[str, int] | None:
    """The wire and the index that `dot_id` was given; None for the ids of records."""
    wire, hash_sign, index = key.partition("#")
    return (wire, int(index)) if hash_sign else None


def wire_id(target: str, port: str) -> str:
    """The id of the wire that ends at that input port."""
    return f"{target}:{port}"


__all__ = [
    "MAIN", "PROJECT", "TRAINING", "USED", "Argument", "Augmentation", "Clip", "Color", "Edit", "Every", "Frame",
    "Network", "Node", "Note", "ParameterGroup", "Plain", "Precision", "Project", "Record", "Speed", "Stage",
    "Telemetry", "Training", "Wire", "Written", "dot_id", "dot_of", "wire_id",
]  # fmt: skip
