"""Tables in Apache Parquet files."""

from functools import partial

from netbuilder.engine.loaders.describing import FEW
from netbuilder.engine.loaders.table_samples import describe_table, load_table
from netbuilder.engine.loaders.tables import CHUNK, read_table


def parquet_rows(file, most=None):
    """Yield the names of the columns, then each row behind its number.

    These are all rows, or about as many as make up `most` bytes.
    """
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise ImportError("Parquet files need pyarrow: pip install pyarrow") from None
    size = row = 0
    try:
        with open(file, "rb") as opened:
            content = parquet.ParquetFile(opened, buffer_size=2**20)
            yield 0, content.schema_arrow.names
            for batch in content.iter_batches(CHUNK):
                columns = [column.to_pylist() for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    row += 1
                    plain = ["" if c is None else str(plain_cell(c)) for c in cells]
                    yield row, plain
                size += batch.nbytes
                if most is not None and size > most:
                    break
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(f"{file} cannot be read: {reason}.") from None
    except ArrowException as error:
        raise ValueError(f"{file} is no Parquet file: {error}.") from None


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
    memory=2000,
):
    """Return (features, target) to train on and (features, target) kept aside."""
    files = [file] if validation_file is None else [file, validation_file]
    parts = [(name, partial(parquet_rows, name)) for name in files]
    how = validation, split, folds, fold, seed
    scale, chosen = (scale, scale_target), (target, columns)
    return load_table(parts, "row", chosen, target_is, missing, scale, how, memory)


def describe_parquet_table(
    file, target, columns, target_is, missing, validation_file, **_
):
    """Say what `load_parquet_table` gives, by the first part of a large file."""
    files = [file] if validation_file is None else [file, validation_file]
    table, *rest = [
        read_table(name, "row", partial(parquet_rows, name, FEW)) for name in files
    ]
    kept = rest[0] if rest else None
    return describe_table(table, kept, (target, columns), target_is, missing)
