"""Networks that are copied, pasted into other projects, and read from files that somebody else has written."""

from __future__ import annotations

import json

import pytest

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import clipboard, commands
from netbuilder.graph.files import from_text, to_text
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN
from tests.graph.helpers import check_edit
from tests.graph.work import project


def _copied(graph: Graph, network: str = MAIN) -> str:
    part = graph.part(network)
    return clipboard.copy(part, part.nodes)


def _shape(graph: Graph, network: str) -> object:
    """What is drawn there, but for ids and names."""
    part = graph.part(network)
    order = {node.id: i for i, node in enumerate(part.order)}
    ends = {one.id: i for role in ("input", "output") for node in part.order if node.of
            for i, one in enumerate(graph.part(node.of).ends(role))}  # fmt: skip
    return [
        (
            node.block,
            {key: value for key, value in node.params.items() if key != "state"},
            node.bound,
            order.get(node.layer),
            order.get(str(node.params.get("state"))),
            sorted(
                (order[wire.source], ends.get(wire.output, wire.output), ends.get(wire.input, wire.input))
                for wire in part.wires_into(node.id).values()
            ),
            _shape(graph, node.of) if node.of else None,
        )
        for node in part.order
    ]


def test_a_copy_brings_its_networks_along() -> None:
    graph = project()
    there = check_edit(Graph(), clipboard.paste(Graph(), _copied(graph)))
    assert _shape(there, MAIN) == _shape(graph, MAIN)
    assert {one.name for one in there.networks.values()} == {one.name for one in graph.networks.values()}


def test_a_network_that_is_there_just_so_is_used_again() -> None:
    graph = project()
    after = check_edit(graph, clipboard.paste(graph.part(MAIN), _copied(graph), shift=40))
    assert after.networks.keys() == graph.networks.keys()
    assert len(after.placed("net_outer")) == 4
    twice = check_edit(after, clipboard.paste(after.part(MAIN), _copied(graph), shift=80))
    assert twice.networks.keys() == graph.networks.keys()


def test_a_network_that_has_changed_comes_as_another() -> None:
    text = _copied(project())
    graph = project()
    graph = graph.apply(commands.set_params(graph.part("net_inner"), "net_inner_fc", {"bias": False}))
    after = check_edit(graph, clipboard.paste(graph.part(MAIN), text, shift=40))
    names = sorted(one.name for one in after.networks.values())
    assert names == ["Cell", "Inner", "Inner2", "Net", "Outer", "Outer2"]
    biases = [node.params.get("bias") for node in after.nodes.values() if node.bound.get("out_features") == "width"]
    assert sorted(map(str, biases)) == ["False", "None"]


def test_a_part_of_a_network_goes_into_another_without_what_it_refers_to() -> None:
    graph = project()
    inner = graph.part("net_inner")
    text = clipboard.copy(inner, ["net_inner_fc", "net_inner_act"])
    after = check_edit(graph, clipboard.paste(graph.part("net_cell"), text, shift=40))
    (made,) = [node for node in after.part("net_cell").nodes.values() if node.params.get("out_features") == 4]
    assert made.network == "net_cell" and not made.bound
    state = clipboard.copy(graph.part("net_cell"), ["net_cell_next"])
    alone = check_edit(graph, clipboard.paste(graph.part("net_outer"), state))
    assert all(node.params == {} for node in alone.part("net_outer").ends("output"))
    again = clipboard.copy(graph.part("net_outer"), ["net_outer_again"])
    shared = check_edit(graph, clipboard.paste(graph.part(MAIN), again))
    assert [node.layer for node in shared.part(MAIN).nodes.values() if node.of == "net_inner"] == [""]


@pytest.mark.parametrize("into", ["net_inner", "net_outer"])
def test_nothing_is_pasted_into_itself(into: str) -> None:
    graph = project()
    with pytest.raises(Refused, match=r"inside"):
        clipboard.paste(graph.part(into), _copied(graph))


def test_data_and_losses_are_pasted_into_the_main_network_only() -> None:
    graph = project()
    text = clipboard.copy(*_with_a_loss())
    check_edit(graph, clipboard.paste(graph.part(MAIN), text))
    with pytest.raises(Refused, match="belongs into the network that is trained"):
        clipboard.paste(graph.part("net_inner"), text)
    with pytest.raises(Refused, match="belongs into the network that is trained"):
        commands.add_node(graph.part("net_inner"), "CrossEntropyLoss", 0, 0)


def _with_a_loss() -> tuple[Graph, list[str]]:
    graph = Graph()
    for block in ("Digits", "CrossEntropyLoss"):
        graph = graph.apply(commands.add_node(graph, block, 0, 0))
    return graph, list(graph.nodes)


# Files


@pytest.mark.parametrize("number", [1, 2])
def test_files_of_the_older_formats_still_open(number: int) -> None:
    records = [
        {"kind": "project", "id": "project"},
        {"kind": "network", "id": "main", "name": "Net"},
        {"kind": "node", "id": "in0", "block": "Input", "name": "in0", "x": 0, "y": 0, "params": {"shape": [4]}},
        {"kind": "node", "id": "fc", "block": "Linear", "name": "fc", "params": {"out_features": 3}, "network": "main"},
        {"kind": "wire", "source": "in0", "output": "output", "target": "fc", "input": "input"},
    ]
    graph = from_text(json.dumps({"format": number, "records": records}))
    assert graph.nodes["fc"].params == {"out_features": 3} and list(graph.wires) == ["fc:input"]
    assert from_text(to_text(graph)) == graph


