"""Blocks of data that are arrays of numbers in files."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port, TensorType, Values
from netbuilder.blocks.data_params import MEMORY, NAME, path, scale, split

_OUTPUTS = (Port("x"), Port("y", target=True))
_SHAPE = (
    "The first dimension counts the samples, the others are the shape of one. "
    "A y of whole numbers is a class index, from 0; others are numbers."
)


def _unknown(values: Values) -> dict[str, TensorType]:
    return {"x": TensorType((-1,)), "y": TensorType((), "int64")}


BLOCKS = (
    Block(
        "NumpyArrays",
        Category.DATA,
        "arrays",
        "Arrays that NumPy has saved: two in an .npz file, or one in each of two .npy files.",
        more=(
            "What takes more memory than you allow is read where it is wanted; out of a compressed .npz file it is "
            "first unpacked into a file in the folder for temporary files (TMPDIR). Pickled objects are refused."
        ),
        formula="x = (x − mean) / spread, if you say so",
        shape_rule=_SHAPE,
        cost="Samples are kept in memory as float32, or read anew for each batch where they take more than you allow.",
        use="For what a program of your own has prepared.",
        inputs=(),
        outputs=_OUTPUTS,
        params=(
            path("file", "data/arrays.npz", "The arrays (.npz), or x alone (.npy)."),
            Param(
                "target_file", "file", None, "The file of y (.npy), where it is not in the same.", none="the same file"
            ),
            Param("x", "text", None, "The name of x in the .npz file.", pattern=NAME, none="the first array"),
            Param("y", "text", None, "The name of y in the .npz file.", pattern=NAME, none="the second array"),
            scale(False),
            *split("random"),
            MEMORY,
        ),
        role="data",
        summary="{file}",
        loader="numpy_arrays",
        described=True,
        gives=_unknown,
    ),
    Block(
        "TensorFile",
        Category.DATA,
        "tensors",
        "Two tensors of a safetensors file, by their names.",
        more="Such a file holds numbers and nothing that could run, and is read where it is wanted.",
        formula="x = (x − mean) / spread, if you say so",
        shape_rule=_SHAPE,
        cost="Samples are kept in memory as float32, or read anew for each batch where they take more than you allow.",
        use="For tensors saved by torch programs, such as features that another network has made.",
        inputs=(),
        outputs=_OUTPUTS,
        params=(
            path("file", "data/tensors.safetensors", "The file (.safetensors)."),
            Param("x", "text", "x", "The name of x.", pattern=NAME),
            Param("y", "text", "y", "The name of y.", pattern=NAME),
            scale(False),
            *split("random"),
            MEMORY,
        ),
        role="data",
        summary="{x} → {y}",
        loader="tensor_file",
        described=True,
        gives=_unknown,
    ),
)
