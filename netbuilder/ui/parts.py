"""Small widgets that several panels share: labels that shorten, headings, rows of facts, a switch."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QWidget

from netbuilder.ui.icons import pixmap


def label(text: str, role: str = "", wrap: bool = False) -> QLabel:
    """A label that shows plain text."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def number_box(most: int) -> QSpinBox:
    """A field for a count from 1. The style sheet's padding does not reach the text in it."""
    made = QSpinBox(minimum=1, maximum=most)
    made.lineEdit().setTextMargins(6, 0, 0, 0)
    return made


def tip(text: str, detail: str = "") -> str:
    """Text as a tooltip: never read as rich text, wrapped where it is long."""
    if not text:
        return ""
    parts = [f"<div>{html.escape(text)}</div>"]
    if detail:
        lines = html.escape(detail).replace("\n", "<br>")
        parts.append(f"<div style='margin-top:4px'>{lines}</div>")
    return "<qt>" + "".join(parts) + "</qt>"


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and look again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line that ends in … where there is no room; the whole is then in the tooltip."""

    def __init__(self, text: str, role: str = "", least: int = 40, help: str = "", detail: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self._least = least
        self._help = help
        self._detail = detail
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._retip()

    def minimumSizeHint(self) -> QSize:
        """As narrow as `least`, or the text where that is shorter."""
        whole = super().minimumSizeHint()
        return QSize(min(self._least, whole.width()), whole.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, shortened."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.contentsRect(), int(self.alignment()) | Qt.TextFlag.TextSingleLine, text)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the tooltip right when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._retip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say the whole text in the tooltip only where it is cut."""
        super().resizeEvent(event)
        self._retip()

    def _retip(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.width()
        whole = self.text() if cut else ""
        first, *rest = [part for part in (whole, self._help, self._detail) if part] or [""]
        self.setToolTip(tip(first, "\n".join(rest)))


class Switch(QAbstractButton):
    """An on/off switch in the palette's colours; Space turns it. It may stand between, for several that differ."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._between = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_between(self, between: bool) -> None:
        """Stand between on and off, or not."""
        self._between = between
        self.update()

    def sizeHint(self) -> QSize:
        """The track, and some room to hit it."""
        return QSize(38, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, knob and, with the focus, a ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, on = self.palette(), self.isChecked()
        track = QRectF(self.width() - 32, (self.height() - 18) / 2, 32, 18)
        fill = palette.color(QPalette.ColorRole.Accent if on else QPalette.ColorRole.Mid)
        if not on and self.underMouse():
            fill = fill.lighter(115)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(track, 9, 9)
        painter.setBrush(QColor("#ffffff") if on else palette.color(QPalette.ColorRole.PlaceholderText))
        if self._between:
            painter.drawRoundedRect(QRectF(track.center().x() - 6, track.center().y() - 2, 12, 4), 2, 2)
        else:
            painter.drawEllipse(QRectF(track.right() - 16 if on else track.left() + 2, track.top() + 2, 14, 14))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.WindowText if on else QPalette.ColorRole.Link), 1.6))
            painter.drawRoundedRect(track.adjusted(0.8, 0.8, -0.8, -0.8), 8.2, 8.2)
        painter.end()


class IconButton(QAbstractButton):
    """An icon that can be pressed, in the palette's colours, whatever the theme."""

    def __init__(self, name: str, title: str, size: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setFixedSize(size)
        self.setToolTip(tip(title))
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon, brighter under the mouse, with a ring where the focus is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, near = self.palette(), self.underMouse() or self.hasFocus()
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse():
            painter.setBrush(palette.color(QPalette.ColorRole.Mid if self.isDown() else QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        if self.hasFocus():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Link), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.6, 0.6, -0.6, -0.6), 5, 5)
        colour = palette.color(QPalette.ColorRole.WindowText if near else QPalette.ColorRole.PlaceholderText)
        side = min(self.width() - 2, self.height() - 2, 16)
        picture = pixmap(self._name, colour.name(), side, self.devicePixelRatioF())
        painter.setOpacity(colour.alphaF())  # the style sheet makes faint text of text by its opacity
        painter.drawPixmap(QPointF((self.width() - side) / 2, (self.height() - side) / 2), picture)
        painter.end()


class Fact(QWidget):
    """One row of something known: what on the left, the value on the right."""

    def __init__(self, name: str, value: str = "", help: str = "") -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.name = ElidedLabel(name, "soft", 48, help)
        self.value = ElidedLabel(value, "", 60)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        row.addWidget(self.name)
        row.addWidget(self.value, 1)

    def say(self, value: str, known: bool = True) -> None:
        """Show another value, faint where it is none."""
        self.value.setText(value)
        restyle(self.value, "role", "" if known else "faint")
        self.value.updateGeometry()


class NoWheel(QObject):
    """An event filter that lets the wheel scroll the panel unless the field has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hand the wheel on from a field without focus."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


def count(number: int) -> str:
    """A count in full: 5,020."""
    return f"{number:,}"


def short(number: int) -> str:
    """A large count in three digits: 320 K, 1.23 M, 15 G; below ten thousand in full."""
    if number < 10_000:
        return count(number)
    for factor, unit in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "K")):
        if number >= factor * 0.9995 or unit == "K":
            value = number / factor
            digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2
            text = f"{value:.{digits}f}"
            return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {unit}"
    return count(number)
