"""Points on arms that wind around each other."""

import math

import torch

from netbuilder.engine.loaders.splitting import keep_first


def load_spirals(
    samples=1000, classes=3, turns=1.0, noise=0.03, validation=0.2, seed=0
):
    """Return (points, labels) to train on and (points, labels) kept aside."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.arange(samples) % classes
    radius = torch.rand(samples, generator=random).sqrt()
    angle = 2 * math.pi * (turns * radius + labels / classes)
    points = torch.stack((radius * angle.cos(), radius * angle.sin()), 1)
    points += noise * torch.randn(samples, 2, generator=random)
    return keep_first((points, labels), validation)
