"""From blocks to a network that is placed in their stead, and back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from netbuilder.blocks.sentence import Refused
from netbuilder.graph.commands import (
    check_name,
    check_params,
    delete,
    free_key,
    insert_copies,
    new_name,
    replaced,
    within,
)
from netbuilder.graph.fitting import check_nesting
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.groups import can_have_group, group_of, with_copied
from netbuilder.graph.networks import delete_network, free_network_key, free_network_name
from netbuilder.graph.records import (
    USED,
    Argument,
    Edit,
    Frame,
    Network,
    Node,
    Note,
    ParameterGroup,
    Plain,
    Record,
    Wire,
)

Out = tuple[str, str]
Shapes = Mapping[Out, tuple[tuple[int, ...], str]]  # by output: the shape of one sample, and the type
ROOM = 140  # between the blocks inside and the ends


def group(graph: Graph, keys: Iterable[str], name: str, shapes: Shapes | None = None) -> Edit:
    """Make a network of these blocks and place it in their stead; notes and frames among them go along.

    `shapes` says what comes in, for the Input blocks of the new network.
    """
    chosen = set(keys)
    nodes = [node for node in graph.order if node.id in chosen and node.entry.role == "layer"]
    _check(graph, nodes)
    inside = {node.id for node in nodes}
    key = free_network_key(graph)
    arguments = _arguments(graph, nodes)
    network = Network(key, free_network_name(graph, check_name(name)), arguments=arguments)
    papers = [graph.records[other] for other in chosen if isinstance(graph.records.get(other), Note | Frame)]
    records: list[Record] = [network]
    records += [msgspec.structs.replace(record, network=key) for record in (*nodes, *papers)]
    ends = _Ends(graph, inside, key, shapes or {})
    records += [*ends.inputs.values(), *ends.outputs.values()]
    left, top = min(n.x for n in nodes), min(n.y for n in nodes)
    x, y = within((left + max(n.x for n in nodes)) / 2), within((top + max(n.y for n in nodes)) / 2)
    bound = {argument.name: argument.name for argument in arguments}
    instance = Node(free_key(graph, "block"), "Network", "", x, y, of=key, network=graph.network, bound=bound)
    edit: Edit = {r.id: (graph.whole.records.get(r.id), r) for r in records}
    edit = compose(edit, ends.rewired(instance.id))
    named = graph.whole.apply(edit)
    made = msgspec.structs.replace(instance, name=new_name(graph, named.type(instance)))
    edit = compose(edit, replaced(named, made))
    check_nesting(graph.whole.apply(edit))
    return edit


def _check(graph: Graph, nodes: Collection[Node]) -> None:
    if not nodes:
        raise Refused("A network is made of layers and operations: select some.")
    inside = {node.id for node in nodes}
    after = {wire.target for key in inside for wire in graph.wires_out_of(key)} - inside
    back = graph.downstream(after) & inside
    if back:
        between = sorted(graph.downstream(after) & graph.upstream(back) - inside)
        raise Refused(
            "{node} lies between the selected blocks: select it too, or leave out what comes behind it.",
            node=graph.nodes[between[0]].name,
        )
    for node in graph.nodes.values():
        if node.layer and (node.id in inside) != (node.layer in inside):
            owner = graph.nodes[node.layer]
            raise Refused("{node} uses the layer of {owner}: select both or none.", node=node.name, owner=owner.name)


def _arguments(graph: Graph, nodes: Iterable[Node]) -> tuple[Argument, ...]:
    """The arguments of the network that these nodes are bound to: the new one has the same."""
    names = {name for node in nodes for name in node.bound.values()}
    return tuple(argument for argument in graph.drawn.arguments if argument.name in names)


class _Ends:
    """The Input and Output blocks of a network that is being made, and the wires at its border."""

    def __init__(self, graph: Graph, inside: set[str], key: str, shapes: Shapes) -> None:
        self.graph, self.inside = graph, inside
        order = {node.id: i for i, node in enumerate(graph.order)}
        wires = sorted(graph.wires.values(), key=lambda wire: (order[wire.source], order[wire.target], wire.id))
        self.into = [wire for wire in wires if wire.target in inside and wire.source not in inside]
        self.out = [wire for wire in wires if wire.source in inside and wire.target not in inside]
        given = list(dict.fromkeys((wire.source, wire.output) for wire in self.into))
        taken = list(dict.fromkeys((wire.source, wire.output) for wire in self.out))
        for node in graph.order:  # what nobody takes yet is given too
            if node.id in inside and not graph.wires_out_of(node.id):
                taken += [(node.id, port.name) for port in graph.outputs(node)[:1]]
        nodes = [graph.nodes[name] for name in inside]
        left, top = min(n.x for n in nodes), min(n.y for n in nodes)
        below = max(n.y for n in nodes)
        self.inputs: dict[Out, Node] = {}
        self.outputs: dict[Out, Node] = {}
        for i, out in enumerate(given):
            shape, dtype = shapes.get(out, ((), ""))
            params: dict[str, Plain] = {"shape": shape, "dtype": dtype} if dtype in ("float32", "int64", "bool") else {}
            params = {name: value for name, value in params.items() if value != "float32"}
            name = "input" if len(given) == 1 else f"input{i + 1}"
            self.inputs[out] = Node(
                f"{key}_input{i + 1}", "Input", name, left + i * 2 * ROOM, top - ROOM, params, network=key
            )
        for i, out in enumerate(taken):
            name = "output" if len(taken) == 1 else f"output{i + 1}"
            self.outputs[out] = Node(
                f"{key}_output{i + 1}", "Output", name, left + i * 2 * ROOM, below + ROOM, network=key
            )

    def rewired(self, instance: str) -> Edit:
        """The wires to and from the ends, and to and from the block that stands in for all of it."""
        edit: Edit = {}
        for wire in self.into:
            end = self.inputs[wire.source, wire.output]
            edit[wire.id] = (wire, Wire(end.id, "output", wire.target, wire.input))
            made = Wire(wire.source, wire.output, instance, end.id)
            edit[made.id] = (None, made)
        for out, end in self.outputs.items():
            made = Wire(*out, end.id, "input")
            edit[made.id] = (None, made)
        for wire in self.out:
            end = self.outputs[wire.source, wire.output]
            edit[wire.id] = (wire, msgspec.structs.replace(wire, source=instance, output=end.id))
        return edit


def ungroup(graph: Graph, key: str) -> Edit:
    """Put what a network is made of where it is placed; the network goes if this was its only place."""
    node = graph.nodes[key]
    if node.block != "Network":
        raise Refused("{node} is not a network that runs once: that only can be taken apart.", node=node.name)
    if node.layer or any(other.layer == key for other in graph.nodes.values()):
        raise Refused("{node} shares its layers with another block.", node=node.name)
    if node.muted or USED in node.bound:
        raise Refused("{node} is not always used: what is in it could not say so by itself.", node=node.name)
    part = graph.whole.part(node.of)
    inner = {name for name, one in part.nodes.items() if one.entry.role == "layer"}
    values = graph.values(node)
    content = {name: r for name, r in part.records.items() if name in inner or isinstance(r, Note | Frame | Wire)}
    content = {name: r for name, r in content.items() if not isinstance(r, Wire) or {r.source, r.target} <= inner}
    content |= {name: _freed(part, one, values) for name, one in part.nodes.items() if name in inner}
    copied = Graph(content, graph.whole, node.of)
    boxes = list(copied.nodes.values())
    if not boxes:
        raise Refused("{network} is empty.", network=graph.whole.networks[node.of].name)
    dx = node.x - round((min(n.x for n in boxes) + max(n.x for n in boxes)) / 2)
    dy = node.y - round((min(n.y for n in boxes) + max(n.y for n in boxes)) / 2)
    edit = delete(graph, [key])
    if len(graph.placed(node.of)) == 1:
        edit = compose(edit, delete_network(graph.whole.apply(edit), node.of))
    bare = graph.whole.apply(edit).part(graph.network)
    added = insert_copies(bare, copied, dx, dy)
    renamed = dict(zip((n.id for n in copied.order), (k for k in added if isinstance(added[k][1], Node)), strict=True))
    edit = compose(edit, added)
    for record in _joined(graph, part, node, renamed):
        edit = compose(edit, {record.id: (graph.whole.apply(edit).records.get(record.id), record)})
    for one in copied.nodes.values():
        edit = compose(edit, _bound_on(graph.whole.apply(edit), node, part.nodes[one.id], renamed[one.id]))
    groups = [group for one in copied.nodes.values() if (group := _own_group(graph, node, one)) is not None]
    return with_copied(graph, edit, groups, renamed)


def _own_group(graph: Graph, place: Node, node: Node) -> ParameterGroup | None:
    """The settings of the training that a node in a placed network has, or that it has because of where it is."""
    if node.layer or not can_have_group(node):
        return None
    found = (group_of(graph, key) for key in (node.id, node.network, place.id))
    group = next((group for group in found if group is not None), None)
    return None if group is None else msgspec.structs.replace(group, target=node.id)


def _freed(part: Graph, node: Node, values: Mapping[str, object]) -> Node:
    """The node with what its network's arguments are at this place as values of its own."""
    own = {param: values[name] for param, name in node.bound.items() if param != USED and name in values}
    muted = node.muted or values.get(node.bound.get(USED, "")) is False
    params = check_params(part.type(node), {**node.params, **own})
    return msgspec.structs.replace(node, params=params, bound={}, muted=muted)


