"""A training process that is killed, crashes, hangs or loses its window: what it had measured and saved stays whole.

Each fault is brought about by a Python block of a trusted drawing: while a file is there it counts its calls in it, and
does its worst at one of them.
Afterwards the run goes on from its checkpoint and ends with the weights of a run that nothing happened to, to the bit.
With NETBUILDER_LONG_TESTS=1 every fault is tried twenty times, each at another moment.
"""

from __future__ import annotations

import functools
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import torch

from netbuilder.bridge.messages import Ended, Progress, Warm
from netbuilder.bridge.run_folder import RunReader
from netbuilder.graph import commands
from netbuilder.graph.files import save
from netbuilder.graph.graph import Graph
from tests.bridge.watched import Watched
from tests.drawings import draw
from tests.engine.runs import Done, assert_goes_on, train

TIMES = 20 if os.environ.get("NETBUILDER_LONG_TESTS") == "1" else 1

# What the block does, and in which words (or with which exit code) that ends.
FAULTS = {
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    "segfault": ("ctypes.string_at(0)", -signal.SIGSEGV),
    "abort": ("os.abort()", -signal.SIGABRT),
    "memory": ("torch.empty(10**15)", "cpu ran out of memory: a smaller batch or a smaller network needs less."),
    "device": ('raise RuntimeError("CUDA error: no CUDA-capable device is detected")', "trap failed: CUDA error"),
    "exit": ("os._exit(7)", 7),
}

TRAP = """
def trap(x):
    import ctypes, os, signal
    if os.path.exists({flag!r}):
        with open({flag!r}, "a") as calls:
            calls.write(".")
        if os.path.getsize({flag!r}) == {call}:
            {deed}
    return x
"""

STEPS = 138  # that a run of the drawing makes


def _drawing(deed: str, flag: Path, call: int = 1, epochs: int = 6) -> Graph:
    graph = draw(
        """
        digits Digits
        flatten Flatten
        trap Python
        fc Linear
        loss CrossEntropyLoss
        """,
        epochs=epochs,
        checkpoint_every=10,
        checkpoint_unit="steps",
        optimizer_params={"weight_decay": 0.01},
    )
    graph = graph.apply(commands.set_params(graph, "trap", {"code": TRAP.format(flag=str(flag), call=call, deed=deed)}))
    for source, output, target, port in (
        ("digits", "image", "flatten", "input"),
        ("flatten", "output", "trap", "x"),
        ("trap", "output", "fc", "input"),
        ("fc", "output", "loss", "input"),
        ("digits", "label", "loss", "target"),
    ):
        graph = graph.apply(commands.connect(graph, source, output, target, port))
    return graph


@pytest.fixture(autouse=True)
def as_many_threads_as_a_child() -> Iterator[None]:
    """Another number of threads adds up in another order."""
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, (os.cpu_count() or 1) - 1))
    yield
    torch.set_num_threads(before)


@pytest.fixture
def watched() -> Iterator[Watched]:
    child = Watched("training")
    try:
        child.wait_for(Warm)
        yield child
    finally:
        child.child.close(0.2)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Done]:
    """So many epochs of the drawing to which nothing happens; each trained once."""

    @functools.cache
    def trained(epochs: int) -> Done:
        folder = tmp_path_factory.mktemp("whole")
        done = train(_drawing("pass", folder / "never", epochs=epochs), folder / "run", trusted=True)
        assert done.ended.state == "finished", done.sentence
        return done

    return trained


@pytest.mark.parametrize("time_", range(TIMES))
@pytest.mark.parametrize("name", FAULTS)
def test_nothing_measured_or_saved_is_lost(
    name: str, time_: int, watched: Watched, tmp_path: Path, undisturbed: Callable[[int], Done]
) -> None:
    deed, end = FAULTS[name]
    flag, run = tmp_path / "calls", tmp_path / "run"
    graph = _drawing(deed, flag, random.Random(f"{name}{time_}").randint(1, STEPS))
    flag.touch()
    watched.start(graph, run, trusted=True)
    watched.wait(lambda: watched.exits or watched.all(Ended))
    if isinstance(end, str):
        ended = watched.wait_for(Ended)
        assert ended.state == "failed" and end in str(ended.sentence)
        assert ended.node == "trap"
    else:
        assert watched.exits[0][0] == end
    flag.unlink()
    assert_goes_on(graph, run, undisturbed(6))


@pytest.mark.parametrize("time_", range(TIMES))
def test_one_that_hangs_can_be_killed_and_goes_on(
    time_: int, watched: Watched, tmp_path: Path, undisturbed: Callable[[int], Done]
) -> None:
    flag, run = tmp_path / "calls", tmp_path / "run"
    call = random.Random(time_).randint(1, STEPS)
    graph = _drawing("import time; time.sleep(1000)", flag, call)
    flag.touch()
    watched.start(graph, run, trusted=True)
    watched.wait(lambda: flag.stat().st_size == call)
    watched.child.close(0.5)
    assert not watched.child.alive
    flag.unlink()
    assert_goes_on(graph, run, undisturbed(6))


WINDOW = """
import sys, time
from pathlib import Path
from netbuilder.bridge.child import Child
from netbuilder.bridge.messages import Progress, Start
from netbuilder.graph.files import load

project, run = sys.argv[1:]
heard = []
child = Child("training", lambda child, message: heard.append(message), lambda *_: None)
child.send(Start(list(load(Path(project)).records.values()), str(Path(project).parent), run, "cpu", True))
while not any(isinstance(message, Progress) and message.step for message in heard):
    time.sleep(0.01)
print(child.pid, flush=True)
time.sleep(1000)
"""


@pytest.mark.parametrize("time_", range(TIMES))
@pytest.mark.parametrize("outlive", [True, False])
def test_a_window_killed_while_training(
    outlive: bool, time_: int, tmp_path: Path, undisturbed: Callable[[int], Done]
) -> None:
    graph = _drawing("pass", tmp_path / "never", epochs=20)
    graph = graph.apply(commands.set_training(graph, outlive=outlive))
    project, run = tmp_path / "project.netb", tmp_path / "run"
    run.mkdir()
    save(graph, project)
    window = subprocess.Popen([sys.executable, "-c", WINDOW, str(project), str(run)], stdout=subprocess.PIPE, text=True)
    assert window.stdout is not None
    with window.stdout as said:
        pid = int(said.readline())
    training = psutil.Process(pid)
    window.kill()
    window.wait()
    psutil.wait_procs([training], timeout=60)
    state = RunReader(run).state()
    assert state is not None
    assert not training.is_running() or training.status() == psutil.STATUS_ZOMBIE
    whole = undisturbed(20)
    if outlive:
        assert state == ("finished", "Finished after 460 steps.")
        assert RunReader(run).news()[0] == whole.steps
    else:
        assert state[0] in ("stopped", "finished")
        assert_goes_on(graph, run, whole)


def test_progress_is_told_of_every_start(watched: Watched, tmp_path: Path) -> None:
    watched.start(_drawing("pass", tmp_path / "never"), tmp_path / "run", trusted=True)
    assert watched.wait_for(Ended).state == "finished"
    assert watched.all(Progress)[-1].state == "finished"
