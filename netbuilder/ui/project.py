"""The project that is open and its file: new, open, save, recent files, and the question before work is lost."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from netbuilder.blocks.sentence import Refused, say
from netbuilder.graph.document import Document
from netbuilder.graph.files import SUFFIX, load, save, write
from netbuilder.graph.graph import Graph
from netbuilder.places import examples

_RECENT = 10


class Project(QObject):
    """Holds the document and its path. `replaced` says that another document is open."""

    replaced = Signal()
    changed = Signal()
    failed = Signal(object)
    said = Signal(object)
    folder_moved = Signal()

    def __init__(self, document: Document, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._settings, self._window = settings, window
        self.document = document
        self.path: Path | None = None
        self._name = ""
        self._folder = Path.home()

    @property
    def folder(self) -> Path:
        """What relative paths in the project start from."""
        return self.path.parent if self.path else self._folder

    @property
    def _filter(self) -> str:
        return self.tr("Netbuilder projects (*{suffix})").format(suffix=SUFFIX)

    @property
    def title(self) -> str:
        """The file's name without its suffix, or what stands for it."""
        return self.path.stem if self.path else self._name or self.tr("untitled")

    def show(self, graph: Graph, path: Path | None, example: Path | None = None) -> None:
        """Open a graph; without a path it has no file yet, even if it is a copy of an example."""
        self.document = Document(graph)
        self.path = path.resolve() if path else None
        self._name = example.stem if example else ""
        self._folder = example.parent if example else Path.home()
        if self.path:
            self._remember(self.path)
        self.replaced.emit()

    def new(self) -> None:
        """Open an empty drawing."""
        if self.may_leave():
            self.show(Graph(), None)

    def ask_open(self) -> None:
        """Ask for a file and open it."""
        if not self.may_leave():
            return
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open project"), str(self.folder), self._filter)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a file; a file that cannot be opened changes nothing."""
        try:
            self.show(load(path), path)
        except Refused as refused:
            self.failed.emit(refused.sentence)

    def open_if_free(self, path: Path) -> None:
        """Open a file, after asking what becomes of unsaved work."""
        if self.may_leave():
            self.open(path)

    def open_example(self, path: Path) -> None:
        """Open a copy of an example, without a file of its own."""
        if not self.may_leave():
            return
        try:
            self.show(load(path), None, path)
        except Refused as refused:
            self.failed.emit(refused.sentence)

    def save(self) -> bool:
        """Write the file; asks for one where there is none. False when it is not written."""
        return self.save_to(self.path) if self.path else self.ask_save()

    def ask_save(self) -> bool:
        """Ask for a file and write it."""
        suggestion = (self.path or Path.home() / self.title).with_suffix(SUFFIX)
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save project"), str(suggestion), self._filter)
        if not name:
            return False
        path = Path(name)
        return self.save_to(path if path.suffix else path.with_suffix(SUFFIX))

    def save_to(self, path: Path) -> bool:
        """Write this file and stay with it."""
        try:
            save(self.document.graph, path)
        except Refused as refused:
            self.failed.emit(refused.sentence)
            return False
        moved = self.path is None or path.resolve().parent != self.folder
        self.path = path.resolve()
        self._remember(self.path)
        self.document.mark_saved()
        self.changed.emit()
        if moved:
            self.folder_moved.emit()
        return True

    def export(self, text: str, kind: str) -> None:
        """Ask where to write code, and write it."""
        stem = "".join(c if c.isalnum() else "_" for c in self.document.graph.main.name).lower() or "net"
        name = f"{stem}.py" if kind == "module" else f"train_{stem}.py"
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Export code"), str(self.folder / name), self.tr("Python (*.py)")
        )
        if not chosen:
            return
        try:
            write(text, Path(chosen))
        except Refused as refused:
            self.failed.emit(refused.sentence)
            return
        self.said.emit(say("Written: {file}", file=chosen))

    def may_leave(self) -> bool:
        """Whether the document may be given up: saved, or the person says so."""
        if not self.document.edited:
            return True
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("Save the changes to “{name}”?").format(name=self.title))
        box.setInformativeText(self.tr("Without saving, they are lost."))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        if answer == buttons.Save:
            return self.save()
        return answer == buttons.Discard

    def recent(self) -> list[Path]:
        """The files opened last, newest first."""
        found = self._settings.value("recent", [])
        names = [found] if isinstance(found, str) else found
        return [Path(name) for name in names] if isinstance(names, list) else []

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self._settings.setValue("recent", [])

    def _remember(self, path: Path) -> None:
        others = [str(other) for other in self.recent() if other != path]
        self._settings.setValue("recent", [str(path), *others][:_RECENT])


def example_files() -> list[Path]:
    """The examples that come with the program."""
    return sorted(examples().glob(f"*{SUFFIX}"))
