"""The words on a card: which of them are shown at a scale, how large, and where, so that none meets another."""

from __future__ import annotations

from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QStaticText, QTextOption

from netbuilder.ui.canvas.geometry import CARD_HEIGHT
from netbuilder.ui.canvas.look import BLOCK, FAR_NAME, NAME, Look

if TYPE_CHECKING:
    from netbuilder.ui.canvas.node_item import NodeItem

LEFT = 12.0
RIGHT = 11.0
BETWEEN = 8.0
BADGE_RADIUS = 9.5
ICON = 14
AFTER_ICON = 5.0
LINK_WIDTH = 15.0
FIRST_LINE, SECOND_LINE = 16.0, 33.0
UPPER_LABEL, LOWER_LABEL = 10.5, 37.5
LABEL_SPACING = 40
LEGIBLE_NAME = 8.6
STACK = 0.56
ICON_SCALE = 0.44


class Detail(NamedTuple):
    """What a card shows at a scale: the size of its name, and how opaque (0 to 1) its texts are.

    `stacked` has the block below the name instead of beside it; `sink` is how far the name has then come down to
    the middle; `tint` is how much the whole card has of its category's colour.
    """

    size: int
    small: float
    block: float
    name: float
    sink: float
    tint: float
    stacked: bool
    icon: bool


def _ramp(scale: float, low: float, high: float) -> float:
    return max(0.0, min(1.0, (scale - low) / (high - low)))


@lru_cache(maxsize=256)
def detail_at(scale: float) -> Detail:
    """What a card shows at that scale. Everything comes and goes little by little, none of it at once."""
    size = max(NAME, min(FAR_NAME, ceil(LEGIBLE_NAME / scale)))
    return Detail(
        size,
        small=_ramp(scale, STACK, 0.61),
        block=_ramp(scale, 0.48, 0.51),
        name=_ramp(scale, 0.3, 0.34),
        sink=1 - _ramp(scale, 0.45, 0.48),
        tint=1 - _ramp(scale, ICON_SCALE, STACK),
        stacked=scale < STACK,
        icon=scale >= ICON_SCALE,
    )


FULL = detail_at(1.0)


class Line(NamedTuple):
    """A text that is ready to be drawn, its top left corner, its width, and its font."""

    text: QStaticText
    place: QPointF
    width: float
    font: QFont
    ascent: float


def set_line(
    text: str, font: QFont, metrics: QFontMetricsF, room: float, left: float, middle: float, right: bool = False
) -> Line:
    """Set a text into `room`, elided where it is longer; `left` is its right end if `right`."""
    width = metrics.horizontalAdvance(text)
    if width > room:
        whole, text = text, metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = metrics.horizontalAdvance(text)
        if width > room:  # where letters are kerned Qt leaves it a little too wide
            text = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, 2 * room - width - 1)
            width = metrics.horizontalAdvance(text)
        if width > room:
            text, width = "", 0.0
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    x = left - width if right else left
    place = QPointF(round(x), round(middle - metrics.height() / 2))
    return Line(static, place, width, font, metrics.ascent())


def split_room(room: float, left: float, right: float, least: float) -> tuple[float, float]:
    """Share a line's room between two texts; the left one is sure of the part `least`."""
    if left + right + BETWEEN <= room:
        return left, right
    if not right:
        return room, 0
    first = min(left, max(room - BETWEEN - right, least * room))
    return first, max(0.0, room - BETWEEN - first)


def labelled(item: NodeItem, output: bool) -> bool:
    """Whether the ports of that side have their names inside the card."""
    ports = item.outputs if output else item.inputs
    return len(ports) > 1 and item.width / (len(ports) + 1) >= LABEL_SPACING


