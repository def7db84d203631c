"""What the samples of a part are like: class balance, limits, histograms, and what is wrong with them.

Where they are too many, or read from disk as they are needed, a random part of them is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from netbuilder.blocks.sentence import SentenceValue, say
from netbuilder.bridge.viewing import BINS, FEWER_BINS, ColumnSurvey, Numbers, Part, Survey, Trouble
from netbuilder.engine.showing import LONGEST_ROW, Output

MOST_NUMBERS = 2**25  # that are looked at, of one column
MOST_STREAMED = 2000  # samples that are read from disk for it
CHUNK = 200
MOST_CLASSES = 1000
UNBALANCED = 20  # times as many samples in one class as in another

Progress = Callable[[float], None]


def survey(part: Part, columns: Sequence[Any], outputs: Sequence[Output], progress: Progress) -> Survey:
    """Look at the samples; `progress` is told how much is done, and may raise to end it."""
    total = len(columns[0])
    looked = _how_many(columns, total)
    chosen = None
    if looked < total:
        chosen = torch.randperm(total, generator=torch.Generator().manual_seed(0))[:looked].sort().values
    found: list[ColumnSurvey] = []
    troubles: list[Trouble] = []
    for i, (column, output) in enumerate(zip(columns, outputs, strict=True)):

        def tell(share: float, i: int = i) -> None:
            progress((i + share) / len(columns))

        one = _Look(part, output, _read(column, chosen, tell), chosen)
        tell(1.0)
        found.append(one.survey())
        troubles += one.troubles
    return Survey(part, total, looked, tuple(found), tuple(troubles))


def _how_many(columns: Sequence[Any], total: int) -> int:
    """How many samples are looked at."""
    most = total
    for column in columns:
        if isinstance(column, Tensor):
            each = max(1, column.numel() // max(1, total))
        else:
            each, most = max(1, column[torch.zeros(1, dtype=torch.int64)].numel()), min(most, MOST_STREAMED)
        most = min(most, max(1, MOST_NUMBERS // each))
    return most


def _read(column: Any, chosen: Tensor | None, tell: Progress) -> Tensor:
    """The samples that are looked at; of what streams a few at a time."""
    if isinstance(column, Tensor):
        return column.detach() if chosen is None else column.detach()[chosen]
    indices = torch.arange(len(column)) if chosen is None else chosen
    found: list[Tensor] = []
    for few in torch.split(indices, CHUNK):
        tell(CHUNK * len(found) / len(indices))
        found.append(column[few])
    return torch.cat(found)


class _Look:
    """A look at one column."""

    def __init__(self, part: Part, output: Output, samples: Tensor, chosen: Tensor | None) -> None:
        self._part, self._output, self._samples, self._chosen = part, output, samples.cpu(), chosen
        self.troubles: list[Trouble] = []

    def survey(self) -> ColumnSurvey:
        """What it is like; what is wrong is in `troubles` then."""
        output, samples = self._output, self._samples
        of = (output.node, output.port, output.title, output.target)
        if not samples.is_floating_point() and (output.classes is not None or output.target):
            counts = self._classes(samples.flatten().to(torch.int64))
            if counts is not None:
                return ColumnSurvey(*of, counts, output.names)
        numbers = samples.float()
        self._flaws(numbers)
        features: tuple[Numbers, ...] = ()
        names: tuple[str, ...] = ()
        if numbers.dim() == 2 and 1 < numbers.shape[1] <= LONGEST_ROW and not output.target:
            features = tuple(describe(numbers[:, i], FEWER_BINS) for i in range(numbers.shape[1]))
            names = output.names if len(output.names) == len(features) else ()
            self._idle(features, names)
        return ColumnSurvey(*of, names=names, numbers=describe(numbers), features=features)

    def _classes(self, labels: Tensor) -> tuple[int, ...] | None:
        """How often each class is there; None where these are no classes."""
        classes = self._output.classes
        low, high = int(labels.min()), int(labels.max())
        if classes is None:
            classes = high + 1
        elif low < 0 or high >= classes:
            wrong = ((labels < 0) | (labels >= classes)).nonzero()[0].item()
            text = "{node}: {port} of sample {sample} is {value}, and there are only the classes 0 to {last}."
            value = int(labels[int(wrong)])
            self._say(text, "error", sample=self._number(int(wrong), labels), value=value, last=classes - 1)
        if low < 0 or classes > MOST_CLASSES:
            return None
        counts = labels.clamp(0, max(classes - 1, high)).bincount(minlength=classes)
        found = tuple(int(count) for count in counts)
        self._balance(found)
        return found

    def _balance(self, counts: tuple[int, ...]) -> None:
        present = [count for count in counts if count]
        if len(present) == 1 and len(self._samples) > 1:
            text = "{node}: every {port} of the {part} samples is {value}: there is nothing to tell apart."
            self._say(text, "error", value=self._name(next(i for i, count in enumerate(counts) if count)))
        elif len(present) < len(counts) and self._chosen is None:
            text = "{node}: {count} of {classes} classes of {port} have no {part} sample."
            self._say(text, count=len(counts) - len(present), classes=len(counts))
        elif self._samples.dim() == 1 and max(present) >= UNBALANCED * min(present):
            text = "{node}: {most} is in the {part} samples {times} times as often as {least}."
            order = sorted((i for i, count in enumerate(counts) if count), key=counts.__getitem__)
            times = max(present) // min(present)
            self._say(text, most=self._name(order[-1]), least=self._name(order[0]), times=times)

    def _flaws(self, numbers: Tensor) -> None:
        for flaw, word in ((numbers.isnan(), "missing (NaN)"), (numbers.isinf(), "infinite")):
            count = int(flaw.sum())
            if count:
                first = int(flaw.flatten(1).any(1).nonzero()[0]) if flaw.dim() > 1 else int(flaw.nonzero()[0])
                values: dict[str, SentenceValue] = {"count": count, "flaw": word, "sample": self._number(first)}
                text = "{node}: {count} numbers of {port} are {flaw}, the first in {part} sample {sample}."
                if flaw.dim() == 2 and len(self._output.names) == flaw.shape[1]:
                    text = (
                        "{node}: {count} numbers of {port} are {flaw}, the first is {column} of {part} sample {sample}."
                    )
                    values["column"] = self._output.names[int(flaw[first].nonzero()[0])]
                self._say(text, "error", **values)
        if numbers.numel() > 1 and len(numbers) > 1 and bool((numbers == numbers.flatten()[0]).all()):
            text = "{node}: every number of {port} is {value}: there is nothing to learn from it."
            self._say(text, value=f"{numbers.flatten()[0].item():.4g}")

    def _idle(self, features: tuple[Numbers, ...], names: tuple[str, ...]) -> None:
        idle = [i for i, one in enumerate(features) if one.low == one.high]
        if idle and len(idle) < len(features):
            shown = ", ".join(names[i] if names else str(i) for i in idle[:5]) + (" …" if len(idle) > 5 else "")
            text = "{node}: the same in every {part} sample, so of no use: {features} of {port}."
            self._say(text, features=shown)

    def _name(self, index: int) -> str:
        return self._output.names[index] if index < len(self._output.names) else str(index)

    def _number(self, place: int, labels: Tensor | None = None) -> int:
        """The number of the sample that a place in what was looked at belongs to."""
        if labels is not None:
            place = place * len(self._samples) // len(labels)
        return place if self._chosen is None else int(self._chosen[place])

    def _say(self, text: str, level: Literal["error", "warning"] = "warning", **values: SentenceValue) -> None:
        output = self._output
        words = say(text, node=output.name, port=output.port, part=self._part, **values)
        self.troubles.append(Trouble(output.node, words, level))


def describe(numbers: Tensor, bins: int = BINS) -> Numbers:
    """What many numbers are like."""
    flat = numbers.flatten()
    finite = flat[flat.isfinite()]
    missing, infinite = int(flat.isnan().sum()), int(flat.isinf().sum())
    if not finite.numel():
        return Numbers(flat.numel(), 0.0, 0.0, 0.0, 0.0, missing, infinite, (0,) * bins)
    low, high = finite.min().item(), finite.max().item()
    # Float64, since many numbers are added up.
    spread, mean = torch.std_mean(finite.double(), correction=0)
    counts = torch.histc(finite, bins, low, high) if high > low else torch.zeros(bins)
    if high == low:
        counts[bins // 2] = finite.numel()
    found = tuple(int(count) for count in counts)
    return Numbers(flat.numel(), low, high, mean.item(), spread.item(), missing, infinite, found)
