"""The curve of the search for a learning rate, with the point that is suggested and a button that takes it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.rate_search import rate_at, smoothed, suggest
from netbuilder.ui.control.card import Card
from netbuilder.ui.parts import label
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.control.rate_plot import RatePlot


class RateCard(Card):
    """`used` gives the rate that the person takes."""

    used = Signal(float)

    def __init__(self, theme: Theme, canvas: QWidget) -> None:
        self.plot: RatePlot | None = None
        self.rate: float | None = None
        super().__init__(theme, "", canvas, 440)
        self.title.setText(self.tr("Loss over learning rate"))
        self.setAccessibleName(self.title.text())
        self.text = label("", "soft", wrap=True)
        self.use_button = QPushButton()
        self.use_button.setProperty("kind", "primary")
        self.use_button.clicked.connect(self._use)
        self._row = QHBoxLayout()
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.use_button)
        self.body.addLayout(self._row)

    def first(self) -> QWidget:
        """The button that takes the rate."""
        return self.use_button if self.rate is not None else self.cross

    def show_search(self, losses: Sequence[float], steps: int, sentence: Sentence) -> None:
        """Show the losses of a search that was to have so many steps."""
        if self.plot is None:
            from netbuilder.ui.control.rate_plot import RatePlot  # with it come numpy and pyqtgraph

            self.plot = RatePlot(self.theme)
            self.body.insertWidget(0, self.plot)
        found = suggest(losses, steps)
        self.rate = None if found is None else float(f"{found:.2g}")
        finite = [loss for loss in losses if math.isfinite(loss)]
        rates = [rate_at(step, steps) for step in range(1, len(finite) + 1)]
        self.plot.show_losses(rates, finite, smoothed(finite), self.rate)
        self.text.setText(words(sentence))
        self.use_button.setVisible(self.rate is not None)
        if self.rate is not None:
            self.use_button.setText(self.tr("Use {rate}").format(rate=f"{self.rate:g}"))
        self.open(focus=False)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        super().set_theme(theme)
        if self.plot is not None:
            self.plot.set_theme(theme)

    def _use(self) -> None:
        if self.rate is not None:
            self.hide()
            self.used.emit(self.rate)
