"""The index of all runs: what it says of them, of broken ones too, how little it reads, and who is alive."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from netbuilder.bridge import runs
from netbuilder.bridge.process import identity
from netbuilder.bridge.run_folder import RunWriter, mark_ended, standing
from netbuilder.bridge.run_notes import Notes, elsewhere, read_notes, remember_elsewhere, write_notes
from netbuilder.bridge.run_settings import WIRES, Key, differing, read_settings, value_text
from netbuilder.bridge.run_table import as_json, duration, scaled, table
from netbuilder.bridge.runs import Index, Run, settle_interrupted
from tests.bridge.run_folders import ABOUT, write_run
from tests.drawings import CLASSIFIER, draw


def index(home: Path) -> Index:
    return Index(home, list)


def only(home: Path) -> Run:
    [run] = index(home).runs()
    return run


@pytest.fixture
def gone() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    return child.pid


def stand(folder: Path, pid: int, parent: int | None = None, state: str = "running") -> None:
    """Write that a process is at a run."""
    process = {"pid": pid, "started": identity(pid).started or 5.0, "booted": 1.0, "host": identity().host}
    above = {**process, "pid": parent, "started": 5.0} if parent is not None else None
    text = json.dumps({"state": state, "sentence": "", "process": process, "parent": above})
    (folder / "state.json").write_text(text)


@pytest.fixture
def worker() -> Iterator[int]:
    """The number of a process that lives."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        yield child.pid
        child.kill()


def test_what_a_run_says_is_found(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "a", sentence="Finished after 40 steps.")
    run = only(tmp_path)
    assert (run.folder, run.name, run.state, str(run.sentence)) == (
        folder,
        "Net",
        "finished",
        "Finished after 40 steps.",
    )
    assert run.about == ABOUT
    assert str(run.created) == ABOUT.created
    assert run.steps == 40
    assert run.best == {"validation_loss": runs.Best(1.0, 20), "accuracy": runs.Best(0.75, 40)}
    assert len(run.losses) == 40
    assert run.losses[0] == 2
    assert run.losses[-1] == run.loss == pytest.approx(2 * math.exp(-39 / 20))
    assert run.seconds > 0
    assert not run.live


def test_the_seconds_are_those_of_the_pulse(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "a")
    writer = RunWriter(folder)
    for row in (10, 20):
        writer.append("pulse.bin", array("d", [row, row / 8, *[0.0] * (len(ABOUT.pulse_columns) - 2)]).tobytes())
    writer.close()
    assert only(tmp_path).seconds == 2.5


