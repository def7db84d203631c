"""The whole training program as one file: class, data, objective and loop. It needs torch and what its data needs."""

from __future__ import annotations

import ast
from importlib.resources import files

from netbuilder.codegen.expressions import arguments, call, literal
from netbuilder.codegen.module import Facts, torch_imports, write_class
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Source, Writer
from netbuilder.graph.records import Training


def write_script(plan: Plan, facts: Facts) -> Source:
    """The program. Where data or a loss is missing, it says so in a comment and is not complete."""
    writer = Writer()
    loader = plan.data[0].type.loader if plan.data else ""
    imports, functions = _loader_text(loader) if loader else ([], "")
    writer.text(f'"""Train {plan.class_name} and print how well it does."""')  # no statement: never broken
    writer.line()
    standard = sorted({"import math", *(line for line in imports if "torch" not in line)})
    for line in [*(i for i in standard if i.startswith("import")), *(i for i in standard if i.startswith("from"))]:
        writer.line(line)
    writer.line()
    for line in torch_imports(plan, objective=True):
        writer.line(line)
    writer.line()
    _write_settings(writer, plan.graph.training)
    writer.gap()
    write_class(writer, plan, facts)
    if functions:
        writer.gap()
        writer.text(functions)
    writer.gap()
    _write_data(writer, plan, facts)
    writer.gap()
    _write_predict(writer, plan)
    writer.gap()
    _write_objective(writer, plan, facts)
    if plan.data and plan.data[0].type.validated:
        writer.gap()
        _write_metrics(writer, plan, facts)
        writer.gap()
        writer.text(_EVALUATE)
    writer.gap()
    _write_optimizer(writer, plan.graph.training)
    writer.gap()
    _write_main(writer, plan)
    return writer.source()


def _loader_text(loader: str) -> tuple[list[str], str]:
    """The imports and the functions of a loader's file, read as text and never run here."""
    text = (files("netbuilder.engine.loaders") / f"{loader}.py").read_text("utf-8")
    imports: list[str] = []
    first = None
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(ast.unparse(node))
        elif not isinstance(node, ast.Expr) and first is None:
            first = node.lineno
    assert first is not None
    plain = [line for line in imports if "__future__" not in line]
    return plain, "\n".join(text.split("\n")[first - 1 :])


def _write_settings(writer: Writer, training: Training) -> None:
    writer.line(f"BATCH_SIZE = {training.batch_size}")
    if training.steps:
        writer.line(f"STEPS = {training.steps}")
    else:
        writer.line(f"EPOCHS = {training.epochs}")
    writer.line(f"SEED = {training.seed}")
    writer.line('DEVICE = "cuda" if torch.cuda.is_available() else "cpu"')


def _write_data(writer: Writer, plan: Plan, facts: Facts) -> None:
    writer.line("def load_data():")
    writer.line('    """Return the tensors to train on and those to validate on."""')
    if not plan.data:
        writer.missing("    ", "There is no data block.")
        writer.line("    return None")
        return
    if len(plan.data) > 1:
        writer.missing("    ", f"There are {len(plan.data)} data blocks; a program reads one.")
    node = plan.data[0]
    values = ", ".join(arguments(node.type, facts.values[node.id]))
    writer.line(f"    return load_{node.type.loader}({values})", node.id)


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
        text = call(node.type, facts.values[node.id], inputs)
        if node in wanted:
            found[node.id] = text
        else:
            writer.line(f"    {plan.names[node.id]} = {text}", node.id)
            variable[node.id, node.type.outputs[0].name] = plan.names[node.id]
    return found


def _write_objective(writer: Writer, plan: Plan, facts: Facts) -> None:
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


def _write_metrics(writer: Writer, plan: Plan, facts: Facts) -> None:
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


def _write_optimizer(writer: Writer, training: Training) -> None:
    extra = [f"lr={training.learning_rate!r}"]
    if training.optimizer == "SGD" and training.momentum:
        extra.append(f"momentum={training.momentum!r}")
    if training.weight_decay:
        extra.append(f"weight_decay={training.weight_decay!r}")
    writer.line("def make_optimizer(model):")
    writer.line('    """Return what moves the weights along the gradient."""')
    writer.line(f"    return torch.optim.{training.optimizer}(model.parameters(), {', '.join(extra)})")


def _write_predict(writer: Writer, plan: Plan) -> None:
    names = list(plan.samples.values()) or ["x"]
    given = ", ".join(plan.given_name(out) for out in plan.inputs)
    outputs = ", ".join(plan.output_names().values()) or "output"
    writer.line("def predict(model, batch):")
    writer.line('    """Run the model on a batch; return what objective and metrics take."""')
    writer.line(f"    {', '.join(names)}{',' if len(names) == 1 else ''} = batch")
    for out in plan.inputs:
        if out not in plan.samples:
            writer.missing("    ", f"{plan.graph.nodes[out[0]].name} has no data.", out[0])
    writer.line(f"    {outputs} = model({given})")
    writer.line(f"    return {', '.join(_signature(plan)) or outputs}")


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


def _write_main(writer: Writer, plan: Plan) -> None:
    steps = "STEPS" if plan.graph.training.steps else "EPOCHS * steps_per_epoch"
    validated = bool(plan.data) and plan.data[0].type.validated
    measure = """
            measured = evaluate(model, validation)
            values.update({f"validation {key}": measured[key] for key in measured})"""
    writer.text(
        f'''
def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED)
    model = {plan.class_name}().to(DEVICE)
    print(model)
    optimizer = make_optimizer(model)
    train, {"validation" if validated else "_"} = load_data()
    shuffle = torch.Generator().manual_seed(SEED)
    steps_per_epoch = math.ceil(len(train[0]) / BATCH_SIZE)
    steps = {steps}
    report = steps_per_epoch * max(1, steps // steps_per_epoch // 20)
    for step in range(steps):
        if step % steps_per_epoch == 0:
            order = torch.randperm(len(train[0]), generator=shuffle).split(BATCH_SIZE)
            model.train()
        indices = order[step % steps_per_epoch]
        batch = [tensor[indices].to(DEVICE) for tensor in train]
        loss = objective(*predict(model, batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % report == 0 or step + 1 == steps:
            values = {{"loss": loss.item()}}{measure if validated else ""}
            text = ", ".join(f"{{name}} {{value:.4g}}" for name, value in values.items())
            print(f"step {{step + 1}} of {{steps}}: {{text}}")


if __name__ == "__main__":
    main()
'''.strip("\n")
    )
