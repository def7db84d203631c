"""What each action of the canvas does, by the action's id in the table of all actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from netbuilder.graph import commands
from netbuilder.graph.notes import COLORS
from netbuilder.graph.records import MAIN
from netbuilder.ui.actions import VIEWS, Selected
from netbuilder.ui.canvas import walking

if TYPE_CHECKING:
    from netbuilder.ui.canvas.canvas import Canvas

Deed = Callable[[], object]


def deeds(canvas: Canvas) -> dict[str, Deed]:
    """Every action of the canvas. None of them is done while the hand holds something."""
    found: dict[str, Deed] = {
        **_editing(canvas),
        **_nesting(canvas),
        **_arranging(canvas),
        **_selecting(canvas),
        **_looking(canvas),
    }
    return {key: partial(_unless_busy, canvas, deed) for key, deed in found.items()}


def _unless_busy(canvas: Canvas, deed: Deed) -> None:
    if canvas.hand.idle:
        deed()


def _editing(canvas: Canvas) -> dict[str, Deed]:
    edits = canvas.edits
    return {
        "cut": edits.cut,
        "copy": edits.copy,
        "paste": edits.paste,
        "duplicate": edits.duplicate,
        "delete": edits.delete,
        "delete_apart": edits.delete_apart,
        "add": canvas.ask_block,
        "parameters": canvas.open_selected,
        "connect_to": lambda: canvas.connect_asked.emit(edits.nodes()[0]),
        "connect_line": edits.connect_line,
        "splice": canvas.splice,
        "disconnect": edits.disconnect,
        "knife": canvas.hand.take_knife,
        "add_dot": edits.add_dot,
        "mute": edits.mute,
        "swap": lambda: canvas.swap_asked.emit(edits.nodes()[0]),
        "add_note": canvas.annotating.add_note,
        "add_frame": canvas.annotating.add_frame,
        **{f"color_{color}": partial(canvas.annotating.set_color, color) for color in COLORS},
    }


def _nesting(canvas: Canvas) -> dict[str, Deed]:
    nesting = canvas.nesting
    return {
        "group": canvas.group_asked.emit,
        "ungroup": nesting.ungroup,
        "enter": nesting.enter,
        "leave": nesting.leave,
        "use_layer": lambda: canvas.layer_asked.emit(canvas.edits.nodes()[0]),
        "own_layer": nesting.own_layer,
    }


def selected(canvas: Canvas) -> Selected:
    """How many things of each kind are selected."""
    scene, chosen = canvas.items_scene, canvas.items_scene.selected
    nodes = [scene.nodes[key].node for key in chosen & scene.nodes.keys()]
    return Selected(
        nodes=len(nodes),
        bypassable=sum(map(commands.bypassable, nodes)),
        wires=len(chosen & scene.wires.keys()),
        notes=len(chosen & scene.papers.items.keys()),
        dots=len(chosen & scene.dots.keys()),
        layers=sum(node.entry.role == "layer" for node in nodes),
        networks=sum(bool(node.of) for node in nodes),
        sharing=sum(bool(node.layer) for node in nodes),
        inside=canvas.shown != MAIN,
    )


def _arranging(canvas: Canvas) -> dict[str, Deed]:
    arranging = canvas.arranging
    return {
        "tidy": arranging.tidy,
        "align_left": partial(arranging.align, "left"),
        "align_center": partial(arranging.align, "center"),
        "align_right": partial(arranging.align, "right"),
        "align_top": partial(arranging.align, "top"),
        "align_middle": partial(arranging.align, "middle"),
        "align_bottom": partial(arranging.align, "bottom"),
        "distribute_across": partial(arranging.distribute, "horizontal"),
        "distribute_down": partial(arranging.distribute, "vertical"),
        "nudge_left": partial(arranging.nudge, -1, 0),
        "nudge_right": partial(arranging.nudge, 1, 0),
        "nudge_up": partial(arranging.nudge, 0, -1),
        "nudge_down": partial(arranging.nudge, 0, 1),
        "wider": partial(canvas.annotating.grow, 1, 0),
        "narrower": partial(canvas.annotating.grow, -1, 0),
        "taller": partial(canvas.annotating.grow, 0, 1),
        "lower": partial(canvas.annotating.grow, 0, -1),
        "snapping": canvas.toggle_snapping,
    }


def _selecting(canvas: Canvas) -> dict[str, Deed]:
    return {
        "select_all": canvas.select_all,
        "select_invert": canvas.select_inverse,
        "select_upstream": partial(walking.select_upstream, canvas),
        "select_downstream": partial(walking.select_downstream, canvas),
        "select_chain": partial(walking.select_chain, canvas),
        "select_nothing": partial(canvas.select, ()),
        "select_wire": partial(walking.select_wire, canvas),
        "walk_up": partial(walking.walk, canvas, 0, -1),
        "walk_down": partial(walking.walk, canvas, 0, 1),
        "walk_left": partial(walking.walk, canvas, -1, 0),
        "walk_right": partial(walking.walk, canvas, 1, 0),
    }


def _looking(canvas: Canvas) -> dict[str, Deed]:
    return {
        "zoom_in": canvas.zoom_in,
        "zoom_out": canvas.zoom_out,
        "zoom_reset": canvas.zoom_reset,
        "frame_selection": canvas.frame_selection,
        "frame_all": canvas.frame_all,
        **{f"view_{digit}": partial(canvas.go_to_view, digit) for digit in VIEWS},
        **{f"keep_view_{digit}": partial(canvas.keep_view, digit) for digit in VIEWS},
    }
