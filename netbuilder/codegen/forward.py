"""The body of `forward`: one statement a node, and the loops of repeats and of recurrent networks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from netbuilder.blocks import Value
from netbuilder.codegen.expressions import Expression, arguments, call, literal, module_call, results
from netbuilder.codegen.flow import Flow
from netbuilder.codegen.layers import Facts, as_module, kept_as
from netbuilder.codegen.plan import Plan, learned_start
from netbuilder.codegen.writer import Writer
from netbuilder.graph.fitting import in_a_row
from netbuilder.graph.placed import feeds
from netbuilder.graph.python_code import read
from netbuilder.graph.records import Node

INDENT = "        "


class Forward:
    """Writes the statements of one `forward`."""

    def __init__(self, writer: Writer, plan: Plan, facts: Facts, flow: Flow) -> None:
        self._writer, self._plan, self._facts, self._flow = writer, plan, facts, flow
        self._graph = plan.graph

    def write(self) -> None:
        """Write every node of the network, and what it returns."""
        plan, facts = self._plan, self._facts
        for node in plan.network:
            if node.id in facts.broken or None in plan.sources(node).values():
                why = facts.broken.get(node.id, f"{node.name} is not wired")
                self._writer.missing(INDENT, why, node.id)
                self._flow.give(node)
            else:
                self._node(node)
        if plan.outputs:
            last = plan.outputs[0][0] if len(plan.outputs) == 1 else None
            self._line(f"return {', '.join(self._flow.variable[out] for out in plan.outputs)}", last)
        else:
            self._writer.missing(INDENT, "Nothing is drawn yet that the network could return.")
            self._line("return None")

    def _line(self, text: str, node: str | None = None, depth: int = 0) -> None:
        self._writer.line(f"{INDENT}{'    ' * depth}{text}", node)

    def attribute(self, node: Node) -> str:
        """The attribute that holds the node's layer: its own, or the one that it shares."""
        owner = self._graph.nodes.get(node.layer)
        shared = owner is not None and owner.block == node.block
        return f"self.{self._plan.names[owner.id if owner is not None and shared else node.id]}"

    def _node(self, node: Node) -> None:
        if node.block == "Recurrent":
            self._recurrent(node)
        elif node.block == "Repeat" and not in_a_row(self._graph, node):
            self._repeat(node)
        elif node.entry.attribute:
            self._flow.name(node, self.attribute(node))
        else:
            inputs = self._flow.take(node)
            text = self._expression(node, inputs)
            variables = self._flow.give(node)
            block = self._graph.type(node)
            ports = self._graph.outputs(node)
            single = len(ports) == 1 and not block.result
            left = variables[ports[0].name] if single else results(block, node.params, variables)
            self._line(f"{left} = {text}", node.id)

    def _values(self, node: Node) -> dict[str, Value]:
        """The node's parameters; those that hold arguments of the constructor say where these are kept."""

        def kept(found: re.Match[str]) -> str:
            return f"self.{kept_as(self._plan, found[0])}"

        return {
            name: Expression(re.sub(r"[^\W\d]\w*", kept, value)) if isinstance(value, Expression) else value
            for name, value in self._facts.values[node.id].items()
        }

    def _expression(self, node: Node, inputs: dict[str, str]) -> str:
        block, values = self._graph.type(node), self._values(node)
        if node.entry.of == "code":
            return self._code_call(node, inputs)
        if node.of:
            return f"{self.attribute(node)}({', '.join(inputs.values())})"
        if as_module(self._graph, node):
            return module_call(block, values, self.attribute(node), inputs)
        return call(block, values, inputs)

    def _code_call(self, node: Node, inputs: Mapping[str, str]) -> str:
        """The use of what a Python block defines."""
        block, values = self._graph.type(node), self._values(node)
        definition = read(str(values["code"]))
        if definition.kind == "module":
            return module_call(block, values, self.attribute(node), inputs)
        if definition.kind == "function":
            given = [inputs[name] for name in definition.inputs if name not in definition.optional]
            given += [f"{name}={inputs[name]}" for name in definition.optional if name in inputs]
            return f"{definition.name}({', '.join([*given, *arguments(block, values)])})"
        everything = [inputs.get(name, "None") for name in definition.inputs]
        everything += [literal(values[param.name]) for param in definition.params]
        return f"{definition.name}.apply({', '.join(everything)})"

    def _repeat(self, node: Node) -> None:
        """A loop: over the layers of a stack, or over one layer."""
        values = self._values(node)
        inputs = list(self._flow.take(node).values())
        ports = self._graph.outputs(node)
        given = self._flow.give(node)
        for port, name in given.items():
            if name in inputs[len(ports) :]:
                given[port] = self._flow.instead(node, port)
        variables = [given.get(port.name) or self._flow.fresh("value") for port in ports]
        starts = [(new, old) for new, old in zip(variables, inputs, strict=False) if new != old]
        if starts:
            left, right = (", ".join(names) for names in zip(*starts, strict=True))
            self._line(f"{left} = {right}", node.id)
        number = literal(values["repeats"])
        if values["most"] is not None:
            number = f"random.randint({number}, {literal(values['most'])})"
        layer = self.attribute(node)
        if values["weights"] == "same":
            head, body = f"for _ in range({number}):", layer
        else:
            body = self._flow.fresh("layer")
            head = f"for {body} in {layer}:" if values["most"] is None else f"for {body} in {layer}[: {number}]:"
        self._line(head, node.id)
        arguments = [*variables, *inputs[len(variables) :]]
        self._line(f"{', '.join(variables)} = {body}({', '.join(arguments)})", node.id, 1)

    def _recurrent(self, node: Node) -> None:
        """A loop over the steps: states go round, outputs are kept."""
        values = self._facts.values[node.id]
        part = self._graph.whole.part(node.of)
        inputs = self._flow.take(node)
        given = self._flow.give(node)
        states = {feeds(end): end.id for end in part.ends("output") if feeds(end)}
        fed = {end: state for state, end in states.items()}
        sequences = [end.id for end in part.ends("input") if end.id not in states]
        first = inputs[sequences[0]]
        over, last = values["over"] == "sequence", values["gives"] == "last"
        for port, name in given.items():
            others = [one for key, one in inputs.items() if key != fed.get(port)]
            if name in others and (port in fed or (last and not over)):
                given[port] = self._flow.instead(node, port)
        variable: dict[str, str] = {}
        for end in part.ends("input"):
            if end.id in states:
                variable[end.id] = given.get(states[end.id]) or self._flow.fresh(end.name)
                start = inputs.get(end.id) or self._start(node, end, first)
                if variable[end.id] != start:
                    self._line(f"{variable[end.id]} = {start}", node.id)
        steps = [self._flow.fresh("step") if over else inputs[name] for name in sequences]
        outputs = [end for end in part.ends("output") if end.id not in fed]
        lists = {} if last else {end.id: self._flow.fresh(f"{end.name}s") for end in outputs if end.id in given}
        names: list[str] = []
        for end in part.ends("output"):
            if end.id in fed:
                names.append(variable[fed[end.id]])
            elif end.id in given:
                names.append(given[end.id] if last else self._flow.fresh(end.name))
            else:
                names.append("_")
        for kept in lists.values():
            self._line(f"{kept} = []", node.id)
        self._line(self._loop(node, [inputs[name] for name in sequences], steps), node.id)
        arguments = {**variable, **dict(zip(sequences, steps, strict=True))}
        passed = ", ".join(arguments[end.id] for end in part.ends("input"))
        self._line(f"{', '.join(names)} = {self.attribute(node)}({passed})", node.id, 1)
        for end, name in zip(part.ends("output"), names, strict=True):
            if end.id in lists:
                self._line(f"{lists[end.id]}.append({name})", node.id, 1)
        for key, kept in lists.items():
            ordered = f"{kept}[::-1]" if over and values["reverse"] else kept
            dim = literal(values["dim"]) if over else "1"
            self._line(f"{given[key]} = torch.stack({ordered}, {dim})", node.id)

    def _loop(self, node: Node, sequences: list[str], steps: list[str]) -> str:
        values = self._facts.values[node.id]
        if values["over"] != "sequence":
            return f"for _ in range({literal(values['steps'])}):"
        parts = [f"{name}.unbind({literal(values['dim'])})" for name in sequences]
        if values["reverse"]:
            parts = [f"reversed({part})" for part in parts]
        if len(parts) == 1:
            return f"for {steps[0]} in {parts[0]}:"
        return f"for {', '.join(steps)} in zip({', '.join(parts)}):"

    def _start(self, node: Node, end: Node, first: str) -> str:
        """What a state is before the first step, where no wire says it."""
        shape = self._graph.whole.part(node.of).values(end)["shape"]
        assert isinstance(shape, tuple)
        if self._facts.values[node.id]["initial"] == "learned":
            sizes = ", ".join("-1" for _ in shape)
            own = self._plan.names[learned_start(node, end)]
            return f"self.{own}.expand({first}.size(0), {sizes})"
        sizes = ", ".join(map(str, shape))
        return f"torch.zeros({first}.size(0), {sizes}, device={first}.device)"
