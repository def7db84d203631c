"""The look: enough contrast, no colour left out, every icon drawn, the fonts there."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks import Category
from netbuilder.places import examples, resource
from netbuilder.ui import style
from netbuilder.ui.icons import icon, pixmap
from netbuilder.ui.parts import count, short
from netbuilder.ui.theme import DARK, LIGHT, Theme

ICONS = sorted(path.stem for path in resource("icons").glob("*.svg"))
READ_ON = {
    "text": ("panel", "window", "field", "card", "canvas", "hover", "pressed", "selection", "tint"),
    "text_soft": ("panel", "window", "field", "card", "canvas", "hover", "selection"),
    "text_faint": ("panel", "window", "field", "card", "canvas", "hover"),
    "error": ("panel", "field", "card", "canvas"),
    "warning": ("panel", "field", "card", "canvas"),
    "good": ("panel", "field", "card", "canvas"),
    "accent": ("panel", "card"),
    "accent_text": ("primary", "primary_hover"),
}


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 has it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_text_can_be_read(theme: Theme) -> None:
    pairs = [(name, getattr(theme, name), ground) for name, grounds in READ_ON.items() for ground in grounds]
    pairs += [(c.name, theme.categories[c], ground) for c in Category for ground in ("panel", "card")]
    pairs += [(kind, colour, ground) for kind, colour in theme.syntax.items() for ground in ("panel", "tint")]
    poor = {f"{n} on {g}": round(contrast(c, getattr(theme, g)), 2) for n, c, g in pairs}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_marks_stand_out(theme: Theme) -> None:
    marks = {c.name: contrast(theme.marks[c], theme.panel) for c in Category}
    assert min(marks.values()) > 2.2
    assert len(set(theme.marks.values())) == len(Category)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_sheet_is_whole(theme: Theme) -> None:
    sheet = style.style_sheet(theme)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    for name in re.findall(r"url\(icons:([\w-]+)\.svg\)", sheet):
        assert name in ICONS


def test_applying_it_dresses_the_program(qtbot: QtBot, qapp: QApplication) -> None:
    before = qapp.styleSheet(), qapp.palette(), qapp.font()
    try:
        early, code = QLabel("made before"), QLabel("in its own font")
        code.setFont(style.code_font())
        qtbot.addWidget(early)
        qtbot.addWidget(code)
        for theme in (DARK, LIGHT):
            style.apply(qapp, theme)
            assert early.font().family() == style.FAMILY
            assert code.font().family() == style.code_font().family()
            widget = QWidget()
            qtbot.addWidget(widget)
            assert widget.palette().color(QPalette.ColorRole.Window).name() == theme.window
    finally:
        qapp.setStyleSheet(before[0])
        qapp.setPalette(before[1])
        qapp.setFont(before[2])


def test_fonts_come_with_the_program(qapp: QApplication) -> None:
    style.load_fonts()
    style.load_fonts()
    assert style.FAMILY in QFontDatabase.families()
    assert resource("fonts", "OFL.txt").read_text("utf-8").count("OFL-1.1")
    assert style.code_font().family()


@pytest.mark.parametrize("name", ICONS)
def test_icons_are_drawn_in_the_colour_wanted(qapp: QApplication, name: str) -> None:
    made = icon(name, "#ff0000")
    for ratio in (1.0, 2.0):
        picture = made.pixmap(QSize(16, 16), ratio)
        assert picture.width() == round(16 * ratio)
        image = picture.toImage()
        colours = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        seen = [c for c in colours if c.alpha() > 150]
        assert seen
        assert all(c.red() > 240 and c.green() < 16 for c in seen)
    assert pixmap(name, "#ff0000", 20, 2.0).width() == 40


def test_a_missing_icon_is_an_error(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netbuilder.ui.icons.QSvgRenderer.isValid", lambda _self: False)
    with pytest.raises(FileNotFoundError):
        icon("play", "#000000")


def test_places() -> None:
    assert resource("icons", "play.svg").is_file()
    assert examples().is_dir()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (5020, "5,020"), (9999, "9,999"), (10_000, "10 K"), (320_000, "320 K"), (999_949, "1 M"),
        (1_234_567, "1.23 M"), (12_340_000, "12.3 M"), (4_089_284_608, "4.09 G"), (7 * 10**13, "70 T"),
    ],
)  # fmt: skip
def test_large_numbers_are_short(number: int, text: str) -> None:
    assert short(number) == text


def test_counts_are_whole() -> None:
    assert count(21840) == "21,840"
