"""How fast the engine trains, beside the tightest loop one would write by hand, in one process and one run.

The engine is its own `Run` with everything on: telemetry at every step, probes, its run folder written, progress told;
first exactly as written, then in the quickest way that stays with float32. The loop is the exported class, the same
samples, batches and optimizer, and nothing else. They take turns of some seconds in the order A B B A, so that what
else the machine does meets both; a ratio is one of a pair of neighbouring turns.
Validation and checkpoints belong to neither. Threads are those of a training child.

`of wall` compares steps a second, `of work` steps a second of processor time: on a busy machine the second is the
steadier. `loop of itself` is the loop beside itself, that is, what of the spread is noise. Before all that, the losses
of some steps are compared bit by bit.

Run it as `python tests/bench/training.py [--quick] [--seconds S] [--turns N]`.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cases import CASES, Case, machine  # sets the environment before torch is imported

from netbuilder.bridge.messages import Progress
from netbuilder.bridge.run_folder import RunReader
from netbuilder.engine.control import Control
from netbuilder.graph.graph import Graph

COMPARED = 60  # steps whose losses are compared


@dataclasses.dataclass(frozen=True)
class Turn:
    """Some seconds of one of the two."""

    steps: int
    wall: float
    work: float


class Loop:
    """The tightest loop: the exported class trained by hand."""

    def __init__(self, case: Case) -> None:
        self._model, self._optimizer = case.made()
        self._samples, self._loss = case.samples, case.loss
        self._batches = case.batches()

    def turn(self, seconds: float) -> Turn:
        """Train for about so long."""
        model, optimizer, measure_loss = self._model, self._optimizer, self._loss
        inputs, targets = self._samples
        steps, start, work = 0, time.perf_counter(), time.process_time()
        end = start + seconds
        for indices in self._batches:
            loss = measure_loss(model(inputs.index_select(0, indices)), targets.index_select(0, indices))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            steps += 1
            if time.perf_counter() >= end:
                break
        return Turn(steps, time.perf_counter() - start, time.process_time() - work)

    def losses(self, steps: int) -> list[float]:
        """The losses of so many steps, trained as the exported script does it."""
        found = []
        for indices, _ in zip(self._batches, range(steps), strict=False):
            inputs, targets = (tensor[indices] for tensor in self._samples)
            loss = self._loss(self._model(inputs), targets)
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            found.append(loss.item())
        return found


def same_losses(case: Case, folder: Path) -> bool:
    """Whether the engine's losses are those of the exported script, bit by bit."""
    case.run(case.graph, folder, steps=COMPARED).go()
    rows, _ = RunReader(folder).news()
    return [row[0] for row in rows] == Loop(case).losses(COMPARED)


def take_turns(case: Case, graph: Graph, loop: Loop, folder: Path, seconds: float, turns: int) -> list[list[Turn]]:
    """Turns of the engine and of the loop, neighbours with the same index.

    The engine trains on this thread and tells of its progress now and then: there the loop gets its turn.
    """
    control = Control()
    ours: list[Turn] = []
    bare: list[Turn] = []
    step, start, work = 0, math.inf, 0.0

    def tell(progress: Progress) -> None:
        nonlocal step, start, work
        now, used = time.perf_counter(), time.process_time()
        if start == math.inf:
            if progress.step < 10:  # the first steps of all are slow
                return
            loop.turn(seconds / 4)
        elif now - start < seconds:
            return
        else:
            ours.append(Turn(progress.step - step, now - start, used - work))
            if len(ours) >= turns:
                if len(bare) < len(ours):
                    bare.append(loop.turn(seconds))
                control.order("stop")
                return
            if len(ours) % 2:  # A B B A: two turns of the loop, then two of the engine
                bare.extend(loop.turn(seconds) for _ in range(2))
        step, start, work = progress.step, time.perf_counter(), time.process_time()

    case.run(graph, folder, control, tell, steps=10**9).go()
    return [ours, bare[: len(ours)]]


def spread(ratios: list[float]) -> str:
    """The median and the middle half."""
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"{middle:6.3f}  ({low:.3f} to {high:.3f})"


def compare(case: Case, seconds: float, turns: int) -> None:
    """Print the lines of an example."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        same = "the same" if same_losses(case, folder / "same") else "DIFFERENT"
        loop = Loop(case)
        print(f"{case.graph.main.name}: batch {case.graph.training.batch_size}, losses {same} bit by bit")
        fast = case.quickest()
        for what, graph, goal in (("exact", case.graph, case.goal), ("fast", fast, case.fast)):
            ours, bare = take_turns(case, graph, loop, folder / what, seconds, turns)
            say(f"{what} ({' + '.join(graph.training.variant) or 'as written'})", goal, ours, bare)


def say(what: str, goal: float, ours: list[Turn], bare: list[Turn]) -> None:
    """Print what the turns show."""
    print(f"  {what}")
    for who, found in (("engine", ours), ("loop", bare)):
        rate = statistics.median(turn.steps / turn.wall for turn in found)
        micro = statistics.median(turn.work / turn.steps for turn in found) * 1e6
        print(f"    {who:<16} {rate:9.1f} steps/s   {micro:9.1f} µs of processor a step")
    pairs = list(zip(ours, bare, strict=True))
    wall = [(a.steps / a.wall) / (b.steps / b.wall) for a, b in pairs]
    work = [(a.steps / a.work) / (b.steps / b.work) for a, b in pairs]
    print(f"    {'of wall':<16} {spread(wall)}   goal {goal}")
    print(f"    {'of work':<16} {spread(work)}")
    itself = [(a.steps / a.work) / (b.steps / b.work) for a, b in zip(bare[::2], bare[1::2], strict=False)]
    if len(itself) > 1:
        print(f"    {'loop of itself':<16} {spread(itself)}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short turns, few of them")
    parser.add_argument("--seconds", type=float, help="how long a turn takes (2)")
    parser.add_argument("--turns", type=int, help="how many turns each has (12)")
    parser.add_argument("--only", choices=[case.project for case in CASES], help="one example alone")
    options = parser.parse_args()
    seconds = options.seconds or (0.5 if options.quick else 2.0)
    turns = max(4, options.turns or (6 if options.quick else 12))
    print(machine())
    for case in CASES:
        if options.only in (None, case.project):
            compare(case, seconds, turns)


if __name__ == "__main__":
    main()
