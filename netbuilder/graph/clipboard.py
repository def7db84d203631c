"""Parts of a drawing as text, so that they travel between windows, chat messages and files."""

from __future__ import annotations

import json
from collections.abc import Iterable

from netbuilder.blocks.sentence import Refused
from netbuilder.graph.commands import insert_copies
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Frame, Node, Note

MOST = 5000
TRIES = 200  # braces of other words before it

_decoder = json.JSONDecoder()


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
    inside = _inside(text)
    if inside is None:
        raise Refused("What was copied is not a part of a drawing.")
    try:
        found = from_text(inside)
    except Refused as refused:
        raise Refused("What was copied is not a part of a drawing. {reason}", reason=str(refused)) from None
    count = len(found.nodes) + len(found.notes) + len(found.frames)
    if not count:
        raise Refused("What was copied holds no blocks.")
    if count > MOST:
        raise Refused(
            "What was copied holds {count} blocks: at most {most} can be pasted at once.", count=count, most=MOST
        )
    return found


def _inside(text: str) -> str | None:
    """The part of a text that looks like what `copy` writes, whatever words or fences a chat has put around it."""
    start = -1
    for _ in range(TRIES):
        start = text.find("{", start + 1)
        if start < 0:
            break
        try:
            found, end = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and found.keys() & {"format", "records"}:
            return text[start:end]
    return None
