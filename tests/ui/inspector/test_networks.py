"""What the inspector does about networks: their pages, arguments, placed ones, shared layers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.reports import NodeReport
from netbuilder.graph.document import Document
from netbuilder.graph.records import MAIN, USED, Network, Node
from netbuilder.ui.inspector.fields import ChoiceField
from netbuilder.ui.inspector.inspector import Inspector
from netbuilder.ui.inspector.network_pages import NetworkPage, ProjectPage
from netbuilder.ui.inspector.node_page import NodePage
from netbuilder.ui.inspector.promoting import NameDialog
from netbuilder.ui.inspector.text_field import TextField
from netbuilder.ui.theme import DARK
from tests.drawings import draw

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support", extend=True)

NET = "net_block"
DRAWING = """
    network Block size=8! deep=False
      input Input shape=4
      last Input shape=4
      fc1 Linear out_features=$size
      fc2 Linear
      relu ReLU
      output Output
      input > fc1 > relu > output
    main
      image Input shape=4
      block1 Network of=Block size=8
      block2 Repeat of=Block size=4
      fc1 Linear out_features=16
      fc2 Linear out_features=16
      emb Embedding
      image > block1 > fc1 > fc2
"""


@pytest.fixture
def document() -> Document:
    return Document(draw(DRAWING))


@pytest.fixture
def inspector(qtbot: QtBot, document: Document) -> Inspector:
    made = Inspector(document, DARK)
    qtbot.addWidget(made)
    made.resize(306, 900)
    with qtbot.waitExposed(made):
        made.show()
    return made


def node_page(inspector: Inspector, key: str, network: str = MAIN) -> NodePage:
    inspector.show_network(network)
    inspector.show_nodes([key])
    page = inspector.widget()
    assert isinstance(page, NodePage)
    return page


def network_page(inspector: Inspector) -> NetworkPage:
    inspector.show_network(NET)
    page = inspector.widget()
    assert isinstance(page, NetworkPage)
    return page


def said(inspector: Inspector) -> list[str]:
    page = inspector.widget()
    assert page is not None
    return [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page) and label.text()]


def fill(field: object, text: str) -> None:
    assert isinstance(field, TextField)
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def menu_of(page: NodePage, param: str) -> QMenu:
    """The menu that opens under a parameter's arrow."""
    form = page.form
    QApplication.sendEvent(form._rows[param].label, QEvent(QEvent.Type.Enter))
    assert form._arrow.isVisible()
    QTest.mouseClick(form._arrow, Qt.MouseButton.LeftButton)
    return next(menu for menu in form.findChildren(QMenu) if menu.isVisible())


def press(menu: QMenu, start: str) -> None:
    next(action for action in menu.actions() if action.text().startswith(start)).trigger()
    menu.close()


def network(document: Document) -> Network:
    return document.graph.networks[NET]


def node(document: Document, key: str) -> Node:
    return document.graph.nodes[key]


def test_a_network_has_a_page_of_its_own(inspector: Inspector, document: Document) -> None:
    page = network_page(inspector)
    assert {"6", "block1", "block2"} <= set(said(inspector))
    assert "in Net" in said(inspector) and "in Net, repeated" in said(inspector)
    fill(page.name, "Stage")
    assert network(document).name == "Stage" and document.graph.main.name == "Net"
    inspector.show_network(MAIN)
    assert isinstance(inspector.widget(), ProjectPage)


def test_costs_are_those_of_the_network_that_is_shown(inspector: Inspector) -> None:
    network_page(inspector)
    mine = NodeReport({}, {}, {}, parameters=7, multiply_adds=5, memory=2048, field=(5, 5))
    inspector.show_reports({f"{NET}_fc1": mine, "fc1": NodeReport({}, {}, {}, parameters=400)})
    assert {"7", "5", "2.0 KiB"} <= set(said(inspector)) and "407" not in said(inspector)
    node_page(inspector, f"{NET}_fc1", NET)
    assert {"Activations", "2.0 KiB", "Sees", "5×5"} <= set(said(inspector))
    node_page(inspector, "fc1")
    assert "Sees" not in said(inspector), "where it is not known"


