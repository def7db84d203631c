"""Runs generated text. It is registered with `linecache`, so a traceback shows its lines."""

from __future__ import annotations

import itertools
import linecache
import types
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from netbuilder.codegen import Source

_numbers = itertools.count(1)
NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Program:
    """Executed source: its names, and from a line back to the node. `tables` and `classes` are as the analyst says."""

    source: Source
    file: str
    names: dict[str, Any]
    tables: Mapping[str, int]
    classes: Mapping[str, tuple[str, ...]]

    def node_of(self, error: BaseException) -> str | None:
        """The node whose line raised the error, the innermost one first."""
        found = None
        trace: types.TracebackType | None = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.file:
                found = self.source.lines.get(trace.tb_lineno, found)
            trace = trace.tb_next
        return found


def execute(source: Source, tables: Mapping[str, int] = NONE, classes: Mapping[str, tuple[str, ...]] = NONE) -> Program:
    """Run a script's text without its `main`. ValueError when the text is not complete."""
    if not source.complete:
        raise ValueError("the drawing has problems, so its code is not complete")
    file = f"<drawing {next(_numbers)}>"
    linecache.cache[file] = (len(source.text), None, source.text.splitlines(keepends=True), file)
    names: dict[str, Any] = {"__name__": "drawing"}
    exec(compile(source.text, file, "exec"), names)
    return Program(source, file, names, tables, classes)
