"""What can be placed, by name: a block of the catalog (`Conv2d`), or a network of the project (`Network:net1`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netbuilder.blocks import CATALOG, Block
from netbuilder.blocks.sentence import Refused
from netbuilder.graph import commands, networks
from netbuilder.graph.graph import Graph
from netbuilder.graph.placed import placed_network
from netbuilder.graph.records import MAIN, Edit, Network

NETWORK = "Network"


def named(network: str, block: str = NETWORK) -> str:
    """What to ask for to place a network, run once or by another block that is made of networks."""
    return f"{block}:{network}"


def parts(name: str) -> tuple[str, str]:
    """The block, and the network that it is made of if that is said."""
    block, _, network = name.partition(":")
    return block, network


def entry(graph: Graph, name: str) -> Block | None:
    """What would be placed by that name; None where there is nothing of the kind. A network's entry has its name."""
    block, key = parts(name)
    network = graph.networks.get(key)
    found = CATALOG.get(block)
    if found is None or not key:
        return found
    if network is None or found.of != "network":
        return None
    return replace(placed_network(graph.part(key), found, network), name=network.name)


def own(graph: Graph) -> dict[str, Block]:
    """The project's own networks as blocks, by what to ask for; the one that is trained cannot be placed."""
    found = {}
    for network in by_name(graph):
        block = entry(graph, named(network.id))
        assert block is not None
        found[named(network.id)] = block
    return found


def fitting(graph: Graph) -> dict[str, Block]:
    """Those of the project's own networks that can be placed in the drawing without holding themselves."""

    def fits(name: str) -> bool:
        try:
            networks.check_not_within(graph, parts(name)[1], graph.network)
        except Refused:
            return False
        return True

    return {name: block for name, block in own(graph).items() if fits(name)}


def by_name(graph: Graph) -> list[Network]:
    """The networks that can be placed, by name."""
    rest = [network for network in graph.networks.values() if network.id != MAIN]
    return sorted(rest, key=lambda network: (network.name.casefold(), network.id))


def needs_network(name: str) -> bool:
    """Whether it is still to be said which network is meant."""
    block, key = parts(name)
    found = CATALOG.get(block)
    return found is not None and found.of == "network" and not key


def add(graph: Graph, name: str, x: int, y: int, params: Mapping[str, object] | None = None) -> Edit:
    """Place a block or a network there. The edit has one entry, the new node's."""
    block, key = parts(name)
    if not key:
        return commands.add_node(graph, block, x, y, params)
    if block not in CATALOG:
        raise Refused("This version has no block {block}.", block=block[:40])
    return networks.place_network(graph, key, x, y, block)
