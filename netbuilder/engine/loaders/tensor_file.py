"""Tensors with names in a safetensors file: numbers, and nothing that runs."""

from netbuilder.engine.loaders.columns import (
    as_target,
    describe_columns,
    split_columns,
)


def tensor_columns(file, x, y):
    """Return how many samples there are, a function that reads one, and the targets."""
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError:
        raise ImportError("This needs safetensors: pip install safetensors") from None
    try:
        opened = safe_open(file, framework="pt")
        names = list(opened.keys())
        for name in (x, y):
            if name not in names:
                there = ", ".join(names[:10])
                raise ValueError(f"{file} has no tensor {name}, only {there}.")
        inputs, goal = opened.get_slice(x), opened.get_tensor(y)
    except OSError as error:
        raise OSError(f"{file} cannot be read: {error.strerror or error}.") from None
    except SafetensorError as error:
        raise ValueError(f"{file} is no safetensors file: {error}.") from None
    if not inputs.get_shape() or not goal.dim():
        raise ValueError(f"{file}: {x} and {y} have no dimension of samples.")
    return inputs.get_shape()[0], lambda i: inputs[i].float(), as_target(file, goal)


def load_tensor_file(
    file,
    x="x",
    y="y",
    scale=False,
    validation=0.2,
    split="random",
    folds=None,
    fold=1,
    seed=0,
    memory=2000,
):
    """Return (x, y) to train on and (x, y) kept aside."""
    count, read, goal = tensor_columns(file, x, y)
    how = validation, split, folds, fold, seed
    return split_columns(file, count, read, goal, scale, memory, how)


def describe_tensor_file(file, x, y, **_):
    """Say what `load_tensor_file` gives."""
    count, read, goal = tensor_columns(file, x, y)
    return describe_columns(file, count, read(0), goal)
