"""What a loss or a metric is given: output and target that do not fit, and what should or should not come before it."""

from __future__ import annotations

from netbuilder.blocks import Category
from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import Fix, Problem, TensorSpec
from netbuilder.engine.checks import metrics
from netbuilder.engine.checks.case import Case, numbers, remove
from netbuilder.engine.checks.scene import Scene, placewise, reshaping
from netbuilder.graph.records import Node

_OF_CLASSES = ("CrossEntropyLoss", "NLLLoss", *metrics.OF_CLASSES)
_OF_PAIRS = frozenset(("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss", "KLDivLoss",
                       "PoissonNLLLoss", "GaussianNLLLoss", "SoftMarginLoss", "HingeEmbeddingLoss",
                       "MultiLabelSoftMarginLoss", *metrics.OF_PAIRS))  # fmt: skip
_YES_OR_NO = ("BCEWithLogitsLoss", "MultiLabelSoftMarginLoss")
_LOGARITHMS = {"NLLLoss": "input", "KLDivLoss": "input", "CTCLoss": "log_probs"}
_WEIGHTS = (Category.LINEAR, Category.CONVOLUTION)


def target(case: Case, scene: Scene) -> list[Problem]:
    """A loss or metric whose target does not fit the network's output."""
    output, wanted = case.inputs.get("input"), case.inputs.get("target")
    if output is None or wanted is None:
        return []
    if (problem := metrics.wrong_dim(case, output, wanted)) is not None:
        return [problem]
    if case.block.name in _OF_CLASSES and wanted.shape != _places(output, metrics.class_dim(case)):
        return [_wrong_places(case, scene, output, wanted)]
    if case.block.name in _OF_PAIRS and output.shape != wanted.shape:
        return [_unlike(case, scene, output, wanted)]
    found: list[Problem] = []
    if wanted.classes is not None and len(output.shape) > 1 and case.block.name not in _OF_PAIRS:
        found = _classes(case, scene, output, wanted.classes)
    return found or metrics.classes(case, output)


def wrong_target(case: Case, problems: list[Problem]) -> list[Problem]:
    """Targets of another type than the loss takes, said by what is meant: class numbers, one-hot rows or answers."""
    output, wanted = case.inputs.get("input"), case.inputs.get("target")
    port = case.block.input_port(case.values, "target")
    if output is None or wanted is None or port is None or port.dtype == wanted.dtype or port.dtype == "any":
        return problems
    others = [problem for problem in problems if problem.inputs != ("target",)]
    if port.dtype == "int64" and wanted.dtype == "float32" and case.block.name in _OF_CLASSES:
        return [*others, _no_classes(case, output, wanted)]
    if port.dtype == "float32" and wanted.dtype == "int64" and case.block.name in _OF_PAIRS:
        return [*others, _no_numbers(case, output, wanted)]
    return problems


def _no_classes(case: Case, output: TensorSpec, wanted: TensorSpec) -> Problem:
    """Numbers where the loss wants the class of each sample."""
    fixes = [case.before("target", "ToInt")]
    text = "{node} takes the number of the right class as target, gets {target} of float32."
    if wanted.shape == output.shape:
        text = (
            "{node} takes the number of the right class as target, gets {target} of float32: for one-hot rows take "
            "their ArgMax, for answers of yes or no another loss."
            if case.block.role == "loss"
            else "{node} takes the number of the right class as target, gets {target} of float32: for one-hot rows "
            "take their ArgMax, for answers of yes or no another metric."
        )
        fixes = [
            case.before("target", "ArgMax", say("Rows are one-hot: put an ArgMax before the target"), dim=1),
            case.swap(metrics.of_answers(case.block)),
        ]
    return case.problem(text, *fixes, inputs=("target",), target=str(wanted))


def _no_numbers(case: Case, output: TensorSpec, wanted: TensorSpec) -> Problem:
    """Class numbers where the loss compares number with number."""
    fixes: list[Fix] = []
    if wanted.shape == _places(output) and wanted.classes is not None:
        fixes.append(case.swap(metrics.of_classes(case.block)))
        text = (
            "{node} compares numbers, and the target {target} holds the numbers of classes: that is for another loss."
            if case.block.role == "loss"
            else "{node} compares numbers, and the target {target} holds the numbers of classes: take another metric."
        )
    else:
        text = "{node} compares numbers of type float32, and the target {target} is of whole numbers."
        fixes.append(case.before("target", "ToFloat", say("Put a ToFloat before the target")))
    return case.problem(text, *fixes, inputs=("target",), target=str(wanted))


