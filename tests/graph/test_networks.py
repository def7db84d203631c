"""Networks as blocks: what may be placed where, arguments, shared layers, and whatever is done to all of that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netbuilder.blocks import Value
from netbuilder.blocks.sentence import Refused
from netbuilder.graph import commands, networks
from netbuilder.graph.document import Document
from netbuilder.graph.fitting import is_sequential
from netbuilder.graph.records import MAIN, USED, Argument, Edit
from tests.drawings import draw
from tests.graph.helpers import check_edit
from tests.graph.work import any_work, project


def _net(name: str) -> str:
    return f"net_{name}"


def test_a_new_network_leads_from_its_input_to_its_output() -> None:
    graph = project()
    edit = networks.add_network(graph.part(MAIN), "Inner")
    key = next(iter(edit))
    after = check_edit(graph, edit)
    assert after.networks[key].name == "Inner2"
    assert [node.block for node in after.part(key).order] == ["Input", "Output"]
    placed = check_edit(after, networks.place_network(after.part(MAIN), key, 0, 0))
    (node,) = placed.placed(key)
    assert len(placed.inputs(node)) == len(placed.outputs(node)) == 1
    assert key in placed.inner(MAIN)


@pytest.mark.parametrize(
    ("network", "into", "why"),
    [
        ("net_inner", "net_inner", "Inner cannot be placed inside itself."),
        ("net_outer", "net_inner", "Outer has Inner inside: one cannot hold the other both ways."),
        (MAIN, "net_inner", "Net is what is trained: it cannot be placed in another."),
        (MAIN, MAIN, "Net is what is trained: it cannot be placed in another."),
        ("none", MAIN, "There is no network none."),
    ],
)
@pytest.mark.parametrize("block", ["Network", "Repeat", "Recurrent"])
def test_a_network_never_holds_itself(network: str, into: str, why: str, block: str) -> None:
    with pytest.raises(Refused, match=why):
        networks.place_network(project().part(into), network, 0, 0, block)


def test_a_network_in_use_stays_and_one_that_is_not_goes_with_all_in_it() -> None:
    graph = project()
    for key in ("net_inner", "net_outer", MAIN, "none"):
        with pytest.raises(Refused, match=r"is used by|no such network"):
            networks.delete_network(graph, key)
    graph = check_edit(graph, commands.delete(graph.part(MAIN), ["steps"]))
    after = check_edit(graph, networks.delete_network(graph, _net("cell")))
    assert not [record for key, record in after.records.items() if "net_cell" in (key, getattr(record, "network", ""))]


def test_a_placed_network_changes_its_kind_and_keeps_its_wires() -> None:
    graph = project().part(MAIN)
    for block in ("Repeat", "Recurrent", "Network"):
        graph = check_edit(graph.whole, networks.set_kind(graph, "outer", block)).part(MAIN)
        assert graph.nodes["outer"].block == block
        assert graph.nodes["outer"].params == {"size": 8}
        assert set(graph.wires) == set(project().part(MAIN).wires)
    for key, block in (("fc", "Network"), ("outer", "Linear"), ("outer", "Python")):
        with pytest.raises(Refused, match="is no network"):
            networks.set_kind(graph, key, block)


def test_blocks_that_share_a_layer_change_their_kind_together() -> None:
    graph = project()
    after = check_edit(graph, networks.set_kind(graph.part(_net("outer")), "net_outer_again", "Repeat"))
    assert {after.nodes[key].block for key in ("net_outer_one", "net_outer_again")} == {"Repeat"}


def test_a_shared_layer_is_of_the_same_kind_or_has_rows_of_weights() -> None:
    graph = draw("""
        network A
          input Input shape=4
          fc Linear
          output Output
          input > fc > output
        main
          fc Linear
          other Linear
          words Embedding
          conv Conv2d
          add Add
          add2 Add
          a Network of=A
          b Repeat of=A
          python Python
          more Python
    """)
    part = graph.part(MAIN)
    for key, owner in (("other", "fc"), ("fc", "words"), ("words", "fc"), ("more", "python")):
        assert check_edit(graph, networks.set_layer(part, key, owner)).nodes[key].layer == owner
    for key, owner, why in (
        ("fc", "conv", "different kinds"),
        ("add", "add2", "different kinds"),
        ("a", "b", "different kinds"),
        ("fc", "fc", "has that layer anyway"),
        ("fc", "none", "of its own network"),
        ("fc", "net_a_fc", "of its own network"),
    ):
        with pytest.raises(Refused, match=why):
            networks.set_layer(part, key, owner)
    shared = graph.apply(networks.set_layer(part, "other", "fc")).part(MAIN)
    for key, owner, why in (("words", "other", "itself uses"), ("fc", "words", "needs one of its own")):
        with pytest.raises(Refused, match=why):
            networks.set_layer(shared, key, owner)
    assert [node.id for node in networks.sharers(shared, "other")] == ["fc", "other"]
    assert check_edit(shared.whole, networks.set_layer(shared, "other", "")) == graph


def test_who_uses_a_deleted_layer_first_owns_it_then() -> None:
    graph = draw("a Linear out_features=7\nb Linear layer=a\nc Linear layer=a\nd Embedding layer=a")
    after = check_edit(graph, commands.delete(graph, ["a"]))
    assert [(after.nodes[key].layer, after.nodes[key].params) for key in "bc"] == [("", {"out_features": 7}), ("b", {})]
    assert after.nodes["d"].layer == "b"
    alone = check_edit(graph, commands.delete(graph, ["a", "b", "c"]))
    assert alone.nodes["d"].layer == ""


def test_two_uses_of_code_that_changes_in_one_of_them_are_two_layers() -> None:
    graph = draw("a Python\nb Python layer=a")
    after = check_edit(graph, commands.set_params(graph, "a", {"code": "def half(x):\n    return x / 2"}))
    assert after.nodes["b"].layer == ""


def test_an_end_that_goes_takes_the_wires_at_all_places() -> None:
    graph = project()
    part = graph.part(_net("inner"))
    after = check_edit(graph, commands.delete(part, ["net_inner_output"]))
    outer = after.part(_net("outer"))
    assert [wire.id for wire in outer.wires.values()] == ["net_outer_one:net_inner_input"]
    again = check_edit(graph, commands.delete(part, ["net_inner_input"]))
    assert list(again.part(_net("outer")).wires) == ["net_outer_output:input"]
    lost = check_edit(graph, commands.delete(graph.part(_net("cell")), ["net_cell_last"]))
    assert lost.nodes["net_cell_next"].params == {}


# Arguments


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "class", "None", "self", "x", "torch", "nn", "F", "repeats", "code", "a b", "a-b", "1a", "é", "ａ",
        "a" * 61, "a=1", "a: int", "a)\nimport os\n#", "__import__('os')", "a,b", "\n", "width\n",
    ],
)  # fmt: skip
def test_an_argument_has_a_name_that_is_one_wherever_it_is_written(name: str) -> None:
    part = project().part(_net("inner"))
    with pytest.raises(Refused):
        networks.bind(part, "net_inner_fc", "bias", name)
    with pytest.raises(Refused):
        networks.rename_argument(part, "width", name)


def test_binding_makes_an_argument_of_the_parameters_value() -> None:
    graph = draw("network A\ninput Input shape=4\nfc Linear out_features=7\nfc2 Linear\nmain\na Network of=A")
    part = graph.part(_net("a"))
    after = check_edit(graph, networks.bind(part, "net_a_fc", "out_features", "hidden"))
    assert after.networks["net_a"].arguments == (Argument("hidden", 7),)
    assert (after.nodes["net_a_fc"].params, after.nodes["net_a_fc"].bound) == ({}, {"out_features": "hidden"})
    assert after.type(after.nodes["a"]).defaults() == {"hidden": 7}
    both = check_edit(after, networks.bind(after.part("net_a"), "net_a_fc2", "out_features", "hidden"))
    given = check_edit(both, commands.set_params(both.part(MAIN), "a", {"hidden": 9}))
    one = check_edit(given, networks.unbind(given.part("net_a"), "net_a_fc", "out_features"))
    assert one.nodes["net_a_fc"].params == {"out_features": 7} and one.nodes["a"].params == {"hidden": 9}
    none = check_edit(one, networks.unbind(one.part("net_a"), "net_a_fc2", "out_features"))
    assert not none.networks["net_a"].arguments and not none.nodes["a"].params


@pytest.mark.parametrize(
    ("key", "param", "name", "why"),
    [
        ("net_inner_fc", "out_features", "on", "is a whole number"),
        ("net_inner_fc", "bias", "width", "is either on or off"),
        ("net_inner_fc", "none", "width", "has no parameter none"),
        ("net_inner_input", "shape", "width", "has no parameter shape"),
        ("net_inner_output", "state", "width", "has no parameter state"),
        ("net_inner_fc", USED, "width", "is not on or off"),
        ("net_inner_output", USED, "on", "is not a layer with one input"),
        ("net_cell_cat", USED, "on", "is not a layer with one input"),
        ("net_outer_two", "repeats", "size", "has no parameter repeats"),
        ("net_outer_two", USED, "on", None),
        ("net_outer_one", USED, "on", None),
    ],
)
def test_a_binding_suits_what_is_bound(key: str, param: str, name: str, why: str | None) -> None:
    graph = project()
    part = graph.part(graph.nodes[key].network)
    if why is None:
        check_edit(graph, networks.bind(part, key, param, name))
        return
    with pytest.raises(Refused, match=why):
        networks.bind(part, key, param, name)


def test_an_argument_is_renamed_wherever_it_is_given() -> None:
    graph = project()
    after = check_edit(graph, networks.rename_argument(graph.part(_net("inner")), "width", "hidden"))
    assert after.nodes["net_inner_fc"].bound == {"out_features": "hidden"}
    assert after.nodes["net_outer_one"].bound == {"hidden": "size"}
    assert after.nodes["net_outer_two"].params["changing"] == "hidden"
    with pytest.raises(Refused, match="already has an argument on"):
        networks.rename_argument(graph.part(_net("inner")), "width", "on")


def test_what_an_argument_no_longer_allows_goes_from_where_it_is_given() -> None:
    graph = draw("""
        network A kernel=3
          input Input shape=1,8,8
          conv Conv2d kernel_size=$kernel
          norm Linear out_features=$kernel
          output Output
          input > conv > norm > output
        network B kernel=3
          input Input shape=1,8,8
          a Network of=A kernel=$kernel
          output Output
          input > a > output
        main
          a Network of=A kernel=5
          b Network of=B
    """)
    inner = graph.part(_net("a"))
    freed = check_edit(graph, commands.delete(inner, ["net_a_norm"]))
    both = check_edit(freed, commands.set_params(freed.part(MAIN), "a", {"kernel": (3, 5)}))
    gone = check_edit(both, networks.unbind(both.part(_net("a")), "net_a_conv", "kernel_size"))
    assert gone.nodes["a"].params == {} and gone.nodes["net_b_a"].bound == {}
    with pytest.raises(Refused):
        networks.set_argument(inner, "kernel", "zeros")


# All of it


def test_what_is_written_as_a_sequential_is_a_chain_of_modules() -> None:
    graph = draw("""
        network A sequential
          input Input shape=4
          fc Linear
          pool MaxPool1d
          output Output
          input > fc > pool > output
        main
          in0 Input shape=4
          a Network of=A
          in0 > a
    """)
    part = graph.part(_net("a"))
    assert is_sequential(graph, "net_a")
    spoilt: list[Callable[[], Edit]] = [
        lambda: commands.add_node(part, "Add", 0, 0),
        lambda: commands.add_node(part, "LSTM", 0, 0),
        lambda: commands.add_node(part, "Input", 0, 0),
        lambda: commands.connect(part, "net_a_input", "output", "net_a_output", "input"),
        lambda: commands.set_params(part, "net_a_pool", {"return_indices": True}),
    ]
    for spoil in spoilt:
        after = check_edit(graph, spoil())
        assert not is_sequential(after, "net_a")
        with pytest.raises(Refused):
            networks.set_network_written(after, "net_a", "sequential")
        check_edit(after, networks.set_network_written(after, "net_a", "class"))
    for key, written in ((MAIN, "sequential"), ("net_a", "list")):
        with pytest.raises(Refused):
            networks.set_network_written(graph, key, written)


@pytest.mark.parametrize("value", [0, 10**10, -1, 0.5, "zeros", (1, 2), (), float("nan"), float("inf"), True])
def test_an_argument_has_a_value_that_its_parameters_may_have(value: Value) -> None:
    part = project().part(_net("inner"))
    with pytest.raises(Refused):
        networks.set_argument(part, "width", value)
    with pytest.raises(Refused):
        networks.set_argument(part, "none", 1)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_work_leaves_a_whole_project_and_can_be_undone(data: st.DataObject) -> None:
    document = Document(project())
    start = document.graph
    for _ in range(data.draw(st.integers(4, 14))):
        edit = any_work(data.draw, document.graph)
        check_edit(document.graph, edit)
        document.commit(edit, "work")
    while document.undo():
        pass
    assert document.graph == start


@pytest.mark.parametrize("name", ["__debug__", "__class__", "__own", "super", "range", "print", "match", "Tensor", "é"])
def test_no_argument_is_called_what_the_program_calls_something_else(name: str) -> None:
    graph = draw("image Input shape=4\nfc Linear\nimage > fc")
    with pytest.raises(Refused, match="no word of Python"):
        networks.bind(graph, "fc", "out_features", name)
