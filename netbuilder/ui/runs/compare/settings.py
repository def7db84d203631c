"""The settings of runs beside each other, with what came of them; what differs is marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.bridge.run_settings import ABSENT, WIRES, known_settings, value_text
from netbuilder.bridge.run_table import duration
from netbuilder.bridge.runs import Run
from netbuilder.ui.parts import Switch, label, tip
from netbuilder.ui.runs.columns import VALIDATION, best_text, number, setting_name, state_text, when
from netbuilder.ui.runs.compare.look import run_colour, square
from netbuilder.ui.theme import Theme

Row = tuple[str, list[str]]


class _Cells(QStyledItemDelegate):
    """Leaves as much room at the left of a cell as there is in the header."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Move the text in."""
        super().initStyleOption(option, index)
        option.text = f"  {option.text}"


class SettingsPage(QWidget):
    """A table: a row for each setting, a column for each run."""

    def __init__(self, runs: Sequence[Run], names: Sequence[str], theme: Theme) -> None:
        super().__init__()
        self._runs, self._names, self._theme = runs, names, theme
        self.only = Switch()
        self.only.setChecked(True)
        self.only.setAccessibleName(self.tr("Only what differs"))
        self.only.toggled.connect(lambda _: self._fill())
        self.table = QTableWidget()
        self.table.setAccessibleName(self.tr("Settings"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(27)
        self.table.setItemDelegate(_Cells(self.table))
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(8)
        bar.addWidget(label(self.tr("Only what differs"), "soft"))
        bar.addWidget(self.only)
        bar.addSpacing(8)
        self._counts = label("", "faint")
        bar.addWidget(self._counts)
        bar.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        self._fill()

    def _fill(self) -> None:
        only = self.only.isChecked()
        differ, settings = 0, 0
        self.table.clear()
        self.table.setRowCount(0)
        self.table.setColumnCount(1 + len(self._runs))
        self.table.setHorizontalHeaderLabels(["", *self._names])
        for title, rows in self._groups():
            shown = [row for row in rows if not only or len(set(row[1])) > 1]
            if title != self.tr("Result"):
                settings += len(rows)
                differ += sum(len(set(values)) > 1 for _, values in rows)
            if shown:
                self._add_title(title)
            for name, values in shown:
                self._add(name, values, tinted=not only and title != self.tr("Result"))
        self._counts.setText(self.tr("{differ} of {count} settings differ").format(differ=differ, count=settings))
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for at in range(len(self._runs)):
            item = self.table.horizontalHeaderItem(1 + at)
            if item is not None:
                item.setIcon(square(run_colour(self._theme, at)))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.table.setColumnWidth(0, 240)

    def _add_title(self, title: str) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        item = QTableWidgetItem(title)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        font.setPixelSize(12)
        item.setFont(font)
        item.setForeground(QBrush(QColor(self._theme.text_soft)))
        self.table.setItem(row, 0, item)
        self.table.setSpan(row, 0, 1, 1 + len(self._runs))

    def _add(self, name: str, values: Sequence[str], tinted: bool) -> None:
        row, differs = self.table.rowCount(), len(set(values)) > 1
        self.table.insertRow(row)
        for at, text in enumerate((name, *values)):
            item = QTableWidgetItem(text)
            item.setToolTip(tip(text))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            theme = self._theme
            usual = theme.text_faint if text == ABSENT else theme.text_soft if at == 0 or not differs else theme.text
            item.setForeground(QBrush(QColor(usual)))
            if differs and tinted:
                item.setBackground(QBrush(QColor(theme.tint)))
            self.table.setItem(row, at, item)

    def _groups(self) -> list[tuple[str, list[Row]]]:
        """The rows by what they are about."""
        settings = [run.settings for run in self._runs if run.settings is not None]
        training: list[Row] = []
        blocks: list[Row] = []
        for key in known_settings(settings):
            if key == WIRES:
                continue
            given = [run.settings.value(key) if run.settings is not None else ABSENT for run in self._runs]
            row = setting_name(key), [value_text(value) for value in given]
            (blocks if key.of else training).append(row)
        return [
            (self.tr("Result"), self._results()),
            (self.tr("Training"), training),
            (self.tr("Computer"), self._computer()),
            (self.tr("Blocks"), blocks),
        ]

    def _results(self) -> list[Row]:
        runs = self._runs
        rows: list[Row] = [
            (self.tr("State"), [state_text(run) for run in runs]),
            (self.tr("Began"), [when(run) for run in runs]),
            (self.tr("Time"), [duration(run.seconds) for run in runs]),
            (self.tr("Steps"), [f"{run.steps:,}" for run in runs]),
            (self.tr("Last loss"), [number(run.loss) if run.losses else ABSENT for run in runs]),
        ]
        for name in dict.fromkeys(name for run in runs for name in run.best):
            title = self.tr("validation loss") if name == VALIDATION else name
            texts = [best_text(run, name) or ABSENT for run in runs]
            rows.append((self.tr("Best {metric}").format(metric=title), texts))
        return rows

    def _computer(self) -> list[Row]:
        abouts = [run.about for run in self._runs if run.about is not None]
        return [
            (self.tr("Device"), [about.device_name or about.device for about in abouts]),
            (self.tr("torch"), [about.torch for about in abouts]),
            (self.tr("Threads"), [str(about.threads) for about in abouts]),
            (self.tr("Processes"), [str(about.processes) for about in abouts]),
        ]
