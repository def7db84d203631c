"""The settings of runs in a plain form, and in which of them runs differ."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from netbuilder.blocks import CATALOG
from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.bridge.run_folder import PROJECT
from netbuilder.graph.files import LARGEST
from netbuilder.graph.records import MAIN, Training

ABSENT = "—"
_RECIPES = {"optimizer": OPTIMIZERS, "scheduler": SCHEDULERS}


class Key(NamedTuple):
    """Which setting: a `name`, of a block (`of` its name), or where `of` is empty of the training.

    A block's own key has no name: its value is the block's type. Parameters of the optimizer are `optimizer.momentum`.
    """

    of: str
    name: str

    def __str__(self) -> str:
        return ".".join(filter(None, self))


WIRES = Key("", "wires")
_ELSEWHERE = ("id", "variant", "optimizer_params", "scheduler_params")
_DEFAULTS: dict[Key, Any] = {
    Key("", name): value for name, value in msgspec.structs.asdict(Training()).items() if name not in _ELSEWHERE
}


class Settings:
    """The settings of one run. What a file leaves out has its default."""

    def __init__(self, given: Mapping[Key, Any], lower: frozenset[str] = frozenset()) -> None:
        """Take what the file says; `lower` are the metrics, by name, that are better when they are less."""
        self.given, self.lower = given, lower

    @property
    def keys(self) -> list[Key]:
        """All settings there are, the blocks' only where they were set."""
        return [*_DEFAULTS, *(key for key in self.given if key not in _DEFAULTS)]

    def value(self, key: Key) -> Any:
        """The value of a setting, its default where it was not set; ABSENT where the run has none."""
        if key in self.given:
            return self.given[key]
        if key in _DEFAULTS:
            return _DEFAULTS[key]
        if key.of:
            block = CATALOG.get(str(self.given.get(Key(key.of, ""))))
            return ABSENT if block is None else block.defaults().get(key.name, ABSENT)
        what, _, param = key.name.partition(".")
        recipe = _RECIPES.get(what, {}).get(str(self.value(Key("", what))))
        return next((one.default for one in recipe.params if one.name == param), ABSENT) if recipe else ABSENT


class _Project(msgspec.Struct):
    records: list[dict[str, Any]]


def read_settings(folder: Path) -> Settings | None:
    """The settings of the run in a folder; None where its drawing cannot be read. Nothing is checked here."""
    path = folder / PROJECT
    try:
        if path.stat().st_size > LARGEST:
            return None
        records = msgspec.json.decode(path.read_bytes(), type=_Project).records
    except (OSError, ValueError, RecursionError):
        return None
    given: dict[Key, Any] = {}
    lower: set[str] = set()
    networks = {str(record.get("id")): str(record.get("name")) for record in records if record.get("kind") == "network"}
    for record in records:
        if record.get("kind") == "training":
            given |= _of_training(record)
        elif record.get("kind") == "node":
            given |= _of_node(record, networks)
            block = CATALOG.get(str(record.get("block")))
            if block is not None and block.less_is_better:
                lower.add(str(record.get("name")))
    given[WIRES] = _wiring(records)
    return Settings({_shared(key): value for key, value in given.items()}, frozenset(lower))


@lru_cache(maxsize=10_000)
def _shared(key: Key) -> Key:
    """One key for all runs: thousands of runs have the same few, and Python's collector would walk over each."""
    return key


def _of_training(record: Mapping[str, Any]) -> dict[Key, Any]:
    found: dict[Key, Any] = {}
    for name, value in record.items():
        what = name.removesuffix("_params")
        if what in _RECIPES and isinstance(value, dict):
            found |= {Key("", f"{what}.{param}"): inner for param, inner in value.items()}
        elif Key("", name) in _DEFAULTS:
            found[Key("", name)] = value
    return found


def _of_node(record: Mapping[str, Any], networks: Mapping[str, str]) -> dict[Key, Any]:
    name, network = str(record.get("name")), str(record.get("network", MAIN))
    of = name if network == MAIN else f"{networks.get(network, network)}/{name}"
    found = {Key(of, ""): record.get("block")}
    params = record.get("params")
    found |= {Key(of, param): value for param, value in params.items()} if isinstance(params, dict) else {}
    return found | {Key(of, mark): record[mark] for mark in ("muted", "layer", "augmentations") if record.get(mark)}


def _wiring(records: Sequence[Mapping[str, Any]]) -> str:
    """What tells whether two drawings are wired alike."""
    ends = ("source", "output", "target", "input")
    lines = sorted(repr([record.get(end) for end in ends]) for record in records if record.get("kind") == "wire")
    return f"{zlib.crc32(chr(10).join(lines).encode('utf-8', 'replace')):08x}"


def differing(runs: Sequence[Settings]) -> list[Key]:
    """The settings in which these runs differ: those of the training first, then block by block, the wires last."""
    return [key for key in compare(runs) if key is not None]


def compare(runs: Sequence[Settings]) -> Iterator[Key | None]:
    """The same bit by bit, for who has other things to do between: None for a setting in which they do not differ."""
    set_somewhere = {key for run in runs for key in run.given}  # what no run sets is the same in all
    yield None
    for key in _ordered(runs):
        yield key if key in set_somewhere and _several(runs, key) else None


def known_settings(runs: Sequence[Settings]) -> list[Key]:
    """All settings of these runs, in the same order."""
    return list(_ordered(runs))


def _ordered(runs: Sequence[Settings]) -> Iterator[Key]:
    keys = dict.fromkeys(_DEFAULTS)
    for run in runs:
        keys |= dict.fromkeys(run.given)
    keys.pop(WIRES, None)
    yield from (key for key in keys if not key.of)
    yield from (key for key in keys if key.of)
    yield WIRES


def _several(runs: Sequence[Settings], key: Key) -> bool:
    """Whether not all of them have the same; where some lack a block, that alone is said, not what it is set to."""
    if key.of and key.name:
        runs = [run for run in runs if Key(key.of, "") in run.given]
    first = runs[0].value(key) if runs else None
    return any(run.value(key) != first for run in runs)


def value_text(value: object) -> str:
    """A value as a person reads it: 0.001, 3×3, on, none."""
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        between = "×" if all(isinstance(part, int | float) for part in value) else ", "
        return between.join(value_text(part) for part in value) or "none"
    if isinstance(value, dict):
        return " ".join(value_text(part) for part in value.values())
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:59] + "…"
