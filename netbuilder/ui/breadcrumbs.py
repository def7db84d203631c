"""Where one is: the networks from the main one to the one that is shown, as a bar over the canvas."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from netbuilder.ui.canvas.look import NO_PEN, Look
from netbuilder.ui.canvas.overlay import APART, Overlay
from netbuilder.ui.canvas.sheet import lettering
from netbuilder.ui.canvas.view import View
from netbuilder.ui.parts import tip
from netbuilder.ui.theme import Theme

HEIGHT = 28
WIDEST = 200
LEAST = 36
SIDE = 8
ARROW = 12


class Crumb(QAbstractButton):
    """The name of one network, shortened where there is no room. It paints itself, so that & is a letter."""

    def __init__(self, name: str, here: bool, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = " ".join(name.split())
        self._here = here
        self._look = look
        self._font, self._metrics = lettering(12, QFont.Weight.DemiBold if here else QFont.Weight.Medium)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def wanted(self) -> int:
        """How wide it is with the whole name."""
        return round(self._metrics.horizontalAdvance(self.name)) + 2 * SIDE + 2

    def fit(self, width: int) -> None:
        """Be at most so wide; the whole name is then in the tooltip."""
        width = min(self.wanted, width)
        if width != self.width() or self.height() != HEIGHT - 6:
            self.setFixedSize(width, HEIGHT - 6)
            self.setToolTip(tip(self.name if width < self.wanted else ""))

    def sizeHint(self) -> QSize:
        """The whole name."""
        return QSize(self.wanted, HEIGHT - 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.isDown():
            painter.setPen(NO_PEN)
            painter.setBrush(QColor(look.theme.pressed if self.isDown() else look.theme.hover))
            painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        painter.setFont(self._font)
        painter.setPen(look.text if self._here or self.underMouse() else look.soft)
        text = self._metrics.elidedText(self.name, Qt.TextElideMode.ElideRight, self.width() - 2 * SIDE + 1)
        flags = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextSingleLine.value
        painter.drawText(QRectF(SIDE, 0, self.width() - SIDE, self.height()), flags, text)
        painter.end()


class Breadcrumbs(Overlay):
    """Lies in the upper left corner. `chosen` gives the id of the network whose name was clicked."""

    chosen = Signal(str)

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.setAccessibleName(self.tr("Networks from the main one to this one"))
        self.crumbs: list[Crumb] = []
        self._path: list[tuple[str, str]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3, 3, 3, 3)
        self._row.setSpacing(ARROW)
        self.hide()

    def show_path(self, path: Sequence[tuple[str, str]]) -> None:
        """Show these networks (id, name), the one that is shown last."""
        if list(path) != self._path:
            self._path = list(path)
            self._make_crumbs()
        self.setVisible(bool(self._path))
        self.place()

    def _make_crumbs(self) -> None:
        for old in self.crumbs:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.crumbs = []
        for key, name in self._path:
            crumb = Crumb(name, key == self._path[-1][0], self.look, self)
            crumb.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            self._row.addWidget(crumb)
            self.crumbs.append(crumb)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours: those that the view has by now."""
        self._make_crumbs()
        self.place()
        self.update()

    def place(self) -> None:
        """Stand in the corner; names are shortened, the longest first, where the view is narrow."""
        if not self.crumbs:
            return
        room = self.view.viewport().width() - 2 * APART - 6 - ARROW * (len(self.crumbs) - 1)
        widest = WIDEST
        while widest > LEAST and sum(min(crumb.wanted, widest) for crumb in self.crumbs) > room:
            widest -= 4
        for crumb in self.crumbs:
            crumb.fit(widest)
        width = sum(crumb.width() for crumb in self.crumbs) + 6 + ARROW * (len(self.crumbs) - 1)
        self.setGeometry(APART, APART, width, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, and an arrow between any two names."""
        painter = QPainter(self)
        self.paint_card(painter)
        painter.setPen(QPen(self.look.faint, 1.3, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        for crumb in self.crumbs[1:]:
            tip_of = QPointF(crumb.x() - ARROW / 2 + 2, self.height() / 2)
            painter.drawPolyline([tip_of + QPointF(-3, -3.5), tip_of, tip_of + QPointF(-3, 3.5)])
        painter.end()
