"""What the finder is asked for: blocks to add and to swap, ports to connect, commands, and what the drawing holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction

from netbuilder.blocks import CATALOG
from netbuilder.bridge.messages import Tried
from netbuilder.bridge.reports import NodeReport, TensorSpec
from netbuilder.graph import chains
from netbuilder.graph.graph import Graph
from netbuilder.ui import actions
from netbuilder.ui.canvas import Canvas, placing
from netbuilder.ui.canvas.editing import Where
from netbuilder.ui.canvas.shared import PortRef
from netbuilder.ui.canvas.wiring import fitting, known_spec
from netbuilder.ui.engine_link import EngineLink
from netbuilder.ui.finder import choices
from netbuilder.ui.finder.choices import Choice
from netbuilder.ui.finder.finder import HEIGHT, WIDTH, Finder
from netbuilder.ui.usage import Usage

CORNER = QPoint(42, 84)  # beside the middle, where what is found is shown
BELOW, BESIDE = QPoint(30, 34), QPoint(42, 24)  # from a card's lower left and upper right corner to the box


def _nothing(key: str = "") -> None:
    """What is done where nothing is to be done."""


class Asking(QObject):
    """Opens the finder over the canvas and does what was chosen. One thing is asked at a time."""

    def __init__(self, canvas: Canvas, finder: Finder, usage: Usage, engine: EngineLink) -> None:
        super().__init__(canvas)
        self._canvas, self._finder, self._usage, self._engine = canvas, finder, usage, engine
        self._chosen: Callable[[str], object] = _nothing
        self._current: Callable[[str], object] = _nothing
        self._left: Callable[[], object] = _nothing
        self._trial = 0
        self._only_fitting = False
        finder.chosen.connect(self._choose)
        finder.current_changed.connect(lambda key: self._current(key))
        finder.left.connect(self._leave)
        engine.tried.connect(self._show_trial)
        canvas.search_asked.connect(self.block)
        canvas.connect_asked.connect(self.connection)
        canvas.swap_asked.connect(self.swap)
        canvas.splice_asked.connect(self.splice)
        canvas.layer_asked.connect(self.layer)
        canvas.group_asked.connect(self.group)
        canvas.network_asked.connect(self.network)

    def _ask(
        self,
        found: Sequence[Choice],
        prompt: str,
        at: QPoint | None,
        nothing: str,
        chosen: Callable[[str], object],
        current: Callable[[str], object] = _nothing,
        left: Callable[[], object] = _nothing,
        keep: str = "",
        free: bool = False,
    ) -> None:
        self._trial = 0
        self._chosen, self._current, self._left = chosen, _nothing, left
        self._finder.ask(found, prompt, at, nothing, keep, free)
        self._current = current

    def _choose(self, key: str) -> None:
        self._canvas.items_scene.hover("")
        chosen, self._chosen, self._current, self._left = self._chosen, _nothing, _nothing, _nothing
        self._canvas.setFocus()
        chosen(key)

    def leave(self) -> None:
        """Leave what is still asked: the drawing that it was asked about is another one now."""
        self._finder.hide()

    def _leave(self) -> None:
        self._canvas.items_scene.hover("")
        left, self._chosen, self._current, self._left = self._left, _nothing, _nothing, _nothing
        left()

    # Blocks.

    def block(self, where: Where) -> None:
        """Ask for a block to add; it is wired where the place says so."""
        edits = self._canvas.edits
        fits = partial(edits.fits_there, where=where)
        own = placing.fitting(edits.graph)
        offered = [block for block in CATALOG.values() if where.port is None or fits(block)]
        prompt = self.tr("Add a block")
        if where.behind:
            names = [edits.graph.nodes[key].name for key in where.behind]
            prompt = self.tr("Add behind {names}").format(names=", ".join(names[:3]))
        elif where.port is not None:
            text = self.tr("Add behind {names}") if where.port.output else self.tr("Add before {names}")
            prompt = text.format(names=edits.graph.nodes[where.port.node].name)
        found = choices.of_blocks(offered, self._usage, fits)
        found += choices.of_networks(own, lambda block: where.port is None or fits(block))
        add = partial(edits.add, where=where)
        self._ask(found, prompt, self._place(where), self.tr("No block fits."), add)
        spec, self._only_fitting = self._spec(where), where.port is not None
        if where.port is None or where.port.output:
            self._trial = self._engine.try_blocks(spec, [block.name for block in offered])

    def _spec(self, where: Where) -> TensorSpec | None:
        """The tensor that would come into the new block, as far as known."""
        scene = self._canvas.items_scene
        if where.port is not None:
            return known_spec(scene, where.port) if where.port.output else None
        item = scene.nodes.get(where.behind[0]) if where.behind else None
        return known_spec(scene, PortRef(item.node.id, True, item.outputs[0].name)) if item and item.outputs else None

    def _place(self, where: Where) -> QPoint:
        """Where the finder opens: below the card that it is about, or beside it at the bottom, else at the mouse."""
        canvas = self._canvas
        if where.at is not None or not where.behind:
            return canvas.mapFromScene(where.at or canvas.hand.pointed or canvas.camera.center)
        card = canvas.items_scene.nodes[where.behind[-1]].card
        below, beside = canvas.mapFromScene(card.bottomLeft()) + BELOW, canvas.mapFromScene(card.topRight()) + BESIDE
        low, wide = below.y() + HEIGHT > canvas.height(), beside.x() + WIDTH > canvas.width()
        return beside if low and not wide else below

    def _show_trial(self, tried: Tried) -> None:
        if tried.ask == self._trial and self._trial:
            texts = {name: str(spec) for name, spec in tried.outputs.items() if spec is not None}
            unfit = {name for name, spec in tried.outputs.items() if spec is None}
            self._finder.show_right(texts, unfit, self._only_fitting)

    def swap(self, node: str) -> None:
        """Ask for a block to put in a node's place."""
        found = self._canvas.edits.graph.nodes[node]
        at = self._place(Where(behind=(node,)))
        self._ask(
            choices.of_blocks(chains.swaps(self._canvas.drawing, found), self._usage),
            self.tr("Swap {name} for").format(name=found.name),
            at,
            self.tr("No block has the same inputs and outputs."),
            partial(self._canvas.edits.swap, node),
        )
        report = self._canvas.items_scene.nodes[node].report
        spec = next(iter(report.inputs.values()), None) if report else None
        if spec is not None:
            self._only_fitting = False
            self._trial = self._engine.try_blocks(
                spec, [block.name for block in chains.swaps(self._canvas.drawing, found)]
            )

    # Wires.

    def splice(self, nodes: list[str]) -> None:
        """Ask for a wire to insert blocks into; each is shown as it is gone through."""
        edits, scene, graph = self._canvas.edits, self._canvas.items_scene, self._canvas.edits.graph
        listed = []
        for key in edits.splices():
            wire = graph.wires[key]
            title = f"{graph.nodes[wire.source].name} → {graph.nodes[wire.target].name}"
            category = graph.type(graph.nodes[wire.source]).category
            listed.append(Choice(key, title, "", "", scene.wires[key].text, category))
        self._ask(
            listed,
            self.tr("Insert into which wire?"),
            self._place(Where(behind=tuple(nodes))),
            self.tr("No wire suits: what is inserted needs a free input and output."),
            edits.splice,
            scene.hover,
        )

    def connection(self, node: str) -> None:
        """Ask for a port to connect one of a node's ports with."""
        found: dict[str, tuple[PortRef, PortRef]] = {}
        listed: list[Choice] = []
        scene, graph = self._canvas.items_scene, self._canvas.edits.graph
        for mine, _ in sorted(scene.nodes[node].port_refs(), key=lambda entry: not entry[0].output):
            for key, refs in fitting(scene, graph, mine).items():
                item = scene.nodes[key]
                for other in sorted(refs):
                    name = f"{len(listed)}"
                    found[name] = (mine, other) if mine.output else (other, mine)
                    text = self.tr("{mine} → {other}") if mine.output else self.tr("{mine} ← {other}")
                    ports = (scene.nodes[node].port(mine), item.port(other))
                    first, second = (port.label or port.name for port in ports if port is not None)
                    title = text.format(mine=first, other=f"{item.node.name} · {second}")
                    taken = not other.output and other.name in graph.wires_into(key)
                    help = self.tr("Takes the place of the wire that is there.") if taken else ""
                    rank = (int(taken), abs(item.node.y - graph.nodes[node].y))
                    listed.append(Choice(name, title, help, item.node.block, "", item.category, rank=rank))
        self._ask(
            listed,
            self.tr("Connect {name}").format(name=graph.nodes[node].name),
            self._place(Where(behind=(node,))),
            self.tr("No port fits."),
            lambda key: self._canvas.edits.connect(*found[key]),
            lambda key: scene.hover(found[key][1].node if found[key][0].node == node else found[key][0].node),
        )

    def pick(self, found: Sequence[Choice], prompt: str, nothing: str, chosen: Callable[[str], object]) -> None:
        """Ask for one of these, whatever they are."""
        self._ask(found, prompt, None, nothing, chosen)

    # Networks and layers.

    def text(
        self, prompt: str, hint: str, keep: str, chosen: Callable[[str], object], at: QPoint | None = None
    ) -> None:
        """Ask for a text; `hint` says what becomes of it."""
        self._ask([], prompt, at, hint, chosen, keep=keep, free=True)

    def group(self) -> None:
        """Ask what the selected blocks are to be called together."""
        nesting = self._canvas.nesting
        hint = self.tr("Enter makes one block of what is selected.")
        at = self._place(Where(behind=tuple(self._canvas.edits.nodes())))
        self.text(self.tr("Name of the network"), hint, self.tr("Block"), nesting.group, at)

    def network(self, block: str, place: Callable[[str], object]) -> None:
        """Ask which network is meant by a block that is made of one, or for the name of a new one."""
        canvas = self._canvas

        def made(name: str) -> None:
            key = canvas.nesting.make_network(name)
            if key:
                place(placing.named(key, block))

        def new() -> None:
            hint = self.tr("Enter makes an empty network and places it here.")
            self.text(self.tr("Name of the new network"), hint, self.tr("Block"), made)

        own = placing.fitting(canvas.drawing)
        if not own:
            new()
            return
        listed = choices.of_networks(own)
        listed.append(
            Choice("", self.tr("New network…"), self.tr("Make an empty one and place it."), icon="plus", rank=(1,))
        )
        prompt = self.tr("{block} of which network?").format(block=block)
        self._ask(
            listed,
            prompt,
            None,
            self.tr("There is no such network."),
            lambda key: place(placing.named(placing.parts(key)[1], block)) if key else new(),
        )

    def layer(self, node: str) -> None:
        """Ask whose layer a block is to use; each that has one that suits is shown as it is gone through."""
        canvas, scene = self._canvas, self._canvas.items_scene
        lenders = canvas.nesting.lenders(node)
        titles = {item.id: scene.nodes[item.id] for item in lenders}
        name = canvas.drawing.nodes[node].name
        self._ask(
            [
                Choice(key, item.node.name, item.summary(), item.title, "", item.category)
                for key, item in titles.items()
            ],
            self.tr("Use the layer of which block for {name}?").format(name=name),
            self._place(Where(behind=(node,))),
            self.tr("No other block has a layer that {name} could use.").format(name=name),
            lambda key: canvas.nesting.use_layer(node, key),
            scene.hover,
        )

    # Everything.

    def command(self, table: Mapping[str, QAction]) -> None:
        """Ask for a command."""
        offered = {key: action for key, action in table.items() if key != "palette"}
        found = choices.of_actions(offered, actions.groups())
        self._ask(found, self.tr("Do what?"), None, self.tr("No command fits."), lambda key: offered[key].trigger())

    def find(self, reports: Mapping[str, NodeReport]) -> None:
        """Ask for something in the drawing, and show each hit as it is gone through."""
        canvas = self._canvas
        shown, before = canvas.shown, canvas.selected()
        center, scale = canvas.camera.center, canvas.camera.scale

        def restore() -> None:
            canvas.nesting.turn_to(shown)
            canvas.select(before)
            canvas.camera.go(center, scale)

        self._ask(
            [choice for part in self._parts() for choice in choices.of_nodes(part, reports)],
            self.tr("Find a block, a parameter, a shape or a note"),
            CORNER,
            self.tr("Nothing like that is in the drawing."),
            canvas.show_thing,
            canvas.show_thing,
            restore,
        )

    def _parts(self) -> list[Graph]:
        """What is drawn in the network that is shown, and in all others."""
        canvas = self._canvas
        others = [key for key in canvas.document.graph.networks if key != canvas.shown]
        return [canvas.drawing, *(canvas.document.graph.part(key) for key in others)]
