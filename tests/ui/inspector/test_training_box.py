"""How the training is set: another optimizer or scheduler brings its own parameters, and says what it needs."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.graph.records import ParameterGroup, Stage, Training
from netbuilder.graph.training import RECIPES, STRUCTURES, recipe_params
from netbuilder.ui.inspector.address import Address
from netbuilder.ui.inspector.fields import ChoiceField, SwitchField
from netbuilder.ui.inspector.form import Form
from netbuilder.ui.inspector.inspector import Inspector
from netbuilder.ui.inspector.network_pages import ProjectPage
from netbuilder.ui.inspector.node_page import NodePage
from netbuilder.ui.inspector.text_field import TextField
from netbuilder.ui.inspector.training_box import RecipeBox, TrainingBox
from netbuilder.ui.theme import DARK
from netbuilder.ui.top_bar import TopBar
from tests.drawings import CLASSIFIER, draw

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    made = Inspector(Document(), DARK)
    qtbot.addWidget(made)
    made.resize(306, 1400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def training(inspector: Inspector) -> TrainingBox:
    page = inspector.widget()
    assert isinstance(page, ProjectPage)
    return page.training


def choose(box: RecipeBox, name: str) -> None:
    chooser = box.chooser.field(box.chooser.names[0])
    assert isinstance(chooser, ChoiceField)
    chooser.take(name)


def fill(box: RecipeBox, name: str, text: str) -> None:
    type_in(box.form, name, text)


def type_in(form: Form, name: str, text: str) -> None:
    field = form.field(name)
    assert isinstance(field, TextField)
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def take(form: Form, name: str, value: str | bool) -> None:
    field = form.field(name)
    assert isinstance(field, ChoiceField | SwitchField)
    if isinstance(field, SwitchField):
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    else:
        field.take(value)
    assert field.value == value


def shown(box: QWidget) -> list[str]:
    return [label.text() for label in box.findChildren(QLabel) if label.isVisibleTo(box)]


def test_every_recipe_has_a_form(inspector: Inspector) -> None:
    box = training(inspector)
    for part, recipes in ((box.optimizer, OPTIMIZERS), (box.scheduler, SCHEDULERS)):
        for recipe in recipes.values():
            choose(part, recipe.name)
            assert part.recipe is recipe
            rate = ["learning_rate"] if part is box.optimizer else []
            assert list(part.form.names) == [*rate, *recipe_params(recipe)]
            assert any(text.startswith(recipe.help) for text in shown(part))
            assert (recipe.needs in shown(part)) is bool(recipe.needs)
            assert part._address.address == recipe.link


def test_parameters_of_the_optimizer(inspector: Inspector) -> None:
    document, box = inspector.document, training(inspector).optimizer
    choose(box, "SGD")
    fill(box, "momentum", "0.9")
    assert document.graph.training.optimizer_params == {"momentum": 0.9}
    assert document.undo_label == "Change Momentum"
    fill(box, "weight_decay", "0.01")
    choose(box, "Adam")
    assert document.graph.training.optimizer_params == {"weight_decay": 0.01}, "what both have"
    fill(box, "betas", "0.8, 0.99")
    assert document.graph.training.optimizer_params == {"weight_decay": 0.01, "betas": (0.8, 0.99)}
    fill(box, "betas", "0.8")
    assert "2 numbers" in box.form.fault("betas")
    for _ in range(3):
        document.undo()
    assert box.recipe is OPTIMIZERS["SGD"] and box.form.field("momentum").value == 0.9


def test_a_learning_rate_nobody_chose_is_the_optimizers(inspector: Inspector) -> None:
    box, document = training(inspector).optimizer, inspector.document
    choose(box, "Adadelta")
    assert document.graph.training.learning_rate == 1
    fill(box, "learning_rate", "0.3")
    choose(box, "Adam")
    assert document.graph.training.learning_rate == 0.3


def test_a_scheduler_can_be_none(inspector: Inspector) -> None:
    document, box = inspector.document, training(inspector).scheduler
    assert box.recipe is None and box.form.isHidden() and box._address.isHidden()
    choose(box, "StepLR")
    fill(box, "step_size", "3")
    assert (document.graph.training.scheduler, document.graph.training.scheduler_params) == ("StepLR", {"step_size": 3})
    choose(box, "")
    assert document.graph.training.scheduler_params == {} and box.form.isHidden()


def test_settings_that_make_no_difference_are_left_out(inspector: Inspector) -> None:
    box, document = training(inspector), inspector.document
    batches, validation = box.forms["clip"], box.forms["watch"]
    assert batches.field("clip_at").isHidden() and validation.field("watch").isHidden()
    take(batches, "clip", "norm")
    assert not batches.field("clip_at").isHidden() and document.undo_label == "Change Clip"
    take(validation, "keep_best", True)
    assert not validation.field("watch").isHidden()
    type_in(box.forms["steps"], "steps", "50")
    assert not box.forms["epochs"].field("epochs").isEnabled()
    for _ in range(3):
        document.undo()
    assert batches.field("clip_at").isHidden() and box.forms["epochs"].field("epochs").isEnabled()


def test_every_setting_has_a_row_or_a_list(inspector: Inspector) -> None:
    box = training(inspector)
    rows = {*box.forms, *box.optimizer.chooser.names, *box.optimizer.form.names, *box.scheduler.chooser.names}
    settings = set(msgspec.structs.asdict(Training())) - {"id", *RECIPES, *STRUCTURES}
    assert settings <= rows


def test_what_compiling_costs_is_said_where_it_is_on(inspector: Inspector) -> None:
    box = training(inspector)
    words = "torch.compile first writes code for this network"
    assert not any(text.startswith(words) for text in shown(box))
    take(box.forms["compile"], "compile", True)
    assert any(text.startswith(words) for text in shown(box))


def test_a_precision_that_the_device_has_not_is_marked(inspector: Inspector) -> None:
    box = training(inspector)
    field = box.forms["precision"].field("precision")
    assert isinstance(field, ChoiceField)

    def texts() -> list[str]:
        return [field.itemText(i) for i in range(field.count())]

    assert texts() == ["fp32", "tf32 · not on this device", "bf16", "fp16 · not on this device"]
    inspector.show_device("cuda:0")
    assert texts() == ["fp32", "tf32", "bf16", "fp16"]
    take(box.forms["precision"], "precision", "fp16")
    assert not any("no fp16" in text for text in shown(box))
    inspector.show_device("cpu")
    assert any("no fp16" in text for text in shown(box))
    assert inspector.document.graph.training.precision == "fp16"


def test_the_watched_metric_is_one_of_the_drawing(inspector: Inspector) -> None:
    inspector.set_document(
        Document(draw(CLASSIFIER + "table ConfusionMatrix\nfc2 > table\ndigits.label > table.target"))
    )
    box, document = training(inspector), inspector.document
    take(box.forms["patience"], "keep_best", True)
    watch = box.forms["watch"].field("watch")
    assert isinstance(watch, ChoiceField)
    assert [watch.itemText(i) for i in range(watch.count())] == ["Validation loss", "accuracy"]
    watch.take("accuracy")
    assert document.graph.training.watch == "accuracy"
    document.commit(commands.rename(document.graph, "accuracy", "part right"), "Rename")
    assert watch.currentText() == "part right"
    document.commit(commands.delete(document.graph, ["accuracy"]), "Delete")
    assert (watch.count(), watch.currentText(), document.graph.training.watch) == (1, "Validation loss", "")


def test_single_blocks_are_trained_in_a_way_of_their_own(inspector: Inspector) -> None:
    inspector.set_document(Document(draw(CLASSIFIER)))
    box, document = training(inspector).groups, inspector.document
    offered = {action.text(): action for action in box.menu().actions()}
    assert list(offered) == ["fc1 · Linear", "fc2 · Linear"]
    offered["fc1 · Linear"].trigger()
    assert document.undo_label == "Change how fc1 is trained"
    (card,) = box.cards
    type_in(card.form, "learning_rate", "0.01")
    assert document.graph.training.groups == (ParameterGroup("fc1", 0.01),)
    take(card.form, "frozen", True)
    assert card.form.field("learning_rate").isHidden()
    document.commit(commands.rename(document.graph, "fc1", "first"), "Rename")
    assert any(label.text() == "first" for label in box.cards[0].findChildren(QLabel))
    QTest.mouseClick(box.cards[0].remove, Qt.MouseButton.LeftButton)
    assert document.graph.training.groups == () and box.cards == []
    document.undo()
    assert len(box.cards) == 1
    document.commit(commands.delete(document.graph, ["fc1"]), "Delete")
    assert box.cards == [] and document.graph.training.groups == ()


def test_a_layers_own_page_has_them_too(inspector: Inspector) -> None:
    document = Document(draw(CLASSIFIER))
    inspector.set_document(document)
    inspector.show_nodes(["fc1"])
    page = inspector.widget()
    assert isinstance(page, NodePage)
    type_in(page.group, "weight_decay", "0.1")
    assert document.graph.training.groups == (ParameterGroup("fc1", weight_decay=0.1),)
    assert document.undo_label == "Change how fc1 is trained"
    take(page.group, "frozen", True)
    document.undo()
    assert page.group.field("frozen").value is False and page.group.field("weight_decay").value == 0.1
    type_in(page.group, "weight_decay", "")
    assert document.graph.training.groups == ()
    inspector.show_nodes(["relu"])
    page = inspector.widget()
    assert isinstance(page, NodePage) and page.group.isHidden()


def test_a_scheduler_is_made_of_others(inspector: Inspector) -> None:
    box, document = training(inspector), inspector.document
    assert box.stages.isHidden()
    choose(box.scheduler, "SequentialLR")
    assert [card.form.names[0] for card in box.stages.cards] == ["start_factor", "begins"] and not box.stages.isHidden()
    type_in(box.stages.cards[1].form, "begins", "7")
    type_in(box.stages.cards[0].form, "total_iters", "7")
    stages = document.graph.training.stages
    assert [(stage.scheduler, stage.params, stage.begins) for stage in stages] == [
        ("LinearLR", {"total_iters": 7}, 0),
        ("CosineAnnealingLR", {}, 7),
    ]
    offered = {action.text(): action for action in box.stages.menu().actions()}
    assert "StepLR" in offered and not offered.keys() & {"OneCycleLR", "ReduceLROnPlateau", "SequentialLR"}
    offered["StepLR"].trigger()
    assert document.graph.training.stages[2] == Stage("StepLR", begins=12)
    refused: list[object] = []
    inspector.refused.connect(refused.append)
    type_in(box.stages.cards[2].form, "begins", "7")
    assert "later than the one before" in str(refused[0]) and box.stages.cards[2].form.field("begins").value == 12
    QTest.mouseClick(box.stages.cards[0].remove, Qt.MouseButton.LeftButton)
    assert [(s.scheduler, s.begins) for s in document.graph.training.stages] == [
        ("CosineAnnealingLR", 0),
        ("StepLR", 12),
    ]
    choose(box.scheduler, "StepLR")
    assert box.stages.isHidden() and document.graph.training.stages == ()


def test_the_settings_are_reached_by_the_keyboard(qtbot: QtBot, inspector: Inspector) -> None:
    inspector.activateWindow()
    inspector.edit_first()
    qtbot.waitUntil(training(inspector).optimizer.chooser.field("optimizer").hasFocus)


def test_an_address_opens_only_when_it_is_clicked(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    address = Address("https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html")
    qtbot.addWidget(address)
    address.show()
    assert address.text().replace("\u200b", "") == "docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html"
    assert not opened
    QTest.mouseClick(address, Qt.MouseButton.LeftButton)
    QTest.keyClick(address, Qt.Key.Key_Space)
    assert opened == [address.address] * 2


def test_the_bar_sums_it_up(qtbot: QtBot, inspector: Inspector) -> None:
    bar = TopBar(DARK)
    qtbot.addWidget(bar)
    choose(training(inspector).scheduler, "StepLR")
    bar.show_training(inspector.document.graph.training)
    assert bar.settings_button.text() == "Adam · 0.001 ↘"
    assert "StepLR" in bar.settings_button.toolTip()
