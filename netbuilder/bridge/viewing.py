"""What the window and the child that reads samples say to each other: questions, pages of samples, what they are like.

Numbers travel as bytes (little-endian, one sample behind the other), which msgspec writes as base64.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from netbuilder.blocks.sentence import Sentence
from netbuilder.graph.records import Record

Part = Literal["training", "validation"]
# What a column's samples look like: pictures, lines over steps, rows of features, sequences of whole numbers, one
# number, one class, or the chances of all classes.
Kind = Literal["picture", "curve", "row", "tokens", "number", "class", "chances"]
BINS = 40  # of a histogram
FEWER_BINS = 16  # of a feature's


class View(msgspec.Struct, frozen=True, tag=True):
    """To the viewing child: show samples of this drawing's data, from number `first` on.

    A `count` of 0 is as many as suit. With `augmented`, they are as they are trained on, drawn by the `seed`; with
    `survey`, what all samples are like is told too. A newer question takes the place of older ones.
    """

    ask: int
    records: list[Record]
    folder: str
    part: Part = "training"
    first: int = 0
    count: int = 0
    augmented: bool = False
    seed: int = 0
    survey: bool = True


class Column(msgspec.Struct, frozen=True):
    """One output of a data block, for the samples of a page.

    `shape` is a sample's own, `sent` that of each sample in `data`: a picture is height × width × channels of bytes, a
    curve lines × points of float32, `row`, `number` and `chances` are float32, `tokens` and `class` int32. `low` and
    `high` are what the darkest and the brightest byte stand for, or the limits of what is shown. `names` are those of
    the classes (or tokens), or of a row's features, where they are known. What was `shortened` is not all of a sample.
    """

    node: str
    port: str
    title: str
    target: bool
    kind: Kind
    shape: tuple[int, ...]
    sent: tuple[int, ...]
    data: bytes
    low: float = 0.0
    high: float = 1.0
    names: tuple[str, ...] = ()
    shortened: bool = False


class Page(msgspec.Struct, frozen=True):
    """Samples of a part, from number `first` on. `totals` is how many each part has; `streamed`: read as shown."""

    part: Part
    first: int
    count: int
    totals: dict[Part, int]
    columns: tuple[Column, ...]
    augmented: bool = False
    augmentable: bool = False
    streamed: bool = False


class Numbers(msgspec.Struct, frozen=True):
    """What many numbers are like: limits, mean and spread of those that are finite, how many are missing or infinite.

    `bins` counts them evenly between `low` and `high`.
    """

    count: int
    low: float
    high: float
    mean: float
    spread: float
    missing: int
    infinite: int
    bins: tuple[int, ...]


class ColumnSurvey(msgspec.Struct, frozen=True):
    """One output of a data block over many samples: of classes how often each is there, of numbers what they are like.

    `features` are those of rows, each by itself.
    """

    node: str
    port: str
    title: str
    target: bool
    classes: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    numbers: Numbers | None = None
    features: tuple[Numbers, ...] = ()


class Trouble(msgspec.Struct, frozen=True):
    """Something about the samples that a person should know, at its data block."""

    node: str
    sentence: Sentence
    level: Literal["error", "warning"] = "warning"


class Survey(msgspec.Struct, frozen=True):
    """What the samples of a part are like. Where they are too many, `looked` of `total` were looked at, by chance."""

    part: Part
    total: int
    looked: int
    columns: tuple[ColumnSurvey, ...]
    troubles: tuple[Trouble, ...]
    facts: tuple[tuple[str, str], ...] = ()


class Viewing(msgspec.Struct, frozen=True, tag=True):
    """From the viewing child: what it does for a question, and how much of that is done, where that is known."""

    ask: int
    doing: Sentence
    share: float | None = None


class Viewed(msgspec.Struct, frozen=True, tag=True):
    """From the viewing child: the samples that were asked for."""

    ask: int
    page: Page


class Surveyed(msgspec.Struct, frozen=True, tag=True):
    """From the viewing child: what the samples are like."""

    ask: int
    survey: Survey


class Unviewed(msgspec.Struct, frozen=True, tag=True):
    """From the viewing child: why a question cannot be answered, at its node where that is known."""

    ask: int
    sentence: Sentence
    node: str | None = None


What = Literal["worst", "best", "epochs", "kernels", "maps"]


class Look(msgspec.Struct, frozen=True, tag=True):
    """To the viewing child: show what a run made of single samples, `what` of it. `run` is its folder, a `path_text`.

    The weights are those of the checkpoint of that name, "" for the newest; feature maps are those of that `sample` of
    the validation part. Python code in the run's drawing is run if it is `trusted`.
    """

    ask: int
    run: str
    what: What
    checkpoint: str = ""
    sample: int = 0
    trusted: bool = False


class Group(msgspec.Struct, frozen=True):
    """Tiles under one heading: the first column is shown, the others are said below. `names` has one for each tile.

    `node` is the block that they belong to; `numbers` are the samples that they are, where they are any.
    """

    title: str
    columns: tuple[Column, ...]
    names: tuple[str, ...]
    note: Sentence | None = None
    node: str = ""
    numbers: tuple[int, ...] = ()


class Looked(msgspec.Struct, frozen=True, tag=True):
    """From the viewing child: what was asked for, the checkpoints that there are, and the one that was looked at."""

    ask: int
    what: What
    groups: tuple[Group, ...]
    checkpoints: tuple[str, ...]
    checkpoint: str


ToViewer = View | Look
FromViewer = Viewing | Viewed | Surveyed | Unviewed | Looked
