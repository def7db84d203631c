"""Train TwoLayerNet and print how well it does."""

import math

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 64
STEPS = 500
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class TwoLayerNet(nn.Module):
    """Maps (N, 1000) to (N, 10)."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(1000, 100), nn.ReLU(), nn.Linear(100, 10))

    def forward(self, x):
        x = self.layers(x)
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
    return load_random_tensors()


def predict(model, batch):
    """Run the model on a batch; return what objective and metrics take."""
    x_, y = batch
    output = model(x_)
    return output, y


def objective(output, y):
    """Return the loss that training makes small."""
    loss = F.mse_loss(output, y, reduction="sum")
    return loss


def make_optimizer(model):
    """Return what moves the weights along the gradient."""
    return torch.optim.Adam(model.parameters(), lr=0.0001)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = TwoLayerNet().to(DEVICE)
    print(model)
    optimizer = make_optimizer(model)
    train, _ = load_data()
    shuffle = torch.Generator().manual_seed(SEED)
    steps_per_epoch = math.ceil(len(train[0]) / BATCH_SIZE)
    steps = STEPS
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
