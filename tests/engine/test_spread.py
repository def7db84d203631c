"""Several processes come to what one does, stop and go on together, and outlive the death of one of them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from multiprocessing.forkserver import _forkserver
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.run_folder import ask
from netbuilder.engine import spreading, terminal
from netbuilder.engine.analysis import analyse
from netbuilder.engine.checkpoints import checkpoints
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from tests.data_files import write_table
from tests.drawings import CLASSIFIER, draw, run_alone
from tests.engine import together
from tests.engine.runs import DIGITS, Done, train

PLAIN: dict[str, Any] = {"optimizer": "SGD", "learning_rate": 0.05, "epochs": 2, "seed": 3}
COUNTED = CLASSIFIER + "f1 F1Score\n fc2 > f1\n digits.label > f1.target\n"
SUM = CLASSIFIER.replace("CrossEntropyLoss", "CrossEntropyLoss reduction=sum")

# 1438 samples: the last batch of 64 has 30, that of 479 only one, of which some processes get nothing.
CASES = {
    "a mean": draw(CLASSIFIER, **PLAIN),
    "a sum": draw(SUM, **{**PLAIN, "learning_rate": 0.0005}),
    "one sample left": draw(CLASSIFIER, **{**PLAIN, "batch_size": 479, "epochs": 3}),
    "a sum, one sample left": draw(SUM, **{**PLAIN, "learning_rate": 0.0005, "batch_size": 479}),
    "sums of gradients, kept small": draw(
        CLASSIFIER, **{**PLAIN, "accumulate": 3, "clip": "norm", "clip_at": 0.5, "batch_size": 50}
    ),
    "a layer that leads to no loss": draw(
        CLASSIFIER + "side Linear out_features=3\n end Output\n fc1 > side > end\n", **PLAIN
    ),
    "metrics by counts, measured within epochs": draw(
        COUNTED, **{**PLAIN, "validate_every": 9, "validate_unit": "steps", "keep_best": True}
    ),
}


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServerContext]:
    yield together.server()
    _forkserver._stop()


def _assert_alike(found: Done, wanted: Done) -> None:
    """Fail unless both runs are the same but for rounding: every loss, gradient and measurement, and the weights."""
    assert found.ended.state == wanted.ended.state == "finished", (found.sentence, wanted.sentence)
    for mine, other in ((found.steps, wanted.steps), (found.epochs, wanted.epochs)):
        assert len(mine) == len(other) > 0
        torch.testing.assert_close(torch.tensor(mine), torch.tensor(other), rtol=2e-3, atol=1e-5)
    torch.testing.assert_close(found.weights(), wanted.weights(), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_two_processes_come_to_what_one_does(name: str, server: ForkServerContext, tmp_path: Path) -> None:
    graph = CASES[name]
    two = together.train_together(server, 2, graph, tmp_path / "two")
    _assert_alike(two, train(graph, tmp_path / "one"))
    assert two.about is not None and two.about.processes == 2


def test_four_processes_come_to_what_one_does(server: ForkServerContext, tmp_path: Path) -> None:
    graph = CASES["one sample left"]
    _assert_alike(together.train_together(server, 4, graph, tmp_path / "four"), train(graph, tmp_path / "one"))


def test_processes_stop_together_and_go_on_as_if_they_had_not(server: ForkServerContext, tmp_path: Path) -> None:
    whole = together.train_together(server, 2, DIGITS, tmp_path / "whole")  # with dropout: each draws its own
    folder = tmp_path / "part"
    folder.mkdir()
    ask(folder, "stop")
    part = together.train_together(server, 2, DIGITS, folder)
    assert part.ended.state == "stopped" and 0 < len(part.steps) < len(whole.steps)
    last = together.train_together(server, 2, DIGITS, folder, resume=checkpoints(folder / "checkpoints")[-1])
    assert last.ended.state == "finished", last.sentence
    assert last.steps == whole.steps and last.epochs == whole.epochs
    kept, wanted = last.weights(), whole.weights()
    assert all(torch.equal(kept[name], wanted[name]) for name in wanted)


def test_processes_fail_together_in_words(server: ForkServerContext, tmp_path: Path) -> None:
    graph = draw(CLASSIFIER.replace("ReLU", "Log"), **PLAIN)  # of numbers below zero too
    done = together.train_together(server, 2, graph, tmp_path / "run")
    assert done.ended.state == "failed" and "not finite" in done.sentence, done.sentence


REFUSED = {
    "looks at the loss several times": draw(CLASSIFIER, optimizer="LBFGS"),
    "is a sum over the batch and another loss a mean": draw(
        CLASSIFIER + "more CrossEntropyLoss reduction=sum\n fc2 > more\n digits.label > more.target\n"
    ),
    "makes one thing of the whole batch": draw(
        CLASSIFIER + "all Mean dim=0\n other Loss\n fc2 > all > other\n", optimizer="SGD"
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_shared_out_is_refused(why: str) -> None:
    analyst = analyse(REFUSED[why], Path())
    analyst.close()
    with pytest.raises(Refused, match=why):
        terminal.code(analyst, "torchrun")


def _exported(graph: Graph, kind: str, path: Path) -> Path:
    analyst = analyse(graph, Path())
    analyst.close()
    path.write_text(terminal.code(analyst, kind).text, "utf-8")
    return path


def _last_line(text: str) -> list[float]:
    return [float(number) for number in re.findall(r" (\d\S*?)(?:,|$)", text.strip().splitlines()[-1].split(":")[1])]


def _torchrun(script: Path, folder: Path, processes: int) -> str:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [*command, str(script)],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_the_program_for_torchrun_comes_to_what_the_plain_one_does(tmp_path: Path) -> None:
    graph = CASES["metrics by counts, measured within epochs"]
    shared = _torchrun(_exported(graph, "torchrun", tmp_path / "shared.py"), tmp_path / "two", 2)
    alone = run_alone(_exported(graph, "script", tmp_path / "alone.py"), tmp_path / "one")
    assert len(_last_line(shared)) == 4
    assert _last_line(shared) == pytest.approx(_last_line(alone), rel=2e-3)
    again = _torchrun(tmp_path / "shared.py", tmp_path / "two", 2)
    assert "goes on from step 46 of 46" in again


def test_a_run_outlives_the_death_of_one_process(server: ForkServerContext, tmp_path: Path) -> None:
    graph = DIGITS.apply(
        commands.set_training(DIGITS, epochs=20, checkpoint_every=20, checkpoint_unit="steps", keep_checkpoints=3)
    )
    whole = together.train_together(server, 2, graph, tmp_path / "whole")
    run = tmp_path / "run"
    run.mkdir()
    killed: list[int] = []

    def kill_one() -> None:
        until = time.monotonic() + 120
        while not checkpoints(run / "checkpoints") and time.monotonic() < until:
            time.sleep(0.01)
        workers = [p for p in psutil.Process().children(recursive=True) if "netbuilder.engine.worker" in p.cmdline()]
        if workers:
            os.kill(workers[-1].pid, signal.SIGKILL)
            killed.append(workers[-1].pid)

    killer = threading.Thread(target=kill_one)
    killer.start()
    ended = spreading.train_together(graph, Path(), run, "cpu", 2)
    killer.join()
    log = (run / "log.txt").read_text("utf-8")
    assert killed and ended.state == "finished", log
    # The one that is left may notice first, and end too.
    died = r"Process \d (was killed by the signal SIGKILL|ended with exit code 1)\. All begin again from the last"
    assert re.search(died, log)
    assert "goes on from step" in log
    wanted, found = whole.weights(), Done(run, ended, [], None, [], []).weights()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_a_terminal_is_told_how_far_the_loading_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = write_table(tmp_path / "t.csv", 60_000)  # some seconds of loading: it is told of four times in each
    graph = draw(
        f"table CSVTable file={table}\nfc Linear\nloss CrossEntropyLoss\n"
        "table.features > fc > loss\ntable.target > loss.target",
        epochs=1,
        batch_size=10_000,
    )
    run = tmp_path / "run"
    run.mkdir()
    ended = spreading.train_together(graph, tmp_path, run, "cpu", 2)
    lines = capsys.readouterr().out.splitlines()
    assert ended.state == "finished", lines
    told = [line for line in lines if re.fullmatch(r"(Loading|Reading) t\.csv.* of 1\.\d MiB · \d+%", line)]
    assert told and lines.index(told[0]) < lines.index(ended.sentence.values["sentence"]), lines
