"""What each command does, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused
from netbuilder.graph import commands
from netbuilder.graph.commands import Places
from netbuilder.graph.graph import Graph, compose, invert
from netbuilder.graph.records import Edit, Frame, Node, Note, Wire, dot_id, dot_of
from tests.graph.helpers import NAMES, PLACEABLE, chain, check_edit, check_graph, drawing, graphs, params, values


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


def test_every_block_can_be_placed() -> None:
    graph = Graph()
    for block in PLACEABLE:
        edit = commands.add_node(graph, block, 30, -40)
        assert len(edit) == 1
        [node] = check_edit(graph, edit).nodes.values()
        assert (node.block, node.x, node.y, node.params) == (block, 30, -40, {})
        assert node.name == node.id
    for block in sorted(CATALOG.keys() - set(PLACEABLE)):
        _refused(graph, lambda block=block: commands.add_node(graph, block, 0, 0), block, "needs a network")  # type: ignore[misc]


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
    assert commands.new_name(graph, CATALOG["Conv2d"]) == "conv3"


def test_a_block_is_placed_with_parameters_and_defaults_are_left_out() -> None:
    graph = Graph()
    graph = check_edit(graph, commands.add_node(graph, "Conv2d", 0, 0, {"out_channels": 6, "stride": 1}))
    assert graph.nodes["conv1"].params == {"out_channels": 6}
    assert graph.values(graph.nodes["conv1"])["stride"] == 1


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
    one = commands.check_params(CATALOG["Conv2d"], {"stride": 2, "out_channels": 3})
    other = commands.check_params(CATALOG["Conv2d"], {"out_channels": 3, "stride": 2})
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
    block = data.draw(st.sampled_from(PLACEABLE))
    key = CATALOG[block].stem
    graph = drawing((key, block))
    wanted = data.draw(params(block))
    after = check_edit(graph, commands.set_params(graph, key, wanted))
    assert {name: after.values(after.nodes[key])[name] for name in wanted} == wanted


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
        ("optimizer", "Adagrid"),
        ("optimizer", None),
        ("scheduler", "Cosine"),
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
        ("momentum", 0.9),
        ("optimizer_params", {"momentum": 0.9}),
        ("optimizer_params", {"lr": 0.9}),
        ("optimizer_params", {"betas": 0.9}),
        ("optimizer_params", {"eps": -1.0}),
        ("optimizer_params", 3),
        ("scheduler_params", {"gamma": 0.5}),
    ],
)
def test_set_training_refuses_what_does_not_suit(setting: str, value: object) -> None:
    graph = Graph()
    _refused(graph, lambda: commands.set_training(graph, **{setting: value}))


def test_another_optimizer_keeps_the_parameters_that_suit_it() -> None:
    params = {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True, "dampening": 0}
    graph = check_edit(Graph(), commands.set_training(Graph(), optimizer="SGD", optimizer_params=params))
    assert graph.training.optimizer_params == {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True}
    changed = commands.set_training(graph, optimizer_params={"nesterov": False, "weight_decay": 0.2})
    assert check_edit(graph, changed).training.optimizer_params == {"momentum": 0.9, "weight_decay": 0.2}
    graph = check_edit(graph, commands.set_training(graph, optimizer="RMSprop"))
    assert graph.training.optimizer_params == {"momentum": 0.9, "weight_decay": 0.1}
    graph = check_edit(graph, commands.set_training(graph, optimizer="AdamW", optimizer_params={"eps": 1e-6}))
    assert graph.training.optimizer_params == {"weight_decay": 0.1, "eps": 1e-6}
    graph = check_edit(graph, commands.set_training(graph, scheduler="StepLR", scheduler_params={"gamma": 0.5}))
    assert graph.training.scheduler_params == {"gamma": 0.5}
    graph = check_edit(graph, commands.set_training(graph, scheduler="ExponentialLR"))
    assert graph.training.scheduler_params == {"gamma": 0.5}
    assert check_edit(graph, commands.set_training(graph, scheduler="")).training.scheduler_params == {}


def test_a_learning_rate_suits_its_optimizer() -> None:
    graph = check_edit(Graph(), commands.set_training(Graph(), learning_rate=0))
    with pytest.raises(Refused, match="Learning rate is at least 1e-12"):
        commands.set_training(graph, optimizer="SparseAdam")


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


# Reroute dots


def dotted() -> Graph:
    """A chain whose wire into relu1 is led through two dots, and the one into the loss's target through one."""
    graph = check_edit(chain(), commands.add_dot(chain(), "relu1:input", 0, 10, 20))
    graph = check_edit(graph, commands.add_dot(graph, "relu1:input", 1, 30, 40))
    return check_edit(graph, commands.add_dot(graph, "loss:target", 0, 50, 60))


