"""How the cells of the table of runs are painted: stars, states, sparklines, how far a run is, and text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF, QStaticText
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from netbuilder.bridge.run_notes import LONGEST_NOTE
from netbuilder.bridge.run_table import scaled
from netbuilder.bridge.runs import Run
from netbuilder.ui.rows import Tints, draw_star, sized
from netbuilder.ui.runs.columns import Column, state_text
from netbuilder.ui.runs.model import AnyIndex, RunsModel
from netbuilder.ui.theme import Theme

ROW = 28
_EDGE = 8
_MOST_KEPT = 5000  # texts, far more than are in view at once
_ICONS = {
    "starting": "play",
    "running": "play",
    "paused": "pause",
    "finished": "done",
    "stopped": "stop",
    "failed": "error",
    "interrupted": "warning",
    "broken": "error",
}


def state_colour(run: Run, theme: Theme) -> str:
    """The colour that stands for a state."""
    return {
        "starting": theme.accent,
        "running": theme.accent,
        "paused": theme.warning,
        "finished": theme.good,
        "stopped": theme.text_faint,
        "failed": theme.error,
        "interrupted": theme.warning,
        "broken": theme.error,
    }[run.state]


class Cells(QStyledItemDelegate):
    """Paints every cell. `hovered` is the row under the mouse, `on_star` whether the mouse is on its star."""

    def __init__(self, table: QTableView, theme: Theme) -> None:
        super().__init__(table)
        self.theme = theme
        self.hovered, self.on_star = -1, False
        self._tints = Tints()
        self._fonts: dict[bool, QFont] = {}
        self._colours: dict[str, QColor] = {}
        self._set: dict[tuple[str, int, bool], tuple[QStaticText, QSizeF]] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """One height for all rows."""
        return QSize(60, ROW)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        """A field for a note, over its cell."""
        field = QLineEdit(parent)
        field.setMaxLength(LONGEST_NOTE)
        field.setPlaceholderText(self.tr("A note"))
        return field

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one cell, and behind it the row's colour. Hundreds are in view: what can be kept is not made anew."""
        model, table, row = index.model(), self.parent(), index.row()
        assert isinstance(model, RunsModel) and isinstance(table, QTableView)
        run, column = model.run(row), model.columns[index.column()]
        rect: QRect = option.rect
        selected, hovered = bool(option.state & QStyle.StateFlag.State_Selected), row == self.hovered
        if selected or hovered:
            painter.fillRect(rect, self._colour(self.theme.selection if selected else self.theme.hover))
        if table.hasFocus() and table.currentIndex().row() == row:
            painter.setPen(self._colour(self.theme.accent))
            painter.drawLine(rect.topLeft(), rect.topRight())
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        room = QRectF(rect.x() + _EDGE, rect.y(), rect.width() - 2 * _EDGE, rect.height())
        if column.kind in ("text", "number"):
            self._text(painter, room, run, column)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if column.kind == "state":
            self._state(painter, room, run)
        elif column.kind == "losses":
            self._losses(painter, room, run)
        elif column.kind == "steps":
            self._steps(painter, room, run, column)
        elif run.notes.starred or hovered:
            draw_star(painter, QRectF(rect).center(), self.theme, run.notes.starred, hovered and self.on_star)
        painter.restore()

    def _state(self, painter: QPainter, room: QRectF, run: Run) -> None:
        middle = QPointF(room.left() + 7, room.center().y() + 0.5)
        self._tints.draw(painter, _ICONS[run.state], state_colour(run, self.theme), middle, 14)
        self._words(painter, room.adjusted(21, 0, 0, 0), state_text(run), self.theme.text)

    def _text(self, painter: QPainter, room: QRectF, run: Run, column: Column) -> None:
        text = column.text(run)
        if text:
            soft = column.key not in ("name", "differs") and not column.numeric
            colour = self.theme.text_soft if soft else self.theme.text
            self._words(painter, room, text, colour, right=column.numeric, strong=column.key == "name")

    def _words(
        self, painter: QPainter, room: QRectF, text: str, colour: str, right: bool = False, strong: bool = False
    ) -> None:
        """Put a text into a cell, cut to its width. How its letters are set is kept: that takes longest."""
        painter.setPen(self._colour(colour))
        font = self._figures(painter, strong)
        painter.setFont(font)
        key = text, int(room.width()), strong
        found = self._set.get(key)
        if found is None:
            if len(self._set) >= _MOST_KEPT:
                self._set.clear()
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
            made = QStaticText(shown)
            made.setTextFormat(Qt.TextFormat.PlainText)
            made.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            made.prepare(font=font)
            found = self._set[key] = made, made.size()
        words, size = found
        x = room.right() - size.width() if right else room.left()
        painter.drawStaticText(QPointF(x, room.center().y() - size.height() / 2), words)

    def _colour(self, name: str) -> QColor:
        if name not in self._colours:
            self._colours[name] = QColor(name)
        return self._colours[name]

    def _figures(self, painter: QPainter, strong: bool) -> QFont:
        """The table's type, with figures that are all equally wide."""
        if strong not in self._fonts:
            font, weight = painter.font(), QFont.Weight.Medium if strong else QFont.Weight.Normal
            made = self._fonts[strong] = sized(font, font.pixelSize() if font.pixelSize() > 0 else 13, weight)
            made.setFeature(QFont.Tag("tnum"), 1)
        return self._fonts[strong]

    def _losses(self, painter: QPainter, room: QRectF, run: Run) -> None:
        """The loss over the whole run that was planned, so that one sees how far it came."""
        planned = run.about.steps if run.about is not None else run.steps
        part = min(1.0, run.steps / planned) if planned else 1.0
        area = room.adjusted(0, 7, 0, -7)
        pieces = spark(run.losses, QRectF(area.left(), area.top(), area.width() * part, area.height()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour = QColor(self.theme.curves[0] if run.state not in ("failed", "broken") else self.theme.error)
        painter.setPen(QPen(colour, 1.3, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        for piece in pieces:
            painter.drawPolyline(QPolygonF(piece)) if len(piece) > 1 else painter.drawPoint(piece[0])
        if run.live and pieces:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(pieces[-1][-1], 2.4, 2.4)

    def _steps(self, painter: QPainter, room: QRectF, run: Run, column: Column) -> None:
        """How many steps; below it, as long as not all are done, how far that is."""
        planned = run.about.steps if run.about is not None else 0
        part = min(1.0, run.steps / planned) if planned else 1.0
        self._words(painter, room.adjusted(0, 0, 0, -4 if part < 1 else 0), column.text(run), self.theme.text, True)
        if part >= 1:
            return
        bar = QRectF(room.left(), room.bottom() - 6, room.width(), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.pressed))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.setBrush(QColor(self.theme.accent if run.live else self.theme.text_faint))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(3.0, bar.width() * part), 3), 1.5, 1.5)


def spark(losses: Sequence[float], area: QRectF) -> list[list[QPointF]]:
    """Losses as lines in an area, broken where one is no number."""
    pieces: list[list[QPointF]] = []
    broken = True
    for at, value in enumerate(scaled(losses)):
        if value is None:
            broken = True
            continue
        if broken:
            pieces.append([])
        broken = False
        x = area.left() + area.width() * at / max(1, len(losses) - 1)
        pieces[-1].append(QPointF(x, area.bottom() - area.height() * value))
    return pieces
