"""A drawing worked over by hand, in a real window: everything that a mouse can do to it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from netbuilder.places import examples
from tests.journeys.person import Person, run


def journey(person: Person, folder: Path) -> None:
    """Drag in, wire, cut, copy, select, write, frame, tidy, look around, command."""
    window, canvas = person.window, person.window.canvas
    document = lambda: window.project.document  # noqa: E731 - it changes
    window.project.open_example(examples() / "digits.netb")
    person.wait(lambda: window.engine.current and "fc1" in window.findings.reports, "the example is looked at")
    nodes = len(person.graph.nodes)
    # Out of the palette onto a wire.
    wire = next(key for key in person.graph.wires if key == "fc1:input")
    person.drag(person.in_palette("Dropout"), person.middle_of(wire), "onto_a_wire")
    person.wait(lambda: len(person.graph.nodes) == nodes + 1, "the block is there")
    added = canvas.selected()[0]
    assert person.graph.wires["fc1:input"].source == added, "it went into the wire"
    # A wire into the empty.
    start = person.port("conv1", "output", True)
    person.drag(start, start + QPoint(200, 24), "a_wire_into_the_empty")
    person.wait(window.finder.isVisible, "what fits is offered")
    person.look("what_fits")
    person.type("tanh")
    person.key("Return")
    person.wait(lambda: person.graph.wires_into("tanh1") != {}, "the chosen block is wired")
    assert person.graph.wires_into("tanh1")["input"].source == "conv1"
    # A line across a wire.
    at = person.port("tanh1", "input", False)
    person.drag(at + QPoint(-70, -44), at + QPoint(-46, -2), "cutting", key="alt")
    person.wait(lambda: not person.graph.wires_into("tanh1"), "the wire is cut")
    # A copy by Alt.
    person.drag(person.card("tanh1"), person.card("tanh1") + QPoint(0, 90), "copying", key="alt")
    person.wait(lambda: "tanh2" in person.graph.nodes, "a copy")
    # A rubber band around both, and a frame.
    first, last = (canvas.items_scene.nodes[key].card for key in ("tanh1", "tanh2"))
    band = first.united(last).adjusted(-20, -14, 14, 14)
    person.drag(
        person.on_canvas(band.right(), band.top()), person.on_canvas(band.left(), band.bottom()), "a_rubber_band"
    )
    person.wait(lambda: set(canvas.selected()) == {"tanh1", "tanh2"}, "both are selected")
    person.key("shift+n")
    person.type("Spare parts")
    person.key("Return")
    person.wait(lambda: any(f.title == "Spare parts" for f in person.graph.frames.values()), "a frame")
    frame = next(iter(person.graph.frames.values()))
    before = person.graph.nodes["tanh1"]
    person.drag(
        person.on_canvas(frame.x + frame.width - 30, frame.y + 10),
        person.on_canvas(frame.x + frame.width + 34, frame.y - 30),
        "a_frame_moves",
    )
    person.wait(lambda: person.graph.nodes["tanh1"].x > before.x, "what it holds went along")
    # A note.
    corner = canvas.viewport().mapToGlobal(QPoint(40, 60))
    person.go(corner)
    person.key("n")
    person.type("# Dropout")
    person.key("Return")
    person.type("Against *overfitting*: see `p`.")
    person.look("writing_a_note")
    person.key("Escape")
    person.wait(lambda: any("Dropout" in note.text for note in person.graph.notes.values()), "a note")
    # Nearer, farther, over the map, tidy.
    person.wheel(person.card("conv1"), 3)
    person.look("near")
    person.wheel(person.card("conv1"), -8)
    person.look("far")
    canvas.camera.go(canvas.items_scene.nodes["conv1"].card.center(), 1.2)
    QTest.qWait(400)
    if window.minimap.isVisible():
        center = canvas.camera.center
        inside = window.minimap.mapToGlobal(window.minimap.frame().center().toPoint())
        person.drag(inside, inside + QPoint(0, 24), "over_the_map")
        person.wait(lambda: canvas.camera.center != center, "the map moves the view")
    person.click(canvas.viewport().mapToGlobal(QPoint(60, 400)))
    canvas.setFocus()
    person.key("t")
    person.wait(lambda: document().undo_label == "Tidy", "it is tidy")
    person.key("Home")
    person.look("tidy")
    person.key("ctrl+shift+p")
    person.type("select")
    person.look("commands")
    person.key("Escape")
    while document().undo_label is not None:
        person.key("ctrl+z")
    person.wait(lambda: len(person.graph.nodes) == nodes, "all is undone")
    person.look("undone")


if __name__ == "__main__":
    run(journey)
