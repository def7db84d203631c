"""Which sizes inside a network are its constructor's arguments, or follow from them.

A network is written once, however often it is placed. A size that is the same wherever it is placed is a plain number
in its class. One that follows an argument is written as that argument, or as a sum or product that holds it: this is
found by trying what becomes of it when the argument is another. Any other size that differs from place to place
becomes an argument that nobody had to ask for, as `in_channels`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod

import msgspec

from netbuilder.blocks import Value
from netbuilder.codegen.expressions import Expression
from netbuilder.engine.inside import Inside, Networks, declared
from netbuilder.graph.fitting import is_sequential
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, USED, Node

Item = tuple[str, str]  # the path to a node, and a parameter
Sizes = dict[Item, Value]


@dataclass
class Written:
    """What the text needs to know of all networks: values by path, implicit arguments, and what repeats differ in."""

    values: dict[str, dict[str, Value]] = field(default_factory=dict)
    implicit: dict[str, tuple[str, ...]] = field(default_factory=dict)
    repeats: dict[str, tuple[dict[str, Value], ...]] = field(default_factory=dict)
    # By network: for each implicit argument, a size inside that it is.
    stands: dict[str, dict[str, Item]] = field(default_factory=dict)


def written(networks: Networks, main: Inside) -> Written:
    """Find out how every size in the networks that are placed is written."""
    graph = networks.graph
    found = Written()
    places = _places(main)
    for key in [MAIN, *reversed(graph.inner(MAIN))]:
        for inner, insides in _other_places(networks, places[key][0]).items() if key in places else ():
            places[inner] += insides
    for key in [*graph.inner(MAIN), MAIN]:
        part = graph.part(key)
        if key not in places:  # it is left out wherever it is placed, and is a class all the same
            places[key] = [networks.inside(key, {}, declared(part))]
        _Solver(networks, part, places[key], found).solve()
    return found


def _places(main: Inside) -> dict[str, list[Inside]]:
    """Every way in which each network is placed, that of the main one included."""
    found: dict[str, list[Inside]] = {}
    seen: set[int] = set()
    todo = [main]
    while todo:
        inside = todo.pop()
        if id(inside) in seen:
            continue
        seen.add(id(inside))
        found.setdefault(inside.network, []).append(inside)
        todo += [one for key in reversed(list(inside.placed)) for one in reversed(inside.placed[key])]
    return found


def _other_places(networks: Networks, place: Inside) -> dict[str, list[Inside]]:
    """How the networks in this one would be placed if an argument were another: their sizes may follow it."""
    found: dict[str, list[Inside]] = {}
    for name, value in place.arguments.items():
        if isinstance(value, int) and not isinstance(value, bool):
            other = _changed(networks, place, {name: _larger(value, 2)})
            del (inner := _places(other))[place.network]
            for key, insides in inner.items():
                found.setdefault(key, []).extend(insides)
    return found


def _changed(networks: Networks, place: Inside, wish: Mapping[str, int]) -> Inside:
    """The network with other arguments. Where it only works if its inputs fit them, these are changed as well."""
    arguments = {**place.arguments, **wish}
    alone = networks.inside(place.network, arguments, place.given)
    if alone.problem is None or place.problem is not None:
        return alone
    new = {place.arguments[name]: size for name, size in wish.items()}
    given = {
        end: msgspec.structs.replace(spec, shape=tuple(new.get(size, size) for size in spec.shape))
        for end, spec in place.given.items()
    }
    both = networks.inside(place.network, arguments, given)
    return both if both.problem is None else alone


def first_places(main: Inside) -> dict[str, Inside]:
    """How each network is placed first, in the order of the code: what a person sees who looks inside."""
    return {key: insides[0] for key, insides in _places(main).items()}


def places_on(main: Inside, path: Iterable[str]) -> dict[str, Inside]:
    """The networks that one goes into by these placed nodes, each as it is there; where it repeats, where it fails."""
    found: dict[str, Inside] = {}
    here = main
    for step in path:
        insides = here.placed.get(step, ())
        if not insides:
            break
        here = next((inside for inside in insides if inside.problem is not None), insides[0])
        found[here.network] = here
    return found


def arguments_at(networks: Networks, found: Written, inside: Inside) -> dict[str, Value]:
    """The numbers that a network's constructor gets at one place, those that nobody asked for first."""
    implied = _Solver(networks, networks.graph.part(inside.network), [inside], found).implied_by(inside)
    both = {**implied, **inside.arguments}
    return {name: value for name, value in both.items() if isinstance(value, int) and not isinstance(value, bool)}


