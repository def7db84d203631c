"""Train, pause, step and stop: from the buttons to the training child, and from what it says back to the panels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.messages import Adjust, Ended, Progress
from netbuilder.bridge.run_folder import new_folder
from netbuilder.ui.control.following import Followed
from netbuilder.ui.control.job import Job
from netbuilder.ui.engine_link import EngineLink

State = Literal["idle", "starting", "running", "paused"]


class RunControl(QObject):
    """The state of the run in this window. One at a time.

    `job` is what it was started with, None for a run that another process does and that is only followed.
    """

    state_changed = Signal(str)
    progressed = Signal(object)
    began = Signal(object)
    ended = Signal(object)
    refused = Signal(object)

    def __init__(self, engine: EngineLink, parent: QObject) -> None:
        super().__init__(parent)
        self._engine = engine
        self._followed: Followed | None = None
        self._stopping = False
        self.state: State = "idle"
        self.folder: Path | None = None
        self.job: Job | None = None
        self.last: Progress | None = None
        self.outcome: Ended | None = None
        engine.progressed.connect(self._progress)
        engine.ended.connect(self._end)

    @property
    def following(self) -> bool:
        """Whether the run is another process's."""
        return self._followed is not None

    @property
    def stopped_by_hand(self) -> bool:
        """Whether somebody asked the run to stop."""
        return self._stopping

    def train(self, job: Job, errors: Sequence[Sentence] = ()) -> bool:
        """Start a run, unless something is wrong with the drawing or a run goes on already."""
        if self.state != "idle":
            return False
        if errors:
            self.refused.emit(errors[0])
            return False
        try:
            folder = job.run or new_folder(job.name)
        except OSError as error:
            reason = error.strerror or str(error)
            self.refused.emit(say("The run's folder cannot be made: {reason}.", reason=reason))
            return False
        self._begin(folder, job)
        self._engine.train(job.start(folder))
        self.began.emit(folder)
        return True

    def follow(self, folder: Path) -> None:
        """Have a run that another process does as the one here."""
        if self.state != "idle":
            return
        self._begin(folder, None)
        self._followed = followed = Followed(folder, self)
        followed.progressed.connect(self._progress)
        followed.ended.connect(self._end)
        followed.refused.connect(self.refused)
        followed.look()

    def pause(self) -> None:
        """Pause the run, or let it go on."""
        if self.state not in ("running", "paused"):
            return
        what: Literal["pause", "resume"] = "pause" if self.state == "running" else "resume"
        if self._followed is not None:
            self._followed.order(what)
        else:
            self._engine.order(what)

    def step(self) -> None:
        """Do one step of a paused run."""
        if self.state == "paused" and self._followed is None:
            self._engine.order("step")

    def adjust(self, changes: Adjust) -> None:
        """Have a paused run go on with other settings."""
        if self.state == "paused" and self._followed is None:
            self._engine.adjust(changes)

    def stop(self) -> None:
        """Stop the run after the step under way; pressed again, at once. A followed one is then left to itself."""
        if self.state == "idle":
            return
        if self._followed is None:
            self._stopping = True
            self._engine.stop()
        elif self._stopping:
            text = "The run does not answer. It is not followed any more; the Runs panel shows it."
            self._end(Ended("running", say(text)))
        else:
            self._stopping = True
            self._followed.order("stop")

    def _begin(self, folder: Path, job: Job | None) -> None:
        self.folder, self.job, self.last, self.outcome, self._stopping = folder, job, None, None, False
        self._enter("starting")

    def _progress(self, progress: Progress) -> None:
        self.last = progress
        self.progressed.emit(progress)
        if progress.state in ("running", "paused"):
            self._enter("paused" if progress.state == "paused" else "running")

    def _end(self, ended: Ended) -> None:
        if self._followed is not None:
            self._followed.close()
            self._followed = None
        self.outcome = ended
        self._enter("idle")
        self.ended.emit(ended)

    def _enter(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)
