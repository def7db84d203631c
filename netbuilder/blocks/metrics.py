"""What is measured of a network that chooses among classes, and what a person watches while it learns.

Most are no means over batches: they count in each batch, and say at the end what follows from all counts together.
"""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Finishes, Param, Values
from netbuilder.blocks.losses import SCORES

DIM = Param(
    "dim", "int", 1, "The dimension of the input that runs over the classes: 1 as in losses, −1 is the last.", low=-1,
    high=4,
)  # fmt: skip
_IGNORED = Param(
    "ignore_index", "int", None, "Places with this number as target do not count.", low=-(10**6), none="all count"
)
_ONE_CLASS = Param("of_class", "int", None, "The number of the class that is looked at.", low=0, none="all classes")
_AVERAGE = Param(
    "average",
    "choice",
    "macro",
    "How the classes are put together: each counts alike, each as often as it is there, or all as one.",
    choices=("macro", "weighted", "micro"),
)
_K = Param("k", "int", 5, "How many of the highest scores are looked at.", low=1)
_CLASSWISE = (_ONE_CLASS, _AVERAGE, DIM, _IGNORED)
_SHAPES = (
    "The input is N × classes, the target one whole number for each sample. With further sizes behind the classes, the "
    "target has one number for each place. The result is one number from 0 to 1."
)


def _predicted(values: Values, inputs: Mapping[str, str]) -> str:
    return f"{inputs['input']}.argmax({values['dim']})"


def _known(values: Values, inputs: Mapping[str, str]) -> str:
    """The targets, with a number that is no class in place of those that do not count."""
    target, ignored = inputs["target"], values["ignore_index"]
    outside = ignored is None or (isinstance(ignored, int) and ignored < 0)
    return target if outside else f"{target}.where({target} != {ignored}, -1)"


def _accuracy(values: Values, inputs: Mapping[str, str]) -> str:
    """The part of the answers that are right; or how many are right, and how many count."""
    right, ignored = f"{_predicted(values, inputs)} == {inputs['target']}", values["ignore_index"]
    return f"({right}).float().mean()" if ignored is None else f"count_right({right}, {inputs['target']} != {ignored})"


def _top_k(values: Values, inputs: Mapping[str, str]) -> str:
    dim, ignored = "" if values["dim"] == 1 else f", {values['dim']}", values["ignore_index"]
    asked = f"({inputs['input']}, {inputs['target']}, {values['k']}{dim})"
    return f"top_accuracy{asked}" if ignored is None else f"count_right(in_top{asked}, {inputs['target']} != {ignored})"


def _share(values: Values) -> str:
    return "" if values["ignore_index"] is None else "share_of({sum})"


def _counted(function: str, values: Values, inputs: Mapping[str, str]) -> str:
    size = f"{inputs['input']}.size({values['dim']})"
    return f"{function}({_predicted(values, inputs)}, {_known(values, inputs)}, {size})"


def _hits(values: Values, inputs: Mapping[str, str]) -> str:
    return _counted("count_hits", values, inputs)


def _confusion(values: Values, inputs: Mapping[str, str]) -> str:
    return _counted("count_classes", values, inputs)


def whole(values: Values) -> str:
    """Just the counts."""
    return "{sum}"


def _finish(score: str) -> Finishes:
    """How a score of each class becomes one number."""

    def finish(values: Values) -> str:
        if values["of_class"] is not None:
            return f"one_class({score}, {{sum}}, {values['of_class']})"
        return f"{values['average']}_mean({score}, {{sum}})"

    return finish


def _by_class(name: str, stem: str, score: str, help: str, *, more: str, formula: str, cost: str, use: str) -> Block:
    """A score that each class has, from its hits, from how often it was said and from how often it was there."""
    return Block(
        name,
        Category.METRIC,
        stem,
        help,
        more,
        formula,
        _SHAPES,
        cost,
        use,
        inputs=SCORES,
        params=_CLASSWISE,
        outputs=(),
        role="metric",
        writes=_hits,
        finish=_finish(score),
        share=True,
        summary="{average}",
        sample=("N,5", "N:int64<5"),
    )


