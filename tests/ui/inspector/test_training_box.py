"""How the training is set: another optimizer or scheduler brings its own parameters, and says what it needs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.graph.document import Document
from netbuilder.graph.training import recipe_params
from netbuilder.ui.inspector.address import Address
from netbuilder.ui.inspector.fields import ChoiceField
from netbuilder.ui.inspector.inspector import Inspector
from netbuilder.ui.inspector.network_pages import ProjectPage
from netbuilder.ui.inspector.text_field import TextField
from netbuilder.ui.inspector.training_box import RecipeBox, TrainingBox
from netbuilder.ui.theme import DARK
from netbuilder.ui.top_bar import TopBar

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
    field = box.form.field(name)
    assert isinstance(field, TextField)
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def shown(box: RecipeBox) -> list[str]:
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
