"""What each command does, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph, compose, invert
from netbuilder.graph.records import Edit, Node, Wire
from tests.graph.helpers import NAMES, chain, check_edit, check_graph, drawing, graphs, params, values


def _refused(graph: Graph, command: Callable[[], Edit], *words: str) -> None:
    """The command is refused in a sentence that holds these words, and the graph is as before."""
    records = dict(graph.records)
    with pytest.raises(Refused) as refused:
        command()
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert all(word in sentence for word in words), sentence
    assert graph.records == records


def test_an_empty_project_is_whole() -> None:
    check_graph(Graph())


@pytest.mark.parametrize("block", sorted(CATALOG))
def test_every_block_can_be_placed(block: str) -> None:
    graph = Graph()
    edit = commands.add_node(graph, block, 30, -40)
    assert len(edit) == 1
    [node] = check_edit(graph, edit).nodes.values()
    assert (node.block, node.x, node.y, node.params) == (block, 30, -40, {})
    assert node.name == node.id


def test_new_layers_are_numbered_and_other_blocks_from_the_second_on() -> None:
    graph = Graph()
    names = []
    for block in ("Conv2d", "Conv2d", "ReLU", "Conv2d", "FashionMNIST", "FashionMNIST", "MSELoss", "MSELoss"):
        edit = commands.add_node(graph, block, 0, 0)
        names += list(edit)
        graph = check_edit(graph, edit)
    assert names == ["conv1", "conv2", "relu1", "conv3", "fashion", "fashion2", "loss", "loss2"]


def test_a_new_name_is_free_among_ids_and_names() -> None:
    graph = drawing(("conv1", "Conv2d"))
    graph = check_edit(graph, commands.rename(graph, "conv1", "conv2"))
    assert commands.new_name(graph, "Conv2d") == "conv3"


def test_a_block_is_placed_with_parameters_and_defaults_are_left_out() -> None:
    graph = Graph()
    graph = check_edit(graph, commands.add_node(graph, "Conv2d", 0, 0, {"out_channels": 6, "stride": 1}))
    assert graph.nodes["conv1"].params == {"out_channels": 6}
    assert graph.nodes["conv1"].values["stride"] == 1


def test_a_block_is_placed_no_further_out_than_a_file_may_hold() -> None:
    far = 10**7
    graph = check_edit(Graph(), commands.add_node(Graph(), "ReLU", far, -far))
    assert (graph.nodes["relu1"].x, graph.nodes["relu1"].y) == (commands.FAR, -commands.FAR)


def test_unknown_blocks_and_parameters_are_refused() -> None:
    graph = Graph()
    _refused(graph, lambda: commands.add_node(graph, "Conv9d", 0, 0), "Conv9d")
    _refused(graph, lambda: commands.add_node(graph, "Conv2d", 0, 0, {"colour": 3}), "Conv2d", "colour")
    _refused(graph, lambda: commands.add_node(graph, "Conv2d", 0, 0, {"stride": 0}), "Stride", "1")


def test_parameters_are_kept_in_the_catalogs_order() -> None:
    one = commands.check_params("Conv2d", {"stride": 2, "out_channels": 3})
    other = commands.check_params("Conv2d", {"out_channels": 3, "stride": 2})
    assert list(one) == list(other) == ["out_channels", "stride"]


def test_connect_draws_a_wire() -> None:
    graph = drawing(("conv1", "Conv2d"), ("relu1", "ReLU"))
    graph = check_edit(graph, commands.connect(graph, "conv1", "output", "relu1", "input"))
    assert graph.wires == {"relu1:input": Wire("conv1", "output", "relu1", "input")}
    assert commands.occupied(graph, "relu1", "input")
    assert not commands.occupied(graph, "conv1", "input")


def test_connect_replaces_the_wire_that_ends_there() -> None:
    graph = chain()
    edit = commands.connect(graph, "conv1", "output", "flatten1", "input")
    assert set(edit) == {"flatten1:input"}
    assert check_edit(graph, edit).wires["flatten1:input"].source == "conv1"


def test_connecting_what_is_connected_changes_nothing() -> None:
    graph = chain()
    assert commands.connect(graph, "conv1", "output", "relu1", "input") == {}


def test_wires_that_cannot_be_are_refused() -> None:
    graph = chain()
    connect = commands.connect
    _refused(graph, lambda: connect(graph, "nobody", "output", "relu1", "input"), "nobody")
    _refused(graph, lambda: connect(graph, "conv1", "output", "nobody", "input"), "nobody")
    _refused(graph, lambda: connect(graph, "conv1:input", "output", "relu1", "input"), "conv1:input")
    _refused(graph, lambda: connect(graph, "conv1", "image", "relu1", "input"), "conv1", "image")
    _refused(graph, lambda: connect(graph, "conv1", "output", "relu1", "target"), "relu1", "target")
    _refused(graph, lambda: connect(graph, "loss", "output", "relu1", "input"), "loss")
    _refused(graph, lambda: connect(graph, "conv1", "output", "fashion", "input"), "fashion")
    _refused(graph, lambda: connect(graph, "fc1", "output", "conv1", "input"), "fc1", "conv1", "circle")
    _refused(graph, lambda: connect(graph, "relu1", "output", "relu1", "input"), "relu1", "circle")


def test_disconnect_takes_just_these_wires() -> None:
    graph = chain()
    after = check_edit(graph, commands.disconnect(graph, ["relu1:input", "loss:target"]))
    assert set(graph.wires) - set(after.wires) == {"relu1:input", "loss:target"}
    assert after.nodes == graph.nodes


def test_disconnecting_what_is_not_there_is_refused() -> None:
    graph = chain()
    _refused(graph, lambda: commands.disconnect(graph, ["conv1:nothing"]), "conv1:nothing")


def test_delete_takes_nodes_with_the_wires_at_them() -> None:
    graph = chain()
    after = check_edit(graph, commands.delete(graph, ["fashion", "flatten1"]))
    assert set(after.nodes) == {"conv1", "relu1", "fc1", "loss"}
    assert set(after.wires) == {"relu1:input", "loss:input"}


def test_delete_takes_wires_alone_and_leaves_what_holds_the_project() -> None:
    graph = chain()
    after = check_edit(graph, commands.delete(graph, ["relu1:input", "main", "training", "project", "nobody"]))
    assert set(graph.records) - set(after.records) == {"relu1:input"}


def test_move_rounds_and_stays_in_reach() -> None:
    graph = chain()
    after = check_edit(graph, commands.move(graph, {"conv1": (10.6, -3.2), "fc1": (1e300, float("-inf"))}))
    assert (after.nodes["conv1"].x, after.nodes["conv1"].y) == (11, -3)
    assert (after.nodes["fc1"].x, after.nodes["fc1"].y) == (commands.FAR, -commands.FAR)
    assert commands.move(graph, {"conv1": (graph.nodes["conv1"].x, graph.nodes["conv1"].y)}) == {}
    _refused(graph, lambda: commands.move(graph, {"nobody": (0, 0)}), "nobody")


def test_rename_trims_and_two_blocks_may_share_a_name() -> None:
    graph = chain()
    after = check_edit(graph, commands.rename(graph, "conv1", "  fc1\t"))
    assert after.nodes["conv1"].name == after.nodes["fc1"].name == "fc1"
    assert set(after.nodes) == set(graph.nodes)
    assert check_edit(graph, commands.rename(graph, "main", "LeNet")).main.name == "LeNet"
    assert commands.rename(graph, "conv1", " conv1 ") == {}


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\tb", "x" * 61, "\x07", "\ud800", "a\u202eb", "\u2028"])
def test_a_name_is_one_line_that_can_be_shown(name: str) -> None:
    graph = chain()
    _refused(graph, lambda: commands.rename(graph, "conv1", name), "name")


@pytest.mark.parametrize("key", ["nobody", "project", "training", "relu1:input"])
def test_only_blocks_and_networks_have_names(key: str) -> None:
    graph = chain()
    _refused(graph, lambda: commands.rename(graph, key, "x"), key)


@given(NAMES)
def test_every_printable_name_is_kept(name: str) -> None:
    graph = drawing(("conv1", "Conv2d"))
    after = check_edit(graph, commands.rename(graph, "conv1", name))
    assert after.nodes["conv1"].name == name.strip()


def test_set_params_changes_what_is_said_and_keeps_the_rest() -> None:
    graph = chain()
    graph = check_edit(graph, commands.set_params(graph, "conv1", {"out_channels": 6, "kernel_size": [5, 3]}))
    graph = check_edit(graph, commands.set_params(graph, "conv1", {"stride": 2}))
    assert graph.nodes["conv1"].params == {"out_channels": 6, "kernel_size": (5, 3), "stride": 2}
    graph = check_edit(graph, commands.set_params(graph, "conv1", {"out_channels": 16, "stride": 1}))
    assert graph.nodes["conv1"].params == {"kernel_size": (5, 3)}
    assert commands.set_params(graph, "conv1", {"stride": 1}) == {}


def test_set_params_refuses_what_does_not_suit() -> None:
    graph = chain()
    _refused(graph, lambda: commands.set_params(graph, "conv1", {"stride": "2"}), "Stride")
    _refused(graph, lambda: commands.set_params(graph, "conv1", {"bias": 1}), "Bias")
    _refused(graph, lambda: commands.set_params(graph, "conv1", {"groups": 10**9 + 1}), "Groups", "1000000000")
    _refused(graph, lambda: commands.set_params(graph, "conv1", {"nothing": 1}), "nothing")
    _refused(graph, lambda: commands.set_params(graph, "nobody", {}), "nobody")


def test_fewer_inputs_take_their_wires_with_them() -> None:
    graph = drawing(("conv1", "Conv2d"), ("conv2", "Conv2d"), ("add1", "Add"))
    graph = check_edit(graph, commands.set_params(graph, "add1", {"inputs": 4}))
    for number, source in enumerate(("conv1", "conv2", "conv1", "conv2"), 1):
        graph = check_edit(graph, commands.connect(graph, source, "output", "add1", f"input{number}"))
    after = check_edit(graph, commands.set_params(graph, "add1", {"inputs": 3}))
    assert set(graph.wires) - set(after.wires) == {"add1:input4"}
    assert after.nodes["add1"].params == {"inputs": 3}


@given(st.data())
def test_any_allowed_parameters_can_be_set(data: st.DataObject) -> None:
    block = data.draw(st.sampled_from(sorted(CATALOG)))
    key = CATALOG[block].stem
    graph = drawing((key, block))
    wanted = data.draw(params(block))
    after = check_edit(graph, commands.set_params(graph, key, wanted))
    assert {name: after.nodes[key].values[name] for name in wanted} == wanted


def test_set_written_says_how_a_layer_is_written() -> None:
    graph = chain()
    after = check_edit(graph, commands.set_written(graph, "relu1", "function"))
    assert after.nodes["relu1"].written == "function"
    assert check_edit(after, commands.set_written(after, "relu1", "")) == graph
    assert commands.set_written(graph, "conv1", "") == {}


@pytest.mark.parametrize(
    ("key", "written"),
    [("conv1", "function"), ("fashion", "module"), ("loss", "function"), ("relu1", "poem"), ("nobody", "module")],
)
def test_set_written_refuses_what_cannot_be_written_so(key: str, written: str) -> None:
    graph = chain()
    _refused(graph, lambda: commands.set_written(graph, key, written))


def test_set_project_says_how_layers_are_written() -> None:
    graph = chain()
    assert check_edit(graph, commands.set_project(graph, "function")).project.layers == "function"
    assert commands.set_project(graph, "module") == {}
    _refused(graph, lambda: commands.set_project(graph, "both"), "module", "function")


def test_set_training_changes_what_is_said_and_keeps_the_rest() -> None:
    graph = check_edit(Graph(), commands.set_training(Graph(), optimizer="SGD", learning_rate=1))
    graph = check_edit(graph, commands.set_training(graph, epochs=2))
    training = graph.training
    assert (training.optimizer, training.learning_rate, training.epochs, training.batch_size) == ("SGD", 1.0, 2, 64)
    assert commands.set_training(graph, epochs=2) == {}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("optimizer", "Adagrad"),
        ("learning_rate", -1.0),
        ("learning_rate", float("nan")),
        ("learning_rate", "0.1"),
        ("batch_size", 0),
        ("batch_size", 2.0),
        ("epochs", True),
        ("seed", 2**31),
        ("steps", -1),
        ("warmup", 3),
        ("id", "other"),
        ("momentum", None),
    ],
)
def test_set_training_refuses_what_does_not_suit(setting: str, value: object) -> None:
    graph = Graph()
    _refused(graph, lambda: commands.set_training(graph, **{setting: value}))


@given(st.data())
def test_any_allowed_setting_of_the_training_can_be_set(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(commands.TRAINING_LIMITS)))
    value = data.draw(values(commands.TRAINING_LIMITS[name]))
    after = check_edit(Graph(), commands.set_training(Graph(), **{name: value}))
    assert getattr(after.training, name) == value


def test_the_trainings_defaults_are_within_its_limits() -> None:
    training = Graph().training
    assert {name: getattr(training, name) for name in commands.TRAINING_LIMITS} == {
        name: param.default for name, param in commands.TRAINING_LIMITS.items()
    }


def test_an_edit_for_another_graph_is_an_error() -> None:
    edit = commands.delete(chain(), ["conv1"])
    with pytest.raises(ValueError, match="does not start from this graph"):
        Graph().apply(edit)


def test_compose_keeps_the_first_before_and_the_last_after() -> None:
    graph = chain()
    first = commands.move(graph, {"conv1": (5, 5), "fc1": (1, 1)})
    second = commands.move(graph.apply(first), {"conv1": (9, 9)})
    whole = compose(first, second)
    moved = check_edit(graph, whole)
    assert moved == graph.apply(first).apply(second)
    assert (moved.nodes["conv1"].x, moved.nodes["fc1"].x) == (9, 1)
    back = commands.move(moved, {"conv1": (0, 100)})
    assert set(compose(whole, back)) == {"fc1"}
    assert compose(first, invert(first)) == {}


def test_the_order_is_by_wires_then_top_to_bottom_then_left_to_right() -> None:
    nodes = [Node("low", "ReLU", "low", 0, 50), Node("right", "ReLU", "r", 9, 0), Node("left", "ReLU", "l", 1, 0)]
    graph = Graph({node.id: node for node in nodes})
    assert [node.id for node in graph.order] == ["left", "right", "low"]
    graph = graph.apply(commands.connect(graph, "low", "output", "left", "input"))
    assert [node.id for node in graph.order] == ["right", "low", "left"]


def test_upstream_and_downstream_follow_the_wires() -> None:
    graph = chain()
    assert graph.downstream(["relu1"]) == {"relu1", "flatten1", "fc1", "loss"}
    assert graph.upstream(["relu1"]) == {"relu1", "conv1", "fashion"}
    assert graph.downstream([]) == set()


@given(graphs())
def test_any_drawing_is_whole(graph: Graph) -> None:
    check_graph(graph)


@given(graphs(), st.data())
def test_deleting_anything_leaves_a_whole_drawing(graph: Graph, data: st.DataObject) -> None:
    keys = data.draw(st.lists(st.sampled_from(sorted(graph.records)), unique=True))
    after = check_edit(graph, commands.delete(graph, keys))
    assert not set(keys) & (set(after.nodes) | set(after.wires))
