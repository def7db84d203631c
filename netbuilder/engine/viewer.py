"""Answers what a person wants to see of samples: loads them with the drawing's own program, and looks at them.

Only the data blocks of the drawing are run, so a network with problems, or one that is not trusted, is no obstacle.
"""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch

from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.messages import text_path
from netbuilder.bridge.viewing import (
    FromViewer,
    Look,
    Page,
    Part,
    Survey,
    Surveyed,
    ToViewer,
    Unviewed,
    View,
    Viewed,
    Viewing,
)
from netbuilder.codegen import make_plan
from netbuilder.engine.analysis import Analyst
from netbuilder.engine.data import Data, DataError, data_nodes, out_of_memory, with_absolute_folders
from netbuilder.engine.execute import Program, execute
from netbuilder.engine.looking import Looker
from netbuilder.engine.naming import class_names, file_facts
from netbuilder.engine.showing import ROWS, SUITS, Output, column, kind_of
from netbuilder.engine.surveying import survey
from netbuilder.graph.files import build
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Node, Project, Training

MOST = 200  # samples on one page


class Superseded(Exception):
    """A newer question is there, so nobody waits for the answer to this one."""


class Viewer:
    """Answers one question after the other. `newer` says whether the one under way is out of date."""

    def __init__(self, send: Callable[[FromViewer], None], newer: Callable[[], bool]) -> None:
        self._send, self._newer = send, newer
        self._data = Data()
        self._looker = Looker(self._tell)
        self._surveys: dict[tuple[str, Part], Survey] = {}
        self._loaded: object = None
        self._prepared: tuple[Graph, _Prepared] | None = None

    def answer(self, question: ToViewer) -> None:
        """Answer; what cannot be is said."""
        ask = question.ask
        node: str | None = None
        try:
            if isinstance(question, Look):
                self._send(self._looker.look(question))
            else:
                self._answer(question)
        except Superseded:
            return
        except Refused as error:
            self._send(Unviewed(ask, error.sentence))
        except DataError as error:
            node = None if error.node is None else error.node.id
            if error.node is None:
                words = say("{reason}.", reason=error.reason)
            else:
                words = say("{node} cannot be loaded: {reason}.", node=error.node.name, reason=error.reason)
            self._send(Unviewed(ask, words, node))
        except Exception as error:
            if out_of_memory(error):
                self._send(Unviewed(ask, say("The samples do not fit into memory.")))
                return
            traceback.print_exc()
            reason = str(error).strip().split("\n")[0][:300] or type(error).__name__
            self._send(Unviewed(ask, say("The samples cannot be shown: {reason}", reason=reason)))

    def _answer(self, question: View) -> None:
        absolute = with_absolute_folders(only_data(build(question.records)), text_path(question.folder))
        nodes = data_nodes(absolute)
        if self._prepared is None or self._prepared[0] != absolute:
            self._prepared = (absolute, prepare(absolute, text_path(question.folder)))
        prepared = self._prepared[1]
        if question.augmented and prepared.refused is not None:
            raise prepared.refused
        program, outputs = prepared.program, prepared.outputs
        names = ", ".join(node.name for node in nodes)
        self._tell(question, say("Loading {names}", names=names))
        parts = self._data.load(program, nodes, lambda doing, share: self._tell(question, doing, share))
        if parts is not self._loaded:
            self._loaded, self._surveys = parts, {}
        by_part: dict[Part, Any] = {"training": parts[0]}
        if parts[1] is not None:
            by_part["validation"] = parts[1]
        chosen: Part = question.part if question.part in by_part else "training"
        self._send(Viewed(question.ask, page(question, chosen, by_part, outputs, program)))
        if question.survey:
            self._survey(question, chosen, by_part[chosen], outputs, nodes)

    def _survey(self, question: View, part: Part, samples: Any, outputs: list[Output], nodes: list[Node]) -> None:
        key = (repr([(one.title, one.names) for one in outputs]), part)
        if key not in self._surveys:

            def progress(share: float) -> None:
                self._tell(question, say("Looking at all samples"), share)

            found = survey(part, samples, outputs, progress)
            facts = tuple(fact for node in nodes for fact in file_facts(node))
            self._surveys[key] = Survey(found.part, found.total, found.looked, found.columns, found.troubles, facts)
        self._send(Surveyed(question.ask, self._surveys[key]))

    def _tell(self, question: ToViewer, doing: Sentence, share: float | None = None) -> None:
        if self._newer():
            raise Superseded
        self._send(Viewing(question.ask, doing, share))


