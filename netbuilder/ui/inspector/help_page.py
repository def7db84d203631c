"""The page about a block: what it does, its formula, what becomes of the shape, its parameters and ports."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from netbuilder.blocks import Block, Param
from netbuilder.ui.icons import icon
from netbuilder.ui.inspector.about import limits, port_text, tensor_text, value_text
from netbuilder.ui.inspector.address import Address
from netbuilder.ui.inspector.page import SIDE
from netbuilder.ui.parts import ElidedLabel, Fact, label
from netbuilder.ui.style import code_font
from netbuilder.ui.text import translate
from netbuilder.ui.theme import Theme


class HelpPage(QWidget):
    """Everything that the catalog says of a block, in words. `left` when the person wants back."""

    left = Signal()

    def __init__(self, block: Block, theme: Theme) -> None:
        super().__init__()
        self.block = block
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(block.name)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SIDE, 10, SIDE, 24)
        self._column.setSpacing(6)
        self.back = QPushButton(self.tr("Back"))
        self.back.setProperty("kind", "flat")
        self.back.setProperty("role", "back")
        self.back.setIcon(icon("chevron-left", theme.text_soft))
        self.back.clicked.connect(self.left)
        bar = QHBoxLayout()
        bar.setContentsMargins(-6, 0, 0, 0)
        bar.addWidget(self.back)
        bar.addStretch(1)
        self._column.addLayout(bar)
        self._head(theme)
        self._column.addSpacing(4)
        self._text(translate(block.help), "lead")
        self._text(translate(block.more), "lead")
        self._section(self.tr("Formula"))
        self._formula()
        self._section(self.tr("Shape"))
        self._text(translate(block.shape_rule), "lead")
        self._column.addSpacing(4)
        self._ports()
        if block.params:
            self._section(self.tr("Parameters"), self.tr("Default"))
            for param in block.params:
                self._param(param)
        if block.cost:
            self._section(self.tr("Cost"))
            self._text(translate(block.cost), "lead")
        self._section(self.tr("When to use it"))
        self._text(translate(block.use), "lead")
        if block.link:
            self._section(self.tr("In PyTorch's own words"))
            self._column.addWidget(Address(block.link))
        self._column.addStretch(1)

    def _head(self, theme: Theme) -> None:
        block = self.block
        colour = theme.categories[block.category]
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 4)
        row.setSpacing(10)
        mark = QLabel()
        drawing = icon(f"category-{block.category.name.lower()}", theme.marks[block.category])
        mark.setPixmap(drawing.pixmap(QSize(20, 20)))
        name = ElidedLabel(block.name, "title", 60)
        name.setStyleSheet(f"color: {colour};")
        row.addWidget(mark)
        row.addWidget(name, 1)
        self._column.addLayout(row)
        torch = block.module or block.function.split("(")[0].rpartition("}")[2]
        kind = translate(block.category.value)
        self._column.addWidget(ElidedLabel(f"{kind} · {torch}" if "." in torch else kind, "faint", 60))

    def _formula(self) -> None:
        frame = QFrame()
        frame.setProperty("role", "formula-box")
        lines = QVBoxLayout(frame)
        lines.setContentsMargins(11, 9, 11, 9)
        lines.setSpacing(5)
        for line in translate(self.block.formula).split("\n"):
            text = label(line, "formula", wrap=True)
            text.setFont(code_font())
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            lines.addWidget(text)
        self._column.addWidget(frame)

    def _ports(self) -> None:
        block = self.block
        values = block.defaults()
        given = {name: tensor_text(tensor) for name, tensor in block.gives(values).items()} if block.gives else {}
        for port in block.input_ports(values):
            self._column.addWidget(Fact(self.tr("In · {0}").format(port.name), port_text(port)))
        for port in block.output_ports(values):
            self._column.addWidget(
                Fact(self.tr("Out · {0}").format(port.name), given.get(port.name, self.tr("tensor")))
            )

    def _param(self, param: Param) -> None:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 2, 0, 6)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(label(param.name, "strong"))
        default = ElidedLabel(value_text(param, param.default), "soft", 40)
        default.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(default, 1)
        column.addLayout(head)
        column.addWidget(label(translate(param.help), "help", wrap=True))
        column.addWidget(label(limits(param), "faint-help", wrap=True))
        self._column.addWidget(box)

    def _section(self, title: str, right: str = "") -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 14, 0, 2)
        row.addWidget(label(title, "section"), 1)
        if right:
            row.addWidget(label(right, "faint-help"))
        self._column.addLayout(row)

    def _text(self, text: str, role: str) -> None:
        self._column.addWidget(label(text, role, wrap=True))
