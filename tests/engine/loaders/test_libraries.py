"""What other libraries fetch, with stand-ins for them; and what is said where they are missing or fail."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from netbuilder.engine.loaders.hugging_face_set import load_hugging_face_set
from netbuilder.engine.loaders.torchvision_set import load_torchvision_set
from tests import fake_libraries


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", fake_libraries.torchvision())
    monkeypatch.setitem(sys.modules, "datasets", fake_libraries.datasets())


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torchvision", "datasets"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match="This needs torchvision: pip install torchvision"):
        load_torchvision_set()
    with pytest.raises(ImportError, match="This needs datasets: pip install datasets"):
        load_hugging_face_set("ylecun/mnist")


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize(("name", "shape"), [("CIFAR10", (3, 32, 32)), ("MNIST", (1, 28, 28))])
def test_torchvisions_pictures_are_scaled_by_what_is_trained_on(
    tmp_path: Path, name: str, shape: tuple[int, ...]
) -> None:
    with pytest.raises(OSError, match=rf"{name} cannot be had from .*: Dataset not found.* With download=True"):
        load_torchvision_set(name, str(tmp_path))
    (x, y), (kept, _) = load_torchvision_set(name, str(tmp_path), download=True)
    assert x.shape == (20, *shape) and kept.shape == (10, *shape) and y.tolist() == [i % 10 for i in range(20)]
    torch.testing.assert_close(x.mean((0, 2, 3)), torch.zeros(shape[0]), atol=1e-5, rtol=0)
    (raw, _), _ = load_torchvision_set(name, str(tmp_path), scale=False)
    assert float(raw.min()) == 0 and float(raw.max()) <= 1


@pytest.mark.usefixtures("libraries")
def test_sets_of_the_hub_are_pictures_or_numbers() -> None:
    (x, y), (kept, _) = load_hugging_face_set("ylecun/mnist", validation_part="test")
    assert x.shape == (20, 1, 28, 28) and kept.shape == (8, 1, 28, 28) and y.dtype == torch.int64
    torch.testing.assert_close(x[:, 0, 0, 0], torch.arange(20) * 10 / 255)
    (x, y), (kept, _) = load_hugging_face_set("some/numbers", x="row", y="goal", shape=(2,), classes=0)
    assert x.shape == (16, 2) and len(kept) == 4 and y.shape == (16, 1)


@pytest.mark.usefixtures("libraries")
def test_what_the_hub_does_not_have_is_said() -> None:
    with pytest.raises(OSError, match=r"a/b \(train\) cannot be downloaded: Couldn't reach the Hugging Face hub\."):
        load_hugging_face_set("a/b")
    with pytest.raises(ValueError, match="ylecun/mnist has no column picture, only image, label"):
        load_hugging_face_set("ylecun/mnist", x="picture")
    with pytest.raises(ValueError, match=r"A sample has the shape \(1, 28, 28\), not \(3, 28, 28\)"):
        load_hugging_face_set("ylecun/mnist", shape=(3, 28, 28))
    with pytest.raises(ValueError, match="a class in label is not from 0 to 4"):
        load_hugging_face_set("ylecun/mnist", classes=5)
