import torch
from torch import nn


class TwoLayerNet(nn.Module):
    """Maps (N, 1000) to (N, 10)."""

    def __init__(self):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(1000, 100))
        self.w2 = nn.Parameter(torch.randn(100, 10))

    def forward(self, x):
        x = x @ self.w1
        x = x.clamp(min=0)
        x = x @ self.w2
        return x
