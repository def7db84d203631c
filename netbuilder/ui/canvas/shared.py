"""What all items of one canvas know in common."""

from __future__ import annotations

from typing import NamedTuple

from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.pictures import Pace


class PortRef(NamedTuple):
    """One port of one node."""

    node: str
    output: bool
    name: str


class Shared:
    """The look, and while a wire is drawn: where it comes from, where it may go, where it would go now.

    `vector` has everything painted in full and without pictures, for files and printers; `far` is the view from so
    far that wires are as thin as can be.
    """

    def __init__(self, look: Look) -> None:
        self.look = look
        self.pace = Pace()
        self.vector = self.far = False
        self.origin: PortRef | None = None
        self.offer: dict[str, set[PortRef]] | None = None
        self.snapped: PortRef | None = None
