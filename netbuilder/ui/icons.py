"""Our own icons: SVG drawn in black, tinted here to fit the theme."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from netbuilder.places import resource

_PIXELS = (16, 20, 24, 32, 40, 48, 64)


def _paint(renderer: QSvgRenderer, colour: str, pixels: int) -> QPixmap:
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(colour))
    painter.end()
    return pixmap


def _renderer(name: str) -> QSvgRenderer:
    path = resource("icons", f"{name}.svg")
    renderer = QSvgRenderer(str(path))
    if not renderer.isValid():
        raise FileNotFoundError(path)
    return renderer


def icon(name: str, colour: str) -> QIcon:
    """The icon of that name in a colour (`#rrggbb`), crisp from 16 px up to 32 px at twice the density."""
    renderer = _renderer(name)
    made = QIcon()
    for pixels in _PIXELS:
        made.addPixmap(_paint(renderer, colour, pixels))
    return made


def pixmap(name: str, colour: str, side: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of `side` logical pixels on a screen of that pixel ratio."""
    made = _paint(_renderer(name), colour, round(side * ratio))
    made.setDevicePixelRatio(ratio)
    return made
