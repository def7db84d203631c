"""What optimizer and scheduler ask of a drawing, said before the training begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import nn

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.blocks.schedulers import COMPOSED, SCHEDULERS
from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.reports import NodeReport
from netbuilder.codegen import Plan
from netbuilder.codegen.expressions import constructor
from netbuilder.codegen.loading import validated
from netbuilder.codegen.plan import starts
from netbuilder.graph.records import Network, Node, ParameterGroup, Training
from netbuilder.graph.training import recipe_params

TAKE_SPARSE = ("SGD", "Adagrad", "LBFGS", "SparseAdam")


def unsuited(plan: Plan, training: Training, reports: Mapping[str, NodeReport]) -> tuple[Sentence, ...]:
    """Why this drawing cannot be trained with the optimizer and the scheduler that are chosen."""
    found = [
        _optimizer(plan, training, reports),
        _settings(training),
        _scheduler(plan, training),
        _groups(plan, training, reports),
        _watched(plan, training),
    ]
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
    if recipe.name in COMPOSED and not training.stages:
        return say("{scheduler} is made of other schedulers: add one.", scheduler=recipe.name)
    chosen = [(SCHEDULERS[stage.scheduler], stage.params) for stage in training.stages]
    for one, params in chosen or [(recipe, training.scheduler_params)]:
        cycles = recipe_params(one).get("cycle_momentum")
        on = cycles is not None and params.get(cycles.name, cycles.default)
        if on and not {"momentum", "betas"} & recipe_params(OPTIMIZERS[training.optimizer]).keys():
            text = "{scheduler} changes the momentum, which {optimizer} has not: switch cycle_momentum off."
            return say(text, scheduler=one.name, optimizer=training.optimizer)
    return None


def _groups(plan: Plan, training: Training, reports: Mapping[str, NodeReport]) -> Sentence | None:
    """Settings of single blocks or networks that the optimizer cannot follow, or that leave nothing to learn."""
    own = [group for group in training.groups if group.learning_rate is not None or group.weight_decay is not None]
    named = _named(plan, own[0]) if own else ""
    if own and training.optimizer == "LBFGS":
        return say("{optimizer} moves all weights alike: {node} cannot have settings of its own.",
                   optimizer=training.optimizer, node=named)  # fmt: skip
    decayed = [group for group in own if group.weight_decay is not None]
    if decayed and "weight_decay" not in recipe_params(OPTIMIZERS[training.optimizer]):
        text = "{optimizer} has no weight decay, and {node} is given one of its own."
        return say(text, optimizer=training.optimizer, node=_named(plan, decayed[0]))
    frozen = {group.target for group in training.groups if group.frozen}
    weighty = [node for one in (*plan.inner, plan) for node in one.network if reports[node.id].parameters]
    if frozen and weighty and all(_frozen(plan, node, frozen) for node in weighty if not node.of):
        return say("All weights are frozen: there is nothing to learn.")
    return None


def _frozen(plan: Plan, node: Node, frozen: set[str]) -> bool:
    """Whether the weights of a node stay as they are: by itself, by its network, or wherever that is placed."""
    if frozen & {node.id, node.layer or node.id, node.network}:
        return True
    placed = [one for one in plan.graph.whole.nodes.values() if one.of == node.network]
    return bool(placed) and all(_frozen(plan, one, frozen) for one in placed)


def _named(plan: Plan, group: ParameterGroup) -> str:
    """What a person calls what a group is about."""
    record = plan.graph.whole.records.get(group.target)
    return record.name if isinstance(record, Node | Network) else group.target


def _watched(plan: Plan, training: Training) -> Sentence | None:
    """A value to know the best weights by that nobody measures."""
    if not (training.patience or training.keep_best):
        return None
    kept = next((node.name for node in plan.data if not node.entry.validated), None)
    if kept is not None:
        text = "To stop early or to keep the best weights, samples must be kept aside, and {data} keeps none."
        return say(text, data=kept)
    if training.watch and not any(training.watch in (n.id, n.name, plan.names[n.id]) for n in plan.metrics):
        return say("The best weights are to be known by {metric}, which the drawing does not measure.",
                   metric=training.watch)  # fmt: skip
    return None
