"""What is on the screen and how it looks: the panels, their places, the colours, and how the window was left."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabWidget, QToolBar, QWidget

from netbuilder.graph.document import Document
from netbuilder.ui import actions, style
from netbuilder.ui.breadcrumbs import Breadcrumbs
from netbuilder.ui.canvas import Canvas
from netbuilder.ui.canvas.minimap import Minimap
from netbuilder.ui.code_panel import CodePanel
from netbuilder.ui.data_panel import DataPanel
from netbuilder.ui.data_panel.look_panel import LookPanel
from netbuilder.ui.finder.finder import Finder
from netbuilder.ui.inspector.inspector import Inspector
from netbuilder.ui.log_panel import LogPanel
from netbuilder.ui.notice import Notice
from netbuilder.ui.palette.palette import Palette
from netbuilder.ui.plots.confusion_panel import ConfusionPanel
from netbuilder.ui.plots.gradients_panel import GradientsPanel
from netbuilder.ui.plots.speed_panel import SpeedPanel
from netbuilder.ui.plots.training_panel import TrainingPanel
from netbuilder.ui.problems import Problems
from netbuilder.ui.runs.panel import RunsPanel
from netbuilder.ui.status import Status
from netbuilder.ui.theme import DARK, LIGHT, Theme
from netbuilder.ui.top_bar import TopBar
from netbuilder.ui.trust import TrustBar
from netbuilder.ui.usage import Usage

_STATE_VERSION = 1


class Frame(QMainWindow):
    """The window without what it does. `actions_by_id` is filled by who gives the actions something to do."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.settings = QSettings("netbuilder", "netbuilder")
        self.actions_by_id: dict[str, QAction] = {}
        style.load_fonts()
        self.theme = self.wanted_theme()
        self._apply_style()  # before there are widgets, so that all are made in the right font
        self._make_panels(document)
        self._arrange()

    def _make_panels(self, document: Document) -> None:
        self.top = TopBar(self.theme)
        self.canvas = Canvas(document, self.theme)
        self.notice = Notice(self.theme, self.canvas)
        self.usage = Usage(self.settings, self)
        self.finder = Finder(self.theme, self.canvas)
        self.minimap = Minimap(self.canvas)
        self.notice.stand_above(self.minimap)
        self.crumbs = Breadcrumbs(self.canvas)
        self.trust_bar = TrustBar(self.theme, self.canvas)
        self.palette_panel = Palette(self.theme, self.usage)
        self.inspector = Inspector(document, self.theme)
        self.training = TrainingPanel(self.theme)
        self.gradients = GradientsPanel(self.theme, self.training.follower)
        self.speed = SpeedPanel(self.theme, self.training.follower)
        self.confusion = ConfusionPanel(self.theme, self.training.follower)
        self.code = CodePanel(self.theme)
        self.data = DataPanel(self.theme)
        self.looks = LookPanel(self.theme)
        self.problems = Problems(self.theme)
        self.all_runs = RunsPanel(self.theme, self.settings)
        self.log = LogPanel()
        self.status = Status()
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for widget, title in (
            (self.training, self.tr("Training")),
            (self.gradients, self.tr("Gradients")),
            (self.speed, self.tr("Speed")),
            (self.confusion, self.tr("Confusion")),
            (self.code, self.tr("Code")),
            (self.data, self.tr("Data")),
            (self.looks, self.tr("Samples")),
            (self.problems, self.tr("Problems")),
            (self.all_runs, self.tr("Runs")),
            (self.log, self.tr("Log")),
        ):
            self.tabs.addTab(widget, title)

    def _arrange(self) -> None:
        room = QGuiApplication.primaryScreen().availableSize()
        self.resize(min(1760, room.width() * 24 // 25), min(1120, room.height() * 24 // 25))
        bar = QToolBar(self.tr("Training bar"))
        bar.setObjectName("bar")
        bar.setMovable(False)
        bar.addWidget(self.top)
        bar.toggleViewAction().setVisible(False)
        self.addToolBar(bar)
        self.setCentralWidget(self.canvas)
        self.setStatusBar(self.status)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks)
        areas = Qt.DockWidgetArea
        self.docks = {
            "blocks": self._dock("blocks", self.tr("Blocks"), self.palette_panel, areas.LeftDockWidgetArea),
            "inspector": self._dock("inspector", self.tr("Inspector"), self.inspector, areas.RightDockWidgetArea),
            "below": self._dock("below", self.tr("Plots and code"), self.tabs, areas.BottomDockWidgetArea),
        }
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            self.setCorner(corner, areas.BottomDockWidgetArea)
        self.resizeDocks([self.docks["blocks"], self.docks["inspector"]], [230, 300], Qt.Orientation.Horizontal)
        self.resizeDocks(
            [self.docks["below"]], [max(200, min(280, self.height() * 27 // 100))], Qt.Orientation.Vertical
        )

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title)
        dock.setObjectName(name)
        dock.setTitleBarWidget(QWidget())
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        return dock

    def wanted_theme(self) -> Theme:
        """The colours that the person chose, or the system's."""
        chosen = self.settings.value("theme", "system")
        if chosen == "system":
            light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
            return LIGHT if light else DARK
        return LIGHT if chosen == "light" else DARK

    def choose_theme(self, name: str) -> None:
        """Keep to `light`, `dark` or what the `system` has."""
        self.settings.setValue("theme", name)
        self.set_theme(self.wanted_theme())

    def set_theme(self, theme: Theme) -> None:
        """Show everything in these colours."""
        self.theme = theme
        self._apply_style()
        for panel in (
            self.top,
            self.canvas,
            self.notice,
            self.trust_bar,
            self.finder,
            self.minimap,
            self.crumbs,
            self.palette_panel,
            self.inspector,
            self.training,
            self.gradients,
            self.speed,
            self.confusion,
            self.code,
            self.data,
            self.looks,
            self.problems,
            self.all_runs,
        ):
            panel.set_theme(theme)
        actions.tint(self.actions_by_id, theme)

    def _apply_style(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        style.apply(application, self.theme)

    def restore_state(self) -> None:
        """Be as the window was left."""
        geometry, state = self.settings.value("geometry"), self.settings.value("state")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(state, QByteArray):
            self.restoreState(state, _STATE_VERSION)
        tab = str(self.settings.value("tab", 0))
        self.tabs.setCurrentIndex(int(tab) if tab.isdecimal() else 0)

    def keep_state(self) -> None:
        """Remember how the window is left."""
        self.settings.setValue("geometry", self.saveGeometry())
        self.settings.setValue("state", self.saveState(_STATE_VERSION))
        self.settings.setValue("tab", self.tabs.currentIndex())
