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
        """Write in a note or in a frame's title."""
        self._canvas.reveal(key)
        record, scale = self._canvas.document.graph.records.get(key), self._canvas.camera.scale
        if isinstance(record, Note):
            self.note.begin(record, self._place(key), scale)
        elif isinstance(record, Frame):
            self.title.begin(record, self._place(key), scale)

    def end(self) -> None:
        """Close without taking anything, because the drawing has changed underneath."""
        for field in (self.note, self.title):
            if field.record is not None and self._canvas.document.graph.records.get(field.record.id) != field.record:
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
