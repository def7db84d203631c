"""Every action of the window in one table: its text, key, icon and place in the menus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from netbuilder.ui.icons import icon
from netbuilder.ui.theme import Theme


@dataclass(frozen=True)
class Entry:
    """One action. An empty id is a line between groups; an id that ends in / is a submenu filled elsewhere."""

    id: str = ""
    text: str = ""
    key: str = ""
    icon: str = ""


_LINE = Entry()
translate = QCoreApplication.translate


def table() -> dict[str, tuple[Entry, ...]]:
    """The menus with their entries, in the person's language."""
    return {
        translate("Actions", "&File"): (
            Entry("new", translate("Actions", "&New"), "Ctrl+N", "file"),
            Entry("open", translate("Actions", "&Open…"), "Ctrl+O", "folder"),
            Entry("recent/", translate("Actions", "Open &Recent")),
            Entry("examples/", translate("Actions", "Open &Example")),
            _LINE,
            Entry("save", translate("Actions", "&Save"), "Ctrl+S", "save"),
            Entry("save_as", translate("Actions", "Save &As…"), "Ctrl+Shift+S"),
            _LINE,
            Entry("export_module", translate("Actions", "Export &Module…"), "Ctrl+E", "export"),
            Entry("export_script", translate("Actions", "Export &Training Script…"), "Ctrl+Shift+E"),
            _LINE,
            Entry("quit", translate("Actions", "&Quit"), "Ctrl+Q"),
        ),
        translate("Actions", "&Edit"): (
            Entry("undo", translate("Actions", "&Undo"), "Ctrl+Z", "undo"),
            Entry("redo", translate("Actions", "&Redo"), "Ctrl+Shift+Z", "redo"),
            _LINE,
            Entry("cut", translate("Actions", "Cu&t"), "Ctrl+X"),
            Entry("copy", translate("Actions", "&Copy"), "Ctrl+C", "copy"),
            Entry("paste", translate("Actions", "&Paste"), "Ctrl+V"),
            Entry("duplicate", translate("Actions", "&Duplicate"), "Ctrl+D"),
            Entry("delete", translate("Actions", "De&lete")),
            Entry("rename", translate("Actions", "Re&name"), "F2"),
            _LINE,
            Entry("select_all", translate("Actions", "Select &All"), "Ctrl+A"),
            Entry("find_block", translate("Actions", "Add &Block…"), "Ctrl+F", "search"),
        ),
        translate("Actions", "&View"): (
            Entry("zoom_in", translate("Actions", "Zoom &In"), "Ctrl++"),
            Entry("zoom_out", translate("Actions", "Zoom &Out"), "Ctrl+-"),
            Entry("zoom_reset", translate("Actions", "&Actual Size"), "Ctrl+0"),
            Entry("frame_all", translate("Actions", "&Show Everything"), "Ctrl+1", "fit"),
            _LINE,
            Entry("theme/", translate("Actions", "&Colours")),
            Entry("panels/", translate("Actions", "&Panels")),
        ),
        translate("Actions", "&Training"): (
            Entry("train", translate("Actions", "&Train"), "F5", "play"),
            Entry("pause", translate("Actions", "&Pause"), "F6", "pause"),
            Entry("stop", translate("Actions", "&Stop"), "Shift+F5", "stop"),
            _LINE,
            Entry("settings", translate("Actions", "Training Se&ttings"), "Ctrl+,", "settings"),
            Entry("open_run", translate("Actions", "Show the Run's &Folder")),
        ),
        translate("Actions", "&Help"): (
            Entry("about", translate("Actions", "&About Netbuilder")),
        ),
    }  # fmt: skip


def build(window: QMainWindow, do: Mapping[str, Callable[[], object]]) -> tuple[dict[str, QAction], dict[str, QMenu]]:
    """Fill the menu bar; returns the actions and the submenus by id. KeyError when an action has nothing to do."""
    actions: dict[str, QAction] = {}
    submenus: dict[str, QMenu] = {}
    for title, entries in table().items():
        menu = window.menuBar().addMenu(title)
        for entry in entries:
            if entry.id.endswith("/"):
                submenus[entry.id.rstrip("/")] = menu.addMenu(entry.text)
            elif entry.id:
                action = menu.addAction(entry.text)
                action.setShortcut(QKeySequence(entry.key))
                action.triggered.connect(lambda _=False, act=do[entry.id]: act())
                actions[entry.id] = action
            else:
                menu.addSeparator()
    return actions, submenus


def tint(actions: Mapping[str, QAction], theme: Theme) -> None:
    """Give the actions their icons in the theme's colour."""
    for entries in table().values():
        for entry in entries:
            if entry.icon and entry.id in actions:
                actions[entry.id].setIcon(icon(entry.icon, theme.text_soft))
                actions[entry.id].setIconVisibleInMenu(False)
