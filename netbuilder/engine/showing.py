"""A few samples in a form that can be sent and painted: small pictures, short curves, rows of numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch import Tensor

from netbuilder.bridge.viewing import Column, Kind

SIDE = 96  # pixels of the larger side of a picture
POINTS = 512  # of a curve
LINES = 8  # of a curve
LONGEST_ROW = 256
LONGEST_SEQUENCE = 256
SUITS: dict[Kind, int] = {"picture": 60, "curve": 24}  # samples a page; of all others so many:
ROWS = 100


@dataclass(frozen=True)
class Output:
    """One output of a data block: where it comes from, and what is known of it. `node` is the block's id."""

    node: str
    name: str
    port: str
    title: str
    target: bool
    classes: int | None = None
    names: tuple[str, ...] = ()


def kind_of(sample: Tensor, output: Output) -> Kind:
    """What a sample of this shape and type looks like."""
    shape, whole = sample.shape, not sample.is_floating_point()
    if sample.dim() == 0:
        return "class" if whole and (output.target or output.classes is not None) else "number"
    if sample.dim() == 1:
        if whole:
            return "tokens"
        if output.target and output.classes is not None and len(shape) == 1 and shape[0] == output.classes:
            return "chances"
        return "row" if shape[0] <= LONGEST_ROW else "curve"
    if sample.dim() == 2 and not whole and min(shape) <= LINES:
        return "curve"
    return "picture"


def column(output: Output, batch: Tensor, before: Tensor | None = None) -> Column:
    """The samples of a batch; the brightness of pictures is that of the batch as it was `before` it was changed."""
    batch = batch.detach().cpu()
    shape = tuple(batch.shape[1:])
    kind = kind_of(batch[0], output)
    low, high = _limits(batch if before is None else before.detach().cpu())
    made = {"picture": _pictures, "curve": _curves, "tokens": _tokens}.get(kind, _rows)
    sent, shortened = made(batch, low, high)
    if kind in ("tokens", "class"):
        sent = sent.to(torch.int32)
    names = output.names if kind != "row" or len(output.names) == batch.shape[1] else ()
    return Column(
        output.node, output.port, output.title, output.target, kind, shape, tuple(sent.shape[1:]),
        sent.contiguous().numpy().tobytes(), low, high, names, shortened,
    )  # fmt: skip


def _limits(batch: Tensor) -> tuple[float, float]:
    """The least and the greatest finite number."""
    numbers = batch.float()
    finite = numbers[numbers.isfinite()]
    if not finite.numel():
        return 0.0, 1.0
    low, high = finite.min().item(), finite.max().item()
    return (low, high) if high > low else (low, low + 1.0)


def _pictures(batch: Tensor, low: float, high: float) -> tuple[Tensor, bool]:
    """Height × width × channels of bytes. Of many channels the first is shown, of more dimensions the first slice."""
    shortened = False
    while batch.dim() > 4:
        batch, shortened = batch[:, 0], True
    pictures = batch.unsqueeze(1) if batch.dim() == 3 else batch
    if pictures.shape[1] not in (1, 3):
        pictures, shortened = pictures[:, :3] if pictures.shape[1] == 4 else pictures[:, :1], True
    levels = ((pictures.float() - low) / (high - low)).nan_to_num(0.0, 1.0, 0.0).clamp(0, 1)
    height, width = levels.shape[-2:]
    larger = max(height, width)
    if larger > SIDE:
        size = (max(1, round(height * SIDE / larger)), max(1, round(width * SIDE / larger)))
        levels = F.interpolate(levels, size, mode="area")
    return (levels * 255).round().to(torch.uint8).permute(0, 2, 3, 1), shortened


def _curves(batch: Tensor, low: float, high: float) -> tuple[Tensor, bool]:
    """Lines × points, of which long ones are led through the least and the greatest of every few."""
    numbers = batch.float()
    if numbers.dim() == 2:
        numbers = numbers.unsqueeze(1)
    elif numbers.shape[1] > numbers.shape[2]:  # steps first
        numbers = numbers.transpose(1, 2)
    shortened = numbers.shape[1] > LINES
    numbers = numbers[:, :LINES]
    length = numbers.shape[-1]
    if length > POINTS:
        each = math.ceil(length / (POINTS // 2))
        padded = F.pad(numbers, (0, -length % each), mode="replicate").reshape(*numbers.shape[:2], -1, each)
        numbers = torch.stack([padded.amin(-1), padded.amax(-1)], -1).flatten(-2)
    return numbers, shortened


def _tokens(batch: Tensor, low: float, high: float) -> tuple[Tensor, bool]:
    return batch[:, :LONGEST_SEQUENCE], batch.shape[1] > LONGEST_SEQUENCE


def _rows(batch: Tensor, low: float, high: float) -> tuple[Tensor, bool]:
    return batch.float(), False
