"""Printing a drawing on one page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtWidgets import QDialog, QWidget

from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.reports import NodeReport
from netbuilder.graph.graph import Graph
from netbuilder.ui.picture import picture
from netbuilder.ui.picture.dialog import run
from netbuilder.ui.picture.picture import PIXELS_AN_INCH, Stage, Steps
from netbuilder.ui.theme import LIGHT

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter


def print_drawing(
    window: QWidget, graph: Graph, reports: Mapping[str, NodeReport], selected: Collection[str], title: str
) -> Sentence | None:
    """Ask for a printer and print on one page; what there is to say then, None if the person thought better of it."""
    if not (graph.nodes or graph.notes or graph.frames):
        raise Refused("There is nothing drawn yet.")
    try:
        from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter
    except ImportError:
        raise Refused("This computer has no printing system: export a PDF instead.") from None
    part = picture.chosen(graph, selected)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    width, height = picture.roughly(graph)
    ways = QPageLayout.Orientation
    printer.setPageOrientation(ways.Landscape if width > height else ways.Portrait)
    dialog = QPrintDialog(printer, window)
    options = QAbstractPrintDialog.PrintDialogOption
    dialog.setOption(options.PrintSelection, bool(part.nodes or part.notes or part.frames))
    dialog.setOption(options.PrintPageRange, False)
    try:
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return None
        some = dialog.printRange() == QAbstractPrintDialog.PrintRange.Selection
    finally:
        dialog.deleteLater()
    words = QCoreApplication.translate("PictureDialog", "Printing…")
    done = run(window, pages(part if some else graph, reports, printer), words)
    return say("The drawing is printed.") if done else None


def pages(graph: Graph, reports: Mapping[str, NodeReport], printer: QPrinter) -> Steps:
    """Print a drawing in the middle of one page, never larger than it is on a screen; yields how far that is."""
    stage = Stage(graph, reports, LIGHT)
    for part in stage.build():
        yield part * picture.STAGED
    painter = QPainter()
    if not painter.begin(printer):
        raise Refused("The printer does not take anything: look whether it is there, or export a PDF instead.")
    room = QRectF(painter.viewport())
    width, height = stage.area.width(), stage.area.height()
    scale = min(room.width() / width, room.height() / height, printer.resolution() / PIXELS_AN_INCH)
    target = QRectF(0, 0, width * scale, height * scale)
    target.moveCenter(room.center())
    yield from picture.painted(painter, stage.paint(painter, target, None))
    yield 1.0
