"""What the engine has said about the drawing so far, put together from its answers."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.messages import Analysis
from netbuilder.bridge.reports import NodeReport, Problem, Source
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN


class Findings:
    """The reports by node, the problems and the code. Empty until the first answer."""

    def __init__(self) -> None:
        self.known = False
        self.reports: dict[str, NodeReport] = {}
        self.obstacles: tuple[Sentence, ...] = ()
        self.module: Source | None = None
        self.script: Source | None = None
        self._whole: tuple[Problem, ...] = ()
        self.tried: tuple[Problem, ...] = ()

    def take(self, answer: Analysis) -> None:
        """Take in what changed."""
        self.known = True
        self.reports.update(answer.changed)
        for key in answer.removed:
            self.reports.pop(key, None)
        self._whole, self.obstacles = answer.problems, answer.obstacles
        self.module = answer.module or self.module
        self.script = answer.script or self.script

    def problems(self, graph: Graph) -> list[Problem]:
        """Every problem: of the whole drawing, then node by node in the order of the code, unused networks last.

        What was `tried` before a run comes after what is known of it without.
        """
        used = _used(graph)
        tried = [problem for problem in self.tried if problem.node is None or problem.node in graph.nodes]
        return [*self._known(graph, used), *tried]

    def _known(self, graph: Graph, used: list[str]) -> list[Problem]:
        return [*self._whole, *self._of(graph, [*used, *(key for key in graph.networks if key not in used)])]

    def errors(self, graph: Graph) -> list[Sentence]:
        """What keeps the code from being written."""
        found = [*self._whole, *self._of(graph, _used(graph))]
        return [problem.sentence for problem in found if problem.level == "error"]

    def _of(self, graph: Graph, networks: Iterable[str]) -> list[Problem]:
        wrong = {key for key, report in self.reports.items() if report.problems}
        parts = [graph.part(key) for key in networks] if wrong else []
        nodes = [node for part in parts for node in part.order if node.id in wrong]
        return [problem for node in nodes for problem in self.reports[node.id].problems]

    def with_tried(self, key: str) -> NodeReport | None:
        """What is known of a node, and what a check before a run found there."""
        report = self.reports.get(key)
        found = tuple(problem for problem in self.tried if problem.node == key)
        return report and msgspec.structs.replace(report, problems=(*report.problems, *found))

    def size(self, part: Graph) -> tuple[int, int]:
        """How many numbers are learned in what is drawn in a network, and its multiply-adds for one sample."""
        reports = [self.reports[key] for key in part.nodes if key in self.reports]
        return sum(report.parameters for report in reports), sum(report.multiply_adds for report in reports)


def _used(graph: Graph) -> list[str]:
    """The networks that the main one is made of, and itself."""
    return [*graph.inner(MAIN), MAIN]
