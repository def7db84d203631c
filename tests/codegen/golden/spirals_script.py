"""Train SpiralNet and print how well it does."""

import math

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 64
EPOCHS = 40
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class SpiralNet(nn.Module):
    """Maps (N, 2) to (N, 3)."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 64)
        self.relu1 = nn.ReLU()
        self.fc2 = nn.Linear(64, 64)
        self.relu2 = nn.ReLU()
        self.fc3 = nn.Linear(64, 3)

    def forward(self, x):
        x = self.fc1(x)
        x = self.relu1(x)
        x = self.fc2(x)
        x = self.relu2(x)
        x = self.fc3(x)
        return x


def keep_first(columns, validation):
    """Return columns in no order to train on, and their first samples, kept aside."""
    count = len(columns[0])
    aside = min(max(1, round(validation * count)), count - 1)
    train = tuple(column[aside:] for column in columns)
    return train, tuple(column[:aside] for column in columns)


def load_spirals(
    samples=1000, classes=3, turns=1.0, noise=0.03, validation=0.2, seed=0
):
    """Return (points, labels) to train on and (points, labels) kept aside."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.arange(samples) % classes
    radius = torch.rand(samples, generator=random).sqrt()
    angle = 2 * math.pi * (turns * radius + labels / classes)
    points = torch.stack((radius * angle.cos(), radius * angle.sin()), 1)
    points += noise * torch.randn(samples, 2, generator=random)
    return keep_first((points, labels), validation)


def load_data():
    """Return the tensors to train on and those to validate on."""
    return load_spirals()


def predict(model, batch):
    """Run the model on a batch; return what objective and metrics take."""
    point, label = batch
    output = model(point)
    return output, label


def objective(output, label):
    """Return the loss that training makes small."""
    loss = F.cross_entropy(output, label)
    return loss


def metrics(output, label):
    """Return what is worth watching besides the loss."""
    return {
        "accuracy": (output.argmax(1) == label).float().mean(),
    }


@torch.no_grad()
def evaluate(model, samples):
    """Return the mean of the loss and of each metric over the samples."""
    model.eval()
    totals = {}
    for batch in zip(*(tensor.split(BATCH_SIZE) for tensor in samples)):
        results = predict(model, [tensor.to(DEVICE) for tensor in batch])
        for name, value in {"loss": objective(*results), **metrics(*results)}.items():
            totals[name] = totals.get(name, 0.0) + value.item() * len(batch[0])
    return {name: total / len(samples[0]) for name, total in totals.items()}


def make_optimizer(model):
    """Return what moves the weights along the gradient."""
    return torch.optim.Adam(model.parameters(), lr=0.01)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = SpiralNet().to(DEVICE)
    print(model)
    optimizer = make_optimizer(model)
    train, validation = load_data()
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
            measured = evaluate(model, validation)
            values.update({f"validation {key}": measured[key] for key in measured})
            text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
            print(f"step {step + 1} of {steps}: {text}")


if __name__ == "__main__":
    main()
