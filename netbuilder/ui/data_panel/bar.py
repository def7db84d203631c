"""The line above the samples: which part, as they are or as they are trained on, which page, how large."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSlider

from netbuilder.bridge.viewing import Page, Part
from netbuilder.ui.inspector.fields import ChoiceField
from netbuilder.ui.parts import IconButton, count, label, tip

SMALLEST, LARGEST, USUAL = 40, 200, 80


class DataBar(QFrame):
    """What a person can choose. Each signal gives what is chosen now."""

    part_chosen = Signal(str)
    augmented_chosen = Signal(bool)
    again = Signal()
    turned = Signal(int)
    sized = Signal(int)
    column_chosen = Signal(object)
    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.setSpacing(8)
        self.training, self.validation = self._segments(self.tr("Training"), self.tr("Validation"))
        self.training.clicked.connect(lambda: self.part_chosen.emit("training"))
        self.validation.clicked.connect(lambda: self.part_chosen.emit("validation"))
        self.plain, self.augmented = self._segments(self.tr("As they are"), self.tr("Augmented"))
        self.plain.clicked.connect(lambda: self.augmented_chosen.emit(False))
        self.augmented.clicked.connect(lambda: self.augmented_chosen.emit(True))
        self.redo = self._icon("redo", self.tr("Augment them once more"), self.again)
        self.column = ChoiceField((), None)
        self.column.fix_width(130)
        self.column.setAccessibleName(self.tr("Which output is shown"))
        self.column.committed.connect(self.column_chosen)
        self._row.addWidget(self.column)
        self._row.addStretch(1)
        self.work = label("", "faint")
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setProperty("size", "small")
        self.stop.clicked.connect(self.stopped)
        self._row.addWidget(self.work)
        self._row.addWidget(self.stop)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(SMALLEST, LARGEST)
        self.size_slider.setValue(USUAL)
        self.size_slider.setFixedWidth(90)
        self.size_slider.setToolTip(tip(self.tr("Size of the pictures")))
        self.size_slider.setAccessibleName(self.tr("Size of the pictures"))
        self.size_slider.valueChanged.connect(self.sized)
        self._row.addWidget(self.size_slider)
        self.previous = self._icon("chevron-left", self.tr("Previous page (Page Up)"), lambda: self.turned.emit(-1))
        self.where = QLabel()
        self.where.setProperty("role", "soft")
        self.where.setTextFormat(Qt.TextFormat.PlainText)
        self._row.addWidget(self.where)
        self.next = self._icon("chevron-right", self.tr("Next page (Page Down)"), lambda: self.turned.emit(1))
        self.show_work("")

    def _segments(self, first: str, second: str) -> tuple[QPushButton, QPushButton]:
        frame = QFrame()
        frame.setProperty("role", "segments")
        inner = QHBoxLayout(frame)
        inner.setContentsMargins(2, 2, 2, 2)
        inner.setSpacing(2)
        group = QButtonGroup(frame)
        made = (QPushButton(first), QPushButton(second))
        for button in made:
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            group.addButton(button)
            inner.addWidget(button)
        made[0].setChecked(True)
        self._row.addWidget(frame)
        return made

    def _icon(self, name: str, title: str, act: object) -> IconButton:
        button = IconButton(name, title, QSize(24, 26), self)
        button.clicked.connect(act)
        self._row.addWidget(button)
        return button

    def show_page(self, page: Page, titles: list[str], shown: str, sizable: bool) -> None:
        """Say what is shown, and offer what else there is."""
        parts: tuple[tuple[Part, QPushButton, str], ...] = (
            ("training", self.training, self.tr("Training")),
            ("validation", self.validation, self.tr("Validation")),
        )
        for part, button, word in parts:
            total = page.totals.get(part)
            button.setText(f"{word}  {count(total)}" if total is not None else word)
            button.setEnabled(total is not None)
            button.setToolTip("" if total is not None else tip(self.tr("The data keep no samples aside.")))
            button.setChecked(part == page.part)
        possible = page.augmentable and page.part == "training"
        self.augmented.setEnabled(possible)
        why = (
            self.tr("Only what is trained on is augmented.")
            if page.augmentable
            else self.tr("Nothing is augmented: the data block's page has a list for that.")
        )
        self.augmented.setToolTip("" if possible else tip(why))
        (self.augmented if page.augmented else self.plain).setChecked(True)
        self.redo.setVisible(page.augmented)
        self.column.setVisible(len(titles) > 1)
        self.column.set_options([(title, title) for title in titles])
        self.column.set_value(shown)
        self.size_slider.setVisible(sizable)
        total = page.totals[page.part]
        last = page.first + page.count
        self.where.setText(self.tr("{0}–{1} of {2}").format(count(page.first), count(last - 1), count(total)))
        self.previous.setEnabled(page.first > 0)
        self.next.setEnabled(last < total)

    def show_work(self, doing: str) -> None:
        """Say what goes on beside; "" for nothing."""
        self.work.setText(doing)
        self.work.setVisible(bool(doing))
        self.stop.setVisible(bool(doing))

    def show_wanted(self, part: Part, augmented: bool) -> None:
        """Show what is asked for while it is not there yet."""
        (self.training if part == "training" else self.validation).setChecked(True)
        (self.augmented if augmented else self.plain).setChecked(True)
