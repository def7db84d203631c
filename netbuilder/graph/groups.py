"""Settings of the training that single blocks or networks have for themselves: they live and go with these."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from netbuilder.blocks.sentence import Refused
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import MAIN, Edit, Network, Node, ParameterGroup, Training
from netbuilder.graph.training import set_training


def group_of(graph: Graph, target: str) -> ParameterGroup | None:
    """The settings that a node or a network has of its own."""
    return next((group for group in graph.whole.training.groups if group.target == target), None)


def can_have_group(node: Node) -> bool:
    """Whether a node may have weights, which settings of its own would be about: not where it is a mere function."""
    block = node.entry
    return block.role == "layer" and bool(block.of or (block.module and not block.inline))


def set_group(graph: Graph, target: str, **changes: object) -> Edit:
    """Give a node or a network such settings of its own, beside those it has."""
    record = graph.whole.records.get(target)
    if not isinstance(record, Node | Network) or target == MAIN:
        raise Refused("There is no block {node}.", node=target[:40])
    if isinstance(record, Node) and record.layer:
        raise Refused("{node} uses the layer of another block: say it of that one.", node=record.name)
    if isinstance(record, Node) and not can_have_group(record):
        raise Refused("{node} has no weights.", node=record.name)
    before = group_of(graph, target)
    after = msgspec.structs.replace(before or ParameterGroup(target), **changes)
    groups = graph.whole.training.groups
    if before is None:
        return set_training(graph.whole, groups=(*groups, after))
    return set_training(graph.whole, groups=tuple(after if group is before else group for group in groups))


def change_group(graph: Graph, target: str, **changes: object) -> Edit:
    """As `set_group`; where nothing is left that differs from the others, it has no settings of its own any more."""
    before = group_of(graph, target) or ParameterGroup(target)
    if msgspec.structs.replace(before, **changes) == ParameterGroup(target):
        return remove_groups(graph, [target])
    return set_group(graph, target, **changes)


def remove_groups(graph: Graph, targets: Collection[str]) -> Edit:
    """Have nodes or networks be trained as the others are."""
    left = tuple(group for group in graph.whole.training.groups if group.target not in targets)
    return set_training(graph.whole, groups=left)


def follow(graph: Graph, edit: Edit) -> Edit:
    """The edit, and what becomes of the settings of what it takes away: an heir of the layer has them, or they go.

    A metric that is gone is watched no more.
    """
    gone = {key for key, (_, after) in edit.items() if after is None}
    training = graph.whole.training
    if not gone & {training.watch, *(group.target for group in training.groups)}:
        return edit
    heirs = {
        before.layer: key
        for key, (before, after) in edit.items()
        if isinstance(before, Node) and isinstance(after, Node) and before.layer in gone and not after.layer
    }
    groups = tuple(
        msgspec.structs.replace(group, target=heirs.get(group.target, group.target))
        for group in training.groups
        if group.target not in gone or group.target in heirs
    )
    watch = "" if training.watch in gone else training.watch
    return compose(edit, set_training(graph.whole, groups=groups, watch=watch))


def with_copied(graph: Graph, edit: Edit, groups: Iterable[ParameterGroup], copies: Mapping[str, str]) -> Edit:
    """The edit that makes copies, and the settings that the originals have for the copies too."""
    made = tuple(
        msgspec.structs.replace(group, target=copies[group.target]) for group in groups if group.target in copies
    )
    if not made:
        return edit
    after = graph.whole.apply(edit)
    return compose(edit, set_training(after, groups=(*after.training.groups, *made)))


def copied_settings(graph: Graph, keys: Collection[str]) -> Training | None:
    """A record with the settings of just these nodes and networks; None where they have none."""
    groups = tuple(group for group in graph.whole.training.groups if group.target in keys)
    return Training(groups=groups) if groups else None
