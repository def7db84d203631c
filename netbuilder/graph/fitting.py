"""What nodes may say about others: arguments they are bound to, layers they share; and what an edit takes of that."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from netbuilder.blocks import Block, Value
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import MAIN, USED, Edit, Network, Node

DEEPEST = 100  # networks one in the other


def check_bound(graph: Graph, node: Node, bound: Mapping[str, str]) -> None:
    """Refused where a node's parameters cannot have the values of these arguments."""
    block = graph.type(node)
    for param, name in bound.items():
        argument = graph.drawn.argument(name)
        if argument is None:
            raise Refused("{network} has no argument {name}.", network=graph.drawn.name, name=name[:40])
        if param == USED:
            if not isinstance(argument.value, bool):
                raise Refused("{name} is not on or off, so it cannot say whether a block is used.", name=name)
        elif param not in block.by_name or not can_be_argument(block, param):
            raise Refused("{block} has no parameter {param} that could be an argument.", block=node.block, param=param)
        elif argument.value is None and block.by_name[param].follows is not None:
            raise Refused("{param} follows the wire: give it a number first.", param=block.by_name[param].label)
        else:
            check(block.by_name[param], argument.value)


def can_be_argument(block: Block, param: str) -> bool:
    """Whether a name may stand for a parameter: not where its value is worked into the text."""
    return block.by_name[param].written and block.role == "layer" and block.writes is None and block.construct is None


def check_left_out(graph: Graph, node: Node) -> None:
    """Refused when the program cannot be written with and without this node."""
    if node.layer:
        raise Refused("{node} uses the layer of another block: say it of that one.", node=node.name)
    if not is_module(graph, node) or len(graph.inputs(node)) != 1 or len(graph.outputs(node)) != 1:
        raise Refused("{node} is not a layer with one input and one output.", node=node.name)


def check_nesting(graph: Graph) -> None:
    """Refused where a network is placed inside itself, or too many are placed one in the other."""
    inner: dict[str, set[str]] = {key: set() for key in graph.whole.networks}
    outer: dict[str, set[str]] = {key: set() for key in graph.whole.networks}
    for node in graph.whole.nodes.values():
        if node.of:
            if node.of not in inner:
                raise Refused("There is no network {network}.", network=node.of[:40])
            inner.get(node.network, set()).add(node.of)
            outer[node.of].add(node.network)
    waiting = {key: len(found) for key, found in inner.items()}
    depth = dict.fromkeys(inner, 0)
    ready = [key for key, count in waiting.items() if not count]
    while ready:
        key = ready.pop()
        for one in outer[key] & waiting.keys():
            depth[one] = max(depth[one], depth[key] + 1)
            waiting[one] -= 1
            if not waiting[one]:
                ready.append(one)
    circle = [key for key, count in waiting.items() if count or (key == MAIN and outer[key])]
    if circle:
        name = graph.whole.networks[circle[0]].name
        raise Refused("The network {network} is placed inside itself.", network=name)
    if max(depth.values()) > DEEPEST:
        raise Refused("More than {most} networks are placed one inside the other.", most=DEEPEST)


def check_sequential(whole: Graph, network: Network) -> None:
    """Refused where a network is no plain chain of layers from one input to one output."""
    part = whole.part(network.id)
    if network.id == MAIN:
        raise Refused("{network} is what is trained: it is a class.", network=network.name)
    if len(part.ends("input")) != 1 or len(part.ends("output")) != 1:
        raise Refused("A Sequential has one input and one output.")
    for node in part.order:
        ports = (len(part.inputs(node)), len(part.outputs(node)))
        if node.entry.role == "layer" and (ports != (1, 1) or not is_module(part, node)):
            raise Refused("{node} is not a layer with one input, so it cannot be in a Sequential.", node=node.name)
        if node.layer:
            raise Refused("{node} uses the layer of another block, which a Sequential cannot.", node=node.name)
        if len(part.wires_out_of(node.id)) > 1:
            raise Refused("{node} goes to several blocks: a Sequential is a plain chain.", node=node.name)


