"""The list of a data block's augmentations: added from a menu, set, reordered, removed, each as one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from netbuilder.blocks.augmentations import AUGMENTATIONS
from netbuilder.graph.document import Document
from netbuilder.graph.records import Augmentation
from netbuilder.ui.inspector.augmentation_box import AugmentationBox
from netbuilder.ui.inspector.inspector import Inspector
from netbuilder.ui.inspector.node_page import NodePage
from netbuilder.ui.inspector.text_field import TextField
from netbuilder.ui.theme import DARK
from tests.drawings import CLASSIFIER, draw

# Said by the offscreen platform of every menu.
pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    made = Inspector(Document(draw(CLASSIFIER)), DARK)
    qtbot.addWidget(made)
    made.resize(306, 1400)
    with qtbot.waitExposed(made):
        made.show()
    made.show_nodes(["digits"])
    return made


def box(inspector: Inspector) -> AugmentationBox:
    page = inspector.widget()
    assert isinstance(page, NodePage)
    return page.augmentations


def add(qtbot: QtBot, inspector: Inspector, name: str) -> None:
    QTest.mouseClick(box(inspector).add, Qt.MouseButton.LeftButton)
    (menu,) = [menu for menu in box(inspector).findChildren(QMenu) if menu.isVisible()]
    action = next(action for action in menu.actions() if action.text() == name)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: not [menu for menu in box(inspector).findChildren(QMenu) if menu.isVisible()])


def shown(inspector: Inspector) -> list[Augmentation]:
    return list(inspector.document.graph.nodes["digits"].augmentations)


def test_everything_can_be_added(inspector: Inspector) -> None:
    menu = box(inspector).menu()
    assert [action.text() for action in menu.actions() if not action.isSeparator()] == list(AUGMENTATIONS)
    menu.deleteLater()


def test_a_list_is_made_by_hand_and_taken_back(qtbot: QtBot, inspector: Inspector) -> None:
    document = inspector.document
    assert box(inspector).none.isVisible()
    add(qtbot, inspector, "Crop")
    add(qtbot, inspector, "Flip")
    assert shown(inspector) == [Augmentation("Crop"), Augmentation("Flip")]
    assert document.undo_label == "Augment digits"
    assert not box(inspector).none.isVisible()
    crop, flip = box(inspector).cards
    assert not crop.up.isVisible() and crop.down.isVisible() and flip.up.isVisible() and not flip.down.isVisible()
    field = crop.form.field("padding")
    assert isinstance(field, TextField)
    field.selectAll()
    QTest.keyClicks(field, "2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown(inspector)[0] == Augmentation("Crop", {"padding": 2})
    assert document.undo_label == "Change how digits is augmented"
    QTest.mouseClick(crop.down, Qt.MouseButton.LeftButton)
    assert [one.name for one in shown(inspector)] == ["Flip", "Crop"]
    QTest.mouseClick(box(inspector).cards[0].remove, Qt.MouseButton.LeftButton)
    assert shown(inspector) == [Augmentation("Crop", {"padding": 2})]
    for count in (2, 2, 2, 1, 0):
        document.undo()
        assert len(shown(inspector)) == len(box(inspector).cards) == count


def test_a_value_that_cannot_be_is_said_in_the_form(qtbot: QtBot, inspector: Inspector) -> None:
    add(qtbot, inspector, "Rotate")
    form = box(inspector).cards[0].form
    field = form.field("degrees")
    assert isinstance(field, TextField)
    field.selectAll()
    QTest.keyClicks(field, "400")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "at most 180" in form.fault("degrees")
    assert shown(inspector) == [Augmentation("Rotate")]


def test_what_only_both_values_show_is_refused(qtbot: QtBot, inspector: Inspector) -> None:
    add(qtbot, inspector, "Erase")
    with qtbot.waitSignal(inspector.refused) as refused:
        box(inspector).cards[0].form.field("smallest").take(0.9)
    assert "cannot be larger" in str(refused.args[0])
    assert box(inspector).cards[0].form.field("smallest").value == 0.02


def test_only_data_has_the_list(inspector: Inspector) -> None:
    inspector.show_nodes(["fc1"])
    assert not box(inspector).isVisible()
