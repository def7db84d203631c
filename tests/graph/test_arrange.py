"""Align, distribute, and snapping to neighbours."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.graph.arrange import GAP, Box, Side, Snap, align, distribute, snap_lines

SIDES: tuple[Side, ...] = ("left", "center", "right", "top", "middle", "bottom")


def at(x: int, y: int, width: int = 176, height: int = 48) -> Box:
    return x, y, x + width, y + height


BOXES = st.builds(
    at,
    st.integers(-50, 50).map(lambda i: 8 * i),
    st.integers(-50, 50).map(lambda i: 8 * i),
    st.sampled_from([176, 192, 240]),
    st.sampled_from([48, 64]),
)
MANY = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), BOXES, max_size=8)


def placed(boxes: dict[str, Box], corners: dict[str, tuple[int, int]]) -> dict[str, Box]:
    """The boxes after the move; fails if one that stays is named."""
    assert all(corner != boxes[key][:2] for key, corner in corners.items())
    return {key: at(*corners.get(key, box[:2]), box[2] - box[0], box[3] - box[1]) for key, box in boxes.items()}


def line(box: Box, side: Side) -> float:
    left, top, right, bottom = box
    found = {
        "left": left, "center": (left + right) / 2, "right": right,
        "top": top, "middle": (top + bottom) / 2, "bottom": bottom,
    }  # fmt: skip
    return found[side]


@given(MANY, st.sampled_from(SIDES))
def test_what_is_aligned_is_in_line(boxes: dict[str, Box], side: Side) -> None:
    after = placed(boxes, align(boxes, side))
    assert len({line(box, side) for box in after.values()}) <= 1
    across = 1 if side in ("left", "center", "right") else 0
    assert all(after[key][across] == box[across] for key, box in boxes.items())
    assert all(box[0] % 8 == 0 == box[1] % 8 for box in after.values())
    assert align(after, side) == {}


@pytest.mark.parametrize(
    ("side", "corner"),
    [
        ("left", (0, 100)),
        ("center", (54, 100)),
        ("right", (108, 100)),
        ("top", (30, 0)),
        ("middle", (30, 55)),
        ("bottom", (30, 110)),
    ],
)
def test_boxes_are_aligned_to_the_outermost(side: Side, corner: tuple[int, int]) -> None:
    boxes = {"large": (0, 0, 208, 160), "small": (30, 100, 130, 150)}
    assert align(boxes, side) == {"small": corner}


@given(MANY, st.sampled_from(["horizontal", "vertical"]))
def test_gaps_are_equal_to_a_step_and_the_ends_stay(boxes: dict[str, Box], axis: str) -> None:
    way = 0 if axis == "horizontal" else 1
    corners = distribute(boxes, "horizontal" if axis == "horizontal" else "vertical")
    after = placed(boxes, corners)
    order = sorted(boxes, key=lambda key: (boxes[key][way] + boxes[key][way + 2], key))
    if len(order) > 1:
        assert order[0] not in corners and order[-1] not in corners
    gaps = [after[b][way] - after[a][way + 2] for a, b in pairwise(order)]
    assert not gaps or max(gaps) - min(gaps) <= 8
    assert all(after[key][1 - way] == box[1 - way] for key, box in boxes.items())
    assert all(box[way] % 8 == 0 for box in after.values())


def test_three_cards_are_distributed() -> None:
    boxes = {"a": at(0, 0), "b": at(0, 60), "c": at(0, 256)}
    assert distribute(boxes, "vertical") == {"b": (0, 128)}
    assert distribute({"a": (0, 0, 10, 10), "b": (11, 0, 21, 10), "c": (50, 0, 60, 10)}, "horizontal") == {"b": (25, 0)}
    assert distribute({"a": at(0, 0), "b": at(3, 60)}, "vertical") == {}


def test_nothing_near_is_no_snap() -> None:
    assert snap_lines(at(0, 0), [], 6) == Snap()
    assert snap_lines(at(0, 0), [at(1000, 700)], 6) == Snap()


def test_a_card_snaps_under_its_neighbour_with_the_usual_gap() -> None:
    found = snap_lines(at(3, 69), [at(0, 0)], 6)
    assert (found.dx, found.dy) == (-3, -5)
    assert found.lines == (
        ((0, 0), (0, 112)), ((88, 0), (88, 112)), ((176, 0), (176, 112)), ((88, 48), (88, 64)),
    )  # fmt: skip


def test_a_card_snaps_beside_its_neighbour_with_the_usual_gap() -> None:
    found = snap_lines(at(-195, 2), [at(0, 0)], 6)
    assert (found.dx, found.dy) == (3, -2)
    assert ((-16, 24), (0, 24)) in found.lines
    assert ((-192, 24), (176, 24)) in found.lines


def test_middles_and_far_sides_snap_too() -> None:
    assert snap_lines(at(10, 300, 160), [at(0, 0)], 4) == Snap(-2, None, (((88, 0), (88, 348)),))
    assert snap_lines(at(19, 300, 160), [at(0, 0)], 4) == Snap(-3, None, (((176, 0), (176, 348)),))


def test_the_nearest_line_wins_and_of_equal_ones_the_nearest_neighbour() -> None:
    assert snap_lines(at(5, 300), [at(0, 0), at(3, 900)], 6).dx == -2
    assert snap_lines(at(2, 300), [at(0, 0), at(4, 400)], 6).dx == 2
    assert snap_lines(at(2, 300), [at(4, 400), at(0, 0)], 6).dx == 2


@given(BOXES, st.lists(BOXES, max_size=12), st.sampled_from([0, 4, 9]))
def test_a_snap_is_within_reach_and_true(moving: Box, others: list[Box], reach: float) -> None:
    found = snap_lines(moving, others, reach)
    dx, dy = found.dx or 0, found.dy or 0
    assert abs(dx) <= reach and abs(dy) <= reach
    assert bool(found.lines) == (found.dx is not None or found.dy is not None)
    left, top, right, bottom = moving[0] + dx, moving[1] + dy, moving[2] + dx, moving[3] + dy
    across = {left, (left + right) / 2, right}
    down = {top, (top + bottom) / 2, bottom}
    for (x0, y0), (x1, y1) in found.lines:
        assert x0 == x1 or y0 == y1
        if x0 == x1:
            assert x0 in across or y1 - y0 == GAP
        else:
            assert y0 in down or x1 - x0 == GAP
