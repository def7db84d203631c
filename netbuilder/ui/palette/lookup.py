"""Blocks found by what is typed in the palette: by name, by torch's names for them, by category and words of help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from netbuilder.blocks import CATALOG, Block
from netbuilder.ui.finder.choices import Choice, find, of_blocks, of_networks
from netbuilder.ui.finder.common import place_of
from netbuilder.ui.finder.matching import fold
from netbuilder.ui.usage import Usage

_LEAD = re.compile(r"\b(?:(?:torch|nn|functional|F|Tensor)\.)+", re.IGNORECASE)
_CALL = re.compile(r"\(.*")
_CALLED = re.compile(r"(?:torch|nn|F)(?:\.\w+)+|\{\w+\}\.\w+(?=\()")


class Hit(NamedTuple):
    """What was found: what to ask for, the block, where its name has the found letters, and the torch name if any."""

    key: str
    block: Block
    at: tuple[int, ...]
    torch: str


class Lookup:
    """Finds blocks: the best match first, among about equal ones the last used, then the commonest."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage
        self.own: Mapping[str, Block] = {}
        self._lately: list[str] | None = None
        self._choices: list[Choice] = []
        self._torch = {block.name: torch_names(block) for block in CATALOG.values()}

    def find(self, wanted: str) -> list[Hit]:
        """The blocks that meet what was typed, the best first; `nn.Conv2d(1, 8)` asks for Conv2d."""
        found = []
        listed = [*self._ranked(), *of_networks(self.own)]
        for choice, at in find(listed, _LEAD.sub("", _CALL.sub("", wanted))):
            names = self._torch.get(choice.key, {})
            met = [names[fact] for fact in choice.help.split(" · ") if fact in names]
            block = self.own.get(choice.key) or CATALOG[choice.key]
            found.append(Hit(choice.key, block, at, ", ".join(met)))
        return found

    def _ranked(self) -> list[Choice]:
        """All blocks; made anew only when others were used, since folding their texts is what a key press costs."""
        lately = self._usage.recent()
        if lately != self._lately:
            self._lately = lately
            self._choices = [
                replace(choice, rank=(choice.rank[0], place_of(choice.key)), facts=tuple(self._torch[choice.key]))
                for choice in of_blocks(CATALOG.values(), self._usage)
            ]
        return self._choices


def torch_names(block: Block) -> dict[str, str]:
    """What torch calls the block where that is not the block's own name: `cat` for `torch.cat`."""
    found: dict[str, str] = {}
    for text in (block.module, block.function, block.page):
        called = _CALLED.match(text)  # only what comes first: the others are called to get at its arguments
        before, _, name = called[0].rpartition(".") if called else ("", "", "")
        if name and fold(name).text != fold(block.name).text:
            found.setdefault(name, f"{'Tensor' if before.startswith('{') else before}.{name}")
    return found
