"""The inspector: every change a step that can be undone, everything known shown."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.reports import Fix, NodeReport, Problem, TensorSpec
from netbuilder.graph import chains, commands, networks
from netbuilder.graph.document import Document
from netbuilder.ui import style
from netbuilder.ui.inspector.fields import ChoiceField, SwitchField
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.inspector.inspector import Inspector
from netbuilder.ui.inspector.many_page import ManyPage
from netbuilder.ui.inspector.network_pages import ProjectPage
from netbuilder.ui.inspector.node_page import NodePage
from netbuilder.ui.inspector.number_field import PIXELS, SLOP
from netbuilder.ui.inspector.text_field import MIXED, TextField
from netbuilder.ui.parts import Fact
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
    gc.collect()  # widgets of tests before: not while the list of all of them is walked through
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


def line(page: NodePage | ProjectPage | ManyPage, name: str) -> TextField:
    forms = page.training.findChildren(Form) if isinstance(page, ProjectPage) else [page.form]
    field = next(form.field(name) for form in forms if name in form.names and form.isVisibleTo(page))
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
    made = networks.add_network(document.graph, "Inner")
    document.commit(made, "Add")
    for block in CATALOG.values():
        if block.of == "network":
            edit = networks.place_network(document.graph, next(iter(made)), 0, 0, block.name)
        else:
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
    assert document.graph.values(document.graph.nodes["conv1"])["out_channels"] == 21
    document.undo()
    assert document.graph.values(document.graph.nodes["conv1"])["out_channels"] == 16


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
    assert said(inspector).count("unknown") == 5
    inspector.show_reports({"conv1": REPORT}, ())
    for text in ("N×10×12×12", "N×20×8×8", "5,020", "320 K"):
        assert text in said(inspector)
    assert line(page, "in_channels").placeholderText() == "10 · from wire"
    inspector.show_reports({}, ["conv1"])
    assert said(inspector).count("unknown") == 5


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
    assert document.undo_label == "Fix: Use 320", "as beside the list of problems"
    inspector.show_reports({"fc1": NodeReport({}, {}, {})}, ())
    assert "fc1 expects 1280, gets 320." not in said(inspector)


def test_how_a_layer_is_written(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "relu1")
    field = page.code.field("written")
    assert isinstance(field, ChoiceField)
    QTest.keyClick(field, Qt.Key.Key_End)
    assert document.graph.nodes["relu1"].written == "function"
    document.undo()
    assert field.value == ""
    assert "written" not in node_page(inspector, "conv1").code.names


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
    assert document.graph.values(document.graph.nodes["conv1"])["out_channels"] == 48
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
    QTest.keyClick(page.training.optimizer.chooser.field("optimizer"), Qt.Key.Key_Home)
    assert document.graph.training.optimizer == "SGD"
    fill(line(page, "learning_rate"), "0.01")
    assert document.graph.training.learning_rate == 0.01
    fill(line(page, "epochs"), "0")
    assert page.training.forms["epochs"].fault("epochs") == "Epochs is at least 1."
    assert document.graph.training.epochs == 5


def many_page(inspector: Inspector, *keys: str) -> ManyPage:
    inspector.show_nodes(list(keys))
    page = inspector.widget()
    assert isinstance(page, ManyPage)
    return page


def test_several_nodes(inspector: Inspector) -> None:
    many_page(inspector, "conv1", "fc1", "gone")
    problem = Problem("fc1", say("Wrong."))
    inspector.show_reports({"conv1": REPORT, "fc1": NodeReport({}, {}, {}, 7, 500, (problem, problem))}, ())
    assert {"2 blocks selected", "Conv2d", "Linear", "5,027", "320 K", "2"} <= set(said(inspector))
    inspector.show_reports({"fc1": NodeReport({}, {}, {})}, ())
    assert "none" in said(inspector)


def test_several_nodes_are_changed_at_once(inspector: Inspector, document: Document) -> None:
    for block in ("Conv2d", "MaxPool2d"):
        document.commit(commands.add_node(document.graph, block, 0, 0), "Add")
    document.commit(commands.set_params(document.graph, "conv1", {"padding": 4}), "Change")
    page = many_page(inspector, "conv1", "conv2", "pool1")
    assert page.form.names == ("kernel_size", "stride", "dilation"), "the words of the padding are not the pool's"
    shown = {name: page.form.field(name).value for name in page.form.names}
    assert shown == {"kernel_size": MIXED, "stride": MIXED, "dilation": 1}
    fill(line(page, "kernel_size"), "5")
    values = {key: document.graph.values(document.graph.nodes[key])["kernel_size"] for key in page.keys}
    assert values == {"conv1": 5, "conv2": 5, "pool1": 5}
    assert document.undo_label == "Change Kernel size of 3 blocks"
    for _ in range(3):
        QTest.keyClick(line(page, "kernel_size"), Qt.Key.Key_Up)
    assert document.graph.values(document.graph.nodes["pool1"])["kernel_size"] == 8
    document.undo()
    assert line(page, "kernel_size").text() == "5"
    assert inspector.widget() is page
    page.form.reset("kernel_size")
    assert [document.graph.nodes[key].params for key in page.keys] == [{"padding": 4}, {}, {}]
    assert line(page, "kernel_size").placeholderText() == "mixed"
    document.undo()
    document.undo()
    assert page.form.field("kernel_size").value is MIXED
    assert document.undo_label == "Change"


def test_limits_of_several_blocks_are_met(inspector: Inspector, document: Document) -> None:
    document.commit(commands.add_node(document.graph, "Concat", 0, 0), "Add")
    page = many_page(
        inspector, "add1", next(key for key in document.graph.nodes if key.startswith("c") and "cat" in key)
    )
    fill(line(page, "inputs"), "17")
    assert page.form.fault("inputs") == "Inputs is at most 16."
    assert many_page(inspector, "add1", "conv1").form.names == ()


def test_how_several_are_written_and_bypassed(inspector: Inspector, document: Document) -> None:
    document.commit(commands.add_node(document.graph, "Tanh", 0, 0), "Add")
    document.commit(commands.set_written(document.graph, "relu1", "module"), "Write")
    page = many_page(inspector, "relu1", "tanh1")
    written, muted = page.code.field("written"), page.code.field("muted")
    assert isinstance(written, ChoiceField) and isinstance(muted, SwitchField)
    assert (written.value, muted.value) == (MIXED, False)
    QTest.keyClick(written, Qt.Key.Key_End)
    assert {document.graph.nodes[key].written for key in page.keys} == {"function"}
    assert document.undo_label == "Change how 2 blocks are written"
    QTest.mouseClick(muted, Qt.MouseButton.LeftButton)
    assert all(document.graph.nodes[key].muted for key in page.keys)
    assert document.undo_label == "Bypass 2 blocks"
    assert "muted" in many_page(inspector, "relu1", "conv1").code.names
    assert "written" not in many_page(inspector, "relu1", "conv1").code.names
    assert many_page(inspector, "relu1", "fashion").code.names == ()


def test_bypassing_one(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "relu1")
    QTest.mouseClick(page.code.field("muted"), Qt.MouseButton.LeftButton)
    assert document.graph.nodes["relu1"].muted
    assert document.undo_label == "Bypass relu1"
    QTest.mouseClick(page.code.field("muted"), Qt.MouseButton.LeftButton)
    assert document.undo_label == "Use relu1 again", "as the canvas calls it"
    document.undo()
    assert page.code.field("muted").value is True
    assert "muted" not in node_page(inspector, "fashion").code.names


def scrub(widget: QWidget, by: int) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(9, 8))
    for x in (SLOP, SLOP + by // 2, SLOP + by):
        QTest.mouseMove(widget, QPoint(9 + x, 8))


def test_a_drag_is_one_undo_step_and_escape_none(inspector: Inspector, document: Document) -> None:
    field = line(node_page(inspector, "conv1"), "out_channels")
    scrub(field, 20 * PIXELS)
    QTest.mouseRelease(field, Qt.MouseButton.LeftButton)
    scrub(field, 10 * PIXELS)
    QTest.mouseRelease(field, Qt.MouseButton.LeftButton)
    assert document.graph.values(document.graph.nodes["conv1"])["out_channels"] == 46
    scrub(field, 50 * PIXELS)
    assert document.graph.values(document.graph.nodes["conv1"])["out_channels"] == 96
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "46"
    document.undo()
    assert field.text() == "36"
    document.undo()
    assert field.text() == "16"
    assert document.undo_label == "Add"


def test_a_setting_is_reset(inspector: Inspector, document: Document) -> None:
    page = project_page(inspector)
    fill(line(page, "learning_rate"), "0.5")
    reset = page.training.optimizer.form._rows["learning_rate"].reset
    assert reset.accessibleName() == "Back to 0.001"
    QTest.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert document.graph.training.learning_rate == 0.001


def test_escape_leaves_where_there_is_nothing_to_restore(qtbot: QtBot, inspector: Inspector) -> None:
    left: list[int] = []
    inspector.left.connect(lambda: left.append(1))
    page = node_page(inspector, "conv1")
    field = line(page, "out_channels")
    fill(field, "0")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), left) == ("16", [])
    for name in ("out_channels", "bias", "padding_mode"):
        QTest.keyClick(page.form.field(name), Qt.Key.Key_Escape)
    assert left == [1, 1, 1]


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


@pytest.mark.parametrize("keys", [["conv1"], ["conv1", "relu1"], []])
def test_another_theme_leaves_alone_what_is_being_typed(
    qtbot: QtBot, inspector: Inspector, document: Document, dressed: QApplication, keys: list[str]
) -> None:
    inspector.activateWindow()
    qtbot.waitUntil(inspector.isActiveWindow)
    inspector.show_nodes(keys)
    steps = document.undo_label
    page = inspector.widget()
    assert isinstance(page, NodePage | ManyPage | ProjectPage)
    field: QWidget = line(page, "out_channels" if keys == ["conv1"] else "epochs") if len(keys) < 2 else page.code
    if isinstance(field, TextField):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "123")
        field.cursorBackward(False)
    else:
        (field := page.code.field("muted")).setFocus()
    before = inspector.grab().toImage()
    style.apply(dressed, LIGHT)
    inspector.set_theme(LIGHT)
    QApplication.processEvents()
    assert field.hasFocus() and document.undo_label == steps
    if isinstance(field, TextField):
        assert (field.text(), field.cursorPosition(), field.edited) == ("123", 2, True)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert document.undo_label != steps
    assert inspector.grab().toImage() != before


def test_another_theme_colours_the_page_anew(inspector: Inspector, document: Document) -> None:
    page = node_page(inspector, "fc1")
    problem = Problem("fc1", say("{node} is wrong.", node="fc1"))
    inspector.show_reports({"fc1": NodeReport({}, {}, {}, problems=(problem,))}, ())
    kind = next(part for part in page.findChildren(QLabel) if part.text() == "Linear")
    color = LIGHT.categories[CATALOG["Linear"].category]
    assert color not in kind.styleSheet()
    inspector.set_theme(LIGHT)
    assert color in kind.styleSheet() and said(inspector).count("fc1 is wrong.") == 1
    inspector.show_help("Linear")
    inspector.set_theme(DARK)
    focus = inspector.focusWidget()
    assert isinstance(focus, QPushButton) and focus.text() == "Back"


@pytest.mark.parametrize("width", [220, 306])
def test_nothing_is_wider_than_the_panel(
    inspector: Inspector, document: Document, dressed: QApplication, width: int
) -> None:
    inspector.resize(width, 900)
    nodes = list(document.graph.nodes)
    for key in [*([node] for node in nodes), [], nodes, ["relu1", "conv1"], *CATALOG]:
        if isinstance(key, str):
            inspector.show_help(key)
        else:
            inspector.show_nodes(key)
        QApplication.processEvents()
        page = inspector.widget()
        assert page is not None
        assert page.width() <= inspector.viewport().width(), key
        assert page.minimumSizeHint().width() <= width - 10, key
        inspector.grab()


def test_a_growing_selection_of_the_same_blocks_keeps_its_page(inspector: Inspector, document: Document) -> None:
    for _ in range(3):
        document.commit(commands.add_node(document.graph, "Conv2d", 0, 0), "Add")
    document.commit(commands.set_params(document.graph, "conv3", {"stride": 2}), "Change")
    page = many_page(inspector, "conv1", "conv2")
    assert page.form.field("stride").value == 1
    assert many_page(inspector, "conv1", "conv2", "conv3") is page
    assert page.form.field("stride").value is MIXED
    assert "3 blocks selected" in said(inspector)
    fill(line(page, "stride"), "4")
    assert [document.graph.values(document.graph.nodes[f"conv{i}"])["stride"] for i in (1, 2, 3, 4)] == [4, 4, 4, 1]
    fill(line(page, "stride"), "0")
    assert many_page(inspector, "conv1", "conv4") is not page
    assert many_page(inspector, "conv1", "fc1").form.names == ("bias",)


def test_what_was_typed_goes_to_those_it_was_typed_for(qtbot: QtBot, inspector: Inspector, document: Document) -> None:
    for _ in range(2):
        document.commit(commands.add_node(document.graph, "Conv2d", 0, 0), "Add")
    field = line(many_page(inspector, "conv1", "conv2"), "stride")
    inspector.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    QTest.keyClicks(field, "3")
    many_page(inspector, "conv2", "conv3")
    assert [document.graph.values(document.graph.nodes[f"conv{i}"])["stride"] for i in (1, 2, 3)] == [3, 3, 1]


def test_a_block_that_was_swapped_has_its_own_form(inspector: Inspector, document: Document) -> None:
    node_page(inspector, "conv1")
    document.commit(chains.swap(document.graph, "conv1", "ReLU"), "Swap")
    page = inspector.widget()
    assert isinstance(page, NodePage) and page.node.block == "ReLU" and not page.form.names
    inspector.show_nodes(["conv1", "relu1"])
    document.commit(chains.swap(document.graph, "conv1", "Linear"), "Swap")
    page = inspector.widget()
    assert isinstance(page, ManyPage) and "Linear" in " ".join(said(inspector))


def test_a_page_says_what_the_files_hold(inspector: Inspector, document: Document) -> None:
    document.commit(commands.add_node(document.graph, "CSVTable", 0, 0), "Add")
    key = next(key for key, node in document.graph.nodes.items() if node.block == "CSVTable")
    page = node_page(inspector, key)
    assert page._files_title.isHidden()
    facts = (("rows", "150"), ("length", "number"), ("<b>color</b>", "2 words"))
    inspector.show_reports({key: NodeReport({}, {}, {}, facts=facts)}, ())
    shown = [
        (fact.name.text(), fact.value.text())
        for fact in page.findChildren(Fact)
        if fact.value.text() in ("150", "number", "2 words")
    ]
    assert shown == list(facts) and not page._files_title.isHidden()
    many = tuple((f"column{i}", "number") for i in range(1000))
    inspector.show_reports({key: NodeReport({}, {}, {}, facts=many)}, ())
    assert sum(fact.isVisibleTo(page) for fact in page.findChildren(Fact)) < 80 and "+940" in said(inspector)
    inspector.show_reports({key: NodeReport({}, {}, {})}, ())
    assert page._files_title.isHidden()
