"""The state of a run on disk, whole or not there: weights as safetensors, the rest readable without running code."""

from __future__ import annotations

import errno
import io
import os
import pickle
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from netbuilder.blocks.sentence import Refused

BEST = "best"


def save_checkpoint(folder: Path, step: int, model: nn.Module, state: Mapping[str, Any], keep: int = 2) -> Path:
    """Write `folder/step-N` and delete all but the newest `keep`. OSError when the disk does not take it.

    With `state`, the random states and the step, a run has all that it needs to go on exactly where it was.
    """
    rest = {
        "step": step,
        **state,
        **random_state(),
    }
    final = _save(folder, f"step-{step:08d}", model, rest)
    for old in checkpoints(folder)[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def save_best(folder: Path, step: int, model: nn.Module, value: float) -> Path:
    """Write `folder/best`, the weights that did best so far, with the step and the value they had."""
    return _save(folder, BEST, model, {"step": step, "value": value})


def checkpoints(folder: Path) -> list[Path]:
    """The checkpoints in a folder that a run can go on from, the newest last."""
    return sorted(path for path in folder.glob("step-*") if (path / "training.pt").is_file())


def _save(folder: Path, name: str, model: nn.Module, state: Mapping[str, Any]) -> Path:
    final, partial = folder / name, folder / f".{name}.part"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _write(partial / "model.safetensors", safetensors.torch.save(_weights(model)))
        buffer = io.BytesIO()
        torch.save(dict(state), buffer)
        _write(partial / "training.pt", buffer.getvalue())
        shutil.rmtree(final, ignore_errors=True)
        partial.rename(final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return final


def load_checkpoint(path: Path, model: nn.Module) -> dict[str, Any]:
    """Give the model the weights of a checkpoint; returns what was saved beside them. Nothing in it is executed.

    Refused when it is not there, damaged, or of another network.
    """
    try:
        weights = safetensors.torch.load_file(path / "model.safetensors")
        state: dict[str, Any] = torch.load(path / "training.pt", map_location="cpu", weights_only=True)
        model.load_state_dict(weights)
    except (OSError, EOFError, pickle.UnpicklingError, safetensors.SafetensorError) as error:
        reason = str(error).split("\n")[0]
        raise Refused("The checkpoint {path} cannot be read: {reason}", path=str(path), reason=reason) from None
    except (RuntimeError, KeyError, ValueError) as error:
        text = "The checkpoint {path} is of another network: {reason}"
        raise Refused(text, path=str(path), reason=" ".join(str(error).split())[:200]) from None
    return state


def random_state() -> dict[str, Any]:
    """The state of all that draws random numbers in this process."""
    return {
        "random": torch.get_rng_state(),
        "python_random": random.getstate(),
        "cuda_random": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def restore_random(state: Mapping[str, Any]) -> None:
    """Take up every random state of a checkpoint."""
    torch.set_rng_state(state["random"])
    version, numbers, gauss = state["python_random"]
    random.setstate((version, tuple(numbers), gauss))
    if state["cuda_random"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda_random"])


def load_fitting(path: Path, model: nn.Module, renamed: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Give the model those weights of a checkpoint that fit; returns the names of those, and of the others.

    `renamed` leads from a layer's name in the model to the one that the same layer had in the checkpoint. Refused when
    the checkpoint cannot be read.
    """
    try:
        weights = safetensors.torch.load_file(path / "model.safetensors")
    except (OSError, safetensors.SafetensorError) as error:
        reason = str(error).split("\n")[0]
        raise Refused("The checkpoint {path} cannot be read: {reason}", path=str(path), reason=reason) from None
    kept: list[str] = []
    new: list[str] = []
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            layer, dot, rest = name.partition(".")
            found = weights.get(f"{renamed[layer]}{dot}{rest}") if layer in renamed else None
            if found is None or found.shape != tensor.shape or found.dtype != tensor.dtype:
                new.append(name)
            else:
                tensor.copy_(found)
                kept.append(name)
    return kept, new


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
