"""MNIST and the data sets in its form: four IDX files in a folder, gzipped or not."""

import gzip
import math
import zlib
from pathlib import Path

import torch


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
