"""Train MobileNetV2 and print how well it does."""

import math

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 16
EPOCHS = 5
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


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
    return load_random_tensors(samples=32, input_shape=(3, 32, 32), target="classes")


def predict(model, batch):
    """Run the model on a batch; return what objective and metrics take."""
    x_, y = batch
    output = model(x_)
    return output, y


def objective(output, y):
    """Return the loss that training makes small."""
    loss = F.cross_entropy(output, y)
    return loss


def make_optimizer(model):
    """Return what moves the weights along the gradient."""
    return torch.optim.Adam(model.parameters(), lr=0.001)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = MobileNetV2().to(DEVICE)
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
