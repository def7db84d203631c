"""The Samples panel: what a run made of single samples, now and over time, and what its layers look for."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from netbuilder.bridge.messages import path_text
from netbuilder.bridge.viewing import Group, Look, Looked, Unviewed, Viewing, What
from netbuilder.ui.data_panel.groups import GroupList
from netbuilder.ui.data_panel.notice_page import NoticePage
from netbuilder.ui.inspector.fields import ChoiceField
from netbuilder.ui.parts import IconButton, label, tip
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme
from netbuilder.ui.viewing_link import ViewingLink


class LookPanel(QWidget):
    """Asks about one run while it is seen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link = ViewingLink(self)
        self.link.answered.connect(self._hear)
        self.link.died.connect(lambda sentence: self._refuse(words(sentence)))
        self.run: Path | None = None
        self.trusted = False
        self.sample = 0
        self.shown: Looked | None = None
        self._what: What = "worst"
        self._checkpoint = ""
        self._asked: object = None
        self._node = ""
        self.notice = NoticePage(theme)
        self.notice.again.connect(self.again)
        self.notice.stopped.connect(self._stop)
        self.groups = GroupList(theme)
        self.groups.chosen.connect(self._choose)
        self._lay()
        self._say_empty()

    def _lay(self) -> None:
        bar = QFrame()
        bar.setProperty("role", "bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        frame = QFrame()
        frame.setProperty("role", "segments")
        inner = QHBoxLayout(frame)
        inner.setContentsMargins(2, 2, 2, 2)
        inner.setSpacing(2)
        kinds: tuple[tuple[What, str, str], ...] = (
            ("worst", self.tr("Worst"), self.tr("The samples kept aside that have the greatest loss")),
            ("best", self.tr("Best"), self.tr("The samples kept aside that have the least loss")),
            ("epochs", self.tr("Over time"), self.tr("What was said of the same samples at each validation")),
            ("kernels", self.tr("Kernels"), self.tr("The weights of the first layer, as pictures")),
            ("maps", self.tr("Feature maps"), self.tr("What each layer makes of the sample chosen last")),
        )
        group = QButtonGroup(frame)
        self.buttons: dict[What, QPushButton] = {}
        for what, text, help in kinds:
            button = self.buttons[what] = QPushButton(text)
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setToolTip(tip(help))
            button.clicked.connect(partial(self.show_what, what))
            group.addButton(button)
            inner.addWidget(button)
        self.buttons["worst"].setChecked(True)
        row.addWidget(frame)
        row.addStretch(1)
        self.work = label("", "faint")
        row.addWidget(self.work)
        self.checkpoint = ChoiceField((), "")
        self.checkpoint.fix_width(150)
        self.checkpoint.setAccessibleName(self.tr("Checkpoint"))
        self.checkpoint.setToolTip(tip(self.tr("Whose weights are used")))
        self.checkpoint.committed.connect(self._choose_checkpoint)
        self.checkpoint.hide()  # until it is known which there are
        row.addWidget(self.checkpoint)
        redo = IconButton("redo", self.tr("Look again, at the newest weights"), QSize(24, 26), bar)
        redo.clicked.connect(self.again)
        row.addWidget(redo)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._below = QStackedLayout()
        self._below.addWidget(self.notice)
        self._below.addWidget(self.groups)
        column.addWidget(bar)
        column.addLayout(self._below, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        self.bar = bar

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.notice.set_theme(theme)
        self.groups.set_theme(theme)

    def show_run(self, run: Path | None, trusted: bool = False) -> None:
        """Look into this run. Python code in its drawing may run if it is `trusted`."""
        if run != self.run:
            self._checkpoint, self.sample, self.shown = "", 0, None
            self.checkpoint.hide()
        self.run, self.trusted = run, trusted
        self._asked = None
        if self.isVisible():
            self.refresh()

    def show_what(self, what: What) -> None:
        """Show another side of the run."""
        self._what = what
        self.buttons[what].setChecked(True)
        self.refresh()

    def show_node(self, node: str) -> None:
        """Scroll to what a block makes of the sample, where that is shown."""
        self._node = node
        self.groups.reveal(node)

    def again(self) -> None:
        """Ask once more: the run may have gone on."""
        self._asked = None
        self._checkpoint = ""
        self.refresh()

    def close_link(self) -> None:
        """End the child."""
        self.link.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is to be seen now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask for what is wanted, unless it is shown or on its way."""
        if self.run is None:
            self._say_empty()
            return
        wanted = (self.run, self._what, self._checkpoint, self.sample if self._what == "maps" else 0, self.trusted)
        if wanted == self._asked:
            return
        self._asked = wanted
        if self.shown is None:
            self._below.setCurrentIndex(0)
            self.notice.show_work(self.tr("Opening the run"))
        run, what, checkpoint, sample, trusted = wanted
        self.link.ask(lambda ask: Look(ask, path_text(run), what, checkpoint, sample, trusted), (run, trusted))

    def _stop(self) -> None:
        self.link.stop()
        self.notice.say(self.tr("Stopped."), "stop", retry=True)

    def _choose(self, sample: int) -> None:
        self.sample = sample

    def _choose_checkpoint(self, name: object) -> None:
        self._checkpoint = str(name)
        self.refresh()

    def _hear(self, answer: object) -> None:
        if isinstance(answer, Viewing):
            doing = words(answer.doing)
            if self.shown is None:
                self.notice.show_work(doing, answer.share)
            else:
                self.work.setText(doing if answer.share is None else f"{doing} · {answer.share:.0%}")
        elif isinstance(answer, Looked):
            self.work.setText("")
            self.shown = answer
            self.checkpoint.set_options([(name, self._checkpoint_text(name)) for name in reversed(answer.checkpoints)])
            self.checkpoint.set_value(answer.checkpoint)
            self.checkpoint.setVisible(bool(answer.checkpoints))
            self.groups.show_groups(answer.groups, [self._title(group) for group in answer.groups])
            self._below.setCurrentIndex(1)
            QTimer.singleShot(0, self.groups, lambda: self.groups.reveal(self._node))
        elif isinstance(answer, Unviewed):
            self._refuse(words(answer.sentence))

    def _refuse(self, text: str) -> None:
        self.shown = None
        self.work.setText("")
        self._below.setCurrentIndex(0)
        self.notice.say(text, "warning", retry=True)

    def _checkpoint_text(self, name: str) -> str:
        number = name.removeprefix("step-").lstrip("0")
        return self.tr("step {0}").format(number or "0") if name.startswith("step-") else self.tr("best")

    def _title(self, group: Group) -> str:
        numbers = ", ".join(group.names) if group.title == "sample" else ""
        known = {
            "worst": self.tr("Greatest loss first: what is right, what was said, the loss"),
            "best": self.tr("Least loss first: what is right, what was said, the loss"),
            "samples": self.tr("Samples that are watched"),
            "sample": self.tr("Sample {0}: what is right, and what is said").format(numbers),
        }
        title = known.get(group.title, group.title)
        return self.tr("Steps {0}").format(title) if " – " in title else title

    def _say_empty(self) -> None:
        self.shown = None
        self._below.setCurrentIndex(0)
        self.notice.say(self.tr("Train, or choose a run, to see here what it makes of single samples."))
