"""Tidy layout: nothing overlaps, wires run down, chains are straight, and to tidy twice is to tidy once."""

from __future__ import annotations

import random
from collections.abc import Collection
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.graph import commands
from netbuilder.graph.columns import GRID
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Record, Wire
from netbuilder.graph.tidy import AISLE, GAP, places
from tests.drawings import EXAMPLES, NAMES, draw
from tests.graph.helpers import graphs

WIDTH, HEIGHT = 176, 48


def box(node: Node) -> tuple[int, int]:
    """A card's size: wider where it has many ports."""
    return max(WIDTH, 16 * (len(node.entry.input_ports(node.params)) + 1)), HEIGHT


def tidied(graph: Graph, keys: Collection[str] | None = None) -> Graph:
    """The graph after tidying; fails unless what holds for every layout holds."""
    keys = set(graph.nodes) if keys is None else keys
    found = places(graph, keys, box)
    assert set(found) == set(keys)
    after = graph.apply(commands.move(graph, found))
    assert {key: (after.nodes[key].x, after.nodes[key].y) for key in keys} == found
    for x, y in found.values():
        assert x % GRID == 0 == y % GRID
    for one, other in combinations((after.nodes[key] for key in keys), 2):
        beside = abs(other.x + box(other)[0] / 2 - one.x - box(one)[0] / 2) - (box(one)[0] + box(other)[0]) / 2
        assert abs(other.y - one.y) >= HEIGHT + GAP or beside >= AISLE, (one, other)
    for wire in after.wires.values():
        if wire.source in keys and wire.target in keys:
            assert after.nodes[wire.target].y > after.nodes[wire.source].y
    assert places(after, keys, box) == found
    return after


def middle(graph: Graph, key: str) -> float:
    return graph.nodes[key].x + box(graph.nodes[key])[0] / 2


def scattered(count: int, seed: int, adds: float, reach: int) -> Graph:
    """A random drawing of cards with one or two inputs, anywhere on the canvas."""
    dice = random.Random(seed)
    records: dict[str, Record] = dict(Graph().records)
    for i in range(count):
        add = dice.random() < adds
        node = Node(f"n{i}", "Add" if add else "ReLU", f"n{i}", dice.randrange(2000), dice.randrange(2000))
        records[node.id] = node
        for port in ("input1", "input2") if add else ("input",):
            if i and dice.random() < 0.9:
                wire = Wire(f"n{dice.randrange(max(0, i - reach), i)}", "output", node.id, port)
                records[wire.id] = wire
    return Graph(records)


SCATTERED = st.builds(
    scattered, st.integers(1, 40), st.integers(0, 10**6), st.sampled_from([0.1, 0.5, 0.9]), st.sampled_from([2, 6, 40])
)


@given(graphs())
def test_any_drawing_is_tidied(graph: Graph) -> None:
    tidied(graph)


@given(SCATTERED)
def test_a_random_drawing_is_tidied(graph: Graph) -> None:
    after = tidied(graph)
    assert min(node.x for node in after.nodes.values()) - min(node.x for node in graph.nodes.values()) in range(-4, 5)
    assert min(node.y for node in after.nodes.values()) - min(node.y for node in graph.nodes.values()) in range(-4, 5)


