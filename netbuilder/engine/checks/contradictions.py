"""Parameters and inputs that contradict each other: said before torch runs the block, which may not notice."""

from __future__ import annotations

from collections.abc import Callable

from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import Problem
from netbuilder.engine.checks.case import Case, plain

_EITHER = (("size", "scale_factor"), ("output_size", "output_ratio"))


def contradictions(case: Case) -> list[Problem]:
    """What is wrong with a block before it is run."""
    found: list[Problem] = []
    check = _OF.get(case.block.name)
    if check is not None and (problem := check(case)) is not None:
        found.append(problem)
    return found


def _either(case: Case) -> Problem | None:
    """A size and a factor, or neither."""
    size, factor = next(pair for pair in _EITHER if pair[1] in case.values)
    both = [case.values[name] is not None for name in (size, factor)]
    if both == [True, True]:
        return case.problem(
            "{node} has both {size} and {factor}: it takes one of them.",
            case.set(say("Keep the {size}", size=_words(size)), **{factor: None}),
            case.set(say("Keep the {size}", size=_words(factor)), **{size: None}),
            size=_words(size),
            factor=_words(factor),
        )
    if both == [False, False]:
        default = case.block.by_name[factor].default
        return case.problem(
            "{node} needs {size} or {factor}.",
            case.set(say("Use the usual {factor}", factor=_words(factor)), **{factor: default}),
            size=_words(size),
            factor=_words(factor),
        )
    return None


def _words(name: str) -> str:
    return name.replace("_", " ")


def _output_padding(case: Case) -> Problem | None:
    """torch's meta device does not mind, its layers do."""
    rank = len(next(iter(case.inputs.values())).shape) - 2
    added = case.each("output_padding", rank, 0)
    stride, dilation = case.each("stride", rank, 1), case.each("dilation", rank, 1)
    if not len(added) == len(stride) == len(dilation):
        return None
    most = tuple(max(s, d) - 1 for s, d in zip(stride, dilation, strict=True))
    if all(a <= m for a, m in zip(added, most, strict=True)):
        return None
    fitting = tuple(min(a, m) for a, m in zip(added, most, strict=True))
    return case.problem(
        "{node}: the output padding must be less than the stride or the dilation.",
        case.set(say("Use {size}", size="×".join(map(str, dict.fromkeys(fitting)))), output_padding=plain(fitting)),
    )


def _pairs(case: Case) -> Problem | None:
    pad = case.values["pad"]
    if not isinstance(pad, tuple) or len(pad) % 2 == 0:
        return None
    label = say("Add a 0 at the end")
    return case.problem("{node}: the amounts come in pairs, and there are {count}.", case.set(label, pad=(*pad, 0)),
                        count=len(pad))  # fmt: skip


def _causal(case: Case) -> Problem | None:
    if not case.values["is_causal"] or "attn_mask" not in case.inputs:
        return None
    return case.problem(
        "{node} makes a causal mask by itself and gets one too: it takes one of them.",
        case.set(say("Use the mask that is wired"), is_causal=False),
        inputs=("attn_mask",),
    )


def _range(case: Case) -> Problem | None:
    """Indices for which there is no row."""
    name = "num_classes" if case.block.name == "OneHot" else "num_embeddings"
    port, spec = next(iter(case.inputs.items()))
    rows = case.whole(name)
    if spec.classes is None or rows is None or spec.classes <= rows:
        return None
    return case.problem(
        "{node} has rows for {rows} indices, and {classes} different ones come in.",
        case.set(say("Use {size}", size=spec.classes), **{name: spec.classes}),
        inputs=(port,),
        rows=rows,
        classes=spec.classes,
    )


def _slice(case: Case) -> Problem | None:
    """One sample taken out of all."""
    dim, (port, spec) = case.whole("dim"), next(iter(case.inputs.items()))
    dims = len(spec.shape)
    if dim is None or not -dims <= dim < dims or "N" not in str(spec.shape[dim]):
        return None
    if (case.values.get("start"), case.values.get("stop", 1), case.values.get("step")) == (0, None, 1):
        return None  # all of it
    return case.problem(
        "{node} takes places out of the batch: dimension {dim} has the samples.",
        *([case.set(say("Use dimension {dim}", dim=1), dim=1)] if dims > 1 and dim % dims != 1 else []),
        inputs=(port,),
        warning=case.block.name == "Select",
        dim=dim,
    )


_OF: dict[str, Callable[[Case], Problem | None]] = {
    **dict.fromkeys(("Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d", "Interpolate"), _either),
    **dict.fromkeys(("FractionalMaxPool2d", "FractionalMaxPool3d"), _either),
    **dict.fromkeys(("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), _output_padding),
    "Pad": _pairs,
    "ScaledDotProductAttention": _causal,
    **dict.fromkeys(("Embedding", "EmbeddingBag", "OneHot"), _range),
    **dict.fromkeys(("Slice", "Select", "IndexSelect"), _slice),
}
