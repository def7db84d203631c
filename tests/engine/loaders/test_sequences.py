"""Text and sound: the right next token, the right wave, and what is said of files that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from netbuilder.blocks import CATALOG
from netbuilder.engine.loaders.streaming import Streamed
from netbuilder.engine.loaders.text_file import describe_text_file, load_text_file
from netbuilder.engine.loaders.wav_folder import describe_wav_folder, load_wav_folder, read_sound
from tests.data_files import write_text, write_wav, write_wav_folder


def describe(path: Path, **values: Any) -> Any:
    block, function = ("TextFile", describe_text_file) if path.suffix else ("WavFolder", describe_wav_folder)
    return function(**CATALOG[block].filled({"file" if path.suffix else "folder": str(path), **values}))


def test_what_comes_next_is_the_text_one_place_later(tmp_path: Path) -> None:
    file = write_text(tmp_path / "t.txt")
    names = describe(file, length=16).outputs["given"].names
    (given, after), (kept, kept_after) = load_text_file(file, length=16)
    text = "".join(names[i] for i in torch.cat((given, kept)).flatten())
    assert file.read_text().startswith(text) and len(text) == 55 * 16 + 16
    assert torch.equal(given[:, 1:], after[:, :-1]) and torch.equal(kept[:, 1:], kept_after[:, :-1])
    assert torch.equal(after[:-1, -1], given[1:, 0])


def test_rare_words_share_a_number(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("Red fox, red DOG.\n" * 3 + "once\n", "utf-8")
    outputs, facts = describe(tmp_path / "t.txt", tokens="words", length=3, most_words=4)
    assert outputs["next"].names == ("<rare>", "red", "fox", ",", "dog")
    assert facts == [("words", "19"), ("different ones", "5"), ("pieces", "6")]
    (given, _), _ = load_text_file(tmp_path / "t.txt", "words", 3, 4, validation=0.5)
    assert given[:2].tolist() == [[1, 2, 3], [1, 4, 0]]


def test_a_long_text_is_cut_when_it_is_wanted(tmp_path: Path) -> None:
    file = tmp_path / "t.txt"
    file.write_text("abc def\n" * 40_000, "utf-8")
    near, far = load_text_file(file), load_text_file(file, memory=1)
    assert isinstance(far[0][0], Streamed)
    for one, other in zip((*near[0], *near[1]), (*far[0], *far[1]), strict=True):
        order = torch.randperm(len(one))
        assert torch.equal(one[order], other[order])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"too short", "has 9 characters: too few for two pieces of 64"),
        (b"x" * 500, "is made of one character only"),
        (b"fine\n\xff\xfe\n", "line 2 is not UTF-8 text"),
    ],
)
def test_what_is_wrong_with_a_text_is_said(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "t.txt").write_bytes(content)
    with pytest.raises(ValueError, match=r"t\.txt") as error:
        describe(tmp_path / "t.txt")
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("width", "values", "wanted"),
    [
        (1, [0, 128, 255, 64], [-1.0, 0.0, 127 / 128, -0.5]),
        (2, [-32768, 0, 32767, -16384], [-1.0, 0.0, 32767 / 32768, -0.5]),
        (3, [-(2**23), 0, 2**22, -1], [-1.0, 0.0, 0.5, -(2.0**-23)]),
        (4, [-(2**31), 0, 2**30, -(2**29)], [-1.0, 0.0, 0.5, -0.25]),
    ],
)
def test_samples_of_every_width_lie_between_minus_one_and_one(
    tmp_path: Path, width: int, values: list[int], wanted: list[float]
) -> None:
    path = write_wav(tmp_path / "s.wav", values, width)
    torch.testing.assert_close(read_sound(path, 6), torch.tensor([[*wanted, 0.0, 0.0]]))
    torch.testing.assert_close(read_sound(path, 2), torch.tensor([wanted[:2]]))
    both = write_wav(tmp_path / "stereo.wav", values, width, channels=2)
    torch.testing.assert_close(read_sound(both, 2), torch.tensor([wanted]).view(2, 2).mean(1).unsqueeze(0))


def test_the_folders_are_the_classes(tmp_path: Path) -> None:
    folder = write_wav_folder(tmp_path / "sounds")
    (audio, labels), (kept, kept_labels) = load_wav_folder(folder, length=50, validation=0.25)
    assert audio.shape == (9, 1, 50) and len(kept) == 3
    assert labels.bincount().tolist() == [3, 3, 3] and kept_labels.tolist() == [0, 1, 2]
    outputs, facts = describe(folder, length=50)
    assert outputs["audio"].shape == (1, 50) and outputs["label"].names == ("high", "low", "none")
    assert facts[:2] == [("sounds", "12"), ("samples a second", "8,000")]


def test_bad_sounds_are_named(tmp_path: Path) -> None:
    folder = write_wav_folder(tmp_path / "sounds")
    path = folder / "low" / "1.wav"
    write_wav(path, [1, 2, 3], rate=44_100)
    with pytest.raises(OSError, match=r"low/1\.wav has 44100 samples a second, others 8000\."):
        load_wav_folder(folder, length=10)
    for content in (b"", b"RIFF\x00\x00\x00\x00WAVE", b"no sound at all", path.read_bytes()[:20]):
        path.write_bytes(content)
        with pytest.raises(OSError, match=r"low/1\.wav is no WAV file that can be read: .+\."):
            load_wav_folder(folder, length=10)
    write_wav(path, [])
    with pytest.raises(OSError, match=r"low/1\.wav holds no sound\."):
        load_wav_folder(folder, length=10)
