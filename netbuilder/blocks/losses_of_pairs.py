"""Losses that look at how tensors lie to each other: near or far, before or behind."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Port
from netbuilder.blocks.losses import loss_params

_TRIPLET = tuple(Port(name, dims=(2, 3, 4, 5), dtype="float32") for name in ("anchor", "positive", "negative"))
_SWAP = "Measure the negative from the anchor or from the positive, whichever is nearer."
_AHEAD = {"help": "How much farther the negative should lie than the positive.", "low": 1e-6}

BLOCKS: tuple[Block, ...] = (
    Block(
        "HingeEmbeddingLoss",
        Category.LOSS,
        "loss",
        "Makes distances small where the target is 1, and at least a margin where it is −1.",
        more="The input is a distance, such as PairwiseDistance gives; pairs farther apart than the margin are left.",
        formula="loss = mean of in where target is 1\nloss = mean of max(0, margin − in) where it is −1",
        shape_rule="Input and target have the same shape. The result is one number.",
        cost="It has no parameters and costs next to nothing: one comparison for each distance.",
        use="To learn which things are alike from pairs that are and pairs that are not.",
        inputs=(Port("input", dtype="float32"), Port("target", target=True)),
        params=loss_params("nn.HingeEmbeddingLoss", margin={"help": "How far apart unlike pairs should lie."}),
        outputs=(),
        role="loss",
        module="nn.HingeEmbeddingLoss",
        function="F.hinge_embedding_loss({input}, {target}{args})",
        summary="margin {margin}",
        sample=("N,5", "N,5"),
    ),
    Block(
        "CosineEmbeddingLoss",
        Category.LOSS,
        "loss",
        "Turns two rows towards each other where the target is 1, and away from each other where it is −1.",
        more="Only their directions count, not their lengths; rows with an angle as wide as the margin says are left.",
        formula=(
            "cos = a · b / (|a| · |b|)\nloss[n] = 1 − cos where target is 1\n"
            "loss[n] = max(0, cos − margin) where it is −1"
        ),
        shape_rule=(
            "Both inputs are N × features of the same size, the target is one number for each pair. The result is "
            "one number."
        ),
        cost="It has no parameters and costs next to nothing: three products for each pair of rows.",
        use="To bring texts or pictures that belong together near each other, and to part the others.",
        inputs=(
            Port("input1", dims=(2,), dtype="float32"),
            Port("input2", dims=(2,), dtype="float32"),
            Port("target", dims=(1,), target=True),
        ),
        params=loss_params(
            "nn.CosineEmbeddingLoss",
            margin={"help": "How alike unlike pairs may be, as a cosine.", "low": -1, "high": 1},
        ),
        outputs=(),
        role="loss",
        module="nn.CosineEmbeddingLoss",
        function="F.cosine_embedding_loss({input1}, {input2}, {target}{args})",
        summary="margin {margin}",
        sample=("N,5", "N,5", "N"),
    ),
    Block(
        "MarginRankingLoss",
        Category.LOSS,
        "loss",
        "Wants the first score above the second where the target is 1, and below it where it is −1.",
        more="Only the order of the two is learned, not how large they are; a lead of the margin is enough.",
        formula="loss = mean of max(0, margin − target · (in1 − in2))",
        shape_rule="Inputs and target have the same shape, one number for each pair. The result is one number.",
        cost="It has no parameters and costs next to nothing: one difference for each pair.",
        use="For learning to rank: results of a search, films, answers, of which people said which is better.",
        inputs=(
            Port("input1", dtype="float32"),
            Port("input2", dtype="float32"),
            Port("target", target=True),
        ),
        params=loss_params("nn.MarginRankingLoss", margin={"help": "How far ahead the better score should be."}),
        outputs=(),
        role="loss",
        module="nn.MarginRankingLoss",
        function="F.margin_ranking_loss({input1}, {input2}, {target}{args})",
        summary="margin {margin}",
        sample=("N,1", "N,1", "N,1"),
    ),
    Block(
        "TripletMarginLoss",
        Category.LOSS,
        "loss",
        "Wants the anchor nearer to the positive, which is like it, than to the negative, which is not.",
        more="It is zero once the negative lies farther away by the margin, so only hard triplets teach anything.",
        formula=(
            "d(a, b) = (Σ |a − b + eps|^p)^(1/p)\n"
            "loss = mean of max(0, d(anchor, positive) − d(anchor, negative) + margin)"
        ),
        shape_rule=(
            "All three inputs have the same shape; distances are taken along the last dimension. The result is one "
            "number."
        ),
        cost="It has no parameters. The network before it runs three times, so it takes thrice the time and memory.",
        use="For recognizing faces, voices or products: whatever has too many kinds to be classes.",
        inputs=_TRIPLET,
        params=loss_params(
            "nn.TripletMarginLoss",
            margin=_AHEAD,
            p={"help": "The power in the distance: 2 is the straight line.", "low": 0, "high": 1e3},
            swap={"help": _SWAP},
        ),
        outputs=(),
        role="loss",
        module="nn.TripletMarginLoss",
        function="F.triplet_margin_loss({anchor}, {positive}, {negative}{args})",
        summary="margin {margin}",
        sample=("N,5", "N,5", "N,5"),
    ),
    Block(
        "TripletMarginWithDistanceLoss",
        Category.LOSS,
        "loss",
        "Wants the anchor nearer to the positive than to the negative, measured by the straight line.",
        more="In code it takes any distance; in a drawing it is the TripletMarginLoss with a power of 2.",
        formula=(
            "d(a, b) = √ Σ (a − b + 0.000001)²\n"
            "loss = mean of max(0, d(anchor, positive) − d(anchor, negative) + margin)"
        ),
        shape_rule=(
            "All three inputs have the same shape; distances are taken along the last dimension. The result is one "
            "number."
        ),
        cost="It has no parameters. The network before it runs three times, so it takes thrice the time and memory.",
        use="When the exported code is to get a distance of its own; otherwise TripletMarginLoss does the same.",
        inputs=_TRIPLET,
        # A distance is a function, which no form can hold.
        params=loss_params(
            "nn.TripletMarginWithDistanceLoss", without=("distance_function",), margin=_AHEAD, swap={"help": _SWAP}
        ),
        outputs=(),
        role="loss",
        module="nn.TripletMarginWithDistanceLoss",
        function="F.triplet_margin_with_distance_loss({anchor}, {positive}, {negative}{args})",
        summary="margin {margin}",
        sample=("N,5", "N,5", "N,5"),
    ),
)
