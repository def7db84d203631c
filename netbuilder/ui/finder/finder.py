"""The search box that floats over the drawing: type, see what meets it, choose. Five features ask through it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from netbuilder.ui.finder.choices import Choice, find
from netbuilder.ui.finder.finder_list import HitList, spoken
from netbuilder.ui.parts import label
from netbuilder.ui.rows import Tints
from netbuilder.ui.theme import Theme

WIDTH, HEIGHT = 440, 372
_SHADE, _GAP, _FIELD, _RADIUS = 12, 8, 46, 12
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
_PAGES = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_FOR_A_WHILE = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class AskField(QLineEdit):
    """Where one types; keeps the focus while the keys that move go to the list."""

    pressed = Signal(Qt.Key)
    lost = Signal()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move and choose from the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _taken(event):
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab chooses; it leads nowhere else."""
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand on what moves, chooses or leaves."""
        if _taken(event):
            self.pressed.emit(Qt.Key(event.key()))
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the focus has gone, unless only a menu or another window has it for a while."""
        super().focusOutEvent(event)
        if event.reason() not in _FOR_A_WHILE:
            self.lost.emit()


def _taken(event: QKeyEvent) -> bool:
    """Whether a key is for the list."""
    if event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier):
        return False
    return event.key() in (*_MOVES, *_ENDS, *_PAGES, *_ENTERS, Qt.Key.Key_Escape)


