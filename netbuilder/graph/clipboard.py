"""Parts of a drawing as text, so that they travel between windows, chat messages and files."""

from __future__ import annotations

from collections.abc import Iterable

from netbuilder.blocks.sentence import Refused
from netbuilder.graph.commands import insert_copies
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit


def copy(graph: Graph, keys: Iterable[str]) -> str:
    """The chosen nodes and the wires between them, in the form of a project file."""
    chosen = set(keys) & set(graph.nodes)
    inner = [key for key, wire in graph.wires.items() if {wire.source, wire.target} <= chosen]
    return to_text(Graph({key: graph.records[key] for key in (*chosen, *inner)}))


def paste(graph: Graph, text: str, x: int | None = None, y: int | None = None, shift: int = 0) -> Edit:
    """Put in what `copy` gave: its top left corner at (x, y), or moved by `shift` from where it was."""
    try:
        part = from_text(text)
    except Refused as refused:
        raise Refused("What was copied is not a part of a drawing. {reason}", reason=str(refused)) from None
    if not part.nodes:
        raise Refused("What was copied holds no blocks.")
    left = min(node.x for node in part.nodes.values())
    top = min(node.y for node in part.nodes.values())
    dx = shift if x is None else x - left
    dy = shift if y is None else y - top
    return insert_copies(graph, part.order, part.wires.values(), dx, dy)
