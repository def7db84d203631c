from torch import nn


class Generator(nn.Module):
    """Maps (N, 100, 1, 1) to (N, 3, 64, 64)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.ConvTranspose2d(100, 64, 4, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(32)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(16)
        self.relu3 = nn.ReLU()
        self.conv4 = nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1, bias=False)
        self.bn4 = nn.BatchNorm2d(8)
        self.relu4 = nn.ReLU()
        self.conv5 = nn.ConvTranspose2d(8, 3, 4, stride=2, padding=1, bias=False)
        self.tanh = nn.Tanh()

    def forward(self, x):
        x = self.conv1(x)
        x = self.bn1(x)
        x = self.relu1(x)
        x = self.conv2(x)
        x = self.bn2(x)
        x = self.relu2(x)
        x = self.conv3(x)
        x = self.bn3(x)
        x = self.relu3(x)
        x = self.conv4(x)
        x = self.bn4(x)
        x = self.relu4(x)
        x = self.conv5(x)
        x = self.tanh(x)
        return x
