"""What the table of runs has columns for: what each shows of a run, and what it sorts them by."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from netbuilder.bridge.run_settings import ABSENT, Key, value_text
from netbuilder.bridge.run_table import duration
from netbuilder.bridge.runs import Run, State
from netbuilder.ui.text import percent, words

translate = QCoreApplication.translate
Kind = Literal["text", "number", "star", "state", "losses", "steps"]
METRIC, SETTING = "metric ", "setting "
MOST_METRICS = 8
VALIDATION = "validation_loss"


@dataclass(frozen=True)
class Column:
    """One column. `sort` gives what can be compared, None for what comes last. A `quiet` one is hidden at first."""

    key: str
    title: str
    kind: Kind
    width: int
    text: Callable[[Run], str]
    sort: Callable[[Run], float | str | None]
    help: str = ""
    quiet: bool = False

    @property
    def numeric(self) -> bool:
        """Whether it is set flush right, and sorted downwards first."""
        return self.kind in ("number", "steps")


def fixed(differs: Callable[[Run], str]) -> tuple[list[Column], list[Column]]:
    """The columns that there always are, before the metrics and after them; `differs` says how a run differs."""
    first = [
        Column("star", "", "star", 30, lambda run: "", lambda run: -run.notes.starred, _starred()),
        Column("state", translate("Runs", "State"), "state", 106, state_text, lambda run: state_text(run)),
        Column("name", translate("Runs", "Name"), "text", 128, lambda run: run.name, lambda run: run.name.lower()),
        Column("created", translate("Runs", "Began"), "text", 126, when, lambda run: run.created.timestamp()),
        Column("losses", translate("Runs", "Loss"), "losses", 104, lambda run: "", lambda run: _finite(run.loss)),
        Column(
            "loss",
            translate("Runs", "Last loss"),
            "number",
            76,
            lambda run: number(run.loss) if run.losses else "",
            lambda run: _finite(run.loss),
            translate("Runs", "The mean of the last few steps"),
        ),
    ]
    last = [
        Column("differs", translate("Runs", "What differs"), "text", 260, differs, lambda run: differs(run) or None),
        Column("steps", translate("Runs", "Steps"), "steps", 112, steps_text, lambda run: run.steps),
        Column("seconds", translate("Runs", "Time"), "number", 72, _time, lambda run: run.seconds),
        Column("device", translate("Runs", "Device"), "text", 116, _device, lambda run: _device(run).lower() or None),
        Column(
            "note",
            translate("Runs", "Note"),
            "text",
            180,
            lambda run: " ".join(run.notes.note.split()),
            lambda run: run.notes.note.lower() or None,
        ),
        Column(
            "folder",
            translate("Runs", "Folder"),
            "text",
            220,
            lambda run: str(run.folder),
            lambda run: str(run.folder),
            quiet=True,
        ),
    ]
    return first, last


def _starred() -> str:
    return translate("Runs", "Starred runs")


def metrics(runs: Sequence[Run]) -> list[Column]:
    """A column for every metric of these runs: the validation loss first, then what most of them have."""
    counts: dict[str, int] = {}
    for run in runs:
        for name in run.best:
            counts[name] = counts.get(name, 0) + 1
    names = sorted(counts, key=lambda name: (name != VALIDATION, -counts[name], name))[:MOST_METRICS]
    return [_metric(name) for name in names]


def _metric(name: str) -> Column:
    title = translate("Runs", "Best validation") if name == VALIDATION else translate("Runs", "Best {metric}")

    def text(run: Run) -> str:
        return best_text(run, name)

    def sort(run: Run) -> float | None:
        return run.best[name].value if name in run.best else None

    return Column(METRIC + name, title.format(metric=name), "number", 118, text, sort)


def setting(key: Key) -> Column:
    """A column for a setting."""

    def value(run: Run) -> object:
        return run.settings.value(key) if run.settings is not None else ABSENT

    def sort(run: Run) -> float | str | None:
        found = value(run)
        if isinstance(found, int | float):
            return float(found)
        return None if found == ABSENT else value_text(found)

    return Column(
        SETTING + str(key), setting_name(key), "text", 110, lambda run: value_text(value(run)), sort, quiet=True
    )


def setting_name(key: Key) -> str:
    """A setting as a person reads it: learning rate, conv1 · out channels."""
    return " · ".join(part.replace("_", " ") if i else part for i, part in enumerate(key) if part)


def state_text(run: Run) -> str:
    """The state of a run in a word."""
    return state_word(run.state)


def state_word(state: State) -> str:
    """A state in a word."""
    return {
        "starting": translate("Runs", "Starting"),
        "running": translate("Runs", "Running"),
        "paused": translate("Runs", "Paused"),
        "finished": translate("Runs", "Finished"),
        "stopped": translate("Runs", "Stopped"),
        "failed": translate("Runs", "Failed"),
        "interrupted": translate("Runs", "Interrupted"),
        "broken": translate("Runs", "Broken"),
    }[state]


def when(run: Run) -> str:
    """When a run began, shorter the closer that is."""
    locale, today = QLocale(), datetime.date.today()
    time = f"{run.created:%H:%M}"
    day = run.created.date()
    if day == today:
        return translate("Runs", "Today {time}").format(time=time)
    if (today - day).days == 1:
        return translate("Runs", "Yesterday {time}").format(time=time)
    form = "d MMM" if day.year == today.year else "d MMM yyyy"
    return f"{locale.toString(QDate(day.year, day.month, day.day), form)} {time}"


def steps_text(run: Run) -> str:
    """How many steps were done."""
    return f"{run.steps:,}" if run.about is not None else ""


def best_text(run: Run, name: str) -> str:
    """The best value of a metric, a part of all as a percentage; "" where a run has none."""
    if name not in run.best:
        return ""
    value = run.best[name].value
    return percent(value) if run.about is not None and name in run.about.shares and value == value else number(value)


def number(value: float) -> str:
    """A number in four digits."""
    return f"{value:.4g}" if math.isfinite(value) else translate("Runs", "not a number")


def why(run: Run) -> str:
    """The sentence with which a run ended."""
    return words(run.sentence) if run.sentence is not None else ""


def _time(run: Run) -> str:
    return duration(run.seconds) if run.about is not None else ""


def _device(run: Run) -> str:
    return run.about.device_name or run.about.device if run.about is not None else ""


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
