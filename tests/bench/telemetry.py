"""What telemetry costs, in percent of the training's own work, and whether memory grows.

The engine's run is measured twice in turns, with everything recorded and with the loss alone; the difference in work
per step is what norms and probes cost. `--memory` trains a tiny network for 100,000 steps in a process of its own and
says by how much that process grew after the first 10,000.

Run it as `python tests/bench/telemetry.py [--quick] [--memory] [--only PROJECT]`.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cases import CASES, Case, machine  # sets the environment before torch is imported

from netbuilder.bridge.about import PHASES, PULSE
from netbuilder.bridge.messages import Progress
from netbuilder.bridge.run_folder import RunReader
from netbuilder.engine.control import Control

WARM, ALL = 10_000, 100_000


def seconds(case: Case, telemetry: str, folder: Path, lasts: float) -> tuple[float, int]:
    """Seconds of work a step, over so many seconds, and how many steps those were."""
    control = Control()
    start, work, first, last = 0.0, 0.0, 0, 0.0

    def tell(progress: Progress) -> None:
        nonlocal start, work, first, last
        if not start and progress.step >= 5:
            start, work, first = time.perf_counter(), time.process_time(), progress.step
        elif start and time.perf_counter() - start >= lasts and not control.stop:
            last = (time.process_time() - work) / (progress.step - first)
            first = progress.step - first
            control.order("stop")

    case.run(case.graph, folder, control, tell, steps=10**9, telemetry=telemetry).go()
    return last, first


def cost(case: Case, lasts: float, turns: int) -> None:
    """Print what telemetry costs a step of an example, and what the run itself says about that."""
    ratios, said = [], []
    with tempfile.TemporaryDirectory() as name:
        for i in range(turns):
            found = {}
            for telemetry in ("all", "loss") if i % 2 == 0 else ("loss", "all"):
                folder = Path(name) / f"{telemetry}{i}"
                found[telemetry], _ = seconds(case, telemetry, folder, lasts)
                if telemetry == "all":
                    said += own_share(folder)
            ratios.append(100 * (found["all"] / found["loss"] - 1))
    low, middle, high = statistics.quantiles(ratios, n=4)
    own = f"{100 * statistics.median(said):.2f} %" if said else "nothing"
    print(
        f"  {case.graph.main.name:<14} {middle:6.2f} %  ({low:.2f} to {high:.2f})   "
        f"the run itself says {own}   goal {100 * case.most:.0f} %"
    )


def own_share(folder: Path) -> list[float]:
    """The part of a step that the run's own pulse says is telemetry, once it is under way."""
    reader = RunReader(folder)
    rows = reader.rows(PULSE)
    if reader.about is None:
        return []
    columns = reader.about.columns(PULSE)
    at = {name: columns.index(f"{name}_seconds") for name in PHASES}
    return [row[at["telemetry"]] / sum(row[i] for i in at.values()) for row in rows[2:]]


def grown(case: Case) -> float:
    """By how many MiB this process grows in the steps from WARM to ALL."""
    import psutil

    process, sizes = psutil.Process(), []

    def tell(progress: Progress) -> None:
        if progress.step >= WARM and not sizes:
            sizes.append(process.memory_info().rss)

    with tempfile.TemporaryDirectory() as name:
        case.run(case.graph, Path(name) / "run", tell=tell, steps=ALL).go()
    return (process.memory_info().rss - sizes[0]) / 2**20


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short turns, few of them")
    parser.add_argument("--memory", action="store_true", help="the growth of memory too, which takes minutes")
    parser.add_argument("--grow", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--only", choices=[case.project for case in CASES], help="one example alone")
    options = parser.parse_args()
    tiny = next(case for case in CASES if case.project == "two_layer_net")
    if options.grow:
        print(f"  {grown(tiny):.1f} MiB more after {ALL} steps than after {WARM}   goal under 20")
        return
    print(machine())
    for case in CASES:
        if options.only in (None, case.project):
            cost(case, 3.0 if options.quick else 10.0, 4 if options.quick else 8)
    if options.memory:
        subprocess.run([sys.executable, __file__, "--grow"], check=True)


if __name__ == "__main__":
    main()
