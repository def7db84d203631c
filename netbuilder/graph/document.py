"""The drawing that is open: its current graph, undo and redo, and who watches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from netbuilder.graph.graph import Graph, compose, invert
from netbuilder.graph.records import Edit

Watcher = Callable[[Edit], None]


@dataclass(frozen=True)
class Step:
    """One entry of the undo list."""

    edit: Edit
    label: str
    merge: str | None


class Document:
    """The current graph and how it came about. `commit` is the only way in."""

    def __init__(self, graph: Graph | None = None) -> None:
        """Open a graph, by default an empty one."""
        self.graph = graph or Graph()
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._saved: Step | None = None
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Call `watcher` with every edit from now on; the function returned ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def commit(self, edit: Edit, label: str, merge: str | None = None) -> None:
        """Do an edit as one undo step named `label`; steps in a row with the same `merge` become one."""
        if not edit:
            return
        self.graph = self.graph.apply(edit)
        self._undone.clear()
        last = self._done[-1] if self._done else None
        if merge is not None and last is not None and last.merge == merge and last is not self._saved:
            self._done.pop()
            whole = compose(last.edit, edit)
            if whole:
                self._done.append(Step(whole, label, merge))
        else:
            self._done.append(Step(edit, label, merge))
        self._tell(edit)

    def undo(self) -> str | None:
        """Take the last step back; its label, or None when there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        return self._go(invert(step.edit), step.label)

    def redo(self) -> str | None:
        """Do the last undone step again; its label, or None when there is none."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(step)
        return self._go(step.edit, step.label)

    @property
    def undo_label(self) -> str | None:
        """What `undo` would take back."""
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> str | None:
        """What `redo` would do again."""
        return self._undone[-1].label if self._undone else None

    def mark_saved(self) -> None:
        """Remember this state as the one on disk."""
        self._saved = self._done[-1] if self._done else None

    @property
    def edited(self) -> bool:
        """Whether this differs from the state on disk."""
        return self._saved is not (self._done[-1] if self._done else None)

    def _go(self, edit: Edit, label: str) -> str:
        self.graph = self.graph.apply(edit)
        self._tell(edit)
        return label

    def _tell(self, edit: Edit) -> None:
        for watcher in tuple(self._watchers):
            watcher(edit)
