"""What the program says to a person, kept as a template and its values.

Only the window can translate (Qt), yet sentences arise everywhere. So a sentence
travels as its English template and the values in it: the window looks the template
up in the translation, everything else just prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SentenceValue = str | int | float
LONGEST_VALUE = 200


@dataclass(frozen=True)
class Sentence:
    """A template in `str.format` style and the values that fill it."""

    text: str
    values: dict[str, SentenceValue] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)


def say(text: str, /, **values: SentenceValue) -> Sentence:
    """Make a sentence; `say("{node} is unwired.", node="fc1")`."""
    return Sentence(text, {name: _printable(value) for name, value in values.items()})


class Refused(Exception):
    """Something a person asked for cannot be done; the sentence says why."""

    def __init__(self, text: str, /, **values: SentenceValue) -> None:
        self.sentence = Sentence(text, {name: _shown(value) for name, value in values.items()})
        super().__init__(str(self.sentence))


def _shown(value: SentenceValue) -> SentenceValue:
    """Values may come out of damaged files: those that are long are cut in the middle."""
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        half = LONGEST_VALUE // 2
        value = f"{value[: half - 1]}…{value[-half:]}"
    return _printable(value)


def _printable(value: SentenceValue) -> SentenceValue:
    """The value on one line and without half characters, which names of files may hold and JSON cannot."""
    if not isinstance(value, str):
        return value
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
