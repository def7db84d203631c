"""A real child, and everything that was heard of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from netbuilder.bridge.child import Child, Role
from netbuilder.bridge.messages import FromChild, Progress, Start
from netbuilder.graph.graph import Graph

PATIENCE = 60.0
Kind = TypeVar("Kind")


class Watched:
    """A child and everything heard of it."""

    def __init__(self, role: Role) -> None:
        self.messages: list[FromChild] = []
        self.exits: list[tuple[int, str]] = []
        self.exit_at = 0.0
        self._news = threading.Condition()
        self.child = Child(role, self._hear, self._bury)

    def _hear(self, _: Child, message: FromChild) -> None:
        with self._news:
            self.messages.append(message)
            self._news.notify_all()

    def _bury(self, _: Child, code: int, complaints: str) -> None:
        with self._news:
            self.exit_at = time.monotonic()
            self.exits.append((code, complaints))
            self._news.notify_all()

    def wait(self, met: Callable[[], object], patience: float = PATIENCE) -> None:
        """Wait until that holds; fail when it does not in time or the child ends before."""
        end = time.monotonic() + patience
        with self._news:
            while not (met() or self.exits or time.monotonic() > end):
                self._news.wait(0.05)  # a file may be what is waited for
            assert met(), f"did not come: {self.exits} {self.messages[-3:]}"

    def wait_for(self, kind: type[Kind], number: int = 1) -> Kind:
        """The so-many-th message of a kind."""
        self.wait(lambda: len(self.all(kind)) >= number)
        return self.all(kind)[number - 1]

    def all(self, kind: type[Kind]) -> list[Kind]:
        return [message for message in self.messages if isinstance(message, kind)]

    def running(self) -> bool:
        return any(p.step for p in self.all(Progress))

    def start(self, graph: Graph, run: Path, trusted: bool = False, resume: str = "") -> None:
        """Have it train into a folder."""
        run.mkdir(exist_ok=True)
        records = list(graph.records.values())
        self.child.send(Start(records, str(run.parent), str(run), "cpu", trusted, resume))
