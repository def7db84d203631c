"""Points on circles, one within the other."""

import math

import torch

from netbuilder.engine.loaders.splitting import keep_first


def load_circles(samples=1000, classes=2, noise=0.05, validation=0.2, seed=0):
    """Return (points, labels) to train on and (points, labels) kept aside."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.arange(samples) % classes
    angle = 2 * math.pi * torch.rand(samples, generator=random)
    radius = (labels + 1) / classes
    points = torch.stack((radius * angle.cos(), radius * angle.sin()), 1)
    points += noise * torch.randn(samples, 2, generator=random)
    return keep_first((points, labels), validation)
