"""Writes the example files: drawings as text, laid out as Tidy does it.

    python -m tests.make_examples

The examples that are not written down here were drawn by hand and stay as they are.
"""

from __future__ import annotations

from math import ceil

from netbuilder.graph import commands, tidy
from netbuilder.graph.files import save
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node
from tests.drawings import EXAMPLES, draw
from tests.examples_data import DATA
from tests.examples_models import MODELS
from tests.examples_seeds import SEEDS

ASIDE = 96  # from the cards to the notes: long wires run between them

DRAWINGS: dict[str, tuple[str, dict[str, object]]] = {**SEEDS, **MODELS, **DATA}


def example_graph(name: str) -> Graph:
    """The drawing that the example's file holds."""
    text, training = DRAWINGS[name]
    return _laid_out(draw(text, **training))


def _laid_out(graph: Graph) -> Graph:
    """The drawing with the cards of each network tidied and its notes beside them."""
    for network in graph.networks:
        for step in (_in_line, _tidied, _with_notes_aside):
            graph = graph.apply(step(graph.part(network)))
    return graph


def _in_line(part: Graph) -> Edit:
    """Put the cards side by side in the order of the text: tidying keeps to it where that costs no crossing."""
    by_line = sorted(part.nodes.values(), key=lambda node: node.y)
    return commands.move(part, {node.id: (8 * i, 0) for i, node in enumerate(by_line)})


def _tidied(part: Graph) -> Edit:
    return commands.move(part, tidy.places(part, part.nodes, lambda node: card_size(part, node)))


def _with_notes_aside(part: Graph) -> Edit:
    right = max((node.x + card_size(part, node)[0] for node in part.nodes.values()), default=0)
    top = min((node.y for node in part.nodes.values()), default=0)
    return commands.move(part, {key: (right + ASIDE, top + note.y) for key, note in part.notes.items()})


def card_size(part: Graph, node: Node) -> tuple[int, int]:
    """A card's size as on the canvas, which cannot be asked where there is no Qt."""
    ports = max(len(part.inputs(node)), len(part.outputs(node)))
    return max(208 if node.of else 176, ceil((ports + 1) * 16 / 8) * 8), 48


def main() -> None:
    """Write them all."""
    for name in DRAWINGS:
        save(example_graph(name), EXAMPLES / f"{name}.netb")


if __name__ == "__main__":
    main()
