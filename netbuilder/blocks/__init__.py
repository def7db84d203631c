"""The catalog: everything that can be placed, by name. Adding a block is one entry in one file here."""

from __future__ import annotations

from netbuilder.blocks import data, layers, objective
from netbuilder.blocks.block import Block, Category, Follows, Param, Port, TensorType, Value, Values

CATALOG: dict[str, Block] = {block.name: block for block in (*data.BLOCKS, *layers.BLOCKS, *objective.BLOCKS)}

__all__ = ["CATALOG", "Block", "Category", "Follows", "Param", "Port", "TensorType", "Value", "Values"]
