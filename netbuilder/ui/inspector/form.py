"""The form: made from parameters, each checked as it is filled in. Inspector and training settings use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from netbuilder.blocks import Param
from netbuilder.blocks.sentence import Sentence
from netbuilder.ui.inspector.about import limits, value_text
from netbuilder.ui.inspector.fields import Field, FolderField, SwitchField, make_field
from netbuilder.ui.inspector.number_field import NumberField
from netbuilder.ui.inspector.text_field import Mixed, Shown
from netbuilder.ui.parts import ElidedLabel, IconButton, label, tip
from netbuilder.ui.text import translate, words

GUTTER = 16


@dataclass(frozen=True)
class Row:
    """One row: its label, its field, what is wrong with it, and the way back to the default."""

    label: QLabel
    field: Field
    fault: QLabel
    reset: IconButton
    default: Shown

    def show_reset(self) -> None:
        """Offer the way back where there is one to go."""
        self.reset.setVisible(self.field.isEnabled() and self.field.value != self.default)


class Form(QWidget):
    """Labels on the left, fields on the right, what is wrong with one under it.

    `changed` gives the parameter's name and its new value, which always suits the parameter (MIXED: the default of
    each of those that it stands for). The last GUTTER pixels are for the buttons that reset: fields end before them.
    """

    changed = Signal(str, object)

    def __init__(
        self,
        params: Sequence[Param],
        values: Mapping[str, Shown],
        defaults: Mapping[str, Shown] | None = None,
    ) -> None:
        """`defaults` stand in for the parameters' own: MIXED where they differ."""
        super().__init__()
        self._params = {param.name: param for param in params}
        self._rows: dict[str, Row] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 9)
        self._grid.setColumnMinimumWidth(1, 10)
        self._grid.setColumnStretch(2, 11)
        self._grid.setColumnMinimumWidth(3, GUTTER)
        for param in params:
            default = (defaults or {}).get(param.name, param.default)
            own = self.tr("each one's default") if isinstance(default, Mixed) else value_text(param, default)
            detail = self.tr("May be: {0}\nDefault: {1}").format(limits(param), own)
            field, help = make_field(param, values[param.name]), translate(param.help)
            self.add_row(param.name, translate(param.label), field, help, default, own, detail)
        self.set_hints({})

    def add_row(
        self, name: str, text: str, field: Field, help: str, default: Shown, default_text: str, detail: str = ""
    ) -> None:
        """Add a field that is not a parameter's at the end; `changed` speaks of it by `name`."""
        at = 3 * len(self._rows)
        name_label = ElidedLabel(text, "soft", 92, help, detail)
        name_label.setBuddy(field)
        field.setObjectName(name)
        field.setAccessibleName(text)
        field.setAccessibleDescription(help)
        field.setToolTip(tip(help, detail))
        if isinstance(field, NumberField):
            field.drag_by(name_label)
        fault = label("", "error", wrap=True)
        fault.hide()
        back = (self.tr("Back to “{0}”") if default is None else self.tr("Back to {0}")).format(default_text)
        reset = IconButton("undo", back, QSize(GUTTER - 1, 26), self)
        reset.setToolTip(tip(back, self.tr("Alt+Home")))
        reset.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        reset.clicked.connect(lambda: self.reset(name))
        lower = at + 1 if isinstance(field, FolderField) else at
        self._grid.addWidget(name_label, at, 0, 1, 3 if isinstance(field, SwitchField | FolderField) else 1)
        if isinstance(field, SwitchField):
            self._grid.addWidget(field, at, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.setRowMinimumHeight(at, 28)
        elif isinstance(field, FolderField):
            self._grid.addWidget(field, lower, 0, 1, 3)
        else:
            self._grid.addWidget(field, at, 2)
        self._grid.addWidget(reset, lower, 3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(fault, at + 2, 0, 1, 3)
        row = self._rows[name] = Row(name_label, field, fault, reset, default)
        row.show_reset()
        field.committed.connect(lambda value: self._commit(name, value))
        field.judged.connect(lambda sentence: self._judge(name, sentence))
        (field.line if isinstance(field, FolderField) else field).installEventFilter(self)

    @property
    def names(self) -> tuple[str, ...]:
        """What there are rows for."""
        return tuple(self._rows)

    def field(self, name: str) -> Field:
        """The field of a parameter."""
        return self._rows[name].field

    def fault(self, name: str) -> str:
        """What is said under the field, "" when nothing is wrong."""
        return self._rows[name].fault.text()

    @property
    def stroke(self) -> str | None:
        """Steps with the same stroke belong together: those of keys and wheel, or those of one drag.

        None when the value that `changed` just gave was not stepped.
        """
        field = next((row.field for row in self._rows.values() if row.field.stepping), None)
        return None if field is None else f"{field.objectName()} {field.stroke}"

    def set_values(self, values: Mapping[str, Shown]) -> None:
        """Show other values; text that is being typed stays where its value stays."""
        for name, value in values.items():
            if name in self._rows:
                self._rows[name].field.set_value(value)
                self._rows[name].show_reset()

    def set_hints(self, hints: Mapping[str, str]) -> None:
        """Show what holds for the parameters that are None."""
        for name, param in self._params.items():
            if param.optional:
                text = hints.get(name) or value_text(param, None)
                self._rows[name].field.set_hint(text, param.follows is not None)

    def set_enabled(self, name: str, on: bool) -> None:
        """Let a parameter be changed, or not."""
        row = self._rows[name]
        row.field.setEnabled(on)
        row.label.setEnabled(on)
        row.show_reset()

    def reset(self, name: str) -> None:
        """Put the default back."""
        row = self._rows[name]
        if isinstance(row.default, Mixed):
            self.changed.emit(name, row.default)
        else:
            row.field.take(row.default)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt+Home resets; the menu of a text says so too."""
        name = next((name for name, row in self._rows.items() if watched in (row.field, row.field.focusProxy())), None)
        if name is None:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if (event.key(), event.modifiers()) == (Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier):
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    self.reset(name)
                return True
        elif isinstance(event, QContextMenuEvent) and isinstance(watched, QLineEdit):
            self._open_menu(name, watched, event)
            return True
        return super().eventFilter(watched, event)

    def _open_menu(self, name: str, line: QLineEdit, event: QContextMenuEvent) -> None:
        row, menu = self._rows[name], line.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        action = menu.addAction(row.reset.accessibleName(), lambda: self.reset(name))
        action.setEnabled(row.field.value != row.default)
        menu.popup(event.globalPos())

    def _commit(self, name: str, value: object) -> None:
        self._rows[name].show_reset()
        self.changed.emit(name, value)

    def _judge(self, name: str, sentence: Sentence | None) -> None:
        fault = self._rows[name].fault
        fault.setText(words(sentence) if sentence else "")
        fault.setVisible(sentence is not None)
