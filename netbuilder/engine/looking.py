"""Looks into a run: its hardest and easiest samples, its first kernels, what each layer makes of a sample.

The network is made anew from the run's drawing, by our own text; nothing else of the folder is ever executed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor, nn

from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.about import OUTPUTS, PREDICTIONS
from netbuilder.bridge.messages import text_path
from netbuilder.bridge.run_folder import CHECKPOINTS, RunReader
from netbuilder.bridge.viewing import Group, Look, Looked
from netbuilder.codegen import Plan, make_plan
from netbuilder.engine.analysis import Analyst
from netbuilder.engine.checkpoints import BEST, load_checkpoint
from netbuilder.engine.data import Data, Samples, data_nodes
from netbuilder.engine.execute import Program, execute
from netbuilder.engine.naming import class_names
from netbuilder.engine.observing import BATCH, results_of, sample_losses
from netbuilder.engine.showing import Output, column, kind_of
from netbuilder.engine.watching import Heard
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph

LOOKED = 5000  # samples among which the hardest and the easiest are looked for
SHOWN = 48
MAPS = 32  # of one layer
KERNELS = 128
POINTS_AT_LEAST = 64
LINES = 8  # of predictions over the epochs


@dataclass(frozen=True)
class _Opened:
    """A run's network and its samples. `kept` are those kept aside, or where there are none, those trained on."""

    graph: Graph
    plan: Plan
    program: Program
    model: nn.Module
    kept: Samples
    outputs: list[Output]
    classes: int | None


class Looker:
    """Answers one question after the other; the run that was asked about last stays open."""

    def __init__(self, tell: Callable[[Look, Sentence, float | None], None]) -> None:
        self._tell = tell
        self._data = Data()
        self._key: object = None
        self._opened: _Opened | None = None

    def look(self, question: Look) -> Looked:
        """What the question asks for. Refused, in words, where that is not to be had."""
        folder = text_path(question.run)
        found = checkpoint_names(folder)
        if not found:
            raise Refused("The run has no checkpoint yet: there is nothing to look at.")
        chosen = question.checkpoint if question.checkpoint in found else found[-1]
        key = (question.run, question.trusted)
        if self._key != key or self._opened is None:
            self._opened, self._key = None, key
            self._opened = self._open(question, folder)
        opened = self._opened
        load_checkpoint(folder / CHECKPOINTS / chosen, opened.model)
        opened.model.eval()
        before = random.getstate()
        with torch.no_grad(), torch.random.fork_rng([]):
            torch.manual_seed(0)
            groups = tuple(self._groups(question, folder, opened))
        random.setstate(before)
        return Looked(question.ask, question.what, groups, found, chosen)

    def _open(self, question: Look, folder: Path) -> _Opened:
        self._tell(question, say("Opening the run"), None)
        graph = load(folder / "project.netb")
        analyst = Analyst()
        analyst.open(graph, folder, trusted=question.trusted)
        analyst.write()
        analyst.close()
        for problem in analyst.all_problems:
            if problem.level == "error":
                raise Refused(problem.sentence.text, **problem.sentence.values)
        for sentence in analyst.obstacles:
            raise Refused(sentence.text, **sentence.values)
        program = execute(analyst.script)
        program.names["DEVICE"] = "cpu"
        self._tell(question, say("Loading the samples of the run"), None)
        loading = partial(self._tell, question)
        train, validation = self._data.load(program, data_nodes(graph), loading)
        plan = make_plan(graph)
        outputs = []
        for (key, port), title in plan.samples.items():
            node = graph.nodes[key]
            one, spec = graph.type(node).output_port(node.params, port), analyst.reports[key].outputs.get(port)
            target, classes = one is not None and one.target, None if spec is None else spec.classes
            outputs.append(Output(key, node.name, port, title, target, classes, class_names(node, port)))
        classes = next((one.classes for one in outputs if one.target and one.classes), None)
        model = program.names[plan.class_name]()
        return _Opened(graph, plan, program, model, validation or train, outputs, classes)

    def _groups(self, question: Look, folder: Path, opened: _Opened) -> Iterator[Group]:
        if question.what in ("worst", "best"):
            yield self._extremes(question, opened)
        elif question.what == "epochs":
            yield from _over_epochs(folder, opened)
        elif question.what == "kernels":
            yield _kernels(opened)
        else:
            yield from _maps(question.sample, opened)

    def _extremes(self, question: Look, opened: _Opened) -> Group:
        """The samples with the greatest or the least loss."""
        total = len(opened.kept[0])
        number = min(total, LOOKED)
        indices = torch.arange(number) * total // number
        found = []
        for done, few in enumerate(torch.split(indices, BATCH)):
            self._tell(question, say("Trying all samples"), done * BATCH / number)
            results = results_of(opened.program.names, opened.model, opened.kept, few)
            found.append(sample_losses(opened.program.names["objective"], results, len(few)))
        losses = torch.cat(found)
        if not losses.isfinite().any():
            raise Refused("The loss of this network is not one for each sample, so none is the worst.")
        order = losses.nan_to_num(0.0).argsort(descending=question.what == "worst", stable=True)[:SHOWN]
        chosen = indices[order]
        outputs = results_of(opened.program.names, opened.model, opened.kept, chosen)[0]
        columns = [*_of_samples(opened, chosen), _predicted(opened, outputs)]
        columns.append(column(Output("", "", "loss", "loss", True), losses[order]))
        note = None
        if number < total:
            note = say("Of {total} samples, {looked} were tried.", total=f"{total:,}", looked=f"{number:,}")
        names = tuple(f"{i}" for i in chosen.tolist())
        title = "worst" if question.what == "worst" else "best"
        return Group(title, tuple(columns), names, note, "", tuple(chosen.tolist()))


