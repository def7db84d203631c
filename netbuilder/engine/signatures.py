"""Reads the signatures of torch's layers, losses, optimizers and schedulers, for the catalog.

`python -m netbuilder.engine.signatures` writes them to `netbuilder/blocks/signatures.json`; a test says when the
installed torch differs from that file.
"""

from __future__ import annotations

import inspect
import json
import typing
from pathlib import Path
from typing import Any

from torch import nn, optim

FILE = Path(__file__).parents[1] / "blocks" / "signatures.json"  # which may not be importable without it

# What is no layer: containers, bases, wrappers, and aliases that torch keeps for old programs.
_NO_LAYERS = frozenset(
    """Container DataParallel Module ModuleDict ModuleList NLLLoss2d ParameterDict ParameterList RNNBase RNNCellBase
    Sequential""".split()
)
_NO_SCHEDULERS = frozenset("LRScheduler LambdaLR MultiplicativeLR SequentialLR ChainedScheduler".split())
# Places and types follow from the device; `inplace` would change what another wire carries; the others are obsolete.
_LEFT_OUT = frozenset(
    """self device dtype inplace size_average reduce _weight _freeze params optimizer verbose
    foreach capturable differentiable fused maximize""".split()
)


def layer_names() -> list[str]:
    """The names of all layer and loss classes of `torch.nn` that can be built at once."""
    return [name for name, _ in _classes(nn, nn.Module) if name not in _NO_LAYERS and not name.startswith("Lazy")]


def optimizer_names() -> list[str]:
    """The names of all optimizer classes."""
    return [name for name, found in _classes(optim, optim.Optimizer) if found is not optim.Optimizer]


def scheduler_names() -> list[str]:
    """The names of the schedulers that numbers alone describe."""
    found = _classes(optim.lr_scheduler, optim.lr_scheduler.LRScheduler)
    return [name for name, _ in found if name not in _NO_SCHEDULERS and not name.startswith("_")]


def _classes(module: Any, base: type) -> list[tuple[str, type]]:
    found = [(name, getattr(module, name)) for name in sorted(dir(module))]
    return [(name, one) for name, one in found if inspect.isclass(one) and issubclass(one, base)]


def signature(made: type) -> dict[str, dict[str, Any]]:
    """The arguments by name, in order: `kind`, `default` unless it is required, and `choices`."""
    found: dict[str, dict[str, Any]] = {}
    for cls in made.__mro__:  # a class that takes *args leaves the rest to the one above it
        # A constructor that takes anything says in its overloads what.
        made_by = cls.__init__  # type: ignore[misc]
        forms = (inspect.isfunction(made_by) and typing.get_overloads(made_by)) or [made_by]
        parameters = inspect.signature(forms[0]).parameters
        for name, parameter in parameters.items():
            if name in _LEFT_OUT or name in found or parameter.kind.name.startswith("VAR"):
                continue
            if cls is not made and name == "mode" and not isinstance(parameter.default, str | int):
                continue  # which of RNN, LSTM and GRU: the class says it
            found[name] = _argument(parameter)
        if not any(p.kind is p.VAR_POSITIONAL for p in parameters.values()):
            break
    return found


def _argument(parameter: inspect.Parameter) -> dict[str, Any]:
    about: dict[str, Any] = {"kind": _kind(parameter)}
    if parameter.default is not parameter.empty:
        default = parameter.default
        plain = isinstance(default, bool | int | float | str | tuple | None)
        about["default"] = default if plain else default.__name__  # a function
    choices = [arg for arg in typing.get_args(parameter.annotation) if isinstance(arg, str)]
    if choices:
        about["choices"] = choices
    return about


def _kind(parameter: inspect.Parameter) -> str:
    """How the catalog would hold it; an empty text where torch does not say."""
    default, text = parameter.default, str(parameter.annotation)
    if isinstance(default, bool) or text in ("bool", "<class 'bool'>"):
        return "bool"
    if "tuple[int" in text:
        return "size"
    if "Literal" in text or isinstance(default, str):
        return "choice"
    if isinstance(default, tuple):
        return "numbers"
    if "float" in text or isinstance(default, float):
        return "float"
    return "int" if "int" in text or isinstance(default, int) else ""


def all_signatures() -> dict[str, dict[str, dict[str, Any]]]:
    """Every signature, by the name that generated code uses."""
    found: dict[str, type] = {f"nn.{name}": getattr(nn, name) for name in layer_names()}
    found |= {f"optim.{name}": getattr(optim, name) for name in optimizer_names()}
    found |= {f"lr_scheduler.{name}": getattr(optim.lr_scheduler, name) for name in scheduler_names()}
    return {name: signature(made) for name, made in found.items()}


def as_text() -> str:
    """What the file holds: one line for each class."""
    lines = [f"{json.dumps(name)}: {json.dumps(about)}" for name, about in all_signatures().items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(as_text(), "utf-8")