def _bound_on(graph: Graph, place: Node, node: Node, copy: str) -> Edit:
    """Bind a copy to the argument of the outer network that its own argument was bound to."""
    on = {param: place.bound[name] for param, name in node.bound.items() if name in place.bound}
    if not on:
        return {}
    made = graph.nodes[copy]
    params = {name: value for name, value in made.params.items() if name not in on}
    muted = node.muted if USED in on else made.muted
    return replaced(graph, msgspec.structs.replace(made, params=params, bound=on, muted=muted))


def _joined(graph: Graph, part: Graph, node: Node, renamed: Mapping[str, str]) -> list[Wire]:
    """The wires that lead through where the ends were."""
    found: list[Wire] = []
    outside = graph.wires_into(node.id)
    for end in part.ends("input"):
        for wire in part.wires_out_of(end.id):
            if end.id in outside and wire.target in renamed:
                start = outside[end.id]
                found.append(Wire(start.source, start.output, renamed[wire.target], wire.input))
    for end in part.ends("output"):
        inner = part.wires_into(end.id).get("input")
        if inner is None:
            continue
        for wire in graph.wires_out_of(node.id):
            if wire.output != end.id:
                continue
            if inner.source in renamed:
                found.append(msgspec.structs.replace(wire, source=renamed[inner.source], output=inner.output))
            elif inner.source in outside:  # an Input that goes straight to an Output
                start = outside[inner.source]
                found.append(msgspec.structs.replace(wire, source=start.source, output=start.output))
    return found
