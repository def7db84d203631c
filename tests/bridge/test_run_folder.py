"""The folder of a run: what is written is read, while it grows, after a crash, and when it is damaged."""

from __future__ import annotations

import errno
import itertools
import json
import math
import os
import resource
from array import array
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge import run_folder
from netbuilder.bridge.about import EPOCHS, PULSE, STEPS, About
from netbuilder.bridge.messages import RunState
from netbuilder.bridge.process import alive, identity
from netbuilder.bridge.run_folder import RunReader, RunWriter, ask, asked, new_folder, standing
from netbuilder.bridge.summary import BAD, HIGH, LOW, MARK, MEAN, SUMMARY, Series, kept

ABOUT = About(
    name="LeNet",
    created="2025-01-01 10:00:00",
    device="cpu",
    device_name="Prozessor ×2",
    torch="2.10",
    threads=1,
    seed=3,
    steps=100,
    epochs=2,
    tensors=("conv1.weight", "conv1.bias"),
    nodes=("conv1", "conv1"),
    metrics=("accuracy",),
)
NOT_UTF8 = b'{"state": "running", "sentence": "\xff"}'


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[RunWriter]:
    """A writer in a folder of its own; `folder` says which."""
    writer = RunWriter(new_folder("LeNet", tmp_path))
    yield writer
    writer.close()


def _row(*numbers: float) -> bytes:
    return array("d", numbers).tobytes()


def test_what_is_written_is_read(writer: RunWriter) -> None:
    writer.about(ABOUT)
    writer.steps(_row(2.5, 0.1, 0.2) + _row(2.25, 0.3, 0.4))
    writer.epoch(2, [2.0, 0.75])
    writer.state("running", "Epoch 1 of 2.")
    reader = RunReader(writer.folder)
    assert reader.about == ABOUT
    steps, epochs = reader.news()
    assert [list(row) for row in steps] == [[2.5, 0.1, 0.2], [2.25, 0.3, 0.4]]
    assert [list(row) for row in epochs] == [[2, 2.0, 0.75]]
    assert reader.state() == ("running", "Epoch 1 of 2.")


def test_news_come_once_and_a_second_reader_gets_all(writer: RunWriter) -> None:
    writer.about(ABOUT)
    reader = RunReader(writer.folder)
    assert reader.news() == ([], [])
    for number in range(5):
        writer.steps(_row(number, 0, 0))
        steps, epochs = reader.news()
        assert [row[0] for row in steps] == [number]
        assert epochs == []
    assert reader.news() == ([], [])
    assert len(RunReader(writer.folder).news()[0]) == 5


def test_nothing_is_lost_that_came_before_the_run_was_described(writer: RunWriter) -> None:
    reader = RunReader(writer.folder)
    writer.steps(_row(1, 2, 3))
    assert reader.about is None
    assert reader.news() == ([], [])
    writer.about(ABOUT)
    assert [list(row) for row in reader.news()[0]] == [[1, 2, 3]]


def test_numbers_that_are_not_finite_are_kept(writer: RunWriter) -> None:
    writer.about(ABOUT)
    writer.steps(_row(math.nan, math.inf, -math.inf))
    [row] = RunReader(writer.folder).news()[0]
    assert math.isnan(row[0])
    assert list(row[1:]) == [math.inf, -math.inf]


def test_the_tables_are_read_from_python_in_three_lines(writer: RunWriter) -> None:
    writer.about(ABOUT)
    writer.steps(_row(2.5, 0.1, 0.2) + _row(2.25, 0.3, 0.4))
    writer.epoch(2, [2.0, 0.75])
    about = json.loads((writer.folder / "run.json").read_text("utf-8"))
    steps = np.fromfile(writer.folder / "steps.bin", "<f8").reshape(-1, len(about["columns"]))
    epochs = np.fromfile(writer.folder / "epochs.bin", "<f8").reshape(-1, len(about["epoch_columns"]))
    assert about["columns"] == ["loss", "conv1.weight", "conv1.bias"]
    assert about["epoch_columns"] == ["step", "validation_loss", "accuracy"]
    assert steps.tolist() == [[2.5, 0.1, 0.2], [2.25, 0.3, 0.4]]
    assert epochs.tolist() == [[2, 2.0, 0.75]]


