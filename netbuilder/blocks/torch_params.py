"""Parameters as torch's own signatures have them: names, order, defaults, kinds and choices.

`signatures.json` holds what torch says; `WORDS` holds what it does not: what a parameter means, in our words, and which
values make sense. An entry of the catalog adds what is particular to its block.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from importlib.resources import files
from typing import Any

from netbuilder.blocks.block import Follows, Param

_REDUCTIONS = ("mean", "sum")

# By parameter name: what holds wherever a parameter of that name occurs, unless the entry says otherwise.
WORDS: dict[str, dict[str, Any]] = {
    "in_channels": {"help": "Channels that come in.", "low": 1, "follows": Follows("input", 1)},
    "out_channels": {"help": "How many filters, and so channels that go out.", "low": 1, "default": 16},
    "kernel_size": {"kind": "size", "help": "Size of the window.", "low": 1},
    "stride": {"kind": "size", "help": "How far the window moves each time.", "low": 1},
    "padding": {"kind": "size", "help": "How much is added on every side.", "low": 0},
    "dilation": {"kind": "size", "help": "Distance between the points of the window.", "low": 1},
    "groups": {"help": "Groups of channels that do not see each other.", "low": 1},
    "bias": {"help": "Add a learned offset."},
    "ceil_mode": {"help": "Keep the last window even when it sticks out."},
    "num_features": {"help": "Channels that come in.", "low": 1, "follows": Follows("input", 1)},
    "eps": {"help": "Added so that nothing is divided by zero.", "low": 0},
    "momentum": {"kind": "float", "help": "How fast the running mean and variance follow.", "low": 0, "high": 1},
    "affine": {"help": "Learn a scale and an offset for each channel."},
    "track_running_stats": {"help": "Remember mean and variance for use after training."},
    "elementwise_affine": {"help": "Learn a scale and an offset for each number of a sample."},
    "p": {"kind": "float", "help": "How likely each number is to become zero.", "low": 0, "high": 1},
    "dim": {"kind": "int", "help": "The dimension along which it works.", "low": -8, "high": 8},
    "keepdim": {"help": "Keep the dimension that is worked on, with size 1."},
    "in_features": {"help": "Numbers that come in per sample.", "low": 1, "follows": Follows("input", -1)},
    "out_features": {"help": "Numbers that go out per sample.", "low": 1, "default": 10},
    "input_size": {"help": "Numbers that come in per step.", "low": 1, "follows": Follows("input", -1)},
    "hidden_size": {"help": "Numbers in the state.", "low": 1, "default": 32},
    "num_layers": {"kind": "int", "help": "How many layers lie on each other.", "low": 1, "high": 1000},
    "dropout": {"kind": "float", "help": "How likely each number is to become zero.", "low": 0, "high": 1},
    "batch_first": {"help": "Samples come first, then steps: N × steps × features."},
    "bidirectional": {"help": "Read the sequence from both ends."},
    "reduction": {"kind": "choice", "help": "Mean or sum over all numbers of the batch.", "choices": _REDUCTIONS},
    "margin": {"kind": "float", "help": "How large a difference is enough.", "low": -1e6, "high": 1e6},
    "lr": {"kind": "float", "help": "How far the weights move along the gradient.", "low": 0, "high": 1e3},
    "weight_decay": {"kind": "float", "help": "Pull of all weights towards zero.", "low": 0, "high": 1e3},
    "betas": {"kind": "numbers", "help": "How much of the past means of gradient and square is kept.", "low": 0},
    "gamma": {"kind": "float", "help": "What the learning rate is multiplied by.", "low": 0, "high": 1e3},
}
_FIELDS = {field.name for field in fields(Param) if field.init}


def take(name: str, *, without: tuple[str, ...] = (), **own: Any) -> tuple[Param, ...]:
    """The parameters of a class of torch, in torch's order.

    `own` says, by parameter, what differs from or adds to signature and `WORDS`; `without` are left out (they stay at
    torch's default). What torch requires is required here, and written by place as long as it leads.
    """
    known = signature(name)
    unknown = (set(own) | set(without)) - known.keys()
    if unknown:
        raise ValueError(f"torch's {name} has no {', '.join(sorted(unknown))}")
    found: list[Param] = []
    leading = True
    for argument, about in known.items():
        required = "default" not in about
        leading = leading and required
        if argument in without:
            continue
        given = {k: v for k, v in about.items() if k in _FIELDS and v != ""}
        given |= {"required": required, "positional": leading}
        given |= WORDS.get(argument, {}) if required else _without_default(WORDS.get(argument, {}))
        given |= own.get(argument, {})
        if given.get("follows") is not None:
            given["default"] = None
        for listed in ("choices", "default"):
            if isinstance(given.get(listed), list):
                given[listed] = tuple(given[listed])
        if "kind" not in given or "help" not in given or "default" not in given:
            missing = [field for field in ("kind", "default", "help") if field not in given]
            raise ValueError(f"{name}.{argument} needs {', '.join(missing)}")
        found.append(Param(argument, **given))
    return tuple(found)


def signature(name: str) -> dict[str, dict[str, Any]]:
    """What torch's signature says of each argument: `kind`, `default` unless it is required, `choices`."""
    return _signatures()[name]


def _without_default(words: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in words.items() if key != "default"}


@cache
def _signatures() -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = json.loads((files(__package__) / "signatures.json").read_text())
    return found
