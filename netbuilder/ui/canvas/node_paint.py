"""How a card is painted: background, strip, icon, texts, ports, gradient bar, and the marks of its states."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF, QTransform

from netbuilder.ui.canvas.card_text import (
    BADGE_RADIUS,
    FULL,
    Detail,
    Line,
    badge_growth,
    detail_at,
    icon_side,
    rows,
)
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, Point
from netbuilder.ui.canvas.inside_paint import paint_inside, paint_link, paint_sheets, reach
from netbuilder.ui.canvas.look import NO_PEN, RADIUS, Look, mix
from netbuilder.ui.canvas.pictures import Picture
from netbuilder.ui.canvas.shared import PortRef, Shared

if TYPE_CHECKING:
    from netbuilder.ui.canvas.node_item import NodeItem

PORT_RADIUS = 4.0
RUNNING_RADIUS = 7.0
AROUND, BESIDE = 12.0, 14.0
FADED = 0.55
# A little more than half a pixel: of places that lie just between two all are to go the same way.
HALF = 0.501
MANY_STRETCHED = 500
BAR = QRectF(6, 9, 4, CARD_HEIGHT - 18)
NORM_LOW, NORM_HIGH = -6.0, 1.0


def paint_cards(
    painter: QPainter, cards: Sequence[NodeItem], shared: Shared, ratio: float, way: Point = (0.0, 0.0)
) -> None:
    """Paint cards where their boxes are, moved by `way`, on whole pixels of a screen with that pixel ratio."""
    world = QTransform(painter.worldTransform()).translate(*way)
    if shared.vector:
        for card in cards:
            painter.setWorldTransform(QTransform(world).translate(*card.box[:2]))
            _paint_vectors(painter, card, shared)
    elif shared.offer is None:
        _copy(painter, cards, shared, world, ratio)
    else:
        _paint_offer(painter, cards, shared, world, ratio)


def _paint_offer(painter: QPainter, cards: Sequence[NodeItem], shared: Shared, world: QTransform, ratio: float) -> None:
    """Paint cards while a wire is drawn: those whose ports it may go to in full, the others faded."""
    offer = shared.offer or {}
    for card in cards:
        if offer.get(card.node.id) or (shared.origin is not None and shared.origin.node == card.node.id):
            _paint_live(painter, card, shared, _snapped(QTransform(world).translate(*card.box[:2]), ratio))
        else:
            painter.setOpacity(0.4)
            _copy(painter, (card,), shared, world, ratio)
            painter.setOpacity(1.0)


def _copy(painter: QPainter, cards: Sequence[NodeItem], shared: Shared, world: QTransform, ratio: float) -> None:
    """Paint cards by their pictures, pixel for pixel where these fit; `Pace` says when they are made anew.

    Stretched pictures take four times as long with antialiased edges, and twice as long smooth, which very many
    small ones are not while the scale changes. Plain numbers are copied to in half the time of points.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, len(cards) <= MANY_STRETCHED)
    painter.setWorldTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
    density, look, draw = world.m11() * ratio, shared.look, painter.drawPixmap
    _renew(cards, shared, density, ratio)
    left, top = world.dx() * ratio, world.dy() * ratio
    for card in cards:
        x, y, picture = left + card.box[0] * density, top + card.box[1] * density, card.picture
        if picture is None:
            painter.fillRect(QRectF(x, y, card.width * density, CARD_HEIGHT * density), look.far[card.category])
            continue
        pixels, made, _, _, aside, above, (width, height) = picture
        if made == density:
            draw(floor(x + HALF) + aside, floor(y + HALF) + above, pixels)
        else:
            grown = density / made
            place = QRectF(x + aside * grown, y + above * grown, width * grown, height * grown)
            draw(place, pixels, QRectF(0, 0, width, height))
        if card.norm is not None:
            near = painter.worldTransform()
            painter.setWorldTransform(
                QTransform(near).translate(floor(x + HALF), floor(y + HALF)).scale(density, density)
            )
            _bar(painter, card.width, card.norm, look)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setWorldTransform(near)


def _snapped(world: QTransform, ratio: float) -> QTransform:
    """The same scale, from a whole pixel."""
    x, y = round(world.dx() * ratio) / ratio, round(world.dy() * ratio) / ratio
    return QTransform(world.m11(), 0, 0, world.m11(), x, y)


