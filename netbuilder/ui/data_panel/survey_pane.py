"""What all samples of a part are like: what is wrong with them, class balance, spread, features."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from netbuilder.bridge.viewing import ColumnSurvey, Numbers, Survey, Trouble
from netbuilder.ui.data_panel.cells import number_text
from netbuilder.ui.data_panel.charts import Chart, ClassBars, Histogram
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import ElidedLabel, Fact, count, label
from netbuilder.ui.text import translate, words
from netbuilder.ui.theme import Theme

SIDE = 14
MOST_FEATURES = 64


class TroubleBox(QFrame):
    """Something a person should know, with the way to the block."""

    def __init__(self, trouble: Trouble, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "problem")
        colour = theme.error if trouble.level == "error" else theme.warning
        mark = QLabel()
        mark.setPixmap(icon(trouble.level, colour).pixmap(QSize(16, 16)))
        self.button = QPushButton(self.tr("Show the block"))
        self.button.setProperty("size", "small")
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(label(words(trouble.sentence), wrap=True))
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 9)
        row.setSpacing(8)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)


class SurveyPane(QScrollArea):
    """A column of charts and facts. `node_wanted` gives the block that a person wants to see."""

    node_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._survey: Survey | None = None
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(220)
        self.charts: list[Chart] = []
        self.boxes: list[TroubleBox] = []
        self.show_survey(None)

    def sizeHint(self) -> QSize:
        """Wide enough for names and bars."""
        return QSize(300, 200)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        place = self.verticalScrollBar().value()
        self.show_survey(self._survey)
        self.verticalScrollBar().setValue(place)

    def show_survey(self, survey: Survey | None) -> None:
        """Show what samples are like; None while nobody knows."""
        self._survey = survey
        self.charts, self.boxes = [], []
        page = QWidget()
        page.setProperty("role", "page")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(SIDE, 10, SIDE, 14)
        self._column.setSpacing(6)
        if survey is not None:
            self._fill(survey)
        self._column.addStretch(1)
        self.setWidget(page)

    def _fill(self, survey: Survey) -> None:
        for trouble in survey.troubles:
            box = TroubleBox(trouble, self._theme)
            box.button.clicked.connect(lambda _=False, node=trouble.node: self.node_wanted.emit(node))
            self.boxes.append(box)
            self._column.addWidget(box)
        if survey.looked < survey.total:
            text = self.tr("Of {0} samples, {1} were looked at, chosen by chance.")
            note = label(text.format(count(survey.total), count(survey.looked)), "help", wrap=True)
            self._column.addWidget(note)
        for one in (*(c for c in survey.columns if c.target), *(c for c in survey.columns if not c.target)):
            self._add(one)
        if survey.facts:
            self._head(self.tr("Files"))
            for name, value in survey.facts:
                self._column.addWidget(Fact(translate(name), value))

    def _head(self, title: str) -> None:
        heading = label(title, "section")
        heading.setContentsMargins(0, 8 if self._column.count() else 0, 0, 2)
        self._column.addWidget(heading)

    def _add(self, one: ColumnSurvey) -> None:
        self._head(one.title)
        if one.classes:
            self._chart(ClassBars(self._theme, self.tr("Classes of {0}").format(one.title), one.classes, one.names))
        if one.numbers is not None:
            self._numbers(one.title, one.numbers)
        if one.features:
            self._features(one)

    def _numbers(self, title: str, numbers: Numbers) -> None:
        chart = Histogram(self._theme, self.tr("Values of {0}").format(title), numbers.bins, numbers.low, numbers.high)
        self._chart(chart)
        facts = [
            (self.tr("Mean"), number_text(numbers.mean)),
            (self.tr("Spread"), number_text(numbers.spread)),
        ]
        if numbers.missing:
            facts.append((self.tr("Missing"), count(numbers.missing)))
        if numbers.infinite:
            facts.append((self.tr("Infinite"), count(numbers.infinite)))
        for name, value in facts:
            self._column.addWidget(Fact(name, value))

    def _features(self, one: ColumnSurvey) -> None:
        self._head(self.tr("{0} features").format(len(one.features)))
        for i, numbers in enumerate(one.features[:MOST_FEATURES]):
            name = one.names[i] if one.names else f"{one.title} {i}"
            text = self.tr("{0} to {1}").format(number_text(numbers.low), number_text(numbers.high))
            detail = self.tr("Mean {0}, spread {1}, missing {2}").format(
                number_text(numbers.mean), number_text(numbers.spread), count(numbers.missing)
            )
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(ElidedLabel(name, "", 60, detail), 5)
            chart = Histogram(self._theme, name, numbers.bins, numbers.low, numbers.high, 22)
            self.charts.append(chart)
            row.addWidget(chart, 4)
            limits = ElidedLabel(text, "soft", 40, detail)
            limits.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(limits, 5)
            self._column.addLayout(row)
        if len(one.features) > MOST_FEATURES:
            self._column.addWidget(label(self.tr("and {0} more").format(len(one.features) - MOST_FEATURES), "faint"))

    def _chart(self, chart: Chart) -> None:
        self.charts.append(chart)
        self._column.addWidget(chart)
