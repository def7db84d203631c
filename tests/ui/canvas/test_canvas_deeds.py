"""What keys do to the selection: copies, arranging, selecting, looking; and that every action can be found and used."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netbuilder.graph import clipboard, commands, notes
from netbuilder.graph.graph import Graph
from netbuilder.ui import actions
from netbuilder.ui.canvas.deeds import deeds
from tests.ui.canvas.canvas_help import Hands, check, drawing, small

Make = Callable[[Graph | None], Hands]
Key = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def scattered() -> Graph:
    """Three blocks that stand in no line, wired in a row, and one by itself."""
    return drawing(
        [("ReLU", 0, 0), ("Tanh", 56, 104), ("Sigmoid", -24, 312), ("Linear", 480, 40)],
        [("relu1", "output", "tanh1", "input"), ("tanh1", "output", "sigmoid1", "input")],
    )


def settle(h: Hands) -> None:
    """Wait until cards have glided to their places."""
    QTest.qWait(0)
    h.canvas.arranging.glide.end()


# Copies.


@pytest.mark.parametrize("way", ["key", "alt"])
def test_duplicates(hands: Make, way: str) -> None:
    h = hands(small())
    h.canvas.select(["conv1", "relu1"])
    with h.step("Duplicate 2 blocks"):
        if way == "key":
            h.key(Key.Key_D, CONTROL)
        else:
            h.drag(h.middle("conv1"), h.middle("conv1") + QPoint(240, 16), ALT)
        assert h.canvas.selected() == ["conv2", "relu2"]
        assert h.graph.wires["relu2:input"].source == "conv2", "with the wires between them"
        assert (h.graph.nodes["conv2"].x, h.graph.nodes["conv2"].y) == ((32, 128) if way == "key" else (240, 112))
        assert h.graph.nodes["conv1"] == small().nodes["conv1"]


def test_an_alt_drag_of_something_else_copies_that(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["conv1"])
    with h.step("Duplicate fc2"):
        h.drag(h.middle("fc1"), h.middle("fc1") + QPoint(0, 104), ALT)
    h.press(h.middle("fc1"), ALT)
    h.move(h.middle("fc1") + QPoint(100, 0))
    h.key(Key.Key_Escape)
    check(h.canvas)
    h.release(h.middle("fc1"), ALT)
    assert h.document.undo_label == "Duplicate fc2"


def test_cut_copy_and_paste_at_the_cursor_by_keys(hands: Make) -> None:
    h = hands(small())
    h.canvas.select(["conv1", "relu1"])
    h.key(Key.Key_C, CONTROL)
    h.move(h.pixel(456, 120))
    with h.step("Paste 2 blocks"):
        h.key(Key.Key_V, CONTROL)
        assert (h.graph.nodes["conv2"].x, h.graph.nodes["conv2"].y) == (456, 120)
        assert h.graph.wires["relu2:input"].source == "conv2"
    h.canvas.select(["conv1"])
    with h.step("Cut conv1"):
        h.key(Key.Key_X, CONTROL)
        assert "conv1" not in h.graph.nodes
    with h.step("Paste conv1"):
        h.key(Key.Key_V, CONTROL)


def test_pasting_between_two_canvases(hands: Make) -> None:
    one, other = hands(small()), hands(drawing([("Tanh", 0, 0)]))
    one.canvas.select(["digits", "conv1", "relu1"])
    one.canvas.edits.copy()
    with other.step("Paste 3 blocks"):
        other.canvas.edits.paste()
        assert set(other.graph.wires) == {"conv1:input", "relu1:input"}


@pytest.mark.parametrize("around", ["{}", "Look at this:\n```json\n{}\n```\nNice, no?", "  {}\r\n", "> see {}"])
def test_what_a_chat_wrapped_is_pasted(hands: Make, around: str) -> None:
    text = clipboard.copy(small(), ["conv1", "relu1"])
    h = hands(None)
    QGuiApplication.clipboard().setText(around.replace("{}", text))
    with h.step("Paste 2 blocks"):
        h.key(Key.Key_V, CONTROL)
        assert set(h.graph.wires) == {"relu1:input"}
    assert not h.refused


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{",
        "{}",
        "[1, 2]",
        '{"format": 1}',
        "}{",
        "\x00\ud83d",
        "{" * 5000,
        '{"format": 99, "records": [[]]}',
    ],
)
def test_broken_text_is_a_sentence(hands: Make, text: str) -> None:
    h = hands(small())
    QGuiApplication.clipboard().setText(text)
    h.key(Key.Key_V, CONTROL)
    assert len(h.refused) == 1 and str(h.refused[0]).startswith("What was copied")
    assert h.graph == small()


def test_every_cut_of_a_copied_text_pastes_or_is_said(hands: Make) -> None:
    text = clipboard.copy(small(), ["conv1", "relu1"])
    h = hands(None)
    for length in range(0, len(text), 7):
        QGuiApplication.clipboard().setText(text[:length])
        h.canvas.edits.paste()
        check(h.canvas)
    assert len(h.refused) == len(range(0, len(text), 7))


# Arranging.

ALIGNED = {
    "align_left": (Key.Key_Left, "Align left", lambda node: node.x),
    "align_center": (Key.Key_C, "Align centres", lambda node: node.x + 88),
    "align_right": (Key.Key_Right, "Align right", lambda node: node.x + 176),
    "align_top": (Key.Key_Up, "Align top", lambda node: node.y),
    "align_middle": (Key.Key_M, "Align middles", lambda node: node.y + 24),
    "align_bottom": (Key.Key_Down, "Align bottom", lambda node: node.y + 48),
}


@pytest.mark.parametrize("name", ALIGNED)
@pytest.mark.parametrize("by_key", [True, False])
def test_aligning(hands: Make, name: str, by_key: bool) -> None:
    h = hands(scattered())
    key, label, side = ALIGNED[name]
    chosen = ["relu1", "tanh1", "sigmoid1"]
    h.canvas.select(chosen)
    with h.step(label):
        h.key(key, ALT | SHIFT) if by_key else h.canvas.actions_by_id[name].trigger()
        settle(h)
        assert len({side(h.graph.nodes[key]) for key in chosen}) == 1
        assert h.canvas.selected() == chosen
    assert h.graph.nodes["fc1"] == scattered().nodes["fc1"]


@pytest.mark.parametrize("key", [Key.Key_H, Key.Key_V])
def test_distributing(hands: Make, key: Qt.Key) -> None:
    h = hands(scattered())
    chosen = ["relu1", "tanh1", "sigmoid1"]
    h.canvas.select(chosen)
    with h.step("Distribute"):
        h.key(key, ALT | SHIFT)
        settle(h)
        places = sorted((node.y if key == Key.Key_V else node.x) for node in (h.graph.nodes[k] for k in chosen))
        assert abs((places[1] - places[0]) - (places[2] - places[1])) <= 8


def test_tidying_all_and_the_selected(hands: Make) -> None:
    h = hands(scattered())
    with h.step("Tidy"):
        h.key(Key.Key_T)
        settle(h)
        xs = {h.graph.nodes[key].x for key in ("relu1", "tanh1", "sigmoid1")}
        ys = [h.graph.nodes[key].y for key in ("relu1", "tanh1", "sigmoid1")]
        assert len(xs) == 1 and ys == sorted(ys), "a straight chain from the top down"
    again = h.graph
    h.key(Key.Key_T)
    settle(h)
    assert h.graph == again, "what is tidy stays"
    h.document.undo()
    h.canvas.select(["relu1", "tanh1"])
    with h.step("Tidy"):
        h.key(Key.Key_T)
        settle(h)
        assert h.graph.nodes["sigmoid1"] == scattered().nodes["sigmoid1"]
        assert h.graph.nodes["relu1"].x == h.graph.nodes["tanh1"].x


def test_tidying_keeps_frames_around_what_they_hold(hands: Make) -> None:
    graph = scattered()
    graph = graph.apply(notes.add_frame(graph, "f", (-40, 64, 272, 400)))
    graph = graph.apply(notes.add_note(graph, "x", -16, 176))
    graph = graph.apply(notes.resize(graph, "note1", (-16, 176, 48, 240)))
    h = hands(graph)
    h.canvas.select(["relu1", "tanh1", "sigmoid1", "fc1"])
    with h.step("Tidy"):
        h.key(Key.Key_T)
        settle(h)
        boxes = {key: item.home for key, item in h.canvas.items_scene.nodes.items()}
        held = notes.held(h.graph, h.graph.frames["frame1"], boxes)
        assert held == {"tanh1", "sigmoid1", "note1"}
        first, top = h.graph.frames["frame1"], min(h.graph.nodes[key].y for key in ("tanh1", "sigmoid1"))
        assert top - first.y == 104 - 64, "with as much room around them"


def test_nudges_in_a_row_are_one_step_and_those_of_another_block_another(hands: Make) -> None:
    h = hands(scattered())
    h.canvas.select(["relu1"])
    for key in (Key.Key_Left, Key.Key_Up, Key.Key_Up):
        h.key(key, CONTROL)
    h.canvas.select(["tanh1"])
    h.key(Key.Key_Down, CONTROL)
    assert (h.graph.nodes["relu1"].x, h.graph.nodes["relu1"].y) == (-8, -16) and h.graph.nodes["tanh1"].y == 112
    h.document.undo()
    h.document.undo()
    assert h.graph == scattered()


# Selecting.


def branched() -> Graph:
    """digits → conv1 → relu1 → add1 → fc1, and conv1 → tanh1 → add1."""
    return drawing(
        [
            ("Digits", 0, 0),
            ("Conv2d", 0, 96),
            ("ReLU", -120, 192),
            ("Tanh", 120, 192),
            ("Add", 0, 288),
            ("Linear", 0, 384),
            ("Sigmoid", 480, 0),
        ],
        [
            ("digits", "image", "conv1", "input"),
            ("conv1", "output", "relu1", "input"),
            ("conv1", "output", "tanh1", "input"),
            ("relu1", "output", "add1", "input1"),
            ("tanh1", "output", "add1", "input2"),
            ("add1", "output", "fc1", "input"),
        ],
    )


@pytest.mark.parametrize(
    ("start", "key", "keys", "found"),
    [
        (["relu1"], Key.Key_Up, CONTROL | SHIFT, {"digits", "conv1", "relu1"}),
        (["relu1"], Key.Key_Down, CONTROL | SHIFT, {"relu1", "add1", "fc1"}),
        (["conv1"], Key.Key_L, CONTROL, {"digits", "conv1"}),
        (["fc1"], Key.Key_L, CONTROL, {"add1", "fc1"}),
        (["relu1", "tanh1"], Key.Key_I, CONTROL, {"digits", "conv1", "add1", "fc1", "sigmoid1"}),
        ([], Key.Key_I, CONTROL, {"digits", "conv1", "relu1", "tanh1", "add1", "fc1", "sigmoid1"}),
        (["relu1"], Key.Key_A, CONTROL | SHIFT, set()),
        (["relu1"], Key.Key_Escape, Qt.KeyboardModifier.NoModifier, set()),
    ],
)
def test_selecting_by_keys(
    hands: Make, start: list[str], key: Qt.Key, keys: Qt.KeyboardModifier, found: set[str]
) -> None:
    h = hands(branched())
    h.canvas.select(start)
    h.key(key, keys)
    assert set(h.canvas.selected()) == found
    assert h.document.undo_label is None


def test_everything_is_selected_and_inverted_with_wires_and_notes(hands: Make) -> None:
    graph = branched()
    graph = graph.apply(notes.add_note(graph, "x", 400, 200))
    h = hands(graph.apply(commands.add_dot(graph, "fc1:input", 0, 48, 368)))
    h.key(Key.Key_A, CONTROL)
    assert len(h.canvas.selected()) == 7 + 6 + 1 + 1
    h.key(Key.Key_I, CONTROL)
    assert h.canvas.selected() == []
    h.key(Key.Key_I, CONTROL)
    assert len(h.canvas.selected()) == 8, "blocks and notes, no wires"


def test_arrows_walk_through_a_branch_and_shift_takes_along(hands: Make) -> None:
    h = hands(branched())
    walked = []
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Right, Key.Key_Down, Key.Key_Down, Key.Key_Up):
        h.key(key)
        walked += h.canvas.selected()
    assert walked[:2] == ["digits", "conv1"] and {walked[2], walked[3]} == {"relu1", "tanh1"}
    assert walked[4:] == ["add1", "fc1", "add1"]
    h.key(Key.Key_Down, SHIFT)
    assert h.canvas.selected() == ["add1", "fc1"]
    assert h.document.undo_label is None


# Looking.


def test_keys_zoom_and_frame(hands: Make, qtbot: QtBot) -> None:
    h = hands(scattered())
    plain = Qt.KeyboardModifier.NoModifier
    for key, keys, scale in (
        (Key.Key_Plus, plain, 1.25),
        (Key.Key_Plus, CONTROL, 1.25**2),
        (Key.Key_Equal, CONTROL, 1.25**3),
        (Key.Key_Minus, plain, 1.25**2),
        (Key.Key_Minus, CONTROL, 1.25),
        (Key.Key_0, plain, 1.0),
    ):
        h.key(key, keys)
        qtbot.waitUntil(lambda scale=scale: abs(h.canvas.camera.scale - scale) < 1e-9)
    card = h.canvas.items_scene.nodes["fc1"].card
    h.canvas.select(["fc1"])
    h.key(Key.Key_F)
    qtbot.waitUntil(lambda: (h.canvas.camera.center - card.center()).manhattanLength() < 20)
    for key, keys in ((Key.Key_F, SHIFT), (Key.Key_Home, plain)):
        h.canvas.camera.go(QPointF(9000, 9000), 1.0, at_once=True)
        h.key(key, keys)
        area = h.canvas.items_scene.extent(h.graph.nodes)
        qtbot.waitUntil(lambda area=area: h.canvas.mapToScene(h.canvas.viewport().rect()).boundingRect().contains(area))


def test_digits_ask_for_kept_views(hands: Make) -> None:
    h = hands(small())
    asked: list[tuple[str, str]] = []
    h.canvas.view_asked.connect(lambda digit: asked.append(("go", digit)))
    h.canvas.view_kept.connect(lambda digit: asked.append(("keep", digit)))
    h.key(Key.Key_3, CONTROL)
    h.key(Key.Key_3)
    h.key(Key.Key_9)
    assert asked == [("keep", "3"), ("go", "3"), ("go", "9")]


# The table of actions.


def test_every_action_of_the_canvas_does_something_and_none_too_many(hands: Make) -> None:
    h = hands(small())
    entries = [entry for group in actions.table().values() for entry in actions.flat(group) if entry.canvas]
    assert {entry.id for entry in entries} == set(deeds(h.canvas)) == set(h.canvas.actions_by_id)


def keys_of(action: str) -> list[str]:
    """The keys of an action as the table has them."""
    entries = [entry for group in actions.table().values() for entry in actions.flat(group)]
    return next(entry for entry in entries if entry.id == action).key.split("; ")


def test_no_key_is_given_twice() -> None:
    entries = [entry for group in actions.table().values() for entry in actions.flat(group)]
    yields = {
        entry.id: {key for other in actions.YIELDING.get(entry.id, ()) for key in keys_of(other)} for entry in entries
    }
    keys = [key for entry in entries for key in entry.key.split("; ") if key and key not in yields[entry.id]]
    assert len(keys) == len(set(keys)), sorted(key for key in set(keys) if keys.count(key) > 1)


@pytest.mark.parametrize(
    ("chosen", "on", "off"),
    [
        ([], ["paste", "add", "tidy", "select_all", "knife", "add_note"], ["delete", "mute", "swap", "align_left"]),
        (["relu1"], ["delete", "mute", "swap", "connect_to", "add_frame"], ["align_left", "color_red"]),
        (["relu1", "conv1"], ["align_left", "connect_line", "mute"], ["swap", "connect_to", "distribute_down"]),
        (
            ["relu1:input"],
            ["delete", "add_dot"],
            ["mute", "swap", "disconnect", "copy", "nudge_up", "parameters", "add_frame"],
        ),
        (["note1"], ["delete", "color_red", "duplicate", "parameters"], ["mute", "swap", "add_dot"]),
    ],
)
def test_actions_are_enabled_where_they_can_act(hands: Make, chosen: list[str], on: list[str], off: list[str]) -> None:
    h = hands(small().apply(notes.add_note(small(), "x", 480, 0)))
    h.canvas.select(chosen)
    enabled = {key for key, action in h.canvas.actions_by_id.items() if action.isEnabled()}
    assert enabled >= set(on) and not enabled & set(off)


@pytest.mark.parametrize("chosen", [[], ["relu1"], ["relu1", "fc1"], ["relu1:input"], ["note1"], ["frame1", "note1"]])
def test_an_enabled_action_never_fails_and_is_at_most_one_step(hands: Make, chosen: list[str]) -> None:
    graph = small().apply(notes.add_note(small(), "x", 480, 0))
    graph = graph.apply(notes.add_frame(graph, "f", (-32, 64, 240, 272)))
    h = hands(graph)
    for key in list(h.canvas.actions_by_id):
        h.canvas.select(chosen)
        if h.canvas.actions_by_id[key].isEnabled():
            h.canvas.actions_by_id[key].trigger()
            h.key(Key.Key_Escape)
            settle(h)
            check(h.canvas)
            if h.graph != graph:
                assert h.document.undo_label
                h.document.undo()
            assert h.graph == graph, key
            check(h.canvas)
