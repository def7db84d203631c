"""Train DynamicNet on many processes and print how well it does.

Begin it with:
    export TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1  # no addresses of dead processes
    torchrun --nproc-per-node 2 --max-restarts 3 FILE.py

Each start goes on from the newest file in the folder CHECKPOINTS, which all processes
must see. Delete the folder to begin anew.
"""

import math
import os
import random
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn
from torch.nn.parallel import DistributedDataParallel

BATCH_SIZE = 64
STEPS = 500
SEED = 0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
CHECKPOINTS = Path("checkpoints")


class Middle(nn.Module):
    """Maps (N, 100) to (N, 100)."""

    def __init__(self, H):
        super().__init__()
        self.linear = nn.Linear(H, H)

    def forward(self, x):
        x = self.linear(x)
        x = x.clamp(min=0)
        return x


class DynamicNet(nn.Module):
    """Maps (N, 1000) to (N, 10)."""

    def __init__(self, D_in=1000, H=100, D_out=10):
        super().__init__()
        self.input_linear = nn.Linear(D_in, H)
        self.middle = Middle(H)
        self.output_linear = nn.Linear(H, D_out)

    def forward(self, x):
        x = self.input_linear(x)
        x = x.clamp(min=0)
        for _ in range(random.randint(0, 3)):
            x = self.middle(x)
        x = self.output_linear(x)
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
    return torch.optim.SGD(model.parameters(), lr=0.0001, momentum=0.9)


def take_share(indices):
    """Return this process's part of a batch, and what its loss counts in the mean."""
    world = dist.get_world_size()
    share = indices[dist.get_rank() :: world]
    if len(share) == 0:  # nothing is left: it keeps step with the others, and counts 0
        return indices, 0.0
    return share, world


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
    random.seed(SEED)
    model = DynamicNet().to(DEVICE)
    if rank == 0:
        print(model)
    parallel = DistributedDataParallel(model, find_unused_parameters=True)
    optimizer = make_optimizer(model)
    train, _ = load_data()
    shuffle = torch.Generator().manual_seed(SEED)
    steps_per_epoch = math.ceil(len(train[0]) / BATCH_SIZE)
    steps = STEPS
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
            random.seed(SEED + step)
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
