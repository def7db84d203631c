"""Small files for every data block that reads some."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netbuilder.blocks import CATALOG
from tests.drawings import write_pictures

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


_WRITERS: dict[str, Callable[[Path], dict[str, object]]] = {
    "MNIST": lambda folder: {"folder": str(write_pictures(folder / "pictures"))},
    "FashionMNIST": lambda folder: {"folder": str(write_pictures(folder / "pictures"))},
    "CSVTable": lambda folder: {"file": str(write_table(folder / "table.csv"))},
    "ParquetTable": lambda folder: {"file": str(write_parquet(folder / "table.parquet"))},
}


def write_data(block: str, folder: Path) -> dict[str, object]:
    """Write what a data block reads into a folder; the parameters with which it does."""
    needed = any(param.required and param.kind in ("folder", "file") for param in CATALOG[block].params)
    assert (block in _WRITERS) == needed, block
    return _WRITERS[block](folder) if needed else {}
