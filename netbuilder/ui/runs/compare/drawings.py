"""The drawings of runs side by side, moved together, with what changed marked on them and said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.run_folder import PROJECT
from netbuilder.bridge.run_settings import value_text
from netbuilder.graph.differences import Change, Difference, differences, set_otherwise
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Edit, Node, Wire
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.view import View
from netbuilder.ui.parts import ElidedLabel, label, tip
from netbuilder.ui.runs.compare.look import change_colour, square
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme

_SAID = 6


class DrawingView(View):
    """A drawing to look at: dragged and zoomed, never changed. `moved` tells where it looks now."""

    moved = Signal()

    def __init__(self, theme: Theme) -> None:
        self.drawing = Scene(Look(theme))
        super().__init__(self.drawing)
        self.drawing.setParent(self)
        self._theme = theme
        self._changes: dict[str, Change] = {}
        self._grip: QPointF | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def show_graph(self, graph: Graph, changes: Mapping[str, Change]) -> None:
        """Show a network with these changes marked."""
        self._changes = dict(changes)
        everything: Edit = {key: (None, record) for key, record in graph.records.items()}
        gone: Edit = {key: (item.node, None) for key, item in self.drawing.nodes.items()}
        gone |= {key: (item.record, None) for key, item in self.drawing.papers.items.items()}
        if gone:
            self.drawing.apply(gone, Graph())
        self.drawing.apply(everything, graph)
        self.viewport().update()

    def fit(self) -> None:
        """Show all of it at once."""
        self._frame(set(self.items_scene.everything()), at_once=True)

    def showEvent(self, event: QShowEvent) -> None:
        """Who shows several has them look alike."""
        self._frame_when_shown = False
        super().showEvent(event)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Mark what changed; an empty drawing stays empty."""
        if not self.drawing.empty:
            super().drawForeground(painter, rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for key, change in self._changes.items():
            colour = QColor(change_colour(self._theme, change))
            width = max(2.0, 2.0 / self.camera.scale)
            if key in self.drawing.nodes:
                card = self.drawing.nodes[key].card.adjusted(-4, -4, 4, 4)
                painter.setPen(QPen(colour, width))
                colour.setAlpha(34)
                painter.setBrush(colour)
                painter.drawRoundedRect(card, 10, 10)
            elif key in self.drawing.wires:
                wire = self.drawing.wires[key]
                colour.setAlpha(150)
                painter.setPen(QPen(colour, width * 2, c=Qt.PenCapStyle.RoundCap))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(wire.path().translated(wire.pos()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the paper."""
        self._grip = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull it along."""
        if self._grip is not None:
            way = self._grip - event.position()
            self._grip = event.position()
            self.pan(way.x(), way.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grip = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all of it."""
        self.fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Tell of it."""
        super().scrollContentsBy(dx, dy)
        self.moved.emit()


class DrawingsPage(QWidget):
    """Several drawings; the first is what the others are seen from."""

    def __init__(self, folders: Sequence[Path], names: Sequence[str], theme: Theme) -> None:
        super().__init__()
        self._theme, self._names = theme, list(names)
        self.graphs, self.refusals = _load(folders)
        self._following = False
        readable = [graph for graph in self.graphs if graph is not None]
        self.found = differences(readable) if len(readable) > 1 else []
        self.views = [DrawingView(theme) for _ in self.graphs]
        for view in self.views:
            view.moved.connect(lambda view=view: self._follow(view))
        self.networks = QComboBox()
        self.networks.setAccessibleName(self.tr("Network"))
        self._fill_networks(readable)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Changes"))
        self.list.currentRowChanged.connect(self._go)
        self._lay_out()
        self._fill_list(readable)
        self.networks.currentIndexChanged.connect(lambda _: self._show())
        self._show()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(14)
        self.networks.setVisible(self.networks.count() > 1)
        bar.addWidget(self.networks)
        for change, text in (
            ("removed", self.tr("only in the first")),
            ("added", self.tr("not in the first")),
            ("changed", self.tr("set otherwise")),
        ):
            bar.addWidget(self._key(change, text))  # type: ignore[arg-type]
        bar.addStretch(1)
        bar.addWidget(label(self.tr("Drag to move, wheel to zoom, double-click to see all"), "faint"))
        side_by_side = QSplitter(Qt.Orientation.Horizontal)
        side_by_side.setChildrenCollapsible(False)
        for name, view, refusal in zip(self._names, self.views, self.refusals, strict=True):
            side_by_side.addWidget(self._framed(name, view, refusal))
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setStyleSheet("QListWidget { padding: 4px 8px; }")
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(side_by_side)
        split.addWidget(self.list)
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 1)
        split.setSizes([520, 150] if self.found else [640, 40])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(split, 1)

    def _key(self, change: Change, text: str) -> QWidget:
        mark, row = QLabel(), QWidget()
        mark.setPixmap(square(change_colour(self._theme, change)).pixmap(16, 16))
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(mark)
        box.addWidget(label(text, "soft"))
        return row

    def _framed(self, name: str, view: DrawingView, refusal: str) -> QWidget:
        frame = QWidget()
        box = QVBoxLayout(frame)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        title = ElidedLabel(name, "soft")
        title.setContentsMargins(12, 2, 12, 4)
        title.setFixedHeight(24)
        box.addWidget(title)
        if refusal:
            view.hide()
            said = label(refusal, "soft", wrap=True)
            said.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.addWidget(said, 1)
        else:
            box.addWidget(view, 1)
        return frame

    def _fill_networks(self, graphs: Sequence[Graph]) -> None:
        names: dict[str, str] = {}
        for graph in graphs:
            names |= {key: network.name for key, network in graph.networks.items() if key not in names}
        for key in sorted(names, key=lambda key: (key != MAIN, names[key])):
            count = sum(one.network == key for one in self.found)
            text = names[key] + (self.tr(" ({count} changes)").format(count=count) if count else "")
            self.networks.addItem(text, key)

    def _fill_list(self, readable: Sequence[Graph]) -> None:
        for difference in self.found:
            change = self._worst(difference)
            item = QListWidgetItem(square(change_colour(self._theme, change)), self._said(difference, readable))
            item.setToolTip(tip(item.text()))
            item.setSizeHint(QSize(100, 26))
            self.list.addItem(item)
        if not self.found:
            text = (
                self.tr("The drawings are the same.") if len(readable) > 1 else self.tr("There is nothing to compare.")
            )
            item = QListWidgetItem(text)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)

    def _worst(self, difference: Difference) -> Change:
        changes = [difference.change(at) for at in range(len(difference.records))]
        return "removed" if "removed" in changes else "added" if "added" in changes else "changed"

    def _said(self, difference: Difference, graphs: Sequence[Graph]) -> str:
        """A difference in words."""
        there = [record is not None for record in difference.records]
        at = there.index(True)
        what = _name(difference.records[at], graphs[at])
        if all(there):
            parts = [
                f"{name.replace('_', ' ')} {' → '.join(map(value_text, values))}"
                for name, values in set_otherwise(difference, graphs).items()
            ]
            more = self.tr(" and {count} more").format(count=len(parts) - _SAID) if len(parts) > _SAID else ""
            return f"{what}: {', '.join(parts[:_SAID])}{more}"
        names = [name for name, graph in zip(self._names, self.graphs, strict=True) if graph is not None]
        having = ", ".join(name for name, has in zip(names, there, strict=True) if has)
        return self.tr("{what}: only in {runs}").format(what=what, runs=having)

    def _show(self) -> None:
        network = self.networks.currentData() or MAIN
        at = 0
        for graph, view in zip(self.graphs, self.views, strict=True):
            if graph is None:
                continue
            changes = {one.key: change for one in self.found if (change := one.change(at)) is not None}
            part = graph.part(network) if network in graph.networks else Graph()
            view.show_graph(part, changes)
            at += 1
        self._fit()

    def _fit(self) -> None:
        """Show all of the largest drawing, and of the others the same place."""
        seen = [view for view in self.views if view.isVisible()]
        if seen:
            max(seen, key=lambda view: len(view.drawing.nodes)).fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the drawings into the room that they have once they are laid out."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._fit)

    def _go(self, row: int) -> None:
        """Look at a change, in all drawings that have it."""
        if not 0 <= row < len(self.found):
            return
        difference = self.found[row]
        self.networks.setCurrentIndex(max(self.networks.findData(difference.network), 0))
        record = next(record for record in difference.records if record is not None)
        key = record.target if isinstance(record, Wire) else difference.key
        self._following = True
        for view in self.views:
            if key in view.drawing.nodes:
                view.camera.go(view.drawing.nodes[key].card.center(), max(view.camera.scale, 0.8), at_once=True)
        self._following = False

    def _follow(self, leader: DrawingView) -> None:
        """Have the other drawings look where this one does."""
        if self._following or not leader.isVisible():
            return
        self._following = True
        for view in self.views:
            if view is not leader and view.isVisible():
                view.camera.go(leader.camera.center, leader.camera.scale, at_once=True)
        self._following = False


def _load(folders: Sequence[Path]) -> tuple[list[Graph | None], list[str]]:
    graphs: list[Graph | None] = []
    refusals = []
    for folder in folders:
        try:
            graphs.append(load(folder / PROJECT))
            refusals.append("")
        except Refused as refused:
            graphs.append(None)
            refusals.append(words(refused.sentence))
    return graphs, refusals


def _name(record: Node | Wire | None, graph: Graph) -> str:
    if isinstance(record, Wire):
        source, target = graph.nodes.get(record.source), graph.nodes.get(record.target)
        return f"{source.name if source else '?'} → {target.name if target else '?'}.{record.input}"
    return record.name if record is not None else ""
