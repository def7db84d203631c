"""Histograms over time as ridges, the newest in front: how weights, gradients and activations are spread, and move.

All ridges are painted by one widget: as filled curves of a plot they would take ten times as long.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QActionGroup, QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from netbuilder.bridge.about import BINS
from netbuilder.ui.plots import ticks
from netbuilder.ui.plots.colours import mix, ramp
from netbuilder.ui.plots.plot import small_font
from netbuilder.ui.plots.readout import Line, Readout
from netbuilder.ui.plots.run_data import STATISTICS, History, RunData
from netbuilder.ui.plots.series import Floats
from netbuilder.ui.theme import Theme

MOST = 40
"""More ridges than this would hide each other."""
_POINTS = 96
_HISTOGRAM = 2 + BINS
_LEFT, _RIGHT, _TOP, _BOTTOM = 12, 56, 8, 20
KINDS = ("weight", "gradient", "activation")


def rebinned(histograms: Floats, low: float, high: float, count: int) -> Floats:
    """Histograms, each low, high and counts, as densities at `count` places from `low` to `high`; none is nan."""
    edges = np.linspace(low, high, count + 1)
    found = np.zeros((len(histograms), count))
    for row, histogram in enumerate(histograms):
        least, most, counts = histogram[0], histogram[1], histogram[2:]
        total = counts.sum()
        if not (np.isfinite(least) and np.isfinite(most) and total > 0):
            continue
        if most <= least:  # all numbers are the same
            found[row, min(int((least - low) / ((high - low) or 1.0) * count), count - 1)] = 1.0
            continue
        own = np.linspace(least, most, len(counts) + 1)
        upto = np.concatenate([[0.0], np.cumsum(counts) / total])
        found[row] = np.diff(np.interp(edges, own, upto, left=0.0, right=1.0))
    return found


class Ridges(QWidget):
    """The picture: a ridge for each measured step, the latest at the bottom."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """Start without ridges."""
        super().__init__(parent)
        self.theme = theme
        self.setFont(small_font(self))
        self.setMouseTracking(True)
        self.steps: Floats = np.empty(0)
        self.heights: Floats = np.empty((0, 0))
        self.bounds = (0.0, 1.0)
        self.sentence = ""
        self.readout = Readout(theme, self.font(), self)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = theme
        self.readout.set_theme(theme)
        self.update()

    def show_histograms(self, steps: Floats, histograms: Floats, sentence: str) -> None:
        """Show these, shape (steps, 2 + bins); the sentence where there are none."""
        known = np.isfinite(histograms[:, :2]).all(axis=1) if len(histograms) else np.empty(0, np.bool_)
        self.steps, histograms, self.sentence = steps[known], histograms[known], sentence
        if len(histograms):
            low, high = float(histograms[:, 0].min()), float(histograms[:, 1].max())
            margin = (high - low) * 0.02 or abs(low) * 0.1 or 1.0
            self.bounds = (low - margin, high + margin)
            heights = rebinned(histograms, *self.bounds, _POINTS)
            kernel = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9
            heights = np.stack([np.convolve(row, kernel, "same") for row in heights])
            peak = np.percentile(heights.max(axis=1), 90) or 1.0
            self.heights = np.minimum(np.sqrt(heights / peak), 1.4)  # the root: tails are what one looks for
        else:
            self.heights = np.empty((0, 0))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for some ridges."""
        return QSize(240, 160)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _x(self, value: float) -> float:
        area = self._area()
        return area.left() + area.width() * (value - self.bounds[0]) / (self.bounds[1] - self.bounds[0])

    def _base(self, row: int) -> float:
        """The line that a ridge stands on."""
        area, count = self._area(), len(self.heights)
        tall = self._tall()
        return area.bottom() - (area.height() - tall) * (count - 1 - row) / max(count - 1, 1)

    def _tall(self) -> float:
        return float(self._area().height() * min(0.45, 2.5 / max(len(self.heights), 1) + 0.12))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint all of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not len(self.heights):
            painter.setPen(QColor(self.theme.text_faint))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(12, 0, -12, 0), flags, self.sentence)
            return
        area, metrics = self._area(), QFontMetricsF(self.font())
        self._paint_axis(painter, area, metrics)
        xs = area.left() + area.width() * (np.arange(_POINTS) + 0.5) / _POINTS
        shades, tall = ramp(self.theme, max(len(self.heights), 2)), self._tall()
        pen = QPen(QColor(self.theme.panel), 1)
        edge = -1e9
        for row, heights in enumerate(self.heights):
            base = self._base(row)
            top = [QPointF(x, y) for x, y in zip(xs, base - tall * heights / 1.4, strict=True)]
            ridge = QPolygonF([QPointF(xs[0], base), *top, QPointF(xs[-1], base)])
            shade = shades[row]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(self.theme.panel, shade, 0.75)))
            painter.drawPolygon(ridge)
            pen.setColor(
                QColor(mix(self.theme.panel, shade, 1.0) if row == len(self.heights) - 1 else self.theme.panel)
            )
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(top))
            last = row == len(self.heights) - 1
            if base - edge >= metrics.height() and (
                last or self._base(len(self.heights) - 1) - base >= metrics.height()
            ):
                edge = base
                painter.setPen(QColor(self.theme.text_soft))
                box = QRectF(area.right() + 6, base - metrics.height() * 0.75, _RIGHT, metrics.height())
                text = ticks.step_label(float(f"{self.steps[row]:.3g}"), float(self.steps[-1]))
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_axis(self, painter: QPainter, area: QRectF, metrics: QFontMetricsF) -> None:
        places = ticks.linear_ticks(*self.bounds, max(int(area.width() / 70), 2))
        edge = -1e9
        for place, text in zip(places, ticks.linear_labels(places), strict=True):
            x, width = self._x(place), metrics.horizontalAdvance(text)
            painter.setPen(QColor(self.theme.line))
            painter.drawLine(QPointF(round(x) + 0.5, area.top()), QPointF(round(x) + 0.5, area.bottom()))
            if x - width / 2 < edge + 8:
                continue
            edge = x + width / 2
            painter.setPen(QColor(self.theme.text_soft))
            box = QRectF(x - width / 2 - 2, area.bottom() + 4, width + 4, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which step the ridge under the mouse is of."""
        if not len(self.heights) or not self._area().contains(event.position()):
            self.readout.hide()
            return
        rows = np.array([self._base(row) for row in range(len(self.heights))])
        row = int(np.argmin(np.abs(rows - self._tall() / 3 - event.position().y())))
        area = self._area()
        value = self.bounds[0] + (event.position().x() - area.left()) / area.width() * (self.bounds[1] - self.bounds[0])
        at = min(int((event.position().x() - area.left()) / area.width() * _POINTS), _POINTS - 1)
        share = self.heights[row, at] ** 2
        colour = ramp(self.theme, max(len(self.heights), 2))[row]
        lines = [
            Line(
                colour,
                self.tr("at {0}").format(ticks.number(value)),
                self.tr("density {0}").format(ticks.number(share)),
            )
        ]
        title = self.tr("step {0}").format(f"{round(self.steps[row]):,}")
        self.readout.show_at(event.position().toPoint(), title, lines)

    def leaveEvent(self, _event: object) -> None:
        """Say nothing more."""
        self.readout.hide()


class RidgesView(QWidget):
    """The ridges of a layer that is chosen, and of which of its numbers."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Build it without a run."""
        super().__init__(parent)
        self.theme = theme
        self.run: RunData | None = None
        self.kind, self.of = KINDS[0], ""
        self.setAccessibleName(self.tr("Histograms"))
        self._title = QLabel(self.tr("Histograms"), self)
        self._title.setObjectName("title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self.kinds, self.ofs = self._chooser(), self._chooser()
        self.ridges = Ridges(theme, self)
        header = QHBoxLayout()
        header.setContentsMargins(12, 0, 18, 0)
        header.addWidget(self._title)
        header.addStretch(1)
        header.addWidget(self.ofs)
        header.addWidget(self.kinds)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(header)
        box.addWidget(self.ridges, 1)

    def set_run(self, run: RunData | None) -> None:
        """Show another run."""
        self.run = run
        self._offer()
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = theme
        self.ridges.set_theme(theme)

    def show_node(self, node: str) -> None:
        """Show a node's numbers, where it has some of the kind that is chosen."""
        if self.run is None:
            return
        owners = self.run.watched_nodes() if self.kind == "activation" else self.run.about.nodes
        if node in owners:
            self._choose(self.kind, self._names()[owners.index(node)])

    def refresh(self) -> None:
        """Show what came."""
        run, names = self.run, self._names()
        if run is None or self.of not in names:
            sentence = self.tr("Nothing of this is measured in this run.") if run is not None else ""
            self.ridges.show_histograms(np.empty(0), np.empty((0, _HISTOGRAM)), sentence)
            return
        history, columns = self._place(run, names.index(self.of))
        count = len(history)
        rows = np.unique(np.linspace(0, max(count - 1, 0), min(count, MOST)).round().astype(np.int64))
        sentence = self.tr("Nothing was measured yet: histograms are taken now and then, to cost little.")
        if not len(rows):
            self.ridges.show_histograms(np.empty(0), np.empty((0, _HISTOGRAM)), sentence)
            return
        steps = history.read(rows, slice(0, 1)).reshape(-1)
        self.ridges.show_histograms(steps, history.read(rows, columns), sentence)

    def _place(self, run: RunData, index: int) -> tuple[History, slice]:
        """Where the histograms of the index-th name lie."""
        if self.kind == "activation":
            start = 1 + index * (len(STATISTICS) + _HISTOGRAM) + len(STATISTICS)
            return run.activations, slice(start, start + _HISTOGRAM)
        start = 1 + (2 * index + KINDS.index(self.kind)) * _HISTOGRAM
        return run.weights, slice(start, start + _HISTOGRAM)

    def _names(self) -> tuple[str, ...]:
        if self.run is None:
            return ()
        return self.run.watched_names() if self.kind == "activation" else self.run.about.tensors

    def _chooser(self) -> QToolButton:
        button = QToolButton(self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(QMenu(button))
        return button

    def _offer(self) -> None:
        titles = {
            "weight": self.tr("weights"), "gradient": self.tr("gradients"), "activation": self.tr("activations"),
        }  # fmt: skip
        names = self._names()
        if self.of not in names:
            self.of = names[0] if names else ""
        choices = (
            (self.kinds, {titles[kind]: partial(self._choose, kind, self.of) for kind in KINDS}, titles[self.kind]),
            (self.ofs, {name: partial(self._choose, self.kind, name) for name in names}, self.of),
        )
        for button, offered, chosen in choices:
            menu = button.menu()
            menu.clear()
            group = QActionGroup(menu)
            for text, act in offered.items():
                action = menu.addAction(text, act)
                action.setCheckable(True)
                action.setChecked(text == chosen)
                group.addAction(action)
            button.setText(f"{chosen} ▾")
            button.setVisible(bool(offered))

    def _choose(self, kind: str, of: str) -> None:
        self.kind, self.of = kind, of
        self._offer()
        self.refresh()
