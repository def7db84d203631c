"""Commands that keep what flows together: joined, inserted, appended, swapped, and never a wire that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.blocks import CATALOG, Block
from netbuilder.blocks.sentence import Refused
from netbuilder.graph import chains, commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Wire
from tests.graph.helpers import PLACEABLE, chain, check_edit, drawing, graphs


def _never(wire: Wire) -> bool:
    return False


def _refused(graph: Graph, command: Callable[[], Edit], *words: str) -> None:
    records = dict(graph.records)
    with pytest.raises(Refused) as refused:
        command()
    assert str(refused.value).endswith(".")
    assert all(word in str(refused.value) for word in words), str(refused.value)
    assert graph.records == records


def _wires(graph: Graph) -> set[str]:
    """The wires as `source.output > target.input`."""
    return {f"{w.source}.{w.output} > {w.target}.{w.input}" for w in graph.wires.values()}


def _place(graph: Graph, key: str, block: str, y: int = 900) -> Graph:
    """The drawing with one more block, which gets that id."""
    edit = commands.add_node(graph, block, 0, y)
    assert set(edit) == {key}
    return check_edit(graph, edit)


def fork() -> Graph:
    """conv1 feeds relu1 and tanh1, which meet in add1."""
    return drawing(
        ("conv1", "Conv2d"),
        ("relu1", "ReLU"),
        ("tanh1", "Tanh"),
        ("add1", "Add"),
        ("conv1", "output", "relu1", "input"),
        ("conv1", "output", "tanh1", "input"),
        ("relu1", "output", "add1", "input1"),
        ("tanh1", "output", "add1", "input2"),
    )


# What belongs to a chain


def test_a_chain_goes_as_far_as_there_is_one_before_and_one_after() -> None:
    assert chains.chain(chain(), ["relu1"]) == {"fashion", "conv1", "relu1", "flatten1", "fc1", "loss"}
    assert chains.chain(fork(), ["relu1"]) == {"relu1"}
    assert chains.chain(fork(), ["relu1", "conv1"]) == {"relu1", "conv1"}
    graph = _place(fork(), "fc1", "Linear")
    graph = check_edit(graph, commands.connect(graph, "add1", "output", "fc1", "input"))
    assert chains.chain(graph, ["fc1"]) == {"add1", "fc1"}
    assert chains.chain(chain(), []) == set()
    assert chains.chain(chain(), ["nobody", "relu1:input"]) == set()


@given(graphs(), st.data())
def test_a_chain_is_the_same_from_each_of_its_nodes(graph: Graph, data: st.DataObject) -> None:
    if graph.nodes:
        found = chains.chain(graph, [data.draw(st.sampled_from(sorted(graph.nodes)))])
        assert all(chains.chain(graph, [key]) == found for key in found)


# Deleting, and joining what is left


@pytest.mark.parametrize(
    ("gone", "joined"),
    [
        (["relu1"], {"conv1.output > flatten1.input"}),
        (["relu1", "flatten1"], {"conv1.output > fc1.input"}),
        (["relu1", "fc1"], {"conv1.output > flatten1.input", "flatten1.output > loss.input"}),
        (["conv1", "relu1", "flatten1", "fc1"], {"fashion.image > loss.input"}),
        (["conv1"], {"fashion.image > relu1.input"}),
        (["fashion"], set()),
        (["loss"], set()),
        (["fashion", "conv1"], set()),
        (["fc1", "loss"], set()),
        (["relu1", "relu1:input"], set()),
        (["relu1", "flatten1:input"], set()),
        (["relu1:input"], set()),
        (["nobody", "main"], set()),
    ],
)
def test_what_was_before_and_after_is_joined(gone: list[str], joined: set[str]) -> None:
    graph = chain()
    after = check_edit(graph, chains.delete_joined(graph, gone))
    plain = graph.apply(commands.delete(graph, gone))
    assert after.nodes == plain.nodes
    assert _wires(after) - _wires(graph) == joined
    assert _wires(after) == _wires(plain) | joined


def test_a_deleted_node_that_fed_several_is_joined_to_each() -> None:
    graph = _place(fork(), "fc1", "Linear", -100)
    graph = check_edit(graph, commands.connect(graph, "fc1", "output", "conv1", "input"))
    after = check_edit(graph, chains.delete_joined(graph, ["conv1"]))
    assert _wires(after) - _wires(graph) == {"fc1.output > relu1.input", "fc1.output > tanh1.input"}


def test_both_ways_to_an_add_are_joined() -> None:
    after = check_edit(fork(), chains.delete_joined(fork(), ["relu1", "tanh1"]))
    assert _wires(after) == {"conv1.output > add1.input1", "conv1.output > add1.input2"}


def test_nothing_is_joined_past_a_node_that_took_several() -> None:
    graph = _place(fork(), "fc1", "Linear")
    graph = check_edit(graph, commands.connect(graph, "add1", "output", "fc1", "input"))
    assert _wires(check_edit(graph, chains.delete_joined(graph, ["add1"]))) == {
        "conv1.output > relu1.input",
        "conv1.output > tanh1.input",
    }
    graph = check_edit(graph, commands.disconnect(graph, ["add1:input1"]))
    after = check_edit(graph, chains.delete_joined(graph, ["add1"]))
    assert "tanh1.output > fc1.input" in _wires(after)


def test_a_target_that_passed_through_is_joined_to_the_loss() -> None:
    graph = _place(chain(), "flatten2", "Flatten")
    graph = check_edit(graph, commands.connect(graph, "fashion", "label", "flatten2", "input"))
    graph = check_edit(graph, commands.connect(graph, "flatten2", "output", "loss", "target"))
    after = check_edit(graph, chains.delete_joined(graph, ["flatten2"]))
    assert after == chain()


def test_only_what_fits_is_joined() -> None:
    asked: list[Wire] = []

    def fits(wire: Wire) -> bool:
        asked.append(wire)
        return wire.target != "flatten1"

    graph = chain()
    after = check_edit(graph, chains.delete_joined(graph, ["relu1", "fc1"], fits))
    assert _wires(after) - _wires(graph) == {"flatten1.output > loss.input"}
    assert set(asked) == {Wire("conv1", "output", "flatten1", "input"), Wire("flatten1", "output", "loss", "input")}
    assert chains.delete_joined(graph, ["relu1", "fc1"], _never) == commands.delete(graph, ["relu1", "fc1"])


def test_a_joined_wire_goes_through_the_dots_that_stay() -> None:
    graph = check_edit(chain(), commands.add_dot(chain(), "relu1:input", 0, 9, 9))
    graph = check_edit(graph, commands.add_dot(graph, "flatten1:input", 0, 8, 8))
    graph = check_edit(graph, commands.add_dot(graph, "loss:input", 0, 7, 7))
    graph = check_edit(graph, commands.add_dot(graph, "loss:input", 1, 6, 6))
    after = check_edit(graph, chains.delete_joined(graph, ["relu1", "flatten1:input#0", "loss:input#0"]))
    assert after.wires["flatten1:input"] == Wire("conv1", "output", "flatten1", "input", ((9, 9),))
    assert after.wires["loss:input"].via == ((6, 6),)


@given(graphs(), st.data())
def test_deleting_and_joining_leaves_a_whole_drawing(graph: Graph, data: st.DataObject) -> None:
    keys = set(data.draw(st.lists(st.sampled_from(sorted(graph.records)), unique=True)))
    after = check_edit(graph, chains.delete_joined(graph, keys))
    plain = graph.apply(commands.delete(graph, keys))
    assert after.nodes == plain.nodes
    assert plain.wires.items() <= after.wires.items()
    for wire in after.wires.values():
        assert wire.target in graph.downstream([wire.source])


@given(graphs(), st.data())
def test_whatever_is_inserted_or_appended_leaves_a_whole_drawing(graph: Graph, data: st.DataObject) -> None:
    fits = data.draw(st.sampled_from([chains.anything, lambda wire: wire.input != "input1"]))
    block = data.draw(st.sampled_from(PLACEABLE))
    placed = commands.add_node(graph, block, 0, 0)
    (new,) = placed
    with_new = graph.apply(placed)
    for wire in graph.wires.values():
        try:
            edit = chains.splice(with_new, wire.id, [new], fits)
        except Refused:
            assert not CATALOG[block].inputs or not CATALOG[block].outputs or fits is not chains.anything
            continue
        after = check_edit(with_new, edit)
        assert after.wires[wire.id].source == new
        assert [w.source for w in after.wires_into(new).values()] == [wire.source]
        assert len(after.wires) == len(graph.wires) + 1
    if graph.nodes:
        sources = data.draw(st.lists(st.sampled_from(sorted(graph.nodes)), max_size=3, unique=True))
        after = check_edit(with_new, chains.attach(with_new, sources, new, fits))
        assert all(fits(w) for w in (*after.wires_into(new).values(), *after.wires_out_of(new)))
        old = {wire.id for wire in graph.wires.values()}
        assert old <= set(after.wires)
        assert graph.downstream(sources) | {new} >= after.downstream([new])


# Inserting into a wire


def test_a_node_is_inserted_into_a_wire() -> None:
    graph = _place(chain(), "tanh1", "Tanh")
    after = check_edit(graph, chains.splice(graph, "flatten1:input", ["tanh1"]))
    assert _wires(after) - _wires(graph) == {"relu1.output > tanh1.input", "tanh1.output > flatten1.input"}
    assert _wires(graph) - _wires(after) == {"relu1.output > flatten1.input"}


def test_a_selection_is_inserted_from_its_first_input_to_its_last_output() -> None:
    graph = _place(_place(_place(chain(), "conv2", "Conv2d"), "tanh1", "Tanh", 950), "dropout1", "Dropout", 1000)
    graph = check_edit(graph, chains.connect_in_line(graph, ["conv2", "tanh1"]))
    after = check_edit(graph, chains.splice(graph, "relu1:input", ["dropout1", "tanh1", "conv2", "note1"]))
    assert _wires(after) - _wires(graph) == {"conv1.output > conv2.input", "tanh1.output > relu1.input"}
    assert after.wires_into("dropout1") == {}


def test_a_node_of_several_inputs_takes_what_comes_into_its_first_free_one() -> None:
    graph = _place(chain(), "add1", "Add", -50)
    after = check_edit(graph, chains.splice(graph, "relu1:input", ["add1"]))
    assert {"conv1.output > add1.input1", "add1.output > relu1.input"} <= _wires(after)
    graph = check_edit(graph, commands.connect(graph, "fashion", "image", "add1", "input1"))
    after = check_edit(graph, chains.splice(graph, "relu1:input", ["add1"]))
    assert {"fashion.image > add1.input1", "conv1.output > add1.input2"} <= _wires(after)


def test_a_layer_is_inserted_into_the_wire_to_a_target() -> None:
    graph = _place(chain(), "flatten2", "Flatten")
    after = check_edit(graph, chains.splice(graph, "loss:target", ["flatten2"]))
    assert {"fashion.label > flatten2.input", "flatten2.output > loss.target"} <= _wires(after)


def test_what_cannot_be_inserted_is_refused() -> None:
    graph = _place(chain(), "tanh1", "Tanh")
    no_place = "no free input and output"
    _refused(graph, lambda: chains.splice(graph, "nobody:input", ["tanh1"]), "nobody:input")
    _refused(graph, lambda: chains.splice(graph, "relu1:input", ["relu1"]), "its own wire")
    _refused(graph, lambda: chains.splice(graph, "relu1:input", ["tanh1", "conv1"]), "its own wire")
    _refused(graph, lambda: chains.splice(graph, "relu1:input", ["fashion"]), no_place)
    _refused(graph, lambda: chains.splice(graph, "relu1:input", ["loss"]), no_place)
    _refused(graph, lambda: chains.splice(graph, "relu1:input", ["flatten1"]), no_place)
    _refused(graph, lambda: chains.splice(graph, "relu1:input", []), no_place)
    _refused(graph, lambda: chains.splice(graph, "relu1:input", ["tanh1"], _never), no_place)
    fed = check_edit(graph, commands.connect(graph, "tanh1", "output", "fc1", "input"))
    _refused(fed, lambda: chains.splice(fed, "relu1:input", ["tanh1"]), no_place)


def test_an_insertion_that_would_close_a_circle_is_refused() -> None:
    graph = _place(chain(), "add1", "Add")
    graph = check_edit(graph, commands.connect(graph, "fc1", "output", "add1", "input1"))
    _refused(graph, lambda: chains.splice(graph, "relu1:input", ["add1"]), "circle")


def test_an_insertion_asks_what_fits() -> None:
    graph = _place(_place(chain(), "tanh1", "Tanh"), "fc2", "Linear", 950)

    def fits(wire: Wire) -> bool:
        return "tanh1" not in (wire.source, wire.target)

    after = check_edit(graph, chains.splice(graph, "relu1:input", ["tanh1", "fc2"], fits))
    assert {"conv1.output > fc2.input", "fc2.output > relu1.input"} <= _wires(after)


# Appending


def test_at_the_end_of_a_chain_a_node_is_wired_behind() -> None:
    graph = _place(drawing(("conv1", "Conv2d")), "relu1", "ReLU")
    assert _wires(check_edit(graph, chains.attach(graph, ["conv1"], "relu1"))) == {"conv1.output > relu1.input"}


def test_within_a_chain_a_node_goes_between() -> None:
    graph = _place(chain(), "dropout1", "Dropout")
    after = check_edit(graph, chains.attach(graph, ["relu1"], "dropout1"))
    assert _wires(after) - _wires(graph) == {"relu1.output > dropout1.input", "dropout1.output > flatten1.input"}


def test_behind_a_fork_a_node_starts_a_way_of_its_own() -> None:
    graph = _place(fork(), "dropout1", "Dropout")
    after = check_edit(graph, chains.attach(graph, ["conv1"], "dropout1"))
    assert _wires(after) - _wires(graph) == {"conv1.output > dropout1.input"}
    assert _wires(after) > _wires(graph)


def test_what_gives_nothing_on_never_goes_between() -> None:
    graph = _place(chain(), "accuracy", "Accuracy")
    after = check_edit(graph, chains.attach(graph, ["fc1"], "accuracy"))
    assert _wires(after) - _wires(graph) == {"fc1.output > accuracy.input", "fashion.label > accuracy.target"}
    assert _wires(after) > _wires(graph)


def test_the_loss_finds_the_target_of_the_data_above() -> None:
    graph = drawing(("digits", "Digits"), ("fc1", "Linear"), ("digits", "image", "fc1", "input"))
    graph = _place(graph, "loss", "CrossEntropyLoss")
    after = check_edit(graph, chains.attach(graph, ["fc1"], "loss"))
    assert {"fc1.output > loss.input", "digits.label > loss.target"} <= _wires(after)
    alone = check_edit(graph, commands.disconnect(graph, ["fc1:input"]))
    assert _wires(check_edit(alone, chains.attach(alone, ["fc1"], "loss"))) == {"fc1.output > loss.input"}

    def fits(wire: Wire) -> bool:
        return wire.output != "label"

    after = check_edit(graph, chains.attach(graph, ["fc1"], "loss", fits))
    assert _wires(after) == {"digits.image > fc1.input", "fc1.output > loss.input"}


def test_of_two_targets_above_none_is_guessed() -> None:
    graph = drawing(("digits", "Digits"), ("random", "RandomTensors"), ("add1", "Add"))
    for wire in (("digits", "image", "add1", "input1"), ("random", "x", "add1", "input2")):
        graph = check_edit(graph, commands.connect(graph, *wire))
    graph = _place(graph, "loss", "MSELoss")
    after = check_edit(graph, chains.attach(graph, ["add1"], "loss"))
    assert _wires(after) - _wires(graph) == {"add1.output > loss.input"}


def test_behind_data_the_samples_are_taken_and_the_target_where_only_that_fits() -> None:
    graph = _place(drawing(("digits", "Digits")), "fc1", "Linear")
    assert _wires(check_edit(graph, chains.attach(graph, ["digits"], "fc1"))) == {"digits.image > fc1.input"}
    after = check_edit(graph, chains.attach(graph, ["digits"], "fc1", lambda wire: wire.output == "label"))
    assert _wires(after) == {"digits.label > fc1.input"}


@pytest.mark.parametrize(("block", "key"), [("Add", "add1"), ("Concat", "concat1")])
def test_several_sources_each_get_an_input(block: str, key: str) -> None:
    graph = _place(drawing(("conv1", "Conv2d"), ("relu1", "ReLU"), ("tanh1", "Tanh")), key, block)
    after = check_edit(graph, chains.attach(graph, ["relu1", "conv1"], key))
    assert _wires(after) == {f"relu1.output > {key}.input1", f"conv1.output > {key}.input2"}
    after = check_edit(graph, chains.attach(graph, ["relu1", "conv1", "tanh1"], key))
    assert _wires(after) == {f"relu1.output > {key}.input1", f"conv1.output > {key}.input2"}


def test_a_source_that_gives_nothing_takes_no_input() -> None:
    graph = drawing(("conv1", "Conv2d"), ("loss", "MSELoss"), ("relu1", "ReLU"), ("add1", "Add"))
    after = check_edit(graph, chains.attach(graph, ["loss", "conv1", "relu1"], "add1"))
    assert _wires(after) == {"conv1.output > add1.input1", "relu1.output > add1.input2"}

    def fits(wire: Wire) -> bool:
        return wire.source != "conv1"

    after = check_edit(graph, chains.attach(graph, ["conv1", "relu1"], "add1", fits))
    assert _wires(after) == {"relu1.output > add1.input1"}


def test_where_nothing_fits_nothing_is_wired() -> None:
    graph = _place(chain(), "tanh1", "Tanh")
    assert chains.attach(graph, ["conv1"], "tanh1", _never) == {}
    assert chains.attach(graph, ["loss"], "tanh1") == {}
    assert chains.attach(graph, [], "tanh1") == {}
    assert chains.attach(graph, ["conv1"], "relu1") == {}
    data = _place(graph, "digits", "Digits")
    assert chains.attach(data, ["fc1"], "digits") == {}


def test_where_it_does_not_fit_between_it_is_wired_behind() -> None:
    graph = _place(chain(), "tanh1", "Tanh")
    after = check_edit(graph, chains.attach(graph, ["conv1"], "tanh1", lambda wire: wire.source != "tanh1"))
    assert _wires(after) == _wires(graph) | {"conv1.output > tanh1.input"}


# Wiring in line


def test_nodes_are_wired_from_the_top_down() -> None:
    graph = drawing(("c", "Conv2d"), ("a", "ReLU"), ("b", "Flatten"))
    after = check_edit(graph, chains.connect_in_line(graph, ["b", "a", "c"]))
    assert _wires(after) == {"c.output > a.input", "a.output > b.input"}
    assert chains.connect_in_line(after, ["b", "a", "c"]) == {}
    assert chains.connect_in_line(graph, ["a"]) == chains.connect_in_line(graph, []) == {}


def test_in_line_what_is_wired_already_stays() -> None:
    graph = drawing(("a", "Conv2d"), ("b", "ReLU"), ("c", "Flatten"), ("a", "output", "c", "input"))
    after = check_edit(graph, chains.connect_in_line(graph, ["a", "b", "c"]))
    assert _wires(after) == {"a.output > b.input", "b.output > c.input"}
    graph = drawing(("a", "Conv2d"), ("b", "ReLU"), ("c", "Flatten"), ("a", "output", "b", "input"))
    after = check_edit(graph, chains.connect_in_line(graph, ["a", "b", "c"]))
    assert _wires(after) == {"a.output > b.input", "b.output > c.input"}


def test_in_line_from_data_to_loss() -> None:
    keys = ("digits", "flatten1", "fc1", "loss")
    graph = drawing(*zip(keys, ("Digits", "Flatten", "Linear", "CrossEntropyLoss"), strict=True))
    after = check_edit(graph, chains.connect_in_line(graph, [*keys, "note1"]))
    assert _wires(after) == {
        "digits.image > flatten1.input",
        "flatten1.output > fc1.input",
        "fc1.output > loss.input",
        "digits.label > loss.target",
    }


def test_in_line_what_does_not_suit_is_refused() -> None:
    graph = drawing(("a", "ReLU"), ("loss", "MSELoss"), ("b", "ReLU"))
    _refused(graph, lambda: chains.connect_in_line(graph, ["a", "loss", "b"]), "b", "loss", "no free input")
    _refused(graph, lambda: chains.connect_in_line(graph, ["a", "b"], _never), "b", "a")
    turned = check_edit(graph, commands.connect(graph, "b", "output", "a", "input"))
    _refused(turned, lambda: chains.connect_in_line(turned, ["a", "b"]), "circle")


# Swapping


def _names(blocks: list[Block]) -> set[str]:
    return {block.name for block in blocks}


def test_blocks_of_the_same_part_and_as_many_ends_can_be_swapped() -> None:
    graph = chain()
    layers = _names(chains.swaps(graph, graph.nodes["relu1"]))
    assert {"Conv2d", "Linear", "MaxPool2d", "Dropout"} <= layers
    assert not layers & {"ReLU", "Add", "Concat", "Output", "Input", "Digits", "MSELoss", "Accuracy"}
    assert {"MNIST", "Digits", "RandomTensors"} <= _names(chains.swaps(graph, graph.nodes["fashion"]))
    assert "MSELoss" in _names(chains.swaps(graph, graph.nodes["loss"]))
    assert "Concat" in _names(chains.swaps(fork(), fork().nodes["add1"]))
    assert not _names(chains.swaps(fork(), fork().nodes["add1"])) & {"Linear", "ReLU"}


def test_what_is_offered_for_a_swap_is_offered_for_the_way_back() -> None:
    graph = drawing(*((block, block) for block in PLACEABLE))
    offered = {block: _names(chains.swaps(graph, graph.nodes[block])) for block in PLACEABLE}
    assert all(block not in others for block, others in offered.items())
    one_way = {(block, other) for block, others in offered.items() for other in others if block not in offered[other]}
    # One with a count of inputs takes as many as there are; that it is taken back is looked at below.
    assert {pair for pair in one_way if not CATALOG[pair[1]].count} == set()


def test_a_swap_can_be_done_and_undone_where_it_is_offered_and_only_there() -> None:
    for number, block in enumerate(PLACEABLE):
        graph = Graph()
        (key,) = edit = commands.add_node(graph, block, 0, 0)
        graph = graph.apply(edit)
        offered = sorted(_names(chains.swaps(graph, graph.nodes[key])))
        others = sorted(CATALOG.keys() - set(offered))
        if offered:  # each time others, so that in all of them every block is put in somewhere
            other = offered[number % len(offered)]
            after = check_edit(graph, chains.swap(graph, key, other))
            assert after.nodes[key].block == other
            assert block in _names(chains.swaps(after, after.nodes[key]))
        for other in (others[number % len(others)], "Conv9d"):
            _refused(graph, partial(chains.swap, graph, key, other), other)


def test_parameters_that_both_have_are_kept() -> None:
    graph = drawing(("pool1", "MaxPool2d"))
    wanted = {"kernel_size": (3, 2), "stride": 2, "ceil_mode": True, "dilation": 2}
    graph = check_edit(graph, commands.set_params(graph, "pool1", wanted))
    after = check_edit(graph, chains.swap(graph, "pool1", "AvgPool2d"))
    assert after.nodes["pool1"].params == {"kernel_size": (3, 2), "stride": 2, "ceil_mode": True}
    back = check_edit(after, chains.swap(after, "pool1", "MaxPool2d"))
    assert back.nodes["pool1"].params == {"kernel_size": (3, 2), "stride": 2, "ceil_mode": True}


def test_sizes_that_follow_from_the_wire_and_values_that_do_not_suit_are_not_kept() -> None:
    graph = drawing(("conv1", "Conv2d"))
    graph = check_edit(graph, commands.set_params(graph, "conv1", {"in_channels": 3, "bias": False, "stride": 3}))
    after = check_edit(graph, chains.swap(graph, "conv1", "Linear"))
    assert after.nodes["conv1"].params == {"bias": False}
    norm = drawing(("norm1", "BatchNorm2d"))
    norm = check_edit(norm, commands.set_params(norm, "norm1", {"num_features": 8, "momentum": 0.5}))
    assert check_edit(norm, chains.swap(norm, "norm1", "ReLU")).nodes["norm1"].params == {}


def test_wires_stay_when_a_block_is_swapped() -> None:
    graph = check_edit(chain(), commands.add_dot(chain(), "relu1:input", 0, 5, 5))
    after = check_edit(graph, chains.swap(graph, "relu1", "Linear"))
    assert after.wires == graph.wires
    assert after.nodes["relu1"].block == "Linear"


def test_the_wires_of_data_go_to_the_outputs_that_stand_in_the_same_place() -> None:
    graph = chain()
    graph = check_edit(graph, commands.add_dot(graph, "loss:target", 0, 5, 5))
    after = check_edit(graph, chains.swap(graph, "fashion", "RandomTensors"))
    assert after.wires["conv1:input"] == Wire("fashion", "x", "conv1", "input")
    assert after.wires["loss:target"] == Wire("fashion", "y", "loss", "target", ((5, 5),))
    assert check_edit(after, chains.swap(after, "fashion", "FashionMNIST")).wires == graph.wires


@pytest.mark.parametrize("count", [2, 3, 16])
def test_add_and_concat_keep_their_number_of_inputs(count: int) -> None:
    graph = drawing(("conv1", "Conv2d"), ("add1", "Add"))
    graph = check_edit(graph, commands.set_params(graph, "add1", {"inputs": count}))
    graph = check_edit(graph, commands.connect(graph, "conv1", "output", "add1", f"input{count}"))
    after = check_edit(graph, chains.swap(graph, "add1", "Concat"))
    assert after.values(after.nodes["add1"])["inputs"] == count
    assert after.wires == graph.wires
    assert after.nodes["add1"].name == "concat1"


def test_only_a_name_that_the_program_gave_is_changed() -> None:
    graph = chain()
    assert check_edit(graph, chains.swap(graph, "relu1", "Tanh")).nodes["relu1"].name == "tanh1"
    graph = check_edit(graph, commands.rename(graph, "relu1", "my relu1"))
    assert check_edit(graph, chains.swap(graph, "relu1", "Tanh")).nodes["relu1"].name == "my relu1"
    assert check_edit(graph, chains.swap(graph, "loss", "MSELoss")).nodes["loss"].name == "loss"
    taken = _place(graph, "tanh1", "Tanh")
    assert check_edit(taken, chains.swap(taken, "conv1", "Tanh")).nodes["conv1"].name == "tanh2"


def test_how_it_is_written_and_that_it_is_bypassed_is_kept_where_it_can_be() -> None:
    graph = check_edit(chain(), commands.set_written(chain(), "relu1", "function"))
    graph = check_edit(graph, commands.set_muted(graph, ["relu1"], True))
    tanh = check_edit(graph, chains.swap(graph, "relu1", "Tanh")).nodes["relu1"]
    assert tanh.written == "function" and tanh.muted
    linear = check_edit(graph, chains.swap(graph, "relu1", "Linear")).nodes["relu1"]
    assert linear.written == "" and linear.muted
    assert (linear.x, linear.y) == (graph.nodes["relu1"].x, graph.nodes["relu1"].y)


@given(graphs(), st.data())
def test_any_swap_leaves_every_wire(graph: Graph, data: st.DataObject) -> None:
    for key in sorted(graph.nodes):
        if offered := chains.swaps(graph, graph.nodes[key]):
            after = check_edit(graph, chains.swap(graph, key, data.draw(st.sampled_from(offered)).name))
            assert len(after.wires) == len(graph.wires)
            assert {(w.source, w.target, w.via) for w in after.wires.values()} == {
                (w.source, w.target, w.via) for w in graph.wires.values()
            }
            graph = after


def test_the_dots_of_a_wire_stay_where_a_block_is_inserted() -> None:
    graph = check_edit(chain(), commands.add_dot(chain(), "relu1:input", 0, 9, 150))
    graph = check_edit(graph, commands.add_dot(graph, "relu1:input", 1, 9, 180))
    graph = check_edit(graph, commands.add_node(graph, "Tanh", 0, 160))
    after = check_edit(graph, chains.splice(graph, "relu1:input", {"tanh1"}))
    assert after.wires["tanh1:input"].via == ((9, 150),)
    assert after.wires["relu1:input"].via == ((9, 180),)


def test_a_contracted_drawing_has_wires_through_what_is_left_out() -> None:
    graph = chain()
    small = chains.contracted(graph, {"conv1", "loss"})
    assert small.wires == {"loss:input": Wire("conv1", "output", "loss", "input")}
    whole = chains.contracted(graph, graph.nodes)
    assert whole.nodes == graph.nodes and whole.wires == graph.wires