def checkpoint_names(folder: Path) -> tuple[str, ...]:
    """The checkpoints of a run, the newest last."""
    there = (folder / CHECKPOINTS).glob("*/model.safetensors")
    names = sorted(path.parent.name for path in there if not path.parent.name.startswith("."))
    return tuple(sorted(names, key=lambda name: (name != BEST, name)))


def _of_samples(opened: _Opened, indices: Tensor) -> list[Any]:
    """The columns of these samples: first what the network is given, then the targets."""
    order = sorted(range(len(opened.outputs)), key=lambda i: opened.outputs[i].target)
    return [column(opened.outputs[i], opened.kept[i][indices]) for i in order]


def _chances(opened: _Opened, outputs: Tensor) -> Tensor | None:
    """The chances of all classes, where the network gives scores for them."""
    if opened.classes is None or outputs.dim() != 2 or outputs.shape[1] != opened.classes:
        return None
    scored = any(node.block == "CrossEntropyLoss" for node in opened.plan.losses)
    return outputs.softmax(1) if scored else outputs.exp() if bool((outputs <= 0).all()) else outputs


def _predicted(opened: _Opened, outputs: Tensor) -> Any:
    """What the network says, as a column."""
    chances = _chances(opened, outputs)
    names = next((one.names for one in opened.outputs if one.target and one.classes), ())
    if chances is not None:
        return column(Output("", "", "predicted", "predicted", True, opened.classes, names), chances)
    flat = outputs.reshape(len(outputs), -1)[:, :OUTPUTS]
    return column(Output("", "", "predicted", "predicted", False), flat)


def _over_epochs(folder: Path, opened: _Opened) -> Iterator[Group]:
    """The samples that the run watched, and how its predictions for them changed."""
    reader = RunReader(folder)
    about, rows = reader.about, reader.rows(PREDICTIONS)
    if about is None or not rows or not about.observed:
        raise Refused("The run has not measured any samples kept aside yet.")
    indices = torch.tensor([i for i in about.observed if i < len(opened.kept[0])])
    table = torch.tensor([list(row[1 : 1 + OUTPUTS * len(about.observed)]) for row in rows])
    table = table.view(len(rows), len(about.observed), OUTPUTS)[:, : len(indices)]
    steps = [int(row[0]) for row in rows]
    names = tuple(f"{i}" for i in indices.tolist())
    columns = _of_samples(opened, indices)
    yield Group("samples", tuple(columns), names, None, "", tuple(indices.tolist()))
    label = next((one for one in columns if one.kind == "class"), None)
    there = ~table[0].isnan().all(0)
    numbers = table[..., : int(there.sum())]
    scores = _chances(opened, numbers.flatten(0, 1))
    if scores is not None and label is not None:
        chances = scores.view(numbers.shape)
        right = torch.frombuffer(bytearray(label.data), dtype=torch.int32).long()
        lines = torch.stack([_lines(chances[:, i], int(right[i])) for i in range(len(indices))])
        note = say("The first line is the chance of the right class, the others are the next likeliest.")
    else:
        lines = numbers[..., :LINES].permute(1, 2, 0)
        note = say("The first numbers of the output.")
    # Points between the measurements, so that a few of them are lines too, a single one a level line.
    lines = F.interpolate(lines.float(), max(POINTS_AT_LEAST, lines.shape[-1]), mode="linear", align_corners=True)
    shown = column(Output("", "", "predictions", "predictions", False), lines)
    targets = [one for one in columns if one.target]
    title = f"{steps[0]} – {steps[-1]}"
    yield Group(title, (shown, *targets), names, note, "", tuple(indices.tolist()))


