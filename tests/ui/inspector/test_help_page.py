"""The page about a block says all that the catalog knows, in the inspector's place, and goes away again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG, Block, Category
from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.ui.inspector.help_page import HelpPage
from netbuilder.ui.inspector.inspector import Inspector
from netbuilder.ui.inspector.network_pages import ProjectPage
from netbuilder.ui.inspector.node_page import NodePage
from netbuilder.ui.theme import DARK, LIGHT

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    document = Document()
    for block in ("Conv2d", "Linear"):
        document.commit(commands.add_node(document.graph, block, 0, 0), "Add")
    made = Inspector(document, DARK)
    qtbot.addWidget(made)
    made.resize(306, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def said(page: QWidget) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel)]


def help_page(inspector: Inspector) -> HelpPage:
    page = inspector.widget()
    assert isinstance(page, HelpPage)
    return page


@pytest.mark.parametrize("category", list(Category), ids=lambda category: category.name)
def test_every_block_has_a_page_that_says_all(inspector: Inspector, category: Category) -> None:
    for block in CATALOG.values():
        if block.category is category:
            _says_all(inspector, block)


def _says_all(inspector: Inspector, block: Block) -> None:
    inspector.show_help(block.name)
    page = help_page(inspector)
    texts = said(page)
    expected = [block.name, block.help, block.more, block.shape_rule, block.use, *block.formula.split("\n")]
    expected += [text for param in block.params for text in (param.name, param.help)]
    expected += [f"In · {port.name}" for port in block.input_ports(block.defaults())]
    expected += [f"Out · {port.name}" for port in block.output_ports(block.defaults())]
    assert set(expected) <= set(texts), (block.name, set(expected) - set(texts))
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in page.findChildren(QLabel) if label.text())
    inspector.grab()


def test_what_ports_and_parameters_may_be(inspector: Inspector) -> None:
    inspector.show_help("Conv2d")
    assert {"4 dims, float32", "from wire", "16", "on", "zeros, reflect, replicate, circular"} <= set(
        said(help_page(inspector))
    )
    inspector.show_help("CrossEntropyLoss")
    assert {"number from 0 to 1", "Loss · nn.CrossEntropyLoss"} <= set(said(help_page(inspector)))
    inspector.show_help("Digits")
    assert {"N×1×8×8, float32", "N, int64"} <= set(said(help_page(inspector)))
    inspector.show_help("Add")
    assert {"whole number from 2 to 16", "any tensor"} <= set(said(help_page(inspector)))


def test_the_button_opens_it_and_back_leads_back(inspector: Inspector) -> None:
    left: list[int] = []
    inspector.left.connect(lambda: left.append(1))
    inspector.show_nodes(["conv1"])
    page = inspector.widget()
    assert isinstance(page, NodePage)
    QTest.mouseClick(page.help, Qt.MouseButton.LeftButton)
    assert help_page(inspector).block.name == "Conv2d"
    QTest.mouseClick(help_page(inspector).back, Qt.MouseButton.LeftButton)
    page = inspector.widget()
    assert isinstance(page, NodePage)
    QTest.keyClick(page.help, Qt.Key.Key_Space)
    QTest.keyClick(help_page(inspector).back, Qt.Key.Key_Escape)
    assert isinstance(inspector.widget(), NodePage)
    assert left == [1, 1], "the drawing gets the keys back"


def test_another_selection_takes_the_page_away(inspector: Inspector) -> None:
    inspector.show_nodes(["conv1"])
    inspector.show_help("ReLU")
    inspector.show_nodes(["conv1"])
    assert help_page(inspector).block.name == "ReLU"
    inspector.set_theme(LIGHT)
    assert help_page(inspector).block.name == "ReLU"
    inspector.show_nodes(["fc1"])
    assert isinstance(inspector.widget(), NodePage)
    inspector.show_help("ReLU")
    document = inspector.document
    document.commit(commands.set_params(document.graph, "fc1", {"out_features": 3}), "Change")
    assert help_page(inspector).block.name == "ReLU"
    document.commit(commands.delete(document.graph, ["fc1"]), "Delete")
    assert isinstance(inspector.widget(), ProjectPage)
    inspector.show_help("ReLU")
    inspector.set_document(Document())
    assert isinstance(inspector.widget(), ProjectPage)


def test_going_to_a_field_closes_it(qtbot: QtBot, inspector: Inspector) -> None:
    inspector.activateWindow()
    inspector.show_nodes(["fc1"])
    inspector.show_help("Linear")
    inspector.edit_first()
    page = inspector.widget()
    assert isinstance(page, NodePage)
    qtbot.waitUntil(page.form.field("in_features").hasFocus)


def test_the_page_scrolls_back_to_where_it_was(inspector: Inspector) -> None:
    inspector.resize(306, 300)
    inspector.show_nodes(["conv1"])
    bar = inspector.verticalScrollBar()
    bar.setValue(60)
    inspector.show_help("Conv2d")
    assert bar.value() == 0
    inspector.close_help()
    assert bar.value() == 60
