"""The panels beside Training, against made runs: every layer, speed, histograms and confusion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.bridge.about import BINS, WEIGHTS
from netbuilder.bridge.run_folder import RunReader
from netbuilder.ui.plots import ridges
from netbuilder.ui.plots.confusion_panel import ConfusionPanel
from netbuilder.ui.plots.curves_plot import MOST, CurvesPlot
from netbuilder.ui.plots.gradients_panel import GradientsPanel
from netbuilder.ui.plots.quantities import HEALTHY as BAND
from netbuilder.ui.plots.ridges import rebinned
from netbuilder.ui.plots.speed_panel import SpeedPanel
from netbuilder.ui.plots.training_panel import TrainingPanel
from netbuilder.ui.theme import DARK, LIGHT
from tests import made_runs
from tests.made_runs import HEALTHY, SICK, Made
from tests.ui.plots.test_diagnosis import drawing


class Shown:
    """All panels, following a made run."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.folder = folder
        window = QWidget()
        window.resize(1200, 900)
        qtbot.addWidget(window)
        self.training = TrainingPanel(DARK)
        follower = self.training.follower
        self.gradients = GradientsPanel(DARK, follower)
        self.speed = SpeedPanel(DARK, follower)
        self.confusion = ConfusionPanel(DARK, follower)
        self.panels = (self.training, self.gradients, self.speed, self.confusion)
        column = QVBoxLayout(window)
        for panel in self.panels:
            column.addWidget(panel)
        window.show()
        self.window = window

    def open(self, made: Made = HEALTHY) -> None:
        made_runs.write(self.folder, made)
        self.training.show_run(self.folder)


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Shown:
    return Shown(qtbot, tmp_path)


SHAPES = [
    HEALTHY, Made(steps=0, epochs=0, planned=50), Made(steps=1, epochs=1), Made(layers=1), Made(layers=60),
    Made(steps=900, bad_step=700), Made(classes=0), Made(layers=0),
]  # fmt: skip


@pytest.mark.parametrize("made", SHAPES, ids=lambda made: f"{made.steps} steps, {made.layers} layers")
def test_every_shape_of_run_is_drawn_in_both_themes(shown: Shown, made: Made) -> None:
    shown.open(made)
    for theme in (DARK, LIGHT):
        for panel in shown.panels:
            panel.set_theme(theme)
            panel.grab()


def test_panels_that_were_made_late_show_the_run(qtbot: QtBot, tmp_path: Path) -> None:
    shown = Shown(qtbot, tmp_path)
    shown.gradients.hide()
    shown.open()
    assert shown.gradients.row is None
    shown.gradients.show()
    assert shown.gradients.curves is not None
    assert len(shown.gradients.curves.curves) == HEALTHY.layers
    assert len(shown.gradients.ridges.ridges.heights) == ridges.MOST


def test_updates_are_those_of_a_layers_tensors_together(shown: Shown) -> None:
    shown.open()
    plot = shown.gradients.curves
    assert plot.quantity.title == "Update ÷ weights"
    x, y = plot.curves[1].getData()
    reader = RunReader(shown.folder)
    table = np.array([list(row) for row in reader.rows("layers.bin")])
    norms, updates = table[:, [5, 7]], table[:, [6, 8]]
    expected = np.sqrt(((norms * updates) ** 2).sum(axis=1) / (norms**2).sum(axis=1))
    assert x.tolist() == table[:, 0].tolist()
    np.testing.assert_allclose(10**y, expected, rtol=1e-5)
    np.testing.assert_allclose(plot.band.getRegion(), np.log10(BAND))


def test_what_is_shown_of_the_layers_can_be_chosen(shown: Shown) -> None:
    shown.open(replace(HEALTHY, dead=0.25))
    for plot in (shown.gradients.curves, shown.gradients.heat):
        for action in plot.chooser.menu().actions():
            action.trigger()
            assert plot.title == action.text()
            plot.grab()
    plot = shown.gradients.curves
    [action] = [action for action in plot.chooser.menu().actions() if action.text() == "Dead units"]
    action.trigger()
    np.testing.assert_allclose(plot.curves[0].getData()[1], 0.25)
    assert plot.view.viewRange()[1] == [0, 1]
    assert not plot.band.isVisible()
    _, lines = plot._lines(shown.training.run, 100.0, 0.2)
    assert {line.text for line in lines} == {"25 %"}


def test_many_layers_have_a_map_and_no_curves(shown: Shown) -> None:
    shown.open(Made(layers=MOST + 1))
    assert shown.gradients.curves.isHidden()
    assert not shown.gradients.heat.isHidden()


