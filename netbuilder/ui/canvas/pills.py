"""The shapes that go through wires, on small pills that lie neither over each other nor over a card's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.ui.canvas.card_text import Line, set_line
from netbuilder.ui.canvas.geometry import CARD_WIDTH, Rows
from netbuilder.ui.canvas.look import NO_PEN
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.node_paint import AROUND, PORT_RADIUS
from netbuilder.ui.canvas.shared import Shared
from netbuilder.ui.canvas.wire_item import WireItem

HEIGHT = 16.0
ASIDE, BESIDE = 8.0, CARD_WIDTH / 2 + 24.0
SHORT = 70.0
EDGE = 4.0
PARTS = (0.5, 0.38, 0.62, 0.26, 0.74, 0.14, 0.86)
FARTHEST = 8


class PillItem(QGraphicsRectItem):
    """One wire's shape."""

    def __init__(self, shared: Shared, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        self.setPen(NO_PEN)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.shared = shared
        self._line: Line | None = None
        self._wrong = self._selected = False

    def show_wire(self, wire: WireItem, place: QRectF) -> None:
        """Stand there, with that wire's shape."""
        look = self.shared.look
        if place != self.rect():
            self.setRect(place)
        self._line = set_line(wire.label, look.port_font, look.port_metrics, place.width(), 0, place.center().y())
        self._wrong, self._selected = wire.wrong, wire.selected
        self.setVisible(True)
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the pill."""
        if self._line is None:
            return
        look, line = self.shared.look, self._line
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(0.5, 0.5, -0.5, -0.5)
        edge = look.error if self._wrong else look.accent if self._selected else look.edge_hover
        painter.setPen(QPen(edge, 1.6 if self._wrong else 1.0))
        painter.setBrush(look.card if self._wrong else look.pill)
        painter.drawRoundedRect(box, HEIGHT / 2, HEIGHT / 2)
        painter.setPen(look.error if self._wrong else look.text)
        painter.setFont(line.font)
        place = QPointF(self.rect().center().x() - line.width / 2, line.place.y())
        if self.shared.vector:
            painter.drawText(QPointF(place.x(), place.y() + line.ascent), line.text.text())
        else:
            painter.drawStaticText(place, line.text)


class Pills:
    """The pills of all wires that have one, and where they find room."""

    def __init__(self, layer: QGraphicsItem, rows: Rows, nodes: Mapping[str, NodeItem], shared: Shared) -> None:
        self._layer = QGraphicsRectItem(layer)
        self._layer.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self._layer.setZValue(5)
        self._rows, self._nodes, self._shared = rows, nodes, shared
        self._pills: dict[str, tuple[WireItem, PillItem]] = {}
        self._stale = False

    def __contains__(self, key: str) -> bool:
        """Whether that wire has a pill."""
        return key in self._pills

    def set_visible(self, visible: bool) -> None:
        """Show all or none."""
        self._layer.setVisible(visible)

    def places(self) -> list[QRectF]:
        """Where the pills are that can be seen."""
        return [pill.rect() for _, pill in self._pills.values() if pill.isVisible()]

    def show(self, wire: WireItem) -> None:
        """Have a pill at that wire."""
        kept = self._pills.get(wire.wire.id)
        self._pills[wire.wire.id] = wire, kept[1] if kept else PillItem(self._shared, self._layer)
        self._stale = True

    def drop(self, key: str) -> None:
        """Have no pill at that wire."""
        kept = self._pills.pop(key, None)
        if kept is not None:
            kept[1].scene().removeItem(kept[1])
            self._stale = True

    def move(self) -> None:
        """Look for places again: wires or cards have moved."""
        self._stale = bool(self._pills)

    def arrange(self) -> None:
        """Give every pill the first place near its wire's middle that is free; one that has none is not shown."""
        if not self._stale:
            return
        self._stale = False
        taken: list[QRectF] = []
        for wire, pill in self._pills.values():
            place = next((box for box in self._candidates(wire) if self._free(box, taken)), None)
            if place is None:
                pill.setVisible(False)
            else:
                pill.show_wire(wire, place)
                taken.append(place.adjusted(-2, -1, 2, 1))

    def _free(self, box: QRectF, taken: list[QRectF]) -> bool:
        if any(box.intersects(other) for other in taken):
            return False
        words = box.adjusted(-EDGE, EDGE, EDGE, -EDGE)
        ports = box.adjusted(-PORT_RADIUS, -PORT_RADIUS, PORT_RADIUS, PORT_RADIUS)
        around = (box.left() - AROUND, box.top() - AROUND, box.right() + AROUND, box.bottom() + AROUND)
        for key, _ in self._rows.touching(around):
            item = self._nodes[key]
            if item.card.intersects(words) or (item.level and item.badge().intersects(box)):
                return False
            if any(ports.contains(point) for _, point in item.port_refs()):
                return False
        return True

    def _candidates(self, wire: WireItem) -> Iterator[QRectF]:
        """On the wire, then at its sides, then above and below those."""
        width = round(self._shared.look.port_metrics.horizontalAdvance(wire.label) + 18)
        path, shift = wire.path(), wire.pos()
        (x0, y0), (x1, y1) = wire.ends

        def at(left: float, middle: float) -> QRectF:
            return QRectF(round(left), round(middle - HEIGHT / 2), width, HEIGHT)

        if abs(y1 - y0) >= SHORT or abs(x1 - x0) >= width:
            for part in PARTS:
                point = path.pointAtPercent(part) + shift
                yield at(point.x() - width / 2, point.y())
        middle = wire.middle()
        for step in range(FARTHEST):
            for aside in (ASIDE, BESIDE) if step else (ASIDE,):
                for side in (step, -step) if step else (0,):
                    down = middle.y() + side * (HEIGHT + 2)
                    yield at(middle.x() + aside, down)
                    yield at(middle.x() - aside - width, down)
