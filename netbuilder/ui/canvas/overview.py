"""All nodes and wires as one item, for the view from afar where not even names could be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.blocks import Category
from netbuilder.ui.canvas.card_text import BADGE_RADIUS
from netbuilder.ui.canvas.look import NO_PEN, Look, mix
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.node_paint import paint_badge
from netbuilder.ui.canvas.shared import Shared
from netbuilder.ui.canvas.wire_item import WireItem

NEAR = 0.45
FAR = 0.3
BRIGHT = 0.2
BADGE_SIDE = 24
SMALL_BADGE, LARGE_BADGE = 11.0, 15.0


@dataclass
class Group:
    """Boxes by category, muted ones apart, with what is marked among them, and wires by what they look like."""

    boxes: dict[Category, list[QRectF]] = field(default_factory=dict)
    muted: list[QRectF] = field(default_factory=list)
    selected: list[QRectF] = field(default_factory=list)
    levels: dict[str, list[QPointF]] = field(default_factory=dict)
    lines: dict[str, list[QLineF]] = field(default_factory=dict)

    def add_node(self, item: NodeItem) -> None:
        """Add a card."""
        card = item.card
        if item.node.muted:
            self.muted.append(card)
        else:
            self.boxes.setdefault(item.category, []).append(card)
        if item.selected:
            self.selected.append(card.adjusted(-8, -8, 8, 8))
        if item.level:
            self.levels.setdefault(item.level, []).append(card.topRight())

    def add_wire(self, item: WireItem) -> None:
        """Add a wire."""
        key = "wrong" if item.wrong else "selected" if item.selected else item.category.name
        self.lines.setdefault(key, []).extend(item.lines)


class Overview(QGraphicsRectItem):
    """Rectangles by colour and wires as thin lines; what is muted or wrong has a shape of its own."""

    def __init__(self, area: QRectF, nodes: Mapping[str, NodeItem], wires: Mapping[str, WireItem], shared: Shared):
        super().__init__(area)
        self.setPen(NO_PEN)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._nodes, self._wires, self._shared = nodes, wires, shared
        self._still: Group | None = None
        self._carried = Group()
        self._keys: tuple[set[str], set[str], set[str]] = (set(), set(), set())
        self._way = QPointF()
        self._badges: tuple[Look | None, dict[str, QPixmap]] = (None, {})

    def renew(self, area: QRectF | None = None) -> None:
        """Look at nodes and wires again when next painted."""
        self._still = None
        if self.isVisible():
            self.update(area) if area is not None else self.update()

    def carry(self, nodes: set[str], inner: set[str], outer: set[str]) -> None:
        """Have these nodes, and the wires among them, move together; the wires `outer` change with every step."""
        self._keys, self._way = (nodes, inner, outer), QPointF()
        self.renew()

    def move_carried(self, dx: float, dy: float) -> None:
        """Show what is carried that far from its place."""
        self._way = QPointF(dx, dy)
        if self.isVisible():
            self.update()

    def _gather(self) -> Group:
        nodes, inner, outer = self._keys
        self._still, self._carried = still, carried = Group(), Group()
        for key, item in self._nodes.items():
            (carried if key in nodes else still).add_node(item)
        for key, wire in self._wires.items():
            if key not in outer:
                (carried if key in inner else still).add_wire(wire)
        return still

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint everything, the carried in front."""
        still = self._still or self._gather()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        outer = self._keys[2]
        self._paint(painter, still)
        if outer:
            loose = Group()
            for key in outer & self._wires.keys():
                loose.add_wire(self._wires[key])
            self._paint_lines(painter, loose)
        if self._keys[0]:
            painter.translate(self._way)
            self._paint(painter, self._carried)

    def _paint(self, painter: QPainter, group: Group) -> None:
        scale, look = painter.worldTransform().m11(), self._shared.look
        self._paint_lines(painter, group)
        painter.setPen(NO_PEN)
        part = max(0.0, min(1.0, (FAR - scale) / (FAR - BRIGHT)))
        for category, boxes in group.boxes.items():
            painter.setBrush(mix(look.category[category], look.far[category], part))
            painter.drawRects(boxes)
        if group.muted:
            painter.setBrush(QBrush(look.faint, Qt.BrushStyle.BDiagPattern))
            painter.setPen(_thin(look.faint, 1))
            painter.drawRects(group.muted)
        if group.selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(_thin(look.accent, 2))
            painter.drawRects(group.selected)
        if group.levels:
            self._paint_badges(painter, group.levels, max(SMALL_BADGE, min(LARGE_BADGE, 48 * scale)) / scale)

    def _paint_lines(self, painter: QPainter, group: Group) -> None:
        look = self._shared.look
        for key, lines in group.lines.items():
            color = look.error if key == "wrong" else look.accent if key == "selected" else look.wire[Category[key]]
            painter.setPen(_thin(color, 2 if key == "wrong" else 1))
            painter.drawLines(lines)

    def _paint_badges(self, painter: QPainter, levels: Mapping[str, Iterable[QPointF]], side: float) -> None:
        """An octagon or a triangle at the corner of every card with a problem, as large as can be told apart."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for level in ("warning", "error"):
            picture = self._badge(level)
            for corner in levels.get(level, ()):
                target = QRectF(corner.x() - side / 2, corner.y() - side / 2, side, side)
                painter.drawPixmap(target, picture, QRectF(picture.rect()))

    def _badge(self, level: str) -> QPixmap:
        look = self._shared.look
        if self._badges[0] is not look:
            self._badges = look, {}
        picture = self._badges[1].get(level)
        if picture is None:
            picture = self._badges[1][level] = QPixmap(BADGE_SIDE * 2, BADGE_SIDE * 2)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(BADGE_SIDE, BADGE_SIDE)
            painter.scale(BADGE_SIDE / (BADGE_RADIUS + 1.5), BADGE_SIDE / (BADGE_RADIUS + 1.5))
            paint_badge(painter, QPointF(), level, look)
            painter.end()
        return picture


def _thin(color: QColor, width: float) -> QPen:
    """A pen that is as wide at every scale."""
    pen = QPen(color, width)
    pen.setCosmetic(True)
    return pen
