"""Blocks of data that are tables: rows are samples, columns are features and targets."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port, TensorType, Values
from netbuilder.blocks.data_params import MEMORY, NAME, SCALE_TARGET, aside, path, scale, split

_OUTPUTS = (Port("features"), Port("target", target=True))
# Of scikit-learn's tables: how many features each has, how many targets that are numbers, and how many classes.
_BUNDLED = {
    "iris": (4, 0, 3),
    "wine": (13, 0, 3),
    "breast_cancer": (30, 0, 2),
    "diabetes": (10, 1, 0),
    "linnerud": (3, 3, 0),
}


def _bundled(values: Values) -> dict[str, TensorType]:
    features, numbers, classes = _BUNDLED[str(values["dataset"])]
    target = TensorType((), "int64", classes) if classes else TensorType((numbers,))
    return {"features": TensorType((features,)), "target": target}


def _from_file(values: Values) -> dict[str, TensorType]:
    """What is known before the file is looked at."""
    classes = values["target_is"] == "class"
    return {"features": TensorType((-1,)), "target": TensorType((), "int64") if classes else TensorType((1,))}


_COLUMNS = (
    Param(
        "target",
        "text",
        None,
        "Name of the column that the network is to find out; several that are numbers, with commas between.",
        pattern=NAME,
        none="the last column",
    ),
    Param(
        "columns",
        "text",
        None,
        "Names of the columns that the network is given, with commas between.",
        pattern=NAME,
        none="all but the target",
    ),
    Param(
        "target_is",
        "choice",
        "guess",
        "What the target is taken for. As a guess: a class if it is words, or at most 20 different whole numbers.",
        choices=("guess", "class", "number"),
    ),
)
_REST = (
    Param(
        "missing",
        "choice",
        "refuse",
        "Where a cell is empty: say so and stop, skip the row, or fill in the column's mean.",
        choices=("refuse", "skip", "fill"),
    ),
    scale(True, "each feature"),
    SCALE_TARGET,
    aside("file", "Another table"),
    *split("random"),
    MEMORY,
)


_MORE = (
    "A column of words becomes one feature for each word: 1 where it stands, 0 elsewhere. "
    "Cells that are empty, NA, NaN, null or ? are missing."
)
_COST = (
    "Rows are kept in memory as float32. Where a table takes more than you allow, its numbers go into a file in the "
    "folder for temporary files (TMPDIR), from which batches are read; nobody sees that file, and it goes with the run."
)
_FORMULA = "feature = (number − mean) / spread\nfeature = 1 if the cell is the word, else 0"
_SHAPE = (
    "Features are one number for each column of numbers, and one for each word of the others. "
    "The target is one class index, or as many numbers as it has columns."
)

BLOCKS = (
    Block(
        "SklearnTable",
        Category.DATA,
        "table",
        "The small tables of scikit-learn: iris, wine, breast cancer, diabetes and linnerud.",
        more="Iris, wine and breast cancer ask for a class; diabetes for one number and linnerud for three.",
        formula="feature = (number − mean) / spread",
        shape_rule=(
            "Features are 4 numbers for iris, 13 for wine, 30 for breast cancer, 10 for diabetes, 3 for linnerud. "
            "The target is one class index, or 1 or 3 numbers."
        ),
        use="To learn classification and regression on real measurements, without any files.",
        inputs=(),
        outputs=_OUTPUTS,
        params=(
            Param(
                "dataset",
                "choice",
                "iris",
                "Flowers, wines, tumours, how diabetes went on, or exercise.",
                choices=tuple(_BUNDLED),
                positional=True,
            ),
            scale(True, "each feature"),
            SCALE_TARGET,
            *split(),
        ),
        role="data",
        summary="{dataset}",
        loader="sklearn_table",
        gives=_bundled,
    ),
    Block(
        "CSVTable",
        Category.DATA,
        "table",
        "A table in a text file: a row for each sample, values parted by commas, semicolons, tabs or bars.",
        more=_MORE,
        formula=_FORMULA,
        shape_rule=_SHAPE,
        cost=_COST,
        use="For measurements as they come out of a spreadsheet or a database.",
        inputs=(),
        outputs=_OUTPUTS,
        params=(
            path("file", "data/table.csv", "The table, as UTF-8 text (.csv, .tsv)."),
            *_COLUMNS,
            Param("header", "bool", True, "Whether the first line has the columns' names; else they are column1, …."),
            *_REST,
        ),
        role="data",
        summary="{file}",
        loader="csv_table",
        described=True,
        gives=_from_file,
    ),
    Block(
        "ParquetTable",
        Category.DATA,
        "table",
        "A table in an Apache Parquet file, a row for each sample. It needs pyarrow.",
        more=_MORE,
        formula=_FORMULA,
        shape_rule=_SHAPE,
        cost=_COST,
        use="For large tables from pandas, Spark or a data lake: smaller than text, and quicker to read.",
        inputs=(),
        outputs=_OUTPUTS,
        params=(path("file", "data/table.parquet", "The table (.parquet)."), *_COLUMNS, *_REST),
        role="data",
        summary="{file}",
        loader="parquet_table",
        described=True,
        gives=_from_file,
    ),
)
