"""Parameters that blocks of data share: how samples are kept aside, and how much memory they may take."""

from __future__ import annotations

from netbuilder.blocks.block import Param

VALIDATION = Param(
    "validation", "float", 0.2, "Part of the samples kept aside to measure what was learned.", low=0.01, high=0.9
)
SEED = Param("seed", "int", 0, "Another seed gives other samples.", low=0, high=2**31 - 1)
SCALE = Param("scale", "bool", True, "Bring each feature to mean 0 and spread 1, by the samples that are trained on.")
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
