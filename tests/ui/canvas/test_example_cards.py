"""The examples are laid out for cards of the size that the canvas draws."""

from __future__ import annotations

import pytest

from netbuilder.ui.canvas.geometry import card_box
from tests.make_examples import DRAWINGS, card_size, example_graph


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_cards_are_as_large_as_the_layout_takes_them_for(name: str) -> None:
    graph = example_graph(name)
    for network in graph.networks:
        part = graph.part(network)
        for node in part.nodes.values():
            left, top, right, bottom = card_box(part, node)
            assert card_size(part, node) == (right - left, bottom - top)
