"""Follows the folder of one run and tells the plots what came. What is long is read by another thread.

Neither numpy nor pyqtgraph is imported with this file: the window opens before they are needed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QRunnable, QThreadPool, QTimer, Signal

from netbuilder.bridge.about import STEPS
from netbuilder.bridge.run_folder import RunReader

if TYPE_CHECKING:
    from netbuilder.ui.plots.run_data import RunData

_INTERVAL = 200
_PIECE = 4096
"""Blocks of 64 rows that the window takes in at once: a few milliseconds."""
MUCH = 4 << 20
"""Bytes that are read at once while the window waits: some ten milliseconds of work."""


class _Job(QRunnable):
    """Something for the other thread to do."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act = act

    def run(self) -> None:
        try:
            self._act()
        except RuntimeError:  # the window closed, and with it went who wanted to know
            return


class Follower(QObject):
    """`began` gives the run once it is described, None where there is none; `came` whether gradients came with it.

    `detailed` says that rows which a zoom asked for are there now.
    """

    began = Signal(object)
    came = Signal(bool)
    detailed = Signal()
    _blocks = Signal(int, object)
    _tile = Signal(int, int, object, object)
    _done = Signal(int, int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.run: RunData | None = None
        self.live = False
        self.loading = False
        self._reader: RunReader | None = None
        self._generation = 0
        self._fetching = False
        self._told = QElapsedTimer()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._timer = QTimer(self, interval=_INTERVAL)
        self._timer.timeout.connect(self.refresh)
        self._blocks.connect(self._take_blocks)
        self._tile.connect(self._take_tile)
        self._done.connect(self._loaded)

    @property
    def folder(self) -> Path | None:
        """The folder that is followed."""
        return self._reader.folder if self._reader is not None else None

    def show(self, folder: Path | None) -> None:
        """Follow another run from its first row; None where there is none."""
        self._reader = RunReader(folder) if folder is not None else None
        self._forget()
        self.refresh()

    def _forget(self) -> None:
        self._generation += 1
        self.run, self.loading, self._fetching = None, False, False
        self.began.emit(None)

    def set_live(self, live: bool) -> None:
        """Read news five times a second from now on, or once more and then no longer."""
        if live:
            self._timer.start()
        elif self.live:
            self._timer.stop()
            self.refresh()
        self.live = live

    def close(self) -> None:
        """Read no more, and wait for the other thread."""
        self._timer.stop()
        self._generation += 1
        self._pool.waitForDone()

    def refresh(self) -> None:
        """Read what came."""
        reader = self._reader
        if reader is None:
            return
        if self.run is not None and reader.rewound():
            self._forget()
        if self.run is None and not self._begin(reader):
            return
        run = self.run
        if run is None:
            return
        from netbuilder.ui.plots.run_data import READ

        some = measured = left = False
        for table in READ:
            if table == STEPS and self.loading:
                continue
            data = reader.read(table, MUCH)
            some |= bool(data)
            measured |= run.take(table, data)
            left |= len(data) >= MUCH // 2 and reader.waiting(table) > 0
        if some:
            self.came.emit(measured)
        if left:
            QTimer.singleShot(0, self, self.refresh)

    def _begin(self, reader: RunReader) -> bool:
        about = reader.about
        if about is None:
            return False
        from netbuilder.ui.plots.run_data import RunData

        run = self.run = RunData(about, reader.folder)
        self.loading = reader.waiting(STEPS) > MUCH
        if self.loading:
            generation = self._generation
            self._pool.start(_Job(lambda: self._load(generation, run)))
        self.began.emit(run)
        return True

    def _load(self, generation: int, run: RunData) -> None:
        """In the other thread: what the rows come to, from beside them or from themselves."""
        import numpy as np

        from netbuilder.bridge.summary import ROWS, kept, missing
        from netbuilder.ui.plots.steps import TILE

        series, table, done = run.steps.series, run.folder / STEPS, 0
        try:
            whole = table.stat().st_size // series.row // TILE * (TILE // ROWS)
            found = kept(run.folder, series)[:whole]
            for start in range(0, len(found), _PIECE):
                # Series by series, as they are kept: turned about here, that is no work for the window.
                piece = np.ascontiguousarray(found[start : start + _PIECE].transpose(1, 2, 0)).transpose(2, 0, 1)
                self._blocks.emit(generation, piece)
            done = len(found)
            for blocks in missing(table, series, done, whole):
                if generation != self._generation:
                    return
                self._blocks.emit(generation, blocks)
                done += len(blocks)
        except OSError:
            pass  # what was read stays; the rest is tried as it comes
        self._done.emit(generation, done // (TILE // ROWS) * TILE)

    def _take_blocks(self, generation: int, blocks: object) -> None:
        if generation == self._generation and self.run is not None:
            self.run.load(blocks)  # type: ignore[arg-type]  # a signal carries any object
            if not self._told.isValid() or self._told.hasExpired(_INTERVAL):
                self.came.emit(False)
                self._told.start()

    def _loaded(self, generation: int, rows: int) -> None:
        if generation == self._generation and self._reader is not None:
            self.loading = False
            self._reader.skip(STEPS, rows)
            self._told.invalidate()
            self.came.emit(False)
            self.refresh()

    def fetch(self) -> None:
        """Have the rows read that a zoom asked for."""
        run = self.run
        if run is None or self._fetching or not run.steps.wanted:
            return
        self._fetching = True
        generation, wanted = self._generation, sorted(run.steps.wanted)
        run.steps.wanted.clear()
        self._pool.start(_Job(lambda: self._fetch(generation, run, wanted)))

    def _fetch(self, generation: int, run: RunData, wanted: list[int]) -> None:
        """In the other thread: those rows, tile by tile."""
        for number in wanted:
            if generation != self._generation:
                return
            try:
                values, taken = run.steps.read(number)
            except OSError:
                break
            self._tile.emit(generation, number, values, taken)
        self._tile.emit(generation, -1, None, None)

    def _take_tile(self, generation: int, number: int, values: object, taken: object) -> None:
        if generation != self._generation or self.run is None:
            return
        if number >= 0:
            self.run.steps.give(number, values, taken)  # type: ignore[arg-type]  # a signal carries any object
            return
        self._fetching = False
        self.detailed.emit()