def rows(item: NodeItem, detail: Detail) -> tuple[float, float | None]:
    """The middles of a card's two lines of text; None where the second has no room."""
    if detail.stacked:
        return 14 + (CARD_HEIGHT / 2 - 14) * detail.sink, 34.5
    above, below = labelled(item, False), labelled(item, True)
    if above and below:
        return CARD_HEIGHT / 2, None
    return (23.5, 38.0) if above else (11.5, 25.5) if below else (FIRST_LINE, SECOND_LINE)


def name_size(item: NodeItem, detail: Detail) -> int:
    """The size of a card's name; among the names of ports it has no room to grow."""
    crowded = not detail.stacked and (labelled(item, False) or labelled(item, True))
    return NAME if crowded else detail.size


def icon_side(item: NodeItem, detail: Detail) -> float:
    """The width of the category's icon; it grows with the name."""
    return round(ICON * name_size(item, detail) / NAME) if detail.icon else 0.0


def badge_growth(detail: Detail) -> float:
    """How much larger than at 100 % a problem's badge is; it grows with the name, but less."""
    return max(1.0, 0.9 * detail.size / NAME)


def _fitting(look: Look, size: int, name: str, block: str, room: float, stacked: bool) -> int:
    """The largest size, down from `size` to the usual one, at which name and block need not be cut."""
    for smaller in range(size, NAME, -1):
        first = look.name_type(smaller)[1].horizontalAdvance(name) + 1
        second = look.block_type(round(BLOCK * smaller / NAME))[1].horizontalAdvance(block) + 1
        if (max(first, second) if stacked else first + second + BETWEEN) <= room:
            return smaller
    return NAME


def card_lines(item: NodeItem, look: Look, detail: Detail = FULL) -> list[Line]:
    """The four texts of a card (name, block, summary, shape), set so that none meets another."""
    side, size = icon_side(item, detail), name_size(item, detail)
    start, end = item.left + side + (AFTER_ICON if side else 0.0), item.width - RIGHT
    if detail.stacked and item.level:
        end -= 2 * BADGE_RADIUS * (badge_growth(detail) - 1)
    room = end - start
    name, block, summary, shape = item.node.name, item.title, item.summary(), item.shape_text()
    size = _fitting(look, size, name, block, room, detail.stacked)
    name_font, names = look.name_type(size)
    block_font, blocks = look.block_type(round(BLOCK * size / NAME))
    smalls = look.small_metrics
    upper, lower = rows(item, detail)
    if detail.stacked:
        empty = set_line("", look.small_font, smalls, 0, end, SECOND_LINE)
        return [
            set_line(name, name_font, names, room, start, upper),
            set_line(block, block_font, blocks, room, start, lower or upper),
            empty,
            empty,
        ]
    first = split_room(room, names.horizontalAdvance(name) + 1, blocks.horizontalAdvance(block) + 1, 0.55)
    second_start = item.left + (LINK_WIDTH if item.linked else 0.0)
    room = end - second_start
    second = split_room(room, smalls.horizontalAdvance(summary) + 1, smalls.horizontalAdvance(shape) + 1, 0.4)
    if not summary:
        second = 0, room
    if lower is None:
        second, lower = (0, 0), upper
    return [
        set_line(name, name_font, names, first[0], start, upper),
        set_line(block, block_font, blocks, first[1], end, upper, right=True),
        set_line(summary, look.small_font, smalls, second[0], second_start, lower),
        set_line(shape, look.small_font, smalls, second[1], end, lower, right=True),
    ]


def port_labels(item: NodeItem, look: Look) -> list[Line]:
    """The names of ports where there are several on a side: inside the card, each beside its port."""
    found = []
    for output, middle in ((False, UPPER_LABEL), (True, LOWER_LABEL)):
        if not labelled(item, output):
            continue
        ports = item.outputs if output else item.inputs
        room = item.width / (len(ports) + 1) - 6
        for port in ports:
            line = set_line(port.label or port.name, look.label_font, look.label_metrics, room, 0, middle)
            x = item.port_point(output, port.name).x() - line.width / 2
            found.append(line._replace(place=QPointF(round(x), line.place.y())))
    return found