def _renew(cards: Sequence[NodeItem], shared: Shared, density: float, ratio: float) -> None:
    """Make the pictures of cards that do not show them at that many pixels a scene unit, as long as there is time."""
    pace, look, frame = shared.pace, shared.look, shared.pace.frame
    least, most = pace.usable(density)
    for card in cards:
        card.seen, picture = frame, card.picture
        if (
            picture is None
            or not card.current
            or not least <= picture.density <= most
            or picture.look is not look
            or picture.ratio != ratio
        ):
            if pace.late():
                return
            look.pictures.put(card, _picture(card, shared, pace.wanted(density), ratio))


def _picture(item: NodeItem, shared: Shared, density: float, ratio: float) -> Picture:
    """A card as pixels, so many of them a scene unit."""
    scale, corner = density / ratio, _corner(_painted(item), density)
    made = _copy_of_plate(item, shared, scale, ratio)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-corner.x() / ratio, -corner.y() / ratio)
    painter.scale(scale, scale)
    detail = detail_at(scale)
    _texts(painter, item, shared.look, detail, item.lines(detail))
    painter.end()
    made.setDevicePixelRatio(1)
    return Picture(made, density, ratio, shared.look, corner.x(), corner.y(), (made.width(), made.height()))


def _painted(item: NodeItem) -> QRectF:
    """How far a card's picture reaches: ports are always there, other marks beyond its edge are not."""
    if item.level or item.running or item.node.muted:
        return QRectF(-2, -AROUND, item.width + 12, CARD_HEIGHT + 2 * AROUND)
    return QRectF(-2, -6, item.width + 4 + reach(item), CARD_HEIGHT + 12)


def _corner(area: QRectF, density: float) -> QPoint:
    """The whole pixel at or before an area's top left corner."""
    return QPoint(floor(area.left() * density), floor(area.top() * density))


def _copy_of_plate(item: NodeItem, shared: Shared, scale: float, ratio: float) -> QPixmap:
    """Everything but the texts: the same for all cards of one block in one state, so painted once a scale."""
    density = scale * ratio
    plate = shared.look.plate((*item.plate_key, *item.state, ratio), density)
    if plate.isNull():
        area = _painted(item)
        corner = _corner(area, density)
        made = QPixmap(ceil(area.right() * density) - corner.x(), ceil(area.bottom() * density) - corner.y())
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-corner.x(), -corner.y())
        painter.scale(density, density)
        _plate(painter, item, shared, detail_at(scale))
        painter.end()
        made.setDevicePixelRatio(ratio)
        plate.swap(made)
    return QPixmap(plate)


