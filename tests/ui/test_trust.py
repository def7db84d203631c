"""Python code of a project runs only if the person wrote it here or said that it may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph import clipboard, commands
from netbuilder.graph.files import save
from netbuilder.graph.graph import Graph
from netbuilder.ui.trust import Trust
from tests.ui.test_asking import Desk

FOREIGN = "def wipe(x):\n    return x * 0"


def with_code(code: str = FOREIGN) -> Graph:
    graph = Graph()
    return graph.apply(commands.add_node(graph, "Python", 0, 0, {"code": code}))


@pytest.fixture(scope="module")
def one_desk(qapp: QApplication) -> Iterator[Desk]:
    made = Desk(Graph())
    yield made
    made.end()


@pytest.fixture
def desk(one_desk: Desk) -> Desk:
    QSettings("netbuilder", "netbuilder").clear()
    one_desk.document.mark_saved()
    one_desk.window.project.show(Graph(), None)
    return one_desk


@pytest.fixture
def opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the code might run, each time the engine was given the drawing."""
    told: list[bool] = []
    monkeypatch.setattr(desk.window.engine, "open", lambda graph, folder, trusted=False: told.append(trusted))
    return told


def trust(settings: QSettings, graph: Graph, path: Path | None) -> Trust:
    made = Trust(settings)
    made.open(graph, path)
    return made


def test_code_from_a_file_waits_until_it_is_trusted(desk: Desk, tmp_path: Path, opened: list[bool]) -> None:
    path, window = tmp_path / "p.netb", desk.window
    save(with_code(), path)
    window.project.open(path)
    assert opened == [False] and window.trust_bar.isVisible()
    QTest.mouseClick(window.trust_bar.read_button, Qt.MouseButton.LeftButton)
    assert desk.canvas.selected() == list(desk.graph.nodes), "it can be read first"
    QTest.mouseClick(window.trust_bar.trust_button, Qt.MouseButton.LeftButton)
    assert opened == [False, True] and not window.trust_bar.isVisible()
    window.project.open(path)
    assert opened == [False, True, True], "it is remembered"
    save(with_code(FOREIGN.replace("0", "1")), path)
    window.project.open(path)
    assert opened[-1] is False and window.trust_bar.isVisible(), "somebody else has changed the code"


def test_what_one_writes_here_runs_and_stays_trusted_once_saved(desk: Desk, tmp_path: Path, opened: list[bool]) -> None:
    window = desk.window
    desk.canvas.edits.add("Python")
    (key,) = desk.graph.nodes
    desk.document.commit(commands.set_params(desk.graph, key, {"code": "def mine(x):\n    return x + 1"}), "Write")
    assert window.trust.on and not window.trust_bar.isVisible() and not opened
    assert window.project.save_to(tmp_path / "mine.netb")
    window.project.open(tmp_path / "mine.netb")
    assert opened[-1] is True


def test_pasted_code_is_asked_about(desk: Desk, opened: list[bool]) -> None:
    other = with_code()
    desk.document.commit(clipboard.paste(desk.canvas.drawing, clipboard.copy(other, other.nodes)), "Paste")
    assert opened == [False] and desk.window.trust_bar.isVisible()
    desk.document.undo()
    assert opened == [False, True] and not desk.window.trust_bar.isVisible()
    desk.document.redo()
    assert opened[-1] is False


def test_trust_is_for_one_file_and_its_code(tmp_path: Path) -> None:
    settings = QSettings("netbuilder", "netbuilder")
    settings.clear()
    graph, here, there = with_code(), tmp_path / "a.netb", tmp_path / "b.netb"
    first = trust(settings, graph, here)
    assert not first.on and first.foreign(graph) == list(graph.nodes)
    first.trust(graph)
    assert trust(settings, graph, here).on
    assert not trust(settings, graph, there).on
    assert not trust(settings, with_code(FOREIGN + "  # more"), here).on
    assert trust(settings, graph, None).on and trust(settings, Graph(), there).on


def test_editing_untrusted_code_does_not_make_it_run(tmp_path: Path) -> None:
    settings = QSettings("netbuilder", "netbuilder")
    settings.clear()
    graph = with_code()
    made = trust(settings, graph, tmp_path / "a.netb")
    (key,) = graph.nodes
    edit = commands.set_params(graph, key, {"code": FOREIGN + "\n"})
    assert not made.follow(edit, graph.apply(edit)) and not made.on
    made.saved(graph.apply(edit), tmp_path / "a.netb")
    assert not trust(settings, graph.apply(edit), tmp_path / "a.netb").on
