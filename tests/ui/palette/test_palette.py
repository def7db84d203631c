"""The palette: finding, moving, placing, dragging, folding, favourites and what was used last."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QContextMenuEvent, QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG, Category
from netbuilder.ui.canvas import BLOCK_MIME
from netbuilder.ui.finder.common import FIRST, place_of
from netbuilder.ui.palette.block_rows import TORCH, card, star_place
from netbuilder.ui.palette.block_tree import mime
from netbuilder.ui.palette.palette import Palette
from netbuilder.ui.theme import DARK, LIGHT
from netbuilder.ui.usage import Usage

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def usage(tmp_path: Path) -> Usage:
    return Usage(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def palette(qtbot: QtBot, usage: Usage) -> Palette:
    return shown_with(qtbot, usage)


def shown_with(qtbot: QtBot, usage: Usage) -> Palette:
    made = Palette(DARK, usage)
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


def entries(palette: Palette, text: str) -> list[QTreeWidgetItem]:
    return palette.tree.findItems(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)


def entry(palette: Palette, text: str) -> QTreeWidgetItem:
    return entries(palette, text)[0]


def place(palette: Palette, text: str) -> QPoint:
    """Where a row is, brought into view."""
    palette.tree.scrollToItem(entry(palette, text))
    return palette.tree.visualItemRect(entry(palette, text)).center()


def click(palette: Palette, text: str) -> None:
    QTest.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place(palette, text))


def star(palette: Palette, text: str) -> QPoint:
    """Where the star of a block's first row is."""
    place(palette, text)
    row = palette.tree.visualItemRect(entry(palette, text))
    row.setLeft(6)
    row.setWidth(palette.tree.viewport().width() - 12)
    return star_place(row).center().toPoint()


def below(palette: Palette, heading: str) -> list[str]:
    """The blocks below a heading, none where there is no such heading."""
    for i in range(palette.tree.topLevelItemCount()):
        item = palette.tree.topLevelItem(i)
        if item.text(0) == heading:
            return [item.child(j).text(0) for j in range(item.childCount())]
    return []


def test_at_first_the_common_blocks_and_all_categories_are_in_view(palette: Palette) -> None:
    categories = [c.value for c in Category if any(block.category is c for block in CATALOG.values())]
    assert shown(palette) == ["Common", *FIRST, *categories]
    palette.resize(232, 680)
    assert not palette.tree.verticalScrollBar().maximum()


def test_every_block_is_there_below_its_category_the_common_ones_first(palette: Palette) -> None:
    found = {category: below(palette, category.value) for category in Category}
    assert sorted(name for names in found.values() for name in names) == sorted(CATALOG)
    assert all(CATALOG[name].category is category for category, names in found.items() for name in names)
    assert all(names == sorted(names, key=place_of) for names in found.values())
    assert found[Category.CONVOLUTION][0] == "Conv2d"


def test_typing_and_enter_place_the_first_hit(qtbot: QtBot, palette: Palette) -> None:
    palette.focus_search()
    QTest.keyClicks(palette.search, "pool")
    assert shown(palette)[:2] == ["MaxPool2d", "AvgPool2d"]
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
    assert shown(palette)[: len(FIRST) + 1] == ["Common", *FIRST]
    with qtbot.waitSignal(palette.search.left):
        QTest.keyClick(palette.search, Qt.Key.Key_Escape)


def test_arrows_skip_the_headings(palette: Palette) -> None:
    click(palette, "Input and output")
    seen = []
    for _ in range(len(FIRST) + 2):
        QTest.keyClick(palette.search, Qt.Key.Key_Down)
        seen.append(palette.tree.current_block())
    assert seen == [*FIRST, "Input", "Output"]
    QTest.keyClick(palette.search, Qt.Key.Key_Up)
    QTest.keyClick(palette.search, Qt.Key.Key_Up)
    assert palette.tree.current_block() == FIRST[-1]


def test_nothing_found_is_said_and_enter_does_nothing(qtbot: QtBot, palette: Palette) -> None:
    QTest.keyClicks(palette.search, "zzzz")
    assert palette._nothing.isVisible()
    with qtbot.assertNotEmitted(palette.chosen):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)


def test_a_click_on_a_heading_folds_it_and_search_leaves_it_folded(palette: Palette) -> None:
    assert "RandomTensors" not in shown(palette)
    QTest.keyClicks(palette.search, "random")
    assert "RandomTensors" in shown(palette)
    palette.search.clear()
    assert "RandomTensors" not in shown(palette)
    click(palette, "Data")
    assert "RandomTensors" in shown(palette)
    QTest.mouseDClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place(palette, "Data"))
    assert "RandomTensors" not in shown(palette)


