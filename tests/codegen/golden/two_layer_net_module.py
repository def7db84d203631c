from torch import nn


class TwoLayerNet(nn.Module):
    """Maps (N, 1000) to (N, 10)."""

    def __init__(self, D_in=1000, H=100, D_out=10):
        super().__init__()
        self.linear1 = nn.Linear(D_in, H)
        self.linear2 = nn.Linear(H, D_out)

    def forward(self, x):
        x = self.linear1(x)
        x = x.clamp(min=0)
        x = self.linear2(x)
        return x
