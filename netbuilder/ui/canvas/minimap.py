"""The whole drawing on a card in the corner, with the part that is seen: to know where one is, and to go elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform, QWheelEvent

from netbuilder.blocks import Category
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.look import NO_PEN
from netbuilder.ui.canvas.overlay import APART, Overlay
from netbuilder.ui.canvas.sheet import edge_color, paper, sheet_color
from netbuilder.ui.canvas.view import WHEEL, View
from netbuilder.ui.parts import tip
from netbuilder.ui.theme import Theme

SIZE, PART = QSize(168, 120), 0.17  # at most, and of the view's width
ROOM = 8.0
NARROW, LOW = 480, 320
PAUSE = 100
LARGEST = 0.2
DOT = 2.6
SMALLEST_VIEW = 8.0


class Minimap(Overlay):
    """Lies in the lower right corner; not there when all is in view, or the view is small, or it is not wanted.

    What is drawn is kept as a picture, made anew at most every tenth of a second; the view's frame goes over it.
    """

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.resize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Overview of the drawing"))
        self.setToolTip(tip(self.tr("Click or drag to look elsewhere; the wheel zooms")))
        self._wanted = True
        self._picture = QPixmap()
        self._area = QRectF()
        self._grip: QPointF | None = None
        self._later = QTimer(self, singleShot=True, interval=PAUSE)
        self._later.timeout.connect(self._renew)
        view.zoom_changed.connect(self.place)
        self.hide()
        self.mark_changed()

    def set_wanted(self, wanted: bool) -> None:
        """Have it shown where it is of use, or never."""
        self._wanted = wanted
        self._renew()

    def mark_changed(self) -> None:
        """Something was added, moved or taken away, or has another state: show it soon."""
        if not self._later.isActive():
            self._later.start()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._picture = QPixmap()
        super().set_theme(theme)

    # Where it is.

    def place(self) -> None:
        """Stand in the corner, if there is something out of view."""
        room = self.view.viewport().size()
        shown = self._wanted and room.width() >= NARROW and room.height() >= LOW and not self._area.isEmpty()
        if self._grip is None:
            self.setVisible(shown and not self._seen().contains(self._area))
        wide = min(SIZE.width(), max(SIZE.width() * 2 // 3, round(PART * room.width())))
        if wide != self.width():
            self.resize(wide, wide * SIZE.height() // SIZE.width())
            self._picture = QPixmap()
        self.move(room.width() - self.width() - APART, room.height() - self.height() - APART)
        self.update()

    def _seen(self) -> QRectF:
        """The part of the scene in view."""
        return self.view.mapToScene(self.view.viewport().rect()).boundingRect()

    def _map(self) -> QTransform:
        """From the scene to this widget."""
        inner = QRectF(self.rect()).adjusted(ROOM, ROOM, -ROOM, -ROOM)
        area = self._area
        scale = min(inner.width() / max(1.0, area.width()), inner.height() / max(1.0, area.height()), LARGEST)
        middle = inner.center()
        return QTransform(
            scale, 0, 0, scale, middle.x() - area.center().x() * scale, middle.y() - area.center().y() * scale
        )

    def frame(self) -> QRectF:
        """The part in view, on this widget; at its edge where the view is beside the drawing."""
        box = self._map().mapRect(self._seen())
        room = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        left = min(max(box.left(), room.left()), room.right() - SMALLEST_VIEW)
        top = min(max(box.top(), room.top()), room.bottom() - SMALLEST_VIEW)
        right = max(min(box.right(), room.right()), left + SMALLEST_VIEW)
        bottom = max(min(box.bottom(), room.bottom()), top + SMALLEST_VIEW)
        return QRectF(QPointF(left, top), QPointF(right, bottom))

    # What it shows.

    def _renew(self) -> None:
        """Look at the drawing again."""
        scene = self.view.items_scene
        boxes = [item.box for item in (*scene.nodes.values(), *scene.papers.items.values())]
        self._area = QRectF()
        if boxes:
            left, top, right, bottom = zip(*boxes, strict=True)
            self._area = QRectF(QPointF(min(left), min(top)), QPointF(max(right), max(bottom)))
        self._picture = QPixmap()
        self.place()

    def _paint_drawing(self, ratio: float) -> QPixmap:
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(self.look.canvas)
        painter = QPainter(made)
        self.paint_card(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        to_card = self._map()
        painter.setTransform(to_card, True)
        line = 1 / to_card.m11()
        self._paint_papers(painter, line)
        self._paint_nodes(painter, line)
        painter.end()
        return made

    def _paint_papers(self, painter: QPainter, line: float) -> None:
        look = self.look
        for item in sorted(self.view.items_scene.papers.items.values(), key=lambda item: item.zValue()):
            color = item.record.color
            if isinstance(item, FrameItem):
                fill = QColor(paper(look, color))
                fill.setAlpha(34)
                painter.setPen(QPen(edge_color(look, color, False), line))
                painter.setBrush(fill)
            else:
                painter.setPen(NO_PEN)
                painter.setBrush(sheet_color(look, color).lighter(130 if look.theme.name == "dark" else 96))
            painter.drawRect(item.area.translated(item.pos()))

    def _paint_nodes(self, painter: QPainter, line: float) -> None:
        """Rectangles by category, hollow for what is muted; dots where something is wrong."""
        look = self.look
        full: dict[Category, list[QRectF]] = {}
        hollow: dict[Category, list[QRectF]] = {}
        wrong: dict[str, list[QPointF]] = {}
        for item in self.view.items_scene.nodes.values():
            (hollow if item.node.muted else full).setdefault(item.category, []).append(item.card)
            if item.level:
                wrong.setdefault(item.level, []).append(item.card.center())
        for boxes, solid in ((full, True), (hollow, False)):
            for category, cards in boxes.items():
                color = look.category[category]
                painter.setPen(QPen(color, line))
                painter.setBrush(color if solid else Qt.BrushStyle.NoBrush)
                painter.drawRects(cards)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.card, line))
        for level, color in (("warning", look.warning), ("error", look.error)):
            painter.setBrush(color)
            for place in wrong.get(level, ()):
                painter.drawEllipse(place, DOT * line, DOT * line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, and the frame of what is in view."""
        ratio = self.devicePixelRatioF()
        if self._picture.isNull() or self._picture.devicePixelRatio() != ratio:
            self._picture = self._paint_drawing(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.look.accent, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.frame().adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)
        painter.end()

    # Hands.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the frame; elsewhere, go there first."""
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place, frame = event.position(), self.frame()
        inside = frame.contains(place)
        self._grip = self._map().map(self.view.camera.center) - place if inside else QPointF()
        if not inside:
            self._look_at(place)
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The view follows the frame."""
        event.accept()
        if self._grip is not None:
            self._look_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the frame."""
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton and self._grip is not None:
            self._grip = None
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.place()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second click is a click."""
        self.mousePressEvent(event)

    def _look_at(self, place: QPointF) -> None:
        """Look where the mouse is, no farther than the drawing goes."""
        inverse, _ = self._map().inverted()
        point = inverse.map(place + (self._grip or QPointF()))
        area = self._area
        x = min(max(point.x(), area.left()), area.right())
        y = min(max(point.y(), area.top()), area.bottom())
        self.view.camera.go(QPointF(x, y), self.view.camera.scale, at_once=True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom in the middle of the view."""
        event.accept()
        turn = event.angleDelta().y() or event.pixelDelta().y() * 2
        camera = self.view.camera
        camera.zoom_at(QPointF(self.view.viewport().rect().center()), camera.scale * WHEEL**turn)
