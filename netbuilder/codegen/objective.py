"""What the program does with the network's outputs: `predict`, `objective`, `metrics` and `evaluate`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from netbuilder.codegen.expressions import call, literal, results
from netbuilder.codegen.layers import Facts
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Writer
from netbuilder.graph.records import Node


def write_predict(writer: Writer, plan: Plan) -> None:
    """Write `predict`, which runs the model on a batch."""
    taken = {*_signature(plan), *(plan.given_name(out) for out in plan.inputs)}
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
    writer.line(f"    return {', '.join(_signature(plan)) or outputs}")


def _signature(plan: Plan) -> list[str]:
    """What objective and metrics take: the network's outputs, then the samples they look at."""
    looked_at = {out for node in plan.objective for out in plan.sources(node).values()}
    return [*plan.output_names().values(), *(name for out, name in plan.samples.items() if out in looked_at)]


def _write_statements(writer: Writer, plan: Plan, facts: Facts, for_losses: bool) -> dict[str, str]:
    """Write the operations that losses or metrics rest on; returns the expression of each of those by node."""
    wanted = plan.losses if for_losses else plan.metrics
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
    """The loss, or its sum over the steps where the input is to be taken step by step."""
    first = next(iter(inputs))
    source = plan.sources(node)[first]
    if source not in facts.stepped:
        return text
    each = re.sub(rf"\b{inputs[first]}\b", "step", text)
    return f"sum({each} for step in {inputs[first]}.unbind(1))"


def write_objective(writer: Writer, plan: Plan, facts: Facts) -> None:
    """Write `objective`, the loss."""
    writer.line(f"def objective({', '.join(_signature(plan))}):")
    writer.line('    """Return the loss that training makes small."""')
    losses = _write_statements(writer, plan, facts, for_losses=True)
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


def write_metrics(writer: Writer, plan: Plan, facts: Facts) -> None:
    """Write `metrics`, what is measured besides."""
    writer.line(f"def metrics({', '.join(_signature(plan))}):")
    writer.line('    """Return what is worth watching besides the loss."""')
    metrics = _write_statements(writer, plan, facts, for_losses=False)
    if not metrics:
        writer.line("    return {}")
        return
    writer.line("    return {")
    for key, text in metrics.items():
        writer.line(f"        {literal(plan.names[key])}: {text},", key)
    writer.line("    }")


EVALUATE = '''
@torch.no_grad()
def evaluate(model, samples):
    """Return the mean of the loss and of each metric over the samples."""
    model.eval()
    totals = {}
    for batch in zip(*(tensor.split(BATCH_SIZE) for tensor in samples)):
        results = predict(model, [tensor.to(DEVICE) for tensor in batch])
        for name, value in {"loss": objective(*results), **metrics(*results)}.items():
            totals[name] = totals.get(name, 0.0) + value.item() * len(batch[0])
    return {name: total / len(samples[0]) for name, total in totals.items()}
'''.strip("\n")
