"""Colours, sizes and type of the window, in dark and light; everything drawn takes them from here."""

from __future__ import annotations

from dataclasses import dataclass

from netbuilder.blocks import Category


@dataclass(frozen=True)
class Theme:
    """One set of colours, as `#rrggbb`."""

    name: str
    window: str
    panel: str
    canvas: str
    grid: str
    card: str
    card_edge: str
    field: str
    line: str
    text: str
    text_soft: str
    text_faint: str
    accent: str
    accent_text: str
    hover: str
    pressed: str
    selection: str
    error: str
    warning: str
    good: str
    categories: dict[Category, str]
    curves: tuple[str, ...]


_DARK_CATEGORIES = {
    Category.DATA: "#3fb8a0",
    Category.ENDS: "#8fa3b8",
    Category.CONVOLUTION: "#5b8def",
    Category.POOLING: "#9a7ce8",
    Category.LINEAR: "#4fb363",
    Category.ACTIVATION: "#e0a63c",
    Category.NORMALIZATION: "#4db4d8",
    Category.SHAPE: "#8e97a5",
    Category.LOSS: "#e5627a",
    Category.METRIC: "#d070c8",
}
_LIGHT_CATEGORIES = {
    Category.DATA: "#1f9480",
    Category.ENDS: "#60748a",
    Category.CONVOLUTION: "#3a6fd8",
    Category.POOLING: "#7a58d0",
    Category.LINEAR: "#2f8f45",
    Category.ACTIVATION: "#b57a10",
    Category.NORMALIZATION: "#1f88b0",
    Category.SHAPE: "#69727f",
    Category.LOSS: "#cf3f5b",
    Category.METRIC: "#ad48a5",
}

DARK = Theme(
    "dark",
    window="#1b1e24",
    panel="#1b1e24",
    canvas="#121418",
    grid="#22262d",
    card="#22262e",
    card_edge="#343a45",
    field="#23272f",
    line="#2c313a",
    text="#e8ebf0",
    text_soft="#9aa3b0",
    text_faint="#7a8492",
    accent="#4f94ff",
    accent_text="#ffffff",
    hover="#2a2f38",
    pressed="#323843",
    selection="#24406e",
    error="#f0596b",
    warning="#e5a93d",
    good="#4fb363",
    categories=_DARK_CATEGORIES,
    curves=("#5b8def", "#e0a63c", "#4fb363", "#d070c8", "#4db4d8", "#e5627a", "#9a7ce8", "#a8c66c"),
)
LIGHT = Theme(
    "light",
    window="#fafbfc",
    panel="#fafbfc",
    canvas="#f2f4f7",
    grid="#e0e4ea",
    card="#ffffff",
    card_edge="#d3d9e1",
    field="#ffffff",
    line="#dde2e9",
    text="#191d24",
    text_soft="#5a6472",
    text_faint="#727d8c",
    accent="#2468dc",
    accent_text="#ffffff",
    hover="#eceff4",
    pressed="#e0e5ec",
    selection="#cfe0fb",
    error="#cc2f44",
    warning="#a86a00",
    good="#2f8f45",
    categories=_LIGHT_CATEGORIES,
    curves=("#3a6fd8", "#b57a10", "#2f8f45", "#ad48a5", "#1f88b0", "#cf3f5b", "#7a58d0", "#6f8f2a"),
)
