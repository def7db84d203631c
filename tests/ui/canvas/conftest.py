"""Canvases for the tests, closed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from netbuilder.graph.graph import Graph
from tests.ui.canvas.canvas_help import Hands, check


@pytest.fixture
def hands(qtbot: QtBot) -> Iterator[Callable[[Graph | None], Hands]]:
    """Make a shown canvas; at the end each must still mirror its records, then undo to its start."""
    made: list[Hands] = []

    def make(graph: Graph | None = None) -> Hands:
        made.append(Hands(graph))
        return made[-1]

    yield make
    for each in made:
        check(each.canvas)
        while each.document.undo() is not None:
            check(each.canvas)
        each.end()
