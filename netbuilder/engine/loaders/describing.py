"""What the files of a data block hold, as far as it has to be known before loading."""

from typing import NamedTuple

FEW = 16 * 2**20  # bytes of a table that are looked at: it has to be quick


class Output(NamedTuple):
    """Shape and type of one sample; number of classes, if any, and their names.

    Where there are no classes, the names are those of a row's numbers.
    """

    shape: tuple[int, ...]
    dtype: str = "float32"
    classes: int | None = None
    names: tuple[str, ...] = ()


class Description(NamedTuple):
    """The outputs by name, and what else a person may want to know, in pairs."""

    outputs: dict[str, Output]
    facts: list[tuple[str, str]]
