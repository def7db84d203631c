"""Where the view looks and how near: zooming at a point, framing, and moving there smoothly."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, QVariantAnimation
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView, QStyle

NEAREST, FARTHEST = 3.0, 0.05
MARGIN, ABOVE = 32.0, 60.0  # above, the way to the network that is shown lies over the drawing
LEGIBLE = 0.62


def limited(scale: float) -> float:
    """The scale within what the canvas allows."""
    return max(FARTHEST, min(NEAREST, scale))


class Camera:
    """Moves a view over its scene. `changed` is told every new scale.

    `changing` is told it before: what that changes in the scene is painted along with the new scale, not once more.
    """

    def __init__(
        self, view: QGraphicsView, changing: Callable[[float], None], changed: Callable[[float], None]
    ) -> None:
        self._view = view
        self._changing = changing
        self._changed = changed
        self._flight = QVariantAnimation(view)
        self._flight.setStartValue(0.0)
        self._flight.setEndValue(1.0)
        self._flight.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._flight.valueChanged.connect(self._fly)
        self._from = self._to = (QPointF(), 1.0)

    @property
    def scale(self) -> float:
        """How many pixels a scene unit has."""
        return self._view.transform().m11()

    @property
    def center(self) -> QPointF:
        """The point of the scene in the middle of the view."""
        view = self._view
        return view.mapToScene(view.viewport().rect().center())

    def stop(self) -> None:
        """Stay where the view is now."""
        self._flight.stop()

    def zoom_at(self, pixel: QPointF, scale: float) -> None:
        """Zoom so that what is under that pixel of the viewport stays there."""
        self.stop()
        scale = limited(scale)
        if scale == self.scale:
            return
        view = self._view
        inverse, _ = view.viewportTransform().inverted()
        fixed = inverse.map(pixel)
        self._set_scale(scale)
        there = view.viewportTransform().map(fixed)
        self.scroll(there.x() - pixel.x(), there.y() - pixel.y())

    def scroll(self, dx: float, dy: float) -> None:
        """Move the view by that many pixels."""
        for bar, step in ((self._view.horizontalScrollBar(), dx), (self._view.verticalScrollBar(), dy)):
            if round(step):
                bar.setValue(bar.value() + round(step))

    def frame(self, area: QRectF, largest: float = 1.0, at_once: bool = False) -> None:
        """Show all of an area, enlarged to `largest` at most."""
        scale = limited(min(largest, self._fitting(area)))
        self.go(area.center() - QPointF(0, (ABOVE - MARGIN) / 2 / scale), scale, at_once)

    def frame_legibly(self, area: QRectF) -> None:
        """Show all of an area if its words can be read then, else its beginning, at once."""
        if self._fitting(area) >= LEGIBLE:
            self.frame(area, at_once=True)
            return
        middle = self._view.viewport().height() / 2
        self.go(QPointF(area.center().x(), area.top() + (middle - ABOVE) / LEGIBLE), LEGIBLE, at_once=True)

    def _fitting(self, area: QRectF) -> float:
        """The scale at which an area just fits into the view."""
        room = self._view.viewport().size()
        across = (room.width() - 2 * MARGIN) / max(1.0, area.width())
        return min(across, (room.height() - ABOVE - MARGIN) / max(1.0, area.height()))

    def go(self, center: QPointF, scale: float, at_once: bool = False) -> None:
        """Look there, smoothly where the person's system has animations."""
        self.stop()
        style = self._view.style()
        duration = style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self._view)
        if at_once or duration <= 0 or not self._view.isVisible():
            self._look(center, scale)
            return
        self._from, self._to = (self.center, self.scale), (center, scale)
        self._flight.setDuration(max(160, min(260, duration)))
        self._flight.start()

    def _fly(self, part: float) -> None:
        (start, near), (end, far) = self._from, self._to
        if part >= 1:
            self._look(end, far)
        else:
            self._look(start + (end - start) * part, exp(log(near) + (log(far) - log(near)) * part))

    def _look(self, center: QPointF, scale: float) -> None:
        if scale != self.scale:
            self._set_scale(scale)
        self._view.centerOn(center)

    def _set_scale(self, scale: float) -> None:
        self._changing(scale)
        self._view.setTransform(QTransform.fromScale(scale, scale))
        self._changed(scale)
