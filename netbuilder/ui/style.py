"""How Qt's own widgets look: fonts, palette and style sheet, made from a theme."""

from __future__ import annotations

import re
from string import Template

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from netbuilder.places import resource
from netbuilder.ui.theme import Theme

FAMILY = "Inter"
MONOSPACE = ("JetBrains Mono", "DejaVu Sans Mono", "Menlo", "Consolas")
PIXELS = 13
_FONTS = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")


def load_fonts() -> None:
    """Make our fonts known to Qt; call it once, when the application exists."""
    if FAMILY in QFontDatabase.families():
        return
    for name in _FONTS:
        QFontDatabase.addApplicationFont(str(resource("fonts", name)))


def text_font() -> QFont:
    """The font of the window."""
    font = QFont(FAMILY)
    font.setPixelSize(PIXELS)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(QFont.Tag("calt"), 0)  # Inter would show the file lenet_5x5 as lenet_5×5
    return font


def code_font() -> QFont:
    """The font of code: the first fixed-width one of our list that is there, else the system's."""
    there = set(QFontDatabase.families())
    family = next((name for name in MONOSPACE if name in there), None)
    font = QFont(family) if family else QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(PIXELS - 1)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


def qt_palette(theme: Theme) -> QPalette:
    """The theme as Qt's palette, for what the style sheet does not reach."""
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.field,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.text_faint,
        QPalette.ColorRole.Button: theme.field,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.error,
        QPalette.ColorRole.ToolTipBase: theme.card,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.selection,
        QPalette.ColorRole.HighlightedText: theme.text,
        QPalette.ColorRole.Accent: theme.primary,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Light: theme.card_edge,
        QPalette.ColorRole.Midlight: theme.hover,
        QPalette.ColorRole.Mid: theme.edge,
        QPalette.ColorRole.Dark: theme.line,
        QPalette.ColorRole.Shadow: theme.canvas,
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.text_faint))
    return palette


def style_sheet(theme: Theme) -> str:
    """The style sheet of the whole program."""
    colours = {key: value for key, value in vars(theme).items() if isinstance(value, str)}
    sheet = Template(resource("style.qss").read_text("utf-8")).substitute(colours)
    return re.sub(r"/\*.*?\*/\s*", "", sheet, flags=re.DOTALL)


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the whole program in the theme."""
    load_fonts()
    QDir.setSearchPaths("icons", [str(resource("icons"))])
    if not app.styleSheet():
        app.setStyle("Fusion")
    first = app.font().family() != FAMILY
    app.setFont(text_font())
    app.setPalette(qt_palette(theme))
    app.setStyleSheet(style_sheet(theme))
    if first:  # widgets made before keep the old font under a style sheet, unless asked to look again
        for widget in app.allWidgets():
            if not widget.testAttribute(Qt.WidgetAttribute.WA_SetFont):
                widget.setFont(QFont())
