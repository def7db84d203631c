import torch
from torch import nn


class DoubleConv(nn.Module):
    """Maps (N, in_channels, *, *) to (N, channels, *, *)."""

    def __init__(self, in_channels, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        x = self.conv1(x)
        x = self.norm1(x)
        x = self.relu(x)
        x = self.conv2(x)
        x = self.norm2(x)
        x = self.relu(x)
        return x


class Up(nn.Module):
    """Maps (N, in_channels, *, *) and (N, channels, *, *) to (N, channels, *, *)."""

    def __init__(self, in_channels, channels):
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, channels, 2, stride=2)
        self.conv = DoubleConv(in_channels, channels)

    def forward(self, x, skip):
        x = self.up(x)
        x = torch.cat((x, skip), 1)
        x = self.conv(x)
        return x


class UNet(nn.Module):
    """Maps (N, 3, 64, 64) to (N, 1, 64, 64)."""

    def __init__(self):
        super().__init__()
        self.inc = DoubleConv(3, 8)
        self.down1 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(8, 16))
        self.down2 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(16, 32))
        self.down3 = nn.Sequential(nn.MaxPool2d(2), DoubleConv(32, 64))
        self.up3 = Up(64, 32)
        self.up2 = Up(32, 16)
        self.up1 = Up(16, 8)
        self.outc = nn.Conv2d(8, 1, 1)

    def forward(self, x):
        inc = self.inc(x)
        down1 = self.down1(inc)
        down2 = self.down2(down1)
        x = self.down3(down2)
        x = self.up3(x, down2)
        x = self.up2(x, down1)
        x = self.up1(x, inc)
        x = self.outc(x)
        return x
