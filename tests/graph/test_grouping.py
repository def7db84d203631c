"""Blocks become a network and come out of it again: nothing else changes by that."""

from __future__ import annotations

import itertools

import pytest

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import commands, grouping, notes
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Wire
from tests.drawings import draw
from tests.graph.helpers import check_edit
from tests.graph.work import project

BRANCH = """
    in0 Input shape=3,8,8
    conv Conv2d out_channels=4
    relu ReLU
    side Conv2d layer=conv
    add Add
    lstm LSTM
    fc Linear
    out Output
    in0 > conv > relu > add > lstm > fc > out
    in0 > side > add.input2
"""


def _grouped(graph: Graph, keys: list[str], network: str = MAIN) -> tuple[Graph, str]:
    """The graph with these in a network of their own, and the block that stands for it."""
    before = set(graph.networks)
    after = check_edit(graph, grouping.group(graph.part(network), keys, "Block"))
    (made,) = set(after.networks) - before
    (node,) = after.placed(made)
    return after, node.id


def test_what_is_grouped_and_taken_apart_again_is_as_before() -> None:
    graph = draw(BRANCH)
    layers = [node.id for node in graph.order if node.entry.role == "layer"]
    done = refused = 0
    for count in range(1, len(layers) + 1):
        for keys in itertools.combinations(layers, count):
            try:
                after, node = _grouped(graph, list(keys))
            except Refused:
                refused += 1
                continue
            apart = check_edit(after, grouping.ungroup(after.part(MAIN), node))
            assert apart == graph
            done += 1
    assert done > 10 and refused > 10


def test_a_group_has_an_input_for_each_tensor_and_an_output_for_each_that_is_taken() -> None:
    graph = draw(BRANCH)
    after, node = _grouped(graph, ["conv", "relu", "side", "add"])
    network = after.nodes[node].of
    part = after.part(network)
    assert len(part.ends("input")) == 1  # both convolutions take the same
    assert [wire.source for wire in after.wires_into(node).values()] == ["in0"]
    assert after.wires["lstm:input"] == Wire(node, part.ends("output")[0].id, "lstm", "input")
    assert after.nodes["side"].layer == "conv" and after.nodes["side"].network == network
    assert after.networks[network].name == "Block" and after.nodes[node].name == "block1"


def test_a_group_knows_the_shapes_that_come_in() -> None:
    graph = draw("in0 Input shape=7 dtype=int64\nwords Embedding\nin0 > words")
    edit = grouping.group(graph, ["words"], "A", {("in0", "output"): ((7,), "int64")})
    after = check_edit(graph, edit)
    (end,) = after.part("net1").ends("input")
    assert end.params == {"shape": (7,), "dtype": "int64"}


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ([], "select some"),
        (["in0", "out"], "select some"),
        (["conv", "side", "add"], "relu lies between"),
        (["conv", "relu"], "side uses the layer of conv"),
        (["side"], "side uses the layer of conv"),
        (["none"], "select some"),
    ],
)
def test_what_cannot_be_one_block_is_refused(keys: list[str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        grouping.group(draw(BRANCH), keys, "Block")
    with pytest.raises(Refused, match="empty"):
        grouping.group(draw(BRANCH), ["fc"], " ")


def test_notes_and_frames_go_along() -> None:
    graph = draw(BRANCH)
    graph = graph.apply(notes.add_note(graph, "why", 0, 0))
    graph = graph.apply(notes.add_frame(graph, "stem", (0, 0, 300, 300)))
    papers = [*graph.notes, *graph.frames]
    after, node = _grouped(graph, ["fc", *papers])
    assert {after.records[key].network for key in papers} == {after.nodes[node].of}  # type: ignore[union-attr]
    assert check_edit(after, grouping.ungroup(after.part(MAIN), node)) == graph


def test_arguments_go_through_a_group_made_in_a_network() -> None:
    graph = project()
    after, node = _grouped(graph, ["net_inner_fc", "net_inner_act"], "net_inner")
    block = after.nodes[node]
    assert block.bound == {"width": "width", "on": "on"}
    assert {one.name for one in after.networks[block.of].arguments} == {"width", "on"}
    apart = check_edit(after, grouping.ungroup(after.part("net_inner"), node))
    assert {node.name: node.bound for node in apart.part("net_inner").nodes.values()} == {
        "input": {},
        "fc": {"out_features": "width"},
        "act": {"used": "on"},
        "output": {},
    }


def test_a_network_that_is_placed_elsewhere_stays_and_values_become_the_blocks_own() -> None:
    graph = project()
    after = check_edit(graph, grouping.ungroup(graph.part(MAIN), "outer"))
    assert "net_outer" in after.networks
    one = next(node for node in after.part(MAIN).nodes.values() if node.of == "net_inner" and node.block == "Network")
    assert one.params == {"width": 8} and not one.bound
    again = next(node for node in after.part(MAIN).nodes.values() if node.layer and node.of == "net_inner")
    assert again.layer == one.id


def test_whether_a_block_is_used_comes_along_when_it_is_taken_out() -> None:
    text = """
        network A on=True
          input Input shape=4
          fc Linear
          act ReLU used=$on
          output Output
          input > fc > act > output
        network B act=False
          input Input shape=4
          a Network of=A on=$act
          output Output
          input > a > output
        main
          in0 Input shape=4
          off Network of=A on=False
          b Network of=B
          in0 > off > b
    """
    graph = draw(text)
    after = check_edit(graph, grouping.ungroup(graph.part(MAIN), "off"))
    assert [node.muted for node in after.part(MAIN).nodes.values() if node.block == "ReLU"] == [True]
    inner = check_edit(graph, grouping.ungroup(graph.part("net_b"), "net_b_a"))
    (act,) = [node for node in inner.part("net_b").nodes.values() if node.block == "ReLU"]
    assert (act.bound, act.muted) == ({"used": "act"}, False)


def test_what_cannot_be_taken_apart_is_refused() -> None:
    graph = project()
    for key, network, why in (
        ("net_outer_two", "net_outer", "runs once"),
        ("net_outer_one", "net_outer", "shares its layers"),
        ("net_outer_again", "net_outer", "shares its layers"),
        ("steps", MAIN, "runs once"),
        ("fc", MAIN, "runs once"),
    ):
        with pytest.raises(Refused, match=why):
            grouping.ungroup(graph.part(network), key)
    muted = graph.apply(commands.set_muted(graph.part(MAIN), ["outer"], True))
    with pytest.raises(Refused, match="not always used"):
        grouping.ungroup(muted.part(MAIN), "outer")
    empty = draw("network A\ninput Input\noutput Output\ninput > output\nmain\na Network of=A")
    with pytest.raises(Refused, match="A is empty"):
        grouping.ungroup(empty.part(MAIN), "a")