def _paint_vectors(painter: QPainter, item: NodeItem, shared: Shared) -> None:
    """Paint a card in full, its texts as texts."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _plate(painter, item, shared, FULL)
    _texts(painter, item, shared.look, FULL, item.lines(FULL), vector=True)
    if item.norm is not None:
        _bar(painter, item.width, item.norm, shared.look)


def _paint_live(painter: QPainter, item: NodeItem, shared: Shared, near: QTransform) -> None:
    """Paint a card whose ports are offered to a wire."""
    detail = detail_at(near.m11())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setWorldTransform(near)
    _plate(painter, item, shared, detail)
    _texts(painter, item, shared.look, detail, item.lines(detail))


def _plate(painter: QPainter, item: NodeItem, shared: Shared, detail: Detail) -> None:
    """Everything of a card but its texts and its bar."""
    look = shared.look
    paint_sheets(painter, item, look)
    _body(painter, item, look, detail.tint)
    middle, below = rows(item, detail)
    paint_inside(painter, item, look)
    if item.linked and below is not None and not detail.stacked:
        paint_link(painter, item, look, below)
    if detail.icon:
        side = icon_side(item, detail)
        if item.node.muted:
            painter.setOpacity(FADED)
        look.glyph(item.category).render(painter, QRectF(item.left - 1, round(middle - side / 2), side, side))
        painter.setOpacity(1.0)
    _ports(painter, item, shared)
    if item.node.muted:
        _bypass(painter, item, look)
    if item.level:
        growth = badge_growth(detail)
        inward = BADGE_RADIUS * (growth - 1)
        painter.save()
        painter.translate(item.width - 2 - inward, 1 + inward)
        painter.scale(growth, growth)
        paint_badge(painter, QPointF(), item.level, look)
        painter.restore()
    if item.running:
        _running(painter, QPointF(item.width - 3, CARD_HEIGHT - 2), look)


def _ground(item: NodeItem, look: Look, tint: float) -> QColor:
    plain = look.card_selected if item.selected else look.card_hover if item.hovered else look.card
    plain = mix(plain, look.canvas, 0.4) if item.node.muted else plain
    color = look.far[item.category]
    return mix(mix(color, look.canvas, 0.35) if item.node.muted else color, plain, tint) if tint else plain


def _body(painter: QPainter, item: NodeItem, look: Look, tint: float) -> None:
    outline = look.card_path(item.width)
    painter.setPen(NO_PEN)
    if not item.node.muted:
        painter.setBrush(look.shadow)
        painter.drawRoundedRect(QRectF(0.5, 2, item.width - 1, CARD_HEIGHT), RADIUS + 0.5, RADIUS + 0.5)
    edge, width = look.edge, 1.0
    if item.hovered:
        edge, width = look.edge_hover, 1.5
    if item.level:
        edge, width = (look.error if item.level == "error" else look.warning), 1.5
    if item.selected:
        edge, width = look.accent, 2.0 + tint
    pen = QPen(edge, width)
    if item.node.muted:
        pen = QPen(edge if item.level or item.selected else look.faint, max(1.2, width))
        pen.setDashPattern([4.0, 3.0])
    painter.setBrush(_ground(item, look, tint))
    painter.setPen(pen)
    painter.drawPath(outline)
    strip = look.category[item.category]
    painter.fillPath(look.strip_path(item.width), mix(strip, look.canvas, 0.4) if item.node.muted else strip)


def _texts(
    painter: QPainter, item: NodeItem, look: Look, detail: Detail, lines: list[Line], vector: bool = False
) -> None:
    """The four texts and the ports' names; `vector` has them drawn as texts, not as prepared glyphs."""
    name, block, summary, shape = lines
    soft = look.faint if item.node.muted else look.soft
    drawn = [
        (name, look.soft if item.node.muted else look.text, detail.name),
        (block, _block_color(item, look, detail), detail.block),
        (summary, soft, detail.small),
        (shape, soft, detail.small),
    ]
    drawn += [(label, look.faint, detail.small) for label in (item.labels() if detail.small else ())]
    for line, color, opacity in drawn:
        if not line.width or not opacity:
            continue
        if opacity < 1:
            color = QColor(color)
            color.setAlphaF(opacity)
        painter.setFont(line.font)
        painter.setPen(color)
        if vector:
            painter.drawText(QPointF(line.place.x(), line.place.y() + line.ascent), line.text.text())
        else:
            painter.drawStaticText(line.place, line.text)


def _block_color(item: NodeItem, look: Look, detail: Detail) -> QColor:
    """The category's colour, on a ground of that colour nearer to the colour of texts."""
    if item.node.muted:
        return look.faint
    color = look.words[item.category]
    return mix(look.text, color, detail.tint) if detail.tint else color


def _bar(painter: QPainter, width: int, norm: float, look: Look) -> None:
    """The gradient norm on a log scale from 1e-6 to 1e1; one that is not finite fills it in the error's colour."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
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


def _bypass(painter: QPainter, item: NodeItem, look: Look) -> None:
    """The way past a muted block: from its input along the card's edge to its output, with an arrow's head."""
    if not item.inputs or not item.outputs:
        return
    start = item.port_point(False, item.inputs[0].name) + QPointF(PORT_RADIUS + 1, 0.5)
    end = item.port_point(True, item.outputs[0].name) + QPointF(PORT_RADIUS + 2, -0.5)
    painter.setPen(QPen(look.soft, 1.8, c=Qt.PenCapStyle.FlatCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(look.bypass_path(item.width, start.x(), end.x()))
    painter.setPen(NO_PEN)
    painter.setBrush(look.soft)
    x, y = item.width - 0.5, CARD_HEIGHT / 2 + 3
    painter.drawPolygon(QPolygonF([QPointF(x - 4.5, y - 4), QPointF(x + 4.5, y - 4), QPointF(x, y + 4)]))


def _running(painter: QPainter, center: QPointF, look: Look) -> None:
    """A small triangle that points on, on a disc: this block is at work."""
    painter.setPen(QPen(look.canvas, 1.5))
    painter.setBrush(look.good)
    painter.drawEllipse(center, RUNNING_RADIUS, RUNNING_RADIUS)
    painter.setPen(NO_PEN)
    painter.setBrush(look.mark)
    tip, back = QPointF(3.6, 0), (QPointF(-2.2, -3.4), QPointF(-2.2, 3.4))
    painter.drawPolygon(QPolygonF([center + tip, center + back[1], center + back[0]]))


def paint_badge(painter: QPainter, center: QPointF, level: str, look: Look) -> None:
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
