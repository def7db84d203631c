"""Waves, each with a pace of its own, whose next value is asked for."""

import math

import torch

from netbuilder.engine.loaders.splitting import keep_first


def load_sines(
    samples=1000, length=50, target="next", noise=0.02, validation=0.2, seed=0
):
    """Return (waves, what follows) to train on, and the same kept aside."""
    random = torch.Generator().manual_seed(seed)
    pace = 0.1 + 0.4 * torch.rand(samples, 1, generator=random)
    start = 2 * math.pi * torch.rand(samples, 1, generator=random)
    waves = torch.sin(start + pace * torch.arange(length + 1))
    waves += noise * torch.randn(samples, length + 1, generator=random)
    follows = waves[:, -1:] if target == "next" else waves[:, 1:].unsqueeze(2)
    return keep_first((waves[:, :-1].unsqueeze(2), follows), validation)
