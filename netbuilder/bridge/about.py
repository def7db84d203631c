"""What a run's folder says of what was trained, and which columns its tables have."""

from __future__ import annotations

import msgspec

from netbuilder.bridge.messages import Task

STEPS, EPOCHS = "steps.bin", "epochs.bin"
PULSE, LAYERS, WEIGHTS, ACTIVATIONS, CONFUSION = (
    f"{name}.bin" for name in ("pulse", "layers", "weights", "activations", "confusion")
)
PREDICTIONS = "predictions.bin"
OBSERVED, OUTPUTS, EXTREMES = 16, 32, 16  # samples that are watched, numbers of each, and the worst and the best
BINS = 32  # of every histogram, evenly between its least and its greatest number
PHASES = ("data", "forward", "backward", "update", "telemetry")
_HISTOGRAM = ("low", "high", *(f"bin{i}" for i in range(BINS)))


_COLUMNS = {
    STEPS: "step_columns",
    EPOCHS: "epoch_columns",
    PULSE: "pulse_columns",
    LAYERS: "layer_columns",
    WEIGHTS: "weight_columns",
    ACTIVATIONS: "activation_columns",
    CONFUSION: "confusion_columns",
    PREDICTIONS: "prediction_columns",
}
TABLES = tuple(_COLUMNS)


class About(msgspec.Struct, frozen=True):
    """What was trained. `tensors` are the parameters' names in state_dict; `nodes` the node of each.

    `groups` are the names of the optimizer's parameter groups, "" for what has no settings of its own. `watched` are
    the outputs whose activations are measured, `node.port`. `shares` are the metrics that lie between 0 and 1 as parts
    of all. `confusions` are the metrics that are confusion matrices, with their number of classes; `classes` say for
    each what these are called, where the data know. A run that began with the checkpoint of another one names it: its
    folder as `parent`.
    `observed` are the numbers of the samples kept aside whose predictions are kept.
    """

    name: str
    created: str
    device: str
    device_name: str
    torch: str
    threads: int
    seed: int
    steps: int
    epochs: int
    tensors: tuple[str, ...]
    nodes: tuple[str, ...]
    metrics: tuple[str, ...]
    task: Task = "train"
    groups: tuple[str, ...] = ("",)
    watched: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    confusions: dict[str, int] = {}
    classes: dict[str, tuple[str, ...]] = {}
    variant: tuple[str, ...] = ()
    processes: int = 1
    parent: str = ""
    parent_step: int = 0
    observed: tuple[int, ...] = ()

    @property
    def step_columns(self) -> tuple[str, ...]:
        """The columns of steps.bin."""
        return ("loss", *self.tensors)

    @property
    def epoch_columns(self) -> tuple[str, ...]:
        """The columns of epochs.bin."""
        return ("step", "validation_loss", *self.metrics)

    @property
    def pulse_columns(self) -> tuple[str, ...]:
        """The columns of pulse.bin: seconds since the start (pauses apart), phases in seconds a step, memory in MiB."""
        rates = (f"learning_rate {name}".strip() for name in self.groups)
        phases = (f"{phase}_seconds" for phase in PHASES)
        used = ("cpu_percent", "memory", "gpu_percent", "gpu_memory")
        return ("step", "seconds", *rates, "samples_per_second", *phases, *used)

    @property
    def layer_columns(self) -> tuple[str, ...]:
        """The columns of layers.bin. An update is the norm of what the step added, over the norm of the weights."""
        return ("step", *(f"{name} {what}" for name in self.tensors for what in ("norm", "update")))

    @property
    def weight_columns(self) -> tuple[str, ...]:
        """The columns of weights.bin."""
        kinds = ("weight", "gradient")
        return ("step", *(f"{name} {kind} {part}" for name in self.tensors for kind in kinds for part in _HISTOGRAM))

    @property
    def activation_columns(self) -> tuple[str, ...]:
        """The columns of activations.bin. From 0 to 1, `dead` is a part of the units, `saturated` of the numbers."""
        parts = ("mean", "spread", "dead", "saturated", *_HISTOGRAM)
        return ("step", *(f"{name} {part}" for name in self.watched for part in parts))

    @property
    def confusion_columns(self) -> tuple[str, ...]:
        """The columns of confusion.bin."""
        found = self.confusions.items()
        return ("step", *(f"{name} {row} {col}" for name, n in found for row in range(n) for col in range(n)))

    @property
    def prediction_columns(self) -> tuple[str, ...]:
        """The columns of predictions.bin: the first numbers of the output, and who has most and least loss."""
        outputs = (f"sample{i} output{j}" for i in self.observed for j in range(OUTPUTS))
        ends = (f"{end}{i}{what}" for end in ("worst", "best") for what in ("", " loss") for i in range(EXTREMES))
        return ("step", *outputs, *ends)

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table, by the name of its file."""
        found: tuple[str, ...] = getattr(self, _COLUMNS[table])  # of the others there may be thousands
        return found
