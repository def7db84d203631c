"""The check before a run, printed as a table in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from netbuilder.bridge.amounts import size_text, time_text, whole_run
from netbuilder.bridge.messages import Check, Checked, Preparing, path_text
from netbuilder.bridge.reports import Preflight
from netbuilder.engine.devices import check_device, devices
from netbuilder.engine.terminal import loading_text
from netbuilder.engine.trainer import Trainer
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Training

_HEADS = ("device", "memory", "step", "epoch", "whole run", "loss at start", "chance")


def try_out(graph: Graph, folder: Path, device: str, trusted: bool) -> int:
    """Try a batch on one device, or on all there are, and print what it showed; 1 where a run would fail."""
    names = [check_device(device).id] if device else [one.id for one in devices()]
    found: list[Preflight] = []

    def take(said: Checked | Preparing) -> None:
        if isinstance(said, Checked):
            found.append(said.check)
        if sys.stderr.isatty():  # drawn over itself, and gone when the table comes
            text = ""
            if isinstance(said, Preparing) and said.doing is not None:
                text = loading_text(said.doing, said.share)
            sys.stderr.write(f"\r\x1b[2K{text}")
            sys.stderr.flush()

    records = list(graph.records.values())
    Trainer().check(graph, folder, Check(1, records, path_text(folder), tuple(names), trusted), take)
    print(table(found, graph.training))
    return int(any(one.refused is not None or any(p.level == "error" for p in one.problems) for one in found))


def table(found: Sequence[Preflight], training: Training) -> str:
    """What was found, a line a device; then what is wrong, and how long other ways to calculate take."""
    sound = [_row(one, training) for one in found if one.refused is None]
    rows = [_HEADS, *sound] if sound else []
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(len(_HEADS))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]
    if sound:
        lines.insert(1, "─" * (sum(widths) + 2 * (len(widths) - 1)))
    for one in found:
        if one.refused is not None:
            lines.append(f"{one.device}: {one.refused}")
        lines += [f"{p.level} on {one.device}: {p.sentence}" for p in one.problems if p.sentence != one.refused]
        for timing in one.timings:
            way = " + ".join(timing.names) or "exactly as written"
            mark = " (the quickest)" if timing.names == one.chosen else ""
            lines.append(f"{one.device}, {way}: {timing.refused or time_text(timing.step) + mark}")
    if found and not any(one.problems or one.refused for one in found):
        lines.append("Every parameter gets a gradient. No problems.")
    return "\n".join(lines)


def _row(one: Preflight, training: Training) -> tuple[str, ...]:
    whole = whole_run(one.step, one.epoch, training.steps, training.epochs, training.minutes)
    numbers = ("" if value is None else f"{value:.4g}" for value in (one.loss, one.chance))
    return (one.device, size_text(one.memory), time_text(one.step), time_text(one.epoch), time_text(whole), *numbers)
