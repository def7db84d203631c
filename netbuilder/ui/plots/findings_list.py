"""What ails the run, beside its plots: a sentence each, which leads to the layer, and a button that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from netbuilder.ui.icons import icon
from netbuilder.ui.parts import label
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.plots.diagnosis import Finding

_ICON, _WIDTH = 14, 280
GRAVE = ("not a number", "exploding", "cut off")


class Card(QFrame):
    """One sickness. A click, or Enter, goes to its layer."""

    chosen = Signal(str)
    mended = Signal(object)

    def __init__(self, finding: Finding, theme: Theme) -> None:
        """Show it."""
        super().__init__()
        self.finding = finding
        self.setObjectName("finding")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if finding.node else Qt.FocusPolicy.NoFocus)
        if finding.node:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setToolTip(self.tr("Show the block"))
        sign = QLabel()
        colour = theme.error if finding.kind in GRAVE else theme.warning
        sign.setPixmap(icon("warning", colour).pixmap(_ICON, _ICON))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sentence = label(words(finding.sentence), wrap=True)
        self.setAccessibleName(words(finding.sentence))
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self.sentence)
        self.button: QPushButton | None = None
        offered = finding.fix.label if finding.fix is not None else finding.label
        if offered is not None:
            self.button = QPushButton(words(offered))
            self.button.setProperty("size", "small")
            self.button.setToolTip(self.tr("One step, which can be undone. It counts from the next run on"))
            self.button.clicked.connect(lambda: self.mended.emit(finding))
            self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addWidget(self.button)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 7, 8, 7)
        row.setSpacing(8)
        row.addWidget(sign)
        row.addLayout(column, 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the layer."""
        if event.button() == Qt.MouseButton.LeftButton and self.finding.node:
            self.chosen.emit(self.finding.node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the layer."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.finding.node:
            self.chosen.emit(self.finding.node)
        else:
            super().keyPressEvent(event)


class FindingsList(QScrollArea):
    """The cards, the gravest first. It is there only while there is one."""

    chosen = Signal(str)
    mended = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Start without any."""
        super().__init__(parent)
        self.theme = theme
        self.findings: tuple[Finding, ...] = ()
        self.cards: list[Card] = []
        self.setAccessibleName(self.tr("What ails the run"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(_WIDTH)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 4, 10, 4)
        self._column.setSpacing(6)
        self._column.addStretch(1)
        self.setWidget(inner)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show these."""
        if tuple(findings) == self.findings:
            return
        self.findings = tuple(findings)
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = theme
        self._fill()

    def _fill(self) -> None:
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [Card(finding, self.theme) for finding in self.findings]
        for index, card in enumerate(self.cards):
            card.chosen.connect(self.chosen)
            card.mended.connect(self.mended)
            self._column.insertWidget(index, card)
