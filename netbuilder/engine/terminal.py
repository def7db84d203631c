"""What the command line does with a drawing: check, export and train, told in a terminal."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import types
from pathlib import Path
from typing import TextIO

from netbuilder.blocks.sentence import Refused, Sentence
from netbuilder.bridge.about import STEPS
from netbuilder.bridge.messages import Ended, Progress, Starting
from netbuilder.bridge.overfitting import judge
from netbuilder.bridge.reports import Source
from netbuilder.bridge.run_folder import CHECKPOINTS, RunReader
from netbuilder.engine.analysis import Analyst, analyse
from netbuilder.engine.beginning import PLAIN, Asked
from netbuilder.engine.checkpoints import checkpoints
from netbuilder.engine.control import Control
from netbuilder.engine.trainer import Trainer
from netbuilder.graph.files import SUFFIX, load, write
from netbuilder.graph.graph import Graph

_BAR = 28
_SELDOM = 2  # seconds between two lines where none is drawn over another


def untrusted(graph: Graph, trusted: bool) -> str:
    """What to say where Python code is not run because nobody has said that it may; "" where that is not so."""
    if trusted or not any(node.entry.of == "code" for node in graph.nodes.values()):
        return ""
    return "The project holds Python code, which runs only with --trust."


def check(project: Path, as_json: bool, trusted: bool = False) -> int:
    """Print a table of the nodes, and the problems; 1 when there are errors among them."""
    graph = load(project)
    analyst = analyse(graph, project.resolve().parent, trusted)
    analyst.close()
    problems = analyst.all_problems
    print(_json(analyst) if as_json else _table(analyst))
    if sentence := untrusted(graph, trusted):
        print(sentence, file=sys.stderr)
    return int(any(problem.level == "error" for problem in problems))


def export(project: Path, target: Path, kind: str, trusted: bool = False) -> None:
    """Write the class alone (`module`), the whole program (`script`), or that for many processes (`torchrun`).

    Refused while there are problems.
    """
    graph = load(project)
    if os.path.realpath(target) == os.path.realpath(project):
        raise Refused("{file} is the project itself: the code would overwrite the project.", file=str(target))
    if target.suffix.lower() == SUFFIX:
        raise Refused("{file} is named like a project: give the code a name that ends in .py.", file=str(target))
    if sentence := untrusted(graph, trusted):
        raise Refused(sentence)
    analyst = analyse(graph, project.resolve().parent, trusted)
    analyst.close()
    source = code(analyst, kind)
    write(source.text, target)
    print(f"{target}: {source.text.count(chr(10))} lines")


def code(analyst: Analyst, kind: str) -> Source:
    """The module, the script or the one for torchrun. Refused, naming the first reason, while it is not complete."""
    source = analyst.module if kind == "module" else analyst.script
    if source.complete and kind == "torchrun":
        source = analyst.shared()
    if not source.complete:
        errors = [problem.sentence for problem in analyst.all_problems if problem.level == "error"]
        for sentence in (*errors, *(analyst.obstacles if kind != "module" else ())):
            raise Refused(sentence.text, **sentence.values)
        raise Refused("There is nothing to export yet.")
    return source


def train(graph: Graph, folder: Path, run: Path, device: str, trusted: bool = False, asked: Asked = PLAIN) -> Ended:
    """Train with a progress line; Ctrl+C stops after the step under way, a second one at once."""
    control = Control()

    def stop(number: int, frame: types.FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        control.order("stop")

    before = signal.signal(signal.SIGINT, stop)
    bar = ProgressLine(run, sys.stdout)
    try:
        ended = Trainer().run(graph, folder, run, device, control, bar.show, trusted, asked, bar.load)
    finally:
        signal.signal(signal.SIGINT, before)
    bar.end()
    print(ended.sentence)
    if asked.task == "overfit" and ended.state == "finished":
        verdict = judge([row[0] for row in RunReader(run).rows(STEPS)], graph)
        print("\n  - ".join(map(str, (verdict.sentence, *verdict.hints))))
    print(f"Run folder: {run}")
    return ended


def newest_checkpoint(run: Path) -> Path:
    """The checkpoint that a run goes on from. Refused where it has none."""
    found = checkpoints(run / CHECKPOINTS)
    if not found:
        raise Refused("There is no checkpoint in {folder} to go on from.", folder=str(run))
    return found[-1]


class ProgressLine:
    """A bar that is drawn over itself in a terminal, and a line an epoch (or a few seconds) elsewhere."""

    def __init__(self, run: Path, out: TextIO) -> None:
        self._reader, self._out = RunReader(run), out
        self._live = out.isatty()
        self._values = ""
        self._epoch, self._said_at = 0, 0.0

    def show(self, progress: Progress) -> None:
        """Draw this progress."""
        self._read()
        try:
            self._draw(progress, progress_text(progress, self._values))
        except BrokenPipeError:
            self._mute()

    def load(self, starting: Starting) -> None:
        """Say how far the loading of samples is, before there is any progress; it leaves no trace in a terminal."""
        if starting.doing is None and not self._live:
            return
        text = "" if starting.doing is None else loading_text(starting.doing, starting.share)
        try:
            if self._live:
                self._out.write(f"\r\x1b[2K{text}")
            elif time.monotonic() - self._said_at > _SELDOM:
                self._said_at = time.monotonic()
                self._out.write(f"{text}\n")
            self._out.flush()
        except BrokenPipeError:
            self._mute()

    def _mute(self) -> None:
        """The reader, `head` for one, has gone: the training goes on, told to nobody."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())

    def _draw(self, progress: Progress, text: str) -> None:
        if self._live:
            self._out.write(f"\r\x1b[2K{text}")
        elif progress.state != "running" or (
            progress.epoch != self._epoch and time.monotonic() - self._said_at > _SELDOM
        ):
            self._epoch, self._said_at = progress.epoch, time.monotonic()
            self._out.write(f"{text}\n")
        self._out.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._live:
            self._out.write("\n")

    def _read(self) -> None:
        if self._reader.rewound():
            self._values = ""
        steps, epochs = self._reader.news()
        about = self._reader.about
        parts = dict(part.split(" ", 1) for part in self._values.split(" · ") if part)
        if steps:
            parts["loss"] = f"{steps[-1][0]:.4g}"
        if epochs and about is not None:
            names = ("validation", *about.metrics)
            parts.update({name: f"{value:.4g}" for name, value in zip(names, epochs[-1][1:], strict=True)})
        self._values = " · ".join(f"{name} {value}" for name, value in parts.items())


