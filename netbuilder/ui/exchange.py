"""What leaves the window and comes into it as files: code, pictures, print, and what is dropped on the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt

from netbuilder.blocks import Value
from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.messages import Shared
from netbuilder.ui.canvas.editing import Where
from netbuilder.ui.dropped import Dropped
from netbuilder.ui.picture import dialog as picture_dialog
from netbuilder.ui.picture import printing

if TYPE_CHECKING:
    from netbuilder.ui.window import Window


class Exchange(QObject):
    """Asks where to, writes, and says how it went in the window's notice."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._dropped = self._listen()
        window.canvas.files_dropped.connect(self._look)
        window.project.replaced.connect(self._forget)

    def _listen(self) -> Dropped:
        """Be told what is dropped on the drawing that is open."""
        window, dropped = self._window, Dropped(self)
        dropped.project.connect(window.project.open_if_free)
        dropped.data.connect(self._add_data)
        dropped.refused.connect(window.notice.warn)
        return dropped

    def _forget(self) -> None:
        """Forget what was dropped on another drawing, whose answer may be still to come."""
        self._dropped.blockSignals(True)
        self._dropped.deleteLater()
        self._dropped = self._listen()

    def code(self, kind: str) -> None:
        """Ask for a file and write the `module` or the `script` there, unless it is not complete."""
        window = self._window
        findings = window.findings
        source = findings.script if kind == "script" else findings.module
        if source is not None and source.complete:
            window.project.export(source.text, kind)
            return
        reasons = [*window.errors(), *(findings.obstacles if kind == "script" else ())]
        window.notice.warn(reasons[0] if reasons else say("There is nothing to export yet."))

    def shared_code(self) -> None:
        """Have the program for many processes written, which is done only when it is asked for."""
        engine = self._window.engine
        engine.shared.connect(self._export_shared, Qt.ConnectionType.SingleShotConnection)
        engine.share()

    def _export_shared(self, answer: Shared) -> None:
        if answer.source is not None:
            self._window.project.export(answer.source.text, "torchrun")
        elif answer.refused is not None:
            self._window.notice.warn(answer.refused)

    def picture(self) -> None:
        """Ask how and where, and write a picture of the drawing."""
        window = self._window
        window.settle()
        folder = window.project.path.parent if window.project.path else Path.home()
        graph, reports, chosen = window.canvas.drawing, window.findings.reports, window.canvas.selected()
        title = window.project.title
        self._try(lambda: picture_dialog.export(window, graph, reports, chosen, window.theme, folder, title))

    def paper(self) -> None:
        """Ask for a printer, and print the drawing."""
        window = self._window
        window.settle()
        graph, reports, chosen = window.canvas.drawing, window.findings.reports, window.canvas.selected()
        self._try(lambda: printing.print_drawing(window, graph, reports, chosen, window.project.title))

    def _try(self, write: Callable[[], Sentence | None]) -> None:
        notice = self._window.notice
        try:
            done = write()
        except Refused as refused:
            notice.error(refused.sentence)
        else:
            if done is not None:
                notice.info(done)

    def _look(self, paths: list[Path], place: QPointF) -> None:
        path = self._window.project.path
        self._dropped.look(paths, path.parent if path else None, place)

    def _add_data(self, block: str, params: Mapping[str, Value], place: QPointF) -> None:
        self._window.canvas.edits.add(block, Where(place), params)
