"""Cards in line: align and distribute a selection, and snap what is dragged to its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from netbuilder.graph.columns import GRID, snap

Box = tuple[int, int, int, int]
Side = Literal["left", "center", "right", "top", "middle", "bottom"]
Line = tuple[tuple[float, float], tuple[float, float]]

GAP = 16  # the usual room between two cards


@dataclass(frozen=True)
class Snap:
    """How far to correct a drag, None in a direction where nothing is near; and the guide lines that show why."""

    dx: float | None = None
    dy: float | None = None
    lines: tuple[Line, ...] = ()


def align(boxes: Mapping[str, Box], side: Side) -> dict[str, tuple[int, int]]:
    """New top left corners that bring one side of all boxes, or their middles, in line; only of those that move."""
    if not boxes:
        return {}
    left, top = min(box[0] for box in boxes.values()), min(box[1] for box in boxes.values())
    right, bottom = max(box[2] for box in boxes.values()), max(box[3] for box in boxes.values())
    center, middle = (left + right) / 2, (top + bottom) / 2
    if _on_grid(boxes, 0):
        center = snap(center)
    if _on_grid(boxes, 1):
        middle = snap(middle)
    corner: dict[Side, Callable[[Box], tuple[int, int]]] = {
        "left": lambda box: (left, box[1]),
        "center": lambda box: (round(center - (box[2] - box[0]) / 2), box[1]),
        "right": lambda box: (right - box[2] + box[0], box[1]),
        "top": lambda box: (box[0], top),
        "middle": lambda box: (box[0], round(middle - (box[3] - box[1]) / 2)),
        "bottom": lambda box: (box[0], bottom - box[3] + box[1]),
    }
    return _moved(boxes, {key: corner[side](box) for key, box in boxes.items()})


def distribute(boxes: Mapping[str, Box], axis: Literal["horizontal", "vertical"]) -> dict[str, tuple[int, int]]:
    """New top left corners that make the gaps between the boxes equal; only of those that move.

    The first and the last stay. Where all stand on the grid they stay on it, the gaps then differ by a step at most.
    """
    if len(boxes) < 3:
        return {}
    at = 0 if axis == "horizontal" else 1
    order = sorted(boxes, key=lambda key: (boxes[key][at] + boxes[key][at + 2], key))
    first, last = boxes[order[0]], boxes[order[-1]]
    inner = sum(boxes[key][at + 2] - boxes[key][at] for key in order[1:-1])
    gap = (last[at] - first[at + 2] - inner) / (len(order) - 1)
    on_grid = _on_grid(boxes, at)
    corners, edge = {}, first[at + 2] + gap
    for key in order[1:-1]:
        box = boxes[key]
        place = snap(edge) if on_grid else round(edge)
        corners[key] = (place, box[1]) if at == 0 else (box[0], place)
        edge += box[at + 2] - box[at] + gap
    return _moved(boxes, corners)


def _on_grid(boxes: Mapping[str, Box], at: int) -> bool:
    """Whether all boxes begin and end on lines of the grid, along x (0) or y (1)."""
    return all(box[at] % GRID == 0 == box[at + 2] % GRID for box in boxes.values())


def _moved(boxes: Mapping[str, Box], corners: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    return {key: corner for key, corner in corners.items() if corner != boxes[key][:2]}


def snap_lines(moving: Box, others: Iterable[Box], reach: float) -> Snap:
    """What brings the moving box in line with a neighbour, or to the usual gap from it, if that is within reach.

    The smallest correction wins, and of equal ones that to the nearest neighbour.
    """
    near = list(others)
    along_x, along_y = _nearest(moving, near, reach, 0), _nearest(moving, near, reach, 1)
    dx, dy = along_x[0] if along_x else None, along_y[0] if along_y else None
    x0, y0, x1, y1 = moving
    placed = x0 + (dx or 0), y0 + (dy or 0), x1 + (dx or 0), y1 + (dy or 0)
    lines = _guides(placed, along_x[1], 0) if along_x else []
    lines += _guides(placed, along_y[1], 1) if along_y else []
    return Snap(dx, dy, tuple(lines))


def _nearest(moving: Box, others: list[Box], reach: float, at: int) -> tuple[float, Box] | None:
    """The smallest correction along x (0) or y (1), and the neighbour that asks for it."""
    low, high, cross_low, cross_high = moving[at], moving[at + 2], moving[1 - at], moving[3 - at]
    best: tuple[float, float, float, Box] | None = None
    for box in others:
        start, end = box[at], box[at + 2]
        if start - high > reach + GAP or low - end > reach + GAP:
            continue
        beside = max(0, box[1 - at] - cross_high, cross_low - box[3 - at])
        shifts = [start - low, (start + end - low - high) / 2, end - high]
        if not beside:
            shifts += [end + GAP - low, start - GAP - high]
        away = beside + max(0, start - high, low - end)
        for shift in shifts:
            if abs(shift) <= reach and (best is None or (abs(shift), away) < best[:2]):
                best = abs(shift), away, shift, box
    return (best[2], best[3]) if best else None


def _guides(placed: tuple[float, float, float, float], box: Box, at: int) -> list[Line]:
    """Lines through what is in line now, as long as both boxes together; across the gap where that is the usual one."""
    low, high, start, end = placed[at], placed[at + 2], box[at], box[at + 2]
    span = min(placed[1 - at], box[1 - at]), max(placed[3 - at], box[3 - at])
    ends = [
        ((where, span[0]), (where, span[1]))
        for mine, where in ((low, start), ((low + high) / 2, (start + end) / 2), (high, end))
        if mine == where
    ]
    overlap = max(placed[1 - at], box[1 - at]), min(placed[3 - at], box[3 - at])
    if not ends and overlap[0] <= overlap[1]:
        middle = sum(overlap) / 2
        if low - end == GAP:
            ends.append(((end, middle), (low, middle)))
        elif start - high == GAP:
            ends.append(((high, middle), (start, middle)))
    return [((a[0], a[1]), (b[0], b[1])) if at == 0 else ((a[1], a[0]), (b[1], b[0])) for a, b in ends]
