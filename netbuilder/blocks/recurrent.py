"""Layers that read a sequence step by step: RNN, LSTM, GRU and their cells."""

from __future__ import annotations

from typing import Any

from netbuilder.blocks.block import Block, Category, Param, Port, Values
from netbuilder.blocks.torch_params import take

_SEQUENCE = Port("input", dims=(3,), dtype="float32")
_STEP = Port("input", dims=(2,), dtype="float32")
_SIZES = (
    "The input is N × steps × input_size. The output has hidden_size features instead, or twice as many if "
    "bidirectional; the last state is layers × N × features, with a layer for each direction."
)
_ONE_STEP = "The input is N × input_size. Every state is N × hidden_size, whether it comes in or goes out."


def _state(name: str, dims: int, group: str = "") -> Port:
    """A state to start from; without a wire it is all zeros."""
    return Port(name, dims=(dims,), dtype="float32", optional=True, group=group, argument="" if group else "hx")


def _params(name: str, **own: Any) -> tuple[Param, ...]:
    """The parameters of a layer that reads a whole sequence."""
    return take(
        name,
        batch_first={"required": True, "default": True},
        num_layers={"help": "How many layers lie on each other, each reading what the one below gives."},
        bias={"help": "Add learned offsets inside every step."},
        dropout={"help": "How likely each number on its way to the next layer is to become zero; one layer has none."},
        **own,
    )


def _cell_params(name: str, **own: Any) -> tuple[Param, ...]:
    """The parameters of a layer that takes a single step."""
    return take(
        name,
        input_size={"help": "Numbers that come in with this step."},
        bias={"help": "Add learned offsets."},
        **own,
    )


_RECTIFIER: dict[str, Any] = {"choices": ("tanh", "relu"), "help": "What bends the sum at every step."}


def _steps(values: Values) -> int:
    """The dimension of the steps."""
    return 1 if values["batch_first"] else 0


