"""The store of a run's steps against brute force: rows, blocks of 64, and tiles that are not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.bridge import summary
from netbuilder.bridge.summary import Series
from netbuilder.ui.plots.series import Envelope, Sums
from netbuilder.ui.plots.steps import TILE, Steps

NODES = ("a", "a", "b")
LOSS, TENSORS, LAYERS = slice(0, 1), slice(1, 4), slice(4, 6)


def made(count: int, every: int = 1, seed: int = 0) -> np.ndarray:
    """Rows of which every so-many-th has norms, with some bad numbers."""
    generator = np.random.default_rng(seed)
    table = generator.lognormal(0, 1, (count, 4))
    table[np.arange(count) % every != 0, 1:] = np.nan
    bad = generator.random((count, 4)) < 0.002
    table[bad & (np.arange(count) % every == 0)[:, None]] = np.inf
    return table


def filled(table: np.ndarray, pieces: int, path: Path, known: int = 0) -> Steps:
    """A store that was given these rows in pieces, the first `known` tiles as blocks."""
    path.write_bytes(table.tobytes())
    steps = Steps(Series(NODES), path)
    start = known * TILE
    if known:
        steps.load(summary.blocks(*steps.series.values(table[:start].tobytes())))
    for part in np.array_split(table[start:], pieces):
        if len(part):
            steps.append(*steps.series.values(np.ascontiguousarray(part).tobytes()))
    return steps


def check(envelope: Envelope, series: np.ndarray, taken: np.ndarray) -> None:
    """Every bin against the rows it stands for."""
    for index, (first, last) in enumerate(zip(envelope.first, envelope.last, strict=True)):
        part, known = series[:, int(first) - 1 : int(last)], taken[int(first) - 1 : int(last)]
        for row in range(len(series)):
            values = part[row][known]
            finite = values[np.isfinite(values)]
            assert envelope.bad[row, index] == (len(finite) < len(values))
            if len(finite):
                assert (envelope.low[row, index], envelope.high[row, index]) == (finite.min(), finite.max())
            else:
                assert np.isnan(envelope.low[row, index])


@given(
    st.integers(1, 5000), st.integers(1, 4), st.sampled_from([1, 1, 3, 100]), st.integers(1, 300),
    st.floats(0, 5000), st.floats(0, 5000), st.integers(0, 4),
)  # fmt: skip
def test_bins_hold_the_least_and_the_greatest(
    tmp_path_factory: pytest.TempPathFactory, count: int, pieces: int, every: int, bins: int, one: float, other: float,
    known: int,
) -> None:  # fmt: skip
    table = made(count, every)
    steps = filled(table, pieces, tmp_path_factory.mktemp("run") / "steps.bin", min(known, count // TILE))
    assert len(steps) == count
    series, taken = steps.series.values(table.tobytes())
    first, last = min(one, other), max(one, other)
    everything = np.ones(count, np.bool_)
    for columns, known_rows in ((LOSS, everything), (TENSORS, taken), (LAYERS, taken)):
        envelope = steps.envelope(columns, bins, first, last)
        check(envelope, series[columns], known_rows)
        inside = [step for step in range(1, count + 1) if first <= step <= last and known_rows[step - 1]]
        if inside:
            assert envelope.first[0] <= inside[0]
            assert envelope.last[-1] >= inside[-1]


def test_a_tile_that_is_not_there_is_wanted_and_given(tmp_path: Path) -> None:
    table = made(5000)
    steps = filled(table, 1, tmp_path / "steps.bin", known=4)
    coarse = steps.envelope(LOSS, 500, 1500, 1700)
    assert coarse.size == 64
    assert steps.wanted == {1}
    steps.give(1, *steps.read(1))
    assert steps.wanted == set()
    fine = steps.envelope(LOSS, 500, 1500, 1700)
    assert fine.size == 1
    np.testing.assert_array_equal(fine.low[0][1:-1], table[1499:1700, 0].astype(np.float32))


def test_no_more_tiles_are_kept_than_there_is_room_for(tmp_path: Path) -> None:
    table = made(20 * TILE)
    path = tmp_path / "steps.bin"
    path.write_bytes(table.tobytes())
    steps = Steps(Series(NODES), path)
    steps._most = 8
    for part in np.array_split(table, 50):
        steps.append(*steps.series.values(part.tobytes()))
    assert len(steps._tiles) == 8
    assert steps.envelope(LOSS, 10_000, 0, 300).size == 64
    steps.give(0, *steps.read(0))
    assert steps.envelope(LOSS, 10_000, 0, 300).size == 1
    assert steps.envelope(LOSS, 10_000, 20 * TILE - 300, 20 * TILE).size == 1


@pytest.mark.parametrize("half", [1, 7, 64, 500])
def test_smoothing_is_as_that_of_all_rows(tmp_path: Path, half: int) -> None:
    table = made(5000)
    table[:, 0] = np.where(np.isfinite(table[:, 0]), table[:, 0], 1.0)
    sums = Sums()
    sums.append(table[:, 0])
    places = np.arange(0, 5000, 37)
    here = filled(table, 3, tmp_path / "here")
    np.testing.assert_allclose(here.smooth(places, half), sums.smooth(places, half), rtol=1e-4)
    far = filled(table, 3, tmp_path / "far", known=4)
    if half >= 500:  # from blocks alone a window of many blocks is nearly right
        np.testing.assert_allclose(far.smooth(places, half)[20:], sums.smooth(places, half)[20:], rtol=0.03)


def test_what_is_read_out_is_the_last_row_with_norms(tmp_path: Path) -> None:
    table = made(3000, every=10)
    steps = filled(table, 1, tmp_path / "steps.bin", known=1)
    assert steps.at(LOSS, 2500.0) == (2500.0, pytest.approx([table[2499, 0]]))
    step, values = steps.at(TENSORS, 2500.0) or (0, [])
    assert step == 2491
    np.testing.assert_allclose(values, table[2490, 1:], rtol=1e-6)
    step, _ = steps.at(LOSS, 100.0) or (0, [])
    assert step == 65  # the block it lies in
    assert Steps(Series(NODES), tmp_path).at(LOSS, 3.0) is None


def test_all_rows_are_there_to_be_saved(tmp_path: Path) -> None:
    table = made(3000, every=10)
    steps = filled(table, 1, tmp_path / "steps.bin", known=2)
    found = np.concatenate(list(steps.rows(TENSORS)))
    assert found[:, 0].tolist() == list(range(1, 3001, 10))
    np.testing.assert_allclose(found[:, 1:], table[::10, 1:], rtol=1e-6)
