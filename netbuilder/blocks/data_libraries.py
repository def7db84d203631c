"""Blocks of data that other libraries fetch, where those are installed."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port, TensorType, Values
from netbuilder.blocks.data_params import NAME, scale, split, whole
from netbuilder.blocks.values import sizes

# Of torchvision's sets: the shape of a picture, and how many classes there are.
_SETS = {
    "CIFAR10": ((3, 32, 32), 10),
    "CIFAR100": ((3, 32, 32), 100),
    "MNIST": ((1, 28, 28), 10),
    "FashionMNIST": ((1, 28, 28), 10),
    "KMNIST": ((1, 28, 28), 10),
}


def _torchvision(values: Values) -> dict[str, TensorType]:
    shape, classes = _SETS[str(values["dataset"])]
    return {"image": TensorType(shape), "label": TensorType((), "int64", classes)}


def _hugging_face(values: Values) -> dict[str, TensorType]:
    classes = whole(values, "classes")
    goal = TensorType((), "int64", classes) if classes >= 2 else TensorType((1,))
    return {"x": TensorType(sizes(values["shape"])), "y": goal}


BLOCKS = (
    Block(
        "TorchvisionSet",
        Category.DATA,
        "pictures",
        "Well-known sets of small pictures, as torchvision has them; it has to be installed.",
        more="The part that the set calls train is trained on, the other is for validation.",
        formula="image = (pixels / 255 − mean) / spread",
        shape_rule="The image is 3 × 32 × 32 for CIFAR, and 1 × 28 × 28 for the others. The label is a class index.",
        use="For a set that many papers compare with.",
        inputs=(),
        outputs=(Port("image"), Port("label", target=True)),
        params=(
            Param("dataset", "choice", "CIFAR10", "Which set.", choices=tuple(_SETS), positional=True),
            Param("folder", "folder", "data", "Where the set is, or is put."),
            Param("download", "bool", False, "Whether it is fetched from the internet where it is not there."),
            scale(True),
        ),
        role="data",
        summary="{dataset}",
        loader="torchvision_set",
        gives=_torchvision,
    ),
    Block(
        "HuggingFaceSet",
        Category.DATA,
        "hub",
        "A data set of the Hugging Face hub, fetched by its library datasets; it has to be installed.",
        more="What it holds is not known before it is fetched, so you say the shape of a sample and how many classes.",
        formula="x = pixels / 255, if x is a picture",
        shape_rule="Each x has the shape you say. The y is one class index, or one number where classes is 0.",
        use="To try a network on one of many thousand public sets.",
        inputs=(),
        outputs=(Port("x"), Port("y", target=True)),
        params=(
            Param(
                "name",
                "text",
                "ylecun/mnist",
                "The set, as owner and name.",
                pattern=NAME,
                required=True,
                positional=True,
            ),
            Param("x", "text", "image", "The column that the network is given.", pattern=NAME),
            Param("y", "text", "label", "The column to be found out.", pattern=NAME),
            Param("shape", "shape", (1, 28, 28), "Shape of x for one sample.", low=1),
            Param("classes", "int", 10, "How many classes y has; 0 where it is a number.", low=0, high=10**6),
            Param("part", "text", "train", "The part of the set that is trained on.", pattern=NAME),
            Param(
                "validation_part",
                "text",
                None,
                "The part that is kept aside to measure what was learned.",
                pattern=NAME,
                none="a part of the same",
            ),
            *split("random"),
        ),
        role="data",
        summary="{name}",
        loader="hugging_face_set",
        gives=_hugging_face,
    ),
)