BLOCKS: tuple[Block, ...] = (
    Block(
        "RNN",
        Category.SEQUENCE,
        "rnn",
        "Reads a sequence step by step and carries one state along.",
        more="At every step the new state is a bent sum of the step's numbers and of the state before.",
        formula=(
            "h[t] = tanh(W·in[t] + b + U·h[t − 1] + c)\nout[t] = h[t], of the last layer\n"
            "with nonlinearity relu: max(0, ·) in place of tanh"
        ),
        shape_rule=_SIZES,
        cost=(
            "Parameters: hidden_size · (input_size + hidden_size + 2) for the first layer. The steps come one after "
            "another, so long sequences are slow even on a fast device."
        ),
        use="For short sequences, and to see how recurrence works. It soon forgets: LSTM and GRU keep things longer.",
        inputs=(_SEQUENCE, _state("h_0", 3)),
        outputs=(Port("output"), Port("h_n")),
        params=_params("nn.RNN", nonlinearity=_RECTIFIER),
        module="nn.RNN",
        repeated=("num_layers",),
        unrolled=_steps,
        summary="{input_size}→{hidden_size}",
        sample=("N,7,6", "-"),
    ),
    Block(
        "LSTM",
        Category.SEQUENCE,
        "lstm",
        "Reads a sequence step by step, with a memory that gates write to, clear and read.",
        more="The memory is added to rather than overwritten, so what matters can last over many steps.",
        formula=(
            "i, f, o = σ(W·in[t] + U·h[t − 1] + b), g = tanh(…)\nc[t] = f·c[t − 1] + i·g\nh[t] = o·tanh(c[t])\n"
            "each of i, f, o, g has its own W, U, b"
        ),
        shape_rule=(
            "The input is N × steps × input_size, the output N × steps × hidden_size (twice that if bidirectional; "
            "proj_size in its place if not 0). The states are layers × N × features."
        ),
        cost=(
            "Parameters: 4 · hidden_size · (input_size + hidden_size + 2) for the first layer. Steps come one after "
            "another, and training keeps all of them in memory."
        ),
        use="For text, sensor data and other series where something early may matter late.",
        inputs=(_SEQUENCE, _state("h_0", 3, "hx"), _state("c_0", 3, "hx")),
        outputs=(Port("output"), Port("h_n"), Port("c_n")),
        params=_params(
            "nn.LSTM", proj_size={"help": "Shrink the state to so many numbers; 0 leaves it as it is.", "low": 0}
        ),
        module="nn.LSTM",
        repeated=("num_layers",),
        unrolled=_steps,
        result="{output}, ({h_n}, {c_n})",
        summary="{input_size}→{hidden_size}",
        sample=("N,7,6", "-", "-"),
    ),
    Block(
        "GRU",
        Category.SEQUENCE,
        "gru",
        "Reads a sequence step by step, with gates that choose between the old state and a new one.",
        more="It remembers nearly as well as an LSTM, with one state instead of two and fewer weights.",
        formula=(
            "r, z = σ(W·in[t] + U·h[t − 1] + b), each its own\nn = tanh(W·in[t] + b + r·(U·h[t − 1] + c))\n"
            "h[t] = (1 − z)·n + z·h[t − 1]"
        ),
        shape_rule=_SIZES,
        cost=(
            "Parameters: 3 · hidden_size · (input_size + hidden_size + 2) for the first layer, three quarters of an "
            "LSTM's. Its steps come one after another too."
        ),
        use="Where an LSTM would do but should be smaller or faster; it is well worth trying both.",
        inputs=(_SEQUENCE, _state("h_0", 3)),
        outputs=(Port("output"), Port("h_n")),
        params=_params("nn.GRU"),
        module="nn.GRU",
        repeated=("num_layers",),
        unrolled=_steps,
        summary="{input_size}→{hidden_size}",
        sample=("N,7,6", "-"),
    ),
    Block(
        "RNNCell",
        Category.SEQUENCE,
        "rnncell",
        "Takes one step of an RNN: from this step's numbers and the state to the next state.",
        more="Without a wire, the state that it starts from is all zeros.",
        formula="out = tanh(W·in + b + U·h + c)\nwith nonlinearity relu: max(0, ·) in place of tanh",
        shape_rule=_ONE_STEP,
        cost="Parameters: hidden_size · (input_size + hidden_size + 2), used once for each sample.",
        use="To draw recurrence by hand, a step at a time; RNN reads whole sequences and is faster at it.",
        inputs=(_STEP, _state("h_0", 2)),
        outputs=(Port("h_1"),),
        params=_cell_params("nn.RNNCell", nonlinearity=_RECTIFIER),
        module="nn.RNNCell",
        summary="{input_size}→{hidden_size}",
        sample=("N,6", "-"),
    ),
    Block(
        "LSTMCell",
        Category.SEQUENCE,
        "lstmcell",
        "Takes one step of an LSTM: from this step's numbers, state and memory to the next ones.",
        more="State and memory come in together or not at all; without wires both start as zeros.",
        formula=(
            "i, f, o = σ(W·in + U·h + b), g = tanh(W·in + U·h + b)\nc′ = f·c + i·g\nh′ = o·tanh(c′)\n"
            "each of i, f, o, g has its own W, U, b"
        ),
        shape_rule=_ONE_STEP,
        cost="Parameters: 4 · hidden_size · (input_size + hidden_size + 2), used once for each sample.",
        use="Where something must happen between two steps, as when the next input depends on the last output.",
        inputs=(_STEP, _state("h_0", 2, "hx"), _state("c_0", 2, "hx")),
        outputs=(Port("h_1"), Port("c_1")),
        params=_cell_params("nn.LSTMCell"),
        module="nn.LSTMCell",
        summary="{input_size}→{hidden_size}",
        sample=("N,6", "-", "-"),
    ),
    Block(
        "GRUCell",
        Category.SEQUENCE,
        "grucell",
        "Takes one step of a GRU: from this step's numbers and the state to the next state.",
        more="Without a wire, the state that it starts from is all zeros.",
        formula=(
            "r, z = σ(W·in + U·h + b), each with its own\nn = tanh(W·in + b + r·(U·h + c))\nout = (1 − z)·n + z·h"
        ),
        shape_rule=_ONE_STEP,
        cost="Parameters: 3 · hidden_size · (input_size + hidden_size + 2), used once for each sample.",
        use="Where something must happen between two steps, with a lighter cell than an LSTM's.",
        inputs=(_STEP, _state("h_0", 2)),
        outputs=(Port("h_1"),),
        params=_cell_params("nn.GRUCell"),
        module="nn.GRUCell",
        summary="{input_size}→{hidden_size}",
        sample=("N,6", "-"),
    ),
)
