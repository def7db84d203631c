"""Where things are on the canvas: cards, ports, free places and the course of wires.

Plain numbers in scene units (one pixel at 100 %), so that all of it can be tested without a window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, hypot

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainterPath

from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node

CARD_WIDTH = 176
CARD_HEIGHT = 48
MAP_LEFT, MAP_WIDTH, MAP_HEIGHT = 8, 32, 40  # what is inside a placed network, at the left of its card
GRID = 8
GAP = 16
PORT_SPACING = 16
ROW = 128
FARTHEST_ROUTE = 12_800
CLEARANCE = 12
LEG = 8

Box = tuple[float, float, float, float]
Point = tuple[float, float]


def snap(value: float) -> int:
    """The nearest line of the grid."""
    return floor(value / GRID + 0.5) * GRID


def card_width(ports: int, network: bool = False) -> int:
    """The width of a card with at most that many ports on one side; one of a `network` shows what is inside, too."""
    return max(CARD_WIDTH + (MAP_WIDTH if network else 0), ceil((ports + 1) * PORT_SPACING / GRID) * GRID)


def card_box(graph: Graph, node: Node) -> tuple[int, int, int, int]:
    """Where a node's card is: left, top, right, bottom."""
    width = card_width(max(len(graph.inputs(node)), len(graph.outputs(node))), bool(node.of))
    return node.x, node.y, node.x + width, node.y + CARD_HEIGHT


def port_x(width: int, count: int, index: int) -> float:
    """Where the port of that index is on an edge with `count` of them, from the left."""
    return float(round(width * (index + 1) / (count + 1)))


