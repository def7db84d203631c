"""Which runs are wanted: by words that are found in them, by conditions like `accuracy>0.9`, by state and by star."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from netbuilder.bridge.run_settings import value_text
from netbuilder.bridge.runs import LIVE, Run, State

_CONDITION = re.compile(r"([A-Za-z_][\w./]*)(<=|>=|=|<|>)(.+)")
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}
STATES: Final[dict[str, tuple[State, ...]]] = {
    "": (),
    "live": LIVE,
    "finished": ("finished",),
    "stopped": ("stopped",),
    "failed": ("failed", "interrupted", "broken"),
}


@dataclass(frozen=True)
class Wanted:
    """What is wanted; `states` is a key of STATES. Every word of `text` must be met."""

    text: str = ""
    states: str = ""
    starred: bool = False

    def test(self) -> Callable[[Run], bool]:
        """What tells whether a run is wanted."""
        states = STATES[self.states]
        tests = [_test(word) for word in self.text.split()]

        def wanted(run: Run) -> bool:
            if (self.starred and not run.notes.starred) or (states and run.state not in states):
                return False
            return all(test(run) for test in tests)

        return wanted


def _test(word: str) -> Callable[[Run], bool]:
    found = _CONDITION.fullmatch(word)
    if found is None:
        lower = word.lower()
        return lambda run: lower in run.words
    name, sign, value = found.groups()
    return lambda run: _meets(_value(run, name.lower()), sign, value)


def _meets(found: object, sign: str, wanted: str) -> bool:
    if isinstance(found, int | float) and not isinstance(found, bool):
        try:
            return _COMPARE[sign](found, float(wanted.rstrip("%")) / (100 if wanted.endswith("%") else 1))
        except ValueError:
            return False
    return sign == "=" and found is not None and value_text(found).lower() == wanted.lower()


def _value(run: Run, name: str) -> object:
    """What of a run goes by that name: a metric, a setting, or something that every run has."""
    for metric, best in run.best.items():
        if metric.lower() == name:
            return best.value
    own = {"loss": run.loss, "steps": run.steps, "seconds": run.seconds, "name": run.name, "state": run.state}
    if name in own:
        return own[name]
    if run.settings is None:
        return None
    return next((run.settings.value(key) for key in run.settings.keys if str(key).lower() == name), None)
