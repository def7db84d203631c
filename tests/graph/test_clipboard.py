"""Parts of a drawing as text: copied, pasted, and refused when they are something else."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import clipboard, commands, notes
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Frame, Note, Wire
from tests.graph.helpers import chain, check_edit, drawing, graphs


def test_a_copy_holds_the_chosen_nodes_and_the_wires_between_them() -> None:
    part = from_text(clipboard.copy(chain(), ["conv1", "relu1", "fc1", "loss:target", "main", "nobody"]))
    assert set(part.nodes) == {"conv1", "relu1", "fc1"}
    assert set(part.wires) == {"relu1:input"}


def test_a_copy_is_the_same_text_in_whatever_order_it_is_chosen() -> None:
    keys = ["conv1", "relu1", "flatten1", "fc1", "loss"]
    assert clipboard.copy(chain(), keys) == clipboard.copy(chain(), reversed(keys))


def test_a_paste_gives_new_ids_and_names_and_keeps_the_wires() -> None:
    graph = chain()
    after = check_edit(graph, clipboard.paste(graph, clipboard.copy(graph, ["conv1", "relu1"])))
    assert set(after.nodes) - set(graph.nodes) == {"conv2", "relu2"}
    assert after.nodes["conv2"].name == "conv2"
    assert {key: wire for key, wire in after.wires.items() if key not in graph.wires} == {
        "relu2:input": Wire("conv2", "output", "relu2", "input")
    }
    again = check_edit(after, clipboard.paste(after, clipboard.copy(graph, ["conv1"])))
    assert "conv3" in again.nodes


def test_a_paste_keeps_parameters_and_how_a_layer_is_written() -> None:
    graph = chain()
    graph = check_edit(graph, commands.set_params(graph, "conv1", {"out_channels": 6, "kernel_size": (5, 3)}))
    graph = check_edit(graph, commands.set_written(graph, "relu1", "function"))
    after = check_edit(graph, clipboard.paste(graph, clipboard.copy(graph, ["conv1", "relu1"])))
    assert after.nodes["conv2"].params == graph.nodes["conv1"].params
    assert after.nodes["relu2"].written == "function"


def test_a_paste_has_its_top_left_corner_where_it_is_wanted() -> None:
    graph = drawing(("conv1", "Conv2d"), ("relu1", "ReLU"))
    graph = check_edit(graph, commands.move(graph, {"conv1": (50, 10), "relu1": (20, 90)}))
    after = check_edit(graph, clipboard.paste(graph, clipboard.copy(graph, graph.nodes), x=1000, y=-5))
    assert (after.nodes["conv2"].x, after.nodes["conv2"].y) == (1030, -5)
    assert (after.nodes["relu2"].x, after.nodes["relu2"].y) == (1000, 75)
    beside = check_edit(graph, clipboard.paste(graph, clipboard.copy(graph, graph.nodes), shift=24))
    assert (beside.nodes["conv2"].x, beside.nodes["conv2"].y) == (74, 34)


def test_a_paste_stays_where_a_file_may_hold_it() -> None:
    graph = drawing(("conv1", "Conv2d"))
    graph = check_edit(graph, commands.move(graph, {"conv1": (commands.FAR, -commands.FAR)}))
    after = check_edit(graph, clipboard.paste(graph, clipboard.copy(graph, ["conv1"]), shift=40))
    assert after.nodes["conv2"].x == commands.FAR


@pytest.mark.parametrize("name", ["main", "project", "training", "étage 2", "a:b", "——", "n" * 60, "007", "7" * 60])
def test_a_block_of_any_name_can_be_pasted_twice(name: str) -> None:
    graph = drawing(("conv1", "Conv2d"))
    graph = check_edit(graph, commands.rename(graph, "conv1", name))
    text = clipboard.copy(graph, ["conv1"])
    for _ in range(2):
        graph = check_edit(graph, clipboard.paste(graph, text))
    assert len(graph.nodes) == 3
    assert len({node.name for node in graph.nodes.values()}) == 3


def test_a_paste_into_another_project_keeps_the_names() -> None:
    graph = Graph()
    after = check_edit(graph, clipboard.paste(graph, clipboard.copy(chain(), chain().nodes)))
    assert after == chain()


def test_a_whole_project_file_can_be_pasted_and_its_settings_stay_out() -> None:
    other = chain().apply(commands.set_training(chain(), epochs=99))
    after = check_edit(Graph(), clipboard.paste(Graph(), to_text(other)))
    assert after.training.epochs == Graph().training.epochs
    assert after.nodes == other.nodes


def test_a_large_paste_goes_through_the_drawing_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [(f"relu{i}", "ReLU") for i in range(60)]
    long = drawing(*nodes, *((f"relu{i}", "output", f"relu{i + 1}", "input") for i in range(59)))
    text, applied, apply = clipboard.copy(long, long.nodes), [], Graph.apply

    def counted(graph: Graph, edit: Edit) -> Graph:
        applied.append(edit)
        return apply(graph, edit)

    monkeypatch.setattr(Graph, "apply", counted)
    edit = clipboard.paste(long, text)
    assert len(applied) <= 4
    assert len(edit) == 60 + 59


PART = clipboard.copy(chain(), chain().nodes)


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", "[]", '{"format":1,"records":[]}', "\x00", "{" * 5000, "\ud800", "}{", "{}", "```\n```",
        PART[:-30], PART[30:], PART.replace('"', "“"), PART.replace("Conv2d", "Conv9d"),
        PART.replace('"format": 4', '"format": 5'), PART.replace(",", ""),
    ],
    ids=range(16),
)  # fmt: skip
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Refused, match=r"^What was copied .*\.$"):
        clipboard.paste(chain(), text)


@given(graphs(), graphs(), st.data())
def test_whatever_is_copied_can_be_pasted_anywhere(graph: Graph, into: Graph, data: st.DataObject) -> None:
    placed = {**graph.nodes, **graph.notes, **graph.frames}
    keys = data.draw(st.sets(st.sampled_from(sorted(placed)))) if placed else set()
    text = clipboard.copy(graph, keys)
    if not keys:
        with pytest.raises(Refused):
            clipboard.paste(into, text)
        return
    after = check_edit(into, clipboard.paste(into, text, 0, 0))
    inner = [wire for wire in graph.wires.values() if {wire.source, wire.target} <= keys]
    assert len(after.wires) == len(into.wires) + len(inner)
    assert all(after.records[key] == record for key, record in into.records.items())
    new = [record for key, record in after.records.items() if key not in into.records]
    pasted = [record for record in new if not isinstance(record, Wire)]
    assert sorted(map(_look, pasted)) == sorted(_look(placed[key]) for key in keys)
    assert sorted(len(wire.via) for wire in new if isinstance(wire, Wire)) == sorted(len(wire.via) for wire in inner)
    corner = min(record.x for record in pasted), min(record.y for record in pasted)  # type: ignore[union-attr]
    assert corner == (0, 0)


def _look(record: object) -> str:
    """All of a node, note or frame but what a paste changes: id, name and place."""
    kept = {name: value for name, value in msgspec.structs.asdict(record).items() if name not in ("id", "x", "y")}
    return repr({**kept, "name": None, "kind": type(record).__name__})


def test_notes_frames_dots_and_what_is_muted_travel() -> None:
    graph = chain()
    graph = check_edit(graph, commands.add_dot(graph, "relu1:input", 0, 40, 150))
    graph = check_edit(graph, commands.add_dot(graph, "loss:target", 0, 99, 99))
    graph = check_edit(graph, commands.set_muted(graph, ["relu1"], True))
    graph = check_edit(graph, notes.add_frame(graph, "Features", (-20, 80, 300, 260)))
    graph = check_edit(graph, notes.add_note(graph, "# Why\n*this*", 320, 100))
    text = clipboard.copy(graph, ["conv1", "relu1", "frame1", "note1", "relu1:input#0", "loss:target#0"])
    after = check_edit(graph, clipboard.paste(graph, text, shift=32))
    assert set(after.records) - set(graph.records) == {"conv2", "relu2", "relu2:input", "frame2", "note2"}
    assert after.wires["relu2:input"] == Wire("conv2", "output", "relu2", "input", ((72, 182),))
    assert after.nodes["relu2"].muted and not after.nodes["conv2"].muted
    assert after.frames["frame2"] == Frame("frame2", "Features", 12, 112, 320, 180)
    assert after.notes["note2"] == Note("note2", "# Why\n*this*", 352, 132)


def test_notes_alone_can_be_copied_and_have_their_corner_at_the_cursor() -> None:
    graph = check_edit(Graph(), notes.add_note(Graph(), "a", 300, 400))
    graph = check_edit(graph, notes.add_frame(graph, "b", (100, 900, 200, 1000)))
    after = check_edit(graph, clipboard.paste(graph, clipboard.copy(graph, ["note1", "frame1"]), 0, 0))
    assert (after.notes["note2"].x, after.notes["note2"].y) == (200, 0)
    assert (after.frames["frame2"].x, after.frames["frame2"].y) == (0, 500)


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("", ""),
        ("\ufeff", "\n\n"),
        ("Look, this is the part:\n\n", "\nTell me what you think."),
        ("```json\n", "```"),
        ("Put this in:\n```\n", "\n```\nand then add a `Linear` (with 10 outputs)."),
        ("> ", " <"),
    ],
)
def test_what_a_chat_wraps_around_a_part_does_not_matter(before: str, behind: str) -> None:
    text = clipboard.copy(chain(), chain().nodes)
    for line_end in ("\n", "\r\n", " "):
        wrapped = before + text.replace("\n", line_end) + behind
        assert check_edit(Graph(), clipboard.paste(Graph(), wrapped)) == chain()


def test_a_part_from_the_first_format_pastes() -> None:
    text = clipboard.copy(chain(), ["conv1", "relu1"]).replace('"format": 2', '"format": 1')
    assert set(check_edit(Graph(), clipboard.paste(Graph(), text)).nodes) == {"conv1", "relu1"}


@pytest.mark.parametrize("words", ["hey {name}, here: ```json\n%s```", "%s and see {this}", "{%s", "{}%s%s"])
def test_braces_around_it_do_not_keep_it_from_being_pasted(words: str) -> None:
    text = words.replace("%s", PART)
    assert check_edit(Graph(), clipboard.paste(Graph(), text)).nodes == chain().nodes


def test_too_many_blocks_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "MOST", 3)
    with pytest.raises(Refused, match="holds 6 blocks: at most 3"):
        clipboard.paste(Graph(), PART)
