"""What the classes of a data block are called and what its files hold, where looking at them says so."""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Any

from netbuilder.blocks import Values
from netbuilder.engine.describe import Stamp, stamps
from netbuilder.graph.records import Node


def class_names(node: Node, port: str) -> tuple[str, ...]:
    """The names that go with what a port gives; () where nobody knows any."""
    values = node.entry.filled(node.params)
    known = node.entry.gives(values).get(port) if node.entry.gives is not None else None
    if known is not None and known.names:
        return known.names
    found = _described(node)
    output = None if found is None else found.outputs.get(port)
    return () if output is None else tuple(map(str, output.names))


def file_facts(node: Node) -> tuple[tuple[str, str], ...]:
    """What else is known of the files, as pairs."""
    found = _described(node)
    return () if found is None else tuple((str(name), str(value)) for name, value in found.facts)


def _described(node: Node) -> Any:
    values = node.entry.filled(node.params)
    return _describe(node.entry.loader, tuple(values.items()), stamps(node.entry, values))


@lru_cache(maxsize=16)
def _describe(loader: str, values: tuple[tuple[str, object], ...], _: tuple[Stamp, ...]) -> Any:
    """What the loader's own look at the files gives, once as long as they stay as they are.

    None where it has none, or cannot read them.
    """
    describe = getattr(importlib.import_module(f"netbuilder.engine.loaders.{loader}"), f"describe_{loader}", None)
    if describe is None:
        return None
    given: Values = dict(values)  # type: ignore[arg-type]
    try:
        return describe(**given)
    except (OSError, ValueError, EOFError, ImportError):
        return None
