"""Counts that batches add up, and the metrics that follow from their sums."""

# mypy: allow-untyped-defs, allow-untyped-calls

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom


def mean_of(values):
    """Return the mean of several tensors."""
    return torch.stack(list(values)).mean()


def in_top(scores, target, k, dim=1):
    """Tell where the target is among the k highest scores."""
    highest = scores.topk(k, dim).indices
    return (highest == target.unsqueeze(dim)).any(dim)


def top_accuracy(scores, target, k, dim=1):
    """Return the part of the targets that are among the k highest scores."""
    return in_top(scores, target, k, dim).float().mean()


def count_right(right, there):
    """Count the right answers, and all answers, where there are any to give."""
    return torch.stack([(right & there).sum(), there.sum()])


def share_of(counts):
    """Return the part of the answers that are right."""
    right, there = counts.double()
    return (right / there).item()


def count_hits(predicted, target, classes):
    """Count the hits, the predictions and the targets of each class."""
    there = (target >= 0) & (target < classes)
    predicted, target = predicted[there], target[there]
    found = (predicted[predicted == target], predicted, target)
    return torch.stack([labels.bincount(minlength=classes) for labels in found])


def precision_of(counts):
    """Return the part of each class's predictions that are right."""
    hits, predicted, _ = counts.double()
    return hits / predicted.clamp(min=1)


def recall_of(counts):
    """Return the part of each class's targets that are found."""
    hits, _, there = counts.double()
    return hits / there.clamp(min=1)


def f1_of(counts):
    """Return the harmonic mean of each class's precision and recall."""
    hits, predicted, there = counts.double()
    return 2 * hits / (predicted + there).clamp(min=1)


def one_class(score, counts, number):
    """Return the score of one class."""
    return score(counts)[number].item()


def macro_mean(score, counts):
    """Return the mean of a score over the classes that are predicted or there."""
    return score(counts[:, counts.any(0)]).mean().item()


def weighted_mean(score, counts):
    """Return the mean of a score over the targets, each with the score of its class."""
    return ((score(counts) * counts[2]).sum() / counts[2].sum()).item()


def micro_mean(score, counts):
    """Return the score of all classes taken as one."""
    return score(counts.sum(1)).item()


def count_classes(predicted, target, classes):
    """Count how often each class, in its row, is taken for each class."""
    there = (target >= 0) & (target < classes)
    pairs = classes * target[there] + predicted[there]
    return pairs.bincount(minlength=classes**2).view(classes, classes)


def print_counts(name, counts):
    """Print how often each class, in its row, is taken for each class."""
    classes = [str(i) for i in range(len(counts))]
    width = max(len(str(counts.max().item())), len(classes[-1]))
    print(f"{name}: true classes downwards, predicted ones across")
    for head, row in zip(["", *classes], [classes, *counts.tolist()], strict=True):
        print(" ".join(f"{cell:>{width}}" for cell in (head, *row)))


def sum_squares(output, target):
    """Sum, for each column, ones, targets, squared targets and squared errors."""
    output, target = (
        tensor.to("cpu", torch.float64).reshape(len(tensor), -1)
        for tensor in (output, target)
    )
    sums = (torch.ones_like(target), target, target**2, (output - target) ** 2)
    return torch.stack([numbers.sum(0) for numbers in sums])


def spread_of(sums):
    """Return the sum of each column's squared distances from its mean."""
    count, total, squares, _ = sums
    spread = squares - total**2 / count
    return spread.where(spread > 1e-12 * squares, 0.0)  # the rest is rounding


def r2_of(sums):
    """Return the part of each column's spread that is explained."""
    spread, errors = spread_of(sums), sums[3]
    return torch.where(spread > 0, 1 - errors / spread, (errors == 0).double())


def uniform_r2(sums):
    """Return the mean of the columns' R²."""
    return r2_of(sums).mean().item()


def weighted_r2(sums):
    """Return the mean of the columns' R², for which each counts as it is spread."""
    spread = spread_of(sums)
    if not spread.any():
        return uniform_r2(sums)
    return ((r2_of(sums) * spread).sum() / spread.sum()).item()


def sum_surprise(output, target, ignored=-100):
    """Sum the losses of all targets, and count them."""
    losses = F.cross_entropy(output, target, reduction="none", ignore_index=ignored)
    losses = losses[target != ignored].to("cpu", torch.float64)
    return torch.stack([losses.sum(), torch.ones_like(losses).sum()])


def perplexity_of(sums):
    """Return how many equally likely choices would be as surprising."""
    surprise, count = sums
    return (surprise / count).exp().item()
