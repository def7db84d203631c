"""What is shown in place of samples: that there are none, that they are being loaded, or why they cannot be."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from netbuilder.ui.icons import icon
from netbuilder.ui.parts import label
from netbuilder.ui.theme import Theme


class NoticePage(QWidget):
    """A sentence in the middle, a bar while something goes on, and what can be done.

    `stopped` and `again` are its buttons; `shown` asks for the block that it is about.
    """

    stopped = Signal()
    again = Signal()
    shown = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sign = ""
        self._mark = QLabel()
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text = label("", "soft", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(220)
        self.bar.setTextVisible(False)
        self.stop = QPushButton(self.tr("Stop"))
        self.retry = QPushButton(self.tr("Load again"))
        self.show_block = QPushButton(self.tr("Show the block"))
        self.stop.clicked.connect(self.stopped)
        self.retry.clicked.connect(self.again)
        self.show_block.clicked.connect(self.shown)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in (self.show_block, self.retry, self.stop):
            button.setProperty("size", "small")
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(1)
        column.addWidget(self._mark)
        middle = QHBoxLayout()  # without an alignment of its own the label is as high as its lines
        middle.addStretch(1)
        middle.addWidget(self.text, 3)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(row)
        column.addStretch(1)
        self._since = QElapsedTimer()
        self._doing = ""
        self._ticking = QTimer(self, interval=500)
        self._ticking.timeout.connect(self._tick)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self._dress()

    def say(self, text: str, sign: str = "info", retry: bool = False, block: bool = False) -> None:
        """Say something, with what can be done about it."""
        self._ticking.stop()
        self._sign = sign
        self.text.setText(text)
        self.bar.hide()
        self.stop.hide()
        self.retry.setVisible(retry)
        self.show_block.setVisible(block)
        self._dress()

    def show_work(self, doing: str, share: float | None = None) -> None:
        """Say what goes on, how far it is where that is known, and how long it takes already."""
        if not self._ticking.isActive():
            self._since.start()
            self._ticking.start()
        self._sign, self._doing = "", doing
        self.bar.setRange(0, 0 if share is None else 1000)
        self.bar.setValue(0 if share is None else round(1000 * share))
        self.bar.show()
        self.stop.show()
        self.retry.hide()
        self.show_block.hide()
        self._dress()
        self._tick()

    def _tick(self) -> None:
        seconds = self._since.elapsed() // 1000
        waited = self.tr("{0} · {1} s").format(self._doing, seconds)
        self.text.setText(waited if seconds > 1 else f"{self._doing} …")

    def _dress(self) -> None:
        colours = {"error": self._theme.error, "warning": self._theme.warning}
        self._mark.setVisible(bool(self._sign))
        if self._sign:
            colour = colours.get(self._sign, self._theme.text_faint)
            self._mark.setPixmap(icon(self._sign, colour).pixmap(QSize(24, 24)))
