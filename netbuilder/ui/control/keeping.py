"""What the last run of a project has learned, offered to the next one where the drawing is as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.run_folder import PROJECT, read_about
from netbuilder.bridge.weights import learned
from netbuilder.graph.document import Document
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Node
from netbuilder.ui.control.job import Job, resumable, same_network

if TYPE_CHECKING:
    from netbuilder.ui.window import Window

KEEP, LAST = "keep_weights", "last_runs"
_MOST = 50  # projects whose last run is known


@dataclass(frozen=True)
class Left:
    """What a run has left: the drawing it was of, its newest checkpoint, how many numbers each node had learned."""

    graph: Graph
    checkpoint: Path
    sizes: Mapping[str, int]


@dataclass(frozen=True)
class Kept:
    """A checkpoint, and of how many layers that learn its weights still fit."""

    checkpoint: Path
    fitting: int
    layers: int


def left(folder: Path) -> Left | None:
    """What the run in a folder left, as the folder tells it; None where that is nothing, or was only a try."""
    checkpoints, about = resumable(folder), read_about(folder)
    if not checkpoints or about is None or about.task != "train":
        return None
    try:
        return Left(load(folder / PROJECT), checkpoints[-1], learned(checkpoints[-1]))
    except Refused:
        return None


def kept(before: Left | None, graph: Graph, sizes: Mapping[str, int]) -> Kept | None:
    """What a run left for the drawing as it is now, whose nodes learn so many numbers.

    None where there is nothing, or nothing was changed since.
    """
    if before is None or same_network(before.graph, graph):
        return None
    layers = [node for key, node in graph.part(MAIN).live.nodes.items() if sizes.get(key)]
    fitting = sum(_fits(node, before, graph, sizes) for node in layers)
    return Kept(before.checkpoint, fitting, len(layers)) if fitting else None


def _fits(node: Node, before: Left, graph: Graph, sizes: Mapping[str, int]) -> bool:
    """Whether a node is the same layer with as many numbers, inside too where it places a network."""
    old = before.graph.nodes.get(node.id)
    if old is None or (old.block, old.of, old.layer, old.params) != (node.block, node.of, node.layer, node.params):
        return False
    if before.sizes.get(node.id) != sizes[node.id]:  # a size that follows from the wires is another one
        return False
    return not node.of or all(
        same_network(before.graph.part(key), graph.part(key)) for key in (node.of, *graph.inner(node.of))
    )


class Keeping(QObject):
    """Knows the last run of the project that is open, of an earlier window too, and says what of it still fits."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._left: Left | None = None
        self._kept: Kept | None = None
        self._folder: Path | None = None
        self._document: Document | None = None  # what the run under way is of
        window.top.keep_changed.connect(lambda on: window.settings.setValue(KEEP, "on" if on else "off"))
        window.project.changed.connect(lambda: self._remember(self._folder))

    @property
    def wanted(self) -> bool:
        """Whether the person wants weights to be kept."""
        return self._window.settings.value(KEEP, "off") == "on"

    def opened(self) -> None:
        """Another drawing is open: look for the last run of its file."""
        path = self._window.project.path
        found = last_runs(self._window.settings).get(str(path)) if path is not None else None
        self._document, self._folder = None, Path(found) if found is not None else None
        self._left = left(self._folder) if self._folder is not None else None
        self.compare()

    def began(self) -> None:
        """A run of the drawing has begun, which may outlive this window."""
        runs = self._window.runs
        self._document = self._window.project.document
        if runs.folder is not None and runs.job is not None and runs.job.task == "train":
            self._remember(runs.folder)
        self.compare()

    def ended(self) -> None:
        """It is over: what it has left, if anything, is what can be kept from now on."""
        folder, ours = self._window.runs.folder, self._document is self._window.project.document
        found = left(folder) if folder is not None and ours and self._window.runs.job is not None else None
        if found is not None:
            self._folder, self._left = folder, found
        self._remember(self._folder)
        self.compare()

    def compare(self) -> None:
        """Offer what still fits, unless a run goes on."""
        window, self._kept = self._window, None
        if window.runs.state == "idle":
            sizes = {key: report.parameters for key, report in window.findings.reports.items()}
            self._kept = kept(self._left, window.project.document.graph, sizes)
        if self._kept is not None:
            window.top.offer_keeping(self._kept.fitting, self._kept.layers, self.wanted)
        else:
            window.top.offer_keeping(0, 0, False)

    def beginning(self, job: Job) -> Job:
        """The same with the weights that can be kept, where the person wants that."""
        return replace(job, weights=self._kept.checkpoint) if self._kept is not None and self.wanted else job

    def _remember(self, folder: Path | None) -> None:
        """Write down which run was the last of this file, for the next window."""
        path, settings = self._window.project.path, self._window.settings
        if path is not None and folder is not None:
            known = {key: value for key, value in last_runs(settings).items() if key != str(path)}
            newest = [*known.items(), (str(path), str(folder))][-_MOST:]
            settings.setValue(LAST, [text for pair in newest for text in pair])


def last_runs(settings: QSettings) -> dict[str, str]:
    """The folder of the last run of each project file, the newest last; as a list in the settings, a path at a time."""
    found = settings.value(LAST, [])
    texts = [str(text) for text in found] if isinstance(found, list) else []
    return dict(zip(texts[::2], texts[1::2], strict=False))