def test_how_a_network_is_written_is_refused_in_words(inspector: Inspector, document: Document) -> None:
    heard: list[Sentence] = []
    inspector.refused.connect(heard.append)
    page = network_page(inspector)
    QTest.keyClick(page.written, Qt.Key.Key_End)
    assert "one input" in str(heard[0]) and page.written.value == "class"
    assert network(document).written == "class"


def test_arguments_are_renamed_changed_required_and_removed(inspector: Inspector, document: Document) -> None:
    page = network_page(inspector)
    assert list(page.arguments.rows) == ["size", "deep"]
    assert "fc1.out_features" in said(inspector) and "not used" in said(inspector)
    fill(page.arguments.rows["size"].name, "width")
    assert node(document, f"{NET}_fc1").bound == {"out_features": "width"}
    fill(page.arguments.rows["width"].field, "0")
    assert any("at least 1" in text for text in said(inspector))
    fill(page.arguments.rows["width"].field, "32")
    QTest.mouseClick(page.arguments.rows["width"].required, Qt.MouseButton.LeftButton)
    argument = network(document).argument("width")
    assert argument is not None and (argument.value, argument.required) == (32, False)
    QTest.mouseClick(page.arguments.rows["width"].remove, Qt.MouseButton.LeftButton)
    assert list(page.arguments.rows) == ["deep"]
    assert node(document, f"{NET}_fc1").params == {"out_features": 32} and not node(document, "block1").params
    QTest.mouseClick(page.arguments.rows["deep"].remove, Qt.MouseButton.LeftButton)
    assert not network(document).arguments
    document.undo()
    document.undo()
    assert list(page.arguments.rows) == ["width", "deep"]


def test_a_parameter_becomes_an_argument(inspector: Inspector, document: Document) -> None:
    key = f"{NET}_fc2"
    page = node_page(inspector, key, NET)
    inspector.show_reports({key: NodeReport({}, {}, {"in_features": 12})})
    press(menu_of(page, "in_features"), "Make it an argument of Block")
    dialog = page.findChild(NameDialog)
    assert dialog is not None and dialog.field.text() == "in_features"
    dialog.field.setText("size")
    assert not dialog.ok.isEnabled()
    dialog.field.setText("width")
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    argument = network(document).argument("width")
    assert argument is not None and argument.value == 12, "what the wire says"
    assert page.form.bound("in_features") == "width" and not page.form.field("in_features").isVisible()
    press(menu_of(page, "in_features"), "Give it a value of its own")
    assert page.form.bound("in_features") == "" and node(document, key).params == {"in_features": 12}
    press(menu_of(page, "out_features"), "Bind to size")
    assert node(document, key).bound == {"out_features": "size"}
    document.undo()
    assert page.form.bound("out_features") == "" and page.form.field("out_features").isVisible()


def test_a_layer_is_used_only_if_an_argument_says_so(inspector: Inspector, document: Document) -> None:
    key = f"{NET}_relu"
    page = node_page(inspector, key, NET)
    used = page.code.field(USED)
    assert isinstance(used, ChoiceField)
    assert [used.itemText(i) for i in range(used.count())] == ["always", "if deep", "only if…"]
    QTest.keyClick(used, Qt.Key.Key_Down)
    assert node(document, key).bound == {USED: "deep"}
    QTest.keyClick(used, Qt.Key.Key_End)
    dialog = page.findChild(NameDialog)
    assert dialog is not None and used.value == "deep"
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert node(document, key).bound == {USED: "use_relu"} and used.value == "use_relu"
    QTest.keyClick(used, Qt.Key.Key_Home)
    assert not node(document, key).bound