def _places(output: TensorSpec, dim: int = 1) -> tuple[object, ...]:
    """The shape of class numbers for such scores: one for each sample, or for each place."""
    dim %= len(output.shape)
    return (*output.shape[:dim], *output.shape[dim + 1 :])


def _wrong_places(case: Case, scene: Scene, output: TensorSpec, wanted: TensorSpec) -> Problem:
    """Scores and class numbers of which there are not as many."""
    there = _places(output, metrics.class_dim(case))
    if len(wanted.shape) == 1 and len(output.shape) > 2:
        first = _first_linear(case.node, scene, len(output.shape))
        flatten = say("Put a Flatten before {node}", node=(first or case.node).name)
        return case.problem(
            "{node} takes one row of numbers per sample (N×C), gets {shape}: put a Flatten before the first Linear."
            if first is not None
            else "{node} takes one row of numbers per sample (N×C), gets {shape}: put a Flatten before it.",
            Fix(flatten, (first or case.node).id, {}, "before", "Flatten", "input"),
            inputs=("input",),
            shape=str(output),
        )
    fixes: list[Fix] = []
    text = "{node} takes one class number for each of {places} here, and the target is {target}."
    if wanted.shape == output.shape:
        text = "{node} takes one class number for each of {places} here, and the target is {target}: it looks one-hot."
        fixes = [case.before("target", "ArgMax", say("Put an ArgMax before the target"), dim=1)]
    else:
        fixes = _squeezed(case, "target", wanted, there)
    places = "×".join(str(size) for size in there)
    return case.problem(text, *fixes, inputs=("input", "target"), places=places, target=str(wanted))


def _squeezed(case: Case, port: str, spec: TensorSpec, wanted: tuple[object, ...]) -> list[Fix]:
    """Dropping the dimension of size 1 that makes a shape another than the one that is wanted."""
    for dim in range(len(spec.shape) - 1, 0, -1):
        if spec.shape[dim] == 1 and (*spec.shape[:dim], *spec.shape[dim + 1 :]) == wanted:
            shorter = "×".join(str(size) for size in wanted)
            label = say("Make {shape} of {before}: put a Squeeze before it", shape=shorter, before=str(spec))
            return [case.before(port, "Squeeze", label, dim=(dim if dim < len(spec.shape) - 1 else -1,))]
    return []


def _first_linear(node: Node, scene: Scene, dims: int) -> Node | None:
    """The first of the Linears before a loss that works on tensors with so many dimensions."""
    first, found = None, scene.source(node, "input")
    while found is not None:
        report = scene.reports.get(found.id)
        spec = report.inputs.get("input") if report is not None else None
        if spec is None or len(spec.shape) != dims:
            break
        first = found if found.block == "Linear" else first
        found = scene.source(found, "input")
    return first


def _unlike(case: Case, scene: Scene, output: TensorSpec, wanted: TensorSpec) -> Problem:
    """Output and target of different shapes, which torch would stretch to fit or refuse."""
    fixes = _squeezed(case, "input", output, wanted.shape) or _squeezed(case, "target", wanted, output.shape)
    if not fixes and numbers(output) is not None and numbers(output) == numbers(wanted):
        flat = [port for port, spec in (("input", output), ("target", wanted)) if len(spec.shape) > 2]
        if len(flat) == 1:
            fixes = [case.before(flat[0], "Flatten")]
    last = wanted.shape[-1] if len(output.shape) == len(wanted.shape) else None
    if not fixes and isinstance(last, int) and output.shape[:-1] == wanted.shape[:-1]:
        fixes = _resized(case.node, scene, output, -1, last)
    text = "{node} compares {output} with {target}: the shapes must be the same."
    return case.problem(text, *fixes, inputs=("input", "target"), output=str(output), target=str(wanted))


