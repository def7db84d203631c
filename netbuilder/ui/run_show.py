"""What the window shows of a run, while it goes on and when it has ended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from netbuilder.blocks.sentence import say
from netbuilder.bridge.messages import Ended, Progress
from netbuilder.ui.text import words

if TYPE_CHECKING:
    from netbuilder.ui.window import Window


class RunShow(QObject):
    """Carries what `window.runs` says to the bar, the canvas, the plots, the log and the notice."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        window.runs.state_changed.connect(self.state)
        window.engine.starting.connect(window.top.show_starting)
        window.runs.progressed.connect(self._progressed)
        window.runs.began.connect(self._began)
        window.runs.ended.connect(self._ended)

    def state(self, state: str) -> None:
        """Offer what can be done with the run in this state."""
        window = self._window
        window.top.show_state(state)
        window.top.show_training(window.project.document.graph.training)
        for name, on in (
            ("train", state == "idle"),
            ("pause", state in ("running", "paused")),
            ("stop", state != "idle"),
        ):
            window.actions_by_id[name].setEnabled(on)
        window.control.show_state(state)

    def _progressed(self, progress: Progress) -> None:
        job = self._window.runs.job
        self._window.top.show_progress(progress, trial=job is not None and job.task != "train")

    def _began(self, folder: Path) -> None:
        window = self._window
        window.notice.hide()
        window.log.add(self.tr("Training into {folder}").format(folder=folder))
        window.training.show_run(folder)
        window.training.set_live(True)
        job = window.runs.job
        window.canvas.show_running(job.graph.live.nodes if job is not None else ())
        window.show_tab(window.training)

    def _ended(self, ended: Ended) -> None:
        window = self._window
        window.training.set_live(False)
        window.log.add(words(ended.sentence))
        window.canvas.show_gradients(None)
        window.canvas.show_running(())
        if ended.state == "failed":
            window.top.show_failed()
            window.notice.error(ended.sentence)
            if ended.node is not None:
                window.canvas.show_node(ended.node)
        else:
            window.notice.info(ended.sentence)

    def open_folder(self) -> None:
        """Show the run's folder, by the program that the person's system has for folders."""
        window = self._window
        if window.runs.folder is None:
            window.notice.warn(say("Nothing was trained yet."))
        else:
            window.notice.info(say("The run's folder: {folder}", folder=str(window.runs.folder)))
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(window.runs.folder)))