def test_the_phases_of_a_step_add_up(shown: Shown) -> None:
    shown.open()
    plots = {plot.title: plot for plot in shown.speed.plots}
    areas = plots["Time per step"]
    table = np.array([list(row) for row in RunReader(shown.folder).rows("pulse.bin")])
    np.testing.assert_allclose(areas.curves[-1].getData()[1], table[:, 4:9].sum(axis=1), rtol=1e-5)
    areas.legend.entries["1"].click()
    np.testing.assert_allclose(areas.curves[-1].getData()[1], table[:, [4, 6, 7, 8]].sum(axis=1), rtol=1e-5)
    memory = plots["Memory, MiB"]
    assert isinstance(memory, CurvesPlot)
    assert np.isnan(memory.curves[1].getData()[1]).all()  # no GPU


def test_the_learning_rate_is_among_the_metrics(shown: Shown) -> None:
    shown.open()
    plot = shown.training.metrics
    assert [action.text() for action in plot.chooser.menu().actions()] == ["Metrics", "Learning rate"]
    plot.chooser.menu().actions()[1].trigger()
    table = np.array([list(row) for row in RunReader(shown.folder).rows("pulse.bin")])
    np.testing.assert_allclose(10 ** plot.curves[0].getData()[1], table[:, 2], rtol=1e-5)
    shown.training.refresh()
    assert plot.title == "Learning rate"


histograms = st.tuples(st.floats(-5, 5), st.floats(0, 5), st.lists(st.integers(0, 50), min_size=BINS, max_size=BINS))


@given(histograms)
def test_other_bins_hold_as_much(histogram: tuple[float, float, list[int]]) -> None:
    low, width, counts = histogram
    found = rebinned(np.array([[low, low + width, *counts]]), -11, 11, 64)
    assert found.sum() == pytest.approx(1.0 if sum(counts) else 0.0)
    inside = np.flatnonzero(found[0])
    if len(inside):
        edges = np.linspace(-11, 11, 65)
        assert edges[inside[0]] <= low + width + 1e-9
        assert edges[inside[-1] + 1] >= low - 1e-9


def test_ridges_of_what_is_chosen(shown: Shown) -> None:
    shown.open()
    view = shown.gradients.ridges
    table = np.array([list(row) for row in RunReader(shown.folder).rows(WEIGHTS)])
    assert view.ridges.bounds[0] == pytest.approx(table[:, 1].min(), abs=0.2)
    [gradients] = [action for action in view.kinds.menu().actions() if action.text() == "gradients"]
    gradients.trigger()
    assert view.ridges.bounds[1] == pytest.approx(table[:, 1 + 34 + 1].max(), rel=0.2)
    view.show_node("layer3")
    assert view.of == "layer3.weight"
    [activations] = [action for action in view.kinds.menu().actions() if action.text() == "activations"]
    activations.trigger()
    assert view.of == "layer1"
    view.grab()


def test_a_slider_goes_through_the_validations(shown: Shown) -> None:
    shown.open()
    panel = shown.confusion
    last = panel.matrix.counts
    assert panel.slider.value() == HEALTHY.epochs - 1
    assert panel.where.text() == "After step 1,200"
    panel.slider.setValue(0)
    assert panel.where.text() == "After step 200"
    assert np.trace(panel.matrix.counts) / panel.matrix.counts.sum() < np.trace(last) / last.sum()
    np.testing.assert_allclose(panel.matrix.shares().sum(axis=1), 1)
    panel.rows_button.click()
    assert not panel.matrix.by_row
    panel.grab()
    assert panel.matrix.names[3] == "3"
    shown.open(replace(HEALTHY, named=True))
    assert panel.matrix.names[3] == "d"


def test_without_a_matrix_the_panel_says_how_to_get_one(shown: Shown) -> None:
    shown.open(Made(classes=0))
    assert "Confusion matrix" in shown.confusion._empty.text()
    assert shown.confusion._stack.currentIndex() == 0


def test_what_ails_a_run_stands_beside_its_plots(shown: Shown, qtbot: QtBot) -> None:
    training = shown.training
    training.drawing = drawing
    shown.open(SICK["overfitting"])
    assert training.findings.isVisible()
    [card] = training.findings.cards
    with qtbot.waitSignal(training.chosen) as chosen:
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert chosen.args == ["layer1"]
    with qtbot.waitSignal(training.mended) as mended:
        QTest.mouseClick(card.button, Qt.MouseButton.LeftButton)
    assert mended.args[0].settings == {"patience": 5, "keep_best": True}
    training.drawing = lambda: drawing(patience=5, keep_best=True)
    training.look()
    [card] = training.findings.cards
    assert card.button is None
    training.set_theme(LIGHT)
    training.grab()


def test_nothing_stands_beside_a_healthy_run(shown: Shown) -> None:
    shown.training.drawing = drawing
    shown.open()
    assert shown.training.findings.isHidden()
