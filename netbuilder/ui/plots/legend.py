"""The row above a plot that says which curve is which: widgets, to be pointed at, clicked and tabbed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QToolButton, QWidget

from netbuilder.ui.theme import Theme

_SWATCH, _GAP, _BETWEEN, _HEIGHT = 16, 6, 14, 20


@dataclass(frozen=True)
class Item:
    """A curve: its key, name, colour (None: a value without a curve) and how its line is broken (drawn, left out)."""

    key: str
    name: str
    colour: str | None
    style: tuple[int, int] = (1, 0)


class Entry(QAbstractButton):
    """One curve's line and name. A click hides the curve or shows it again."""

    pointed = Signal(str)

    def __init__(self, item: Item, theme: Theme, font: QFont, parent: QWidget) -> None:
        """Show an item."""
        super().__init__(parent)
        self.item = item
        self._theme, self._value, self._widest = theme, "", 0.0
        self.setFont(font)
        self.setText(item.name)
        self.setAccessibleName(item.name)
        self.setCheckable(item.colour is not None)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if item.colour else Qt.FocusPolicy.NoFocus)
        if item.colour:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setToolTip(self.tr("Click to hide or show this curve"))

    def set_value(self, text: str) -> None:
        """Show a number after the name. The entry grows for it but never shrinks, so that the row stands still."""
        if text != self._value:
            self._value = text
            self.updateGeometry()
            self.update()

    @property
    def value(self) -> str:
        """The number after the name."""
        return self._value

    def sizeHint(self) -> QSize:
        """As wide as the widest value so far."""
        metrics = QFontMetricsF(self.font())
        width = metrics.horizontalAdvance(self.item.name)
        if self.item.colour:
            width += _SWATCH + _GAP
        if self._value:
            width += _GAP - 1 + metrics.horizontalAdvance(self._value)
        self._widest = max(self._widest, width)
        return QSize(int(self._widest) + 3, _HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Tell which curve is pointed at."""
        self.pointed.emit(self.item.key if self.item.colour else "")
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that none is."""
        self.pointed.emit("")
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A piece of the curve, the name and the value."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(self.font())
        x, middle = 0.0, self.height() / 2
        if self.item.colour:
            colour = QColor(self.item.colour if self.isChecked() else self._theme.line)
            drawn, out = self.item.style
            unit = _SWATCH if out == 0 else _SWATCH / (2 * drawn + out)
            at = 0.0
            while at < _SWATCH - 0.5:
                painter.fillRect(QRectF(at, middle - 1.25, min(unit * drawn, _SWATCH - at), 2.5), colour)
                at += unit * (drawn + out)
            x = _SWATCH + _GAP
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(self._theme.text_soft if self.isChecked() else self._theme.text_faint))
        if self.hasFocus():
            painter.setPen(QColor(self._theme.accent))
        painter.drawText(QRectF(x, 0, self.width() - x, self.height()), flags, self.item.name)
        if self._value:
            x += metrics.horizontalAdvance(self.item.name) + _GAP - 1
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QRectF(x, 0, self.width() - x, self.height()), flags, self._value)


class Legend(QWidget):
    """Entries from the right; those without room are behind a button that says how many they are."""

    pointed = Signal(str)
    toggled = Signal(str, bool)

    def __init__(self, theme: Theme, font: QFont, parent: QWidget) -> None:
        """Start without entries."""
        super().__init__(parent)
        self._theme, self._font = theme, font
        self.entries: dict[str, Entry] = {}
        self._more = QToolButton(self)
        self._more.setObjectName("more")
        self._more.setFont(font)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._more.setMenu(self._menu)
        self._more.hide()
        self._menu.aboutToShow.connect(self._fill_menu)
        self._menu.aboutToHide.connect(lambda: self.pointed.emit(""))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)

    def set_items(self, items: Sequence[Item], theme: Theme) -> None:
        """Show these; what was hidden or had a value stays so."""
        old = self.entries
        self._theme, self.entries = theme, {}
        for item in items:
            entry = Entry(item, theme, self._font, self)
            if item.key in old:
                entry.setChecked(old[item.key].isChecked())
                entry.set_value(old[item.key].value)
            entry.pointed.connect(self.pointed)
            entry.toggled.connect(lambda shown, key=item.key: self.toggled.emit(key, shown))
            self.entries[item.key] = entry
        for entry in old.values():
            entry.hide()
            entry.deleteLater()
        self._arrange()

    def set_value(self, key: str, text: str) -> None:
        """Show a value after a name."""
        entry = self.entries.get(key)
        if entry is not None and entry.value != text:
            entry.set_value(text)
            self._arrange()

    def shown(self, key: str) -> bool:
        """Whether a curve is to be drawn."""
        return key not in self.entries or self.entries[key].isChecked()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out again which have room."""
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        entries = list(self.entries.values())
        widths = [entry.sizeHint().width() for entry in entries]
        while entries and entries[-1].item.colour is None and sum(widths) + _BETWEEN * (len(widths) - 1) > self.width():
            # A value without a curve is also in the line above the plots.
            entries.pop().hide()
            widths.pop()
        fitting = len(entries)
        if sum(widths) + _BETWEEN * (len(widths) - 1) > self.width():
            fitting, used = 0, self._more_width(len(entries))
            while fitting < len(entries) and used + widths[fitting] + _BETWEEN <= self.width():
                used += widths[fitting] + _BETWEEN
                fitting += 1
        hidden = len(entries) - fitting
        x = self.width()
        self._more.setVisible(hidden > 0)
        if hidden:
            width = self._more_width(hidden)
            x -= width
            self._more.setText(f"+{hidden}")
            self._more.setGeometry(x, 0, width, _HEIGHT)
            x -= _BETWEEN
        for index in range(len(entries) - 1, -1, -1):
            entries[index].setVisible(index < fitting)
            if index < fitting:
                x -= widths[index]
                entries[index].setGeometry(x, 0, widths[index], _HEIGHT)
                x -= _BETWEEN

    def _more_width(self, hidden: int) -> int:
        return int(QFontMetricsF(self._font).horizontalAdvance(f"+{hidden}")) + 18

    def _fill_menu(self) -> None:
        self._menu.clear()
        for entry in self.entries.values():
            if entry.isHidden():
                action = self._menu.addAction(entry.item.name)
                action.setCheckable(True)
                action.setChecked(entry.isChecked())
                action.toggled.connect(entry.setChecked)
                action.hovered.connect(lambda key=entry.item.key: self.pointed.emit(key))
