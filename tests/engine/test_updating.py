"""The short way to update does what the long way does, for every optimizer, hook and scheduler."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.engine.updating import forgetting_of, update_of

Made = tuple[nn.Linear, torch.optim.Optimizer]


def made(name: str) -> Made:
    torch.manual_seed(0)
    model = nn.Linear(4, 4, bias=False)
    return model, getattr(torch.optim, name)(model.parameters(), lr=0.01)


def weights(model: nn.Linear, update: Callable[[], object], forget: Callable[[], object]) -> Tensor:
    """What some steps make of it."""
    inputs = torch.randn(8, 4, generator=torch.Generator().manual_seed(1))
    for _ in range(3):
        forget()
        assert model.weight.grad is None
        model(inputs).square().sum().backward()
        update()
    return model.weight.detach()


@pytest.mark.parametrize("name", [name for name, one in OPTIMIZERS.items() if not one.closure and name != "SparseAdam"])
def test_the_same_weights(name: str) -> None:
    long, short = made(name), made(name)
    assert torch.equal(
        weights(long[0], long[1].step, long[1].zero_grad),
        weights(short[0], update_of(short[1]), forgetting_of(short[1])),
    )


def test_hooks_are_called() -> None:
    model, optimizer = made("SGD")
    called = []
    optimizer.register_step_post_hook(lambda *_: called.append(1))
    weights(model, update_of(optimizer), forgetting_of(optimizer))
    assert called == [1, 1, 1]


def test_schedulers_do_not_complain() -> None:
    model, optimizer = made("SGD")
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    update = update_of(optimizer)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        weights(model, update, forgetting_of(optimizer))
        scheduler.step()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.001)
