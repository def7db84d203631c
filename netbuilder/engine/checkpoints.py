"""The state of a run on disk, whole or not there: weights as safetensors, the rest readable without running code."""

from __future__ import annotations

import errno
import io
import os
import shutil
from pathlib import Path

import safetensors.torch
import torch
from torch import Tensor, nn

KEPT = 2


def save_checkpoint(
    folder: Path, step: int, model: nn.Module, optimizer: torch.optim.Optimizer, shuffle: torch.Generator, order: Tensor
) -> Path:
    """Write `folder/step-N` and delete all but the newest. OSError when the disk does not take it.

    `order` is the permutation of the epoch under way; with the random states and the
    step, it is all that a run needs to go on exactly where it was.
    """
    final = folder / f"step-{step:08d}"
    partial = folder / f".{final.name}.part"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        _write(partial / "model.safetensors", safetensors.torch.save(weights))
        rest = {
            "step": step,
            "optimizer": optimizer.state_dict(),
            "order": order,
            "shuffle": shuffle.get_state(),
            "random": torch.get_rng_state(),
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


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        if file.write(data) != len(data):
            raise OSError(errno.ENOSPC, "the disk took only a part of the checkpoint")
        file.flush()
        os.fsync(file.fileno())
