"""Notes and frames: what they may hold, how large and how far out they may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import given

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import commands, notes
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Color, Edit, Frame, Note
from tests.graph.helpers import AREAS, PLACES, TEXTS, TITLES, chain, check_edit


def papers() -> Graph:
    """A chain with a note and a frame."""
    graph = check_edit(chain(), notes.add_note(chain(), "Why", 300, 0))
    return check_edit(graph, notes.add_frame(graph, "Features", (-20, 80, 300, 260)))


def _refused(command: Callable[[], Edit], *words: str) -> None:
    with pytest.raises(Refused) as refused:
        command()
    assert str(refused.value).endswith(".")
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_notes_and_frames_are_numbered() -> None:
    graph = papers()
    assert graph.notes == {"note1": Note("note1", "Why", 300, 0)}
    assert graph.frames == {"frame1": Frame("frame1", "Features", -20, 80, 320, 180)}
    edits = notes.add_note(graph, "", 0.6, -3.2), notes.add_frame(graph, "", (0, 0, 100.4, 99.6))
    assert [list(edit) for edit in edits] == [["note2"], ["frame2"]]
    assert check_edit(graph, edits[0]).notes["note2"] == Note("note2", "", 1, -3)
    assert check_edit(graph, edits[1]).frames["frame2"] == Frame("frame2", "", 0, 0, 100, 100)


@given(TEXTS, PLACES, PLACES)
def test_a_note_holds_any_text(text: str, x: int, y: int) -> None:
    graph = check_edit(papers(), notes.add_note(papers(), text, x, y))
    assert graph.notes["note2"].text == text
    graph = check_edit(graph, notes.set_text(graph, "note1", text))
    assert graph.notes["note1"].text == text


@given(TITLES, AREAS)
def test_a_frame_holds_any_title_of_one_line(title: str, area: tuple[int, int, int, int]) -> None:
    graph = check_edit(papers(), notes.add_frame(papers(), title, area))
    frame = graph.frames["frame2"]
    assert (frame.x, frame.y, frame.x + frame.width, frame.y + frame.height) == area
    assert check_edit(graph, notes.set_text(graph, "frame1", f" {title} ")).frames["frame1"].title == title


def test_what_a_text_cannot_be_is_refused() -> None:
    graph = papers()
    long = "x" * notes.LONGEST_TEXT
    assert check_edit(graph, notes.set_text(graph, "note1", long)).notes["note1"].text == long
    _refused(lambda: notes.set_text(graph, "note1", long + "x"), "20000")
    _refused(lambda: notes.add_note(graph, long + "x", 0, 0), "20000")
    _refused(lambda: notes.add_note(graph, "a\ud83d", 0, 0), "half of a character")
    _refused(lambda: notes.set_text(graph, "frame1", "x" * 61), "60")
    _refused(lambda: notes.add_frame(graph, "a\nb", (0, 0, 100, 100)), "one line")
    _refused(lambda: notes.add_frame(graph, "\ud83d", (0, 0, 100, 100)), "one line")
    _refused(lambda: notes.set_text(graph, "conv1", "a"), "conv1")
    _refused(lambda: notes.set_text(graph, "nobody", "a"), "nobody")


def test_sizes_have_limits() -> None:
    graph = papers()
    least, most = notes.SMALLEST, notes.LARGEST
    for key in ("note1", "frame1"):
        after = check_edit(graph, notes.resize(graph, key, (10, 20, 10 + least, 20 + most)))
        record = after.records[key]
        assert isinstance(record, Note | Frame)
        assert (record.x, record.y, record.width, record.height) == (10, 20, least, most)
        for side in (least - 1, most + 1, 0, -100):
            _refused(lambda key=key, side=side: notes.resize(graph, key, (0, 0, side, least)), "48", "100000")  # type: ignore[misc]
            _refused(lambda key=key, side=side: notes.resize(graph, key, (0, 0, least, side)), "48", "100000")  # type: ignore[misc]
    _refused(lambda: notes.add_frame(graph, "", (0, 0, 47, 100)), "48")
    _refused(lambda: notes.resize(graph, "fc1", (0, 0, 100, 100)), "fc1")


def test_colours_are_set_of_several_and_are_those_that_a_file_may_hold() -> None:
    graph = papers()
    assert set(notes.COLORS) == set(get_args(Color))
    for color in notes.COLORS:
        after = check_edit(graph, notes.set_color(graph, ["note1", "frame1"], color))
        assert after.notes["note1"].color == after.frames["frame1"].color == color
    assert notes.set_color(graph, [], "red") == {}
    _refused(lambda: notes.set_color(graph, ["note1"], "pink"), "pink")  # type: ignore[arg-type]
    _refused(lambda: notes.set_color(graph, ["note1", "conv1"], "red"), "conv1")


def test_notes_and_frames_are_moved_and_deleted_like_blocks() -> None:
    graph = papers()
    after = check_edit(graph, commands.move(graph, {"note1": (1, 2), "frame1": (1e9, -1e9), "conv1": (3, 4)}))
    assert (after.notes["note1"].x, after.notes["note1"].y) == (1, 2)
    assert (after.frames["frame1"].x, after.frames["frame1"].y) == (commands.FAR, -commands.FAR)
    after = check_edit(graph, commands.shift(graph, ["note1", "frame1", "conv1"], 5, -5))
    assert (after.notes["note1"].x, after.frames["frame1"].y, after.nodes["conv1"].x) == (305, 75, 5)
    assert check_edit(graph, commands.delete(graph, ["note1", "frame1"])) == chain()


def test_the_program_never_sees_them() -> None:
    graph = papers()
    assert graph.live is graph
    assert graph.order == chain().order
