"""What the program does with the network's outputs: `predict`, and `objective`, which is made small."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from netbuilder.codegen.expressions import call, literal, results
from netbuilder.codegen.layers import Facts
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Writer
from netbuilder.graph.records import Node


def write_predict(writer: Writer, plan: Plan) -> None:
    """Write `predict`, which runs the model on a batch."""
    taken = {*signature(plan), *(plan.given_name(out) for out in plan.inputs)}
    names = [name if name in taken else "_" for name in plan.samples.values()] or ["x"]
    given = ", ".join(plan.given_name(out) for out in plan.inputs)
    outputs = ", ".join(plan.output_names().values()) or "output"
    writer.line("def predict(model, batch):")
    writer.line('    """Run the model on a batch; return what objective and metrics take."""')
    writer.line(f"    {', '.join(names) if len(names) > 1 else f'({names[0]},)'} = batch")
    for out in plan.inputs:
        if out not in plan.samples:
            writer.missing("    ", f"{plan.graph.nodes[out[0]].name} has no data.", out[0])
    writer.line(f"    {outputs} = model({given})")
    writer.line(f"    return {', '.join(signature(plan)) or outputs}")


def signature(plan: Plan) -> list[str]:
    """What objective and metrics take: the network's outputs, then the samples they look at."""
    looked_at = {out for node in plan.objective for out in plan.sources(node).values()}
    return [*plan.output_names().values(), *(name for out, name in plan.samples.items() if out in looked_at)]


def write_statements(writer: Writer, plan: Plan, facts: Facts, wanted: Sequence[Node]) -> dict[str, str]:
    """Write the operations that these losses or metrics rest on; returns the expression of each of them by node."""
    needed = plan.graph.upstream([node.id for node in wanted])
    variable = {**plan.output_names(), **plan.samples}
    found: dict[str, str] = {}
    for node in plan.objective:
        if node.id not in needed:
            continue
        sources = plan.sources(node)
        if node.id in facts.broken or any(out is None or out not in variable for out in sources.values()):
            writer.missing("    ", facts.broken.get(node.id, f"{node.name} is not wired"), node.id)
            continue
        inputs = {port: variable[out] for port, out in sources.items() if out is not None}
        text = call(node.entry, facts.values[node.id], inputs)
        if node in wanted:
            found[node.id] = _over_steps(text, inputs, plan, facts, node)
            continue
        given = {port.name: f"{plan.names[node.id]}_{port.name}" for port in plan.graph.outputs(node)}
        if len(given) == 1:
            given = dict.fromkeys(given, plan.names[node.id])
        writer.line(f"    {results(node.entry, node.params, given)} = {text}", node.id)
        variable |= {(node.id, port): name for port, name in given.items()}
    return found


def _over_steps(text: str, inputs: Mapping[str, str], plan: Plan, facts: Facts, node: Node) -> str:
    """A loss or metric; where the input is to be taken step by step, the sum over the steps, of means their mean."""
    first = next(iter(inputs))
    source = plan.sources(node)[first]
    if source not in facts.stepped:
        return text
    each = re.sub(rf"\b{inputs[first]}\b", "step", text)
    steps = f"{each} for step in {inputs[first]}.unbind(1)"
    mean = node.entry.role == "metric" and not counted(facts, node)
    return f"mean_of({steps})" if mean else f"sum({steps})"


def counted(facts: Facts, node: Node) -> str:
    """What makes a metric of counts that were added up, `{sum}`; empty where it is a mean."""
    finish = node.entry.finish
    return finish(facts.values[node.id]) if finish is not None else ""


def write_objective(writer: Writer, plan: Plan, facts: Facts) -> None:
    """Write `objective`, the loss."""
    writer.line(f"def objective({', '.join(signature(plan))}):")
    writer.line('    """Return the loss that training makes small."""')
    losses = write_statements(writer, plan, facts, plan.losses)
    if not losses:
        writer.missing("    ", "There is no loss block." if not plan.losses else "The loss is not complete.")
        writer.line("    return None")
        return
    names: dict[str, str] = {}
    for key, text in losses.items():
        names[key] = "loss" if len(losses) == 1 else plan.names[key]
        writer.line(f"    {names[key]} = {text}", key)
    terms = []
    for key, name in names.items():
        weight = facts.values[key].get("weight", 1)
        terms.append(name if weight == 1 else f"{literal(weight)} * {name}")
    writer.line(f"    return {' + '.join(terms)}")
