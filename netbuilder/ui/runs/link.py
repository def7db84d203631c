"""Carries what the Runs panel asks for to the rest of the window: to the plots, the drawing, the notice."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.blocks.sentence import Refused, say
from netbuilder.bridge.run_folder import PROJECT, Wish, ask, standing
from netbuilder.bridge.runs import Run, goes_on

if TYPE_CHECKING:
    from netbuilder.ui.window import Window

_MIND_EVERY = 1000  # milliseconds
_FIRST_LOOK = 1500  # milliseconds after the window is there: the engine and the plots come first


class RunsLink(QObject):
    """`resume_asked` and `restore_asked` give a run's folder and one of its checkpoints.

    `follow_asked` gives the folder of a run that goes on without the window that had started it: it is shown live in
    the plots, and `order` reaches it.
    """

    resume_asked = Signal(object, object)
    restore_asked = Signal(object, object)
    follow_asked = Signal(object)

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, panel = window, window.all_runs
        self._minding = QTimer(self, interval=_MIND_EVERY)
        self._minding.timeout.connect(self._mind)
        deeds = panel.deeds
        deeds.shown.connect(self.show_run)
        deeds.laid_over.connect(self._lay_over)
        deeds.compared.connect(self._compare)
        deeds.opened.connect(self._open)
        deeds.resume_asked.connect(self.resume_asked)
        deeds.restore_asked.connect(self.restore_asked)
        deeds.said.connect(window.notice.info)
        deeds.refused.connect(window.notice.warn)
        panel.watch.interrupted.connect(self._say_interrupted)
        panel.outlived.connect(self._follow)

    def begin(self) -> None:
        """Look once at all runs, soon: one may have been interrupted, or go on without its window."""
        QTimer.singleShot(_FIRST_LOOK, self, self._window.all_runs.watch.look)

    def show(self) -> None:
        """Go to the panel."""
        self._window.show_tab(self._window.all_runs)
        self._window.all_runs.enter()

    def show_run(self, run: Run) -> None:
        """Show a run's curves in the plots, and what comes if it is live."""
        window = self._window
        window.training.show_run(run.folder)
        window.training.set_live(run.live)
        window.data_show.show_run(run.folder)
        window.show_tab(window.training)
        if run.live and run.folder != window.runs.folder:
            self._minding.start()

    def _mind(self) -> None:
        """Follow a run of somebody else's no longer than it lives."""
        window, folder = self._window, self._window.training.follower.folder
        if folder is None or folder == window.runs.folder:  # another run is shown now
            self._minding.stop()
            return
        found = standing(folder)
        if found is None or goes_on(found):
            return
        self._minding.stop()
        window.training.set_live(False)
        window.canvas.show_gradients(None)
        if found.sentence:
            window.notice.info(say("{said}", said=found.sentence))

    def order(self, folder: Path, what: Wish) -> None:
        """Ask a run that is not this window's own to pause, to go on or to stop."""
        try:
            ask(folder, what)
        except Refused as refused:
            self._window.notice.error(refused.sentence)

    def _lay_over(self, runs: list[Run]) -> None:
        """Lay the curves of runs over the one that is shown, or over the first of them where none is."""
        training = self._window.training
        if training.follower.folder is None:
            self.show_run(runs[0])
        training.show_over([run.folder for run in runs if run.folder != training.follower.folder])
        self._window.show_tab(training)

    def _compare(self, runs: list[Run]) -> None:
        from netbuilder.ui.runs.compare.dialog import CompareDialog  # with it come numpy and pyqtgraph

        dialog = CompareDialog(runs, self._window.theme, self._window)
        dialog.show()

    def _open(self, run: Run) -> None:
        self._window.project.open_copy(run.folder / PROJECT, run.name)

    def _say_interrupted(self, runs: list[Run]) -> None:
        """Say once that a run was interrupted, with the way to go on."""
        run = max(runs, key=lambda run: run.created)
        text = "The run of {name} was interrupted at step {step}."
        if len(runs) > 1:
            text = "{count} runs were interrupted; the latest, of {name}, at step {step}."
        sentence = say(text, name=run.name, step=f"{run.steps:,}", count=len(runs))
        if run.checkpoints:
            go_on = partial(self.resume_asked.emit, run.folder, run.checkpoints[-1])
            self._window.notice.offer(sentence, self.tr("Continue"), go_on)
        else:
            self._window.notice.offer(sentence, self.tr("Show"), partial(self.show_run, run))

    def _follow(self, run: Run) -> None:
        """Show a run that outlived its window, unless one of this window's own goes on."""
        window = self._window
        if window.runs.state != "idle":
            return
        self.show_run(run)
        sentence = say("A run of {name} goes on that was started before: its curves are shown.", name=run.name)
        window.notice.offer(sentence, self.tr("Stop It"), partial(self.order, run.folder, "stop"))
        self.follow_asked.emit(run.folder)
