"""Asks what kind of picture is wanted and where, and makes it while the window lives on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMessageBox,
    QProgressDialog,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.blocks.sentence import Refused, Sentence, say
from netbuilder.bridge.reports import NodeReport
from netbuilder.graph.graph import Graph
from netbuilder.ui.parts import label, restyle
from netbuilder.ui.picture import picture
from netbuilder.ui.picture.picture import Kind, Steps, Wish
from netbuilder.ui.theme import DARK, LIGHT, Theme

SCALES = ("1", "2", "4")
SHOWN_AFTER = 300
WIDTH = 400


class Segments(QFrame):
    """A few choices side by side, by their ids, of which one is taken."""

    taken = Signal(str)

    def __init__(self, name: str, choices: Mapping[str, str]) -> None:
        super().__init__()
        self.setProperty("role", "segments")
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for key, text in choices.items():
            button = self.buttons[key] = QPushButton(text)
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleName(f"{name}: {text}")
            button.clicked.connect(lambda _=False, key=key: self.taken.emit(key))
            group.addButton(button)
            row.addWidget(button, 1)
        self.take(next(iter(choices)))

    @property
    def key(self) -> str:
        """The id of the one that is taken."""
        return next(key for key, button in self.buttons.items() if button.isChecked())

    def take(self, key: str) -> None:
        """Take that one."""
        self.buttons[key].setChecked(True)


class PictureDialog(QDialog):
    """Format, part, background, colours and size of a picture; `wish` and `part` have what was chosen."""

    def __init__(self, graph: Graph, selected: Collection[str], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export Picture"))
        self._theme, self._own_colours = theme, False
        self._parts = {"all": graph, "some": picture.chosen(graph, selected)}
        self.kind = Segments(self.tr("Format"), {kind: kind.upper() for kind in picture.KINDS})
        self.which = Segments(self.tr("Drawing"), {"all": self.tr("Whole"), "some": self.tr("Selection")})
        self.ground = Segments(self.tr("Background"), {"theme": self.tr("Filled"), "none": self.tr("Transparent")})
        self.colours = Segments(self.tr("Colours"), {"light": self.tr("Light"), "dark": self.tr("Dark")})
        self.size_row = Segments(self.tr("Size"), {scale: f"{scale}×" for scale in SCALES})
        self.about = label("", "help", wrap=True)
        self.export_button = QPushButton(self.tr("Export…"))
        self._lay_out()
        self.colours.take(theme.name)
        self.size_row.take("2")
        self.colours.taken.connect(self._keep_colours)
        self.kind.taken.connect(self._take_kind)
        for row in (self.kind, self.which, self.size_row):
            row.taken.connect(self._tell)
        self._tell()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        rows = {
            self.tr("Format"): self.kind,
            self.tr("Drawing"): self.which,
            self.tr("Background"): self.ground,
            self.tr("Colours"): self.colours,
            self.tr("Size"): self.size_row,
        }
        self._names = {row: label(name, "soft") for name, row in rows.items()}
        for i, (row, name) in enumerate(self._names.items()):
            grid.addWidget(name, i, 0)
            grid.addWidget(row, i, 1)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.export_button.setProperty("kind", "primary")
        self.export_button.setDefault(True)
        self.export_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.export_button)
        self.about.setMinimumHeight(2 * self.about.fontMetrics().lineSpacing() + 4)
        self.about.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 20, 20, 16)
        whole.setSpacing(14)
        whole.addLayout(grid)
        whole.addWidget(self.about)
        whole.addStretch(1)
        whole.addLayout(buttons)
        self._show_row(self.which, _draws(self._parts["some"]))
        self.setFixedSize(WIDTH, self.sizeHint().height())  # with all rows: the buttons stay where they are

    def _show_row(self, row: Segments, shown: bool) -> None:
        row.setVisible(shown)
        self._names[row].setVisible(shown)

    @property
    def wish(self) -> Wish:
        """What kind of picture is wanted."""
        kind: Kind = next(kind for kind in picture.KINDS if kind == self.kind.key)
        theme = DARK if self.colours.key == "dark" else LIGHT
        return Wish(kind, theme, self.ground.key == "none", int(self.size_row.key) if kind == "png" else 1)

    @property
    def part(self) -> Graph:
        """What of the drawing is wanted."""
        return self._parts[self.which.key]

    def _keep_colours(self) -> None:
        self._own_colours = True

    def _take_kind(self, kind: str) -> None:
        """A PDF is for paper, so it is light unless the person says otherwise."""
        if not self._own_colours:
            self.colours.take("light" if kind == "pdf" else self._theme.name)

    def _tell(self) -> None:
        """Say what the choice means, and whether it can be."""
        wish = self.wish
        self._show_row(self.size_row, wish.kind == "png")
        width, height = (side * wish.scale for side in picture.roughly(self.part))
        fits = wish.kind != "png" or width * height <= picture.MOST_PIXELS
        texts = {
            "svg": self.tr("Sharp at every size, and its text stays text. For web pages and for drawing on."),
            "pdf": self.tr("Sharp at every size, with its fonts inside. For papers and for print."),
            "png": self.tr("About {width} × {height} pixels. For slides and chats.")
            if fits
            else self.tr("About {width} × {height} pixels are too many: choose a smaller size, SVG or PDF."),
        }
        self.about.setText(texts[wish.kind].format(width=f"{width:,}", height=f"{height:,}"))
        restyle(self.about, "role", "help" if fits else "error")
        self.export_button.setEnabled(fits)


def export(
    window: QWidget,
    graph: Graph,
    reports: Mapping[str, NodeReport],
    selected: Collection[str],
    theme: Theme,
    folder: Path,
    stem: str,
) -> Sentence | None:
    """Ask for a picture and write it; what there is to say then, None if the person thought better of it.

    Refused, and the file as it was, when it cannot be made.
    """
    if not _draws(graph):
        raise Refused("There is nothing drawn yet.")
    dialog = PictureDialog(graph, selected, theme, window)
    try:
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return None
        wish, part = dialog.wish, dialog.part
    finally:
        dialog.deleteLater()
    path = _ask_path(window, folder / f"{stem}.{wish.kind}", wish.kind)
    if path is None:
        return None
    title = QCoreApplication.translate("PictureDialog", "Making the picture…")
    done = run(window, picture.make(part, reports, wish, path), title)
    return say("Written: {file}", file=str(path)) if done else None


def _draws(graph: Graph) -> bool:
    return bool(graph.nodes or graph.notes or graph.frames)


def _ask_path(window: QWidget, suggestion: Path, kind: Kind) -> Path | None:
    """Ask for the file; None if there is to be none."""
    title = QCoreApplication.translate("PictureDialog", "Export Picture")
    name, _ = QFileDialog.getSaveFileName(window, title, str(suggestion), f"{kind.upper()} (*.{kind})")
    if not name or name.lower().endswith(f".{kind}"):
        return Path(name) if name else None
    path = Path(f"{name}.{kind}")
    # The dialog asked about the name as it was typed, without the suffix.
    if not path.exists():
        return path
    box = QMessageBox(window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setText(QCoreApplication.translate("PictureDialog", "Replace “{name}”?").format(name=path.name))
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Yes | buttons.Cancel)
    box.setDefaultButton(buttons.Cancel)
    return path if box.exec() == buttons.Yes else None


def run(window: QWidget, steps: Steps, title: str) -> bool:
    """Do all steps, telling how far that is where it takes longer; False if the person stopped it."""
    bar = QProgressDialog(title, QCoreApplication.translate("PictureDialog", "Cancel"), 0, 1000, window)
    bar.setWindowTitle(QCoreApplication.translate("PictureDialog", "Export Picture"))
    bar.setWindowModality(Qt.WindowModality.WindowModal)
    bar.setValue(0)
    bar.setMinimumDuration(SHOWN_AFTER)  # counts only from a value on
    bar.setMinimumWidth(WIDTH - 80)
    bar.setAutoReset(False)
    flags = QEventLoop.ProcessEventsFlag
    try:
        for part in steps:
            if part >= picture.PAINTED:
                bar.setCancelButton(None)
            bar.setValue(round(part * 1000))
            # The bar lets the window live only where it moves on. Until it is seen nothing keeps the window as it is.
            QCoreApplication.processEvents(flags.AllEvents if bar.isVisible() else flags.ExcludeUserInputEvents)
            if bar.wasCanceled() and part < picture.PAINTED:
                return False
    finally:
        steps.close()
        bar.close()
        bar.deleteLater()
    return True
