"""The inspector: pages about what is selected, and the form and fields that they are made of."""

from netbuilder.ui.inspector.inspector import Inspector

__all__ = ["Inspector"]
