"""What the files of a data block hold: the loaders' own functions look, and it is remembered until a file changes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from pathlib import Path

from netbuilder.blocks import Block, Value
from netbuilder.bridge.reports import Size, TensorSpec

MOST_INNER = 1000  # folders in a folder of which a change is noticed
_KEPT = 200

Stamp = tuple[int, ...]


@dataclass(frozen=True)
class Described:
    """The tensors that a data block gives, what else there is to know of them, and what their classes are called.

    Where its files cannot be used, `refusal` says why.
    """

    outputs: dict[str, TensorSpec] = field(default_factory=dict)
    facts: tuple[tuple[str, str], ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refusal: str = ""


class Files:
    """Looks into files, once as long as they stay as they are."""

    def __init__(self) -> None:
        self._known: dict[object, Described] = {}

    def describe(self, block: Block, values: Mapping[str, Value], base: Path) -> Described:
        """What the block gives; relative paths start from `base`."""
        given = {**values, **absolute_paths(block, values, base)}
        key = (block.loader, tuple(given.items()), stamps(block, given))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[key] = _look(block, given)
        return found


def _look(block: Block, values: Mapping[str, Value]) -> Described:
    module = import_module(f"netbuilder.engine.loaders.{block.loader}")
    try:
        made = vars(module)[f"describe_{block.loader}"](**values)
    except MemoryError:
        return Described(refusal="its files do not fit into memory")
    except Exception as error:  # files may be damaged in ways that no library foresees
        return Described(refusal=reason_of(error))
    outputs: dict[str, TensorSpec] = {}
    for name, output in made.outputs.items():
        shape: tuple[Size, ...] = ("N", *output.shape)
        outputs[name] = TensorSpec(shape, output.dtype, output.classes)
    names = {name: output.names for name, output in made.outputs.items() if output.names and output.classes}
    return Described(outputs, tuple(made.facts), names)


def reason_of(error: BaseException) -> str:
    """The error on one line, without the full stop."""
    return str(error).strip().split("\n")[0][:500].rstrip(".") or type(error).__name__


def paths(block: Block, values: Mapping[str, Value]) -> dict[str, str]:
    """The parameters that are paths, and are given."""
    kinds = {param.name for param in block.params if param.kind in ("folder", "file")}
    return {name: str(values[name]) for name in kinds if values.get(name) is not None}


def absolute_paths(block: Block, values: Mapping[str, Value], base: Path) -> dict[str, str]:
    """The same, with relative ones starting from `base`."""
    return {name: str(base.absolute() / path) for name, path in paths(block, values).items()}


def stamps(block: Block, values: Mapping[str, Value]) -> tuple[Stamp, ...]:
    """What changes when the files of a block do."""
    return tuple(_stamp(path) for path in paths(block, values).values())


def _stamp(path: str) -> Stamp:
    """When and how large; of a folder, when something in it or in one of its own folders came or went."""
    try:
        about = os.stat(path)
        found = [about.st_mtime_ns, about.st_size]
        if os.path.isdir(path):
            with os.scandir(path) as entries:
                inner = (entry for entry in entries if entry.is_dir())
                found += sorted(entry.stat().st_mtime_ns for entry in islice(inner, MOST_INNER))
    except (OSError, ValueError):
        return ()
    return tuple(found)
