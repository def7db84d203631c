"""What Qt writes as SVG, made neat: no empty groups, fonts with a stand-in, and texts as long as they were set.

A viewer that has not our font takes another, whose letters are wider or narrower; so every text says its length.
"""

from __future__ import annotations

import html
import re
from functools import cache

from PySide6.QtGui import QFont, QFontMetricsF

from netbuilder.ui import style

FOOT = "</g>\n</svg>\n"
_GROUP = re.compile(r"<g ([^>]*?) ?\nfont-family=[^>]*>\n(.*?)</g>", re.DOTALL)
_TEXT = re.compile(
    r'<text fill="(?P<fill>[^"]*)"(?: fill-opacity="(?P<opacity>[^"]*)")? [^>]*?x="(?P<x>[^"]*)" y="(?P<y>[^"]*)" '
    r'font-family="(?P<family>[^"]*)" font-size="(?P<size>[^"]*)" font-weight="(?P<weight>[^"]*)" '
    r'font-style="(?P<slant>[^"]*)"\s*>(?P<text>[^<]*)</text>'
)
# What is said once for all, or goes without saying.
_DEFAULTS = re.compile(
    r' (?:vector-effect="none"|fill-rule="evenodd"|(?:stroke|fill)-opacity="1"'
    r'|stroke-linecap="square" stroke-linejoin="bevel"|transform="matrix\(1,0,0,1,0,0\)")'
)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def head(width: int, height: int, title: str) -> str:
    """How a picture of that size begins; FOOT ends it."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        f"<title>{html.escape(title)}</title>\n"
        '<g fill-rule="evenodd" stroke-linecap="square" stroke-linejoin="bevel"'
        " style=\"white-space: pre; font-feature-settings: 'calt' 0\">\n"
    )


def groups(text: str) -> list[str]:
    """The groups in what Qt wrote, each the work of one state of the painter."""
    return text.split("\n\n")[1:]


def neat(group: str) -> str:
    """One group as it is kept; nothing if it draws nothing."""
    match = _GROUP.match(group)
    if match is None or not match[2]:
        return ""
    body = _TEXT.sub(_text, _DEFAULTS.sub("", match[2]))
    if not body.strip():
        return ""
    state = _DEFAULTS.sub("", match[1]).replace("matrix(1,0,0,1,", "translate(")
    return f"<g {state}>\n{body}</g>\n"


def _text(match: re.Match[str]) -> str:
    part = match.groupdict()
    words = html.unescape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", part["text"]))
    if not words.strip():
        return ""
    length = _metrics(part["family"], float(part["size"]), int(part["weight"]), part["slant"]).horizontalAdvance(words)
    stand_in = "sans-serif" if part["family"] == style.FAMILY else "monospace"
    spaces = ' xml:space="preserve"' if words != " ".join(words.split()) else ""
    slant = "" if part["slant"] == "normal" else f' font-style="{part["slant"]}"'
    return (
        f'<text x="{part["x"]}" y="{part["y"]}" fill="{part["fill"]}" fill-opacity="{part["opacity"] or 1}"'
        f' stroke="none" font-family="{part["family"]}, {stand_in}" font-size="{part["size"]}"'
        f' font-weight="{part["weight"]}"{slant} textLength="{length:.2f}" lengthAdjust="spacingAndGlyphs"{spaces}>'
        f"{html.escape(words, quote=False)}</text>"
    )


@cache
def _metrics(family: str, size: float, weight: int, slant: str) -> QFontMetricsF:
    font = style.text_font() if family == style.FAMILY else QFont(family)
    font.setPixelSize(round(size))
    font.setWeight(QFont.Weight(weight))
    font.setItalic(slant != "normal")
    return QFontMetricsF(font)