def test_a_placed_network_runs_once_or_often_and_opens(inspector: Inspector, document: Document) -> None:
    entered: list[str] = []
    inspector.enter_wanted.connect(entered.append)
    page = node_page(inspector, "block1")
    assert page.form.names == ("size", "deep") and not page.running.names and page.place is not None
    fill(page.form.field("size"), "9")
    assert node(document, "block1").params == {"size": 9}
    QTest.mouseClick(page.place.open_button, Qt.MouseButton.LeftButton)
    assert entered == ["block1"]
    QTest.keyClick(page.place.kind, Qt.Key.Key_Down)
    page = node_page(inspector, "block1")
    assert node(document, "block1").block == "Repeat" and page.running.names[0] == "repeats"
    assert not page.running.field("values").isEnabled()
    changing = page.running.field("changing")
    assert isinstance(changing, ChoiceField)
    assert [changing.itemData(i) for i in range(changing.count())] == ["", "size"], "deep is no number"
    changing.take("size")
    fill(page.running.field("values"), "8, 16")
    assert node(document, "block1").params == {"size": 9, "changing": "size", "values": (8, 16)}
    assert not page.form.field("size").isEnabled()


def test_the_form_follows_the_arguments_of_the_placed_network(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "block1")
    document.commit({NET: (network(document), Network(NET, "Block"))}, "Without arguments")
    assert not page.form.names and page.form.isHidden()
    document.undo()
    assert list(page.form.names) == ["size", "deep"]


def test_a_state_is_one_of_the_inputs(inspector: Inspector, document: Document) -> None:
    key = f"{NET}_output"
    page = node_page(inspector, key, NET)
    state = page.form.field("state")
    assert isinstance(state, ChoiceField)
    assert [state.itemText(i) for i in range(state.count())] == ["none", "input", "last"]
    QTest.keyClick(state, Qt.Key.Key_End)
    assert node(document, key).params == {"state": f"{NET}_last"}


def test_a_layer_is_shared(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "fc2")
    layer = page.sharing.layer
    assert [layer.itemText(i) for i in range(layer.count())] == ["own", "that of fc1", "that of emb"]
    QTest.keyClick(layer, Qt.Key.Key_Down)
    assert node(document, "fc2").layer == "fc1"
    assert not page.form.field("out_features").isEnabled()
    assert "It has the weights of fc1: its parameters are set there." in said(inspector)
    owner = node_page(inspector, "fc1")
    assert "Its layer is also used by fc2." in said(inspector) and owner.sharing.form.isHidden()
    document.undo()
    assert "Its layer is also used by fc2." not in said(inspector)
    assert node_page(inspector, "emb").sharing.layer.count() == 3
    assert node_page(inspector, "image").sharing.isHidden()


def test_the_network_that_is_shown_may_go(inspector: Inspector, document: Document) -> None:
    node_page(inspector, f"{NET}_fc1", NET)
    gone = {key: (record, None) for key, record in document.graph.part(NET).records.items() if isinstance(record, Node)}
    wires = {key: (wire, None) for key, wire in document.graph.part(NET).wires.items()}
    inside = {key: (node(document, key), None) for key in ("block1", "block2")}
    outer = {key: (wire, None) for key, wire in document.graph.wires.items() if "block1" in (wire.source, wire.target)}
    document.commit({NET: (network(document), None), **gone, **wires, **inside, **outer}, "Delete")
    assert inspector.shown == MAIN and isinstance(inspector.widget(), ProjectPage)


def test_types_are_switched_on(inspector: Inspector, document: Document) -> None:
    page = inspector.widget()
    assert isinstance(page, ProjectPage)
    QTest.mouseClick(page.types, Qt.MouseButton.LeftButton)
    assert document.graph.project.types
    QTest.keyClick(page.layers, Qt.Key.Key_Down)
    assert document.graph.project.types and document.graph.project.layers == "function"
    document.undo()
    document.undo()
    assert not page.types.isChecked()
