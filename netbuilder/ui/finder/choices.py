"""What the finder offers: blocks, actions and nodes as choices, and which of them meet what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence

from netbuilder.blocks import Block, Category, Port, Value
from netbuilder.bridge.reports import NodeReport, TensorSpec, summary_line
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, Node, Note
from netbuilder.ui.finder.common import place_of
from netbuilder.ui.finder.matching import (
    EXACT,
    INSIDE,
    PREFIX,
    SCATTERED,
    START,
    Folded,
    fold,
    match_word,
    mention,
    words_of,
)
from netbuilder.ui.text import translate
from netbuilder.ui.usage import Usage

# From the best to the worst: how a title is met, and between these the other texts.
_BY_TITLE = {EXACT: 0, PREFIX: 1, START: 2, INSIDE: 3, SCATTERED: 6}
_BY_WHOLE_FACT, _BY_FACT, _BY_GROUP, _BY_HELP = 2, 4, 5, 7
_USUAL = ("layer", "loss", "metric", "output", "data", "input")  # what is put behind a block, the usual first
_DIMS = {0: "scalar", 1: "N", 2: "N×C", 3: "N×C×L", 4: "N×C×H×W", 5: "N×C×D×H×W"}


@dataclass(frozen=True)
class Choice:
    """One thing to choose. `rank` decides among about equal matches, lower first; what does not fit comes last.

    `facts` are looked through too; the ones that were met are then shown in place of `help`.
    """

    key: str
    title: str
    help: str = ""
    group: str = ""
    right: str = ""
    category: Category | None = None
    icon: str = ""
    rank: tuple[int, ...] = ()
    enabled: bool = True
    fits: bool = True
    facts: tuple[str, ...] = ()

    @cached_property
    def folded(self) -> tuple[Folded, Folded, Folded, tuple[Folded, ...]]:
        """Title, group, help and facts as they are compared."""
        return fold(self.title), fold(self.group), fold(self.help), tuple(fold(fact) for fact in self.facts)


class _Hit(NamedTuple):
    """How a choice is met by one word or by all."""

    band: int
    score: int
    at: tuple[int, ...] = ()
    fact: str = ""


def find(choices: Sequence[Choice], wanted: str) -> list[tuple[Choice, tuple[int, ...]]]:
    """The choices that meet what was typed, the best first, each with the places of the found letters in its title."""
    words = words_of(wanted)
    if not words:
        return [(choice, ()) for choice in sorted(choices, key=lambda choice: (not choice.fits, choice.rank))]
    found = []
    for choice in choices:
        hits = []
        for word in words:
            hit = _meet(word, choice)
            if hit is None:
                break
            hits.append(hit)
        else:
            band, score = max(hit.band for hit in hits), sum(hit.score for hit in hits)
            found.append(((not choice.fits, band, choice.rank, -score), choice, hits))
    found.sort(key=lambda entry: entry[0])
    return [_shown(choice, hits) for _, choice, hits in found]


def _shown(choice: Choice, hits: list[_Hit]) -> tuple[Choice, tuple[int, ...]]:
    """The choice with what was met said in place of its help, and the letters of the title that were found."""
    facts = dict.fromkeys(hit.fact for hit in hits if hit.fact)
    at = hits[0].at if len(hits) == 1 else tuple(sorted({place for hit in hits for place in hit.at}))
    return replace(choice, help=" · ".join(facts)) if facts else choice, at


def _meet(word: str, choice: Choice) -> _Hit | None:
    """The best way in which one word meets a choice. A letter alone says too little to look beyond the title."""
    title, group, help, facts = choice.folded
    by_title = match_word(word, title)
    best = None if by_title is None else _Hit(_BY_TITLE[by_title.quality], by_title.score, by_title.at)
    if len(word) < 2 and not word.isdigit():
        return best
    if best is None or best.band > _BY_WHOLE_FACT:
        for fact in facts:
            hit = mention(word, fact)
            if hit is not None:
                band = _BY_WHOLE_FACT if hit.quality == EXACT else _BY_FACT
                if best is None or (band, -hit.score) < (best.band, -best.score):
                    best = _Hit(band, hit.score, fact=fact.shown)
    if best is None or best.band > _BY_GROUP:
        hit = mention(word, group)
        best = best if hit is None else _Hit(_BY_GROUP, hit.score)
    if best is None and len(word) > 2:
        hit = mention(word, help)
        best = None if hit is None else _Hit(_BY_HELP, hit.score)
    return best


def of_blocks(blocks: Iterable[Block], usage: Usage, fits: Callable[[Block], bool] | None = None) -> list[Choice]:
    """Blocks to place: what fits first, then what was used last, then the common ones."""
    lately = {name: index for index, name in enumerate(usage.recent())}
    return [
        Choice(
            block.name,
            block.name,
            translate(block.help),
            translate(block.category.value),
            _declared(block),
            block.category,
            rank=(lately.get(block.name, len(lately)), _USUAL.index(block.role) if fits else 0, place_of(block.name)),
            fits=fits is None or fits(block),
        )
        for block in blocks
    ]


def of_networks(own: Mapping[str, Block], fits: Callable[[Block], bool] = lambda block: True) -> list[Choice]:
    """The project's own networks to place, by what to ask for."""
    group = QCoreApplication.translate("Choices", "Network of this project")
    return [
        Choice(key, block.name, inside(block), group, "", block.category, rank=(0, 0), fits=fits(block))
        for key, block in own.items()
    ]


