"""What the three plots share: header, legend, axes, the zoom that stays while data come, the cursor, saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QMessageBox, QVBoxLayout, QWidget

from netbuilder.ui.plots.axes import StepAxis, View
from netbuilder.ui.plots.legend import Legend
from netbuilder.ui.plots.readout import Line, Readout
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.plots.series import Floats
from netbuilder.ui.theme import Theme

_FONT = 11


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

    def __init__(self, theme: Theme, title: str, axis: Any, parent: QWidget | None = None) -> None:
        """Build it; `axis` is the one at the left."""
        super().__init__(parent)
        self.theme = theme
        self.run: RunData | None = None
        self.value_axis, self.step_axis, self.view = axis, StepAxis(), View()
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
        self._title = QLabel(title, self)
        self._title.setObjectName("title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
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
        end = float(self.run.end)
        self.view.setLimits(xMin=0.0, xMax=end, minXRange=min(8.0, end))
        if not self._steps_fixed:
            self._auto_steps = (0.0, end)
            self.view.setXRange(0.0, end, padding=0)
        self.redraw()

    def redraw(self) -> None:
        """Draw the part of the run that is in view, in as many points as it has pixels."""
        if self.run is None or self.view.width() < 2:
            return
        (first, last), _ = self.view.viewRange()
        self._draw(self.run, first, last, max(int(self.view.width()), 16))
        self.now.setPos(self.run.step)
        self.now.setVisible(0 < self.run.step < self.run.end)

    def show_steps(self, first: float, last: float) -> None:
        """Zoom to these steps and stay there."""
        self._steps_fixed = True
        self.view.setXRange(first, last, padding=0)
        self.zoom_changed.emit()
        self.redraw()

    def show_all(self) -> None:
        """Leave the zoom and follow the run again."""
        self._steps_fixed = self._values_fixed = False
        self.refresh()

    def point_at(self, step: float | None) -> None:
        """Draw the cursor's line at a step, wherever the cursor itself may be."""
        self.cursor_line.setVisible(step is not None)
        if step is not None:
            self.cursor_line.setPos(step)

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

    def _table(self, run: RunData) -> tuple[list[str], Floats]:
        """Names of columns and rows, to be saved."""
        return [], np.empty((0, 0))

    # for the kinds

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
            self.steps_zoomed.emit(*steps)
        self.zoom_changed.emit()
        self._later.start()

    def _hover(self, place: QPointF) -> None:
        if self.run is None or not self.run.step or not self.view.sceneBoundingRect().contains(place):
            self._leave()
            return
        at = self.view.mapSceneToView(place)
        step, lines = self._lines(self.run, at.x(), at.y())
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
        menu.addAction(self.tr("Save as CSV…"), lambda: self._ask_and_save(self.tr("Table (*.csv)"), ".csv"))
        return menu

    def _ask_and_save(self, kind: str, ending: str) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save the plot"), self._title.text() + ending, kind)
        if not chosen:
            return
        path = Path(chosen) if Path(chosen).suffix else Path(chosen + ending)
        try:
            self.save(path)
        except OSError as error:
            box = QMessageBox(QMessageBox.Icon.Warning, self.tr("Save the plot"), self.tr("The plot was not saved."))
            box.setTextFormat(Qt.TextFormat.PlainText)
            box.setInformativeText(str(error))
            box.exec()

    def save(self, path: Path) -> None:
        """Write a picture, or for `.csv` every row of the run. OSError when that cannot be done."""
        if path.suffix.lower() == ".csv":
            if self.run is None:
                raise OSError(self.tr("There is no run to save."))
            names, rows = self._table(self.run)
            with path.open("w", encoding="utf-8") as file:
                file.write(",".join(names) + "\n")
                np.savetxt(file, rows, fmt="%.9g", delimiter=",")
            return
        picture = QPixmap(self.size() * 2)
        picture.setDevicePixelRatio(2)
        picture.fill(self.theme.panel)
        self.render(picture)
        if not picture.save(str(path), "PNG"):
            raise OSError(self.tr("{0} could not be written.").format(path))