BLOCKS: tuple[Block, ...] = (
    Block(
        "Accuracy",
        Category.METRIC,
        "accuracy",
        "Part of the samples whose highest score is the right class.",
        more="It is measured, not learned from: a small change of the weights mostly leaves it as it is.",
        formula="accuracy = mean of (argmax in[n, …] = target[n])",
        shape_rule=_SHAPES,
        cost="It has no parameters and costs next to nothing: one search for the greatest score of each sample.",
        use="To see how well a classifier does in words that everybody understands.",
        inputs=SCORES,
        params=(DIM, _IGNORED),
        outputs=(),
        role="metric",
        writes=_accuracy,
        finish=_share,
        share=True,
        sample=("N,5", "N:int64<5"),
    ),
    Block(
        "TopKAccuracy",
        Category.METRIC,
        "top_k",
        "Part of the samples whose right class is among the k highest scores.",
        more="It forgives a network that hesitates between classes that even people confuse.",
        formula="accuracy = mean of (target[n] is among the k highest of in[n, …])",
        shape_rule=_SHAPES,
        cost="It has no parameters. It finds the k highest scores of each sample.",
        use="With very many classes, where the second or third guess is worth something too.",
        inputs=SCORES,
        params=(_K, DIM, _IGNORED),
        outputs=(),
        role="metric",
        writes=_top_k,
        finish=_share,
        share=True,
        summary="k={k}",
        sample=("N,10", "N:int64<10"),
    ),
    _by_class(
        "Precision",
        "precision",
        "precision_of",
        "Of the samples that were taken for a class, the part that was of it.",
        more="It is high where the network rarely cries wolf. A class that was never said has a precision of 0.",
        formula="precision[c] = hits[c] / said[c]\nsaid: how often c scored highest\nmacro: mean over the classes",
        cost="It keeps three counts for each class, however many samples there are.",
        use="Where a false alarm is dear: mail thrown away as spam, people called back for nothing.",
    ),
    _by_class(
        "Recall",
        "recall",
        "recall_of",
        "Of the samples of a class, the part that was found.",
        more="It is high where the network overlooks little. Its macro average is also called balanced accuracy.",
        formula="recall[c] = hits[c] / there[c]\nthere: how many samples c has\nmacro: mean over the classes",
        cost="It keeps three counts for each class, however many samples there are.",
        use="Where it is dear to overlook something: an illness, a fault, a face in a crowd.",
    ),
    _by_class(
        "F1Score",
        "f1",
        "f1_of",
        "The harmonic mean of precision and recall: high only where both are.",
        more="Unlike accuracy it is not fooled by a class that nearly all samples have.",
        formula="F1[c] = 2 · hits[c] / (said[c] + there[c])\nmacro: mean over the classes",
        cost="It keeps three counts for each class, however many samples there are.",
        use="For classes of very different sizes, where always saying the largest one would look good.",
    ),
    Block(
        "ConfusionMatrix",
        Category.METRIC,
        "confusion",
        "How often each class was taken for each class: a table, where everything right is on the diagonal.",
        more="Its rows are the true classes, its columns those with the highest score.",
        formula="table[t, c] = how often target[n] = t and argmax in[n, …] = c",
        shape_rule=(
            "The input is N × classes, the target one whole number for each sample. The result is a table of classes × "
            "classes counts."
        ),
        cost="It keeps one count for each pair of classes, however many samples there are.",
        use="To see which classes a network confuses; what it confuses often looks alike, or is labelled badly.",
        inputs=SCORES,
        params=(DIM, _IGNORED),
        outputs=(),
        role="metric",
        writes=_confusion,
        finish=whole,
        table=True,
        sample=("N,5", "N:int64<5"),
    ),
)
