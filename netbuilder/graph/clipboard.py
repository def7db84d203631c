"""Parts of a drawing as text, so that they travel between windows, chat messages and files."""

from __future__ import annotations

from collections.abc import Iterable

from netbuilder.blocks.sentence import Refused
from netbuilder.graph.commands import insert_copies
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Frame, Node, Note


def copy(graph: Graph, keys: Iterable[str]) -> str:
    """The chosen nodes, notes and frames and the wires between them, in the form of a project file."""
    chosen = {key for key in keys if isinstance(graph.records.get(key), Node | Note | Frame)}
    inner = [key for key, wire in graph.wires.items() if {wire.source, wire.target} <= chosen]
    return to_text(Graph({key: graph.records[key] for key in (*chosen, *inner)}))


def paste(graph: Graph, text: str, x: int | None = None, y: int | None = None, shift: int = 0) -> Edit:
    """Put in what `copy` gave: its top left corner at (x, y), or moved by `shift` from where it was."""
    copied = part(text)
    placed: list[Node | Note | Frame] = [*copied.nodes.values(), *copied.notes.values(), *copied.frames.values()]
    dx = shift if x is None else x - min(record.x for record in placed)
    dy = shift if y is None else y - min(record.y for record in placed)
    return insert_copies(graph, copied, dx, dy)


def part(text: str) -> Graph:
    """What `copy` wrote as a drawing of its own. Refused, in words, when the text is something else."""
    try:
        found = from_text(_inside(text))
    except Refused as refused:
        raise Refused("What was copied is not a part of a drawing. {reason}", reason=str(refused)) from None
    if not (found.nodes or found.notes or found.frames):
        raise Refused("What was copied holds no blocks.")
    return found


def _inside(text: str) -> str:
    """The JSON in a text that a chat has wrapped in words or in a fence of back quotes."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text
