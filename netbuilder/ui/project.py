"""The project that is open and its file: new, open, save, recent files, and the question before work is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Signal
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

    def __init__(self, document: Document, settings: QSettings, window: QWidget, settle: Callable[[], bool]) -> None:
        """`settle` is called before the document is looked at: it takes in what is still being typed, if it can."""
        super().__init__(window)
        self._settle = settle
        self._on_disk: tuple[int, int] | None = None
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
        self._on_disk = _stamp(self.path) if self.path else None
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

    def open_copy(self, path: Path, name: str) -> None:
        """Open what a file holds as a drawing without a file, called by this name, after asking about unsaved work."""
        if not self.may_leave():
            return
        try:
            self.show(load(path), None, path.with_name(name))
        except Refused as refused:
            self.failed.emit(refused.sentence)

    def save(self) -> bool:
        """Write the file; asks for one where there is none. False when it is not written."""
        if self.path is None:
            return self.ask_save()
        return self._settle() and self.save_to(self.path)

    def ask_save(self) -> bool:
        """Ask for a file and write it."""
        if not self._settle():
            return False
        suggestion = (self.path or Path.home() / self.title).with_suffix(SUFFIX)
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save project"), str(suggestion), self._filter)
        if not name:
            return False
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(SUFFIX)
        # The dialog asked about the name as it was typed, without the suffix.
        if str(path) != name and path.exists() and not self._sure(self.tr("Replace “{name}”?").format(name=path.name)):
            return False
        return self.save_to(path)

    def save_to(self, path: Path) -> bool:
        """Write this file and stay with it."""
        if path == self.path and self._on_disk not in (None, _stamp(path)):
            question = self.tr("“{name}” was changed by another program. Replace it?").format(name=path.name)
            if not self._sure(question):
                return False
        try:
            save(self.document.graph, path)
        except Refused as refused:
            self.failed.emit(refused.sentence)
            return False
        moved = self.path is None or path.resolve().parent != self.folder
        self.path = path.resolve()
        self._on_disk = _stamp(self.path)
        self._remember(self.path)
        self.document.mark_saved()
        self.changed.emit()
        if moved:
            self.folder_moved.emit()
        return True

    def export(self, text: str, kind: str) -> None:
        """Ask where to write code, and write it."""
        stem = "".join(c if c.isalnum() else "_" for c in self.document.graph.main.name).lower() or "net"
        name = {"module": f"{stem}.py", "script": f"train_{stem}.py"}.get(kind, f"{kind}_{stem}.py")
        folder = self.path.parent if self.path else Path.home()
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Export code"), str(folder / name), self.tr("Python (*.py)")
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
        if self._settle() and not self.document.edited:
            return True
        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
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

    def _sure(self, question: str) -> bool:
        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(question)
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Yes | buttons.Cancel)
        box.setDefaultButton(buttons.Cancel)
        return box.exec() == buttons.Yes

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


def _stamp(path: Path) -> tuple[int, int] | None:
    """What tells whether a file was changed: its time and size."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def example_files() -> list[Path]:
    """The examples that come with the program."""
    return sorted(examples().glob(f"*{SUFFIX}"))
