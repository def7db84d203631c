"""How the program gets its samples: `load_data`, which calls the loaders."""

from __future__ import annotations

from netbuilder.codegen.expressions import arguments, literal
from netbuilder.codegen.layers import Facts
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Writer


def validated(plan: Plan) -> bool:
    """Whether samples are kept aside, on which loss and metrics can be measured."""
    return bool(plan.data) and all(node.entry.validated for node in plan.data)


def write_data(writer: Writer, plan: Plan, facts: Facts) -> None:
    """Write `load_data`, which calls them."""
    writer.line("def load_data():")
    writer.line('    """Return the tensors to train on and those to validate on."""')
    if not plan.data:
        writer.missing("    ", "There is no data block.")
        writer.line("    return None")
        return
    calls = [f"load_{n.entry.loader}({', '.join(arguments(n.entry, facts.values[n.id]))})" for n in plan.data]
    if len(calls) == 1:
        writer.line(f"    return {calls[0]}", plan.data[0].id)
        return
    names = [plan.names[node.id] for node in plan.data]
    for node, name, text in zip(plan.data, names, calls, strict=True):
        writer.line(f"    {name} = {text}", node.id)
    _write_counts(writer, names, validated(plan))
    kept = ", ".join(f"*{name}[1]" for name in names)
    writer.line(f"    train = ({', '.join(f'*{name}[0]' for name in names)})")
    writer.line(f"    return train, ({kept})" if validated(plan) else "    return train, None")


def _write_counts(writer: Writer, names: list[str], both: bool) -> None:
    """Samples are taken from all data at once, so there must be as many of each."""
    indent, part = ("        ", "part") if both else ("    ", "0")
    if both:
        writer.line("    for part in (0, 1):")
    counts = ", ".join(f"{literal(name)}: len({name}[{part}][0])" for name in names)
    writer.line(f"{indent}counts = {{{counts}}}")
    writer.line(f"{indent}if len(set(counts.values())) > 1:")
    text = "All data must have equally many samples, not {counts}"
    writer.line(f'{indent}    raise ValueError(f"{text}")')
