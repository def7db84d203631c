"""A sentence over the canvas, where the person is looking: why something was refused, how a run ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from netbuilder.blocks.sentence import Sentence
from netbuilder.ui.icons import icon
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme

_SHORT, _MARGIN, _BETWEEN, _WIDEST = 7000, 16, 4, 440


class Notice(QFrame):
    """Lies in the lower right corner of its parent. Errors stay until they are closed, the rest goes by itself."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAutoFillBackground(True)
        self._theme, self._kind = theme, "info"
        self._below: QWidget | None = None
        self._sign, self._text, self._close = QLabel(), QLabel(), QToolButton()
        self.offer_button = QPushButton()
        self.offer_button.setProperty("size", "small")
        self.offer_button.clicked.connect(self._take_offer)
        self._offered: Callable[[], object] | None = None
        self.other_button = QPushButton()
        self.other_button.setProperty("size", "small")
        self.other_button.clicked.connect(self._take_other)
        self._other: Callable[[], object] | None = None
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close.setAutoRaise(True)
        self._close.setAccessibleName(self.tr("Close"))
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(10)
        for widget in (self._sign, self._text, self.offer_button, self.other_button, self._close):
            layout.addWidget(widget)
        self._timer = QTimer(self, singleShot=True, interval=_SHORT)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.set_theme(theme)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def info(self, sentence: Sentence) -> None:
        """Say something that went well."""
        self._say("done", sentence)
        self._timer.start()

    def warn(self, sentence: Sentence) -> None:
        """Say why something was not done."""
        self._say("warning", sentence)
        self._timer.start()

    def error(self, sentence: Sentence) -> None:
        """Say what failed; it stays until it is closed."""
        self._say("error", sentence)
        self._timer.stop()

    def offer(self, sentence: Sentence, label: str, act: Callable[[], object]) -> None:
        """Say something with a button beside it that does what can be done about it; it stays until it is closed."""
        self._say("warning", sentence, label, act)
        self._timer.stop()

    def choose(self, sentence: Sentence, choices: Mapping[str, Callable[[], object]]) -> None:
        """Say something with two buttons beside it, by their labels; it stays until one is pressed or it is closed."""
        (label, act), (other, do) = choices.items()
        self._say("warning", sentence, label, act, other, do)
        self._timer.stop()

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        colour = {"error": theme.error, "warning": theme.warning}.get(self._kind, theme.good)
        name = self._kind if self._kind in ("error", "warning") else "done"
        self._sign.setPixmap(icon(name, colour).pixmap(18, 18))
        self._close.setIcon(icon("close", theme.text_soft))
        self.setStyleSheet(
            f"#notice {{ background: {theme.card}; border: 1px solid {theme.card_edge};"
            f" border-left: 3px solid {colour}; border-radius: 8px; }}"
        )

    def stand_above(self, widget: QWidget) -> None:
        """Leave the corner to that widget whenever it is shown there."""
        self._below = widget
        widget.installEventFilter(self)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when the parent changes its size, or who is below comes or goes."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return super().eventFilter(watched, event)

    def _take_offer(self) -> None:
        act = self._offered
        self.hide()
        if act is not None:
            act()

    def _take_other(self) -> None:
        act = self._other
        self.hide()
        if act is not None:
            act()

    def _say(
        self,
        kind: str,
        sentence: Sentence,
        label: str = "",
        act: Callable[[], object] | None = None,
        other: str = "",
        do: Callable[[], object] | None = None,
    ) -> None:
        self._kind, self._offered, self._other = kind, act, do
        self.other_button.setText(other)
        self.other_button.setVisible(do is not None)
        self.offer_button.setText(label)
        self.offer_button.setVisible(act is not None)
        self._text.setText(words(sentence))
        self.set_theme(self._theme)
        self.show()
        self._place()
        self.raise_()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None or not self.isVisible():
            return
        room = parent.width() - 2 * _MARGIN
        wanted = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 100
        for button, act in ((self.offer_button, self._offered), (self.other_button, self._other)):
            wanted += button.sizeHint().width() + 10 if act is not None else 0
        width = max(min(room, wanted, _WIDEST), min(room, 240))
        height = max(self.heightForWidth(width), 40)  # its layout's alone would leave out the frame
        foot = parent.height() - _MARGIN
        if self._below is not None and self._below.isVisible():
            foot -= self._below.height() + _BETWEEN
        self.setGeometry(parent.width() - width - _MARGIN, foot - height, width, height)
