"""A run's table as a CSV file: written piece by piece between the window's other work, for it may be huge."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

from netbuilder.ui.plots.series import Floats

PIECE = 2000  # numbers that are made text at once: about two milliseconds
TICK = 0.01  # seconds of work between two looks at what else the window has to do
SHOWN_AFTER = 500  # milliseconds; what takes less needs no bar
_NUMBERS = itertools.count(1)  # the same file may be saved twice at a time


def csv_pieces(names: Sequence[str], parts: Iterable[Floats]) -> Iterator[tuple[str, float]]:
    """The text of a table some rows at a time, and the step of the last of them."""
    yield ",".join(map(_quoted, names)) + "\n", 0.0
    for rows in parts:
        count = max(1, PIECE // rows.shape[1])
        for at in range(0, len(rows), count):
            text, few = io.StringIO(), rows[at : at + count]
            np.savetxt(text, few, fmt="%.9g", delimiter=",")
            yield text.getvalue(), float(few[-1, 0])


def _quoted(name: str) -> str:
    """A name as a CSV file has it."""
    return '"' + name.replace('"', '""') + '"' if any(sign in name for sign in ',"\n') else name


class TableSaving(QObject):
    """Saves one table. `ended` gives why that failed, or "".

    What is written grows beside the file and takes its name when it is whole: a file that was there before stays until
    then, and for good where the person cancels.
    """

    ended = Signal(str)

    def __init__(self, path: Path, pieces: Iterator[tuple[str, float]], last: float, parent: QWidget) -> None:
        """Begin; `last` is the step of the table's last row. OSError where the file cannot be written."""
        super().__init__(parent)
        self._path, self._pieces, self._last = path, pieces, max(last, 1.0)
        self._growing = path.with_name(f"{path.name}.{os.getpid()}-{next(_NUMBERS)}.part")
        self._file: TextIO = self._growing.open("w", encoding="utf-8")
        title = self.tr("Saving {name}").format(name=path.name)
        self.bar = QProgressDialog(title, self.tr("Cancel"), 0, 1000, parent)
        self.bar.setWindowModality(Qt.WindowModality.NonModal)
        self.bar.setWindowTitle(self.tr("Save the plot"))
        self.bar.setAutoReset(False)
        self.bar.setMinimumDuration(SHOWN_AFTER)
        self.bar.canceled.connect(self.cancel)
        self.bar.setValue(0)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._work)
        self._timer.start()
        file, growing = self._file, self._growing
        parent.destroyed.connect(lambda: _give_up(file, growing))  # the window may close by then

    def _work(self) -> None:
        until = time.perf_counter() + TICK
        try:
            while time.perf_counter() < until:
                piece = next(self._pieces, None)
                if piece is None:
                    self._file.close()
                    os.replace(self._growing, self._path)
                    self._end("")
                    return
                text, step = piece
                self._file.write(text)
                self.bar.setLabelText(
                    self.tr("Saving {name}: step {step} of {last}").format(
                        name=self._path.name, step=f"{step:,.0f}", last=f"{self._last:,.0f}"
                    )
                )
                self.bar.setValue(min(999, round(1000 * step / self._last)))
        except OSError as error:
            self._end(str(error))

    def cancel(self) -> None:
        """Give it up: nothing has changed."""
        self._end("")

    def _end(self, reason: str) -> None:
        if not self._timer.isActive():
            return
        self._timer.stop()
        _give_up(self._file, self._growing)
        self.bar.canceled.disconnect(self.cancel)
        self.bar.close()
        self.bar.deleteLater()
        self.ended.emit(reason)
        self.deleteLater()


def _give_up(file: TextIO, growing: Path) -> None:
    """Take away what was not finished, if there is any."""
    with contextlib.suppress(OSError):  # a full disk refuses what was still to be written
        file.close()
    with contextlib.suppress(OSError):
        growing.unlink(missing_ok=True)
