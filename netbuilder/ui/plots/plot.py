"""What all plots over steps share: header, legend, axes, the zoom that stays while data come, the cursor, saving."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QEvent, QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QMessageBox, QVBoxLayout, QWidget

from netbuilder.ui.parts import ElidedLabel
from netbuilder.ui.plots.axes import StepAxis, View
from netbuilder.ui.plots.legend import Legend
from netbuilder.ui.plots.readout import Line, Readout
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.plots.saving import TableSaving, csv_pieces
from netbuilder.ui.plots.series import Envelope, Floats, Source, together
from netbuilder.ui.theme import Theme

_FONT = 11
SMOOTH = 1 / 70
"""The window of smoothed curves on either side, as a part of the steps in view."""
_LEAST_STEP = 0.5
"""Where an axis of steps on a logarithmic scale begins."""


def small_font(widget: QWidget) -> QFont:
    """The window's type, small, with figures that are all equally wide."""
    font = QFont(widget.font())
    font.setPixelSize(_FONT)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


class Plot(QWidget):
    """One plot over the steps of a run. Its kinds say what is drawn, read out and saved."""

    zoom_changed = Signal()
    steps_zoomed = Signal(float, float)
    reset_asked = Signal()
    pointed_at = Signal(object)
    redrawn = Signal()

    def __init__(self, theme: Theme, title: str, axis: Any, parent: QWidget | None = None) -> None:
        """Build it; `axis` is the one at the left."""
        super().__init__(parent)
        self.theme = theme
        self.run: RunData | None = None
        self.value_axis, self.step_axis, self.view = axis, StepAxis(), View()
        self.smoothing = SMOOTH
        self._steps_fixed = self._values_fixed = False
        self._auto_steps, self._auto_values = (0.0, 1.0), (0.0, 1.0)
        self._font = small_font(self)
        self.graphics = pg.PlotWidget(viewBox=self.view, axisItems={"left": axis, "bottom": self.step_axis})
        self.graphics.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.graphics.setAccessibleName(title)
        self.graphics.hideButtons()
        self.graphics.plotItem.setMenuEnabled(False)
        self.graphics.plotItem.layout.setContentsMargins(0, 7, 18, 0)
        axis.setZValue(-10)
        for side in ("top", "right"):  # nobody sees them, but they would follow every move of the view
            self.graphics.plotItem.getAxis(side).unlinkFromView()
        self._layout(title)
        self.now = pg.InfiniteLine(angle=90, movable=False)
        self.cursor_line = pg.InfiniteLine(angle=90, movable=False)
        for line in (self.now, self.cursor_line):
            line.hide()
            self.graphics.addItem(line, ignoreBounds=True)
        self.readout = Readout(theme, self._font, self.graphics.viewport())
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.redraw)
        self._connect()

    def _layout(self, title: str) -> None:
        self._title = ElidedLabel(title, least=90)
        self._title.setObjectName("title")
        self.note = QLabel(self)
        self.note.setObjectName("note")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.hide()
        self.legend = Legend(self.theme, self._font, self)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(12, 0, 18, 0)
        self.header.setSpacing(8)
        self.header.addWidget(self._title)
        self.header.addWidget(self.note)
        self.header.addWidget(self.legend, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(self.header)
        box.addWidget(self.graphics, 1)

    def _connect(self) -> None:
        self.view.sigRangeChangedManually.connect(self._keep_zoom)
        self.view.sigResized.connect(lambda *_: self._later.start())
        self.view.reset_asked.connect(self.reset_asked)
        self.view.menu_asked.connect(self._menu)
        self.graphics.scene().sigMouseMoved.connect(self._hover)
        self.graphics.viewport().installEventFilter(self)
        self.legend.toggled.connect(lambda *_: self.redraw())

    # what the panel calls

    @property
    def title(self) -> str:
        """What is drawn."""
        return self._title.text()

    @property
    def zoomed(self) -> bool:
        """Whether the person chose what is in view; data that come then do not move it."""
        return self._steps_fixed or self._values_fixed

    def set_run(self, run: RunData | None) -> None:
        """Show another run, from its beginning to its planned end."""
        self.run = run
        self._steps_fixed = self._values_fixed = False
        self._build()
        self.now.hide()
        self.refresh()

    def refresh(self) -> None:
        """Show what came."""
        if self.run is None:
            return
        first, last = self._x(0.0), self._x(self._end(self.run))
        self.view.setLimits(xMin=first, xMax=last, minXRange=min(8.0, last) if first == 0 else 0.05)
        if not self._steps_fixed:
            self._auto_steps = (first, last)
            self.view.setXRange(first, last, padding=0)
        self.redraw()

    def redraw(self) -> None:
        """Draw the part of the run that is in view, in as many points as it has pixels."""
        if self.run is None or self.view.width() < 2 or self.isHidden():
            return
        (first, last), _ = self.view.viewRange()
        self._draw(self.run, self._step(first), self._step(last), max(int(self.view.width()), 16))
        self.now.setPos(self._x(self.run.step))
        self.now.setVisible(0 < self.run.step < self.run.end)
        # Left to the painting, this would move the items while they are painted, and all were painted once more.
        self.graphics.scene().prepareForPaint()
        self.redrawn.emit()

    def show_steps(self, first: float, last: float) -> None:
        """Zoom to these steps and stay there."""
        self._steps_fixed = True
        self.view.setXRange(self._x(first), self._x(last), padding=0)
        self.zoom_changed.emit()
        self.redraw()

    def set_logarithmic_steps(self, on: bool) -> None:
        """Have the steps on a logarithmic scale, or not."""
        if on == self.step_axis.logarithmic:
            return
        (first, last), _ = self.view.viewRange()
        steps = self._step(first), self._step(last)
        self.step_axis.logarithmic = on
        self.step_axis.picture = None
        self.refresh()
        if self._steps_fixed:
            self.show_steps(*steps)

    def set_smoothing(self, part: float) -> None:
        """Smooth over such a part of the steps in view on either side; 0 smooths nothing."""
        self.smoothing = part
        self.redraw()

    def show_all(self) -> None:
        """Leave the zoom and follow the run again."""
        self._steps_fixed = self._values_fixed = False
        self.refresh()

    def point_at(self, step: float | None) -> None:
        """Draw the cursor's line at a step, wherever the cursor itself may be."""
        self.cursor_line.setVisible(step is not None)
        if step is not None:
            self.cursor_line.setPos(self._x(step))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = theme
        self.readout.set_theme(theme)
        self._dress()
        self._build()
        self.redraw()

    # what each kind of plot says

    def _build(self) -> None:
        """Make the items for the run, in the colours of the theme; empty ones where there is none."""

    def _draw(self, run: RunData, first: float, last: float, pixels: int) -> None:
        """Put the data of the steps from `first` to `last` into the items."""

    def _lines(self, run: RunData, step: float, value: float) -> tuple[float, list[Line]]:
        """The step nearest the cursor at which there are values, and the values."""
        return step, []

    def _table(self, run: RunData) -> tuple[list[str], Iterator[Floats]]:
        """Names of columns, and their rows some at a time, to be saved."""
        return [], iter(())

    def _end(self, run: RunData) -> float:
        """The last step of the axis."""
        return float(run.end)

    # for the kinds

    def _x(self, step: float) -> float:
        """Where a step is on the axis."""
        return float(np.log10(max(step, _LEAST_STEP))) if self.step_axis.logarithmic else step

    def _step(self, x: float) -> float:
        """What step is there on the axis."""
        return float(10**x) if self.step_axis.logarithmic else x

    def _xs(self, steps: Floats) -> Floats:
        """`_x` of many."""
        return np.log10(np.maximum(steps, _LEAST_STEP)) if self.step_axis.logarithmic else steps

    def _envelope(self, source: Source, first: float, last: float, pixels: int) -> Envelope:
        """What is in view, a bin a pixel: on a logarithmic axis a row may be wide at one end and thin at the other."""
        if not self.step_axis.logarithmic:
            return source.envelope(pixels, first, last)
        ends = [max(first, 1.0)]
        while ends[-1] < last:
            ends.append(min(2 * ends[-1], last) if ends[-1] * 2 < last else last)
        share = max(pixels // max(len(ends) - 1, 1), 8)
        pieces = [source.envelope(share, a, b) for a, b in itertools.pairwise(ends)]
        return together(pieces or [source.envelope(share, first, last)])

    def _smooth_steps(self, first: float, last: float, most: int) -> Floats:
        """Steps at which a smoothed curve has points: they stand still while rows come."""
        if self.step_axis.logarithmic:
            return np.unique(np.rint(np.geomspace(max(first, 1.0), max(last, 1.0), most)))
        stride = max(-(-int(last - first) // most), 1)
        return np.arange(max(first // stride, 0) * stride, last + stride, stride) + 1.0

    def _set_values(self, low: float, high: float) -> None:
        if not self._values_fixed:
            self._auto_values = (low, high)
            self.view.setYRange(low, high, padding=0)

    def _dress(self) -> None:
        theme = self.theme
        self.graphics.setBackground(theme.panel)
        self.value_axis.dress(theme, self._font)
        self.step_axis.dress(theme, self._font)
        self.now.setPen(pg.mkPen(theme.text_faint, width=1, style=Qt.PenStyle.DotLine))
        self.cursor_line.setPen(pg.mkPen(theme.text_faint, width=1))

    def _more_actions(self, menu: QMenu) -> None:
        """Add what only this kind of plot can do to its menu."""

    # what the person does

    def _keep_zoom(self, *_: object) -> None:
        steps, values = (tuple(bounds) for bounds in self.view.viewRange())
        if not np.allclose(values, self._auto_values, rtol=1e-9, atol=0):
            self._values_fixed = True
        if self._steps_fixed or not np.allclose(steps, self._auto_steps, rtol=1e-9, atol=0):
            self._steps_fixed = True
            self.steps_zoomed.emit(self._step(steps[0]), self._step(steps[1]))
        self.zoom_changed.emit()
        self._later.start()

    def _hover(self, place: QPointF) -> None:
        if self.run is None or not self.run.step or not self.view.sceneBoundingRect().contains(place):
            self._leave()
            return
        at = self.view.mapSceneToView(place)
        step, lines = self._lines(self.run, self._step(at.x()), at.y())
        self.pointed_at.emit(step)
        point: QPoint = self.graphics.mapFromScene(place)
        self.readout.show_at(point, self.tr("step {0}").format(f"{round(step):,}"), lines)

    def _leave(self) -> None:
        if not self.readout.isHidden():
            self.readout.hide()
        self.pointed_at.emit(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the mouse leave."""
        if event.type() == QEvent.Type.Leave:
            self._leave()
        return super().eventFilter(watched, event)

    def _menu(self, place: QPoint) -> None:
        self.menu().popup(place)

    def menu(self) -> QMenu:
        """The menu of the right mouse button."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Show all"), self.reset_asked.emit)
        self._more_actions(menu)
        menu.addSeparator()
        menu.addAction(self.tr("Save as PNG…"), lambda: self._ask_and_save(self.tr("Picture (*.png)"), ".png"))
        menu.addAction(self.tr("Save as SVG…"), lambda: self._ask_and_save(self.tr("Drawing (*.svg)"), ".svg"))
        menu.addAction(self.tr("Save as CSV…"), lambda: self._ask_and_save(self.tr("Table (*.csv)"), ".csv"))
        return menu

    def _ask_and_save(self, kind: str, ending: str) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save the plot"), self._title.text() + ending, kind)
        if not chosen:
            return
        path = Path(chosen) if Path(chosen).suffix else Path(chosen + ending)
        try:
            if path.suffix.lower() == ".csv":
                self.save_slowly(path)
            else:
                self.save(path)
        except OSError as error:
            self._say_unsaved(str(error))

    def _say_unsaved(self, reason: str) -> None:
        """Say it without waiting for an answer: a table may fail long after it was asked for."""
        if reason:
            box = QMessageBox(self)
            box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            box.setIcon(QMessageBox.Icon.Warning)
            box.setWindowTitle(self.tr("Save the plot"))
            box.setTextFormat(Qt.TextFormat.PlainText)
            box.setText(self.tr("The plot was not saved."))
            box.setInformativeText(reason)
            box.open()

    def save_slowly(self, path: Path) -> TableSaving:
        """Begin to write every row of the run; the window goes on meanwhile. OSError when that cannot be done."""
        saving = TableSaving(path, self._pieces(), self._end(self._shown_run()), self)
        saving.ended.connect(self._say_unsaved)
        return saving

    def save(self, path: Path) -> None:
        """Write a picture, or for `.csv` every row of the run. OSError when that cannot be done."""
        if path.suffix.lower() == ".csv":
            self._save_table(path)
        elif path.suffix.lower() == ".svg":
            self._save_drawing(path)
        else:
            picture = QPixmap(self.size() * 2)
            picture.setDevicePixelRatio(2)
            picture.fill(self.theme.panel)
            self.render(picture)
            if not picture.save(str(path), "PNG"):
                raise OSError(self.tr("{0} could not be written.").format(path))

    def _save_table(self, path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(text for text, _ in self._pieces())

    def _pieces(self) -> Iterator[tuple[str, float]]:
        return csv_pieces(*self._table(self._shown_run()))

    def _shown_run(self) -> RunData:
        if self.run is None:
            raise OSError(self.tr("There is no run to save."))
        return self.run

    def _save_drawing(self, path: Path) -> None:
        buffer = QBuffer()
        drawing = QSvgGenerator()
        drawing.setOutputDevice(buffer)
        drawing.setSize(self.size())
        drawing.setViewBox(self.rect())
        drawing.setTitle(self._title.text())
        painter = QPainter(drawing)
        painter.fillRect(self.rect(), QColor(self.theme.panel))
        self.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
        painter.end()
        path.write_bytes(buffer.data().data())
