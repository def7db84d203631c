"""The form, filled in as a person does, for every parameter of every block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG, Follows, Param, Value
from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check, parse, show
from netbuilder.graph.commands import TRAINING_LIMITS
from netbuilder.graph.training import recipe_params
from netbuilder.ui.inspector.fields import ChoiceField, PathField, SwitchField
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.inspector.number_field import PIXELS, NumberField
from netbuilder.ui.inspector.steps import scale_of, stepped
from netbuilder.ui.inspector.text_field import MIXED, TextField

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def _alike(param: Param) -> Param:
    """The parameter without what makes no difference to its field, so that of all that are alike one is tried."""
    follows = None if param.follows is None else Follows("input", 1)
    same = {"name": "it", "help": "It is.", "follows": follows, "required": False, "positional": False}
    return replace(param, **same, written=True, argument="", wrap="", in_forward=False)  # type: ignore[arg-type]


# Code has a field of its own, which the inspector brings along.
ALL = [param for block in CATALOG.values() for param in block.params if param.kind != "code"]
CASES = list(dict.fromkeys(_alike(param) for param in (*ALL, *TRAINING_LIMITS.values())))
KINDS = sorted({param.kind for param in CASES})
LEGAL = ("7", "3", "2", "1", "0.5", "0.25", "4, 4", "0.5, 0.25", "0.5, 0.25, 0.5", "some/folder", "0", "ab")
ILLEGAL = ("x", "-99999999999", "1, 2, 3, 4, 5, 6, 7, 8, 9", "y" * 201)


def fill(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def line(form: Form, name: str) -> TextField:
    field = form.field(name)
    if isinstance(field, PathField):
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


def of_kind(qtbot: QtBot, kind: str, heard: list[tuple[str, object]]) -> tuple[Form, tuple[Param, ...]]:
    """A form with every parameter of a kind that the program has, all of them in view."""
    chosen = (param for param in CASES if param.kind == kind)
    params = tuple(replace(param, name=f"{kind}{i}") for i, param in enumerate(chosen))
    form = shown(qtbot, params, heard)
    if form.more is not None and form.more.isVisible():
        QTest.mouseClick(form.more, Qt.MouseButton.LeftButton)
    return form, params


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter(qtbot: QtBot, heard: list[tuple[str, object]], kind: str) -> None:
    form, params = of_kind(qtbot, kind, heard)
    for param in params:
        heard.clear()
        every_way(form, param, heard)


def every_way(form: Form, param: Param, heard: list[tuple[str, object]]) -> None:
    field = form.field(param.name)
    assert field.value == param.default
    if isinstance(field, SwitchField):
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        QTest.keyClick(field, Qt.Key.Key_Space)
        assert heard == [(param.name, not param.default), (param.name, param.default)]
    elif isinstance(field, ChoiceField):
        options = [*([None] if param.optional else []), *(param.choices or (True, False))]
        assert [field.itemData(i) for i in range(field.count())] == options
        field.setFocus()
        at = options.index(param.default)  # type: ignore[arg-type]
        QTest.keyClick(field, Qt.Key.Key_Up if at else Qt.Key.Key_Down)
        assert heard == ([(param.name, options[at - 1 if at else 1])] if len(options) > 1 else [])
    else:
        text_parameter(form, param, heard)


def text_parameter(form: Form, param: Param, heard: list[tuple[str, object]]) -> None:
    field = line(form, param.name)
    fill(field, show(param.default))
    assert not heard
    wanted = next(fits(param))
    fill(field, show(wanted))
    assert heard == [(param.name, wanted)]
    bad = [text for text in (*ILLEGAL, "") if refused(param, text)] or ["x" * 1025]  # no text is endless
    assert all(refused(param, text) for text in bad)
    for text in bad:
        fill(field, text)
        assert form.fault(param.name), text
        assert form._rows[param.name].fault.isVisible()
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
    strokes: list[str | None] = []
    form.changed.connect(lambda *_: strokes.append(form.stroke))
    field = line(form, "inputs")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_Up):
        QTest.keyClick(field, key)
    assert heard == [("inputs", 3), ("inputs", 13), ("inputs", 16)]
    assert strokes == ["inputs 0"] * 3
    assert form.stroke is None


def test_steps_leave_text_and_the_empty_alone(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
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
    assert isinstance(field, PathField)
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
    said = form._rows["n"].label.toolTip()
    assert said.startswith("<qt><div>&lt;b&gt;not bold&lt;/b&gt;</div>")
    assert "May be: whole number<br>Default: 1" in said
    assert form.field("n").toolTip() == said
    assert form._rows["n"].label.textFormat() is Qt.TextFormat.PlainText
    assert form.field("n").accessibleName() == "N"
    form.set_enabled("n", False)
    assert not form.field("n").isEnabled()


def focused(qtbot: QtBot, form: Form, name: str) -> TextField:
    form.activateWindow()
    field = line(form, name)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    return field


def pull(widget: QWidget, start: int, *moves: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press at `start` and move to each of the places, sideways, without letting go."""
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(start, 8))
    for x in moves:
        here = QPointF(start + x, 8)
        event = QMouseEvent(
            QEvent.Type.MouseMove, here, QPointF(widget.mapToGlobal(here.toPoint())), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, keys,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)


