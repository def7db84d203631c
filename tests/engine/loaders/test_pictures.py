"""Pictures out of folders and tables: their size, what is said of bad ones, and those that stay on the disk."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from netbuilder.blocks import CATALOG
from netbuilder.engine.loaders.idx_folder import describe_idx_folder, load_idx_folder
from netbuilder.engine.loaders.image_folder import describe_image_folder, load_image_folder
from netbuilder.engine.loaders.image_table import describe_image_table, load_image_table
from netbuilder.engine.loaders.pictures import read_picture
from netbuilder.engine.loaders.streaming import Streamed
from tests.data_files import write_idx_folder, write_image_folder, write_image_table


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_image_folder(tmp_path / "pictures")


def describe(folder: Path, **values: Any) -> Any:
    return describe_image_folder(**CATALOG["ImageFolder"].filled({"folder": str(folder), **values}))


def test_the_folders_are_the_classes(pictures: Path) -> None:
    (x, y), (kept_x, kept_y) = load_image_folder(pictures, size=(6, 4), scale=False, validation=0.34)
    assert x.shape == (12, 3, 6, 4) and kept_x.shape == (6, 3, 6, 4)
    assert y.bincount().tolist() == [4, 4, 4] and kept_y.bincount().tolist() == [2, 2, 2]
    plain = torch.cat((x, kept_x))[torch.cat((y, kept_y)) == 2]
    assert float(plain.min()) >= 0 and float(plain.max()) <= 1
    outputs, facts = describe(pictures, size=(6, 4))
    assert outputs["image"].shape == (3, 6, 4) and outputs["label"].names == ("blue", "green", "red")
    assert facts == [("pictures", "18"), ("blue", "6"), ("green", "6"), ("red", "6")]
    assert describe(pictures, color="grey").outputs["image"].shape == (1, 64, 64)


def test_channels_are_scaled_by_what_is_trained_on(pictures: Path) -> None:
    raw, raw_kept = (part[0] for part in load_image_folder(pictures, size=5, scale=False))
    x, kept = (part[0] for part in load_image_folder(pictures, size=5))
    mean, spread = raw.mean((0, 2, 3), True), raw.std((0, 2, 3), correction=0, keepdim=True)
    torch.testing.assert_close(x, (raw - mean) / spread)
    torch.testing.assert_close(kept, (raw_kept - mean) / spread)


def test_what_stays_on_the_disk_is_what_would_be_in_memory(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    near = load_image_folder(pictures, size=7)
    monkeypatch.setattr("netbuilder.engine.loaders.pictures.to_memory", lambda column, _: column)
    far = load_image_folder(pictures, size=7)
    for (one, labels), (other, same) in zip(near, far, strict=True):
        assert isinstance(other, Streamed) and isinstance(one, torch.Tensor)
        assert torch.equal(labels, same) and len(one) == len(other)
        order = torch.randperm(len(one))
        assert torch.equal(one[order], other[order])
        assert all(torch.equal(a, b) for a, b in zip(one.split(4), other.split(4), strict=True))


def test_pictures_that_take_too_much_memory_stay_on_the_disk(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for i in range(4):
            Image.new("RGB", (4, 4)).save(tmp_path / name / f"{i}.png")
    (x, _), (kept, _) = load_image_folder(tmp_path, size=300, memory=1)
    assert isinstance(x, Streamed) and isinstance(x[torch.tensor([0])], torch.Tensor)
    assert isinstance(load_image_folder(tmp_path, size=300, memory=100)[0][0], torch.Tensor)
    (tmp_path / "a" / "0.png").unlink()
    (tmp_path / "b" / "0.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"0\.png is not there any more\."):
        print([*x.split(2), *kept.split(2)])


@pytest.mark.parametrize(("fit", "corner", "middle"), [("crop", 1.0, 1.0), ("stretch", 0.0, 1.0), ("pad", 0.0, 1.0)])
def test_pictures_are_cut_stretched_or_padded(tmp_path: Path, fit: str, corner: float, middle: float) -> None:
    picture = Image.new("L", (90, 30), 0)
    picture.paste(255, (30, 0, 60, 30))
    picture.save(tmp_path / "bar.png")
    found = read_picture(tmp_path / "bar.png", 9, "grey", fit)
    assert found.shape == (1, 9, 9)
    assert abs(float(found[0, 0, 0]) - corner) < 0.1 and abs(float(found[0, 4, 4]) - middle) < 0.1


def _png(width: int, height: int) -> bytes:
    """The head of a picture that would be enormous."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", ["cut off", "text", "empty", "large", "enormous"])
