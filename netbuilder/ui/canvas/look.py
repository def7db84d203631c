"""Colours, pens and fonts of the canvas, made once from the theme."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainterPath, QPen, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer

from netbuilder.blocks import Category
from netbuilder.places import resource
from netbuilder.ui.canvas.geometry import CARD_HEIGHT
from netbuilder.ui.canvas.pictures import Pictures
from netbuilder.ui.theme import Theme

RADIUS = 7.0
STRIP = 4.0
# The one scale of type, in pixels at 100 %. Names grow up to FAR_NAME as the drawing gets smaller.
LABEL, PILL, SMALL, BLOCK, NAME, HINT, FAR_NAME = 9, 10, 11, 11, 12, 14, 26
NO_PEN = QPen(Qt.PenStyle.NoPen)


def mix(first: QColor, second: QColor, part: float) -> QColor:
    """`part` of the first colour over the second."""
    return QColor(
        round(first.red() * part + second.red() * (1 - part)),
        round(first.green() * part + second.green() * (1 - part)),
        round(first.blue() * part + second.blue() * (1 - part)),
    )


def _font(size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QFont(QGuiApplication.font())
    font.setFamilies(["Inter", *(family for family in font.families() if family != "Inter")])
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


class Look:
    """What everything on the canvas is painted with."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        dark = theme.name == "dark"
        self.canvas, self.grid = QColor(theme.canvas), QColor(theme.grid)
        self.card, self.edge = QColor(theme.card), QColor(theme.card_edge)
        self.text, self.soft, self.faint = QColor(theme.text), QColor(theme.text_soft), QColor(theme.text_faint)
        self.accent, self.error, self.warning = QColor(theme.accent), QColor(theme.error), QColor(theme.warning)
        self.accent_text, self.good = QColor(theme.accent_text), QColor(theme.good)
        self.mark = QColor(theme.canvas) if dark else QColor(theme.card)
        self.track = QColor(theme.line)
        self.card_hover = mix(self.text, self.card, 0.05 if dark else 0.025)
        self.card_selected = mix(self.accent, self.card, 0.11 if dark else 0.06)
        self.edge_hover = mix(self.text, self.edge, 0.3)
        self.shadow = QColor(0, 0, 0, 70) if dark else QColor(20, 30, 50, 22)
        self.pill = mix(self.accent, self.card, 0.14 if dark else 0.07)
        self.band = QColor(self.accent)
        self.band.setAlpha(36)
        self.words = {key: QColor(value) for key, value in theme.categories.items()}
        self.category = {key: QColor(value) for key, value in theme.marks.items()}
        self.far = {key: mix(color, self.canvas, 0.42 if dark else 0.4) for key, color in self.category.items()}
        self.wire = {key: mix(color, self.canvas, 0.72) for key, color in self.category.items()}
        self._wire_pens: dict[tuple[Category, str], QPen] = {}
        self.small_font = _font(SMALL)
        self.label_font = _font(LABEL, QFont.Weight.Medium)
        self.port_font = _font(PILL)
        self.hint_font = _font(HINT)
        self.pictures = Pictures()
        self._fonts: dict[tuple[int, QFont.Weight], tuple[QFont, QFontMetricsF]] = {}
        self._glyphs: dict[Category, QSvgRenderer] = {}
        self._plates: dict[tuple[object, ...], QPixmap] = {}
        self._plate_scale = 0.0
        self._paths: dict[tuple[int, str], QPainterPath] = {}

    def name_type(self, size: int) -> tuple[QFont, QFontMetricsF]:
        """The font of names at that size, and its measures."""
        return self._type(size, QFont.Weight.DemiBold)

    def block_type(self, size: int) -> tuple[QFont, QFontMetricsF]:
        """The font of block names at that size, and its measures."""
        return self._type(size, QFont.Weight.Medium)

    def _type(self, size: int, weight: QFont.Weight) -> tuple[QFont, QFontMetricsF]:
        found = self._fonts.get((size, weight))
        if found is None:
            font = _font(size, weight)
            found = self._fonts[size, weight] = font, QFontMetricsF(font)
        return found

    def glyph(self, category: Category) -> QSvgRenderer:
        """The category's icon in its colour, as vectors."""
        found = self._glyphs.get(category)
        if found is None:
            text = resource("icons", f"category-{category.name.lower()}.svg").read_text("utf-8")
            found = QSvgRenderer(QByteArray(text.replace("#000", self.category[category].name()).encode()))
            self._glyphs[category] = found
        return found

    @cached_property
    def small_metrics(self) -> QFontMetricsF:
        """Measures of the second line."""
        return QFontMetricsF(self.small_font)

    @cached_property
    def label_metrics(self) -> QFontMetricsF:
        """Measures of the ports' labels."""
        return QFontMetricsF(self.label_font)

    @cached_property
    def port_metrics(self) -> QFontMetricsF:
        """Measures of the shapes on pills."""
        return QFontMetricsF(self.port_font)

    @cached_property
    def octagon(self) -> QPolygonF:
        """The badge of an error, around (0, 0)."""
        return QPolygonF([QPointF(x, y) for x, y in _OCTAGON])

    @cached_property
    def triangle(self) -> QPolygonF:
        """The badge of a warning, around (0, 0)."""
        return QPolygonF([QPointF(0, -9), QPointF(9.5, 7.5), QPointF(-9.5, 7.5)])

    def plate(self, key: tuple[object, ...], scale: float) -> QPixmap:
        """The picture kept for that key at that scale, null until something is put into it."""
        if scale != self._plate_scale:
            self._plates.clear()
            self._plate_scale = scale
        return self._plates.setdefault(key, QPixmap())

    def card_path(self, width: int) -> QPainterPath:
        """A card's outline, on the middle of its outermost pixels so that it is crisp."""
        return self._path(width, "card")

    def strip_path(self, width: int) -> QPainterPath:
        """The strip of colour at a card's left."""
        return self._path(width, "strip")

    def bypass_path(self, width: int, start: float, end: float) -> QPainterPath:
        """The way along a card's right edge, from x on its upper to x on its lower edge."""
        right, bottom, turn = width - 0.5, CARD_HEIGHT - 0.5, 2 * RADIUS
        path = QPainterPath(QPointF(start, 0.5))
        path.lineTo(right - RADIUS, 0.5)
        path.arcTo(QRectF(right - turn, 0.5, turn, turn), 90, -90)
        path.lineTo(right, bottom - RADIUS)
        path.arcTo(QRectF(right - turn, bottom - turn, turn, turn), 0, -90)
        path.lineTo(end, bottom)
        return path

    def _path(self, width: int, which: str) -> QPainterPath:
        path = self._paths.get((width, which))
        if path is None:
            path = QPainterPath()
            path.addRoundedRect(QRectF(0.5, 0.5, width - 1, CARD_HEIGHT - 1), RADIUS, RADIUS)
            if which == "strip":
                left = QPainterPath()
                left.addRect(QRectF(0, 0, STRIP, CARD_HEIGHT))
                whole = QPainterPath()
                whole.addRoundedRect(QRectF(0, 0, width, CARD_HEIGHT), RADIUS, RADIUS)
                path = whole.intersected(left)
            self._paths[(width, which)] = path
        return path

    def wire_pen(self, category: Category, state: str) -> QPen:
        """The pen of a wire from such a block.

        States are "", "far", "hover", "selected", "wrong" and "wrong selected". From afar a plain wire is one pixel
        wide, which is about as wide as it would be anyway, and painted much faster.
        """
        pen = self._wire_pens.get((category, state))
        if pen is None:
            pen = self._make_wire_pen(category, state)
            self._wire_pens[(category, state)] = pen
        return pen

    def _make_wire_pen(self, category: Category, state: str) -> QPen:
        color = self.wire[category]
        width = 1.6
        if state == "far":
            pen = QPen(color, 1.0)
            pen.setCosmetic(True)
            return pen
        if state == "hover":
            color, width = self.category[category], 2.4
        elif state == "selected":
            color, width = self.accent, 2.6
        elif state:
            color, width = self.error, 2.6 if state == "wrong selected" else 1.8
        pen = QPen(color, width, c=Qt.PenCapStyle.RoundCap)
        if state.startswith("wrong"):
            pen = QPen(color, width, c=Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([4.0, 2.5])
        return pen


_OCTAGON = (
    (-3.4, -8.2), (3.4, -8.2), (8.2, -3.4), (8.2, 3.4), (3.4, 8.2), (-3.4, 8.2), (-8.2, 3.4), (-8.2, -3.4),
)  # fmt: skip
