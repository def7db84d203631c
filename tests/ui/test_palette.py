"""The palette: finding, moving, placing, dragging, folding."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG
from netbuilder.ui.block_tree import card, find, mime
from netbuilder.ui.palette import MIME, Palette
from netbuilder.ui.theme import DARK, LIGHT

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def palette(qtbot: QtBot) -> Palette:
    made = Palette(DARK)
    qtbot.addWidget(made)
    made.resize(232, 900)
    with qtbot.waitExposed(made):
        made.show()
    return made


def shown(palette: Palette) -> list[str]:
    found, tree = [], palette.tree
    item = tree.topLevelItem(0)
    while item is not None:
        found.append(item.text(0))
        item = tree.itemBelow(item)
    return found


def place(palette: Palette, text: str) -> QPoint:
    item = palette.tree.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]
    return palette.tree.visualItemRect(item).center()


def test_every_block_is_there_below_its_category(palette: Palette) -> None:
    names = shown(palette)
    assert set(CATALOG) <= set(names)
    assert names.index("Convolution") < names.index("Conv2d") < names.index("Pooling")


@pytest.mark.parametrize(
    ("wanted", "best"), [("relu", "ReLU"), ("conv", "Conv2d"), ("mp2", "MaxPool2d"), ("surprised", "CrossEntropyLoss")]
)
def test_the_best_hit_is_first(wanted: str, best: str) -> None:
    assert find(wanted)[0].name == best


def test_a_category_finds_its_blocks() -> None:
    assert {"ReLU", "Sigmoid", "Tanh", "Clamp"} <= {block.name for block in find("activ")}


def test_typing_and_enter_place_the_first_hit(qtbot: QtBot, palette: Palette) -> None:
    palette.focus_search()
    QTest.keyClicks(palette.search, "pool")
    assert shown(palette) == ["MaxPool2d", "AvgPool2d"]
    with qtbot.waitSignal(palette.chosen) as caught:
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert caught.args == ["MaxPool2d"]
    assert palette.search.text() == ""
    QTest.keyClicks(palette.search, "pool")
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.chosen) as caught:
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert caught.args == ["AvgPool2d"]
    QTest.keyClicks(palette.search, "drop")
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.search.text() == ""
    assert set(CATALOG) <= set(shown(palette))
    with qtbot.waitSignal(palette.search.left):
        QTest.keyClick(palette.search, Qt.Key.Key_Escape)


def test_arrows_skip_the_headings(palette: Palette) -> None:
    seen = []
    for _ in range(6):
        QTest.keyClick(palette.search, Qt.Key.Key_Down)
        seen.append(palette.tree.current_block())
    assert seen == [*list(CATALOG)[:4], "Input", "Output"]
    QTest.keyClick(palette.search, Qt.Key.Key_Up)
    QTest.keyClick(palette.search, Qt.Key.Key_Up)
    assert palette.tree.current_block() == list(CATALOG)[3]


def test_nothing_found_is_said_and_enter_does_nothing(qtbot: QtBot, palette: Palette) -> None:
    QTest.keyClicks(palette.search, "zzzz")
    assert palette._nothing.isVisible()
    with qtbot.assertNotEmitted(palette.chosen):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)


def test_a_click_on_a_heading_folds_it_and_search_leaves_it_folded(palette: Palette) -> None:
    QTest.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place(palette, "Data"))
    assert "Digits" not in shown(palette)
    QTest.keyClicks(palette.search, "dig")
    assert "Digits" in shown(palette)
    palette.search.clear()
    assert "Digits" not in shown(palette)
    QTest.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place(palette, "Data"))
    assert "Digits" in shown(palette)
    QTest.mouseDClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place(palette, "Data"))
    assert "Digits" not in shown(palette)


def test_double_click_and_enter_in_the_list_place(qtbot: QtBot, palette: Palette) -> None:
    view, where = palette.tree.viewport(), place(palette, "Tanh")
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    with qtbot.waitSignal(palette.chosen) as caught:
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert caught.args == ["Tanh"]
    palette.tree.setCurrentItem(palette.tree.findItems("ReLU", Qt.MatchFlag.MatchRecursive)[0])
    with qtbot.waitSignal(palette.chosen) as caught:
        QTest.keyClick(palette.tree, Qt.Key.Key_Return)
    assert caught.args == ["ReLU"]


def test_letters_typed_in_the_list_go_to_the_search(palette: Palette) -> None:
    QTest.keyClicks(palette.tree, "t")
    assert palette.search.text() == "t"


def test_dragging_carries_the_name(palette: Palette, monkeypatch: pytest.MonkeyPatch) -> None:
    dragged: list[bytes] = []

    def exec_(drag: QDrag, *_: object) -> Qt.DropAction:
        assert not drag.pixmap().isNull()
        dragged.append(drag.mimeData().data(MIME).data())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", exec_)
    start = place(palette, "Conv2d")
    view = palette.tree.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, start + QPoint(20, 5))
    QTest.mouseMove(view, start + QPoint(60, 5))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 5))
    assert dragged == [b"Conv2d"]


def test_the_drag_picture_is_crisp(palette: Palette) -> None:
    picture = card(CATALOG["Conv2d"], LIGHT, palette.font(), 2.0)
    assert picture.devicePixelRatio() == 2.0
    assert picture.width() == 300
    assert bytes(mime("Conv2d").data(MIME).data()) == b"Conv2d"


def test_another_theme_is_painted(palette: Palette) -> None:
    dark = palette.grab().toImage()
    palette.set_theme(LIGHT)
    assert palette.grab().toImage() != dark
