"""The form, filled in as a person does, for every parameter of every block."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG, Block, Follows, Param, Value
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import parse, show
from netbuilder.graph.commands import TRAINING_LIMITS
from netbuilder.ui.fields import ChoiceField, FolderField, NumberField, SwitchField, TextField
from netbuilder.ui.form import Form

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

CASES = [(block, param) for block in CATALOG.values() for param in block.params]
TRAINING = [(None, param) for param in TRAINING_LIMITS.values()]
LEGAL = ("7", "3", "2", "1", "0.5", "0.25", "4, 4", "some/folder", "0")
ILLEGAL = ("x", "-99999999999", "1, 2, 3, 4, 5, 6, 7, 8, 9")


def fill(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def line(form: Form, name: str) -> TextField:
    field = form.field(name)
    if isinstance(field, FolderField):
        return field.line
    assert isinstance(field, TextField)
    return field


def refused(param: Param, text: str) -> bool:
    try:
        parse(param, text)
    except Refused:
        return True
    return False


def fits(param: Param) -> Iterator[Value]:
    for text in LEGAL:
        if not refused(param, text) and parse(param, text) != param.default:
            yield parse(param, text)


def name_of(case: object) -> str:
    return "training" if case is None else str(getattr(case, "name", case))


@pytest.fixture
def heard() -> list[tuple[str, object]]:
    return []


def shown(qtbot: QtBot, params: tuple[Param, ...], heard: list[tuple[str, object]], **values: Value) -> Form:
    form = Form(params, {param.name: param.default for param in params} | values)
    qtbot.addWidget(form)
    form.changed.connect(lambda name, value: heard.append((name, value)))
    with qtbot.waitExposed(form):
        form.show()
    return form


@pytest.mark.parametrize(("block", "param"), CASES + TRAINING, ids=name_of)
def test_every_parameter(qtbot: QtBot, heard: list[tuple[str, object]], block: Block | None, param: Param) -> None:
    params = block.params if block else tuple(TRAINING_LIMITS.values())
    form = shown(qtbot, params, heard)
    field = form.field(param.name)
    assert field.value == param.default
    if isinstance(field, SwitchField):
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        QTest.keyClick(field, Qt.Key.Key_Space)
        assert heard == [(param.name, not param.default), (param.name, param.default)]
    elif isinstance(field, ChoiceField):
        assert tuple(field.itemData(i) for i in range(field.count())) == param.choices
        field.setFocus()
        at = param.choices.index(str(param.default))
        QTest.keyClick(field, Qt.Key.Key_Up if at else Qt.Key.Key_Down)
        assert heard == [(param.name, param.choices[at - 1 if at else 1])]
    else:
        text_parameter(form, param, heard)


def text_parameter(form: Form, param: Param, heard: list[tuple[str, object]]) -> None:
    field = line(form, param.name)
    fill(field, show(param.default))
    assert not heard
    wanted = next(fits(param))
    fill(field, show(wanted))
    assert heard == [(param.name, wanted)]
    bad = [text for text in (*ILLEGAL, "") if refused(param, text)]
    assert bad
    for text in bad:
        fill(field, text)
        assert form.fault(param.name), text
        assert form._faults[param.name].isVisible()
        assert field.property("invalid") is True
        assert form.field(param.name).value == wanted
    assert len(heard) == 1
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == show(wanted)
    assert form.fault(param.name) == ""
    fill(field, show(param.default))
    assert heard[1:] == [(param.name, param.default)]


def test_leaving_the_field_commits(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Linear"].params, heard)
    form.activateWindow()
    field = line(form, "out_features")
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    QTest.keyClicks(field, "50")
    assert not heard
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert heard == [("out_features", 50)]


def test_a_fault_is_judged_again_as_it_is_corrected(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Linear"].params, heard)
    field = line(form, "out_features")
    fill(field, "0")
    assert form.fault("out_features") == "Out features is at least 1."
    field.setCursorPosition(0)
    QTest.keyClicks(field, "5")
    assert form.fault("out_features") == ""
    assert not heard


def test_arrow_keys_step_within_the_limits(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Add"].params, heard)
    stepping: list[bool] = []
    form.changed.connect(lambda *_: stepping.append(form.stepping))
    field = line(form, "inputs")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_Up):
        QTest.keyClick(field, key)
    assert heard == [("inputs", 3), ("inputs", 13), ("inputs", 16)]
    assert stepping == [True, True, True]
    assert not form.stepping


def test_steps_leave_text_and_the_empty_alone(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard, kernel_size=(3, 5))
    QTest.keyClick(line(form, "kernel_size"), Qt.Key.Key_Up)
    QTest.keyClick(line(form, "in_channels"), Qt.Key.Key_Up)
    QTest.keyClicks(line(form, "stride"), "x")
    QTest.keyClick(line(form, "stride"), Qt.Key.Key_Up)
    assert not heard


def wheel(field: QWidget, notches: int) -> QWheelEvent:
    event = QWheelEvent(
        QPointF(5, 5), QPointF(field.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, event)
    return event


def test_the_wheel_steps_only_what_has_the_focus(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    form.activateWindow()
    field, choice = line(form, "out_channels"), form.field("padding_mode")
    wheel(field, 1)
    wheel(choice, -1)
    assert not heard
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    wheel(field, 2)
    assert heard == [("out_channels", 18)]
    choice.setFocus()
    wheel(choice, -1)
    assert heard[1:] == [("padding_mode", "reflect")]


def test_a_size_that_follows_the_wire(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    field = line(form, "in_channels")
    assert field.placeholderText() == "from wire"
    form.set_hints({"in_channels": "10 · from wire"})
    assert field.placeholderText() == "10 · from wire"
    assert field.property("unpinned") is True
    fill(field, "12")
    assert field.property("unpinned") is False
    fill(field, "")
    assert field.property("unpinned") is True
    assert heard == [("in_channels", 12), ("in_channels", None)]


def test_new_values_spare_what_is_being_typed(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    field = line(form, "out_channels")
    QTest.keyClicks(field, "4")
    typed = field.text()
    form.set_values({"out_channels": 16, "stride": 2, "bias": False, "padding_mode": "reflect", "elsewhere": 1})
    assert field.text() == typed
    assert line(form, "stride").text() == "2"
    form.set_values({"out_channels": 24})
    assert field.text() == "24"
    assert form.field("padding_mode").value == "reflect"
    assert form.field("bias").value is False
    assert not heard


def test_undo_is_the_windows_where_the_field_has_nothing_to_undo(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field = NumberField(CATALOG["Linear"].by_name["out_features"], 10)
    QVBoxLayout(window).addWidget(field)
    undone: list[int] = []
    QShortcut(QKeySequence.StandardKey.Undo, window).activated.connect(lambda: undone.append(1))
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "5")
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "10"
    assert not undone
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [1]


def test_a_folder_is_looked_for(qtbot: QtBot, heard: list[tuple[str, object]], monkeypatch: pytest.MonkeyPatch) -> None:
    form = shown(qtbot, CATALOG["MNIST"].params, heard)
    field = form.field("folder")
    assert isinstance(field, FolderField)
    answers = iter(["", "/data/pictures"])
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(answers))
    QTest.mouseClick(field.button, Qt.MouseButton.LeftButton)
    assert not heard
    QTest.mouseClick(field.button, Qt.MouseButton.LeftButton)
    assert heard == [("folder", "/data/pictures")]


def test_a_choice_may_be_none(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    param = Param("way", "choice", None, "Which way.", choices=("left", "right"), none="either way")
    form = shown(qtbot, (param,), heard)
    field = form.field("way")
    assert isinstance(field, ChoiceField)
    assert field.currentText() == "either way"
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert heard == [("way", "left")]


def test_labels_say_what_a_parameter_is(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    param = Param("n", "int", 1, "<b>not bold</b>", follows=Follows("input", 1))
    form = shown(qtbot, (param,), heard)
    assert form._labels["n"].toolTip() == "<qt><div>&lt;b&gt;not bold&lt;/b&gt;</div></qt>"
    assert form._labels["n"].textFormat() is Qt.TextFormat.PlainText
    assert form.field("n").accessibleName() == "N"
    form.set_enabled("n", False)
    assert not form.field("n").isEnabled()
