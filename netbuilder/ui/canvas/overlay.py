"""Small cards that lie over the drawing and stay where they are while it is scrolled under them.

They are children of the viewport, and opaque: a sibling of the viewport, or one that can be seen through,
would have Qt paint the whole view at every step of a pan instead of the strip that came into sight.
Qt scrolls a viewport's children along, so each is put back after every step.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.view import View
from netbuilder.ui.theme import Theme

APART = 12
RADIUS = 8.0


class Overlay(QWidget):
    """A card over a view. `place` says where, after each scroll and each change of the view's size."""

    def __init__(self, view: View) -> None:
        super().__init__(view.viewport())
        self.view = view
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self.place)
        view.viewport().installEventFilter(self)

    @property
    def look(self) -> Look:
        """The colours of the drawing."""
        return self.view.items_scene.shared.look

    def place(self) -> None:
        """Stand in one's place; one that says nothing stays where it was put."""

    def set_theme(self, theme: Theme) -> None:
        """Take other colours: those that the view has by now."""
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when the view changes its size."""
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def paint_card(self, painter: QPainter) -> None:
        """Paint the card; outside its corners the canvas."""
        look = self.look
        painter.fillRect(self.rect(), look.canvas)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.edge, 1))
        painter.setBrush(look.card)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
