"""Menus that are not just a part of the table of actions: what is open, how it looks, and what is at the mouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QMessageBox, QWidget

from netbuilder import __version__
from netbuilder.graph.notes import COLORS
from netbuilder.ui.project import Project, example_files

translate = QCoreApplication.translate
_OF_NODES = (
    "add", "connect_to", "connect_line", "", "cut", "copy", "duplicate", "delete", "", "mute", "swap", "rename", "",
    "enter", "group", "ungroup", "use_layer", "own_layer", "", "add_frame", "tidy", "frame_selection", "",
    "parameters", "help_block",
)  # fmt: skip
_OF_WIRES = ("add_dot", "splice", "", "delete", "frame_selection")
_OF_NOTES = ("parameters", "", "cut", "copy", "duplicate", "delete", "", *(f"color_{color}" for color in COLORS))
_OF_NOTHING = (
    "add", "paste", "add_note", "new_network", "leave", "", "select_all", "tidy", "frame_all", "", "undo", "redo",
)  # fmt: skip


def context(window: QMainWindow, actions: Mapping[str, QAction], nodes: bool, notes: bool, wires: bool) -> QMenu:
    """The menu at the mouse, for the kinds of things that are selected; it is deleted when it was used."""
    menu = QMenu(window)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for key in _OF_NODES if nodes else _OF_NOTES if notes else _OF_WIRES if wires else _OF_NOTHING:
        if not key:
            menu.addSeparator()
        elif actions[key].isEnabled():
            menu.addAction(actions[key])
    return menu


def recent(menu: QMenu, project: Project) -> None:
    """Have the menu show the files opened last, whenever it opens."""
    menu.aboutToShow.connect(partial(_fill_recent, menu, project))


def _fill_recent(menu: QMenu, project: Project) -> None:
    menu.clear()
    if not project.recent():
        menu.addAction(translate("Menus", "Nothing was opened yet")).setEnabled(False)
        return
    for path in project.recent():
        action = QAction(str(path).replace("&", "&&"), menu)
        action.triggered.connect(partial(project.open_if_free, path))
        menu.addAction(action)
    menu.addSeparator()
    menu.addAction(translate("Menus", "Forget These"), project.forget_recent)


def examples(menu: QMenu, project: Project) -> None:
    """Put the examples that come with the program in."""
    for path in example_files():
        menu.addAction(path.stem, partial(project.open_example, path))


def themes(menu: QMenu, chosen: str, choose: Callable[[str], None]) -> None:
    """Put the choice of colours in."""
    group = QActionGroup(menu)
    for name, text in (
        ("system", translate("Menus", "As the &System")),
        ("light", translate("Menus", "&Light")),
        ("dark", translate("Menus", "&Dark")),
    ):
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(name == chosen)
        action.triggered.connect(partial(choose, name))
        group.addAction(action)


def about(parent: QWidget) -> None:
    """Say what the program is."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Netbuilder {__version__}")
    box.setInformativeText(translate("Menus", "Draw a neural network, train it, and take its PyTorch code away."))
    box.exec()
