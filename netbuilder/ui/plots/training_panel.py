"""The Training panel: loss, metrics, gradient norms and their heat map of a live or finished run.

Neither numpy nor pyqtgraph is imported with this file: the window opens before they are needed, then calls `warm_up`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.graph.graph import Graph
from netbuilder.ui.plots.findings_list import FindingsList
from netbuilder.ui.plots.follower import Follower
from netbuilder.ui.plots.plot_panel import PlotPanel
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.plots.curves_plot import CurvesPlot
    from netbuilder.ui.plots.heat_map import HeatMap
    from netbuilder.ui.plots.loss_plot import LossPlot
    from netbuilder.ui.plots.metric_plot import MetricPlot
    from netbuilder.ui.plots.plot_row import PlotRow
    from netbuilder.ui.plots.run_data import RunData


_LOOK, _LATER = 2000, 100
"""Milliseconds between two looks at what ails a run, and from what came to the look."""


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


class TrainingPanel(PlotPanel):
    """Follows the folder of one run. `gradients` tells each node's gradient norm at the latest step that has one.

    Where it knows the `drawing`, it says what ails the run: `chosen` gives the node of such a finding that was clicked,
    `mended` the Finding whose button was pressed.
    """

    gradients = Signal(object)
    chosen = Signal(str)
    mended = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Build what shows while there is no run."""
        self.drawing: Callable[[], Graph] | None = None
        self.findings: FindingsList | None = None
        self._looked = QElapsedTimer()
        self.loss: LossPlot | None = None
        self.metrics: MetricPlot | None = None
        self.gradient: CurvesPlot | None = None
        self.heat: HeatMap | None = None
        self.over: list[Follower] = []
        super().__init__(theme, "", None, parent)
        self._empty.setText(self.tr("Press Train to see loss and gradients here"))

    def show_run(self, folder: Path | None) -> None:
        """Follow this run from its first row; None shows that there is none."""
        self.show_over(())
        if folder is None:
            self.gradients.emit({})
        else:
            self.warm_up()
            self._stack.setCurrentIndex(1)
            self.headline.set(self.theme, [])
        self.follower.show(folder)

    def show_over(self, folders: Sequence[Path]) -> None:
        """Lay the curves of other runs over those of the run that is shown."""
        for follower in self.over:
            follower.close()
            follower.deleteLater()
        self.over = []
        for folder in folders:
            follower = Follower(self)
            follower.began.connect(self._lay_over)
            follower.came.connect(self._came)
            self.over.append(follower)
            follower.show(folder)
        self._lay_over()

    def _lay_over(self, *_: object) -> None:
        runs = [follower.run for follower in self.over if follower.run is not None]
        if self.loss is not None and self.metrics is not None:
            self.loss.set_over(runs)
            self.metrics.set_over(runs)

    def refresh(self) -> None:
        """Read what came and show it."""
        self.follower.refresh()

    def set_live(self, live: bool) -> None:
        """Read news five times a second from now on, or once more and then no longer."""
        self.follower.set_live(live)
        if not live:
            self.look()

    @property
    def live(self) -> bool:
        """Whether news are read."""
        return self.follower.live

    def close_files(self) -> None:
        """Read no more."""
        for follower in (self.follower, *self.over):
            follower.close()

    def show_all(self) -> None:
        """Leave the zoom in all plots."""
        if self.row is not None:
            self.row.show_all()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        super().set_theme(theme)
        if self.row is not None:
            self.headline.set(theme, self.headline.values)
        if self.findings is not None:
            self.findings.set_theme(theme)

    def _make(self) -> PlotRow:
        from netbuilder.ui.plots.curves_plot import CurvesPlot
        from netbuilder.ui.plots.heat_map import HeatMap
        from netbuilder.ui.plots.loss_plot import LossPlot
        from netbuilder.ui.plots.metric_plot import MetricPlot
        from netbuilder.ui.plots.plot_row import PlotRow
        from netbuilder.ui.plots.quantities import gradients, tensors

        self.headline = Headline(self.theme, self)
        self.loss, self.metrics = LossPlot(self.theme), MetricPlot(self.theme)
        self.gradient, self.heat = CurvesPlot(self.theme, [gradients()]), HeatMap(self.theme, [tensors()])
        self.findings = FindingsList(self.theme)
        self.findings.chosen.connect(self.chosen)
        self.findings.mended.connect(self.mended)
        row = PlotRow((self.loss, self.metrics, self.gradient, self.heat), self.headline, (self.findings,))
        row.offer(self.findings, False)
        return row

    def _shown(self, run: RunData) -> None:
        from netbuilder.ui.plots.curves_plot import MOST

        assert self.row is not None and self.metrics is not None and self.gradient is not None
        assert self.heat is not None
        many = len(run.nodes)
        self._looked.invalidate()
        if self.findings is not None:
            self.findings.show_findings(())
            self.row.offer(self.findings, False)
        self.row.offer(self.metrics, bool(run.about.metrics or many))
        self.row.offer(self.gradient, 0 < many <= MOST)
        self.row.offer(self.heat, many > 0)
        self.heat.say(self.tr("{0} layers, too many for curves").format(many) if many > MOST else "")

    def _came(self, measured: bool) -> None:
        super()._came(measured)
        run = self.run
        if run is None:
            return
        self._say_latest(run)
        if not self.live:
            self.look()
        elif not self._looked.isValid() or self._looked.hasExpired(_LOOK):
            self._looked.start()
            QTimer.singleShot(_LATER, self, self.look)  # when the plots have had their turn
        if measured and self.sender() is self.follower:
            self.gradients.emit(dict(run.gradients))

    def look(self) -> None:
        """Find out what ails the run."""
        if self.run is None or self.drawing is None or self.row is None or self.findings is None:
            return
        from netbuilder.ui.plots.diagnosis import diagnose

        found = () if self.follower.loading else diagnose(self.run, self.drawing())
        self.findings.show_findings(found)
        self.row.offer(self.findings, bool(found))
        self._looked.start()

    def _say_latest(self, run: RunData) -> None:
        from netbuilder.ui.plots.loss_plot import metric_text
        from netbuilder.ui.plots.ticks import number

        values = [(self.tr("step"), f"{run.step:,}"), (self.tr("loss"), number(run.last_loss))] if run.step else []
        if len(run.epoch_steps.view()):
            values.append((self.tr("validation"), number(float(run.epochs[0].view()[-1]))))
            for name, column in zip(run.about.metrics, run.epochs[1:], strict=True):
                values.append((name, metric_text(run.about, name, float(column.view()[-1]))))
        self.headline.set(self.theme, values)
