"""How the program measures itself on samples kept aside: `metrics`, what it counts besides, and `evaluate`."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib.resources import files

from netbuilder.codegen.expressions import literal
from netbuilder.codegen.layers import Facts
from netbuilder.codegen.objective import counted, signature, write_statements
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Writer


def write_measures(writer: Writer, plan: Plan, facts: Facts, evaluate: tuple[str, str]) -> None:
    """Write `metrics` and `evaluate`, and where some metrics are no means over batches, what those are made of.

    The second text of `evaluate` is for these.
    """
    inner = Writer()
    _write_metrics(inner, plan, facts)
    inner.gap()
    finishes = {node.id: text for node in (*plan.metrics, *plan.tables) if (text := counted(facts, node))}
    if finishes:
        _write_counts(inner, plan, facts, finishes)
        inner.gap()
    for text in _functions(inner.body() + (" print_counts" if plan.tables else "")):
        writer.text(text)
        writer.gap()
    inner.text(evaluate[1] if finishes else evaluate[0])
    writer.add(inner)


def table_names(plan: Plan) -> list[str]:
    """What `evaluate` calls the tables that it returns among the numbers."""
    return [plan.names[node.id] for node in plan.tables]


def _write_metrics(writer: Writer, plan: Plan, facts: Facts) -> None:
    """Write `metrics`, which are means over the batch."""
    writer.line(f"def metrics({', '.join(signature(plan))}):")
    writer.line('    """Return what is worth watching besides the loss."""')
    metrics = write_statements(writer, plan, facts, [node for node in plan.metrics if not counted(facts, node)])
    if not metrics:
        writer.line("    return {}")
        return
    writer.line("    return {")
    for key, text in metrics.items():
        writer.line(f"        {literal(plan.names[key])}: {text},", key)
    writer.line("    }")


def _write_counts(writer: Writer, plan: Plan, facts: Facts, finishes: dict[str, str]) -> None:
    """Write `tally`, whose counts are added up over all batches, and `conclude`, what follows from them."""
    writer.line(f"def tally({', '.join(signature(plan))}):")
    writer.line('    """Return what is counted for the metrics that are no means over batches."""')
    texts = write_statements(writer, plan, facts, [node for node in plan.objective if node.id in finishes])
    names = _shared(plan, texts)
    writer.line("    return {")
    for text, name in names.items():
        key = next(key for key in texts if texts[key] == text)
        writer.line(f"        {literal(name)}: {text},", key)
    writer.line("    }")
    writer.gap()
    writer.line("def conclude(totals):")
    writer.line('    """Return the metrics that follow from the counts of all batches."""')
    writer.line("    return {")
    for key, text in texts.items():
        total = f"totals[{literal(names[text])}]"
        writer.line(f"        {literal(plan.names[key])}: {finishes[key].format(sum=total)},", key)
    writer.line("    }")


def _shared(plan: Plan, texts: dict[str, str]) -> dict[str, str]:
    """A name for each of the counts: its metric's, or where several metrics share it, that of what is counted."""
    found: dict[str, str] = {}
    for text in texts.values():
        sharing = [plan.names[key] for key in texts if texts[key] == text]
        counts = re.sub(r"\(.*", "", text).removeprefix("count_").removeprefix("sum_")
        taken = {*found.values(), *plan.names.values()}
        found.setdefault(text, sharing[0] if len(sharing) == 1 or counts in taken else counts)
    return found


def _functions(text: str) -> list[str]:
    """The functions that a text calls or names, and those that they rest on, in the order of their file."""
    known = _counting()
    found: set[str] = set()
    todo = [text]
    while todo:
        fresh = {name for name in re.findall(r"\w+", todo.pop()) if name in known} - found
        found |= fresh
        todo += [known[name] for name in fresh]
    return [known[name] for name in known if name in found]


@cache
def _counting() -> dict[str, str]:
    """The functions for counting, read as text and never run here."""
    text = (files("netbuilder.engine.measures") / "counting.py").read_text("utf-8")
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(text, node) or "" for node in functions}


_EVALUATE = '''
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

_EVALUATE_COUNTS = '''
@torch.no_grad()
def evaluate(model, samples):
    """Return the loss and the metrics over the samples."""
    model.eval()
    totals, counts = {}, {}
    for batch in zip(*(tensor.split(BATCH_SIZE) for tensor in samples)):
        results = predict(model, [tensor.to(DEVICE) for tensor in batch])
        for name, value in {"loss": objective(*results), **metrics(*results)}.items():
            totals[name] = totals.get(name, 0.0) + value.item() * len(batch[0])
        for name, count in tally(*results).items():
            counts[name] = counts.get(name, 0) + count.cpu()
    means = {name: total / len(samples[0]) for name, total in totals.items()}
    return means | conclude(counts)
'''.strip("\n")

EVALUATE = (_EVALUATE, _EVALUATE_COUNTS)
