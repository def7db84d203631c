"""Activations that set the numbers along a dimension against each other: softmax and its kin, and GLU."""

from __future__ import annotations

from netbuilder.blocks.activations import FLOATS
from netbuilder.blocks.block import Block, Category, Param, Port
from netbuilder.blocks.torch_params import take


def _along(name: str) -> tuple[Param, ...]:
    """`dim` is always written: what torch takes without it depends on the shape, and it warns."""
    words = "The dimension along which the results add up to 1; usually that of the classes."
    return take(name, dim={"required": True, "default": 1, "help": words})


BLOCKS: tuple[Block, ...] = (
    Block(
        "Softmax",
        Category.ACTIVATION,
        "softmax",
        "Turns scores into probabilities: positive numbers that add up to 1.",
        more="The highest score gets the largest part, and higher scores gain on lower ones by the exponential.",
        formula="out = exp(in) / Σ exp(in)\nΣ runs along dim",
        shape_rule="The shape does not change. Along dim the numbers add up to 1.",
        cost="It has no parameters. One exponential for each number and a sum along dim; the output is kept.",
        use=(
            "To read scores as probabilities, and as weights in attention. Not before CrossEntropyLoss, which does "
            "this by itself."
        ),
        inputs=FLOATS,
        params=_along("nn.Softmax"),
        module="nn.Softmax",
        function="F.softmax({input}{args})",
        summary="along dim {dim}",
        sample=("N,3,5",),
    ),
    Block(
        "Softmin",
        Category.ACTIVATION,
        "softmin",
        "Turns numbers into parts that add up to 1, the largest part for the smallest number.",
        more="It is a softmax of the negative numbers.",
        formula="out = exp(−in) / Σ exp(−in)\nΣ runs along dim",
        shape_rule="The shape does not change. Along dim the numbers add up to 1.",
        cost="It has no parameters. It costs a softmax and a copy of its input with the sign turned.",
        use="To turn distances into weights, so that what is near counts most.",
        inputs=FLOATS,
        params=_along("nn.Softmin"),
        module="nn.Softmin",
        function="F.softmin({input}{args})",
        summary="along dim {dim}",
        sample=("N,3,5",),
    ),
    Block(
        "Softmax2d",
        Category.ACTIVATION,
        "softmax",
        "Turns the channels of each pixel into probabilities that add up to 1.",
        more="Every pixel is looked at by itself. It is a softmax along the channels.",
        formula="out = exp(in) / Σ exp(in)\nΣ runs over the channels of one pixel",
        shape_rule="The shape does not change. The channels of each pixel add up to 1.",
        cost="It has no parameters. One exponential for each number; the output is kept, which is large for pictures.",
        use="To say for each pixel what it shows, when there is one channel of scores for each class.",
        inputs=(Port("input", dims=(4,), dtype="float32"),),
        module="nn.Softmax2d",
        function="F.softmax({input}, dim=1)",
        sample=("N,3,5,6",),
    ),
    Block(
        "LogSoftmax",
        Category.ACTIVATION,
        "logsoftmax",
        "Turns scores into the logarithms of probabilities.",
        more="Taken in one step, it stays exact where the probability alone would round to zero.",
        formula="out = in − log(Σ exp(in))\nΣ runs along dim",
        shape_rule="The shape does not change. Along dim the exponentials of the numbers add up to 1.",
        cost="It has no parameters. One exponential for each number and a logarithm for each sum; the output is kept.",
        use="As the last layer before NLLLoss or KLDivLoss, which take logarithms of probabilities.",
        inputs=FLOATS,
        params=_along("nn.LogSoftmax"),
        module="nn.LogSoftmax",
        function="F.log_softmax({input}{args})",
        summary="along dim {dim}",
        sample=("N,3,5",),
    ),
    Block(
        "GLU",
        Category.ACTIVATION,
        "glu",
        "Splits its input in two and lets one half say how much of the other gets through.",
        more="The second half goes through a sigmoid and becomes gates between 0 and 1 for the first half.",
        formula="out = a / (1 + exp(−b))\na and b are the first and the second half of in along dim",
        shape_rule="The size along dim becomes half of what it was, so it must be even. All others stay.",
        cost="It has no parameters, but the layer before must give twice as many numbers as go on.",
        use="After a linear layer or a convolution twice as wide, in networks for language and sound.",
        inputs=FLOATS,
        params=take("nn.GLU", dim={"help": "The dimension that is split in two halves."}),
        module="nn.GLU",
        function="F.glu({input}{args})",
        summary="along dim {dim}",
        sample=("N,3,6",),
    ),
)
