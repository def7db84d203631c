"""The address of a page in the web: plain text until somebody clicks it."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel

from netbuilder.ui.parts import tip

_BREAKS = re.compile(r"(?<=/)|(?=\.)|(?<=[a-z])(?=[A-Z])")  # where a line may end


class Address(QLabel):
    """Shows an address, broken where it may be, and opens it in the browser on a click, Enter or Space."""

    def __init__(self, address: str = "") -> None:
        super().__init__()
        self.address = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("role", "help")
        self.setStyleSheet(
            "QLabel { color: palette(link); } QLabel:focus, QLabel:hover { text-decoration: underline; }"
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tip(self.tr("Opens in the browser")))
        self.show_address(address)

    def show_address(self, address: str) -> None:
        """Show another address; none hides it."""
        self.address = address
        self.setText(_BREAKS.sub("\u200b", address.removeprefix("https://")))
        self.setAccessibleName(address)
        self.setHidden(not address)

    def open(self) -> None:
        """Open the page."""
        QDesktopServices.openUrl(QUrl(self.address))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """So do Enter and Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open()
        else:
            super().keyPressEvent(event)
