"""What can be done with the runs that are chosen: one table of actions, from which menu and keys are made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QFile, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from netbuilder.blocks.sentence import Refused, say
from netbuilder.bridge.run_folder import PROJECT, Wish, ask
from netbuilder.bridge.run_notes import write_notes
from netbuilder.bridge.runs import Run
from netbuilder.graph.files import write_bytes

translate = QCoreApplication.translate
Test = Callable[[Sequence[Run]], bool]


@dataclass(frozen=True)
class Deed:
    """One action: its text, its key while the panel has the focus, and whether it can be done with what is chosen."""

    id: str
    text: str
    key: str
    possible: Test


def _one(runs: Sequence[Run]) -> bool:
    return len(runs) == 1


def _readable(runs: Sequence[Run]) -> bool:
    return bool(runs) and all(run.about is not None for run in runs)


def _several(runs: Sequence[Run]) -> bool:
    return len(runs) > 1 and _readable(runs)


def _drawn(runs: Sequence[Run]) -> bool:
    return _one(runs) and (runs[0].folder / PROJECT).exists()


def _written(name: str) -> Test:
    return lambda runs: _one(runs) and (runs[0].folder / name).exists()


def _restorable(runs: Sequence[Run]) -> bool:
    return _one(runs) and not runs[0].live and bool(runs[0].checkpoints)


def _state(*states: str) -> Test:
    return lambda runs: _one(runs) and runs[0].state in states


def _still(runs: Sequence[Run]) -> bool:
    return bool(runs) and not any(run.live for run in runs)


def deeds() -> tuple[Deed | None, ...]:
    """All of them, in the order of the menu; None is a line between groups."""
    return (
        Deed("show", translate("Runs", "Show Its &Curves"), "", lambda runs: _one(runs) and _readable(runs)),
        Deed("over", translate("Runs", "&Lay Over the Curves"), "L", _readable),
        Deed("compare", translate("Runs", "Co&mpare…"), "C", _several),
        None,
        Deed("star", translate("Runs", "&Star"), "S", bool),
        Deed("note", translate("Runs", "Edit &Note"), "N", _one),
        None,
        Deed("resume", translate("Runs", "Continue the &Run"), "R", _restorable),
        Deed("restore", translate("Runs", "Restore a Check&point"), "", _restorable),
        Deed("pause", translate("Runs", "&Pause It"), "", _state("running")),
        Deed("go_on", translate("Runs", "Let It &Go On"), "", _state("paused")),
        Deed("stop", translate("Runs", "S&top It"), "", _state("running", "paused")),
        None,
        Deed("open", translate("Runs", "&Open the Drawing as It Was"), "O", _drawn),
        Deed("script", translate("Runs", "E&xport the Training Script…"), "E", _written("train.py")),
        Deed("module", translate("Runs", "Export the &Module…"), "Shift+E", _written("model.py")),
        Deed("events", translate("Runs", "Write Tensor&Board Event Files"), "", _readable),
        None,
        Deed("copy", translate("Runs", "Cop&y as a Table"), "Ctrl+C", bool),
        Deed("folder", translate("Runs", "Open Its &Folder"), "F", _one),
        Deed("trash", translate("Runs", "Move to &Trash"), "Del", _still),
    )


class Deeds(QObject):
    """Does what is chosen. What the panel alone cannot do, it asks for by a signal."""

    shown = Signal(object)
    laid_over = Signal(object)
    compared = Signal(object)
    opened = Signal(object)
    resume_asked = Signal(object, object)
    restore_asked = Signal(object, object)
    note_asked = Signal()
    copy_asked = Signal()
    changed = Signal()
    said = Signal(object)
    refused = Signal(object)
    _done = Signal(object)

    def __init__(self, owner: QWidget, chosen: Callable[[], list[Run]]) -> None:
        super().__init__(owner)
        self._owner, self._chosen = owner, chosen
        self.actions: dict[str, QAction] = {}
        self._busy = False
        self._make()
        self._done.connect(self._tell)

    def _make(self) -> None:
        do: dict[str, Callable[[], None]] = {
            "show": lambda: self.shown.emit(self._chosen()[0]),
            "over": lambda: self.laid_over.emit(self._chosen()),
            "compare": lambda: self.compared.emit(self._chosen()),
            "star": self._star_chosen,
            "note": self.note_asked.emit,
            "resume": lambda: self.resume_asked.emit(self._chosen()[0].folder, self._chosen()[0].checkpoints[-1]),
            "restore": lambda: None,
            "pause": partial(self._ask, "pause"),
            "go_on": partial(self._ask, "resume"),
            "stop": partial(self._ask, "stop"),
            "open": lambda: self.opened.emit(self._chosen()[0]),
            "script": partial(self._export, "train.py"),
            "module": partial(self._export, "model.py"),
            "events": self._write_events,
            "copy": self.copy_asked.emit,
            "folder": self._open_folder,
            "trash": self._trash,
        }
        for deed in filter(None, deeds()):
            action = QAction(deed.text, self._owner)
            action.setShortcut(QKeySequence(deed.key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(partial(self._do, deed, do[deed.id]))
            self._owner.addAction(action)
            self.actions[deed.id] = action

    def _do(self, deed: Deed, act: Callable[[], None], _checked: bool = False) -> None:
        """Do it, if it can be done with what is chosen at this moment."""
        if deed.possible(self._chosen()):
            act()

    def menu(self) -> QMenu:
        """What can be done with what is chosen; it is deleted when it was used."""
        runs, menu = self._chosen(), QMenu(self._owner)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for deed in deeds():
            if deed is None:
                menu.addSeparator()
            elif deed.possible(runs):
                if deed.id == "restore":
                    self._add_checkpoints(menu, deed, runs[0])
                else:
                    menu.addAction(self.actions[deed.id])
        star = self.actions["star"]
        star.setText(self.tr("Take the &Star Away") if all(run.notes.starred for run in runs) else self.tr("&Star"))
        return menu

    def _add_checkpoints(self, menu: QMenu, deed: Deed, run: Run) -> None:
        inner = menu.addMenu(deed.text)
        for checkpoint in reversed(run.checkpoints):
            restore = partial(self.restore_asked.emit, run.folder, checkpoint)
            inner.addAction(checkpoint_text(checkpoint), restore)

    # Each of them.

    def star(self, runs: Sequence[Run], starred: bool) -> None:
        """Star runs, or take their stars away."""
        for run in runs:
            self.note(run, starred=starred)
        self.changed.emit()

    def note(self, run: Run, **notes: bool | str) -> None:
        """Note something of a run."""
        try:
            write_notes(run.folder, msgspec.structs.replace(run.notes, **notes))
        except Refused as refused:
            self.refused.emit(refused.sentence)

    def _star_chosen(self) -> None:
        runs = self._chosen()
        self.star(runs, not all(run.notes.starred for run in runs))

    def _ask(self, what: Wish) -> None:
        [run] = self._chosen()
        try:
            ask(run.folder, what)
        except Refused as refused:
            self.refused.emit(refused.sentence)
            return
        self.said.emit(
            say("{name} was asked to {what}; it does so after the step under way.", name=run.name, what=what)
        )

    def _export(self, name: str) -> None:
        [run] = self._chosen()
        suggestion = Path.home() / f"{name.removesuffix('.py')}_{run.name.lower()}.py"
        title, kind = self.tr("Export code"), self.tr("Python (*.py)")
        chosen, _ = QFileDialog.getSaveFileName(self._owner, title, str(suggestion), kind)
        if not chosen:
            return
        try:
            write_bytes((run.folder / name).read_bytes(), Path(chosen))
        except OSError as error:
            file = str(run.folder / name)
            self.refused.emit(say("{file} cannot be read: {reason}.", file=file, reason=error.strerror or ""))
        except Refused as refused:
            self.refused.emit(refused.sentence)
        else:
            self.said.emit(say("Written: {file}", file=chosen))

    def _write_events(self) -> None:
        """Write them on a thread: numpy is slow to load, and a long run takes a while."""
        if self._busy:
            return
        self._busy = True
        folders = [run.folder for run in self._chosen()]
        threading.Thread(target=self._events, args=(folders,), name="netbuilder-events", daemon=True).start()

    def _events(self, folders: list[Path]) -> None:
        from netbuilder.bridge.event_files import write_event_file

        try:
            written = [write_event_file(folder) for folder in folders]
        except Refused as refused:
            self._done.emit(refused)
            return
        text = "Written for TensorBoard: {folder}. It shows them with: tensorboard --logdir {home}"
        if len(written) > 1:
            text = "Written for TensorBoard into {count} runs' folders. It shows them with: tensorboard --logdir {home}"
        home = folders[0] if len(folders) == 1 else folders[0].parent
        self._done.emit(say(text, folder=str(written[0]), count=len(written), home=str(home)))

    def _tell(self, found: object) -> None:
        self._busy = False
        if isinstance(found, Refused):
            self.refused.emit(found.sentence)
        else:
            self.said.emit(found)

    def _open_folder(self) -> None:
        [run] = self._chosen()
        self.said.emit(say("The run's folder: {folder}", folder=str(run.folder)))
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.folder)))

    def _trash(self) -> None:
        """Move the folders to the trash, after asking. Nothing is ever deleted here."""
        runs = self._chosen()
        question = (
            self.tr("Move the run “{name}” to the trash?").format(name=runs[0].name)
            if len(runs) == 1
            else self.tr("Move {count} runs to the trash?").format(count=len(runs))
        )
        starred = sum(run.notes.starred for run in runs)
        more = self.tr("What was measured, the drawing, the code and the checkpoints go with it.")
        if starred:
            more += " " + (self.tr("One of them has a star.") if starred < len(runs) else self.tr("It has a star."))
        if not self._sure(question, more):
            return
        left = [run for run in runs if not QFile.moveToTrash(str(run.folder))]
        if left:
            text = "{folder} cannot be moved to a trash: its disk has none. Nothing was deleted."
            self.refused.emit(say(text, folder=str(left[0].folder)))
        elif len(runs) == 1:
            self.said.emit(say("{name} is in the trash.", name=runs[0].name))
        else:
            self.said.emit(say("{count} runs are in the trash.", count=len(runs)))
        self.changed.emit()

    def _sure(self, question: str, more: str) -> bool:
        box = QMessageBox(self._owner)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(question)
        box.setInformativeText(more)
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Yes | buttons.Cancel)
        box.setDefaultButton(buttons.Yes)
        return box.exec() == buttons.Yes


def checkpoint_text(checkpoint: Path) -> str:
    """What a checkpoint is called: Step 1,200."""
    kind, _, number = checkpoint.name.partition("-")
    if kind == "step" and number.isdecimal():
        return translate("Runs", "Step {step}").format(step=f"{int(number):,}")
    return checkpoint.name


def copy_text(text: str) -> None:
    """Put a text into the clipboard."""
    QGuiApplication.clipboard().setText(text)
