"""What is measured of each tensor or layer, step by step, as one image: a fading row is a layer that stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.axes import RowAxis
from netbuilder.ui.plots.colours import ramp
from netbuilder.ui.plots.curves_plot import Chooser
from netbuilder.ui.plots.plot import Plot, small_font
from netbuilder.ui.plots.quantities import Quantity
from netbuilder.ui.plots.readout import Line
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.plots.series import Envelope, Floats
from netbuilder.ui.theme import Theme

Bytes = NDArray[np.uint8]
NOTHING, LOWEST, HIGHEST, BAD = 0, 1, 254, 255
"""Bytes of the image: no data, the shades, a value that is not finite."""
_ROW_GAP = 5.0
_WIDEST = 128
_SAMPLE = 4096
"""Numbers that are enough to find out a percentile by."""


class _Image(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Bytes through a table of colours, stretched over the steps in view; thick rows are set apart by a line."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._data: Bytes = np.empty((0, 0), np.uint8)
        self._area = QRectF()
        self._colours: list[int] = []
        self._gap = QColor()

    def set_colours(self, shades: list[str], bad: str, gap: str) -> None:
        self._colours = [0, *(QColor(shade).rgba() for shade in shades), QColor(bad).rgba()]
        self._gap = QColor(gap)
        if not self._image.isNull():
            self._image.setColorTable(self._colours)
        self.update()

    def set_data(self, data: Bytes, first: float, last: float) -> None:
        self._data = np.ascontiguousarray(data)
        rows, columns = data.shape
        image = QImage(self._data.data, columns, rows, columns, QImage.Format.Format_Indexed8)
        image.setColorTable(self._colours)
        self._image = image
        area = QRectF(first, 0.0, last - first, float(rows))
        if area != self._area:
            self.prepareGeometryChange()
            self._area = area
        self.update()

    def boundingRect(self) -> QRectF:
        return self._area

    def paint(self, painter: QPainter, *_: object) -> None:
        if self._image.isNull() or self._area.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self._area, self._image)
        pixels = 1 / (self.pixelHeight() or 1.0)
        if pixels >= _ROW_GAP:
            pen = QPen(self._gap, 2.0 if pixels >= 2 * _ROW_GAP else 1.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            for row in range(1, self._image.height()):
                painter.drawLine(QPointF(self._area.left(), row), QPointF(self._area.right(), row))


def _rough(exponent: float) -> str:
    value = 10.0**exponent
    return f"{value:.1g}" if -2.6 < exponent < 3.9 else ticks.exponent_label(value, 1)


class _Scale(QWidget):
    """The shades with the norm at either end of them, in the header."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFont(small_font(parent))
        self._theme, self._ends = theme, ("", "")
        self.setFixedSize(136, 20)

    def set(self, theme: Theme, quantity: Quantity | None, low: float, high: float) -> None:
        ends = _rough(low), _rough(high)
        if quantity is not None and quantity.scale != "log":
            ends = quantity.text(low), quantity.text(high)
        if quantity is not None:
            self.setToolTip(quantity.title)
        if (theme, ends) != (self._theme, self._ends):
            self._theme, self._ends = theme, ends
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._ends[0]:
            return
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        right = self.width() - metrics.horizontalAdvance(self._ends[1]) - 1
        bar = QRectF(right - 70, self.height() / 2 - 4, 64, 8)
        shades = QLinearGradient(bar.topLeft(), bar.topRight())
        colours = ramp(self._theme, 17)
        for index, colour in enumerate(colours):
            shades.setColorAt(index / 16, QColor(colour))
        painter.fillRect(bar, shades)
        painter.setPen(QColor(self._theme.text_soft))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(QRectF(0, 0, self.width() - 1, self.height()), flags, self._ends[1])
        painter.drawText(QRectF(0, 0, bar.left() - 6, self.height()), flags, self._ends[0])


