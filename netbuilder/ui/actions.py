"""Every action of the window in one table: its text, key, icon, place in the menus, and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from netbuilder.ui.icons import icon
from netbuilder.ui.theme import Theme

Need = Literal[
    "", "node", "one node", "nodes", "bypassable", "wire", "note", "copyable", "two", "three", "movable", "things",
    "layers", "one network", "sharing", "inside",
]  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One action. An empty id is a line between groups; an id that ends in / is a submenu.

    A submenu with `entries` holds those; one without is filled elsewhere. Several keys are parted by `; `.
    The keys of an action of the canvas work while the canvas has the focus, so they can be plain letters.
    `needs` says what must be selected.
    """

    id: str = ""
    text: str = ""
    key: str = ""
    icon: str = ""
    canvas: bool = False
    needs: Need = ""
    entries: tuple[Entry, ...] = ()


_LINE = Entry()
# Where the first could be done and one of the others too, the keys that both have are the others'.
YIELDING = {"parameters": ("enter",), "leave": ("delete", "lower")}
VIEWS = "123456789"
translate = QCoreApplication.translate


def _on_canvas(id: str, text: str, key: str = "", needs: Need = "", icon: str = "") -> Entry:
    return Entry(id, text, key, icon, True, needs)


def table() -> dict[str, tuple[Entry, ...]]:
    """The menus with their entries, in the person's language."""
    return {
        translate("Actions", "&File"): _file(),
        translate("Actions", "&Edit"): _edit(),
        translate("Actions", "&Blocks"): _blocks(),
        translate("Actions", "&Arrange"): _arrange(),
        translate("Actions", "&View"): _view(),
        translate("Actions", "&Training"): _training(),
        translate("Actions", "&Help"): (
            Entry("help_block", translate("Actions", "&Help on the Block"), "F1", "help"),
            Entry("about", translate("Actions", "&About Netbuilder")),
        ),
    }  # fmt: skip


def _file() -> tuple[Entry, ...]:
    return (
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
        Entry("export_torchrun", translate("Actions", "Export Script for &torchrun…")),
        Entry("export_picture", translate("Actions", "Export &Picture…"), "Ctrl+Alt+E"),
        Entry("print", translate("Actions", "&Print…"), "Ctrl+P"),
        _LINE,
        Entry("quit", translate("Actions", "&Quit"), "Ctrl+Q"),
    )


def _edit() -> tuple[Entry, ...]:
    return (
        Entry("undo", translate("Actions", "&Undo"), "Ctrl+Z", "undo"),
        Entry("redo", translate("Actions", "&Redo"), "Ctrl+Shift+Z; Ctrl+Y", "redo"),
        _LINE,
        _on_canvas("cut", translate("Actions", "Cu&t"), "Ctrl+X", "copyable"),
        _on_canvas("copy", translate("Actions", "&Copy"), "Ctrl+C", "copyable", "copy"),
        _on_canvas("paste", translate("Actions", "&Paste"), "Ctrl+V"),
        _on_canvas("duplicate", translate("Actions", "&Duplicate"), "Ctrl+D", "copyable"),
        _on_canvas("delete", translate("Actions", "De&lete"), "Del; Backspace", "things"),
        _on_canvas("delete_apart", translate("Actions", "Delete Without &Joining"), "Shift+Del", "node"),
        Entry("rename", translate("Actions", "Re&name"), "F2"),
        _LINE,
        Entry("select/", translate("Actions", "&Select"), entries=(
            _on_canvas("select_all", translate("Actions", "Select &All"), "Ctrl+A"),
            _on_canvas("select_invert", translate("Actions", "Select the &Inverse"), "Ctrl+I"),
            _on_canvas("select_upstream", translate("Actions", "Select &Upstream"), "Ctrl+Shift+Up", "node"),
            _on_canvas("select_downstream", translate("Actions", "Select &Downstream"), "Ctrl+Shift+Down", "node"),
            _on_canvas("select_chain", translate("Actions", "Select the &Chain"), "Ctrl+L", "node"),
            _on_canvas("select_nothing", translate("Actions", "Select &Nothing"), "Ctrl+Shift+A"),
            _on_canvas("select_wire", translate("Actions", "Select a &Wire of the Block"), "W", "things"),
            _LINE,
            _on_canvas("walk_up", translate("Actions", "Go to the Block &Before"), "Up; Shift+Up"),
            _on_canvas("walk_down", translate("Actions", "Go to the Block A&fter"), "Down; Shift+Down"),
            _on_canvas("walk_left", translate("Actions", "Go to the Block on the &Left"), "Left; Shift+Left"),
            _on_canvas("walk_right", translate("Actions", "Go to the Block on the &Right"), "Right; Shift+Right"),
        )),
        _LINE,
        Entry("find", translate("Actions", "&Find…"), "Ctrl+F", "search"),
        Entry("palette", translate("Actions", "All &Commands…"), "Ctrl+K; Ctrl+Shift+P"),
    )  # fmt: skip


