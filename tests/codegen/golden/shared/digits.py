"""Train DigitsNet on many processes and print how well it does.

Begin it with:
    export TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1  # no addresses of dead processes
    torchrun --nproc-per-node 2 --max-restarts 3 FILE.py

Each start goes on from the newest file in the folder CHECKPOINTS, which all processes
must see. Delete the folder to begin anew.
"""

import math
import os
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn
from torch.nn.parallel import DistributedDataParallel

BATCH_SIZE = 64
EPOCHS = 30
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
CHECKPOINTS = Path("checkpoints")


class DigitsNet(nn.Module):
    """Maps (N, 1, 8, 8) to (N, 10)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.fc1 = nn.Linear(1024, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = self.conv1(x)
        x = self.norm1(x)
        x = F.relu(x)
        x = self.conv2(x)
        x = F.relu(x)
        x = F.max_pool2d(x, 2)
        x = torch.flatten(x, 1)
        x = F.dropout(x, 0.25, training=self.training)
        x = self.fc1(x)
        x = F.relu(x)
        x = self.fc2(x)
        return x


GLYPHS = (
    "011101000110001100011000101110",
    "001000110000100001000010001110",
    "011101000100010001000100011111",
    "111100000101110000010000111110",
    "000100011001010111110001000010",
    "111111000011110000010000111110",
    "011101000011110100011000101110",
    "111110000100010001000100001000",
    "011101000101110100011000101110",
    "011101000101111000010000101110",
)


def draw_digits(count=1797):
    """Draw digits, shifted and noisy, for where scikit-learn is not installed."""
    random = torch.Generator().manual_seed(0)
    glyphs = torch.tensor([[float(dot) for dot in glyph] for glyph in GLYPHS])
    labels = torch.randint(10, (count,), generator=random)
    images = torch.zeros(count, 8, 8)
    images[:, 1:7, 1:6] = 16 * glyphs[labels].view(count, 6, 5)
    for i, (down, right) in enumerate(
        torch.randint(-1, 2, (count, 2), generator=random)
    ):
        images[i] = images[i].roll((int(down), int(right)), (0, 1))
    images += 3 * torch.randn(images.shape, generator=random)
    return images.clamp(0, 16), labels


def load_digits(validation=0.2):
    """Return (images, labels) to train on and (images, labels) to validate on."""
    try:
        from sklearn import datasets
    except ImportError:
        images, labels = draw_digits()
    else:
        digits = datasets.load_digits()
        images = torch.tensor(digits.images, dtype=torch.float32)
        labels = torch.tensor(digits.target, dtype=torch.int64)
    images = (images.unsqueeze(1) - 8) / 8
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    aside = max(1, round(validation * len(images)))
    train, kept = order[aside:], order[:aside]
    return (images[train], labels[train]), (images[kept], labels[kept])


def load_data():
    """Return the tensors to train on and those to validate on."""
    return load_digits()


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


def add_up(totals):
    """Return the sums of what all processes have counted."""
    everyone = [None] * dist.get_world_size()
    dist.all_gather_object(everyone, totals)
    found = {}
    for one in everyone:
        for name, value in one.items():
            found[name] = found.get(name, 0) + value
    return found


@torch.no_grad()
def evaluate(model, samples):
    """Return the mean of the loss and of each metric over the samples."""
    model.eval()
    for buffer in model.buffers():
        dist.broadcast(buffer, 0)
    totals = {}
    batches = torch.arange(len(samples[0])).split(BATCH_SIZE)
    for indices in batches[dist.get_rank() :: dist.get_world_size()]:
        results = predict(model, [tensor[indices].to(DEVICE) for tensor in samples])
        for name, value in {"loss": objective(*results), **metrics(*results)}.items():
            totals[name] = totals.get(name, 0.0) + value.item() * len(indices)
    totals = add_up(totals)
    return {name: total / len(samples[0]) for name, total in totals.items()}


def make_optimizer(model):
    """Return what moves the weights along the gradient."""
    return torch.optim.Adam(model.parameters(), lr=0.001)


def take_share(indices):
    """Return this process's part of a batch, and what its loss counts in the mean."""
    world = dist.get_world_size()
    share = indices[dist.get_rank() :: world]
    if len(share) == 0:  # nothing is left: it keeps step with the others, and counts 0
        return indices, 0.0
    return share, len(share) * world / len(indices)


def newest_checkpoint():
    """Return the file that all processes go on from, or None."""
    found = [max(CHECKPOINTS.glob("step-*.pt"), default=None)]
    dist.broadcast_object_list(found)
    return found[0]


def save_checkpoint(state):
    """Write a file, whole or not at all, and delete old ones."""
    CHECKPOINTS.mkdir(exist_ok=True)
    part = CHECKPOINTS / "new.part"
    torch.save(state, part)
    part.replace(CHECKPOINTS / f"step-{state['step']:08d}.pt")
    for old in sorted(CHECKPOINTS.glob("step-*.pt"))[:-2]:
        old.unlink()


def main():
    """Train the network together with the other processes of torchrun."""
    if DEVICE == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("cpu:gloo,cuda:nccl" if DEVICE == "cuda" else "gloo")
    rank, world = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(SEED)
    model = DigitsNet().to(DEVICE)
    if DEVICE == "cuda":
        model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    if rank == 0:
        print(model)
    parallel = DistributedDataParallel(model)
    optimizer = make_optimizer(model)
    train, validation = load_data()
    shuffle = torch.Generator().manual_seed(SEED)
    steps_per_epoch = math.ceil(len(train[0]) / BATCH_SIZE)
    steps = EPOCHS * steps_per_epoch
    report = steps_per_epoch * max(1, steps // steps_per_epoch // 20)
    save = steps_per_epoch * max(1, steps // steps_per_epoch // 20)
    start, newest = 0, newest_checkpoint()
    if newest is not None:
        saved = torch.load(newest, map_location="cpu")
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        shuffle.set_state(saved["shuffle"])
        start, order = saved["step"], saved["order"]
        if rank == 0:
            print(f"goes on from step {start} of {steps}")
    for step in range(start, steps):
        if step % save == 0:
            torch.manual_seed(SEED + world * step + rank)  # each draws its own
        if step % steps_per_epoch == 0:
            order = torch.randperm(len(train[0]), generator=shuffle)
            model.train()
        first = step % steps_per_epoch * BATCH_SIZE
        indices, weight = take_share(order[first : first + BATCH_SIZE])
        batch = [tensor[indices].to(DEVICE) for tensor in train]
        loss = weight * objective(*predict(parallel, batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % report == 0 or step + 1 == steps:
            value = loss.detach()
            dist.all_reduce(value)
            values = {"loss": value.item() / world}
            measured = evaluate(model, validation)
            values.update({f"validation {key}": measured[key] for key in measured})
            text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
            if rank == 0:
                print(f"step {step + 1} of {steps}: {text}")
        if rank == 0 and ((step + 1) % save == 0 or step + 1 == steps):
            state = {
                "step": step + 1,
                "order": order,
                "shuffle": shuffle.get_state(),
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
            }
            save_checkpoint(state)
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
