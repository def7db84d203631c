import torch
from torch import nn


class Encoder(nn.Module):
    """Maps (N, 1, 8, 8) to (N, 4) and (N, 4)."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU())
        self.to_mean = nn.Linear(64, 4)
        self.to_log_var = nn.Linear(64, 4)

    def forward(self, x):
        hidden = self.hidden(x)
        mean = self.to_mean(hidden)
        log_var = self.to_log_var(hidden)
        return mean, log_var


class VAE(nn.Module):
    """Maps (N, 1, 8, 8) to (N, 1, 8, 8) and (N)."""

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = nn.Sequential(
            nn.Linear(4, 64),
            nn.ReLU(),
            nn.Linear(64, 64),
            nn.Tanh(),
            nn.Unflatten(1, (1, 8, 8)),
        )

    def forward(self, x):
        mean, log_var = self.encoder(x)
        x = log_var * 0.5
        std = torch.exp(x)
        noise = torch.randn_like(std)
        x = std * noise
        z = mean + x
        decoder = self.decoder(z)
        mean_squared = mean**2
        var = torch.exp(log_var)
        x = mean_squared + var
        x = x - log_var
        x = x - 1
        x = x.sum(1)
        kl = x * 0.5
        return decoder, kl
