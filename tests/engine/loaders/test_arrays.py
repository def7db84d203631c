"""Arrays and tensors in files: what is read of them, that nothing in them runs, and what stays on the disk."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from safetensors.torch import save_file

from netbuilder.blocks import CATALOG
from netbuilder.engine.loaders.numpy_arrays import describe_numpy_arrays, load_numpy_arrays, read_parts
from netbuilder.engine.loaders.streaming import Streamed
from netbuilder.engine.loaders.tensor_file import describe_tensor_file, load_tensor_file
from tests.data_files import write_arrays, write_tensors


def describe(file: Path, block: str = "NumpyArrays", **values: Any) -> Any:
    function = describe_numpy_arrays if block == "NumpyArrays" else describe_tensor_file
    return function(**CATALOG[block].filled({"file": str(file), **values}))


def test_arrays_and_tensors_give_the_same(tmp_path: Path) -> None:
    arrays = load_numpy_arrays(write_arrays(tmp_path / "a.npz"))
    tensors = load_tensor_file(write_tensors(tmp_path / "a.safetensors"))
    for one, other in zip((*arrays[0], *arrays[1]), (*tensors[0], *tensors[1]), strict=True):
        assert torch.equal(one, other)
    assert arrays[0][0].shape == (16, 3, 4) and arrays[0][1].dtype == torch.int64
    outputs, facts = describe(tmp_path / "a.npz")
    assert outputs["x"].shape == (3, 4) and outputs["y"].classes == 2 and facts == [("samples", "20")]
    assert describe(tmp_path / "a.safetensors", "TensorFile").outputs == outputs


def test_a_large_file_is_read_where_it_is_wanted(tmp_path: Path) -> None:
    x = numpy.random.default_rng(0).normal(size=(40, 10_000))
    numpy.save(tmp_path / "x.npy", x)
    numpy.save(tmp_path / "y.npy", numpy.arange(40) / 7)
    files = {"file": tmp_path / "x.npy", "target_file": tmp_path / "y.npy", "scale": True}
    near, far = load_numpy_arrays(**files), load_numpy_arrays(**files, memory=1)
    assert isinstance(far[0][0], Streamed) and isinstance(near[0][0], torch.Tensor)
    for (one, y), (other, same) in zip(near, far, strict=True):
        order = torch.randperm(len(one))
        assert torch.equal(one[order], other[order]) and torch.equal(y, same)
    torch.testing.assert_close(near[0][0].mean(0), torch.zeros(10_000), atol=1e-5, rtol=0)
    assert float(near[1][0].mean(0).abs().max()) > 0.1


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path("ran").touch, ())


def test_what_is_pickled_never_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    objects = numpy.array([_Evil(), _Evil()], dtype=object)
    numpy.savez(tmp_path / "evil.npz", x=objects, y=objects)
    numpy.save(tmp_path / "evil.npy", objects)
    for file in ("evil.npz", "evil.npy"):
        with pytest.raises(ValueError, match=r"holds no arrays that can be used: .*(Object arrays|Python objects)"):
            describe(tmp_path / file)
        with pytest.raises(ValueError, match=r"Object arrays|Python objects"):
            load_numpy_arrays(tmp_path / file)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("save", [numpy.savez, numpy.savez_compressed], ids=["stored", "compressed"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_large_array_of_an_archive_is_read_where_it_is_wanted(
    tmp_path: Path, save: Any, order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rooms").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "rooms"))
    x = numpy.asarray(numpy.random.default_rng(0).normal(size=(40, 5, 2000)), order=order)
    save(tmp_path / "a.npz", first=numpy.zeros(3), x=x, y=numpy.arange(40) % 3)
    wanted = {"x": "x", "y": "y", "scale": True}
    near, far = (load_numpy_arrays(tmp_path / "a.npz", **wanted, memory=memory) for memory in (1000, 1))
    assert isinstance(far[0][0], Streamed) and isinstance(near[0][0], torch.Tensor)
    for (one, y), (other, same) in zip(near, far, strict=True):
        order_ = torch.randperm(len(one))
        assert torch.equal(one[order_], other[order_]) and torch.equal(y, same)
    assert list((tmp_path / "rooms").iterdir()) == []


def _bomb(path: Path, y: bytes) -> Path:
    """An archive of some KB, of which x unpacks to 33 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        head = numpy.lib.format.header_data_from_array_1_0(numpy.zeros(1))
        with archive.open("x.npy", "w") as opened:
            numpy.lib.format.write_array_header_1_0(opened, {**head, "shape": (2**22,)})
            opened.write(bytes(2**25))
        archive.writestr("y.npy", y)
    return path


