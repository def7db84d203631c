"""Parameters that blocks of data share: how samples are kept aside, and how much memory they may take."""

from __future__ import annotations

from typing import Literal

from netbuilder.blocks.block import Param, Values

VALIDATION = Param(
    "validation", "float", 0.2, "Part of the samples kept aside to measure what was learned.", low=0.01, high=0.9
)
SEED = Param("seed", "int", 0, "Another seed gives other samples.", low=0, high=2**31 - 1)
SCALE_TARGET = Param(
    "scale_target",
    "bool",
    True,
    "Bring a target that is a number to mean 0 and spread 1 too, so that errors are small.",
)


def split(default: str = "stratified") -> tuple[Param, ...]:
    """How samples are kept aside."""
    return (
        VALIDATION,
        Param(
            "split",
            "choice",
            default,
            "Which are kept aside: any, as large a part of each class, or the last ones, as in time.",
            choices=("random", "stratified", "last"),
        ),
        Param(
            "folds",
            "int",
            None,
            "For cross-validation: the samples fall into so many parts, and one of them is kept aside.",
            none="off",
            low=2,
            high=1000,
        ),
        Param("fold", "int", 1, "Which of the folds is kept aside, from 1.", low=1, high=1000),
        Param("seed", "int", 0, "Another seed keeps other samples aside.", low=0, high=2**31 - 1),
    )


NAME = r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?"  # of a column, a tensor, a data set
MEMORY = Param(
    "memory", "int", 2000, "Megabytes: samples that take more stay on the disk and are read as needed.", low=1
)


def scale(default: bool, what: str = "each channel") -> Param:
    """Whether numbers are brought to one size."""
    words = f"Bring {what} to mean 0 and spread 1, by the samples that are trained on."
    return Param("scale", "bool", default, words)


def path(kind: Literal["folder", "file"], example: str, what: str) -> Param:
    """The files that a block cannot do without."""
    return Param(kind, kind, example, what, required=True, positional=True)


def aside(kind: Literal["folder", "file"], what: str) -> Param:
    """Other samples, all of which are kept aside."""
    words = f"{what}, all of which is kept aside to measure what was learned."
    return Param(f"validation_{kind}", kind, None, words, none=f"a part of the {kind}")


def whole(values: Values, name: str) -> int:
    """A parameter that is one whole number."""
    value = values[name]
    assert isinstance(value, int)
    return value
