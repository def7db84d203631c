"""The list of runs that wait, in their order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QWidget

from netbuilder.graph.records import Training
from netbuilder.ui.control.card import Card
from netbuilder.ui.control.job import Job
from netbuilder.ui.control.queue import Queue
from netbuilder.ui.parts import label, tip
from netbuilder.ui.theme import Theme

translate = QCoreApplication.translate
_ROW, _MOST = 28, 7


class _List(QListWidget):
    """The keys move and remove what is chosen: Alt+Up, Alt+Down, Del."""

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._queue = queue

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move or remove."""
        row, alt = self.currentRow(), event.modifiers() == Qt.KeyboardModifier.AltModifier
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_row(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Delete and row >= 0:
            self._queue.remove(row)
        else:
            super().keyPressEvent(event)

    def move_row(self, by: int) -> None:
        """Let the chosen one change places with its neighbour, and stay chosen."""
        row = self.currentRow()
        if row >= 0 and 0 <= row + by < self.count():
            self._queue.move(row, by)
            self.setCurrentRow(row + by)


class QueueCard(Card):
    """Shows the queue and changes it; `device` gives what a device is called, nothing where there is but one."""

    def __init__(self, theme: Theme, canvas: QWidget, queue: Queue, device: Callable[[str], str]) -> None:
        super().__init__(theme, "", canvas, 460)
        self.title.setText(self.tr("Queue"))
        self.setAccessibleName(self.title.text())
        self._queue, self._device = queue, device
        self._text = label("", "soft", wrap=True)
        self.list = _List(queue)
        self.list.setAccessibleName(self.tr("Runs that wait"))
        self.list.setProperty("role", "waiting")
        self.list.currentRowChanged.connect(lambda _: self._enable())
        self.up, self.down = self._button(self.tr("Up")), self._button(self.tr("Down"))
        self.remove, self.clear = self._button(self.tr("Remove")), self._button(self.tr("Clear"))
        self.start = self._button(self.tr("Start Next"))
        self.up.clicked.connect(lambda: self.list.move_row(-1))
        self.down.clicked.connect(lambda: self.list.move_row(1))
        self.remove.clicked.connect(lambda: queue.remove(self.list.currentRow()))
        self.clear.clicked.connect(queue.clear)
        self.start.clicked.connect(queue.start)
        row = QHBoxLayout()
        for button in (self.up, self.down, self.remove, self.clear):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.start)
        self.body.addWidget(self._text)
        self.body.addWidget(self.list)
        self.body.addLayout(row)
        queue.changed.connect(self.refresh)
        self.refresh()

    def first(self) -> QWidget:
        """The list."""
        return self.list if self._queue.jobs else self.cross

    def refresh(self) -> None:
        """Show the queue as it is."""
        row, jobs = self.list.currentRow(), self._queue.jobs
        self.list.clear()
        for number, job in enumerate(jobs, 1):
            text = job_text(job, self._device(job.device))
            item = QListWidgetItem(f"{number}.  {text}")
            item.setToolTip(tip(text))
            item.setSizeHint(QSize(100, _ROW))
            self.list.addItem(item)
        self.list.setCurrentRow(min(max(row, 0), len(jobs) - 1))
        self.list.setFixedHeight(_ROW * min(max(len(jobs), 1), _MOST) + 6)
        self.list.setVisible(bool(jobs))
        if self._queue.held:
            self._text.setText(self.tr("Held, since a run was stopped by hand."))
        elif jobs:
            self._text.setText(self.tr("The next one starts when this run has ended, however it ends."))
        else:
            self._text.setText(self.tr("Nothing waits. Training › Add to Queue puts the drawing here."))
        self.start.setVisible(self._queue.held)
        for button in (self.up, self.down, self.remove, self.clear):
            button.setVisible(bool(jobs))
        self._enable()
        self.place()

    def _enable(self) -> None:
        row, count = self.list.currentRow(), self.list.count()
        for button, on in ((self.up, row > 0), (self.down, 0 <= row < count - 1), (self.remove, row >= 0)):
            button.setEnabled(on)
        self.clear.setEnabled(count > 0)

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("size", "small")
        return button


def job_text(job: Job, device: str) -> str:
    """What tells one run that waits from another."""
    training: Training = job.graph.training
    count = training.steps or training.epochs
    if training.steps:
        length = translate("Queue", "1 step") if count == 1 else translate("Queue", "{count} steps")
    else:
        length = translate("Queue", "1 epoch") if count == 1 else translate("Queue", "{count} epochs")
    rate = f"{training.learning_rate:g}".replace("e-0", "e-")
    parts = (
        job.name,
        f"{training.optimizer} {rate}",
        translate("Queue", "batch {size}").format(size=training.batch_size),
        translate("Queue", "seed {seed}").format(seed=training.seed),
        length.format(count=f"{count:,}"),
        device,
    )
    return " · ".join(filter(None, parts))