@given(SCATTERED, st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(graph: Graph, dice: random.Random) -> None:
    records = list(graph.records.items())
    dice.shuffle(records)
    assert places(Graph(dict(records)), graph.nodes, box) == places(graph, graph.nodes, box)


@given(SCATTERED, st.randoms(use_true_random=False))
def test_a_selection_is_tidied_by_itself(graph: Graph, dice: random.Random) -> None:
    tidied(graph, {key for key in graph.nodes if dice.random() < 0.5})


@given(SCATTERED)
def test_chains_are_straight(graph: Graph) -> None:
    after = tidied(graph)
    for wire in graph.wires.values():
        alone = len(graph.wires_out_of(wire.source)) == 1 == len(graph.wires_into(wire.target))
        if alone and graph.nodes[wire.target].block == "ReLU":
            assert middle(after, wire.source) == middle(after, wire.target)


def test_no_nodes_have_no_places() -> None:
    assert places(Graph(), [], box) == {}


def test_a_chain_is_a_column_with_cards_one_gap_apart() -> None:
    names = [f"n{i}" for i in range(30)]
    graph = draw("\n".join([*(f"{name} ReLU" for name in names), " > ".join(names)]))
    after = tidied(graph)
    assert [(after.nodes[key].x, after.nodes[key].y) for key in names] == [(0, 64 * i) for i in range(30)]


@pytest.mark.parametrize("name", NAMES)
def test_the_main_chain_of_every_example_is_straight(name: str) -> None:
    graph = load(EXAMPLES / f"{name}.netb")
    after = tidied(graph)
    assert {middle(after, key) for key in graph.nodes if key != "accuracy"} == {88}
    if "accuracy" in graph.nodes:
        assert (after.nodes["accuracy"].x, after.nodes["accuracy"].y) == (208, after.nodes["loss"].y)


def test_a_skip_leaves_the_chain_straight() -> None:
    graph = draw(
        """
        a Conv2d
        b Conv2d
        c Conv2d
        add Add
        d ReLU
        a > b > c > add.input1
        a > add.input2
        add > d
        """
    )
    after = tidied(graph)
    assert len({node.x for node in after.nodes.values()}) == 1


@pytest.mark.parametrize("branches", [2, 3, 4, 5])
def test_equal_branches_lie_evenly_around_the_middle(branches: int) -> None:
    names = [f"b{i}" for i in range(branches)]
    lines = ["a Conv2d", f"cat Concat inputs={branches}", *(f"{name} ReLU" for name in names)]
    lines += [f"a > {name} > cat.input{i + 1}" for i, name in enumerate(names)]
    after = tidied(draw("\n".join(lines)))
    across = [after.nodes[name].x for name in names]
    assert across == [208 * i for i in range(branches)]
    assert after.nodes["a"].x == after.nodes["cat"].x == 104 * (branches - 1)


def test_a_source_goes_down_to_what_it_feeds() -> None:
    graph = draw(
        """
        a Conv2d
        b Conv2d
        c Conv2d
        late Conv2d
        add Add
        a > b > c > add.input1
        late > add.input2
        """
    )
    after = tidied(graph)
    assert after.nodes["late"].y == after.nodes["c"].y
    assert after.nodes["late"].x > after.nodes["c"].x


def test_the_order_of_the_ports_is_the_order_of_the_cards() -> None:
    graph = draw(
        """
        a Conv2d
        right ReLU
        left ReLU
        add Add
        a > right > add.input2
        a > left > add.input1
        """
    )
    moved = graph.apply(commands.move(graph, {"right": (-300, 0), "left": (300, 0)}))
    after = tidied(moved)
    assert after.nodes["left"].x < after.nodes["right"].x


def test_the_persons_order_is_kept_where_it_does_not_matter() -> None:
    graph = draw("a Conv2d\nb ReLU\nc ReLU\nd ReLU\na > b\na > c\na > d")
    for order in (["b", "c", "d"], ["d", "b", "c"], ["c", "d", "b"]):
        moved = graph.apply(commands.move(graph, {key: (100 * i, 0) for i, key in enumerate(order)}))
        after = tidied(moved)
        assert sorted(order, key=lambda key: after.nodes[key].x) == order


def test_parts_stand_side_by_side_in_their_order() -> None:
    graph = draw("a ReLU\nb ReLU\nc ReLU\nd ReLU\nalone ReLU\na > b\nc > d")
    moved = graph.apply(commands.move(graph, {"a": (500, 80), "b": (500, 0), "c": (-40, 300), "alone": (900, -16)}))
    after = tidied(moved.apply(commands.move(moved, {"d": (-40, 7)})))
    assert [after.nodes[key].x for key in ("c", "d", "a", "b", "alone")] == [-40, -40, 200, 200, 440]
    assert [after.nodes[key].y for key in ("c", "a", "alone")] == [-16, -16, -16]


def test_a_layout_at_the_edge_of_the_canvas_stays_on_it() -> None:
    far = commands.FAR
    graph = draw("a ReLU\nb ReLU\nc ReLU\na > b\na > c")
    tidied(graph.apply(commands.move(graph, dict.fromkeys(graph.nodes, (far, far)))))


def test_a_drawing_too_large_to_look_at_closely_is_tidied() -> None:
    graph = scattered(900, 3, 0.6, 400)
    found = places(graph, graph.nodes, box)
    after = graph.apply(commands.move(graph, found))
    assert places(after, graph.nodes, box) == found
