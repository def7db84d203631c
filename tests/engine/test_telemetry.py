"""What is recorded at every step: the loss and the gradients' norms, whatever these gradients are like."""

from __future__ import annotations

import math
from array import array

import pytest
import torch
from torch import nn

from netbuilder.engine.telemetry import Telemetry


def rows(telemetry: Telemetry) -> list[list[float]]:
    """What was recorded."""
    reading = telemetry.read()
    assert reading is not None
    numbers = array("d", reading.rows)
    width = len(numbers) // reading.count
    return [list(numbers[i : i + width]) for i in range(0, len(numbers), width)]


def norms(model: nn.Module) -> list[float]:
    """The gradients' norms, calculated one by one and exactly."""
    found = []
    for p in model.parameters():
        gradient = None if p.grad is None else p.grad.to_dense() if p.grad.is_sparse else p.grad
        found.append(0.0 if gradient is None else gradient.double().norm().item())
    return found


def test_every_kind_of_layout() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(64, 2))
    telemetry = Telemetry(model)
    wanted = []
    for place in (torch.contiguous_format, torch.channels_last):
        model[0].to(memory_format=place)  # type: ignore[call-overload]
        loss = model(torch.randn(5, 3, 6, 6)).square().mean()
        model.zero_grad()
        loss.backward()
        telemetry.record(loss)
        wanted.append([loss.item(), *norms(model)])
    found = rows(telemetry)
    assert [row[0] for row in found] == [row[0] for row in wanted]
    for row, exact in zip(found, wanted, strict=True):
        assert row == pytest.approx(exact, rel=1e-5)
    assert telemetry.read() is None


def test_sparse_and_missing_gradients() -> None:
    model = nn.ModuleList([nn.Embedding(9, 3, sparse=True), nn.Linear(3, 2), nn.Linear(2, 2)])
    telemetry = Telemetry(model)
    loss = model[1](model[0](torch.tensor([1, 1, 4]))).sum()
    loss.backward()
    telemetry.record(loss)
    (row,) = rows(telemetry)
    assert row == pytest.approx([loss.item(), *norms(model)], rel=1e-5)
    assert row[-2:] == [0, 0] and row[1] > 0


def test_weights_that_share_their_memory() -> None:
    model = nn.Module()
    model.weight = nn.Parameter(torch.zeros(1).expand(5))
    telemetry = Telemetry(model)
    model.weight.grad = torch.ones(1).expand(5)
    telemetry.record(torch.tensor(1.0))
    assert rows(telemetry) == [[1.0, pytest.approx(math.sqrt(5))]]


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.complex64])
def test_other_numbers(dtype: torch.dtype) -> None:
    model = nn.Linear(4, 3, dtype=dtype)
    for p in model.parameters():
        p.grad = torch.randn_like(p)
    telemetry = Telemetry(model)
    telemetry.record(torch.tensor(0.5))
    exact = [p.grad.to(torch.complex128).norm().item() for p in model.parameters() if p.grad is not None]
    assert rows(telemetry) == [[0.5, *(pytest.approx(norm, rel=1e-2) for norm in exact)]]


@pytest.mark.parametrize(("value", "bad"), [(1e25, False), (math.inf, True), (math.nan, True)])
def test_only_what_is_not_finite_is_bad(value: float, bad: bool) -> None:
    """The square of 1e25 is beyond a float's reach, its norm is not."""
    model = nn.Linear(2, 1)
    telemetry = Telemetry(model)
    for gradient in (1.0, value):
        for p in model.parameters():
            p.grad = torch.full_like(p, gradient)
        telemetry.record(torch.tensor(1.0))
    reading = telemetry.read()
    assert reading is not None
    assert (reading.bad_row, reading.bad_tensor) == ((1, 1) if bad else (None, None))
    if not bad:
        assert array("d", reading.rows)[4] == pytest.approx(value * math.sqrt(2))


def test_loss_alone() -> None:
    model = nn.Linear(2, 1)
    telemetry = Telemetry(model, norms=False)
    for loss in (1.0, 2.0):
        telemetry.record(torch.tensor(loss))
    assert [(row[0], *map(math.isnan, row[1:])) for row in rows(telemetry)] == [(1.0, True, True), (2.0, True, True)]
    telemetry.record(torch.tensor(math.nan))
    reading = telemetry.read()
    assert reading is not None and (reading.bad_row, reading.bad_tensor) == (0, None)


def test_a_gpu_waits_for_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of a GPU, which this processor can go too, with more steps than one piece of memory holds."""
    model = nn.Linear(2, 1)
    telemetry = Telemetry(model)
    monkeypatch.setattr(telemetry, "_at_once", False)
    losses = [float(i) for i in range(600)]
    kept = torch.zeros(())
    for loss in losses:
        for p in model.parameters():
            p.grad = torch.full_like(p, loss)
        kept.fill_(loss)  # calculated into the same memory every time, as CUDA graphs do
        telemetry.record(kept)
    for row, loss in zip(rows(telemetry), losses, strict=True):
        assert row == [loss, pytest.approx(loss * math.sqrt(2)), loss]
    assert telemetry.read() is None
