"""The Data panel: the samples of the drawing's data blocks, as they are loaded and as they are trained on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.messages import path_text
from netbuilder.bridge.viewing import Page, Part, Surveyed, ToViewer, Unviewed, View, Viewed, Viewing
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN
from netbuilder.ui.data_panel.bar import DataBar
from netbuilder.ui.data_panel.cells import Cells
from netbuilder.ui.data_panel.grid import SampleGrid
from netbuilder.ui.data_panel.notice_page import NoticePage
from netbuilder.ui.data_panel.survey_pane import SurveyPane
from netbuilder.ui.data_panel.table import SampleTable
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme
from netbuilder.ui.viewing_link import ViewingLink

SETTLED = 350  # milliseconds after the last edit


class DataPanel(QWidget):
    """Asks for samples while it is seen, and shows them. `node_wanted` gives a block that a person wants to see."""

    node_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link = ViewingLink(self)
        self.link.answered.connect(self._hear)
        self.link.died.connect(self._bury)
        self._graph, self._folder = Graph(), Path()
        self._part: Part = "training"
        self._augmented = False
        self._seed = 0
        self._first = 0
        self._shown_title = ""
        self._asked: object = None
        self._node: str | None = None
        self.page: Page | None = None
        self.bar = DataBar()
        self.grid, self.table = SampleGrid(theme), SampleTable(theme)
        self.survey = SurveyPane(theme)
        self.notice = NoticePage(theme)
        self._lay()
        self._connect()
        self._settling = QTimer(self, singleShot=True, interval=SETTLED)
        self._settling.timeout.connect(self.refresh)
        self._say_empty()

    def _lay(self) -> None:
        self._views = QStackedLayout()
        self._views.addWidget(self.grid)
        self._views.addWidget(self.table)
        views = QWidget()
        views.setLayout(self._views)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(views)
        self.splitter.addWidget(self.survey)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([900, 300])
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.splitter, 1)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.notice)
        self._stack.addWidget(content)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._stack)

    def _connect(self) -> None:
        bar = self.bar
        bar.part_chosen.connect(self._choose_part)
        bar.augmented_chosen.connect(self._choose_augmented)
        bar.again.connect(self._augment_again)
        bar.turned.connect(self.turn)
        bar.sized.connect(self.grid.set_side)
        bar.column_chosen.connect(self._choose_column)
        bar.stopped.connect(self._stop_survey)
        self.grid.left_by.connect(self.turn)
        self.survey.node_wanted.connect(self.node_wanted)
        self.notice.stopped.connect(self._stop)
        self.notice.again.connect(self.reload)
        self.notice.shown.connect(lambda: self.node_wanted.emit(self._node))
        for keys, by in (
            (QKeySequence.StandardKey.MoveToPreviousPage, -1),
            (QKeySequence.StandardKey.MoveToNextPage, 1),
        ):
            shortcut = QShortcut(keys, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda by=by: self.turn(by))

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        for part in (self.grid, self.table, self.survey, self.notice):
            part.set_theme(theme)

    def show_drawing(self, graph: Graph, folder: Path) -> None:
        """Show the data of this drawing, whose paths start there, once it has settled."""
        self._graph, self._folder = graph, folder
        if self.isVisible():
            self._settling.start()

    def close_link(self) -> None:
        """End the child."""
        self.link.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is to be seen now."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing while nobody looks."""
        super().hideEvent(event)
        self._settling.stop()

    # Asking.

    def _key(self) -> object:
        """What the samples depend on."""
        nodes = [node for node in self._graph.part(MAIN).nodes.values() if node.entry.role == "data"]
        return [(node.id, node.block, node.name, node.params) for node in nodes], self._folder

    def _wanted(self) -> object:
        nodes = self._graph.part(MAIN).nodes.values()
        changes = [node.augmentations for node in nodes if node.entry.role == "data"]
        return self._key(), changes, self._part, self._augmented, self._seed, self._first

    def refresh(self) -> None:
        """Ask for the samples that are wanted, unless they are shown or on their way."""
        if not any(node.entry.role == "data" for node in self._graph.part(MAIN).nodes.values()):
            self.link.stop()
            self._asked = None
            self._say_empty()
            return
        wanted = self._wanted()
        if wanted == self._asked:
            return
        key, before = self._key(), self._asked
        if before is None or key != before[0]:  # type: ignore[index]
            self._first = 0
            wanted = self._wanted()
            self.page = None
            self.survey.show_survey(None)
            self._wait(self.tr("Loading"))
        self._asked = wanted
        self.bar.show_wanted(self._part, self._augmented)
        self.link.ask(self._question(), key)

    def _question(self) -> Callable[[int], ToViewer]:
        records, folder = list(self._graph.records.values()), path_text(self._folder)
        part, first, augmented, seed = self._part, self._first, self._augmented, self._seed
        return lambda ask: View(ask, records, folder, part, first, 0, augmented, seed)

    def reload(self) -> None:
        """Load everything once more, since files may be others now."""
        self.link.stop()
        self._asked = None
        self.refresh()

    def turn(self, by: int) -> None:
        """Go a page on, or back."""
        page = self.page
        if page is None:
            return
        wanted = max(0, page.first + by * page.count) if by < 0 else page.first + page.count
        if wanted != page.first and wanted < page.totals[page.part]:
            self._first = wanted
            self.refresh()

    def _choose_part(self, part: Part) -> None:
        self._part, self._first = part, 0
        self._augmented = self._augmented and part == "training"
        self.refresh()

    def _choose_augmented(self, on: bool) -> None:
        self._augmented = on
        self.refresh()

    def _augment_again(self) -> None:
        self._seed += 1
        self.refresh()

    def _choose_column(self, title: str) -> None:
        self._shown_title = title
        self._show_page()

    def _stop(self) -> None:
        self.link.stop()
        self.notice.say(self.tr("Stopped."), "stop", retry=True)

    def _stop_survey(self) -> None:
        self.link.stop()
        self.bar.show_work("")

    # Answers.

    def _hear(self, answer: object) -> None:
        if isinstance(answer, Viewing):
            self._work(answer)
        elif isinstance(answer, Viewed):
            self.page = answer.page
            self._part, self._first, self._augmented = answer.page.part, answer.page.first, answer.page.augmented
            self._asked = self._wanted()
            self._show_page()
            self._stack.setCurrentIndex(1)
        elif isinstance(answer, Surveyed):
            self.bar.show_work("")
            self.survey.show_survey(answer.survey)
        elif isinstance(answer, Unviewed):
            self._refuse(answer.sentence, answer.node)

    def _work(self, answer: Viewing) -> None:
        doing = words(answer.doing)
        if self.page is None:
            self.notice.show_work(doing, answer.share)
        elif answer.share is not None:
            self.bar.show_work(f"{doing} · {answer.share:.0%}")

    def _refuse(self, sentence: Sentence, node: str | None) -> None:
        self.page = None
        self._node = node
        self._stack.setCurrentIndex(0)
        self.notice.say(words(sentence), "error", retry=True, block=node is not None)

    def _bury(self, sentence: Sentence) -> None:
        self.bar.show_work("")
        self._refuse(sentence, None)

    def _wait(self, doing: str) -> None:
        self._stack.setCurrentIndex(0)
        self.notice.show_work(doing)

    def _say_empty(self) -> None:
        self.page = None
        self._stack.setCurrentIndex(0)
        self.notice.say(self.tr("There is no data yet: drag a data block in from the left to see its samples here."))

    def _show_page(self) -> None:
        page = self.page
        if page is None:
            return
        cells = [Cells(column) for column in page.columns]
        mains = [one for one in cells if not one.column.target] or cells
        main = next((one for one in mains if one.column.title == self._shown_title), mains[0])
        targets = [one for one in cells if one.column.target and one is not main]
        tiles = main.column.kind in ("picture", "curve")
        titles = [one.column.title for one in mains]
        self.bar.show_page(page, titles if tiles else [], main.column.title, tiles)
        if tiles:
            names = [self.tr("Sample {0} · {1}").format(page.first + i, main.text(i)) for i in range(page.count)]
            self.grid.show_samples(main, targets, names)
        else:
            self.table.show_samples(cells, page.first, page.count)
        self._views.setCurrentWidget(self.grid if tiles else self.table)