def test_a_bad_picture_is_named(pictures: Path, kind: str) -> None:
    path = pictures / "red" / "0.png"
    contents = {
        "cut off": path.read_bytes()[:45],
        "text": b"<html>404</html>",
        "empty": b"",
        "large": _png(10_000, 9_000),
        "enormous": _png(100_000, 100_000),
    }
    path.write_bytes(contents[kind])
    with pytest.raises(OSError, match=r"red/0\.png is no picture that can be read: .+\.$") as error:
        load_image_folder(pictures, size=8)
    assert "\n" not in str(error.value)


def test_folders_that_do_not_suit_are_said(pictures: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"gone cannot be read: No such file or directory\."):
        describe(tmp_path / "gone")
    with pytest.raises(ValueError, match="has no folders in it, one for each class"):
        describe(pictures / "red" / "more")
    with pytest.raises(ValueError, match="has one class only: more"):
        describe(pictures / "red")
    (pictures / "yellow").mkdir()
    with pytest.raises(ValueError, match=r"yellow has no files of the kind \.png, "):
        describe(pictures)


def test_another_folder_is_kept_aside(pictures: Path, tmp_path: Path) -> None:
    other = write_image_folder(tmp_path / "other", each=2)
    (x, _), (kept, labels) = load_image_folder(pictures, size=4, validation_folder=other)
    assert len(x) == 18 and len(kept) == 6 and labels.tolist() == [0, 0, 1, 1, 2, 2]
    (other / "red").rename(other / "pink")
    with pytest.raises(ValueError, match="other has other classes: blue, green, pink"):
        describe(pictures, validation_folder=str(other))


def test_a_table_says_what_is_in_the_pictures(tmp_path: Path) -> None:
    where = write_image_table(tmp_path)
    (x, y), (kept, _) = load_image_table(**where, size=4)
    assert x.shape == (14, 3, 4, 4) and len(kept) == 4 and y.dtype == torch.int64
    (_, y), _ = load_image_table(**where, target="shade", scale_target=False)
    assert y.shape == (14, 1) and set(y[:, 0].tolist()) <= {i / 4 for i in range(18)}
    filled = CATALOG["ImageTable"].filled(where)
    outputs, facts = describe_image_table(**filled)
    assert outputs["target"].names == ("blue", "green", "red") and facts[0] == ("pictures", "18")
    path = Path(str(where["file"]))
    path.write_text(path.read_text() + "red/9.png,1,red\n")
    with pytest.raises(ValueError, match=r"pictures\.csv, line 20: there is no picture .*red/9\.png\."):
        describe_image_table(**filled)


def test_idx_files_of_any_size_are_read(tmp_path: Path) -> None:
    folder = write_idx_folder(tmp_path / "idx")
    (x, y), (kept, _) = load_idx_folder(folder)
    outputs, _ = describe_idx_folder(folder)
    assert x.shape == (12, 1, 5, 7) and kept.shape == (4, 1, 5, 7) and outputs["image"].shape == (1, 5, 7)
    assert outputs["label"].classes == 4 and y.tolist() == [0, 1, 2, 3] * 3
    torch.testing.assert_close(x.mean(), torch.tensor(0.0), atol=1e-5, rtol=0)
    assert abs(float(kept.mean())) > 1e-4
