"""Samples that stay on the disk until a batch of them is asked for."""

import math

import torch

MOST_MEASURED = 2000


class Streamed:
    """A column of samples like a tensor, each read when it is wanted."""

    def __init__(self, items, read):
        self.items, self.read = items, read

    def __len__(self):
        return len(self.items)

    def __getitem__(self, indices):
        return torch.stack([self.read(self.items[i]) for i in indices.tolist()])

    def split(self, size):
        """Yield the samples in batches."""
        for indices in torch.arange(len(self)).split(size):
            yield self[indices]


def to_memory(column, megabytes):
    """Return the column as a tensor, if it takes no more than that."""
    size = column[torch.tensor([0])].nbytes
    if size * len(column) > megabytes * 10**6:
        return column
    return column[torch.arange(len(column))]


def standardise_channels(train, kept):
    """Bring each channel to mean 0 and spread 1, as measured in what is trained on."""
    count, total, squares = 0, torch.zeros(()), torch.zeros(())
    step = math.ceil(len(train) / MOST_MEASURED)
    for indices in torch.arange(0, len(train), step).split(64):
        batch = train[indices].double().transpose(0, 1).flatten(1)
        count += batch.shape[1]
        total, squares = total + batch.sum(1), squares + batch.square().sum(1)
    mean = total / count
    spread = (squares / count - mean.square()).clamp_min(0).sqrt()
    spread[spread == 0] = 1
    shape = (-1, *[1] * (train[indices[:1]].dim() - 2))
    mean, spread = mean.float().view(shape), spread.float().view(shape)

    def scaled(column):
        if isinstance(column, torch.Tensor):
            return (column - mean) / spread
        return Streamed(column.items, lambda item: (column.read(item) - mean) / spread)

    return scaled(train), scaled(kept)
