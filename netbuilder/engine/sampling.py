"""Histograms of many tensors at once, for little: from a part of each large one, by a few calls for all together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from netbuilder.bridge.about import BINS

PART = 4096  # numbers looked at of a larger tensor
_RUN = 16  # neighbours taken together: what one look into memory brings along
_GOLDEN = 0.6180339887498949  # its multiples fill the space between 0 and 1 as evenly as can be
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Summary:
    """Of each tensor: mean, spread (the standard deviation), and the rows `low, high, bin0 … bin31`.

    NaN, and no counts, where a tensor is empty or holds what is not finite.
    """

    means: Doubles
    spreads: Doubles
    histograms: Doubles


def flat(tensor: Tensor) -> Tensor:
    """The numbers in a row, in the order in which they lie in memory where that needs no copy."""
    found = tensor.detach()
    if found.is_complex():
        found = torch.view_as_real(found)
    if found.is_sparse:
        found = found.coalesce().values()
    if found.dim() > 3 and not found.is_contiguous():
        found = found.movedim(1, -1)  # as channels_last has it
    return found.reshape(-1)


def sample(tensor: Tensor, most: int = PART) -> Tensor:
    """At most about so many of its numbers, spread over it evenly, in short runs. What is small is taken whole.

    The places are always the same: nothing is drawn.
    """
    numbers = flat(tensor)
    if numbers.numel() <= most:
        return numbers
    runs = numbers.numel() // _RUN
    places = _places(runs, min(runs, most // _RUN)).to(numbers.device)
    return numbers[: runs * _RUN].view(runs, _RUN).index_select(0, places).view(-1)


@lru_cache(256)
def _places(runs: int, count: int) -> Tensor:
    """One place in each of so many equal parts, nowhere in step with rows, channels or samples."""
    parts = torch.arange(count, dtype=torch.float64)
    within = (parts * _GOLDEN) % 1
    return ((parts + within) * (runs / count)).long().clamp(max=runs - 1)


def together(samples: Sequence[Tensor]) -> NDArray[np.float32]:
    """The samples one behind the other, on the processor."""
    if not samples:
        return np.empty(0, np.float32)
    return torch.cat([one if one.dtype is torch.float32 else one.float() for one in samples]).cpu().numpy()


def summarise(samples: Sequence[Tensor]) -> Summary:
    """Mean, spread and histogram of each, with evenly wide bins between its least and its greatest number."""
    counts = np.array([one.numel() for one in samples], np.int64)
    means, spreads = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    histograms = np.zeros((len(counts), 2 + BINS))
    histograms[:, :2] = np.nan
    there = np.flatnonzero(counts)
    if len(there):
        numbers, sizes = together(samples), counts[there]
        starts = np.cumsum(sizes) - sizes
        with np.errstate(all="ignore"):  # what is not finite is left out below
            low, high = np.minimum.reduceat(numbers, starts), np.maximum.reduceat(numbers, starts)
            mean = np.add.reduceat(numbers, starts, dtype=np.float64) / sizes
            apart = numbers - np.repeat(mean.astype(np.float32), sizes)
            spread = np.sqrt(np.add.reduceat(apart * apart, starts, dtype=np.float64) / sizes)
            scale = np.where(high > low, BINS / (high.astype(np.float64) - low), 0).astype(np.float32)
            places = (numbers - np.repeat(low, sizes)) * np.repeat(scale, sizes)
        good = np.isfinite(low) & np.isfinite(high) & np.isfinite(scale)
        places[np.repeat(~good, sizes)] = 0
        bins = np.minimum(places.astype(np.int64), BINS - 1) + np.repeat(np.arange(len(there)) * BINS, sizes)
        found = np.bincount(bins, minlength=BINS * len(there)).reshape(-1, BINS)
        means[there], spreads[there] = np.where(good, mean, np.nan), np.where(good, spread, np.nan)
        histograms[there[good], 0], histograms[there[good], 1] = low[good], high[good]
        histograms[there[good], 2:] = found[good]
    return Summary(means, spreads, histograms)
