"""What the program says to a person, kept as a template and its values.

Only the window can translate (Qt), yet sentences arise everywhere. So a sentence
travels as its English template and the values in it: the window looks the template
up in the translation, everything else just prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SentenceValue = str | int | float


@dataclass(frozen=True)
class Sentence:
    """A template in `str.format` style and the values that fill it."""

    text: str
    values: dict[str, SentenceValue] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.values)


def say(text: str, /, **values: SentenceValue) -> Sentence:
    """Make a sentence; `say("{node} is unwired.", node="fc1")`."""
    return Sentence(text, values)


class Refused(Exception):
    """Something a person asked for cannot be done; the sentence says why."""

    def __init__(self, text: str, /, **values: SentenceValue) -> None:
        self.sentence = Sentence(text, values)
        super().__init__(str(self.sentence))
