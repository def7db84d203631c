"""The code panel: colours, marks, places kept, copy and export."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netbuilder.bridge.reports import Source
from netbuilder.ui.code_panel import CodePanel
from netbuilder.ui.code_view import alone, difference, spans
from netbuilder.ui.theme import DARK, LIGHT

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

TEXT = 'class Net:\n    """One.\n\n    Two 😀."""\n\n' + "".join(f"    x{i} = {i}\n" for i in range(200))
LINES = {1: "net", 10: "conv1", 11: "conv1", 12: "conv2", 180: "fc1", 5: "conv1"}
MODULE = Source(TEXT, LINES)
SCRIPT = Source("import torch\n" * 150, {3: "fc1"})


@pytest.fixture
def panel(qtbot: QtBot) -> CodePanel:
    made = CodePanel(DARK)
    qtbot.addWidget(made)
    made.resize(700, 360)
    with qtbot.waitExposed(made):
        made.show()
    return made


def click_line(panel: CodePanel, line: int) -> None:
    view = panel.view
    cursor = QTextCursor(view.document().findBlockByNumber(line - 1))
    where = view.cursorRect(cursor).center() + QPoint(4, 0)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_spans_cover_strings_over_lines_and_count_as_qt_does() -> None:
    found = spans('x = """a\n😀 b""" + y\n')
    assert [str(kind) for *_, kind in found[0]][:1] == ["Token.Name"]
    start, length, kind = found[1][0]
    assert (start, length) == (0, 4) and "String" in str(kind)
    assert found[1][-1][:2] == (10, 1)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [("a", "b", (0, 1, 1)), ("abc", "abxc", (1, 1, 2)), ("abc", "ac", (0, 2, 1)), ("ab", "abc", (1, 1, 2)),
     ("aab", "aaab", (1, 1, 2)), ("abcd", "axyd", (0, 3, 3)), ("", "a", (0, 1, 1))],
)  # fmt: skip
def test_differences_are_never_empty(old: str, new: str, found: tuple[int, int, int]) -> None:
    assert difference(list(old) or [""], list(new)) == found


def test_lines_in_long_strings_are_not_coloured_alone() -> None:
    assert alone(['"""One."""', "x = 1"], ["y = 2"])
    assert not alone(['"""One.'], ["y = 2"])
    assert not alone(["x = 1"], ['"""', "y = 2"])


def colours(panel: CodePanel) -> list[list[tuple[int, int, str]]]:
    found, block = [], panel.view.document().firstBlock()
    while block.isValid():
        formats = block.layout().formats()
        found.append([(f.start, f.length, f.format.foreground().color().name()) for f in formats])  # type: ignore[attr-defined]
        block = block.next()
    return found


def test_a_small_change_ends_as_if_all_were_new(qtbot: QtBot, panel: CodePanel) -> None:
    lines = TEXT.split("\n")
    for changed in (
        [*lines[:20], "    if x: return 'a'", *lines[20:]],
        [*lines[:20], *lines[25:]],
        [*lines[:20], "    y = None", *lines[21:]],
        ["import torch", *lines],
        [*lines, "x = 1  # last"],
        [*lines[:3], "    Three.", *lines[3:]],
        ['"""', *lines],
    ):
        text = "\n".join(changed)
        panel.show_source(Source(TEXT, {}), None)
        panel.show_source(Source(text, {}), None)
        small = panel.view.toPlainText(), colours(panel)
        other = CodePanel(DARK)
        qtbot.addWidget(other)
        other.show()
        other.show_source(Source(text, {}), None)
        assert small == (text, colours(other))


def test_out_of_sight_it_waits(panel: CodePanel) -> None:
    panel.hide()
    panel.show_source(MODULE, None)
    panel.highlight_nodes(["fc1"])
    assert panel.view.toPlainText() == ""
    panel.show()
    assert panel.view.toPlainText() == TEXT
    assert len(panel.view.extraSelections()) == 1
    assert panel.view.visible(180)


def test_colours_are_the_themes(panel: CodePanel) -> None:
    panel.show_source(MODULE, None)
    formats = panel.view.document().firstBlock().layout().formats()
    assert formats[0].format.foreground().color().name() == DARK.syntax["Keyword"]  # type: ignore[attr-defined]
    panel.set_theme(LIGHT)
    formats = panel.view.document().firstBlock().layout().formats()
    assert formats[0].format.foreground().color().name() == LIGHT.syntax["Keyword"]  # type: ignore[attr-defined]


