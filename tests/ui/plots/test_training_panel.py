"""The panel against folders written by RunWriter, live and finished."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.bridge.about import STEPS, About
from netbuilder.bridge.run_folder import RunWriter
from netbuilder.bridge.summary import SUMMARY
from netbuilder.ui.plots import follower, heat_map, saving
from netbuilder.ui.plots import plot as plot_module
from netbuilder.ui.plots.curves_plot import MOST
from netbuilder.ui.plots.plot import Plot
from netbuilder.ui.plots.training_panel import TrainingPanel
from netbuilder.ui.theme import DARK, LIGHT
from tests.fresh import fresh_python

TENSORS = ("conv1.weight", "conv1.bias", "fc.weight", "fc.bias")


def about(tensors: tuple[str, ...] = TENSORS, steps: int = 1000, metrics: tuple[str, ...] = ("accuracy",)) -> About:
    nodes = tuple("id-" + name.rsplit(".", 1)[0] for name in tensors)
    return About("run", "2026-01-01", "cpu", "CPU", "2.13", 1, 0, steps, 5, tensors, nodes, metrics, shares=metrics)


def rows(count: int, width: int = len(TENSORS), seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return np.column_stack([2.3 * np.exp(-np.arange(count) / 300), generator.lognormal(-2, 1, (count, width))])


class Run:
    """A run's folder and a panel that shows it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.folder = folder
        self.writer = RunWriter(folder)
        # Inside a window without a layout: Qt's offscreen platform warns when a window's smallest size changes.
        self.window = QWidget()
        self.window.resize(1200, 280)
        qtbot.addWidget(self.window)
        self.panel = TrainingPanel(DARK, self.window)
        self.panel.resize(1200, 280)
        self.window.show()

    def write(self, table: np.ndarray) -> None:
        self.writer.steps(np.ascontiguousarray(table).tobytes())

    def open(self, told: About | None = None, table: np.ndarray | None = None) -> None:
        self.writer.about(told or about())
        if table is not None:
            self.write(table)
        self.panel.show_run(self.folder)


@pytest.fixture
def run(qtbot: QtBot, tmp_path: Path) -> object:
    made = Run(qtbot, tmp_path)
    yield made
    made.writer.close()


def curve(plot_item: object) -> tuple[np.ndarray, np.ndarray]:
    return plot_item.getData()  # type: ignore[attr-defined]


def test_the_panel_is_imported_and_made_without_numpy_and_pyqtgraph() -> None:
    code = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from netbuilder.ui.plots.training_panel import TrainingPanel
