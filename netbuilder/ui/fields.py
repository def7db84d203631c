"""The fields that a form is made of, one for each kind of parameter. Each holds a value that suits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QWidget,
)

from netbuilder.blocks import Param, Value
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check, parse, show
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import NoWheel, Switch, restyle, tip
from netbuilder.ui.text import translate

_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class TextField(QLineEdit):
    """A value as text. `read` makes a value of it or raises Refused; until it does, the old one stands.

    `committed` gives the new value; `judged` the sentence that says what is wrong, or None.
    """

    committed = Signal(object)
    judged = Signal(object)

    def __init__(self, read: Callable[[str], Value], value: Value = None) -> None:
        super().__init__()
        self.read = read
        self.value = value
        self._follows = False
        self.stepping = False
        self._sentence: object = None
        self.setText(show(value))
        self.textEdited.connect(self._edited)
        self.textChanged.connect(self._dash)
        self.editingFinished.connect(self._finish)

    @property
    def edited(self) -> bool:
        """Whether the text is not (yet) the value."""
        return self.text() != show(self.value)

    def set_value(self, value: Value) -> None:
        """Show another value; what is being typed stays when the value stays."""
        if value == self.value and self.edited:
            return
        self.value = value
        self.restore()

    def set_hint(self, text: str, follows: bool) -> None:
        """Say what holds where nothing is typed; `follows` when that is read off the wire."""
        self.setPlaceholderText(text)
        self.setToolTip(tip(text))
        self._follows = follows
        self._dash()

    def restore(self) -> None:
        """Go back to the value."""
        if self.edited:
            self.setText(show(self.value))
            self.setCursorPosition(0)
        self.judge(None)

    def judge(self, sentence: object) -> None:
        """Mark the field, or with None take the mark away."""
        restyle(self, "invalid", sentence is not None)
        if sentence != self._sentence:
            self._sentence = sentence
            self.judged.emit(sentence)

    def _dash(self) -> None:
        restyle(self, "unpinned", self._follows and not self.text())

    def _edited(self) -> None:
        if self._sentence is not None:
            self.judge(self._fault())

    def _fault(self) -> object:
        try:
            self.read(self.text())
        except Refused as refusal:
            return refusal.sentence
        return None

    def _finish(self) -> None:
        if not self.edited:
            self.judge(None)
            return
        fault = self._fault()
        self.judge(fault)
        if fault is None:
            self._take(self.read(self.text()))

    def _take(self, value: Value) -> None:
        changed = value != self.value
        self.value = value
        # Setting the text ends the field's own undo: from here on, undoing is the document's.
        self.setText(show(value))
        if changed:
            self.committed.emit(value)

    def event(self, event: QEvent) -> bool:
        """Claim Esc while there is something to restore, and leave Undo to the window while there is not."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() == Qt.Key.Key_Escape and self.edited:
                event.accept()
                return True
            if (event.matches(QKeySequence.StandardKey.Undo) and not self.isUndoAvailable()) or (
                event.matches(QKeySequence.StandardKey.Redo) and not self.isRedoAvailable()
            ):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc restores."""
        if event.key() == Qt.Key.Key_Escape and self.edited:
            self.restore()
            self.selectAll()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select all when reached by the Tab key."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()


class NumberField(TextField):
    """A whole number (or a size) that the arrow keys and the wheel step."""

    def __init__(self, param: Param, value: Value) -> None:
        super().__init__(lambda text: parse(param, text), value)
        self._param = param
        self._turned = 0

    def step(self, by: int) -> None:
        """Add `by`, within the limits."""
        try:
            value = self.read(self.text())
        except Refused:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            return
        least, most = self._param.low, self._param.high
        wanted = value + by
        wanted = wanted if least is None else max(wanted, int(least))
        wanted = wanted if most is None else min(wanted, int(most))
        try:
            check(self._param, wanted)
        except Refused:
            return
        self.setText(show(wanted))
        self.judge(None)
        self.stepping = True
        try:
            self._take(wanted)
        finally:
            self.stepping = False
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down step by one, Page up and Page down by ten."""
        by = _STEPS.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.step(by)

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


class ChoiceField(QComboBox):
    """One of several values, each with the words that stand for it."""

    committed = Signal(object)
    judged = Signal(object)
    stepping = False

    def __init__(self, options: Sequence[tuple[Value, str]], value: Value) -> None:
        super().__init__()
        self.value = value
        for option, text in options:
            self.addItem(text, option)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMinimumWidth(72)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.installEventFilter(NoWheel(self))
        self.set_value(value)
        self.currentIndexChanged.connect(self._chosen)

    def set_value(self, value: Value) -> None:
        """Show another value."""
        self.value = value
        was = self.blockSignals(True)
        self.setCurrentIndex(next((i for i in range(self.count()) if self.itemData(i) == value), -1))
        self.blockSignals(was)

    def set_hint(self, text: str, follows: bool) -> None:
        """A choice always shows what it is."""

    def showPopup(self) -> None:
        """Open the list, wide enough for its longest entry."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 30)
        super().showPopup()

    def _chosen(self, index: int) -> None:
        value = self.itemData(index)
        if index >= 0 and value != self.value:
            self.value = value
            self.committed.emit(value)


class SwitchField(Switch):
    """On or off."""

    committed = Signal(object)
    judged = Signal(object)
    stepping = False

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value
        self.setChecked(bool(value))
        self.clicked.connect(self._clicked)

    def set_value(self, value: Value) -> None:
        """Show another value."""
        self.value = value
        self.setChecked(bool(value))

    def set_hint(self, text: str, follows: bool) -> None:
        """A switch always shows what it is."""

    def _clicked(self, on: bool) -> None:
        self.value = on
        self.committed.emit(on)


class FolderField(QWidget):
    """A folder's path, typed or looked for."""

    committed = Signal(object)
    judged = Signal(object)
    stepping = False

    def __init__(self, param: Param, value: Value) -> None:
        super().__init__()
        self.line = TextField(lambda text: parse(param, text), value)
        self.line.committed.connect(self.committed)
        self.line.judged.connect(self.judged)
        self.button = QPushButton(self)
        self.button.setIcon(icon("folder", "#8791a0"))
        self.button.setFixedWidth(28)
        self.button.setStyleSheet("padding: 0")
        self.button.setToolTip(self.tr("Choose a folder"))
        self.button.setAccessibleName(self.tr("Choose a folder"))
        self.button.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)

    @property
    def value(self) -> Value:
        """The folder."""
        return self.line.value

    def set_value(self, value: Value) -> None:
        """Show another folder."""
        self.line.set_value(value)

    def set_hint(self, text: str, follows: bool) -> None:
        """Say what holds where nothing is typed."""
        self.line.set_hint(text, follows)

    def _browse(self) -> None:
        found = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder"), show(self.value))
        if found:
            self.line.setText(found)
            self.line.editingFinished.emit()


Field = TextField | ChoiceField | SwitchField | FolderField


def make_field(param: Param, value: Value) -> Field:
    """The field for a parameter."""
    if param.kind == "bool":
        return SwitchField(value)
    if param.kind == "choice":
        none: list[tuple[Value, str]] = [(None, translate(param.none))] if param.optional else []
        return ChoiceField([*none, *((choice, choice) for choice in param.choices)], value)
    if param.kind == "folder":
        return FolderField(param, value)
    field = NumberField(param, value) if param.kind in ("int", "size") else TextField(lambda t: parse(param, t), value)
    field.setMinimumWidth(72)
    field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return field
