"""Activations that let large numbers through and hold negative ones back: ReLU and its kin."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port
from netbuilder.blocks.torch_params import take

FLOATS = (Port("input", dtype="float32"),)


def activation(
    name: str,
    does: str,
    *,
    more: str,
    formula: str,
    cost: str,
    use: str,
    stem: str = "",
    params: tuple[Param, ...] = (),
    function: str = "",
    summary: str = "",
) -> Block:
    """An activation of torch's: every number by itself, so that the shape stays."""
    return Block(
        name,
        Category.ACTIVATION,
        stem or name.lower(),
        does,
        more=more,
        formula=formula,
        shape_rule="The shape does not change.",
        cost=cost,
        use=use,
        inputs=FLOATS,
        params=params,
        module=f"nn.{name}",
        function=function,
        summary=summary,
        sample=("N,3,5",),
    )


BLOCKS: tuple[Block, ...] = (
    activation(
        "ReLU",
        "Lets positive numbers through and makes negative ones zero.",
        more="Without something like it between them, several linear layers are no more than one.",
        formula="out = max(0, in)",
        cost="It has no parameters and is the cheapest of all: one comparison for each number. It keeps its output.",
        use="After convolutions and linear layers, unless there is a reason for another activation.",
        function="F.relu({input})",
    ),
    activation(
        "LeakyReLU",
        "Lets positive numbers through and makes negative ones much smaller, but not zero.",
        more="Some gradient gets through on the negative side too, so no unit is stuck at zero for good.",
        formula="out = in where in > 0\nout = negative_slope · in elsewhere",
        cost="It has no parameters. One comparison and at most one product for each number, as cheap as ReLU.",
        use="In place of ReLU when many units stay at zero, and in networks that judge pictures, as in a GAN.",
        stem="leaky",
        params=take(
            "nn.LeakyReLU",
            negative_slope={"help": "What negative numbers are multiplied by.", "positional": True},
        ),
        function="F.leaky_relu({input}{args})",
        summary="slope {negative_slope}",
    ),
    activation(
        "PReLU",
        "Lets positive numbers through and multiplies negative ones by a slope that it learns.",
        more="There is one slope for all channels, or one for each when num_parameters is their number.",
        formula="out = in where in > 0\nout = weight[c] · in elsewhere\nweight[c] is the slope learned for channel c",
        cost="Parameters: num_parameters. The slopes need gradients too, so training takes longer than with LeakyReLU.",
        use="When the slope for negative numbers should fit the data. Weight decay would pull the slopes towards zero.",
        params=take(
            "nn.PReLU",
            num_parameters={"help": "How many slopes are learned: 1, or the number of channels.", "low": 1},
            init={"help": "The slope at the start."},
        ),
        summary="slopes: {num_parameters}",
    ),
    activation(
        "RReLU",
        "Multiplies negative numbers by a slope drawn at random while training.",
        more="Each number gets a slope of its own; after training all get the middle between lower and upper.",
        formula=(
            "out = in where in > 0\nout = slope · in elsewhere\n"
            "slope is any number from lower to upper while training, then (lower + upper) / 2"
        ),
        cost="It has no parameters. While training it draws a random number for each number, and keeps them all.",
        use="Instead of LeakyReLU when data are few: the changing slope makes it harder to learn samples by heart.",
        params=take(
            "nn.RReLU",
            lower={"help": "Smallest slope that may be drawn."},
            upper={"help": "Largest slope that may be drawn, at least as large as the smallest."},
        ),
        function="F.rrelu({input}{args}, training=self.training)",
    ),
    activation(
        "ReLU6",
        "Makes negative numbers zero and cuts off those above 6.",
        more="With a known greatest value, numbers can later be stored in few bits without much loss.",
        formula="out = min(6, max(0, in))",
        cost="It has no parameters and costs two comparisons for each number.",
        use="In small networks for phones, which are later rounded to whole numbers.",
        stem="relu",
        function="F.relu6({input})",
    ),
    activation(
        "ELU",
        "Lets positive numbers through and bends negative ones towards −alpha.",
        more="As some outputs are negative, their mean is closer to zero than with ReLU.",
        formula="out = in where in > 0\nout = alpha · (exp(in) − 1) elsewhere",
        cost="It has no parameters. The exponential for negative numbers makes it a little slower than ReLU.",
        use="In place of ReLU in deep networks without normalization, to keep the mean of the numbers near zero.",
        params=take("nn.ELU", alpha={"help": "How far below zero the output can get."}),
        function="F.elu({input}{args})",
        summary="alpha {alpha}",
    ),
    activation(
        "CELU",
        "Lets positive numbers through and bends negative ones towards −alpha, without a kink for any alpha.",
        more="It is ELU with the input divided by alpha, so its slope at zero is always 1.",
        formula="out = in where in > 0\nout = alpha · (exp(in / alpha) − 1) elsewhere",
        cost="It has no parameters. One exponential for each negative number, as with ELU.",
        use="Instead of ELU when its alpha is not 1 and the curve should stay smooth at zero.",
        params=take("nn.CELU", alpha={"help": "How far below zero the output can get; not zero."}),
        function="F.celu({input}{args})",
        summary="alpha {alpha}",
    ),
    activation(
        "SELU",
        "An ELU scaled so that mean 0 and spread 1 keep themselves up from layer to layer.",
        more="This holds for linear layers whose weights start with spread 1 / √inputs, and needs no normalization.",
        formula="out = 1.050701 · in where in > 0\nout = 1.050701 · 1.673263 · (exp(in) − 1) elsewhere",
        cost="It has no parameters. One exponential for each negative number; it can save the cost of normalization.",
        use="In deep plain networks of linear layers, with AlphaDropout in place of Dropout.",
        function="F.selu({input})",
    ),
    activation(
        "GELU",
        "Multiplies each number by how likely a random number from a bell curve is to be smaller.",
        more="Large numbers get through, very negative ones become zero, and between them the curve is smooth.",
        formula=(
            "out = in · Φ\nΦ = (1 + erf(in / √2)) / 2\n"
            "with approximate tanh, Φ = (1 + tanh(√(2 / π) · (in + 0.044715 · in³))) / 2"
        ),
        cost="It has no parameters. Slower than ReLU for each number, but small beside the linear layers around it.",
        use="In transformers, between the two linear layers that follow the attention.",
        params=take(
            "nn.GELU",
            approximate={"help": "Compute it exactly or by a curve close to it.", "choices": ("none", "tanh")},
        ),
        function="F.gelu({input}{args})",
    ),
    activation(
        "SiLU",
        "Multiplies each number by its own sigmoid; also known as Swish.",
        more="It is close to ReLU far from zero, but smooth, and dips a little below zero on the way.",
        formula="out = in / (1 + exp(−in))",
        cost="It has no parameters. One exponential and one division for each number.",
        use="In newer networks for pictures and language, where ReLU would do but a smooth curve learns better.",
        function="F.silu({input})",
    ),
    activation(
        "Mish",
        "A smooth curve close to ReLU that dips a little below zero.",
        more="It multiplies each number by the tanh of its softplus; small negative numbers keep some gradient.",
        formula="out = in · tanh(log(1 + exp(in)))",
        cost="It has no parameters. Exponential, logarithm and tanh make it one of the slower activations.",
        use="Instead of SiLU or ReLU in networks that find objects in pictures, when its price does not matter.",
        function="F.mish({input})",
    ),
    activation(
        "Hardswish",
        "Follows SiLU's curve by straight pieces and one parabola.",
        more="Below −3 everything becomes zero, above 3 everything gets through as it is.",
        formula="out = in · min(6, max(0, in + 3)) / 6",
        cost="It has no parameters and no exponential: products and comparisons only, cheaper than SiLU.",
        use="In small networks for phones, where SiLU's exponential is too slow.",
        function="F.hardswish({input})",
    ),
    activation(
        "Softplus",
        "A smooth ReLU whose output is always above zero.",
        more="Beyond the threshold the input is let through as it is: the curve is a straight line there anyway.",
        formula="out = in where beta · in > threshold\nout = log(1 + exp(beta · in)) / beta elsewhere",
        cost="It has no parameters. An exponential and a logarithm for each number.",
        use="Where a result must be positive, such as a spread or a rate.",
        params=take(
            "nn.Softplus",
            beta={"help": "How sharp the bend is; not zero."},
            threshold={"help": "Where beta times the input is above this, the input gets through as it is."},
        ),
        function="F.softplus({input}{args})",
    ),
)
