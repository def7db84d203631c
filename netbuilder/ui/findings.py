"""What the engine has said about the drawing so far, put together from its answers."""

from __future__ import annotations

from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.messages import Analysis
from netbuilder.bridge.reports import NodeReport, Problem, Source
from netbuilder.graph.graph import Graph


class Findings:
    """The reports by node, the problems and the code. Empty until the first answer."""

    def __init__(self) -> None:
        self.known = False
        self.reports: dict[str, NodeReport] = {}
        self.obstacles: tuple[Sentence, ...] = ()
        self.module: Source | None = None
        self.script: Source | None = None
        self._whole: tuple[Problem, ...] = ()

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
        """Every problem: those of the whole drawing, then node by node in the order of the code."""
        of_nodes = [p for node in graph.order if node.id in self.reports for p in self.reports[node.id].problems]
        return [*self._whole, *of_nodes]

    @property
    def parameters(self) -> int:
        """How many numbers are learned."""
        return sum(report.parameters for report in self.reports.values())

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds for one sample."""
        return sum(report.multiply_adds for report in self.reports.values())
