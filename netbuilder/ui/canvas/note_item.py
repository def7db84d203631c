"""A note: a coloured sheet with a folded corner and a person's own words."""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
    QPixmapCache,
    QTextDocument,
    QTextFormat,
    QTransform,
)
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from netbuilder.graph.notes import LARGEST, SMALLEST
from netbuilder.graph.records import Note
from netbuilder.ui import style
from netbuilder.ui.canvas.geometry import GRID, Box
from netbuilder.ui.canvas.look import NO_PEN, Look, mix
from netbuilder.ui.canvas.markdown import Type, document, parts
from netbuilder.ui.canvas.shared import Shared
from netbuilder.ui.canvas.sheet import Sheet, crisp, edge_color, home, lettering, paper, sheet_color

PADDING = 12.0
TEXT_SIZE = 13
RADIUS = 5.0
FOLD = 12.0
MORE = 14.0
READABLE = 0.45
HEADING_FROM = 0.25
FAR_TYPE = (26, QFont.Weight.DemiBold)
BARS_FROM = 0.12
MOST_BARS = 40
AROUND = 3.0
BLUR = 1.5
LARGEST_PICTURE = 2_000_000


def _type(look: Look, sheet: QColor) -> Type:
    code = style.code_font()
    code.setPixelSize(TEXT_SIZE - 1)
    return Type(lettering(TEXT_SIZE)[0], code, look.text, look.soft, mix(look.text, sheet, 0.1))


def note_height(look: Look, text: str, width: int) -> int:
    """How high a note of that width has to be to show all of a text, on a line of the grid."""
    size = document(text, width - 2 * PADDING, _type(look, look.card)).size()
    return min(LARGEST, max(SMALLEST, ceil((size.height() + 2 * PADDING) / GRID) * GRID))


class _Set(NamedTuple):
    """A text that is set: where its lines and quotes are, and down to where it is shown."""

    look: Look
    size: QSizeF
    text: QTextDocument
    lines: list[QRectF]
    quotes: list[QRectF]
    end: float
    cut: bool


class _Made(NamedTuple):
    """What a note's picture shows."""

    scale: float = 1.0
    ratio: float = 1.0
    look: Look | None = None
    record: Note | None = None
    size: tuple[float, float] = (0, 0)
    selected: bool = False
    hovered: bool = False


