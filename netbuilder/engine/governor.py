"""Decides how often what is dear is measured, from what it was seen to cost: telemetry keeps to its share of the time.

The share is 2 % of a step, and more of very short ones (5 % under half a millisecond), of which even the cheapest
measurement is a larger part. What is recorded at every step comes first; the rest of the share is divided among the
probes, each of which waits until it can afford its price again. However cheap it is, a probe waits for a second, and
in a long run for longer, so that its table stays small.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SHARE = 0.02  # of the time of a step
_TINY = 25e-6  # seconds a step that may be taken in any case
_MOST = 0.05
_LEAST = 0.05  # of the share: left to the probes even when the record of every step takes it all
_ROWS = 300  # a probe's rows up to any time are about so many, and a few more for each doubling of that time


def share_of(step: float) -> float:
    """The part of steps of so many seconds that may go into telemetry."""
    return min(_MOST, max(SHARE, _TINY / step)) if step > 0 else SHARE


@dataclass
class _Probe:
    part: float  # of what is left to the probes; 0 is not dear enough to count
    every: float  # seconds, at least
    next: int
    cost: float = math.nan


class Governor:
    """Knows at which step which probe is due."""

    def __init__(self, probes: Mapping[str, tuple[float, float]], step: int) -> None:
        """`probes`: the part of the share and the least seconds between two, by name. They begin after `step`.

        The first of them are done one after the other, so that the price of each is known; never at the first step
        of all, which is slow in every way.
        """
        self._probes = {
            name: _Probe(part, every, step + 2 + i) for i, (name, (part, every)) in enumerate(probes.items())
        }
        self._began = time.perf_counter()
        self.next_step = min((probe.next for probe in self._probes.values()), default=-1)

    def due(self, step: int) -> frozenset[str]:
        """What is to be measured at this step."""
        return frozenset(name for name, probe in self._probes.items() if probe.next <= step)

    def plan(
        self, step: int, done: Iterable[str], took: Mapping[str, float], lasts: float, record: float, passes: float
    ) -> None:
        """Say when each of what was `done` at this step comes next.

        `took` are the seconds of work that it cost, `lasts` those of a step, `record` those of what is recorded at
        every step. `passes` is the time that passes in a step, which is more where others are at work too.
        """
        share = share_of(lasts)
        left = max(share * lasts - record, _LEAST * share * lasts)
        age = time.perf_counter() - self._began
        for name in done:
            probe = self._probes[name]
            first = math.isnan(probe.cost)
            seconds = took.get(name, 0.0)
            probe.cost = seconds if first else (probe.cost + seconds) / 2
            # What comes more than once a second has no table of its own.
            steps = (
                max(probe.every, age / _ROWS if probe.part and probe.every >= 1 else 0.0) / passes
                if passes > 0
                else 1.0
            )
            if probe.part and left > 0:
                afforded = probe.cost / (probe.part * left)
                # The first time of anything costs more than it will: ask again soon.
                steps = max(steps, min(afforded, 100) if first else afforded)
            probe.next = step + max(1, math.ceil(steps))
        self.next_step = min(probe.next for probe in self._probes.values())
