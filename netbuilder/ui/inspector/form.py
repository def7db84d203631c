"""The form: made from parameters, each checked as it is filled in. Inspector and training settings use it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QMenu, QVBoxLayout, QWidget

from netbuilder.blocks import Param
from netbuilder.blocks.sentence import Sentence
from netbuilder.ui.inspector.about import limits, value_text
from netbuilder.ui.inspector.fields import Field, PathField, SwitchField, make_field
from netbuilder.ui.inspector.form_parts import Chip, LabelMenu, MoreButton
from netbuilder.ui.inspector.number_field import NumberField
from netbuilder.ui.inspector.text_field import Mixed, Shown
from netbuilder.ui.parts import ElidedLabel, IconButton, label, tip
from netbuilder.ui.text import translate, words

GUTTER = 16
LONG = 9  # parameters from which on only the first ones are shown at once
FIRST = 6
LONGEST = {"label": 14, "choice": 14, "hint": 20}  # letters that still fit beside each other in a narrow panel

FillMenu = Callable[[str, QMenu], None]


@dataclass
class Row:
    """One row: its label, its field, what is wrong with it, and the way back to the default.

    Where the value comes from an argument, a chip with the argument's name stands in the field's place.
    """

    label: ElidedLabel
    field: Field
    fault: QLabel
    reset: IconButton
    default: Shown
    chip: Chip | None = None
    folded: bool = False
    idle: bool = False
    faulty: str = ""

    def show_parts(self) -> None:
        """Show what is to be seen of it, and the way back where there is one to go."""
        there = not (self.folded or self.idle)
        bound = self.chip is not None
        self.label.setVisible(there)
        self.field.setVisible(there and not bound)
        if self.chip is not None:
            self.chip.setVisible(there)
        self.fault.setVisible(there and bool(self.faulty))
        self.reset.setVisible(there and not bound and self.field.isEnabled() and self.field.value != self.default)


class Form(QWidget):
    """Labels on the left, fields on the right, what is wrong with one under it.

    `changed` gives the parameter's name and its new value, which always suits the parameter (MIXED: the default of
    each of those that it stands for). The last GUTTER pixels are for the buttons that reset: fields end before them.
    Of many parameters only the first are shown, and those that have a value of their own, until "More" is pressed.
    `fill_menu` adds what else can be done with a parameter to the menu of its label and field.
    """

    changed = Signal(str, object)

    def __init__(
        self,
        params: Sequence[Param],
        values: Mapping[str, Shown],
        defaults: Mapping[str, Shown] | None = None,
        fields: Mapping[str, Field] | None = None,
    ) -> None:
        """`defaults` stand in for the parameters' own, MIXED where they differ; `fields` for those made here."""
        super().__init__()
        self._params = {param.name: param for param in params}
        self._rows: dict[str, Row] = {}
        self.fill_menu: FillMenu | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._grid = QGridLayout()
        column.addLayout(self._grid)
        self._arrow = LabelMenu(self, self._offer)
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
            made = (fields or {}).get(param.name)
            field = make_field(param, values[param.name]) if made is None else made
            help, wide = translate(param.help), made is None and _wide(param, field)
            self.add_row(param.name, translate(param.label), field, help, default, own, detail, wide)
        self.set_hints({})
        self.more = MoreButton(self._fold) if len(params) > LONG else None
        if self.more is not None:
            column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._fold()

    def add_row(
        self,
        name: str,
        text: str,
        field: Field,
        help: str,
        default: Shown,
        default_text: str,
        detail: str = "",
        wide: bool = False,
    ) -> None:
        """Add a field at the end; `changed` speaks of it by `name`. A `wide` one stands under its label."""
        at = 3 * len(self._rows)
        name_label = ElidedLabel(text, "soft", 96, help, detail)
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
        lower = at + 1 if wide else at
        self._grid.addWidget(name_label, at, 0, 1, 3 if wide or isinstance(field, SwitchField) else 1)
        if isinstance(field, SwitchField):
            name_label.setMinimumHeight(28)
            self._grid.addWidget(field, at, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        elif wide:
            self._grid.addWidget(field, lower, 0, 1, 3)
        else:
            self._grid.addWidget(field, at, 2)
        self._grid.addWidget(reset, lower, 3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(fault, at + 2, 0, 1, 3)
        row = self._rows[name] = Row(name_label, field, fault, reset, default)
        row.show_parts()
        field.committed.connect(lambda value: self._commit(name, value))
        field.judged.connect(lambda sentence: self._judge(name, sentence))
        (field.line if isinstance(field, PathField) else field).installEventFilter(self)
        name_label.installEventFilter(self)

    @property
    def names(self) -> tuple[str, ...]:
        """What there are rows for."""
        return tuple(self._rows)

    def field(self, name: str) -> Field:
        """The field of a parameter."""
        return self._rows[name].field

    def fault(self, name: str) -> str:
        """What is said under the field, "" when nothing is wrong."""
        return self._rows[name].faulty

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
        self._fold()

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
        row.show_parts()

    def set_idle(self, names: Collection[str]) -> None:
        """Leave out the parameters that say nothing as things are; the others are there."""
        for name, row in self._rows.items():
            row.idle = name in names
            row.show_parts()

    def set_bound(self, bound: Mapping[str, str]) -> None:
        """Say which parameters have the value of an argument, and of which one; the others have their own."""
        for name, row in self._rows.items():
            argument = bound.get(name)
            if (row.chip.argument if row.chip is not None else None) == argument:
                continue
            if row.chip is not None:
                row.chip.hide()
                row.chip.deleteLater()
                row.chip = None
            if argument is not None:
                row.chip = Chip(argument, row.label.text())
                row.chip.clicked.connect(lambda _=False, name=name: self._offer(name, None))
                at, column, *_ = cast("tuple[int, ...]", self._grid.getItemPosition(self._grid.indexOf(row.field)))
                self._grid.addWidget(row.chip, at, column, 1, 1 if column else 3)
        self._fold()

    def bound(self, name: str) -> str:
        """The argument that the chip of a row names, "" where there is none."""
        chip = self._rows[name].chip
        return "" if chip is None else chip.argument

    def set_offered(self, names: Collection[str]) -> None:
        """Say for which rows `fill_menu` has something: their labels show the button that opens the menu."""
        self._arrow.labels = {self._rows[name].label: name for name in names if name in self._rows}

    def _fold(self) -> None:
        """Show the rows that are to be shown."""
        later = list(self._params)[FIRST:] if self.more is not None and not self.more.isChecked() else []
        for name, row in self._rows.items():
            usual = row.chip is None and row.field.value == row.default and not row.faulty
            row.folded = name in later and usual
            row.show_parts()
        if self.more is not None:
            self.more.say(sum(row.folded for row in self._rows.values()))

    def reset(self, name: str) -> None:
        """Put the default back."""
        row = self._rows[name]
        if isinstance(row.default, Mixed):
            self.changed.emit(name, row.default)
        else:
            row.field.take(row.default)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt+Home resets; the menus of fields and labels say so too."""
        labelled = next((name for name, row in self._rows.items() if watched is row.label), None)
        if labelled is not None:
            if isinstance(event, QContextMenuEvent):
                self._offer(labelled, event.globalPos())
                return True
            self._arrow.follow(self._rows[labelled].label, event)
            return super().eventFilter(watched, event)
        name = next((name for name, row in self._rows.items() if watched in (row.field, row.field.focusProxy())), None)
        if name is None:
            return super().eventFilter(watched, event)
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            if (event.key(), event.modifiers()) == (Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier):
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    self.reset(name)
                return True
        elif isinstance(event, QContextMenuEvent):
            menu = watched.createStandardContextMenu() if isinstance(watched, QLineEdit) else QMenu(self)
            self._open_menu(name, menu, event.globalPos())
            return True
        return super().eventFilter(watched, event)

    def _offer(self, name: str, place: QPoint | None) -> None:
        """Open the menu of a row, where it is asked for or below its label."""
        below = self._rows[name].label
        self._open_menu(name, QMenu(self), place or below.mapToGlobal(QPoint(0, below.height() + 2)))

    def _open_menu(self, name: str, menu: QMenu, place: QPoint) -> None:
        row = self._rows[name]
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        if row.chip is None:
            action = menu.addAction(row.reset.accessibleName(), lambda: self.reset(name))
            action.setEnabled(row.field.isEnabled() and row.field.value != row.default)
        if self.fill_menu is not None:
            menu.addSeparator()
            self.fill_menu(name, menu)
        menu.popup(place)

    def _commit(self, name: str, value: object) -> None:
        self._rows[name].show_parts()
        self.changed.emit(name, value)

    def _judge(self, name: str, sentence: Sentence | None) -> None:
        row = self._rows[name]
        row.faulty = words(sentence) if sentence else ""
        row.fault.setText(row.faulty)
        row.show_parts()


def _wide(param: Param, field: Field) -> bool:
    """Whether the field stands under its label, since one of them is long."""
    if isinstance(field, SwitchField):
        return False
    longest = {"label": param.label, "choice": max(param.choices, key=len, default=""), "hint": translate(param.none)}
    return param.kind in ("folder", "file", "text") or any(len(text) > LONGEST[part] for part, text in longest.items())
