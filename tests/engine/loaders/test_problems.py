"""The known problems are what they are known for."""

from __future__ import annotations

import math

import pytest
import torch

from netbuilder.engine.loaders.circles import load_circles
from netbuilder.engine.loaders.copy_task import load_copy_task
from netbuilder.engine.loaders.moons import load_moons
from netbuilder.engine.loaders.sines import load_sines
from netbuilder.engine.loaders.sklearn_table import load_sklearn_table
from netbuilder.engine.loaders.spirals import load_spirals


def _apart(points: torch.Tensor, labels: torch.Tensor) -> float:
    """How many of the points have their nearest neighbour in their own class."""
    distances = torch.cdist(points, points).fill_diagonal_(math.inf)
    return float((labels[distances.argmin(1)] == labels).float().mean())


def _by_a_line(points: torch.Tensor, labels: torch.Tensor) -> float:
    """How many of the points are right by the best plane through them."""
    x = torch.cat((points, torch.ones(len(points), 1)), 1)
    goal = torch.nn.functional.one_hot(labels).float()
    return float(((x @ torch.linalg.lstsq(x, goal).solution).argmax(1) == labels).float().mean())


@pytest.mark.parametrize(
    ("load", "line"),
    [(load_spirals, 0.6), (load_moons, 0.93), (load_circles, 0.62)],
    ids=["spirals", "moons", "circles"],
)
def test_neighbours_are_of_one_class_and_no_line_parts_them(load, line: float) -> None:  # type: ignore[no-untyped-def]
    (points, labels), (kept, _) = load(noise=0.02)
    assert len(points) == 800 and len(kept) == 200
    assert abs(int((labels == 0).sum()) - len(labels) / (int(labels.max()) + 1)) <= 1
    assert _apart(points, labels) > 0.97
    assert _by_a_line(points, labels) < line
    again, other = load(noise=0.02)[0][0], load(noise=0.02, seed=1)[0][0]
    assert torch.equal(points, again) and not torch.equal(points, other)


def test_a_sine_goes_on_as_it_was() -> None:
    (wave, after), _ = load_sines(noise=0.0)
    x = wave[:, :, 0]
    # sin(a + 2b) = 2 cos(b) sin(a + b) − sin(a)
    pace = ((x[:, 2:] + x[:, :-2]) * x[:, 1:-1]).sum(1) / (x[:, 1:-1] ** 2).sum(1)
    torch.testing.assert_close(pace * x[:, -1] - x[:, -2], after[:, 0], atol=1e-3, rtol=0)
    (_, each), _ = load_sines(noise=0.0, target="each")
    assert torch.equal(each[:, :-1], wave[:, 1:]) and torch.equal(each[:, -1], after)


def test_symbols_are_asked_for_after_the_silence() -> None:
    (given, answer), _ = load_copy_task(samples=50, symbols=3, length=4, delay=6)
    assert given.shape == answer.shape == (40, 14)
    assert torch.equal(given[:, :4], answer[:, -4:]) and int(given[:, :4].min()) >= 1
    assert given[:, 4:].sum(0).tolist() == [0] * 5 + [4 * 40] + [0] * 4
    assert not answer[:, :-4].any()


@pytest.mark.parametrize("dataset", ["iris", "wine", "breast_cancer", "diabetes", "linnerud"])
def test_scikit_learns_tables_are_scaled_by_what_is_trained_on(dataset: str) -> None:
    train, kept = load_sklearn_table(dataset)
    numbers = [0] if train[1].dtype == torch.int64 else [0, 1]
    for i in numbers:
        torch.testing.assert_close(train[i].mean(0), torch.zeros(train[i].shape[1]), atol=1e-5, rtol=0)
        torch.testing.assert_close(train[i].std(0, correction=0), torch.ones(train[i].shape[1]))
        assert not torch.allclose(kept[i].mean(0), torch.zeros(kept[i].shape[1]), atol=1e-5)
