"""The Runs panel: every run there is, live or over, of this window, of others and of terminals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.bridge.runs import Index, News, Run
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import label
from netbuilder.ui.runs.deeds import Deeds, copy_text
from netbuilder.ui.runs.model import RunsModel
from netbuilder.ui.runs.table import RunsTable
from netbuilder.ui.runs.wanted import Wanted
from netbuilder.ui.runs.watch import Watch
from netbuilder.ui.theme import Theme

_TYPING = 120


class Search(QLineEdit):
    """The field that filters. Down and Enter go into the table, Esc empties it and then leaves."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that lead out of the field."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class RunsPanel(QWidget):
    """All runs in a table. `deeds` are what can be done with them; `outlived` gives runs without their window."""

    outlived = Signal(object)

    def __init__(
        self, theme: Theme, settings: QSettings, index: Callable[[], Index] = Index, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.model = RunsModel(self)
        self.table = RunsTable(self.model, theme, settings)
        self.deeds = Deeds(self, self.table.chosen)
        self.watch = Watch(self, index)
        self._known_alone: set[Path] = set()
        self._looked = False
        self._make_bar()
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.table)
        self.set_theme(theme)
        self._count()

    # Putting it together.

    def _make_bar(self) -> None:
        self.search = Search()
        self.search.setPlaceholderText(self.tr("Filter, as in: conv  accuracy>0.9  batch_size=64"))
        self.search.setAccessibleName(self.tr("Filter the runs"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(150)
        self.search.setMaximumWidth(340)
        self.states = QComboBox()
        self.states.setAccessibleName(self.tr("State"))
        for key, text in (
            ("", self.tr("All states")),
            ("live", self.tr("Live")),
            ("finished", self.tr("Finished")),
            ("stopped", self.tr("Stopped")),
            ("failed", self.tr("Failed")),
        ):
            self.states.addItem(text, key)
        self.stars = QToolButton()
        self.stars.setText("★")
        self.stars.setCheckable(True)
        self.stars.setToolTip(self.tr("Only runs with a star"))
        self.stars.setAccessibleName(self.tr("Only runs with a star"))
        self.counts = label("", "faint")
        self.compare = QPushButton(self.tr("Compare"))
        self.compare.setProperty("size", "small")
        self.more = QPushButton(self.tr("Actions"))
        self.columns = QPushButton(self.tr("Columns"))
        for button in (self.more, self.columns):
            button.setProperty("size", "small")

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(10, 5, 10, 5)
        bar.setSpacing(8)
        bar.addWidget(self.search, 3)
        for widget in (self.states, self.stars, self.counts):
            bar.addWidget(widget)
        bar.addStretch(1)
        for button in (self.compare, self.more, self.columns):
            bar.addWidget(button)
        self._empty, self._sign, self._said, self._hint = QWidget(), QLabel(), label("", "soft"), label("", "faint")
        middle = QVBoxLayout(self._empty)
        middle.setSpacing(6)
        middle.addStretch(1)
        for text in (self._sign, self._said, self._hint):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            middle.addWidget(text)
        middle.addStretch(1)
        below = QWidget()
        self._stack = QStackedLayout(below)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.NoFrame)
        line.setFixedHeight(1)
        self._line = line
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(line)
        column.addWidget(below, 1)

    def _connect(self) -> None:
        self.watch.news.connect(self._take)
        self.watch.looked.connect(self._has_looked)
        self.model.counted.connect(self._count)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING)
        self._typing.timeout.connect(self._want)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.search.left.connect(self._into_table)
        self.states.currentIndexChanged.connect(lambda _: self._want())
        self.stars.toggled.connect(lambda _: self._want())
        self.table.entered.connect(self.deeds.actions["show"].trigger)
        self.table.starred.connect(lambda run: self.deeds.star([run], not run.notes.starred))
        self.table.chose.connect(self._offer)
        self.model.noted.connect(lambda run, text: self._note(run, text))
        self.compare.clicked.connect(self.deeds.actions["compare"].trigger)
        self.more.clicked.connect(lambda: self._pop(self.more, self.deeds.menu()))
        self.columns.clicked.connect(lambda: self._pop(self.columns, self.table.columns_menu()))
        self.deeds.note_asked.connect(self.table.edit_note)
        self.deeds.copy_asked.connect(self._copy)
        self.deeds.changed.connect(self.watch.look)
        for key in ("/", "Ctrl+F"):
            find = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            find.activated.connect(self._find)

    # What comes from outside.

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = self.table.cells.theme = theme
        self._line.setStyleSheet(f"background: {theme.line};")
        self._sign.setPixmap(icon("chart", theme.text_faint).pixmap(QSize(28, 28)))
        self.table.viewport().update()

    def close_watch(self) -> None:
        """Look no more, before the window goes."""
        self.watch.close()

    def _take(self, news: News) -> None:
        self.model.take(news)
        alone = [run for run in news.changed if run.outlived and run.folder not in self._known_alone]
        self._known_alone |= {run.folder for run in alone}
        if alone:
            self.outlived.emit(max(alone, key=lambda run: run.created))
        self._offer()

    def _has_looked(self) -> None:
        self._looked = True
        self._count()

    # What is shown.

    def _want(self) -> None:
        wanted = Wanted(self.search.text(), self.states.currentData() or "", self.stars.isChecked())
        self.model.want(wanted)
        self._count()

    def _count(self) -> None:
        shown, all_runs = len(self.model.shown), len(self.model.runs)
        if not all_runs:
            self.counts.setText("")
        elif shown == all_runs:
            self.counts.setText(self.tr("1 run") if shown == 1 else self.tr("{count} runs").format(count=f"{shown:,}"))
        else:
            text = self.tr("{shown} of {count} runs")
            self.counts.setText(text.format(shown=f"{shown:,}", count=f"{all_runs:,}"))
        if all_runs:
            self._said.setText(self.tr("No run is like this"))
            self._hint.setText(self.tr("Esc in the field above shows all of them"))
        elif self._looked:
            self._said.setText(self.tr("No runs yet"))
            self._hint.setText(self.tr("Everything that is trained, here or in a terminal, is listed here"))
        else:
            self._said.setText(self.tr("Looking for runs…"))
            self._hint.setText("")
        self._stack.setCurrentIndex(1 if shown else 0)
        self._offer()

    def _offer(self) -> None:
        """Offer what can be done with what is chosen."""
        runs = self.table.chosen()
        self.compare.setEnabled(len(runs) > 1 and all(run.about is not None for run in runs))
        self.compare.setText(
            self.tr("Compare {count}").format(count=len(runs)) if len(runs) > 1 else self.tr("Compare")
        )
        self.compare.setToolTip("" if len(runs) > 1 else self.tr("Choose two runs or more, with Ctrl or Shift"))
        self.more.setEnabled(bool(runs))

    def _note(self, run: Run, text: str) -> None:
        self.deeds.note(run, note=text)
        self.watch.look()

    def _copy(self) -> None:
        """Put what is shown of the chosen runs into the clipboard, as a table."""
        shown = [column for at, column in enumerate(self.model.columns) if not self.table.isColumnHidden(at)]
        shown = [column for column in shown if column.kind not in ("star", "losses")]
        lines = ["\t".join(column.title for column in shown)]
        lines += ["\t".join(column.text(run) for column in shown) for run in self.table.chosen()]
        copy_text("\n".join(lines) + "\n")

    # Mouse, keys, coming and going.

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _into_table(self) -> None:
        self._typing.stop()
        self._want()
        self.enter()

    def enter(self) -> None:
        """Go to the table, and to its first run where none is chosen."""
        self.table.setFocus()
        if self.model.shown and not self.table.chosen():
            self.table.choose([self.model.shown[0].folder], self.model.shown[0].folder)

    def _pop(self, button: QWidget, menu: QMenu) -> None:
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done, at the mouse or, by the key, at the row."""
        if not self.table.chosen():
            return
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            row = self.table.visualRect(self.table.currentIndex())
            place = self.table.viewport().mapToGlobal(row.bottomLeft() + QPoint(24, 0))
        self.deeds.menu().popup(place)

    def showEvent(self, event: QShowEvent) -> None:
        """Look for runs for as long as somebody looks at them."""
        super().showEvent(event)
        self.watch.follow(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self.watch.follow(False)
