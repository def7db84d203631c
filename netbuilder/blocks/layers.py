"""Ends, linear and normalizing layers, and tensor operations: the rest of what `forward` is made of."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Follows, Param, Port, TensorType, Values

_FLOAT = (Port("input", dtype="float32"),)
_IMAGES = (Port("input", dims=(4,), dtype="float32"),)


def _input(values: Values) -> dict[str, TensorType]:
    shape, dtype = values["shape"], values["dtype"]
    assert isinstance(shape, tuple)
    return {"output": TensorType(shape, "int64" if dtype == "int64" else "float32")}


BLOCKS = (
    Block(
        "Input",
        Category.ENDS,
        "input",
        "A tensor that comes from outside, where the drawing has no data.",
        more="The batch dimension N is not part of its shape: it comes in front by itself.",
        formula="out = what forward is given",
        shape_rule="The output is N × shape: the batch dimension, then the shape of one sample.",
        use="When the drawing is to be exported as a module that other code calls with tensors of its own.",
        inputs=(),
        params=(
            Param("shape", "shape", (1, 28, 28), "Shape of one sample, without the batch dimension.", low=1),
            Param("dtype", "choice", "float32", "Type of the numbers.", choices=("float32", "int64")),
        ),
        role="input",
        summary="{shape} per sample",
        gives=_input,
    ),
    Block(
        "Output",
        Category.ENDS,
        "output",
        "Marks a tensor as something that the network returns.",
        more="A network may have several; forward then returns them together.",
        formula="forward returns in",
        shape_rule="Any shape is taken, and returned as it is.",
        use=(
            "Where there is no loss to say what the result is, or when something more should be returned than a "
            "loss looks at."
        ),
        outputs=(),
        role="output",
    ),
    Block(
        "Linear",
        Category.LINEAR,
        "fc",
        "Every output is a learned weighted sum of all inputs.",
        more="Only the last dimension is mixed; every row of the others goes through the same weights.",
        formula="out[…, j] = bias[j] + Σ weight[j, k] · in[…, k]\nΣ runs over the features k that come in",
        shape_rule="The last dimension becomes out_features. All others stay.",
        use=(
            "To turn features into scores at the end of a network, and as the layers of a plain one. Pictures are "
            "flattened first."
        ),
        inputs=_FLOAT,
        params=(
            Param(
                "in_features",
                "int",
                None,
                "Numbers that come in per sample.",
                low=1,
                follows=Follows("input", -1),
                required=True,
                positional=True,
            ),
            Param("out_features", "int", 10, "Numbers that go out per sample.", low=1, required=True, positional=True),
            Param("bias", "bool", True, "Add a learned number to each output."),
        ),
        module="nn.Linear",
        summary="{in_features}→{out_features}",
    ),
    Block(
        "Dropout",
        Category.NORMALIZATION,
        "dropout",
        "While training, sets numbers to zero at random so that none is relied on too much.",
        more=(
            "What is left is made larger so that the mean stays; after training, everything is let through as it is."
        ),
        formula="out = in · keep / (1 − p) while training\nout = in afterwards\nkeep is 0 with probability p, else 1",
        shape_rule="The shape does not change.",
        use="When the training loss falls but the validation loss does not: mostly before the last linear layers.",
        inputs=_FLOAT,
        params=(Param("p", "float", 0.5, "How likely each number is to become zero.", low=0, high=1, positional=True),),
        module="nn.Dropout",
        function="F.dropout({input}{args}, training=self.training)",
        summary="p = {p}",
    ),
    Block(
        "BatchNorm2d",
        Category.NORMALIZATION,
        "norm",
        "Brings each channel to mean 0 and spread 1 over the batch, then rescales it as learned.",
        more="While training it uses the mean and variance of the batch; afterwards those it remembers, if it does.",
        formula="out = weight[c] · (in − mean[c]) / √(variance[c] + eps) + bias[c]",
        shape_rule="The shape does not change. num_features is the number of channels.",
        use="Between a convolution and its activation: deep networks learn faster and mind the learning rate less.",
        inputs=_IMAGES,
        params=(
            Param(
                "num_features",
                "int",
                None,
                "Channels that come in.",
                low=1,
                follows=Follows("input", 1),
                required=True,
                positional=True,
            ),
            Param("eps", "float", 1e-05, "Added to the variance so that nothing is divided by zero.", low=0),
            Param("momentum", "float", 0.1, "How fast the running mean and variance follow.", low=0, high=1),
            Param("affine", "bool", True, "Learn a scale and an offset for each channel."),
            Param("track_running_stats", "bool", True, "Remember mean and variance for use after training."),
        ),
        module="nn.BatchNorm2d",
        summary="{num_features} channels",
    ),
    Block(
        "Flatten",
        Category.SHAPE,
        "flatten",
        "Lays the dimensions of each sample out in one row.",
        more="No number is changed; only the way in which they are counted is.",
        formula="out = in, the same numbers in the same order",
        shape_rule="The dimensions from start_dim to end_dim become one, as large as their product. All others stay.",
        use="Between convolutions, which give pictures, and linear layers, which take rows of numbers.",
        params=(
            Param("start_dim", "int", 1, "First dimension that is laid out.", low=-8, high=8, positional=True),
            Param("end_dim", "int", -1, "Last dimension that is laid out.", low=-8, high=8),
        ),
        module="nn.Flatten",
        function="torch.flatten({input}, {start_dim}{args})",
        summary="from dim {start_dim}",
    ),
    Block(
        "Add",
        Category.SHAPE,
        "add",
        "Adds its inputs number by number.",
        more="The gradient reaches every input unchanged.",
        formula="out = input1 + input2 + …",
        shape_rule=(
            "Shapes are compared from the last dimension on: equal sizes stay; where one is 1 or missing, it is "
            "repeated to fit the other."
        ),
        use="For a shortcut around some layers, as in residual networks.",
        params=(Param("inputs", "int", 2, "How many tensors are added.", low=2, high=16, written=False),),
        function="{sum}",
        count="inputs",
        summary="{inputs} tensors",
    ),
    Block(
        "Concat",
        Category.SHAPE,
        "concat",
        "Puts its inputs one after another along a dimension.",
        more="No number is changed, and none are mixed: the layer that follows can do that.",
        formula="out = input1, then input2, then … along dim",
        shape_rule="The sizes along dim are added up. All other sizes must be equal, and stay.",
        use="To bring branches together when each should keep its own channels.",
        params=(
            Param("inputs", "int", 2, "How many tensors are joined.", low=2, high=16, written=False),
            Param("dim", "int", 1, "The dimension along which they are joined.", low=-8, high=8),
        ),
        function="torch.cat(({inputs}), {dim})",
        count="inputs",
        summary="along dim {dim}",
    ),
)
