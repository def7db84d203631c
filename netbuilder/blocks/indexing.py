"""Tensor operations that choose numbers: slices, single places, lists of places, where and masks."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.block import Block, Category, Param, Port, Value, Values
from netbuilder.blocks.spelling import along, sizes, whole

_FAR = 10**9
_VIEW = "It has no parameters and costs nothing: the result looks at the same memory."
_COPY = "It has no parameters. What is chosen is copied; its gradient is added up where it came from."


def _dim(help: str, default: int = 1) -> Param:
    return Param("dim", "int", default, help, low=-8, high=8, required=True, positional=True)


def _slice(values: Values, inputs: Mapping[str, str]) -> str:
    start, stop = values["start"] or "", "" if values["stop"] is None else values["stop"]
    index = f"{start}:{stop}" if values["step"] == 1 else f"{start}:{stop}:{values['step']}"
    return f"{inputs['input']}[{along(whole(values, 'dim'), index)}]"


def _select(values: Values, inputs: Mapping[str, str]) -> str:
    return f"{inputs['input']}[{along(whole(values, 'dim'), str(values['index']))}]"


def _index_select(values: Values, inputs: Mapping[str, str]) -> str:
    dim = whole(values, "dim")
    if "index" in inputs:
        return f"{inputs['input']}.index_select({dim}, {inputs['index']})"
    return f"{inputs['input']}[{along(dim, str(list(sizes(values, 'indices'))))}]"


def _where(values: Values, inputs: Mapping[str, str]) -> str:
    chosen = inputs.get("input", repr(values["value"]))
    return f"torch.where({inputs['condition']}, {chosen}, {inputs.get('other', repr(values['other_value']))})"


def _masked_fill(values: Values, inputs: Mapping[str, str]) -> str:
    return f"{inputs['input']}.masked_fill({inputs['mask']}, {_filling(values['value'])})"


def _filling(value: Value) -> str:
    return 'float("-inf")' if value is None else repr(value)


_DIAGONAL = Param(
    "diagonal",
    "int",
    0,
    "Which diagonal is the border: 0 from the corner, above it 1 and more, below it −1 and less.",
    low=-_FAR,
    high=_FAR,
    positional=True,
)

BLOCKS: tuple[Block, ...] = (
    Block(
        "Slice",
        Category.SHAPE,
        "slice",
        "Keeps a stretch of one dimension, from start up to but without stop.",
        more="Negative numbers count from the end; a step of 2 keeps every second one.",
        formula="out[…, i, …] = in[…, start + i·step, …]",
        shape_rule="The size of dim becomes ⌈(stop − start) / step⌉. All others stay.",
        cost=_VIEW,
        use="To keep some channels or steps, to cut an edge off, or to shift a sequence against itself.",
        params=(
            _dim("The dimension that is cut."),
            Param("start", "int", 0, "The first place that is kept.", low=-_FAR, high=_FAR),
            Param(
                "stop", "int", 1, "The first place behind them that is left out.", low=-_FAR, high=_FAR, none="the end"
            ),
            Param("step", "int", 1, "1 keeps all between, 2 every second one.", low=1, high=_FAR),
        ),
        writes=_slice,
        summary="dim {dim} · {start} to {stop}",
        sample=("N,4,5",),
    ),
    Block(
        "Select",
        Category.SHAPE,
        "select",
        "Takes one place of a dimension, which is then gone.",
        more="Negative numbers count from the end, so −1 is the last one.",
        formula="out[…] = in[…, index, …]",
        shape_rule="The dimension dim is gone. All others stay.",
        cost=_VIEW,
        use="For the last step of a sequence, the class token of a transformer, or one channel.",
        params=(
            _dim("The dimension in which a place is chosen."),
            Param("index", "int", 0, "Which place, from 0; −1 is the last.", low=-_FAR, high=_FAR),
        ),
        writes=_select,
        summary="dim {dim} at {index}",
        sample=("N,4,5",),
        page="torch.select",
    ),
    Block(
        "IndexSelect",
        Category.SHAPE,
        "pick",
        "Takes several places of a dimension, in any order, and any of them several times.",
        more="The same places are taken of every sample: those in indices, or those that arrive at index.",
        formula="out[…, i, …] = in[…, indices[i], …]",
        shape_rule="The size of dim becomes the number of places. All others stay.",
        cost=_COPY,
        use="To choose features or channels by number, or to bring them into another order.",
        inputs=(Port("input"), Port("index", dims=(1,), dtype="int64", optional=True)),
        params=(
            _dim("The dimension in which places are chosen."),
            Param("indices", "shape", (0,), "Which places, where index has no wire.", low=-_FAR, high=_FAR),
        ),
        writes=_index_select,
        summary="along dim {dim}",
        sample=("N,6,5", "3:int64<6"),
        page="torch.index_select",
    ),
    Block(
        "Gather",
        Category.SHAPE,
        "gather",
        "Takes for every place of the index the number that it points to.",
        more="Each sample has indices of its own, which point along dim; all other places stay where they are.",
        formula="out[…, i, …] = in[…, index[…, i, …], …]",
        shape_rule="The output has the shape of index, which may be no larger than the input in the other dimensions.",
        cost=_COPY,
        use="To take the score of the class or action that was chosen in each sample.",
        inputs=(Port("input"), Port("index", dtype="int64")),
        params=(_dim("The dimension along which the index points."),),
        function="{input}.gather({dim}, {index})",
        summary="along dim {dim}",
        sample=("N,6,5", "N,2,5:int64<6"),
        page="torch.gather",
    ),
    Block(
        "Where",
        Category.SHAPE,
        "where",
        "Chooses between two tensors, place by place: the first where the condition is true, else the other.",
        more="Where input or other has no wire, a fixed number stands in for it.",
        formula="out = input where condition\nout = other elsewhere",
        shape_rule=(
            "Shapes are compared from the last dimension on: equal sizes stay; where one is 1 or missing, it is "
            "repeated to fit the others."
        ),
        cost="It has no parameters. The condition is kept while training: the gradient goes to what was chosen.",
        use="To mix two branches by a mask, or for functions that follow different rules in different places.",
        inputs=(Port("condition", dtype="bool"), Port("input", optional=True), Port("other", optional=True)),
        params=(
            Param("value", "float", 1, "Stands in for input where that has no wire."),
            Param("other_value", "float", 0, "Stands in for other where that has no wire."),
        ),
        writes=_where,
        sample=("N,4,5:bool", "N,4,5", "5"),
        page="torch.where",
    ),
    Block(
        "MaskedFill",
        Category.SHAPE,
        "fill",
        "Puts a fixed number wherever the mask is true.",
        more="Before a softmax, −∞ leaves a place out; a row in which everything is −∞ becomes no number (NaN).",
        formula="out = value where mask\nout = in elsewhere",
        shape_rule="The shape of the input; the mask is repeated to fit it where its sizes are 1 or missing.",
        cost="It has no parameters. The mask is kept while training; no gradient passes where it is true.",
        use="In attention by hand, so that no step looks at those after it or at padding.",
        inputs=(Port("input"), Port("mask", dtype="bool")),
        params=(Param("value", "float", None, "The number that is put in.", none="−∞"),),
        writes=_masked_fill,
        sample=("N,4,5", "N,1,5:bool"),
        page="torch.Tensor.masked_fill",
    ),
    Block(
        "Triu",
        Category.SHAPE,
        "triu",
        "Keeps what lies on or above a diagonal of each matrix, and makes the rest zero.",
        more="The last two dimensions are rows and columns.",
        formula="out[…, i, j] = in[…, i, j] where j − i is at least diagonal\nout[…, i, j] = 0 elsewhere",
        shape_rule="The shape does not change; there must be at least two dimensions.",
        cost="It has no parameters. All numbers are copied once.",
        use="For masks that hide what comes later: with a diagonal of 1, step i is marked for all steps after it.",
        params=(_DIAGONAL,),
        function="torch.triu({input}{args})",
        summary="diagonal {diagonal}",
        sample=("N,4,5",),
        page="torch.triu",
    ),
    Block(
        "Tril",
        Category.SHAPE,
        "tril",
        "Keeps what lies on or below a diagonal of each matrix, and makes the rest zero.",
        more="The last two dimensions are rows and columns.",
        formula="out[…, i, j] = in[…, i, j] where j − i is at most diagonal\nout[…, i, j] = 0 elsewhere",
        shape_rule="The shape does not change; there must be at least two dimensions.",
        cost="It has no parameters. All numbers are copied once.",
        use="For masks that show what came before: with a diagonal of 0, step i sees itself and all steps before it.",
        params=(_DIAGONAL,),
        function="torch.tril({input}{args})",
        summary="diagonal {diagonal}",
        sample=("N,4,5",),
        page="torch.tril",
    ),
    Block(
        "Diagonal",
        Category.SHAPE,
        "diagonal",
        "Takes the diagonal of each matrix.",
        more="The rows are dim1 and the columns dim2; both are gone afterwards, and the diagonal comes last.",
        formula="out[…, i] = in[…, i, i + offset]\nin[…, i − offset, i] for an offset below 0",
        shape_rule="Rows and columns are gone; the length of the diagonal comes in as the last size.",
        cost=_VIEW,
        use="For what each thing has to do with itself, as in a matrix of likenesses, or for a trace with Sum.",
        params=(
            Param(
                "offset",
                "int",
                0,
                "0 for the diagonal from the corner, 1 for the one above.",
                low=-_FAR,
                high=_FAR,
                positional=True,
            ),
            Param("dim1", "int", -2, "The dimension of the rows.", low=-8, high=8, required=True),
            Param("dim2", "int", -1, "The dimension of the columns.", low=-8, high=8, required=True),
        ),
        function="{input}.diagonal({arguments})",
        summary="offset {offset}",
        sample=("N,4,5",),
        page="torch.diagonal",
    ),
)
