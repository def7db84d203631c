"""How many samples a second one process trains, and two together, each with one thread.

Both are `netbuilder train` on an example, from its beginning to its end; the speed is what the run itself measured, the
median of its pulses. They take turns, so that what else the machine does meets both.

Run it as `python -m tests.bench.spread [--project NAME] [--turns N] [--epochs N]`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from netbuilder.bridge.about import PULSE
from netbuilder.bridge.run_folder import RunReader

ROOT = Path(__file__).resolve().parents[2]


def speed(project: str, epochs: int, processes: int) -> float:
    """Samples a second of one run."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [sys.executable, "-m", "netbuilder", "train", str(ROOT / "examples" / f"{project}.netb")]
        command += [f"--epochs={epochs}", f"--processes={processes}", f"--run-dir={run}"]
        one = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        subprocess.run(command, cwd=ROOT, env={**os.environ, **one}, check=True, stdout=subprocess.DEVNULL)
        reader = RunReader(run)
        about = reader.about
        assert about is not None
        column = about.columns(PULSE).index("samples_per_second")
        return statistics.median(row[column] for row in reader.rows(PULSE))


def main() -> None:
    """Print the medians and their ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--project", default="digits")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10)
    options = parser.parse_args()
    found: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(options.turns):
        for processes, speeds in found.items():
            speeds.append(speed(options.project, options.epochs, processes))
    one, two = (statistics.median(found[count]) for count in (1, 2))
    print(f"{options.project}: 1 process {one:,.0f} samples/s, 2 processes {two:,.0f} samples/s, {two / one:.2f} ×")


if __name__ == "__main__":
    main()
