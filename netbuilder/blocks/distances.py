"""How near two tensors are."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Port
from netbuilder.blocks.torch_params import take

BLOCKS: tuple[Block, ...] = (
    Block(
        "CosineSimilarity",
        Category.MATH,
        "similarity",
        "How much two tensors point the same way: 1 the same, 0 at right angles, −1 opposite.",
        more="Only directions count: making either of them longer changes nothing.",
        formula="out = Σ x1·x2 / (|x1| · |x2|)\nΣ and lengths run along dim, no length counts below eps",
        shape_rule="The dimension dim falls away. All others stay, sizes of 1 stretched to fit the other input.",
        cost="It has no parameters. It reads both tensors once and is much cheaper than the layers before it.",
        use="To compare what a network made of two texts or pictures, as in search and in matching pairs.",
        inputs=(Port("x1", dtype="float32"), Port("x2", dtype="float32")),
        params=take("nn.CosineSimilarity", dim={"help": "The dimension along which the two are compared."}),
        module="nn.CosineSimilarity",
        function="F.cosine_similarity({x1}, {x2}{args})",
        summary="dim {dim}",
        sample=("N,6,3", "N,6,3"),
    ),
    Block(
        "PairwiseDistance",
        Category.MATH,
        "distance",
        "How far two rows of numbers lie apart, row by row.",
        more="With a p of 2 it is the straight line, with 1 the way along the axes, with a large p the longest step.",
        formula="out = (Σ |x1 − x2 + eps|^p)^(1/p)\nΣ runs along the last dimension",
        shape_rule="The last dimension falls away, or becomes 1 with keepdim. All others stay.",
        cost="It has no parameters. It reads both tensors once and is much cheaper than the layers before it.",
        use="In networks that run twice, on two things, and are to say how alike these are.",
        inputs=(Port("x1", dims=(2, 3, 4, 5), dtype="float32"), Port("x2", dims=(2, 3, 4, 5), dtype="float32")),
        params=take(
            "nn.PairwiseDistance",
            p={"help": "The power in the distance: 2 is the straight line.", "low": 0, "high": 1e3},
            eps={"help": "Added to every difference, so that equal rows have a gradient."},
        ),
        module="nn.PairwiseDistance",
        function="F.pairwise_distance({x1}, {x2}{args})",
        summary="p {p}",
        sample=("N,3,6", "N,3,6"),
    ),
)
