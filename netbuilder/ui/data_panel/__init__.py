"""A look at the samples: as pictures, curves or rows, with their labels, and what all of them are like."""

from netbuilder.ui.data_panel.panel import DataPanel

__all__ = ["DataPanel"]
