"""Several groups of tiles under headings, one below the other: what a look into a run shows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from netbuilder.bridge.viewing import Group
from netbuilder.ui.data_panel.cells import Cells
from netbuilder.ui.data_panel.grid import EDGE, SampleGrid
from netbuilder.ui.data_panel.table import SampleTable
from netbuilder.ui.parts import label
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme

ROW = 26
MAP_SIDE = 64
TILE_SIDE = 120
WIDEST = 216  # so that what stands below has room
LOW_SIDE = 44  # of a picture, where the panel is low: better small than without its words


class GroupBox(QWidget):
    """One group. `chosen` gives the number of the sample that is chosen in it."""

    chosen = Signal(int)

    def __init__(self, group: Group, title: str, theme: Theme, side: int) -> None:
        super().__init__()
        self.group = group
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(2)
        self.heading = label(title, "section")
        row = QHBoxLayout()
        row.setContentsMargins(EDGE, 0, EDGE, 0)
        row.setSpacing(EDGE)
        row.addWidget(self.heading)
        if group.note is not None:
            row.addWidget(label(words(group.note), "help", wrap=True), 1)
        column.addLayout(row)
        cells = [Cells(one) for one in group.columns]
        self.tiles: SampleGrid | SampleTable
        if cells[0].column.kind in ("picture", "curve"):
            self.tiles = SampleGrid(theme)
            self.tiles.set_side(side)
            self.tiles.show_samples(cells[0], cells[1:], [self._name(i) for i in range(len(group.names))])
            self.tiles.show_whole()
        else:
            self.tiles = SampleTable(theme)
            self.tiles.show_samples(cells, 0, len(group.names))
            self.tiles.setFixedHeight(ROW * (len(group.names) + 1) + 8)
        self.tiles.chosen.connect(self._choose)
        column.addWidget(self.tiles)

    def fit(self, height: int) -> None:
        """Show pictures so low that the first row is seen whole in this height, if that is possible."""
        if isinstance(self.tiles, SampleGrid) and not self.group.node:
            others = self.sizeHint().height() - self.tiles.minimumHeight() + self.tiles.around
            wide = max(TILE_SIDE, min(WIDEST, self.tiles.widest_text()))
            self.tiles.set_side(max(LOW_SIDE, min(TILE_SIDE, height - others)), wide)

    def _name(self, index: int) -> str:
        if self.group.numbers:
            return self.tr("Sample {0}").format(self.group.names[index])
        return self.tr("Number {0}").format(self.group.names[index])

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self.group.numbers):
            self.chosen.emit(self.group.numbers[index])


class GroupList(QScrollArea):
    """All groups. `chosen` is as a GroupBox's."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Sequence[Group], Sequence[str]] = ((), ())
        self.boxes: list[GroupBox] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_groups(self, groups: Sequence[Group], titles: Sequence[str]) -> None:
        """Show other groups under these titles."""
        self._shown = (groups, titles)
        page = QWidget()
        page.setProperty("role", "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 10)
        column.setSpacing(0)
        self.boxes = []
        for group, title in zip(groups, titles, strict=True):
            box = GroupBox(group, title, self._theme, MAP_SIDE if group.node else TILE_SIDE)
            box.chosen.connect(self.chosen)
            self.boxes.append(box)
            column.addWidget(box)
        column.addStretch(1)
        self.setWidget(page)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the tiles to the height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for box in self.boxes:
            box.fit(self.viewport().height())

    def reveal(self, node: str) -> None:
        """Scroll to what belongs to a block."""
        box = next((box for box in self.boxes if box.group.node == node and node), None)
        if box is not None:
            self.verticalScrollBar().setValue(box.y())

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        place = self.verticalScrollBar().value()
        self.show_groups(*self._shown)
        self.verticalScrollBar().setValue(place)
