"""What a table's columns are taken for, what is made of them, and what is said where one cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from netbuilder.blocks import CATALOG
from netbuilder.engine.loaders.csv_table import describe_csv_table, load_csv_table
from netbuilder.engine.loaders.describing import Description
from netbuilder.engine.loaders.parquet_table import load_parquet_table
from tests.data_files import FLOWERS, ROWS, write_parquet, write_table


def describe(file: Path, **values: Any) -> Description:
    return describe_csv_table(**CATALOG["CSVTable"].filled({"file": str(file), **values}))


def _write(folder: Path, text: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_numbers_are_scaled_by_what_is_trained_on_and_words_become_ones(tmp_path: Path) -> None:
    (x, y), (kept_x, kept_y) = load_csv_table(write_table(tmp_path / "t.csv"), split="last")
    assert x.shape == (24, 4) and kept_x.shape == (6, 4) and x.dtype == torch.float32
    lengths = torch.tensor([i % 7 + 0.5 for i in range(ROWS)])
    mean, spread = lengths[:24].mean(), lengths[:24].std(correction=0)
    torch.testing.assert_close(torch.cat((x, kept_x))[:, 0], (lengths - mean) / spread)
    torch.testing.assert_close(x[:, 1].mean(), torch.tensor(0.0), atol=1e-6, rtol=0)
    assert x[:4, 2:].tolist() == [[0, 1], [1, 0], [0, 1], [1, 0]]  # red, white
    assert torch.cat((y, kept_y)).tolist() == [i % 3 for i in range(ROWS)]


def test_it_is_described_as_it_is_loaded(tmp_path: Path) -> None:
    outputs, facts = describe(write_table(tmp_path / "t.csv"))
    assert outputs["features"].shape == (4,)
    assert outputs["features"].names == ("length", "width", "color = red", "color = white")
    assert outputs["target"] == ((), "int64", 3, FLOWERS)
    assert facts == [
        ("rows", "30"),
        ("length", "number"),
        ("width", "number"),
        ("color", "2 words"),
        ("flower", "3 words"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_says_what_parts_the_values(tmp_path: Path, delimiter: str) -> None:
    plain = load_csv_table(write_table(tmp_path / "t.csv"))
    (x, y), _ = load_csv_table(write_table(tmp_path / "other.tsv", delimiter=delimiter))
    assert torch.equal(x, plain[0][0]) and torch.equal(y, plain[0][1])


def test_parquet_gives_what_the_text_gives(tmp_path: Path) -> None:
    text = load_csv_table(write_table(tmp_path / "t.csv"))
    binary = load_parquet_table(write_parquet(tmp_path / "t.parquet"))
    for one, other in zip((*text[0], *text[1]), (*binary[0], *binary[1]), strict=True):
        assert torch.equal(one, other)


def test_columns_are_chosen_by_name(tmp_path: Path) -> None:
    file = write_table(tmp_path / "t.csv")
    (x, y), _ = load_csv_table(file, target="width", columns="color, length", scale_target=False)
    assert x.shape == (24, 3) and y.shape == (24, 1)
    assert set(y.flatten().tolist()) <= {10.0 * i for i in range(ROWS)}
    (x, y), _ = load_csv_table(file, target="width, length", columns="color")
    assert x.shape == (24, 2) and y.shape == (24, 2)
    torch.testing.assert_close(y.mean(0), torch.zeros(2), atol=1e-6, rtol=0)


def test_few_whole_numbers_are_classes_and_others_are_numbers(tmp_path: Path) -> None:
    rows = "\n".join(f"{i},{i % 3 + 5},{i % 3 / 2}" for i in range(30))
    file = _write(tmp_path, f"x,five,half\n{rows}\n")
    assert describe(file, target="five").outputs["target"] == ((), "int64", 3, ("5", "6", "7"))
    assert describe(file, target="half").outputs["target"].shape == (1,)
    assert describe(file, target="half", target_is="class").outputs["target"].names == ("0", "0.5", "1")
    assert describe(file, target="five", target_is="number").outputs["target"].shape == (1,)
    assert describe(file, target="x").outputs["target"].shape == (1,)


def test_without_a_header_columns_have_numbers(tmp_path: Path) -> None:
    file = _write(tmp_path, "1,2,a\n3,4,b\n5,6,a\n7,8,b\n")
    (x, y), (kept_x, _) = load_csv_table(file, header=False, columns="column2")
    assert x.shape == (3, 1) and len(kept_x) == 1 and y.dtype == torch.int64


def test_missing_cells_are_said_skipped_or_filled_from_what_is_trained_on(tmp_path: Path) -> None:
    file = _write(tmp_path, "x,word,y\n1,a,0\n3,NA,1\n,b,0\n5,a,1\n100,b,0\n")
    with pytest.raises(ValueError, match=r"table\.csv, line 4: x is missing\."):
        load_csv_table(file)
    (x, _), (kept, _) = load_csv_table(file, missing="skip", scale=False, split="last", validation=0.3)
    assert x[:, 0].tolist() == [1, 5] and kept[:, 0].tolist() == [100]
    (x, _), (kept, _) = load_csv_table(file, missing="fill", scale=False, split="last")
    assert x[:, 0].tolist() == [1, 3, 3, 5] and kept[:, 0].tolist() == [100]
    assert x[1, 1:].tolist() == [0, 0]


def test_another_file_is_kept_aside_whole(tmp_path: Path) -> None:
    file, other = write_table(tmp_path / "a.csv"), write_table(tmp_path / "b.csv", rows=9)
    (x, _), (kept, kept_y) = load_csv_table(file, validation_file=other)
    assert len(x) == 30 and len(kept) == 9 and kept_y.tolist() == [0, 1, 2] * 3
    torch.testing.assert_close(x[:9], kept)
    other.write_text(other.read_text().replace("tulip", "daisy"))
    with pytest.raises(ValueError, match=r"b\.csv, line 4: flower is of no known class\."):
        load_csv_table(file, validation_file=other)
    other.write_text("length,color\n1,red\n")
    with pytest.raises(ValueError, match=r"b\.csv has no column width\."):
        describe(file, validation_file=str(other))


WRONG: dict[str, tuple[str | bytes, dict[str, Any], str]] = {
    "empty": ("", {}, "table.csv is empty."),
    "header alone": ("a,b\n", {}, "table.csv has no rows."),
    "one column": ("a\n1\n2\n", {}, "there is no column besides the target."),
    "ragged": ("a,b\n1,2\n1,2,3\n", {}, "table.csv, line 3: 3 cells for 2 columns."),
    "ragged over lines": ('a,b\n"x\ny",2\n1\n', {}, "table.csv, line 4: 1 cells for 2 columns."),
    "no number": ("a,b\n1,2\n2,3\noops,4\n", {}, "table.csv, line 4: a is 'oops', which is no number."),
    "no number for a target": ("a,b\n1,2\n2,3\n3,4\n4,x\n", {}, "table.csv, line 5: b is 'x', which is no number."),
    "words for a number": ("a,b\n1,x\n2,y\n", {"target_is": "number"}, "b holds words, not numbers."),
    "one class": ("a,b\n1,x\n2,x\n", {}, "b is the same in every line."),
    "no such column": ("a,b\n1,2\n", {"target": "c"}, "table.csv has no column c, only a, b."),
    "twice the same": ("a,a\n1,2\n", {}, "two columns have the same name."),
    "not UTF-8": (b"a,b\n1,2\n\xff\xfe,3\n", {}, "table.csv, line 3 is not UTF-8 text."),
    "too many words": ("a,b\n" + "".join(f"w{i},{i}\n" for i in range(101)), {}, "a holds 101 words: too many."),
    "too large": ("a,b\n1,2\n2,3\n1e39,4\n", {}, "table.csv, line 4: a is too large a number."),
    "all left out": ("a,b\n,1\n,2\n", {"missing": "skip"}, "no row is left."),
    "no end of a quote": ('a,b\n1,"2\n' + "x" * 200_000, {}, "field larger than field limit"),
    "endless line": (b"x" * 2**21, {}, "table.csv, line 1 is too long for a text."),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, case: str) -> None:
    text, values, sentence = WRONG[case]
    with pytest.raises(ValueError, match=r"table\.csv") as error:
        describe(_write(tmp_path, text), **values)
    assert sentence in str(error.value) and "\n" not in str(error.value)


def test_a_file_that_is_not_there_or_no_parquet_is_said(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"gone\.csv cannot be read: No such file or directory\."):
        load_csv_table(tmp_path / "gone.csv")
    with pytest.raises(OSError, match=r"gone\.parquet cannot be read: No such file"):
        load_parquet_table(tmp_path / "gone.parquet")
    with pytest.raises(ValueError, match=r"table\.csv is no Parquet file: "):
        load_parquet_table(write_table(tmp_path / "table.csv"))


def test_of_a_large_table_the_first_part_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netbuilder.engine.loaders.csv_table.FEW", 200)
    facts = dict(describe(write_table(tmp_path / "t.csv", rows=10_000)).facts)
    assert 5 < int(facts["rows"]) < 20
