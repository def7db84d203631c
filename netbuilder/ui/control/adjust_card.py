"""What can be changed while a run is paused: learning rate, batch size, device; and its single steps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from netbuilder.bridge.messages import Adjust
from netbuilder.bridge.reports import Device
from netbuilder.graph.records import Training
from netbuilder.graph.training import TRAINING_LIMITS
from netbuilder.ui.control.card import Card
from netbuilder.ui.inspector.form import GUTTER, Form
from netbuilder.ui.inspector.text_field import Shown
from netbuilder.ui.parts import label
from netbuilder.ui.theme import Theme

_FIELDS = ("learning_rate", "batch_size")


class AdjustCard(Card):
    """Sends each change as it is made; the run takes it up with its next step."""

    adjusted = Signal(object)
    step = Signal()
    resume = Signal()

    def __init__(self, theme: Theme, canvas: QWidget) -> None:
        super().__init__(theme, "", canvas, 300)
        self.title.setText(self.tr("While it is paused"))
        self.setAccessibleName(self.title.text())
        self.form = self._make_form(Training())
        self.device = QComboBox()
        self.device.setAccessibleName(self.tr("Device of the paused run"))
        self.device.activated.connect(lambda _: self.adjusted.emit(Adjust(device=self.device.currentData())))
        self._devices_row = QWidget()
        row = QHBoxLayout(self._devices_row)
        row.setContentsMargins(0, 0, GUTTER, 0)
        row.addWidget(label(self.tr("Device"), "soft"))
        row.addWidget(self.device, 1)
        self.step_button = QPushButton(self.tr("Step One Batch"))
        self.resume_button = QPushButton(self.tr("Resume"))
        self.resume_button.setProperty("kind", "primary")
        self.step_button.clicked.connect(self.step)
        self.resume_button.clicked.connect(self.resume)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 4, GUTTER, 0)
        buttons.addWidget(self.step_button, 1)
        buttons.addWidget(self.resume_button, 1)
        hint = label(self.tr("Holds for this run only; the drawing keeps its settings."), "faint-help", wrap=True)
        self.body.addWidget(self.form)
        self.body.addWidget(self._devices_row)
        self.body.addWidget(hint)
        self.body.addLayout(buttons)

    def first(self) -> QWidget:
        """The learning rate."""
        return self.form.findChild(QWidget, "learning_rate") or self.step_button

    def show_run(self, training: Training, devices: Sequence[Device], device: str) -> None:
        """Begin with the settings of a run."""
        old, self.form = self.form, self._make_form(training)
        self.body.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()
        self.setTabOrder(self.form, self.device)
        self.device.clear()
        for one in devices:
            self.device.addItem(one.name, one.id)
        self.device.setCurrentIndex(max(0, self.device.findData(device)))
        self._devices_row.setVisible(len(devices) > 1)

    def _make_form(self, training: Training) -> Form:
        values: dict[str, Shown] = {name: getattr(training, name) for name in _FIELDS}
        form = Form([TRAINING_LIMITS[name] for name in _FIELDS], values, values)
        form.changed.connect(self._send)
        return form

    def _send(self, name: str, value: object) -> None:
        if name == "learning_rate" and isinstance(value, int | float):
            self.adjusted.emit(Adjust(learning_rate=float(value)))
        elif isinstance(value, int):
            self.adjusted.emit(Adjust(batch_size=value))
        self.form.set_values({name: value})  # type: ignore[dict-item]
