"""Pictures of a drawing for files and printers: SVG and PDF with real text, and PNG.

A picture is made of a scene of its own, in full detail and without what only helps to edit, and in many small
steps, so that a window lives on meanwhile. The same drawing gives the same bytes (a PDF: but for its date and ids).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeVar

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPageSize, QPainter, QPdfWriter, QTransform
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QGraphicsItem, QStyleOptionGraphicsItem

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.reports import NodeReport
from netbuilder.graph.files import write_bytes
from netbuilder.graph.graph import Graph
from netbuilder.graph.notes import held
from netbuilder.graph.records import Edit, Frame, Node, Note, Wire
from netbuilder.ui import style
from netbuilder.ui.canvas.geometry import card_box
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.pills import PillItem
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.sheet import Sheet
from netbuilder.ui.canvas.wire_item import DotItem, WireItem
from netbuilder.ui.picture import svg
from netbuilder.ui.theme import Theme

T = TypeVar("T")
Kind = Literal["svg", "pdf", "png"]
Steps = Generator[float, None, None]
KINDS: Final[tuple[Kind, ...]] = ("svg", "pdf", "png")
MARGIN = 24
MOST_PIXELS = 200_000_000
PIXELS_AN_INCH = 96
POINTS_A_PIXEL = 72 / PIXELS_AN_INCH
LONGEST_PAGE = 14_400  # points; what readers of PDF know
FINENESS = 1200
AT_ONCE = 100
SHOWN: Final = (Sheet, WireItem, DotItem, NodeItem, PillItem)
STAGED, WRITTEN, PAINTED = 0.3, 0.6, 0.8


@dataclass(frozen=True)
class Wish:
    """What kind of picture is wanted; `scale` is how many pixels of a PNG a scene unit has."""

    kind: Kind
    theme: Theme
    transparent: bool = False
    scale: int = 1


def chosen(graph: Graph, keys: Collection[str]) -> Graph:
    """What is drawn of a selection: its blocks, notes and frames, what lies in the frames, and the wires in between."""
    boxes = {key: card_box(graph, node) for key, node in graph.nodes.items()}
    wanted = set(keys)
    for key in keys:
        if key in graph.frames:
            wanted |= held(graph, graph.frames[key], boxes)
    kept = dict(Graph().records)
    for key, record in graph.records.items():
        inside = record.source in wanted and record.target in wanted if isinstance(record, Wire) else key in wanted
        if inside or not isinstance(record, Node | Wire | Note | Frame):
            kept[key] = record
    return Graph(kept, graph.whole, graph.network)


def roughly(graph: Graph) -> tuple[int, int]:
    """How wide and high a picture is about, in scene units: wires that lead around everything are left out."""
    papers: list[Note | Frame] = [*graph.notes.values(), *graph.frames.values()]
    boxes = [card_box(graph, node) for node in graph.nodes.values()]
    boxes += [(paper.x, paper.y, paper.x + paper.width, paper.y + paper.height) for paper in papers]
    if not boxes:
        return 0, 0
    left, top, right, bottom = zip(*boxes, strict=True)
    return max(right) - min(left) + 2 * MARGIN, max(bottom) - min(top) + 2 * MARGIN


class Stage:
    """A drawing set up to be painted; run `build` to its end first."""

    def __init__(self, graph: Graph, reports: Mapping[str, NodeReport], theme: Theme) -> None:
        if not (graph.nodes or graph.notes or graph.frames):
            raise Refused("There is nothing drawn yet.")
        self._graph, self._reports = graph.part(graph.network) if graph.whole is graph else graph, reports
        self._scene = Scene(Look(theme))
        self._items: list[QGraphicsItem] = []
        self.area = QRect()

    def build(self) -> Iterator[float]:
        """Place everything, in an order that does not depend on how it was drawn; yields how far that is, up to 1."""
        scene, records = self._scene, self._graph.records
        scene.set_vector(True)
        for last in (False, True):  # every wire finds its way past all cards
            keys = [key for key in sorted(records, key=self._place) if isinstance(records[key], Wire) == last]
            for at, some in _slices(keys):
                edit: Edit = {key: (None, records[key]) for key in some}
                scene.apply(edit, self._graph)
                yield (at / len(keys) + last) * 0.4
        keys = sorted(self._reports.keys() & scene.nodes.keys())
        for at, some in _slices(keys):
            scene.set_reports({key: self._reports[key] for key in some}, ())
            yield 0.8 + at / len(keys) * 0.1
        for key in sorted(scene.wires):
            if key in scene.pills:
                scene.pills.drop(key)
                scene.pills.show(scene.wires[key])
        scene.pills.arrange()
        boxes = Qt.ItemSelectionMode.IntersectsItemBoundingRect
        items = scene.items(scene.sceneRect(), boxes, Qt.SortOrder.AscendingOrder)
        self._items = [item for item in items if isinstance(item, SHOWN) and item.isVisible()]
        self.area = self._extent().toAlignedRect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def _place(self, key: str) -> tuple[int, int, str]:
        """From top to bottom, as it is read."""
        record = self._graph.records[key]
        return (record.y, record.x, key) if isinstance(record, Node | Note | Frame) else (0, 0, key)

    def _extent(self) -> QRectF:
        whole = QRectF()
        for item in self._items:
            box = item.sceneBoundingRect()
            if isinstance(item, NodeItem):
                box = item.card
            elif isinstance(item, Sheet):
                box = item.area.translated(item.pos())
            elif isinstance(item, WireItem):
                box = item.path().boundingRect().translated(item.pos())
            whole = whole.united(box)
        return whole

    def paint(self, painter: QPainter, target: QRectF, ground: QColor | None) -> Iterator[float]:
        """Paint all into `target`, which has the shape of `area`; yields how far that is, up to 1."""
        if ground is not None:
            painter.fillRect(target, ground)
        scale = target.width() / self.area.width()
        base = QTransform.fromTranslate(-self.area.x(), -self.area.y())
        base *= QTransform.fromScale(scale, scale) * QTransform.fromTranslate(target.x(), target.y())
        base *= painter.worldTransform()
        option = QStyleOptionGraphicsItem()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, some in _slices(self._items):
            for item in some:
                painter.save()
                painter.setWorldTransform(item.sceneTransform() * base)
                item.paint(painter, option)
                painter.restore()
            yield at / len(self._items)


def make(graph: Graph, reports: Mapping[str, NodeReport], wish: Wish, path: Path) -> Steps:
    """Write a picture; yields how far that is, up to 1. Refused, and what was there unchanged, when it cannot be done.

    From PAINTED on it cannot be stopped any more.
    """
    stage = Stage(graph, reports, wish.theme)
    for part in stage.build():
        yield part * STAGED
    ground = None if wish.transparent else QColor(wish.theme.canvas)
    how = {"svg": _svg, "pdf": _pdf, "png": _png}[wish.kind]
    content = yield from how(stage, ground, wish, graph.main.name)

    def finish() -> None:
        write_bytes(content(), path)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(finish)
        while not wait([done], 0.02).done:
            yield PAINTED
    done.result()
    yield 1.0


def render(graph: Graph, reports: Mapping[str, NodeReport], wish: Wish, path: Path) -> None:
    """Write a picture where there may be no window, and no font but ours."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    style.load_fonts()
    application.setFont(style.text_font())
    for _ in make(graph, reports, wish, path):
        pass


