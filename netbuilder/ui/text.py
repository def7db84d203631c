"""Words from outside Qt (sentences, the catalog's help) on their way through the translation."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from netbuilder.blocks.sentence import Sentence


def translate(text: str) -> str:
    """A text of the catalog, in the person's language."""
    return QCoreApplication.translate("netbuilder", text)


def percent(part: float) -> str:
    """A part of all as a percentage."""
    return f"{100 * part:.1f} %"


def words(sentence: Sentence) -> str:
    """A sentence, in the person's language."""
    return translate(sentence.text).format(**sentence.values)
