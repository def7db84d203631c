"""What is measured of a network that answers yes or no, once for each sample or to several questions."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Param, Values
from netbuilder.blocks.losses import ALIKE
from netbuilder.blocks.metrics import whole

_THRESHOLD = Param(
    "threshold",
    "float",
    0.0,
    "What is above it means yes: 0 for raw scores, 0.5 for probabilities, as behind a Sigmoid.",
)
_SHAPES = "Input and target have the same shape; the target is 1 for yes and 0 for no. The result is one number."
_COST = "It keeps a few counts, however many samples there are."


def _yes(values: Values, inputs: Mapping[str, str]) -> str:
    threshold = values["threshold"]
    assert isinstance(threshold, int | float)
    return f"({inputs['input']} > {threshold:g})"


def _accuracy(values: Values, inputs: Mapping[str, str]) -> str:
    return f"({_yes(values, inputs)} == {inputs['target']}).float().mean()"


def _hits(values: Values, inputs: Mapping[str, str]) -> str:
    return f"count_hits({_yes(values, inputs)}.long(), {inputs['target']}.long(), 2)"


def _confusion(values: Values, inputs: Mapping[str, str]) -> str:
    return f"count_classes({_yes(values, inputs)}.long(), {inputs['target']}.long(), 2)"


def _of_yes(name: str, stem: str, score: str, help: str, *, more: str, formula: str, use: str) -> Block:
    """A score of the answer yes."""
    return Block(
        name,
        Category.METRIC,
        stem,
        help,
        more,
        formula,
        _SHAPES,
        _COST,
        use,
        inputs=ALIKE,
        params=(_THRESHOLD,),
        outputs=(),
        role="metric",
        writes=_hits,
        finish=lambda values: f"one_class({score}, {{sum}}, 1)",
        share=True,
        summary="> {threshold}",
        sample=("N,1", "N,1"),
    )


BLOCKS: tuple[Block, ...] = (
    Block(
        "BinaryAccuracy",
        Category.METRIC,
        "accuracy",
        "Part of the answers of yes or no that are right.",
        more="Several answers for each sample count each by itself.",
        formula="accuracy = mean of ((in > threshold) = target)",
        shape_rule=_SHAPES,
        cost="It has no parameters and costs next to nothing: one comparison for each number.",
        use="With a loss for answers of yes or no, such as BCEWithLogitsLoss.",
        inputs=ALIKE,
        params=(_THRESHOLD,),
        outputs=(),
        role="metric",
        writes=_accuracy,
        share=True,
        summary="> {threshold}",
        sample=("N,1", "N,1"),
    ),
    _of_yes(
        "BinaryPrecision",
        "precision",
        "precision_of",
        "Of the answers that were yes, the part that was right.",
        more="A higher threshold mostly makes it higher, and the recall lower. Without any yes it is 0.",
        formula="precision = right yes / yes",
        use="Where a false alarm is dear: mail thrown away as spam, people called back for nothing.",
    ),
    _of_yes(
        "BinaryRecall",
        "recall",
        "recall_of",
        "Of what should have been answered with yes, the part that was.",
        more="A lower threshold mostly makes it higher, and the precision lower.",
        formula="recall = right yes / targets that are 1",
        use="Where it is dear to overlook something: an illness, a fault, a face in a crowd.",
    ),
    _of_yes(
        "BinaryF1Score",
        "f1",
        "f1_of",
        "The harmonic mean of precision and recall of the answer yes.",
        more="It does not care how many answers of no were right, so it suits what is rare.",
        formula="F1 = 2 · right yes / (yes + targets that are 1)",
        use="Where yes is rare, so that always saying no would look good.",
    ),
    Block(
        "BinaryConfusionMatrix",
        Category.METRIC,
        "confusion",
        "How often no and yes were taken for no and yes: a table of two rows, what is right on the diagonal.",
        more="Its rows are the true answers, its columns those that were given; no comes first.",
        formula="table[t, c] = how often target = t and (in > threshold) = c",
        shape_rule=(
            "Input and target have the same shape; the target is 1 for yes and 0 for no. The result is a table of 2 × "
            "2 counts."
        ),
        cost=_COST,
        use="To see false alarms and what was overlooked side by side.",
        inputs=ALIKE,
        params=(_THRESHOLD,),
        outputs=(),
        role="metric",
        writes=_confusion,
        finish=whole,
        table=True,
        summary="> {threshold}",
        sample=("N,1", "N,1"),
    ),
)