def _resized(node: Node, scene: Scene, output: TensorSpec, dim: int, size: int) -> list[Fix]:
    """Another size for the layer whose output, as far as that dimension goes, this is."""
    layer = scene.behind(node, "input", placewise)
    report = scene.reports.get(layer.id) if layer is not None else None
    if layer is None or report is None:
        return []
    name = {"Linear": "out_features", "Conv2d": "out_channels", "Conv1d": "out_channels"}.get(layer.block, "")
    if name == "out_features" and dim % len(output.shape) != len(output.shape) - 1:
        return []
    if not name or name in layer.bound or report.values[name] != output.shape[dim]:
        return []
    label = say("Give {node} {size} {what}", node=layer.name, size=size, what=name.replace("_", " "))
    return [Fix(label, layer.id, {name: size})]


def _classes(case: Case, scene: Scene, output: TensorSpec, wanted: int) -> list[Problem]:
    """Scores for fewer classes than there are, or for more."""
    dim = metrics.class_dim(case)
    classes = output.shape[dim]
    if not isinstance(classes, int) or classes == wanted:
        return []
    fixes = _resized(case.node, scene, output, dim, wanted)
    if classes < wanted:
        text = "{node}: the labels have {wanted} classes, but there are scores for {classes} only."
        return [case.problem(text, *fixes, inputs=("input",), wanted=wanted, classes=classes)]
    layer = scene.behind(case.node, "input", placewise)
    if case.block.role != "loss" or layer is None or layer.block != "Linear" or not fixes:
        return []
    text = "{node}: there are scores for {classes} classes, and the labels have {wanted} only."
    return [case.problem(text, *fixes, inputs=("input",), warning=True, wanted=wanted, classes=classes)]


def before_it(case: Case, scene: Scene) -> list[Problem]:
    """What stands before a loss and should not, or should and does not."""
    node, name = case.node, case.block.name
    before = scene.behind(node, _LOGARITHMS.get(name, "input"), reshaping)
    if before is None:
        return []
    soft = before.block in ("Softmax", "Softmax2d", "GumbelSoftmax")
    if name == "CrossEntropyLoss" and soft:
        text = "{node} does the work of {before} itself: with a softmax before it, the network hardly learns."
        return [_told(case, scene, text, before, (remove(before),), warning=True)]
    if name in _YES_OR_NO and before.block in ("Sigmoid", "Hardsigmoid"):
        text = "{node} does the work of {before} itself: with a sigmoid before it, the network hardly learns."
        return [_told(case, scene, text, before, (remove(before),), warning=True)]
    fixes: tuple[Fix, ...]
    if name == "BCELoss" and before.entry.category in _WEIGHTS:
        text = "{node} takes probabilities from 0 to 1, and {before} gives any numbers: there is no sigmoid between."
        fixes = (case.swap("BCEWithLogitsLoss"), case.before("input", "Sigmoid"))
        return [_told(case, scene, text, before, fixes)]
    if name in _LOGARITHMS and soft:
        text = "{node} takes logarithms of probabilities, and {before} gives the probabilities themselves."
        dim = before.params.get("dim", 1)
        fix = Fix(say("Use LogSoftmax for {node}", node=before.name), before.id, {"dim": dim}, "swap", "LogSoftmax")
        return [_told(case, scene, text, before, (fix,))]
    if name in _LOGARITHMS and before.entry.category in _WEIGHTS:
        text = "{node} takes logarithms of probabilities, and {before} gives raw scores."
        dims = len(case.inputs[_LOGARITHMS[name]].shape)
        log = case.before(_LOGARITHMS[name], "LogSoftmax", dim=dims - 1 if name == "CTCLoss" else 1)
        fixes = (case.swap("CrossEntropyLoss"), log) if name == "NLLLoss" else (log,)
        return [_told(case, scene, text, before, fixes, warning=True)]
    return []


def _told(case: Case, scene: Scene, text: str, before: Node, fixes: tuple[Fix, ...], warning: bool = False) -> Problem:
    """The problem; a block that others than losses and metrics use too is not taken out or changed for this one."""
    wires = scene.graph.wires_out_of(before.id)
    free = len(wires) == 1 or all(scene.graph.nodes[wire.target].entry.role in ("loss", "metric") for wire in wires)
    usable = tuple(fix for fix in fixes if fix.node != before.id or free)
    port = _LOGARITHMS.get(case.block.name, "input")
    return case.problem(text, *usable, inputs=(port,), warning=warning, before=before.name)
