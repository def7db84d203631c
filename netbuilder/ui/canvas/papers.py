"""The notes and frames of a scene: below the cards, few, and so looked through one by one."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.graph.records import Edit, Frame, Note
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.note_item import NoteItem
from netbuilder.ui.canvas.shared import Shared


class Papers:
    """One item for each note and frame, each on its layer."""

    def __init__(self, frames: QGraphicsItem, notes: QGraphicsItem, shared: Shared) -> None:
        self.items: dict[str, NoteItem | FrameItem] = {}
        self._frames, self._notes, self._shared = frames, notes, shared

    def apply(self, edit: Edit) -> None:
        """Follow an edit."""
        for key, (before, after) in edit.items():
            if isinstance(before, Note | Frame) and after is None:
                item = self.items.pop(key)
                item.scene().removeItem(item)
            elif isinstance(after, Note | Frame):
                self._put(key, after)

    def _put(self, key: str, record: Note | Frame) -> None:
        item = self.items.get(key)
        if isinstance(record, Note):
            if isinstance(item, NoteItem):
                item.set_record(record)
            else:
                self.items[key] = NoteItem(record, self._shared)
                self.items[key].setParentItem(self._notes)
        elif isinstance(item, FrameItem):
            item.set_record(record)
        else:
            self.items[key] = FrameItem(record, self._shared)
            self.items[key].setParentItem(self._frames)

    def move(self, keys: Iterable[str], dx: float, dy: float) -> None:
        """Show these moved by (dx, dy) from where their records have them."""
        for key in keys:
            item = self.items[key]
            item.put(item.record.x + dx, item.record.y + dy)

    def show_area(self, key: str, left: int, top: int, right: int, bottom: int) -> None:
        """Show one with another area than its record has, until the record is shown again."""
        item = self.items[key]
        sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        item.set_record(msgspec.structs.replace(item.record, **sides))  # type: ignore[arg-type]

    def note_at(self, point: QPointF) -> str:
        """The id of the topmost note at a point, or nothing."""
        found = [key for key, item in self.items.items() if isinstance(item, NoteItem) and _inside(item, point)]
        return found[-1] if found else ""

    def frame_at(self, point: QPointF) -> str:
        """The id of the smallest frame whose edge or title is at a point, or nothing."""
        found = [
            (_size(item), key) for key, item in self.items.items() if isinstance(item, FrameItem) and item.hits(point)
        ]
        return min(found)[1] if found else ""

    def in_area(self, area: QRectF) -> set[str]:
        """The notes that an area touches, and the frames wholly in it."""
        found = set()
        for key, item in self.items.items():
            left, top, right, bottom = item.box
            box = QRectF(left, top, right - left, bottom - top)
            if area.contains(box) or (isinstance(item, NoteItem) and area.intersects(box)):
                found.add(key)
        return found

    def grip_at(self, point: QPointF, reach: float) -> tuple[str, str]:
        """The selected note or frame whose edge or corner can be taken hold of there, and which edge."""
        for key, item in self.items.items():
            if item.selected and (grip := item.grip_at(point, reach)):
                return key, grip
        return "", ""


def _inside(item: NoteItem, point: QPointF) -> bool:
    left, top, right, bottom = item.box
    return left <= point.x() <= right and top <= point.y() <= bottom


def _size(item: FrameItem) -> float:
    left, top, right, bottom = item.box
    return (right - left) * (bottom - top)