def only_data(graph: Graph) -> Graph:
    """The data blocks of what is trained, and nothing else."""
    main = graph.part(MAIN)
    kept = [node for node in main.nodes.values() if node.entry.role == "data"]
    settings = [record for record in graph.records.values() if isinstance(record, Project | Training)]
    return Graph({record.id: record for record in (*settings, graph.main, *kept)})


@dataclass(frozen=True)
class _Prepared:
    """The program that loads the samples, and its outputs. `refused` says why they cannot be augmented."""

    program: Program
    outputs: list[Output]
    refused: Refused | None = None


def prepare(graph: Graph, folder: Path) -> _Prepared:
    """Write the program for a drawing that holds nothing but data. Refused where that cannot be."""
    refused = _refusal(graph, folder)
    if refused is not None and any(node.augmentations for node in graph.nodes.values()):
        bare = {node.id: msgspec.structs.replace(node, augmentations=()) for node in graph.nodes.values()}
        graph = Graph({**graph.records, **bare})
        again = _refusal(graph, folder)
        if again is not None:
            raise again
    elif refused is not None:
        raise refused
    analyst = _analyse(graph, folder)
    plan = make_plan(graph)
    ports = [port for _, port in plan.samples]
    outputs = []
    for key, port in plan.samples:
        node = graph.nodes[key]
        spec = analyst.reports[key].outputs.get(port)
        one = graph.type(node).output_port(node.params, port)
        title = port if ports.count(port) == 1 else f"{node.name}.{port}"
        classes = None if spec is None else spec.classes
        names = class_names(node, port)
        outputs.append(Output(key, node.name, port, title, one is not None and one.target, classes, names))
    return _Prepared(execute(analyst.write_data()), outputs, refused)


def _analyse(graph: Graph, folder: Path) -> Analyst:
    analyst = Analyst()
    analyst.open(graph, folder)
    analyst.close()
    return analyst


def _refusal(graph: Graph, folder: Path) -> Refused | None:
    """What keeps the data from being loaded as it is drawn."""
    analyst = _analyse(graph, folder)
    problems = [problem for node in data_nodes(graph) for problem in analyst.reports[node.id].problems]
    found = next((problem.sentence for problem in problems if problem.level == "error"), None)
    return None if found is None else Refused(found.text, **found.values)


def page(question: View, part: Part, by_part: Mapping[Part, Any], outputs: list[Output], program: Program) -> Page:
    """The samples that are asked for."""
    samples = by_part[part]
    total = len(samples[0])
    first_sample = samples[0][torch.zeros(1, dtype=torch.int64)][0]
    most = question.count or SUITS.get(kind_of(first_sample, outputs[0]), ROWS)
    first = max(0, min(question.first, total - 1))
    indices = torch.arange(first, min(total, first + min(most, MOST)))
    before = [one[indices] for one in samples]
    after = before
    augment = program.names.get("augment")
    augmented = question.augmented and augment is not None and part == "training"
    if augmented:
        torch.manual_seed(question.seed)
        random.seed(question.seed)
        assert augment is not None
        after = list(augment(*before))
    columns = tuple(column(one, now, then) for one, now, then in zip(outputs, after, before, strict=True))
    totals = {name: len(of[0]) for name, of in by_part.items()}
    streamed = not all(isinstance(one, torch.Tensor) for one in samples)
    return Page(part, first, len(indices), totals, columns, augmented, augment is not None, streamed)
