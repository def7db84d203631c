"""What only metrics are asked: along which dimension the classes are, and whether there are as many as they need."""

from __future__ import annotations

from netbuilder.blocks import Block
from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import NodeReport, Problem, TensorSpec
from netbuilder.engine.checks.case import Case, remove
from netbuilder.graph.records import Node

OF_CLASSES = ("Accuracy", "TopKAccuracy", "Precision", "Recall", "F1Score", "ConfusionMatrix", "Perplexity")
_OF_ANSWERS = ("BinaryAccuracy", "BinaryPrecision", "BinaryRecall", "BinaryF1Score", "BinaryConfusionMatrix")
OF_PAIRS = ("MeanAbsoluteError", "MeanSquaredError", "R2Score", *_OF_ANSWERS)
MOST_CLASSES = 256  # of a table that a person can look at


def class_dim(case: Case) -> int:
    """The dimension of the scores that runs over the classes: for losses always the second."""
    dim = case.whole("dim")
    return 1 if dim is None or case.block.role != "metric" else dim


def table_size(node: Node, report: NodeReport) -> int:
    """How many classes the table of a metric without problems has: two where they are yes and no."""
    if node.block in _OF_ANSWERS:
        return 2
    size = report.inputs["input"].shape[class_dim(Case(node, node.entry, report.values, report.inputs))]
    assert isinstance(size, int)
    return size


def of_answers(block: Block) -> str:
    """What takes its place where the target is an answer of yes or no."""
    if block.role == "loss":
        return "BCEWithLogitsLoss"
    return f"Binary{block.name}" if f"Binary{block.name}" in _OF_ANSWERS else "BinaryAccuracy"


def of_classes(block: Block) -> str:
    """What takes its place where the target is the number of a class."""
    if block.role == "loss":
        return "CrossEntropyLoss"
    return block.name.removeprefix("Binary") if block.name in _OF_ANSWERS else "Accuracy"


def wrong_dim(case: Case, output: TensorSpec, wanted: TensorSpec) -> Problem | None:
    """Scores whose classes lie along another dimension than the metric is told."""
    dims, dim = len(output.shape), class_dim(case)
    if case.block.name not in OF_CLASSES:
        return None
    fitting = [one for one in (1, -1) if (*output.shape[:one], *output.shape[one % dims + 1 :]) == wanted.shape]
    label = say("Use dimension {dim}", dim=fitting[0] if fitting else 1)
    fix = case.set(label, dim=fitting[0] if fitting else 1)
    if not -dims <= dim < dims or dim % dims == 0:
        text = "{node}: {shape} has no dimension {dim} that could run over the classes."
        return case.problem(text, fix, inputs=("input",), shape=str(output), dim=dim)
    if not fitting or dim in fitting or dim % dims == fitting[0] % dims:
        return None
    text = "{node} looks for the classes of {shape} in dimension {dim}; the target {target} goes with {other}."
    return case.problem(
        text,
        fix,
        inputs=("input", "target"),
        shape=str(output),
        dim=dim,
        target=str(wanted),
        other=fitting[0],
    )


def classes(case: Case, output: TensorSpec) -> list[Problem]:
    """More classes than there are scores for, or more than a table has room for."""
    if case.block.name not in OF_CLASSES:
        return []
    size = output.shape[class_dim(case)]
    number, one, k = size if isinstance(size, int) else None, case.whole("of_class"), case.whole("k")
    if number is None:
        text = "{node} needs a fixed number of classes, and {shape} has none in dimension {dim}."
        return [case.problem(text, inputs=("input",), shape=str(output), dim=class_dim(case))]
    if one is not None and one >= number:
        text = "{node} looks at class {one}, and there are {number} classes, the first of which is 0."
        label = say("Look at all classes")
        return [case.problem(text, case.set(label, of_class=None), inputs=("input",), one=one, number=number)]
    if k is not None and k > number:
        text = "{node} looks at the {k} highest scores, and there are {number} classes."
        label = say("Look at {k}", k=max(1, number // 2))
        return [case.problem(text, case.set(label, k=max(1, number // 2)), inputs=("input",), k=k, number=number)]
    if case.block.table and number > MOST_CLASSES:
        text = "{node} would be a table of {number} × {number} counts; it has room for {most} classes."
        return [case.problem(text, remove(case.node), inputs=("input",), number=number, most=MOST_CLASSES)]
    return []
