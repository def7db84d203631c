"""The Training panel: loss, gradient norms and their heat map of a live or finished run.

Neither numpy nor pyqtgraph is imported with this file: the window opens before they are needed, then calls `warm_up`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeySequence, QPainter, QPaintEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.bridge.run_folder import RunReader
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.plots.gradient_plot import GradientPlot
    from netbuilder.ui.plots.heat_map import HeatMap
    from netbuilder.ui.plots.loss_plot import LossPlot
    from netbuilder.ui.plots.plot import Plot
    from netbuilder.ui.plots.run_data import RunData

_INTERVAL = 200
_BETWEEN = 18


class Headline(QWidget):
    """The latest values in one line, each after its name."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self._theme = theme
        self.values: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def text(self) -> str:
        """The line as plain text."""
        return " · ".join(" ".join(pair) for pair in self.values)

    def set(self, theme: Theme, values: list[tuple[str, str]]) -> None:
        """Show these names and values."""
        if (theme, values) != (self._theme, self.values):
            self._theme, self.values = theme, values
            self.setAccessibleName(self.text)
            self.update()

    def sizeHint(self) -> QSize:
        """One line high."""
        return QSize(100, 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Names soft, values strong, a dot between."""
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setFeature(QFont.Tag("tnum"), 1)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        x = 12.0
        parts = []
        for index, (name, value) in enumerate(self.values):
            if index:
                parts.append(("  ·  ", self._theme.text_faint))
            parts += [(name + " ", self._theme.text_soft), (value, self._theme.text)]
        for text, colour in parts:
            painter.setPen(QColor(colour))
            box = QRectF(x, 2, self.width() - x, self.height() - 2)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
            x += metrics.horizontalAdvance(text)


class TrainingPanel(QWidget):
    """Follows the folder of one run. `gradients` tells each node's gradient norm at the latest step that has one."""

    gradients = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Build what shows while there is no run."""
        super().__init__(parent)
        self.setObjectName("training")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = theme
        self.live = False
        self.loss: LossPlot | None = None
        self.gradient: GradientPlot | None = None
        self.heat: HeatMap | None = None
        self.run: RunData | None = None
        self._reader: RunReader | None = None
        self._stale = False
        self._empty = QLabel(self.tr("Press Train to see loss and gradients here"), self)
        self._empty.setObjectName("empty")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._timer = QTimer(self, interval=_INTERVAL)
        self._timer.timeout.connect(self.refresh)
        self._all = QShortcut(QKeySequence("A"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._all.activated.connect(self.show_all)
        self._dress()

    @property
    def plots(self) -> tuple[Plot, ...]:
        """The three plots, or none while they are not made."""
        return tuple(plot for plot in (self.loss, self.gradient, self.heat) if plot is not None)

    def warm_up(self) -> None:
        """Load pyqtgraph and make the plots, if that was not done yet."""
        if self.loss is not None:
            return
        from netbuilder.ui.plots.gradient_plot import GradientPlot
        from netbuilder.ui.plots.heat_map import HeatMap
        from netbuilder.ui.plots.loss_plot import LossPlot

        page = QWidget(self)
        self.headline = Headline(self.theme, page)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, page)
        self.splitter.setHandleWidth(_BETWEEN)
        self.splitter.setChildrenCollapsible(False)
        self.loss, self.gradient, self.heat = LossPlot(self.theme), GradientPlot(self.theme), HeatMap(self.theme)
        for plot in self.plots:
            plot.setMinimumWidth(180)
            self.splitter.addWidget(plot)
            self.splitter.setStretchFactor(self.splitter.count() - 1, 1)
            plot.reset_asked.connect(self.show_all)
            plot.steps_zoomed.connect(self._show_steps)
            plot.zoom_changed.connect(self._offer_all)
            plot.pointed_at.connect(self._point_at)
        self.splitter.setSizes([1000, 1000, 1000])
        self.all_button = QToolButton(page)
        self.all_button.setText(self.tr("Show all"))
        self.all_button.setToolTip(self.tr("Leave the zoom (A, or double-click in a plot)"))
        self.all_button.clicked.connect(self.show_all)
        self.all_button.hide()
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 18, 0)
        top.addWidget(self.headline, 1)
        top.addWidget(self.all_button)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 2)
        box.setSpacing(0)
        box.addLayout(top)
        box.addWidget(self.splitter, 1)
        self._stack.addWidget(page)

    def show_run(self, folder: Path | None) -> None:
        """Follow this run from its first row; None shows that there is none."""
        self._reader = RunReader(folder) if folder is not None else None
        self.run = None
        if self._reader is None:
            self._stack.setCurrentIndex(0)
            self.gradients.emit({})
            return
        self.warm_up()
        for plot in self.plots:
            plot.set_run(None)
        self._offer_all()
        self.headline.set(self.theme, [])
        self._stack.setCurrentIndex(1)
        self.refresh()

    def refresh(self) -> None:
        """Read what came and show it."""
        if self._reader is None:
            return
        steps, epochs = self._reader.news()
        if self.run is None and not self._begin():
            return
        run = self.run
        if run is None or not (steps or epochs or self._stale):
            return
        measured = run.add(steps, epochs)
        self._say_latest(run)
        self._stale = not self.isVisible()
        if not self._stale:
            for plot in self.plots:
                plot.refresh()
        if measured:
            self.gradients.emit(dict(run.gradients))

    def set_live(self, live: bool) -> None:
        """Read news five times a second from now on, or once more and then no longer."""
        if live:
            self._timer.start()
        elif self.live:
            self._timer.stop()
            self.refresh()
        self.live = live

    def show_all(self) -> None:
        """Leave the zoom in all plots."""
        for plot in self.plots:
            plot.show_all()
        self._offer_all()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = theme
        self._dress()
        for plot in self.plots:
            plot.set_theme(theme)
        if self.plots:
            self.headline.set(theme, self.headline.values)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _begin(self) -> bool:
        about = self._reader.about if self._reader is not None else None
        if about is None or self.gradient is None or self.heat is None:
            return False
        from netbuilder.ui.plots.gradient_plot import MOST
        from netbuilder.ui.plots.run_data import RunData

        self.run = RunData(about)
        for plot in self.plots:
            plot.set_run(self.run)
        many = len(self.run.nodes)
        self.gradient.setVisible(0 < many <= MOST)
        self.heat.setVisible(many > 0)
        self.heat.say(self.tr("{0} layers, too many for curves").format(many) if many > MOST else "")
        self._stale = not self.isVisible()
        return True

    def _say_latest(self, run: RunData) -> None:
        from netbuilder.ui.plots.loss_plot import metric_text
        from netbuilder.ui.plots.ticks import number

        values = [(self.tr("step"), f"{run.step:,}"), (self.tr("loss"), number(run.last_loss))] if run.step else []
        if len(run.epoch_steps.view()):
            values.append((self.tr("validation"), number(float(run.epochs[0].view()[-1]))))
            for name, column in zip(run.about.metrics, run.epochs[1:], strict=True):
                values.append((name, metric_text(name, float(column.view()[-1]))))
        self.headline.set(self.theme, values)

    def _show_steps(self, first: float, last: float) -> None:
        for plot in self.plots:
            if plot is not self.sender():
                plot.show_steps(first, last)

    def _offer_all(self) -> None:
        if self.plots:
            self.all_button.setVisible(any(plot.zoomed for plot in self.plots))

    def _point_at(self, step: float | None) -> None:
        for plot in self.plots:
            plot.point_at(step)

    def _dress(self) -> None:
        theme = self.theme
        self.setStyleSheet(f"""
            #training {{ background: {theme.panel}; }}
            QLabel#title {{ color: {theme.text}; font-size: 12px; font-weight: 600; }}
            QLabel#note {{ color: {theme.error}; font-size: 11px; }}
            QLabel#calm {{ color: {theme.text_soft}; font-size: 11px; }}
            QLabel#empty {{ color: {theme.text_faint}; font-size: 13px; }}
            QToolButton {{ color: {theme.text_soft}; font-size: 11px; padding: 1px 6px; border-radius: 4px;
                border: 1px solid {theme.line}; background: transparent; }}
            QToolButton:hover {{ background: {theme.hover}; color: {theme.text}; }}
            QToolButton:pressed {{ background: {theme.pressed}; }}
            QToolButton:focus {{ border-color: {theme.accent}; }}
            QToolButton:checked {{ background: {theme.selection}; color: {theme.text};
                border-color: {theme.selection}; }}
            QToolButton::menu-indicator {{ image: none; }}
            QSplitter::handle {{ background: transparent; }}
        """)
