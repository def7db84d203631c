"""What a card shows beside its own record: the network that it places, and whose layer it uses."""

from __future__ import annotations

from typing import NamedTuple

from netbuilder.blocks import Category
from netbuilder.graph.graph import Graph
from netbuilder.graph.placed import feeds
from netbuilder.graph.records import Node
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, MAP_HEIGHT, MAP_WIDTH

MOST_CELLS = 48
LARGEST = 0.11  # of a card's size: a network of one layer is not shown as one huge cell
LEAST_WIDTH, LEAST_HEIGHT = 4.0, 2.0


class Cell(NamedTuple):
    """A layer inside, on the small map: its place and size there, and its category."""

    left: float
    top: float
    width: float
    height: float
    category: Category


class Context(NamedTuple):
    """`title` is what a placed network is called; `owner` the block whose layer is used, `lends` whether others do.

    `state` is the Input that an Output gives the next value of.
    """

    title: str = ""
    cells: tuple[Cell, ...] = ()
    owner: str = ""
    lends: bool = False
    state: str = ""


ALONE = Context()


def owners(graph: Graph) -> frozenset[str]:
    """The nodes whose layers others use."""
    return frozenset(node.layer for node in graph.nodes.values() if node.layer)


def context(graph: Graph, node: Node, lenders: frozenset[str]) -> Context:
    """What there is to show of a node of this drawing; `lenders` are its `owners`."""
    state = graph.nodes.get(feeds(node))
    if state is not None:
        return Context(state=state.name)
    if not (node.of or node.layer or node.id in lenders):
        return ALONE
    owner = graph.nodes.get(node.layer)
    network = graph.networks.get(node.of)
    title = network.name if network is not None else ""
    cells = miniature(graph.part(node.of)) if network is not None else ()
    return Context(title, cells, owner.name if owner is not None else "", node.id in lenders)


def miniature(part: Graph) -> tuple[Cell, ...]:
    """The layers of a network as they are drawn, so small that they fit on a card."""
    nodes = [node for node in part.order if node.entry.role == "layer"][:MOST_CELLS]
    if not nodes:
        return ()
    left, top = min(node.x for node in nodes), min(node.y for node in nodes)
    width = max(node.x for node in nodes) + CARD_WIDTH - left
    height = max(node.y for node in nodes) + CARD_HEIGHT - top
    scale = min(MAP_WIDTH / width, MAP_HEIGHT / height, LARGEST)
    wide, high = max(LEAST_WIDTH, CARD_WIDTH * scale), max(LEAST_HEIGHT, CARD_HEIGHT * scale)
    across, down = (MAP_WIDTH - width * scale) / 2, (MAP_HEIGHT - height * scale) / 2
    return tuple(
        Cell(
            round(min(across + (node.x - left) * scale, MAP_WIDTH - wide), 1),
            round(min(down + (node.y - top) * scale, MAP_HEIGHT - high), 1),
            round(wide, 1),
            round(high, 1),
            part.type(node).category,
        )
        for node in nodes
    )