def _blocks() -> tuple[Entry, ...]:
    return (
        _on_canvas("add", translate("Actions", "&Add…"), "/", icon="plus"),
        Entry("find_block", translate("Actions", "Search the &List of Blocks"), "Ctrl+B"),
        _on_canvas("parameters", translate("Actions", "&Edit Parameters"), "Return; Enter; Alt+Return", "copyable"),
        _LINE,
        _on_canvas("connect_to", translate("Actions", "&Connect to…"), "L", "one node"),
        _on_canvas("connect_line", translate("Actions", "Connect in a &Row"), "Shift+L", "nodes"),
        _on_canvas("splice", translate("Actions", "&Insert into a Wire"), "I", "node"),
        _on_canvas("disconnect", translate("Actions", "&Disconnect"), "Shift+K", "node"),
        _on_canvas("knife", translate("Actions", "Cut &Wires (then drag)"), "K"),
        _on_canvas("add_dot", translate("Actions", "Add a &Reroute Dot"), ".", "wire"),
        _LINE,
        _on_canvas("mute", translate("Actions", "&Bypass"), "M", "bypassable"),
        _on_canvas("swap", translate("Actions", "&Swap for…"), "S", "one node"),
        _on_canvas("use_layer", translate("Actions", "&Use the Layer of…"), "", "one node"),
        _on_canvas("own_layer", translate("Actions", "&Own Layer Again"), "", "sharing"),
        _LINE,
        _on_canvas("group", translate("Actions", "&Group as a Network…"), "Ctrl+G", "layers"),
        _on_canvas("ungroup", translate("Actions", "U&ngroup"), "Ctrl+Shift+G", "one network"),
        _on_canvas("enter", translate("Actions", "Enter the Net&work"), "Return; Enter", "one network"),
        _on_canvas("leave", translate("Actions", "&Leave the Network"), "Backspace; Alt+Up", "inside"),
        Entry("new_network", translate("Actions", "New Ne&twork…")),
        _LINE,
        _on_canvas("add_note", translate("Actions", "Add a &Note"), "N"),
        _on_canvas("add_frame", translate("Actions", "Put a &Frame Around"), "Shift+N", "copyable"),
        Entry("colors/", translate("Actions", "C&olour of Notes and Frames"), entries=(
            _on_canvas("color_blue", translate("Actions", "Colour &Blue"), "", "note"),
            _on_canvas("color_green", translate("Actions", "Colour &Green"), "", "note"),
            _on_canvas("color_yellow", translate("Actions", "Colour &Yellow"), "", "note"),
            _on_canvas("color_red", translate("Actions", "Colour &Red"), "", "note"),
            _on_canvas("color_purple", translate("Actions", "Colour &Purple"), "", "note"),
            _on_canvas("color_grey", translate("Actions", "Colour Gr&ey"), "", "note"),
        )),
    )  # fmt: skip


