import torch
from torch import nn


class Siamese(nn.Module):
    """Maps (N, 1, 28, 28) and (N, 1, 28, 28) to (N)."""

    def __init__(self):
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(1, 8, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(256, 32),
            nn.Sigmoid(),
        )
        self.fc = nn.Linear(32, 1)

    def forward(self, first_x, second_x):
        x = self.branch(first_x)
        branch_2 = self.branch(second_x)
        difference = x - branch_2
        distance = torch.abs(difference)
        x = self.fc(distance)
        x = x.squeeze(-1)
        return x
