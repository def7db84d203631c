"""Tables as text: values that are separated by commas, semicolons, tabs or bars."""

import csv
import itertools

from netbuilder.engine.loaders.describing import FEW
from netbuilder.engine.loaders.tables import Table, describe_table, finish_table
from netbuilder.engine.loaders.text_lines import text_lines


def read_csv(file, header, most=None):
    """Return a table, whose columns have names where there is a header."""
    lines = text_lines(file, most)
    first = next(lines, "")
    delimiter = max(",;\t|", key=first.count)
    rows = csv.reader(itertools.chain([first], lines), delimiter=delimiter)
    table = None
    try:
        for cells in rows:
            if table is None:
                names = cells if header else [""] * len(cells)
                table = Table(file, names, "line")
                if header:
                    continue
            if cells:
                table.append(rows.line_num, cells)
    except csv.Error as error:
        raise ValueError(f"{file}, line {rows.line_num}: {error}.") from None
    if table is None or not table.columns:
        raise ValueError(f"{file} is empty.")
    return table


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
):
    """Return (features, target) to train on and (features, target) kept aside."""
    table = read_csv(file, header)
    kept = None if validation_file is None else read_csv(validation_file, header)
    how = validation, split, folds, fold, seed
    scale = scale, scale_target
    return finish_table(table, kept, (target, columns), target_is, missing, scale, how)


def describe_csv_table(
    file, target, columns, target_is, header, missing, validation_file, **_
):
    """Say what `load_csv_table` gives, by the first part of a large file."""
    table = read_csv(file, header, FEW)
    kept = None if validation_file is None else read_csv(validation_file, header, FEW)
    return describe_table(table, kept, (target, columns), target_is, missing)
