from torch import nn


class Net(nn.Module):
    """Maps (N, 1) to (N, 1)."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(1, 1)

    def forward(self, x):
        x = self.fc(x)
        return x
