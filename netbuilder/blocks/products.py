"""Tensor operations that multiply and add: matmul, bmm, einsum."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port

# Letters name dimensions, three dots stand for any others: `bij,bjk->bik`, `...i, ij -> ...j`. Nothing else gets in.
_TERM = r"[A-Za-z]*(?:\.\.\.[A-Za-z]*)?"
_EQUATION = rf"{_TERM}(?:, ?{_TERM})*(?: ?-> ?{_TERM})?"

BLOCKS: tuple[Block, ...] = (
    Block(
        "MatMul",
        Category.MATH,
        "matmul",
        "Multiplies matrices: every row of the first with every column of the second.",
        more="Where there are more than two dimensions, the last two are the matrices and the others are matched.",
        formula="out[…, i, j] = Σ in[…, i, k] · other[…, k, j]\nΣ runs over k",
        shape_rule=(
            "From … × a × b and … × b × c to … × a × c. The dimensions in front must be equal, or 1, or missing from "
            "one of the two."
        ),
        cost="It has no parameters. It takes a · b · c multiplications for each pair of matrices.",
        use="To apply weights of your own, to compare all rows with all others, or to blend rows by given weights.",
        inputs=(Port("input"), Port("other")),
        function="{input} @ {other}",
        sample=("N,5,6", "6,3"),
        page="torch.matmul",
    ),
    Block(
        "BatchMatMul",
        Category.MATH,
        "bmm",
        "Multiplies matrices sample by sample.",
        more="Unlike MatMul it takes exactly three dimensions on both sides and fits nothing to anything.",
        formula="out[n, i, j] = Σ in[n, i, k] · mat2[n, k, j]\nΣ runs over k",
        shape_rule="From N × a × b and N × b × c to N × a × c.",
        cost="It has no parameters. It takes a · b · c multiplications for each sample.",
        use="Where each sample has matrices of its own and a wrong shape should be refused rather than stretched.",
        inputs=(Port("input", dims=(3,)), Port("mat2", dims=(3,))),
        function="torch.bmm({input}, {mat2})",
        sample=("N,5,6", "N,6,3"),
        page="torch.bmm",
    ),
    Block(
        "Einsum",
        Category.MATH,
        "einsum",
        "Multiplies and sums as an equation of letters says, one letter for each dimension.",
        more="Equal letters belong together; a letter that is missing behind the arrow is summed over.",
        formula="bij,bjk->bik means\nout[b, i, k] = Σ in1[b, i, j] · in2[b, j, k]\nΣ runs over j",
        shape_rule="The letters behind the arrow are the output's dimensions; equal letters have equal sizes.",
        cost=(
            "It has no parameters. At worst the work is the product of all letters' sizes; two inputs are mostly done "
            "as a matrix product."
        ),
        use=(
            "For products, transposes, diagonals and sums that would take several blocks: bi,bj->bij is the outer "
            "product of two rows."
        ),
        params=(
            Param("inputs", "int", 2, "How many tensors are multiplied.", low=1, high=4, written=False),
            Param(
                "equation",
                "text",
                "bij,bjk->bik",
                "Letters of each input, with commas between them, then an arrow and those of the output.",
                pattern=_EQUATION,
                required=True,
                positional=True,
            ),
        ),
        function="torch.einsum({equation}, {inputs})",
        count="inputs",
        summary="{equation}",
        sample=("N,5,6", "N,6,3"),
        page="torch.einsum",
    ),
)
