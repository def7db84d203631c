"""What one batch showed before a run: memory, times, loss, gradients, and quicker ways to calculate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.amounts import size_text, time_text, whole_run
from netbuilder.bridge.reports import Device, Preflight, Problem, Timing
from netbuilder.graph.records import Training
from netbuilder.ui.control.card import Card
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import ElidedLabel, label
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme

_WAY = 28  # as high as a row with a button
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PreflightCard(Card):
    """Shows what is found device by device. `variant_wanted` gives the names of a way to calculate that is chosen."""

    cancelled = Signal()
    again = Signal()
    automatic = Signal(bool)
    variant_wanted = Signal(object)
    fixed = Signal(object)
    node_chosen = Signal(str)

    def __init__(self, theme: Theme, canvas: QWidget) -> None:
        super().__init__(theme, "", canvas, 500)
        self.title.setText(self.tr("Check before a run"))
        self.setAccessibleName(self.title.text())
        self._devices: tuple[Device, ...] = ()
        self._training = Training()
        self._names: Mapping[str, str] = {}
        self.found: dict[str, Preflight] = {}
        self.bar, self.status = QProgressBar(), label("", "soft", wrap=True)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setProperty("size", "small")
        self.cancel_button.clicked.connect(self.cancelled)
        self.again_button = QPushButton(self.tr("Check Again"))
        self.again_button.setProperty("size", "small")
        self.again_button.clicked.connect(self.again)
        self.always = QCheckBox(self.tr("Check by itself before a changed drawing is trained"))
        self.always.toggled.connect(self.automatic)
        head = QHBoxLayout()
        head.addWidget(self.status, 1)
        head.addWidget(self.cancel_button)
        self._content = QWidget()
        foot = QHBoxLayout()
        foot.addWidget(self.always, 1)
        foot.addWidget(self.again_button)
        self.body.addLayout(head)
        self.body.addWidget(self.bar)
        self.body.addWidget(self._content)
        self.body.addLayout(foot)

    def first(self) -> QWidget:
        """The button that is there at the time."""
        return self.cancel_button if not self.cancel_button.isHidden() else self.again_button

    def begin(self, devices: Sequence[Device], training: Training, names: Mapping[str, str]) -> None:
        """Show that these devices are tried."""
        self._devices, self._training, self._names = tuple(devices), training, names
        self.found = {}
        self._go(True)
        self._say_next()
        self._fill()

    def show_loading(self, doing: Sentence | None, share: float | None) -> None:
        """Show how far the samples are that a batch is made of; once they are there, the batch is tried."""
        if doing is None:
            self._say_next()
            return
        self.bar.setRange(0, 0 if share is None else 1000)
        self.bar.setValue(round(1000 * (share or 0.0)))
        self.status.setText(words(doing))

    def take(self, found: Preflight, done: bool) -> None:
        """Show what one device gave."""
        self.found[found.device] = found
        self._go(not done)
        if not done:
            self._say_next()
        self._fill()

    def end(self, text: str) -> None:
        """Say that nothing more will come."""
        self._go(False)
        self.status.setText(text)
        self.status.show()
        self.place()

    def say_old(self) -> None:
        """Say that the drawing is another one by now."""
        if self.found:
            self.end(self.tr("The drawing has changed since."))

    def begin_use(self, training: Training) -> None:
        """Show which way of calculating is in use now."""
        self._training = training
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        super().set_theme(theme)
        if hasattr(self, "_content"):
            self._fill()

    def _go(self, going: bool) -> None:
        self.again_button.setVisible(not going)
        for widget in (self.bar, self.status, self.cancel_button):
            widget.setVisible(going)

    def _say_next(self) -> None:
        waiting = [device for device in self._devices if device.id not in self.found]
        if waiting:
            text = self.tr("Trying one batch on {device} …").format(device=waiting[0].name)
            self.status.setText(text)
            self.bar.setRange(0, 0)

    # What was found.

    def _fill(self) -> None:
        old, self._content = self._content, QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(7)
        found = list(self.found.values())
        if found:
            column.addLayout(self._table(found))
        for line in self._verdicts(found):
            column.addWidget(line)
        timed = next((one for one in found if one.timings), None)
        if timed is not None:
            column.addSpacing(4)
            column.addWidget(label(self.tr("Ways to calculate"), "section"))
            column.addLayout(self._ways(timed))
        self.body.replaceWidget(old, self._content)
        old.hide()
        old.deleteLater()
        self._content.setVisible(bool(found))
        self.place()

    def _table(self, found: Sequence[Preflight]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        columns = (self.tr("Memory"), self.tr("Step"), self.tr("Epoch"), self.tr("Whole run"), self.tr("Loss"))
        heads = (self.tr("Device"), *columns)
        for at, text in enumerate(heads):
            grid.addWidget(label(text, "faint-help"), 0, at, _RIGHT if at else Qt.AlignmentFlag.AlignLeft)
        names = {device.id: device.name for device in self._devices}
        for row, one in enumerate(found, 1):
            grid.addWidget(ElidedLabel(names.get(one.device, one.device), "", 90), row, 0)
            if one.refused is not None:
                why = label(words(one.refused), "error", wrap=True)
                grid.addWidget(why, row, 1, 1, 5)
                continue
            loss = "–" if one.loss is None else f"{one.loss:.3g}"
            values = (size_text(one.memory), time_text(one.step), time_text(one.epoch), self._whole(one), loss)
            for at, value in enumerate(values, 1):
                grid.addWidget(label(value), row, at, _RIGHT)
        return grid

    def _whole(self, one: Preflight) -> str:
        training = self._training
        return time_text(whole_run(one.step, one.epoch, training.steps, training.epochs, training.minutes))

    def _verdicts(self, found: Sequence[Preflight]) -> list[QWidget]:
        """What is wrong, each thing once, and what is as it should be."""
        sound = [one for one in found if one.refused is None]
        problems = each_once(problem for one in found for problem in _told(one))
        lines = [self._problem(problem) for problem in problems]
        said = {problem.sentence.text for problem in problems}
        if sound and not any("No gradient" in text for text in said):
            lines.append(self._line("done", self.theme.good, self.tr("Every parameter gets a gradient.")))
        first = next((one for one in sound if one.loss is not None and one.chance is not None), None)
        if first is not None and first.loss is not None and not any(text.startswith("The loss") for text in said):
            text = self.tr("The loss starts at {loss}; guessing alone gives {chance}.")
            text = text.format(loss=f"{first.loss:.3g}", chance=f"{first.chance:.3g}")
            lines.append(self._line("done", self.theme.good, text))
        return lines

    def _line(self, sign: str, colour: str, text: str, *buttons: QPushButton) -> QWidget:
        line, mark = QWidget(), QLabel()
        mark.setPixmap(icon(sign, colour).pixmap(QSize(16, 16)))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(text, wrap=True), 1)
        for button in buttons:
            row.addWidget(button)
        return line

    def _problem(self, problem: Problem) -> QWidget:
        buttons = []
        if problem.fix is not None:
            buttons.append(self._button(words(problem.fix.label), partial(self.fixed.emit, problem.fix)))
        elif problem.node is not None and problem.node in self._names:
            show = self.tr("Show {name}").format(name=self._names[problem.node])
            buttons.append(self._button(show, partial(self.node_chosen.emit, problem.node)))
        colour = self.theme.error if problem.level == "error" else self.theme.warning
        return self._line(problem.level, colour, words(problem.sentence), *buttons)

    def _button(self, text: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("size", "small")
        button.clicked.connect(act)
        return button

    def _ways(self, found: Preflight) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        plain = next((one.step for one in found.timings if not one.names and not one.refused), 0.0)
        for row, one in enumerate(found.timings):
            grid.setRowMinimumHeight(row, _WAY)
            best = one.names == found.chosen
            name = self.tr("{way}, the quickest").format(way=self._way(one)) if best else self._way(one)
            grid.addWidget(ElidedLabel(name, "strong" if best else "", 120), row, 0)
            if one.refused:
                grid.addWidget(ElidedLabel(one.refused, "faint", 120), row, 1, 1, 3)
                continue
            times = f"{plain / one.step:.2f} ×" if plain and one.step else ""
            for at, text in enumerate((time_text(one.step), times), 1):
                grid.addWidget(label(text), row, at, _RIGHT)
            if one.names == self._training.variant:
                grid.addWidget(label(self.tr("in use"), "faint"), row, 3, _RIGHT)
            else:
                use = self._button(self.tr("Use This"), partial(self.variant_wanted.emit, one.names))
                grid.addWidget(use, row, 3)
        return grid

    def _way(self, timing: Timing) -> str:
        titles = {
            "matmul": self.tr("quick convolutions"),
            "channels_last": self.tr("channels last"),
            "fused": self.tr("fused optimizer"),
            "graphs": self.tr("CUDA graphs"),
            "compile": "torch.compile",
        }
        return " + ".join(titles.get(name, name) for name in timing.names) or self.tr("exactly as written")


def each_once(problems: Iterable[Problem]) -> list[Problem]:
    """The same without what several devices say alike. Their fixes cannot be hashed."""
    found: list[Problem] = []
    for problem in problems:
        found += [] if problem in found else [problem]
    return found


def _told(one: Preflight) -> tuple[Problem, ...]:
    """The problems that the table does not say already."""
    return tuple(problem for problem in one.problems if problem.sentence != one.refused)
