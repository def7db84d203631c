"""Blocks of data made on the spot: problems that are known from text books, each hard in one way."""

from __future__ import annotations

from netbuilder.blocks.block import Block, Category, Param, Port, TensorType, Values
from netbuilder.blocks.data_params import SEED, VALIDATION, whole

_POINT_AND_LABEL = (Port("point"), Port("label", target=True))
_SAMPLES = Param("samples", "int", 1000, "How many samples there are.", low=4, high=10**7)


def _noise(default: float) -> Param:
    return Param("noise", "float", default, "How far the points stray, as a standard deviation.", low=0, high=10)


def _points(values: Values) -> dict[str, TensorType]:
    classes = whole(values, "classes") if "classes" in values else 2
    return {"point": TensorType((2,)), "label": TensorType((), "int64", classes)}


def _sines(values: Values) -> dict[str, TensorType]:
    length = whole(values, "length")
    return {"wave": TensorType((length, 1)), "next": TensorType((1,) if values["target"] == "next" else (length, 1))}


def _copy(values: Values) -> dict[str, TensorType]:
    length, symbols = 2 * whole(values, "length") + whole(values, "delay"), whole(values, "symbols")
    return {"given": TensorType((length,), "int64", symbols + 2), "answer": TensorType((length,), "int64", symbols + 1)}


BLOCKS = (
    Block(
        "Spirals",
        Category.DATA,
        "spirals",
        "Points on arms that wind around each other, each arm a class of its own.",
        more="No straight line parts them: a network without a hidden layer guesses little better than chance.",
        formula="angle = 2π·(turns·r\n+ label / classes)\npoint = r·(cos, sin)\n+ noise",
        shape_rule="A point is two numbers, across and up. The label is one whole number from 0 to classes − 1.",
        use="To see in seconds what hidden layers are for.",
        inputs=(),
        outputs=_POINT_AND_LABEL,
        params=(
            _SAMPLES,
            Param("classes", "int", 3, "How many arms there are.", low=2, high=100),
            Param("turns", "float", 1.0, "How often each arm winds around the middle.", low=0, high=20),
            _noise(0.03),
            VALIDATION,
            SEED,
        ),
        role="data",
        summary="{samples} points · {classes} arms",
        loader="spirals",
        gives=_points,
    ),
    Block(
        "Moons",
        Category.DATA,
        "moons",
        "Points on two half circles that reach into each other.",
        more="A straight line parts most of them, but not all; the more noise, the fewer can be told apart at all.",
        formula="point = ±(cos a − ½, sin a − ¼) + noise, a from 0 to π",
        shape_rule="A point is two numbers, across and up. The label is 0 or 1.",
        use="To watch a border bend, and to see overfitting where there is much noise.",
        inputs=(),
        outputs=_POINT_AND_LABEL,
        params=(_SAMPLES, _noise(0.1), VALIDATION, SEED),
        role="data",
        summary="{samples} points · 2 moons",
        loader="moons",
        gives=_points,
    ),
    Block(
        "Circles",
        Category.DATA,
        "circles",
        "Points on circles around one middle, each circle a class of its own.",
        more="Each class lies around the one before, so the border has to close.",
        formula="point = (label + 1) / classes · (cos a, sin a) + noise",
        shape_rule="A point is two numbers, across and up. The label is one whole number from 0 to classes − 1.",
        use="To see how many units a layer needs to draw a ring.",
        inputs=(),
        outputs=_POINT_AND_LABEL,
        params=(
            _SAMPLES,
            Param("classes", "int", 2, "How many circles there are.", low=2, high=100),
            _noise(0.05),
            VALIDATION,
            SEED,
        ),
        role="data",
        summary="{samples} points · {classes} circles",
        loader="circles",
        gives=_points,
    ),
    Block(
        "Sines",
        Category.DATA,
        "sines",
        "Waves, each with a pace and a start of its own, of which the next value is asked for.",
        more="The network has to find the pace from what it has seen; it is other in every sample.",
        formula="wave[t] = sin(start + pace·t) + noise",
        shape_rule=(
            "The wave is length × 1 for each sample: as many steps of one number. "
            "What is asked for is the next number, or at every step the one after it."
        ),
        use="For a first recurrent network, or a convolution over time.",
        inputs=(),
        outputs=(Port("wave"), Port("next", target=True)),
        params=(
            _SAMPLES,
            Param("length", "int", 50, "How many steps of the wave are seen.", low=2, high=10**5),
            Param(
                "target",
                "choice",
                "next",
                "Whether the number behind the whole wave is asked for, or the next one at every step.",
                choices=("next", "each"),
            ),
            _noise(0.02),
            VALIDATION,
            SEED,
        ),
        role="data",
        summary="{samples} waves of {length}",
        loader="sines",
        gives=_sines,
    ),
    Block(
        "CopyTask",
        Category.DATA,
        "copy",
        "Symbols that are to be said again after a long silence.",
        more="Symbols are 1 and up; 0 is silence, and the highest number asks for the answer.",
        formula="given = symbols, silence, ask, silence\nanswer = silence, symbols",
        shape_rule=(
            "Both are 2·length + delay whole numbers for each sample: in what is given they are below symbols + 2,"
            " in the answer below symbols + 1."
        ),
        use="To measure how long a recurrent network or an attention can remember.",
        inputs=(),
        outputs=(Port("given"), Port("answer", target=True)),
        params=(
            _SAMPLES,
            Param("symbols", "int", 8, "How many different symbols there are.", low=1, high=10**6),
            Param("length", "int", 10, "How many of them are to be remembered.", low=1, high=10**4),
            Param("delay", "int", 20, "How many steps of silence lie between.", low=1, high=10**5),
            VALIDATION,
            SEED,
        ),
        role="data",
        summary="{length} of {symbols} symbols · delay {delay}",
        loader="copy_task",
        gives=_copy,
    ),
)