def test_keys_open_and_fold_a_category(palette: Palette, usage: Usage) -> None:
    palette.tree.setFocus()
    palette.tree.setCurrentItem(entry(palette, "Common"))
    QTest.keyClick(palette.tree, Qt.Key.Key_Left)
    QTest.keyClick(palette.tree, Qt.Key.Key_Down)
    QTest.keyClick(palette.tree, Qt.Key.Key_Right)
    assert shown(palette)[:2] == ["Common", "Data"]
    assert "RandomTensors" in shown(palette)
    QTest.keyClick(palette.tree, Qt.Key.Key_Return)
    assert "RandomTensors" not in shown(palette)


def test_double_click_and_enter_in_the_list_place(qtbot: QtBot, palette: Palette) -> None:
    view, where = palette.tree.viewport(), place(palette, "Tanh")
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    with qtbot.waitSignal(palette.chosen) as caught:
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=where)
    assert caught.args == ["Tanh"]
    palette.tree.setCurrentItem(entry(palette, "ReLU"))
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
        dragged.append(drag.mimeData().data(BLOCK_MIME).data())
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
    assert bytes(mime("Conv2d").data(BLOCK_MIME).data()) == b"Conv2d"


def test_another_theme_is_painted(palette: Palette) -> None:
    dark = palette.grab().toImage()
    palette.set_theme(LIGHT)
    assert palette.grab().toImage() != dark


def test_favourites_and_the_last_used_stand_on_top_once_there_are_any(palette: Palette, usage: Usage) -> None:
    assert palette.tree.topLevelItem(0).text(0) == "Common"
    for name in ("Tanh", "Add", "ReLU", "Linear", "Conv2d", "Flatten"):
        usage.note(name)
    assert palette.tree.topLevelItem(0).text(0) == "Recently used"
    assert below(palette, "Recently used") == ["Flatten", "Conv2d", "Linear", "ReLU", "Add"]
    usage.set_favourite("Tanh", True)
    assert palette.tree.topLevelItem(0).text(0) == "Favourites"
    assert below(palette, "Favourites") == ["Tanh"]
    usage.set_favourite("Tanh", False)
    assert below(palette, "Favourites") == []


def test_what_is_folded_or_opened_stays_so_after_the_next_start(qtbot: QtBot, palette: Palette, usage: Usage) -> None:
    usage.note("ReLU")
    for heading in ("Recently used", "Loss"):
        click(palette, heading)
    again = shown_with(qtbot, usage)
    assert below(again, "Recently used") == ["ReLU"]
    wanted = {"Recently used": False, "Common": True, "Pooling": False, "Loss": True}
    assert {heading: entry(again, heading).isExpanded() for heading in wanted} == wanted
    click(again, "Loss")
    click(again, "Recently used")
    assert not entry(palette, "Loss").isExpanded()  # both windows follow
    assert entry(palette, "Recently used").isExpanded()
    assert usage.folded() == set()


def test_a_click_on_the_star_makes_a_favourite_and_places_nothing(qtbot: QtBot, palette: Palette, usage: Usage) -> None:
    view = palette.tree.viewport()
    with qtbot.assertNotEmitted(palette.chosen):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=star(palette, "Tanh"))
        assert usage.favourites() == ["Tanh"]
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=star(palette, "Tanh"))
        assert usage.favourites() == []
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=star(palette, "ReLU"))
    assert usage.favourites() == ["ReLU"]


def test_the_star_shows_under_the_mouse_and_on_favourites(palette: Palette, usage: Usage) -> None:
    def row(name: str) -> object:
        rect = palette.tree.visualItemRect(entry(palette, name))
        return palette.tree.viewport().grab(rect).toImage()

    click(palette, "Activation")
    QTest.mouseMove(palette.tree.viewport(), place(palette, "Data"))
    plain = row("Tanh")
    QTest.mouseMove(palette.tree.viewport(), place(palette, "Tanh"))
    hovered = row("Tanh")
    QTest.mouseMove(palette.tree.viewport(), star(palette, "Tanh"))
    lit = row("Tanh")
    QTest.mouseMove(palette.tree.viewport(), place(palette, "Data"))
    usage.set_favourite("Tanh", True)
    starred = row("Tanh")
    pictures = [plain, hovered, lit, starred]
    assert all(one != other for i, one in enumerate(pictures) for other in pictures[i + 1 :])