def loading_text(doing: Sentence, share: float | None) -> str:
    """`Loading table.csv: 1,200 rows, 3.4 MiB of 12 MiB · 28 %`."""
    return str(doing) if share is None else f"{doing} · {share:.0%}"


def progress_text(progress: Progress, values: str) -> str:
    """`epoch 3/30 ███░░░ 45 % · 0:12 left · 131 steps/s · loss 0.34`."""
    part = progress.step / progress.steps if progress.steps else 1.0
    full = round(part * _BAR)
    left = round(progress.seconds_left)
    pieces = [
        f"epoch {progress.epoch}/{progress.epochs} {'█' * full}{'░' * (_BAR - full)} {part:4.0%}",
        f"{left // 60}:{left % 60:02} left",
        f"{progress.rate:.0f} steps/s",
    ]
    return " · ".join([*pieces, values] if values else pieces)


def _table(analyst: Analyst) -> str:
    rows = [("name", "block", "output", "parameters")]
    for node in analyst.graph.order:
        report = analyst.reports[node.id]
        shapes = " ".join(str(spec) for spec in report.outputs.values())
        last = "bypassed" if node.muted else f"{report.parameters:,}" if report.parameters else ""
        rows.append((node.name, node.block, shapes, last))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:<{widths[2]}}  {d:>{widths[3]}}".rstrip() for a, b, c, d in rows]
    lines.insert(1, "─" * (sum(widths) + 6))
    lines += ["", f"{len(analyst.graph.nodes)} blocks, {analyst.parameters:,} parameters"]
    for problem in analyst.all_problems:
        lines.append(f"{problem.level}: {problem.sentence}" + (f" ({problem.detail})" if problem.detail else ""))
    lines += [f"to train: {sentence}" for sentence in analyst.obstacles]
    if not analyst.all_problems:
        lines.append("No problems.")
    return "\n".join(lines)


def _json(analyst: Analyst) -> str:
    nodes = []
    for node in analyst.graph.order:
        report = analyst.reports[node.id]
        outputs = {port: {"shape": list(s.shape), "dtype": s.dtype} for port, s in report.outputs.items()}
        nodes.append(
            {
                "id": node.id,
                "name": node.name,
                "block": node.block,
                "bypassed": node.muted,
                "outputs": outputs,
                "parameters": report.parameters,
                "multiply_adds": report.multiply_adds,
            }
        )
    problems = [
        {"node": p.node, "level": p.level, "message": str(p.sentence), "detail": p.detail} for p in analyst.all_problems
    ]
    whole = {
        "network": analyst.graph.main.name,
        "nodes": nodes,
        "parameters": analyst.parameters,
        "problems": problems,
        "to_train": [str(sentence) for sentence in analyst.obstacles],
    }
    return json.dumps(whole, indent=1, ensure_ascii=False)
