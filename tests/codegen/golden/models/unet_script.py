"""Train UNet and print how well it does."""

import math

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 8
EPOCHS = 5
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


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


def load_random_tensors(
    samples=64,
    input_shape=(1000,),
    target="numbers",
    target_shape=(10,),
    classes=10,
    seed=0,
    input="numbers",
    indices=100,
):
    """Return (x, y) to train on, and None: there is nothing to validate on."""
    random = torch.Generator().manual_seed(seed)
    if input == "indices":
        x = torch.randint(indices, (samples, *input_shape), generator=random)
    else:
        x = torch.randn(samples, *input_shape, generator=random)
    if target == "classes":
        y = torch.randint(classes, (samples,), generator=random)
    elif target == "sequence":
        y = torch.randint(classes, (samples, *target_shape), generator=random)
    else:
        y = torch.randn(samples, *target_shape, generator=random)
    return (x, y), None


def load_data():
    """Return the tensors to train on and those to validate on."""
    return load_random_tensors(
        samples=16, input_shape=(3, 64, 64), target_shape=(1, 64, 64)
    )


def predict(model, batch):
    """Run the model on a batch; return what objective and metrics take."""
    x_, y = batch
    output = model(x_)
    return output, y


def objective(output, y):
    """Return the loss that training makes small."""
    foreground = y > 0
    mask = foreground.float()
    loss = F.binary_cross_entropy_with_logits(output, mask)
    return loss


def make_optimizer(model):
    """Return what moves the weights along the gradient."""
    return torch.optim.Adam(model.parameters(), lr=0.001)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = UNet().to(DEVICE)
    print(model)
    optimizer = make_optimizer(model)
    train, _ = load_data()
    shuffle = torch.Generator().manual_seed(SEED)
    steps_per_epoch = math.ceil(len(train[0]) / BATCH_SIZE)
    steps = EPOCHS * steps_per_epoch
    report = steps_per_epoch * max(1, steps // steps_per_epoch // 20)
    for step in range(steps):
        if step % steps_per_epoch == 0:
            order = torch.randperm(len(train[0]), generator=shuffle).split(BATCH_SIZE)
            model.train()
        indices = order[step % steps_per_epoch]
        batch = [tensor[indices].to(DEVICE) for tensor in train]
        loss = objective(*predict(model, batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % report == 0 or step + 1 == steps:
            values = {"loss": loss.item()}
            text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
            print(f"step {step + 1} of {steps}: {text}")


if __name__ == "__main__":
    main()
