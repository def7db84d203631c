"""What torch refuses, in our words: kernels, groups and heads that do not fit, and numbers that cannot be arranged."""

from __future__ import annotations

from math import gcd, prod

import msgspec

from netbuilder.blocks.sentence import say
from netbuilder.bridge.reports import Fix, Problem
from netbuilder.engine.checks.case import Case, known, numbers, plain, remove, shown
from netbuilder.engine.checks.meeting import meeting

_LARGER = {
    1: "{node} cannot take {shapes}: its kernel is larger than the signal that comes in.",
    2: "{node} cannot take {shapes}: its kernel is larger than the picture that comes in.",
    3: "{node} cannot take {shapes}: its kernel is larger than the volume that comes in.",
}
# What shares something out, and the parameters that it must divide.
_SHARED = {
    "groups": ("in_channels", "out_channels"),
    "num_groups": ("num_channels",),
    "num_heads": ("embed_dim",),
    "nhead": ("d_model",),
}


def torch_refused(case: Case, refusal: str) -> Problem:
    """torch cannot run the block on these inputs; its own message is the detail."""
    for explain in (_kernel, _shares, _shuffled, meeting, _arranged):
        found = explain(case)
        if found is not None:
            return msgspec.structs.replace(found, detail=refusal)
    found = _single(case) if "more than 1 spatial element" in refusal else None
    found = _batch(case) if "how many samples a batch has" in refusal else found
    if found is not None:
        return msgspec.structs.replace(found, detail=refusal)
    text = "{node} cannot take {shapes} with these parameters."
    if not case.inputs:
        return case.problem("{node} cannot be made with these parameters.", detail=refusal)
    if "Dimension out of range" in refusal:
        text = "{node} works on a dimension that {shapes} does not have."
    elif any(param.follows and case.values.get(param.name) is None for param in case.block.params):
        text = "{node} needs a fixed size where {shapes} may have any length."
    return case.problem(text, inputs=tuple(case.inputs), detail=refusal, shapes=_shapes(case))


def _shapes(case: Case) -> str:
    return ", ".join(str(spec) for spec in case.inputs.values())


