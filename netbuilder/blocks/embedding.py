"""Layers that turn whole numbers into learned rows."""

from __future__ import annotations

from typing import Any

from netbuilder.blocks.block import Block, Category, Param, Port
from netbuilder.blocks.torch_params import take


def _params(name: str, without: tuple[str, ...] = (), **own: dict[str, Any]) -> tuple[Param, ...]:
    return take(
        name,
        without=without,
        num_embeddings={
            "default": 100,
            "help": "How many rows there are; every index that comes in is below this.",
            "low": 1,
        },
        embedding_dim={"default": 32, "help": "Numbers in each row.", "low": 1},
        padding_idx={
            "help": "An index that stands for nothing: its row is not learned.",
            "low": 0,
            "none": "no such index",
        },
        max_norm={"help": "Rows longer than this are shortened when used.", "low": 0, "none": "no limit"},
        norm_type={"help": "Which norm measures a row's length; 2 is the usual length.", "low": 0},
        scale_grad_by_freq={"help": "Divide a row's gradient by how often it occurs in the batch."},
        sparse={"help": "Keep gradients for the rows in use only; few optimizers can take such gradients."},
        **own,
    )


BLOCKS: tuple[Block, ...] = (
    Block(
        "Embedding",
        Category.SEQUENCE,
        "embedding",
        "Looks up a learned row of numbers for every index.",
        more="The rows start at random; training moves those together that play similar parts.",
        formula="out[…, j] = weight[in[…], j]",
        shape_rule="A last dimension of size embedding_dim is added. All others stay.",
        cost=(
            "Parameters: num_embeddings · embedding_dim, often most of a language model's. Looking a row up costs next "
            "to nothing."
        ),
        use="As the first layer for words, letters or whatever else is numbered: its output can be reckoned with.",
        inputs=(Port("input", dtype="int64"),),
        params=_params("nn.Embedding"),
        module="nn.Embedding",
        summary="{num_embeddings}→{embedding_dim}",
        sample=("N,7:int64<100",),
    ),
    Block(
        "EmbeddingBag",
        Category.SEQUENCE,
        "bag",
        "Looks up a learned row for every index of a sample and makes one row of them.",
        more="The order of the indices does not matter; that of padding_idx is left out of the bag.",
        formula=(
            "out[n, j] = mean of weight[in[n, k], j]\nmean runs over the indices k; it may be a sum or maximum\n"
            "a sum can be weighted by a second input"
        ),
        shape_rule="From N × indices to N × embedding_dim. Weights, if wired, have the shape of the indices.",
        cost=(
            "Parameters: num_embeddings · embedding_dim. It needs less memory than an Embedding followed by a mean, "
            "as the single rows are never kept."
        ),
        use="For a text as a bag of words: a fast first classifier of texts needs only this and a linear layer.",
        # torch's offsets cut one long row into bags of different lengths; with samples in rows there is nothing to cut.
        inputs=(
            Port("input", dims=(2,), dtype="int64"),
            Port("per_sample_weights", dims=(2,), dtype="float32", optional=True),
        ),
        params=_params(
            "nn.EmbeddingBag",
            without=("include_last_offset",),
            mode={
                "choices": ("mean", "sum", "max"),
                "help": "What is made of the rows; only a sum can be weighted.",
            },
        ),
        module="nn.EmbeddingBag",
        summary="{num_embeddings}→{embedding_dim} · {mode}",
        sample=("N,7:int64<100", "-"),
    ),
)
