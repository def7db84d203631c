"""A wire as a path that Qt paints by itself, and the pill that shows a wire's shape."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsPathItem,
)

from netbuilder.blocks import Category
from netbuilder.graph.records import Wire
from netbuilder.ui.canvas.geometry import Point, wire_lines, wire_path
from netbuilder.ui.canvas.shared import Shared

HIT_WIDTH = 12.0
SHORT = 70.0


class WireItem(QGraphicsPathItem):
    """One wire; its `wire` is the record that it mirrors. Whoever makes one says `restyle` when its state is set."""

    def __init__(self, wire: Wire, category: Category, shared: Shared) -> None:
        super().__init__()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.wire = wire
        self.category, self.kind = category, category.name
        self.shared = shared
        self.selected = False
        self.hovered = False
        self.wrong = False
        self.light = False
        self.text = ""
        self.flow = ""
        self.lane: float | None = None
        self.ends: tuple[Point, Point] = ((0, 0), (0, 0))
        self.via: tuple[Point, ...] = ()
        self._lines: list[QLineF] | None = None
        self._area: QPainterPath | None = None

    def lay(self, start: Point, end: Point, lane: float | None, via: tuple[Point, ...] = ()) -> None:
        """Set the wire's course."""
        if ((start, end), lane, via) == (self.ends, self.lane, self.via) and not self.path().isEmpty():
            return
        self.ends, self.lane, self.via, self._area = (start, end), lane, via, None
        self._lines = None
        self.setPos(0, 0)
        self.setPath(wire_path(start, end, lane, via))

    def shift(self, dx: float, dy: float) -> None:
        """Move the whole wire, because both of its ends moved alike."""
        (x0, y0), (x1, y1) = self.ends
        self.ends = (x0 + dx, y0 + dy), (x1 + dx, y1 + dy)
        if self.lane is not None:
            self.lane += dx
        if self.via:
            self.via = tuple((x + dx, y + dy) for x, y in self.via)
        self._lines = None
        self.moveBy(dx, dy)

    @property
    def lines(self) -> list[QLineF]:
        """The course as straight lines, in the scene."""
        if self._lines is None:
            self._lines = wire_lines(*self.ends, self.lane, self.via)
        return self._lines

    @property
    def state(self) -> str:
        """How the wire is drawn; a selected one that is wrong shows both."""
        if self.wrong:
            return "wrong selected" if self.selected or self.hovered else "wrong"
        return "selected" if self.selected else "hover" if self.hovered else ""

    def restyle(self) -> None:
        """Take the pen for the present state."""
        state = self.state or ("far" if self.shared.far or self.light else "")
        self.setPen(self.shared.look.wire_pen(self.category, state))
        self.setZValue(1 if self.state else 0)

    def set_light(self, light: bool) -> None:
        """Have the line as thin as can be, because it is one of many that change with every step of the mouse."""
        if light != self.light:
            self.light = light
            self.restyle()

    @property
    def labelled(self) -> bool:
        """Whether something is written at it: its shape while it is pointed at, or always what flows through it."""
        return bool(self.flow or (self.text and self.state))

    @property
    def label(self) -> str:
        """What is written at it."""
        return self.text if self.state and self.text else self.flow

    def near(self, point: QPointF, reach: float = HIT_WIDTH) -> bool:
        """Whether a point is close enough to be meant for the wire."""
        area = QRectF(0, 0, reach, reach)
        area.moveCenter(point)
        return self.crosses(area)

    def crosses(self, area: QRectF) -> bool:
        """Whether the wire goes through an area."""
        return self._stroke().intersects(area.translated(-self.pos()))

    def _stroke(self) -> QPainterPath:
        if self._area is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(1)
            self._area = stroker.createStroke(self.path())
        return self._area

    def cut_by(self, line: QPainterPath) -> bool:
        """Whether a line drawn in the scene goes across the wire."""
        return line.translated(-self.pos()).intersects(self._stroke())

    def nearest(self, point: QPointF) -> tuple[float, int]:
        """How far along the wire (0 to 1) it comes nearest to a point, and how many of its dots come before that."""
        path, place = self.path(), point - self.pos()
        steps = 64
        there = min(range(steps + 1), key=lambda i: _apart(path.pointAtPercent(i / steps), place))
        along = there / steps
        dots = [QPointF(*dot) - self.pos() for dot in self.via]
        reached = [min(range(steps + 1), key=lambda i: _apart(path.pointAtPercent(i / steps), dot)) for dot in dots]
        return along, sum(step < there for step in reached)

    def middle(self) -> QPointF:
        """The point half way along."""
        return self.path().pointAtPercent(0.5) + self.pos()


def _apart(first: QPointF, second: QPointF) -> float:
    return QPointF.dotProduct(first - second, first - second)


class DotItem(QGraphicsEllipseItem):
    """A reroute dot of a wire."""

    RADIUS = 5.0

    def __init__(self, wire: WireItem, index: int) -> None:
        super().__init__(-self.RADIUS, -self.RADIUS, 2 * self.RADIUS, 2 * self.RADIUS)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(2)
        self.wire_item, self.index = wire, index
        self.selected = self.hovered = False
        self.restyle()

    def restyle(self) -> None:
        """Take the colours for the present state: a ring, filled and larger when it is selected."""
        look, wire = self.wire_item.shared.look, self.wire_item
        colour = look.accent if self.selected else look.category[wire.category]
        self.setPen(QPen(colour, 2.4 if self.hovered or self.selected else 1.8))
        self.setBrush(colour if self.selected else look.canvas)
        self.setScale(1.25 if self.hovered or self.selected else 1.0)

    def follow(self) -> None:
        """Stand where the wire has the dot."""
        self.setPos(*self.wire_item.via[self.index])
