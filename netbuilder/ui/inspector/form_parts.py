"""What a form's rows have besides label and field: the chip of an argument, the arrow of the label's menu, "More"."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QCursor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from netbuilder.ui.icons import icon
from netbuilder.ui.parts import ElidedLabel, IconButton, tip


class Chip(QPushButton):
    """Stands in a field's place: the value is that of an argument of the network, whose name it shows."""

    def __init__(self, argument: str, param: str) -> None:
        super().__init__()
        self.argument = argument
        self.setStyleSheet(
            "QPushButton { background: palette(highlight); border: 1px solid transparent; border-radius: 12px;"
            " padding: 0 8px; min-height: 22px; font-size: 12px; }"
            " QPushButton:focus, QPushButton:hover { border-color: palette(link); }"
        )
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tip(self.tr("{0} is the network's argument {1}.").format(param, argument)))
        self.setAccessibleName(self.tr("{0}: argument {1}").format(param, argument))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the name where there is no room."""
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self.argument, Qt.TextElideMode.ElideRight, self.width() - 20))


class MoreButton(QPushButton):
    """Unfolds the parameters that are seldom wanted, and folds them again."""

    def __init__(self, fold: Callable[[], None]) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setProperty("kind", "flat")
        self.setProperty("size", "small")
        self.setStyleSheet("padding: 0 6px 0 0; text-align: left;")
        self.toggled.connect(fold)

    def say(self, folded: int) -> None:
        """Say how many are folded now."""
        self.setHidden(not folded and not self.isChecked())
        self.setIcon(icon("chevron-up" if self.isChecked() else "chevron-down", "#8791a0"))
        self.setText(self.tr("Fewer") if self.isChecked() else self.tr("%n more", "", folded))


class LabelMenu(IconButton):
    """The arrow that appears beside the label under the mouse, and opens the menu of its row."""

    def __init__(self, form: QWidget, opened: Callable[[str, QPoint | None], None]) -> None:
        super().__init__("chevron-down", "", QSize(16, 18), form)
        self.labels: dict[ElidedLabel, str] = {}
        self._of = ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        title = self.tr("Make it an argument of the network, and more")
        self.setToolTip(tip(title))
        self.setAccessibleName(title)
        self.hide()
        self.clicked.connect(lambda: opened(self._of, None))

    def follow(self, label: ElidedLabel, event: QEvent) -> None:
        """Come with the mouse to a label, and go with it."""
        if event.type() == QEvent.Type.Enter and label in self.labels and label.isEnabled():
            self._of = self.labels[label]
            end = min(label.fontMetrics().horizontalAdvance(label.text()) + 2, label.width() - 6)
            self.move(label.x() + end, label.y() + (label.height() - self.height()) // 2)
            self.show()
            self.raise_()
        elif event.type() == QEvent.Type.Leave and not self.rect().contains(self.mapFromGlobal(QCursor.pos())):
            self.hide()

    def leaveEvent(self, event: QEvent) -> None:
        """Go."""
        super().leaveEvent(event)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Cover the end of a long label."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Window))
        painter.end()
        super().paintEvent(event)
