"""The check before a run: asks the spare child, shows what it finds, and puts what is wrong at its nodes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.messages import Checked, Preparing
from netbuilder.bridge.reports import Device, Problem
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Training
from netbuilder.ui.control.job import same_network
from netbuilder.ui.control.preflight_card import PreflightCard, each_once
from netbuilder.ui.text import words

if TYPE_CHECKING:
    from netbuilder.ui.window import Window

AUTOMATIC = "check_before_training"


class Checking(QObject):
    """One check at a time. `found` is of the drawing until it is changed."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._ask = 0
        self._then: Callable[[], object] | None = None
        self._graph: Graph | None = None
        self._marked: tuple[Problem, ...] = ()
        self.card = card = PreflightCard(window.theme, window.canvas)
        card.always.setChecked(self.automatic)
        card.automatic.connect(lambda on: window.settings.setValue(AUTOMATIC, "on" if on else "off"))
        card.cancelled.connect(self.cancel)
        card.again.connect(self.check)
        card.variant_wanted.connect(self._use)
        card.fixed.connect(window.fix)
        card.node_chosen.connect(window.canvas.show_node)
        window.engine.preparing.connect(self._prepare)
        window.engine.checked.connect(self._take)
        window.engine.check_failed.connect(self._fail)
        window.runs.began.connect(self._give_way)

    @property
    def automatic(self) -> bool:
        """Whether the person wants a changed drawing to be checked before it is trained."""
        return self._window.settings.value(AUTOMATIC, "off") == "on"

    @property
    def going(self) -> bool:
        """Whether a check is under way."""
        return bool(self._ask)

    def check(self) -> None:
        """Try the drawing on all devices there are."""
        self._window.when_current(lambda: self._begin(self._window.control.devices, None))

    def before(self, go: Callable[[], object]) -> None:
        """Train, after a check of the chosen device where the person wants that and the drawing is another one."""
        graph = self._window.project.document.graph
        known = self._graph is not None and _alike(self._graph, graph)
        # Asked for once more while a check goes on, the training is not to wait for it.
        if not self.automatic or known or self.going or self._window.runs.state != "idle" or self._window.obstacles():
            go()
            return
        chosen = self._window.control.device
        self._begin([one for one in self._window.control.devices if one.id == chosen], go)

    def cancel(self) -> None:
        """Give the check up."""
        if self.going:
            self._window.engine.cancel_check()
            self._end(self.tr("The check was given up."))

    def _give_way(self, _folder: Path) -> None:
        """A run has begun, which ended the check."""
        if self.going:
            self._end(self.tr("The check was given up for a run."))
            self.card.hide()

    def _end(self, text: str) -> None:
        self._ask, self._then, self._graph = 0, None, None
        self.card.end(text)

    def edited(self, edit: Edit) -> None:
        """What was found is not of the drawing any more."""
        trained = any(isinstance(record, Training) for pair in edit.values() for record in pair)
        if not self.going and (not trained or self._marked):
            self.card.say_old()
            self._mark(())
        self._then = None

    def _begin(self, devices: list[Device], then: Callable[[], object] | None) -> None:
        window = self._window
        if self.going or window.runs.state != "idle":
            return
        wrong = window.obstacles()
        if wrong:
            window.notice.warn(wrong[0])
            return
        self._mark(())
        self._graph, self._then = window.project.document.graph, then
        names = {key: node.name for key, node in self._graph.nodes.items()}
        self.card.begin(devices, self._graph.training, names)
        self.card.open(focus=then is None)
        self._ask = window.engine.check([device.id for device in devices])

    def _prepare(self, preparing: Preparing) -> None:
        if preparing.ask == self._ask:
            self.card.show_loading(preparing.doing, preparing.share)

    def _take(self, checked: Checked) -> None:
        if checked.ask != self._ask:
            return
        current = self._graph is not None and _alike(self._graph, self._window.project.document.graph)
        self.card.take(checked.check, checked.done)
        if checked.done:
            self._ask = 0
            found = self.card.found.values()
            if not current:
                self.card.say_old()
            else:
                self._mark(tuple(each_once(problem for one in found for problem in one.problems)))
            wrong = any(one.refused is not None or any(p.level == "error" for p in one.problems) for one in found)
            then, self._then = self._then, None
            if then is not None and not wrong:
                self.card.hide()
                then()
            elif then is not None:
                self._window.notice.warn(say("The check found something, so the run was not started."))

    def _fail(self, sentence: Sentence) -> None:
        self._end(words(sentence))

    def _mark(self, problems: tuple[Problem, ...]) -> None:
        """Show these at their nodes and among the problems, in place of those before."""
        if problems or self._marked:
            before, self._marked = self._marked, problems
            self._window.engine_show.tried(problems, {p.node for p in (*before, *problems) if p.node is not None})

    def _use(self, names: tuple[str, ...]) -> None:
        document = self._window.project.document
        self._window.canvas.edits.do(
            lambda: commands.set_training(document.graph, variant=names), self.tr("Calculate another way")
        )
        self.card.begin_use(document.graph.training)


def _alike(one: Graph, other: Graph) -> bool:
    """Whether a check of one drawing holds for another: the same network, trained alike but for how long."""
    length = {"epochs": 1, "steps": 0, "minutes": 0.0, "seed": 0}
    settings = [msgspec.structs.replace(graph.training, **length) for graph in (one, other)]
    return same_network(one, other) and settings[0] == settings[1]
