"""How large the weights in a checkpoint are, read from the head of its file: safetensors says it in front, as JSON."""

from __future__ import annotations

from math import prod
from pathlib import Path

import msgspec

from netbuilder.bridge.run_folder import read_about

WEIGHTS = "model.safetensors"
_LARGEST = 1 << 24  # bytes of such a head; hundreds of thousands of tensors


class _Tensor(msgspec.Struct):
    shape: tuple[int, ...]


def tensor_sizes(checkpoint: Path) -> dict[str, int]:
    """How many numbers each tensor has. Nothing where the file is not there or not whole."""
    try:
        with (checkpoint / WEIGHTS).open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            head = file.read(length) if length <= _LARGEST else b""
        plain = msgspec.json.decode(head, type=dict[str, msgspec.Raw])
        plain.pop("__metadata__", None)
        return {name: prod(msgspec.json.decode(raw, type=_Tensor).shape) for name, raw in plain.items()}
    except (OSError, ValueError, RecursionError):
        return {}


def learned(checkpoint: Path) -> dict[str, int]:
    """How many numbers each node of the drawing had learned when its run wrote this checkpoint, by the node's id."""
    about, sizes = read_about(checkpoint.parent.parent), tensor_sizes(checkpoint)
    found: dict[str, int] = {}
    if about is not None:
        for node, tensor in zip(about.nodes, about.tensors, strict=True):
            found[node] = found.get(node, 0) + sizes.get(tensor, 0)
    return found
