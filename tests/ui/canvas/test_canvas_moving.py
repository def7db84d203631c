"""Moving things by hand: guide lines, snapping, notes, and frames that take along what they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph import notes
from netbuilder.graph.graph import Graph
from netbuilder.ui.theme import LIGHT
from tests.ui.canvas.canvas_help import Hands, check, check_nothing_left, drawing, small

Make = Callable[[Graph | None], Hands]
Key = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def two() -> Graph:
    """Two cards; the left edge of one is 3 points off the grid."""
    return drawing([("ReLU", 3, 0), ("Tanh", 240, 160)])


def items(h: Hands) -> int:
    return len(h.canvas.items_scene.items())


def test_a_neighbour_in_line_holds_and_shows_a_line(hands: Make) -> None:
    h = hands(two())
    before, start = items(h), h.middle("tanh1")
    h.press(start)
    h.move(start + QPoint(-200, 0))
    h.move(start + QPoint(-240, 0))
    assert items(h) == before + 1, "a guide line"
    with h.step("Move tanh1"):
        h.release(start + QPoint(-240, 0))
        assert h.graph.nodes["tanh1"].x == 3, "in line with the neighbour, not on the grid"
        check_nothing_left(h.canvas)


@pytest.mark.parametrize("how", ["control", "off"])
def test_snapping_can_be_left_out(hands: Make, how: str) -> None:
    h = hands(two())
    if how == "off":
        h.key(Key.Key_S, SHIFT)
        assert not h.canvas.snapping and not h.canvas.actions_by_id["snapping"].isChecked()
    before, start = items(h), h.middle("tanh1")
    h.press(start)
    for way in (-200, -239):
        QTest.mouseMove(h.canvas.viewport(), start + QPoint(way, 5))
    keys = CONTROL if how == "control" else Qt.KeyboardModifier.NoModifier
    assert how == "control" or items(h) == before
    h.release(start + QPoint(-239, 5), keys)
    node = h.graph.nodes["tanh1"]
    assert (node.x, node.y) == ((1, 165) if how == "control" else (0, 168))
    check(h.canvas)


def test_guides_of_a_card_by_itself_do_not_follow_its_own_dots_or_wires(hands: Make) -> None:
    h = hands(drawing([("ReLU", 0, 0)]))
    before = items(h)
    h.press(h.middle("relu1"))
    h.move(h.middle("relu1") + QPoint(96, 32))
    assert items(h) == before
    h.key(Key.Key_Escape)
    h.release(QPoint(5, 5))


def test_another_theme_in_the_middle_of_each_gesture(hands: Make) -> None:
    h = hands(small())
    starts = {
        "move": (h.middle("conv1"), Qt.KeyboardModifier.NoModifier),
        "copy": (h.middle("conv1"), ALT),
        "wire": (h.port("relu1", "output", True), Qt.KeyboardModifier.NoModifier),
        "band": (h.pixel(400, 40), Qt.KeyboardModifier.NoModifier),
        "cut": (h.pixel(400, 40), ALT),
    }
    for start, keys in starts.values():
        h.press(start, keys)
        h.move(start + QPoint(30, 30))
        h.canvas.set_theme(LIGHT)
        QApplication.processEvents()
        h.key(Key.Key_Escape)
        h.release(start, keys)
        check(h.canvas)
    assert h.graph == small()


# Notes and frames.


def test_a_note_is_written_with_keys_alone(hands: Make) -> None:
    h = hands(small())
    h.move(h.pixel(456, 40))
    h.key(Key.Key_N)
    assert h.document.undo_label == "Add note"
    note = h.graph.notes["note1"]
    assert (note.x, note.y) == (456, 40)
    h.type("# Why")
    h.key(Key.Key_Escape)
    assert h.graph.notes["note1"].text == "# Why"
    assert h.document.undo_label == "Add note", "putting it in and writing it is one step"
    h.document.undo()
    assert h.graph == small()
    h.document.redo()
    assert h.canvas.hasFocus()
    h.canvas.select(["note1"])
    h.key(Key.Key_Return)
    h.type(" not?")
    h.key(Key.Key_Return, CONTROL)
    assert h.graph.notes["note1"].text == "# Why not?" and h.document.undo_label == "Write"
    with h.step("Delete note"):
        h.key(Key.Key_Delete)
    check(h.canvas)


def test_a_note_that_is_left_empty_is_not_there(hands: Make) -> None:
    h = hands(small())
    h.key(Key.Key_N)
    h.key(Key.Key_Escape)
    check(h.canvas)
    assert h.graph == small() and h.document.undo_label is None
    h.key(Key.Key_N)
    h.type("x")
    h.key(Key.Key_Escape)
    with h.step("Delete note"):
        h.canvas.annotating.set_text("note1", "  ")


def test_a_note_shrinks_with_its_text_unless_it_was_made_larger(hands: Make) -> None:
    h = hands(small().apply(notes.add_note(small(), "", 440, 40)))
    plain = h.graph.notes["note1"].height
    h.canvas.annotating.set_text("note1", "line\n\n" * 20)
    h.canvas.annotating.set_text("note1", "short")
    assert h.graph.notes["note1"].height == plain
    h.canvas.select(["note1"])
    for _ in range(3):
        h.key(Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        h.key(Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    made = h.graph.notes["note1"]
    assert (made.width, made.height) == (240 + 48, plain + 48) and h.document.undo_label == "Resize"
    h.canvas.annotating.set_text("note1", "shorter")
    assert h.graph.notes["note1"].height == plain + 48


def test_a_note_is_written_with_the_mouse(hands: Make) -> None:
    h = hands(small().apply(notes.add_note(small(), "old", 440, 40)))
    h.double_click(h.pixel(520, 80))
    h.key(Key.Key_A, CONTROL)
    h.type("new")
    h.click(h.pixel(440, 400))
    assert h.graph.notes["note1"].text == "new" and h.canvas.writing.note.isHidden()
    with h.step("Colour"):
        h.canvas.select(["note1"])
        h.canvas.actions_by_id["color_red"].trigger()
        assert h.graph.notes["note1"].color == "red"


def test_a_note_grows_with_its_text(hands: Make) -> None:
    h = hands(small().apply(notes.add_note(small(), "", 440, 40)))
    before = h.graph.notes["note1"].height
    h.canvas.annotating.set_text("note1", "line\n\n" * 20)
    assert h.graph.notes["note1"].height > before + 100
    h.document.undo()
    assert h.graph.notes["note1"].height == before


@pytest.mark.parametrize(
    ("at", "way", "area"),
    [
        ("e", (40, 0), (440, 40, 40, 0)),
        ("s", (0, 48), (440, 40, 0, 48)),
        ("w", (-40, 3), (400, 40, 40, 0)),
        ("n", (2, -48), (440, -8, 0, 48)),
        ("se", (16, 16), (440, 40, 16, 16)),
        ("e", (-900, 0), (440, 40, None, 0)),
    ],
)
def test_edges_of_a_note_are_dragged(hands: Make, at: str, way: tuple[int, int], area: tuple[int | None, ...]) -> None:
    h = hands(small().apply(notes.add_note(small(), "x", 440, 40)))
    h.canvas.select(["note1"])
    first = h.graph.notes["note1"]
    x = 440 + first.width * (0 if "w" in at else 1 if "e" in at else 0.5)
    y = 40 + first.height * (0 if "n" in at else 1 if "s" in at else 0.5)
    start = h.pixel(x, y)
    with h.step("Resize"):
        h.drag(start, start + QPoint(*way))
        note = h.graph.notes["note1"]
        assert (note.x, note.y) == area[:2]
        assert note.height - first.height == area[3]
        assert note.width == notes.SMALLEST if area[2] is None else note.width - first.width == area[2]
    h.document.undo()
    h.canvas.select(["note1"])
    h.press(start)
    h.move(start + QPoint(*way))
    h.key(Key.Key_Escape)
    h.release(start)
    check(h.canvas)
    assert h.graph.notes["note1"] == first


def test_a_frame_goes_around_the_selected_and_takes_them_along(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["conv1", "relu1"])
    h.key(Key.Key_N, SHIFT)
    assert h.document.undo_label == "Add frame"
    h.type("Features")
    h.key(Key.Key_Return)
    frame = h.graph.frames["frame1"]
    assert frame.title == "Features" and h.canvas.selected() == ["frame1"]
    assert notes.held(h.graph, frame, {k: h.canvas.items_scene.nodes[k].home for k in h.graph.nodes}) == {
        "conv1",
        "relu1",
    }
    h.canvas.select([])
    with h.step("Move frame Features"):
        title = h.pixel(frame.x + 20, frame.y + 12)
        h.drag(title, title + QPoint(240, 0))
        assert (h.graph.nodes["conv1"].x, h.graph.nodes["relu1"].x) == (240, 240)
        assert h.graph.frames["frame1"].x == frame.x + 240
    with h.step("Move frame Features"):
        h.canvas.select(["frame1"])
        h.key(Key.Key_Left, CONTROL)
        assert h.graph.nodes["conv1"].x == 232, "keys move what a frame holds too"


def test_a_frame_that_is_aligned_takes_along_what_it_holds(hands: Make) -> None:
    graph = drawing([("ReLU", 40, 80), ("Tanh", 400, 300)])
    h = hands(graph.apply(notes.add_frame(graph, "f", (16, 48, 240, 160))))
    h.canvas.select(["frame1", "tanh1"])
    with h.step("Align right"):
        h.canvas.arranging.align("right")
        h.canvas.arranging.glide.end()
        assert h.graph.frames["frame1"].x == 576 - 224 and h.graph.nodes["relu1"].x == 40 + 576 - 224 - 16


def test_a_frame_in_a_frame_and_a_note_go_along(hands: Make) -> None:
    graph = drawing([("ReLU", 40, 80)])
    graph = graph.apply(notes.add_frame(graph, "inner", (16, 48, 240, 160)))
    graph = graph.apply(notes.add_frame(graph, "outer", (0, 0, 560, 320)))
    h = hands(graph.apply(notes.add_note(graph, "x", 280, 80)))
    with h.step("Move frame outer"):
        h.drag(h.pixel(14, 12), h.pixel(54, 52))
        records = {**h.graph.nodes, **h.graph.notes, **h.graph.frames}
        assert {key: (r.x, r.y) for key, r in records.items()} == {
            "relu1": (80, 120),
            "note1": (320, 120),
            "frame1": (56, 88),
            "frame2": (40, 40),
        }


def test_the_inside_of_a_frame_is_as_the_empty(hands: Make) -> None:
    graph = drawing([("ReLU", 40, 80), ("Tanh", 40, 160)])
    h = hands(graph.apply(notes.add_frame(graph, "f", (0, 0, 560, 320))))
    h.drag(h.pixel(20, 60), h.pixel(60, 280))
    assert h.canvas.selected() == ["relu1", "tanh1"], "a rubber band, no move"
    asked: list[object] = []
    h.canvas.search_asked.connect(asked.append)
    h.double_click(h.pixel(400, 200))
    assert len(asked) == 1