def _arrange() -> tuple[Entry, ...]:
    return (
        _on_canvas("tidy", translate("Actions", "&Tidy"), "T", icon="tidy"),
        _LINE,
        _on_canvas("align_left", translate("Actions", "Align &Left"), "Alt+Shift+Left", "two"),
        _on_canvas("align_center", translate("Actions", "Align &Centres"), "Alt+Shift+C", "two"),
        _on_canvas("align_right", translate("Actions", "Align &Right"), "Alt+Shift+Right", "two"),
        _on_canvas("align_top", translate("Actions", "Align T&op"), "Alt+Shift+Up", "two"),
        _on_canvas("align_middle", translate("Actions", "Align &Middles"), "Alt+Shift+M", "two"),
        _on_canvas("align_bottom", translate("Actions", "Align &Bottom"), "Alt+Shift+Down", "two"),
        _LINE,
        _on_canvas("distribute_across", translate("Actions", "Distribute &Across"), "Alt+Shift+H", "three"),
        _on_canvas("distribute_down", translate("Actions", "Distribute &Down"), "Alt+Shift+V", "three"),
        _LINE,
        _on_canvas("nudge_left", translate("Actions", "Nudge Left"), "Ctrl+Left", "movable"),
        _on_canvas("nudge_right", translate("Actions", "Nudge Right"), "Ctrl+Right", "movable"),
        _on_canvas("nudge_up", translate("Actions", "Nudge Up"), "Ctrl+Up", "movable"),
        _on_canvas("nudge_down", translate("Actions", "Nudge Down"), "Ctrl+Down", "movable"),
        _LINE,
        _on_canvas("wider", translate("Actions", "Make &Wider"), "Alt+Right", "note"),
        _on_canvas("narrower", translate("Actions", "Make &Narrower"), "Alt+Left", "note"),
        _on_canvas("taller", translate("Actions", "Make &Taller"), "Alt+Down", "note"),
        _on_canvas("lower", translate("Actions", "Make L&ower"), "Alt+Up", "note"),
        _LINE,
        _on_canvas("snapping", translate("Actions", "&Snap to Neighbours"), "Shift+S"),
    )


def _view() -> tuple[Entry, ...]:
    go, keep = translate("Actions", "Go to View {0}"), translate("Actions", "Keep This View as {0}")
    views = [
        *(_on_canvas(f"view_{digit}", go.format(digit), digit) for digit in VIEWS),
        _LINE,
        *(_on_canvas(f"keep_view_{digit}", keep.format(digit), f"Ctrl+{digit}") for digit in VIEWS),
    ]
    return (
        _on_canvas("zoom_in", translate("Actions", "Zoom &In"), "Ctrl++; Ctrl+=; +"),
        _on_canvas("zoom_out", translate("Actions", "Zoom &Out"), "Ctrl+-; -"),
        _on_canvas("zoom_reset", translate("Actions", "&Actual Size"), "Ctrl+0; 0"),
        _on_canvas("frame_selection", translate("Actions", "Show the &Selection"), "F", "things"),
        _on_canvas("frame_all", translate("Actions", "Show &Everything"), "Home; Shift+F", icon="fit"),
        Entry("views/", translate("Actions", "&Views"), entries=tuple(views)),
        _LINE,
        Entry("next_problem", translate("Actions", "Next &Problem"), "F8", "warning"),
        Entry("previous_problem", translate("Actions", "P&revious Problem"), "Shift+F8"),
        _LINE,
        Entry("focus_canvas", translate("Actions", "Go to the &Drawing"), "Ctrl+Return"),
        Entry("minimap", translate("Actions", "&Minimap"), "Ctrl+M"),
        Entry("activations", translate("Actions", "Show &Activations on Wires"), "Ctrl+Shift+M"),
        Entry("theme/", translate("Actions", "&Colours")),
        Entry("panels/", translate("Actions", "Pa&nels")),
    )


def _training() -> tuple[Entry, ...]:
    return (
        Entry("train", translate("Actions", "&Train"), "F5", "play"),
        Entry("pause", translate("Actions", "&Pause"), "F6", "pause"),
        Entry("step", translate("Actions", "Step One &Batch"), "F7", "step"),
        Entry("adjust", translate("Actions", "C&hange While Paused…"), "Shift+F6"),
        Entry("stop", translate("Actions", "&Stop"), "Shift+F5", "stop"),
        _LINE,
        Entry("continue_run", translate("Actions", "&Continue the Run"), "Ctrl+F5"),
        Entry("new_seed", translate("Actions", "Train with a &New Seed"), "Alt+F5"),
        Entry("restore", translate("Actions", "Restore a Checkpo&int…"), "Ctrl+Shift+R"),
        _LINE,
        Entry("queue_add", translate("Actions", "Add to &Queue"), "Ctrl+Shift+F5", "plus"),
        Entry("queue_show", translate("Actions", "Show the Q&ueue"), "Ctrl+Alt+Q"),
        _LINE,
        Entry("check", translate("Actions", "Chec&k Before a Run"), "F9", "check"),
        Entry("overfit", translate("Actions", "&Overfit One Batch"), "Shift+F9"),
        Entry("find_rate", translate("Actions", "Find the &Learning Rate"), "Ctrl+F9"),
        _LINE,
        Entry("settings", translate("Actions", "Training Se&ttings"), "Ctrl+,", "settings"),
        Entry("all_runs", translate("Actions", "All &Runs"), "Ctrl+R", "chart"),
        Entry("open_run", translate("Actions", "Show the Run's &Folder")),
    )