@given(
    rows=st.lists(st.tuples(*[st.floats(allow_nan=False)] * 3), max_size=8),
    cuts=st.lists(st.integers(0, 8 * 3 * 8), max_size=10),
)
def test_a_table_that_grows_byte_by_byte_gives_every_row_once(
    rows: list[tuple[float, float, float]], cuts: list[int]
) -> None:
    data = b"".join(_row(*row) for row in rows)
    with TemporaryDirectory() as name:
        folder = Path(name)
        writer = RunWriter(folder)
        writer.about(ABOUT)
        writer.close()
        reader = RunReader(folder)
        found: list[tuple[float, ...]] = []
        places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
        for start, end in itertools.pairwise(places):
            with (folder / "steps.bin").open("ab") as file:
                file.write(data[start:end])
            found += [tuple(row) for row in reader.news()[0]]
            assert len(found) == end // 24
    assert found == rows


@pytest.mark.parametrize("state", get_args(RunState))
def test_every_state_is_written_and_read(writer: RunWriter, state: RunState) -> None:
    writer.state(state, "“So” — \\ \n {x}.")
    assert RunReader(writer.folder).state() == (state, "“So” — \\ \n {x}.")
    plain = json.loads((writer.folder / "state.json").read_text("utf-8"))
    assert plain["pid"] == os.getpid()


def test_the_last_state_is_the_one_that_is_read(writer: RunWriter) -> None:
    reader = RunReader(writer.folder)
    for state in get_args(RunState):
        writer.state(state)
        assert reader.state() == (state, "")
    assert sorted(path.name for path in writer.folder.iterdir()) == ["epochs.bin", "log.txt", "state.json", "steps.bin"]


