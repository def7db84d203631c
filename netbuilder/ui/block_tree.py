"""The palette's list: blocks below their categories or, while searching, the hits in a row; dragged out from here."""

from __future__ import annotations

from PySide6.QtCore import (
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QDrag, QFont, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from netbuilder.blocks import CATALOG, Block, Category
from netbuilder.ui.parts import tip
from netbuilder.ui.text import translate
from netbuilder.ui.theme import Theme

MIME = "application/x-netbuilder-block"
_BLOCK = Qt.ItemDataRole.UserRole
_CATEGORY = Qt.ItemDataRole.UserRole + 1
_ROW = 26
AnyIndex = QModelIndex | QPersistentModelIndex


def rank(block: Block, wanted: str) -> int | None:
    """How well a block fits what was typed (0 is best), None when it does not."""
    wanted = wanted.strip().casefold()
    name = block.name.casefold()
    if name.startswith(wanted):
        return 0
    if wanted in name:
        return 1
    if wanted in translate(block.category.value).casefold():
        return 2
    if wanted in translate(block.help).casefold():
        return 4
    rest = iter(name)
    return 3 if len(wanted) > 1 and all(letter in rest for letter in wanted) else None


def find(wanted: str) -> list[Block]:
    """The blocks that fit, the best first."""
    ranked = [
        (r, index, block) for index, block in enumerate(CATALOG.values()) if (r := rank(block, wanted)) is not None
    ]
    return [block for *_, block in sorted(ranked, key=lambda entry: entry[:2])]


class _Rows(QStyledItemDelegate):
    """Paints headings with an arrow and entries with a square in the category's colour."""

    def __init__(self, tree: QTreeWidget, theme: Theme) -> None:
        super().__init__(tree)
        self.theme = theme

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
        state = option.state
        block = CATALOG.get(item.data(0, _BLOCK) or "")
        if block is not None:
            self._background(painter, row, state, tree)
            self._entry(painter, row, block, flat=item.parent() is None)
        else:
            self._heading(painter, row, item, bool(state & QStyle.StateFlag.State_MouseOver))
            if state & QStyle.StateFlag.State_Selected:
                self._background(painter, row, state, tree)
                self._heading(painter, row, item, True)
        painter.restore()

    def _background(self, painter: QPainter, row: QRect, state: QStyle.StateFlag, tree: QTreeWidget) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if not selected and not state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setPen(QPen(QColor(self.theme.accent), 1) if selected and tree.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.selection if selected else self.theme.hover))
        painter.drawRoundedRect(QRectF(row).adjusted(0.5, 1.5, -0.5, -1.5), 5, 5)

    def _heading(self, painter: QPainter, row: QRect, item: QTreeWidgetItem, lit: bool) -> None:
        painter.setPen(QPen(QColor(self.theme.text_faint), 1.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        x, y = row.left() + 12.0, row.center().y() + 0.5
        down = [QPointF(x - 3.5, y - 1.5), QPointF(x, y + 2), QPointF(x + 3.5, y - 1.5)]
        right = [QPointF(x - 1.5, y - 3.5), QPointF(x + 2, y), QPointF(x - 1.5, y + 3.5)]
        painter.drawPolyline(QPolygonF(down if item.isExpanded() else right))
        font = QFont(painter.font())
        font.setPixelSize(12)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.text if lit else self.theme.text_soft))
        painter.drawText(row.adjusted(24, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter, item.text(0))

    def _entry(self, painter: QPainter, row: QRect, block: Block, flat: bool) -> None:
        left = row.left() + (8 if flat else 25)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.marks[block.category]))
        painter.drawRoundedRect(QRectF(left, row.center().y() - 4, 9, 9), 2.5, 2.5)
        metrics = painter.fontMetrics()
        room = row.adjusted(left - row.left() + 18, 0, -8, 0)
        if flat:
            self._category(painter, room, block, room.width() - metrics.horizontalAdvance(block.name) - 10)
        painter.setPen(QColor(self.theme.text))
        name = metrics.elidedText(block.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    def _category(self, painter: QPainter, room: QRect, block: Block, free: int) -> None:
        """Name the category at the right, where there is room."""
        painter.save()
        font = QFont(painter.font())
        font.setPixelSize(12)
        painter.setFont(font)
        category = translate(block.category.value)
        if painter.fontMetrics().horizontalAdvance(category) <= free:
            painter.setPen(QColor(self.theme.text_soft))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, category)
        painter.restore()


