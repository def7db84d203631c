"""The messages between the window and its two kinds of child, one line of JSON each."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec

from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.reports import Device, NodeReport, Preflight, Problem, Source, TensorSpec
from netbuilder.bridge.viewing import FromViewer, ToViewer
from netbuilder.graph.records import Record

RunState = Literal["running", "paused", "finished", "stopped", "failed", "interrupted"]
Task = Literal["train", "overfit", "find_rate"]


class Open(msgspec.Struct, frozen=True, tag=True):
    """To the analysis: forget everything, this is the drawing. `folder`, a `path_text`, is where its paths start.

    Its Python code may run if it is `trusted`.
    """

    revision: int
    records: list[Record]
    folder: str
    trusted: bool = False


class Change(msgspec.Struct, frozen=True, tag=True):
    """To the analysis: the drawing changed by this edit."""

    revision: int
    edit: dict[str, tuple[Record | None, Record | None]]


class Try(msgspec.Struct, frozen=True, tag=True):
    """To the analysis: what would these blocks give, placed behind such a tensor, or behind nothing?"""

    ask: int
    spec: TensorSpec | None
    blocks: tuple[str, ...]


class Share(msgspec.Struct, frozen=True, tag=True):
    """To the analysis: write the training program for many processes, which `Shared` answers."""


class Shared(msgspec.Struct, frozen=True, tag=True):
    """From the analysis: the program for many processes, or why there can be none."""

    source: Source | None
    refused: Sentence | None = None


class Show(msgspec.Struct, frozen=True, tag=True):
    """To the analysis: a person looks into placed networks, by the nodes on the way. What is told is of that place."""

    revision: int
    path: tuple[str, ...]


class Ready(msgspec.Struct, frozen=True, tag=True):
    """From the analysis: torch is imported, and these devices are there."""

    torch: str
    devices: tuple[Device, ...]


class Analysis(msgspec.Struct, frozen=True, tag=True):
    """From the analysis: what an edit changed. A source that is None is as before.

    Shapes and problems come first; once more, `written`, when the text has been made too.

    `problems` are those of the whole drawing; `obstacles` say why it cannot be trained, beyond problems.
    """

    revision: int
    changed: dict[str, NodeReport]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]
    obstacles: tuple[Sentence, ...]
    module: Source | None
    script: Source | None
    written: bool = False


class Tried(msgspec.Struct, frozen=True, tag=True):
    """From the analysis: what a `Try` asked for, by block. None where a block cannot take the tensor."""

    ask: int
    outputs: dict[str, TensorSpec | None]


class Prepare(msgspec.Struct, frozen=True, tag=True):
    """To a warm training child: these data will be wanted."""

    records: list[Record]
    folder: str


class Start(msgspec.Struct, frozen=True, tag=True):
    """To a warm training child: train this drawing and write everything into the folder `run` (a `path_text` too).

    With `resume`, a checkpoint's `path_text`, it goes on from there: in the folder of that checkpoint's run, where that
    is `run`, else in a new one that begins with what was measured until then. With `weights`, a checkpoint too, it
    starts anew with those of its weights that still fit. The `task` is to train, to learn one batch by heart, or to
    find a learning rate.
    """

    records: list[Record]
    folder: str
    run: str
    device: str
    trusted: bool = False
    resume: str = ""
    weights: str = ""
    task: Task = "train"


class Order(msgspec.Struct, frozen=True, tag=True):
    """To a training child: what the person pressed. A `step` is done while paused, and pauses again."""

    what: Literal["pause", "resume", "stop", "step"]


class Adjust(msgspec.Struct, frozen=True, tag=True):
    """To a training child that is paused: go on with these. None leaves it as it is."""

    learning_rate: float | None = None
    batch_size: int | None = None
    device: str | None = None


class Check(msgspec.Struct, frozen=True, tag=True):
    """To a warm training child: try one batch of this drawing on these devices before it is trained."""

    ask: int
    records: list[Record]
    folder: str
    devices: tuple[str, ...]
    trusted: bool = False


class Preparing(msgspec.Struct, frozen=True, tag=True):
    """From a training child: how far it is with loading the samples for a `Check`; None once they are there."""

    ask: int
    doing: Sentence | None
    share: float | None = None


class Checked(msgspec.Struct, frozen=True, tag=True):
    """From a training child: what a `Check` found, one device at a time; `done` with the last."""

    ask: int
    check: Preflight
    done: bool


class Warm(msgspec.Struct, frozen=True, tag=True):
    """From a training child: it can start at once."""


class Starting(msgspec.Struct, frozen=True, tag=True):
    """From a training child before its first step: what takes its time, the samples or trying what is fastest.

    While samples are loaded, `doing` says a few times a second how far that is, and `share` how much of it is done,
    where that is known.
    """

    what: Literal["data", "speed"]
    doing: Sentence | None = None
    share: float | None = None


class Progress(msgspec.Struct, frozen=True, tag=True):
    """From a training child, a few times a second. Steps count from 1; `rate` is steps per second."""

    state: RunState
    step: int
    steps: int
    epoch: int
    epochs: int
    rate: float
    seconds_left: float


class Ended(msgspec.Struct, frozen=True, tag=True):
    """From a training child, last: how it ended and, when it failed, at which node."""

    state: RunState
    sentence: Sentence
    node: str | None = None


ToChild = Open | Change | Share | Show | Try | Prepare | Start | Order | Adjust | Check | ToViewer
FromChild = Ready | Analysis | Shared | Tried | Warm | Starting | Progress | Ended | Preparing | Checked | FromViewer

_encoder = msgspec.json.Encoder()
_to_child: msgspec.json.Decoder[ToChild] = msgspec.json.Decoder(ToChild)
_from_child: msgspec.json.Decoder[FromChild] = msgspec.json.Decoder(FromChild)


def path_text(path: Path) -> str:
    """A path as text that JSON can carry, whatever bytes its names are made of."""
    return os.fsencode(path).decode("latin-1")


def text_path(text: str) -> Path:
    """The path that `path_text` was given."""
    return Path(os.fsdecode(text.encode("latin-1")))


def encode(message: ToChild | FromChild) -> bytes:
    """One line, its end included."""
    return _encoder.encode(message) + b"\n"


def decode_to_child(line: bytes) -> ToChild:
    """Read what the window sent. msgspec.MsgspecError when it is not a message."""
    return _to_child.decode(line)


def decode_from_child(line: bytes) -> FromChild:
    """Read what a child sent. msgspec.MsgspecError when it is not a message."""
    return _from_child.decode(line)
