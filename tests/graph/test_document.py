"""The open drawing: every way of changing it, taking it back and doing it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused
from netbuilder.graph import chains, clipboard, commands, notes
from netbuilder.graph.chains import Fits
from netbuilder.graph.document import Document
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Color, Edit, dot_id
from tests.graph.helpers import (
    AREAS,
    NAMES,
    PLACEABLE,
    PLACES,
    TEXTS,
    TITLES,
    chain,
    check_edit,
    check_graph,
    graphs,
    params,
    possible_wires,
    values,
)

FITS: st.SearchStrategy[Fits] = st.sampled_from([chains.anything, lambda wire: len(wire.id + wire.source) % 3 > 0])


class Drawing(RuleBasedStateMachine):
    """A person at work. Beside the document stands a plain list of all graphs, which says what must be."""

    @initialize(graph=graphs(most=5))
    def open(self, graph: Graph) -> None:
        self.document = Document(graph)
        self.states: list[tuple[Graph, str, str | None]] = [(graph, "", None)]
        self.at = 0
        self.saved: int | None = 0
        self.watched = graph
        self.copied = ""
        self.document.watch(self._watch)

    def _watch(self, edit: Edit) -> None:
        self.watched = self.watched.apply(edit)

    def _do(self, edit: Edit, label: str, merge: str | None = None) -> None:
        after = check_edit(self.document.graph, edit)
        self.document.commit(edit, label, merge)
        assert self.document.graph == after
        if not edit:
            return
        if self.saved is not None and self.saved > self.at:
            self.saved = None
        del self.states[self.at + 1 :]
        if merge is not None and self.states[-1][2] == merge and self.at != self.saved:
            self.states.pop()
        self.states.append((after, label, merge))
        if len(self.states) > 1 and self.states[-1][0] == self.states[-2][0]:
            self.states.pop()
        self.at = len(self.states) - 1

    def _node(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.document.graph.nodes)))

    def _has_nodes(self) -> bool:
        return bool(self.document.graph.nodes)

    @rule(block=st.sampled_from(PLACEABLE), x=PLACES, y=PLACES, data=st.data())
    def add(self, block: str, x: int, y: int, data: st.DataObject) -> None:
        edit = commands.add_node(self.document.graph, block, x, y, data.draw(params(block)))
        assert len(edit) == 1
        self._do(edit, "Add")

    @precondition(lambda self: possible_wires(self.document.graph))
    @rule(data=st.data())
    def connect(self, data: st.DataObject) -> None:
        wire = data.draw(st.sampled_from(possible_wires(self.document.graph)))
        self._do(commands.connect(self.document.graph, *wire), "Connect")

    @precondition(lambda self: self.document.graph.wires)
    @rule(data=st.data())
    def close_a_circle(self, data: st.DataObject) -> None:
        graph = self.document.graph
        wire = graph.wires[data.draw(st.sampled_from(sorted(graph.wires)))]
        start = data.draw(st.sampled_from(sorted(graph.downstream([wire.target]))))
        node = graph.nodes[start]
        ports = [port.name for port in graph.inputs(graph.nodes[wire.source])]
        if graph.outputs(node) and ports:
            with pytest.raises(Refused, match="circle"):
                commands.connect(graph, start, graph.outputs(node)[0].name, wire.source, ports[0])

    def _keys(self, data: st.DataObject, most: int = 3) -> set[str]:
        """Some of all that can be selected on the canvas."""
        graph = self.document.graph
        dots = [dot_id(key, i) for key, wire in graph.wires.items() for i in range(len(wire.via))]
        there = [*graph.nodes, *graph.wires, *graph.notes, *graph.frames, *dots]
        return data.draw(st.sets(st.sampled_from(sorted(there)), max_size=most)) if there else set()

    def _try(self, command: Callable[[], Edit], label: str) -> None:
        """Do what may be refused; then it must be in a sentence, and nothing has happened."""
        before = dict(self.document.graph.records)
        try:
            edit = command()
        except Refused as refused:
            said = str(refused)
        else:
            self._do(edit, label)
            return
        assert said.endswith(".")
        assert self.document.graph.records == before

    @rule(data=st.data(), fits=FITS)
    def delete_joined(self, data: st.DataObject, fits: Fits) -> None:
        self._do(chains.delete_joined(self.document.graph, self._keys(data), fits), "Delete")

    @precondition(lambda self: self.document.graph.wires)
    @rule(data=st.data(), fits=FITS)
    def splice(self, data: st.DataObject, fits: Fits) -> None:
        wire = data.draw(st.sampled_from(sorted(self.document.graph.wires)))
        keys = self._keys(data)
        self._try(lambda: chains.splice(self.document.graph, wire, keys, fits), "Insert")

    @precondition(_has_nodes)
    @rule(block=st.sampled_from(PLACEABLE), fits=FITS, data=st.data())
    def append(self, block: str, fits: Fits, data: st.DataObject) -> None:
        graph = self.document.graph
        nodes = data.draw(st.lists(st.sampled_from(sorted(graph.nodes)), max_size=3, unique=True))
        placed = commands.add_node(graph, block, 0, 0)
        (new,) = placed
        self._do(compose(placed, chains.attach(graph.apply(placed), nodes, new, fits)), "Append")

    @rule(fits=FITS, data=st.data())
    def connect_in_line(self, fits: Fits, data: st.DataObject) -> None:
        keys = self._keys(data, 4)
        self._try(lambda: chains.connect_in_line(self.document.graph, keys, fits), "Connect")

    @precondition(_has_nodes)
    @rule(data=st.data())
    def swap(self, data: st.DataObject) -> None:
        key = self._node(data)
        block = data.draw(st.sampled_from(sorted(CATALOG)))
        self._try(lambda: chains.swap(self.document.graph, key, block), "Swap")

    @precondition(_has_nodes)
    @rule(on=st.booleans(), data=st.data())
    def mute(self, on: bool, data: st.DataObject) -> None:
        keys = data.draw(st.sets(st.sampled_from(sorted(self.document.graph.nodes)), max_size=3))
        self._try(lambda: commands.set_muted(self.document.graph, keys, on), "Bypass")

    @precondition(lambda self: self.document.graph.wires)
    @rule(index=st.integers(0, 3), x=PLACES, y=PLACES, data=st.data())
    def add_dot(self, index: int, x: int, y: int, data: st.DataObject) -> None:
        wire = data.draw(st.sampled_from(sorted(self.document.graph.wires)))
        self._do(commands.add_dot(self.document.graph, wire, index, x, y), "Dot")

    @rule(dx=st.integers(-9, 9), dy=st.integers(-9, 9), merge=st.sampled_from([None, "drag"]), data=st.data())
    def shift(self, dx: int, dy: int, merge: str | None, data: st.DataObject) -> None:
        self._do(commands.shift(self.document.graph, self._keys(data, 5), dx, dy), "Move", merge)

    @rule(text=TEXTS, title=TITLES, x=PLACES, y=PLACES, area=AREAS)
    def add_papers(self, text: str, title: str, x: int, y: int, area: tuple[int, int, int, int]) -> None:
        self._do(notes.add_note(self.document.graph, text, x, y), "Note")
        self._do(notes.add_frame(self.document.graph, title, area), "Frame")

    @precondition(lambda self: self.document.graph.notes or self.document.graph.frames)
    @rule(text=TEXTS, area=AREAS, color=st.sampled_from(notes.COLORS), data=st.data())
    def change_paper(self, text: str, area: tuple[int, int, int, int], color: Color, data: st.DataObject) -> None:
        graph = self.document.graph
        key = data.draw(st.sampled_from(sorted({**graph.notes, **graph.frames})))
        self._try(lambda: notes.set_text(self.document.graph, key, text), "Write")
        self._do(notes.resize(self.document.graph, key, area), "Resize")
        self._do(notes.set_color(self.document.graph, [key], color), "Colour")

    @precondition(lambda self: self.document.graph.wires)
    @rule(data=st.data())
    def disconnect(self, data: st.DataObject) -> None:
        wires = data.draw(st.sets(st.sampled_from(sorted(self.document.graph.wires)), max_size=3))
        self._do(commands.disconnect(self.document.graph, wires), "Disconnect")

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        keys = data.draw(st.sets(st.sampled_from(sorted(self.document.graph.records)), max_size=2)) | self._keys(
            data, 1
        )
        self._do(commands.delete(self.document.graph, keys), "Delete")

    @precondition(_has_nodes)
    @rule(x=st.integers(0, 3), y=st.integers(0, 3), merge=st.sampled_from([None, "drag", "keys"]), data=st.data())
    def move(self, x: int, y: int, merge: str | None, data: st.DataObject) -> None:
        self._do(commands.move(self.document.graph, {self._node(data): (x, y)}), "Move", merge)

    @precondition(_has_nodes)
    @rule(name=NAMES, merge=st.sampled_from([None, "rename"]), data=st.data())
    def rename(self, name: str, merge: str | None, data: st.DataObject) -> None:
        self._do(commands.rename(self.document.graph, self._node(data), name), "Rename", merge)

    @rule(name=NAMES)
    def rename_network(self, name: str) -> None:
        self._do(commands.rename(self.document.graph, "main", name), "Rename")

    @precondition(_has_nodes)
    @rule(merge=st.sampled_from([None, "form"]), data=st.data())
    def set_params(self, merge: str | None, data: st.DataObject) -> None:
        key = self._node(data)
        wanted = data.draw(params(self.document.graph.nodes[key].block))
        self._do(commands.set_params(self.document.graph, key, wanted), "Set", merge)

    @precondition(_has_nodes)
    @rule(written=st.sampled_from(["", "module", "function"]), data=st.data())
    def set_written(self, written: str, data: st.DataObject) -> None:
        key = self._node(data)
        if written and not self.document.graph.nodes[key].entry.choosable:
            with pytest.raises(Refused):
                commands.set_written(self.document.graph, key, written)
        else:
            self._do(commands.set_written(self.document.graph, key, written), "Write")

    @rule(layers=st.sampled_from(["module", "function"]))
    def set_project(self, layers: str) -> None:
        self._do(commands.set_project(self.document.graph, layers), "Write")

    @rule(name=st.sampled_from(sorted(commands.TRAINING_LIMITS)), data=st.data())
    def set_training(self, name: str, data: st.DataObject) -> None:
        wanted: dict[str, Any] = {name: data.draw(values(commands.TRAINING_LIMITS[name]))}
        self._do(commands.set_training(self.document.graph, **wanted), "Train", "training")

    @precondition(_has_nodes)
    @rule(data=st.data())
    def copy(self, data: st.DataObject) -> None:
        keys = {self._node(data), *self._keys(data, 5)}
        self.copied = clipboard.copy(self.document.graph, keys)

    @precondition(lambda self: self.copied and len(self.document.graph.nodes) < 40)
    @rule(x=st.none() | PLACES, y=st.none() | PLACES, shift=st.integers(-50, 50))
    def paste(self, x: int | None, y: int | None, shift: int) -> None:
        self._do(clipboard.paste(self.document.graph, self.copied, x, y, shift), "Paste")

    @rule()
    def undo(self) -> None:
        label = self.states[self.at][1] if self.at else None
        assert self.document.undo() == label
        self.at = max(0, self.at - 1)

    @rule()
    def redo(self) -> None:
        there_is_one = self.at < len(self.states) - 1
        self.at += there_is_one
        assert self.document.redo() == (self.states[self.at][1] if there_is_one else None)

    @rule()
    def save(self) -> None:
        self.document.mark_saved()
        self.saved = self.at

    @rule()
    def undo_all_and_redo_all(self) -> None:
        while self.document.undo() is not None:
            pass
        assert self.document.graph == self.states[0][0] == self.watched
        assert self.document.edited == (self.saved != 0)
        while self.document.redo() is not None:
            pass
        assert self.document.graph == self.states[-1][0] == self.watched
        self.at = len(self.states) - 1

    @invariant()
    def the_document_is_what_the_list_says(self) -> None:
        check_graph(self.document.graph)
        assert self.document.graph == self.states[self.at][0] == self.watched
        assert self.document.undo_label == (self.states[self.at][1] if self.at else None)
        last = self.at == len(self.states) - 1
        assert self.document.redo_label == (None if last else self.states[self.at + 1][1])
        assert self.document.edited == (self.saved != self.at)


def test_any_work_can_be_undone_and_redone() -> None:
    run_state_machine_as_test(Drawing, settings=settings(max_examples=60, stateful_step_count=40))


def _moved(document: Document, x: int, merge: str | None = None) -> None:
    edit = commands.move(document.graph, {"conv1": (x, 0)})
    check_edit(document.graph, edit)
    document.commit(edit, f"to {x}", merge)


def test_a_new_document_is_an_empty_project_and_not_edited() -> None:
    document = Document()
    assert document.graph == Graph()
    assert not document.edited
    assert document.undo() is document.redo() is document.undo_label is document.redo_label is None


def test_a_drag_is_one_step() -> None:
    document = Document(chain())
    for x in (10, 20, 30):
        _moved(document, x, merge="drag")
    assert document.undo() == "to 30"
    assert document.graph == chain()
    assert document.undo_label is None
    assert document.redo() == "to 30"
    assert document.graph.nodes["conv1"].x == 30


def test_a_drag_back_to_its_start_leaves_no_step() -> None:
    document = Document(chain())
    _moved(document, 10)
    _moved(document, 20, merge="drag")
    _moved(document, 10, merge="drag")
    assert document.undo_label == "to 10"
    document.undo()
    assert document.graph == chain()


def test_steps_with_other_or_no_marks_stay_apart() -> None:
    document = Document(chain())
    for x, merge in ((1, "a"), (2, "b"), (3, None), (4, None), (5, "b")):
        _moved(document, x, merge)
    assert [document.undo() for _ in range(6)] == ["to 5", "to 4", "to 3", "to 2", "to 1", None]


def test_what_was_saved_is_not_merged_into() -> None:
    document = Document(chain())
    _moved(document, 1, "drag")
    document.mark_saved()
    _moved(document, 2, "drag")
    assert document.edited
    document.undo()
    assert document.graph.nodes["conv1"].x == 1
    assert not document.edited


def test_a_new_step_after_undo_forgets_what_was_undone() -> None:
    document = Document(chain())
    _moved(document, 1)
    _moved(document, 2)
    document.undo()
    _moved(document, 3)
    assert document.redo() is None
    assert document.undo() == "to 3"
    assert document.undo() == "to 1"


def test_a_saved_state_that_was_undone_and_drawn_over_is_gone() -> None:
    document = Document(chain())
    _moved(document, 1)
    document.mark_saved()
    document.undo()
    assert document.edited
    _moved(document, 2)
    document.undo()
    assert document.edited
    document.mark_saved()
    assert not document.edited


def test_a_step_that_only_equals_the_saved_one_may_be_drawn_over() -> None:
    document = Document(chain())
    edit = commands.move(document.graph, {"conv1": (5, 100)})
    document.commit(edit, "there")
    document.mark_saved()
    document.commit(commands.move(document.graph, {"conv1": (0, 100)}), "back")
    document.commit(edit, "there")
    document.undo()
    _moved(document, 9)
    document.undo()
    document.undo()
    assert document.undo_label == "there"
    assert not document.edited


def test_an_empty_edit_is_no_step() -> None:
    document = Document(chain())
    told: list[Edit] = []
    document.watch(told.append)
    document.commit({}, "Nothing")
    assert document.undo_label is None
    assert told == []


def test_an_edit_for_another_graph_changes_nothing() -> None:
    document = Document(chain())
    with pytest.raises(ValueError, match="does not start"):
        document.commit({"conv1": (None, chain().nodes["conv1"])}, "Add")
    assert document.graph == chain()
    assert not document.edited


def test_watchers_are_told_every_change_until_they_leave() -> None:
    document = Document(chain())
    told: list[Edit] = []
    leave = document.watch(told.append)
    _moved(document, 1)
    document.undo()
    document.redo()
    assert len(told) == 3
    assert told[0] == told[2]
    assert compose(told[0], told[1]) == {}
    leave()
    _moved(document, 2)
    assert len(told) == 3