Content = Callable[[], bytes]


def painted(painter: QPainter, steps: Iterator[float], until: float = PAINTED) -> Steps:
    """Let the painter end even where the steps are not gone to their end."""
    try:
        for part in steps:
            yield STAGED + part * (until - STAGED)
    finally:
        painter.end()


def _svg(stage: Stage, ground: QColor | None, wish: Wish, title: str) -> Generator[float, None, Content]:
    buffer, generator = _buffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(PIXELS_AN_INCH)
    size = QRect(0, 0, stage.area.width(), stage.area.height())
    generator.setSize(size.size())
    generator.setViewBox(size)
    painter = QPainter(generator)
    yield from painted(painter, stage.paint(painter, QRectF(size), ground), WRITTEN)
    groups = svg.groups(bytes(buffer.data().data()).decode())
    pieces = [svg.head(size.width(), size.height(), title)]
    for at, some in _slices(groups):
        pieces += map(svg.neat, some)
        yield WRITTEN + (PAINTED - WRITTEN) * at / len(groups)
    return lambda: "".join([*pieces, svg.FOOT]).encode()


def _pdf(stage: Stage, ground: QColor | None, wish: Wish, title: str) -> Generator[float, None, Content]:
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("Netbuilder")
    writer.setResolution(FINENESS)
    size = QSizeF(stage.area.size()) * POINTS_A_PIXEL
    size *= min(1.0, LONGEST_PAGE / max(size.width(), size.height()))
    exactly = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point, title, exactly))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    page = QRectF(0, 0, size.width() * FINENESS / 72, size.height() * FINENESS / 72)
    yield from painted(painter, stage.paint(painter, page, ground))
    return lambda: bytes(buffer.data().data())


def _png(stage: Stage, ground: QColor | None, wish: Wish, title: str) -> Generator[float, None, Content]:
    width, height = stage.area.width() * wish.scale, stage.area.height() * wish.scale
    if width * height > MOST_PIXELS:
        raise Refused(
            "The picture would have {width} × {height} pixels: PNG is for {most} million at most. "
            "Choose a smaller size, SVG or PDF.",
            width=f"{width:,}",
            height=f"{height:,}",
            most=MOST_PIXELS // 10**6,
        )
    forms = QImage.Format
    image = QImage(width, height, forms.Format_ARGB32_Premultiplied if ground is None else forms.Format_RGB32)
    if image.isNull():
        text = "There is not enough memory for a picture of {width} × {height} pixels."
        raise Refused(text, width=f"{width:,}", height=f"{height:,}")
    image.fill(Qt.GlobalColor.transparent if ground is None else ground)
    inch = round(PIXELS_AN_INCH * wish.scale / 0.0254)
    image.setDotsPerMeterX(inch)
    image.setDotsPerMeterY(inch)
    painter = QPainter(image)
    yield from painted(painter, stage.paint(painter, QRectF(image.rect()), ground))
    return partial(_encode, image)


def _encode(image: QImage) -> bytes:
    buffer = _buffer()
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise Refused("There is not enough memory for the picture.")
    return bytes(buffer.data().data())


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _slices(things: list[T]) -> Iterator[tuple[int, list[T]]]:
    """Some of the things at a time, and how many that makes so far."""
    for start in range(0, len(things), AT_ONCE):
        some = things[start : start + AT_ONCE]
        yield start + len(some), some
