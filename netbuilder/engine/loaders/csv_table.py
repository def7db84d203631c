"""Tables as text: values that are separated by commas, semicolons, tabs or bars."""

import csv
import itertools
from functools import partial

from netbuilder.engine.loaders.describing import FEW
from netbuilder.engine.loaders.table_samples import describe_table, load_table
from netbuilder.engine.loaders.tables import read_table
from netbuilder.engine.loaders.text_lines import text_lines


def csv_rows(file, header, most=None):
    """Yield the names of the columns, then each row behind the number of its line."""
    lines = text_lines(file, most)
    first = next(lines, "")
    delimiter = max(",;\t|", key=first.count)
    rows = csv.reader(itertools.chain([first], lines), delimiter=delimiter)
    empty = True
    try:
        for cells in filter(None, rows):
            if empty:
                yield 0, cells if header else [""] * len(cells)
            if not (empty and header):
                yield rows.line_num, cells
            empty = False
    except csv.Error as error:
        raise ValueError(f"{file}, line {rows.line_num}: {error}.") from None
    if empty:
        raise ValueError(f"{file} is empty.")


def read_csv(file, header, most=None):
    """Return a table, whose columns have names where there is a header."""
    return read_table(file, "line", partial(csv_rows, file, header, most))


def load_csv_table(
    file,
    target=None,
    columns=None,
    target_is="guess",
    header=True,
    missing="refuse",
    scale=True,
    scale_target=True,
    validation_file=None,
    validation=0.2,
    split="random",
    folds=None,
    fold=1,
    seed=0,
    memory=2000,
):
    """Return (features, target) to train on and (features, target) kept aside."""
    files = [file] if validation_file is None else [file, validation_file]
    parts = [(name, partial(csv_rows, name, header)) for name in files]
    how = validation, split, folds, fold, seed
    scale, chosen = (scale, scale_target), (target, columns)
    return load_table(parts, "line", chosen, target_is, missing, scale, how, memory)


def describe_csv_table(
    file, target, columns, target_is, header, missing, validation_file, **_
):
    """Say what `load_csv_table` gives, by the first part of a large file."""
    table = read_csv(file, header, FEW)
    kept = None if validation_file is None else read_csv(validation_file, header, FEW)
    return describe_table(table, kept, (target, columns), target_is, missing)