@pytest.mark.parametrize("name", ["Tanh", list(CATALOG)[-1]])
def test_a_row_stays_under_the_mouse_when_sections_come(palette: Palette, usage: Usage, name: str) -> None:
    palette.resize(232, 300)
    palette.tree.scrollToItem(entries(palette, name)[-1])
    where = palette.tree.visualItemRect(entries(palette, name)[-1]).center()
    QTest.mouseMove(palette.tree.viewport(), where)
    usage.note(name)
    places = [palette.tree.visualItemRect(item).center().y() for item in entries(palette, name)]
    assert below(palette, "Recently used") == [name]
    assert (places[0] != where.y(), places[-1]) == (True, where.y())


def test_what_is_seen_stays_where_it_is_without_the_mouse(qtbot: QtBot, palette: Palette, usage: Usage) -> None:
    palette.resize(232, 300)
    # Into the list first: where the mouse of the test before still stands there, Qt would not see it leave.
    QTest.mouseMove(palette.tree.viewport(), QPoint(20, 100))
    QTest.mouseMove(palette.search, QPoint(5, 5))
    assert not palette.tree.viewport().underMouse()
    qtbot.wait(20)  # the list is laid out anew after the resize
    palette.tree.setCurrentItem(entry(palette, "Conv2d"))  # as Qt does when the list gets the keyboard
    bar = palette.tree.verticalScrollBar()
    bar.setValue(bar.maximum())
    value = bar.value()
    assert value > 0
    usage.note("Tanh")
    qtbot.wait(20)
    assert bar.value() == value
    bar.setValue(0)
    usage.note("ReLU")
    qtbot.wait(20)
    assert bar.value() == 0


def test_the_star_key_in_list_and_search(palette: Palette, usage: Usage) -> None:
    palette.tree.setCurrentItem(entry(palette, "Tanh"))
    QTest.keyClick(palette.tree, "*")
    assert usage.favourites() == ["Tanh"]
    assert palette.tree.current_block() == "Tanh"
    QTest.keyClicks(palette.search, "relu")
    QTest.keyClick(palette.search, "*")
    assert usage.favourites() == ["Tanh", "ReLU"]
    assert (palette.search.text(), shown(palette)[0]) == ("relu", "ReLU")


@pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing the keyboard", extend=True)
def test_the_menu_of_a_block(qtbot: QtBot, palette: Palette, usage: Usage) -> None:
    where = place(palette, "Tanh")
    view = palette.tree.viewport()
    for reason in (QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard):
        palette.tree.setCurrentItem(entry(palette, "Tanh"))
        QApplication.sendEvent(view, QContextMenuEvent(reason, where, view.mapToGlobal(where)))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [action.text() for action in menu.actions()] == ["Add to the Canvas", "Favourite", "", "Help"]
        menu.close()
    actions = palette.tree.menu_of("Tanh").actions()
    with qtbot.waitSignal(palette.chosen) as caught:
        actions[0].trigger()
    assert caught.args == ["Tanh"]
    with qtbot.waitSignal(palette.help_wanted) as caught:
        actions[3].trigger()
    assert caught.args == ["Tanh"]
    actions[1].trigger()
    assert usage.favourites() == ["Tanh"]
    assert palette.tree.menu_of("Tanh").actions()[1].isChecked()


def test_no_menu_on_a_heading(palette: Palette) -> None:
    where = place(palette, "Pooling")
    view = palette.tree.viewport()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view, QContextMenuEvent(reason, where, view.mapToGlobal(where)))
    assert QApplication.activePopupWidget() is None


def test_among_equal_hits_the_last_used_is_first(palette: Palette, usage: Usage) -> None:
    usage.note("AvgPool2d")
    QTest.keyClicks(palette.search, "pool")
    assert shown(palette)[:2] == ["AvgPool2d", "MaxPool2d"]


def test_the_torch_name_that_was_met_stands_beside_the_block(palette: Palette) -> None:
    QTest.keyClicks(palette.search, "torch.cat")
    first = palette.tree.topLevelItem(0)
    assert (first.text(0), first.data(0, TORCH)) == ("Concat", "torch.cat")
    with_name = palette.tree.viewport().grab(palette.tree.visualItemRect(first)).toImage()
    first.setData(0, TORCH, "")
    assert palette.tree.viewport().grab(palette.tree.visualItemRect(first)).toImage() != with_name
