"""The window's end of the engine: its children, started and replaced, and what they say as Qt signals."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.blocks.sentence import say
from netbuilder.bridge.child import Child, Role, death
from netbuilder.bridge.messages import (
    Adjust,
    Analysis,
    Change,
    Check,
    Checked,
    Ended,
    FromChild,
    Open,
    Order,
    Prepare,
    Preparing,
    Progress,
    Ready,
    Share,
    Shared,
    Show,
    Start,
    Starting,
    Tried,
    Try,
    Warm,
    path_text,
    text_path,
)
from netbuilder.bridge.reports import TensorSpec
from netbuilder.bridge.run_folder import mark_ended
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node, Training

PATIENCE = 3  # how often a child that dies by itself is started again
STUCK_AFTER = 3000  # milliseconds that a run which has not begun may take to stop
STOPPING = 15.0  # seconds that a run may take to follow a stop, if its steps are not longer than that
SILENCE = 30.0  # seconds without a word from a run after which the person is told
_LONG = 50  # times its usual step: so long it may be silent
_NO_STEP_YET = 4  # times as long as otherwise while it loads and compiles
LARGEST_AHEAD = 2**30  # bytes of samples that are loaded before Train is pressed


class EngineLink(QObject):
    """One analysis child for the window's life, one training child a run, and a spare kept warm."""

    ready = Signal(object)
    analysed = Signal(object)
    starting = Signal(object)
    preparing = Signal(object)
    progressed = Signal(object)
    ended = Signal(object)
    tried = Signal(object)
    shared = Signal(object)
    checked = Signal(object)
    check_failed = Signal(object)
    silent = Signal(float)
    troubled = Signal(object)
    complained = Signal(str)
    _heard = Signal(object, object)
    _died = Signal(object, int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._analysis: Child | None = None
        self._spare: Child | None = None
        self._training: Child | None = None
        self._run: Path | None = None
        self._step = 0
        self._stopping = self._outlives = False
        self._checking: tuple[Child, int] | None = None
        self._last: Progress | None = None
        self._heard_at, self._patience = 0.0, 1.0
        self._listening = QTimer(self, interval=500)
        self._listening.timeout.connect(self._listen)
        self._path: tuple[str, ...] = ()  # the placed nodes that one went into
        self._revision = self._opened = self._answered = self._asked = 0
        self._graph, self._folder, self._trusted = Graph(), Path(), False
        self._prepared: object = None
        self._deaths = {"analysis": 0, "training": 0}
        self._closing = False
        self._heard.connect(self._hear)
        self._died.connect(self._bury)
        self._preparing = QTimer(self, singleShot=True, interval=400)
        self._preparing.timeout.connect(self._prepare)

    def start(self) -> None:
        """Start the children. Until then, drawings are only remembered."""
        if self._analysis is None:
            self._analysis = self._spawn("analysis")
            self._send_open()
        self._ensure_spare()

    @property
    def training_pid(self) -> int | None:
        """The process that trains, if one does."""
        return self._training.pid if self._training else None

    @property
    def lost(self) -> bool:
        """Whether the analysis died too often to be started again."""
        return self._deaths["analysis"] > PATIENCE

    @property
    def current(self) -> bool:
        """Whether the last answer is about the drawing as it is now."""
        return self._analysis is not None and self._answered == self._revision

    def open(self, graph: Graph, folder: Path, trusted: bool = False) -> None:
        """Analyse another drawing, or one whose Python code is `trusted` now and may run, or is not any more."""
        self._graph, self._folder, self._trusted = graph, folder, trusted
        self._deaths["training"] = 0
        self._revision += 1
        self._send_open()

    def change(self, graph: Graph, edit: Edit) -> None:
        """Analyse the drawing after an edit."""
        self._graph = graph
        self._revision += 1
        if self._analysis is not None:
            self._analysis.send(Change(self._revision, edit))

    def show(self, path: tuple[str, ...]) -> None:
        """Hear of networks as they are where one comes to by these placed nodes."""
        if path != self._path:
            self._path = path
            if self._analysis is not None:
                self._analysis.send(Show(self._revision, path))

    def share(self) -> None:
        """Ask for the training program for many processes. `shared` answers."""
        if self._analysis is not None:
            self._analysis.send(Share())

    def try_blocks(self, spec: TensorSpec | None, blocks: Iterable[str]) -> int:
        """Ask what blocks would give, placed behind such a tensor. `tried` answers with this number.

        It does not where the analysis dies meanwhile, or is not running.
        """
        self._asked += 1
        if self._analysis is not None:
            self._analysis.send(Try(self._asked, spec, tuple(blocks)))
        return self._asked

    def train(self, start: Start) -> None:
        """Train, in a process of its own."""
        assert self._training is None
        self.cancel_check()  # a run would wait for it
        child = self._spare or self._spawn("training")
        self._spare, self._prepared = None, None
        self._training, self._run, self._step, self._stopping = child, text_path(start.run), 0, False
        self._outlives = any(isinstance(record, Training) and record.outlive for record in start.records)
        self._last, self._heard_at, self._patience = None, time.monotonic(), 1.0
        self._listening.start()
        child.send(start)

    def order(self, what: Literal["pause", "resume", "step"]) -> None:
        """Pause or resume the training, or have it do one step."""
        if self._training is not None:
            self._heard_at = time.monotonic()
            self._training.send(Order(what))

    def adjust(self, changes: Adjust) -> None:
        """Change settings of the training, which is paused."""
        if self._training is not None:
            self._training.send(changes)

    def stop(self) -> None:
        """Stop the training after the step under way; asked a second time, or not followed for long, at once."""
        child = self._training
        if child is None:
            return
        if self._stopping:
            child.kill()
            return
        self._stopping = True
        child.send(Order("stop"))
        QTimer.singleShot(STUCK_AFTER, self, lambda: self._end_if_stuck(child))
        wait = max(STOPPING, 5 * self._usual_step)
        QTimer.singleShot(round(1000 * wait), self, lambda: self._end_if_there(child))

    def wait(self) -> None:
        """Let the training be silent for twice as long from now on before that is said."""
        self._patience *= 2
        self._heard_at = time.monotonic()
        if self._training is not None:
            self._listening.start()

    def check(self, devices: Sequence[str]) -> int:
        """Have the spare child try a batch of the drawing on these devices; `checked` answers with this number."""
        self._asked += 1
        self._ensure_spare()
        assert self._spare is not None
        self._checking = (self._spare, self._asked)
        records, folder = list(self._graph.records.values()), path_text(self._folder)
        self._spare.send(Check(self._asked, records, folder, tuple(devices), self._trusted))
        return self._asked

    def cancel_check(self) -> None:
        """Give up a check; what is at it ends, unless a training has begun in it."""
        found, self._checking = self._checking, None
        if found is not None and found[0] is self._spare:
            self._spare, self._prepared = None, None
            found[0].kill()
            self._ensure_spare()

    @property
    def _usual_step(self) -> float:
        """Seconds that a step takes, 0 where that is not known."""
        return 1 / self._last.rate if self._last is not None and self._last.rate else 0.0

    def _listen(self) -> None:
        """Say when a training has not been heard of for long."""
        if self._training is None:
            self._listening.stop()
            return
        if self._last is not None and self._last.state == "paused":
            return
        most = max(SILENCE, _LONG * self._usual_step) if self._usual_step else _NO_STEP_YET * SILENCE
        seconds = time.monotonic() - self._heard_at
        if seconds > most * self._patience:
            self._listening.stop()  # said once, until it is heard of again
            self.silent.emit(seconds)

    def _end_if_stuck(self, child: Child) -> None:
        if self._step == 0:
            self._end_if_there(child)

    def _end_if_there(self, child: Child) -> None:
        if self._training is child:
            child.kill()

    def close(self) -> None:
        """End all children, but for a run that is to go on without its window."""
        self._closing = True
        self._preparing.stop()
        self._listening.stop()
        if self._training is not None and self._outlives:
            self._training.leave()
            self._training = None
        # Only a run has something to put away.
        for child, patience in ((self._training, 3.0), (self._spare, 0.0), (self._analysis, 0.0)):
            if child is not None and not child.close(patience) and child is self._training and self._run is not None:
                mark_ended(self._run, "stopped", str(say("Ended with the window, at step {step}.", step=self._step)))
        self._training = self._spare = self._analysis = None

    def _spawn(self, role: Role) -> Child:
        return Child(role, self._pass_on, self._pass_death_on)

    def _pass_on(self, child: Child, message: FromChild) -> None:
        """On the child's thread, which a run that goes on alone may still have when this window is gone."""
        with contextlib.suppress(RuntimeError):
            self._heard.emit(child, message)

    def _pass_death_on(self, child: Child, code: int, complaint: str) -> None:
        with contextlib.suppress(RuntimeError):
            self._died.emit(child, code, complaint)

    def _send_open(self) -> None:
        if self._analysis is not None:
            self._opened = self._revision
            records = list(self._graph.records.values())
            self._analysis.send(Open(self._revision, records, path_text(self._folder), self._trusted))
            if self._path:
                self._analysis.send(Show(self._revision, self._path))

    def _ensure_spare(self) -> None:
        if self._spare is None and not self._closing:
            self._spare = self._spawn("training")

    def _hear(self, child: Child, message: FromChild) -> None:
        if self._closing:
            return
        if isinstance(message, Ready):
            self.ready.emit(message)
        elif isinstance(message, Analysis) and child is self._analysis and message.revision >= self._opened:
            self._deaths["analysis"] = 0
            if message.written:
                self._answered = message.revision
            self.analysed.emit(message)
            self._preparing.start()
        elif isinstance(message, Shared):
            self.shared.emit(message)
        elif isinstance(message, Tried):
            self.tried.emit(message)
        elif isinstance(message, Warm):
            self._preparing.start()
        elif isinstance(message, Preparing) and self._checking == (child, message.ask):
            self.preparing.emit(message)
        elif isinstance(message, Starting) and child is self._training:
            self._heard_at = time.monotonic()
            self.starting.emit(message)
        elif isinstance(message, Progress) and child is self._training:
            self._step, self._last, self._heard_at = message.step, message, time.monotonic()
            if not self._listening.isActive():
                self._listening.start()
            self.progressed.emit(message)
        elif isinstance(message, Checked) and self._checking == (child, message.ask):
            if message.done:
                self._checking = None
            self.checked.emit(message)
        elif isinstance(message, Ended) and child is self._training:
            self._training = None
            self._listening.stop()
            self._deaths["training"] = 0
            self.ended.emit(message)
            self._ensure_spare()

    def _prepare(self) -> None:
        """Have the spare child load the samples that the drawing names, unless it has them."""
        data = [node for node in self._graph.nodes.values() if node.entry.role == "data"]
        wanted = ([(node.block, node.params) for node in data], str(self._folder))
        if self._spare is not None and data and wanted != self._prepared and all(map(_modest, data)):
            self._prepared = wanted
            self._spare.send(Prepare(list(self._graph.records.values()), path_text(self._folder)))

    def _bury(self, child: Child, code: int, complaint: str) -> None:
        """A child is gone. What it was decides what is said and whether it is started again."""
        if self._closing:
            return
        if complaint.strip():
            self.complained.emit(complaint.strip())
        if self._checking is not None and child is self._checking[0]:
            self._checking = None
            self.check_failed.emit(say("The check ended: its process {death}. A run might too.", death=death(code)))
        if child is self._training:
            self._training = None
            self._listening.stop()
            self.ended.emit(self._last_words(code))
            self._ensure_spare()
        elif child is self._spare:
            self._spare, self._prepared = None, None
            self._deaths["training"] += 1
            if self._deaths["training"] <= PATIENCE:
                self._ensure_spare()
        elif child is self._analysis:
            self._analysis = None
            self._deaths["analysis"] += 1
            if self._deaths["analysis"] > PATIENCE:
                self.troubled.emit(say("The engine {death} again and again; the log says more.", death=death(code)))
                return
            self.troubled.emit(say("The engine {death} and is started again. Nothing is lost.", death=death(code)))
            self._analysis = self._spawn("analysis")
            self._send_open()

    def _last_words(self, code: int) -> Ended:
        """How a run ended whose process can no longer say it, which is written into its folder too."""
        if self._stopping:
            ended = Ended("stopped", say("Stopped at once, at step {step}.", step=self._step))
        else:
            text = (
                "The training process {death} at step {step}. What was measured until then is kept; Train starts anew."
            )
            ended = Ended("failed", say(text, death=death(code), step=self._step))
        if self._run is not None:
            # The disk may be slow or full, and this is the window's thread.
            threading.Thread(target=mark_ended, args=(self._run, ended.state, str(ended.sentence))).start()
        return ended


def _modest(node: Node) -> bool:
    """Whether samples may be loaded before anybody asks: not from another computer, not by the gigabyte."""
    values = node.entry.filled(node.params)
    if node.entry.described:  # how many samples there are, only its files know
        return False
    if str(values.get("folder", "")).startswith(("//", "\\\\")):
        return False
    samples = values.get("samples", 0)
    assert isinstance(samples, int)
    types = node.entry.gives(values).values() if node.entry.gives else ()
    return 8 * samples * sum(math.prod(t.shape) for t in types) <= LARGEST_AHEAD