DAMAGED = [
    b"", b"{", b"null", b"3", b'"text"', b"[]", b"[1, 2]", b"{}", b'{"state": "running"}', b'{"sentence": "x"}',
    b'{"state": 3, "sentence": "x"}', b'{"state": "dancing", "sentence": "x"}', b'{"state": "running", "sentence": []}',
    b"\xff\xfe", NOT_UTF8, b"\x00" * 20, b"[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("data", DAMAGED, ids=lambda data: ascii(data[:40]))
def test_a_damaged_state_is_no_state(writer: RunWriter, data: bytes) -> None:
    (writer.folder / "state.json").write_bytes(data)
    assert RunReader(writer.folder).state() is None


@pytest.mark.parametrize("data", DAMAGED, ids=lambda data: ascii(data[:40]))
def test_a_damaged_description_is_none_until_it_is_mended(writer: RunWriter, data: bytes) -> None:
    writer.steps(_row(1, 2, 3))
    (writer.folder / "run.json").write_bytes(data)
    reader = RunReader(writer.folder)
    assert reader.about is None
    assert reader.news() == ([], [])
    writer.about(ABOUT)
    assert reader.about == ABOUT
    assert len(reader.news()[0]) == 1


@settings(max_examples=60)
@given(st.binary(max_size=60), st.binary(max_size=200), st.binary(max_size=200))
def test_a_reader_never_breaks_on_what_lies_in_the_folder(about: bytes, state: bytes, table: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "run.json").write_bytes(about)
        (folder / "state.json").write_bytes(state)
        (folder / "steps.bin").write_bytes(table)
        assert RunReader(folder).about is None
        assert RunReader(folder).state() is None
        assert RunReader(folder).news() == ([], [])
        (folder / "run.json").unlink()
        writer = RunWriter(folder)
        writer.about(ABOUT)
        writer.close()
        assert len(RunReader(folder).news()[0]) == len(table) // 24


def test_a_folder_without_files_is_read_as_nothing_yet(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        reader = RunReader(folder)
        assert reader.about is reader.state() is None
        assert reader.news() == ([], [])


def test_a_run_goes_on_where_it_was_left(writer: RunWriter) -> None:
    writer.about(ABOUT)
    writer.steps(_row(1, 1, 1))
    writer.log("one")
    writer.close()
    again = RunWriter(writer.folder)
    again.steps(_row(2, 2, 2))
    again.log("two → 二")
    again.close()
    assert [row[0] for row in RunReader(writer.folder).news()[0]] == [1, 2]
    lines = (writer.folder / "log.txt").read_text("utf-8").splitlines()
    assert [line.split("  ")[1] for line in lines] == ["one", "two → 二"]


def test_rows_and_log_are_in_the_files_at_once(writer: RunWriter) -> None:
    writer.steps(_row(1, 2, 3))
    writer.epoch(1, [0.5, 0.5])
    writer.log("a line")
    sizes = {name: (writer.folder / name).stat().st_size for name in ("steps.bin", "epochs.bin", "log.txt")}
    assert sizes["steps.bin"] == sizes["epochs.bin"] == 24
    assert sizes["log.txt"] > 6


def test_a_row_that_the_disk_took_in_part_is_an_error_and_is_taken_back(writer: RunWriter) -> None:
    writer.about(ABOUT)
    writer.steps(_row(1, 1, 1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, hard))
    try:
        for _ in range(2):
            with pytest.raises(OSError, match=r"part|too large"):
                writer.steps(_row(2, 2, 2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    writer.steps(_row(3, 3, 3))
    assert [list(row) for row in RunReader(writer.folder).news()[0]] == [[1, 1, 1], [3, 3, 3]]


def test_a_full_disk_leaves_the_last_state(writer: RunWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.state("running")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises((OSError, Refused), match="No space left"):
            writer.state("finished")
    assert RunReader(writer.folder).state() == ("running", "")
    assert not list(writer.folder.glob("*.part"))
    assert not list(writer.folder.glob(".*.part"))


@pytest.mark.parametrize("name", ["LeNet", "", "///", "..", "étage 2", "x" * 500, "a\0b", "con: <|>"])
def test_a_folder_gets_a_plain_name_inside_its_parent(tmp_path: Path, name: str) -> None:
    folder = new_folder(name, tmp_path / "runs")
    assert folder.is_dir()
    assert folder.parent == tmp_path / "runs"
    assert folder.name.isascii()
    assert folder.name.replace("-", "").replace("_", "").isalnum()
    assert len(folder.name) < 64


def test_folders_of_the_same_second_differ(tmp_path: Path) -> None:
    assert len({new_folder("LeNet", tmp_path) for _ in range(20)}) == 20


def test_runs_lie_among_the_persons_data_unless_said_otherwise() -> None:
    folder = new_folder("LeNet")
    assert folder.parent == Path(os.environ["XDG_DATA_HOME"]) / "netbuilder" / "runs"
    folder.rmdir()


def test_a_parent_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"Not a directory|exists"):
        new_folder("LeNet", tmp_path / "file")


def test_the_names_of_the_files_are_those_of_the_description() -> None:
    said = run_folder.__doc__ or ""
    names = (SUMMARY, STEPS, EPOCHS, run_folder.STATE, run_folder.ABOUT, run_folder.LOG)
    assert all(f"\n{name} " in said for name in names)


def _long(writer: RunWriter, steps: int) -> np.ndarray:
    generator = np.random.default_rng(0)
    table = generator.lognormal(0, 1, (steps, 3))
    table[70:75, 1:] = math.nan  # no norms were taken
    table[130, 0] = math.nan
    writer.steps(table.tobytes())
    return table


def _blocks(folder: Path) -> np.ndarray:
    return kept(folder, Series(ABOUT.nodes))


def test_every_64_rows_are_summed_up_as_they_come(writer: RunWriter) -> None:
    writer.about(ABOUT)
    table = _long(writer, 150)
    assert _blocks(writer.folder).shape == (2, 4, 4)
    writer.steps(_row(9, 1, 1) * 42)
    found = _blocks(writer.folder)
    assert len(found) == 3
    both = np.hypot(table[:, 1], table[:, 2])
    np.testing.assert_allclose(found[0, LOW], [*table[:64].min(axis=0), both[:64].min()], rtol=1e-6)
    np.testing.assert_allclose(found[0, HIGH], [*table[:64].max(axis=0), both[:64].max()], rtol=1e-6)
    np.testing.assert_allclose(found[1, MEAN, :3], np.nanmean(table[64:128], axis=0), rtol=1e-6)
    assert found[2, HIGH, 0] == 9
    bad = found[:, MARK].astype(int) & BAD
    assert bad.tolist() == [[0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]]


@pytest.mark.parametrize("lost", ["all", "a part of a block"])
def test_a_summary_that_lacks_something_is_filled_up(writer: RunWriter, lost: str) -> None:
    writer.about(ABOUT)
    _long(writer, 200)
    whole = (writer.folder / SUMMARY).read_bytes()
    writer.close()
    if lost == "all":
        (writer.folder / SUMMARY).unlink()
    else:
        os.truncate(writer.folder / SUMMARY, len(whole) // 2 + 5)
    again = RunWriter(writer.folder)
    again.steps(_row(1, 1, 1))
    again.close()
    assert (writer.folder / SUMMARY).read_bytes() == whole


@pytest.mark.parametrize("step", [0, 1, 63, 64, 100, 200])
def test_what_came_after_a_step_is_forgotten(writer: RunWriter, step: int) -> None:
    writer.about(ABOUT)
    table = _long(writer, 200)
    for at in (50, 100, 150, 200):
        writer.epoch(at, [at, 0])
        writer.append(PULSE, _row(at, *[0] * (len(ABOUT.pulse_columns) - 1)))
    writer.close()
    again = RunWriter(writer.folder)
    again.truncate(step)
    rows, epochs = RunReader(writer.folder).news()
    np.testing.assert_array_equal(np.array([list(row) for row in rows]).reshape(-1, 3), table[:step])
    kept_steps = [at for at in (50, 100, 150, 200) if at <= step]
    assert [row[0] for row in epochs] == kept_steps
    assert [row[0] for row in RunReader(writer.folder).rows(PULSE)] == kept_steps
    assert len(_blocks(writer.folder)) == step // 64
    again.steps(table[step:].tobytes())  # and it goes on as if nothing had been
    again.close()
    fresh = writer.folder / "fresh"
    fresh.mkdir()
    other = RunWriter(fresh)
    other.about(ABOUT)
    other.steps(table.tobytes())
    other.close()
    for name in (STEPS, SUMMARY):
        assert (writer.folder / name).read_bytes() == (fresh / name).read_bytes()


def test_a_run_cannot_go_on_from_a_step_it_never_reached(writer: RunWriter) -> None:
    with pytest.raises(Refused, match="does not say"):
        writer.truncate(3)
    writer.about(ABOUT)
    writer.steps(_row(1, 1, 1))
    with pytest.raises(Refused, match="ends at step 1, before step 3"):
        writer.truncate(3)
    assert len(RunReader(writer.folder).news()[0]) == 1


def test_a_reader_hears_that_a_run_went_back(writer: RunWriter) -> None:
    writer.about(ABOUT)
    reader = RunReader(writer.folder)
    assert not reader.rewound()
    writer.steps(_row(1, 1, 1) * 5)
    assert len(reader.news()[0]) == 5
    assert not reader.rewound()
    writer.truncate(3)
    assert reader.rewound()
    assert len(reader.news()[0]) == 3
    assert not reader.rewound()
    writer.truncate(2)
    writer.about(ABOUT)
    writer.steps(_row(2, 2, 2) * 4)  # as long as before, and something else
    assert reader.rewound()
    assert [row[0] for row in reader.news()[0]] == [1, 1, 2, 2, 2, 2]


def test_a_wish_is_heard_once_and_the_latest_counts(tmp_path: Path) -> None:
    assert asked(tmp_path) is None
    ask(tmp_path, "pause")
    ask(tmp_path, "resume")
    assert asked(tmp_path) == "resume"
    assert asked(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_who_asked_to_stop_has_asked_to_stop(tmp_path: Path) -> None:
    ask(tmp_path, "stop")
    ask(tmp_path, "pause")
    assert asked(tmp_path) == "stop"


@pytest.mark.parametrize("damaged", [b"", b"{", b'{"what": "dance"}', b'{"what": []}', b"[]", NOT_UTF8])
def test_a_damaged_wish_is_none(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "orders.json").write_bytes(damaged)
    assert asked(tmp_path) is None
    assert not (tmp_path / "orders.json").exists()


def test_a_run_says_which_process_does_it_and_which_had_started_that(writer: RunWriter) -> None:
    writer.state("running")
    found = standing(writer.folder)
    assert found is not None
    assert (found.process, found.parent) == (identity(), identity(os.getppid()))
    assert found.process is not None and alive(found.process)
