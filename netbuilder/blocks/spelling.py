"""How values are read and written by the blocks whose text a template cannot give."""

from __future__ import annotations

from collections.abc import Iterable

from netbuilder.blocks.block import Value, Values


def whole(values: Values, name: str) -> int:
    """The whole number that parameter holds."""
    value = values[name]
    assert isinstance(value, int)
    return value


def sizes(values: Values, name: str) -> tuple[int, ...]:
    """The whole numbers that parameter holds."""
    value = values[name]
    assert isinstance(value, tuple)
    return tuple(int(number) for number in value)


def operand(value: Value) -> str:
    """A number as it stands between operators: a negative one in parentheses."""
    assert isinstance(value, int | float)
    return f"({value!r})" if value < 0 else repr(value)


def one_or_more(numbers: tuple[int, ...]) -> str:
    """`2` or `(2, 3)`, for arguments that take either."""
    return str(numbers[0]) if len(numbers) == 1 else str(numbers)


def along(dim: int, index: str) -> str:
    """What stands in brackets to take `index` of one dimension and all of the others: `:, 1:5` or `..., 0, :`."""
    return listed([":"] * dim + [index] if dim >= 0 else ["...", index, *[":"] * (-dim - 1)])


def listed(texts: Iterable[object]) -> str:
    """Several texts with commas between them."""
    return ", ".join(map(str, texts))
