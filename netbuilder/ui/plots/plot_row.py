"""Plots side by side that share their zoom and their cursor, and the row of buttons over them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from netbuilder.ui.plots.plot import SMOOTH, Plot
from netbuilder.ui.plots.run_data import RunData
from netbuilder.ui.theme import Theme

_BETWEEN = 18
_LEAST = 180
_PAUSE = 12
"""Milliseconds between two plots that are refreshed in turn."""


class PlotRow(QWidget):
    """Some plots over the steps of a run, and beside them what else there is."""

    redrawn = Signal()

    def __init__(
        self, plots: Sequence[Plot], head: QWidget | None, beside: Sequence[QWidget] = (), hidden: Sequence[int] = ()
    ) -> None:
        """Put them side by side, under a `head`; what stands `beside` has no steps. Some are hidden until wanted."""
        super().__init__()
        self.plots = tuple(plots)
        self._turn: list[Plot] = []
        self._next = QTimer(self, singleShot=True, interval=_PAUSE)
        self._next.timeout.connect(self._refresh_next)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(_BETWEEN)
        self.splitter.setChildrenCollapsible(False)
        for widget in (*plots, *beside):
            widget.setMinimumWidth(max(widget.minimumWidth(), _LEAST))
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(self.splitter.count() - 1, 1)
        for plot in plots:
            plot.reset_asked.connect(self.show_all)
            plot.steps_zoomed.connect(self._show_steps)
            plot.zoom_changed.connect(self._offer_all)
            plot.pointed_at.connect(self._point_at)
            plot.redrawn.connect(self.redrawn)
        self.splitter.setSizes([1000] * self.splitter.count())
        self.all_button = self._button(self.tr("Show all"), self.tr("Leave the zoom (A, or double-click in a plot)"))
        self.all_button.clicked.connect(self.show_all)
        self.all_button.hide()
        self.log_button = self._button(self.tr("log steps"), self.tr("Have the steps on a logarithmic scale"))
        self.log_button.setCheckable(True)
        self.log_button.toggled.connect(self.set_logarithmic_steps)
        self.smooth_button = self._smooth_button()
        self.view_button = self._view_button((*plots, *beside), hidden)
        top = QHBoxLayout()
        top.setContentsMargins(0, 2, 18, 2)
        top.setSpacing(6)
        if head is not None:
            top.addWidget(head, 1)
        else:
            top.addStretch(1)
        for button in (self.all_button, self.smooth_button, self.log_button, self.view_button):
            top.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 2)
        box.setSpacing(0)
        box.addLayout(top)
        box.addWidget(self.splitter, 1)
        self._all = QShortcut(QKeySequence("A"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._all.activated.connect(self.show_all)

    def set_run(self, run: RunData | None) -> None:
        """Show another run."""
        for plot in self.plots:
            plot.set_run(run)
        self._offer_all()

    def refresh(self) -> None:
        """Show what came."""
        for plot in self.plots:
            if plot.isVisible():
                plot.refresh()

    def refresh_in_turn(self) -> None:
        """Show what came, one plot after the other: in between the window answers."""
        self._turn = [plot for plot in self.plots if plot.isVisible()]
        self._next.start()

    def _refresh_next(self) -> None:
        if self._turn:
            self._turn.pop(0).refresh()
        if self._turn:
            self._next.start()

    def redraw(self) -> None:
        """Draw again what is in view."""
        for plot in self.plots:
            if plot.isVisible():
                plot.redraw()

    def show_all(self) -> None:
        """Leave the zoom in all plots."""
        for plot in self.plots:
            plot.show_all()
        self._offer_all()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        for plot in self.plots:
            plot.set_theme(theme)

    def set_logarithmic_steps(self, on: bool) -> None:
        """Have the steps of all plots on a logarithmic scale, or not."""
        self.log_button.setChecked(on)
        for plot in self.plots:
            plot.set_logarithmic_steps(on)

    def offer(self, widget: QWidget, on: bool) -> None:
        """Let a plot be there, or not: a run may have nothing for it."""
        self._offered[widget] = on
        self._arrange()

    def _button(self, text: str, help: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(help)
        return button

    def _smooth_button(self) -> QToolButton:
        button = self._button(self.tr("smooth"), self.tr("How much the curves are smoothed"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu, group = QMenu(button), QActionGroup(button)
        for text, part in (
            (self.tr("Not smoothed"), 0.0),
            (self.tr("A little"), SMOOTH / 4),
            (self.tr("Smoothed"), SMOOTH),
            (self.tr("Much"), 4 * SMOOTH),
            (self.tr("Very much"), 12 * SMOOTH),
        ):
            action = menu.addAction(text, partial(self._smooth, part))
            action.setCheckable(True)
            action.setChecked(part == SMOOTH)
            group.addAction(action)
        button.setMenu(menu)
        return button

    def _smooth(self, part: float) -> None:
        for plot in self.plots:
            plot.set_smoothing(part)

    def _view_button(self, widgets: Sequence[QWidget], hidden: Sequence[int]) -> QToolButton:
        """The button that says which plots are there."""
        button = self._button(self.tr("plots"), self.tr("Which plots are shown"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        self._offered = dict.fromkeys(widgets, True)
        self._wanted = {widget: menu.addAction("") for widget in widgets}
        for index, action in enumerate(self._wanted.values()):
            action.setCheckable(True)
            action.setChecked(index not in hidden)
            action.toggled.connect(self._arrange)
        menu.aboutToShow.connect(self._name_views)
        button.setMenu(menu)
        self._arrange()
        return button

    def _name_views(self) -> None:
        for widget, action in self._wanted.items():
            action.setText(widget.title if isinstance(widget, Plot) else widget.accessibleName())
            action.setVisible(self._offered[widget])

    def _arrange(self) -> None:
        for widget, action in self._wanted.items():
            on = action.isChecked() and self._offered[widget]
            anew = on and widget.isHidden()
            widget.setVisible(on)
            if anew and isinstance(widget, Plot):
                widget.refresh()

    def _show_steps(self, first: float, last: float) -> None:
        for plot in self.plots:
            if plot is not self.sender():
                plot.show_steps(first, last)

    def _offer_all(self) -> None:
        self.all_button.setVisible(any(plot.zoomed for plot in self.plots))

    def _point_at(self, step: float | None) -> None:
        for plot in self.plots:
            plot.point_at(step)