class _Solver:
    """Finds how the sizes of one network are written."""

    def __init__(self, networks: Networks, part: Graph, places: list[Inside], found: Written) -> None:
        self._networks, self._part, self._places, self._found = networks, part, places, found
        self._arguments = {
            one.name: one.value
            for one in part.drawn.arguments
            if isinstance(one.value, int) and not isinstance(one.value, bool)
        }
        self._tried: dict[int, list[tuple[dict[str, int], Sizes]]] = {}

    def solve(self) -> None:
        """Fill in what is found about this network."""
        sizes = [self._sizes(inside) for inside in self._places]
        implicit: dict[str, Item] = {}
        texts: dict[Item, Value] = {}
        for item in dict.fromkeys(item for one in sizes for item in one):
            given = [one.get(item) for one in sizes]
            known = [value for value in given if value is not None]
            answer = self._follows(item, sizes) or self._tied(given) if self._arguments else None
            if answer is not None:
                texts[item] = answer
            elif known and all(value == known[0] for value in known):
                # Where a node is not always used, its sizes are not known everywhere: those of another may tell more.
                name = self._alike(given, sizes, implicit) if None in given else ""
                texts[item] = Expression(name) if name else known[0]
            elif known:
                texts[item] = Expression(self._implied(item, given, sizes, implicit))
        self._found.implicit[self._part.network] = tuple(implicit)
        self._found.stands[self._part.network] = implicit
        own = {one.name: Expression(one.name) for one in self._part.drawn.arguments}
        by_path: dict[str, dict[str, Value]] = {}
        for (path, param), text in texts.items():
            by_path.setdefault(path, {})[param] = text
        for node in self._part.nodes.values():
            self._fill(node, "", by_path, self._part, own)

    def _fill(
        self,
        node: Node,
        path: str,
        texts: Mapping[str, Mapping[str, Value]],
        part: Graph,
        arguments: Mapping[str, Value],
    ) -> None:
        """Write down the values of a node, and of those in a Sequential that it is: they have its arguments."""
        key = f"{path}{node.id}"
        report = next((r for inside in self._places for r in self._reports(inside, key) if r is not None), None)
        values = dict(report.values) if report is not None else dict(part.values(node))
        values |= {param: arguments[name] for param, name in node.bound.items() if param in values or param == USED}
        self._found.values[key] = values
        rows: list[dict[str, Value]] = []
        for param, text in texts.get(key, {}).items():
            number, several, name = param.partition("#")
            if not several:
                values[param] = text
                continue
            while len(rows) <= int(number):
                rows.append({})
            rows[int(number)][name] = text
        if rows:
            self._found.repeats[key] = tuple(rows)
        if node.block == "Network" and is_sequential(self._networks.graph, node.of):
            inner = self._networks.graph.part(node.of)
            for one in inner.nodes.values():
                self._fill(one, f"{key}/", texts, inner, values)

    def _reports(self, inside: Inside, key: str):  # type: ignore[no-untyped-def]
        """The report at the end of a path."""
        *path, last = key.split("/")
        for step in path:
            if not inside.placed.get(step):
                return
            inside = inside.placed[step][0]
        if last not in inside.off:
            yield inside.reports.get(last)

    def _sizes(self, inside: Inside, path: str = "") -> Sizes:
        """Every size in it that follows from a wire, and what its inner networks take as implicit arguments."""
        part = self._networks.graph.part(inside.network)
        found: Sizes = {}
        for node in part.nodes.values():
            report = inside.reports.get(node.id)
            if report is None or node.layer or node.id in inside.off:
                continue
            key = f"{path}{node.id}"
            for param in part.type(node).params:
                open_ = param.follows is not None and node.params.get(param.name) is None
                if open_ and param.name not in node.bound and report.values.get(param.name) is not None:
                    found[key, param.name] = report.values[param.name]
            insides = inside.placed.get(node.id, ())
            if node.block == "Network" and insides and is_sequential(self._networks.graph, node.of):
                found |= self._sizes(insides[0], f"{key}/")
            elif node.block == "Repeat":
                for i, one in enumerate(insides):
                    for name, value in self.implied_by(one).items():
                        found[key, f"{i}#{name}"] = value
                    changing = str(report.values["changing"])
                    if changing:
                        found[key, f"{i}#{changing}"] = one.arguments[changing]
            elif insides:
                for name, value in self.implied_by(insides[0]).items():
                    found[key, name] = value
        return found

    def implied_by(self, inside: Inside) -> dict[str, Value]:
        """The implicit arguments of an inner network at one place, by name."""
        stands = self._found.stands.get(inside.network, {})
        solver = _Solver(self._networks, self._networks.graph.part(inside.network), [inside], self._found)
        sizes = solver._sizes(inside) if stands else {}
        return {name: sizes.get(item) for name, item in stands.items()}

    def _probes(self, index: int) -> list[tuple[dict[str, int], Sizes]]:
        """What becomes of the sizes of one place when one argument after the other, then all, are larger."""
        if index not in self._tried:
            self._tried[index] = self._probe(self._places[index])
        return self._tried[index]

    def _probe(self, place: Inside) -> list[tuple[dict[str, int], Sizes]]:
        now = self._numbers(place.arguments)
        if len(now) < len(self._arguments):
            return []
        wishes = [{name: _larger(value, 2)} for name, value in now.items()]
        wishes.append({name: _larger(value, 3) for name, value in now.items()})
        found: list[tuple[dict[str, int], Sizes]] = []
        for wish in wishes:
            found.append(({**now, **wish}, self._sizes(_changed(self._networks, place, wish))))
        return found

    def _numbers(self, arguments: Mapping[str, Value]) -> dict[str, int]:
        """The arguments that sizes may follow from."""
        return {name: value for name in self._arguments if isinstance(value := arguments[name], int)}

    def _follows(self, item: Item, sizes: list[Sizes]) -> Value:
        """How a size follows from the explicit arguments; None where it does not, or in no simple way."""
        # Where a node is not used, its sizes are not known: look at the first place where it is.
        index = next((i for i, one in enumerate(sizes) if one.get(item) is not None), 0)
        now, here = self._numbers(self._places[index].arguments), sizes[index].get(item)
        tried = self._probes(index)
        if not tried or not isinstance(here, int) or isinstance(here, bool):
            return None
        slopes: dict[str, int] = {}
        for name, (values, probed) in zip(now, tried, strict=False):
            there = probed.get(item)
            if there is None:  # the network takes no other value of this argument
                continue
            if not isinstance(there, int):
                return None
            if there != here:
                slope, left = divmod(there - here, values[name] - now[name])
                if left:
                    return self._share(item, name, sizes, tried, now[name], here)
                slopes[name] = slope
        if not slopes:
            return None
        places = [
            (self._numbers(inside.arguments), one.get(item)) for inside, one in zip(self._places, sizes, strict=True)
        ]
        # Where it follows several in no simple way, it follows one of them while the others are as they are drawn.
        for kept in dict.fromkeys([tuple(slopes), *((name,) for name in slopes)]):
            alike = [case for case, _ in tried if all(case[name] == now[name] for name in slopes if name not in kept)]
            cases = places + [(case, one.get(item)) for case, one in tried if case in alike]
            text = _sum_or_product({name: slopes[name] for name in kept}, now, here, cases)
            if text:
                return Expression(text)
        return None

    def _share(
        self, item: Item, name: str, sizes: list[Sizes], tried: list[tuple[dict[str, int], Sizes]], now: int, here: int
    ) -> Value:
        """A size that is an argument divided by a number, as the features of each head are."""
        if not here or now % here:
            return None
        parts = now // here
        cases = [(self._numbers(inside.arguments), one) for inside, one in zip(self._places, sizes, strict=True)]
        known = [(values[name], one.get(item)) for values, one in (*cases, *tried) if one.get(item) is not None]
        return Expression(f"{name} // {parts}") if all(value // parts == size for value, size in known) else None

    def _tied(self, given: list[Value]) -> Value:
        """The argument that a size is equal to in several places with several values."""
        for name in self._arguments if len(set(given) - {None}) > 1 else ():
            pairs = zip(given, self._places, strict=True)
            if all(value is None or value == inside.arguments[name] for value, inside in pairs):
                return Expression(name)
        return None

    def _alike(self, given: list[Value], sizes: list[Sizes], implicit: Mapping[str, Item]) -> str:
        """The implicit argument that has these values, wherever they are known."""
        for name, other in implicit.items():
            pairs = zip(given, (one.get(other) for one in sizes), strict=True)
            if all(value is None or value == known for value, known in pairs):
                return name
        return ""

    def _implied(self, item: Item, given: list[Value], sizes: list[Sizes], implicit: dict[str, Item]) -> str:
        """The implicit argument that a size is: one that has the same value everywhere, or a new one."""
        name = self._alike(given, sizes, implicit)
        if name:
            return name
        wanted = item[1].rpartition("#")[2]
        taken = {*implicit, *(one.name for one in self._part.drawn.arguments)}
        name, number = wanted, 2
        while name in taken:
            name = f"{wanted}{number}"
            number += 1
        implicit[name] = item
        return name


def _sum_or_product(
    slopes: Mapping[str, int], now: Mapping[str, int], here: int, cases: list[tuple[dict[str, int], Value]]
) -> str:
    """A size as the sum or the product of arguments that it follows, if it is that in all cases; else nothing."""
    rest = here - sum(slope * now[name] for name, slope in slopes.items())
    if all(
        value in (None, rest + sum(slope * values[name] for name, slope in slopes.items())) for values, value in cases
    ):
        terms = " + ".join(name if slope == 1 else f"{slope} * {name}" for name, slope in slopes.items())
        return terms if not rest else f"{terms} {'+' if rest > 0 else '-'} {abs(rest)}"
    area = prod(now[name] for name in slopes)
    times, left = divmod(here, area) if area else (0, 1)
    if not left and all(value in (None, times * prod(values[name] for name in slopes)) for values, value in cases):
        return " * ".join([*([str(times)] if times != 1 else []), *slopes])
    return ""


def _larger(value: int, times: int) -> int:
    return value * times if value > 0 else value + times