def test_a_dot_is_put_where_it_is_wanted_among_the_others() -> None:
    graph = dotted()
    after = check_edit(graph, commands.add_dot(graph, "relu1:input", 1, 0.4, 1e300))
    assert after.wires["relu1:input"].via == ((10, 20), (0, commands.FAR), (30, 40))
    after = check_edit(graph, commands.add_dot(graph, "relu1:input", 99, 1, 2))
    assert after.wires["relu1:input"].via == ((10, 20), (30, 40), (1, 2))
    _refused(graph, lambda: commands.add_dot(graph, "nobody:input", 0, 0, 0), "nobody:input")
    _refused(graph, lambda: commands.add_dot(graph, "relu1", 0, 0, 0), "relu1")


def test_dots_have_keys_of_their_own() -> None:
    assert dot_of(dot_id("relu1:input", 12)) == ("relu1:input", 12)
    assert [dot_of(key) for key in ("relu1:input", "relu1", "main", "")] == [None] * 4


def test_deleting_dots_straightens_the_wire() -> None:
    graph = dotted()
    after = check_edit(graph, commands.delete(graph, ["relu1:input#0"]))
    assert after.wires["relu1:input"].via == ((30, 40),)
    after = check_edit(graph, commands.delete(graph, ["relu1:input#0", "relu1:input#1", "loss:target#0"]))
    assert after == chain()
    assert commands.delete(graph, ["relu1:input#7", "nobody:input#0"]) == {}
    after = check_edit(graph, commands.delete(graph, ["relu1:input#0", "relu1:input"]))
    assert "relu1:input" not in after.wires
    after = check_edit(graph, commands.delete(graph, ["relu1:input#0", "conv1"]))
    assert "relu1:input" not in after.wires


def test_dots_move_alone_with_others_and_with_both_ends_of_their_wire() -> None:
    graph = dotted()

    def via(keys: list[str]) -> Places:
        return check_edit(graph, commands.shift(graph, keys, 5, -5)).wires["relu1:input"].via

    assert via(["relu1:input#1"]) == ((10, 20), (35, 35))
    assert via(["relu1:input#0", "relu1:input#1"]) == ((15, 15), (35, 35))
    assert via(["conv1", "relu1"]) == ((15, 15), (35, 35))
    assert via(["conv1", "relu1", "relu1:input#0"]) == ((15, 15), (35, 35))
    assert via(["conv1"]) == via(["relu1", "fc1"]) == ((10, 20), (30, 40))
    assert via(["conv1", "relu1:input#0"]) == ((15, 15), (30, 40))
    assert commands.shift(graph, ["relu1:input", "relu1:input#5", "nobody", "nobody:input#0", "main"], 5, 5) == {}
    assert commands.shift(graph, graph.records, 0, 0) == {}


def test_what_is_shifted_stays_in_reach() -> None:
    graph = dotted()
    after = check_edit(graph, commands.shift(graph, [*graph.nodes, "loss:target#0"], 10**7, -(10**7)))
    assert {(node.x, node.y) for node in after.nodes.values()} == {(commands.FAR, -commands.FAR)}
    assert after.wires["loss:target"].via == ((commands.FAR, -commands.FAR),)


def test_a_wire_drawn_again_keeps_its_dots_and_another_one_has_none() -> None:
    graph = dotted()
    assert commands.connect(graph, "conv1", "output", "relu1", "input") == {}
    after = check_edit(graph, commands.connect(graph, "fashion", "image", "relu1", "input"))
    assert after.wires["relu1:input"] == Wire("fashion", "image", "relu1", "input")


@given(graphs(), st.integers(-1000, 1000), st.integers(-1000, 1000), st.data())
def test_what_is_shifted_there_and_back_is_as_it_was(graph: Graph, dx: int, dy: int, data: st.DataObject) -> None:
    dots = [dot_id(key, i) for key, wire in graph.wires.items() for i in range(len(wire.via))]
    chosen = data.draw(st.sets(st.sampled_from([*graph.records, *dots])))
    after = check_edit(graph, commands.shift(graph, chosen, dx, dy))
    assert after.wires.keys() == graph.wires.keys()
    places = [place for wire in graph.wires.values() for place in wire.via]
    places += [(r.x, r.y) for r in graph.records.values() if isinstance(r, Node | Note | Frame)]
    if all(max(abs(x), abs(y)) <= commands.FAR - 1000 for x, y in places):
        assert check_edit(after, commands.shift(after, chosen, -dx, -dy)) == graph


# Several at once


def test_parameters_of_several_are_set_together() -> None:
    graph = drawing(("a", "Conv2d"), ("b", "Conv2d"), ("c", "Linear"))
    after = check_edit(graph, commands.set_params_of(graph, ["a", "b", "c"], {"bias": False}))
    assert all(node.params == {"bias": False} for node in after.nodes.values())
    _refused(graph, lambda: commands.set_params_of(graph, ["a", "c"], {"stride": 2}), "Linear", "stride")
    assert commands.set_params_of(graph, [], {"bias": False}) == {}


