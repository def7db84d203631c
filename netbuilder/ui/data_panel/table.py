"""Samples as the rows of a table: their features, their targets, their sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from netbuilder.ui.data_panel.cells import Cells, number_text
from netbuilder.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
WIDEST = 420


class Rows(QAbstractTableModel):
    """The samples of a page. A row of features has a column for each; all else has one."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: list[tuple[Cells, int | None]] = []
        self._first = 0
        self._count = 0
        self.bad = QColor()

    def show_samples(self, columns: Sequence[Cells], first: int, count: int) -> None:
        """Show other samples."""
        self.beginResetModel()
        self._cells = []
        for cells in columns:
            if cells.column.kind == "row":
                self._cells += [(cells, i) for i in range(cells.column.sent[0])]
            else:
                self._cells.append((cells, None))
        self._first, self._count = first, count
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many samples there are."""
        return self._count

    def columnCount(self, parent: Index | None = None) -> int:
        """How many columns there are."""
        return len(self._cells)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell, its side, its weight, its colour."""
        cells, place = self._cells[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cells.text(index.row()) if place is None else number_text(cells.numbers(index.row())[place])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(cells)
        if role == Qt.ItemDataRole.FontRole and cells.column.target:
            font = QFont()
            font.setWeight(QFont.Weight.Medium)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and place is not None:
            value = cells.numbers(index.row())[place]
            return self.bad if value != value else None
        return None

    def headerData(self, section: int, across: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of columns, and the numbers of samples."""
        if role == Qt.ItemDataRole.TextAlignmentRole and across == Qt.Orientation.Horizontal:
            return _side(self._cells[section][0])
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if across == Qt.Orientation.Vertical:
            return f"{self._first + section:,}"
        cells, place = self._cells[section]
        if place is None:
            return cells.column.title
        return cells.column.names[place] if cells.column.names else f"{cells.column.title} {place}"


def _side(cells: Cells) -> int:
    """Numbers stand at the right, words at the left."""
    numbers = cells.column.kind in ("row", "number")
    return int((Qt.AlignmentFlag.AlignRight if numbers else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter)


class SampleTable(QTableView):
    """A table that only shows. `chosen` gives the row that is gone to."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "samples")
        self.rows = Rows()
        self.setModel(self.rows)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setDefaultSectionSize(26)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(64)
        self.setAccessibleName(self.tr("Samples"))
        self.selectionModel().currentRowChanged.connect(lambda now, _: self.chosen.emit(now.row()))
        self.set_theme(theme)

    def show_samples(self, columns: Sequence[Cells], first: int, count: int) -> None:
        """Show other samples."""
        before = self.rows.columnCount()
        self.rows.show_samples(columns, first, count)
        if self.rows.columnCount() != before:
            self.resizeColumnsToContents()
            for section in range(self.rows.columnCount()):
                width = min(WIDEST, self.columnWidth(section) + 20)
                self.setColumnWidth(section, width)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.rows.bad = QColor(theme.error)
        self.viewport().update()
