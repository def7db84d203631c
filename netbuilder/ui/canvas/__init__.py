"""The canvas: where a network is drawn as cards and wires."""

from netbuilder.ui.canvas.canvas import Canvas
from netbuilder.ui.canvas.drops import BLOCK_MIME

__all__ = ["BLOCK_MIME", "Canvas"]
