"""The list of everything that is wrong with the drawing, each with the way to its place and, if any, its fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.bridge.reports import Problem
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import ElidedLabel, label, tip
from netbuilder.ui.text import words
from netbuilder.ui.theme import DARK, Theme

MOST_SHOWN = 200
_ROW = 36


class _Row(QWidget):
    """One problem."""

    fixed = Signal(object)

    def __init__(self, problem: Problem, name: str, theme: Theme, tried: bool) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 10, 0)
        row.setSpacing(10)
        error = problem.level == "error"
        mark = QLabel()
        mark.setPixmap(icon(problem.level, theme.error if error else theme.warning).pixmap(QSize(16, 16)))
        mark.setToolTip(self.tr("Error") if error else self.tr("Warning"))
        where = ElidedLabel(name, "strong", 40)
        where.setFixedWidth(118)
        sentence = ElidedLabel(words(problem.sentence), "", 60)
        row.addWidget(mark)
        row.addWidget(where)
        row.addWidget(sentence, 1)
        if tried:
            row.addWidget(label(self.tr("from the check before a run"), "faint"))
        self.setToolTip(tip(words(problem.sentence), problem.detail))
        self.fix: QPushButton | None = None
        if problem.fix is not None:
            self.fix = QPushButton(words(problem.fix.label))
            self.fix.setObjectName("fix")
            self.fix.setProperty("size", "small")
            self.fix.clicked.connect(lambda: self.fixed.emit(problem.fix))
            row.addWidget(self.fix)
        if len(problem.fixes) > 1:
            others = QPushButton("…")
            others.setProperty("size", "small")
            others.setToolTip(self.tr("Other ways to fix it"))
            menu = QMenu(others)
            for fix in problem.fixes[1:]:
                menu.addAction(words(fix.label), partial(self.fixed.emit, fix))
            others.setMenu(menu)
            row.addWidget(others)


class _List(QListWidget):
    """A list in which Enter goes to the place, as a click does."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class Problems(QWidget):
    """All problems. `chosen` gives the node of the one clicked, `fixed` the Fix whose button was pressed."""

    chosen = Signal(str)
    fixed = Signal(object)

    def __init__(self, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._problems: list[Problem] = []
        self._names: dict[str, str] = {}
        self._tried: tuple[Problem, ...] = ()
        self.list = _List()
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Problems"))
        self.list.itemClicked.connect(lambda _item: self._choose())
        self.list.entered.connect(self._choose)
        self._calm = self._make_calm()
        self._more = label("", "faint")
        self._more.setContentsMargins(14, 4, 0, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._calm, 1)
        column.addWidget(self.list, 1)
        column.addWidget(self._more)
        self._fill()

    @property
    def count(self) -> int:
        """How many problems there are."""
        return len(self._problems)

    def show_problems(
        self, problems: Sequence[Problem], names: Mapping[str, str], tried: Sequence[Problem] = ()
    ) -> None:
        """Show these problems, errors first; `names` gives the nodes' names by id, `tried` are a check's own."""
        ordered = sorted(problems, key=lambda problem: problem.level != "error")
        used = {p.node: names.get(p.node, p.node) for p in ordered if p.node is not None}
        if ordered == self._problems and used == self._names and tuple(tried) == self._tried:
            return
        self._tried = tuple(tried)
        self._problems, self._names = ordered, used
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._theme = theme
        self._tint()
        self._fill()

    def _make_calm(self) -> QWidget:
        calm = QWidget()
        column = QVBoxLayout(calm)
        column.setSpacing(6)
        self._tick = QLabel()
        self._tick.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text = label(self.tr("No problems"), "soft")
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        column.addWidget(self._tick)
        column.addWidget(text)
        column.addStretch(1)
        self._tint()
        return calm

    def _tint(self) -> None:
        self._tick.setPixmap(icon("done", self._theme.good).pixmap(QSize(24, 24)))

    def _fill(self) -> None:
        place, row = self.list.verticalScrollBar().value(), self.list.currentRow()
        self.list.clear()
        for problem in self._problems[:MOST_SHOWN]:
            name = self.tr("Drawing") if problem.node is None else self._names[problem.node]
            widget = _Row(problem, name, self._theme, problem in self._tried)
            widget.fixed.connect(self.fixed)
            item = QListWidgetItem()
            item.setSizeHint(QSize(100, _ROW))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}: {words(problem.sentence)}")
            self.list.addItem(item)
            self.list.setItemWidget(item, widget)
        if 0 <= row < self.list.count():
            self.list.setCurrentRow(row)
        self.list.verticalScrollBar().setValue(place)
        left = len(self._problems) - MOST_SHOWN
        self._more.setText(self.tr("and %n more", "", max(left, 0)))
        self._more.setVisible(left > 0)
        self.list.setVisible(bool(self._problems))
        self._calm.setVisible(not self._problems)

    def _choose(self) -> None:
        row = self.list.currentRow()
        node = self._problems[row].node if 0 <= row < len(self._problems) else None
        if node is not None:
            self.chosen.emit(node)
