"""Train, pause and stop: from the buttons to the training child, and from what it says back to the panels."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.messages import Ended, Progress
from netbuilder.bridge.run_folder import new_folder
from netbuilder.ui.engine_link import EngineLink

State = Literal["idle", "starting", "running", "paused"]


class RunControl(QObject):
    """The state of the run in this window. One at a time."""

    state_changed = Signal(str)
    progressed = Signal(object)
    began = Signal(object)
    ended = Signal(object)
    refused = Signal(object)

    def __init__(self, engine: EngineLink, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self.state: State = "idle"
        self.folder: Path | None = None
        engine.progressed.connect(self._progress)
        engine.ended.connect(self._end)

    def train(self, name: str, device: str, errors: list[Sentence]) -> bool:
        """Start a run, unless something is wrong with the drawing or a run goes on already."""
        if self.state != "idle":
            return False
        if errors:
            self.refused.emit(errors[0])
            return False
        try:
            self.folder = new_folder(name)
        except OSError as error:
            reason = error.strerror or str(error)
            self.refused.emit(say("The run's folder cannot be made: {reason}.", reason=reason))
            return False
        self._enter("starting")
        self._engine.train(self.folder, device)
        self.began.emit(self.folder)
        return True

    def pause(self) -> None:
        """Pause the run, or let it go on."""
        if self.state == "running":
            self._engine.order("pause")
        elif self.state == "paused":
            self._engine.order("resume")

    def stop(self) -> None:
        """Stop the run after the step under way; pressed again, at once."""
        if self.state != "idle":
            self._engine.stop()

    def _progress(self, progress: Progress) -> None:
        self.progressed.emit(progress)
        if progress.state in ("running", "paused"):
            self._enter("paused" if progress.state == "paused" else "running")

    def _end(self, ended: Ended) -> None:
        self._enter("idle")
        self.ended.emit(ended)

    def _enter(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
