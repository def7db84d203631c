"""Real children: what they answer, how they die, and that nothing of the user's gets between."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netbuilder.bridge.child import Role, death
from netbuilder.bridge.messages import (
    Analysis,
    Change,
    Ended,
    Open,
    Order,
    Prepare,
    Progress,
    Ready,
    Warm,
)
from netbuilder.bridge.run_folder import RunReader
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from tests.bridge.watched import PATIENCE, Watched
from tests.drawings import CLASSIFIER, draw

LONG = draw(CLASSIFIER, epochs=10**6)


Spawn = Callable[[Role], Watched]


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Start children; all are ended afterwards."""
    children: list[Watched] = []

    def one(role: Role) -> Watched:
        children.append(Watched(role))
        return children[-1]

    yield one
    for watched in children:
        watched.child.close(0.5)
        assert not watched.child.alive


def _open(graph: Graph, revision: int) -> Open:
    return Open(revision, list(graph.records.values()), "/nowhere")


def test_the_analysis_answers_a_drawing_and_its_edits_and_ends_with_its_input(spawn: Spawn) -> None:
    watched, graph = spawn("analysis"), draw(CLASSIFIER)
    watched.child.send(_open(graph, 7))
    ready = watched.wait_for(Ready)
    assert ready.torch and ready.devices[0].id == "cpu"
    first = watched.wait_for(Analysis)
    assert first.revision == 7
    assert set(first.changed) == set(graph.nodes)
    assert first.changed["fc1"].outputs["output"].shape == ("N", 32)
    assert first.module is None and not first.written
    text = watched.wait_for(Analysis, 2)
    assert text.revision == 7 and text.written and not text.changed
    assert text.module is not None and "nn.Linear(64, 32)" in text.module.text
    edit = commands.set_params(graph, "fc1", {"out_features": 5})
    watched.child.send(Change(8, edit))
    second = watched.wait_for(Analysis, 3)
    assert second.revision == 8
    assert set(second.changed) == {"fc1", "relu", "fc2"}
    text = watched.wait_for(Analysis, 4)
    assert text.revision == 8 and text.written
    assert text.module is not None and "nn.Linear(64, 5)" in text.module.text
    watched.child.close()
    assert watched.exits == [(0, "")]


def test_a_run_in_a_child_is_told_followed_and_ended(spawn: Spawn, tmp_path: Path) -> None:
    watched, graph = spawn("training"), draw(CLASSIFIER, epochs=2)
    watched.child.send(Prepare(list(graph.records.values()), str(tmp_path)))
    watched.wait_for(Warm)
    watched.start(graph, tmp_path / "run")
    ended = watched.wait_for(Ended)
    assert (ended.state, str(ended.sentence)) == ("finished", "Finished after 46 steps.")
    steps = [p.step for p in watched.all(Progress)]
    assert (steps[0], steps[-1]) == (0, 46)
    watched.wait(lambda: watched.exits)
    assert watched.exits == [(0, "")]
    assert len(RunReader(tmp_path / "run").news()[0]) == 46


def test_a_run_follows_orders_and_ends_when_the_window_goes(spawn: Spawn, tmp_path: Path) -> None:
    watched = spawn("training")
    watched.start(LONG, tmp_path / "run")
    watched.wait(watched.running)
    watched.child.send(Order("pause"))
    watched.wait(lambda: watched.all(Progress)[-1].state == "paused")
    at = watched.all(Progress)[-1].step
    watched.child.send(Order("resume"))
    watched.wait(lambda: watched.all(Progress)[-1].step > at)
    watched.child.close(PATIENCE)
    assert watched.exits == [(0, "")]
    assert watched.all(Ended)[-1].state == "stopped"
    state = RunReader(tmp_path / "run").state()
    assert state is not None and state[0] == "stopped"


@pytest.mark.parametrize("moment", ["starting", "warm", "running"])
def test_a_killed_child_is_told_of_at_once(moment: str, spawn: Spawn, tmp_path: Path) -> None:
    watched = spawn("training")
    if moment != "starting":
        watched.wait_for(Warm)
    if moment == "running":
        watched.start(LONG, tmp_path / "run")
        watched.wait(watched.running)
    killed = time.monotonic()
    os.kill(watched.child.pid, signal.SIGKILL)
    watched.wait(lambda: watched.exits, 10)
    assert watched.exit_at - killed < 2
    assert [code for code, _ in watched.exits] == [-signal.SIGKILL]
    assert death(watched.exits[0][0]) == "was killed (SIGKILL)"
    assert not watched.child.alive
    watched.child.send(Order("stop"))  # goes nowhere, and says nothing
    if moment == "running":
        assert RunReader(tmp_path / "run").news()[0]
        assert not watched.all(Ended)


def test_a_line_that_is_no_message_ends_the_analysis_and_is_told(spawn: Spawn) -> None:
    watched = spawn("analysis")
    assert watched.child._process.stdin is not None
    watched.child._process.stdin.write(b'{"type": "Open", nonsense\n')
    watched.child._process.stdin.flush()
    watched.wait(lambda: watched.exits)
    code, complaints = watched.exits[0]
    assert code == 1
    assert death(code) == "ended with code 1"
    assert "msgspec.DecodeError" in complaints


def test_a_line_that_is_no_message_stops_a_run_which_says_so(spawn: Spawn, tmp_path: Path) -> None:
    watched = spawn("training")
    watched.start(LONG, tmp_path / "run")
    watched.wait(watched.running)
    assert watched.child._process.stdin is not None
    watched.child._process.stdin.write(b"\xff\x00 nonsense\n")
    watched.child._process.stdin.flush()
    assert watched.wait_for(Ended).state == "stopped"


def test_no_file_of_the_users_is_taken_for_a_module(
    spawn: Spawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("torch", "msgspec", "netbuilder", "json", "numpy", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("import os\nos._exit(66)\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # where children are started
    watched, graph = spawn("analysis"), draw(CLASSIFIER)
    watched.child.send(Open(1, list(graph.records.values()), str(tmp_path)))
    assert watched.wait_for(Analysis, 2).script is not None
    assert not watched.exits


NOISE = """
import os, sys

class Noise:
    def find_spec(self, name, path=None, target=None):
        if name in ("torch", "torch.nn", "netbuilder.engine.analysis"):
            os.write(1, b"half a line of noise")
            print('{"type": "Warm"}', flush=True)
        return None

sys.meta_path.insert(0, Noise())
"""


def test_what_a_child_prints_does_not_get_between_its_messages(
    spawn: Spawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(NOISE, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    watched = spawn("analysis")
    watched.child.send(_open(draw(CLASSIFIER), 1))
    watched.wait_for(Analysis, 2)
    watched.child.close()
    assert [type(message).__name__ for message in watched.messages] == ["Ready", "Analysis", "Analysis"]
    ((code, complaints),) = watched.exits
    assert code == 0
    assert complaints.count('half a line of noise{"type": "Warm"}') == 3


def test_deaths_in_words() -> None:
    assert [death(code) for code in (0, 3, -9, -11, -250)] == [
        "ended with code 0",
        "ended with code 3",
        "was killed (SIGKILL)",
        "was killed (SIGSEGV)",
        "was killed (signal 250)",
    ]
