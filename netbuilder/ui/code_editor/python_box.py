"""The editor of a Python block with all around it: what is wrong, Apply, texts to start from, a larger window."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused, Sentence
from netbuilder.graph.python_code import read
from netbuilder.ui.code_editor.editor import CodeEditor
from netbuilder.ui.code_editor.templates import AUTOGRAD, FUNCTION, MODULE
from netbuilder.ui.parts import label
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme

WAIT = 300  # milliseconds after the last key, until the code is read
HEIGHT = 220


class PythonBox(QWidget):
    """Shows a block's code and lets it be changed. Nothing is read but the text: it is never run here.

    `applied` gives code that can be a block; `drafted` what stands there and is not applied, "" where nothing is.
    """

    applied = Signal(str)
    drafted = Signal(str)

    def __init__(self, code: str, theme: Theme, draft: str = "", large: bool = False) -> None:
        super().__init__()
        self._code, self._theme = code, theme
        self.editor = CodeEditor(theme)
        self.editor.setProperty("role", "code")
        self.editor.setAccessibleName(self.tr("Code of the block"))
        self.fault = label("", "error", wrap=True)
        self.fault.hide()
        self.apply_button = QPushButton(self.tr("Apply"))
        self.apply_button.setProperty("kind", "primary")
        self.apply_button.setToolTip(self.tr("Ctrl+Enter"))
        self.start_button = QPushButton(self.tr("Start from"))
        self.start_button.setMenu(self._templates())
        self.larger_button = QPushButton(self.tr("Larger…"))
        self.larger_button.setHidden(large)
        self._arrange(large)
        self._timer = QTimer(self, singleShot=True, interval=WAIT)
        self._timer.timeout.connect(self._judge)
        self.editor.set_code(draft or code)
        self.editor.textChanged.connect(self._typed)
        self.editor.applied.connect(self.apply)
        self.apply_button.clicked.connect(self.apply)
        self.larger_button.clicked.connect(self.enlarge)
        self._judge()

    def _templates(self) -> QMenu:
        menu = QMenu(self)
        forms = (
            (self.tr("A function"), FUNCTION),
            (self.tr("A layer: nn.Module"), MODULE),
            (self.tr("An own gradient: autograd.Function"), AUTOGRAD),
        )
        for text, code in forms:
            menu.addAction(text, partial(self._start, code))
        return menu

    def _arrange(self, large: bool) -> None:
        frame = QFrame()
        frame.setProperty("role", "formula-box")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.editor)
        if large:
            frame.setMinimumSize(QSize(520, 360))
        else:
            frame.setFixedHeight(HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(frame, 1)
        column.addWidget(self.fault)
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.apply_button, self.larger_button):
            row.addWidget(button)
        if large:
            row.addWidget(self.start_button)
        row.addStretch(1)
        column.addLayout(row)
        if not large:  # in a narrow panel there is no room for three
            column.addWidget(self.start_button, 0, Qt.AlignmentFlag.AlignLeft)
        for button in (self.apply_button, self.larger_button, self.start_button):
            button.setProperty("size", "small")

    @property
    def draft(self) -> str:
        """What stands there and is not applied."""
        return "" if self.editor.code == self._code else self.editor.code

    def show_code(self, code: str) -> None:
        """Take over the block's code as it is now; what is being written stays as long as that stays."""
        if code != self._code:
            self._code = code
            self.editor.set_code(code)
            self.drafted.emit(self.draft)
            self._judge()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._theme = theme
        self.editor.set_theme(theme)

    def apply(self) -> None:
        """Give the code to the block, if it can be one."""
        if self._judge() is None and self.draft:
            self.applied.emit(self.editor.code)

    def enlarge(self) -> None:
        """Go on in a larger window; what is written there and not applied comes back here."""
        window = QDialog(self)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.setWindowTitle(self.tr("Code of the block"))
        window.resize(760, 560)
        box = PythonBox(self._code, self._theme, self.editor.code, large=True)
        box.applied.connect(self._take)
        self.drafted.connect(lambda _: box.show_code(self._code))
        box.editor.textChanged.connect(lambda: self.editor.set_code(box.editor.code))
        column = QVBoxLayout(window)
        column.setContentsMargins(14, 14, 14, 14)
        column.addWidget(box)
        window.open()
        box.editor.setFocus()

    def _take(self, code: str) -> None:
        """Take what the larger window applies."""
        self.editor.set_code(code)
        self.apply()

    def _start(self, code: str) -> None:
        self.editor.replace_code(code)
        self.editor.setFocus()

    def _typed(self) -> None:
        self._timer.start()
        self.drafted.emit(self.draft)
        self._show_buttons()

    def _show_buttons(self) -> None:
        self.apply_button.setEnabled(bool(self.draft))
        self.start_button.setVisible(self._code == CATALOG["Python"].by_name["code"].default)

    def _judge(self) -> Sentence | None:
        """Read the code, and say what is wrong with it."""
        self._timer.stop()
        sentence = None
        try:
            read(self.editor.code)
        except Refused as refusal:
            sentence = refusal.sentence
        line = sentence.values.get("line", 0) if sentence is not None else 0
        self.fault.setText(words(sentence) if sentence is not None else "")
        self.fault.setVisible(sentence is not None)
        self.editor.mark_error(line if isinstance(line, int) else 0)
        self._show_buttons()
        return sentence