def _lines(chances: Tensor, right: int) -> Tensor:
    """Classes × measurements: the right class first, then those that were likeliest at some time."""
    others = [int(i) for i in chances.amax(0).argsort(descending=True) if int(i) != right]
    return chances[:, [right, *others[: LINES // 2 - 1]]].T


def _kernels(opened: _Opened) -> Group:
    """The weights of the first layer that looks at the samples, as pictures or curves."""
    sample = next(one for one, output in zip(opened.kept, opened.outputs, strict=True) if not output.target)
    shape = tuple(sample[torch.zeros(1, dtype=torch.int64)].shape[1:])
    by_name = {name: key for key, name in opened.plan.names.items()}
    for name, module in opened.model.named_modules():
        weight = getattr(module, "weight", None)
        if not isinstance(weight, Tensor) or weight.dim() < 2:
            continue
        note = None
        kernels = weight.detach()
        if isinstance(module, nn.Linear):
            if math.prod(shape) != kernels.shape[1]:
                raise Refused("The first layer with weights, {layer}, has none that look like a sample.", layer=name)
            kernels = kernels.reshape(-1, *shape)
        elif kernels.dim() == 4 and kernels.shape[1] not in (1, 3):
            note = say("Of each kernel, what it does to the first channel.")
        if len(kernels) > KERNELS:
            kernels, note = kernels[:KERNELS], say("The first {count}.", count=KERNELS)
        shown = column(Output("", "", "weight", "weight", False), kernels)
        if shown.kind not in ("picture", "curve"):
            shown = column(Output("", "", "weight", "weight", False), kernels.unsqueeze(1))
        names = tuple(f"{i}" for i in range(len(kernels)))
        title = f"{name} · {'×'.join(map(str, weight.shape))}"
        return Group(title, (shown,), names, note, by_name.get(name.partition(".")[0], "").partition("/")[0])
    raise Refused("The network has no layer whose weights could be shown as pictures.")


def _maps(number: int, opened: _Opened) -> Iterator[Group]:
    """A sample on its way through the network: what each block makes of it."""
    index = torch.tensor([max(0, min(number, len(opened.kept[0]) - 1))])
    with Heard(opened.program, opened.plan) as heard:
        result = results_of(opened.program.names, opened.model, opened.kept, index)[0]
    names = (str(int(index)),)
    yield Group("sample", (*_of_samples(opened, index), _predicted(opened, result)), names, None, "", (int(index),))
    for node in opened.plan.network:
        output = heard.outputs().get(node.id)
        group = None if output is None else _map(opened.plan.names[node.id], node.id, output)
        if group is not None:
            yield group


def _map(name: str, node: str, output: Tensor) -> Group | None:
    """What one block gives for one sample, each of its channels as a picture, or all of it as a curve."""
    if output.dim() < 2 or len(output) != 1 or not output.numel():
        return None
    sample = output[0].float()
    title = f"{name} · {'×'.join(map(str, sample.shape))}"
    tiles = (
        sample.unsqueeze(1) if sample.dim() == 3 else sample.reshape(1, 1, -1) if sample.dim() == 1 else sample[None]
    )
    of = Output(node, name, "output", "output", False)
    if kind_of(tiles[0], of) not in ("picture", "curve"):
        return None
    note = None if len(tiles) <= MAPS else say("The first {count} of {total}.", count=MAPS, total=len(tiles))
    tiles = tiles[:MAPS]
    return Group(title, (column(of, tiles),), tuple(f"{i}" for i in range(len(tiles))), note, node)
