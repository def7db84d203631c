"""The bar above everything: what is open, how far the training is, on what it runs, and its three buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QWidget,
)

from netbuilder.bridge.messages import Progress, Starting
from netbuilder.bridge.reports import Device
from netbuilder.graph.records import Training
from netbuilder.ui.icons import icon
from netbuilder.ui.parts import ElidedLabel, number_box
from netbuilder.ui.text import words
from netbuilder.ui.theme import Theme

NOTHING, PROGRESS, KEEPING = range(3)  # what the middle shows
_WIDE = 1500
_ROOMY = 1180  # pixels across, from which on every word has its place


class TopBar(QWidget):
    """Shows and asks; the window decides."""

    train = Signal()
    pause = Signal()
    step = Signal()
    stop = Signal()
    more = Signal(QPoint)
    queue = Signal()
    keep_changed = Signal(bool)
    settings = Signal()
    epochs_changed = Signal(int)
    device_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._paused = theme, False
        self._fitting, self._behind = (0, 0), NOTHING
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name, self._edited = QLabel(), QLabel()
        self._name.setProperty("role", "title")
        self._edited.setProperty("role", "soft")
        for label in (self._name, self._edited):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._where, self._bar, self._left = ElidedLabel("", "", 90), QProgressBar(), QLabel()
        self._middle = self._make_middle()
        self.device = QComboBox()
        self.device.setToolTip(self.tr("What to train on"))
        self.device.setAccessibleName(self.tr("Device"))
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.device.setMinimumWidth(90)
        self.device.setMaximumWidth(240)
        self._epochs_word = QLabel(self.tr("Epochs"))
        self.epochs = number_box(1_000_000)
        self.epochs.setToolTip(self.tr("How often all samples are gone through"))
        self.epochs.setKeyboardTracking(False)
        self.epochs.setFixedWidth(82)
        self.settings_button = QPushButton()
        self.settings_button.setToolTip(self.tr("Training settings"))
        self.pause_button = QPushButton(self.tr("Pause"))
        self.queue_button = QPushButton()
        self.queue_button.setToolTip(self.tr("Runs that wait"))
        self.queue_button.hide()
        self.step_button = QPushButton()
        self.step_button.setToolTip(self.tr("Step one batch"))
        self.step_button.setAccessibleName(self.tr("Step one batch"))
        self.stop_button = QPushButton(self.tr("Stop"))
        self.train_button = QPushButton(self.tr("Train"))
        self.more_button = QPushButton()
        self.more_button.setToolTip(self.tr("More ways to train"))
        self.more_button.setAccessibleName(self.tr("More ways to train"))
        self.more_button.setFixedWidth(26)
        self.train_button.setProperty("kind", "primary")
        self.more_button.setProperty("kind", "more")
        self._arrange()
        self._connect()
        self.show_devices((Device("cpu", self.tr("CPU")),), "cpu")
        self.show_state("idle")
        self.set_theme(theme)

    def _make_middle(self) -> QStackedWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setMinimumWidth(80)
        self._bar.setMaximumWidth(260)
        self._bar.setFixedHeight(6)
        for label in (self._where, self._left):
            label.setProperty("role", "soft")
            label.setTextFormat(Qt.TextFormat.PlainText)
        layout.addStretch(1)
        layout.addWidget(self._where)
        layout.addWidget(self._bar, 4)
        layout.addWidget(self._left)
        layout.addStretch(1)
        self._earlier = QLabel(self.tr("of an earlier drawing"))
        self._earlier.setProperty("role", "warning")
        self._earlier.setToolTip(self.tr("The run goes on with the drawing as it was when it was started."))
        self._earlier.hide()
        layout.insertWidget(2, self._earlier)
        stack = QStackedWidget()
        stack.addWidget(QWidget())
        stack.addWidget(row)
        stack.addWidget(self._make_keep())
        stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return stack

    def _make_keep(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        self.keep = QCheckBox()
        self.keep.clicked.connect(self.keep_changed)
        layout.addStretch(1)
        layout.addWidget(self.keep)
        layout.addStretch(1)
        return row

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(8)
        layout.addWidget(self._name)
        layout.addWidget(self._edited)
        layout.addWidget(self._middle, 1)
        self._epochs_word.setProperty("role", "soft")
        self._epochs_word.setBuddy(self.epochs)
        for widget in (self.device, self._epochs_word, self.epochs, self.settings_button):
            layout.addWidget(widget)
        layout.addSpacing(4)
        for button in (self.queue_button, self.pause_button, self.step_button, self.stop_button):
            layout.addWidget(button)
        both = QHBoxLayout()
        both.setSpacing(1)
        both.addWidget(self.train_button)
        both.addWidget(self.more_button)
        layout.addLayout(both)

    def _connect(self) -> None:
        self.train_button.clicked.connect(self.train)
        self.pause_button.clicked.connect(self.pause)
        self.queue_button.clicked.connect(self.queue)
        self.step_button.clicked.connect(self.step)
        self.stop_button.clicked.connect(self.stop)
        self.more_button.clicked.connect(self._ask_for_more)
        self.settings_button.clicked.connect(self.settings)
        self.epochs.valueChanged.connect(self.epochs_changed)
        self.device.activated.connect(lambda _: self.device_changed.emit(self.device.currentData()))

    def _ask_for_more(self) -> None:
        self.more.emit(self.train_button.mapToGlobal(QPoint(0, self.train_button.height() + 3)))

    def show_name(self, name: str, edited: bool) -> None:
        """Say what is open and whether it differs from its file."""
        self._name.setText(self._name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 220))
        self._name.setToolTip("")
        self._edited.setText(self.tr("edited") if edited else "")

    def show_devices(self, devices: Sequence[Device], chosen: str) -> None:
        """Offer these devices."""
        self.device.clear()
        for device in devices:
            self.device.addItem(device.name, device.id)
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))

    def show_training(self, training: Training) -> None:
        """Show the settings."""
        with QSignalBlocker(self.epochs):
            self.epochs.setValue(training.epochs)
        # A number of steps overrides the epochs.
        self.epochs.setEnabled(not training.steps and self.train_button.isEnabled())
        rate = f"{training.learning_rate:g}".replace("e-0", "e-")
        text = f"{training.optimizer} · {rate}" + (" ↘" if training.scheduler else "")
        if training.steps:
            text += " · " + self.tr("{count} steps").format(count=f"{training.steps:,}")
        self.settings_button.setText(text)
        plan = training.scheduler and self.tr("Learning rate: {scheduler}").format(scheduler=training.scheduler)
        self.settings_button.setToolTip("\n".join(filter(None, (self.tr("Training settings"), text, plan))))

    def show_state(self, state: str) -> None:
        """Enable what can be pressed: `idle`, `starting`, `running` or `paused`."""
        going = state in ("running", "paused", "starting")
        self.train_button.setEnabled(not going)
        self.device.setEnabled(not going)
        self.pause_button.setEnabled(state in ("running", "paused"))
        self.stop_button.setEnabled(going)
        self._paused = state == "paused"
        self.step_button.setVisible(self._paused)
        self._name_buttons()
        self.pause_button.setIcon(icon("play" if state == "paused" else "pause", self._theme.text))
        if state == "starting":
            self._middle.setCurrentIndex(PROGRESS)
            self._where.setText(self.tr("Starting…"))
            self._left.setText("")
            self._bar.setRange(0, 0)  # nobody knows how long
        else:
            self._bar.setRange(0, 1000)

    def show_starting(self, starting: Starting) -> None:
        """Say what a run does before its first step."""
        texts = {"data": self.tr("Loading the data…"), "speed": self.tr("Making ready…")}
        self._where.setText(texts[starting.what] if starting.doing is None else words(starting.doing))
        self._left.setText("" if starting.share is None else f"{starting.share:.0%}")
        self._bar.setRange(0, 0 if starting.share is None else 1000)
        self._bar.setValue(round(1000 * (starting.share or 0.0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, do with fewer words."""
        super().resizeEvent(event)
        self._name_middle()
        self._name_buttons()

    def _name_buttons(self) -> None:
        waiting = self.queue_button.sizeHint().width() if not self.queue_button.isHidden() else 0
        stepping = self.step_button.sizeHint().width() if self._paused else 0
        roomy = self.width() >= _ROOMY + waiting + stepping
        self._epochs_word.setVisible(roomy)
        pause = self.tr("Resume") if self._paused else self.tr("Pause")
        for button, text in ((self.pause_button, pause), (self.stop_button, self.tr("Stop"))):
            button.setText(text if roomy else "")
            button.setToolTip(text)
            button.setAccessibleName(text)

    def show_progress(self, progress: Progress, trial: bool = False) -> None:
        """Show how far the training is; a trial of one batch or of rates has steps, but no epochs worth a word."""
        self._middle.setCurrentIndex(PROGRESS)
        if trial:
            where = self.tr("Step {step} of {steps}").format(step=f"{progress.step:,}", steps=f"{progress.steps:,}")
        else:
            where = self.tr("Epoch {epoch} of {epochs}").format(epoch=progress.epoch, epochs=progress.epochs)
        self._where.setText(where)
        self._bar.setValue(round(1000 * progress.step / max(1, progress.steps)))
        if progress.state == "finished":
            text = self.tr("done")
        elif progress.state == "stopped":
            text = self.tr("stopped")
        elif progress.state == "paused":
            text = self.tr("paused at step {step}").format(step=f"{progress.step:,}")
        elif not progress.rate:
            text = self.tr("measuring…")
        else:
            left = round(progress.seconds_left)
            clock = (
                f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"
                if left >= 3600
                else f"{left // 60}:{left % 60:02}"
            )
            text = self.tr("{time} left · {rate} steps/s").format(time=clock, rate=f"{progress.rate:,.0f}")
        self._left.setText(text)

    def show_earlier(self, earlier: bool) -> None:
        """Say whether the run is of the drawing as it was, not as it is."""
        self._earlier.setVisible(earlier)
        self._name_middle()

    def offer_keeping(self, fitting: int, layers: int, on: bool) -> None:
        """Offer that the next run begins with the weights that fit; of none, show the last run again."""
        self._fitting = (fitting, layers)
        self.keep.setChecked(on)
        self._name_middle()
        shown = self._middle.currentIndex()
        if fitting:
            self._behind = shown if shown != KEEPING else self._behind
            self._middle.setCurrentIndex(KEEPING)
        elif shown == KEEPING:
            self._middle.setCurrentIndex(self._behind)

    def show_queue(self, count: int) -> None:
        """Say how many runs wait."""
        self.queue_button.setText(self.tr("{count} queued").format(count=count))
        waiting = self.tr("1 run waits") if count == 1 else self.tr("{count} runs wait").format(count=count)
        self.queue_button.setAccessibleName(waiting)
        self.queue_button.setVisible(count > 0)
        self._name_buttons()

    def _name_middle(self) -> None:
        """Say what is in the middle in as many words as there is room for."""
        roomy = self.width() >= _WIDE
        self._earlier.setText(self.tr("of an earlier drawing") if roomy else self.tr("earlier drawing"))
        text = (
            self.tr("Keep the weights of {some} of {all} layers") if roomy else self.tr("Keep weights: {some} of {all}")
        )
        self.keep.setText(text.format(some=self._fitting[0], all=self._fitting[1]))
        tip = self.tr("Train then begins with what the last run has learned, where the drawing is as it was.")
        self.keep.setToolTip(tip)

    def forget_progress(self) -> None:
        """Show no run."""
        self._behind = NOTHING
        self._middle.setCurrentIndex(NOTHING)

    def show_failed(self) -> None:
        """Say that the training failed."""
        self._left.setText(self.tr("failed"))

    @property
    def progress_text(self) -> str:
        """What the middle says."""
        return f"{self._where.text()} {self._left.text()}"

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        self.train_button.setIcon(icon("play", theme.accent_text))
        self.pause_button.setIcon(icon("pause", theme.text))
        self.step_button.setIcon(icon("step", theme.text))
        self.stop_button.setIcon(icon("stop", theme.text))
        self.more_button.setIcon(icon("chevron-down", theme.text_soft))
        self.settings_button.setIcon(icon("settings", theme.text_soft))
