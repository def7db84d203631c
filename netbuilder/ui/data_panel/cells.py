"""The samples of a page one by one: as pictures, lines, numbers, and as words."""

from __future__ import annotations

import math
import sys
from array import array
from functools import cached_property

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from netbuilder.bridge.viewing import Column

WHOLE = ("tokens", "class")
_LIKELY = 0.005  # a class with a smaller chance is not named


class Cells:
    """One column of a page."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._each = math.prod(column.sent)

    @cached_property
    def _numbers(self) -> array[float] | array[int]:
        found: array[float] | array[int] = array("i") if self.column.kind in WHOLE else array("f")
        found.frombytes(self.column.data)
        if sys.byteorder == "big":
            found.byteswap()
        return found

    def numbers(self, index: int) -> array[float] | array[int]:
        """All numbers of a sample, as they were sent."""
        return self._numbers[index * self._each : (index + 1) * self._each]

    def lines(self, index: int) -> list[array[float] | array[int]]:
        """The lines of a curve."""
        numbers, length = self.numbers(index), self.column.sent[-1]
        return [numbers[i : i + length] for i in range(0, len(numbers), length)]

    def picture(self, index: int) -> QImage:
        """The picture of a sample."""
        height, width, channels = self.column.sent
        data = self.column.data[index * self._each : (index + 1) * self._each]
        form = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
        return QImage(data, width, height, width * channels, form).copy()  # a copy of its own: `data` goes

    def label(self, index: int) -> int | None:
        """The class of a sample, or the likeliest one; None where it has none."""
        if self.column.kind == "class":
            return int(self.numbers(index)[0])
        if self.column.kind == "chances":
            numbers = self.numbers(index)
            return max(range(len(numbers)), key=numbers.__getitem__)
        return None

    def name(self, label: int) -> str:
        """What a class is called."""
        names = self.column.names
        return names[label] if 0 <= label < len(names) else str(label)

    def text(self, index: int) -> str:
        """A sample in few words."""
        kind = self.column.kind
        if kind in ("picture", "curve"):
            return "×".join(map(str, self.column.shape))
        numbers = self.numbers(index)
        if kind == "class":
            return self.name(int(numbers[0]))
        if kind == "chances":
            order = sorted(range(len(numbers)), key=numbers.__getitem__, reverse=True)
            likely = [i for i in order[:3] if numbers[i] >= _LIKELY]
            if numbers[order[0]] > 1 - _LIKELY:
                return self.name(order[0])
            return " · ".join(f"{self.name(i)} {numbers[i]:.0%}" for i in likely)
        if kind == "tokens":
            return self._tokens(index) + (" …" if self.column.shortened else "")
        shown = ", ".join(number_text(number) for number in numbers[:8])
        return shown + (" …" if len(numbers) > 8 else "")

    def short(self, index: int) -> str:
        """A sample in fewer words: of all chances, only the greatest."""
        label = self.label(index)
        if self.column.kind != "chances" or label is None:
            return self.text(index)
        return f"{self.name(label)} {self.numbers(index)[label]:.0%}"

    def _tokens(self, index: int) -> str:
        names = [self.name(int(token)) for token in self.numbers(index)]
        letters = bool(self.column.names) and all(len(name) <= 1 for name in self.column.names)
        return ("" if letters else " ").join(names)


def number_text(number: float) -> str:
    """A number in four digits, or that it is missing."""
    if math.isnan(number):
        return QCoreApplication.translate("Cells", "missing")
    return f"{number:.4g}"
