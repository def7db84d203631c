"""Two columns of numbers, of which one is to be found out of the other."""

from netbuilder.engine.loaders.describing import Description, Output
from netbuilder.engine.loaders.splitting import split_samples
from netbuilder.engine.loaders.streaming import (
    Streamed,
    standardise_channels,
    to_memory,
)


def as_target(file, values):
    """Return whole numbers as classes, and others as float32."""
    if values.is_floating_point():
        if not values.isfinite().all():
            raise ValueError(f"{file}: a target is not a finite number.")
        return values.float()
    if values.numel() and int(values.min()) < 0:
        raise ValueError(f"{file}: a class is {int(values.min())}; they count from 0.")
    return values.long()


def split_columns(file, count, read, y, scale, memory, how):
    """Return (x, y) to train on and (x, y) kept aside; `read` gives one sample of x."""
    if count != len(y):
        raise ValueError(f"{file}: there are {count} samples, and {len(y)} targets.")
    parts = []
    for indices in split_samples(y, *how):
        x = to_memory(Streamed(indices.tolist(), read), memory)
        parts.append([x, y[indices]])
    if scale:
        parts[0][0], parts[1][0] = standardise_channels(parts[0][0], parts[1][0])
    return tuple(parts[0]), tuple(parts[1])


def describe_columns(file, count, sample, y):
    """Say what `split_columns` gives."""
    if count != len(y):
        raise ValueError(f"{file}: there are {count} samples, and {len(y)} targets.")
    if count < 2:
        raise ValueError(f"{file} has {count} samples: too few.")
    goal = Output(tuple(y.shape[1:]))
    if not y.is_floating_point():
        classes = int(y.max()) + 1
        if classes < 2:
            raise ValueError(f"{file}: all targets are of class 0.")
        goal = Output(tuple(y.shape[1:]), "int64", classes)
    outputs = {"x": Output(tuple(sample.shape)), "y": goal}
    return Description(outputs, [("samples", f"{count:,}")])
