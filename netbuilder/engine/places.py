"""What a placed network makes of its inputs where it runs several times, or step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from netbuilder.blocks import Value
from netbuilder.blocks.sentence import say
from netbuilder.blocks.values import sizes
from netbuilder.bridge.reports import Fix, Problem, Size, TensorSpec
from netbuilder.graph.graph import Graph
from netbuilder.graph.placed import feeds
from netbuilder.graph.records import Node

if TYPE_CHECKING:
    from netbuilder.engine.inside import Inside

Specs = dict[str, TensorSpec]
Look = Callable[[str, Mapping[str, Value], Specs], "Inside"]
_BYTES = {"int64": 8, "bool": 1, "float64": 8, "complex64": 8}


@dataclass
class Placed:
    """What came of it: what it looks like inside, once for each set of weights, what it gives and what it costs."""

    insides: tuple[Inside, ...]
    outputs: Specs = field(default_factory=dict)
    parameters: int = 0
    multiply_adds: int = 0
    memory: int = 0
    problems: list[Problem] = field(default_factory=list)


def once(inside: Inside) -> Placed:
    """A network that runs once."""
    return Placed((inside,), inside.outputs, inside.parameters, inside.multiply_adds, inside.memory)


def repeated(
    look: Look, node: Node, part: Graph, values: Mapping[str, Value], arguments: Mapping[str, Value], inputs: Specs
) -> Placed:
    """A network that runs on its own output. Refusals are problems at the node."""
    number = values["repeats"] if values["most"] is None else values["most"]
    own = values["weights"] == "own"
    assert isinstance(number, int)
    ins, outs = [end.id for end in part.ends("input")], [end.id for end in part.ends("output")]
    if not outs or len(outs) > len(ins):
        words = say(
            "{node} gives {outputs} outputs back to {inputs} inputs: each output must have an input to go to.",
            node=node.name,
            outputs=len(outs),
            inputs=len(ins),
        )
        return Placed((), problems=[Problem(node.id, words)])
    changing, problem = _changing(node, values, arguments, number)
    if problem is not None:
        return Placed((), problems=[problem])
    now = dict(inputs)
    insides: list[Inside] = []
    for i in range(max(number, 1)):
        each = {**arguments, **({str(values["changing"]): changing[i]} if changing else {})}
        inside = look(part.network, each, now)
        insides.append(inside)
        if inside.problem is not None or len(inside.outputs) < len(outs):
            break
        after = {**now, **{ins[j]: inside.outputs[out] for j, out in enumerate(outs)}}
        same = not own or values["most"] is not None or number == 0
        if same and after != now:
            before, then = (next(s for k, s in specs.items() if after[k] != now[k]) for specs in (now, after))
            words = say(
                "{node} runs again on its own output, so that must stay {before}, and it is {after}.",
                node=node.name,
                before=str(before),
                after=str(then),
            )
            return Placed((inside,), problems=[Problem(node.id, words)])
        now = after
        if not own:
            break
    done = insides[-1]
    result = {out: now[ins[j]] for j, out in enumerate(outs)} if done.problem is None else {}
    runs = 1 if own else number
    return Placed(
        tuple(insides),
        result,
        sum(one.parameters for one in insides),
        sum(one.multiply_adds for one in insides) * runs,
        sum(one.memory for one in insides) * runs,
    )


def _changing(
    node: Node, values: Mapping[str, Value], arguments: Mapping[str, Value], number: int
) -> tuple[tuple[Value, ...], Problem | None]:
    """What the changing argument is in each repeat."""
    name, listed = str(values["changing"]), values["values"]
    assert isinstance(listed, tuple)
    if not name:
        return (), None
    if name not in arguments:
        words = say("{node}: its network has no argument {name}.", node=node.name, name=name)
        return (), Problem(node.id, words, fix=Fix(say("Change nothing"), node.id, {"changing": ""}))
    if values["weights"] != "own":
        words = say("{node} has the same weights each time, so no argument can change.", node=node.name)
        return (), Problem(node.id, words, fix=Fix(say("Own weights"), node.id, {"weights": "own"}))
    if len(listed) != number:
        words = say(
            "{node} runs {number} times, and there are {count} values for {name}.",
            node=node.name,
            number=number,
            count=len(listed),
            name=name,
        )
        fix = Fix(say("Run {count} times", count=len(listed)), node.id, {"repeats": len(listed)}) if listed else None
        return (), Problem(node.id, words, fix=fix)
    return listed, None


def recurrent(
    look: Look, node: Node, part: Graph, values: Mapping[str, Value], arguments: Mapping[str, Value], inputs: Specs
) -> Placed:
    """A network that runs step by step. Refusals are problems at the node."""
    states = {feeds(end): end.id for end in part.ends("output") if feeds(end)}
    sequences = [end.id for end in part.ends("input") if end.id not in states]
    if not states or not sequences:
        words = say(
            "{node} needs a state and an input: inside, choose at an Output which Input it gives the next value of.",
            node=node.name,
        )
        return Placed((), problems=[Problem(node.id, words)])
    now: Specs = {}
    steps: Size = values["steps"] if isinstance(values["steps"], int) else 1
    for end in part.ends("input"):
        if end.id in states:
            now[end.id] = inputs.get(end.id) or TensorSpec(("N", *sizes(part.values(end)["shape"])))
        elif values["over"] == "sequence":
            dim, spec = values["dim"], inputs[end.id]
            assert isinstance(dim, int)
            if dim >= len(spec.shape):
                words = say(
                    "{node} takes the steps from dimension {dim}, and {shape} has none.",
                    node=node.name,
                    dim=dim,
                    shape=str(spec),
                )
                return Placed((), problems=[Problem(node.id, words, inputs=(end.id,))])
            steps = spec.shape[dim]
            kept = tuple(size for i, size in enumerate(spec.shape) if i != dim)
            now[end.id] = TensorSpec(kept, spec.dtype, spec.classes)
        else:
            now[end.id] = inputs[end.id]
    inside = look(part.network, arguments, now)
    problems = [] if inside.problem is not None else _lost_states(node, part, states, now, inside)
    outputs: Specs = {}
    for end in part.ends("output") if not problems and inside.problem is None else ():
        found = inside.outputs.get(end.id)
        if found is not None:
            stacked = values["gives"] != "last" and end.id not in states.values()
            outputs[end.id] = _stacked(found, steps, values) if stacked else found
    times = steps if isinstance(steps, int) else 1
    learned = sum(_numbers(now[state]) for state in states if values["initial"] == "learned" and state not in inputs)
    return Placed(
        (inside,), outputs, inside.parameters + learned, inside.multiply_adds * times, inside.memory * times, problems
    )


def _lost_states(node: Node, part: Graph, states: Mapping[str, str], now: Specs, inside: Inside) -> list[Problem]:
    """States whose next value has another shape than they have."""
    for state, output in states.items():
        spec = inside.outputs.get(output)
        if spec is not None and spec.shape != now[state].shape:
            words = say(
                "{node}: the state {state} is {before}, and its next value is {after}.",
                node=node.name,
                state=part.nodes[state].name,
                before=str(now[state]),
                after=str(spec),
            )
            wanted = spec.shape[1:]
            whole = tuple(size for size in wanted if isinstance(size, int))
            fix = Fix(say("Use {shape}", shape=str(spec)), state, {"shape": whole}) if whole == wanted else None
            return [Problem(node.id, words, fix=fix)]
    return []


def _stacked(spec: TensorSpec, steps: Size, values: Mapping[str, Value]) -> TensorSpec:
    dim = values["dim"] if values["over"] == "sequence" else 1
    assert isinstance(dim, int)
    shape = (*spec.shape[:dim], steps, *spec.shape[dim:])
    return TensorSpec(shape, spec.dtype, spec.classes, stepped=values["gives"] == "each")


def one_step(spec: TensorSpec) -> TensorSpec:
    """What a loss sees of an output that it takes step by step."""
    return TensorSpec((*spec.shape[:1], *spec.shape[2:]), spec.dtype, spec.classes) if spec.stepped else spec


def _numbers(spec: TensorSpec) -> int:
    """How many numbers a sample has."""
    count = 1
    for size in spec.shape:
        count *= size if isinstance(size, int) else 1
    return count


def size_of(spec: TensorSpec) -> int:
    """The bytes of one sample; sizes that are open count as one."""
    return _numbers(spec) * _BYTES.get(spec.dtype, 4)
