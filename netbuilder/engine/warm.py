"""Makes a training child ready to start at once: torch's slow first times happen before anybody waits."""

from __future__ import annotations

import contextlib

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import nn

import netbuilder.engine.trainer  # noqa: F401 - imported ahead


def warm_up() -> None:
    """One step of a small network with each optimizer: their first use imports as much again as torch itself."""
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 10))
    for optimizer in (torch.optim.SGD(model.parameters(), lr=0.1), torch.optim.Adam(model.parameters())):
        loss = F.cross_entropy(model(torch.randn(8, 1, 8, 8)), torch.zeros(8, dtype=torch.int64))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch._foreach_norm([p.grad for p in model.parameters() if p.grad is not None])
        optimizer.step()
    with contextlib.suppress(ImportError):
        import sklearn.datasets  # noqa: F401 - imported ahead
