"""The Confusion panel: which class the samples of each class were taken for, at any of the validations.

numpy is not imported with this file: the window opens before it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from netbuilder.ui.plots.follower import Follower
from netbuilder.ui.theme import Theme

if TYPE_CHECKING:
    from netbuilder.ui.plots.run_data import RunData
    from netbuilder.ui.plots.series import Floats

_LEAST_TEXT, _WIDE = 14, 44
_NAME = 60.0  # pixels of a name that are enough
_GAP = 8


class Matrix(QWidget):
    """The matrix itself: true classes in rows, guesses in columns; the diagonal is what was right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """Start without counts."""
        super().__init__(parent)
        self.theme = theme
        self.counts: Floats | None = None
        self.names: tuple[str, ...] = ()
        self.by_row = True
        self.pointed: tuple[int, int] | None = None
        font = QFont(self.font())
        font.setPixelSize(11)
        font.setFeature(QFont.Tag("tnum"), 1)
        self.setFont(font)
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(160, 120))

    def show_counts(self, counts: Floats | None, names: tuple[str, ...], by_row: bool) -> None:
        """Show these, shape (classes, classes); with `by_row` as parts of each true class."""
        self.counts, self.names, self.by_row = counts, names, by_row
        self.update()

    def shares(self) -> Floats:
        """What part of each true class was taken for which; nan where there is no sample of it."""
        import numpy as np

        assert self.counts is not None
        total = self.counts.sum(axis=1, keepdims=True)
        return np.where(total > 0, self.counts / np.maximum(total, 1), np.nan)

    def _grid(self) -> tuple[QRectF, float, float]:
        """Where the cells are, and how wide and high each is: wider than high where that leaves room for words."""
        metrics, count = QFontMetricsF(self.font()), len(self.names)
        widest = max(metrics.horizontalAdvance(name) for name in self.names)
        left = min(widest + 2 * _GAP + 16, self.width() / 3)
        top = metrics.height() * 2 + 6
        high = max((self.height() - top - 4) / count, 1.0)
        wide = max(
            min((self.width() - left - _GAP) / count, max(high, min(2.2 * high, _WIDE), min(widest, _NAME) + 6)), 1.0
        )
        high = min(high, wide)
        return QRectF(left, top, wide * count, high * count), wide, high

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cells, their numbers where there is room, and the names."""
        import numpy as np

        from netbuilder.ui.plots.colours import mix, ramp

        if self.counts is None or not self.names:
            return
        painter, theme = QPainter(self), self.theme
        grid, wide, high = self._grid()
        metrics, shares = QFontMetricsF(self.font()), self.shares()
        shades = ramp(theme, 101)
        shown = shares if self.by_row else self.counts / (self.counts.max() or 1)
        gap = 1.0 if min(wide, high) >= 6 else 0.0
        for row in range(len(self.names)):
            for column in range(len(self.names)):
                share = shown[row, column]
                box = QRectF(grid.left() + column * wide, grid.top() + row * high, wide - gap, high - gap)
                none = not np.isfinite(share) or share == 0
                shade = shades[max(round(100 * float(share)), 2)] if not none else mix(theme.panel, theme.line, 0.5)
                painter.fillRect(box, QColor(shade))
                if (row, column) == self.pointed:
                    painter.setPen(QColor(theme.text))
                    painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
                text = self._text(row, column, shares)
                if not none and high >= _LEAST_TEXT and metrics.horizontalAdvance(text) < wide - 3:
                    painter.setPen(QColor(theme.panel if share > 0.5 else theme.text))
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        self._paint_names(painter, grid, wide, high, metrics)

    def _text(self, row: int, column: int, shares: Floats) -> str:
        if not self.by_row:
            return f"{int(self.counts[row, column]):,}" if self.counts is not None else ""
        share = 100 * float(shares[row, column])
        return f"{share:.0f}" if share >= 0.95 or share == 0 else f"{share:.1f}"

    def _paint_names(self, painter: QPainter, grid: QRectF, wide: float, high: float, metrics: QFontMetricsF) -> None:
        painter.setPen(QColor(self.theme.text_soft))
        every = max(int(-(-(metrics.capHeight() + 3) // high)), 1)
        for index in range(0, len(self.names), every):
            box = QRectF(16, grid.top() + index * high, grid.left() - 16 - _GAP, high)
            name = metrics.elidedText(self.names[index], Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
        widest = max(metrics.horizontalAdvance(name) for name in self.names) + 6
        every = max(int(-(-min(widest, _NAME) // wide)), 1)
        for index in range(0, len(self.names), every):
            box = QRectF(grid.left() + index * wide, grid.top() - metrics.height() - 3, wide * every, metrics.height())
            name = metrics.elidedText(self.names[index], Qt.TextElideMode.ElideRight, wide * every - 2)
            flags = Qt.AlignmentFlag.AlignHCenter if every == 1 else Qt.AlignmentFlag.AlignLeft
            painter.drawText(box, flags | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(QColor(self.theme.text_faint))
        painter.drawText(
            QRectF(grid.left(), 0, grid.width(), metrics.height()), Qt.AlignmentFlag.AlignCenter, self.tr("guessed")
        )
        painter.save()
        painter.translate(0, grid.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-grid.height() / 2, 0, grid.height(), 14), Qt.AlignmentFlag.AlignCenter, self.tr("is"))
        painter.restore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say in words what the cell under the mouse is."""
        if self.counts is None or not self.names:
            return
        grid, wide, high = self._grid()
        inside = grid.contains(event.position())
        row = int((event.position().y() - grid.top()) / high)
        column = int((event.position().x() - grid.left()) / wide)
        pointed = (row, column) if inside and max(row, column) < len(self.names) else None
        if pointed == self.pointed:
            return
        self.pointed = pointed
        text = ""
        if pointed is not None:
            count, total = int(self.counts[row, column]), int(self.counts[row].sum())
            text = self.tr("{0} of {1} samples of {2} were taken for {3}").format(
                f"{count:,}", f"{total:,}", self.names[row], self.names[column]
            )
        self.setToolTip(text)
        self.update()

    def leaveEvent(self, _event: object) -> None:
        """Point at nothing."""
        self.pointed = None
        self.update()


