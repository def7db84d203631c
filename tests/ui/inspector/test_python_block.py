"""The code of a Python block: written in a real editor, read as it is typed, committed when it can be a block."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from netbuilder.graph.document import Document
from netbuilder.graph.python_code import read
from netbuilder.ui.code_editor import PythonBox
from netbuilder.ui.code_editor.editor import CodeEditor
from netbuilder.ui.code_editor.templates import AUTOGRAD, FUNCTION, MODULE
from netbuilder.ui.inspector.inspector import Inspector
from netbuilder.ui.inspector.node_page import NodePage
from netbuilder.ui.theme import DARK, LIGHT
from tests.drawings import draw

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support", extend=True)

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def document() -> Document:
    return Document(draw("image Input shape=4\npython1 Python\nfc1 Linear\nimage > python1 > fc1"))


@pytest.fixture
def inspector(qtbot: QtBot, document: Document) -> Inspector:
    made = Inspector(document, DARK)
    qtbot.addWidget(made)
    made.resize(306, 900)
    with qtbot.waitExposed(made):
        made.show()
    return made


def python_box(inspector: Inspector) -> PythonBox:
    inspector.show_nodes(["python1"])
    page = inspector.widget()
    assert isinstance(page, NodePage) and page.python is not None
    return page.python


def code_of(document: Document) -> object:
    return document.graph.values(document.graph.nodes["python1"])["code"]


def write(editor: CodeEditor, text: str) -> None:
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    for number, line in enumerate(text.split("\n")):
        if number:
            QTest.keyClick(editor, Qt.Key.Key_Return)
        QTest.keyClicks(editor, line)


def test_code_is_applied_in_one_step_and_makes_ports_and_parameters(inspector: Inspector, document: Document) -> None:
    box = python_box(inspector)
    before = code_of(document)
    write(box.editor, "def scale(x, y, factor: float = 2.0): return factor * x + y")
    assert code_of(document) == before, "not while typing"
    QTest.keyClick(box.editor, Qt.Key.Key_Return, CONTROL)
    page = inspector.widget()
    assert isinstance(page, NodePage) and page.python is box
    assert list(page.form.names) == ["factor"]
    assert set(page._facts) == {"in:x", "in:y", "out:output"}
    assert document.undo_label == "Change the code of python1"
    document.undo()
    assert code_of(document) == before and box.editor.code == before and not page.form.names


def test_broken_code_stays_and_is_not_committed(qtbot: QtBot, inspector: Inspector, document: Document) -> None:
    box, before = python_box(inspector), code_of(document)
    write(box.editor, "def broken(x):\nreturn (x")
    assert box.fault.isHidden(), "not while the keys are still being pressed"
    qtbot.waitUntil(box.fault.isVisible)
    assert box.fault.text().startswith("Line 2:") and box.editor._marked == [2]
    QTest.mouseClick(box.apply_button, Qt.MouseButton.LeftButton)
    assert code_of(document) == before and "return (x" in box.editor.code
    inspector.show_nodes(["fc1"])
    box = python_box(inspector)
    assert "return (x" in box.editor.code and box.fault.isVisible(), "what was written is still there"
    write(box.editor, "def whole(x): return x")
    qtbot.waitUntil(box.fault.isHidden)
    assert box.editor._marked == []
    QTest.mouseClick(box.apply_button, Qt.MouseButton.LeftButton)
    assert code_of(document) == "def whole(x): return x" and not box.apply_button.isEnabled()
    inspector.show_nodes(["fc1"])
    assert python_box(inspector).draft == ""


def test_keys_of_the_editor(qtbot: QtBot) -> None:
    editor = CodeEditor(DARK)
    qtbot.addWidget(editor)
    editor.set_code("")
    QTest.keyClicks(editor, "def f(x):")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "return x")
    assert editor.code == "def f(x):\n    return x"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.code.endswith("\n        ")
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.code.endswith("x\n    ")
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.code.split("\n")[:2] == ["    def f(x):", "        return x"]
    for _ in range(3):
        QTest.keyClick(editor, Qt.Key.Key_Backtab, SHIFT)
    assert editor.code.split("\n")[:2] == ["def f(x):", "return x"]
    editor.undo()
    assert editor.code.split("\n")[:2] == ["def f(x):", "    return x"]


def test_what_is_typed_is_coloured_in_both_themes(qtbot: QtBot) -> None:
    editor = CodeEditor(DARK)
    qtbot.addWidget(editor)
    QTest.keyClicks(editor, "def f(x): return x")
    for theme in (DARK, LIGHT):
        editor.set_theme(theme)
        found = editor.document().firstBlock().layout().formats()
        colours = {one.format.foreground().color().name() for one in found if one.start == 0}
        assert theme.syntax["Keyword"] in colours


def test_it_starts_from_a_template(inspector: Inspector, document: Document) -> None:
    box = python_box(inspector)
    assert box.start_button.isVisible()
    menu = box.start_button.menu()
    assert menu is not None and len(menu.actions()) == 3
    menu.actions()[1].trigger()
    assert box.editor.code == MODULE
    box.editor.undo()
    assert box.editor.code == code_of(document)
    menu.actions()[2].trigger()
    box.apply()
    assert code_of(document) == AUTOGRAD and not box.start_button.isVisible()
    assert {read(code).kind for code in (FUNCTION, MODULE, AUTOGRAD)} == {"function", "module", "autograd"}


def test_a_larger_window_writes_the_same_code(inspector: Inspector, document: Document) -> None:
    box = python_box(inspector)
    write(box.editor, "def first(x): return x")
    QTest.mouseClick(box.larger_button, Qt.MouseButton.LeftButton)
    window = box.findChild(QDialog)
    assert window is not None
    large = window.findChild(PythonBox)
    assert large is not None and large.editor.code == "def first(x): return x"
    write(large.editor, "def second(x): return x")
    assert box.editor.code == "def second(x): return x"
    QTest.mouseClick(large.apply_button, Qt.MouseButton.LeftButton)
    assert code_of(document) == "def second(x): return x"
    assert not large.apply_button.isEnabled()
    window.close()


def test_code_that_was_not_applied_is_taken_in_before_saving_or_said(inspector: Inspector, document: Document) -> None:
    editor = python_box(inspector).editor
    write(editor, "def half(x: return")
    refusal = inspector.apply_drafts()
    assert refusal is not None and str(refusal).startswith("The code of python1 is not applied. Line 1:")
    assert "half" not in str(code_of(document))
    write(editor, "def half(x): return x / 2")
    assert inspector.apply_drafts() is None
    assert code_of(document) == "def half(x): return x / 2" and document.undo_label == "Change the code of python1"
    assert inspector.apply_drafts() is None
    assert document.undo() is not None and "half" not in str(code_of(document))
