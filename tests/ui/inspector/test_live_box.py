"""A node's page shows its gradient and its weights while a run measures them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from netbuilder.graph.document import Document
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node
from netbuilder.ui.inspector.inspector import Inspector
from netbuilder.ui.inspector.node_page import NodePage
from netbuilder.ui.plots.follower import Follower
from netbuilder.ui.theme import DARK, LIGHT
from tests import made_runs
from tests.made_runs import Made


class Pages:
    """An inspector that follows runs, of a drawing with a measured node and one without weights."""

    def __init__(self, qtbot: QtBot) -> None:
        nodes = [Node("layer1", "Linear", "fc1"), Node("relu", "ReLU", "relu")]
        self.inspector = Inspector(Document(Graph().apply({node.id: (None, node) for node in nodes})), DARK)
        qtbot.addWidget(self.inspector)
        self.inspector.resize(300, 900)
        self.inspector.show()
        self.parent = QObject()
        self.follower = Follower(self.parent)
        self.inspector.follow(self.follower)

    def page(self, key: str) -> NodePage:
        self.inspector.show_nodes([key])
        page = self.inspector.widget()
        assert isinstance(page, NodePage)
        return page


@pytest.fixture
def pages(qtbot: QtBot) -> Pages:
    return Pages(qtbot)


def test_the_curves_are_what_was_measured(pages: Pages, tmp_path: Path) -> None:
    page = pages.page("layer1")
    assert page.live is None
    pages.follower.show(made_runs.write(tmp_path, Made(steps=40)))
    assert page.live is not None and page.live.isVisible()
    table = np.fromfile(tmp_path / "steps.bin").reshape(40, -1)
    (steps, gradient), (_, weight) = page.live.curves
    assert steps.tolist() == list(range(1, 41))
    np.testing.assert_allclose(10**gradient, np.hypot(table[:, 1], table[:, 2]), rtol=1e-5)
    np.testing.assert_allclose(10 ** weight[0], np.hypot(3 + 1 / 40, 3 + 1 / 40), rtol=1e-4)
    pages.inspector.set_theme(LIGHT)
    page.live.grab()
    pages.follower.show(None)
    assert not page.live.isVisible()


def test_what_has_no_weights_has_no_curves(pages: Pages, tmp_path: Path) -> None:
    pages.follower.show(made_runs.write(tmp_path, Made(steps=40)))
    assert pages.page("relu").live is None
    assert pages.page("layer1").live is not None


@pytest.mark.parametrize(
    "made", [Made(steps=1, epochs=1), Made(steps=300, bad_step=100), Made(steps=0, epochs=0)], ids=str
)
def test_runs_of_every_shape_are_drawn(pages: Pages, tmp_path: Path, made: Made) -> None:
    page = pages.page("layer1")
    pages.follower.show(made_runs.write(tmp_path, made))
    page.grab()
