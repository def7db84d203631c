"""Tensor operations that make one number of many: sums, means, spreads, norms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netbuilder.blocks.block import Block, Category, Param, Port, Value, Values, Writes
from netbuilder.blocks.spelling import listed, one_or_more

_ANY = (Port("input"),)
_FLOAT = (Port("input", dtype="float32"),)
_BOOL = (Port("input", dtype="bool"),)
_SHAPE = (
    "The dimensions in dim are gone, or stay with size 1 with keepdim. Without any dim the result is one number for "
    "the whole batch, without N."
)
_KEEPDIM = Param("keepdim", "bool", False, "Keep the dimensions, with size 1; without any dim it changes nothing.")
_CORRECTION = Param(
    "correction", "int", 1, "What is taken away from the count: 1 for an estimate, 0 for just these.", low=0, high=1000
)


_ONE = Param(
    "dim",
    "int",
    -1,
    "What is multiplied: one dimension; nothing means all, the batch too.",
    low=-8,
    high=8,
    none="all, with the batch",
)


def _dims(what: str, or_all: bool = True) -> Param:
    words = f"{what}: one or several, as 2, 3 for height and width"
    if not or_all:
        return Param("dim", "shape", (-1,), f"{words}.", low=-8, high=8)
    words += "; nothing means all, the batch too."
    return Param("dim", "shape", (-1,), words, low=-8, high=8, none="all, with the batch")


def _over(function: str, named: tuple[Param, ...]) -> Writes:
    """The method with the dimensions first, then the parameters `named` where they differ from their default."""

    def writes(values: Values, inputs: Mapping[str, str]) -> str:
        dim = _written(values["dim"])
        found = [dim] if dim else []
        found += [f"{p.name}={values[p.name]!r}" for p in named if values[p.name] != p.default]
        if dim and values["keepdim"]:
            found.append("keepdim=True")
        return f"{inputs['input']}.{function}({listed(found)})"

    return writes


def _written(dim: Value) -> str:
    """`2`, `(2, 3)`, or nothing where all dimensions are meant."""
    if isinstance(dim, tuple):
        return one_or_more(tuple(map(int, dim))) if dim else ""
    return "" if dim is None else str(dim)


def _norm(values: Values, inputs: Mapping[str, str]) -> str:
    found = [inputs["input"]]
    if values["ord"] != 2:
        found.append(f"{values['ord']!r}")
    dim = _written(values["dim"])
    if dim:
        found.append(f"dim={dim}")
        if values["keepdim"]:
            found.append("keepdim=True")
    return f"torch.linalg.vector_norm({listed(found)})"


def _reduction(
    name: str, function: str, *, params: tuple[Param, ...] = (), inputs: tuple[Port, ...] = _ANY, **own: Any
) -> Block:
    taken = (own.pop("dim", None) or _dims(own.pop("what")), *params, _KEEPDIM)
    return Block(
        name,
        Category.MATH,
        name.lower(),
        own.pop("help"),
        inputs=inputs,
        params=taken,
        writes=own.pop("writes", None) or _over(function, params),
        shape_rule=own.pop("shape_rule", _SHAPE),
        summary="over dim {dim}",
        sample=own.pop("sample", ("N,4,5",)),
        page=own.pop("page", f"torch.{function}"),
        **own,
    )


BLOCKS: tuple[Block, ...] = (
    _reduction(
        "Sum",
        "sum",
        what="What is added up",
        help="Adds up all numbers along one or several dimensions.",
        more=(
            "Without any dim it adds up everything, all samples of the batch together; the gradient reaches every "
            "number."
        ),
        formula="out = Σ in[…, i, …]\nΣ runs over i, the places along dim",
        cost="It has no parameters and makes the tensor smaller: each number is read once.",
        use=(
            "For weighted means by hand, as after attention weights, for scores of several parts, and for counting a "
            "mask."
        ),
    ),
    _reduction(
        "Mean",
        "mean",
        what="What the mean is taken over",
        help="Takes the mean of all numbers along one or several dimensions.",
        more="Without any dim it is the mean of everything, all samples of the batch together.",
        formula="out = Σ in[…, i, …] / n\nΣ runs over i, the n places along dim",
        cost="It has no parameters and makes the tensor smaller: each number is read once.",
        use="To sum up a picture (dim 2, 3) or a sequence (dim 1) in one row of numbers before the last layers.",
        inputs=_FLOAT,
    ),
    _reduction(
        "Prod",
        "prod",
        dim=_ONE,
        help="Multiplies all numbers along a dimension.",
        more="The result soon becomes huge or nearly zero; sums of logarithms are safer.",
        formula="out = Π in[…, i, …]\nΠ runs over i, the places along dim",
        cost="It has no parameters. Input and result are kept while training, for the gradient.",
        use="For the probability that several things happen together, and for areas and volumes of sizes.",
    ),
    _reduction(
        "Var",
        "var",
        params=(_CORRECTION,),
        what="What the variance is taken over",
        help="Says how far the numbers lie from their mean, squared, along one or several dimensions.",
        more="The sum of the squared distances is divided by their count less the correction.",
        formula="out = Σ (in[…, i, …] − mean)² / (n − correction)\nΣ runs over i, the n places along dim",
        cost="It has no parameters. Each number is read twice: for the mean, and for the distance from it.",
        use=(
            "To normalize by hand, or to see whether all samples give the same. Normalization layers use a correction "
            "of 0."
        ),
        inputs=_FLOAT,
    ),
    _reduction(
        "Std",
        "std",
        params=(_CORRECTION,),
        what="What the deviation is taken over",
        help="Says how far the numbers typically lie from their mean along one or several dimensions.",
        more="It is the root of the variance; where all numbers are equal, its gradient is no number (NaN).",
        formula="out = √(Σ (in[…, i, …] − mean)² / (n − correction))\nΣ runs over i, the n places along dim",
        cost="It has no parameters. Each number is read twice: for the mean, and for the distance from it.",
        use="To normalize by hand, and as a feature: how lively a channel is beside how strong it is.",
        inputs=_FLOAT,
    ),
    _reduction(
        "Norm",
        "",
        writes=_norm,
        params=(
            Param(
                "ord",
                "float",
                2,
                "Power in the length: 2 is the usual length, 1 the sum of all sizes, 0 the count of what is not zero.",
                low=0,
                high=1000,
            ),
        ),
        what="What forms one vector",
        help="Measures the length of vectors: of all the numbers along one or several dimensions.",
        more="The greater ord is, the more the largest number alone decides.",
        formula="out = (Σ |in[…, i, …]| ^ ord) ^ (1 / ord)\nΣ runs over i, the places along dim",
        cost="It has no parameters and makes the tensor smaller: each number is read once.",
        use="To divide by it, so that only the direction counts, or to keep something short as a part of the loss.",
        inputs=_FLOAT,
        page="torch.linalg.vector_norm",
    ),
    _reduction(
        "LogSumExp",
        "logsumexp",
        dim=_dims("What is added up", or_all=False),
        help="Adds up the exponentials and takes the logarithm of the sum, without numbers that are too large.",
        more="The result is a little more than the largest number: a maximum with a gradient for all.",
        formula="out = ln Σ exp(in[…, i, …])\nΣ runs over i, the places along dim",
        cost="It has no parameters. One exponential for each number; input and result are kept while training.",
        use="To add probabilities that are given as logarithms, and in losses over several scores.",
        inputs=_FLOAT,
        shape_rule="The dimensions in dim are gone, or stay with size 1 with keepdim.",
    ),
    _reduction(
        "Amax",
        "amax",
        what="What the greatest is taken of",
        help="Keeps the greatest of all numbers along one or several dimensions.",
        more="Where several are the greatest, the gradient is shared between them. Max says where it was, too.",
        formula="out = max in[…, i, …]\nmax runs over i, the places along dim",
        cost="It has no parameters. Input and result are kept while training, for the gradient.",
        use="To sum up a whole picture (dim 2, 3) by what was found most strongly in it.",
    ),
    _reduction(
        "Amin",
        "amin",
        what="What the smallest is taken of",
        help="Keeps the smallest of all numbers along one or several dimensions.",
        more="Where several are the smallest, the gradient is shared between them. Min says where it was, too.",
        formula="out = min in[…, i, …]\nmin runs over i, the places along dim",
        cost="It has no parameters. Input and result are kept while training, for the gradient.",
        use="To find the nearest among distances along several dimensions at once.",
    ),
    _reduction(
        "Any",
        "any",
        what="What is looked through",
        help="Is true where at least one of the places along one or several dimensions is.",
        more="It takes what Compare gives; no gradient gets through it.",
        formula="out = in[…, 0, …] or in[…, 1, …] or …",
        cost="It has no parameters and costs next to nothing.",
        use="To see whether something was found anywhere, or whether a row of a mask is used at all.",
        inputs=_BOOL,
        sample=("N,4,5:bool",),
    ),
    _reduction(
        "All",
        "all",
        what="What is looked through",
        help="Is true where all of the places along one or several dimensions are.",
        more="It takes what Compare gives; no gradient gets through it.",
        formula="out = in[…, 0, …] and in[…, 1, …] and …",
        cost="It has no parameters and costs next to nothing.",
        use="To see whether a whole row or picture fulfils a condition.",
        inputs=_BOOL,
        sample=("N,4,5:bool",),
    ),
)
