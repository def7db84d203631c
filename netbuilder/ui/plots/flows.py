"""What flows through the wires of a network that trains: mean and spread of each output, and how much of it is dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from netbuilder.ui.plots.follower import Follower

if TYPE_CHECKING:
    from netbuilder.ui.plots.run_data import RunData

_BETWEEN = 1000
"""Milliseconds between two changes: numbers that flicker are not read."""
_SOME_DEAD = 0.005


class Flows(QObject):
    """`changed` gives a line of text for every watched output, `node.port`; None where nothing is to be shown."""

    changed = Signal(object)

    def __init__(self, follower: Follower, parent: QObject) -> None:
        super().__init__(parent)
        self._follower, self._wanted = follower, False
        self._said, self._rows = QElapsedTimer(), -1
        follower.began.connect(self._tell)
        follower.came.connect(self._came)

    def set_wanted(self, wanted: bool) -> None:
        """Tell them from now on, or no more."""
        self._wanted = wanted
        self._tell()

    def _came(self, _measured: bool) -> None:
        run = self._follower.run
        late = not self._said.isValid() or self._said.hasExpired(_BETWEEN)
        if self._wanted and run is not None and len(run.activity) != self._rows and late:
            self._tell()

    def _tell(self, *_: object) -> None:
        run = self._follower.run
        if not self._wanted or run is None or not run.activity:
            self._rows = -1
            self.changed.emit(None)
            return
        self._rows = len(run.activity)
        self._said.start()
        self.changed.emit(self._lines(run))

    def _lines(self, run: RunData) -> dict[str, str]:
        from netbuilder.ui.plots.run_data import STATISTICS
        from netbuilder.ui.plots.ticks import number

        latest = run.activity.at(float("inf"))
        assert latest is not None
        found = {}
        for index, name in enumerate(run.about.watched):
            mean, spread, dead, saturated = latest[1][len(STATISTICS) * index : len(STATISTICS) * (index + 1)]
            if spread != spread:  # it was not measured
                continue
            text = f"{number(float(mean))} ± {number(float(spread))}"
            if dead > _SOME_DEAD:
                text += self.tr(" · {0} % dead").format(f"{100 * dead:.0f}")
            if saturated > _SOME_DEAD:
                text += self.tr(" · {0} % saturated").format(f"{100 * saturated:.0f}")
            found[name] = text
        return found
