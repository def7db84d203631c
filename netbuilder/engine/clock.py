"""How fast a run goes and how long it has gone."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

FADING = 60.0  # seconds after which a measured rate counts a third


@dataclass
class Clock:
    """Steps per second over the last minute or so: validation and checkpoints count, pauses do not."""

    rate: float = 0.0
    seconds: float = 0.0  # that the run has gone, over all its starts
    _at: float = field(default_factory=time.perf_counter)
    _step: int = 0
    _counted_steps: float = 0.0
    _counted_seconds: float = 0.0

    def tick(self, step: int, at: float) -> None:
        """Take a measurement."""
        kept = math.exp((self._at - at) / FADING)
        self._counted_steps = kept * self._counted_steps + step - self._step
        self._counted_seconds = kept * self._counted_seconds + at - self._at
        self.rate = self._counted_steps / self._counted_seconds if self._counted_seconds else 0.0
        self.seconds += at - self._at
        self.restart(step, at)

    def restart(self, step: int, at: float) -> None:
        """Measure from here on."""
        self._at, self._step = at, step
