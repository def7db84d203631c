"""The list of runs as a terminal shows it, and as other programs read it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from netbuilder.bridge.messages import path_text
from netbuilder.bridge.runs import Run

_BARS = "▁▂▃▄▅▆▇█"
_WIDE = 16
_TITLES = ("", "state", "name", "began", "device", "steps", "time", "loss", "", "best", "folder")
_RIGHT = (5, 6, 7)


def duration(seconds: float) -> str:
    """A time: 4.2 s, 3:05, 2:03:05, 3 d 4 h."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s" if seconds < 59.5 else "1:00"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02}"
    if whole < 24 * 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole // 86400} d {whole // 3600 % 24} h"


def scaled(values: Sequence[float]) -> list[float | None]:
    """Values from 0 to 1, the highest a tenth cut off if they stand out far; None for what is no finite number."""
    finite = sorted(value for value in values if math.isfinite(value))
    if not finite:
        return [None] * len(values)
    low, high = finite[0], finite[-1]
    usual = finite[(len(finite) - 1) * 9 // 10]
    if high - low > 4 * (usual - low) > 0:
        high = usual
    room = (high - low) or 1.0
    return [min((value - low) / room, 1.0) if math.isfinite(value) else None for value in values]


def table(runs: Sequence[Run]) -> str:
    """A line a run; below it, why a run is broken or failed."""
    if not runs:
        return "There are no runs yet."
    rows = [_TITLES, *map(_row, runs)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_TITLES))]
    lines = []
    for index, row in enumerate(rows):
        cells = [
            f"{cell:>{w}}" if i in _RIGHT else f"{cell:<{w}}"
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
        run = runs[index - 1] if index else None
        if run is not None and run.state in ("failed", "broken", "interrupted") and run.sentence is not None:
            lines.append(f"{'':{widths[0]}}  {run.sentence}")
    return "\n".join(lines)


def _row(run: Run) -> tuple[str, ...]:
    steps = f"{run.steps:,}"
    if run.about is not None and run.steps < run.about.steps:
        steps += f" of {run.about.steps:,}"
    return (
        "★" if run.notes.starred else "",
        run.state,
        run.name,
        f"{run.created:%Y-%m-%d %H:%M}",
        run.about.device if run.about is not None else "",
        steps if run.about is not None else "",
        duration(run.seconds) if run.about is not None else "",
        f"{run.loss:.4g}" if run.losses else "",
        _bars(run.losses),
        " · ".join(f"{name} {best.value:.4g}" for name, best in run.best.items()),
        str(run.folder).encode("utf-8", "replace").decode(),
    )


def _bars(losses: Sequence[float]) -> str:
    """The losses as a line of bars."""
    chosen = [losses[at * (len(losses) - 1) // (_WIDE - 1)] for at in range(_WIDE)] if len(losses) > _WIDE else losses
    return "".join(" " if value is None else _BARS[round(value * 7)] for value in scaled(chosen))


def as_json(runs: Sequence[Run]) -> str:
    """All that is known of the runs. A folder whose name is no text has, as others, the form of `path_text`."""
    return json.dumps([_plain(run) for run in runs], indent=1, ensure_ascii=False)


def _plain(run: Run) -> dict[str, Any]:
    finite = [loss if math.isfinite(loss) else None for loss in (run.loss, *run.losses)]
    return {
        "folder": _path(run),
        "name": run.name,
        "created": run.created.isoformat(" ", "seconds"),
        "state": run.state,
        "sentence": str(run.sentence or ""),
        "steps": run.steps,
        "seconds": round(run.seconds, 3),
        "loss": finite[0],
        "losses": finite[1:],
        "best": {name: {"value": best.value, "step": best.step} for name, best in run.best.items()},
        "starred": run.notes.starred,
        "note": run.notes.note,
        "settings": {str(key): value for key, value in run.settings.given.items()} if run.settings is not None else {},
        "about": msgspec.to_builtins(run.about) if run.about is not None else None,
    }


def _path(run: Run) -> str:
    text = str(run.folder)
    try:
        text.encode()
    except UnicodeEncodeError:
        return path_text(run.folder)
    return text
