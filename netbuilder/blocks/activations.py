"""Activations: what bends the straight lines between layers, number by number."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port

_FLOAT = (Port("input", dtype="float32"),)

BLOCKS = (
    Block(
        "ReLU",
        Category.ACTIVATION,
        "relu",
        "Lets positive numbers through and makes negative ones zero.",
        more="Without something like it between them, several linear layers are no more than one.",
        formula="out = max(0, in)",
        shape_rule="The shape does not change.",
        use="After convolutions and linear layers, unless there is a reason for another activation.",
        inputs=_FLOAT,
        module="nn.ReLU",
        function="F.relu({input})",
    ),
    Block(
        "Sigmoid",
        Category.ACTIVATION,
        "sigmoid",
        "Squeezes every number between 0 and 1.",
        more="Far from zero it is nearly flat, and little of the gradient gets through.",
        formula="out = 1 / (1 + exp(−in))",
        shape_rule="The shape does not change.",
        use="Where a number should be read as a probability or as a gate between shut and open.",
        inputs=_FLOAT,
        module="nn.Sigmoid",
        function="torch.sigmoid({input})",
    ),
    Block(
        "Tanh",
        Category.ACTIVATION,
        "tanh",
        "Squeezes every number between −1 and 1.",
        more="Zero stays zero; far from it the curve is nearly flat, and little of the gradient gets through.",
        formula="out = (exp(in) − exp(−in)) / (exp(in) + exp(−in))",
        shape_rule="The shape does not change.",
        use="Where numbers should stay small and of either sign, as in older and in recurrent networks.",
        inputs=_FLOAT,
        module="nn.Tanh",
        function="torch.tanh({input})",
    ),
    Block(
        "Clamp",
        Category.ACTIVATION,
        "clamp",
        "Cuts off numbers below the least and above the greatest.",
        more="What lies between is let through unchanged; where it is cut off, no gradient gets through.",
        formula="out = min where in < min\nout = max where in > max\nout = in elsewhere",
        shape_rule="The shape does not change.",
        use="To keep numbers within limits. With a min of 0 and no max it is a ReLU.",
        params=(
            Param("min", "float", 0, "Smaller numbers become this one.", none="no limit", required=True),
            Param("max", "float", None, "Greater numbers become this one.", none="no limit"),
        ),
        function="{input}.clamp({arguments})",
        summary="{min} to {max}",
    ),
)
