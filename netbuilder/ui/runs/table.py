"""The table of runs: rows chosen by mouse and keys, columns that can be hidden, a star that can be clicked."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSettings, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from netbuilder.bridge.runs import Run
from netbuilder.ui.runs.cells import ROW, Cells
from netbuilder.ui.runs.columns import METRIC, SETTING
from netbuilder.ui.runs.model import AnyIndex, Order, RunsModel
from netbuilder.ui.theme import Theme

_NEVER_HIDDEN = ("star", "state", "name")
WIDE = "differs"


class RunsTable(QTableView):
    """Shows a RunsModel. `entered` is Enter or a double-click, `starred` a click on a star, `chose` any selection."""

    entered = Signal()
    starred = Signal(object)
    chose = Signal()

    def __init__(self, model: RunsModel, theme: Theme, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._settings = model, settings
        self._kept: tuple[list[Path], Path | None] = ([], None)
        self.cells = Cells(self, theme)
        self.setItemDelegate(self.cells)
        self.setModel(model)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAccessibleName(self.tr("Runs"))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW)
        rows.setDefaultSectionSize(ROW)
        self._set_header()
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        self._lay_columns()

    def _set_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(30)
        header.setStretchLastSection(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda place: self.columns_menu().popup(header.mapToGlobal(place)))
        header.sectionClicked.connect(self._sort_by)
        header.sectionResized.connect(self._resized)
        header.setSortIndicatorShown(True)

    # What is chosen.

    def chosen(self) -> list[Run]:
        """The selected runs, from top to bottom."""
        rows = {index.row() for index in self.selectionModel().selectedIndexes()}
        return [self._model.run(row) for row in sorted(rows) if row < len(self._model.shown)]

    def choose(self, folders: list[Path], current: Path | None = None) -> None:
        """Select these runs, and go to one of them."""
        selection = QItemSelection()
        last = max(len(self._model.columns) - 1, 0)
        for folder in folders:
            row = self._model.row(folder)
            if row >= 0:
                selection.select(self._model.index(row, 0), self._model.index(row, last))
        flags = QItemSelectionModel.SelectionFlag
        row = self._model.row(current) if current is not None else -1
        if row >= 0:
            index = self._model.index(row, self._model.place("name"))
            self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        self.selectionModel().select(selection, flags.ClearAndSelect)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell of it."""
        super().selectionChanged(selected, deselected)
        self.chose.emit()

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        """Paint the frames of both rows, which reach over all their cells."""
        super().currentChanged(current, previous)
        self.viewport().update()

    def _keep(self) -> None:
        index = self.currentIndex()
        current = self._model.run(index.row()).folder if index.isValid() else None
        self._kept = [run.folder for run in self.chosen()], current

    def _restore(self) -> None:
        self._lay_columns()
        folders, current = self._kept
        if folders or current is not None:
            self.choose(folders, current)

    # Columns.

    def _lay_columns(self) -> None:
        """Show the columns that are wanted, as wide as they were left."""
        widths = self._settings.value("runs/widths", {})
        widths = widths if isinstance(widths, dict) else {}
        header = self.horizontalHeader()
        header.blockSignals(True)
        for at, column in enumerate(self._model.columns):
            width = str(widths.get(column.key, ""))
            self.setColumnWidth(at, int(width) if width.isdecimal() else column.width)
            self.setColumnHidden(at, not self._shown(column.key, column.quiet))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.setSortIndicator(self._model.place(self._model.sorted_by), self._model.order)
        header.blockSignals(False)
        self._spread()

    def _spread(self) -> None:
        """Give what room is left to the column that always has more to say."""
        at = self._model.place(WIDE)
        if at < 0 or self.isColumnHidden(at):
            return
        header = self.horizontalHeader()
        rest = sum(header.sectionSize(one) for one in range(header.count()) if one != at)
        header.blockSignals(True)
        self.setColumnWidth(at, max(self._model.columns[at].width, self.viewport().width() - rest))
        header.blockSignals(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have the columns fill the width."""
        super().resizeEvent(event)
        self._spread()

    def _shown(self, key: str, quiet: bool) -> bool:
        chosen = self._settings.value("runs/columns", {})
        wanted = chosen.get(key) if isinstance(chosen, dict) else None
        return key in _NEVER_HIDDEN or (not quiet if wanted is None else str(wanted).lower() == "true")

    def columns_menu(self) -> QMenu:
        """Which columns are shown; settings in which no two runs differ are not offered."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        groups = (
            (menu, lambda key: not key.startswith((METRIC, SETTING))),
            (menu.addMenu(self.tr("Metrics")), lambda key: key.startswith(METRIC)),
            (menu.addMenu(self.tr("Settings that differ")), lambda key: key.startswith(SETTING)),
        )
        for inner, belongs in groups:
            for column in self._model.columns:
                if column.key not in _NEVER_HIDDEN and belongs(column.key):
                    action = inner.addAction(column.title)
                    action.setCheckable(True)
                    action.setChecked(self._shown(column.key, column.quiet))
                    action.toggled.connect(partial(self.show_column, column.key))
            inner.menuAction().setEnabled(not inner.isEmpty())
        return menu

    def show_column(self, key: str, on: bool) -> None:
        """Show a column or hide it, and remember that."""
        chosen = self._settings.value("runs/columns", {})
        self._settings.setValue("runs/columns", {**(chosen if isinstance(chosen, dict) else {}), key: on})
        at = self._model.place(key)
        if at >= 0:
            self.setColumnHidden(at, not on)
            self._spread()

    def _resized(self, section: int, _before: int, width: int) -> None:
        if 0 <= section < len(self._model.columns) and width > 0 and self._model.columns[section].key != WIDE:
            self._spread()
            widths = self._settings.value("runs/widths", {})
            kept = widths if isinstance(widths, dict) else {}
            self._settings.setValue("runs/widths", {**kept, self._model.columns[section].key: width})

    def _sort_by(self, section: int) -> None:
        column = self._model.columns[section]
        if column.key == self._model.sorted_by:
            down = self._model.order == Order.AscendingOrder
        else:
            down = column.key in ("created", "steps", "seconds") or (
                column.key.startswith(METRIC) and not column.key.endswith("loss")
            )
        self.sort_by(column.key, Order.DescendingOrder if down else Order.AscendingOrder)

    def sort_by(self, key: str, order: Order) -> None:
        """Sort by a column."""
        at = self._model.place(key)
        self._model.sort(at, order)
        self.horizontalHeader().setSortIndicator(at, order)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def edit_note(self) -> None:
        """Have the note of the current run typed, in its cell."""
        if not self._shown("note", False):
            self.show_column("note", True)
        index = self._model.index(self.currentIndex().row(), self._model.place("note"))
        if index.isValid():
            self.scrollTo(index)
            self.setCurrentIndex(index)
            self.edit(index)

    # Mouse and keys.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a star is no selection."""
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and self._is_star(index):
            self.starred.emit(self._model.run(index.row()))
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double-click enters."""
        index = self.indexAt(event.position().toPoint())
        if self._is_star(index):
            self.mousePressEvent(event)
        elif index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            self.entered.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which row the mouse is on."""
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse is on no row any more."""
        super().leaveEvent(event)
        self._hover(QPoint(-1, -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter enters; Home and End go to the first and last run; letters are for commands, not for searching."""
        shown, plain = self._model.shown, event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and shown and plain:
            folder = shown[0 if event.key() == Qt.Key.Key_Home else -1].folder
            self.choose([folder], folder)
            self.scrollTo(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen():
            self.entered.emit()
        elif event.text().isprintable() and event.text() and plain and event.key() != Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _is_star(self, index: QModelIndex) -> bool:
        return index.isValid() and self._model.columns[index.column()].kind == "star"

    def _hover(self, place: QPoint) -> None:
        index = self.indexAt(place)
        found = index.row(), self._is_star(index)
        if found != (self.cells.hovered, self.cells.on_star):
            self.cells.hovered, self.cells.on_star = found
            self.viewport().update()
