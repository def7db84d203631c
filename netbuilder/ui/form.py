"""The form: made from parameters, each checked as it is filled in. Inspector and training settings use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from netbuilder.blocks import Param, Values
from netbuilder.blocks.sentence import Sentence
from netbuilder.ui.fields import Field, FolderField, SwitchField, make_field
from netbuilder.ui.parts import ElidedLabel, label
from netbuilder.ui.text import translate, words


class Form(QWidget):
    """Labels on the left, fields on the right, what is wrong with one under it.

    `changed` gives the parameter's name and its new value, which always suits the parameter.
    """

    changed = Signal(str, object)

    def __init__(
        self,
        params: Sequence[Param],
        values: Values,
        hints: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`hints` says for each parameter what holds while it is None, by default its own words for that."""
        super().__init__(parent)
        self._params = {param.name: param for param in params}
        self._fields: dict[str, Field] = {}
        self._labels: dict[str, QLabel] = {}
        self._faults: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 9)
        self._grid.setColumnStretch(1, 11)
        for param in params:
            self.add_row(
                param.name, translate(param.label), make_field(param, values[param.name]), translate(param.help)
            )
        self.set_hints(hints or {})

    def add_row(self, name: str, text: str, field: Field, help: str) -> None:
        """Add a field that is not a parameter's at the end; `changed` speaks of it by `name`."""
        row = 3 * len(self._fields)
        name_label = ElidedLabel(text, "soft", 92, help)
        name_label.setBuddy(field)
        field.setObjectName(name)
        field.setAccessibleName(text)
        field.setAccessibleDescription(help)
        fault = label("", "error", wrap=True)
        fault.hide()
        self._grid.addWidget(name_label, row, 0, 1, 2 if isinstance(field, SwitchField) else 1)
        if isinstance(field, SwitchField):
            self._grid.addWidget(field, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.setRowMinimumHeight(row, 28)
        elif isinstance(field, FolderField):
            self._grid.addWidget(field, row + 1, 0, 1, 2)
        else:
            self._grid.addWidget(field, row, 1)
        self._grid.addWidget(fault, row + 2, 0, 1, 2)
        field.committed.connect(lambda value: self.changed.emit(name, value))
        field.judged.connect(lambda sentence: self._judge(name, sentence))
        self._fields[name], self._labels[name], self._faults[name] = field, name_label, fault

    def field(self, name: str) -> Field:
        """The field of a parameter."""
        return self._fields[name]

    def fault(self, name: str) -> str:
        """What is said under the field, "" when nothing is wrong."""
        return self._faults[name].text()

    @property
    def stepping(self) -> bool:
        """Whether the value that `changed` just gave comes from an arrow key or the wheel."""
        return any(field.stepping for field in self._fields.values())

    def set_values(self, values: Values) -> None:
        """Show other values; text that is being typed stays where its value stays."""
        for name, value in values.items():
            if name in self._fields:
                self._fields[name].set_value(value)

    def set_hints(self, hints: Mapping[str, str]) -> None:
        """Show what holds for the parameters that are None."""
        for name, param in self._params.items():
            if param.optional:
                text = hints.get(name) or (self.tr("from wire") if param.follows else translate(param.none))
                self._fields[name].set_hint(text, param.follows is not None)

    def set_enabled(self, name: str, on: bool) -> None:
        """Let a parameter be changed, or not."""
        self._fields[name].setEnabled(on)
        self._labels[name].setEnabled(on)

    def _judge(self, name: str, sentence: Sentence | None) -> None:
        fault = self._faults[name]
        fault.setText(words(sentence) if sentence else "")
        fault.setVisible(sentence is not None)
