"""The palette's list: blocks below their categories or, while searching, the hits in a row; dragged out from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QCursor, QDrag, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTreeWidget, QTreeWidgetItem

from netbuilder.blocks import CATALOG, Block, Category
from netbuilder.ui.canvas import BLOCK_MIME
from netbuilder.ui.canvas.placing import NETWORK, named, parts
from netbuilder.ui.finder.choices import inside
from netbuilder.ui.finder.common import FIRST, by_category
from netbuilder.ui.palette.block_rows import BLOCK, FOUND, HEADING, TORCH, BlockRows, card, star_place
from netbuilder.ui.palette.lookup import Hit, Lookup
from netbuilder.ui.parts import tip
from netbuilder.ui.text import translate
from netbuilder.ui.theme import Theme
from netbuilder.ui.usage import Usage

_LATELY = 5
NEW = named("")  # the row that makes a network
_OPEN = {"favourites", "recent", "common"}


class BlockTree(QTreeWidget):
    """Favourites, the blocks used last, the common ones and all below their categories, or the hits of a search.

    Categories are folded until someone opens them: all are then in view at once.
    """

    chosen = Signal(str)
    typed = Signal(str)
    help_wanted = Signal(str)
    entered = Signal(str)
    rename_wanted = Signal(str)
    delete_wanted = Signal(str)

    def __init__(self, theme: Theme, usage: Usage) -> None:
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
        self.setProperty("role", "blocks")
        self.setAccessibleName(self.tr("Blocks"))
        self.rows = BlockRows(self, theme)
        self.setItemDelegate(self.rows)
        self._usage = usage
        self._lookup = Lookup(usage)
        self._categories = by_category(CATALOG.values())
        self._wanted = ""
        self._sections: dict[str, tuple[str, list[str]]] = {}
        self.itemDoubleClicked.connect(lambda item: self._choose(item))
        self.itemCollapsed.connect(lambda item: self._fold(item, True))
        self.itemExpanded.connect(lambda item: self._fold(item, False))
        usage.changed.connect(self._follow_usage)

    def show_blocks(self, wanted: str) -> int:
        """Show what fits, or everything where nothing is wanted; the number of blocks shown."""
        self._wanted = wanted.strip()
        self._sections = self._grouped()
        self.rows.starred = set(self._usage.favourites())
        self.clear()
        if self._wanted:
            hits = self._lookup.find(self._wanted)
            self.addTopLevelItems([self._found(hit) for hit in hits])
            if (first := self.topLevelItem(0)) is not None:
                self.setCurrentItem(first)
            return len(hits)
        folded = self._usage.folded()
        for key, (title, names) in self._sections.items():
            heading = QTreeWidgetItem([title])
            heading.setData(0, HEADING, key)
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            heading.addChildren([self._item(name) for name in names])
            self.addTopLevelItem(heading)
            heading.setExpanded(_opened(key, folded))
        return len(CATALOG)

    def current_block(self) -> str | None:
        """The name of the block on which the list stands."""
        item = self.currentItem()
        name = item.data(0, BLOCK) if item is not None else None
        return name if isinstance(name, str) else None

    def go(self, by: int) -> None:
        """Go to the next or the previous block, headings left out."""
        following = self.itemBelow if by > 0 else self.itemAbove
        item = self.currentItem()
        item = self.topLevelItem(0) if item is None else following(item)
        while item is not None and not item.data(0, BLOCK):
            item = following(item)
        if item is not None:
            self.setCurrentItem(item)

    def turn_star(self) -> None:
        """Make the block on which the list stands a favourite, or no longer."""
        name = self.current_block()
        if name is not None and name not in self.rows.own:
            self._usage.set_favourite(name, name not in self._usage.favourites())

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the block out, with a small card under the pointer."""
        name = self.current_block()
        if name is None or name == NEW:
            return
        drag = QDrag(self)
        drag.setMimeData(mime(name))
        block = self.rows.block(name)
        assert block is not None
        drag.setPixmap(card(block, self.rows.theme, self.font(), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(20, 17))
        drag.exec(Qt.DropAction.CopyAction)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a heading folds it, one on a star turns it."""
        item = self.itemAt(event.position().toPoint())
        if item is not None and event.button() == Qt.MouseButton.LeftButton:
            name = item.data(0, BLOCK)
            if not name:
                item.setExpanded(not item.isExpanded())
                return
            if self._on_star(event):
                self._usage.set_favourite(name, name not in self._usage.favourites())
                return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double-click places a block; on a heading or a star it is the second click of two."""
        item = self.itemAt(event.position().toPoint())
        if item is not None and (not item.data(0, BLOCK) or self._on_star(event)):
            self.mousePressEvent(event)
            return
        super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the star under the mouse."""
        super().mouseMoveEvent(event)
        on_star = self._on_star(event)
        if on_star != self.rows.on_star:
            self.rows.on_star = on_star
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter places the block or folds the heading, * gives a star; letters go to the search."""
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            if item.data(0, BLOCK):
                self._choose(item)
            else:
                item.setExpanded(not item.isExpanded())
        elif event.key() == Qt.Key.Key_Delete and self._on_own():
            self.delete_wanted.emit(self.current_block())
        elif event.text() == "*":
            self.turn_star()
        elif event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep F2, on one of the project's networks, from the window: it is that network that is renamed."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F2 and self._on_own():
            if event.type() == QEvent.Type.KeyPress:
                self.rename_wanted.emit(self.current_block())
            event.accept()
            return True
        return super().event(event)

    def _on_own(self) -> bool:
        """Whether the list stands on one of the project's networks."""
        name = self.current_block()
        return name in self.rows.own and name != NEW

    def show_networks(self, own: Mapping[str, Block]) -> None:
        """Show the project's own networks above what is made of networks."""
        new = replace(CATALOG[NETWORK], name=self.tr("New network…"), help=self.tr("An empty network to draw in."))
        listed = {**own, NEW: new}
        if listed != self.rows.own:
            self.rows.own = self._lookup.own = listed
            self._renew()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the block there, or with the one on which the list stands."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        item = self.itemAt(event.pos()) if by_mouse else self.currentItem()
        if item is None or not item.data(0, BLOCK):
            return
        at = event.globalPos() if by_mouse else self.viewport().mapToGlobal(self.visualItemRect(item).center())
        menu = self.menu_of(str(item.data(0, BLOCK)))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def menu_of(self, name: str) -> QMenu:
        """The menu of one block."""
        menu = QMenu(self)
        if name == NEW:
            menu.addAction(self.tr("New Network…")).triggered.connect(lambda: self.chosen.emit(name))
            return menu
        menu.addAction(self.tr("Add to the Canvas")).triggered.connect(lambda: self.chosen.emit(name))
        if name in self.rows.own:
            menu.addAction(self.tr("Show What Is Inside")).triggered.connect(lambda: self.entered.emit(name))
            menu.addSeparator()
            rename = menu.addAction(self.tr("Rename…"))
            rename.setShortcut(QKeySequence(Qt.Key.Key_F2))
            rename.triggered.connect(lambda: self.rename_wanted.emit(name))
            menu.addAction(self.tr("Delete")).triggered.connect(lambda: self.delete_wanted.emit(name))
            return menu
        star = menu.addAction(self.tr("Favourite"))
        star.setCheckable(True)
        star.setChecked(name in self._usage.favourites())
        star.triggered.connect(lambda on: self._usage.set_favourite(name, on))
        menu.addSeparator()
        menu.addAction(self.tr("Help")).triggered.connect(lambda: self.help_wanted.emit(name))
        return menu

    def _grouped(self) -> dict[str, tuple[str, list[str]]]:
        """The headings' keys, with their texts and blocks."""
        found = {
            "favourites": (self.tr("Favourites"), self._usage.favourites()),
            "recent": (self.tr("Recently used"), self._usage.recent()[:_LATELY]),
            "common": (self.tr("Common"), [name for name in FIRST if name in CATALOG]),
        }
        for category, names in self._categories.items():
            own = list(self.rows.own) if category is Category.NETWORK else []
            found[category.name] = (translate(category.value), [*own, *names])
        return {key: (title, names) for key, (title, names) in found.items() if names}

    def _follow_usage(self) -> None:
        """Show what has changed, each row staying under the mouse where it is."""
        if self._sections == self._grouped():
            folded = self._usage.folded()
            for i in range(self.topLevelItemCount()):
                heading = self.topLevelItem(i)
                if heading is not None and heading.childCount():
                    heading.setExpanded(_opened(str(heading.data(0, HEADING)), folded))
            return
        self._renew()

    def _renew(self) -> None:
        """Show the list again where it is."""
        scroll, current = self.verticalScrollBar(), _key(self.currentItem())
        anchor = self.itemAt(self.viewport().mapFromGlobal(QCursor.pos())) if self.viewport().underMouse() else None
        kept, before = _key(anchor), self.visualItemRect(anchor) if anchor is not None else QRect()
        value = scroll.value()
        self.show_blocks(self._wanted)
        self.doItemsLayout()  # otherwise the bar may still reach less far than the list does
        for item in self._all():
            if _key(item) == current:
                self.setCurrentItem(item)  # which scrolls to it
        scroll.setValue(value)
        for item in self._all():
            if kept is not None and _key(item) == kept:
                scroll.setValue(scroll.value() + self.visualItemRect(item).top() - before.top())

    def _all(self) -> list[QTreeWidgetItem]:
        """The rows that are not folded away."""
        found, item = [], self.topLevelItem(0)
        while item is not None:
            found.append(item)
            item = self.itemBelow(item)
        return found

    def _fold(self, heading: QTreeWidgetItem, on: bool) -> None:
        key = str(heading.data(0, HEADING))
        self._usage.set_folded(_turned(key), on == (key in _OPEN))

    def _on_star(self, event: QMouseEvent) -> bool:
        """Whether the mouse is on the star of a block."""
        item = self.itemAt(event.position().toPoint())
        if item is None or not item.data(0, BLOCK) or item.data(0, BLOCK) in self.rows.own:
            return False
        row = self.visualItemRect(item)
        return star_place(QRect(6, row.top(), self.viewport().width() - 12, row.height())).contains(event.position())

    def _choose(self, item: QTreeWidgetItem) -> None:
        name = item.data(0, BLOCK)
        if name:
            self.chosen.emit(name)

    def _found(self, hit: Hit) -> QTreeWidgetItem:
        item = self._item(hit.key)
        item.setData(0, FOUND, hit.at)
        item.setData(0, TORCH, hit.torch)
        return item

    def _item(self, name: str) -> QTreeWidgetItem:
        block = self.rows.block(name)
        assert block is not None
        item = QTreeWidgetItem([block.name])
        item.setData(0, BLOCK, name)
        item.setToolTip(0, tip(inside(block) if parts(name)[1] else translate(block.help)))
        if block.name in self.rows.starred:
            item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, self.tr("favourite"))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
        return item


def _turned(key: str) -> str:
    """What is remembered of a heading that is not as it was at first: an open one folded, a category opened."""
    return key if key in _OPEN else f"{key} opened"


def _opened(key: str, turned: set[str]) -> bool:
    """Whether a heading is open, `turned` being remembered."""
    return (_turned(key) in turned) != (key in _OPEN)


def _key(item: QTreeWidgetItem | None) -> tuple[str, str] | None:
    """Which row it is: below which heading, which block."""
    if item is None:
        return None
    heading = item.parent() or item
    return str(heading.data(0, HEADING)), str(item.data(0, BLOCK))


def mime(name: str) -> QMimeData:
    """What a dragged block carries."""
    data = QMimeData()
    data.setData(BLOCK_MIME, QByteArray(name.encode()))
    return data
