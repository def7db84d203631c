from torch import nn


class Autoencoder(nn.Module):
    """Maps (N, 1, 8, 8) to (N, 1, 8, 8)."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8)
        )
        self.decoder = nn.Sequential(
            nn.Linear(8, 32),
            nn.ReLU(),
            nn.Linear(32, 64),
            nn.Tanh(),
            nn.Unflatten(1, (1, 8, 8)),
        )

    def forward(self, x):
        x = self.encoder(x)
        x = self.decoder(x)
        return x
