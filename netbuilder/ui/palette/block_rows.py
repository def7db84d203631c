"""How the palette's rows look: headings with an arrow, blocks with their category's icon and a star."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem

from netbuilder.blocks import CATALOG, Block, Category
from netbuilder.ui.rows import Tints, category_icon, draw_marked, draw_star, sized
from netbuilder.ui.text import translate
from netbuilder.ui.theme import Theme

BLOCK, HEADING, FOUND, TORCH = (Qt.ItemDataRole.UserRole + i for i in range(4))
AnyIndex = QModelIndex | QPersistentModelIndex
_ROW = 26


class BlockRows(QStyledItemDelegate):
    """Paints headings and blocks. `starred` are the favourites; `on_star` whether the mouse is on the row's star."""

    def __init__(self, tree: QTreeWidget, theme: Theme) -> None:
        super().__init__(tree)
        self.theme = theme
        self.starred: set[str] = set()
        self.own: dict[str, Block] = {}
        self.on_star = False
        self._tints = Tints()

    def block(self, name: str | None) -> Block | None:
        """What a row stands for: a block of the catalog, or one of the project's networks."""
        return CATALOG.get(name or "") or self.own.get(name or "")

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """One height for all rows."""
        return QSize(60, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one row over the whole width."""
        tree = self.parent()
        assert isinstance(tree, QTreeWidget)
        item = tree.itemFromIndex(index)
        rect: QRect = option.rect
        row = QRect(6, rect.top(), tree.viewport().width() - 12, rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        block = self.block(item.data(0, BLOCK))
        if selected or (hovered and block is not None):
            self._background(painter, row, selected, tree.hasFocus())
        if block is not None:
            starred, own = block.name in self.starred, item.data(0, BLOCK) in self.own
            if not own and (starred or hovered):
                self._star(painter, star_place(row), starred, hovered and self.on_star)
            room = row.adjusted(0, 0, -26 if not own and (starred or hovered) else -8, 0)
            self._entry(painter, room, block, item, selected)
        else:
            self._heading(painter, row, item, selected or hovered)
        painter.restore()

    def _background(self, painter: QPainter, row: QRect, selected: bool, focus: bool) -> None:
        painter.setPen(QPen(QColor(self.theme.accent), 1) if selected and focus else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.selection if selected else self.theme.hover))
        painter.drawRoundedRect(QRectF(row).adjusted(0.5, 1.5, -0.5, -1.5), 5, 5)

    def _heading(self, painter: QPainter, row: QRect, item: QTreeWidgetItem, lit: bool) -> None:
        painter.setPen(QPen(QColor(self.theme.text_faint), 1.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = row.left() + 12.0, row.center().y() + 0.5
        down = [QPointF(x - 3.5, y - 1.5), QPointF(x, y + 2), QPointF(x + 3.5, y - 1.5)]
        right = [QPointF(x - 1.5, y - 3.5), QPointF(x + 2, y), QPointF(x - 1.5, y + 3.5)]
        painter.drawPolyline(QPolygonF(down if item.isExpanded() else right))
        room = row.adjusted(24, 0, -8, 0)
        category = Category.__members__.get(item.data(0, HEADING))
        if category is not None:  # most categories are folded: their icons are then nowhere else
            middle = QPointF(room.left() + 8, row.center().y() + 0.5)
            self._tints.draw(painter, category_icon(category), self.theme.marks[category], middle, 16)
            room.adjust(24, 0, 0, 0)
        if category is not None and not item.isExpanded():
            painter.setFont(sized(painter.font(), 12))
            painter.setPen(QColor(self.theme.text_faint))
            number = str(item.childCount())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
            room.adjust(0, 0, -painter.fontMetrics().horizontalAdvance(number) - 8, 0)
        painter.setFont(sized(painter.font(), 12, QFont.Weight.DemiBold))
        painter.setPen(QColor(self.theme.text if lit else self.theme.text_soft))
        title = painter.fontMetrics().elidedText(item.text(0), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)

    def _entry(self, painter: QPainter, row: QRect, block: Block, item: QTreeWidgetItem, selected: bool) -> None:
        flat = item.parent() is None
        left = row.left() + (8 if flat else 24)
        middle = QPointF(left + 8, row.center().y() + 0.5)
        self._tints.draw(painter, category_icon(block.category), self.theme.marks[block.category], middle, 16)
        room = QRectF(row.adjusted(left - row.left() + 24, 0, 0, 0))
        mark = QColor(self.theme.text if selected else self.theme.accent)
        text = QColor(self.theme.text)
        width = draw_marked(painter, room, block.name, item.data(0, FOUND) or (), text, mark, underline=selected)
        if flat:
            painter.setFont(sized(painter.font(), 12))
            right = item.data(0, TORCH) or translate(block.category.value)
            if painter.fontMetrics().horizontalAdvance(right) <= room.width() - width - 10:
                painter.setPen(QColor(self.theme.text_soft))
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)

    def _star(self, painter: QPainter, place: QRectF, filled: bool, lit: bool) -> None:
        """A star in the theme's gold: filled for a favourite, an outline where a click would make it one."""
        draw_star(painter, place.center(), self.theme, filled, lit)


def star_place(row: QRect) -> QRectF:
    """Where the star of a row is, with some room to hit it; `row` may be as wide as the list."""
    return QRectF(row.right() - 23, row.top() + 2, 22, row.height() - 4)


def card(block: Block, theme: Theme, font: QFont, ratio: float) -> QPixmap:
    """The picture under the pointer while a block is dragged."""
    size = QSize(150, 36)
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(0.95)
    body = QRectF(0.75, 0.75, size.width() - 1.5, size.height() - 1.5)
    colour = QColor(theme.marks[block.category])
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(QColor(theme.card))
    painter.drawRoundedRect(body, 6, 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(0.75, 0.75, 5, size.height() - 1.5), 2.5, 2.5)
    font = QFont(font)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(QColor(theme.text))
    room = body.adjusted(15, 0, -8, 0)
    name = painter.fontMetrics().elidedText(block.name, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
    painter.end()
    return picture
