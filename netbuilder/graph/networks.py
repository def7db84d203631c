"""Commands about networks as blocks: placing, grouping, arguments, shared layers."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping

import msgspec

from netbuilder.blocks import Value
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check
from netbuilder.graph.commands import (
    LONGEST_NAME,
    check_name,
    check_params,
    free,
    known,
    place,
    replaced,
    within,
)
from netbuilder.graph.fitting import check_bound, check_layer, check_left_out, check_nesting, check_sequential, settle
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.groups import follow
from netbuilder.graph.placed import RESERVED, argument_param
from netbuilder.graph.records import MAIN, USED, Argument, Edit, Network, Node

_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")


def add_network(graph: Graph, name: str) -> Edit:
    """Make an empty network: an Input that goes straight to an Output. The edit's first record is the network's."""
    key = free_network_key(graph)
    network = Network(key, free_network_name(graph, check_name(name)))
    ends = (
        Node(f"{key}_input", "Input", "input", 0, 0, network=key),
        Node(f"{key}_output", "Output", "output", 0, 240, network=key),
    )
    return replaced(graph.whole, network, *ends)


def free_network_key(graph: Graph) -> str:
    """An id for a network, with which no other begins: those of its ends are made of it."""
    return free("net1", {key.partition("_")[0] for key in graph.whole.records})


def free_network_name(graph: Graph, wanted: str) -> str:
    """The name, or with a number where another network has it: classes are told apart by it."""
    taken = {network.name for network in graph.whole.networks.values()}
    number, name = 2, wanted
    while name in taken:
        name = f"{wanted[: LONGEST_NAME - 6]}{number}"
        number += 1
    return name


def place_network(graph: Graph, network: str, x: int, y: int, block: str = "Network") -> Edit:
    """Place a network in the drawing; Refused where it would hold itself."""
    check_not_within(graph, network, graph.network)
    edit = place(graph, Node("", block, "", within(x), within(y), network=graph.network, of=network), {})
    check_nesting(graph.whole.apply(edit))
    return edit


def check_not_within(graph: Graph, network: str, outer: str) -> None:
    """Refused when `outer` is this network, or lies somewhere in it."""
    networks = graph.whole.networks
    if network not in networks:
        raise Refused("There is no network {network}.", network=network[:40])
    if network == MAIN:
        raise Refused("{network} is what is trained: it cannot be placed in another.", network=networks[MAIN].name)
    if network == outer:
        raise Refused("{network} cannot be placed inside itself.", network=networks[network].name)
    if outer in graph.whole.inner(network):
        raise Refused(
            "{network} has {outer} inside: one cannot hold the other both ways.",
            network=networks[network].name,
            outer=networks[outer].name,
        )


def delete_network(graph: Graph, key: str) -> Edit:
    """Delete a network and all that is drawn in it; Refused while it is placed somewhere."""
    whole = graph.whole
    placed = whole.placed(key)
    if key == MAIN or key not in whole.networks:
        raise Refused("There is no such network to delete.")
    if placed:
        raise Refused(
            "{network} is used by {node}: delete that first.", network=whole.networks[key].name, node=placed[0].name
        )
    inside = [record for record in whole.part(key).records.values() if not isinstance(record, Network)]
    kept = {"project", "training"}
    edit: Edit = {record.id: (record, None) for record in inside if record.id not in kept}
    return follow(whole, {key: (whole.networks[key], None), **edit})


def set_kind(graph: Graph, key: str, block: str) -> Edit:
    """Have a placed network run once (`Network`), several times (`Repeat`) or step by step (`Recurrent`)."""
    node = graph.nodes[key]
    if node.entry.of != "network" or known(block).of != "network":
        raise Refused("{node} is no network.", node=node.name)
    together = sharers(graph, key) or [node]  # one layer is of one kind
    return settle(graph, replaced(graph, *(msgspec.structs.replace(one, block=block) for one in together)))


def set_network_written(graph: Graph, key: str, written: str) -> Edit:
    """Write a network as a class, or as an `nn.Sequential` where it is placed."""
    network = graph.whole.networks[key]
    if written not in ("class", "sequential"):
        raise Refused("A network is written as a class or as a Sequential.")
    if written == "sequential":
        check_sequential(graph.whole, network)
    return replaced(graph.whole, msgspec.structs.replace(network, written=written))


def set_layer(graph: Graph, key: str, owner: str) -> Edit:
    """Have a node use the layer of another one, or its weight where that is another block; "" ends it."""
    node = graph.nodes[key]
    if owner:
        check_layer(graph, node, owner)
    return replaced(graph, msgspec.structs.replace(node, layer=owner))


def sharers(graph: Graph, key: str) -> list[Node]:
    """The nodes that share one layer with this one, itself included; the owner first."""
    owner = graph.nodes[key].layer or key
    found = [node for node in graph.order if node.layer == owner]
    return [graph.nodes[owner], *found] if found and owner in graph.nodes else []


# Arguments


def check_argument(name: str) -> str:
    """Return the name of an argument; Refused when it cannot be one."""
    words = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "self", "x", "torch", "nn", "F", "Tensor", "random"}
    # Names that begin with two lines mean something else in a class, whatever follows.
    if not _ARGUMENT.fullmatch(name) or name in words or name.startswith("__"):
        raise Refused("An argument's name is made of letters, digits and _, and is no word of Python.")
    if name in RESERVED:
        raise Refused("{name} is what a placed network already calls something else.", name=name)
    return name


def bind(graph: Graph, key: str, param: str, name: str, value: Value = None) -> Edit:
    """Make a parameter an argument of the network it is in, or bind it to one that is there.

    A new argument gets `value`, by default what the parameter has. The parameter `USED` is whether the node is used.
    """
    node, network = graph.nodes[key], graph.drawn
    check_argument(name)
    edit: Edit = {}
    if network.argument(name) is None:
        if value is None:
            value = True if param == USED else graph.values(node).get(param)
        made = Argument(name, value)
        edit = replaced(graph, msgspec.structs.replace(network, arguments=(*network.arguments, made)))
    kept = {other: own for other, own in node.params.items() if other != param}
    check_bound(graph.whole.apply(edit).part(graph.network), node, {**node.bound, param: name})
    if param == USED:
        check_left_out(graph, node)
    changed = msgspec.structs.replace(node, params=kept, bound={**node.bound, param: name})
    return settle(graph, compose(edit, replaced(graph, changed)))


def unbind(graph: Graph, key: str, param: str) -> Edit:
    """Give a parameter a value of its own again, the argument's; an argument that nothing is bound to goes."""
    node, network = graph.nodes[key], graph.drawn
    name = node.bound[param]
    argument = network.argument(name)
    bound = {other: own for other, own in node.bound.items() if other != param}
    params = dict(node.params)
    if param != USED and argument is not None:
        params[param] = argument.value
    changed = msgspec.structs.replace(node, bound=bound, params=check_params(graph.type(node), params))
    edit = replaced(graph, changed)
    others = (one.bound.values() for one in graph.nodes.values() if one.id != key)
    if name in bound.values() or any(name in values for values in others):
        return settle(graph, edit)
    kept = tuple(argument for argument in network.arguments if argument.name != name)
    return settle(graph, edit | replaced(graph, msgspec.structs.replace(network, arguments=kept)))