def test_fewer_inputs_of_several_take_all_their_wires() -> None:
    graph = drawing(("conv1", "Conv2d"), ("add1", "Add"), ("add2", "Add"))
    graph = check_edit(graph, commands.set_params_of(graph, ["add1", "add2"], {"inputs": 3}))
    for wire in (("conv1", "add1"), ("add1", "add2")):
        graph = check_edit(graph, commands.connect(graph, wire[0], "output", wire[1], "input3"))
    after = check_edit(graph, commands.set_params_of(graph, ["add1", "add2"], {"inputs": 2}))
    assert after.wires == {}


def test_a_free_key_is_one_that_no_record_has() -> None:
    assert commands.free_key(chain(), "note") == "note1"
    assert commands.free_key(chain(), "conv") == "conv2"


# Bypassing


def test_layers_and_ends_are_bypassed_and_taken_back() -> None:
    graph = chain()
    after = check_edit(graph, commands.set_muted(graph, ["relu1", "loss"], True))
    assert {key for key, node in after.nodes.items() if node.muted} == {"relu1", "loss"}
    assert commands.set_muted(after, ["relu1"], True) == {}
    assert check_edit(after, commands.set_muted(after, ["relu1", "loss", "fashion"], False)) == graph


def test_what_gives_the_samples_cannot_be_bypassed() -> None:
    graph = drawing(("fashion", "FashionMNIST"), ("input", "Input"), ("relu1", "ReLU"))
    _refused(graph, lambda: commands.set_muted(graph, ["relu1", "fashion"], True), "fashion", "bypassed")
    _refused(graph, lambda: commands.set_muted(graph, ["input"], True), "input", "bypassed")
    _refused(graph, lambda: commands.set_muted(graph, ["nobody"], True), "nobody")
    cannot = {block for block in CATALOG if not commands.bypassable(Node("a", block, "a"))}
    assert cannot == {name for name, block in CATALOG.items() if block.gives}


def _muted(graph: Graph, *keys: str) -> Graph:
    return check_edit(graph, commands.set_muted(graph, keys, True))


def test_a_drawing_without_bypassed_blocks_is_itself_live() -> None:
    graph = chain()
    assert graph.live is graph


def test_a_wire_goes_on_past_what_is_bypassed() -> None:
    graph = _muted(dotted(), "relu1", "flatten1")
    assert graph.live.wires["fc1:input"] == Wire("conv1", "output", "fc1", "input")
    assert set(graph.live.wires) == {"conv1:input", "fc1:input", "loss:input", "loss:target"}
    assert graph.live.wires["loss:target"].via == ((50, 60),)
    assert graph.wires == dotted().wires


def test_at_a_fork_every_way_goes_on() -> None:
    graph = drawing(("conv1", "Conv2d"), ("relu1", "ReLU"), ("a", "Tanh"), ("b", "Tanh"))
    for source, target in (("conv1", "relu1"), ("relu1", "a"), ("relu1", "b")):
        graph = check_edit(graph, commands.connect(graph, source, "output", target, "input"))
    live = _muted(graph, "relu1").live
    assert {wire.source for wire in live.wires.values()} == {"conv1"}
    assert set(live.wires) == {"a:input", "b:input"}


def test_of_several_inputs_the_first_that_has_a_wire_goes_on() -> None:
    graph = drawing(("a", "Conv2d"), ("b", "Conv2d"), ("add1", "Add"), ("relu1", "ReLU"))
    for wire in (("a", "add1", "input1"), ("b", "add1", "input2"), ("add1", "relu1", "input")):
        graph = check_edit(graph, commands.connect(graph, wire[0], "output", wire[1], wire[2]))
    graph = _muted(graph, "add1")
    assert graph.live.wires["relu1:input"].source == "a"
    graph = check_edit(graph, commands.disconnect(graph, ["add1:input1"]))
    assert graph.live.wires["relu1:input"].source == "b"
    graph = check_edit(graph, commands.disconnect(graph, ["add1:input2"]))
    assert graph.live.wires == {}
    assert graph.passed("add1") is None


def test_a_bypassed_end_drops_out_and_everything_may_be_bypassed() -> None:
    graph = _muted(chain(), "loss")
    assert set(graph.live.nodes) == set(graph.nodes) - {"loss"}
    assert set(graph.live.wires) == set(graph.wires) - {"loss:input", "loss:target"}
    graph = check_edit(chain(), commands.delete(chain(), ["fashion"]))
    live = _muted(graph, *graph.nodes).live
    assert live.nodes == live.wires == {}
    assert live.training == graph.training


@given(graphs(), st.data())
def test_deleting_anything_leaves_a_whole_drawing(graph: Graph, data: st.DataObject) -> None:
    dots = [dot_id(key, i) for key, wire in graph.wires.items() for i in range(len(wire.via))]
    keys = data.draw(st.lists(st.sampled_from([*sorted(graph.records), *dots]), unique=True))
    after = check_edit(graph, commands.delete(graph, keys))
    assert set(after.records) & set(keys) <= {"main", "project", "training"}
    for key, wire in after.wires.items():
        assert len(wire.via) == len(graph.wires[key].via) - len({*keys} & {dot_id(key, i) for i in range(9)})