class Rows:
    """Which cards lie where, in rows, so that looking around a place does not look at every card.

    Cards are put into their rows when next something is looked for: many may move before that.
    """

    def __init__(self) -> None:
        self._boxes: dict[str, Box] = {}
        self._rows: dict[int, dict[str, Box]] = defaultdict(dict)
        self._waiting: dict[str, Box] = {}

    def put(self, key: str, box: Box) -> None:
        """Set a card's place (left, top, right, bottom)."""
        self._waiting[key] = box

    def drop(self, key: str) -> None:
        """Forget a card."""
        self._waiting.pop(key, None)
        self._take_out(key)

    def _take_out(self, key: str) -> None:
        box = self._boxes.pop(key, None)
        if box is not None:
            for row in range(int(box[1] // ROW), int(box[3] // ROW) + 1):
                del self._rows[row][key]

    def _put_waiting(self) -> None:
        for key, box in self._waiting.items():
            self._take_out(key)
            self._boxes[key] = box
            for row in range(int(box[1] // ROW), int(box[3] // ROW) + 1):
                self._rows[row][key] = box
        self._waiting.clear()

    def touching(self, area: Box) -> Iterator[tuple[str, Box]]:
        """The cards that overlap the area, each once."""
        if self._waiting:
            self._put_waiting()
        left, top, right, bottom = area
        first = int(top // ROW)
        for row in range(first, int(bottom // ROW) + 1):
            for key, box in self._rows.get(row, {}).items():
                if row > first and int(box[1] // ROW) < row:
                    continue
                if box[0] < right and box[2] > left and box[1] < bottom and box[3] > top:
                    yield key, box

    def hit(self, area: Box, skip: Collection[str] = ()) -> Box | None:
        """One card that overlaps the area, other than those in `skip`."""
        return next((box for key, box in self.touching(area) if key not in skip), None)

    def free_place(self, x: float, y: float, width: int = CARD_WIDTH) -> tuple[int, int]:
        """The place for a card's top left corner nearest to (x, y) where it covers no other card."""
        x, y = snap(x), snap(y)
        step_x, step_y = width + GAP, CARD_HEIGHT + GAP
        for ring in range(60):
            around = [
                (abs(i) * step_x + abs(j) * step_y - 0.1 * j, i, j)
                for i in range(-ring, ring + 1)
                for j in range(-ring, ring + 1)
                if max(abs(i), abs(j)) == ring
            ]
            for _, i, j in sorted(around):
                left, top = x + i * step_x, y + j * step_y
                if self.hit((left - GRID, top - GRID, left + width + GRID, top + CARD_HEIGHT + GRID)) is None:
                    return int(left), int(top)
        return int(x), int(y)


def _reach(x0: float, y0: float, x1: float, y1: float) -> float:
    """How far a plain wire keeps the direction of its ports."""
    down = y1 - y0
    if down < LEG:
        return min(160.0, 48 + 0.25 * hypot(x1 - x0, down))
    return min(96.0, 0.5 * down + 0.06 * abs(x1 - x0))


def find_lane(rows: Rows, start: Point, end: Point, skip: Collection[str]) -> float | None:
    """The x along which a wire gets past the cards in its way; None where none is."""
    (x0, y0), (x1, y1) = start, end
    span = y1 - y0
    if span > FARTHEST_ROUTE or span < CARD_HEIGHT or (abs(x1 - x0) < 1 and span < CARD_HEIGHT + GRID):
        return None
    reach, blocker = _reach(x0, y0, x1, y1), None
    for step in range(1, 24):
        t = step / 24
        x = x0 + (x1 - x0) * t * t * (3 - 2 * t)
        y = y0 + 3 * reach * t * (1 - t) * (1 - 2 * t) + span * t * t * (3 - 2 * t)
        blocker = rows.hit((x - 4, y - 8, x + 4, y + 8), skip)
        if blocker is not None:
            break
    if blocker is None:
        return None
    away = 18 + min(72.0, 0.03 * span)
    sides = [_clear(rows, blocker, y0 + LEG, y1 - LEG, side, away) for side in (1, -1)]
    found = [lane for lane in sides if lane is not None]
    middle = (x0 + x1) / 2
    return min(found, key=lambda lane: abs(lane - middle) - (8 if lane > middle else 0)) if found else None


def _clear(rows: Rows, blocker: Box, top: float, bottom: float, side: int, away: float) -> float | None:
    """The nearest x on that side of the blocker where nothing stands between top and bottom."""
    for _ in range(24):
        lane = blocker[2] + away if side > 0 else blocker[0] - away
        other = rows.hit((lane - CLEARANCE, top, lane + CLEARANCE, bottom))
        if other is None:
            return lane
        blocker = other
    return None


def wire_path(start: Point, end: Point, lane: float | None = None, via: Sequence[Point] = ()) -> QPainterPath:
    """The course of a wire that leaves downwards and arrives from above, along `lane` or through the dots `via`."""
    (x0, y0), (x1, y1) = start, end
    path = QPainterPath(QPointF(x0, y0))
    if via:
        return _through(path, start, end, via)
    if lane is None:
        reach = _reach(x0, y0, x1, y1)
        path.cubicTo(x0, y0 + reach, x1, y1 - reach, x1, y1)
        return path
    bend = min(56.0, (y1 - y0) / 2 - LEG)
    if bend < LEG and min(abs(lane - x0), abs(x1 - lane)) > 2 * LEG and (lane > x0) == (x1 > lane):
        return _slide(path, (x0, y0), (x1, y1), lane)
    _swing(path, x0, y0, lane, 1, bend)
    path.lineTo(lane, y1 - LEG - bend)
    back = QPainterPath(QPointF(x1, y1))
    _swing(back, x1, y1, lane, -1, bend)
    path.connectPath(back.toReversed())
    return path


def _through(path: QPainterPath, start: Point, end: Point, via: Sequence[Point]) -> QPainterPath:
    """From dot to dot: at each the wire goes the way from the one before to the one after, evenly bent."""
    places = [start, *via, end]
    ways = [(0.0, 1.0)]
    for before, after in zip(places, places[2:], strict=False):
        across, down = after[0] - before[0], after[1] - before[1]
        length = hypot(across, down) or 1.0
        ways.append((across / length, down / length))
    ways.append((0.0, 1.0))
    for i, (here, there) in enumerate(pairwise(places)):
        reach = min(96.0, 0.4 * hypot(there[0] - here[0], there[1] - here[1]))
        (out_x, out_y), (in_x, in_y) = ways[i], ways[i + 1]
        path.cubicTo(
            here[0] + out_x * reach, here[1] + out_y * reach, there[0] - in_x * reach, there[1] - in_y * reach, *there
        )
    return path


def _slide(path: QPainterPath, start: Point, end: Point, lane: float) -> QPainterPath:
    """Between neighbouring rows: out of the port, sideways with a gentle step down at the lane, into the other."""
    (x0, y0), (x1, y1) = start, end
    side = 1 if x1 > x0 else -1
    turn, above, below = side * 1.5 * LEG, y0 + LEG, y1 - LEG
    path.cubicTo(x0, y0 + LEG * 0.85, x0 + turn * 0.3, above, x0 + turn, above)
    path.cubicTo(lane, above, lane, below, x1 - turn, below)
    path.cubicTo(x1 - turn * 0.3, below, x1, y1 - LEG * 0.85, x1, y1)
    return path


def _swing(path: QPainterPath, x: float, y: float, lane: float, way: int, bend: float) -> None:
    """From a port sideways to the lane: a small turn into the gap between cards, then a wide one."""
    side = 1 if lane > x else -1
    wide = abs(lane - x)
    if wide < 3 * LEG:
        path.cubicTo(x, y + way * (LEG + bend) / 2, lane, y + way * (LEG + bend) / 2, lane, y + way * (LEG + bend))
        return
    turn = min(1.5 * LEG, wide / 3)
    level = y + way * LEG
    path.cubicTo(x, y + way * LEG * 0.85, x + side * turn * 0.3, level, x + side * turn, level)
    broad = min(44.0, wide - turn)
    path.lineTo(lane - side * broad, level)
    path.cubicTo(lane - side * broad * 0.4, level, lane, level + way * bend * 0.4, lane, level + way * bend)


def wire_lines(start: Point, end: Point, lane: float | None, via: Sequence[Point] = ()) -> list[QLineF]:
    """The same course as straight lines, for the view from afar."""
    if via:
        return [QLineF(*here, *there) for here, there in pairwise([start, *via, end])]
    if lane is None:
        return [QLineF(*start, *end)]
    top, bottom = start[1] + 3 * LEG, end[1] - 3 * LEG
    return [QLineF(*start, lane, top), QLineF(lane, top, lane, bottom), QLineF(lane, bottom, *end)]
