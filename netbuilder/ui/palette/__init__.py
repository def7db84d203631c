"""The list of blocks at the left."""

from netbuilder.ui.palette.palette import Palette

__all__ = ["Palette"]
