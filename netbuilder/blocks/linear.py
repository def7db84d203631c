"""Layers that mix all numbers of a row: Linear and its kin."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Follows, Port
from netbuilder.blocks.torch_params import take

BLOCKS: tuple[Block, ...] = (
    Block(
        "Linear",
        Category.LINEAR,
        "fc",
        "Every output is a learned weighted sum of all inputs.",
        more="Only the last dimension is mixed; every row of the others goes through the same weights.",
        formula="out[…, j] = bias[j] + Σ weight[j, k] · in[…, k]\nΣ runs over the features k that come in",
        shape_rule="The last dimension becomes out_features. All others stay.",
        cost=(
            "Parameters: in_features · out_features, and out_features more with bias. Each is used once for every "
            "row, so wide inputs, such as flattened pictures, cost most."
        ),
        use=(
            "To turn features into scores at the end of a network, and as the layers of a plain one. Pictures are "
            "flattened first."
        ),
        inputs=(Port("input", dtype="float32"),),
        params=take("nn.Linear", bias={"help": "Add a learned number to each output."}),
        module="nn.Linear",
        summary="{in_features}→{out_features}",
        sample=("N,3,5",),
    ),
    Block(
        "Bilinear",
        Category.LINEAR,
        "bilinear",
        "Every output is a learned weighted sum of all products of a number here and a number there.",
        more="It sees which features of the two inputs occur together; with one of them fixed it is a linear layer.",
        formula=(
            "out[…, j] = bias[j] + Σ input1[…, k] · weight[j, k, l] · input2[…, l]\n"
            "Σ runs over the features k of input1 and l of input2"
        ),
        shape_rule="All dimensions but the last must be equal in both inputs, and stay. The last becomes out_features.",
        cost=(
            "Parameters: in1_features · in2_features · out_features, and out_features more with bias. That is soon a "
            "lot: with 100 each, a million."
        ),
        use="To compare or combine two descriptions, such as a question and a picture, when both are short.",
        inputs=(Port("input1", dtype="float32"), Port("input2", dtype="float32")),
        params=take(
            "nn.Bilinear",
            in1_features={
                "default": None,
                "help": "Numbers per sample in the first input.",
                "low": 1,
                "follows": Follows("input1", -1),
            },
            in2_features={
                "default": None,
                "help": "Numbers per sample in the second input.",
                "low": 1,
                "follows": Follows("input2", -1),
            },
            bias={"help": "Add a learned number to each output."},
        ),
        module="nn.Bilinear",
        repeated=("out_features",),
        summary="{in1_features} × {in2_features}→{out_features}",
        sample=("N,3,5", "N,3,7"),
    ),
    Block(
        "Identity",
        Category.LINEAR,
        "identity",
        "Lets everything through as it is.",
        more="It is a place in the network where nothing happens yet.",
        formula="out = in, unchanged",
        shape_rule="The shape does not change.",
        cost="It has no parameters, makes no copy and computes nothing.",
        use="To hold the place of a layer that is tried out later, or to give a tensor a name of its own.",
        module="nn.Identity",
        sample=("N,3,5",),
    ),
)
