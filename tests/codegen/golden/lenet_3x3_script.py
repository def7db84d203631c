"""Train Net and print how well it does."""

import gzip
import math
import zlib
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

BATCH_SIZE = 64
EPOCHS = 2
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


class Net(nn.Module):
    """Maps (N, 1, 32, 32) to (N, 10)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.conv2 = nn.Conv2d(6, 16, 3)
        self.fc1 = nn.Linear(576, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.conv1(x)
        x = F.relu(x)
        x = F.max_pool2d(x, (2, 2))
        x = self.conv2(x)
        x = F.relu(x)
        x = F.max_pool2d(x, 2)
        x = torch.flatten(x, 1)
        x = self.fc1(x)
        x = F.relu(x)
        x = self.fc2(x)
        x = F.relu(x)
        x = self.fc3(x)
        return x


def read_idx(folder, name, dimensions):
    """Return the bytes of an IDX file as a tensor of that many dimensions."""
    path = Path(folder) / name
    if not path.exists():
        path = Path(folder) / f"{name}.gz"
    if not path.exists():
        raise FileNotFoundError(f"There is no {name} or {name}.gz in {folder}.")
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rb") as file:
            data = file.read()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path} is damaged: {error}.") from None
    start = 4 + 4 * dimensions
    sizes = [int.from_bytes(data[i : i + 4], "big") for i in range(4, start, 4)]
    if data[:4] != bytes((0, 0, 8, dimensions)) or len(data) < start:
        raise ValueError(f"{path} is not an IDX file of {dimensions} dimensions.")
    if len(data) != start + math.prod(sizes) or not sizes[0]:
        raise ValueError(f"{path} is damaged: it does not hold as much as it says.")
    values = torch.frombuffer(bytearray(data), dtype=torch.uint8, offset=start)
    return values.view(sizes)


def load_idx(folder, padding=0):
    """Return (images, labels) to train on and (images, labels) to validate on."""
    found = []
    for part in ("train", "t10k"):
        images = read_idx(folder, f"{part}-images-idx3-ubyte", 3)
        labels = read_idx(folder, f"{part}-labels-idx1-ubyte", 1)
        if images.shape != (len(labels), 28, 28) or labels.max() > 9:
            raise ValueError(f"The {part} files in {folder} do not fit together.")
        images = torch.nn.functional.pad(images.unsqueeze(1), [padding] * 4)
        found.append((images.float() / 255, labels.long()))
    (images, labels), (kept, kept_labels) = found
    mean, spread = images.mean(), images.std()
    if spread == 0:
        raise ValueError(f"All pictures in {folder} are blank.")
    images.sub_(mean).div_(spread)
    kept.sub_(mean).div_(spread)
    return (images, labels), (kept, kept_labels)


def load_data():
    """Return the tensors to train on and those to validate on."""
    return load_idx("/usr/share/datasets/fashion-mnist", padding=2)


def predict(model, batch):
    """Run the model on a batch; return what objective and metrics take."""
    image, label = batch
    output = model(image)
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
    return torch.optim.Adam(model.parameters(), lr=0.001)


def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = Net().to(DEVICE)
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
