"""Everything that can be done with runs beyond Train, Pause and Stop, carried between the cards and the run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu

from netbuilder.blocks.sentence import Refused, say
from netbuilder.bridge.about import STEPS
from netbuilder.bridge.messages import Adjust, Ended, Ready, Task
from netbuilder.bridge.overfitting import judge
from netbuilder.bridge.rate_search import STEPS as RATES
from netbuilder.bridge.reports import Device
from netbuilder.bridge.run_folder import PROJECT, RunReader, read_about, standing
from netbuilder.graph import commands
from netbuilder.graph.files import load
from netbuilder.graph.records import Edit, Training
from netbuilder.ui.control.adjust_card import AdjustCard
from netbuilder.ui.control.card import Card
from netbuilder.ui.control.checking import Checking
from netbuilder.ui.control.job import Job, resumable, same_network, step_of
from netbuilder.ui.control.keeping import Keeping
from netbuilder.ui.control.more_card import MoreCard
from netbuilder.ui.control.overfit_card import OverfitCard
from netbuilder.ui.control.queue import Queue
from netbuilder.ui.control.queue_card import QueueCard
from netbuilder.ui.control.rate_card import RateCard
from netbuilder.ui.finder.choices import Choice
from netbuilder.ui.runs.deeds import checkpoint_text
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.window import Window

MENU = ("train", "continue_run", "new_seed", "", "check", "overfit", "find_rate", "", "queue_add", "queue_show")


class Control(QObject):
    """Starts runs of every kind. The cards over the canvas are its own."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.devices: list[Device] = []
        self._held = Training()
        self._seed = 0
        self._job: Job | None = None
        self._said_of_queue = ""
        self.adjust_card = AdjustCard(window.theme, window.canvas)
        self.more_card = MoreCard(window.theme, window.canvas)
        self.checking = Checking(window)
        self.keeping = Keeping(window)
        self.queue = Queue(window.runs, self)
        self.queue_card = QueueCard(window.theme, window.canvas, self.queue, self.device_name)
        self.rate_card = RateCard(window.theme, window.canvas)
        self.overfit_card = OverfitCard(window.theme, window.canvas)
        self.cards: tuple[Card, ...] = (
            self.adjust_card,
            self.more_card,
            self.checking.card,
            self.queue_card,
            self.rate_card,
            self.overfit_card,
        )
        self._connect()

    def _connect(self) -> None:
        window = self._window
        self.adjust_card.adjusted.connect(self._adjust)
        self.adjust_card.step.connect(window.runs.step)
        self.adjust_card.resume.connect(window.runs.pause)
        self.more_card.wanted.connect(self._go_on_longer)
        self.rate_card.used.connect(self._use_rate)
        self.queue.changed.connect(self._show_queue)
        window.runs.began.connect(self._began)
        window.runs.ended.connect(self._ended)
        window.engine.ready.connect(self._ready)
        window.engine.silent.connect(self._silent)
        window.runs_link.resume_asked.connect(self.resume)
        window.runs_link.restore_asked.connect(self.restore)
        window.runs_link.follow_asked.connect(window.runs.follow)
        window.top.step.connect(window.runs.step)
        window.top.more.connect(self._show_menu)
        window.top.queue.connect(self.queue_card.open)

    def deeds(self) -> dict[str, Callable[[], object]]:
        """What the actions of the table do."""
        return {
            "step": self._window.runs.step,
            "adjust": self.adjust_card.open,
            "continue_run": self.continue_run,
            "new_seed": self.new_seed,
            "restore": self.ask_restore,
            "queue_add": self.add_to_queue,
            "queue_show": self.queue_card.open,
            "check": self.checking.check,
            "overfit": partial(self.try_out, "overfit"),
            "find_rate": partial(self.try_out, "find_rate"),
        }

    def show_state(self, state: str) -> None:
        """Offer what can be done with the run in this state."""
        runs, idle = self._window.runs, state == "idle"
        going_on = idle and runs.folder is not None and self._task == "train" and bool(resumable(runs.folder))
        own = state == "paused" and not runs.following
        for name, on in (
            *((name, own) for name in ("step", "adjust")),
            *((name, going_on) for name in ("continue_run", "restore")),
            *((name, idle) for name in ("check", "new_seed", "overfit", "find_rate")),
        ):
            self._window.actions_by_id[name].setEnabled(on)
        if own:
            self._show_adjust()
        else:
            self.adjust_card.hide()

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in MENU:
            if not name:
                menu.addSeparator()
            elif name in self._window.actions_by_id:
                menu.addAction(self._window.actions_by_id[name])
        menu.popup(place)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        for card in self.cards:
            card.set_theme(theme)

    def edited(self, edit: Edit) -> None:
        """The drawing was changed."""
        self.checking.edited(edit)
        self._compare()

    def analysed(self) -> None:
        """The engine has said something new about the drawing."""
        if self._window.runs.state == "idle":
            self._compare()

    def forget(self) -> None:
        """Another drawing is open: what was trained is not of it."""
        self.keeping.opened()
        self._compare()

    def _compare(self) -> None:
        """Say where the run is of an earlier drawing; once it has ended, which weights of it could be kept."""
        graph, job = self._window.project.document.graph, self._window.runs.job
        going = self._window.runs.state != "idle"
        self._window.top.show_earlier(going and job is not None and not same_network(job.graph, graph))
        self.keeping.compare()

    def _use_rate(self, rate: float) -> None:
        document = self._window.project.document
        set_rate = partial(commands.set_training, document.graph, learning_rate=rate)
        self._window.canvas.edits.do(set_rate, self.tr("Use the learning rate that was found"))

    # The queue.

    def add_to_queue(self) -> None:
        """Put the drawing as it is now behind the runs that wait."""
        self._window.when_current(self._add_to_queue)

    def _add_to_queue(self) -> None:
        wrong = self._window.obstacles()
        if wrong:
            self._window.notice.warn(wrong[0])
            return
        self.queue.add(self.keeping.beginning(self.job()))
        if self.queue.jobs:
            count = len(self.queue.jobs)
            text = "In the queue, as it is drawn now: {count} runs wait."
            self._window.notice.info(say("In the queue, as it is drawn now." if count == 1 else text, count=count))

    def _show_queue(self) -> None:
        self._window.top.show_queue(len(self.queue.jobs))
        if self._window.notice.text == self._said_of_queue:
            self._window.notice.hide()  # it speaks of the queue as it was

    # While a run goes on.

    @property
    def _task(self) -> Task:
        job = self._window.runs.job
        return job.task if job is not None else "train"

    def _began(self, _folder: Path) -> None:
        for card in (self.rate_card, self.overfit_card, self.more_card):
            card.hide()
        job = self._window.runs.job
        self.keeping.began()
        self._compare()
        if job is not None:
            self._held = job.graph.training

    def _ended(self, ended: Ended) -> None:
        self.more_card.hide()
        window, job = self._window, self._window.runs.job
        if job is not None and window.runs.folder is not None and ended.state in ("finished", "stopped"):
            if job.task == "find_rate" and ended.state == "finished":
                self.rate_card.show_search(_losses(window.runs.folder), RATES, ended.sentence)
                window.notice.hide()  # the card says it
            elif job.task == "overfit":
                self.overfit_card.say(judge(_losses(window.runs.folder), job.graph))
                window.notice.hide()
        self.keeping.ended()
        self._compare()
        if self.queue.held:
            count = len(self.queue.jobs)
            text = "{count} runs wait in the queue. It is held, since this one was stopped."
            text = "A run waits in the queue. It is held, since this one was stopped." if count == 1 else text
            window.notice.offer(say(text, count=count), self.tr("Start Next"), self.queue.start)
            self._said_of_queue = window.notice.text

    def _show_adjust(self) -> None:
        job = self._window.runs.job
        if job is not None and not self.adjust_card.isVisible():
            self.adjust_card.show_run(self._held, self.devices, job.device)
            self.adjust_card.open(focus=False)

    def _adjust(self, changes: Adjust) -> None:
        given = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not None}
        device = given.pop("device", None)
        self._held = msgspec.structs.replace(self._held, **given)
        runs = self._window.runs
        if device is not None and runs.job is not None:
            runs.job = replace(runs.job, device=device)
        runs.adjust(changes)

    def _ready(self, ready: Ready) -> None:
        self.devices = list(ready.devices)

    def _silent(self, seconds: float) -> None:
        window = self._window
        text = "Nothing has been heard of the training for {seconds} seconds: it may hang, or its steps are very long."
        choices = {self.tr("Stop"): self._stop_silent, self.tr("Wait"): window.engine.wait}
        window.notice.choose(say(text, seconds=round(seconds)), choices)

    def _stop_silent(self) -> None:
        self._window.runs.stop()

    # Going on.

    def continue_run(self) -> None:
        """Go on with the run that is shown: from where it was stopped, or longer where it had finished."""
        folder = self._window.runs.folder
        if folder is not None and (found := resumable(folder)):
            self.resume(folder, found[-1])

    def resume(self, folder: Path, checkpoint: Path) -> None:
        """Go on with a run in its own folder; one that has done all its steps is asked about first."""
        job = self._job_of(folder, checkpoint)
        if job is not None:
            self._go_on(replace(job, run=folder))

    def restore(self, folder: Path, checkpoint: Path) -> None:
        """Begin a new run with what another one had come to at a checkpoint."""
        job = self._job_of(folder, checkpoint)
        if job is None:
            return
        if not (checkpoint / "training.pt").is_file() or not step_of(checkpoint):
            job = replace(job, resume=None, weights=checkpoint)  # the best weights: nothing to go on from exactly
        self._go_on(job)

    def _go_on(self, job: Job) -> None:
        assert job.resume is not None or job.weights is not None
        about = read_about((job.resume or job.weights or Path()).parent.parent)
        if job.resume is not None and about is not None and step_of(job.resume) >= about.steps:
            self._job = job
            self.more_card.ask(job.graph.training)
        else:
            self._window.runs.train(job)

    def _go_on_longer(self, more: int) -> None:
        job, self._job = self._job, None
        if job is None:
            return
        try:
            self._window.runs.train(job.longer(more))
        except Refused as refused:
            self._window.notice.warn(refused.sentence)

    def _job_of(self, folder: Path, checkpoint: Path) -> Job | None:
        """The run in a folder as one that goes on from a checkpoint; says why where that cannot be."""
        window = self._window
        if window.runs.state != "idle":
            window.notice.warn(say("A run goes on: stop it first, or wait until it has ended."))
            return None
        found, about = standing(folder), read_about(folder)
        if found is None or about is None:
            window.notice.warn(say("The run in {folder} cannot be read.", folder=str(folder)))
            return None
        try:
            graph = load(folder / PROJECT)
        except Refused as refused:
            window.notice.warn(refused.sentence)
            return None
        known = {device.id for device in self.devices}
        device = about.device if about.device in known else self.device
        return Job(graph, folder, device, window.trust.knows(graph), "train", checkpoint)

    def ask_restore(self) -> None:
        """Ask which checkpoint of the run that is shown a new one is to begin with."""
        folder = self._window.runs.folder
        if folder is None:
            return
        found = {path.name: path for path in reversed(resumable(folder))}
        best = folder / "checkpoints" / "best"
        if best.is_dir():
            found = {best.name: best, **found}
        titles = {
            name: self.tr("The best weights") if name == "best" else checkpoint_text(found[name]) for name in found
        }
        self._window.asking.pick(
            [Choice(name, title, icon="save", rank=(at,)) for at, (name, title) in enumerate(titles.items())],
            self.tr("Begin a new run with which checkpoint?"),
            self.tr("The run has no such checkpoint."),
            lambda name: self.restore(folder, found[name]),
        )

    # Runs of the drawing.

    @property
    def device(self) -> str:
        """What is chosen to train on."""
        return str(self._window.top.device.currentData() or "cpu")

    def device_name(self, key: str) -> str:
        """What a person calls a device, where there are several to tell apart."""
        several = len(self.devices) > 1
        return next((device.name for device in self.devices if device.id == key), key) if several else ""

    def job(self, task: Task = "train") -> Job:
        """The drawing as it is now, as a run to come."""
        window = self._window
        graph = window.project.document.graph
        return Job(graph, window.project.folder, self.device, window.trust.on, task)

    def train(self) -> None:
        """Train the drawing, after a check where the person wants that."""
        self.checking.before(lambda: self._window.start_run(self.keeping.beginning(self.job())))

    def new_seed(self) -> None:
        """Train the drawing with a seed that it was not trained with."""
        self._window.when_current(self._new_seed)

    def _new_seed(self) -> None:
        runs, job = self._window.runs, self.job()
        used = [job.graph.training.seed]
        if runs.job is not None and same_network(runs.job.graph, job.graph):
            used += [runs.job.graph.training.seed, self._seed]
        self._seed = max(used) + 1
        if self._window.start_run(job.with_settings(seed=self._seed)):
            self._window.log.add(self.tr("With the seed {seed}").format(seed=self._seed))

    def try_out(self, task: Task) -> None:
        """Start one of the short runs that tell something about the drawing."""
        self._window.when_current(lambda: self._window.start_run(self.job(task)))


def _losses(folder: Path) -> list[float]:
    """The losses of a run, one a step."""
    return [row[0] for row in RunReader(folder).rows(STEPS)]
