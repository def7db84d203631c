"""In what drawings differ: places are none, everything else is."""

from __future__ import annotations

import msgspec

from netbuilder.graph import commands
from netbuilder.graph.differences import differences, set_otherwise
from netbuilder.graph.graph import Graph
from tests.drawings import CLASSIFIER, draw, example


def changed(graph: Graph, key: str, **fields: object) -> Graph:
    node = graph.nodes[key]
    return graph.apply({key: (node, msgspec.structs.replace(node, **fields))})


def test_a_drawing_differs_from_itself_in_nothing() -> None:
    graph = draw(CLASSIFIER)
    assert differences([graph, graph, graph]) == differences([graph]) == differences([]) == []
    assert differences([graph, changed(graph, "fc1", x=500, y=3)]) == []


def test_what_is_set_otherwise_is_said_with_its_defaults() -> None:
    graph = draw(CLASSIFIER)
    other = changed(graph, "fc1", name="first", params={"out_features": 64, "bias": False})
    third = changed(graph, "fc1", muted=True)
    [found] = differences([graph, other, third])
    assert found.key == "fc1"
    assert [found.change(at) for at in range(3)] == ["changed"] * 3
    assert set_otherwise(found, [graph, other, third]) == {
        "name": ("fc1", "first", "fc1"),
        "muted": (False, False, True),
        "out_features": (32, 64, 32),
        "bias": (True, False, True),
    }


def test_blocks_and_wires_that_not_all_have() -> None:
    graph = draw(CLASSIFIER)
    other = graph.apply(commands.delete(graph, ["accuracy"]))
    found = {one.key: one for one in differences([graph, other])}
    assert set(found) == {"accuracy", "accuracy:input", "accuracy:target"}
    assert [found["accuracy"].change(at) for at in range(2)] == ["removed", None]
    back = {one.key: one for one in differences([other, graph])}
    assert [back["accuracy"].change(at) for at in range(2)] == [None, "added"]
    # Of three, one that only the last lacks is missing, seen from the first; the second has it as the first does.
    three = {one.key: one for one in differences([graph, graph, other])}
    assert [three["accuracy"].change(at) for at in range(3)] == ["removed", None, None]


def test_blocks_come_from_the_top_and_before_wires_and_other_networks_last() -> None:
    graph = example("resnet18")
    inner = next(node for node in graph.nodes.values() if node.network != "main")
    outer = [node for node in graph.nodes.values() if node.network == "main"][:2]
    other = graph
    for node in (inner, *outer):
        other = changed(other, node.id, name=f"{node.name}_x")
    found = differences([graph, other])
    assert [one.network for one in found] == ["main", "main", inner.network]
    assert [one.key for one in found[:2]] == [node.id for node in sorted(outer, key=lambda node: (node.y, node.x))]
