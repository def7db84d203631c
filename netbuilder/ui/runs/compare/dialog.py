"""The window in which runs are compared: curves, settings and drawings, each on a page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from netbuilder.bridge.runs import Run
from netbuilder.ui.parts import label, tip
from netbuilder.ui.runs.columns import VALIDATION, best_text, number, when, why
from netbuilder.ui.runs.compare.drawings import DrawingsPage
from netbuilder.ui.runs.compare.look import run_colour
from netbuilder.ui.runs.compare.numbers import LOSS, curves
from netbuilder.ui.runs.compare.overlay import Overlay
from netbuilder.ui.runs.compare.settings import SettingsPage
from netbuilder.ui.theme import Theme

MOST = 8
_ACROSS = 2


class CompareDialog(QDialog):
    """Compares the first eight of the runs at most: the colours of curves are told apart that far."""

    def __init__(self, runs: Sequence[Run], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Compare runs"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1180, 780)
        self._theme, self._left = theme, len(runs) - MOST
        self.runs = [run for run in runs[:MOST] if run.about is not None]
        self.names = _names(self.runs)
        self._hidden: set[int] = set()
        self.plots = self._make_plots()
        self.settings = SettingsPage(self.runs, self.names, theme)
        self.drawings = DrawingsPage([run.folder for run in self.runs], self.names, theme)
        self.pages = QStackedWidget()
        self.tabs: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar())
        for page in (self._curves_page(), self.settings, self.drawings):
            self.pages.addWidget(page)
        column.addWidget(self.pages, 1)
        self.show_page(0)
        self.pages.setFocus()

    def _bar(self) -> QWidget:
        """The pages to choose from, and the runs in their colours."""
        bar = QFrame()
        bar.setProperty("role", "bar")
        column = QVBoxLayout(bar)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(8)
        top = QHBoxLayout()
        segments = QFrame()
        segments.setProperty("role", "segments")
        inner = QHBoxLayout(segments)
        inner.setContentsMargins(2, 2, 2, 2)
        inner.setSpacing(2)
        for at, text in enumerate((self.tr("Curves"), self.tr("Settings"), self.tr("Drawings"))):
            button = QPushButton(text)
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setToolTip(f"Ctrl+{at + 1}")
            button.clicked.connect(partial(self.show_page, at))
            QShortcut(QKeySequence(f"Ctrl+{at + 1}"), self).activated.connect(partial(self.show_page, at))
            inner.addWidget(button)
            self.tabs.append(button)
        top.addWidget(segments)
        if self._left > 0:
            top.addWidget(label(self.tr("The first {count} of the chosen runs").format(count=MOST), "faint"))
        top.addStretch(1)
        column.addLayout(top)
        chips = QGridLayout()
        chips.setHorizontalSpacing(18)
        chips.setVerticalSpacing(4)
        for at in range(len(self.runs)):
            chips.addWidget(self._chip(at), at // 4, at % 4)
        chips.setColumnStretch(4, 1)
        column.addLayout(chips)
        return bar

    def _chip(self, at: int) -> QWidget:
        """A run in its colour; its curves can be hidden."""
        run = self.runs[at]
        chip = QCheckBox(self.names[at])
        chip.setChecked(True)
        colour = run_colour(self._theme, at)
        chip.setStyleSheet(
            f"QCheckBox::indicator:checked {{ background: {colour}; border-color: {colour}; }}"
            f"QCheckBox::indicator {{ border-color: {colour}; }}"
        )
        facts = [f"{name} {best_text(run, name)}" for name in run.best]
        chip.setToolTip(tip(f"{run.name} · {when(run)}", "\n".join(filter(None, [*facts, why(run), run.notes.note]))))
        chip.toggled.connect(partial(self._show_run, at))
        return chip

    def _make_plots(self) -> list[Overlay]:
        """A plot for the loss, one for the validation loss, one for each metric."""
        found = [curves(run.folder, run.about) for run in self.runs if run.about is not None]
        names = dict.fromkeys(name for one in found for name in one)
        return [
            Overlay(self._theme, name, self._title(name), [one.get(name) for one in found], self.names)
            for name in names
        ]

    def _title(self, name: str) -> str:
        return {LOSS: self.tr("Loss, smoothed"), VALIDATION: self.tr("Validation loss")}.get(name, name)

    def _curves_page(self) -> QWidget:
        inside = QWidget()
        inside.setProperty("role", "page")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 10, 0, 6)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(14)
        for at, plot in enumerate(self.plots):
            wide = at == len(self.plots) - 1 and at % _ACROSS == 0  # one alone in its row has all of it
            grid.addWidget(plot, at // _ACROSS, at % _ACROSS, 1, _ACROSS if wide else 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        return scroll

    def show_page(self, at: int) -> None:
        """Show one of the pages."""
        self.pages.setCurrentIndex(at)
        for index, button in enumerate(self.tabs):
            button.setChecked(index == at)

    def _show_run(self, at: int, on: bool) -> None:
        self._hidden = self._hidden - {at} if on else self._hidden | {at}
        for plot in self.plots:
            plot.show_runs(self._hidden)


def _names(runs: Sequence[Run]) -> list[str]:
    """What the runs are called here: by name and when they began, or by what came of them where that is the same."""
    names = [f"{run.name} · {when(run)}" for run in runs]
    return [
        f"{name} · {number(run.loss)}" if names.count(name) > 1 and run.losses else name
        for name, run in zip(names, runs, strict=True)
    ]