class BlockTree(QTreeWidget):
    """The blocks below their categories, or while searching the hits in a row."""

    chosen = Signal(str)
    typed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setAccessibleName(self.tr("Blocks"))
        self.rows = _Rows(self, theme)
        self.setItemDelegate(self.rows)
        self._folded: set[Category] = set()
        self.itemDoubleClicked.connect(lambda item: self._choose(item))
        self.itemCollapsed.connect(lambda item: self._folded.add(item.data(0, _CATEGORY)))
        self.itemExpanded.connect(lambda item: self._folded.discard(item.data(0, _CATEGORY)))

    def show_blocks(self, wanted: str) -> int:
        """Show what fits, or everything where nothing is wanted; the number of blocks shown."""
        self.clear()
        if wanted.strip():
            hits = find(wanted)
            self.addTopLevelItems([self._item(block) for block in hits])
            if (first := self.topLevelItem(0)) is not None:
                self.setCurrentItem(first)
            return len(hits)
        folded = set(self._folded)
        for category in Category:
            blocks = [block for block in CATALOG.values() if block.category is category]
            if not blocks:
                continue
            heading = QTreeWidgetItem([translate(category.value)])
            heading.setData(0, _CATEGORY, category)
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            heading.addChildren([self._item(block) for block in blocks])
            self.addTopLevelItem(heading)
            heading.setExpanded(category not in folded)
        return len(CATALOG)

    def current_block(self) -> str | None:
        """The name of the block on which the list stands."""
        item = self.currentItem()
        name = item.data(0, _BLOCK) if item is not None else None
        return name if isinstance(name, str) else None

    def go(self, by: int) -> None:
        """Go to the next or the previous block, headings left out."""
        following = self.itemBelow if by > 0 else self.itemAbove
        item = self.currentItem()
        item = self.topLevelItem(0) if item is None else following(item)
        while item is not None and not item.data(0, _BLOCK):
            item = following(item)
        if item is not None:
            self.setCurrentItem(item)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the block out, with a small card under the pointer."""
        name = self.current_block()
        if name is None:
            return
        drag = QDrag(self)
        drag.setMimeData(mime(name))
        drag.setPixmap(card(CATALOG[name], self.rows.theme, self.font(), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(20, 17))
        drag.exec(Qt.DropAction.CopyAction)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a heading folds it."""
        item = self.itemAt(event.position().toPoint())
        if item is not None and not item.data(0, _BLOCK) and event.button() == Qt.MouseButton.LeftButton:
            item.setExpanded(not item.isExpanded())
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double-click places a block; on a heading it is the second click of two."""
        item = self.itemAt(event.position().toPoint())
        if item is not None and not item.data(0, _BLOCK):
            self.mousePressEvent(event)
            return
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter places the block or folds the heading; letters go to the search."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            if item.data(0, _BLOCK):
                self._choose(item)
            else:
                item.setExpanded(not item.isExpanded())
        elif event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def _choose(self, item: QTreeWidgetItem) -> None:
        name = item.data(0, _BLOCK)
        if name:
            self.chosen.emit(name)

    def _item(self, block: Block) -> QTreeWidgetItem:
        item = QTreeWidgetItem([block.name])
        item.setData(0, _BLOCK, block.name)
        item.setToolTip(0, tip(translate(block.help)))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
        return item


def mime(name: str) -> QMimeData:
    """What a dragged block carries."""
    data = QMimeData()
    data.setData(MIME, QByteArray(name.encode()))
    return data


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
