"""Tables that take more memory than they may: to the bit what they are in memory, and no room for the rest of them."""

from __future__ import annotations

import csv
import itertools
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from netbuilder.engine.loaders import table_samples, tables
from netbuilder.engine.loaders.csv_table import load_csv_table
from netbuilder.engine.loaders.parquet_table import load_parquet_table
from netbuilder.engine.loaders.table_samples import TableRows

ROWS = 20_000  # that take more than a megabyte, with their seven columns
COLUMNS = ("whole", "number", "gaps", "word", "mixed", "text", "kind")


def _rows(count: int = ROWS, gaps: bool = True) -> list[list[str]]:
    chance = random.Random(1)
    return [
        [
            str(i % 13),
            repr(chance.gauss(1e3, 1e-2)),
            chance.choice(["", "NA", "?", "-0.5", "1e-7"]) if gaps else "3",
            chance.choice(["red", "green, or so", 'a "quoted" one', ""] if gaps else ["red", "blue"]),
            chance.choice(["one", "two", "three", "3", "4.50"]),
            "over\ntwo lines" if i % 7 else "über\r\nzwei",
            "abc"[i % 3],
        ]
        for i in range(count)
    ]


def _write(path: Path, rows: list[list[str]], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, delimiter=delimiter)
        writer.writerows([list(COLUMNS), *rows])
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(tmp_path_factory.mktemp("table") / "t.csv", _rows())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(tmp_path_factory.mktemp("table") / "t.tsv", _rows(gaps=False), "\t")


def _assert_alike(load: Callable[..., Any], file: Path, **values: Any) -> None:
    near, far = load(file, **values), load(file, **values, memory=1)
    for (x, y), (stored, same) in zip(near, far, strict=True):
        assert isinstance(x, torch.Tensor) and isinstance(stored, TableRows)
        order = torch.randperm(len(x))
        assert torch.equal(x[order].nan_to_num(-9), stored[order].nan_to_num(-9)) and torch.equal(y, same)
        assert torch.equal(x.nan_to_num(-9), torch.cat(list(stored.split(1000))).nan_to_num(-9))


WAYS: dict[str, Mapping[str, Any]] = {
    "filled": {"missing": "fill"},
    "skipped": {"missing": "skip"},
    "skipped, stratified": {"missing": "skip", "split": "stratified"},
    "not scaled": {"missing": "fill", "scale": False, "split": "last"},
    "some columns": {"columns": "whole, mixed", "target": "number"},
    "several targets": {"columns": "text", "target": "number, whole", "scale_target": False},
    "numbers as classes": {"columns": "number, mixed", "target": "whole", "folds": 3, "fold": 2},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_table_on_the_disk_is_that_in_memory(table: Path, way: str) -> None:
    _assert_alike(load_csv_table, table, **WAYS[way])


def test_tabs_and_another_file_that_is_kept_aside(whole: Path, table: Path, tmp_path: Path) -> None:
    _assert_alike(load_csv_table, whole)
    other = _write(tmp_path / "small.csv", _rows(100, gaps=False))
    near = load_csv_table(whole, validation_file=other)
    far = load_csv_table(whole, validation_file=other, memory=1)
    assert isinstance(far[0][0], TableRows) and isinstance(far[1][0], torch.Tensor)
    assert torch.equal(near[1][0], far[1][0]) and torch.equal(near[1][1], far[1][1])
    assert torch.equal(near[0][0], far[0][0][torch.arange(len(near[0][0]))])


def test_parquet_too(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    rows = _rows()
    columns: dict[str, list[Any]] = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    columns["whole"] = [int(cell) for cell in columns["whole"]]
    columns["number"] = [float(cell) for cell in columns["number"]]
    columns["gaps"] = [None if cell in ("", "NA", "?") else float(cell) for cell in columns["gaps"]]
    columns["yes"] = [i % 2 == 0 for i in range(len(rows))]
    parquet.write_table(pyarrow.table(columns), tmp_path / "t.parquet", row_group_size=7000)
    _assert_alike(load_parquet_table, tmp_path / "t.parquet", missing="fill", target="kind")


WRONG = {
    "late word": (["1", "oops"], "t.csv, line 30002: a is 'oops', which is no number."),
    "late gap": (["1", ""], "t.csv, line 30002: a is missing."),
    "ragged": (["1"], "t.csv, line 30002: 1 cells for 2 columns."),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("memory", [1, 1000])
def test_what_is_wrong_is_said_in_the_same_words(tmp_path: Path, case: str, memory: int) -> None:
    cells, sentence = WRONG[case]
    lines = ["kind,a", *(f"{i % 2},{i}" for i in range(30_000)), ",".join(cells)]
    lines += [f"{i % 2},{i}" for i in range(30_000)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"t\.csv") as error:
        load_csv_table(tmp_path / "t.csv", target="kind", memory=memory)
    assert str(error.value).endswith(sentence)


@pytest.mark.parametrize("memory", [1, 1000])
def test_a_column_of_ever_new_words_is_refused_and_no_matter_where_it_is_not_wanted(
    tmp_path: Path, memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_VALUES", 5000)
    lines = ["name,number,kind", *(f"person {i},{i / 7},{i % 2}" for i in range(30_000))]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"name holds more than 5,000 words: too many"):
        load_csv_table(tmp_path / "t.csv", memory=memory)
    (x, _), _ = load_csv_table(tmp_path / "t.csv", columns="number", memory=memory)
    assert len(x) == 24_000
    with pytest.raises(ValueError, match=r"number holds more than 5,000 different numbers: too many"):
        load_csv_table(tmp_path / "t.csv", columns="kind", target="number", target_is="class", memory=memory)


def test_a_full_disk_is_said(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, *_: object) -> None:
            pass

        def tofile(self, _: object) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(table_samples, "array", Full)
    with pytest.raises(OSError, match=r"t\.csv needs more room in .+: No space left on device\."):
        load_csv_table(table, missing="fill", memory=1)


CHILD = """
import resource, sys
import torch
from netbuilder.engine.loaders.csv_table import load_csv_table

torch.set_num_threads(1)
def own():  # what the process has for itself, without what it sees of files, in megabytes
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmData")).split()[1]) // 1000
torch.randperm(1000)[torch.randperm(10)].double().sum()
limit = (own() + 18) * 10**6
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
(x, y), (kept, _) = load_csv_table(sys.argv[1], memory=2)
sum(float(batch.sum()) for batch in x.split(512))
print(len(x), len(kept), x[torch.tensor([0])].shape[1])
try:
    load_csv_table(sys.argv[1], memory=1000)
except (MemoryError, RuntimeError):
    print("too much")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is that of Linux")
def test_memory_stays_bounded(tmp_path: Path) -> None:
    """In 18 MB beyond what torch itself takes, a table is loaded of which the cells alone take 16 in memory."""
    path = tmp_path / "large.csv"
    line = ",".join(f"{i / 7:.6f}" for i in range(99))
    with path.open("w") as opened:
        opened.write(",".join(f"c{i}" for i in range(99)) + ",kind\n")
        opened.writelines(f"{line},{i % 3}\n" for i in range(10_000))

    command = [sys.executable, "-c", CHILD, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "8000 2000 99\ntoo much\n", done.stderr


def test_nothing_of_it_is_left_in_the_folder_for_temporary_files(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    loaded = load_csv_table(table, missing="fill", memory=1)
    assert list(tmp_path.iterdir()) == []
    assert len(list(itertools.islice(loaded[0][0].split(10), 3))) == 3
