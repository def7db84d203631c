"""Real trainings in the list of runs: while they go on, when another window asks them to stop, and afterwards."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from netbuilder.bridge.event_files import write_event_file
from netbuilder.bridge.messages import Progress
from netbuilder.bridge.run_folder import ask
from netbuilder.bridge.run_settings import Key, differing
from netbuilder.bridge.runs import Index, Run
from netbuilder.graph.commands import set_training
from tests.engine.runs import DIGITS, train


def only(home: Path) -> Run:
    [run] = Index(home, list).runs()
    return run


def test_a_training_is_listed_with_what_came_of_it(tmp_path: Path) -> None:
    done = train(DIGITS, tmp_path / "a")
    run = only(tmp_path)
    assert (run.state, run.name) == ("finished", "Net")
    assert run.steps == len(done.steps)
    assert run.best["accuracy"].value == pytest.approx(max(row[2] for row in done.epochs))
    assert run.best["validation_loss"].value == pytest.approx(min(row[1] for row in done.epochs))
    assert run.losses[0] > run.loss > 0
    assert run.seconds > 0
    assert run.checkpoints == done.checkpoints
    assert run.settings is not None and run.settings.value(Key("", "learning_rate")) == 0.01
    assert list(write_event_file(run.folder).glob("events.out.tfevents.*"))


def test_trainings_with_other_settings_differ_in_those(tmp_path: Path) -> None:
    other = DIGITS.apply(set_training(DIGITS, epochs=1, learning_rate=0.003, optimizer="SGD"))
    for name, graph in (("a", DIGITS), ("b", other)):
        train(graph, tmp_path / name)
    settings = [run.settings for run in Index(tmp_path, list).runs()]
    keys = differing([one for one in settings if one is not None])
    assert {str(key) for key in keys} == {"optimizer", "learning_rate", "epochs"}


def test_another_window_watches_a_training_and_stops_it(tmp_path: Path) -> None:
    endless = DIGITS.apply(set_training(DIGITS, epochs=10**5))
    seen: list[Run] = []
    asked = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.step > 20 and not asked.is_set():
            asked.set()
            seen.append(only(tmp_path))
            ask(tmp_path / "a", "stop")

    done = train(endless, tmp_path / "a", tell=watch)
    assert seen[0].state == "running" and seen[0].live and not seen[0].outlived
    assert 0 < seen[0].steps <= len(done.steps)
    assert done.ended.state == "stopped"
    assert only(tmp_path).state == "stopped"
