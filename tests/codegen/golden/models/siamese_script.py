"""Train Siamese and print how well it does."""

import math

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 32
EPOCHS = 5
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


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
    first_ = load_random_tensors(input_shape=(1, 28, 28), target="classes", classes=2)
    second = load_random_tensors(input_shape=(1, 28, 28), seed=1)
    counts = {"first_": len(first_[0][0]), "second": len(second[0][0])}
    if len(set(counts.values())) > 1:
        raise ValueError(f"All data must have equally many samples, not {counts}")
    train = (*first_[0], *second[0])
    return train, None


def predict(model, batch):
    """Run the model on a batch; return what objective and metrics take."""
    first_x, first_y, second_x, _ = batch
    output = model(first_x, second_x)
    return output, first_y


def objective(output, first_y):
    """Return the loss that training makes small."""
    target = first_y.float()
    loss = F.binary_cross_entropy_with_logits(output, target)
    return loss


def make_optimizer(model):
    """Return what moves the weights along the gradient."""
    return torch.optim.Adam(model.parameters(), lr=0.001)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = Siamese().to(DEVICE)
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
