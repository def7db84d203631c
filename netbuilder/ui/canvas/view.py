"""The window onto the scene: background, zooming and panning, tooltips, and what is under a pixel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QInputDevice,
    QNativeGestureEvent,
    QPainter,
    QPen,
    QPolygon,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QFrame, QGraphicsView, QToolTip, QWidget

from netbuilder.ui.canvas.camera import Camera, limited
from netbuilder.ui.canvas.gestures import CURSORS, PORT_REACH, WIRE_REACH
from netbuilder.ui.canvas.overview import NEAR
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.shared import PortRef
from netbuilder.ui.canvas.things import EVERYWHERE
from netbuilder.ui.text import words

DOTS = 24
DOTS_APART = 20
ZOOM_STEP = 1.25
WHEEL = 1.0015
REST = 100
JUMP = 1.3
USUAL = QGraphicsView.ViewportUpdateMode.SmartViewportUpdate


class View(QGraphicsView):
    """Shows a scene and moves over it. What hands do to the drawing is the Canvas's."""

    zoom_changed = Signal(float)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items_scene = scene
        self.setScene(scene)
        self.setSceneRect(EVERYWHERE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(USUAL)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._come_to_rest)
        self._last_scale = 1.0
        self.camera = Camera(self, scene.set_scale, self._scaled)
        self._frame_when_shown = True

    # Looking around.

    def _scaled(self, scale: float) -> None:
        pace = self.items_scene.shared.pace
        if 1 / JUMP < scale / self._last_scale < JUMP:
            pace.moving = True
            self._rest.start(REST)
        self._last_scale = scale
        self.zoom_changed.emit(scale)

    def _come_to_rest(self) -> None:
        """Paint crisply what was stretched while the scale changed."""
        pace = self.items_scene.shared.pace
        pace.moving, pace.settling = False, True
        self.viewport().update()

    def zoom_in(self) -> None:
        """Look nearer."""
        self.camera.go(self.camera.center, limited(self.camera.scale * ZOOM_STEP))

    def zoom_out(self) -> None:
        """Look from farther away."""
        self.camera.go(self.camera.center, limited(self.camera.scale / ZOOM_STEP))

    def zoom_reset(self) -> None:
        """Look at 100 %."""
        self.camera.go(self.camera.center, 1.0)

    def frame_all(self) -> None:
        """Show the whole drawing."""
        if not self.isVisible():
            self._frame_when_shown = True
        self._frame(set(self.items_scene.everything()))

    def frame_start(self) -> None:
        """Show a drawing that was just opened: all of it, or its beginning where all would be too small to read."""
        area = self.items_scene.extent(self.items_scene.everything())
        if not area.isEmpty():
            self.camera.frame_legibly(area)

    def frame_selection(self) -> None:
        """Show all that is selected; without a selection, everything."""
        if self.items_scene.selected:
            self._frame(self.items_scene.selected)
        else:
            self.frame_all()

    def _frame(self, keys: set[str], at_once: bool = False) -> None:
        area = self.items_scene.extent(keys)
        if area.isEmpty():
            self.camera.go(QPointF(0, 0), 1.0, at_once=True)
        else:
            self.camera.frame(area, at_once=at_once)

    def pan(self, dx: float, dy: float) -> None:
        """Move the view by that many pixels."""
        self.camera.stop()
        self.camera.scroll(dx, dy)

    def showEvent(self, event: QShowEvent) -> None:
        """Show the whole drawing the first time."""
        super().showEvent(event)
        if self._frame_when_shown:
            self._frame_when_shown = False
            self.frame_start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle where it is; the hint has to move."""
        super().resizeEvent(event)
        if self.items_scene.empty:
            self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms at the mouse; with Shift it pans sideways; a touchpad pans, and zooms with Ctrl."""
        pixels, angle = event.pixelDelta(), event.angleDelta()
        fine = not pixels.isNull() and (
            event.device().type() == QInputDevice.DeviceType.TouchPad or event.phase() != Qt.ScrollPhase.NoScrollPhase
        )
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if fine and not control:
            self.pan(-pixels.x(), -pixels.y())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not control:
            self.pan(-(angle.y() or angle.x()), 0)
        else:
            turn = pixels.y() * 2 if fine else angle.y()
            self.camera.zoom_at(event.position(), self.camera.scale * WHEEL**turn)
        event.accept()

    # Painting.

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint the canvas and its dots."""
        look = self.items_scene.shared.look
        pace = self.items_scene.shared.pace
        pace.begin()
        if pace.hastened:
            pace.hastened = False
            self._rest.start(REST)
        self.setViewportUpdateMode(USUAL)
        to_view = self.viewportTransform()
        exposed = to_view.mapRect(QRectF(rect)).toAlignedRect().adjusted(-1, -1, 1, 1)
        painter.save()
        painter.resetTransform()
        painter.fillRect(exposed, look.canvas)
        scale, left, top = to_view.m11(), to_view.dx(), to_view.dy()
        apart = float(DOTS)
        while apart * scale < DOTS_APART:
            apart *= 2
        # Row by row: a list of all dots is a thousand objects a frame, which wakes the garbage collector.
        row = QPolygon([QPoint(x, 0) for x in _dots(exposed.left(), exposed.right(), left, apart * scale)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(look.grid, 2 if scale >= 0.9 else 1))
        before = 0
        for y in _dots(exposed.top(), exposed.bottom(), top, apart * scale):
            painter.translate(0, y - before)
            painter.drawPoints(row)
            before = y
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Say in an empty drawing how to begin."""
        if self.items_scene.shared.pace.end():
            self._rest.start(0)
        if not self.items_scene.empty:
            return
        look = self.items_scene.shared.look
        painter.save()
        painter.resetTransform()
        painter.setFont(look.hint_font)
        painter.setPen(look.faint)
        text = self.tr(
            "Press Tab or double-click to add a block, or drag one here.\nCtrl+K lists everything that can be done."
        )
        flags = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
        painter.drawText(self.viewport().rect().adjusted(24, 24, -24, -24), flags, text)
        painter.restore()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """The hint stays in the middle."""
        super().scrollContentsBy(dx, dy)
        if self.items_scene.empty:
            self.viewport().update()

    # What is where.

    def port_under(self, point: QPointF) -> PortRef | None:
        """The port at a point of the scene that the mouse can take hold of."""
        if self.camera.scale < NEAR:
            return None
        return self.items_scene.port_at(point, min(16.0, max(PORT_REACH, PORT_REACH / self.camera.scale)))

    def thing_under(self, point: QPointF) -> str:
        """The id of the topmost thing at a point of the scene: a dot, card, note, wire or frame; or nothing."""
        scene = self.items_scene
        return (
            scene.dot_at(point, self.reach(9))
            or scene.node_at(point)
            or scene.papers.note_at(point)
            or self.wire_under(point)
            or scene.papers.frame_at(point)
        )

    def cursor_at(self, point: QPointF) -> Qt.CursorShape | None:
        """What the mouse shows at a point of the scene while it holds nothing; None the usual."""
        if self.port_under(point) is not None:
            return Qt.CursorShape.CrossCursor
        _, edge = self.items_scene.papers.grip_at(point, self.reach(6))
        return CURSORS[edge] if edge and not self.items_scene.node_at(point) else None

    def reach(self, pixels: float) -> float:
        """As many pixels in units of the scene."""
        return pixels / self.camera.scale

    def wire_under(self, point: QPointF) -> str:
        """The id of the wire at a point of the scene, or nothing."""
        return self.items_scene.wire_at(point, max(WIRE_REACH, WIRE_REACH / self.camera.scale))

    def viewportEvent(self, event: QEvent) -> bool:
        """Answer the question for a tooltip, zoom where two fingers pinch; everything else is Qt's."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.tip(self.mapToScene(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), GuiQt.convertFromPlainText(text), self.viewport())
            else:
                QToolTip.hideText()
            return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.camera.zoom_at(event.position(), self.camera.scale * (1 + event.value()))
            return True
        return super().viewportEvent(event)

    def tip(self, point: QPointF) -> str:
        """What to say about the place, as plain text: problems at a badge or card, shapes at a port."""
        scene = self.items_scene
        for item in (scene.nodes[key] for key, _ in scene.rows.touching(_around(point, 10))):
            if item.problems and item.badge().contains(point):
                return "\n".join(words(problem.sentence) for problem in item.problems)
        ref = self.port_under(point)
        if ref is not None:
            report = scene.nodes[ref.node].report
            specs = (report.outputs if ref.output else report.inputs) if report else {}
            spec = specs.get(ref.name)
            port = scene.nodes[ref.node].port(ref)
            name = port.label or port.name if port is not None else ref.name
            return f"{name} · {spec} {spec.dtype}" if spec else name
        key = scene.node_at(point)
        if not key:
            return ""
        item = scene.nodes[key]
        facts = [f"{item.node.name} · {item.title}", item.summary(), item.shape_text()]
        return "\n".join([*(fact for fact in facts if fact), *(words(p.sentence) for p in item.problems)])


def _dots(first: int, last: int, origin: float, step: float) -> list[int]:
    """The pixels of one direction that have dots, from before the first to after the last."""
    begin, end = int((first - origin) // step), int((last - origin) // step) + 2
    return [round(i * step + origin) for i in range(begin, end)]


def _around(point: QPointF, reach: float) -> tuple[float, float, float, float]:
    return point.x() - reach, point.y() - reach, point.x() + reach, point.y() + reach
