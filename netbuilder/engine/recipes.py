"""What optimizer and scheduler ask of a drawing, said before the training begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import nn

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.reports import NodeReport
from netbuilder.codegen import Plan
from netbuilder.codegen.expressions import constructor
from netbuilder.codegen.loading import validated
from netbuilder.codegen.plan import starts
from netbuilder.graph.records import Node, Training
from netbuilder.graph.training import recipe_params

TAKE_SPARSE = ("SGD", "Adagrad", "LBFGS", "SparseAdam")


def unsuited(plan: Plan, training: Training, reports: Mapping[str, NodeReport]) -> tuple[Sentence, ...]:
    """Why this drawing cannot be trained with the optimizer and the scheduler that are chosen."""
    found = [_optimizer(plan, training, reports), _settings(training), _scheduler(plan, training)]
    return tuple(sentence for sentence in found if sentence is not None)


def _optimizer(plan: Plan, training: Training, reports: Mapping[str, NodeReport]) -> Sentence | None:
    chosen = training.optimizer
    for one in (*plan.inner, plan):
        for node in one.network:
            report = reports[node.id]
            if not report.parameters or node.entry.of == "code":  # what code makes, only a run shows
                continue
            sparse = report.values.get("sparse") is True
            if chosen == "SparseAdam" and not node.of and not sparse:
                text = "{optimizer} needs sparse gradients, and {node} has others: only embeddings can have them."
                return say(text, optimizer=chosen, node=node.name)
            if sparse and chosen not in TAKE_SPARSE:
                text = "{node} has sparse gradients, which {optimizer} cannot take: switch sparse off, or use {others}."
                return say(text, node=node.name, optimizer=chosen, others=", ".join(TAKE_SPARSE))
            if chosen == "Muon" and any(dimensions != 2 for dimensions in _weights(one, node, report)):
                text = "{optimizer} moves matrices only, and {node} has other weights too (a bias is one)."
                return say(text, optimizer=chosen, node=node.name)
    return None


def _weights(plan: Plan, node: Node, report: NodeReport) -> Iterator[int]:
    """The number of dimensions of each weight that the node has of its own."""
    for end in starts(plan.graph, node):
        shape = plan.graph.whole.part(node.of).values(end)["shape"]
        assert isinstance(shape, tuple)
        yield len(shape)
    if node.entry.module and not node.of:
        with torch.device("meta"):
            made = eval(constructor(node.entry, report.values), {"torch": torch, "nn": nn})
        for weight in [made] if node.entry.attribute else made.parameters():
            yield weight.dim()


def _settings(training: Training) -> Sentence | None:
    given = training.optimizer_params
    if training.optimizer == "SGD" and given.get("nesterov") and (not given.get("momentum") or given.get("dampening")):
        return say("{optimizer} with nesterov needs a momentum and no dampening.", optimizer=training.optimizer)
    return None


def _scheduler(plan: Plan, training: Training) -> Sentence | None:
    if not training.scheduler:
        return None
    recipe = SCHEDULERS[training.scheduler]
    if recipe.watches_validation and not validated(plan):
        kept = next((node.name for node in plan.data if not node.entry.validated), None)
        if kept is None:
            return None  # there is no data at all
        text = "{scheduler} watches the loss on samples kept aside, and {data} keeps none."
        return say(text, scheduler=recipe.name, data=kept)
    cycles = recipe_params(recipe).get("cycle_momentum")
    on = cycles is not None and training.scheduler_params.get(cycles.name, cycles.default)
    if on and not {"momentum", "betas"} & recipe_params(OPTIMIZERS[training.optimizer]).keys():
        text = "{scheduler} changes the momentum, which {optimizer} has not: switch cycle_momentum off."
        return say(text, scheduler=recipe.name, optimizer=training.optimizer)
    return None
