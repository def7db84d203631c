"""Generated text, and the writer that remembers for which node each line was written."""

from __future__ import annotations

import msgspec

from netbuilder.codegen.wrap import wrap


class Source(msgspec.Struct, frozen=True):
    """Generated text and, for each of its lines (from 1), the node it was written for.

    `complete` is False while problems keep a node from being written; its place then says so in a comment.
    """

    text: str
    lines: dict[int, str]
    complete: bool = True


class Writer:
    """Collects lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._nodes: dict[int, str] = {}
        self._complete = True

    def line(self, text: str = "", node: str | None = None) -> None:
        """Add a statement, broken over several lines if it is long."""
        for part in wrap(text):
            self._lines.append(part)
            if node is not None:
                self._nodes[len(self._lines)] = node

    def text(self, text: str) -> None:
        """Add text as it stands."""
        self._lines += text.rstrip("\n").split("\n")

    def gap(self) -> None:
        """Add the two empty lines that part classes and functions."""
        self._lines += ["", ""]

    def drop_gap(self) -> None:
        """Take back empty lines at the end."""
        while self._lines and not self._lines[-1]:
            self._lines.pop()

    def missing(self, indent: str, why: str, node: str | None = None) -> None:
        """Say in a comment that something cannot be written."""
        self._complete = False
        plain = " ".join("".join(c if c.isprintable() else " " for c in why).split())
        self._lines.append(f"{indent}# {plain}")
        if node is not None:
            self._nodes[len(self._lines)] = node

    def add(self, other: Writer) -> None:
        """Add what another writer has."""
        first = len(self._lines)
        self._lines += other._lines
        self._nodes |= {first + line: node for line, node in other._nodes.items()}
        self._complete = self._complete and other._complete

    def body(self) -> str:
        """The text so far."""
        return "\n".join(self._lines)

    def source(self) -> Source:
        """The text with its map of lines."""
        return Source(self.body() + "\n", dict(self._nodes), self._complete)
