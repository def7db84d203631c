"""Commands that keep what flows together: joining, splicing, swapping, and what belongs to one chain.

Which wires suit is asked of `fits`, because only the window knows the shapes; without it, all do that
the blocks' ports allow.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from netbuilder.blocks import CATALOG, Block
from netbuilder.blocks.sentence import Refused
from netbuilder.blocks.values import check
from netbuilder.graph.commands import check_params, connect, delete, disconnect, dots_by_wire, new_name, replaced
from netbuilder.graph.graph import Graph, compose
from netbuilder.graph.records import Edit, Node, Record, Wire, wire_id

Fits = Callable[[Wire], bool]


def anything(wire: Wire) -> bool:
    """Take every wire."""
    return True


def flow_into(graph: Graph, key: str) -> list[Wire]:
    """The wires into a node other than those to a target: what comes from the node before."""
    node = graph.nodes[key]
    ports = [port.name for port in graph.inputs(node) if not port.target]
    wires = graph.wires_into(key)
    return [wires[name] for name in ports if name in wires]


def flow_out_of(graph: Graph, key: str) -> list[Wire]:
    """The wires out of a node other than those that carry a target."""
    targets = {port.name for port in graph.outputs(graph.nodes[key]) if port.target}
    return [wire for wire in graph.wires_out_of(key) if wire.output not in targets]


def chain(graph: Graph, start: Iterable[str]) -> set[str]:
    """The nodes in one line with these: as far as each has one before it and one after it."""
    found = set(start) & graph.nodes.keys()
    todo = list(found)
    while todo:
        key = todo.pop()
        before, after = flow_into(graph, key), flow_out_of(graph, key)
        near = []
        if len(before) == 1 and flow_out_of(graph, before[0].source) == before:
            near.append(before[0].source)
        if len(after) == 1 and flow_into(graph, after[0].target) == after:
            near.append(after[0].target)
        fresh = [other for other in near if other not in found]
        found |= set(fresh)
        todo += fresh
    return found


def delete_joined(graph: Graph, keys: Iterable[str], fits: Fits = anything) -> Edit:
    """Delete, and join what was before and after a deleted node that had one before it, where that suits."""
    gone = set(keys)
    edit = delete(graph, gone)
    dots = dots_by_wire(gone)

    def kept(wire: Wire) -> tuple[tuple[int, int], ...]:
        return tuple(place for i, place in enumerate(wire.via) if i not in dots.get(wire.id, ()))

    for wire in graph.wires.values():
        if wire.id in gone or wire.source not in gone or wire.target in gone:
            continue
        start: Wire | None = wire
        via = kept(wire)
        while start is not None and start.source in gone:
            into = flow_into(graph, start.source)
            start = into[0] if len(into) == 1 and into[0].id not in gone else None
            via = (*kept(start), *via) if start is not None else ()
        if start is None:
            continue
        joined = msgspec.structs.replace(wire, source=start.source, output=start.output, via=via)
        if fits(joined):
            # It cannot close a circle: the way it goes was there before.
            edit[wire.id] = (wire, joined)
    return edit


def _entry(graph: Graph, keys: Collection[str], wire: Wire, fits: Fits) -> Wire | None:
    """The wire by which what comes through `wire` would go into these nodes."""
    for node in graph.order:
        if node.id not in keys:
            continue
        for port in graph.inputs(node):
            into = Wire(wire.source, wire.output, node.id, port.name)
            if not port.target and into.id not in graph.wires and fits(into):
                return into
    return None


def _exit(graph: Graph, keys: Collection[str], entry: str, wire: Wire, fits: Fits) -> Wire | None:
    """The wire by which it would come out again and go on to where `wire` goes."""
    reached = graph.downstream([entry]) & set(keys)
    for node in reversed(graph.order):
        if node.id not in reached:
            continue
        taken = {other.output for other in graph.wires_out_of(node.id)}
        for port in graph.outputs(node):
            out = Wire(node.id, port.name, wire.target, wire.input)
            if port.name not in taken and fits(out):
                return out
    return None


def splice(graph: Graph, wire: str, keys: Collection[str], fits: Fits = anything) -> Edit:
    """Insert nodes into a wire: their first free input takes what comes, their last free output gives it on.

    The wire's dots stay: those above the nodes on the way in, the others on the way out.
    """
    if wire not in graph.wires:
        raise Refused("There is no wire to {wire}.", wire=wire)
    found = graph.wires[wire]
    if found.source in keys or found.target in keys:
        raise Refused("A block cannot be inserted into its own wire.")
    entry = _entry(graph, keys, found, fits)
    out = _exit(graph, keys, entry.target, found, fits) if entry is not None else None
    if entry is None or out is None:
        raise Refused("What is dropped on the wire has no free input and output that suit it.")
    edit = disconnect(graph, [wire])
    above = [place for place in found.via if place[1] < graph.nodes[entry.target].y]
    for new, via in ((entry, found.via[: len(above)]), (out, found.via[len(above) :])):
        joined = connect(graph.apply(edit), new.source, new.output, new.target, new.input)
        drawn = msgspec.structs.replace(new, via=via)
        edit = compose(edit, {key: (before, drawn) for key, (before, _) in joined.items()})
    return edit


def attach(graph: Graph, sources: Sequence[str], new: str, fits: Fits = anything) -> Edit:
    """Wire a placed node behind others: one input to each, into the only wire that goes on from there, if any.

    An input for the target gets the target of the data above, where there is just one.
    """
    node = graph.nodes[new]
    edit: Edit = {}
    free = [port for port in graph.inputs(node) if wire_id(new, port.name) not in graph.wires]
    for port in free:
        if port.target:
            edit = compose(edit, _target(graph.apply(edit), sources, new, port.name, fits))
    inputs = [port.name for port in free if not port.target]
    for source in sources:
        step = _behind(graph.apply(edit), source, new, inputs[0], len(sources) == 1, fits) if inputs else {}
        edit = compose(edit, step)
        if step:
            del inputs[0]
    return edit


def _behind(graph: Graph, source: str, new: str, name: str, between: bool, fits: Fits) -> Edit:
    outputs = graph.outputs(graph.nodes[source])
    for port in sorted(outputs, key=lambda port: port.target):
        wire = Wire(source, port.name, new, name)
        if not fits(wire):
            continue
        on = [other for other in graph.wires_out_of(source) if other.output == port.name]
        if between and len(on) == 1 and graph.outputs(graph.nodes[new]) and not graph.wires_out_of(new):
            try:
                return splice(graph, on[0].id, {new}, fits)
            except Refused:
                pass
        return connect(graph, source, port.name, new, name)
    return {}


def _target(graph: Graph, sources: Iterable[str], new: str, name: str, fits: Fits) -> Edit:
    above = graph.upstream(sources)
    found = [
        Wire(key, port.name, new, name)
        for key in above
        for port in graph.outputs(graph.nodes[key])
        if port.target and graph.nodes[key].entry.role == "data"
    ]
    wire = found[0] if len(found) == 1 else None
    return connect(graph, wire.source, wire.output, new, name) if wire is not None and fits(wire) else {}


def connect_in_line(graph: Graph, keys: Collection[str], fits: Fits = anything) -> Edit:
    """Wire nodes one behind the other, from the top down; Refused where two of them do not suit."""
    line = sorted((graph.nodes[key] for key in keys if key in graph.nodes), key=lambda node: (node.y, node.x))
    edit: Edit = {}
    for before, after in itertools.pairwise(line):
        now = graph.apply(edit)
        if any(wire.source == before.id for wire in flow_into(now, after.id)):
            continue
        step = attach(now, [before.id], after.id, fits)
        if not step:
            raise Refused("{target} has no free input that suits {source}.", source=before.name, target=after.name)
        edit = compose(edit, step)
    return edit


def swaps(graph: Graph, node: Node) -> list[Block]:
    """The blocks that can stand in a node's place: with as many inputs and outputs, and the same part to play."""
    block, inputs, outputs = node.entry, len(graph.inputs(node)), len(graph.outputs(node))
    if block.of:
        return []
    return [
        other
        for other in CATALOG.values()
        if other is not block
        and other.role == block.role
        and not other.of
        and len(other.output_ports({})) == outputs
        and (_suits(other, other.count, inputs) if other.count else len(other.input_ports({})) == inputs)
    ]