class NoteItem(Sheet):
    """One note; its `record` is what it mirrors. The text is set when it is first painted."""

    def __init__(self, record: Note, shared: Shared) -> None:
        super().__init__(shared)
        self._key: QPixmapCache.Key | None = None
        self._made = _Made()
        self._set: _Set | None = None
        self.set_record(record)

    def set_record(self, record: Note) -> None:
        """Mirror another record of the same note."""
        self.record = record
        self._set = None
        self.stretch(home(record))

    def stretch(self, box: Box) -> None:
        """Show it with another place and size; its text flows anew."""
        if (box[2] - box[0], box[3] - box[1]) != self.area.size().toTuple():
            self._set = None
        super().stretch(box)

    def hits(self, point: QPointF) -> bool:
        """Whether a point of the scene is on the note."""
        return self.area.contains(point - self.pos())

    @property
    def text(self) -> QTextDocument:
        """The text as it is set."""
        return self._setting().text

    @property
    def cut(self) -> bool:
        """Whether there is more text than the note has room for."""
        return self._setting().cut

    def _setting(self) -> _Set:
        look = self.shared.look
        if self._set is None or self._set.look is not look:
            self._set = self._make(look)
        return self._set

    def _make(self, look: Look) -> _Set:
        sheet = sheet_color(look, self.record.color)
        text = document(self.record.text, self.area.width() - 2 * PADDING, _type(look, sheet))
        room = self.area.height() - 2 * PADDING
        cut = text.size().height() > room + 1
        lines: list[QRectF] = []
        quotes: list[QRectF] = []
        layout = text.documentLayout()
        block, top = text.begin(), 0.0
        end = 0.0 if cut else text.size().height()
        while block.isValid():
            top = layout.blockBoundingRect(block).top()
            if cut and top > room:
                break
            bottom = top
            for i in range(block.layout().lineCount()):
                line = block.layout().lineAt(i).naturalTextRect().translated(block.layout().position())
                if cut and line.bottom() > room - MORE:
                    break
                lines.append(line)
                bottom = line.bottom()
                end = max(end, bottom)
            if block.blockFormat().hasProperty(QTextFormat.Property.BlockQuoteLevel) and bottom > top:
                first = block.layout().position().y() + block.layout().lineAt(0).y()
                quotes.append(QRectF(0, first, 2.5, bottom - first))
            block = block.next()
        return _Set(look, self.area.size(), text, lines, quotes, end, cut)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the sheet, and on it as much as can be read at its size.

        That is kept as a picture in Qt's cache, stretched while the scale changes; a huge note is painted.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.shared.vector:
            self._paint_all(painter, 1.0, self.area, QRectF())
            return
        world, ratio = painter.worldTransform(), 1.0 if widget is None else widget.devicePixelRatioF()
        scale = world.m11()
        if self.area.width() * self.area.height() * (scale * ratio) ** 2 > LARGEST_PICTURE:
            self._paint_all(painter, scale, crisp(painter, self.area, ratio), option.exposedRect)
        elif (picture := self._picture(scale, ratio)) is None:
            self._paint_sheet(painter, self.area, scale)
        else:
            self._show(painter, picture, ratio)
        self.paint_handles(painter, scale)

    def _show(self, painter: QPainter, picture: QPixmap, ratio: float) -> None:
        """Copy the picture to whole pixels; one made at another scale is stretched."""
        world, density = painter.worldTransform(), self._made.scale * ratio
        if world.m11() == self._made.scale:
            left, top = round(world.dx() * ratio) / ratio, round(world.dy() * ratio) / ratio
            painter.setWorldTransform(QTransform.fromTranslate(left, top))
            painter.drawPixmap(QPointF(self._corner(density)) / ratio, picture)
            painter.setWorldTransform(world)
        else:
            place = QRectF(QPointF(self._corner(density)), QSizeF(picture.size()))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            to_scene = QTransform.fromScale(1 / density, 1 / density)
            painter.drawPixmap(to_scene.mapRect(place), picture, QRectF(picture.rect()))

    def _corner(self, density: float) -> QPoint:
        """The whole pixel before the note's corner and its edge."""
        return QPoint(floor(-AROUND * density), floor(-AROUND * density))

    def _picture(self, scale: float, ratio: float) -> QPixmap | None:
        """The note as a picture, made anew where it has to be; None where there is no time for that in this frame."""
        picture, pace, made = QPixmap(), self.shared.pace, self._made
        size = self.area.width(), self.area.height()
        wanted = _Made(scale, ratio, self.shared.look, self.record, size, self.selected, self.hovered)
        there = self._key is not None and QPixmapCache.find(self._key, picture)
        if there and wanted._replace(scale=made.scale) == made:
            near = pace.moving and 1 / BLUR < scale / made.scale < BLUR
            if scale == made.scale or near or pace.late():
                return picture
        elif not there and pace.late():
            return None
        density = scale * ratio
        corner = self._corner(density)
        right, bottom = (self.area.width() + AROUND) * density, (self.area.height() + AROUND) * density
        picture = QPixmap(ceil(right) - corner.x(), ceil(bottom) - corner.y())
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-corner.x() / ratio, -corner.y() / ratio)
        painter.scale(scale, scale)
        self._paint_all(painter, scale, crisp(painter, self.area, ratio), QRectF())
        painter.end()
        if self._key is not None:
            QPixmapCache.remove(self._key)
        self._key, self._made = QPixmapCache.insert(picture), wanted
        return picture

    def _paint_all(self, painter: QPainter, scale: float, area: QRectF, exposed: QRectF) -> None:
        self._paint_sheet(painter, area, scale)
        if scale >= READABLE:
            self._paint_text(painter, exposed)
        elif scale >= BARS_FROM:
            self._paint_far(painter, scale)

    def _paint_sheet(self, painter: QPainter, area: QRectF, scale: float) -> None:
        look, color = self.shared.look, self.record.color
        edge, width = edge_color(look, color, self.hovered), 1.5 if self.hovered else 1.0
        if self.selected:
            edge, width = look.accent, 2.0
        pen = QPen(edge, width / scale)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(sheet_color(look, color))
        painter.drawPath(_outline(area))
        corner = area.topRight()
        fold = QPainterPath(corner + QPointF(-FOLD, 0))
        fold.lineTo(corner + QPointF(-FOLD, FOLD - 3))
        fold.quadTo(corner + QPointF(-FOLD, FOLD), corner + QPointF(-FOLD + 3, FOLD))
        fold.lineTo(corner + QPointF(0, FOLD))
        fold.closeSubpath()
        painter.setBrush(mix(paper(look, color), look.canvas, 0.5))
        painter.drawPath(fold)

    def _paint_text(self, painter: QPainter, exposed: QRectF) -> None:
        look, setting = self.shared.look, self._setting()
        painter.save()
        painter.translate(PADDING, PADDING)
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette(look.text)
        palette.setColor(QPalette.ColorRole.Text, look.text)
        context.palette = palette
        shown = QRectF(-PADDING, 0, self.area.width(), max(0.0, setting.end - 0.5))
        if not exposed.isEmpty():
            shown = shown.intersected(exposed.translated(-PADDING, -PADDING))
        if not shown.isEmpty():
            context.clip = shown
            setting.text.documentLayout().draw(painter, context)
        painter.setPen(NO_PEN)
        painter.setBrush(mix(paper(look, self.record.color), look.card, 0.6))
        for bar in setting.quotes:
            painter.drawRoundedRect(bar, 1, 1)
        painter.restore()
        if setting.cut:
            self._paint_more(painter)

    def _paint_more(self, painter: QPainter) -> None:
        """Three dots at the foot: there is more than the note has room for."""
        look = self.shared.look
        painter.setPen(NO_PEN)
        painter.setBrush(look.soft)
        middle = QPointF(self.area.width() / 2, self.area.height() - MORE / 2 - 3)
        for step in (-7, 0, 7):
            painter.drawEllipse(middle + QPointF(step, 0), 1.8, 1.8)

    def _paint_far(self, painter: QPainter, scale: float) -> None:
        """A heading, if the note begins with one, and the lines as bars."""
        look, setting = self.shared.look, self._setting()
        sheet = sheet_color(look, self.record.color)
        first = next(iter(parts(self.record.text)), None)
        below = 0.0
        if first is not None and first.level and scale >= HEADING_FROM:
            font, metrics = lettering(*FAR_TYPE)
            whole = "".join(span.text for span in first.spans)
            room = self.area.width() - 2 * PADDING
            painter.setFont(font)
            painter.setPen(look.text)
            shown = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, room)
            below = PADDING + metrics.height()
            if below < self.area.height():
                painter.drawText(QPointF(PADDING, PADDING + metrics.ascent()), shown)
        painter.setPen(NO_PEN)
        painter.setBrush(mix(look.text, sheet, 0.28))
        for line in setting.lines[:MOST_BARS]:
            bar = line.translated(PADDING, PADDING)
            if bar.top() >= below and bar.width() > 1:
                painter.drawRect(QRectF(bar.left(), bar.center().y() - 3, bar.width(), 6))


def _outline(area: QRectF) -> QPainterPath:
    """A sheet with rounded corners, the upper right one cut off for the fold."""
    radius = min(RADIUS, area.width() / 4, area.height() / 4)
    path = QPainterPath(area.topLeft() + QPointF(radius, 0))
    path.lineTo(area.topRight() + QPointF(-FOLD, 0))
    path.lineTo(area.topRight() + QPointF(0, FOLD))
    path.lineTo(area.bottomRight() - QPointF(0, radius))
    path.quadTo(area.bottomRight(), area.bottomRight() - QPointF(radius, 0))
    path.lineTo(area.bottomLeft() + QPointF(radius, 0))
    path.quadTo(area.bottomLeft(), area.bottomLeft() - QPointF(0, radius))
    path.lineTo(area.topLeft() + QPointF(0, radius))
    path.quadTo(area.topLeft(), area.topLeft() + QPointF(radius, 0))
    path.closeSubpath()
    return path
