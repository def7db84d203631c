"""What came of learning one batch by heart."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from netbuilder.bridge.overfitting import Verdict
from netbuilder.ui.control.card import Card
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import label
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme


class OverfitCard(Card):
    """Says clearly what the result means, and what to look at."""

    def __init__(self, theme: Theme, canvas: QWidget) -> None:
        self._verdict: Verdict | None = None
        super().__init__(theme, "", canvas, 400)
        self.title.setText(self.tr("One batch by heart"))
        self.setAccessibleName(self.title.text())
        self._sign, self.text = QLabel(), label("", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        self._hints = QWidget()
        self.body.addLayout(row)
        self.body.addWidget(self._hints)

    def say(self, verdict: Verdict) -> None:
        """Show a verdict."""
        self._verdict = verdict
        self.text.setText(words(verdict.sentence))
        old, self._hints = self._hints, QWidget()
        column = QVBoxLayout(self._hints)
        column.setContentsMargins(28, 0, 0, 0)
        column.setSpacing(5)
        for hint in verdict.hints:
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(label("–", "soft"), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(label(words(hint), "soft", wrap=True), 1)
            column.addLayout(line)
        self.body.replaceWidget(old, self._hints)
        self._hints.setVisible(bool(verdict.hints))
        old.hide()
        old.deleteLater()
        self.set_theme(self.theme)
        self.open(focus=False)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        super().set_theme(theme)
        if self._verdict is not None:
            learned = self._verdict.learned
            name, colour = ("done", theme.good) if learned else ("warning", theme.warning)
            if learned is False:
                name, colour = "error", theme.error
            self._sign.setPixmap(icon(name, colour).pixmap(QSize(18, 18)))
