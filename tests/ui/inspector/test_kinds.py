"""Fields for what torch's longer signatures hold: words, lists of numbers, third states, many parameters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG, Param
from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.ui.inspector.about import bytes_text, limits
from netbuilder.ui.inspector.fields import ChoiceField, WordField
from netbuilder.ui.inspector.form import FIRST, Form
from netbuilder.ui.inspector.text_field import TextField

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support", extend=True)


@pytest.fixture
def heard() -> list[object]:
    return []


def shown(qtbot: QtBot, heard: list[object], *params: Param) -> Form:
    form = Form(params, {param.name: param.default for param in params})
    qtbot.addWidget(form)
    form.changed.connect(lambda name, value: heard.append(value))
    with qtbot.waitExposed(form):
        form.show()
    return form


def retype(field: object, text: str) -> QLineEdit:
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    return field


def test_a_size_may_be_a_word(qtbot: QtBot, heard: list[object]) -> None:
    form = shown(qtbot, heard, CATALOG["Conv2d"].by_name["padding"])
    field = form.field("padding")
    assert isinstance(field, WordField)
    retype(field, "sa")
    assert form.fault("padding") == "", "it may become a word"
    QTest.keyClicks(field, "d")
    assert form.fault("padding") == "Padding: sad is not a whole number."
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClicks(field, "me")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard == ["same"]
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert heard == ["same"], "a word is not stepped"
    QTest.mouseClick(field.button, Qt.MouseButton.LeftButton)
    menu = field.findChild(QMenu)
    assert menu is not None and [action.isChecked() for action in menu.actions()] == [False, True]
    menu.actions()[0].trigger()
    assert heard == ["same", "valid"] and field.text() == "valid"


def test_a_list_of_numbers_is_stepped_one_by_one(qtbot: QtBot, heard: list[object]) -> None:
    betas = next(param for param in OPTIMIZERS["Adam"].params if param.name == "betas")
    form = shown(qtbot, heard, betas)
    field = form.field("betas")
    assert isinstance(field, TextField)
    field.setCursorPosition(1)
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert heard == [(0.8, 0.999)]
    field.setCursorPosition(len(field.text()))
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert heard[-1] == (0.8, 0.998)
    retype(field, "0.5, x")
    assert form.fault("betas") == "Betas: 0.5, x is not a number."


def test_a_text_is_judged_while_it_is_typed(qtbot: QtBot, heard: list[object]) -> None:
    form = shown(qtbot, heard, CATALOG["Einsum"].by_name["equation"])
    field = retype(form.field("equation"), "ij,j")
    assert form.fault("equation") == ""
    QTest.keyClicks(field, "!")
    assert "not of the form" in form.fault("equation") and not heard
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClicks(field, "->i")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert heard == ["ij,j->i"]


def test_a_third_state(qtbot: QtBot, heard: list[object]) -> None:
    search = next(param for param in OPTIMIZERS["LBFGS"].params if param.name == "line_search_fn")
    form = shown(qtbot, heard, CATALOG["Upsample"].by_name["align_corners"], search)
    for name, values in (("align_corners", [None, True, False]), ("line_search_fn", [None, *search.choices])):
        field = form.field(name)
        assert isinstance(field, ChoiceField)
        assert [field.itemData(i) for i in range(field.count())] == values and field.value is None
        QTest.keyClick(field, Qt.Key.Key_End)
        assert heard[-1] == values[-1]
        form.reset(name)
        assert heard[-1] is None and field.currentIndex() == 0


def test_what_none_means_is_said(qtbot: QtBot, heard: list[object]) -> None:
    weight = CATALOG["CrossEntropyLoss"].by_name["class_weight"]
    form = shown(qtbot, heard, weight)
    field = retype(form.field("class_weight"), "1, 0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(retype(field, ""), Qt.Key.Key_Return)
    assert heard == [(1, 0.5), None] and field.placeholderText() == weight.none


def test_many_parameters_are_folded(qtbot: QtBot, heard: list[object]) -> None:
    params = CATALOG["Transformer"].params
    form = shown(qtbot, heard, *params)
    later = params[FIRST + 2].name

    def visible() -> list[str]:
        return [name for name in form.names if form.field(name).isVisible()]

    assert visible() == [param.name for param in params[:FIRST]]
    assert form.more is not None and form.more.text() == f"{len(params) - FIRST} more"
    form.set_values({later: True if params[FIRST + 2].kind == "bool" else 0.5})
    assert visible()[FIRST:] == ([later] if form.field(later).value != params[FIRST + 2].default else [])
    QTest.mouseClick(form.more, Qt.MouseButton.LeftButton)
    assert visible() == list(form.names) and form.more.text() == "Fewer"
    form.set_bound({later: "flag"})
    QTest.mouseClick(form.more, Qt.MouseButton.LeftButton)
    assert form.bound(later) == "flag" and not form.field(later).isVisible()
    assert form._rows[later].label.isVisible(), "what is bound stays in view"
    assert shown(qtbot, heard, *CATALOG["Conv2d"].params).more is None


def test_limits_and_amounts_in_words() -> None:
    assert limits(CATALOG["Conv2d"].by_name["padding"]) == "1 or 2 whole numbers, at\u00a0least\u00a00, valid, same"
    betas = next(param for param in OPTIMIZERS["Adam"].params if param.name == "betas")
    assert limits(betas).startswith("2 numbers from 0")
    assert limits(Param("sizes", "shape", (), "")) == "whole numbers"
    texts = [bytes_text(number) for number in (0, 1023, 1024, 150_000, 1_048_064, 3 * 1024**3)]
    assert texts == ["0 B", "1023 B", "1.0 KiB", "146 KiB", "1.0 MiB", "3.0 GiB"]
