from torch import nn


class TwoLayerNet(nn.Module):
    """Maps (N, 1000) to (N, 10)."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(1000, 100), nn.ReLU(), nn.Linear(100, 10))

    def forward(self, x):
        x = self.layers(x)
        return x
