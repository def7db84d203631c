"""What is coloured alike on all pages of a comparison: the runs, and the kinds of change."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from netbuilder.graph.differences import Change
from netbuilder.ui.theme import Theme


def run_colour(theme: Theme, index: int) -> str:
    """The colour of the index-th of the runs that are compared."""
    return theme.curves[index % len(theme.curves)]


def change_colour(theme: Theme, change: Change) -> str:
    """The colour that marks a change."""
    return {"added": theme.good, "removed": theme.error, "changed": theme.warning}[change]


def square(colour: str) -> QIcon:
    """A small square in a colour, as an icon."""
    picture = QPixmap(32, 32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(QRectF(6, 6, 20, 20), 4, 4)
    painter.end()
    return QIcon(picture)
