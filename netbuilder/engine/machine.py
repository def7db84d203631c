"""What a training takes of this computer: processor, memory, GPU."""

from __future__ import annotations

import contextlib
import math

import psutil
import torch

_MIB = 2**20


class Machine:
    """Measures what this process takes, for the device that it trains on."""

    def __init__(self, device: str) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first answer means nothing: it counts from here on
        self._cuda = torch.device(device) if device.startswith("cuda") else None

    def used(self) -> list[float]:
        """Percent of one core since it was last asked, MiB of memory; of the GPU percent and MiB, NaN without one."""
        found = [math.nan, math.nan, math.nan, math.nan]
        with contextlib.suppress(psutil.Error):
            found[:2] = self._process.cpu_percent(), self._process.memory_info().rss / _MIB
        if self._cuda is not None:
            # Without NVIDIA's library for that torch cannot tell; its errors are of many kinds, some of them its own.
            with contextlib.suppress(Exception):
                found[2] = float(torch.cuda.utilization(self._cuda))
            found[3] = torch.cuda.memory_reserved(self._cuda) / _MIB
        return found
