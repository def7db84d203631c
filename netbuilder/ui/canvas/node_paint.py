"""How a card is painted: background, strip, texts, ports, gradient bar and badge."""

from __future__ import annotations

from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QStaticText, QTextOption, QTransform

from netbuilder.ui.canvas.geometry import CARD_HEIGHT
from netbuilder.ui.canvas.look import NO_PEN, Look
from netbuilder.ui.canvas.shared import PortRef, Shared

if TYPE_CHECKING:
    from netbuilder.ui.canvas.node_item import NodeItem

LEFT = 15.0
RIGHT = 11.0
BETWEEN = 8.0
FIRST_LINE = 16.0
SECOND_LINE = 33.0
PORT_RADIUS = 4.0
LABEL_SPACING = 40
SECOND_LINE_SCALE = 0.6
BADGE_RADIUS = 9.5
BAR = QRectF(6, 9, 4, CARD_HEIGHT - 18)
NORM_LOW, NORM_HIGH = -6.0, 1.0


class Line(NamedTuple):
    """A text that is ready to be drawn, and its top left corner."""

    text: QStaticText
    place: QPointF
    width: float


def set_line(
    text: str, font: QFont, metrics: QFontMetricsF, room: float, left: float, middle: float, right: bool = False
) -> Line:
    """Set a text into `room`, elided where it is longer; `left` is its right end if `right`."""
    if metrics.horizontalAdvance(text) > room:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    width = metrics.horizontalAdvance(text)
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    static.prepare(font=font)
    x = left - width if right else left
    return Line(static, QPointF(round(x), round(middle - metrics.height() / 2)), width)


def split_room(room: float, left: float, right: float, least: float) -> tuple[float, float]:
    """Share a line's room between two texts; the left one is sure of the part `least`."""
    if left + right + BETWEEN <= room:
        return left, right
    if not right:
        return room, 0
    first = min(left, max(room - BETWEEN - right, least * room))
    return first, max(0.0, room - BETWEEN - first)


def card_lines(item: NodeItem, look: Look) -> list[Line]:
    """The four texts of a card, set so that none meets another."""
    room, end = item.width - LEFT - RIGHT, item.width - RIGHT
    name, block, summary, shape = item.node.name, item.node.block, item.summary(), item.shape_text()
    names, blocks, smalls = look.name_metrics, look.block_metrics, look.small_metrics
    first = split_room(room, names.horizontalAdvance(name) + 1, blocks.horizontalAdvance(block) + 1, 0.55)
    second = split_room(room, smalls.horizontalAdvance(summary) + 1, smalls.horizontalAdvance(shape) + 1, 0.4)
    if not summary:
        second = 0, room
    return [
        set_line(name, look.name_font, names, first[0], LEFT, FIRST_LINE),
        set_line(block, look.block_font, blocks, first[1], end, FIRST_LINE, right=True),
        set_line(summary, look.small_font, smalls, second[0], LEFT, SECOND_LINE),
        set_line(shape, look.small_font, smalls, second[1], end, SECOND_LINE, right=True),
    ]


def paint_card(painter: QPainter, item: NodeItem, shared: Shared, ratio: float) -> None:
    """Paint a card on whole pixels of a screen with that pixel ratio.

    What cards of one block and state have in common is painted once for each scale, and copied.
    """
    look, world = shared.look, painter.worldTransform()
    scale = world.m11()
    x, y = round(world.dx() * ratio) / ratio, round(world.dy() * ratio) / ratio
    near = QTransform(scale, 0, 0, scale, x, y)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if shared.offer is None:
        plate = look.plate((*item.plate_key, item.hovered, item.selected, item.level), scale * ratio)
        if plate.isNull():
            _make_plate(plate, item, shared, scale, ratio)
        corner = _corner(item.rect(), scale * ratio)
        painter.setWorldTransform(QTransform.fromTranslate(x, y))
        painter.drawPixmap(QPointF(corner.x() / ratio, corner.y() / ratio), plate)
        painter.setWorldTransform(near)
    else:
        painter.setWorldTransform(near)
        known = shared.offer.get(item.node.id) or (shared.origin is not None and shared.origin.node == item.node.id)
        if not known:
            painter.setOpacity(0.4)
        _plate(painter, item, shared)
    _texts(painter, item, look, scale >= SECOND_LINE_SCALE)
    if item.norm is not None:
        _bar(painter, item.width, item.norm, look)


def _corner(area: QRectF, scale: float) -> QPoint:
    """The whole pixel at or before an area's top left corner."""
    return QPoint(floor(area.left() * scale), floor(area.top() * scale))


def _make_plate(plate: QPixmap, item: NodeItem, shared: Shared, scale: float, ratio: float) -> None:
    area, corner = item.rect(), _corner(item.rect(), scale * ratio)
    right, bottom = ceil(area.right() * scale * ratio), ceil(area.bottom() * scale * ratio)
    made = QPixmap(right - corner.x(), bottom - corner.y())
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-corner.x(), -corner.y())
    painter.scale(scale * ratio, scale * ratio)
    _plate(painter, item, shared)
    painter.end()
    made.setDevicePixelRatio(ratio)
    plate.swap(made)


def _plate(painter: QPainter, item: NodeItem, shared: Shared) -> None:
    """Everything of a card but its texts and its bar."""
    _body(painter, item, shared.look)
    if len(item.inputs) > 1 or len(item.outputs) > 1:
        _labels(painter, item, shared.look)
    _ports(painter, item, shared)
    if item.level:
        _badge(painter, QPointF(item.width - 2, 1), item.level, shared.look)


