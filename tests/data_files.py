"""Small files for every data block that reads some."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

from netbuilder.blocks import CATALOG
from tests.drawings import idx, write_pictures

ROWS = 30
FLOWERS = ("lily", "rose", "tulip")


def write_table(path: Path, rows: int = ROWS, delimiter: str = ",") -> Path:
    """A table of numbers and words, whose last column is one of three flowers."""
    lines = ["length,width,color,flower"]
    for i in range(rows):
        lines.append(f"{i % 7 + 0.5},{i * 10},{'red' if i % 2 else 'white'},{FLOWERS[i % 3]}")
    path.write_text("\n".join(lines).replace(",", delimiter) + "\n", "utf-8")
    return path


def write_parquet(path: Path, rows: int = ROWS) -> Path:
    """The same table as Parquet."""
    import pyarrow
    from pyarrow import parquet

    columns = {
        "length": [i % 7 + 0.5 for i in range(rows)],
        "width": [i * 10 for i in range(rows)],
        "color": ["red" if i % 2 else "white" for i in range(rows)],
        "flower": [FLOWERS[i % 3] for i in range(rows)],
    }
    parquet.write_table(pyarrow.table(columns), path)
    return path


def write_image_folder(folder: Path, each: int = 6) -> Path:
    """Pictures of several kinds and sizes in a folder for each of three classes, one of them a folder deeper."""
    from PIL import Image

    for label, name in enumerate(("blue", "green", "red")):
        (folder / name / "more").mkdir(parents=True)
        for i in range(each):
            ending = ("png", "jpg", "bmp")[i % 3]
            color = tuple(40 * i if channel != 2 - label else 255 for channel in range(3))
            at = folder / name / "more" if i == 1 else folder / name
            Image.new("L" if i == 5 else "RGB", (9 + i, 12), 128 if i == 5 else color).save(at / f"{i}.{ending}")
    return folder


def write_image_table(folder: Path) -> dict[str, object]:
    """The same pictures, and a table with their names, colors and a number."""
    pictures = write_image_folder(folder / "pictures")
    files = sorted(path for path in pictures.rglob("*.*") if path.is_file())
    lines = ["file,shade,color"]
    lines += [
        f"{path.relative_to(pictures)},{i / 4},{path.relative_to(pictures).parts[0]}" for i, path in enumerate(files)
    ]
    (folder / "pictures.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return {"file": str(folder / "pictures.csv"), "folder": str(pictures)}


def write_idx_folder(folder: Path) -> Path:
    """Pictures of 5 × 7 pixels in four classes."""
    folder.mkdir()
    for part, count in (("train", 12), ("t10k", 4)):
        pixels = bytes((i * 7) % 251 for i in range(count * 35))
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(pixels, count, 5, 7))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(bytes(i % 4 for i in range(count)), count))
    return folder


def write_arrays(path: Path, count: int = 20) -> Path:
    """An .npz file with x of 3 × 4 numbers and y of two classes."""
    import numpy

    x = numpy.arange(count * 12, dtype="float64").reshape(count, 3, 4)
    numpy.savez(path, x=x, y=numpy.arange(count) % 2)
    return path


def write_tensors(path: Path, count: int = 20) -> Path:
    """The same as safetensors."""
    import torch
    from safetensors.torch import save_file

    x = torch.arange(count * 12, dtype=torch.float64).view(count, 3, 4)
    save_file({"x": x, "y": torch.arange(count) % 2}, path)
    return path


def write_text(path: Path) -> Path:
    """A text of some 20 different characters."""
    path.write_text("the quick brown fox jumps over the lazy dog.\n" * 20, "utf-8")
    return path


def write_wav(path: Path, values: list[int], width: int = 2, channels: int = 1, rate: int = 8000) -> Path:
    """A sound of these values; several channels have them in turn."""
    with wave.open(str(path), "wb") as opened:
        opened.setnchannels(channels)
        opened.setsampwidth(width)
        opened.setframerate(rate)
        opened.writeframes(b"".join(value.to_bytes(width, "little", signed=width > 1) for value in values))
    return path


def write_wav_folder(folder: Path, each: int = 4) -> Path:
    """Sounds of three classes."""
    for label, name in enumerate(("high", "low", "none")):
        (folder / name).mkdir(parents=True)
        for i in range(each):
            write_wav(folder / name / f"{i}.wav", [(1000 * label + 7 * i * j) % 30_000 for j in range(30 + 10 * i)])
    return folder


_WRITERS: dict[str, Callable[[Path], dict[str, object]]] = {
    "MNIST": lambda folder: {"folder": str(write_pictures(folder / "pictures"))},
    "FashionMNIST": lambda folder: {"folder": str(write_pictures(folder / "pictures"))},
    "CSVTable": lambda folder: {"file": str(write_table(folder / "table.csv"))},
    "ParquetTable": lambda folder: {"file": str(write_parquet(folder / "table.parquet"))},
    "ImageFolder": lambda folder: {"folder": str(write_image_folder(folder / "pictures")), "size": 8},
    "ImageTable": lambda folder: {**write_image_table(folder), "size": 8},
    "IDXFolder": lambda folder: {"folder": str(write_idx_folder(folder / "pictures"))},
    "NumpyArrays": lambda folder: {"file": str(write_arrays(folder / "arrays.npz"))},
    "TensorFile": lambda folder: {"file": str(write_tensors(folder / "tensors.safetensors"))},
    "TextFile": lambda folder: {"file": str(write_text(folder / "text.txt")), "length": 16},
    "WavFolder": lambda folder: {"folder": str(write_wav_folder(folder / "sounds")), "length": 50},
}


def write_data(block: str, folder: Path) -> dict[str, object]:
    """Write what a data block reads into a folder; the parameters with which it does."""
    needed = any(param.required and param.kind in ("folder", "file") for param in CATALOG[block].params)
    assert (block in _WRITERS) == needed, block
    return _WRITERS[block](folder) if needed else {"download": True} if block == "TorchvisionSet" else {}
