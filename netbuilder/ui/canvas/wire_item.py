"""A wire as a path that Qt paints by itself, and the pill that shows a wire's shape."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.blocks import Category
from netbuilder.graph.records import Wire
from netbuilder.ui.canvas.geometry import Point, wire_lines, wire_path
from netbuilder.ui.canvas.look import NO_PEN
from netbuilder.ui.canvas.node_paint import Line, set_line
from netbuilder.ui.canvas.shared import Shared

HIT_WIDTH = 12.0
PILL_HEIGHT = 18.0
SHORT = 70.0


class WireItem(QGraphicsPathItem):
    """One wire; its `wire` is the record that it mirrors."""

    def __init__(self, wire: Wire, category: Category, shared: Shared) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.wire = wire
        self.category = category
        self.shared = shared
        self.selected = False
        self.hovered = False
        self.wrong = False
        self.text = ""
        self.lane: float | None = None
        self.ends: tuple[Point, Point] = ((0, 0), (0, 0))
        self._lines: list[QLineF] | None = None
        self._area: QPainterPath | None = None
        self.restyle()

    def lay(self, start: Point, end: Point, lane: float | None) -> None:
        """Set the wire's course."""
        if (start, end) == self.ends and lane == self.lane and not self.path().isEmpty():
            return
        self.ends, self.lane, self._area = (start, end), lane, None
        self._lines = None
        self.setPos(0, 0)
        self.setPath(wire_path(start, end, lane))

    def shift(self, dx: float, dy: float) -> None:
        """Move the whole wire, because both of its ends moved alike."""
        (x0, y0), (x1, y1) = self.ends
        self.ends = (x0 + dx, y0 + dy), (x1 + dx, y1 + dy)
        self.lane = None if self.lane is None else self.lane + dx
        self._lines = None
        self.moveBy(dx, dy)

    @property
    def lines(self) -> list[QLineF]:
        """The course as straight lines, in the scene."""
        if self._lines is None:
            self._lines = wire_lines(*self.ends, self.lane)
        return self._lines

    @property
    def state(self) -> str:
        """How the wire is drawn; a selected one that is wrong shows both."""
        if self.wrong:
            return "wrong selected" if self.selected or self.hovered else "wrong"
        return "selected" if self.selected else "hover" if self.hovered else ""

    def restyle(self) -> None:
        """Take the pen for the present state."""
        self.setPen(self.shared.look.wire_pen(self.category, self.state))
        self.setZValue(1 if self.state else 0)

    @property
    def labelled(self) -> bool:
        """Whether its shape is shown."""
        return bool(self.text and self.state)

    def near(self, point: QPointF, reach: float = HIT_WIDTH) -> bool:
        """Whether a point is close enough to be meant for the wire."""
        area = QRectF(0, 0, reach, reach)
        area.moveCenter(point)
        return self.crosses(area)

    def crosses(self, area: QRectF) -> bool:
        """Whether the wire goes through an area."""
        if self._area is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(1)
            self._area = stroker.createStroke(self.path())
        return self._area.intersects(area.translated(-self.pos()))

    def middle(self) -> QPointF:
        """The point half way along."""
        return self.path().pointAtPercent(0.5) + self.pos()


class PillItem(QGraphicsRectItem):
    """The shape that goes through a wire, on a small pill at its middle."""

    def __init__(self, shared: Shared) -> None:
        super().__init__()
        self.setPen(NO_PEN)
        self.setZValue(5)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.shared = shared
        self._line: Line | None = None
        self._wrong = False
        self._selected = False

    def show_wire(self, wire: WireItem) -> None:
        """Stand at that wire with its shape."""
        look = self.shared.look
        width = look.port_metrics.horizontalAdvance(wire.text) + 18
        middle = wire.middle()
        (x0, y0), (x1, y1) = wire.ends
        short = abs(y1 - y0) < SHORT and abs(x1 - x0) < width
        left = middle.x() + 8 if short else middle.x() - width / 2
        self.setRect(QRectF(round(left), round(middle.y() - PILL_HEIGHT / 2), round(width), PILL_HEIGHT))
        self._line = set_line(wire.text, look.port_font, look.port_metrics, width, self.rect().center().x(), middle.y())
        self._wrong, self._selected = wire.wrong, wire.selected
        self.setVisible(True)
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the pill."""
        if self._line is None:
            return
        look = self.shared.look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(0.5, 0.5, -0.5, -0.5)
        edge = look.error if self._wrong else look.accent if self._selected else look.edge_hover
        painter.setPen(QPen(edge, 1))
        painter.setBrush(look.card if self._wrong else look.pill)
        painter.drawRoundedRect(box, PILL_HEIGHT / 2, PILL_HEIGHT / 2)
        painter.setPen(look.error if self._wrong else look.text)
        painter.setFont(look.port_font)
        center = self.rect().center()
        painter.drawStaticText(QPointF(center.x() - self._line.width / 2, self._line.place.y()), self._line.text)
