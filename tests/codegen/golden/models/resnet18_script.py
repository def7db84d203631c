"""Train ResNet18 and print how well it does."""

import math

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 4
EPOCHS = 5
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class BasicBlock(nn.Module):
    """Maps (N, in_channels, *, *) to (N, out_channels, *, *)."""

    def __init__(self, in_channels, out_channels, stride=1, downsample=False):
        super().__init__()
        self.conv1 = nn.Conv2d(
            in_channels, out_channels, 3, stride=stride, padding=1, bias=False
        )
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = (
            nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )
            if downsample
            else nn.Identity()
        )

    def forward(self, x):
        out = self.conv1(x)
        out = self.bn1(out)
        out = self.relu(out)
        out = self.conv2(out)
        out = self.bn2(out)
        downsample = self.downsample(x)
        out = out + downsample
        out = self.relu(out)
        return out


class ResNet18(nn.Module):
    """Maps (N, 3, 224, 224) to (N, 1000)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, padding=1)
        self.layer1 = nn.Sequential(BasicBlock(64, 64), BasicBlock(64, 64))
        self.layer2 = nn.Sequential(
            BasicBlock(64, 128, stride=2, downsample=True), BasicBlock(128, 128)
        )
        self.layer3 = nn.Sequential(
            BasicBlock(128, 256, stride=2, downsample=True), BasicBlock(256, 256)
        )
        self.layer4 = nn.Sequential(
            BasicBlock(256, 512, stride=2, downsample=True), BasicBlock(512, 512)
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        x = self.conv1(x)
        x = self.bn1(x)
        x = self.relu(x)
        x = self.maxpool(x)
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = self.layer4(x)
        x = self.avgpool(x)
        x = self.flatten(x)
        x = self.fc(x)
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
        samples=8, input_shape=(3, 224, 224), target="classes", classes=1000
    )


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
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = ResNet18().to(DEVICE)
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
