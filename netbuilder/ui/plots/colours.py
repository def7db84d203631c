"""Colours between the theme's: mixed in Oklab, where equal distances look equal (B. Ottosson, 2020). No Qt here."""

from __future__ import annotations

import math

from netbuilder.ui.theme import Theme

_Three = tuple[float, float, float]

STYLES = ((1, 0), (5, 3), (2, 2))
"""Of a curve beyond the colours: so many pieces drawn, so many left out."""


def mix(one: str, other: str, part: float) -> str:
    """The colour `part` of the way from one to the other."""
    a, b = _to_lab(one), _to_lab(other)
    return _from_lab((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part))


def ramp(theme: Theme, count: int) -> list[str]:
    """`count` shades of the accent from what hardly stands out to what stands out most; lightness runs one way."""
    if theme.name == "dark":
        ends = (mix(theme.panel, theme.accent, 0.16), theme.accent, mix(theme.accent, "#ffffff", 0.62))
        bend = 0.72
    else:
        ends = (mix(theme.panel, theme.accent, 0.10), theme.accent, mix(theme.accent, "#000000", 0.42))
        bend = 0.78
    shades = []
    for index in range(count):
        at = index / max(count - 1, 1)
        if at < bend:
            shades.append(mix(ends[0], ends[1], at / bend))
        else:
            shades.append(mix(ends[1], ends[2], (at - bend) / (1 - bend)))
    return shades


def curve_style(theme: Theme, index: int) -> tuple[str, tuple[int, int]]:
    """The colour of the index-th curve and how it is broken, so that no two of 24 look the same."""
    return theme.curves[index % len(theme.curves)], STYLES[index // len(theme.curves) % len(STYLES)]


def _to_lab(colour: str) -> _Three:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _from_lab(lab: _Three) -> str:
    light, a, b = lab
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    parts = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(min(max(part, 0.0), 1.0))):02x}" for part in parts)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
