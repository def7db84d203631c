"""Which layers of the drawing are as they were in a run that was trained, so that their weights can be kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Node
from netbuilder.ui.control.job import Job, Values, resumable, same_network


@dataclass(frozen=True)
class Kept:
    """A checkpoint, and of how many layers that learn its weights still fit."""

    checkpoint: Path
    fitting: int
    layers: int


def kept(job: Job | None, run: Path | None, graph: Graph, values: Values) -> Kept | None:
    """What a run left for the drawing as it is now; None where there is nothing, or nothing was changed since."""
    if job is None or run is None or job.task != "train" or same_network(job.graph, graph):
        return None
    checkpoints = resumable(run)
    layers = [node for key, node in graph.part(MAIN).live.nodes.items() if key in values]
    fitting = sum(_fits(node, job, graph, values) for node in layers)
    return Kept(checkpoints[-1], fitting, len(layers)) if checkpoints and fitting else None


def _fits(node: Node, job: Job, graph: Graph, values: Values) -> bool:
    """Whether a node is the same layer with the same sizes, inside too where it places a network."""
    before = job.graph.nodes.get(node.id)
    if before is None or (before.block, before.of, before.layer) != (node.block, node.of, node.layer):
        return False
    if job.values and dict(job.values.get(node.id, {})) != dict(values[node.id]):
        return False
    if before.params != node.params:
        return False
    return not node.of or all(
        same_network(job.graph.part(key), graph.part(key)) for key in (node.of, *graph.inner(node.of))
    )
