"""The catalog: everything that can be placed, by name. Adding a block is one entry in one file here."""

from __future__ import annotations

from netbuilder.blocks import (
    activations,
    arithmetic,
    attention,
    comparing,
    convolution,
    creating,
    data,
    data_arrays,
    data_libraries,
    data_pictures,
    data_problems,
    data_sequences,
    data_tables,
    distances,
    dropout,
    elementwise,
    embedding,
    ends,
    functional,
    indexing,
    joining,
    linear,
    losses,
    losses_of_chances,
    losses_of_classes,
    losses_of_pairs,
    metrics,
    metrics_of_answers,
    metrics_of_numbers,
    networks,
    normalization,
    ordering,
    padding,
    pooling,
    pooling_adaptive,
    products,
    recurrent,
    reductions,
    repeating,
    reshaping,
    resizing,
    softmax,
    squashing,
    transformers,
)
from netbuilder.blocks.block import Block, Category, Follows, Param, Port, TensorType, Value, Values

_ORDER = list(Category)
_PARTS = (
    data, data_tables, data_problems, data_pictures, data_arrays, data_sequences, data_libraries, ends, convolution,
    pooling, pooling_adaptive, linear, recurrent, attention, transformers, embedding, activations, squashing,
    softmax, normalization, dropout, padding, resizing, reshaping, repeating, joining, indexing, arithmetic,
    elementwise, comparing, products, reductions, ordering, distances, functional, creating, networks, losses,
    losses_of_classes, losses_of_chances, losses_of_pairs, metrics, metrics_of_answers, metrics_of_numbers,
)  # fmt: skip

CATALOG: dict[str, Block] = {
    block.name: block
    for block in sorted((b for part in _PARTS for b in part.BLOCKS), key=lambda b: _ORDER.index(b.category))
}

__all__ = ["CATALOG", "Block", "Category", "Follows", "Param", "Port", "TensorType", "Value", "Values"]
