"""What the window shows of what the engine says about the drawing: shapes, code, sizes and problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from netbuilder.bridge.messages import Analysis, Ready
from netbuilder.bridge.reports import Problem, Source
from netbuilder.ui.findings import Findings
from netbuilder.ui.text import words

if TYPE_CHECKING:
    from netbuilder.ui.window import Window


class EngineShow(QObject):
    """Carries what `window.engine` says, which becomes `window.findings`, to the canvas and the panels."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        window.engine.ready.connect(self._ready)
        window.engine.analysed.connect(self.take)
        window.engine.troubled.connect(window.notice.error)
        window.engine.complained.connect(window.log.add)

    def forget(self) -> None:
        """Show nothing: there is another drawing, about which nothing was said yet."""
        self._window.findings = Findings()
        self._window.code.show_source(Source("", {}), Source("", {}))
        self._window.problems.show_problems([], {})

    def _ready(self, ready: Ready) -> None:
        window = self._window
        window.top.show_devices(ready.devices, str(window.settings.value("device", "cpu")))
        window.inspector.show_device(window.top.device.currentData())
        window.status.show_engine(ready)

    def take(self, answer: Analysis) -> None:
        """Show an answer, and do what waited for it."""
        window = self._window
        window.findings.take(answer)
        window.canvas.show_reports(answer.changed, answer.removed)
        window.inspector.show_reports(answer.changed, answer.removed)
        window.code.show_source(answer.module, answer.script)
        window.code.highlight_nodes(window.canvas.selected())
        self._problems()
        self.size()
        window.minimap.mark_changed()
        window.control.analysed()
        window.do_wanted()

    def _problems(self) -> None:
        window = self._window
        problems = window.findings.problems(window.project.document.graph)
        window.problems.show_problems(problems, window.networks.names(), window.findings.tried)
        errors = sum(problem.level == "error" for problem in problems)
        window.status.show_problems(errors, len(problems) - errors, [words(s) for s in window.findings.obstacles])
        title = self.tr("Problems")
        window.tabs.setTabText(window.tabs.indexOf(window.problems), f"{title} {len(problems)}" if problems else title)

    def size(self) -> None:
        """Say how large the network is that is shown."""
        drawing = self._window.canvas.drawing
        self._window.status.show_size(len(drawing.nodes), *self._window.findings.size(drawing))

    def tried(self, problems: tuple[Problem, ...], nodes: set[str]) -> None:
        """Show what a check before a run found, at these nodes too; the next edit takes it away."""
        window = self._window
        window.findings.tried = problems
        changed = {key: report for key in nodes if (report := window.findings.with_tried(key)) is not None}
        window.canvas.show_reports(changed, ())
        window.inspector.show_reports(changed)
        self._problems()
