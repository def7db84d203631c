"""Writing notes and titles in their place: one field of each kind, moved over what is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF

from netbuilder.graph.records import Frame, Note
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.note_editor import NoteEditor, TitleEditor

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas


class Writing:
    """Opens a field over a note or a frame's title, keeps it there while the view moves, and takes what was written."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        shared, viewport = canvas.items_scene.shared, canvas.viewport()
        self.note, self.title = NoteEditor(shared, viewport), TitleEditor(shared, viewport)
        for field in (self.note, self.title):
            field.done.connect(canvas.annotating.set_text)
        canvas.zoom_changed.connect(self._follow)
        for bar in (canvas.horizontalScrollBar(), canvas.verticalScrollBar()):
            bar.valueChanged.connect(self._follow)

    def begin(self, key: str) -> None:
        """Write in a note or in a frame's title, once what is written elsewhere has been taken."""
        if not self.commit():
            return
        record = self._canvas.drawing.records.get(key)
        if record is None:
            return
        self._canvas.reveal(key)
        scale = self._canvas.camera.scale
        if isinstance(record, Note):
            self.note.begin(record, self._place(key), scale)
        elif isinstance(record, Frame):
            self.title.begin(record, self._place(key), scale)

    def commit(self) -> bool:
        """Take what is written; where it cannot be taken, say why and stay with it. Whether nothing is left open."""
        for field in (self.note, self.title):
            field.commit()
            if field.complaint is not None:
                self._canvas.refused.emit(field.complaint)
                field.setFocus()
                return False
        return True

    def close(self) -> bool:
        """Make a step of what was written, so that it can be undone; where nothing was, leave all as it is."""
        for field in (self.note, self.title):
            if field.record is not None and not field.changed:
                field.drop()
        return self.commit()

    def drop(self) -> None:
        """Close without taking anything."""
        for field in (self.note, self.title):
            field.drop()

    def restyle(self) -> None:
        """Take other colours."""
        self._follow()

    def end(self) -> None:
        """Close, without taking it, what is written of a thing that has changed underneath."""
        for field in (self.note, self.title):
            if field.record is not None and self._canvas.drawing.records.get(field.record.id) != field.record:
                field.drop()

    def _place(self, key: str) -> QRect:
        """Where the note, or the frame's title, is in the viewport."""
        item = self._canvas.items_scene.papers.items[key]
        area = item.title_area(self._canvas.camera.scale) if isinstance(item, FrameItem) else QRectF(item.area)
        return self._canvas.viewportTransform().mapRect(area.translated(item.pos())).toAlignedRect()

    def _follow(self) -> None:
        for field in (self.note, self.title):
            record = field.record
            if record is not None and record.id in self._canvas.items_scene.papers.items:
                field.place(self._place(record.id), self._canvas.camera.scale)
