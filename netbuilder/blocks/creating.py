"""Tensors that come from nowhere: constants, ranges, random numbers, learned parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netbuilder.blocks.block import Block, Category, Param, Port, Value, Values, Writes
from netbuilder.blocks.spelling import listed, operand, sizes

_RULE = "The output is N × shape, with the N of the input, or just shape without batch."
_LIKE_RULE = "The output has the shape and the type of the input."
_CHEAP = "It has no parameters. The tensor is made anew each time, on the device of the input."


def _shape(values: Values, inputs: Mapping[str, str]) -> str:
    """The sizes as arguments: `x.size(0), 20`."""
    batch = [f"{inputs['input']}.size(0)"] if values["batch"] else []
    return listed([*batch, *sizes(values, "shape")]) or "()"


def _device(inputs: Mapping[str, str]) -> str:
    return f"device={inputs['input']}.device"


def _new(function: str) -> Writes:
    def writes(values: Values, inputs: Mapping[str, str]) -> str:
        dtype = values.get("dtype", "float32")
        found = [_shape(values, inputs), *([f"dtype=torch.{dtype}"] if dtype != "float32" else []), _device(inputs)]
        return f"torch.{function}({listed(found)})"

    return writes


def _full(values: Values, inputs: Mapping[str, str]) -> str:
    shape = _shape(values, inputs)
    shape = shape if shape == "()" else f"({shape})" if ", " in shape else f"({shape},)"
    return f"torch.full({shape}, {_filling(values['fill_value'], values['dtype'])}, {_device(inputs)})"


def _filling(value: Value, dtype: Value) -> str:
    """The number, written so that torch takes the type from it."""
    assert isinstance(value, int | float)
    return repr({"int64": int, "bool": bool}.get(str(dtype), float)(value))


def _parameter(values: Values) -> str:
    shape = listed(sizes(values, "shape")) or "()"
    made = {"zeros": "zeros", "ones": "ones"}.get(str(values["initial"]), "randn")
    scale = f" * {operand(values['std'])}" if made == "randn" and values["std"] != 1 else ""
    return f"nn.Parameter(torch.{made}({shape}){scale})"


_BATCH = Param("batch", "bool", True, "Put the batch dimension of the input in front.")
_SHAPE = Param("shape", "shape", (10,), "The sizes of the new tensor behind the batch dimension.", low=1)
_DTYPE = Param("dtype", "choice", "float32", "Type of the numbers.", choices=("float32", "int64", "bool"))


def _made(name: str, *, params: tuple[Param, ...] = (), writes: Writes | None = None, **own: Any) -> Block:
    function = name.lower()
    return Block(
        name,
        Category.MATH,
        function,
        own.pop("help"),
        shape_rule=_RULE,
        params=(_SHAPE, _BATCH, *params),
        writes=writes or _new(function),
        summary=own.pop("summary", "{shape}"),
        sample=("N,3",),
        page=f"torch.{function}",
        **own,
    )


def _alike(name: str, function: str, *, dtype: Any = "any", **own: Any) -> Block:
    return Block(
        name,
        Category.MATH,
        function,
        own.pop("help"),
        shape_rule=_LIKE_RULE,
        inputs=(Port("input", dtype=dtype),),
        function=f"torch.{function}({{input}})",
        sample=("N,4,5",),
        page=f"torch.{function}",
        **own,
    )


BLOCKS: tuple[Block, ...] = (
    _made(
        "Zeros",
        help="Makes a tensor of nothing but zeros.",
        more="Of the input only the batch size and the device are used, not the numbers.",
        formula="out = 0 everywhere",
        cost=_CHEAP,
        use="For a first state of a recurrent layer, or for something to fill up with.",
        params=(_DTYPE,),
    ),
    _made(
        "Ones",
        help="Makes a tensor of nothing but ones.",
        more="Of the input only the batch size and the device are used, not the numbers.",
        formula="out = 1 everywhere",
        cost=_CHEAP,
        use="For a mask that lets everything through, as a start for Tril and Triu.",
        params=(_DTYPE,),
    ),
    _made(
        "Full",
        help="Makes a tensor that holds the same number everywhere.",
        more="Of the input only the batch size and the device are used, not the numbers.",
        formula="out = fill_value everywhere",
        cost=_CHEAP,
        use="For a constant of a shape of its own. To add or multiply by a number, Shift and Scale are simpler.",
        params=(Param("fill_value", "float", 0.5, "The number; for int64 its fraction is dropped."), _DTYPE),
        writes=_full,
        summary="{fill_value} · {shape}",
    ),
    _made(
        "Randn",
        help="Makes a tensor of random numbers from the bell curve.",
        more="The mean is 0 and the deviation 1; each time the numbers are others, after training too.",
        formula="out = random numbers from N(0, 1)",
        cost="It has no parameters. The numbers are drawn anew each time, on the device of the input.",
        use="For the noise that a generator starts from.",
    ),
    _made(
        "Rand",
        help="Makes a tensor of random numbers between 0 and 1.",
        more="All numbers are equally likely; each time they are others, after training too.",
        formula="out = random numbers from [0, 1)",
        cost="It has no parameters. The numbers are drawn anew each time, on the device of the input.",
        use="For random weights of a mixture, one for each sample, or for masks by comparing with a number.",
    ),
    Block(
        "Arange",
        Category.MATH,
        "arange",
        "Counts along a dimension of the input: 0, 1, 2 and so on.",
        more="Of the input only the size and the device are used, not the numbers.",
        formula="out[i] = i",
        shape_rule="The output has one dimension, as long as dim of the input, and no N. It is of type int64.",
        cost="It has no parameters and costs next to nothing.",
        use="For the positions of a sequence, to look them up in an Embedding that is added to that of the tokens.",
        params=(Param("dim", "int", 1, "The dimension whose places are counted.", low=-8, high=8),),
        function="torch.arange({input}.size({dim}), device={input}.device)",
        summary="along dim {dim}",
        sample=("N,4,5",),
        page="torch.arange",
    ),
    _alike(
        "ZerosLike",
        "zeros_like",
        help="Makes zeros in the shape of the input.",
        more="Of the input only shape, type and device are used, not the numbers.",
        formula="out = 0 everywhere",
        cost="It has no parameters. The tensor is made anew each time.",
        use="For the state before the first step, or to compare with nothing at all.",
    ),
    _alike(
        "OnesLike",
        "ones_like",
        help="Makes ones in the shape of the input.",
        more="Of the input only shape, type and device are used, not the numbers.",
        formula="out = 1 everywhere",
        cost="It has no parameters. The tensor is made anew each time.",
        use=(
            "For a mask over the scores of an attention, with Tril or Triu behind it, or for a target that is all true."
        ),
    ),
    _alike(
        "RandnLike",
        "randn_like",
        dtype="float32",
        help="Makes random numbers from the bell curve in the shape of the input.",
        more="The mean is 0 and the deviation 1; each time the numbers are others, after training too.",
        formula="out = random numbers from N(0, 1)",
        cost="It has no parameters. The numbers are drawn anew each time.",
        use="For the noise of a variational autoencoder: mean + deviation · noise, so that the gradient gets through.",
    ),
    _alike(
        "RandLike",
        "rand_like",
        dtype="float32",
        help="Makes random numbers between 0 and 1 in the shape of the input.",
        more="All numbers are equally likely; each time they are others, after training too.",
        formula="out = random numbers from [0, 1)",
        cost="It has no parameters. The numbers are drawn anew each time.",
        use="For a random mask over the input, by comparing with a number.",
    ),
    Block(
        "Parameter",
        Category.MATH,
        "weight",
        "A tensor of its own that the network learns, whatever comes in.",
        more="It begins with zeros, ones or random numbers, and each step of training moves it along its gradient.",
        formula="out = w, learned",
        shape_rule="The output has just this shape, without N: sizes that are missing in front are repeated to fit.",
        cost="Its parameters are as many as the product of its sizes.",
        use="For layers of your own: weights for MatMul, a learned scale, a class token, learned positions.",
        inputs=(),
        params=(
            Param("shape", "shape", (10,), "All sizes of the tensor; it has no batch dimension.", low=1),
            Param("initial", "choice", "normal", "What it begins with.", choices=("normal", "zeros", "ones")),
            Param("std", "float", 1.0, "How far the first random numbers lie from zero.", low=0, high=1e6),
        ),
        module="nn.Parameter",
        construct=_parameter,
        attribute=True,
        summary="{shape} · {initial}",
        page="torch.nn.parameter.Parameter",
    ),
)
