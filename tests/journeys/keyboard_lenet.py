"""LeNet built and trained with keys alone, in a real window: nothing in this file moves the pointer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.journeys.person import Person, run

LENET: list[tuple[str, dict[str, str]]] = [
    ("digits", {}),
    ("conv2d", {"out_channels": "6", "kernel_size": "5", "padding": "2"}),
    ("relu", {}),
    ("maxpool", {}),
    ("conv2d", {"kernel_size": "5", "padding": "2"}),
    ("relu", {}),
    ("maxpool", {}),
    ("flatten", {}),
    ("linear", {"out_features": "120"}),
    ("relu", {}),
    ("linear", {"out_features": "84"}),
    ("relu", {}),
    ("linear", {}),
    ("crossentropy", {}),
]


def fill(person: Person, fields: dict[str, str]) -> None:
    """Go from field to field with Tab, type, and go back to the drawing."""
    for name, value in fields.items():
        for _ in range(30):
            focus = QApplication.focusWidget()
            if focus is not None and focus.objectName() == name:
                break
            person.key("Tab")
        else:
            raise SystemExit(f"Tab does not lead to {name}")
        person.key("ctrl+a")
        person.type(value)
        person.key("Return")
    person.key("Escape")


def journey(person: Person, folder: Path) -> None:
    """Build, look around, arrange, set, train."""
    window, canvas = person.window, person.window.canvas
    person.key("ctrl+Return")
    for number, (block, fields) in enumerate(LENET):
        person.key("Tab")
        person.wait(window.finder.field.hasFocus, "the search box")
        person.type(block)
        if number in (1, 13):
            person.wait(lambda: window.engine.current, "what the engine tried")
            person.look("asking_for_a_block" if number == 1 else "asking_for_a_loss")
        person.key("Return")
        person.wait(canvas.hasFocus, "the drawing has the focus again")
        if fields:
            person.key("Return")
            if number == 1:
                person.look("in_the_inspector")
            fill(person, fields)
            person.wait(canvas.hasFocus, "Esc leads back to the drawing")
    person.wait(lambda: len(person.graph.wires) == 14, "all is wired")
    person.wait(lambda: window.engine.current and window.problems.count == 0, "no problems")
    person.key("Home")
    person.look("built")
    # Along the wires, together with Shift, and in a frame.
    person.key("Up", "Up", "Up", "shift+Up", "shift+Up", "shift+Up")
    person.wait(lambda: len(canvas.selected()) == 4, "four blocks are selected")
    person.key("shift+n")
    person.type("Classifier")
    person.key("Return")
    person.wait(lambda: [f.title for f in person.graph.frames.values()] == ["Classifier"], "a frame")
    person.key("shift+f")
    person.look("framed")
    person.key("ctrl+f")
    person.type("kernel_size=5")
    person.look("finding")
    person.key("Down", "Return")
    person.key("ctrl+k")
    person.type("align")
    person.look("commands")
    person.key("Escape")
    # The settings, and the run.
    person.key("ctrl+comma")
    fill(person, {"batch_size": "50", "steps": "60"})
    person.wait(lambda: person.graph.training.steps == 60, "the settings")
    person.key("F5")
    person.wait(lambda: window.runs.state in ("starting", "running"), "the run begins")
    person.wait(lambda: window.runs.state == "idle", "the run ends")
    person.wait(lambda: "finished" in window.notice.text.lower() or "60" in window.notice.text, "what became of it")
    person.look("trained")


if __name__ == "__main__":
    run(journey)
