"""One of the processes that `netbuilder train --processes N` begins: `python -m netbuilder.engine.worker`, by torchrun.

Each start goes on from the run's newest checkpoint. The exit code is 0 when the run has ended, however that was, and 1
when another try may do better.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

import torch
import torch.distributed as dist

from netbuilder.bridge.messages import Progress, Starting, encode
from netbuilder.bridge.process import identity
from netbuilder.bridge.run_folder import CHECKPOINTS, PROJECT, RunWriter, read_about
from netbuilder.engine.beginning import PLAIN, Asked
from netbuilder.engine.checkpoints import checkpoints
from netbuilder.engine.control import Control
from netbuilder.engine.team import Team, Together
from netbuilder.engine.trainer import Trainer
from netbuilder.graph.files import load


def main() -> int:
    """Do one process's part of the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who shows the run asks it to stop, all processes at the same step
    options = _options()
    device = f"cuda:{os.environ['LOCAL_RANK']}" if options.device.startswith("cuda") else options.device
    if device != options.device:
        torch.cuda.set_device(device)
    dist.init_process_group("cpu:gloo,cuda:nccl" if device.startswith("cuda") else "gloo")
    team = Together(identity(options.keeper))
    asked = _where_from(options.run, team)
    graph, tell = load(options.run / PROJECT), _say if team.first else _keep_quiet
    try:
        Trainer(team).run(
            graph, options.folder, options.run, device, Control(), _keep_quiet, options.trust, asked, tell
        )
    except Exception as error:
        reason = str(error).strip().split("\n")[0][:200] or type(error).__name__
        RunWriter(options.run).log(f"process {team.rank} cannot go on: {reason}")
        return 1
    dist.destroy_process_group()
    return 0


def _keep_quiet(message: Progress | Starting) -> None:
    """The run's folder says it."""


def _say(starting: Starting) -> None:
    """Say how far the loading is, of which the run's folder knows nothing: a line for who began the processes."""
    sys.stdout.buffer.write(encode(starting))
    sys.stdout.buffer.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--device", required=True)
    parser.add_argument("--keeper", type=int, required=True)
    parser.add_argument("--trust", action="store_true")
    return parser.parse_args()


def _where_from(run: Path, team: Team) -> Asked:
    """The newest checkpoint, if there is one; without, what was measured is forgotten."""
    newest = team.agree(max(checkpoints(run / CHECKPOINTS), default=None))
    if newest is not None:
        return Asked(resume=newest)
    if team.first and read_about(run) is not None:
        writer = RunWriter(run)
        writer.truncate(0)
        writer.close()
    return PLAIN


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # what waits for processes that are gone would hold the interpreter back
