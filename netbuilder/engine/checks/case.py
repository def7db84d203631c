"""A block at work: what a check looks at, and the short ways to say a problem and its fixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import msgspec

from netbuilder.blocks import Block, Value
from netbuilder.blocks.sentence import Sentence, SentenceValue, say
from netbuilder.bridge.reports import Fix, Problem, Size, TensorSpec
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Plain


@dataclass(frozen=True)
class Case:
    """A node, the block that it is, its parameters with all sizes filled in, and what comes in."""

    node: Node
    block: Block
    values: Mapping[str, Value]
    inputs: Mapping[str, TensorSpec]

    def problem(
        self,
        text: str,
        *fixes: Fix,
        inputs: tuple[str, ...] = (),
        warning: bool = False,
        detail: str = "",
        **values: SentenceValue,
    ) -> Problem:
        """A problem at the node, whose name the sentence may use."""
        words = say(text, node=self.node.name, **values)
        best = fixes[0] if fixes else None
        return Problem(self.node.id, words, "warning" if warning else "error", detail, best, inputs, fixes[1:])

    def set(self, label: Sentence, **params: Plain) -> Fix:
        """Set parameters."""
        return Fix(label, self.node.id, params)

    def before(self, port: str, block: str, label: Sentence | None = None, **params: Plain) -> Fix:
        """Put a block in front of an input."""
        words = label or say("Put {block} before it", block=block)
        return Fix(words, self.node.id, params, "before", block, port)

    def swap(self, block: str, **params: Plain) -> Fix:
        """Take another block in its place."""
        return swap(self.node, block, **params)

    def whole(self, name: str) -> int | None:
        """A parameter that is one whole number."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def each(self, name: str, rank: int, default: int) -> tuple[int, ...]:
        """A parameter that is a size, for each of so many dimensions; words and None are the default."""
        value = self.values.get(name)
        if isinstance(value, tuple):
            return tuple(int(one) for one in value)
        return (value if isinstance(value, int) else default,) * rank


def mendable(problem: Problem, graph: Graph) -> Problem:
    """The problem without fixes that would do nothing or not enough."""
    left = tuple(fix for fix in problem.fixes if not _vain(fix, graph))
    if left == problem.fixes:
        return problem
    return msgspec.structs.replace(problem, fix=left[0] if left else None, others=left[1:])


def _vain(fix: Fix, graph: Graph) -> bool:
    """Whether a parameter has its argument's value anyway, or a size that follows belongs to another node's layer."""
    node = graph.nodes.get(fix.node)
    if node is None or fix.how not in ("set", "swap"):
        return False
    owner = graph.nodes.get(node.layer, node)
    follows = owner is not node and None in fix.params.values()
    return follows or (bool(owner.bound) if fix.how == "swap" else bool(owner.bound.keys() & fix.params.keys()))


def swap(node: Node, block: str, **params: Plain) -> Fix:
    """Take another block in a node's place."""
    return Fix(say("Use {block}", block=block), node.id, params, "swap", block)


def remove(node: Node) -> Fix:
    """Take a node out."""
    return Fix(say("Remove {node}", node=node.name), node.id, {}, "remove")


def plain(numbers: tuple[int, ...]) -> Plain:
    """Sizes as a person would type them: one number where all are the same."""
    return numbers[0] if len(set(numbers)) == 1 else numbers


def shown(numbers: tuple[int, ...]) -> str:
    """Sizes in a sentence: 3, or 3×5."""
    return str(numbers[0]) if len(set(numbers)) == 1 else "×".join(str(number) for number in numbers)


def known(sizes: tuple[Size, ...]) -> tuple[int, ...] | None:
    """The sizes, if all of them are numbers."""
    found = tuple(size for size in sizes if isinstance(size, int))
    return found if len(found) == len(sizes) else None


def numbers(spec: TensorSpec) -> int | None:
    """How many numbers a sample has; None where a size is open or the batch does not come first."""
    sizes = known(spec.shape[1:])
    return None if sizes is None or not spec.shape or spec.shape[0] != "N" else prod(sizes)