def test_a_long_run_is_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(tmp_path / "a", steps=100_000)
    read = 0
    whole = runs._mean

    def count(*arguments: object) -> float:
        nonlocal read
        read += 1
        return whole(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(runs, "_mean", count)
    run = only(tmp_path)
    assert read == len(run.losses) == runs.POINTS
    assert run.steps == 100_000
    assert list(run.losses) == sorted(run.losses, reverse=True)


def test_the_newest_run_comes_first(tmp_path: Path) -> None:
    for day in (2, 1, 3):
        write_run(tmp_path / f"2026010{day}-000000-Net", created=f"2026-01-0{day} 00:00:00")
    assert [run.created.day for run in index(tmp_path).runs()] == [3, 2, 1]


def test_only_what_changed_is_told_again(tmp_path: Path) -> None:
    for number in range(3):
        write_run(tmp_path / str(number))
    found = index(tmp_path)
    assert {run.folder.name for news in found.look() for run in news.changed} == {"0", "1", "2"}
    assert list(found.look()) == []
    write_notes(tmp_path / "1", Notes(True, "good"))
    [news] = found.look()
    assert [(run.folder.name, run.notes) for run in news.changed] == [("1", Notes(True, "good"))]
    for path in (tmp_path / "2").iterdir():
        path.unlink()
    (tmp_path / "2").rmdir()
    [news] = found.look()
    assert (news.changed, news.gone) == ((), {tmp_path / "2"})


def test_a_live_run_is_followed(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "a", "running", steps=10)
    found = index(tmp_path)
    [news] = found.look()
    assert news.changed[0].live
    writer = RunWriter(folder)
    writer.steps(array("d", [0.25, 0, 0] * 5).tobytes())
    writer.epoch(15, [0.5, 0.9])
    [news] = found.look()
    assert news.changed[0].steps == 15
    assert news.changed[0].best["accuracy"] == runs.Best(0.9, 15)
    writer.state("finished")
    writer.close()
    [news] = found.look()
    assert news.changed[0].state == "finished"
    assert list(found.look()) == []


def test_a_run_that_went_back_is_read_anew(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "a")
    found = index(tmp_path)
    list(found.look())
    writer = RunWriter(folder)
    writer.truncate(20)
    writer.state("running")
    writer.close()
    [news] = found.look()
    assert news.changed[0].steps == 20
    assert news.changed[0].best["accuracy"] == runs.Best(0.5, 20)


def test_many_measurements_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_AT_ONCE", 8 * 3 * 10)
    folder = write_run(tmp_path / "a")
    writer = RunWriter(folder)
    for step in range(41, 61):
        writer.epoch(step, [step, 1 - 1 / step])
    writer.close()
    found = index(tmp_path)
    steps = [news.changed[0].best["accuracy"].step for news in (next(iter(found.look())) for _ in range(3))]
    assert steps == [48, 58, 60]
    assert list(found.look()) == []


def test_a_thousand_runs_come_in_slices(tmp_path: Path) -> None:
    for number in range(80):
        write_run(tmp_path / f"{number:03}", steps=2)
    slices = [len(news.changed) for news in index(tmp_path).look()]
    assert slices == [25, 50, 5]


BROKEN = {
    "nothing but a file": {"other.txt": b"x"},
    "no description": {"state.json": b'{"state": "running", "sentence": ""}', "steps.bin": b""},
    "a damaged description": {
        "state.json": b'{"state": "finished", "sentence": ""}',
        "run.json": b"{",
        "steps.bin": b"",
    },
    "a damaged state": {"state.json": b"\xff", "run.json": None, "steps.bin": None, "project.netb": None},
    "no state": {"run.json": None, "steps.bin": None},
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_folder_is_listed_with_a_sentence(tmp_path: Path, what: str) -> None:
    good = write_run(tmp_path / "good")
    bad = tmp_path / "20260102-030405-Broken"
    bad.mkdir()
    for name, data in BROKEN[what].items():
        (bad / name).write_bytes((good / name).read_bytes() if data is None else data)
    os.utime(bad, (0, 0))
    found = {run.folder: run for run in index(tmp_path).runs()}
    assert found[good].state == "finished"
    assert found[bad].state == "broken"
    assert str(found[bad].sentence).endswith(".")
    if "run.json" not in BROKEN[what] or BROKEN[what]["run.json"] == b"{":
        assert found[bad].name == "Broken"
        assert str(found[bad].created) == "2026-01-02 03:04:05"


@pytest.mark.parametrize("name", ["run.json", "state.json", "project.netb", "steps.bin", "epochs.bin", "notes.json"])
@pytest.mark.parametrize("data", [b"", b"[" * 100_000, b"\x00" * 999, b'{"records": [{}, {"kind": "node"}]}'])
def test_no_file_can_stop_the_index(tmp_path: Path, name: str, data: bytes) -> None:
    folder = write_run(tmp_path / "a")
    (folder / name).write_bytes(data)
    assert only(tmp_path).folder == folder


def test_a_failed_run_that_never_began_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "20260102-030405-Net"
    folder.mkdir()
    mark_ended(folder, "failed", "digits cannot be loaded: it is gone.")
    run = only(tmp_path)
    assert (run.state, str(run.sentence)) == ("failed", "digits cannot be loaded: it is gone.")


def test_a_folder_that_was_just_made_is_a_run_that_starts(tmp_path: Path) -> None:
    (tmp_path / "20260102-030405-Net").mkdir()
    assert only(tmp_path).state == "starting"


def test_files_and_hidden_folders_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / ".hidden").mkdir()
    assert index(tmp_path).runs() == []
    assert index(tmp_path / "nowhere").runs() == []


def test_a_run_whose_process_is_gone_was_interrupted(tmp_path: Path, gone: int) -> None:
    folder = write_run(tmp_path / "a", "running")
    assert only(tmp_path).state == "running"
    stand(folder, gone)
    run = only(tmp_path)
    assert run.state == "interrupted" and not run.live
    assert settle_interrupted([run]) == [run]
    found = standing(folder)
    assert found is not None
    assert (found.state, found.sentence) == (
        "interrupted",
        "Interrupted at step 40: the process that trained it is gone.",
    )
    assert settle_interrupted([only(tmp_path)]) == []  # it is said once


def test_a_later_process_of_the_same_number_is_not_taken_for_the_run(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "a", "running")
    stand(folder, os.getpid())
    text = (folder / "state.json").read_text()
    assert only(tmp_path).state == "running"
    plain = json.loads(text)
    plain["process"]["started"] -= 1000
    (folder / "state.json").write_text(json.dumps(plain))
    assert only(tmp_path).state == "interrupted"


def test_a_run_outlives_who_started_it_if_it_was_to(tmp_path: Path, worker: int, gone: int) -> None:
    folder = write_run(tmp_path / "a", "running", graph=draw(CLASSIFIER, outlive=True))
    stand(folder, worker, os.getpid())
    plain = json.loads((folder / "state.json").read_text())
    stand(folder, worker, gone)
    assert only(tmp_path).outlived
    plain["parent"]["started"] = identity().started
    (folder / "state.json").write_text(json.dumps(plain))
    assert not only(tmp_path).outlived
    other = write_run(tmp_path / "a", "running")
    stand(other, worker, gone)
    assert not only(tmp_path).outlived


def test_folders_elsewhere_are_remembered(tmp_path: Path) -> None:
    here, there = write_run(tmp_path / "runs" / "a"), write_run(tmp_path / "örtlich \udcff")
    remember_elsewhere(there)
    remember_elsewhere(there)
    assert elsewhere().count(there) == 1
    assert {run.folder for run in Index(here.parent).runs()} >= {here, there}
    there.rename(tmp_path / "moved")
    assert there not in elsewhere()


def test_notes_are_kept(tmp_path: Path) -> None:
    assert read_notes(tmp_path) == Notes()
    write_notes(tmp_path, Notes(True, "“gut”\n<b>"))
    assert read_notes(tmp_path) == Notes(True, "“gut”\n<b>")
    (tmp_path / "notes.json").write_text('{"starred": 3}')
    assert read_notes(tmp_path) == Notes()


def test_settings_that_differ(tmp_path: Path) -> None:
    one = read_settings(write_run(tmp_path / "1", graph=draw(CLASSIFIER, optimizer="SGD")))
    changed = CLASSIFIER.replace("out_features=32", "out_features=64").replace("    accuracy Accuracy\n", "")
    changed = "\n".join(line for line in changed.splitlines() if "accuracy" not in line)
    momentum = {"momentum": 0.9}
    other = draw(changed, optimizer="SGD", optimizer_params=momentum, batch_size=8)
    two = read_settings(write_run(tmp_path / "2", graph=other))
    assert one is not None and two is not None
    keys = differing([one, two])
    assert keys == [
        Key("", "batch_size"),
        Key("", "optimizer.momentum"),
        Key("accuracy", ""),
        Key("fc1", "out_features"),
        WIRES,
    ]
    assert [one.value(key) for key in keys[:4]] == [64, 0, "Accuracy", 32]
    assert [two.value(key) for key in keys[:4]] == [8, 0.9, "—", 64]
    assert differing([one, one]) == differing([one]) == differing([]) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-3, "0.001"),
        (True, "on"),
        (None, "none"),
        ([3, 3], "3×3"),
        ("", "none"),
        (10**6, "1000000"),
        ("a\n b", "a b"),
    ],
)
def test_values_are_said_as_a_person_reads_them(value: object, text: str) -> None:
    assert value_text(value) == text


