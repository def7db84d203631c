"""The catalog: everything that can be placed, by name. Adding a block is one entry in one file here."""

from __future__ import annotations

from netbuilder.blocks import activations, data, images, layers, objective
from netbuilder.blocks.block import Block, Category, Follows, Param, Port, TensorType, Value, Values

_ORDER = list(Category)
_BLOCKS = [block for part in (data, layers, images, activations, objective) for block in part.BLOCKS]

CATALOG: dict[str, Block] = {
    block.name: block for block in sorted(_BLOCKS, key=lambda block: _ORDER.index(block.category))
}

__all__ = ["CATALOG", "Block", "Category", "Follows", "Param", "Port", "TensorType", "Value", "Values"]
