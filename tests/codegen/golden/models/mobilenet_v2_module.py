from torch import nn


class InvertedResidual(nn.Module):
    """Maps (N, channels, *, *) to (N, channels, *, *)."""

    def __init__(self, channels, hidden):
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(channels, hidden, 1, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(),
            nn.Conv2d(hidden, hidden, 3, padding=1, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(),
            nn.Conv2d(hidden, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x):
        out = self.conv(x)
        out = x + out
        return out


class MobileNetV2(nn.Module):
    """Maps (N, 3, 32, 32) to (N, 10)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, stride=2, padding=1, bias=False)
        self.stem_norm = nn.BatchNorm2d(16)
        self.stem_relu = nn.ReLU6()
        self.block1 = nn.Sequential(
            nn.Conv2d(16, 96, 1, bias=False),
            nn.BatchNorm2d(96),
            nn.ReLU6(),
            nn.Conv2d(96, 96, 3, stride=2, padding=1, groups=96, bias=False),
            nn.BatchNorm2d(96),
            nn.ReLU6(),
            nn.Conv2d(96, 24, 1, bias=False),
            nn.BatchNorm2d(24),
        )
        self.block2 = InvertedResidual(24, 144)
        self.block3 = nn.Sequential(
            nn.Conv2d(24, 144, 1, bias=False),
            nn.BatchNorm2d(144),
            nn.ReLU6(),
            nn.Conv2d(144, 144, 3, stride=2, padding=1, groups=144, bias=False),
            nn.BatchNorm2d(144),
            nn.ReLU6(),
            nn.Conv2d(144, 32, 1, bias=False),
            nn.BatchNorm2d(32),
        )
        self.block4 = InvertedResidual(32, 192)
        self.block5 = InvertedResidual(32, 192)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(0.2)
        self.classifier = nn.Linear(32, 10)

    def forward(self, x):
        x = self.stem(x)
        x = self.stem_norm(x)
        x = self.stem_relu(x)
        x = self.block1(x)
        x = self.block2(x)
        x = self.block3(x)
        x = self.block4(x)
        x = self.block5(x)
        x = self.pool(x)
        x = self.flatten(x)
        x = self.dropout(x)
        x = self.classifier(x)
        return x
