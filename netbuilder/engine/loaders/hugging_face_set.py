"""Data sets of the Hugging Face hub, read by its library `datasets`."""
# mypy: disable-error-code="import-not-found, import-untyped"

import torch

from netbuilder.engine.loaders.splitting import split_samples


def hub_tensor(value, shape):
    """Return a number, a list or a picture as a tensor of that shape."""
    if hasattr(value, "tobytes") and hasattr(value, "getbands"):
        width, height = value.size
        pixels = torch.frombuffer(bytearray(value.tobytes()), dtype=torch.uint8)
        tensor = pixels.view(height, width, -1).permute(2, 0, 1).float() / 255
    else:
        tensor = torch.as_tensor(value, dtype=torch.float32)
    if tensor.shape != tuple(shape):
        raise ValueError(f"A sample has the shape {tuple(tensor.shape)}, not {shape}.")
    return tensor


def load_hugging_face_set(
    name,
    x="image",
    y="label",
    shape=(1, 28, 28),
    classes=10,
    part="train",
    validation_part=None,
    validation=0.2,
    split="random",
    folds=None,
    fold=1,
    seed=0,
):
    """Return (x, y) to train on and (x, y) kept aside."""
    try:
        from datasets import load_dataset
    except ImportError:
        raise ImportError("This needs datasets: pip install datasets") from None
    columns = []
    for wanted in [part] if validation_part is None else [part, validation_part]:
        try:
            rows = load_dataset(name, split=wanted)
        except (OSError, RuntimeError, ValueError) as error:
            reason = str(error).strip().split("\n")[0].rstrip(".")
            problem = f"{name} ({wanted}) cannot be downloaded: {reason}."
            raise OSError(problem) from None
        for column in (x, y):
            if column not in rows.column_names:
                there = ", ".join(rows.column_names)
                raise ValueError(f"{name} has no column {column}, only {there}.")
        labels = torch.as_tensor(rows[y])
        if len(labels) and classes and not 0 <= labels.min() <= labels.max() < classes:
            raise ValueError(f"{name}: a class in {y} is not from 0 to {classes - 1}.")
        labels = labels.long() if classes else labels.float().view(len(labels), -1)
        columns.append((torch.stack([hub_tensor(v, shape) for v in rows[x]]), labels))
    if validation_part is not None:
        return columns[0], columns[1]
    ((images, labels),) = columns
    train, kept = split_samples(labels, validation, split, folds, fold, seed)
    return (images[train], labels[train]), (images[kept], labels[kept])