def _body(painter: QPainter, item: NodeItem, look: Look) -> None:
    outline = look.card_path(item.width)
    painter.setPen(NO_PEN)
    painter.setBrush(look.shadow)
    painter.drawRoundedRect(QRectF(0.5, 2, item.width - 1, CARD_HEIGHT), 7.5, 7.5)
    edge, width = look.edge, 1.0
    if item.hovered:
        edge = look.edge_hover
    if item.level:
        edge, width = (look.error if item.level == "error" else look.warning), 1.5
    if item.selected:
        edge, width = look.accent, 2.0
    painter.setBrush(look.card_selected if item.selected else look.card_hover if item.hovered else look.card)
    painter.setPen(QPen(edge, width))
    painter.drawPath(outline)
    painter.fillPath(look.strip_path(item.width), look.category[item.category])


def _texts(painter: QPainter, item: NodeItem, look: Look, both: bool) -> None:
    name, block, summary, shape = item.lines()
    painter.setFont(look.name_font)
    painter.setPen(look.text)
    painter.drawStaticText(name.place, name.text)
    painter.setFont(look.block_font)
    painter.setPen(look.category[item.category])
    painter.drawStaticText(block.place, block.text)
    if not both:
        return
    painter.setFont(look.small_font)
    painter.setPen(look.soft)
    if summary.width:
        painter.drawStaticText(summary.place, summary.text)
    if shape.width:
        painter.drawStaticText(shape.place, shape.text)


def _bar(painter: QPainter, width: int, norm: float, look: Look) -> None:
    """The gradient norm on a log scale from 1e-6 to 1e1; one that is not finite fills it in the error's colour."""
    bar = BAR.translated(width, 0)
    finite = isfinite(norm)
    part = 1.0 if not finite else 0.0
    if finite and norm > 0:
        part = min(1.0, max(0.0, (log10(norm) - NORM_LOW) / (NORM_HIGH - NORM_LOW)))
    painter.setPen(NO_PEN)
    painter.setBrush(look.track)
    painter.drawRoundedRect(bar, 2, 2)
    if part:
        height = max(3.0, bar.height() * part)
        painter.setBrush(look.accent if finite else look.error)
        painter.drawRoundedRect(QRectF(bar.left(), bar.bottom() - height, bar.width(), height), 2, 2)


def _labels(painter: QPainter, item: NodeItem, look: Look) -> None:
    """The ports' names, beside the wires that leave or arrive there."""
    painter.setFont(look.port_font)
    metrics = look.port_metrics
    for output, ports in ((False, item.inputs), (True, item.outputs)):
        spacing = item.width / (len(ports) + 1)
        if len(ports) < 2 or spacing < LABEL_SPACING:
            continue
        top = CARD_HEIGHT + 1.0 if output else -15.0
        for i, port in enumerate(ports):
            x = item.port_point(output, port.name).x()
            room = spacing - 14 if len(ports) > 2 else x - 4 if i == 0 else item.width - x - 4
            text = metrics.elidedText(port.name, Qt.TextElideMode.ElideRight, room)
            width = metrics.horizontalAdvance(text)
            left = round(x - 8 - width if i == 0 and len(ports) == 2 else x + 8)
            painter.setPen(NO_PEN)
            painter.setBrush(look.clear)
            painter.drawRoundedRect(QRectF(left - 2, top + 1, width + 4, 12), 3, 3)
            painter.setPen(look.faint)
            painter.drawText(QPointF(left, top + 10.5), text)


def _ports(painter: QPainter, item: NodeItem, shared: Shared) -> None:
    look, color = shared.look, shared.look.category[item.category]
    offered = None if shared.offer is None else shared.offer.get(item.node.id, set())
    for output, ports in ((False, item.inputs), (True, item.outputs)):
        for port in ports:
            point = item.port_point(output, port.name)
            ref = PortRef(item.node.id, output, port.name)
            if offered is None or ref == shared.origin:
                _port(painter, point, output, color, look.canvas, PORT_RADIUS)
            elif ref not in offered:
                _port(painter, point, output, look.edge, look.canvas, 3.0)
            else:
                _halo(painter, point, look, ref == shared.snapped)
                _port(painter, point, output, color, look.canvas, PORT_RADIUS + 1)


def _port(painter: QPainter, point: QPointF, output: bool, color: QColor, inside: QColor, radius: float) -> None:
    """A dot where something comes out, a ring where something goes in."""
    if output:
        painter.setPen(QPen(inside, 1.2))
        painter.setBrush(color)
        painter.drawEllipse(point, radius + 0.6, radius + 0.6)
    else:
        painter.setPen(QPen(color, 1.8))
        painter.setBrush(inside)
        painter.drawEllipse(point, radius - 0.3, radius - 0.3)


def _halo(painter: QPainter, point: QPointF, look: Look, snapped: bool) -> None:
    glow = QColor(look.accent)
    glow.setAlpha(150 if snapped else 64)
    painter.setPen(NO_PEN)
    painter.setBrush(glow)
    radius = 11.0 if snapped else 9.0
    painter.drawEllipse(point, radius, radius)


def _badge(painter: QPainter, center: QPointF, level: str, look: Look) -> None:
    """An octagon for an error, a triangle for a warning; both with an exclamation mark."""
    shape = look.octagon if level == "error" else look.triangle
    color = look.error if level == "error" else look.warning
    painter.setPen(QPen(look.canvas, 1.5, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(color)
    painter.drawPolygon(shape.translated(center))
    painter.setPen(NO_PEN)
    painter.setBrush(look.mark)
    down = 0.0 if level == "error" else 1.2
    painter.drawRoundedRect(QRectF(center.x() - 0.9, center.y() - 4.6 + down, 1.8, 5.6), 0.9, 0.9)
    painter.drawEllipse(QPointF(center.x(), center.y() + 3.4 + down), 1.1, 1.1)
