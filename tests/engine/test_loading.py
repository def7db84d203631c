"""How far the loading of samples is told in numbers, and the loaded samples are none the worse for it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch

from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.messages import Check, Checked, Preparing, Starting, path_text
from netbuilder.bridge.viewing import Viewed, Viewing
from netbuilder.engine import loading, trying
from netbuilder.engine.control import Control
from netbuilder.engine.data import Data, data_nodes
from netbuilder.engine.loading import EVERY
from netbuilder.engine.terminal import ProgressLine
from netbuilder.engine.trainer import Trainer
from netbuilder.engine.viewer import Viewer, prepare
from netbuilder.graph.graph import Graph
from tests import fake_libraries
from tests.data_files import write_idx_folder, write_image_folder, write_parquet, write_table, write_text
from tests.drawings import draw
from tests.engine.runs import assert_as_exported, train

Told = list[tuple[str, float | None]]


@pytest.fixture(autouse=True)
def at_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """All is told that could be, however quick the loading is."""
    monkeypatch.setattr(loading, "EVERY", 0)
    monkeypatch.setattr(loading, "_LOOK", 100)


def _load(line: str, tell: bool = True) -> tuple[Told, Any]:
    graph = draw(line)
    program, told = prepare(graph, Path()).program, []

    def hear(doing: Sentence, share: float | None) -> None:
        told.append((str(doing), share))

    before = dict(program.names)
    loaded = Data().load(program, data_nodes(graph), *([hear] if tell else []))
    assert {name: program.names[name] for name in before} == before
    return told, loaded


def _table(folder: Path) -> str:
    return f"table CSVTable file={write_table(folder / 't.csv', 1000)}"


def _far(folder: Path) -> str:
    return f"table CSVTable memory=1 file={write_table(folder / 't.csv', 40_000)}"


def _parquet(folder: Path) -> str:
    return f"table ParquetTable file={write_parquet(folder / 't.parquet', 1000)}"


def _pictures(folder: Path) -> str:
    return f"pictures ImageFolder file size=120 memory=1 folder={write_image_folder(folder / 'p')}".replace(" file", "")


def _arrays(folder: Path) -> str:
    numpy.savez_compressed(folder / "a.npz", x=numpy.ones((40, 50_000)), y=numpy.arange(40) % 2)
    return f"arrays NumpyArrays memory=4 file={folder / 'a.npz'}"


def _text(folder: Path) -> str:
    text = write_text(folder / "t.txt")
    text.write_text(text.read_text() * 10)
    return f"text TextFile length=16 file={text}"


def _idx(folder: Path) -> str:
    return f"pictures IDXFolder folder={write_idx_folder(folder / 'p')}"


def _hub(folder: Path) -> str:
    return "digits HuggingFaceSet name=ylecun/mnist"


# A sentence that is told, or how it begins, and the share that goes with it.
CASES: dict[str, tuple[Callable[[Path], str], str, float | None]] = {
    "text table": (_table, "Loading t.csv: 500 lines, 9.3 KiB of 19 KiB", 0.5),
    "far table": (_far, "Reading t.csv once more: 20,000 lines, ", 0.5),
    "parquet": (_parquet, "Loading t.parquet: 500 of 1,000 rows", 0.5),
    "pictures": (_pictures, "Loading pictures: 4 of 4 samples", 1.0),
    "measured": (_pictures, "Measuring pictures: 14 of 14 samples", 1.0),
    "unpacked": (_arrays, "Unpacking arrays: 15 MiB", None),
    "files": (_idx, "Loading pictures: file 3 of 4", 0.5),
    "of a library": (_hub, "Loading digits: 20 samples", None),
    "text": (_text, "Reading t.txt once more: 100 lines, 4.4 KiB of 8.8 KiB", 0.5),
}


@pytest.mark.parametrize("case", CASES)
def test_rows_bytes_and_samples_are_counted(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", fake_libraries.datasets())
    make, sentence, share = CASES[case]
    line = make(tmp_path)
    told, loaded = _load(line)
    found = [one for text, one in told if text.startswith(sentence)]
    assert found, told[:20]
    assert found[0] == (None if share is None else pytest.approx(share, abs=0.02))
    quiet = _load(line, tell=False)[1]
    every = torch.arange(4)
    for part, same in zip(loaded, quiet, strict=True):
        assert all(torch.equal(one[every], other[every]) for one, other in zip(part, same, strict=True))


def test_no_more_than_a_few_times_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += 0.01
        return now[0]

    monkeypatch.setattr(loading, "EVERY", EVERY)
    monkeypatch.setattr(loading.time, "monotonic", clock)
    told, _ = _load(_far(tmp_path))
    assert 0 < len(told) <= now[0] / EVERY


def _network(line: str) -> Graph:
    name = line.partition(" ")[0]
    text = f"{line}\nfc Linear\nloss CrossEntropyLoss\n{name}.features > fc > loss\n{name}.target > loss.target"
    return draw(text, epochs=1, batch_size=1000)


def test_a_table_on_the_disk_trains_as_one_in_memory_and_as_the_exported_program(tmp_path: Path) -> None:
    far = train(_network(_far(tmp_path)), tmp_path / "far")
    near = train(_network(_far(tmp_path).replace("memory=1", "memory=1000")), tmp_path / "near")
    assert far.ended.state == near.ended.state == "finished", far.sentence
    assert far.steps == near.steps and far.epochs == near.epochs
    assert_as_exported(far)
    program = (far.folder / "train.py").read_text("utf-8")
    assert "memory=1" in program and "netbuilder" not in program and "Loading" not in program


def test_a_run_tells_it_and_can_be_stopped_by_then(tmp_path: Path) -> None:
    graph = _network(_far(tmp_path))
    said: list[Starting] = []
    control = Control()

    def hear(starting: Starting) -> None:
        said.append(starting)
        if starting.share is not None and starting.share > 0.3:
            control.order("stop")

    (tmp_path / "run").mkdir()
    ended = Trainer().run(graph, tmp_path, tmp_path / "run", "cpu", control, lambda _: None, starting=hear)
    assert (ended.state, str(ended.sentence)) == ("stopped", "Stopped while the samples were being loaded.")
    assert said[0] == Starting("data") and str(said[-1].doing).startswith("Loading t.csv: ")
    assert 0.3 < (said[-1].share or 0) < 0.4


def test_a_check_tells_it_and_then_that_the_samples_are_there(tmp_path: Path) -> None:
    graph = _network(_table(tmp_path))
    said: list[Checked | Preparing] = []
    asked = Check(7, list(graph.records.values()), path_text(tmp_path), ("cpu",))
    Trainer().check(graph, tmp_path, asked, said.append)
    *loads, there, checked = said
    assert all(isinstance(one, Preparing) and one.ask == 7 and one.doing is not None for one in loads) and loads
    assert there == Preparing(7, None) and isinstance(checked, Checked) and checked.check.refused is None


def test_the_data_panel_is_told_and_may_ask_for_something_else_by_then(tmp_path: Path) -> None:
    from netbuilder.bridge.viewing import View

    graph = _network(_table(tmp_path))
    said: list[Any] = []
    viewer = Viewer(said.append, lambda: any(isinstance(one, Viewing) and one.share for one in said))
    viewer.answer(View(1, list(graph.records.values()), path_text(tmp_path)))
    assert isinstance(said[-1], Viewing) and str(said[-1].doing).startswith("Loading t.csv: 100 lines, ")
    said.clear()
    viewer = Viewer(said.append, lambda: False)
    viewer.answer(View(1, list(graph.records.values()), path_text(tmp_path)))
    page = next(one.page for one in said if isinstance(one, Viewed))
    assert page.columns[0].names == ("length", "width", "color = red", "color = white")
    assert page.columns[1].names == ("lily", "rose", "tulip")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    out = _Terminal()
    line = ProgressLine(tmp_path, out)
    ended = Trainer().run(
        _network(_table(tmp_path)), tmp_path, tmp_path, "cpu", Control(), line.show, starting=line.load
    )
    assert ended.state == "finished"
    shown = out.getvalue().split("\r\x1b[2K")
    assert "Loading t.csv: 500 lines, 9.3 KiB of 19 KiB · 50%" in shown and shown[-1].startswith("epoch 1/1 ")
    plain = io.StringIO()
    line = ProgressLine(tmp_path, plain)
    line.load(Starting("data"))
    line.load(Starting("speed"))
    assert plain.getvalue() == ""
    for share in (0.1, 0.2):
        line.load(Starting("data", Sentence("Loading"), share))
    assert plain.getvalue() == "Loading · 10%\n"
    errors = _Terminal()
    monkeypatch.setattr("sys.stderr", errors)
    assert trying.try_out(_network(_table(tmp_path)), tmp_path, "cpu", trusted=False) == 0
    assert "Loading t.csv: 500 lines, 9.3 KiB of 19 KiB · 50%" in errors.getvalue()
    assert "Every parameter gets a gradient" in capsys.readouterr().out
