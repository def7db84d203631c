"""Sizes of weights from the head of a checkpoint, and nothing from what is no checkpoint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netbuilder.bridge.weights import WEIGHTS, learned, tensor_sizes
from tests.bridge.run_folders import write_run


def write(checkpoint: Path, **shapes: tuple[int, ...]) -> Path:
    """A checkpoint with the head of a safetensors file; what follows is not looked at."""
    tensors = {name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()}
    head = json.dumps({"__metadata__": {"format": "pt"}, **tensors}).encode()
    checkpoint.mkdir(parents=True)
    (checkpoint / WEIGHTS).write_bytes(len(head).to_bytes(8, "little") + head)
    return checkpoint


def test_what_each_node_has_learned(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    shapes = {"fc1.weight": (32, 64), "fc1.bias": (32,), "norm.running_mean": (5,)}
    checkpoint = write(folder / "checkpoints" / "step-40", **shapes)
    assert tensor_sizes(checkpoint) == {"fc1.weight": 2048, "fc1.bias": 32, "norm.running_mean": 5}
    assert learned(checkpoint) == {"fc1": 2080}  # what is measured is not learned
    (folder / "run.json").unlink()
    assert learned(checkpoint) == {}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x05\0\0",
        b"\xff" * 8 + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        (20).to_bytes(8, "little") + b'{"a": {"shape": 3}}',
        (9).to_bytes(8, "little") + b'{"a": 12',
        (12).to_bytes(8, "little") + b"[[[[[[[[[[[[",
    ],
)
def test_what_is_no_checkpoint_has_no_sizes(tmp_path: Path, data: bytes) -> None:
    assert tensor_sizes(tmp_path) == {}
    (tmp_path / WEIGHTS).write_bytes(data)
    assert tensor_sizes(tmp_path) == {}
