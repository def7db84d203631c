"""The block that a placed network or a piece of Python code is: ports from its ends, parameters from its arguments."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from netbuilder.blocks import CATALOG, Block, Param, Port
from netbuilder.blocks.sentence import Refused
from netbuilder.graph.python_code import read
from netbuilder.graph.records import Argument, Network, Node

if TYPE_CHECKING:
    from netbuilder.graph.graph import Graph

# An argument of a network shares the form with the parameters of the blocks that place it.
RESERVED = frozenset(param.name for block in CATALOG.values() if block.of for param in block.params)
_KINDS = {bool: "bool", int: "int", float: "float", str: "text", tuple: "numbers"}
_SHOWN = 3  # names of inner blocks on a card


def placed_network(part: Graph, entry: Block, network: Network) -> Block:
    """The block that stands for a network; `part` is what is drawn in it."""
    fed = {feeds(node) for node in part.ends("output")}
    recurrent = entry.name == "Recurrent"
    inputs = tuple(Port(node.id, label=node.name, optional=recurrent and node.id in fed) for node in part.ends("input"))
    outputs = tuple(Port(node.id, label=node.name) for node in part.ends("output"))
    arguments = tuple(argument_param(part, argument) for argument in network.arguments)
    stem = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", network.name), flags=re.ASCII).strip("_").lower()
    return replace(
        entry,
        stem=stem if stem[:1].isalpha() else entry.stem,
        inputs=inputs,
        outputs=outputs,
        params=(*sorted(arguments, key=lambda param: not param.required), *entry.params),
        summary=_summary(part, entry),
    )


def placed_code(entry: Block, text: str) -> Block:
    """The block that a piece of Python code is."""
    definition = read(text)
    return replace(
        entry,
        inputs=tuple(Port(name, optional=name in definition.optional) for name in definition.inputs),
        outputs=tuple(Port(name) for name in definition.outputs),
        params=(*definition.params, *entry.params),
        summary=definition.name,
    )


def feeds(output: Node) -> str:
    """The Input whose state this Output gives the next value of; empty where it gives none."""
    return str(output.params.get("state", "")) if output.entry.role == "output" else ""


def check_feeds(part: Graph, node: Node) -> None:
    """Refused where an Output is to give the state of what is no Input of its network; `part` is that network."""
    fed = feeds(node)
    state = part.nodes.get(fed)
    if fed and (state is None or state.entry.role != "input"):
        raise Refused("There is no Input {node} whose state it could give.", node=fed[:40])


def argument_param(part: Graph, argument: Argument) -> Param:
    """The argument as a parameter: as the first parameter that is bound to it, or as its value looks."""
    for node in part.nodes.values():
        for name, bound in node.bound.items():
            param = part.type(node).by_name.get(name)
            if bound == argument.name and param is not None:
                return replace(
                    param,
                    name=argument.name,
                    default=argument.value,
                    follows=None,
                    required=argument.required,
                    positional=argument.required,
                    argument="",
                    wrap="",
                    in_forward=False,
                    written=True,
                )
    kind = _KINDS.get(type(argument.value), "int")
    choices = {"help": "An argument of the network.", "rank": 0, "required": argument.required}
    return Param(argument.name, kind, argument.value, positional=argument.required, **choices)  # type: ignore[arg-type]


def _summary(part: Graph, entry: Block) -> str:
    """What is inside, and how often it runs, as a template."""
    names = [node.name for node in part.order if node.entry.role == "layer"]
    inside = ", ".join(names[:_SHOWN]) + (f" +{len(names) - _SHOWN}" if len(names) > _SHOWN else "")
    inside = inside.replace("{", "{{").replace("}", "}}") or "empty"
    if entry.name == "Repeat":
        return "{repeats} × " + inside
    return inside
