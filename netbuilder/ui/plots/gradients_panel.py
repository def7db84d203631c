"""The Gradients panel: what is measured of every layer, as curves and as a map, and how its numbers are spread.

Neither numpy nor pyqtgraph is imported with this file: the window opens before they are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from netbuilder.ui.plots.follower import Follower
from netbuilder.ui.plots.plot_panel import PlotPanel
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.plots.curves_plot import CurvesPlot
    from netbuilder.ui.plots.heat_map import HeatMap
    from netbuilder.ui.plots.plot_row import PlotRow
    from netbuilder.ui.plots.ridges import RidgesView
    from netbuilder.ui.plots.run_data import RunData


class GradientsPanel(PlotPanel):
    """Gradients, updates, and units of all layers, and the histograms of one."""

    def __init__(self, theme: Theme, follower: Follower, parent: QWidget | None = None) -> None:
        """Build what shows while there is no run."""
        self.curves: CurvesPlot | None = None
        self.heat: HeatMap | None = None
        self.ridges: RidgesView | None = None
        super().__init__(theme, "", follower, parent)
        self._empty.setText(self.tr("Press Train to see every layer's gradients, updates and histograms here"))

    def show_node(self, node: str) -> None:
        """Show the histograms of a node."""
        if self.ridges is not None:
            self.ridges.show_node(node)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        super().set_theme(theme)
        if self.ridges is not None:
            self.ridges.set_theme(theme)

    def _make(self) -> PlotRow:
        from netbuilder.ui.plots.curves_plot import CurvesPlot
        from netbuilder.ui.plots.heat_map import HeatMap
        from netbuilder.ui.plots.plot_row import PlotRow
        from netbuilder.ui.plots.quantities import of_layers, tensors
        from netbuilder.ui.plots.ridges import RidgesView

        gradients, updates, *rest = of_layers()
        self.curves = CurvesPlot(self.theme, (updates, gradients, *rest))
        self.heat = HeatMap(self.theme, (tensors(), *of_layers()[1:]))
        self.ridges = RidgesView(self.theme)
        return PlotRow((self.curves, self.heat), None, (self.ridges,))

    def _began(self, run: RunData | None) -> None:
        super()._began(run)
        if run is None and self.ridges is not None:
            self.ridges.set_run(None)

    def _shown(self, run: RunData) -> None:
        from netbuilder.ui.plots.curves_plot import MOST

        assert self.row is not None and self.curves is not None and self.ridges is not None
        self.row.offer(self.curves, len(run.nodes) <= MOST)
        self.ridges.set_run(run)

    def _refresh(self) -> None:
        super()._refresh()
        if self.ridges is not None:
            self.ridges.refresh()
