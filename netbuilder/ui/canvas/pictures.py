"""Pictures of whole cards, kept so that a frame copies them instead of setting text, and when to make new ones."""

from __future__ import annotations

from math import log2
from time import perf_counter
from typing import NamedTuple, Protocol

from PySide6.QtGui import QPixmap

LIMIT = 64 * 2**20
STEPS = 4
BLUR = 1.5
MOVING_BUDGET = 0.002
SETTLING_BUDGET = 0.006


class Picture(NamedTuple):
    """A card as pixels: at how many of them a scene unit, for which pixel ratio, and where it lies.

    `left` and `top` are its corner, in its pixels from the card's.
    """

    pixels: QPixmap
    density: float
    ratio: float
    look: object
    left: int
    top: int
    size: tuple[int, int]


class Pictured(Protocol):
    """A card: its picture, if it has one, whether that shows its present state, and the last frame it was in."""

    picture: Picture | None
    current: bool
    seen: int


class Pictures:
    """Knows which cards have pictures, and takes away those of cards out of sight when all are too large."""

    def __init__(self) -> None:
        self._sizes: dict[Pictured, int] = {}
        self._bytes = 0

    def put(self, card: Pictured, picture: Picture) -> None:
        """Give a card its picture."""
        self.drop(card)
        card.picture, card.current = picture, True
        size = self._sizes[card] = picture.pixels.width() * picture.pixels.height() * 4
        self._bytes += size
        if self._bytes > LIMIT:
            for other in [other for other in self._sizes if other.seen < card.seen - 1]:
                self.drop(other)

    def drop(self, card: Pictured) -> None:
        """Take a card's picture away."""
        card.picture = None
        self._bytes -= self._sizes.pop(card, 0)


class Pace:
    """How much a frame may paint afresh.

    While the scale changes, pictures are stretched, and only for a few milliseconds of each frame made anew.
    When it rests, all become crisp, again some in each frame. Otherwise every frame is crisp.
    Wires have no smooth edges while the scale changes, nor while many things move: `hastened` is set then.
    """

    def __init__(self) -> None:
        self.moving = False
        self.hastened = False
        self.settling = False
        self.unfinished = False
        self.frame = 0
        self._deadline = 0.0

    def begin(self) -> None:
        """A frame begins."""
        self.unfinished = False
        self.frame += 1
        self._deadline = 0.0

    def hasten(self) -> None:
        """Have the next frames painted fast: many things move."""
        self.moving = self.hastened = True

    def end(self) -> bool:
        """A frame ends. Whether there is something left to be made crisp in the next."""
        again = self.settling and self.unfinished and not self.moving
        self.settling = self.settling and (again or self.moving)
        return again

    def late(self) -> bool:
        """Whether this frame should leave what can wait for the next."""
        if not (self.moving or self.settling):
            return False
        now = perf_counter()
        self._deadline = self._deadline or now + (MOVING_BUDGET if self.moving else SETTLING_BUDGET)
        if now < self._deadline:
            return False
        self.unfinished = True
        return True

    def wanted(self, density: float) -> float:
        """The density to make a picture at: while the scale changes one of a few, so that its parts are shared."""
        return 2 ** (round(log2(density) * STEPS) / STEPS) if self.moving else density

    def usable(self, density: float) -> tuple[float, float]:
        """The least and the greatest density of pictures that do for that one now."""
        return (density / BLUR, density * BLUR) if self.moving else (density, density)