def flat(entries: tuple[Entry, ...]) -> list[Entry]:
    """The actions among the entries, those of submenus included."""
    found: list[Entry] = []
    for entry in entries:
        found += flat(entry.entries) if entry.entries else [entry] if entry.id and not entry.id.endswith("/") else []
    return found


def make(owner: QWidget, canvas: bool, do: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """The actions of the canvas, or of the window, by id, on their owner. KeyError when one has nothing to do."""
    made: dict[str, QAction] = {}
    for entry in (entry for entries in table().values() for entry in flat(entries) if entry.canvas == canvas):
        action = QAction(entry.text, owner)
        action.setShortcuts(_keys(entry.key))
        action.setProperty("keys", entry.key)
        if canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setData(entry.needs)
        action.triggered.connect(lambda _=False, act=do[entry.id]: act())
        owner.addAction(action)
        made[entry.id] = action
    return made


def _keys(text: str) -> list[QKeySequence]:
    return [QKeySequence(key) for key in text.split("; ") if key]


def fill(window: QMainWindow, actions: Mapping[str, QAction]) -> dict[str, QMenu]:
    """Fill the menu bar with these actions; the submenus by id."""
    submenus: dict[str, QMenu] = {}

    def put(menu: QMenu, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            if entry.id.endswith("/"):
                submenus[entry.id.rstrip("/")] = inner = menu.addMenu(entry.text)
                put(inner, entry.entries)
            elif entry.id:
                menu.addAction(actions[entry.id])
            else:
                menu.addSeparator()

    for title, entries in table().items():
        put(window.menuBar().addMenu(title), entries)
    return submenus


def groups() -> dict[str, str]:
    """The menu that each action is in, by the action's id."""
    return {entry.id: title.replace("&", "") for title, entries in table().items() for entry in flat(entries)}


@dataclass(frozen=True)
class Selected:
    """How many things of each kind are selected; `notes` are notes and frames. `inside`: not in the main network."""

    nodes: int = 0
    bypassable: int = 0
    wires: int = 0
    notes: int = 0
    dots: int = 0
    layers: int = 0
    networks: int = 0
    sharing: int = 0
    inside: bool = False


def enable(actions: Mapping[str, QAction], chosen: Selected) -> None:
    """Enable what can be done with what is selected."""
    cards = chosen.nodes + chosen.notes
    met: dict[Need, bool] = {
        "node": chosen.nodes > 0,
        "one node": chosen.nodes == 1,
        "nodes": chosen.nodes > 1,
        "bypassable": chosen.bypassable > 0,
        "wire": chosen.wires > 0,
        "note": chosen.notes > 0,
        "copyable": cards > 0,
        "two": cards > 1,
        "three": cards > 2,
        "movable": cards + chosen.dots > 0,
        "things": cards + chosen.wires + chosen.dots > 0,
        "layers": chosen.layers > 0,
        "one network": chosen.networks == 1 and chosen.nodes == 1,
        "sharing": chosen.sharing > 0,
        "inside": chosen.inside,
    }
    for action in actions.values():
        if action.data():
            action.setEnabled(met[action.data()])
    for key, others in YIELDING.items():
        given = [
            key for other in others if actions[other].isEnabled() for key in _keys(actions[other].property("keys"))
        ]
        left = [one for one in _keys(actions[key].property("keys")) if one not in given]
        if left != actions[key].shortcuts():
            actions[key].setShortcuts(left)


def tint(actions: Mapping[str, QAction], theme: Theme) -> None:
    """Give the actions their icons in the theme's colour."""
    for entry in (entry for entries in table().values() for entry in flat(entries)):
        if entry.icon and entry.id in actions:
            actions[entry.id].setIcon(icon(entry.icon, theme.text_soft))
            actions[entry.id].setIconVisibleInMenu(False)
