"""The inspector: every change a step that can be undone, everything known shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.reports import Fix, NodeReport, Problem, TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.ui import style
from netbuilder.ui.fields import ChoiceField, TextField
from netbuilder.ui.inspector import Inspector
from netbuilder.ui.inspector_pages import ManyPage, NodePage, ProjectPage
from netbuilder.ui.theme import DARK, LIGHT

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def document() -> Document:
    made = Document()
    for block in ("FashionMNIST", "Conv2d", "ReLU", "Linear", "Add", "CrossEntropyLoss"):
        made.commit(commands.add_node(made.graph, block, 0, 0), "Add")
    return made


@pytest.fixture
def inspector(qtbot: QtBot, document: Document) -> Inspector:
    made = Inspector(document, DARK)
    qtbot.addWidget(made)
    made.resize(306, 900)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    before = qapp.palette(), qapp.font()
    style.apply(qapp, DARK)
    yield qapp
    qapp.setStyleSheet("")
    qapp.setPalette(before[0])
    qapp.setFont(before[1])


def fill(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def node_page(inspector: Inspector, key: str) -> NodePage:
    inspector.show_nodes([key])
    page = inspector.widget()
    assert isinstance(page, NodePage)
    return page


def project_page(inspector: Inspector) -> ProjectPage:
    inspector.show_nodes([])
    page = inspector.widget()
    assert isinstance(page, ProjectPage)
    return page


def line(page: NodePage | ProjectPage, name: str) -> TextField:
    field = page.form.field(name)
    assert isinstance(field, TextField)
    return field


def said(inspector: Inspector) -> list[str]:
    page = inspector.widget()
    assert page is not None
    return [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page) and label.text()]


REPORT = NodeReport(
    {"input": TensorSpec(("N", 10, 12, 12))},
    {"output": TensorSpec(("N", 20, 8, 8))},
    {**CATALOG["Conv2d"].defaults(), "in_channels": 10},
    parameters=5020,
    multiply_adds=320_000,
)


def test_every_block_has_a_page(inspector: Inspector, document: Document) -> None:
    for block in CATALOG.values():
        edit = commands.add_node(document.graph, block.name, 0, 0)
        document.commit(edit, "Add")
        page = node_page(inspector, next(iter(edit)))
        assert block.name in said(inspector)
        assert page.name.text() == page.node.name
        inspector.grab()


def test_a_parameter_is_one_step_and_undo_shows_it(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "conv1")
    fill(line(page, "out_channels"), "32")
    assert document.graph.nodes["conv1"].params == {"out_channels": 32}
    assert document.undo_label == "Change Out channels of conv1"
    document.undo()
    assert line(page, "out_channels").text() == "16"
    assert inspector.widget() is page


def test_steps_of_the_arrow_keys_are_one_undo_step(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "conv1")
    for _ in range(5):
        QTest.keyClick(line(page, "out_channels"), Qt.Key.Key_Up)
    assert document.graph.nodes["conv1"].values["out_channels"] == 21
    document.undo()
    assert document.graph.nodes["conv1"].values["out_channels"] == 16


def test_renaming(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "conv1")
    fill(page.name, "stem")
    assert document.graph.nodes["conv1"].name == "stem"
    fill(page.name, "   ")
    assert document.graph.nodes["conv1"].name == "stem"
    assert "A name cannot be empty." in said(inspector)
    QTest.keyClick(page.name, Qt.Key.Key_Escape)
    assert page.name.text() == "stem"
    document.undo()
    assert page.name.text() == "conv1"


def test_reports_are_shown(inspector: Inspector) -> None:
    page = node_page(inspector, "conv1")
    assert line(page, "in_channels").placeholderText() == "from wire"
    assert said(inspector).count("unknown") == 4
    inspector.show_reports({"conv1": REPORT}, ())
    for text in ("N×10×12×12", "N×20×8×8", "5,020", "320 K"):
        assert text in said(inspector)
    assert line(page, "in_channels").placeholderText() == "10 · from wire"
    inspector.show_reports({}, ["conv1"])
    assert said(inspector).count("unknown") == 4


def test_pinning_and_unpinning(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "conv1")
    inspector.show_reports({"conv1": REPORT}, ())
    fill(line(page, "in_channels"), "3")
    assert document.graph.nodes["conv1"].params == {"in_channels": 3}
    fill(line(page, "in_channels"), "")
    assert document.graph.nodes["conv1"].params == {}
    assert line(page, "in_channels").property("unpinned") is True


def test_a_problem_is_fixed_by_one_click(inspector: Inspector, document: Document) -> None:
    document.commit(commands.set_params(document.graph, "fc1", {"in_features": 1280}), "Pin")
    fix = Fix(say("Use {n}", n=320), "fc1", {"in_features": None})
    problem = Problem("fc1", say("{node} expects 1280, gets 320.", node="fc1"), fix=fix, detail="<b>mat1")
    page = node_page(inspector, "fc1")
    inspector.show_reports({"fc1": NodeReport({}, {}, {}, problems=(problem,))}, ())
    assert "fc1 expects 1280, gets 320." in said(inspector)
    button = page.findChildren(QPushButton)[0]
    assert button.text() == "Use 320"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert document.graph.nodes["fc1"].params == {}
    assert document.undo_label == "Fix fc1"
    inspector.show_reports({"fc1": NodeReport({}, {}, {})}, ())
    assert "fc1 expects 1280, gets 320." not in said(inspector)


def test_how_a_layer_is_written(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "relu1")
    field = page.form.field("written")
    assert isinstance(field, ChoiceField)
    QTest.keyClick(field, Qt.Key.Key_End)
    assert document.graph.nodes["relu1"].written == "function"
    document.undo()
    assert field.value == ""
    assert "written" not in node_page(inspector, "conv1").form._fields


def test_ports_follow_their_number(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "add1")
    assert {"In · input1", "In · input2"} <= set(said(inspector))
    fill(line(page, "inputs"), "3")
    assert "In · input3" in said(inspector)
    document.undo()
    assert "In · input3" not in said(inspector)


def test_a_refusal_is_passed_on_and_the_field_restored(
    inspector: Inspector, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Sentence] = []
    inspector.refused.connect(heard.append)
    page = node_page(inspector, "conv1")

    def refuse(*_: object) -> None:
        raise commands.Refused("Not today.")

    monkeypatch.setattr(commands, "set_params", refuse)
    fill(line(page, "out_channels"), "32")
    assert [str(sentence) for sentence in heard] == ["Not today."]
    assert line(page, "out_channels").text() == "16"


def test_a_node_that_goes_gives_way_to_the_project(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "conv1")
    QTest.keyClicks(line(page, "out_channels"), "9")
    document.commit(commands.delete(document.graph, ["conv1"]), "Delete")
    assert isinstance(inspector.widget(), ProjectPage)
    assert "conv1" not in document.graph.nodes


def test_what_was_typed_is_kept_when_another_node_is_selected(
    qtbot: QtBot, inspector: Inspector, document: Document
) -> None:
    field = line(node_page(inspector, "conv1"), "out_channels")
    inspector.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    QTest.keyClicks(field, "48")
    node_page(inspector, "fc1")
    assert document.graph.nodes["conv1"].values["out_channels"] == 48
    assert inspector.widget().node.id == "fc1"  # type: ignore[union-attr, attr-defined]


def test_the_project(inspector: Inspector, document: Document) -> None:
    page = project_page(inspector)
    inspector.show_reports({"conv1": REPORT, "fc1": REPORT}, ())
    assert "10,040" in said(inspector)
    fill(page.name, "ConvNet")
    assert document.graph.main.name == "ConvNet"
    QTest.keyClick(page.layers, Qt.Key.Key_Down)
    assert document.graph.project.layers == "function"
    document.undo()
    document.undo()
    assert page.name.text() == "Net"
    assert page.layers.value == "module"


def test_training_settings(inspector: Inspector, document: Document) -> None:
    page = project_page(inspector)
    assert not page.form.field("momentum").isEnabled()
    QTest.keyClick(page.form.field("optimizer"), Qt.Key.Key_Home)
    assert document.graph.training.optimizer == "SGD"
    assert page.form.field("momentum").isEnabled()
    fill(line(page, "momentum"), "0.9")
    fill(line(page, "learning_rate"), "0.01")
    assert (document.graph.training.momentum, document.graph.training.learning_rate) == (0.9, 0.01)
    fill(line(page, "epochs"), "0")
    assert page.form.fault("epochs") == "Epochs is at least 1."
    assert document.graph.training.epochs == 5


def test_several_nodes(inspector: Inspector) -> None:
    inspector.show_nodes(["conv1", "fc1", "gone"])
    assert isinstance(inspector.widget(), ManyPage)
    inspector.show_reports({"conv1": REPORT}, ())
    assert {"2 blocks selected", "Conv2d", "Linear", "5,020"} <= set(said(inspector))


def test_another_theme_and_another_document(inspector: Inspector, document: Document) -> None:
    node_page(inspector, "conv1")
    inspector.show_reports({"conv1": REPORT}, ())
    inspector.set_theme(LIGHT)
    assert "5,020" in said(inspector)
    other = Document()
    inspector.set_document(other)
    assert isinstance(inspector.widget(), ProjectPage)
    assert not document._watchers
    assert len(other._watchers) == 1


@pytest.mark.parametrize("width", [220, 260, 306, 360])
def test_nothing_is_wider_than_the_panel(
    inspector: Inspector, document: Document, dressed: QApplication, width: int
) -> None:
    inspector.resize(width, 900)
    for key in [*document.graph.nodes, ""]:
        inspector.show_nodes([key] if key else [])
        page = inspector.widget()
        assert page is not None
        assert page.width() <= inspector.viewport().width(), key
        assert page.minimumSizeHint().width() <= width - 10, key
