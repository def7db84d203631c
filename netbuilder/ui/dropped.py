"""Files dropped onto the canvas: what they are, found out beside the window, which never waits for a disk."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused
from netbuilder.graph.commands import check_params
from netbuilder.graph.files import SUFFIX

PARTS = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
FILES = {
    ".csv": "CSVTable",
    ".tsv": "CSVTable",
    ".parquet": "ParquetTable",
    ".npy": "NumpyArrays",
    ".npz": "NumpyArrays",
    ".safetensors": "TensorFile",
    ".txt": "TextFile",
}
FOLDERS = {
    ".png": "ImageFolder", ".jpg": "ImageFolder", ".jpeg": "ImageFolder", ".bmp": "ImageFolder", ".gif": "ImageFolder",
    ".webp": "ImageFolder", ".tif": "ImageFolder", ".tiff": "ImageFolder", ".ppm": "ImageFolder", ".wav": "WavFolder",
}  # fmt: skip
ASIDE = ("val", "valid", "validation", "test")  # beside a folder called train
MOST_ENTRIES = 4000
FEW_ENTRIES = 100  # of one class
CLASSES = 20  # folders that are looked into; of further classes nobody has to know
LOOK_EVERY = 20


class Data(NamedTuple):
    """A data set: the block that loads it, and the block's parameters with their values, which are paths."""

    block: str
    params: tuple[tuple[str, str], ...]


class Dropped(QObject):
    """Tells what dropped files are: `project` its path; `data` a block, its parameters and the place; or `refused`.

    Once this object is gone, nobody is told. The thread that looks is not waited for: it may hang in a folder of a
    network that went away.
    """

    project = Signal(object)
    data = Signal(str, object, QPointF)
    refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._answers: SimpleQueue[tuple[Path | Data | Refused, QPointF]] = SimpleQueue()
        self._awaited = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self._tell)

    def look(self, paths: Sequence[Path], folder: Path | None, place: QPointF) -> None:
        """Look at files; `folder` is the project's own, if it has one. The answer comes as a signal."""
        answers = self._answers

        def work() -> None:
            try:
                answers.put((recognise(paths, folder), place))
            except Refused as refused:
                answers.put((refused, place))

        self._awaited += 1
        self._timer.start()
        threading.Thread(target=work, name="dropped files", daemon=True).start()

    def _tell(self) -> None:
        while not self._answers.empty():
            answer, place = self._answers.get()
            self._awaited -= 1
            if isinstance(answer, Refused):
                self.refused.emit(answer.sentence)
            elif isinstance(answer, Data):
                self.data.emit(answer.block, dict(answer.params), place)
            else:
                self.project.emit(answer)
        if not self._awaited:
            self._timer.stop()


def recognise(paths: Sequence[Path], folder: Path | None) -> Path | Data:
    """The project or the data that these files are. Refused when they are neither, or several. Takes its time."""
    projects: dict[Path, None] = {}
    sets: dict[Data, None] = {}
    for path in paths:
        mode = _mode(path)
        if stat.S_ISDIR(mode):
            sets[_classes(path) or _idx(_only_set(path))] = None
        elif not stat.S_ISREG(mode):
            raise _unknown(path)
        elif path.suffix.lower() == SUFFIX:
            projects[path] = None
        elif path.name.removesuffix(".gz") in PARTS:
            sets[_idx(_whole(path.parent))] = None
        elif path.suffix.lower() in FILES:
            sets[Data(FILES[path.suffix.lower()], (("file", str(path)),))] = None
        else:
            raise _unknown(path)
    if projects and sets:
        raise Refused("Drop a project or data, not both at once.")
    if len(projects) > 1:
        raise Refused("Drop one project at a time: these are {count}.", count=len(projects))
    if len(sets) > 1:
        raise Refused("Drop one data set at a time: these are {count}.", count=len(sets))
    if projects:
        return next(iter(projects))
    if not sets:
        raise Refused("There is nothing to drop.")
    return _data(next(iter(sets)), folder)


def _mode(path: Path) -> int:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        raise Refused("{file} is not there any more.", file=str(path)) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError | ValueError) -> Refused:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return Refused("{file} cannot be read: {reason}.", file=str(path), reason=reason)


def _unknown(path: Path) -> Refused:
    text = (
        "{file} cannot be dropped here. What can be: a project (*{suffix}), a table (.csv, .tsv, .parquet), arrays "
        "(.npz, .npy, .safetensors), a text (.txt), pictures or sounds in a folder for each class, "
        "or a folder with the four IDX files of MNIST or Fashion-MNIST."
    )
    return Refused(text, file=path.name, suffix=SUFFIX)


