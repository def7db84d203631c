from torch import nn


class MultiTaskNet(nn.Module):
    """Maps (N, 1, 8, 8) to (N, 10) and (N, 1, 8, 8)."""

    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(256, 64),
            nn.ReLU(),
        )
        self.digit = nn.Linear(64, 10)
        self.picture = nn.Sequential(
            nn.Linear(64, 64), nn.Tanh(), nn.Unflatten(1, (1, 8, 8))
        )

    def forward(self, x):
        trunk = self.trunk(x)
        digit = self.digit(trunk)
        picture = self.picture(trunk)
        return digit, picture
