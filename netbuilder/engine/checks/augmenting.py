"""Whether a data block's samples can be changed as it says, and whether the losses take what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from netbuilder.blocks import Port
from netbuilder.blocks.augmentations import AUGMENTATIONS, TAKES_CHANCES, Augmenter
from netbuilder.bridge.reports import NodeReport, Problem, TensorSpec
from netbuilder.engine.checks.case import Case
from netbuilder.engine.checks.scene import Scene
from netbuilder.graph.augmenting import augmentation_values
from netbuilder.graph.records import Augmentation, Node


def augmentations(node: Node, scene: Scene, report: NodeReport) -> list[Problem]:
    """What is wrong with a node's augmentations."""
    if not node.augmentations:
        return []
    return list(_Augmentations(node, scene, report).problems())


class _Augmentations:
    """A data node, and what its first sample and its target are."""

    def __init__(self, node: Node, scene: Scene, report: NodeReport) -> None:
        self._node, self._scene = node, scene
        self._case = Case(node, scene.graph.type(node), report.values, report.inputs)
        ports = scene.graph.outputs(node)
        self._port = next((port for port in ports if not port.target), None)
        self._targets = [port for port in ports if port.target]
        self._specs = report.outputs

    def problems(self) -> Iterator[Problem]:
        """One after the other; what is not installed first."""
        if self._port is None:
            yield self._case.problem("{node} gives nothing but targets, so there is nothing to augment.")
            return
        mixed = 0
        for augmentation in self._node.augmentations:
            augmenter = AUGMENTATIONS[augmentation.name]
            if augmenter.library and find_spec(augmenter.library) is None:
                text = "{node}: {name} is {library}'s, which is not installed. pip install {library} adds it."
                yield self._case.problem(text, name=augmenter.name, library=augmenter.library)
            spec = self._specs.get(self._port.name)
            if spec is not None:
                yield from self._suits(augmentation, augmenter, self._port, spec)
            if augmenter.mixes:
                mixed += 1
                yield from self._mixes(augmenter, mixed)

    def _suits(
        self, augmentation: Augmentation, augmenter: Augmenter, port: Port, spec: TensorSpec
    ) -> Iterator[Problem]:
        """Whether it can be done to such samples."""
        words: dict[str, Any] = {"name": augmenter.name, "port": port.name, "shape": str(spec)}
        if spec.dtype != "float32":
            yield self._case.problem("{node}: {name} changes numbers, and {port} is indices.", **words)
            return
        if augmenter.takes == "pictures" and len(spec.shape) != 4:
            text = "{node}: {name} takes pictures (N × channels × height × width), and {port} is {shape}."
            yield self._case.problem(text, **words)
            return
        if augmenter.library and spec.shape[1] not in (1, 3):
            yield self._case.problem(
                "{node}: {name} takes pictures of 1 or 3 channels, and {port} is {shape}.", **words
            )
        values = augmentation_values(augmentation)
        if values.get("mode") == "reflect":
            padding = int(str(values["padding"]))
            if any(isinstance(side, int) and side <= padding for side in spec.shape[2:]):
                text = "{node}: {name} mirrors {padding} pixels at the edge, more than {port} ({shape}) has."
                yield self._case.problem(text, padding=padding, **words)
        if augmenter.moves:
            for target in self._targets:
                there = self._specs.get(target.name)
                if there is not None and len(there.shape) > 2:
                    text = "{node}: {name} moves what is in the picture, and {target} stays where it is."
                    yield self._case.problem(text, warning=True, name=augmenter.name, target=target.name)

    def _mixes(self, augmenter: Augmenter, number: int) -> Iterator[Problem]:
        """Whether there are classes to be mixed, and losses that take their chances."""
        name = augmenter.name
        if number > 1:
            if number == 2:
                yield self._case.problem("{node}: {name} can be there once, since it needs whole classes.", name=name)
            return
        target = self._targets[0] if len(self._targets) == 1 else None
        spec = None if target is None else self._specs.get(target.name)
        if target is None or spec is None or spec.classes is None or spec.shape != ("N",):
            yield self._case.problem("{node}: {name} needs one target that is a class for each sample.", name=name)
            return
        for wire in self._scene.graph.wires_out_of(self._node.id):
            taker = self._scene.graph.nodes[wire.target]
            if wire.output != target.name or taker.entry.role in ("metric", "output"):
                continue
            if taker.block != TAKES_CHANCES:
                text = "{node}: {name} makes chances of the classes, which {loss} does not take: {takes} does."
                yield self._case.problem(text, name=name, loss=taker.name, takes=TAKES_CHANCES)
            elif int(str(self._scene.graph.values(taker).get("ignore_index") or -100)) >= 0:
                text = "{node}: {name} makes chances of the classes, of which {loss} can ignore none."
                yield self._case.problem(text, name=name, loss=taker.name)
