"""What is measured of a network that predicts numbers, and of one that predicts what comes next in a text."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Param, Values
from netbuilder.blocks.losses import ALIKE, SCORES
from netbuilder.blocks.metrics import DIM

_ALIKE = "Input and target have the same shape. The result is one number."
_AVERAGE = Param(
    "average",
    "choice",
    "uniform",
    "Where a sample has several numbers: the mean of what each of them reaches, or more for those that vary more.",
    choices=("uniform", "weighted"),
)
_IGNORED = Param("ignore_index", "int", -100, "Places with this number as target do not count.", low=-(10**6))


def _squares(values: Values, inputs: Mapping[str, str]) -> str:
    return f"sum_squares({inputs['input']}, {inputs['target']})"


def _explained(values: Values) -> str:
    return f"{values['average']}_r2({{sum}})"


def _surprise(values: Values, inputs: Mapping[str, str]) -> str:
    scores = inputs["input"] if values["dim"] == 1 else f"{inputs['input']}.movedim({values['dim']}, 1)"
    ignored = "" if values["ignore_index"] == -100 else f", {values['ignore_index']}"
    return f"sum_surprise({scores}, {inputs['target']}{ignored})"


BLOCKS: tuple[Block, ...] = (
    Block(
        "MeanAbsoluteError",
        Category.METRIC,
        "mae",
        "How far the output is off on average, in the unit of the target.",
        more="It is what L1Loss makes small. One wild error counts only as much as it is large.",
        formula="MAE = mean of |in − target|",
        shape_rule=_ALIKE,
        cost="It has no parameters and costs next to nothing: one difference for each number.",
        use="For predicted numbers: an error that everybody understands.",
        inputs=ALIKE,
        outputs=(),
        role="metric",
        function="F.l1_loss({input}, {target})",
        less_is_better=True,
        sample=("N,5", "N,5"),
    ),
    Block(
        "MeanSquaredError",
        Category.METRIC,
        "mse",
        "The mean of the squares of all errors.",
        more="It is what MSELoss makes small; its root is in the unit of the target.",
        formula="MSE = mean of (in − target)²",
        shape_rule=_ALIKE,
        cost="It has no parameters and costs next to nothing: one difference and one square for each number.",
        use="To compare with what others report, where another loss is trained with.",
        inputs=ALIKE,
        outputs=(),
        role="metric",
        function="F.mse_loss({input}, {target})",
        less_is_better=True,
        sample=("N,5", "N,5"),
    ),
    Block(
        "R2Score",
        Category.METRIC,
        "r2",
        "The part of the targets' variance that the output explains: 1 is perfect, 0 no better than their mean.",
        more="It has no unit, so it can be compared between tasks. A bad network can be far below 0.",
        formula="R² = 1 − Σ (target − in)² / Σ (target − mean)²\nmean: of all targets of that number",
        shape_rule=_ALIKE,
        cost="It keeps four sums for each number that a sample has, however many samples there are.",
        use="For predicted numbers, to see whether anything has been learned at all.",
        inputs=ALIKE,
        params=(_AVERAGE,),
        outputs=(),
        role="metric",
        writes=_squares,
        finish=_explained,
        summary="{average}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "Perplexity",
        Category.METRIC,
        "perplexity",
        "Among how many equally likely classes the network seems to hesitate; takes raw scores or their LogSoftmax.",
        more="1 means that it always knows. Chance among C classes gives C.",
        formula="perplexity = exp(mean of −log p[n, target[n]])\np = softmax of in",
        shape_rule=(
            "The input is N × classes, the target one whole number for each sample. With further sizes behind the "
            "classes, the target has one number for each place. The result is one number from 1 up."
        ),
        cost="It works out the cross entropy once more, and keeps two sums.",
        use="For networks that write texts, letter by letter or word by word.",
        inputs=SCORES,
        params=(DIM, _IGNORED),
        outputs=(),
        role="metric",
        writes=_surprise,
        finish=lambda values: "perplexity_of({sum})",
        less_is_better=True,
        sample=("N,5", "N:int64<5"),
    ),
)