def remove_argument(graph: Graph, name: str) -> Edit:
    """Take an argument away; what is bound to it has a value of its own again, the argument's."""
    edit, after = Edit(), graph
    for node in graph.nodes.values():
        for param in (param for param, bound in node.bound.items() if bound == name):
            edit = compose(edit, unbind(after, node.id, param))
            after = graph.whole.apply(edit).part(graph.network)
    kept = tuple(argument for argument in after.drawn.arguments if argument.name != name)
    gone = replaced(after.whole, msgspec.structs.replace(after.drawn, arguments=kept))
    return settle(graph, compose(edit, gone))


def set_argument(graph: Graph, name: str, value: Value, required: bool | None = None) -> Edit:
    """Set the value that an argument has where nobody gives it, and whether it must be given."""
    argument = graph.drawn.argument(name)
    if argument is None:
        raise Refused("{network} has no argument {name}.", network=graph.drawn.name, name=name[:40])
    value = check(argument_param(graph, argument), value)
    needed = argument.required if required is None else required
    changed = tuple(Argument(name, value, needed) if other.name == name else other for other in graph.drawn.arguments)
    return settle(graph, replaced(graph, msgspec.structs.replace(graph.drawn, arguments=changed)))


def rename_argument(graph: Graph, old: str, new: str) -> Edit:
    """Give an argument another name, wherever it is bound or given."""
    check_argument(new)
    network = graph.drawn
    if network.argument(new) is not None:
        raise Refused("{network} already has an argument {name}.", network=network.name, name=new)

    def renamed(known: Mapping[str, Value]) -> dict[str, Value]:
        found = {new if key == old else key: value for key, value in known.items()}
        return {**found, "changing": new} if found.get("changing") == old else found

    arguments = tuple(msgspec.structs.replace(one, name=new) if one.name == old else one for one in network.arguments)
    edit = replaced(graph, msgspec.structs.replace(network, arguments=arguments))
    for node in graph.nodes.values():
        bound = {param: new if name == old else name for param, name in node.bound.items()}
        edit |= replaced(graph, msgspec.structs.replace(node, bound=bound))
    for node in graph.whole.placed(graph.network):
        before = edit.get(node.id, (None, node))[1]
        assert isinstance(before, Node)
        inside = {new if key == old else key: value for key, value in before.bound.items()}
        changed = msgspec.structs.replace(before, params=renamed(before.params), bound=inside)
        edit |= replaced(graph.whole, changed)
    return edit
