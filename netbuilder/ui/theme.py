"""Colours, sizes and type of the window, in dark and light; everything drawn takes them from here."""

from __future__ import annotations

from dataclasses import dataclass

from netbuilder.blocks import Category


@dataclass(frozen=True)
class Theme:
    """One set of colours, as `#rrggbb`.

    `categories` are for text, `marks` for the squares and stripes of the same category. Any two stay apart for
    eyes that lack one kind of cone too (tests/ui/test_style.py measures it), so change them together;
    `primary` is the fill under `accent_text`; `edge` frames fields and buttons; `tint` lies behind
    marked lines of code; `syntax` is by pygments' kinds of token; `papers` are what notes and frames
    can be coloured in.
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
    papers: dict[str, str]


_DARK_CATEGORIES = {
    Category.DATA: "#48b59e",
    Category.ENDS: "#7b8f9d",
    Category.CONVOLUTION: "#5b87fc",
    Category.POOLING: "#b39ef7",
    Category.LINEAR: "#63a551",
    Category.SEQUENCE: "#ef8b74",
    Category.ACTIVATION: "#e2ae3c",
    Category.NORMALIZATION: "#74d0eb",
    Category.SHAPE: "#a8afbf",
    Category.MATH: "#d7ce81",
    Category.NETWORK: "#a2d9c7",
    Category.LOSS: "#e3617f",
    Category.METRIC: "#cc6ec2",
}
_LIGHT_CATEGORIES = {
    Category.DATA: "#09845d",
    Category.ENDS: "#4f5a62",
    Category.CONVOLUTION: "#376fd8",
    Category.POOLING: "#5e29c3",
    Category.LINEAR: "#57723e",
    Category.SEQUENCE: "#912507",
    Category.ACTIVATION: "#8f610f",
    Category.NORMALIZATION: "#1e6180",
    Category.SHAPE: "#6d7385",
    Category.MATH: "#595429",
    Category.NETWORK: "#4d766a",
    Category.LOSS: "#dc2350",
    Category.METRIC: "#b244ab",
}

_LIGHT_MARKS = {
    Category.DATA: "#219f73",
    Category.ENDS: "#68747d",
    Category.CONVOLUTION: "#4b85f8",
    Category.POOLING: "#7850c3",
    Category.LINEAR: "#5a884a",
    Category.SEQUENCE: "#9a4632",
    Category.ACTIVATION: "#c48309",
    Category.NORMALIZATION: "#3381a2",
    Category.SHAPE: "#8692a5",
    Category.MATH: "#80750c",
    Category.NETWORK: "#6f9a8d",
    Category.LOSS: "#eb5670",
    Category.METRIC: "#c65dc6",
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
    papers={
        "blue": "#6b9bf5",
        "green": "#5cbb70",
        "yellow": "#dfae4a",
        "red": "#ec7287",
        "purple": "#a88ef0",
        "grey": "#98a2b1",
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
    papers={
        "blue": "#2c60c8",
        "green": "#227237",
        "yellow": "#855a08",
        "red": "#b92c49",
        "purple": "#6b49c2",
        "grey": "#5a6370",
    },
)
