"""The look: enough contrast, no colour left out, every icon drawn, the fonts there."""

from __future__ import annotations

import re
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt

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


GROUNDS = ("panel", "card")
EYES = {
    "all cones": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""How linear red, green and blue look without one kind of cone: Machado, Oliveira and Fernandes (2009), severity 1."""
Three = tuple[float, float, float]


def linear(colour: str) -> Three:
    """Linear red, green and blue."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def as_seen(rgb: Three, eyes: str) -> Three:
    """The colour that such eyes cannot tell from it."""
    red, green, blue = (sum(a * b for a, b in zip(row, rgb, strict=True)) for row in EYES[eyes])
    return red, green, blue


def lab(rgb: Three) -> Three:
    """CIELAB under D65."""
    red, green, blue = (min(1.0, max(0.0, part)) for part in rgb)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(one: Three, other: Three) -> float:
    """CIEDE2000 between two colours in CIELAB."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (hypot(a1, b1) + hypot(a2, b2)) / 2
    grey = 1 + 0.5 * (1 - sqrt(mean**7 / (mean**7 + 25**7)))
    c1, c2 = hypot(grey * a1, b1), hypot(grey * a2, b2)
    h1, h2 = degrees(atan2(b1, grey * a1)) % 360, degrees(atan2(b2, grey * a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = h1 + h2 if not c1 * c2 else (h1 + h2 + (360 if abs(h1 - h2) > 180 else 0)) / 2
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
    by_l = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2))
    by_c = (c2 - c1) / (1 + 0.045 * chroma)
    by_h = 2 * sqrt(c1 * c2) * sin(radians(turn) / 2) / (1 + 0.015 * chroma * t)
    rotate = 2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt(by_l**2 + by_c**2 + by_h**2 - rotate * by_c * by_h)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 has it."""
    red, green, blue = linear(colour)
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
    marks = {(c.name, ground): contrast(theme.marks[c], getattr(theme, ground)) for c in Category for ground in GROUNDS}
    assert {mark: ratio for mark, ratio in marks.items() if ratio < 3} == {}


def test_the_measure_of_difference_itself() -> None:
    """Pairs from table 1 of Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula" (2005)."""
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ]
    for one, other, wanted in pairs:
        assert difference(one, other) == pytest.approx(wanted, abs=1e-4)
    assert lab(linear("#ffffff")) == pytest.approx((100, 0, 0), abs=0.02)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_categories_stay_apart_for_all_eyes(theme: Theme, eyes: str) -> None:
    """Ten colours cannot all lie far apart for two kinds of cone; the icons carry the rest."""
    for colours, least in ((theme.marks, 8.0), (theme.categories, 7.0)):
        seen = {c: lab(as_seen(linear(colours[c]), eyes)) for c in Category}
        close = {
            f"{one.name} {other.name}": round(apart, 1)
            for one, other in combinations(Category, 2)
            if (apart := difference(seen[one], seen[other])) < least
        }
        assert close == {}
    lightness = [lab(linear(theme.marks[c]))[0] for c in Category]
    assert max(lightness) - min(lightness) > 12, "lightness tells them apart too"


def test_every_category_has_an_icon_of_its_own(qapp: QApplication) -> None:
    pictures = []
    for category in Category:
        image = pixmap(f"category-{category.name.lower()}", "#000000", 12).toImage()
        pictures.append([image.pixelColor(x, y).alpha() for x in range(12) for y in range(12)])
    for one, other in combinations(pictures, 2):
        assert sum(abs(a - b) > 96 for a, b in zip(one, other, strict=True)) > 24, "told apart at 12 pixels"


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
