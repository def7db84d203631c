"""Which network the window is about: what its panels show of it, and the networks of the project as a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from netbuilder.graph import commands, networks
from netbuilder.graph.records import MAIN, Edit
from netbuilder.ui.canvas import placing
from netbuilder.ui.canvas.nesting import changed_in

if TYPE_CHECKING:
    from netbuilder.ui.window import Window


class Networks(QObject):
    """Has path, inspector and palette follow the canvas, and does what the palette offers for networks."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._last: Edit = {}
        window.canvas.network_shown.connect(self._shown)
        window.crumbs.chosen.connect(window.canvas.nesting.go)
        window.inspector.enter_wanted.connect(window.canvas.nesting.enter)
        tree = window.palette_panel.tree
        tree.entered.connect(lambda name: window.canvas.nesting.turn_to(placing.parts(name)[1]))
        tree.rename_wanted.connect(self._ask_name)
        tree.delete_wanted.connect(self._delete)

    def show(self) -> None:
        """Show the way to the network that is shown, and which networks there are."""
        window = self._window
        nesting = window.canvas.nesting
        window.crumbs.show_path(nesting.path())
        window.engine.show(tuple(nesting.way_to(window.canvas.shown)))
        window.palette_panel.tree.show_networks(placing.own(window.project.document.graph))

    def _shown(self, network: str) -> None:
        window = self._window
        window.inspector.show_network(network)
        window.minimap.mark_changed()
        self.show()
        window.engine_show.size()

    # Undo and redo.

    def edited(self, edit: Edit) -> None:
        """Take note of what was changed."""
        self._last = edit

    def step(self, act: Callable[[], object]) -> None:
        """Undo or redo something, and go where it was."""
        self._last = {}
        act()
        window, edit = self._window, self._last
        graph, canvas = window.project.document.graph, window.canvas
        changed = changed_in(edit, graph)
        if changed and canvas.shown not in changed:
            canvas.nesting.turn_to(next(key for key in graph.networks if key in changed))
            here = [key for key in edit if key in canvas.items_scene.nodes]
            if here:
                canvas.reveal(here[0])

    # The list of networks.

    def new(self) -> None:
        """Ask for a name, make a network of that name, and show it."""
        nesting = self._window.canvas.nesting

        def make(name: str) -> None:
            key = nesting.make_network(name)
            if key:
                nesting.turn_to(key)

        hint = self.tr("Enter makes an empty network and shows it.")
        self._window.asking.text(self.tr("Name of the new network"), hint, self.tr("Block"), make)

    def _ask_name(self, listed: str) -> None:
        key = placing.parts(listed)[1]
        document, canvas = self._window.project.document, self._window.canvas
        network = document.graph.networks[key]

        def rename(name: str) -> None:
            label = self.tr("Rename {name}").format(name=network.name)
            canvas.edits.do(lambda: commands.rename(document.graph, key, name), label)

        hint = self.tr("It is the name of its class in the code, too.")
        self._window.asking.text(self.tr("Rename {name}").format(name=network.name), hint, network.name, rename)

    def _delete(self, listed: str) -> None:
        key = placing.parts(listed)[1]
        graph = self._window.project.document.graph
        label = self.tr("Delete {name}").format(name=graph.networks[key].name)
        self._window.canvas.edits.do(lambda: networks.delete_network(graph, key), label)

    def names(self) -> dict[str, str]:
        """What the nodes are called where those of several networks are listed: `Block › conv1`."""
        graph = self._window.project.document.graph
        return {
            key: node.name if node.network == MAIN else f"{graph.networks[node.network].name} › {node.name}"
            for key, node in graph.nodes.items()
        }