def test_a_click_in_the_code_chooses_the_node_and_does_not_jump(qtbot: QtBot, panel: CodePanel) -> None:
    panel.show_source(MODULE, None)
    panel.node_chosen.connect(lambda node: panel.highlight_nodes([node]))
    bar = panel.view.verticalScrollBar()
    bar.setValue(8)
    with qtbot.waitSignal(panel.node_chosen) as caught:
        click_line(panel, 12)
    assert caught.args == ["conv2"]
    assert bar.value() == 8
    with qtbot.assertNotEmitted(panel.node_chosen):
        click_line(panel, 14)


def test_arrow_keys_and_line_numbers_choose_too(qtbot: QtBot, panel: CodePanel) -> None:
    panel.show_source(MODULE, None)
    click_line(panel, 9)
    with qtbot.waitSignal(panel.node_chosen) as caught:
        QTest.keyClick(panel.view, Qt.Key.Key_Down)
    assert caught.args == ["conv1"]
    with qtbot.waitSignal(panel.node_chosen) as caught:
        top = panel.view.cursorRect(QTextCursor(panel.view.document().findBlockByNumber(11))).center().y()
        QTest.mouseClick(panel.view._numbers, Qt.MouseButton.LeftButton, pos=QPoint(6, top))
    assert caught.args == ["conv2"]


def test_marks_are_scrolled_to_only_when_out_of_sight(qtbot: QtBot, panel: CodePanel) -> None:
    panel.show_source(MODULE, None)
    bar = panel.view.verticalScrollBar()
    with qtbot.assertNotEmitted(panel.node_chosen):
        panel.highlight_nodes(["conv1"])
    assert bar.value() == 0
    assert len(panel.view.extraSelections()) == 3
    panel.highlight_nodes(["fc1"])
    assert bar.value() > 100
    assert panel.view.visible(180)
    panel.highlight_nodes([])
    assert not panel.view.extraSelections()


def test_new_text_keeps_place_and_marks(panel: CodePanel) -> None:
    panel.show_source(MODULE, None)
    panel.highlight_nodes(["fc1"])
    place = panel.view.verticalScrollBar().value()
    panel.show_source(Source(TEXT.replace("x7 =", "y7 ="), LINES), None)
    assert panel.view.verticalScrollBar().value() == place
    assert len(panel.view.extraSelections()) == 1
    assert "y7 =" in panel.view.toPlainText()
    panel.show_source(None, None)
    assert "y7 =" in panel.view.toPlainText()


def test_module_and_script_take_turns_each_at_its_place(panel: CodePanel) -> None:
    panel.show_source(MODULE, SCRIPT)
    panel.view.verticalScrollBar().setValue(40)
    QTest.mouseClick(panel.script_button, Qt.MouseButton.LeftButton)
    assert panel.view.toPlainText().startswith("import torch")
    assert panel.view.verticalScrollBar().value() == 0
    QTest.mouseClick(panel.module_button, Qt.MouseButton.LeftButton)
    assert panel.view.toPlainText() == TEXT
    assert panel.view.verticalScrollBar().value() == 40


def test_copy_and_export(qtbot: QtBot, panel: CodePanel) -> None:
    assert not panel.copy_button.isEnabled()
    panel.show_source(MODULE, SCRIPT)
    QTest.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == TEXT
    assert panel.copy_button.text() == "Copied"
    panel._calm_down.setInterval(1)
    panel._calm_down.start()
    qtbot.waitUntil(lambda: panel.copy_button.text() == "Copy")
    panel.show_which("script")
    with qtbot.waitSignal(panel.export_wanted) as caught:
        QTest.mouseClick(panel.export_button, Qt.MouseButton.LeftButton)
    assert caught.args == ["script"]


def test_incomplete_code_says_so_and_is_not_exported(panel: CodePanel) -> None:
    panel.show_source(Source("x = 1\n", {}, complete=False), None)
    assert panel.banner.isVisible()
    assert not panel.export_button.isEnabled()
    panel.show_source(MODULE, None)
    assert not panel.banner.isVisible()
    assert panel.export_button.isEnabled()


def test_it_cannot_be_edited(panel: CodePanel) -> None:
    panel.show_source(MODULE, None)
    QTest.keyClicks(panel.view, "hello")
    assert panel.view.toPlainText() == TEXT