class HeatMap(Plot):
    """Tensors or layers in rows, steps along; brighter (in a light window: darker) is more."""

    def __init__(self, theme: Theme, quantities: Sequence[Quantity], parent: QWidget | None = None) -> None:
        """Build it without a run; it shows the first."""
        self._rows = RowAxis()
        super().__init__(theme, "", self._rows, parent)
        self.quantities = tuple(quantities)
        self.quantity = self.quantities[0]
        self.chooser = Chooser(self)
        self.chooser.chosen.connect(self.choose)
        self.header.insertWidget(0, self.chooser)
        self.note.setObjectName("calm")
        self.scale = _Scale(theme, self)
        self.header.addWidget(self.scale)
        self.image = _Image()
        self.image.setZValue(-5)
        self.graphics.addItem(self.image, ignoreBounds=True)
        self.view.setMouseEnabled(x=True, y=False)
        self.view.invertY(True)
        self._bounds = (-3.0, 0.0)
        self._dress()
        self.choose(0)

    def choose(self, index: int, *_: object) -> None:
        """Show another quantity."""
        self.quantity = self.quantities[index]
        self._title.setText(self.quantity.title)
        self.graphics.setAccessibleName(self.quantity.title)
        self._title.setVisible(len(self.quantities) == 1)
        self.chooser.show_choice(self.quantities, index)
        self._build()
        self.redraw()

    def say(self, sentence: str) -> None:
        """Show a sentence after the title."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def _dress(self) -> None:
        super()._dress()
        self.image.set_colours(ramp(self.theme, HIGHEST), self.theme.error, self.theme.panel)
        self.scale.set(self.theme, self.quantity if hasattr(self, "quantity") else None, *self._bounds)

    def _build(self) -> None:
        if self.run is None:
            self._rows.set_names((), [], _WIDEST)
            self.image.hide()
            return
        about, names = self.run.about, self.quantity.names(self.run)
        groups = []
        if names == about.tensors:
            for node, name in zip(self.run.nodes, self.run.names, strict=True):
                members = [index for index, owner in enumerate(about.nodes) if owner == node]
                groups.append(((members[0] + members[-1] + 1) / 2, name))
        else:
            every = max(len(names) // 12, 1)
            groups = [(index + 0.5, names[index]) for index in range(0, len(names), every)]
        self._rows.set_names(names, groups, _WIDEST)
        self.view.setLimits(yMin=0.0, yMax=float(max(len(names), 1)))
        self.image.setVisible(bool(names))

    def _draw(self, run: RunData, first: float, last: float, pixels: int) -> None:
        source = self.quantity.source(run)
        self._set_values(0.0, float(max(source.columns, 1)))
        self.image.setVisible(bool(source))
        if not source:
            return
        covered = (min(last, run.step) - max(first, 0.0)) / (last - first)
        envelope = source.envelope(max(int(pixels * covered), 1), first, last)
        values = self._middles(envelope)
        self._bounds = bounds(values) if self.quantity.scale == "log" else linear_bounds(values, self.quantity.scale)
        self.scale.set(self.theme, self.quantity, *self._bounds)
        cells = shades(values, envelope.bad, *self._bounds)
        places = self._places(first, last, pixels)
        self.image.set_data(spread(cells, envelope, places), self._x(first), self._x(last))

    def _middles(self, envelope: Envelope) -> Floats:
        if self.quantity.scale == "log":
            return envelope.middles()
        return (envelope.low.astype(np.float64) + envelope.high) / 2

    def _places(self, first: float, last: float, pixels: int) -> Floats:
        """The step in the middle of each column of pixels."""
        low, high = self._x(first), self._x(last)
        places = low + (np.arange(pixels) + 0.5) * (high - low) / pixels
        return 10**places if self.step_axis.logarithmic else places

    def _lines(self, run: RunData, step: float, value: float) -> tuple[float, list[Line]]:
        found = self.quantity.source(run).at(step + 0.5)
        if found is None:
            return float(round(step)), []
        step, values = found
        row = min(max(int(value), 0), len(values) - 1)
        number = float(values[row])
        with np.errstate(divide="ignore", invalid="ignore"):
            place = np.log10([[number]]) if self.quantity.scale == "log" else np.array([[number]])
        cell = int(shades(place, np.array([[not np.isfinite(number)]]), *self._bounds)[0, 0])
        colour = [self.theme.panel, *ramp(self.theme, HIGHEST), self.theme.error][cell]
        return step, [Line(colour, self.quantity.names(run)[row], self.quantity.text(number))]

    def _table(self, run: RunData) -> tuple[list[str], Iterator[Floats]]:
        return ["step", *self.quantity.names(run)], self.quantity.source(run).rows()


def linear_bounds(values: Floats, scale: str) -> tuple[float, float]:
    """The ends of a scale that is not logarithmic: all there can be, or all there is."""
    finite = values[np.isfinite(values)]
    if scale == "part" or not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (low, low + 1.0)


def bounds(norms: Floats) -> tuple[float, float]:
    """The exponents at the ends of the scale: whole halves that hold all but a hundredth on either side."""
    finite = norms[np.isfinite(norms)]
    if not len(finite):
        return -3.0, 0.0
    finite = finite[:: max(len(finite) // _SAMPLE, 1)]
    low, high = np.percentile(finite, [1, 99])
    low, high = float(np.floor(2 * low + 0.1) / 2), float(np.ceil(2 * high - 0.1) / 2)
    return (low, high) if high - low >= 1 else (high - 1, high)


def shades(norms: Floats, bad: Any, low: float, high: float) -> Bytes:
    """The byte of each cell."""
    part = np.clip(np.nan_to_num((norms - low) / (high - low), nan=0.0), 0.0, 1.0)
    cells = (LOWEST + np.rint(part * (HIGHEST - LOWEST))).astype(np.uint8)
    cells[np.isnan(norms)] = BAD
    cells[bad] = BAD
    return cells


def spread(cells: Bytes, envelope: Envelope, places: Floats) -> Bytes:
    """Bins to columns of pixels, whose middles lie at these steps: each shows its bin, or nothing without data yet.

    A row reaches from half a step before its step to the next row. A bin that is narrower than a pixel may not be seen
    unless it is bad.
    """
    starts = envelope.first - 0.5
    index = np.searchsorted(starts, places, side="right") - 1
    if len(starts) == 0:
        return np.zeros((len(cells), len(places)), np.uint8)
    gap = float(np.median(np.diff(envelope.first))) / envelope.size if len(starts) > 1 else 1.0
    none = (index < 0) | (places > envelope.last[-1] + max(gap, 1.0) - 0.5)
    image = cells[:, np.maximum(index, 0)]
    image[:, none] = NOTHING
    rows, bins = np.nonzero(cells == BAD)
    inside = (envelope.first[bins] >= places[0] - 1) & (envelope.first[bins] <= places[-1] + 1)
    columns = np.searchsorted(places, envelope.first[bins]).clip(0, len(places) - 1)
    image[rows[inside], columns[inside]] = BAD
    return image
