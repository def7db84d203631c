"""The fields that a form is made of, one for each kind of parameter. Each holds a value that suits.

Every field has `value` (or MIXED, where it stands for several that differ), `set_value` to show another, `take` to
change it as a person would, `set_hint`, and the signals `committed` (the new value) and `judged` (what is wrong).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from netbuilder.blocks import Param, Value
from netbuilder.blocks.values import parse
from netbuilder.ui.icons import icon
from netbuilder.ui.inspector.number_field import NumberField
from netbuilder.ui.inspector.text_field import MIXED, Shown, TextField, text_of
from netbuilder.ui.parts import IconButton, NoWheel, Switch, restyle
from netbuilder.ui.text import translate


class ChoiceField(QComboBox):
    """One of several values, each with the words that stand for it."""

    committed = Signal(object)
    judged = Signal(object)
    stepping = False
    stroke = 0

    def __init__(self, options: Sequence[tuple[Value, str]], value: Shown) -> None:
        super().__init__()
        self.value = value
        self._options: list[tuple[Value, str]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMinimumWidth(72)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.installEventFilter(NoWheel(self))
        self.setPlaceholderText(self.tr("mixed"))
        self.set_options(options)
        self.currentIndexChanged.connect(self._chosen)

    def fix_width(self, width: int) -> None:
        """Be so wide in a bar; a layout would overlook that of a field which takes what a form gives it."""
        self.setFixedWidth(width)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_options(self, options: Sequence[tuple[Value, str]]) -> None:
        """Offer other values."""
        if list(options) != self._options:
            self._options = list(options)
            was = self.blockSignals(True)
            self.clear()
            for option, text in options:
                self.addItem(text, option)
            self.blockSignals(was)
        self.set_value(self.value)

    def take(self, value: Value) -> None:
        """Choose this value, as a person would."""
        self.setCurrentIndex(next((i for i in range(self.count()) if self.itemData(i) == value), -1))

    def set_value(self, value: Shown) -> None:
        """Show another value."""
        self.value = value
        restyle(self, "mixed", value is MIXED)
        was = self.blockSignals(True)
        self.setCurrentIndex(next((i for i in range(self.count()) if self.itemData(i) == value), -1))
        self.blockSignals(was)

    def set_hint(self, text: str, follows: bool) -> None:
        """A choice always shows what it is."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shorten a text that is too long with an …."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        style = self.style()
        room = style.subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.placeholderText() if self.currentIndex() < 0 else option.currentText
        option.currentText = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()

    def showPopup(self) -> None:
        """Open the list, wide enough for its longest entry."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 30)
        super().showPopup()

    def _chosen(self, index: int) -> None:
        value = self.itemData(index)
        if index >= 0 and value != self.value:
            self.value = value
            restyle(self, "mixed", False)
            self.committed.emit(value)


class SwitchField(Switch):
    """On or off."""

    committed = Signal(object)
    judged = Signal(object)
    stepping = False
    stroke = 0

    def __init__(self, value: Shown) -> None:
        super().__init__()
        self.set_value(value)
        self.clicked.connect(self.take)

    def take(self, value: Value) -> None:
        """Turn it on or off, as a person would."""
        if value != self.value:
            self.set_value(value)
            self.committed.emit(value)

    def set_value(self, value: Shown) -> None:
        """Show another value."""
        self.value = value
        self.setChecked(value is True)
        self.set_between(value is MIXED)

    def set_hint(self, text: str, follows: bool) -> None:
        """A switch always shows what it is."""


class PathField(QWidget):
    """The path of a folder or of a file, typed or looked for."""

    committed = Signal(object)
    judged = Signal(object)
    stepping = False
    stroke = 0

    def __init__(self, param: Param, value: Shown) -> None:
        super().__init__()
        self._file = param.kind == "file"
        title = self.tr("Choose a file") if self._file else self.tr("Choose a folder")
        self.line = TextField(lambda text: parse(param, text), value)
        self.line.elide = Qt.TextElideMode.ElideMiddle
        self.line.committed.connect(self.committed)
        self.line.judged.connect(self.judged)
        self.button = QPushButton(self)
        self.button.setIcon(icon(param.kind, "#8791a0"))
        self.button.setFixedWidth(28)
        self.button.setStyleSheet("padding: 0")
        self.button.setToolTip(title)
        self.button.setAccessibleName(title)
        self.button.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)

    @property
    def value(self) -> Shown:
        """The path."""
        return self.line.value

    def take(self, value: Value) -> None:
        """Take this path, as if it had been typed."""
        self.line.take(value)

    def set_value(self, value: Shown) -> None:
        """Show another path."""
        self.line.set_value(value)

    def set_hint(self, text: str, follows: bool) -> None:
        """Say what holds where nothing is typed."""
        self.line.set_hint(text, follows)

    def _browse(self) -> None:
        title, start = self.button.toolTip(), text_of(self.value)
        if self._file:
            found = QFileDialog.getOpenFileName(self, title, start)[0]
        else:
            found = QFileDialog.getExistingDirectory(self, title, start)
        if found:
            self.line.setText(found)
            self.line.editingFinished.emit()


class WordField(NumberField):
    """Numbers, or one of some words: typed, or chosen from the list that the button opens."""

    def __init__(self, param: Param, value: Shown) -> None:
        super().__init__(param, value)
        self.words = param.choices
        title = self.tr("Words that may stand here")
        self.button = IconButton("chevron-down", title, QSize(20, 22), self)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.open_words)
        self.setTextMargins(0, 0, 14, 0)

    def open_words(self) -> None:
        """Offer the words."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for word in self.words:
            action = menu.addAction(word, partial(self.take, word))
            action.setCheckable(True)
            action.setChecked(self.value == word)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the right."""
        super().resizeEvent(event)
        self.button.move(self.width() - 24, (self.height() - self.button.height()) // 2)


Field = TextField | ChoiceField | SwitchField | PathField


def make_field(param: Param, value: Shown) -> Field:
    """The field for a parameter."""
    none: list[tuple[Value, str]] = [(None, translate(param.none))] if param.optional else []
    if param.kind == "bool" and param.optional:
        return ChoiceField([*none, (True, translate("on")), (False, translate("off"))], value)
    if param.kind == "bool":
        return SwitchField(value)
    if param.kind == "choice":
        return ChoiceField([*none, *((choice, choice or translate("none")) for choice in param.choices)], value)
    if param.kind in ("folder", "file"):
        return PathField(param, value)
    if param.kind == "text":
        field = TextField(lambda text: parse(param, text), value)
    else:
        field = WordField(param, value) if param.choices else NumberField(param, value)
    field.setMinimumWidth(72)
    field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return field