def _kernel(case: Case) -> Problem | None:
    """A kernel larger than what comes in, with the padding that suffices and the kernel that fits."""
    spec = case.inputs.get("input")
    sides = known(spec.shape[2:]) if spec is not None else None
    if not sides or "kernel_size" not in case.values or "output_padding" in case.values or "output_size" in case.values:
        return None
    rank = len(sides)
    kernel, dilation = case.each("kernel_size", rank, 1), case.each("dilation", rank, 1)
    padded = "padding" in case.values and case.block.name != "AvgPool3d"  # that one counts without its padding
    padding = case.each("padding", rank, 0) if padded else (0,) * rank
    if case.values.get("padding") == "same" or not len(kernel) == len(dilation) == len(padding) == rank:
        return None
    wide = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    if all(w <= side + 2 * p for w, side, p in zip(wide, sides, padding, strict=True)):
        return None
    enough = tuple(max(p, -(-(w - side) // 2)) for w, side, p in zip(wide, sides, padding, strict=True))
    pools = "in_channels" not in case.values and case.block.name != "Unfold"  # pooling pads by half the kernel at most
    fixes: list[Fix] = []
    if padded and not (pools and any(p > k // 2 for p, k in zip(enough, kernel, strict=True))):
        fixes.append(case.set(say("Use a padding of {size}", size=shown(enough)), padding=plain(enough)))
    ways = zip(kernel, dilation, sides, padding, strict=True)
    fitting = tuple(min(k, (side + 2 * p - 1) // d + 1) for k, d, side, p in ways)
    if not (pools and any(p > k // 2 for p, k in zip(padding, fitting, strict=True))):
        fixes.append(case.set(say("Use a kernel size of {size}", size=shown(fitting)), kernel_size=plain(fitting)))
    return case.problem(_LARGER[rank], *fixes, inputs=("input",), shapes=_shapes(case))


def _shares(case: Case) -> Problem | None:
    """Channels that groups do not divide, or features that heads do not."""
    for name, wholes in _SHARED.items():
        share = case.whole(name)
        sizes = {whole: size for whole in wholes if (size := case.whole(whole)) is not None}
        wrong = next((whole for whole, size in sizes.items() if share and size % share), None)
        if wrong is None or share is None:
            continue
        best = _divisor(gcd(*sizes.values()), share)
        label = say("Use {number} {what}", number=best, what="heads" if "head" in name else "groups")
        fixes = [case.set(label, **{name: best})]
        if wrong == "out_channels":
            more = -(-sizes[wrong] // share) * share
            fixes.append(case.set(say("Use {size} out channels", size=more), out_channels=more))
        if "head" in name:
            text = "{node}: {size} features cannot be shared evenly by {share} heads."
        else:
            text = "{node}: {size} channels cannot be shared evenly by {share} groups."
        return case.problem(text, *fixes, inputs=tuple(case.inputs)[:1], size=sizes[wrong], share=share)
    return None


def _divisor(whole: int, near: int) -> int:
    """The divisor that lies nearest; of two, the smaller."""
    best, step = 1, 1
    while step * step <= whole:
        if whole % step == 0:
            best = min(best, step, whole // step, key=lambda one: (abs(one - near), one))
        step += 1
    return best


def _shuffled(case: Case) -> Problem | None:
    """Channels that cannot be dealt out to groups or laid out as pixels."""
    spec = case.inputs.get("input")
    channels = spec.shape[1] if spec is not None and len(spec.shape) > 1 else None
    share = case.whole("groups") if case.block.name == "ChannelShuffle" else None
    if case.block.name == "PixelShuffle":
        share = (case.whole("upscale_factor") or 1) ** 2
    if not isinstance(channels, int) or not share or channels % share == 0:
        return None
    fixes: list[Fix] = []
    if case.block.name == "ChannelShuffle":
        best = _divisor(channels, share)
        fixes.append(case.set(say("Use {number} {what}", number=best, what="groups"), groups=best))
    elif spec is not None and len(spec.shape) == 4:
        more = -(-channels // share) * share
        label = say("Put a 1×1 convolution to {size} channels before it", size=more)
        fixes.append(case.before("input", "Conv2d", label, out_channels=more, kernel_size=1))
    text = "{node}: {size} channels cannot be parted evenly by {share}."
    return case.problem(text, *fixes, inputs=("input",), size=channels, share=share)


def _arranged(case: Case) -> Problem | None:
    """A new shape for more or fewer numbers than there are."""
    spec = case.inputs.get("input")
    if spec is None or case.block.name not in ("Reshape", "View", "Unflatten"):
        return None
    if case.block.name == "Unflatten":
        name, dim = "unflattened_size", case.whole("dim")
        if dim is None or not -len(spec.shape) <= dim < len(spec.shape):
            return None
        size = spec.shape[dim]
        have = size if isinstance(size, int) else None
    else:
        name = "shape"
        have = numbers(spec) if case.values["keep_batch"] else None
    wanted = case.each(name, 0, 0)
    if have is None or sum(size < 0 for size in wanted) > 1:
        return None
    want, open_size = prod(size for size in wanted if size >= 0), any(size < 0 for size in wanted)
    if (want and have % want == 0) if open_size else have == want:
        return None
    fixes: list[Fix] = []
    for i in range(len(wanted)):
        rest = prod(size for j, size in enumerate(wanted) if j != i and size >= 0)
        if (not open_size or wanted[i] < 0 or len(wanted) == 1) and rest and have % rest == 0:
            better = (*wanted[:i], have // rest, *wanted[i + 1 :])
            fixes.append(case.set(say("Use {shape}", shape="×".join(map(str, better))), **{name: better}))
    if open_size:
        text = "{node}: {have} numbers cannot be laid out in rows of {want}."
    elif name == "shape":
        text = "{node}: each sample has {have} numbers, and the new shape wants {want}."
    else:
        text = "{node}: there are {have} numbers, and the new sizes want {want}."
    return case.problem(text, *fixes[:2], inputs=("input",), have=have, want=want)


def _single(case: Case) -> Problem:
    """A norm over one number."""
    text = "{node} would bring each number by itself to mean 0, so that nothing is left: it needs more than one."
    return case.problem(text, remove(case.node), inputs=("input",))


def _batch(case: Case) -> Problem:
    """Something done along the dimension of the samples."""
    dim, spec = case.whole("dim"), next(iter(case.inputs.values()))
    fixes = [case.set(say("Use dimension {dim}", dim=1), dim=1)] if dim == 0 and len(spec.shape) > 1 else []
    return case.problem("{node} would change how many samples a batch has.", *fixes, inputs=tuple(case.inputs))