def _record(graph: Graph, key: str) -> dict[str, object]:
    lines = json.loads(to_text(graph))["records"]
    found: dict[str, object] = next(
        one for one in lines if one.get("id", f"{one.get('target')}:{one.get('input')}") == key
    )
    return found


@pytest.mark.parametrize(
    ("key", "change", "why"),
    [
        ("outer", {"of": "none"}, "There is no network none"),
        ("outer", {"of": ""}, "is made of no network"),
        ("outer", {"of": MAIN}, "placed inside itself"),
        ("fc", {"of": "net_inner"}, "is made of no network"),
        ("fc", {"network": "none"}, "There is no network none"),
        ("net_outer_one", {"of": "net_outer"}, "placed inside itself"),
        ("net_inner_fc", {"block": "Network", "of": "net_outer", "params": {}, "bound": {}}, "placed inside itself"),
        ("outer", {"network": "net_inner"}, "placed inside itself"),
        ("fc", {"bound": {"out_features": "width"}}, "has no argument width"),
        ("net_inner_fc", {"bound": {"none": "width"}}, "no parameter none"),
        ("net_inner_fc", {"bound": {"used": "width"}}, "is not on or off"),
        ("net_inner_fc", {"bound": {"bias": "width"}}, "on or off"),
        ("net_inner_input", {"bound": {"shape": "width"}}, "no parameter shape"),
        ("tied", {"layer": "none"}, "a layer of its own network"),
        ("tied", {"layer": "net_inner_fc"}, "a layer of its own network"),
        ("tied", {"layer": "tied"}, "has that layer anyway"),
        ("fc", {"layer": "tied"}, "itself uses"),
        ("tied", {"layer": "python"}, "different kinds"),
        ("net_cell_next", {"params": {"state": "net_cell_fc"}}, "state it could give"),
        ("net_cell_next", {"params": {"state": "in0"}}, "state it could give"),
        ("outer", {"params": {"none": 3}}, "no parameter none"),
        ("outer", {"params": {"size": "import os"}}, "whole number"),
        ("net_outer_two", {"params": {"changing": "a b"}}, "form"),
        ("net_inner", {"arguments": [{"name": "class", "value": 3}]}, "argument's name"),
        ("net_inner", {"arguments": [{"name": "a)\nimport os", "value": 3}]}, "argument's name"),
        ("net_inner", {"arguments": [{"name": "a", "value": 3}, {"name": "a", "value": 3}]}, "two arguments"),
        ("net_inner", {"arguments": [{"name": "a", "value": {"b": 3}}]}, "expected"),
        ("net_inner", {"written": "other"}, "other"),
        ("net_inner", {"name": " "}, "empty"),
        ("net_inner_act:input", {"source": "fc"}, "different networks"),
        ("outer:net_outer_input", {"input": "net_inner_input"}, "has no input net_inner_input"),
        ("fc:input", {"output": "net_inner_output"}, "has no output net_inner_output"),
        ("net_inner_act:input", {"source": "net_inner_output"}, "has no output"),
        ("net_inner_fc:input", {"source": "net_inner_act"}, "circle"),
        ("python", {"params": {"code": "import os\nos.system('x')"}}, "Line"),
        ("python", {"params": {"code": "def f(x):\n    return x", "by": 3}}, "no parameter by"),
    ],
)
def test_a_hostile_file_is_refused_in_a_sentence(key: str, change: dict[str, object], why: str) -> None:
    graph = project()
    _record(graph, key)
    plain = json.loads(to_text(graph))
    for record in plain["records"]:
        if record.get("id", f"{record.get('target')}:{record.get('input')}") == key:
            record |= change
    with pytest.raises(Refused, match=why) as refused:
        from_text(json.dumps(plain))
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 300


@pytest.mark.parametrize("depth", [50, 3000])
def test_networks_within_networks_are_read_however_deep_or_refused(depth: int) -> None:
    records: list[dict[str, object]] = []
    for i in range(depth):
        records.append({"kind": "network", "id": f"n{i}", "name": f"N{i}"})
        if i:
            node = {"kind": "node", "id": f"b{i}", "block": "Network", "name": "b", "of": f"n{i - 1}"}
            records.append({**node, "network": f"n{i}"})
    text = json.dumps({"format": 3, "records": records})
    if depth > 1000:
        with pytest.raises(Refused, match="one inside the other"):
            from_text(text)
    else:
        graph = from_text(text)
        assert len(graph.inner(f"n{depth - 1}")) == depth - 1


def test_a_network_in_a_circle_through_others_is_refused() -> None:
    names = [f"n{i}" for i in range(5)]
    records: list[dict[str, object]] = [{"kind": "network", "id": name, "name": name} for name in names]
    for name, inner in zip(names, [*names[1:], names[0]], strict=True):
        node: dict[str, object] = {"kind": "node", "id": f"in_{name}", "block": "Network", "name": "b"}
        node |= {"of": inner, "network": name}
        records.append(node)
    with pytest.raises(Refused, match="placed inside itself"):
        from_text(json.dumps({"format": 3, "records": records}))
