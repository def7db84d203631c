"""What the panels with plots share: they follow a run, and are made when they are first looked at.

Neither numpy nor pyqtgraph is imported with this file: the window opens before they are needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from netbuilder.ui.plots.follower import Follower
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.plots.plot import Plot
    from netbuilder.ui.plots.plot_row import PlotRow
    from netbuilder.ui.plots.run_data import RunData


class PlotPanel(QWidget):
    """A row of plots, or a sentence while there is no run."""

    def __init__(self, theme: Theme, empty: str, follower: Follower | None, parent: QWidget | None = None) -> None:
        """Build what shows while there is no run; without a follower it has its own."""
        super().__init__(parent)
        self.setObjectName("plots")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = theme
        self.row: PlotRow | None = None
        self._stale = False
        self._empty = QLabel(empty, self)
        self._empty.setObjectName("empty")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self.follower = follower or Follower(self)
        self.follower.began.connect(self._began)
        self.follower.came.connect(self._came)
        self.follower.detailed.connect(self._detailed)
        self._dress()

    @property
    def run(self) -> RunData | None:
        """The run that is shown."""
        return self.follower.run

    @property
    def plots(self) -> tuple[Plot, ...]:
        """The plots, or none while they are not made."""
        return self.row.plots if self.row is not None else ()

    def warm_up(self) -> None:
        """Load pyqtgraph and make the plots, if that was not done yet."""
        if self.row is None:
            self.row = self._make()
            self.row.redrawn.connect(self.follower.fetch)
            self._stack.addWidget(self.row)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = theme
        self._dress()
        if self.row is not None:
            self.row.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        if self.run is not None and self.row is None:
            self._show(self.run)
        if self._stale and self.row is not None:
            self._stale = False
            self._refresh()

    # what each kind of panel says

    def _make(self) -> PlotRow:
        """Make the plots."""
        raise NotImplementedError

    def _has(self, run: RunData) -> bool:
        """Whether there is something to show of a run."""
        return True

    def _shown(self, run: RunData) -> None:
        """See to what depends on the run."""

    def _refresh(self) -> None:
        """Show what came."""
        if self.row is not None and self.follower.live:
            self.row.refresh_in_turn()
        elif self.row is not None:
            self.row.refresh()

    # what the follower says

    def _began(self, run: RunData | None) -> None:
        self._stale = True
        if run is None:
            if self.row is not None:
                self.row.set_run(None)
            if self.follower.folder is None:
                self._stack.setCurrentIndex(0)
        elif self.row is not None or self.isVisible():
            self._show(run)

    def _show(self, run: RunData) -> None:
        if not self._has(run):
            self._stack.setCurrentIndex(0)
            return
        self.warm_up()
        assert self.row is not None
        self.row.set_run(run)
        self._shown(run)
        self._stack.setCurrentIndex(1)
        self._stale = not self.isVisible()

    def _came(self, _measured: bool) -> None:
        self._stale = not self.isVisible()
        if not self._stale:
            self._refresh()

    def _detailed(self) -> None:
        if self.row is not None and self.isVisible():
            self.row.redraw()
            self.follower.fetch()

    def _dress(self) -> None:
        theme = self.theme
        self.setStyleSheet(f"""
            #plots {{ background: {theme.panel}; }}
            QLabel#title {{ color: {theme.text}; font-size: 12px; font-weight: 600; }}
            QLabel#note {{ color: {theme.error}; font-size: 11px; }}
            QLabel#calm {{ color: {theme.text_soft}; font-size: 11px; }}
            QLabel#empty {{ color: {theme.text_faint}; font-size: 13px; }}
            QToolButton {{ color: {theme.text_soft}; font-size: 11px; padding: 1px 6px; border-radius: 4px;
                border: 1px solid {theme.line}; background: transparent; }}
            QToolButton#chooser {{ color: {theme.text}; font-size: 12px; font-weight: 600; border: none;
                padding: 1px 4px; margin-left: -4px; }}
            QToolButton:hover {{ background: {theme.hover}; color: {theme.text}; }}
            QToolButton:pressed {{ background: {theme.pressed}; }}
            QToolButton:focus {{ border: 1px solid {theme.accent}; }}
            QToolButton:checked {{ background: {theme.selection}; color: {theme.text};
                border-color: {theme.selection}; }}
            QToolButton::menu-indicator {{ image: none; }}
            QFrame#finding {{ background: {theme.card}; border: 1px solid {theme.card_edge}; border-radius: 6px; }}
            QFrame#finding:hover, QFrame#finding:focus {{ border-color: {theme.accent}; }}
            QFrame#finding QLabel {{ color: {theme.text}; font-size: 12px; background: transparent; border: none; }}
            QSplitter::handle {{ background: transparent; }}
        """)
