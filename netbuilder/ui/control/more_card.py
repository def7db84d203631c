"""How much longer a finished run is to go on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from netbuilder.graph.records import Training
from netbuilder.ui.control.card import Card
from netbuilder.ui.parts import label, number_box
from netbuilder.ui.theme import Theme


class MoreCard(Card):
    """Asks for a number of epochs, or of steps where those end the run; `wanted` gives it."""

    wanted = Signal(int)

    def __init__(self, theme: Theme, canvas: QWidget) -> None:
        super().__init__(theme, "", canvas, 370)
        self.title.setText(self.tr("Go on with the finished run"))
        self.setAccessibleName(self.title.text())
        self._text = label("", "soft", wrap=True)
        self.number = number_box(1_000_000)
        self.go_button = QPushButton(self.tr("Continue"))
        self.go_button.setProperty("kind", "primary")
        self.go_button.clicked.connect(self._go)
        row = QHBoxLayout()
        row.addWidget(self.number, 1)
        row.addWidget(self.go_button)
        self.body.addWidget(self._text)
        self.body.addLayout(row)

    def first(self) -> QWidget:
        """The number."""
        return self.number

    def ask(self, training: Training) -> None:
        """Ask how many more than those that were done."""
        if training.steps:
            text = self.tr("It ended after {count} steps, as planned. How many more?")
            text = self.tr("It ended after 1 step, as planned. How many more?") if training.steps == 1 else text
            self._text.setText(text.format(count=f"{training.steps:,}"))
            self.number.setAccessibleName(self.tr("More steps"))
            self.number.setValue(training.steps)
        else:
            text = self.tr("It ended after {count} epochs, as planned. How many more?")
            text = self.tr("It ended after 1 epoch, as planned. How many more?") if training.epochs == 1 else text
            self._text.setText(text.format(count=f"{training.epochs:,}"))
            self.number.setAccessibleName(self.tr("More epochs"))
            self.number.setValue(training.epochs)
        self.open()
        self.number.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        self.number.interpretText()
        self.hide()
        self.wanted.emit(self.number.value())
