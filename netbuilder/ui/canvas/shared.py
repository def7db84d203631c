"""What all items of one canvas know in common."""

from __future__ import annotations

from typing import NamedTuple

from netbuilder.ui.canvas.look import Look


class PortRef(NamedTuple):
    """One port of one node."""

    node: str
    output: bool
    name: str


class Shared:
    """The look, and while a wire is drawn: where it comes from, where it may go, where it would go now."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.origin: PortRef | None = None
        self.offer: dict[str, set[PortRef]] | None = None
        self.snapped: PortRef | None = None
