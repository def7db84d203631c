"""A node as a card: one item that paints itself, and only what can be read at its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.blocks import Block, Port
from netbuilder.bridge.reports import NodeReport, Problem, summary_line
from netbuilder.graph.records import Node
from netbuilder.ui.canvas.card_text import BADGE_RADIUS, LEFT, Detail, Line, card_lines, port_labels
from netbuilder.ui.canvas.context import ALONE, Context
from netbuilder.ui.canvas.geometry import CARD_HEIGHT, MAP_WIDTH, Box, card_width, port_x
from netbuilder.ui.canvas.look import NO_PEN
from netbuilder.ui.canvas.node_paint import AROUND, paint_cards
from netbuilder.ui.canvas.pictures import Picture
from netbuilder.ui.canvas.shared import PortRef, Shared

if TYPE_CHECKING:
    from netbuilder.ui.canvas.layers import CardLayer


class NodeItem(QGraphicsRectItem):
    """The card of one node; its `node` is the record that it mirrors."""

    def __init__(self, node: Node, block: Block, shared: Shared, context: Context = ALONE) -> None:
        super().__init__()
        self.setPen(NO_PEN)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.shared = shared
        self.layer: CardLayer | None = None
        self.box: Box = (0, 0, 0, 0)
        self.report: NodeReport | None = None
        self.norm: float | None = None
        self.level = ""
        self._selected = self._hovered = False
        self.running = False
        self.serial = 0
        self.picture: Picture | None = None
        self.current = False
        self.seen = 0
        self._lines: list[Line] = []
        self._lines_at: Detail | None = None
        self._labels: list[Line] | None = None
        self._ports: dict[tuple[bool, str], QPointF] = {}
        self._take(node, block, context)

    def _take(self, node: Node, block: Block, context: Context) -> None:
        self.node, self.block, self.context = node, block, context
        self.category, self.kind = block.category, block.category.name
        self.inputs: tuple[Port, ...] = block.input_ports(node.params)
        self.outputs: tuple[Port, ...] = block.output_ports(node.params)
        self.width = card_width(max(len(self.inputs), len(self.outputs)), bool(node.of))
        self.plate_key = (node.block, len(self.inputs), len(self.outputs), context.cells, self.linked)
        self._ports = {}
        for output, ports in ((False, self.inputs), (True, self.outputs)):
            for i, port in enumerate(ports):
                y = float(CARD_HEIGHT) if output else 0.0
                self._ports[output, port.name] = QPointF(port_x(self.width, len(ports), i), y)
        self.setRect(-6, -AROUND, self.width + 19, CARD_HEIGHT + 2 * AROUND)
        self.put(node.x, node.y)
        self.forget_texts()

    def set_node(self, node: Node, block: Block, context: Context) -> tuple[float, float] | None:
        """Mirror another record of the same node. How far it is from where the card was, if that is all it changes."""
        old = self.node
        if (
            node.params != old.params
            or node.name != old.name
            or node.block != old.block
            or node.muted != old.muted
            or block != self.block
            or context != self.context
        ):
            self._take(node, block, context)
            return None
        left, top, _, _ = self.box
        self.node = node
        self.put(node.x, node.y)
        return node.x - left, node.y - top

    def set_report(self, report: NodeReport | None) -> None:
        """Show what the engine says."""
        if report != self.report:
            self.report = report
            levels = {problem.level for problem in self.problems}
            self.level = "error" if "error" in levels else "warning" if levels else ""
            self.forget_texts()

    def set_norm(self, norm: float | None) -> None:
        """Show a gradient norm at the card's side; None shows nothing."""
        if norm != self.norm:
            self.norm = norm
            self.refresh()

    def set_running(self, running: bool) -> None:
        """Show whether the block is at work now."""
        if running != self.running:
            self.running, self.current = running, False
            self.refresh()

    def forget_texts(self) -> None:
        """Have the texts set again when they are next painted."""
        self._lines_at = self._labels = None
        self.current = False
        self.refresh()

    def refresh(self) -> None:
        """Have the card painted again."""
        if self.layer is None:
            self.update()
        else:
            self.layer.touch(self)

    @property
    def selected(self) -> bool:
        """Whether the card is selected."""
        return self._selected

    @selected.setter
    def selected(self, selected: bool) -> None:
        self._selected, self.current = selected, False

    @property
    def hovered(self) -> bool:
        """Whether the mouse is over the card."""
        return self._hovered

    @hovered.setter
    def hovered(self, hovered: bool) -> None:
        self._hovered, self.current = hovered, False

    @property
    def state(self) -> tuple[object, ...]:
        """What a card looks like, beside what is the same for all of its block, and its texts."""
        return self.selected, self.hovered, self.level, self.node.muted, self.running

    def put(self, x: float, y: float) -> None:
        """Stand with the top left corner there."""
        layer = self.layer if self.layer is not None and not self.layer.stale else None
        if layer is not None:
            layer.touch(self)
        self.box = (x, y, x + self.width, y + CARD_HEIGHT)
        self.setPos(x, y)
        if layer is not None:
            layer.touch(self)

    @property
    def title(self) -> str:
        """What kind of thing it is: the block, or the network that is placed."""
        return self.context.title or self.node.block

    @property
    def linked(self) -> bool:
        """Whether it shares its layer with others."""
        return bool(self.context.owner or self.context.lends)

    @property
    def left(self) -> float:
        """Where its words begin."""
        return LEFT + (MAP_WIDTH if self.node.of else 0)

    @property
    def card(self) -> QRectF:
        """Where the card is now."""
        return QRectF(self.box[0], self.box[1], self.width, CARD_HEIGHT)

    @property
    def home(self) -> Box:
        """Where the record has the card, wherever a drag has it now."""
        return self.node.x, self.node.y, self.node.x + self.width, self.node.y + CARD_HEIGHT

    def anchor(self, output: bool, name: str) -> tuple[float, float]:
        """Where in the scene a wire meets the port; the middle of the edge where the port is gone."""
        x, y = self.box[:2]
        port = self._ports.get((output, name))
        if port is None:
            return x + self.width / 2, y + (CARD_HEIGHT if output else 0)
        return x + port.x(), y + port.y()

    def port_point(self, output: bool, name: str) -> QPointF:
        """Where on the card a port is."""
        return self._ports[output, name]

    def port_refs(self) -> list[tuple[PortRef, QPointF]]:
        """All ports with their places in the scene."""
        place = self.pos()
        return [(PortRef(self.node.id, *key), place + point) for key, point in self._ports.items()]

    def port(self, ref: PortRef) -> Port | None:
        """The catalog's entry of a port."""
        ports = self.outputs if ref.output else self.inputs
        return next((port for port in ports if port.name == ref.name), None)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the node, as far as known."""
        return self.report.problems if self.report else ()

    def badge(self) -> QRectF:
        """Where in the scene the problem badge is."""
        return QRectF(-BADGE_RADIUS, -BADGE_RADIUS, 2 * BADGE_RADIUS, 2 * BADGE_RADIUS).translated(
            self.pos() + QPointF(self.width - 2, 1)
        )

    def summary(self) -> str:
        """The card's second line: the parameters that matter, sizes from the wires filled in."""
        bound = self.node.bound
        if self.context.owner:
            return f"= {self.context.owner}"
        if self.context.state:
            return QCoreApplication.translate("Canvas", "next {0}").format(self.context.state)
        if self.block.stand_in and self.report is not None:
            value = self.report.values[self.block.stand_in]
            return ", ".join(f"{port.name} = {value}" for port in self.inputs if port.name not in self.report.inputs)
        if not self.block.summary:
            return ""
        values = self.block.filled(self.node.params)
        if self.report is not None:
            known = self.report.values
            values = {
                name: known.get(name) if value is None or name in bound else value for name, value in values.items()
            }
        return summary_line(self.block, values)

    def shape_text(self) -> str:
        """The shape of what comes out, where that is one thing."""
        if self.report is None:
            return ""
        if self.block.role in ("loss", "metric"):
            return QCoreApplication.translate("Canvas", "scalar")
        specs = [self.report.outputs.get(port.name) for port in self.outputs]
        return str(specs[0]) if len(specs) == 1 and specs[0] is not None else ""

    def lines(self, detail: Detail) -> list[Line]:
        """The card's four texts: name, block, summary and shape."""
        if detail != self._lines_at:
            self._lines, self._lines_at = card_lines(self, self.shared.look, detail), detail
        return self._lines

    def labels(self) -> list[Line]:
        """The names of its ports, where it has several on a side."""
        if self._labels is None:
            self._labels = port_labels(self, self.shared.look)
        return self._labels

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the card where it lies on no layer: one that is only shown, and one in a picture."""
        painter.translate(-self.box[0], -self.box[1])
        paint_cards(painter, (self,), self.shared, painter.device().devicePixelRatio())
