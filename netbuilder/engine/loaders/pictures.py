"""Picture files as tensors of one size."""

import torch

from netbuilder.engine.loaders.splitting import split_samples
from netbuilder.engine.loaders.streaming import (
    Streamed,
    standardise_channels,
    to_memory,
)

MOST_PIXELS = 80_000_000


def read_picture(path, size, color, fit):
    """Return a picture as numbers from 0 to 1: channels, rows, columns."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise ImportError("Pictures need Pillow: pip install pillow") from None
    height, width = (size, size) if isinstance(size, int) else size
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError(
                    f"{opened.width} × {opened.height} pixels are too many"
                )
            picture = opened.convert("RGB" if color == "color" else "L")
        if fit == "crop":
            picture = ImageOps.fit(picture, (width, height))
        elif fit == "pad":
            picture = ImageOps.pad(picture, (width, height))
        else:
            picture = picture.resize((width, height))
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} is not there any more.") from None
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise OSError(f"{path} is no picture that can be read: {error}.") from None
    pixels = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return pixels.view(height, width, -1).permute(2, 0, 1).float() / 255


def load_pictures(files, labels, kept, read, scale, memory, how):
    """Return (images, labels) to train on and those kept aside: a part, or others."""
    if kept is None:
        train, aside = split_samples(labels, *how)
        kept = [files[i] for i in aside.tolist()], labels[aside]
        files, labels = [files[i] for i in train.tolist()], labels[train]
    images = to_memory(Streamed(files, read), memory)
    kept_images = to_memory(Streamed(kept[0], read), memory)
    if scale:
        images, kept_images = standardise_channels(images, kept_images)
    return (images, labels), (kept_images, kept[1])