class ConfusionPanel(QWidget):
    """A matrix, which metric it is of, and a slider over the validations; at its right end it follows the run."""

    def __init__(self, theme: Theme, follower: Follower, parent: QWidget | None = None) -> None:
        """Build what shows while there is no run."""
        super().__init__(parent)
        self.setObjectName("confusion")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = theme
        self.follower = follower
        self._empty = QLabel(self)
        self._empty.setObjectName("empty")
        self._empty.setWordWrap(True)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        page = QWidget(self)
        self.matrix = Matrix(theme, page)
        self.choice = QComboBox(page)
        self.choice.setAccessibleName(self.tr("Which confusion matrix"))
        self.choice.currentIndexChanged.connect(self.refresh)
        self.rows_button = QToolButton(page)
        self.rows_button.setText(self.tr("percent of each class"))
        self.rows_button.setToolTip(self.tr("Percent of the samples of each class, or their number"))
        self.rows_button.setCheckable(True)
        self.rows_button.setChecked(True)
        self.rows_button.toggled.connect(self.refresh)
        self.slider = QSlider(Qt.Orientation.Horizontal, page)
        self.slider.setAccessibleName(self.tr("Which validation"))
        self.slider.valueChanged.connect(self.refresh)
        self.where = QLabel(page)
        self.where.setTextFormat(Qt.TextFormat.PlainText)
        self.worst = QLabel(page)
        self.worst.setTextFormat(Qt.TextFormat.PlainText)
        self.worst.setWordWrap(True)
        self.worst.setAlignment(Qt.AlignmentFlag.AlignTop)
        side = QVBoxLayout()
        side.setSpacing(8)
        for widget in (self.choice, self.where, self.slider, self.rows_button, self.worst):
            side.addWidget(widget)
        side.addStretch(1)
        row = QHBoxLayout(page)
        row.setContentsMargins(12, 8, 18, 8)
        row.setSpacing(18)
        row.addWidget(self.matrix, 3)
        row.addLayout(side, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        follower.began.connect(self._began)
        follower.came.connect(lambda _: self._came())
        self._began(None)
        self._dress()

    @property
    def run(self) -> RunData | None:
        """The run that is shown."""
        return self.follower.run

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.theme = self.matrix.theme = theme
        self._dress()
        self.matrix.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while nobody looked."""
        super().showEvent(event)
        self._came()

    def _began(self, run: RunData | None) -> None:
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems(list(run.about.confusions) if run is not None else [])
        self.choice.setVisible(self.choice.count() > 1)
        self.choice.blockSignals(False)
        self.slider.setRange(0, 0)
        self._came()

    def _came(self) -> None:
        run = self.run
        count = len(run.confusion) if run is not None and run.about.confusions else 0
        self._stack.setCurrentIndex(1 if count else 0)
        if run is not None and run.about.confusions:
            self._empty.setText(self.tr("The first validation fills this matrix"))
        else:
            self._empty.setText(self.tr("Put a Confusion matrix block behind the network's output to see it here"))
        if not count or not self.isVisible():
            return
        follows = self.slider.value() == self.slider.maximum()
        self.slider.blockSignals(True)
        self.slider.setRange(0, count - 1)
        self.slider.setPageStep(max(count // 10, 1))
        if follows:
            self.slider.setValue(count - 1)
        self.slider.blockSignals(False)
        self.slider.setVisible(count > 1)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show the chosen matrix of the chosen validation."""
        run, name = self.run, self.choice.currentText()
        if run is None or name not in run.about.confusions:
            return
        import numpy as np

        start = 1
        for other, classes in run.about.confusions.items():
            if other == name:
                break
            start += classes * classes
        size = run.about.confusions[name]
        row = np.array([self.slider.value()])
        found, step = run.confusion.read(row, slice(start, start + size * size)), run.confusion.read(row, slice(0, 1))
        if not found.size:
            return
        names = run.about.classes.get(name) or tuple(map(str, range(size)))
        counts = found.reshape(size, size)
        self.matrix.show_counts(counts, names, self.rows_button.isChecked())
        self.where.setText(self.tr("After step {0}").format(f"{int(step[0, 0]):,}"))
        self.worst.setText(self._worst(counts, names))

    def _worst(self, counts: Floats, names: tuple[str, ...]) -> str:
        """What is right, and what is confused most often."""
        import numpy as np

        total = counts.sum()
        lines = [self.tr("{0} % are right.").format(f"{100 * np.trace(counts) / total:.1f}")] if total else []
        wrong = counts - np.diag(np.diag(counts))
        for place in np.argsort(wrong, axis=None)[::-1][:3]:
            row, column = divmod(int(place), len(counts))
            if wrong[row, column] > 0:
                number = f"{int(wrong[row, column]):,}"
                lines.append(self.tr("{0} of {1} are taken for {2}.").format(number, names[row], names[column]))
        return "\n".join(lines)

    def _dress(self) -> None:
        theme = self.theme
        self.setStyleSheet(f"""
            #confusion {{ background: {theme.panel}; }}
            QLabel {{ color: {theme.text_soft}; font-size: 12px; }}
            QLabel#empty {{ color: {theme.text_faint}; font-size: 13px; }}
            QToolButton {{ color: {theme.text_soft}; font-size: 11px; padding: 2px 8px; border-radius: 4px;
                border: 1px solid {theme.line}; background: transparent; }}
            QToolButton:hover {{ background: {theme.hover}; color: {theme.text}; }}
            QToolButton:focus {{ border: 1px solid {theme.accent}; }}
            QToolButton:checked {{ background: {theme.selection}; color: {theme.text};
                border-color: {theme.selection}; }}
        """)
