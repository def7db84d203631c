"""Blocks of data that are pictures in files of one's own."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port, TensorType, Values
from netbuilder.blocks.data_params import MEMORY, NAME, SCALE_TARGET, aside, path, scale, split

_SIZE = (
    Param("size", "size", 64, "Rows and columns that every picture is brought to.", low=1, high=4096),
    Param("color", "choice", "color", "Whether pictures have three channels or one.", choices=("color", "grey")),
    Param(
        "fit",
        "choice",
        "crop",
        "How: the middle is cut out, the picture is stretched, or black bars are put beside it.",
        choices=("crop", "stretch", "pad"),
    ),
    scale(True),
)
_SHAPE = "The image is channels × rows × columns for each sample, as you say: 3 channels in color, 1 in grey. "
_FORMULA = "image = (pixels / 255 − mean) / spread"


def _image(values: Values) -> TensorType:
    size = values["size"]
    rows, columns = size if isinstance(size, tuple) else (size, size)
    assert isinstance(rows, int) and isinstance(columns, int)
    return TensorType((3 if values["color"] == "color" else 1, rows, columns))


def _labelled(values: Values) -> dict[str, TensorType]:
    return {"image": _image(values), "label": TensorType((), "int64")}


def _with_target(values: Values) -> dict[str, TensorType]:
    classes = values["target_is"] != "number"
    return {"image": _image(values), "target": TensorType((), "int64") if classes else TensorType((1,))}


def _idx(values: Values) -> dict[str, TensorType]:
    return {"image": TensorType((1, -1, -1)), "label": TensorType((), "int64")}


BLOCKS = (
    Block(
        "ImageFolder",
        Category.DATA,
        "images",
        "Pictures in a folder that has one folder for each class.",
        more="The folders' names are the classes. PNG, JPEG, WebP, GIF, BMP, TIFF and PPM are read, inner folders too.",
        formula=_FORMULA,
        shape_rule=_SHAPE + "The label is the number of the folder, from 0 in the order of the names.",
        cost="Pictures are kept in memory as float32, or read anew for each batch where they take more than you allow.",
        use="For photographs of your own: sort them into folders and point to those.",
        inputs=(),
        outputs=(Port("image"), Port("label", target=True)),
        params=(
            path("folder", "data/pictures", "Where the folders of the classes are."),
            *_SIZE,
            aside("folder", "Another folder with the same classes"),
            *split(),
            MEMORY,
        ),
        role="data",
        summary="{size} · {color}",
        loader="image_folder",
        described=True,
        gives=_labelled,
    ),
    Block(
        "ImageTable",
        Category.DATA,
        "images",
        "Pictures whose names stand in a table, each beside its class or the numbers to be found out.",
        more="The table is a text file with a header: one column has the pictures' names, others what is asked for.",
        formula=_FORMULA,
        shape_rule=_SHAPE + "The target is one class index, or as many numbers as it has columns.",
        cost="Pictures are kept in memory as float32, or read anew for each batch where they take more than you allow.",
        use="For pictures with an age, a price or a position, or labels that came as a list.",
        inputs=(),
        outputs=(Port("image"), Port("target", target=True)),
        params=(
            path("file", "data/pictures.csv", "The table (.csv, .tsv), one line for each picture."),
            path("folder", "data/pictures", "The folder from which the names of the pictures start."),
            Param("name", "text", None, "The column of the names.", pattern=NAME, none="the first column"),
            Param(
                "target",
                "text",
                None,
                "The column to be found out; several that are numbers, with commas between.",
                pattern=NAME,
                none="the last column",
            ),
            Param(
                "target_is",
                "choice",
                "guess",
                "What the target is taken for. As a guess: a class if it is words, or at most 20 whole numbers.",
                choices=("guess", "class", "number"),
            ),
            *_SIZE,
            SCALE_TARGET,
            aside("file", "Another table of pictures in the folder"),
            *split("random"),
            MEMORY,
        ),
        role="data",
        summary="{size} · {color}",
        loader="image_table",
        described=True,
        gives=_with_target,
    ),
    Block(
        "IDXFolder",
        Category.DATA,
        "pictures",
        "Grey pictures of any size and any classes, in four IDX files that are named as MNIST's are.",
        more="The files that begin with train are trained on, those that begin with t10k are for validation.",
        formula="image = (pixels / 255 − mean) / spread",
        shape_rule="The image is 1 × rows × columns, as the files say. The label is one whole number from 0.",
        use="For data sets made to take MNIST's place, such as KMNIST or EMNIST.",
        inputs=(),
        outputs=(Port("image"), Port("label", target=True)),
        params=(
            path("folder", "data/idx", "Where the four IDX files are, gzipped or not."),
            scale(True, "all pixels"),
        ),
        role="data",
        summary="{folder}",
        loader="idx_folder",
        described=True,
        gives=_idx,
    ),
)
