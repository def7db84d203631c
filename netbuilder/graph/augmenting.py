"""How a data block's samples are changed at random before they are trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from netbuilder.blocks import Value
from netbuilder.blocks.augmentations import AUGMENTATIONS
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Augmentation, Edit, Node

MOST = 32


def set_augmentations(graph: Graph, key: str, wanted: Sequence[Augmentation]) -> Edit:
    """Change a data block's samples in these ways, one after the other."""
    node = graph.nodes.get(key)
    if node is None:
        raise Refused("There is no block {node}.", node=key)
    after = check_augmentations(msgspec.structs.replace(node, augmentations=tuple(wanted)))
    return {} if after == node else {key: (node, after)}


def check_augmentations(node: Node) -> Node:
    """Return the node with augmentations that hold only what differs from the defaults; Refused where one is wrong."""
    if node.augmentations and node.entry.role != "data":
        raise Refused("{node} gives no samples, so there is nothing to augment.", node=node.name)
    if len(node.augmentations) > MOST:
        raise Refused("There can be {most} augmentations, one after the other.", most=MOST)
    return msgspec.structs.replace(node, augmentations=tuple(map(_checked, node.augmentations)))


def augmentation_values(augmentation: Augmentation) -> dict[str, Value]:
    """Every parameter, defaults filled in."""
    params = AUGMENTATIONS[augmentation.name].params
    return {param.name: augmentation.params.get(param.name, param.default) for param in params}


def with_param(augmentation: Augmentation, params: Mapping[str, Value]) -> Augmentation:
    """The augmentation with other values of these parameters."""
    return msgspec.structs.replace(augmentation, params={**augmentation.params, **params})


def _checked(augmentation: Augmentation) -> Augmentation:
    augmenter = AUGMENTATIONS.get(augmentation.name)
    if augmenter is None:
        raise Refused("There is no augmentation {name}.", name=augmentation.name[:40])
    for name in augmentation.params:
        if name not in augmenter.by_name:
            raise Refused("{block} has no parameter {param}.", block=augmenter.name, param=name[:40])
    found = {
        param.name: check(param, augmentation.params[param.name])
        for param in augmenter.params
        if param.name in augmentation.params
    }
    kept = {name: value for name, value in found.items() if value != augmenter.by_name[name].default}
    values = augmentation_values(msgspec.structs.replace(augmentation, params=kept))
    if augmenter.name == "Erase" and float(str(values["smallest"])) > float(str(values["largest"])):
        raise Refused("The smallest part that is covered cannot be larger than the largest.")
    return msgspec.structs.replace(augmentation, params=kept)
