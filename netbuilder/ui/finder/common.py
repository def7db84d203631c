"""What people reach for most: among 250 blocks, these come first."""

from __future__ import annotations

from collections.abc import Iterable

from netbuilder.blocks import Block, Category

FIRST = (
    "Digits",
    "Conv2d",
    "BatchNorm2d",
    "ReLU",
    "MaxPool2d",
    "Dropout",
    "Flatten",
    "Linear",
    "CrossEntropyLoss",
    "Accuracy",
)
"""The blocks of a first network, from its data to its metric: a section of their own."""

COMMON = (
    *FIRST,
    *("FashionMNIST", "MNIST"),
    *("Input", "Output"),
    *("ConvTranspose2d", "Conv1d", "Conv3d"),
    *("AvgPool2d", "AdaptiveAvgPool2d", "MaxPool1d"),
    *("Embedding", "LSTM", "GRU", "MultiheadAttention", "TransformerEncoderLayer"),
    *("GELU", "SiLU", "LeakyReLU", "Softmax", "Sigmoid", "Tanh"),
    *("LayerNorm", "BatchNorm1d", "GroupNorm"),
    *("Concat", "Reshape", "Permute", "Unsqueeze", "Upsample"),
    *("Add", "Multiply", "MatMul", "Mean", "Sum"),
    *("MSELoss", "BCEWithLogitsLoss", "L1Loss"),
)
"""These come before others in their category and among equal hits."""

_PLACES = {name: place for place, name in enumerate(COMMON)}


def place_of(name: str) -> int:
    """How early a block comes: the commonest 0, all that are not common alike and last."""
    return _PLACES.get(name, len(_PLACES))


def by_category(blocks: Iterable[Block]) -> dict[Category, list[str]]:
    """The blocks' names below their categories, the common ones first, the others as given; no empty categories."""
    found: dict[Category, list[str]] = {category: [] for category in Category}
    for block in blocks:
        found[block.category].append(block.name)
    return {category: sorted(names, key=place_of) for category, names in found.items() if names}
