"""The line at the foot of the window: how large the network is, what is wrong, and how the engine is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QStatusBar, QWidget

from netbuilder.bridge.messages import Ready
from netbuilder.ui.parts import short, tip


class Status(QStatusBar):
    """Soft words, apart from the number of problems, which is a button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._size, self._engine, self._zoom = QLabel(), QLabel(self.tr("Engine is starting…")), QLabel()
        self.problems = QPushButton()
        self.problems.setProperty("kind", "flat")
        self.problems.setCursor(Qt.CursorShape.PointingHandCursor)
        for label in (self._size, self._engine, self._zoom):
            label.setProperty("role", "soft")
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.addWidget(self._size)
        self.addWidget(self.problems)
        self.addPermanentWidget(self._zoom)
        self.addPermanentWidget(self._engine)

    def show_size(self, blocks: int, parameters: int, multiply_adds: int) -> None:
        """Say how large the network is."""
        parts = [self.tr("1 block") if blocks == 1 else self.tr("{count} blocks").format(count=f"{blocks:,}")]
        if parameters:
            parts.append(self.tr("{count} parameters").format(count=f"{parameters:,}"))
        if multiply_adds:
            parts.append(self.tr("{count} multiply-adds").format(count=short(multiply_adds)))
        self._size.setText("   ".join(parts))

    def show_problems(self, errors: int, warnings: int, obstacles: Sequence[str] = ()) -> None:
        """Say how much is wrong, or what keeps the drawing from being trained."""
        parts = []
        if errors:
            parts.append(self.tr("1 problem") if errors == 1 else self.tr("{count} problems").format(count=errors))
        if warnings:
            parts.append(self.tr("1 warning") if warnings == 1 else self.tr("{count} warnings").format(count=warnings))
        ready = self.tr("No problems") if not obstacles else self.tr("Not ready to train")
        self.problems.setText(" · ".join(parts) or ready)
        self.problems.setToolTip(tip(obstacles[0], "\n".join(obstacles[1:])) if obstacles else "")
        self.problems.setProperty("role", "error" if errors else "soft")
        self.problems.style().polish(self.problems)

    def show_engine(self, ready: Ready) -> None:
        """Say that the engine is there."""
        self._engine.setText(self.tr("Engine ready · torch {version}").format(version=ready.torch))

    def show_zoom(self, scale: float) -> None:
        """Say how large the drawing is shown."""
        self._zoom.setText(f"{scale:.0%}")
