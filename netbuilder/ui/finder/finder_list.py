"""The finder's hits: a list that is moved in while one types elsewhere; rows are painted, never widgets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from netbuilder.ui.finder.choices import Choice
from netbuilder.ui.parts import tip
from netbuilder.ui.rows import Tints, category_icon, draw_marked, sized
from netbuilder.ui.theme import Theme

Hit = tuple[Choice, tuple[int, ...]]
AnyIndex = QModelIndex | QPersistentModelIndex
SHORT, TALL = 34, 48
_ROOT = QModelIndex()


class Hits(QAbstractListModel):
    """The choices that are shown, with the letters to be marked."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: list[Hit] = []

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Take other hits."""
        self.beginResetModel()
        self.hits = list(hits)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        """As many as there are hits."""
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The title, and for those who listen all of the row."""
        if not 0 <= index.row() < len(self.hits):
            return None
        choice = self.hits[index.row()][0]
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(choice)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(choice.help)
        return choice.help if role == Qt.ItemDataRole.AccessibleDescriptionRole else None


def spoken(choice: Choice) -> str:
    """A row in words."""
    state = ""
    if not choice.enabled:
        state = QCoreApplication.translate("Finder", "not available now")
    elif not choice.fits:
        state = QCoreApplication.translate("Finder", "does not fit here")
    return ", ".join(part for part in (choice.title, choice.group, choice.right, state) if part)


class HitRows(QStyledItemDelegate):
    """Paints a hit: icon, title and group, help below, and at the right a shape or a key."""

    def __init__(self, parent: QObject, theme: Theme) -> None:
        super().__init__(parent)
        self.theme = theme
        self.tall = self.icons = False
        self._tints = Tints()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """One height for all rows of one question."""
        return QSize(80, TALL if self.tall else SHORT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one row."""
        model = index.model()
        assert isinstance(model, Hits)
        choice, at = model.hits[index.row()]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        row = QRectF(rect).adjusted(6, 1, -6, -1)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.selection if selected else self.theme.hover))
            painter.drawRoundedRect(row, 8, 8)
        room = row.adjusted(10, 0, -12, 0)
        faint = not (choice.enabled and choice.fits)
        if self.icons:
            self._icon(painter, choice, QPointF(room.left() + 14, room.center().y()), faint)
            room.setLeft(room.left() + 40)
        soft = QColor(self.theme.text_soft if selected else self.theme.text_faint)
        painter.setFont(sized(option.font, 12))
        if self.tall and choice.help:
            below = room.adjusted(0, 24, 0, -6)
            room = room.adjusted(0, 5, 0, -room.height() + 26)
            self._line(painter, below, choice.help, soft)
        room.setRight(room.right() - self._right(painter, room, choice.right, soft))
        self._title(painter, room, choice, at, option.font, selected, faint)
        painter.restore()

    def _icon(self, painter: QPainter, choice: Choice, middle: QPointF, faint: bool) -> None:
        """A tile in the category's colour."""
        if not (choice.icon or choice.category):
            return
        colour = self.theme.marks[choice.category] if choice.category else self.theme.text_soft
        painter.setOpacity(0.5 if faint else 1.0)
        tile = QColor(colour)
        tile.setAlphaF(0.16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tile)
        half = 14 if self.tall else 11
        painter.drawRoundedRect(QRectF(middle.x() - half, middle.y() - half, 2 * half, 2 * half), 7, 7)
        name = choice.icon or (category_icon(choice.category) if choice.category else "")
        self._tints.draw(painter, name, colour, middle, 16)
        painter.setOpacity(1.0)

    def _line(self, painter: QPainter, room: QRectF, text: str, colour: QColor) -> None:
        painter.setPen(colour)
        shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)

    def _right(self, painter: QPainter, room: QRectF, text: str, colour: QColor) -> float:
        """Draw what stands at the right; the width that it takes, never more than half."""
        if not text:
            return 0
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width() / 2)
        painter.setPen(colour)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine
        painter.drawText(room, flags, shown)
        return metrics.horizontalAdvance(shown) + 12

    def _title(
        self,
        painter: QPainter,
        room: QRectF,
        choice: Choice,
        at: tuple[int, ...],
        font: QFont,
        selected: bool,
        faint: bool,
    ) -> None:
        """Title with the found letters marked, and the group where it fits whole."""
        theme, small = self.theme, painter.font()
        painter.setFont(sized(font, 13, QFont.Weight.Medium))
        colour = QColor(theme.text_faint if faint and not selected else theme.text_soft if faint else theme.text)
        mark = QColor(theme.text if selected else theme.accent)
        width = draw_marked(painter, room, choice.title, at, colour, mark, underline=selected)
        painter.setFont(small)
        rest = room.adjusted(width + 8, 0, 0, 0)
        if (
            choice.group not in ("", choice.title)
            and QFontMetricsF(small).horizontalAdvance(choice.group) <= rest.width()
        ):
            self._line(painter, rest, choice.group, QColor(theme.text_soft if selected else theme.text_faint))


class HitList(QListView):
    """Shows the hits; the keys come from the field above it."""

    def __init__(self, parent: QObject, theme: Theme) -> None:
        super().__init__()
        self.hits = Hits(self)
        self.rows = HitRows(self, theme)
        self.setModel(self.hits)
        self.setItemDelegate(self.rows)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setProperty("role", "choices")
        self.setAccessibleName(self.tr("Hits"))

    @property
    def row_height(self) -> int:
        """How high a row is."""
        return TALL if self.rows.tall else SHORT

    @property
    def row(self) -> int:
        """The row on which the list stands, −1 where there is none."""
        return self.currentIndex().row()

    def current(self) -> Choice | None:
        """The choice on which the list stands."""
        return self.hits.hits[self.row][0] if self.row >= 0 else None

    def show_hits(self, hits: Sequence[Hit], row: int = 0) -> None:
        """Show other hits and stand on a row."""
        self.hits.show_hits(hits)
        self.go(row)

    def go(self, row: int) -> None:
        """Stand on a row, or on the nearest there is."""
        if self.hits.hits:
            self.setCurrentIndex(self.hits.index(max(0, min(row, len(self.hits.hits) - 1))))

    def page(self) -> int:
        """How many rows are seen at once."""
        return max(1, self.viewport().height() // self.row_height)
