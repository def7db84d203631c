"""Blocks that give samples. Each is loaded by the function of the same name in `engine/loaders`."""

from __future__ import annotations

from dataclasses import replace

from netbuilder.blocks.block import Block, Category, Param, Port, TensorType, Values
from netbuilder.blocks.values import sizes

_IMAGE_AND_LABEL = (Port("image"), Port("label", target=True))
_VALIDATION = Param(
    "validation", "float", 0.2, "Part of the samples kept aside to measure what was learned.", low=0.01, high=0.9
)
_PADDING = Param("padding", "int", 0, "Rows and columns of zeros added on every side.", low=0, high=512)


def _digits(values: Values) -> dict[str, TensorType]:
    return {"image": TensorType((1, 8, 8)), "label": TensorType((), "int64", classes=10)}


_CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")


def _idx(values: Values) -> dict[str, TensorType]:
    padding = values["padding"]
    assert isinstance(padding, int)
    side = 28 + 2 * padding
    return {"image": TensorType((1, side, side)), "label": TensorType((), "int64", classes=10)}


def _fashion(values: Values) -> dict[str, TensorType]:
    given = _idx(values)
    return {**given, "label": replace(given["label"], names=_CLOTHES)}


def _random(values: Values) -> dict[str, TensorType]:
    shape, target = sizes(values["input_shape"]), sizes(values["target_shape"])
    indices, classes = values["indices"], values["classes"]
    assert isinstance(indices, int) and isinstance(classes, int)
    x = TensorType(shape, "int64", indices) if values["input"] == "indices" else TensorType(shape)
    if values["target"] == "numbers":
        return {"x": x, "y": TensorType(target)}
    return {"x": x, "y": TensorType(target if values["target"] == "sequence" else (), "int64", classes)}


BLOCKS = (
    Block(
        "Digits",
        Category.DATA,
        "digits",
        "1,797 handwritten digits of 8×8 pixels, from scikit-learn (drawn on the spot where that is missing).",
        more="Each picture is one grey channel, scaled from −1 (paper) to 1 (ink).",
        formula="image = (pixels − 8) / 8",
        shape_rule=(
            "The image is 1 × 8 × 8 for each sample: one channel, eight rows, eight columns. "
            "The label is one whole number from 0 to 9."
        ),
        use="For a first try: it is small, it trains on any computer, and it needs no files.",
        inputs=(),
        outputs=_IMAGE_AND_LABEL,
        params=(_VALIDATION,),
        role="data",
        summary="8×8 pixels · 10 classes",
        loader="digits",
        gives=_digits,
    ),
    Block(
        "FashionMNIST",
        Category.DATA,
        "fashion",
        "70,000 pictures of clothes, 28×28 grey pixels in 10 classes, from IDX files in a folder.",
        more=(
            "60,000 pictures are for training and 10,000 for validation; all are shifted and scaled by the "
            "training pictures' own mean and spread."
        ),
        formula="image = (pixels / 255 − mean) / spread",
        shape_rule=(
            "The image is 1 × side × side for each sample, where side = 28 + 2·padding. "
            "The label is one whole number from 0 to 9."
        ),
        use="When handwritten digits are too easy: the same size of picture, but shirts and coats look alike.",
        inputs=(),
        outputs=_IMAGE_AND_LABEL,
        params=(
            Param(
                "folder",
                "folder",
                "/usr/share/datasets/fashion-mnist",
                "Where the four IDX files are, gzipped or not. Debian's package dataset-fashion-mnist puts them here.",
                required=True,
                positional=True,
            ),
            _PADDING,
        ),
        role="data",
        summary="28×28 pixels · 10 classes",
        loader="idx",
        gives=_fashion,
    ),
    Block(
        "MNIST",
        Category.DATA,
        "mnist",
        "70,000 handwritten digits, 28×28 grey pixels in 10 classes, from IDX files in a folder.",
        more=(
            "60,000 pictures are for training and 10,000 for validation; all are shifted and scaled by the "
            "training pictures' own mean and spread."
        ),
        formula="image = (pixels / 255 − mean) / spread",
        shape_rule=(
            "The image is 1 × side × side for each sample, where side = 28 + 2·padding. "
            "The label is one whole number from 0 to 9."
        ),
        use="To follow a tutorial: most introductions to convolutional networks begin with these digits.",
        inputs=(),
        outputs=_IMAGE_AND_LABEL,
        params=(
            Param(
                "folder",
                "folder",
                "data/mnist",
                "Where the four IDX files are, gzipped or not.",
                required=True,
                positional=True,
            ),
            _PADDING,
        ),
        role="data",
        summary="28×28 pixels · 10 classes",
        loader="idx",
        gives=_idx,
    ),
    Block(
        "RandomTensors",
        Category.DATA,
        "random",
        "Tensors of random numbers of the shapes you say, always the same for one seed.",
        more="Between x and y there is no rule to be found, so they can only be learned by heart.",
        formula="x ~ normal(0, 1), or random whole numbers below indices\ny ~ normal(0, 1), or random classes",
        shape_rule=(
            "Each sample of x has the input shape. Each of y has the target shape, or is one whole number"
            " from 0 to classes − 1; as a sequence it has the target shape and is made of such numbers."
        ),
        use="To try a network before there is data, or to see whether it can fit a few samples at all.",
        inputs=(),
        outputs=(Port("x"), Port("y", target=True)),
        params=(
            Param("samples", "int", 64, "How many samples there are.", low=1, high=10**7),
            Param("input_shape", "shape", (1000,), "Shape of x for one sample.", low=1),
            Param(
                "input",
                "choice",
                "numbers",
                "Whether x is numbers or indices, such as those of words.",
                choices=("numbers", "indices"),
            ),
            Param("indices", "int", 100, "How many different indices x has, when it is indices.", low=2),
            Param(
                "target",
                "choice",
                "numbers",
                "Whether y is numbers, one class index, or a sequence of them.",
                choices=("numbers", "classes", "sequence"),
            ),
            Param("target_shape", "shape", (10,), "Shape of y for one sample, unless it is one class index.", low=1),
            Param("classes", "int", 10, "How many classes y has, when it is class indices.", low=2),
            Param("seed", "int", 0, "Another seed gives other numbers.", low=0, high=2**31 - 1),
        ),
        role="data",
        summary="{samples} samples",
        loader="random_tensors",
        validated=False,
        gives=_random,
    ),
)
