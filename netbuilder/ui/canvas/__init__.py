"""The canvas: where a network is drawn as cards and wires."""

from netbuilder.ui.canvas.canvas import BLOCK_MIME, Canvas

__all__ = ["BLOCK_MIME", "Canvas"]
