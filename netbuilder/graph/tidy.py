"""Tidy layout: where cards go so that a drawing reads from top to bottom.

In layers (Sugiyama, Tagawa and Toda 1981): every card below all that feed it, few crossings within what the person's
own order from left to right allows, chains in straight columns. A long wire takes a place of its own in every layer
that it passes, so that no card lies under it.

Nothing but the order from left to right in every layer is taken from the present places, and that order is changed
only where it saves crossings until nothing more is saved: to tidy twice is to tidy once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable
from itertools import pairwise

from netbuilder.graph.columns import settle, snap, up_to_grid
from netbuilder.graph.commands import FAR
from netbuilder.graph.graph import Graph
from netbuilder.graph.layers import layered
from netbuilder.graph.records import Node

GAP = 16  # between the cards of a chain
AISLE = 32  # between neighbours, between a card and a long wire, and where wires run sideways
LANE = 16  # between two long wires
APART = 64  # between parts that no wire joins
BUSY = 4  # so many crossings between two layers ask for more room
SWEEPS = 4
LARGE, HUGE = 2500, 6000  # vertices: more is looked at less closely, so that it takes no longer

Order = list[list[int]]
Box = Callable[[Node], tuple[int, int]]


def places(graph: Graph, keys: Collection[str], box: Box) -> dict[str, tuple[int, int]]:
    """Where the top left corners of these nodes go; `box` gives a card's width and height.

    The top left corner of what is laid out stays where it is, and parts that no wire joins stand side by side.
    """
    nodes = {key: graph.nodes[key] for key in sorted(set(keys)) if key in graph.nodes}
    if not nodes:
        return {}
    sizes = {key: box(node) for key, node in nodes.items()}
    found: dict[str, tuple[int, int]] = {}
    edge = 0
    for part in _parts(graph, nodes):
        corners, width = _Part(graph, [nodes[key] for key in part], sizes).corners()
        found |= {key: (edge + x, y) for key, (x, y) in corners.items()}
        edge += width + APART
    first, last = min(x for x, _ in found.values()), max(x for x, _ in found.values())
    left = min(snap(min(node.x for node in nodes.values())), FAR - last + first) - first
    top = min(snap(min(node.y for node in nodes.values())), FAR - max(y for _, y in found.values()))
    return {key: (left + x, top + y) for key, (x, y) in found.items()}


def _parts(graph: Graph, nodes: dict[str, Node]) -> list[list[str]]:
    """The nodes in parts that wires join, the parts from left to right."""
    found: list[list[str]] = []
    seen: set[str] = set()
    for key in nodes:
        if key in seen:
            continue
        part, todo = [], [key]
        seen.add(key)
        while todo:
            here = todo.pop()
            part.append(here)
            ends = [wire.source for wire in graph.wires_into(here).values()]
            ends += [wire.target for wire in graph.wires_out_of(here)]
            for end in ends:
                if end in nodes and end not in seen:
                    seen.add(end)
                    todo.append(end)
        found.append(sorted(part))
    return sorted(found, key=lambda part: min((nodes[key].x, nodes[key].y, key) for key in part))


class _Part:
    """Cards that wires join, being laid out: vertices by number, the cards first, then places on long wires."""

    def __init__(self, graph: Graph, nodes: list[Node], sizes: dict[str, tuple[int, int]]) -> None:
        self.nodes = nodes
        self.sizes = [sizes[node.id] for node in nodes]
        self.cards = len(nodes)
        # Neighbours in the layer above and below: the other vertex, where on it, and where on this one the wire ends.
        self.above: list[list[tuple[int, float, float]]] = [[] for _ in nodes]
        self.below: list[list[tuple[int, float, float]]] = [[] for _ in nodes]
        self.lean = [0.0] * self.cards  # to which side of its neighbours a long wire keeps
        wires = self._wires(graph)
        self.level, self.behind, self.ahead = layered(self.cards, [(source, target) for source, _, target, _ in wires])
        self._add_wires(wires)
        self.half = [up_to_grid(width / 2) for width, _ in self.sizes] + [0] * (len(self.level) - self.cards)
        self.place = [0.0] * len(self.level)

    def _wires(self, graph: Graph) -> list[tuple[int, float, int, float]]:
        """The wires between the cards: source, where along its edge, target, where along its edge."""
        number = {node.id: i for i, node in enumerate(self.nodes)}
        found = []
        for i, node in enumerate(self.nodes):
            ports = graph.inputs(node)
            entering = graph.wires_into(node.id)
            for k, port in enumerate(ports):
                wire = entering.get(port.name)
                if wire is None or wire.source not in number:
                    continue
                source = number[wire.source]
                outputs = [output.name for output in graph.outputs(self.nodes[source])]
                out = (outputs.index(wire.output) + 1) / (len(outputs) + 1) - 0.5
                found.append((source, out, i, (k + 1) / (len(ports) + 1) - 0.5))
        return sorted(found)

    def _add_wires(self, wires: list[tuple[int, float, int, float]]) -> None:
        """Join vertices in neighbouring layers; the long wires of an output share one way down."""
        ways: dict[tuple[int, float], list[int]] = {}
        ends: dict[tuple[int, float], list[tuple[int, float]]] = {}
        for source, out, target, into in wires:
            ends.setdefault((source, out), []).append((target, into))
        for (source, out), found in ends.items():
            way = ways.setdefault((source, out), [source])
            far = [(target, into) for target, into in found if self.level[target] > self.level[source] + 1]
            last = max((self.level[target] for target, _ in far), default=0)
            lean = sum(into for _, into in far) / max(1, len(far))
            for level in range(self.level[source] + 1, last):
                vertex = len(self.level)
                self.level.append(level)
                self.above.append([])
                self.below.append([])
                self.lean.append(0.01 * lean)
                still = [target for target, _ in far if self.level[target] > level]
                self.ahead.append(max(self.ahead[target] for target in still))
                self.behind.append(self.behind[source])
                self._join(way[-1], out if len(way) == 1 else 0.0, vertex, 0.0)
                way.append(vertex)
            for target, into in found:
                steps = self.level[target] - self.level[source] - 1
                self._join(way[steps], 0.0 if steps else out, target, into)

    def _join(self, upper: int, out: float, lower: int, into: float) -> None:
        self.below[upper].append((lower, into, out))
        self.above[lower].append((upper, out, into))

    def corners(self) -> tuple[dict[str, tuple[int, int]], int]:
        """The top left corner of every card, and how wide all is."""
        order = self._order()
        middle = self._columns(order)
        tops = self._tops(order, middle)
        left = min(middle[v] - self.half[v] for v in range(len(middle)))
        right = max(middle[v] + self.half[v] for v in range(len(middle)))
        corners = {
            node.id: (snap(middle[i] - left - self.sizes[i][0] / 2), tops[self.level[i]])
            for i, node in enumerate(self.nodes)
        }
        return corners, right - left

    # Which is left of which

    def _order(self) -> Order:
        """Every layer from left to right: the present order, changed where that saves crossings."""
        cards: Order = [[] for _ in range(max(self.level) + 1)]
        for i in sorted(range(self.cards), key=self._present):
            cards[self.level[i]].append(i)
        order, crossings = self._with_wires(cards)
        if crossings and len(self.level) > HUGE:
            # Looking until nothing is saved any more takes too long: once, from an order that never changes.
            order, crossings = self._with_wires([sorted(layer) for layer in cards])
            order, crossings = self._with_wires(self._swept(order, crossings))[0], 0
        while crossings:
            other, fewer = self._with_wires(self._swept(order, crossings))
            if fewer > 0.98 * crossings:
                break
            order, crossings = other, fewer
        for layer in order:
            self._number(layer)
        return order

    def _present(self, i: int) -> tuple[float, int, str]:
        node = self.nodes[i]
        return node.x + self.sizes[i][0] / 2, node.y, node.id

    def _number(self, layer: list[int]) -> None:
        middle = (len(layer) - 1) / 2
        for i, v in enumerate(layer):
            self.place[v] = i - middle

    def _chained(self, v: int) -> int:
        """The card above of which v is the only one below, and which is v's only one above; -1 where there is none."""
        if v >= self.cards or len(self.above[v]) != 1:
            return -1
        u = self.above[v][0][0]
        return u if u < self.cards and len(self.below[u]) == 1 else -1

    def _untangled(self, cards: Order) -> Order:
        """The order changed so that the wires within chains do not cross each other: chains can then be straight."""
        found = [cards[0]]
        for layer in cards[1:]:
            index = {v: i for i, v in enumerate(found[-1])}
            rank = {v: index[self._chained(v)] for v in layer if self._chained(v) >= 0}
            ranked = iter(sorted(rank, key=rank.__getitem__))
            found.append([next(ranked) if v in rank else v for v in layer])
        return found

    def _with_wires(self, cards: Order) -> tuple[Order, int]:
        """The order with the long wires put in where they cross least; it follows from the order of the cards alone."""
        cards = self._untangled(cards)
        order = [list(layer) for layer in cards]
        wires: Order = [[] for _ in cards]
        for v in range(self.cards, len(self.level)):
            wires[self.level[v]].append(v)
        self._number(order[0])
        for level in range(1, len(order)):
            order[level] = self._merged(cards[level], wires[level], self.above)
            self._number(order[level])
        best, least = [list(layer) for layer in order], self._crossings(order)
        for turn in range(3 if len(self.level) > self.cards else 0):
            if not least:
                break
            levels = range(1, len(order)) if turn % 2 else range(len(order) - 2, -1, -1)
            for level in levels:
                order[level] = self._merged(cards[level], wires[level], self.above if turn % 2 else self.below)
                self._number(order[level])
            found = self._crossings(order)
            if found < least:
                best, least = [list(layer) for layer in order], found
        return best, least

    def _pull(self, v: int, ends: list[tuple[int, float, float]]) -> float:
        place = self.place
        if len(ends) == 1:
            u, at, _ = ends[0]
            return place[u] + at + self.lean[v]
        return sum([place[u] + at for u, at, _ in ends]) / len(ends) + self.lean[v]

    def _merged(self, cards: list[int], wires: list[int], near: list[list[tuple[int, float, float]]]) -> list[int]:
        """The cards in their order, and long wires among them where they are pulled to."""
        if not wires:
            return list(cards)
        found: list[int] = []
        pulled = sorted((self._pull(v, near[v]) if near[v] else 0.0, v) for v in wires)
        i, reached = 0, float("-inf")
        for v in cards:
            if near[v]:
                reached = max(reached, self._pull(v, near[v]))
            while i < len(pulled) and pulled[i][0] < reached:
                found.append(pulled[i][1])
                i += 1
            found.append(v)
        return found + [v for _, v in pulled[i:]]

    def _swept(self, start: Order, least: int) -> Order:
        """The cards' order with the fewest crossings that sorting by neighbours, down and up in turn, comes across."""
        order = [list(layer) for layer in start]
        best = start
        for layer in order:
            self._number(layer)
        small = len(self.level) <= LARGE
        for turn in range(SWEEPS if small else 2):
            near = self.below if turn % 2 else self.above
            for level in range(len(order) - 2, -1, -1) if turn % 2 else range(1, len(order)):
                pull = {v: self._pull(v, near[v]) if near[v] else self.place[v] for v in order[level]}
                order[level].sort(key=pull.__getitem__)
                self._number(order[level])
            if small:
                self._switch(order)
            found = self._crossings(order)
            if found < least:
                best, least = [list(layer) for layer in order], found
            if not least:
                break
        return [[v for v in layer if v < self.cards] for layer in best]

    def _switch(self, order: Order) -> None:
        """Exchange neighbours in a layer where that saves crossings."""
        for layer in order:
            for i in range(len(layer) - 1):
                a, b = layer[i], layer[i + 1]
                saved = 0
                for near in (self.above, self.below):
                    if near[a] and near[b]:
                        left = [self.place[u] + at for u, at, _ in near[a]]
                        right = [self.place[u] + at for u, at, _ in near[b]]
                        if max(left) <= min(right):
                            saved -= sum([x < y for x in left for y in right])
                        else:
                            saved += sum([(x > y) - (x < y) for x in left for y in right])
                if saved > 0:
                    layer[i], layer[i + 1] = b, a
                    self.place[a], self.place[b] = self.place[b], self.place[a]

    def _crossings(self, order: Order) -> int:
        for layer in order:
            self._number(layer)
        return sum(self._between(layer) for layer in order[:-1])

    def _between(self, layer: Iterable[int]) -> int:
        """How many wires cross between this layer and the next."""
        place, found, seen = self.place, 0, list[float]()
        wires = [(place[v] + out, place[u] + into) for v in layer for u, into, out in self.below[v]]
        wires.sort()
        for _, end in wires:
            at = bisect_right(seen, end)
            found += len(seen) - at
            seen.insert(at, end)
        return found

    # How far to the right

    def _columns(self, order: Order) -> list[int]:
        """The middle of every vertex, on the grid: what is to stand straight in one column moves as one."""
        column = self._straight(order)
        count = max(column) + 1
        gaps: list[dict[int, int]] = [{} for _ in range(count)]
        for layer in order:
            for a, b in pairwise(layer):
                room = AISLE if a < self.cards or b < self.cards else LANE
                apart = self.half[a] + self.half[b] + room
                left, right = column[a], column[b]
                gaps[left][right] = max(apart, gaps[left].get(right, 0))
        weight = [1.0] * count
        for v in range(self.cards):
            weight[column[v]] += 1
        x = settle(gaps, self._pulls(column, count), [cards**4 for cards in weight])
        return [x[column[v]] for v in range(len(self.level))]

    def _pulls(self, column: list[int], count: int) -> list[list[int]]:
        """Which columns each column wants to be near.

        Where a column goes on, the others there follow it, it does not follow them; cards do not follow long wires.
        What then has nothing to be near is near all that it is wired to.
        """
        carded = set(column[: self.cards])
        firm: list[list[int]] = [[] for _ in range(count)]
        weak: list[list[int]] = [[] for _ in range(count)]
        for near in (self.above, self.below):
            for v, ends in enumerate(near):
                here, others = column[v], [column[u] for u, _, _ in ends]
                goes_on = here in others
                for other in others:
                    if other != here:
                        follows = not goes_on and (other in carded or here not in carded)
                        (firm if follows else weak)[here].append(other)
        return [found or other for found, other in zip(firm, weak, strict=True)]

    def _straight(self, order: Order) -> list[int]:
        """The column of every vertex: each goes on straight to the neighbour on the longest path, if that agrees."""
        heirs = [self._heir(ends, self.ahead) for ends in self.below]
        elders = [self._heir(ends, self.behind) for ends in self.above]
        wanted = [
            (
                self._chained(u) < 0,
                -self.behind[v] - self.ahead[u],
                v >= self.cards or u >= self.cards,
                self.place[v],
                v,
                u,
            )
            for v, u in enumerate(heirs)
            if u >= 0 and elders[u] == v
        ]
        taken: list[list[tuple[float, float]]] = [[] for _ in order]
        below = [-1] * len(self.level)
        for *_, v, u in sorted(wanted):
            pair, others = (self.place[v], self.place[u]), taken[self.level[v]]
            at = bisect_left(others, pair)
            if (at and others[at - 1][1] > pair[1]) or (at < len(others) and others[at][1] < pair[1]):
                continue
            others.insert(at, pair)
            below[v] = u
        column, count = [-1] * len(self.level), 0
        for layer in order:
            for v in layer:
                if column[v] < 0:
                    here = v
                    while here >= 0:
                        column[here] = count
                        here = below[here]
                    count += 1
        return column

    def _heir(self, ends: list[tuple[int, float, float]], length: list[int]) -> int:
        """The neighbour with which a vertex stands in one column; -1 where two sides have an equal right to it."""
        if not ends:
            return -1
        longest = max(length[u] for u, _, _ in ends)
        best = sorted({u for u, _, _ in ends if length[u] == longest}, key=self.place.__getitem__)
        if len(best) % 2 == 0 and longest > 1:
            return -1
        return best[(len(best) - 1) // 2]

    # How far down

    def _tops(self, order: Order, middle: list[int]) -> list[int]:
        """The top of every layer, with more room where wires run sideways or cross."""
        found, top = [], 0
        for layer in order:
            found.append(top)
            sideways = any(middle[u] != middle[v] for v in layer for u, _, _ in self.below[v])
            room = (AISLE + GAP if self._between(layer) >= BUSY else AISLE) if sideways else GAP
            top += up_to_grid(max((self.sizes[v][1] for v in layer if v < self.cards), default=0)) + room
        return found
