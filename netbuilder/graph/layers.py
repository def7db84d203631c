"""In which layer each card of a layout stands."""

from __future__ import annotations

from collections.abc import Iterable


def layered(count: int, wires: Iterable[tuple[int, int]]) -> tuple[list[int], list[int], list[int]]:
    """The layer of every card, and how many cards the longest paths to and from it have, itself included.

    A card stands right below the lowest that feeds it; what feeds one place only goes down to just above that.
    """
    sources: list[set[int]] = [set() for _ in range(count)]
    targets: list[set[int]] = [set() for _ in range(count)]
    for source, target in wires:
        sources[target].add(source)
        targets[source].add(target)
    waiting = [len(found) for found in sources]
    order = [i for i, left in enumerate(waiting) if not left]
    for i in order:
        for target in targets[i]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    behind, ahead, loose = [1] * count, [1] * count, [False] * count
    for i in order:
        behind[i] += max((behind[source] for source in sources[i]), default=0)
        loose[i] = all(loose[source] and len(targets[source]) == 1 for source in sources[i])
    level = [found - 1 for found in behind]
    for i in reversed(order):
        ahead[i] += max((ahead[target] for target in targets[i]), default=0)
        if loose[i] and targets[i]:
            level[i] = min(level[target] for target in targets[i]) - 1
    return level, behind, ahead
