"""Notes and frames: what a person writes and draws around the network. The program never sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from netbuilder.blocks.sentence import Refused
from netbuilder.graph.commands import FAR, LONGEST_NAME, free_key, replaced, within
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Color, Edit, Frame, Node, Note

LONGEST_TEXT = 20_000
SMALLEST, LARGEST = 48, 10**5
COLORS: tuple[Color, ...] = ("blue", "green", "yellow", "red", "purple", "grey")

Box = tuple[float, float, float, float]


def check_note(record: Note | Frame) -> Note | Frame:
    """Return the note or frame; Refused where a size, a place or a text does not suit."""
    if not (SMALLEST <= record.width <= LARGEST and SMALLEST <= record.height <= LARGEST):
        raise Refused("Notes and frames are from {least} to {most} points wide and high.", least=SMALLEST, most=LARGEST)
    if max(abs(record.x), abs(record.y)) > FAR:
        raise Refused("A note or frame is at most {most} points from the origin.", most=FAR)
    if isinstance(record, Note) and len(record.text) > LONGEST_TEXT:
        raise Refused("A note has at most {most} characters.", most=LONGEST_TEXT)
    if isinstance(record, Note) and any("\ud800" <= sign <= "\udfff" for sign in record.text):
        raise Refused("A note cannot hold half of a character.")
    if isinstance(record, Frame) and (len(record.title) > LONGEST_NAME or not record.title.isprintable()):
        raise Refused("A title is one line of at most {most} characters.", most=LONGEST_NAME)
    return record


def add_note(graph: Graph, text: str, x: float, y: float) -> Edit:
    """Put a note on the canvas. The edit has one entry, the new note's."""
    return replaced(graph, check_note(Note(free_key(graph, "note"), text, within(x), within(y), network=graph.network)))


def add_frame(graph: Graph, title: str, area: Box) -> Edit:
    """Put a frame around an area (left, top, right, bottom). The edit has one entry, the new frame's."""
    left, top, right, bottom = (within(side) for side in area)
    key = free_key(graph, "frame")
    frame = Frame(key, title, left, top, right - left, bottom - top, network=graph.network)
    return replaced(graph, check_note(frame))


def set_text(graph: Graph, key: str, text: str) -> Edit:
    """Give a note another text, or a frame another title."""
    record = _paper(graph, key)
    changes = {"text": text} if isinstance(record, Note) else {"title": text.strip()}
    return replaced(graph, check_note(msgspec.structs.replace(record, **changes)))


def set_color(graph: Graph, keys: Iterable[str], color: Color) -> Edit:
    """Give notes and frames another colour."""
    if color not in COLORS:
        raise Refused("There is no colour {color}.", color=str(color)[:40])
    return replaced(graph, *(msgspec.structs.replace(_paper(graph, key), color=color) for key in keys))


def resize(graph: Graph, key: str, area: Box) -> Edit:
    """Give a note or a frame another area (left, top, right, bottom)."""
    left, top, right, bottom = (within(side) for side in area)
    sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return replaced(graph, check_note(msgspec.structs.replace(_paper(graph, key), **sides)))


def held(graph: Graph, frame: Frame, boxes: Mapping[str, Box]) -> set[str]:
    """The ids of the nodes, notes and other frames that lie wholly inside a frame. `boxes` has the nodes' places."""
    found = set()
    for record in graph.records.values():
        if isinstance(record, Note | Frame):
            box: Box = (record.x, record.y, record.x + record.width, record.y + record.height)
        elif isinstance(record, Node) and record.id in boxes:
            box = boxes[record.id]
        else:
            continue
        inside = frame.x <= box[0] and frame.y <= box[1]
        inside = inside and frame.x + frame.width >= box[2] and frame.y + frame.height >= box[3]
        if inside and record.network == frame.network and record.id != frame.id:
            found.add(record.id)
    return found


def _paper(graph: Graph, key: str) -> Note | Frame:
    record = graph.records.get(key)
    if not isinstance(record, Note | Frame):
        raise Refused("There is no note {note}.", note=key)
    return record
