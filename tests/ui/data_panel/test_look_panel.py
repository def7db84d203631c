"""The Samples panel at a real run, with its real child."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netbuilder.bridge.viewing import What
from netbuilder.ui.data_panel.grid import SampleGrid
from netbuilder.ui.data_panel.groups import LOW_SIDE, TILE_SIDE
from netbuilder.ui.data_panel.look_panel import LookPanel
from netbuilder.ui.theme import DARK, LIGHT

PATIENCE = 90_000


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.engine.runs import DIGITS, train

    return train(DIGITS, tmp_path_factory.mktemp("panel") / "run").folder


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[LookPanel]:
    made = LookPanel(DARK)
    qtbot.addWidget(made)
    made.resize(1200, 400)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close_link()


def show(qtbot: QtBot, panel: LookPanel, what: What) -> None:
    QTest.mouseClick(panel.buttons[what], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.shown is not None and panel.shown.what == what, timeout=PATIENCE)


def test_every_side_of_a_run(qtbot: QtBot, panel: LookPanel, run: Path) -> None:
    assert "Train, or choose a run" in panel.notice.text.text() and panel.link.pid is None
    panel.show_run(run)
    qtbot.waitUntil(lambda: panel.shown is not None, timeout=PATIENCE)
    (box,) = panel.groups.boxes
    grid = box.tiles
    assert isinstance(grid, SampleGrid) and grid.count == 48 and " · " in grid.text(0)
    assert panel.checkpoint.currentText() == "step 46"
    for height, side in ((150, LOW_SIDE), (210, None), (400, TILE_SIDE)):
        panel.resize(1200, height)
        qtbot.wait(20)
        seen = grid.mapTo(panel.groups.viewport(), grid.tile(0).bottomLeft()).y()
        assert seen < panel.groups.viewport().height() or grid.side == LOW_SIDE
        assert grid.side == side if side is not None else LOW_SIDE < grid.side < TILE_SIDE
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.tile(2).center())
    assert panel.sample == box.group.numbers[2]
    show(qtbot, panel, "maps")
    assert panel.groups.boxes[0].group.numbers == (panel.sample,)
    panel.show_node("fc")
    assert panel.groups.verticalScrollBar().value() > 0
    for what, count in (("kernels", 1), ("epochs", 2), ("best", 1)):
        show(qtbot, panel, what)  # type: ignore[arg-type]
        assert len(panel.groups.boxes) == count
    panel.set_theme(LIGHT)
    assert not panel.grab().isNull()


def test_a_run_without_checkpoints_says_so_and_is_tried_again(
    qtbot: QtBot, panel: LookPanel, run: Path, tmp_path: Path
) -> None:
    panel.show_run(tmp_path)
    qtbot.waitUntil(lambda: panel.notice.retry.isVisible(), timeout=PATIENCE)
    assert "no checkpoint yet" in panel.notice.text.text()
    for path in run.iterdir():
        (tmp_path / path.name).symlink_to(path)
    QTest.mouseClick(panel.notice.retry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.shown is not None, timeout=PATIENCE)
