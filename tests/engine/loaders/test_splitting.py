"""No sample is both trained on and kept aside, and as large a part is kept of each class as was asked for."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.engine.loaders.splitting import keep_first, split_samples

HOWS = st.sampled_from(["random", "stratified", "last"])
LABELS = st.lists(st.integers(0, 4), min_size=2, max_size=200).map(torch.tensor)
PARTS = st.floats(0.01, 0.9)
SEEDS = st.integers(0, 10)


@given(LABELS, PARTS, HOWS, SEEDS)
def test_every_sample_is_on_one_side(labels: torch.Tensor, part: float, how: str, seed: int) -> None:
    train, kept = split_samples(labels, part, how, seed=seed)
    assert sorted([*train.tolist(), *kept.tolist()]) == list(range(len(labels)))
    assert len(kept) == min(max(1, round(part * len(labels))), len(labels) - 1)
    assert train.tolist() == sorted(train.tolist()) and kept.tolist() == sorted(kept.tolist())
    again = split_samples(labels, part, how, seed=seed)
    assert torch.equal(train, again[0]) and torch.equal(kept, again[1])


@given(LABELS, PARTS, SEEDS)
def test_each_class_is_kept_in_proportion(labels: torch.Tensor, part: float, seed: int) -> None:
    _, kept = split_samples(labels, part, "stratified", seed=seed)
    share = len(kept) / len(labels)
    for label in labels.unique():
        assert abs(int((labels[kept] == label).sum()) - share * int((labels == label).sum())) < 1


@given(LABELS, PARTS)
def test_in_time_the_last_are_kept(labels: torch.Tensor, part: float) -> None:
    train, kept = split_samples(labels, part, "last")
    assert int(train.max()) < int(kept.min())


@given(LABELS, st.integers(2, 10), HOWS, SEEDS)
def test_every_sample_is_kept_in_one_fold(labels: torch.Tensor, folds: int, how: str, seed: int) -> None:
    if len(labels) < folds:
        with pytest.raises(ValueError, match=f"of {folds} cannot be made of {len(labels)} samples"):
            split_samples(labels, split=how, folds=folds)
        return
    parts = [split_samples(labels, 0.5, how, folds, fold, seed) for fold in range(1, folds + 1)]
    kept = [set(aside.tolist()) for _, aside in parts]
    assert sorted(i for aside in kept for i in aside) == list(range(len(labels)))
    assert max(map(len, kept)) - min(map(len, kept)) <= 1
    for train, aside in parts:
        assert not set(train.tolist()) & set(aside.tolist())
        for label in labels.unique() if how == "stratified" else ():
            assert abs(int((labels[aside] == label).sum()) - int((labels == label).sum()) / folds) < 1


def test_another_seed_keeps_others() -> None:
    labels = torch.zeros(100)
    assert not torch.equal(split_samples(labels, seed=0)[1], split_samples(labels, seed=1)[1])


def test_of_numbers_small_and_large_are_kept_alike() -> None:
    values = torch.randn(100, 1)
    _, kept = split_samples(values, 0.2, "stratified")
    ranks = values[:, 0].argsort().argsort()[kept].sort().values
    assert ranks.tolist() == list(range(4, 100, 5))


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_samples_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} samples"):
        split_samples(torch.zeros(count))


@given(st.integers(2, 50), PARTS)
def test_what_has_no_order_is_cut_in_two(count: int, part: float) -> None:
    train, kept = keep_first((torch.arange(count), 2 * torch.arange(count)), part)
    assert kept[0].tolist() + train[0].tolist() == list(range(count))
    assert len(train[0]) and len(kept[0])
    assert torch.equal(train[1], 2 * train[0]) and torch.equal(kept[1], 2 * kept[0])