class Finder(QFrame):
    """Asks which of some choices is meant. Each question ends with `chosen` or `left`, and with one of them only.

    `current_changed` says on which choice a person stands after typing or moving, "" where there is none.
    """

    chosen = Signal(str)
    current_changed = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self._choices: list[Choice] = []
        self._open = self._moved = self._free = False
        self._at: QPoint | None = None
        self._back: QWidget | None = None
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)  # what is below must not feel the mouse
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.field = AskField()
        self.field.setProperty("role", "ask")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # else a click here would give the focus to what is below
        self.setFocusProxy(self.field)
        self.list = HitList(self, theme)
        self._tints = Tints()
        self._ground = QPixmap()
        self._second = QTimer(self, singleShot=True, interval=QApplication.doubleClickInterval())
        self._nothing = label("", "faint", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._arrange()
        self.field.textChanged.connect(self._search)
        self.field.pressed.connect(self._press)
        self.field.lost.connect(lambda: self._end(None))
        self.list.clicked.connect(lambda index: self._click(index.row()))
        self._second.timeout.connect(self._rest)
        self.set_theme(theme)
        self.hide()

    def _arrange(self) -> None:
        head = QWidget()
        head.setFixedHeight(_FIELD)
        self._head = QHBoxLayout(head)
        self._head.addWidget(self.field)
        below = QVBoxLayout()
        below.setContentsMargins(1, 6, 1, 6)
        below.addWidget(self.list, 1)
        below.addWidget(self._nothing, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SHADE + 1, _SHADE + 1, _SHADE + 1, _SHADE + 1)
        column.setSpacing(0)
        column.addWidget(head)
        column.addSpacing(1)
        column.addLayout(below, 1)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._theme = self.list.rows.theme = theme
        self._ground = QPixmap()
        self.update()
        self.list.viewport().update()

    def ask(
        self,
        choices: Sequence[Choice],
        prompt: str,
        at: QPoint | None = None,
        nothing: str = "",
        keep: str = "",
        free: bool = False,
    ) -> None:
        """Open near a point of the parent, or at the middle of its top.

        With `free` any text is an answer. `nothing` is said where no choice meets what is typed. `keep` is typed
        already and selected, so that typing replaces it. A question that is still open is left.
        """
        self._end(None)
        self._choices, self._at, self._moved = list(choices), at, False
        self._free = free
        self.list.rows.tall = any(choice.help for choice in choices)
        self.list.rows.icons = any(choice.icon or choice.category for choice in choices)
        self._head.setContentsMargins(50 if self.list.rows.icons else 41, 0, 8, 0)  # above the titles
        self._ground = QPixmap()
        self._nothing.setText(nothing)
        self.field.setPlaceholderText(prompt)
        self.field.setAccessibleName(prompt)
        self.setAccessibleName(prompt)
        self.field.blockSignals(True)
        self.field.setText(keep)
        self.field.blockSignals(False)
        self._fill()
        self._place()
        inside = self.window().focusWidget()
        around = self._around
        self._back = inside if inside is not None and (inside is around or around.isAncestorOf(inside)) else around
        self._open = True
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def show_right(self, texts: Mapping[str, str], unfit: Collection[str], leave_out: bool = False) -> None:
        """Say at the right what has been found out since, and put what does not fit last, or leave it out.

        A row that a person has moved to stays where it is, whatever becomes of the others.
        """
        self._choices = [
            replace(choice, right=texts.get(choice.key, choice.right), fits=choice.fits and choice.key not in unfit)
            if choice.key in texts or choice.key in unfit
            else choice
            for choice in self._choices
        ]
        held = self._held()
        if leave_out:
            self._choices = [choice for choice in self._choices if choice.fits or choice.key in held]
        hits = find(self._choices, self.field.text())
        kept = sorted(((held[hit[0].key], hit) for hit in hits if hit[0].key in held), key=lambda entry: entry[0])
        hits = [hit for hit in hits if hit[0].key not in held]
        for row, hit in kept:
            hits.insert(row, hit)
        scroll = self.list.verticalScrollBar()
        before = scroll.value()
        self.list.show_hits(hits, self.list.row if self._moved else 0)
        scroll.setValue(before)

    def _held(self) -> dict[str, int]:
        """The rows that must not slip away: the one that a person has moved to, the one under the mouse."""
        rows = {self.list.row} if self._moved else set()
        if self.list.viewport().underMouse():
            rows.add(self.list.indexAt(self.list.viewport().mapFromGlobal(QCursor.pos())).row())
        return {self.list.hits.hits[row][0].key: row for row in rows if row >= 0}

    def _fill(self) -> None:
        hits = find(self._choices, self.field.text())
        self.list.show_hits(hits)
        self.list.setVisible(bool(hits))
        self._nothing.setVisible(not hits)
        if hits:
            self.list.scrollToTop()
        self._speak()

    def _search(self) -> None:
        self._moved = False
        self._fill()
        self._place()
        self._say()

    def _press(self, key: Qt.Key) -> None:
        if key == Qt.Key.Key_Escape:
            self._end(None)
        elif key in _ENTERS and self._free:
            if self.field.text().strip():
                self._end(self.field.text().strip())
        elif key in _ENTERS:
            self._choose(self.list.row)
        elif self.list.row >= 0:
            last, row = len(self.list.hits.hits) - 1, self.list.row
            if key in _ENDS:
                row = 0 if key == Qt.Key.Key_Home else last
            elif key in _PAGES:
                row = max(0, min(last, row + (1 if key == Qt.Key.Key_PageDown else -1) * self.list.page()))
            else:
                row = (row + _MOVES[key]) % (last + 1)
            self._moved = True
            self.list.go(row)
            self._speak()
            self._say()

    def _click(self, row: int) -> None:
        """Choose; the second click of a double-click is not for what is below."""
        self._second.start()
        self._choose(row)

    def _rest(self) -> None:
        """Watch the program's events only while there is a reason."""
        if not self._open and not self._second.isActive():
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]

    def _choose(self, row: int) -> None:
        if row < 0:
            return
        choice = self.list.hits.hits[row][0]
        if choice.enabled:
            self._end(choice.key)

    def _end(self, key: str | None) -> None:
        """Close, give the focus back, and say how it ended; does nothing where no question is open."""
        if not self._open:
            return
        self._open = False
        self._rest()
        if self._back is not None and self.window().focusWidget() is self.field:
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back = None
        self.hide()
        if key is None:
            self.left.emit()
        else:
            self.chosen.emit(key)

    def _say(self) -> None:
        choice = self.list.current()
        self.current_changed.emit(choice.key if choice is not None else "")

    def _speak(self) -> None:
        """Tell those who listen where the list stands, for the focus is in the field."""
        choice = self.list.current()
        self.field.setAccessibleDescription(spoken(choice) if choice is not None else self._nothing.text())

    def _place(self) -> None:
        """Stand near the point, but wholly inside the parent, as high as the hits take; the top stays while typing."""
        around = self._around.rect()
        width = min(WIDTH, around.width() - 2 * _GAP)
        most = min(HEIGHT, around.height() - 2 * _GAP)
        whole, height = (
            min(most, _FIELD + 17 + max(1, rows) * self.list.row_height)
            for rows in (len(self._choices), len(self.list.hits.hits))
        )
        if self._at is None:
            left, top = (around.width() - width) // 2, around.height() // 8
        else:
            left, top = self._at.x() - 30, self._at.y() - _FIELD // 2
        left = max(_GAP, min(left, around.width() - width - _GAP))
        top = max(_GAP, min(top, around.height() - whole - _GAP))
        self.setGeometry(QRect(left, top, width, height).adjusted(-_SHADE, -_SHADE, _SHADE, _SHADE))

    def _body(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_SHADE, _SHADE, -_SHADE, -_SHADE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press anywhere else leaves; another size of the parent moves the box."""
        kind = event.type()
        if kind == QEvent.Type.MouseButtonDblClick and self._second.isActive():
            return True
        if not self._open:
            return False
        if kind == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and isinstance(event, QMouseEvent):
            own = watched is self or self.isAncestorOf(watched)
            shade = watched is self and not self._body().contains(event.position())
            if shade or (not own and watched.window() is self.window()):
                self._end(None)
        elif kind == QEvent.Type.Resize and watched is self._around:
            self._place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep keys that mean nothing here from what is below."""
        event.accept()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever hides it leaves the question."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._end(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is behind field and list, from a picture: at each key some of it is painted anew."""
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._ground.isNull() or self._ground.size() != size or self._ground.devicePixelRatio() != ratio:
            self._ground = QPixmap(size)
            self._ground.setDevicePixelRatio(ratio)
            self._ground.fill(Qt.GlobalColor.transparent)
            self._draw_ground(QPainter(self._ground))
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground)
        painter.end()

    def _draw_ground(self, painter: QPainter) -> None:
        """Draw a soft edge of shade, the body with its border, the glass, and the line below the field."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = self._body()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 10 if self._theme.name == "dark" else 3))
        for out in range(_SHADE, 0, -2):
            ring = body.adjusted(-out, 2 - out, out, min(out + 2, _SHADE))
            painter.drawRoundedRect(ring, _RADIUS + out, _RADIUS + out)
        painter.setPen(QPen(QColor(self._theme.card_edge), 1))
        painter.setBrush(QColor(self._theme.card))
        painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        glass = QPointF(body.left() + (31 if self.list.rows.icons else 26), body.top() + 1 + _FIELD / 2)
        self._tints.draw(painter, "step" if self._free else "search", self._theme.text_faint, glass, 18)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        y = body.top() + _FIELD + 1.5
        painter.drawLine(QPointF(body.left() + 1, y), QPointF(body.right() - 1, y))
        painter.end()
