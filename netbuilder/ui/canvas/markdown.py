"""The small part of Markdown that notes are written in, set by ourselves.

Qt's own reader knows HTML, images and front matter, and asks for files. This one knows headings, lists,
quotes, **bold**, *italic* and `code`; whatever else is typed is shown as it was typed. A line break is
where the person made one. Nothing is ever loaded, because nothing here has an address.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextListFormat,
    QTextOption,
)

DEEPEST = 4
INDENT = 16

_HEADING = re.compile(r"(#{1,3})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_ITEM = re.compile(r"([ \t]*)(?:[-*+]|(\d{1,6})[.)])[ \t]+(.*)$")
_QUOTE = re.compile(r"[ \t]{0,3}>[ \t]?(.*)$")
# A span is at most 400 characters long, so that no text takes time that grows with its square.
_SPAN = re.compile(
    r"\\(?P<plain>[\\`*_#>\-+\[\]!.])"
    r"|(?P<ticks>`{1,3})(?P<code>[^`].{0,400}?)(?P=ticks)(?!`)"
    r"|\*\*(?=[^\s*])(?P<bold>.{0,400}?[^\s*])\*\*"
    r"|\*(?=[^\s*])(?P<italic>.{0,400}?[^\s*])\*(?!\*)"
    r"|(?<!!)\[(?P<link>[^\[\]\n]{1,400})\]\((?P<address>[^()\s]{1,400})\)",
    re.DOTALL,
)
# Qt takes these for marks of its own.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufdd0\ufdd1\ufffc]")


class Span(NamedTuple):
    """Text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False


class Part(NamedTuple):
    """A heading (`level` from 1), an item of a list (`depth` from 1; `number`, 0 for a dot), a quote or a paragraph.

    `apart` has an empty line before it.
    """

    spans: list[Span]
    level: int = 0
    depth: int = 0
    number: int = 0
    quote: bool = False
    apart: bool = False


def spans(text: str, bold: bool = False, italic: bool = False) -> list[Span]:
    """A text's styles. The address of a link follows it, in brackets."""
    found: list[Span] = []
    end = 0
    for match in _SPAN.finditer(text):
        if match.start() > end:
            found.append(Span(text[end : match.start()], bold, italic))
        end = match.end()
        part = match.groupdict()
        if part["plain"]:
            found.append(Span(part["plain"], bold, italic))
        elif part["code"]:
            found.append(Span(part["code"], bold, italic, True))
        elif part["bold"]:
            found.extend(spans(part["bold"], True, italic) if not bold else [Span(part["bold"], True, italic)])
        elif part["italic"]:
            found.extend(spans(part["italic"], bold, True) if not italic else [Span(part["italic"], bold, True)])
        else:
            same = part["link"] == part["address"]
            found.append(Span(part["link"] if same else f"{part['link']} ({part['address']})", bold, italic))
    if end < len(text):
        found.append(Span(text[end:], bold, italic))
    return found


def parts(text: str) -> list[Part]:
    """What a text consists of, from top to bottom."""
    found: list[Part] = []
    lines: list[str] = []
    quoted = apart = False

    def close() -> None:
        nonlocal apart
        if lines:
            found.append(Part(spans("\n".join(lines)), quote=quoted, apart=apart and bool(found)))
            lines.clear()
            apart = False

    for line in _UNSHOWN.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"):
        heading, item, quote = _HEADING.match(line), _ITEM.match(line), _QUOTE.match(line)
        if not line.strip():
            close()
            apart = True
        elif heading is not None or item is not None:
            close()
            found.append(_heading(heading) if heading is not None else _item(item))
            found[-1] = found[-1]._replace(apart=apart and len(found) > 1)
            apart = False
        else:
            if quoted != (quote is not None):
                close()
            quoted = quote is not None
            lines.append(quote[1] if quote is not None else line)
    close()
    return found


def _heading(match: re.Match[str]) -> Part:
    return Part(spans(match[2]), level=len(match[1]))


def _item(match: re.Match[str] | None) -> Part:
    assert match is not None
    depth = min(DEEPEST, 1 + len(match[1].expandtabs(4)) // 2)
    return Part(spans(match[3]), depth=depth, number=int(match[2] or 0))


class Type(NamedTuple):
    """The fonts and colours that a text is set in."""

    body: QFont
    code: QFont
    text: QColor
    soft: QColor
    tint: QColor


HEADING_SIZE = {1: 18, 2: 15, 3: 13}


def document(text: str, width: float, style: Type) -> QTextDocument:
    """The text, set in lines of at most that width."""
    made = QTextDocument()
    made.setUndoRedoEnabled(False)
    made.setDocumentMargin(0)
    made.setDefaultFont(style.body)
    made.setIndentWidth(INDENT)
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    made.setDefaultTextOption(option)
    cursor = QTextCursor(made)
    cursor.beginEditBlock()
    before: Part | None = None
    for part in parts(text):
        if before is not None:
            cursor.insertBlock()
        _begin(cursor, part, before)
        for span in part.spans:
            cursor.insertText(span.text.replace("\n", "\u2028"), _format(span, part, style))
        before = part
    cursor.endEditBlock()
    made.setTextWidth(max(1.0, width))
    return made


def _begin(cursor: QTextCursor, part: Part, before: Part | None) -> None:
    """Set how the paragraph at the cursor stands, and its dot or number."""
    block = QTextBlockFormat()
    if before is not None:
        together = bool(part.depth and before.depth) or before.level
        block.setTopMargin(8 if part.apart or part.level else 2 if together else 6)
    if part.quote:
        block.setLeftMargin(INDENT - 4)
        block.setProperty(QTextFormat.Property.BlockQuoteLevel, 1)
    cursor.setBlockFormat(block)
    cursor.setBlockCharFormat(QTextCharFormat())
    if part.depth:
        items = QTextListFormat()
        items.setIndent(part.depth)
        items.setStyle(QTextListFormat.Style.ListDecimal if part.number else QTextListFormat.Style.ListDisc)
        if part.number:
            items.setStart(part.number)
        cursor.createList(items)


def _format(span: Span, part: Part, style: Type) -> QTextCharFormat:
    font = QFont(style.code if span.code else style.body)
    if part.level:
        font.setPixelSize(HEADING_SIZE[part.level])
        font.setWeight(QFont.Weight.DemiBold)
    if span.bold:
        font.setWeight(QFont.Weight.Bold if part.level else QFont.Weight.DemiBold)
    font.setItalic(span.italic)
    made = QTextCharFormat()
    made.setFont(font)
    made.setForeground(style.soft if part.quote else style.text)
    if span.code:
        made.setBackground(style.tint)
    return made