def is_sequential(graph: Graph, key: str) -> bool:
    """Whether a network is to be written as an `nn.Sequential`, and can be: if not, it is a class all the same."""
    network = graph.whole.networks[key]
    if network.written != "sequential":
        return False
    try:
        check_sequential(graph.whole, network)
    except Refused:
        return False
    return True


def is_module(part: Graph, node: Node) -> bool:
    """Whether the node is one module that is called with its input, whatever it is made of."""
    if node.block == "Repeat":
        return in_a_row(part, node)
    if node.entry.of == "network":
        return node.block != "Recurrent"
    return bool(node.entry.module) and not node.entry.attribute and not node.entry.result


def in_a_row(graph: Graph, node: Node) -> bool:
    """Whether a stack is no more than its layers one after the other."""
    values = graph.values(graph.nodes.get(node.layer, node))
    fixed = values["weights"] == "own" and values["most"] is None
    return fixed and len(graph.inputs(node)) == 1 and len(graph.outputs(node)) == 1


def check_layer(graph: Graph, node: Node, owner: str) -> None:
    """Refused when the node cannot use that other node's layer."""
    other = graph.nodes.get(owner)
    if other is None or other.network != node.network:
        raise Refused("{node} can only use a layer of its own network.", node=node.name)
    if other.id == node.id:
        raise Refused("{node} has that layer anyway.", node=node.name)
    if other.layer:
        raise Refused("{other} itself uses the layer of another block: choose that one.", other=other.name)
    if any(one.layer == node.id for one in graph.nodes.values()):
        raise Refused("Other blocks use the layer of {node}: it needs one of its own.", node=node.name)
    same = (node.block, node.of, _code(node)) == (other.block, other.of, _code(other))
    tied = not node.entry.of and not other.entry.of and {"weight"} <= _weights(node) & _weights(other)
    if not (same and (node.entry.module or node.entry.of)) and not tied:
        raise Refused("{node} and {other} are layers of different kinds.", node=node.name, other=other.name)


def _code(node: Node) -> Value:
    return node.params.get("code")


def _weights(node: Node) -> set[str]:
    """Whether a layer has a weight that another kind of layer could use: rows of numbers for rows of numbers."""
    return {"weight"} if node.block in ("Linear", "Embedding") else set()


def settle(graph: Graph, edit: Edit) -> Edit:
    """The edit, and what follows from it elsewhere.

    Where a network is placed, values go that its arguments no longer allow; so do bindings to arguments that are gone
    or hold something else, and the layer of another block that is of another kind now.
    """
    while True:
        after = graph.whole.apply(edit)
        pairs = ((node, _fitting(after.part(node.network), node)) for node in after.nodes.values())
        mended: Edit = {node.id: (node, new) for node, new in pairs if new != node}
        if not mended:
            return edit
        edit = compose(edit, mended)


def _fitting(part: Graph, node: Node) -> Node:
    """The node without what does not suit those around it."""
    if not (node.bound or node.layer or node.entry.of == "network"):
        return node
    block = part.type(node)
    params = {name: value for name, value in node.params.items() if _suits(block, name, value)}
    if params.get("changing") and part.whole.networks[node.of].argument(str(params["changing"])) is None:
        params = {name: value for name, value in params.items() if name not in ("changing", "values")}
    bound = {param: name for param, name in node.bound.items() if _allowed(part, node, {param: name})}
    shares = not node.layer or _shares(part, node)
    return msgspec.structs.replace(node, params=params, bound=bound, layer=node.layer if shares else "")


def _suits(block: Block, name: str, value: Value) -> bool:
    """Whether the block has that parameter, and it may be this, which is not what it is anyway."""
    try:
        return name in block.by_name and check(block.by_name[name], value) != block.by_name[name].default
    except Refused:
        return False


def _allowed(part: Graph, node: Node, bound: Mapping[str, str]) -> bool:
    try:
        check_bound(part, node, bound)
    except Refused:
        return False
    return True


def _shares(part: Graph, node: Node) -> bool:
    try:
        check_layer(part, node, node.layer)
    except Refused:
        return False
    return True
