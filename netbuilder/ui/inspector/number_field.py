"""The field for numbers: typed, stepped by arrow keys and wheel, and dragged sideways."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from netbuilder.blocks import Param, Value
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check, parse
from netbuilder.ui.inspector.steps import Scale, scale_of, stepped
from netbuilder.ui.inspector.text_field import Mixed, Shown, TextField

SLOP = 4
PIXELS = 4
_STROKES = count(1)
_KEYS: dict[int, tuple[int, bool]] = {
    Qt.Key.Key_Up: (1, False),
    Qt.Key.Key_Down: (-1, False),
    Qt.Key.Key_PageUp: (1, True),
    Qt.Key.Key_PageDown: (-1, True),
}


@dataclass
class _Drag:
    """A press that becomes a drag once it has moved by SLOP pixels: where it is, and what it began with."""

    x: float
    start: Shown
    scale: Scale
    part: int | None
    travel: float = 0
    moved: bool = False


class NumberField(TextField):
    """A number or a list of whole ones. A press that is not there to place the text cursor drags the value.

    `stepping` while the value given comes from a step or a drag; `stroke` is another number for each drag, else 0.
    """

    def __init__(self, param: Param, value: Shown) -> None:
        super().__init__(lambda text: parse(param, text), value)
        self._param = param
        self._turned = 0
        self._drag: _Drag | None = None
        self._typing = False
        self._handle: QWidget | None = None
        # What the last step gave and how fine it was: steps in a row stay as fine as the first.
        self._last: tuple[Value, Scale] | None = None
        self.textChanged.connect(self._show_cursor)
        self.textEdited.connect(self._type)
        self._show_cursor()

    def drag_by(self, handle: QWidget) -> None:
        """Let the value be dragged by this widget too, its label."""
        self._handle = handle
        handle.installEventFilter(self)
        self._show_cursor()

    def step(self, by: int, page: bool = False) -> None:
        """Go `by` steps, or pages of them, within the limits."""
        value = self._number()
        if value is None:
            return
        part = None if self.selectedText() == self.text() and self._param.kind == "size" else self._part()
        scale = self._scale(value, part)
        self._go(value, by * scale.page if page else by, scale, part)
        self._select(part)

    def _number(self) -> Value:
        """The number or numbers that stand there, None where there are none."""
        try:
            value = self.read(self.text()) if self.text() else None
        except Refused:
            return None
        return None if isinstance(value, str) else value

    def _scale(self, value: Value, part: int | None) -> Scale:
        scale = scale_of(self._param, value[part or 0] if isinstance(value, tuple) and value else value)
        if self._last is not None and self._last[0] == value and self._last[1].digits > scale.digits:
            return self._last[1]
        return scale

    def _go(self, value: Value, by: int, scale: Scale, part: int | None) -> None:
        wanted = stepped(self._param, value, by, scale, part)
        try:
            check(self._param, wanted)
        except Refused:
            return
        self._last = (wanted, scale)
        self._step_to(wanted)

    def _step_to(self, value: Value) -> None:
        self.stepping = True
        try:
            self.take(value)
        finally:
            self.stepping = False

    def _part(self, position: int | None = None) -> int | None:
        """Which of several numbers is at the text cursor (or another place in the text)."""
        where = self.cursorPosition() if position is None else position
        return self.text()[:where].count(",") if "," in self.text() else None

    def _select(self, part: int | None) -> None:
        if part is None:
            self.selectAll()
            return
        before = self.text().split(",")[: part + 1]
        self.setSelection(len(",".join(before)) - len(before[-1].strip()), len(before[-1].strip()))

    def _type(self) -> None:
        self._typing = True
        self._show_cursor()

    def _show_cursor(self) -> None:
        sideways, typing = Qt.CursorShape.SizeHorCursor, Qt.CursorShape.IBeamCursor
        self.setCursor(sideways if self._draggable(self._part()) and not self._typing else typing)
        if self._handle is not None:
            self._handle.setCursor(sideways if self._draggable(None) else Qt.CursorShape.ArrowCursor)

    def _draggable(self, part: int | None) -> bool:
        """Whether there is a number to drag; the numbers of a shape are dragged one by one only."""
        value = self._number()
        one = part is not None or self._param.kind == "size" or not isinstance(value, tuple) or len(value) == 1
        return self.isEnabled() and value is not None and one

    def _press(self, x: float, part: int | None) -> bool:
        value = self._number()
        if not self._draggable(part):
            return False
        self._drag = _Drag(x, self.value, self._scale(value, part), part)
        return True

    def _pull(self, drag: _Drag, x: float, keys: Qt.KeyboardModifier) -> None:
        if not drag.moved:
            if abs(x - drag.x) < SLOP:
                return
            drag.moved, drag.x = True, x
            self.stroke = next(_STROKES)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        fine = bool(keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier))
        many = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        whole = self._param.kind not in ("float", "numbers")
        drag.travel += (x - drag.x) * (10 if many else 0.2 if fine and whole else 1)
        drag.x = x
        by = int(drag.travel / PIXELS)
        drag.travel -= by * PIXELS
        value = self._number()
        if by and value is not None:
            self._go(value, by, drag.scale.finer() if fine and not whole else drag.scale, drag.part)
            self.deselect()

    def _let_go(self) -> None:
        drag, self._drag = self._drag, None
        if drag is None:
            return
        self._last, self.stroke = None, 0
        if not drag.moved:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._typing = True
        self.selectAll()
        self._show_cursor()

    def _put_back(self, drag: _Drag) -> None:
        self._drag = self._last = None
        if not isinstance(drag.start, Mixed):
            self._step_to(drag.start)
        self.stroke = 0
        self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Claim Esc during a drag."""
        override = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if override and self._drag is not None and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down step, Page up and Page down go ten steps or a decade; Esc takes a drag back."""
        key = event.key()
        if self._drag is not None:
            if key == Qt.Key.Key_Escape:
                self._put_back(self._drag)
        elif key in _KEYS:
            self.step(*_KEYS[key])
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step while the field has the focus; else the panel scrolls."""
        if not self.hasFocus():
            event.ignore()
            return
        self._turned += event.angleDelta().y()
        notches = int(self._turned / 120)
        self._turned -= notches * 120
        if notches:
            self.step(notches)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """From now on a press drags again."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._drag, self._last, self._typing, self.stroke = None, None, False, 0
            self._show_cursor()

    def changeEvent(self, event: QEvent) -> None:
        """Point as what it is: enabled or not."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._show_cursor()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, unless a text is being typed."""
        left = event.button() == Qt.MouseButton.LeftButton
        part = self._part(self.cursorPositionAt(event.position().toPoint()))
        if not (left and not self._typing and self._press(event.globalPosition().x(), part)):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the value."""
        if self._drag is None:
            super().mouseMoveEvent(event)
        else:
            self._pull(self._drag, event.globalPosition().x(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag; without one, all is selected for typing."""
        if self._drag is None:
            super().mouseReleaseEvent(event)
        else:
            self._let_go()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the label's mouse."""
        if watched is self._handle and isinstance(event, QMouseEvent):
            kind, x = event.type(), event.globalPosition().x()
            if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
                if not self._press(x, None):
                    self.setFocus(Qt.FocusReason.MouseFocusReason)
                return True
            if kind == QEvent.Type.MouseMove and self._drag is not None:
                self._pull(self._drag, x, event.modifiers())
                return True
            if kind == QEvent.Type.MouseButtonRelease:
                self._let_go()
                return True
        return super().eventFilter(watched, event)
