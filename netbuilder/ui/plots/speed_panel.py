"""The Speed panel: samples a second, where the time of a step goes, and how busy the computer is.

Neither numpy nor pyqtgraph is imported with this file: the window opens before they are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from netbuilder.ui.plots.follower import Follower
from netbuilder.ui.plots.plot_panel import PlotPanel
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.plots.plot_row import PlotRow


class SpeedPanel(PlotPanel):
    """What the pulse of a run says."""

    def __init__(self, theme: Theme, follower: Follower, parent: QWidget | None = None) -> None:
        """Build what shows while there is no run."""
        super().__init__(theme, "", follower, parent)
        self._empty.setText(self.tr("Press Train to see speed, time by phase, load and memory here"))

    def _make(self) -> PlotRow:
        from netbuilder.ui.plots.areas_plot import AreasPlot
        from netbuilder.ui.plots.curves_plot import CurvesPlot
        from netbuilder.ui.plots.plot_row import PlotRow
        from netbuilder.ui.plots.quantities import load, memory, phases, speed

        simple = [CurvesPlot(self.theme, [quantity]) for quantity in (speed(), load(), memory())]
        return PlotRow((simple[0], AreasPlot(self.theme, [phases()]), *simple[1:]), None)