def test_to_describe_it_a_little_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netbuilder.engine.loaders.numpy_arrays.FEW", 10)
    unpacked: list[int] = []

    def read(source: Any, most: int | None = None) -> Any:
        for part in read_parts(source, most):
            unpacked.append(len(part))
            yield part

    monkeypatch.setattr("netbuilder.engine.loaders.numpy_arrays.read_parts", read)
    numpy.save(tmp_path / "y.npy", numpy.arange(2**22) % 2)
    found = describe(_bomb(tmp_path / "bomb.npz", (tmp_path / "y.npy").read_bytes()), memory=10, target_file=None)
    assert found.outputs["x"].shape == () and found.facts == [("samples", f"{2**22:,}")]
    assert sum(unpacked) <= 2**20 + 2**25 + 1000  # y whole, since it is kept in memory, and a piece of x


def test_an_archive_that_needs_more_room_than_there_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Any, most: int | None = None) -> Any:
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr("netbuilder.engine.loaders.numpy_arrays.read_parts", full)
    with pytest.raises(ValueError, match=r"bomb\.npz .*it needs more room in .+: No space left on device\."):
        load_numpy_arrays(_bomb(tmp_path / "bomb.npz", b""), memory=10)


WRONG = {
    "names": ({"x": numpy.zeros((3, 2))}, {}, "has no second array"),
    "counts": ({"x": numpy.zeros((3, 2)), "y": numpy.zeros(4, int)}, {}, "there are 3 samples, and 4 targets"),
    "negative": ({"x": numpy.zeros((3, 2)), "y": numpy.arange(3) - 1}, {}, "a class is -1; they count from 0"),
    "one class": ({"x": numpy.zeros((3, 2)), "y": numpy.zeros(3, int)}, {}, "all targets are of class 0"),
    "words": ({"x": numpy.array(["a", "b"]), "y": numpy.arange(2)}, {}, "holds <U1, which are no numbers"),
    "no name": ({"x": numpy.zeros((3, 2)), "y": numpy.arange(3)}, {"x": "z"}, "has no z: "),
    "not finite": (
        {"x": numpy.zeros((2, 2)), "y": numpy.array([1.0, numpy.nan])},
        {},
        "a target is not a finite number",
    ),
    "no samples": ({"x": numpy.zeros(()), "y": numpy.arange(3)}, {}, "which are no numbers"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_arrays_is_said(tmp_path: Path, case: str) -> None:
    arrays, values, sentence = WRONG[case]
    numpy.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(ValueError, match=r"a\.npz") as error:
        describe(tmp_path / "a.npz", **values)
    assert sentence in str(error.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x93NUMPY", b"x" * 200])
@pytest.mark.parametrize("name", ["a.npz", "a.npy", "a.safetensors"])
def test_damaged_files_are_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises((ValueError, OSError), match=name.replace(".", r"\.")):
        describe(tmp_path / name, "TensorFile" if name.endswith("safetensors") else "NumpyArrays")


def test_a_tensor_that_is_not_there_is_said(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(3)}, tmp_path / "t.safetensors")
    with pytest.raises(ValueError, match=r"t\.safetensors has no tensor x, only a\."):
        describe(tmp_path / "t.safetensors", "TensorFile")
    with pytest.raises(OSError, match=r"gone\.safetensors cannot be read: "):
        describe(tmp_path / "gone.safetensors", "TensorFile")
