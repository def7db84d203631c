"""Tensor operations that look for the greatest, sort, or add up step by step along a dimension."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Param, Port, Values, Writes
from netbuilder.blocks.spelling import listed

_BOTH = (Port("values"), Port("indices"))
_MAYBE = (Port("values"), Port("indices", when="dim"))
_ONE_DIM = (
    "The dimension is gone, or stays with size 1 with keepdim. Without a dim the result is one number for the whole "
    "batch, without N."
)


def _dim_or_all() -> tuple[Param, ...]:
    words = "The dimension along which it looks; nothing means all of them, the batch too."
    return (
        Param("dim", "int", -1, words, low=-8, high=8, none="all, with the batch"),
        Param("keepdim", "bool", False, "Keep the dimension, with size 1; without a dim it changes nothing."),
    )


def _along(function: str) -> Writes:
    def writes(values: Values, inputs: Mapping[str, str]) -> str:
        found = [] if values["dim"] is None else [repr(values["dim"])]
        if found and values["keepdim"]:
            found.append("keepdim=True")
        return f"{inputs['input']}.{function}({listed(found)})"

    return writes


def _dim(default: int, does: str) -> Param:
    return Param("dim", "int", default, f"The dimension along which it {does}.", low=-8, high=8)


def _extreme(name: str, greatest: str, use: str) -> Block:
    return Block(
        name,
        Category.MATH,
        name.lower(),
        f"Finds the {greatest} number along a dimension, and where it was.",
        more=(
            f"Without a dim it is the {greatest} number of all samples together, and there are no indices. The "
            "gradient goes to the number that was found."
        ),
        formula=f"values = {name.lower()} in[…, i, …]\nindices = the i where that is",
        shape_rule=f"{_ONE_DIM} Values and indices have the same shape; the indices are int64.",
        cost="It has no parameters. The indices, eight bytes each, are kept while training, for the gradient.",
        use=use,
        outputs=_MAYBE,
        params=_dim_or_all(),
        writes=_along(name.lower()),
        summary="along dim {dim}",
        sample=("N,4,5",),
        page=f"torch.{name.lower()}",
    )


def _where(name: str, greatest: str, use: str) -> Block:
    return Block(
        name,
        Category.MATH,
        name.lower(),
        f"Says where along a dimension the {greatest} number is.",
        more="Without a dim the places of all samples are counted through in one row. No gradient gets through it.",
        formula=f"out = the i where in[…, i, …] is {greatest}",
        shape_rule=f"{_ONE_DIM} The result is of type int64.",
        cost="It has no parameters and costs next to nothing: each number is read once.",
        use=use,
        params=_dim_or_all(),
        writes=_along(name.lower()),
        summary="along dim {dim}",
        sample=("N,4,5",),
        page=f"torch.{name.lower()}",
    )


BLOCKS: tuple[Block, ...] = (
    _extreme(
        "Max",
        "greatest",
        "To keep what was found most strongly and remember where. For several dimensions at once take Amax.",
    ),
    _extreme(
        "Min",
        "smallest",
        "To find the nearest one among distances, and which it is. For several dimensions at once take Amin.",
    ),
    _where("ArgMax", "greatest", "To turn scores into the class that is meant, for a model that gives answers."),
    _where("ArgMin", "smallest", "To find the nearest entry of a codebook, as in vector quantization."),
    Block(
        "TopK",
        Category.MATH,
        "topk",
        "Keeps the k greatest numbers along a dimension, and says where they were.",
        more="With largest off it keeps the smallest. The gradient goes only to the numbers that were kept.",
        formula="values = the k greatest of in[…, i, …]\nindices = the i where they are",
        shape_rule="The size of dim becomes k. Values and indices have the same shape; the indices are int64.",
        cost="It has no parameters. It is cheaper than sorting everything, the more so the smaller k is.",
        use="To let only the strongest through, as the experts of a mixture, or to keep the best few candidates.",
        outputs=_BOTH,
        params=(
            Param("k", "int", 3, "How many are kept.", low=1, required=True, positional=True),
            _dim(-1, "looks"),
            Param("largest", "bool", True, "Keep the greatest; off keeps the smallest."),
            Param("sorted", "bool", True, "Give them in order, the most extreme first."),
        ),
        function="{input}.topk({arguments})",
        summary="{k} along dim {dim}",
        sample=("N,4,5",),
        page="torch.topk",
    ),
    Block(
        "Sort",
        Category.MATH,
        "sort",
        "Puts the numbers along a dimension in order, and says where each was.",
        more="The gradient goes back to where each number came from.",
        formula="values = in[…, indices, …]\nfrom the smallest to the greatest",
        shape_rule="Values and indices have the input's shape; the indices are int64.",
        cost="It has no parameters. Sorting takes time, more than in proportion to the size of dim.",
        use="For medians and ranks, and where the order of things should not matter.",
        outputs=_BOTH,
        params=(
            _dim(-1, "sorts"),
            Param("descending", "bool", False, "The greatest first."),
            Param("stable", "bool", False, "Leave equal numbers in the order they had."),
        ),
        function="{input}.sort({arguments})",
        summary="along dim {dim}",
        sample=("N,4,5",),
        page="torch.sort",
    ),
    Block(
        "CumSum",
        Category.MATH,
        "cumsum",
        "Adds up step by step along a dimension: each place gets the sum of all up to it.",
        more="The gradient of each number comes from all places after it.",
        formula="out[…, i, …] = Σ in[…, j, …]\nΣ runs over j from 0 to i",
        shape_rule="The shape does not change.",
        cost="It has no parameters and reads each number once, one after the other along dim.",
        use="To come from steps to positions, and to count the places of a mask.",
        params=(
            Param(
                "dim",
                "int",
                1,
                "The dimension along which it adds up.",
                low=-8,
                high=8,
                required=True,
                positional=True,
            ),
        ),
        function="{input}.cumsum({arguments})",
        summary="along dim {dim}",
        sample=("N,4,5",),
        page="torch.cumsum",
    ),
    Block(
        "CumProd",
        Category.MATH,
        "cumprod",
        "Multiplies step by step along a dimension: each place gets the product of all up to it.",
        more="The gradient of each number comes from all places after it.",
        formula="out[…, i, …] = Π in[…, j, …]\nΠ runs over j from 0 to i",
        shape_rule="The shape does not change.",
        cost="It has no parameters. Input and result are kept while training, and the gradient takes several passes.",
        use="For what is left after each step: of light along a ray, or of noise in a diffusion model.",
        params=(
            Param(
                "dim",
                "int",
                1,
                "The dimension along which it multiplies.",
                low=-8,
                high=8,
                required=True,
                positional=True,
            ),
        ),
        function="{input}.cumprod({arguments})",
        summary="along dim {dim}",
        sample=("N,4,5",),
        page="torch.cumprod",
    ),
)
