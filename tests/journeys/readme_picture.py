"""Makes the pictures in the README: the window itself, half-way through training the digits example.

Run by hand: `xvfb-run -a -s "-screen 0 1600x1000x24" python tests/journeys/readme_picture.py`.
"""

from __future__ import annotations

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.places import examples, resource
from netbuilder.ui.theme import DARK, LIGHT
from netbuilder.ui.window import Window


def main() -> None:
    """Train the example and keep a picture in dark and one in light."""
    application = QApplication([])
    window = Window()
    window.resize(1520, 950)
    window.project.open_example(examples() / "digits.netb")
    window.train_when_ready()
    window.show()
    while window.training.run is None or "accuracy" not in window.training.headline.text:
        QTest.qWait(50)
    QTest.qWait(2500)
    window.canvas.select(["conv2"])
    for theme in (DARK, LIGHT):
        window.set_theme(theme)
        QTest.qWait(400)
        window.grab().save(str(resource("screenshots", f"window-{theme.name}.png")))
    window.runs.stop()
    window.project.document.mark_saved()
    window.close()
    application.processEvents()


if __name__ == "__main__":
    main()
