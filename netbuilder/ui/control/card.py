"""A card over the upper right of the canvas: something about a run that is looked at or filled in, then closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from netbuilder.ui.parts import IconButton, label
from netbuilder.ui.theme import Theme

APART = 16


class Card(QFrame):
    """Title, a cross, and a body that kinds of cards fill. Esc closes it; of all cards one is shown at a time."""

    def __init__(self, theme: Theme, title: str, canvas: QWidget, width: int = 360) -> None:
        super().__init__(canvas)
        self.theme, self._canvas, self._wanted = theme, canvas, width
        self.setObjectName("runCard")
        self.setAutoFillBackground(True)
        self.setAccessibleName(title)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.title = label(title, "strong")
        self.cross = IconButton("close", self.tr("Close"), QSize(22, 22))
        self.cross.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.cross)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 10, 12)
        column.setSpacing(8)
        column.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 4, 0)
        self.body.setSpacing(8)
        column.addLayout(self.body)
        canvas.installEventFilter(self)
        self.set_theme(theme)
        self.hide()

    def first(self) -> QWidget:
        """What gets the focus when the card is opened by a key."""
        return self.cross

    def open(self, focus: bool = True) -> None:
        """Show it in place of other cards."""
        for other in self._canvas.findChildren(Card):
            if other is not self:
                other.hide()
        self.show()
        self.place()
        self.raise_()
        if focus:
            self.first().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def place(self) -> None:
        """Take the room that the body needs, as far as there is some."""
        canvas, layout = self.parentWidget(), self.layout()
        if canvas is None or layout is None or not self.isVisible():
            return
        layout.activate()
        width = min(self._wanted, canvas.width() - 2 * APART)
        # The card's own height, not its layout's: the frame needs room too, else the last row is cut.
        height = self.heightForWidth(width) if layout.hasHeightForWidth() else self.sizeHint().height()
        height = min(height, canvas.height() - 2 * APART)
        self.setGeometry(canvas.width() - width - APART, APART, width, height)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = theme
        self.setStyleSheet(
            f"#runCard {{ background: {theme.card}; border: 1px solid {theme.card_edge}; border-radius: 10px; }}"
        )

    def event(self, event: QEvent) -> bool:
        """Take other room when what is in it needs more or less."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.place()
        return done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def setVisible(self, visible: bool) -> None:
        """Give the focus back to the drawing before it is hidden: Qt would have the canvas seek the next widget."""
        focus = QApplication.focusWidget()
        if not visible and focus is not None and self.isAncestorOf(focus):
            self._canvas.setFocus()
        super().setVisible(visible)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go round within the card: on the canvas, Tab adds a block."""
        there = [child for child in self.findChildren(QWidget) if child.isVisible() and child.isEnabled()]
        # What hands the focus on, as the text in a number field does, would be gone to again and again.
        there = [one for one in there if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.focusProxy() is None]
        focus = QApplication.focusWidget()
        if there:
            at = there.index(focus) + (1 if forward else -1) if focus in there else 0
            reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
            there[at % len(there)].setFocus(reason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when the canvas changes its size."""
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self.place()
        return super().eventFilter(watched, event)
