"""Functions of one number, at every place of a tensor: exp, log, roots, signs, rounding, waves."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param

_CHEAP = "It has no parameters and costs next to nothing."


def _each(
    name: str, stem: str, function: str, help: str, more: str, formula: str, use: str, cost: str, page: str
) -> Block:
    return Block(
        name,
        Category.MATH,
        stem,
        help,
        more=more,
        formula=formula,
        shape_rule="The shape does not change.",
        cost=cost,
        use=use,
        function=function,
        sample=("N,4,5",),
        page=page,
    )


BLOCKS: tuple[Block, ...] = (
    _each(
        "Exp",
        "exp",
        "torch.exp({input})",
        "Raises e, about 2.718, to the power of every number.",
        more="The result is always positive; from about 89 on it is too large for float32 and becomes infinite.",
        formula="out = exp(in)",
        use="To make positive numbers of any, as a variance of its logarithm.",
        cost="It has no parameters. The result is kept while training: it is its own derivative.",
        page="torch.exp",
    ),
    _each(
        "Log",
        "log",
        "torch.log({input})",
        "Takes the natural logarithm of every number.",
        more="Zero becomes −∞, and negative numbers become no number (NaN): add a little first where they may occur.",
        formula="out = ln(in)",
        use="To turn products into sums, and for numbers that range over many sizes.",
        cost="It has no parameters. The input is kept while training, for the gradient.",
        page="torch.log",
    ),
    _each(
        "Sqrt",
        "sqrt",
        "torch.sqrt({input})",
        "Takes the square root of every number.",
        more="Negative numbers become no number (NaN), and at zero the gradient is infinite.",
        formula="out = √in\nout · out = in",
        use="To come from squares back to lengths, or from a variance to a standard deviation.",
        cost="It has no parameters. The result is kept while training, for the gradient.",
        page="torch.sqrt",
    ),
    _each(
        "Rsqrt",
        "rsqrt",
        "torch.rsqrt({input})",
        "Divides one by the square root of every number.",
        more="Zero becomes infinite and negative numbers become no number (NaN): add a little first.",
        formula="out = 1 / √in",
        use="To normalize by hand: multiply by it instead of dividing by a root.",
        cost="It has no parameters. It is faster than a root and a division one after the other.",
        page="torch.rsqrt",
    ),
    _each(
        "Abs",
        "abs",
        "torch.abs({input})",
        "Drops the sign of every number.",
        more=(
            "The gradient keeps its direction where the number was positive, and is turned around where it was "
            "negative."
        ),
        formula="out = in where in is at least 0\nout = −in elsewhere",
        use="For distances and for how strong something is, whatever its sign.",
        cost=_CHEAP,
        page="torch.abs",
    ),
    _each(
        "Negative",
        "negative",
        "-{input}",
        "Turns the sign of every number around.",
        more="The gradient is turned around as well.",
        formula="out = −1 · in",
        use="To make a distance a likeness, or to train towards larger instead of smaller.",
        cost=_CHEAP,
        page="torch.neg",
    ),
    _each(
        "Square",
        "square",
        "{input}**2",
        "Multiplies every number by itself.",
        more="The result is never negative, and large numbers grow much more than small ones.",
        formula="out = in · in",
        use="For energies, variances and penalties on large numbers.",
        cost="It has no parameters. The input is kept while training, for the gradient.",
        page="torch.square",
    ),
    _each(
        "Sin",
        "sin",
        "torch.sin({input})",
        "Takes the sine of every number, read as an angle in radians.",
        more="It swings between −1 and 1, once every 2π.",
        formula="out = sin(in)",
        use="To tell positions and times apart, and as an activation in networks that paint pictures and waves.",
        cost="It has no parameters. The input is kept while training, for the gradient.",
        page="torch.sin",
    ),
    _each(
        "Cos",
        "cos",
        "torch.cos({input})",
        "Takes the cosine of every number, read as an angle in radians.",
        more="It swings between −1 and 1, once every 2π, and is 1 at zero.",
        formula="out = cos(in)",
        use="Together with the sine, to tell positions and times apart.",
        cost="It has no parameters. The input is kept while training, for the gradient.",
        page="torch.cos",
    ),
    _each(
        "Reciprocal",
        "reciprocal",
        "1 / {input}",
        "Divides one by every number.",
        more="Zero becomes infinite, and close to it the gradient is huge.",
        formula="out = 1 / in",
        use="To turn a period into a frequency, or to divide by something several times.",
        cost="It has no parameters. The result is kept while training, for the gradient.",
        page="torch.reciprocal",
    ),
    _each(
        "Sign",
        "sign",
        "torch.sign({input})",
        "Says of every number only whether it is negative, zero or positive.",
        more="It is flat everywhere, so the gradient through it is zero and nothing before it learns.",
        formula="out = −1 where in is negative\nout = 0 where in is 0\nout = 1 where in is positive",
        use="For decisions and codes of two values; not between layers that should learn.",
        cost=_CHEAP,
        page="torch.sign",
    ),
    Block(
        "Round",
        Category.MATH,
        "round",
        "Rounds every number to the nearest whole one.",
        more=(
            "Halves go to the even neighbor, so 0.5 becomes 0 and 1.5 becomes 2; the gradient is zero and nothing "
            "before it learns."
        ),
        formula="out = the multiple of 1 / 10^decimals that is nearest to in",
        shape_rule="The shape does not change, and the type does not either: the result is no int64.",
        cost=_CHEAP,
        use=(
            "To count in steps, as when numbers are to be stored with few digits; not between layers that should learn."
        ),
        params=(Param("decimals", "int", 0, "How many digits after the point are kept.", low=-8, high=8),),
        function="torch.round({input}{args})",
        summary="{decimals} decimals",
        sample=("N,4,5",),
        page="torch.round",
    ),
    _each(
        "Floor",
        "floor",
        "torch.floor({input})",
        "Rounds every number down to a whole one.",
        more="Negative numbers go down too, so −0.5 becomes −1; the gradient is zero and nothing before it learns.",
        formula="out = ⌊in⌋",
        use="To find the cell of a grid in which something lies; not between layers that should learn.",
        cost=_CHEAP,
        page="torch.floor",
    ),
    _each(
        "Ceil",
        "ceil",
        "torch.ceil({input})",
        "Rounds every number up to a whole one.",
        more="Negative numbers go up too, so −0.5 becomes 0; the gradient is zero and nothing before it learns.",
        formula="out = ⌈in⌉",
        use="To count how many whole steps something takes; not between layers that should learn.",
        cost=_CHEAP,
        page="torch.ceil",
    ),
)
