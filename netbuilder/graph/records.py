"""The records that a project is made of. Frozen: a change makes a new record."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from netbuilder.blocks import CATALOG, Block, Value, Values

Written = Literal["module", "function"]
Color = Literal["blue", "green", "yellow", "red", "purple", "grey"]

MAIN: Final = "main"
PROJECT: Final = "project"
TRAINING: Final = "training"


class Network(msgspec.Struct, frozen=True, tag_field="kind", tag="network", forbid_unknown_fields=True):
    """A named drawing; the one with the id `main` is what is trained. The name is the class's."""

    id: str = MAIN
    name: str = "Net"


class Project(
    msgspec.Struct, frozen=True, tag_field="kind", tag="project", forbid_unknown_fields=True, omit_defaults=True
):
    """What holds for the whole project: how layers without weights are written unless a node says otherwise."""

    id: Literal["project"] = PROJECT
    layers: Written = "module"


class Training(msgspec.Struct, frozen=True, tag_field="kind", tag="training", forbid_unknown_fields=True):
    """How the main network is trained. `steps` > 0 ends the run after that many, whatever `epochs` says."""

    id: Literal["training"] = TRAINING
    optimizer: Literal["SGD", "Adam"] = "Adam"
    learning_rate: float = 1e-3
    momentum: float = 0.0
    weight_decay: float = 0.0
    batch_size: int = 64
    epochs: int = 5
    steps: int = 0
    seed: int = 0


class Node(msgspec.Struct, frozen=True, tag_field="kind", tag="node", forbid_unknown_fields=True, omit_defaults=True):
    """One placed block. `params` holds what differs from the block's defaults; x and y are its top left corner.

    A `muted` one stays in the drawing, but the program is written as if its input went straight to its output.
    """

    id: str
    block: str
    name: str
    x: int = 0
    y: int = 0
    params: dict[str, bool | int | float | str | tuple[int, ...] | None] = {}
    written: Literal["", "module", "function"] = ""
    network: str = MAIN
    muted: bool = False

    @property
    def type(self) -> Block:
        """The catalog's entry."""
        return CATALOG[self.block]

    @property
    def values(self) -> dict[str, Value]:
        """Every parameter, defaults filled in."""
        return self.type.filled(self.params)


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
    "MAIN", "PROJECT", "TRAINING", "Color", "Edit", "Frame", "Network", "Node", "Note", "Project", "Record",
    "Training", "Values", "Wire", "Written", "dot_id", "dot_of", "wire_id",
]  # fmt: skip