def _classes(folder: Path) -> Data | None:
    """The pictures or sounds in a folder, if it has a folder for each class, or such folders called train and val."""
    if len(_missing(folder)) < len(PARTS):
        return None
    block = _class_block(folder)
    if block is not None:
        return Data(block, (("folder", str(folder)),))
    block = _class_block(folder / "train")
    if block is None:
        return None
    params = [("folder", str(folder / "train"))]
    aside = next((folder / name for name in ASIDE if _class_block(folder / name) == block), None)
    if aside is not None:
        params.append(("validation_folder", str(aside)))
    return Data(block, tuple(params))


def _class_block(folder: Path) -> str | None:
    """The block for a folder in which at least two folders hold such files, as far as a quick look tells."""
    found = Counter(_kind(inner) for inner in islice(_entries(folder, dirs=True), CLASSES))
    found.pop(None, None)
    (best, count), *_ = found.most_common(1) or [(None, 0)]
    return best if count > 1 else None


def _kind(folder: Path) -> str | None:
    """The block for what is in the folder of one class."""
    files = islice(_entries(folder, dirs=False), FEW_ENTRIES)
    return next((FOLDERS[path.suffix.lower()] for path in files if path.suffix.lower() in FOLDERS), None)


def _entries(folder: Path, dirs: bool) -> Iterator[Path]:
    """The folders or the files in a folder, but hidden ones; none where it cannot be read."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir() == dirs and not entry.name.startswith("."):
                yield Path(entry.path)


def _missing(folder: Path) -> list[str]:
    """The parts of a data set that are not in a folder, gzipped or not."""
    return [part for part in PARTS if not any(os.path.isfile(folder / f"{part}{end}") for end in ("", ".gz"))]


def _whole(folder: Path) -> Path:
    """The folder, if it holds a whole data set."""
    missing = _missing(folder)
    if missing:
        text = "{folder} has no {part}: a data set in the form of MNIST has four files."
        raise Refused(text, folder=str(folder), part=missing[0])
    return folder


def _only_set(folder: Path) -> Path:
    """The folder that holds a whole data set: this one or, if it is the only one, one inside."""
    if len(_missing(folder)) < len(PARTS):
        return _whole(folder)
    found = list(_inner_sets(folder))
    if not found:
        text = (
            "There is no data in {folder}. What can be dropped: pictures or sounds in a folder for each class, "
            "or a folder with the four IDX files of MNIST or Fashion-MNIST."
        )
        raise Refused(text, folder=str(folder))
    if len(found) > 1:
        first, second = (str(one.relative_to(folder)) for one in found[:2])
        raise Refused(
            "There are several data sets in {folder}: drop {first} or {second}.",
            folder=folder.name,
            first=first,
            second=second,
        )
    return found[0]


def _inner_sets(folder: Path) -> Iterator[Path]:
    """The whole data sets inside a folder. Links are not followed: they may lead back."""
    todo, seen = deque([folder]), 0
    while todo:
        here, inner = todo.popleft(), []
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    seen += 1
                    if seen > MOST_ENTRIES:
                        text = (
                            "{folder} holds too much to look through: drop the folder in which the four IDX files are."
                        )
                        raise Refused(text, folder=str(folder))
                    if entry.is_dir(follow_symlinks=False):
                        inner.append(entry.name)
        except OSError as error:
            if here == folder:
                raise _unreadable(folder, error) from None
        for name in sorted(inner):
            if not _missing(here / name):
                yield here / name
            else:
                todo.append(here / name)


def _idx(folder: Path) -> Data:
    return Data("FashionMNIST" if _says_fashion(folder) else "MNIST", (("folder", str(folder)),))


def _data(found: Data, folder: Path | None) -> Data:
    """The data with its paths as the loaders read them: from the project's folder where they lie in it."""
    params = {name: _from(Path(os.path.abspath(path)), folder) for name, path in found.params}
    check_params(CATALOG[found.block], params)
    return Data(found.block, tuple(params.items()))


def _from(path: Path, folder: Path | None) -> str:
    if folder is not None:
        for real in (os.path.abspath, os.path.realpath):
            whole, base = Path(real(path)), Path(real(folder))
            if whole.is_relative_to(base):
                return whole.relative_to(base).as_posix()
    return str(path)


def _says_fashion(path: Path) -> bool:
    """Whether the nearest folder that is named after a data set is named after Fashion-MNIST."""
    names = [name.lower() for name in reversed(path.parts)]
    return "fashion" in next((name for name in names if "fashion" in name or "mnist" in name), "")
