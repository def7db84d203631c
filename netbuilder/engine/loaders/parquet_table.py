"""Tables in Apache Parquet files."""

from netbuilder.engine.loaders.describing import FEW
from netbuilder.engine.loaders.tables import Table, describe_table, finish_table


def read_parquet(file, most=None):
    """Return a table, or about as many of its rows as make up `most` bytes."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise ImportError("Parquet files need pyarrow: pip install pyarrow") from None
    size = row = 0
    try:
        with open(file, "rb") as opened:
            content = parquet.ParquetFile(opened)
            table = Table(file, content.schema_arrow.names, "row")
            for batch in content.iter_batches():
                columns = [column.to_pylist() for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    row += 1
                    plain = ["" if c is None else str(plain_cell(c)) for c in cells]
                    table.append(row, plain)
                size += batch.nbytes
                if most is not None and size > most:
                    break
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(f"{file} cannot be read: {reason}.") from None
    except ArrowException as error:
        raise ValueError(f"{file} is no Parquet file: {error}.") from None
    return table


def plain_cell(cell):
    """Return a cell as it would stand in a text: true and false are 1 and 0."""
    return int(cell) if isinstance(cell, bool) else cell


def load_parquet_table(
    file,
    target=None,
    columns=None,
    target_is="guess",
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
    table = read_parquet(file)
    kept = None if validation_file is None else read_parquet(validation_file)
    how = validation, split, folds, fold, seed
    scale = scale, scale_target
    return finish_table(table, kept, (target, columns), target_is, missing, scale, how)


def describe_parquet_table(
    file, target, columns, target_is, missing, validation_file, **_
):
    """Say what `load_parquet_table` gives, by the first part of a large file."""
    table = read_parquet(file, FEW)
    kept = None if validation_file is None else read_parquet(validation_file, FEW)
    return describe_table(table, kept, (target, columns), target_is, missing)
