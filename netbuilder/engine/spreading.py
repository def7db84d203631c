"""Trains a drawing in several processes: torch's own elastic agent begins them, and begins them anew when one dies.

The processes tell the run's folder how they get on, so that is where the terminal reads it, and where it leaves what
a person wants of them. Only how far the loading is, before there is any step, the first of them says itself.
"""

from __future__ import annotations

import collections
import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
import types
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import msgspec

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.about import STEPS
from netbuilder.bridge.messages import Ended, Progress, Starting, decode_from_child
from netbuilder.bridge.run_folder import PROJECT, RunWriter, ask, mark_ended, read_about, standing
from netbuilder.codegen import distributed, make_plan
from netbuilder.engine.analysis import analyse
from netbuilder.engine.clock import Clock
from netbuilder.engine.terminal import ProgressLine, code
from netbuilder.graph.files import save
from netbuilder.graph.graph import Graph

RESTARTS = 3
_LOOK = 0.2  # seconds between two looks at the folder
_OVER = ("finished", "stopped", "failed")
# How torch's agent says that a process has ended badly.
_DIED = re.compile(r"failed \(exitcode: (-?\d+)\) local_rank: (\d+)")


def train_together(graph: Graph, folder: Path, run: Path, device: str, processes: int, trusted: bool = False) -> Ended:
    """Train with a progress line; Ctrl+C stops all processes after the same step, a second one at once.

    Refused where the drawing is not complete or cannot be shared out.
    """
    analyst = analyse(graph, folder, trusted)
    analyst.close()
    code(analyst, "torchrun")
    save(graph, run / PROJECT)
    log = RunWriter(run)
    for sentence in distributed.remarks(make_plan(graph)):
        log.log(str(sentence))
    bar = ProgressLine(run, sys.stdout)
    with _agent(run, folder, device, processes, trusted) as agent, _stopping(agent, run):
        listener = threading.Thread(target=_listen, args=(agent, log), name="agent", daemon=True)
        listener.start()
        said: SimpleQueue[Starting] = SimpleQueue()
        hearer = threading.Thread(target=_hear, args=(agent, said), name="processes", daemon=True)
        hearer.start()
        watch = _Watch(run)
        while agent.poll() is None:
            time.sleep(_LOOK)
            while not said.empty():
                bar.load(said.get())
            if (progress := watch.look()) is not None:
                bar.show(progress)
            if (found := standing(run)) is not None and found.state == "failed":
                agent.terminate()  # what it failed at would fail again
        listener.join(5)
        hearer.join(5)
    bar.end()
    log.close()
    return _ended(run, processes)


@contextlib.contextmanager
def _agent(run: Path, folder: Path, device: str, processes: int, trusted: bool) -> Iterator[subprocess.Popen[str]]:
    threads = str(max(1, (os.cpu_count() or 1) // processes))
    own = {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads, "OMP_WAIT_POLICY": "PASSIVE"}
    own |= {"PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
    # Else torchrun keeps one store over all restarts, and the new processes find the addresses of the dead ones in it.
    own["TORCH_DISABLE_SHARE_RDZV_TCP_STORE"] = "1"
    if sys.platform.startswith("linux"):
        own["GLOO_SOCKET_IFNAME"] = "lo"  # nothing leaves this computer
    agent = [sys.executable, "-P", "-m", "torch.distributed.run", "--standalone", "--local-addr=127.0.0.1"]
    agent += [f"--nproc-per-node={processes}", f"--max-restarts={RESTARTS}", "-m", "netbuilder.engine.worker"]
    asked = [str(run.absolute()), f"--folder={folder.absolute()}", f"--device={device}", f"--keeper={os.getpid()}"]
    process = subprocess.Popen(
        [*agent, *asked, *(["--trust"] if trusted else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **own},
        cwd=Path(__file__).parent,
        text=True,
        errors="replace",
        start_new_session=True,  # Ctrl+C is for this process, which asks the others
    )
    try:
        with process:
            yield process
    finally:
        process.kill()


@contextlib.contextmanager
def _stopping(agent: subprocess.Popen[str], run: Path) -> Iterator[None]:
    """Have Ctrl+C ask the run to stop, and the second time end it."""

    def stop(number: int, frame: types.FrameType | None) -> None:
        signal.signal(number, lambda *_: agent.terminate())
        ask(run, "stop")

    kinds = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {kind: signal.signal(kind, stop) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _listen(agent: subprocess.Popen[str], log: RunWriter) -> None:
    """Say in the log which process died; and if nothing helps, the last that was said."""
    last: collections.deque[str] = collections.deque(maxlen=30)
    assert agent.stderr is not None
    for line in agent.stderr:
        last.append(line.rstrip())
        if (found := _DIED.search(line)) is not None:
            log.log(str(_death(int(found[1]), int(found[2]))))
    if agent.wait() > 0:
        log.log("\n".join(last))


def _hear(agent: subprocess.Popen[str], said: SimpleQueue[Starting]) -> None:
    """Take what the first process says before its first step; a drawing's own code may print more."""
    assert agent.stdout is not None
    for line in agent.stdout:
        with contextlib.suppress(msgspec.MsgspecError):
            if isinstance(message := decode_from_child(line.encode()), Starting):
                said.put(message)


def _death(code: int, rank: int) -> Sentence:
    again = "All begin again from the last checkpoint."
    if code >= 0:
        return say("Process {rank} ended with exit code {code}. " + again, rank=rank, code=code)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    return say("Process {rank} was killed by the signal {name}. " + again, rank=rank, name=name)


class _Watch:
    """How far a run is, by its folder."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._clock = Clock()
        self._step = -1

    def look(self) -> Progress | None:
        """The progress; None where there is none since the last look."""
        about, found = read_about(self._run), standing(self._run)
        if about is None or found is None:
            return None
        step = (self._run / STEPS).stat().st_size // (8 * len(about.step_columns))
        now = time.perf_counter()
        if step == self._step:
            return None
        if self._step < 0 or step < self._step:  # it begins, or has gone back to a checkpoint
            self._clock.restart(step, now)
        self._step = step
        self._clock.tick(step, now)
        rate = self._clock.rate
        epoch = min(about.epochs, step * about.epochs // max(1, about.steps) + 1)
        left = (about.steps - step) / rate if rate else 0.0
        return Progress(found.state, step, about.steps, epoch, about.epochs, rate, left)


def _ended(run: Path, processes: int) -> Ended:
    found = standing(run)
    if found is not None and found.state in _OVER:
        print(f"{found.sentence}\nRun folder: {run}")
        return Ended(found.state, say("{sentence}", sentence=found.sentence))
    sentence = say("The {processes} processes could not go on; the end of the log says more.", processes=processes)
    mark_ended(run, "failed", str(sentence))
    print(f"{sentence}\nRun folder: {run}")
    return Ended("failed", sentence)
