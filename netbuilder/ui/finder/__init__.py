"""The box that searches as one types: what it offers, how it matches, and how it looks."""

from netbuilder.ui.finder.finder import Finder

__all__ = ["Finder"]
