"""Any sequence of what hands can do leaves items equal to records, and undo leads back to the start."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.ui.canvas.canvas_help import Hands, check, small

SHIFT, PLAIN = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
KEYS = [
    Qt.Key.Key_Delete, Qt.Key.Key_Escape, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_F, Qt.Key.Key_Home,
]  # fmt: skip
CALLS = ["copy", "cut", "paste", "duplicate", "select_all", "undo", "redo", "zoom_reset", "delete"]

places = st.builds(QPoint, st.integers(0, 110).map(lambda x: x * 8), st.integers(0, 86).map(lambda y: y * 8))
spots = st.tuples(st.integers(0, 30), st.sampled_from(["body", "port", "empty"]), places)
actions = st.one_of(
    st.tuples(st.just("drag"), spots, spots, st.sampled_from([PLAIN, SHIFT])),
    st.tuples(st.just("escaped drag"), spots, spots, st.sampled_from([PLAIN, SHIFT])),
    st.tuples(st.just("click"), spots, st.sampled_from([PLAIN, SHIFT])),
    st.tuples(st.just("drop"), st.sampled_from(["ReLU", "Add", "Linear", "MSELoss", "Digits", "no"]), places),
    st.tuples(st.just("key"), st.sampled_from(KEYS)),
    st.tuples(st.just("call"), st.sampled_from(CALLS)),
    st.tuples(st.just("wheel"), places, st.sampled_from([120, -120, -480])),
)


def spot(hands: Hands, which: tuple[int, str, QPoint]) -> QPoint:
    """A pixel on a card, at a port, or anywhere."""
    number, kind, place = which
    items = list(hands.canvas.items_scene.nodes.values())
    if kind == "empty" or not items:
        return place
    item = items[number % len(items)]
    if kind == "body":
        return hands.middle(item.node.id)
    refs = item.port_refs()
    return hands.canvas.mapFromScene(refs[number % len(refs)][1])


def act(hands: Hands, action: tuple[object, ...]) -> None:
    """Do one thing."""
    match action:
        case ("drag", start, end, keys):
            hands.drag(spot(hands, start), spot(hands, end), keys)
        case ("escaped drag", start, end, keys):
            hands.press(spot(hands, start), keys)
            hands.move(spot(hands, end))
            hands.key(Qt.Key.Key_Escape)
            hands.release(spot(hands, end), keys)
        case ("click", at, keys):
            hands.click(spot(hands, at), keys)
        case ("drop", block, at):
            hands.drop(block, at)
        case ("key", key):
            hands.key(key)
        case ("call", "undo" | "redo" as name):
            getattr(hands.document, name)()
        case ("call", name):
            hands.canvas.actions_by_id[name].trigger()
        case ("wheel", at, turn):
            hands.wheel(at, turn)


@given(st.lists(actions, min_size=3, max_size=25))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_sequence(qtbot: QtBot, steps: list[tuple[object, ...]]) -> None:
    QGuiApplication.clipboard().clear()
    hands = Hands(small())
    try:
        for step in steps:
            act(hands, step)
            check(hands.canvas)
        while hands.document.undo() is not None:
            check(hands.canvas)
        assert hands.document.graph == small()
        while hands.document.redo() is not None:
            check(hands.canvas)
    finally:
        hands.end()
