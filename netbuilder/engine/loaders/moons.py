"""Points on two half circles that reach into each other."""

import math

import torch

from netbuilder.engine.loaders.splitting import keep_first


def load_moons(samples=1000, noise=0.1, validation=0.2, seed=0):
    """Return (points, labels) to train on and (points, labels) kept aside."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.arange(samples) % 2
    angle = math.pi * torch.rand(samples, generator=random)
    across, up = angle.cos() - 0.5, angle.sin() - 0.25
    points = torch.stack((across, up), 1) * (1 - 2 * labels).unsqueeze(1)
    points += noise * torch.randn(samples, 2, generator=random)
    return keep_first((points, labels), validation)
