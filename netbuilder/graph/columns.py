"""Where the columns of a layout stand: near those that they are wired to, not too near to their neighbours."""

from __future__ import annotations

import heapq

GRID = 8
TURNS, FEWER_TURNS = 16, 6
MANY = 1000  # columns: more settle in fewer turns
WIDE = 96  # an aisle with this much room to spare is closed; less may be there for symmetry


def snap(value: float) -> int:
    """The nearest line of the grid."""
    return int((value + GRID / 2) // GRID) * GRID


def up_to_grid(value: float) -> int:
    """The next line of the grid."""
    return -int(-value // GRID) * GRID


def settle(gaps: list[dict[int, int]], pulls: list[list[int]], weight: list[float]) -> list[int]:
    """Where columns stand, near those that they are wired to and no nearer than the gaps say; on the grid."""
    lefts: list[list[tuple[int, int]]] = [[] for _ in gaps]
    for a, found in enumerate(gaps):
        for b, gap in found.items():
            lefts[b].append((a, gap))
    rights = [list(found.items()) for found in gaps]
    waiting = [len(near) for near in lefts]
    order = [a for a, left in enumerate(waiting) if not left]
    for a in order:
        for b, _ in rights[a]:
            waiting[b] -= 1
            if not waiting[b]:
                order.append(b)
    x = [0.0] * len(gaps)
    for turn in range(TURNS if len(gaps) <= MANY else FEWER_TURNS):
        if turn:
            x = [(sum([x[b] for b in ends]) + x[a]) / (len(ends) + 1) for a, ends in enumerate(pulls)]
        x = _apart(order, lefts, x, weight)
    snapped = [snap(value) for value in x]
    for a in order:
        # What is one gap apart but for the last digit may go to lines one too near.
        snapped[a] = max([snapped[a], *(snapped[b] + gap for b, gap in lefts[a])])
    _straighten(snapped, pulls, lefts, rights)
    _close(snapped, rights)
    _straighten(snapped, pulls, lefts, rights)
    return snapped


def _close(x: list[int], rights: list[list[tuple[int, int]]]) -> None:
    """Move all that is right of an empty aisle nearer together with what is left of it, where it is needlessly wide."""
    place = {a: i for i, a in enumerate(sorted(range(len(x)), key=lambda a: (x[a], a)))}
    spare: list[tuple[int, int]] = []  # how much nearer a pair across the aisle may come, and where it ends
    shift = 0
    before = list(x)
    for a, i in place.items():
        while spare and spare[0][1] < i:
            heapq.heappop(spare)
        if spare and spare[0][0] - shift >= WIDE:
            shift = spare[0][0]
        x[a] -= shift
        for b, gap in rights[a]:
            heapq.heappush(spare, (before[b] - before[a] - gap + shift, place[b]))


def _straighten(
    x: list[int], pulls: list[list[int]], lefts: list[list[tuple[int, int]]], rights: list[list[tuple[int, int]]]
) -> None:
    """Move each straight under its neighbours, or between them, as far as there is room."""
    wired = sorted((a for a in range(len(x)) if pulls[a]), key=lambda a: len(pulls[a]))
    for _ in range(4):
        for a in wired:
            ends = sorted([x[b] for b in pulls[a]])
            low, high = ends[(len(ends) - 1) // 2], ends[len(ends) // 2]
            aim = min(max(snap(sum(ends) / len(ends)), low), high)
            aim = max([aim, *(x[b] + gap for b, gap in lefts[a])])
            x[a] = min([aim, *(x[b] - gap for b, gap in rights[a])])


def _apart(order: list[int], lefts: list[list[tuple[int, int]]], aims: list[float], weight: list[float]) -> list[float]:
    """The places nearest to the aims that keep the gaps: those too near join a group that then moves as one.

    This is the first half of VPSC (Dwyer, Marriott and Stuckey 2006), from left to right.
    """
    group = list(range(len(aims)))
    offset = [0.0] * len(aims)
    place = list(aims)  # of a group, as all lists below
    mass = list(weight)
    members = [[a] for a in range(len(aims))]
    open_gaps = [[(b, gap, a) for b, gap in found] for a, found in enumerate(lefts)]
    for start in order:
        here = group[start]
        while True:
            open_gaps[here] = [entry for entry in open_gaps[here] if group[entry[0]] != here]
            worst, found = 1e-6, None
            for entry in open_gaps[here]:
                b, gap, a = entry
                lack = place[group[b]] + offset[b] + gap - place[here] - offset[a]
                if lack > worst:
                    worst, found = lack, entry
            if found is None:
                break
            b, gap, a = found
            other, shift = group[b], offset[a] - gap - offset[b]
            if len(members[other]) > len(members[here]):
                here, other, shift = other, here, -shift
            place[here] = (mass[here] * place[here] + mass[other] * (place[other] - shift)) / (mass[here] + mass[other])
            mass[here] += mass[other]
            for member in members[other]:
                group[member] = here
                offset[member] += shift
            members[here] += members[other]
            open_gaps[here] += open_gaps[other]
    return [place[group[a]] + offset[a] for a in range(len(aims))]
