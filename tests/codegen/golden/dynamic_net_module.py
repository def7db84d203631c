import random

from torch import nn


class Middle(nn.Module):
    """Maps (N, 100) to (N, 100)."""

    def __init__(self, H):
        super().__init__()
        self.linear = nn.Linear(H, H)

    def forward(self, x):
        x = self.linear(x)
        x = x.clamp(min=0)
        return x


class DynamicNet(nn.Module):
    """Maps (N, 1000) to (N, 10)."""

    def __init__(self, D_in=1000, H=100, D_out=10):
        super().__init__()
        self.input_linear = nn.Linear(D_in, H)
        self.middle = Middle(H)
        self.output_linear = nn.Linear(H, D_out)

    def forward(self, x):
        x = self.input_linear(x)
        x = x.clamp(min=0)
        for _ in range(random.randint(0, 3)):
            x = self.middle(x)
        x = self.output_linear(x)
        return x
