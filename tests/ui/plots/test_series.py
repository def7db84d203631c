"""Decimation loses no peak: every bin is compared with the rows it stands for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.ui.plots import series
from netbuilder.ui.plots.series import Sums, Table

values = st.one_of(
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.sampled_from([float("nan"), float("inf"), float("-inf"), 0.0]),
)
columns = st.lists(values, min_size=1, max_size=700)


def table_of(rows: list[float] | np.ndarray, pieces: int = 1, every: int = 1) -> Table:
    """A table of one column (and its negative), filled in pieces."""
    array = np.asarray(rows, dtype=np.float64)
    table = Table(2)
    steps = np.arange(1, len(array) + 1, dtype=np.float64) * every
    for part in np.array_split(np.arange(len(array)), pieces):
        table.append(steps[part], np.stack([array[part], -array[part]], axis=1))
    return table


def check_bins(table: Table, rows: np.ndarray, envelope: series.Envelope) -> None:
    """Every bin against brute force over its rows."""
    starts = np.searchsorted(table.steps, envelope.first)
    ends = np.searchsorted(table.steps, envelope.last) + 1
    assert (starts[1:] == ends[:-1]).all()
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        part = rows[start:end]
        finite = part[np.isfinite(part)]
        assert bool(envelope.bad[0, index]) == (len(finite) < len(part))
        if not len(finite):
            assert np.isnan(envelope.low[0, index])
            assert np.isnan(envelope.high[0, index])
            continue
        assert envelope.low[0, index] == finite.min() == -envelope.high[1, index]
        assert envelope.high[0, index] == finite.max() == -envelope.low[1, index]
        if finite.min() < finite.max():
            first_low = np.flatnonzero(part == finite.min())[0]
            first_high = np.flatnonzero(part == finite.max())[0]
            assert bool(envelope.low_first[0, index]) == (first_low < first_high)


@given(columns, st.integers(1, 5), st.integers(1, 80))
def test_bins_hold_the_least_and_the_greatest(rows: list[float], pieces: int, bins: int) -> None:
    table = table_of(rows, pieces)
    envelope = table.envelope(bins)
    assert len(envelope.first) <= bins + 1
    assert envelope.first[0] == 1
    assert envelope.last[-1] == len(rows)
    check_bins(table, np.asarray(rows, np.float32), envelope)


@given(columns, st.integers(1, 40), st.integers(1, 9), st.floats(0, 700), st.floats(0, 700))
def test_a_part_is_covered_with_a_row_on_either_side(
    rows: list[float], bins: int, every: int, one: float, other: float
) -> None:
    table = table_of(rows, 2, every)
    first, last = min(one, other) * every, max(one, other) * every
    envelope = table.envelope(bins, first, last)
    check_bins(table, np.asarray(rows, np.float32), envelope)
    inside = table.steps[(table.steps >= first) & (table.steps <= last)]
    if len(inside):
        assert envelope.first[0] <= max(inside[0] - every, every)
        assert envelope.last[-1] >= min(inside[-1] + every, len(rows) * every)


@pytest.mark.parametrize("count", [15, 16, 17, 255, 256, 4096 + 17, 70_001])
@pytest.mark.parametrize("bins", [1, 7, 900])
def test_long_tables_over_several_chunks(count: int, bins: int) -> None:
    rows = np.random.default_rng(count).normal(size=count).astype(np.float32)
    rows[count // 3] = np.nan
    table = table_of(rows, 3)
    check_bins(table, rows, table.envelope(bins))
    check_bins(table, rows, table.envelope(bins, count * 0.31, count * 0.9))


def test_bins_stand_still_while_rows_come() -> None:
    rows = np.random.default_rng(0).normal(size=3000)
    early, late = table_of(rows[:2100]).envelope(900), table_of(rows).envelope(900)
    assert early.size == late.size == 4
    assert (early.low[:, :-1] == late.low[:, : early.low.shape[1] - 1]).all()


def test_a_curve_runs_through_its_bins_in_order() -> None:
    table = table_of([3, 1, 2, 9, 4, 4, float("nan"), float("nan"), 7])
    x, y = table.envelope(5).curve(0)
    assert x.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    np.testing.assert_array_equal(y, [3, 1, 2, 9, 4, 4, np.nan, np.nan, 7, 7])
    x, y = table.envelope(100).curve(0)
    np.testing.assert_array_equal(y, [3, 1, 2, 9, 4, 4, np.nan, np.nan, 7])


def test_without_rows_there_are_no_bins() -> None:
    envelope = Table(3).envelope(100)
    assert envelope.low.shape == (3, 0)
    assert envelope.curve(0)[0].shape == (0,)


def test_numbers_too_large_for_a_single_are_not_finite() -> None:
    assert table_of([1.0, 1e300]).envelope(10).bad[0].tolist() == [False, True]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300), st.integers(0, 40))
def test_smoothing_is_the_mean_of_a_window(rows: list[float], half: int) -> None:
    sums = Sums()
    for part in np.array_split(np.array(rows), 3):
        sums.append(part)
    index = len(rows) // 2
    reach = min(half, index)
    expected = np.mean(rows[index - reach : index + reach + 1])
    assert sums.smooth(np.array([index]), half)[0] == pytest.approx(expected, abs=1e-6)
    assert sums.smooth(np.array([0]), half)[0] == pytest.approx(rows[0], abs=1e-6)


def test_smoothing_leaves_out_what_is_not_finite() -> None:
    sums = Sums()
    sums.append(np.array([1.0, np.nan, 3.0, np.inf, np.nan, np.nan, np.nan]))
    assert sums.smooth(np.array([1]), 1)[0] == 2
    assert np.isnan(sums.smooth(np.array([5]), 1)[0])