def drop(widget: QWidget, x: int) -> None:
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, 8))


@pytest.mark.parametrize("by_label", [False, True])
def test_dragging_is_one_stroke(qtbot: QtBot, heard: list[tuple[str, object]], by_label: bool) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    form.activateWindow()
    field, strokes = line(form, "out_channels"), []
    handle = form._rows["out_channels"].label if by_label else field
    assert handle.cursor().shape() is Qt.CursorShape.SizeHorCursor
    form.changed.connect(lambda *_: strokes.append(form.stroke))
    for _ in range(2):
        pull(handle, 10, 4, 4 + 2 * PIXELS, 4 + 3 * PIXELS)
        drop(handle, 10 + 4 + 3 * PIXELS)
    assert [value for _, value in heard] == [18, 19, 21, 22]
    first, again, second, third = strokes
    assert first == again != second == third
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert strokes[4:] == ["out_channels 0"]
    assert field.hasFocus()
    assert field.selectedText() == "23"


def test_a_drag_is_faster_or_finer_and_stays_within_the_limits(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    field = line(form, "out_channels")
    pull(field, 10, 4, 4 + 2 * PIXELS, keys=Qt.KeyboardModifier.ShiftModifier)
    drop(field, 20)
    assert field.value == 36
    pull(field, 10, 4, 4 + 2 * PIXELS, 4 + 5 * PIXELS, keys=Qt.KeyboardModifier.AltModifier)
    drop(field, 20)
    assert field.value == 37
    pull(field, 10, -4, -4000)
    drop(field, 0)
    assert field.value == 1
    form = shown(qtbot, CATALOG["Dropout"].params, heard)
    field = line(form, "p")
    pull(field, 10, 4, 4 + PIXELS, keys=Qt.KeyboardModifier.ControlModifier)
    assert field.value == 0.51
    drop(field, 20)
    pull(field, 10, 4, 4000)
    drop(field, 4000)
    assert field.value == 1


def test_escape_takes_a_drag_back(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    form.activateWindow()
    field, strokes = line(form, "out_channels"), []
    form.changed.connect(lambda *_: strokes.append(form.stroke))
    pull(field, 10, 4, 4 + 9 * PIXELS)
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    override.ignore()
    QApplication.sendEvent(field, override)
    assert override.isAccepted()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    drop(field, 50)
    assert heard == [("out_channels", 25), ("out_channels", 16)]
    assert strokes[0] == strokes[1] != "out_channels 0"
    assert field.text() == "16"


def test_a_click_selects_all_and_then_places_the_cursor(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    form.activateWindow()
    field = line(form, "out_channels")
    pull(field, 10, 2)
    drop(field, 12)
    assert field.hasFocus()
    assert field.selectedText() == "16"
    assert field.cursor().shape() is Qt.CursorShape.IBeamCursor
    pull(field, 10, 60)
    drop(field, 70)
    assert not heard
    QTest.mouseClick(form._rows["stride"].label, Qt.MouseButton.LeftButton)
    assert line(form, "stride").hasFocus()
    assert line(form, "stride").selectedText() == "1"
    assert field.cursor().shape() is Qt.CursorShape.SizeHorCursor


def test_what_cannot_be_dragged_is_not(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    form.set_enabled("out_channels", False)
    for name in ("in_channels", "out_channels"):
        for widget in (line(form, name), form._rows[name].label):
            pull(widget, 5, 40, 80)
            drop(widget, 85)
            assert widget.cursor().shape() is not Qt.CursorShape.SizeHorCursor
    assert not heard


def test_one_number_of_several_is_dragged(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["RandomTensors"].params, heard, input_shape=(3, 28, 28))
    field, name = line(form, "input_shape"), form._rows["input_shape"].label
    field.resize(200, field.height())
    pull(name, 10, 4, 4 + 2 * PIXELS)
    drop(name, 30)
    assert not heard
    field.clearFocus()
    assert field.cursorPositionAt(QPoint(12, 8)) <= 1
    pull(field, 12, 4, 4 + 2 * PIXELS)
    drop(field, 30)
    assert heard == [("input_shape", (5, 28, 28))]
    form = shown(qtbot, CATALOG["Conv2d"].params, heard, kernel_size=(3, 5))
    name = form._rows["kernel_size"].label
    pull(name, 10, 4, 4 + PIXELS)
    drop(name, 30)
    assert heard[1:] == [("kernel_size", (4, 6))]


def test_one_number_of_several_is_stepped(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard, kernel_size=(3, 5))
    field = focused(qtbot, form, "kernel_size")
    field.setCursorPosition(4)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.selectedText() == "6"
    QTest.keyClick(field, Qt.Key.Key_Up)
    field.setCursorPosition(0)
    QTest.keyClick(field, Qt.Key.Key_PageUp)
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert [value for _, value in heard] == [(3, 6), (3, 7), (13, 7), (12, 6)]


@pytest.mark.parametrize(
    ("name", "start", "keys", "values"),
    [
        ("learning_rate", 1e-3, "↑↑↓↓↓", [0.002, 0.003, 0.002, 0.001, 0.0009]),
        ("learning_rate", 0.009, "↑↑⇞⇟", [0.01, 0.02, 0.2, 0.02]),
        ("learning_rate", 0.0015, "↑↓↓", [0.0016, 0.0015, 0.0014]),
        ("learning_rate", 900.0, "↑↑", [1000.0]),
        ("learning_rate", 1e-12, "↓", [0.0]),
        ("weight_decay", 0.0, "↓↑↑", [1e-4, 2e-4]),
        ("momentum", 0.9, "↑↑↓", [1.0, 0.9]),
        ("momentum", 0.25, "↑↑↑↑↑↑", [0.26, 0.27, 0.28, 0.29, 0.3, 0.31]),
        ("momentum", 0.0, "⇞", [1.0]),
    ],
)
def test_real_numbers_are_stepped_by_their_last_digit(
    qtbot: QtBot, heard: list[tuple[str, object]], name: str, start: float, keys: str, values: list[float]
) -> None:
    params = {**TRAINING_LIMITS, **recipe_params(OPTIMIZERS["SGD"])}
    form = shown(qtbot, tuple(params.values()), heard, **{name: start})
    for key in keys:
        QTest.keyClick(
            line(form, name),
            {"↑": Qt.Key.Key_Up, "↓": Qt.Key.Key_Down, "⇞": Qt.Key.Key_PageUp, "⇟": Qt.Key.Key_PageDown}[key],
        )
    assert heard == [(name, value) for value in values]


@settings(max_examples=200)
@given(data=st.data(), case=st.sampled_from([p for p in CASES if p.kind in ("int", "float", "size")]))
def test_steps_never_leave_the_limits(data: st.DataObject, case: Param) -> None:
    low, high = case.low if case.low is not None else -1000, case.high if case.high is not None else 10**6
    whole = st.integers(int(low), int(high))
    value: Value = data.draw(whole if case.kind != "float" else st.floats(low, high))
    for by in data.draw(st.lists(st.integers(-30, 30), max_size=8)):
        value = check(case, stepped(case, value, by, scale_of(case, value)))


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("0", ["Out channels is at least 1."]),
        ("x", ["Out channels: x is not a whole number."]),
        ("5.0", ["", "Out channels: 5. is not a whole number.", "Out channels: 5.0 is not a whole number."]),
        ("-3", ["", "Out channels is at least 1."]),
        ("", [""]),
    ],
)
def test_what_is_wrong_is_said_as_one_types(
    qtbot: QtBot, heard: list[tuple[str, object]], text: str, faults: list[str]
) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    field = focused(qtbot, form, "out_channels")
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    assert form.fault("out_channels") == ""
    for letter, fault in zip(text, faults, strict=False):
        QTest.keyClicks(field, letter)
        assert form.fault("out_channels") == fault
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert form.fault("out_channels") == (faults[-1] or "Out channels needs a value.")
    assert not heard


def test_half_a_tuple_is_no_fault(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    field = focused(qtbot, form, "kernel_size")
    field.selectAll()
    for text in ("3", ",", " ", "5"):
        QTest.keyClicks(field, text)
        assert form.fault("kernel_size") == ""
    QTest.keyClicks(field, ", 7")
    assert form.fault("kernel_size") == "Kernel size is one number or 2 of them."


def test_enter_commits_and_keeps_the_focus(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    field = focused(qtbot, form, "out_channels")
    fill(field, "24")
    assert heard == [("out_channels", 24)]
    assert field.hasFocus()


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_can_be_reset(qtbot: QtBot, heard: list[tuple[str, object]], kind: str) -> None:
    form, params = of_kind(qtbot, kind, heard)
    for param in params:
        heard.clear()
        reset_in_each_way(form, param, heard)


def reset_in_each_way(form: Form, param: Param, heard: list[tuple[str, object]]) -> None:
    other: Value
    if param.kind == "bool":
        other = not param.default
    elif param.kind == "choice":
        other = next(choice for choice in param.choices if choice != param.default)
    else:
        other = next(fits(param))
    form.set_values({param.name: other})
    button = form._rows[param.name].reset
    field = form.field(param.name)
    assert button.isVisible()
    assert not any(row.reset.isVisible() for name, row in form._rows.items() if name != param.name)
    place = field.geometry()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard == [(param.name, param.default)]
    assert field.value == param.default
    assert not button.isVisible()
    assert field.geometry() == place
    form.set_values({param.name: other})
    assert button.isVisible()
    QTest.keyClick(field.focusProxy() or field, Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    assert heard == [(param.name, param.default)] * 2


def test_the_button_says_where_it_leads(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard)
    said = {name: row.reset.accessibleName() for name, row in form._rows.items()}
    assert said["kernel_size"] == "Back to 3"
    assert said["in_channels"] == "Back to “from wire”"
    assert said["bias"] == "Back to on"
    assert "Alt+Home" in form._rows["bias"].reset.toolTip()


@pytest.mark.qt_log_ignore(r"raise\(\)|grabbing the keyboard", extend=True)  # the offscreen platform of popups
def test_the_menu_of_a_text_resets(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    form = shown(qtbot, CATALOG["Conv2d"].params, heard, kernel_size=(3, 5))
    for name, usable in (("kernel_size", True), ("stride", False)):
        field = line(form, name)
        here = QPoint(5, 5)
        QApplication.sendEvent(field, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, here, field.mapToGlobal(here)))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = menu.actions()[-1]
        assert action.isEnabled() is usable
        if usable:
            action.trigger()
        menu.close()
    assert heard == [("kernel_size", 3)]


def test_values_that_differ(qtbot: QtBot, heard: list[tuple[str, object]]) -> None:
    params = CATALOG["Conv2d"].params
    mixed = {param.name: MIXED for param in params}
    form = Form(params, mixed, {"kernel_size": MIXED})
    qtbot.addWidget(form)
    form.changed.connect(lambda name, value: heard.append((name, value)))
    with qtbot.waitExposed(form):
        form.show()
    form.grab()
    size, bias, mode = line(form, "out_channels"), form.field("bias"), form.field("padding_mode")
    assert (size.text(), size.placeholderText()) == ("", "mixed")
    assert line(form, "in_channels").property("unpinned") is False
    QTest.keyClick(size, Qt.Key.Key_Up)
    QTest.keyClick(size, Qt.Key.Key_Return)
    assert isinstance(mode, ChoiceField)
    assert mode.currentIndex() == -1
    assert not heard
    fill(size, "8")
    QTest.mouseClick(bias, Qt.MouseButton.LeftButton)
    QTest.keyClick(mode, Qt.Key.Key_Down)
    assert heard == [("out_channels", 8), ("bias", True), ("padding_mode", "zeros")]
    form.set_values({"kernel_size": 5})
    QTest.mouseClick(form._rows["kernel_size"].reset, Qt.MouseButton.LeftButton)
    assert heard[3:] == [("kernel_size", MIXED)]