def inside(block: Block) -> str:
    """What a network holds, in a line."""
    return summary_line(block, block.defaults())


def _declared(block: Block) -> str:
    """The shapes that a block says of itself: what it takes, → what it gives; nothing where it says none."""
    takes = _shapes(block.inputs)
    gives = _shapes(block.outputs)
    if not gives and block.gives is not None and block.role == "data":
        shape = next(iter(block.gives(block.defaults()).values())).shape
        gives = str(TensorSpec(("N", *(size if size >= 0 else "?" for size in shape))))
    return f"{takes} → {gives}".strip() if gives else takes


def _shapes(ports: Collection[Port]) -> str:
    """The first port's shape, if it is bound to some numbers of dimensions."""
    return " / ".join(_DIMS.get(dims, f"{dims}-d") for port in list(ports)[:1] for dims in port.dims)


def of_actions(actions: Mapping[str, QAction], groups: Mapping[str, str]) -> list[Choice]:
    """Actions to trigger, each with its key; `groups` gives their menus by id. What cannot be done now comes later."""
    return [
        Choice(
            key,
            _clean(action.text()),
            action.statusTip(),
            _clean(groups.get(key, "")),
            action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
            rank=(int(not action.isEnabled()),),
            enabled=action.isEnabled(),
        )
        for key, action in actions.items()
        if action.isVisible()
    ]


def _clean(text: str) -> str:
    """A menu's text without the mark of its letter and without the … at its end."""
    return re.sub(r"&(.)", r"\1", text).rstrip("…").rstrip()


def of_nodes(graph: Graph, reports: Mapping[str, NodeReport]) -> list[Choice]:
    """What the drawing holds: nodes by name, block, parameters and shapes, top to bottom; then frames and notes."""
    nodes = [_of_node(graph, node, reports.get(node.id)) for node in graph.order]
    frame = QCoreApplication.translate("Choices", "Frame")
    frames = [Choice(key, record.title or frame, group=frame, icon="fit") for key, record in graph.frames.items()]
    return [*nodes, *frames, *(_of_note(note) for note in graph.notes.values())]


def _of_note(note: Note) -> Choice:
    """A note by its lines, without the marks of headings and lists."""
    lines = [line for raw in note.text.splitlines() if (line := raw.strip().lstrip("#-* ").strip())]
    group = QCoreApplication.translate("Choices", "Note")
    title, *others = lines or [group]
    return Choice(note.id, title, " · ".join(others[:3]), group, icon="file", facts=tuple(others))


def _of_node(graph: Graph, node: Node, report: NodeReport | None) -> Choice:
    block = graph.type(node)
    kind = graph.networks[node.of].name if node.of else node.block
    values: dict[str, Value] = {**block.filled(node.params), **(report.values if report is not None else {})}
    facts = [f"{name}={_written(value)}" for name, value in values.items() if value is not None]
    shapes: dict[str, None] = {}
    if report is not None:
        shapes = dict.fromkeys(str(spec) for spec in (*report.outputs.values(), *report.inputs.values()))
    return Choice(
        node.id,
        node.name,
        summary_line(block, values) if block.summary else translate(block.help),
        kind if node.network == MAIN else f"{kind} · {graph.drawn.name}",
        str(next(iter(report.outputs.values()), "")) if report is not None else "",
        block.category,
        facts=(*shapes, *facts, translate(block.category.value)),
    )


def _written(value: Value) -> str:
    """A value without spaces: a tuple as 3×5."""
    return "×".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