def swap(graph: Graph, key: str, block: str) -> Edit:
    """Put another block in a node's place; wires stay, and parameters that both have, where they suit."""
    node = graph.nodes[key]
    if CATALOG.get(block) not in swaps(graph, node):
        raise Refused("{block} has other inputs or outputs than {node}.", block=block[:40], node=node.name)
    other = CATALOG[block]
    kept = {name: value for name, value in node.params.items() if name in other.by_name and _suits(other, name, value)}
    before = [port.name for port in graph.inputs(node)]
    if other.count:
        kept[other.count] = len(before)
    named = re.fullmatch(re.escape(node.entry.stem) + r"\d*", node.name) is not None
    name = new_name(graph, other) if named and other.stem != node.entry.stem else node.name
    written = node.written if other.choosable else ""
    new = msgspec.structs.replace(node, block=block, name=name, params=check_params(other, kept), written=written)
    edit = replaced(graph, new)
    after = [port.name for port in other.input_ports(new.params)]
    given = (port.name for port in other.output_ports(new.params))
    outputs = dict(zip((port.name for port in graph.outputs(node)), given, strict=True))
    inputs = dict(zip(before, after, strict=True))
    for wire in (*graph.wires_into(key).values(), *graph.wires_out_of(key)):
        moved = wire
        if wire.target == key:
            moved = msgspec.structs.replace(moved, input=inputs[wire.input])
        if wire.source == key:
            moved = msgspec.structs.replace(moved, output=outputs[wire.output])
        if moved != wire:
            edit[wire.id] = (wire, edit.get(wire.id, (None, None))[1])
            edit[moved.id] = (graph.wires.get(moved.id), moved)
    return {name: pair for name, pair in edit.items() if pair[0] != pair[1]}


def _suits(block: Block, name: str, value: object) -> bool:
    try:
        check(block.by_name[name], value)
    except Refused:
        return False
    return block.by_name[name].follows is None


def contracted(graph: Graph, keys: Collection[str]) -> Graph:
    """The drawing of these nodes alone, with a wire wherever one leads to another, if through nodes left out."""
    records: dict[str, Record] = {key: graph.nodes[key] for key in keys}
    for key in keys:
        for wire in graph.wires_into(key).values():
            todo, seen = [wire], {wire.source}
            while todo:
                start = todo.pop()
                if start.source in keys:
                    records[wire.id] = msgspec.structs.replace(wire, source=start.source, output=start.output)
                    break
                before = [w for w in graph.wires_into(start.source).values() if w.source not in seen]
                seen |= {w.source for w in before}
                todo += before
    return Graph(records, graph.whole, graph.network)