def test_of_an_error_the_least_is_the_best(tmp_path: Path) -> None:
    graph = draw(CLASSIFIER.replace("accuracy Accuracy", "accuracy MeanAbsoluteError"))
    write_run(tmp_path / "a", graph=graph)
    assert only(tmp_path).best["accuracy"] == runs.Best(0.5, 20)


def test_the_list_in_a_terminal(tmp_path: Path) -> None:
    write_run(tmp_path / "a", sentence="Finished.")
    write_run(tmp_path / "b", "failed", steps=10, name="Other", sentence="It broke.", created="2026-04-01 00:00:00")
    write_notes(tmp_path / "a", Notes(starred=True))
    text = table(index(tmp_path).runs())
    lines = text.splitlines()
    assert len(lines) == 4
    assert "failed" in lines[1] and "Other" in lines[1] and "10 of 40" in lines[1]
    assert lines[2].strip() == "It broke."
    assert lines[3].startswith("★") and "accuracy 0.75" in lines[3] and "█" in lines[3] and "Finished" not in lines[3]
    plain = json.loads(as_json(index(tmp_path).runs()))
    assert [one["name"] for one in plain] == ["Other", "Net"]
    assert plain[1]["best"]["accuracy"] == {"value": 0.75, "step": 40}
    assert plain[1]["starred"] is True
    assert table([]) == "There are no runs yet."


def test_a_loss_that_is_no_number_is_left_out(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "a", steps=0)
    writer = RunWriter(folder)
    writer.steps(array("d", [1.0, 0, 0, math.nan, 0, 0, 0.5, 0, 0]).tobytes())
    writer.close()
    [run] = index(tmp_path).runs()
    assert scaled(run.losses) == [1.0, None, 0.0]
    assert "█ ▁" in table([run])
    assert json.loads(as_json([run]))[0]["losses"] == [1.0, None, 0.5]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (9.96, "10 s"),
        (59.9, "1:00"),
        (61, "1:01"),
        (3599.9, "1:00:00"),
        (7385, "2:03:05"),
        (1e5, "1 d 3 h"),
    ],
)
def test_times(seconds: float, text: str) -> None:
    assert duration(seconds) == text
