"""The state of a run on disk, whole or not there: weights as safetensors, the rest readable without running code."""

from __future__ import annotations

import errno
import io
import os
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

KEPT = 2


def save_checkpoint(folder: Path, step: int, model: nn.Module, state: Mapping[str, Any]) -> Path:
    """Write `folder/step-N` and delete all but the newest. OSError when the disk does not take it.

    With `state`, the random states and the step, a run has all that it needs to go on exactly where it was.
    """
    final = folder / f"step-{step:08d}"
    partial = folder / f".{final.name}.part"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _write(partial / "model.safetensors", safetensors.torch.save(_weights(model)))
        rest = {
            "step": step,
            **state,
            "random": torch.get_rng_state(),
            "python_random": random.getstate(),
            "cuda_random": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        buffer = io.BytesIO()
        torch.save(rest, buffer)
        _write(partial / "training.pt", buffer.getvalue())
        shutil.rmtree(final, ignore_errors=True)
        partial.rename(final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    for old in sorted(folder.glob("step-*"))[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def _weights(model: nn.Module) -> dict[str, Tensor]:
    """The weights by name; what several layers share is there under the name of each, which safetensors wants apart."""
    found: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in model.state_dict().items():
        kept = tensor.detach().cpu().contiguous()
        place = kept.untyped_storage().data_ptr()
        found[name] = kept.clone() if place in seen else kept
        seen.add(place)
    return found


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        if file.write(data) != len(data):
            raise OSError(errno.ENOSPC, "the disk took only a part of the checkpoint")
        file.flush()
        os.fsync(file.fileno())