from netbuilder.ui.theme import DARK
panel = TrainingPanel(DARK)
print(sorted({"numpy", "pyqtgraph"} & set(sys.modules)))
"""
    result = fresh_python(code)
    assert result.stdout.strip() == "[]", result.stderr


def test_without_a_run_the_panel_says_what_to_do(qtbot: QtBot) -> None:
    panel = TrainingPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_run(None)
    panel.refresh()
    assert panel.plots == ()
    panel.warm_up()
    panel.set_theme(LIGHT)
    assert len(panel.plots) == 4
    assert panel._stack.currentIndex() == 0


def test_curves_are_what_was_written(run: Run) -> None:
    table = rows(300)
    run.open(table=table)
    x, y = curve(run.panel.loss.raw)
    assert x.tolist() == list(range(1, 301))
    np.testing.assert_array_equal(y, table[:, 0].astype(np.float32))
    x, y = curve(run.panel.gradient.curves[1])
    np.testing.assert_allclose(10**y, np.hypot(table[:, 3], table[:, 4]), rtol=1e-5)
    assert [entry.item.name for entry in run.panel.gradient.legend.entries.values()] == ["conv1", "fc"]
    assert run.panel.headline.text == f"step 300 · loss {table[-1, 0]:.3f}"


def test_rows_arrive_between_refreshes_and_half_a_row_waits(run: Run) -> None:
    table = rows(50)
    run.open()
    assert run.panel.run.step == 0
    data = table.tobytes()
    with (run.folder / STEPS).open("ab") as file:
        file.write(data[: 20 * 40 + 17])
        file.flush()
        run.panel.refresh()
        assert run.panel.run.step == 20
        file.write(data[20 * 40 + 17 :])
    run.panel.refresh()
    assert run.panel.run.step == 50
    np.testing.assert_array_equal(curve(run.panel.loss.raw)[1], table[:, 0].astype(np.float32))
    assert run.panel.loss.now.value() == 50
    assert run.panel.loss.view.viewRange()[0] == [0, 1000]


def test_a_run_that_is_not_yet_described_is_waited_for(run: Run) -> None:
    run.panel.show_run(run.folder)
    run.panel.refresh()
    assert run.panel.run is None
    run.writer.about(about())
    run.panel.refresh()
    assert run.panel.run is not None


def test_live_reads_by_itself_and_once_more_at_its_end(run: Run, qtbot: QtBot) -> None:
    run.open()
    run.panel.set_live(True)
    run.write(rows(10))
    qtbot.waitUntil(lambda: run.panel.run.step == 10)
    run.write(rows(5))
    run.panel.set_live(False)
    assert run.panel.run.step == 15
    assert not run.panel.follower._timer.isActive()


def test_gradients_are_told_by_node(run: Run, qtbot: QtBot) -> None:
    run.open()
    table = rows(3)
    table[-1, 3:] = [math.nan, 1.0]
    run.write(table)
    with qtbot.waitSignal(run.panel.gradients) as told:
        run.panel.refresh()
    norms = told.args[0]
    assert set(norms) == {"id-conv1", "id-fc"}
    assert norms["id-conv1"] == pytest.approx(math.hypot(table[-1, 1], table[-1, 2]))
    assert math.isnan(norms["id-fc"])
    with qtbot.assertNotEmitted(run.panel.gradients):
        run.panel.refresh()


def test_steps_at_which_no_norm_was_taken_are_left_out(run: Run, qtbot: QtBot) -> None:
    table = rows(100)
    table[np.arange(100) % 4 != 0, 1:] = np.nan
    run.open(table=table)
    x, _ = curve(run.panel.gradient.curves[0])
    assert x.tolist() == list(range(1, 101, 4))
    assert run.panel.run.gradients["id-fc"] == pytest.approx(math.hypot(table[96, 3], table[96, 4]))
    assert not (run.panel.heat.image._data == heat_map.BAD).any()


def test_a_hidden_panel_tells_gradients_and_draws_when_shown(run: Run, qtbot: QtBot) -> None:
    run.open(table=rows(5))
    run.panel.hide()
    run.write(rows(7))
    with qtbot.waitSignal(run.panel.gradients):
        run.panel.refresh()
    assert len(curve(run.panel.loss.raw)[0]) == 5
    run.panel.show()
    assert len(curve(run.panel.loss.raw)[0]) == 12


def test_validation_and_metrics(run: Run) -> None:
    run.open(table=rows(200))
    assert list(run.panel.loss.legend.entries) == ["train"]
    run.writer.epoch(100, [0.5, 0.8])
    run.writer.epoch(200, [0.398, 0.891])
    run.panel.refresh()
    x, y = curve(run.panel.loss.validation)
    assert x.tolist() == [100, 200]
    assert y.tolist() == [0.5, 0.398]
    assert run.panel.headline.text.endswith("validation 0.398 · accuracy 89.1 %")
    assert [entry.item.name for entry in run.panel.metrics.legend.entries.values()] == ["accuracy"]
    x, y = curve(run.panel.metrics.curves[0])
    assert x.tolist() == [100, 200]
    np.testing.assert_allclose(y, [0.8, 0.891], rtol=1e-6)


def middle_of(plot: Plot) -> QPoint:
    return plot.graphics.mapFromScene(plot.view.sceneBoundingRect().center())


def turn_wheel(plot: Plot, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    viewport, place = plot.graphics.viewport(), QPointF(middle_of(plot))
    turned = QWheelEvent(
        place,
        QPointF(viewport.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, turned)


def test_a_zoom_stays_while_rows_come_and_is_shared(run: Run) -> None:
    run.open(table=rows(400))
    run.panel.grab()
    turn_wheel(run.panel.loss)
    steps = run.panel.loss.view.viewRange()[0]
    assert steps[1] - steps[0] < 999
    assert run.panel.row.all_button.isVisible()
    run.write(rows(300))
    run.panel.refresh()
    for plot in run.panel.plots:
        np.testing.assert_allclose(plot.view.viewRange()[0], steps)
    run.panel.row.all_button.click()
    assert not run.panel.row.all_button.isVisible()
    assert all(plot.view.viewRange()[0] == [0, 1000] for plot in run.panel.plots)


def test_ctrl_and_the_wheel_zoom_values_of_one_plot(run: Run) -> None:
    run.open(table=rows(400))
    run.panel.grab()
    before = [plot.view.viewRange() for plot in run.panel.plots]
    turn_wheel(run.panel.loss, Qt.KeyboardModifier.ControlModifier)
    values = run.panel.loss.view.viewRange()[1]
    assert values[1] - values[0] < before[0][1][1] - before[0][1][0]
    run.write(rows(300) * 9)
    run.panel.refresh()
    assert run.panel.loss.view.viewRange()[1] == values
    assert [plot.view.viewRange()[0] for plot in run.panel.plots] == [steps for steps, _ in before]


def test_dragging_moves_and_a_double_click_shows_all(run: Run, qtbot: QtBot) -> None:
    run.open(table=rows(900))
    run.panel.grab()
    plot = run.panel.gradient
    plot.show_steps(400, 600)
    viewport, place = plot.graphics.viewport(), middle_of(plot)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=place)
    for moved in (10, 30, 60):
        QTest.mouseMove(viewport, place - QPoint(moved, 0))
        qtbot.wait(30)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place - QPoint(60, 0))
    assert plot.view.viewRange()[0][0] > 405
    np.testing.assert_allclose(run.panel.heat.view.viewRange()[0], plot.view.viewRange()[0])
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert all(plot.view.viewRange()[0] == [0, 1000] for plot in run.panel.plots)


def test_the_key_a_shows_all(run: Run, qtbot: QtBot) -> None:
    run.open(table=rows(400))
    run.window.activateWindow()
    qtbot.waitUntil(run.window.isActiveWindow)
    run.panel.loss.show_steps(100, 200)
    run.panel.loss.graphics.setFocus()
    QTest.keyClick(run.panel.loss.graphics, Qt.Key.Key_A)
    assert run.panel.loss.view.viewRange()[0] == [0, 1000]


def test_values_follow_the_zoomed_steps(run: Run) -> None:
    run.open(table=rows(1000))
    run.panel.loss.show_steps(800, 1000)
    assert run.panel.loss.view.viewRange()[1][1] < 0.5


def test_the_theme_changes_and_the_data_stay(run: Run) -> None:
    run.open(table=rows(100))
    before = curve(run.panel.gradient.curves[0])[1]
    run.panel.set_theme(LIGHT)
    np.testing.assert_array_equal(curve(run.panel.gradient.curves[0])[1], before)
    assert run.panel.loss.smooth.opts["pen"].color().name() == LIGHT.curves[0]
    picture = run.panel.grab().toImage()
    assert picture.pixelColor(picture.width() - 2, picture.height() - 2).name() == LIGHT.panel


def test_a_loss_that_is_no_number_leaves_a_gap_and_a_mark(run: Run) -> None:
    table = rows(100)
    table[40:60, 0] = np.nan
    table[70, 0] = np.inf
    run.open(table=table)
    loss = run.panel.loss
    _, y = curve(loss.raw)
    assert np.isnan(y[40:60]).all()
    assert np.isnan(y[70])
    assert loss.bad_line.value() == 41
    assert loss.bad.getData()[0].tolist() == [41]
    assert "41" in loss.note.text()
    loss.set_logarithmic(True)
    run.panel.grab()


def test_zero_and_nan_norms_in_curves_and_map(run: Run) -> None:
    table = rows(64)
    table[:, 1:3] = 0
    table[32, 4] = np.inf
    run.open(table=table)
    low = run.panel.gradient.view.viewRange()[1][0]
    np.testing.assert_allclose(curve(run.panel.gradient.curves[0])[1], low)
    data = run.panel.heat.image._data
    assert set(np.unique(data[0])) <= {heat_map.NOTHING, heat_map.LOWEST}
    assert (data[3] == heat_map.BAD).any()
    assert (data[:, -1] == heat_map.NOTHING).all()
    run.panel.grab()


def test_all_zero_or_all_nan_is_drawn(run: Run) -> None:
    run.open(table=np.zeros((10, 5)))
    run.write(np.full((10, 5), np.nan))
    run.panel.refresh()
    run.panel.loss.set_logarithmic(True)
    run.panel.grab()
    assert run.panel.run.first_bad == 11


def test_many_layers_are_shown_as_map_only(run: Run) -> None:
    tensors = tuple(f"layer{index}.weight" for index in range(MOST + 1))
    run.open(about(tensors), rows(20, len(tensors)))
    assert not run.panel.gradient.isVisible()
    assert str(MOST + 1) in run.panel.heat.note.text()
    assert run.panel.heat.image._data.shape[0] == MOST + 1


def test_a_run_without_parameters_shows_loss_alone(run: Run) -> None:
    run.open(about(()), rows(20, 0))
    assert run.panel.loss.isVisible()
    assert not run.panel.heat.isVisible()
    run.panel.grab()


def test_a_run_without_rows_is_drawn(run: Run) -> None:
    run.open()
    run.panel.grab()
    assert run.panel.headline.text == ""


def test_another_run_takes_the_place_of_the_first(run: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    run.open(table=rows(20))
    folder = tmp_path_factory.mktemp("other")
    run.panel.show_run(folder)
    assert len(curve(run.panel.loss.raw)[0]) == 0
    assert run.panel.gradient.curves == []
    run.panel.show_run(None)
    assert run.panel._stack.currentIndex() == 0


def test_more_steps_than_planned_widen_the_axis(run: Run) -> None:
    run.open(about(steps=50), rows(80))
    assert run.panel.loss.view.viewRange()[0] == [0, 80]


def test_the_cursor_reads_all_plots_at_one_step(run: Run) -> None:
    table = rows(100)
    run.open(about(steps=100), table)
    run.writer.epoch(20, [0.7, 0.9])
    run.panel.refresh()
    run.panel.grab()
    loss = run.panel.loss
    middle = sum(loss.view.viewRange()[1]) / 2
    loss._hover(loss.view.mapViewToScene(QPointF(50.2, middle)))
    assert loss.readout.isVisible()
    assert loss.readout.title == "step 50"
    assert [line.name for line in loss.readout.lines] == ["train", "smoothed", "validation", "accuracy"]
    assert all(plot.cursor_line.value() == 50 for plot in run.panel.plots)
    run.panel.grab()
    loss.eventFilter(loss.graphics.viewport(), QEvent(QEvent.Type.Leave))
    assert not loss.readout.isVisible()
    assert not run.panel.heat.cursor_line.isVisible()


def test_readouts_of_gradients_and_map(run: Run) -> None:
    table = rows(100)
    run.open(about(steps=100), table)
    run.panel.grab()
    step, lines = run.panel.gradient._lines(run.panel.run, 10.0, -1.0)
    assert step == 10
    assert {line.name for line in lines} == {"conv1", "fc"}
    _, (line,) = run.panel.heat._lines(run.panel.run, 10.0, 2.5)
    assert line.name == "fc.weight"


def test_the_legend_hides_and_points_out(run: Run) -> None:
    run.open(table=rows(100))
    plot = run.panel.gradient
    plot.legend.entries["0"].click()
    assert not plot.curves[0].isVisible()
    run.panel.refresh()
    plot.legend.entries["0"].click()
    assert plot.curves[0].isVisible()
    plot.legend.pointed.emit("1")
    assert plot.smooth[1].opts["pen"].widthF() > plot.smooth[0].opts["pen"].widthF()
    plot.legend.pointed.emit("")
    assert plot.smooth[1].opts["pen"].widthF() == plot.smooth[0].opts["pen"].widthF()


def test_a_narrow_legend_says_how_many_are_behind_its_button(run: Run) -> None:
    tensors = tuple(f"a_rather_long_layer_name_{index}.weight" for index in range(12))
    run.open(about(tensors), rows(20, 12))
    legend = run.panel.gradient.legend
    hidden = [entry for entry in legend.entries.values() if entry.isHidden()]
    assert hidden
    assert legend._more.text() == f"+{len(hidden)}"
    legend._fill_menu()
    assert len(legend._menu.actions()) == len(hidden)


def test_saving(run: Run, tmp_path: Path) -> None:
    table = rows(10)
    run.open(table=table)
    for plot in (run.panel.loss, run.panel.gradient, run.panel.heat):
        plot.save(tmp_path / "plot.png")
        plot.save(tmp_path / "plot.svg")
        assert "<svg" in (tmp_path / "plot.svg").read_text()
        plot.save(tmp_path / "plot.csv")
        read = np.loadtxt(tmp_path / "plot.csv", delimiter=",", skiprows=1)
        assert read.shape[0] == 10
    np.testing.assert_allclose(read[:, 1:], table[:, 1:], rtol=1e-6)
    with pytest.raises(OSError, match="nowhere"):
        run.panel.loss.save(tmp_path / "nowhere" / "plot.png")
    assert [action.text() for action in run.panel.loss.menu().actions() if "Save" in action.text()] == [
        "Save as PNG…", "Save as SVG…", "Save as CSV…",
    ]  # fmt: skip


def test_a_huge_table_is_saved_while_the_window_goes_on(
    run: Run, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "PIECE", 300)
    table = rows(20_000)
    run.open(table=table)
    plot, path = run.panel.gradient, tmp_path / "plot.csv"
    path.write_text("before")
    ticks, ended = [0], []
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: ticks.__setitem__(0, ticks[0] + 1))
    timer.start()
    going = plot.save_slowly(path)
    going.ended.connect(ended.append)
    qtbot.waitUntil(lambda: going.bar.value() > 0)
    assert path.read_text() == "before" and going.bar.labelText().startswith("Saving plot.csv: step ")
    qtbot.waitUntil(lambda: ended == [""], timeout=20_000)
    timer.stop()
    plot.save(tmp_path / "at once.csv")
    assert path.read_bytes() == (tmp_path / "at once.csv").read_bytes()
    assert len(path.read_text().splitlines()) == 20_001 and ticks[0] > 10
    assert sorted(one.name for one in tmp_path.glob("*.csv*")) == ["at once.csv", "plot.csv"]


def test_the_same_file_saved_twice_at_a_time_is_whole(run: Run, tmp_path: Path, qtbot: QtBot) -> None:
    run.open(table=rows(20_000))
    path, ended = tmp_path / "plot.csv", list[str]()
    for _ in range(2):
        run.panel.gradient.save_slowly(path).ended.connect(ended.append)
    qtbot.waitUntil(lambda: len(ended) == 2, timeout=20_000)
    run.panel.gradient.save(tmp_path / "at once.csv")
    assert ended == ["", ""] and path.read_bytes() == (tmp_path / "at once.csv").read_bytes()
    assert sorted(one.name for one in tmp_path.glob("*.csv*")) == ["at once.csv", "plot.csv"]


def test_saving_can_be_cancelled_and_a_full_disk_is_said(
    run: Run, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "PIECE", 300)
    run.open(table=rows(20_000))
    path = tmp_path / "plot.csv"
    path.write_text("before")
    going, ended = run.panel.gradient.save_slowly(path), []
    going.ended.connect(ended.append)
    qtbot.waitUntil(lambda: going.bar.value() > 0)
    cancel = going.bar.findChild(QPushButton)
    assert cancel is not None
    cancel.click()
    assert ended == [""] and path.read_text() == "before" and len(list(tmp_path.glob("*.csv*"))) == 1

    def full(names: object, parts: object) -> Iterator[tuple[str, float]]:
        yield "step\n", 0.0
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(plot_module, "csv_pieces", full)
    run.panel.gradient.save_slowly(path)
    qtbot.waitUntil(lambda: run.panel.gradient.findChild(QMessageBox) is not None)
    box = run.panel.gradient.findChild(QMessageBox)
    assert box is not None and box.isVisible() and "No space left on device" in box.informativeText()
    box.button(QMessageBox.StandardButton.Ok).click()
    assert path.read_text() == "before" and [one.name for one in tmp_path.glob("*.csv*")] == ["plot.csv"]


def test_steps_on_a_logarithmic_axis_keep_curves_and_zoom(run: Run) -> None:
    run.open(about(steps=800), rows(800))
    run.panel.grab()
    run.panel.row.log_button.click()
    x, _ = curve(run.panel.loss.raw)
    assert x[0] == 0
    assert (np.diff(x) >= 0).all()
    assert x[-1] == pytest.approx(np.log10(800))
    run.panel.loss.show_steps(10, 100)
    np.testing.assert_allclose(run.panel.loss.view.viewRange()[0], [1, 2])
    run.panel.row.log_button.click()
    np.testing.assert_allclose(run.panel.loss.view.viewRange()[0], [10, 100])
    run.panel.row.log_button.click()
    run.panel.grab()


def test_how_much_is_smoothed_can_be_chosen(run: Run) -> None:
    table = rows(1000)
    table[:, 0] += np.random.default_rng(0).normal(0, 0.1, 1000)
    run.open(about(steps=1000), table)
    roughness = []
    for action in run.panel.row.smooth_button.menu().actions()[1:]:
        action.trigger()
        roughness.append(np.abs(np.diff(curve(run.panel.loss.smooth)[1], 2)).mean())
    assert roughness == sorted(roughness, reverse=True)
    run.panel.row.smooth_button.menu().actions()[0].trigger()
    assert not run.panel.loss.smooth.isVisible()
    assert run.panel.loss.raw.isVisible()


def test_other_runs_are_laid_over(run: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    run.open(table=rows(200))
    run.writer.epoch(100, [0.5, 0.8])
    run.panel.refresh()
    other = tmp_path_factory.mktemp("other")
    writer = RunWriter(other)
    writer.about(about())
    writer.steps(rows(400).tobytes())
    writer.epoch(400, [0.3, 0.9])
    writer.close()
    run.panel.show_over([other])
    assert list(run.panel.loss.legend.entries) == ["train", "validation", "over 0"]
    x, _ = curve(run.panel.loss.others[0])
    assert x[-1] == 400
    assert curve(run.panel.loss.others[1])[1].tolist() == [0.3]
    np.testing.assert_allclose(curve(run.panel.metrics.others[0])[1], [0.9])
    run.panel.loss.legend.entries["over 0"].click()
    assert not run.panel.loss.others[0].isVisible()
    run.panel.set_theme(LIGHT)
    run.panel.grab()
    run.panel.show_over([])
    assert run.panel.loss.others == []
    assert list(run.panel.loss.legend.entries) == ["train", "validation"]


def test_plots_can_be_put_away(run: Run) -> None:
    run.open(table=rows(20))
    button = run.panel.row.view_button
    button.menu().aboutToShow.emit()
    named = {action.text(): action for action in button.menu().actions() if action.isVisible()}
    assert list(named) == ["Loss", "Learning rate", "Gradient norms", "Gradient norm by layer and step"]
    named["Gradient norms"].trigger()
    assert run.panel.gradient.isHidden()
    run.write(rows(20))
    run.panel.refresh()
    named["Gradient norms"].trigger()
    assert len(curve(run.panel.gradient.curves[0])[0]) == 40


def test_a_run_that_went_back_is_read_again(run: Run) -> None:
    run.open(table=rows(200))
    run.writer.truncate(50)
    run.panel.refresh()
    assert run.panel.run.step == 50
    assert len(curve(run.panel.loss.raw)[0]) == 50


@pytest.mark.parametrize("summed_up", [True, False])
def test_a_long_run_is_read_by_another_thread(
    run: Run, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, summed_up: bool
) -> None:
    monkeypatch.setattr(follower, "MUCH", 50_000)
    table = rows(6000)
    table[5000, 0] = np.nan
    run.writer.about(about(steps=6000))
    run.write(table)
    if not summed_up:
        (run.folder / SUMMARY).unlink()
    run.panel.show_run(run.folder)
    qtbot.waitUntil(lambda: run.panel.run is not None and run.panel.run.step == 6000)
    assert run.panel.run.first_bad == 5001
    _, y = run.panel.run.loss.envelope(90, 0, 6000).curve(0)
    assert np.nanmax(y) == np.float32(table[:, 0].max(where=np.isfinite(table[:, 0]), initial=0))
    run.panel.loss.show_steps(1000, 1200)  # and its rows come when one looks at them
    expected = table[999:1200, 0].astype(np.float32)

    def detailed() -> bool:
        _, y = curve(run.panel.loss.raw)
        return np.isin(expected, y).all()

    qtbot.waitUntil(detailed)
    run.write(rows(10))
    run.panel.refresh()
    assert run.panel.run.step == 6010
    run.panel.close_files()


def test_while_a_run_goes_on_its_plots_are_drawn_in_turn(run: Run, qtbot: QtBot) -> None:
    run.open(table=rows(10))
    run.panel.set_live(True)
    run.write(rows(10))
    run.panel.refresh()
    assert len(curve(run.panel.loss.raw)[0]) == 10
    qtbot.waitUntil(lambda: len(curve(run.panel.gradient.curves[0])[0]) == 20)
    assert len(curve(run.panel.loss.raw)[0]) == 20
    run.panel.set_live(False)
