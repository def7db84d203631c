"""Colours, sizes and type of the window, in dark and light; everything drawn takes them from here."""

from __future__ import annotations

from dataclasses import dataclass

from netbuilder.blocks import Category


@dataclass(frozen=True)
class Theme:
    """One set of colours, as `#rrggbb`.

    `categories` are for text, `marks` for the squares and stripes of the same category;
    `primary` is the fill under `accent_text`; `edge` frames fields and buttons; `tint` lies behind
    marked lines of code; `syntax` is by pygments' kinds of token.
    """

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
    marks: dict[Category, str]
    curves: tuple[str, ...]
    primary: str
    primary_hover: str
    edge: str
    scroll: str
    tint: str
    syntax: dict[str, str]


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
    Category.DATA: "#18806f",
    Category.ENDS: "#5f748b",
    Category.CONVOLUTION: "#346cdb",
    Category.POOLING: "#7956d2",
    Category.LINEAR: "#28823d",
    Category.ACTIVATION: "#9a670b",
    Category.NORMALIZATION: "#197a9f",
    Category.SHAPE: "#69727f",
    Category.LOSS: "#cd3654",
    Category.METRIC: "#ad46a5",
}

_LIGHT_MARKS = {
    Category.DATA: "#2fae97",
    Category.ENDS: "#7d92aa",
    Category.CONVOLUTION: "#4a80ea",
    Category.POOLING: "#8b69e0",
    Category.LINEAR: "#3da656",
    Category.ACTIVATION: "#dd9a22",
    Category.NORMALIZATION: "#2f9dc8",
    Category.SHAPE: "#838d9b",
    Category.LOSS: "#e0506b",
    Category.METRIC: "#c25abb",
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
    text_soft="#a7b0bd",
    text_faint="#8d97a5",
    accent="#4f94ff",
    accent_text="#ffffff",
    hover="#2a2f38",
    pressed="#323843",
    selection="#24406e",
    error="#f56c7c",
    warning="#e5a93d",
    good="#4fb363",
    categories=_DARK_CATEGORIES,
    marks=_DARK_CATEGORIES,
    curves=("#5b8def", "#e0a63c", "#4fb363", "#d070c8", "#4db4d8", "#e5627a", "#9a7ce8", "#a8c66c"),
    primary="#2f6feb",
    primary_hover="#2a65d8",
    edge="#363c47",
    scroll="#3d4450",
    tint="#1e2c43",
    syntax={
        "Keyword": "#c08df0",
        "Name.Builtin": "#6cb6f5",
        "Name.Class": "#f0c674",
        "Name.Function": "#7fb0ff",
        "Name.Decorator": "#e0a63c",
        "String": "#8fc97f",
        "Number": "#f0a878",
        "Operator.Word": "#c08df0",
        "Comment": "#929cab",
    },
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
    text_soft="#525c6a",
    text_faint="#636d7b",
    accent="#2468dc",
    accent_text="#ffffff",
    hover="#eceff4",
    pressed="#e0e5ec",
    selection="#cfe0fb",
    error="#c92a40",
    warning="#9a6100",
    good="#277e3b",
    categories=_LIGHT_CATEGORIES,
    marks=_LIGHT_MARKS,
    curves=("#3a6fd8", "#b57a10", "#2f8f45", "#ad48a5", "#1f88b0", "#cf3f5b", "#7a58d0", "#6f8f2a"),
    primary="#2468dc",
    primary_hover="#1d5bc6",
    edge="#ccd3dc",
    scroll="#c3cad4",
    tint="#e4edfc",
    syntax={
        "Keyword": "#7c3aa8",
        "Name.Builtin": "#0f5fa8",
        "Name.Class": "#8a5a00",
        "Name.Function": "#1f56c0",
        "Name.Decorator": "#8a5a00",
        "String": "#2a7036",
        "Number": "#a8430f",
        "Operator.Word": "#7c3aa8",
        "Comment": "#616b79",
    },
)
