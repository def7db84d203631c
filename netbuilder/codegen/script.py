"""The whole training program as one file: class, data, objective and loop. It needs torch and what its data needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from importlib.resources import files

from netbuilder.blocks.optimizers import OPTIMIZERS, Recipe, recipe_call
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.codegen.expressions import arguments, call, literal, results
from netbuilder.codegen.layers import Facts
from netbuilder.codegen.module import import_lines, write_classes, write_imports
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Source, Writer
from netbuilder.graph.records import Node, Training


def write_script(plan: Plan, facts: Facts) -> Source:
    """The program. Where data or a loss is missing, it says so in a comment and is not complete."""
    loaders = list(dict.fromkeys(node.entry.loader for node in plan.data))
    imports, functions = _loader_texts(loaders)
    body = Writer()
    _write_settings(body, plan.graph.training)
    body.gap()
    write_classes(body, plan, facts)
    for text in functions:
        body.gap()
        body.text(text)
    body.gap()
    _write_data(body, plan, facts)
    body.gap()
    _write_predict(body, plan)
    body.gap()
    _write_objective(body, plan, facts)
    if validated(plan):
        body.gap()
        _write_metrics(body, plan, facts)
        body.gap()
        body.text(_EVALUATE)
    body.gap()
    _write_optimizer(body, plan.graph.training)
    if plan.graph.training.scheduler:
        body.gap()
        _write_scheduler(body, plan)
    body.gap()
    loaded = [line for line in imports if "torch" not in line]
    _write_main(body, plan, "import random" in import_lines(plan, body.body(), loaded)[0])
    writer = Writer()
    writer.text(f'"""Train {plan.class_name} and print how well it does."""')  # no statement: never broken
    writer.line()
    standard, torch = import_lines(plan, body.body(), loaded)
    write_imports(writer, standard, torch)
    writer.drop_gap()
    writer.line()
    writer.add(body)
    return writer.source()


def validated(plan: Plan) -> bool:
    """Whether samples are kept aside, on which loss and metrics can be measured."""
    return bool(plan.data) and all(node.entry.validated for node in plan.data)


def _loader_texts(loaders: list[str]) -> tuple[list[str], list[str]]:
    found = [_loader_text(loader) for loader in loaders]
    return [line for imports, _ in found for line in imports], [text for _, text in found]


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
    recipe = OPTIMIZERS[training.optimizer]
    settings = recipe_call(recipe, {**training.optimizer_params, "lr": training.learning_rate})
    writer.line("def make_optimizer(model):")
    writer.line('    """Return what moves the weights along the gradient."""')
    writer.line(f"    return torch.{recipe.module}(model.parameters(), {settings})")


def chosen_scheduler(training: Training) -> Recipe | None:
    """The scheduler that is chosen, if there is one."""
    return SCHEDULERS[training.scheduler] if training.scheduler else None


def _write_scheduler(writer: Writer, plan: Plan) -> None:
    training = plan.graph.training
    recipe = SCHEDULERS[training.scheduler]
    given = ["optimizer"]
    if recipe.spans(training.scheduler_params):
        given.append(f"{recipe.every}s")
    settings = recipe_call(recipe, training.scheduler_params)
    writer.line(f"def make_scheduler({', '.join(given)}):")
    writer.line('    """Return what changes the learning rate as the training goes on."""')
    if recipe.watches_validation and not validated(plan):
        writer.missing("    ", f"{recipe.name} watches the validation loss: no samples are kept aside.")
    writer.line(f"    return torch.{recipe.module}({', '.join(filter(None, ['optimizer', settings]))})")


def _write_predict(writer: Writer, plan: Plan) -> None:
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


def _write_main(writer: Writer, plan: Plan, seeded: bool) -> None:
    """The loop. `seeded`: the network draws numbers from Python's own generator too."""
    training = plan.graph.training
    recipe = chosen_scheduler(training)
    kept = validated(plan)
    watching = recipe is not None and recipe.watches_validation
    measure = _lines(3, [] if watching else ["measured = evaluate(model, validation)"])
    measure += _lines(3, ['values.update({f"validation {key}": measured[key] for key in measured})'])
    writer.text(
        f'''
def main():
    """Train the network, saying now and then how well it does."""
    torch.manual_seed(SEED){_lines(1, ["random.seed(SEED)"] if seeded else [])}
    model = {plan.class_name}().to(DEVICE)
    print(model)
    optimizer = make_optimizer(model)
    train, {"validation" if kept else "_"} = load_data()
    shuffle = torch.Generator().manual_seed(SEED)
    steps_per_epoch = math.ceil(len(train[0]) / BATCH_SIZE)
    steps = {"STEPS" if training.steps else "EPOCHS * steps_per_epoch"}{_lines(1, _scheduled(training))}
    report = steps_per_epoch * max(1, steps // steps_per_epoch // 20)
    for step in range(steps):
        if step % steps_per_epoch == 0:
            order = torch.randperm(len(train[0]), generator=shuffle).split(BATCH_SIZE)
            model.train()
        indices = order[step % steps_per_epoch]
        batch = [tensor[indices].to(DEVICE) for tensor in train]
{_CLOSURE if OPTIMIZERS[training.optimizer].closure else _UPDATE}{_lines(2, _advance(recipe, kept))}
        if (step + 1) % report == 0 or step + 1 == steps:
            values = {{"loss": loss.item()}}{measure if kept else ""}
            text = ", ".join(f"{{name}} {{value:.4g}}" for name, value in values.items())
            print(f"step {{step + 1}} of {{steps}}: {{text}}")


if __name__ == "__main__":
    main()
'''.strip("\n")
    )


_UPDATE = """\
        loss = objective(*predict(model, batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()"""

_CLOSURE = """
        def closure():
            optimizer.zero_grad()
            loss = objective(*predict(model, batch))
            loss.backward()
            return loss

        loss = optimizer.step(closure)"""


def _lines(depth: int, lines: list[str]) -> str:
    """Lines to go behind one that stands there already."""
    return "".join(f"\n{'    ' * depth}{line}" for line in lines)


def _scheduled(training: Training) -> list[str]:
    """How `main` makes the scheduler."""
    recipe = chosen_scheduler(training)
    if recipe is None:
        return []
    length = ""
    if recipe.spans(training.scheduler_params):
        epochs = "math.ceil(steps / steps_per_epoch)" if training.steps else "EPOCHS"
        length = f", {'steps' if recipe.every == 'step' else epochs}"
    return [f"scheduler = make_scheduler(optimizer{length})"]


def _advance(recipe: Recipe | None, kept: bool) -> list[str]:
    """How the loop moves the scheduler on."""
    if recipe is None:
        return []
    if recipe.every == "step":
        return ["scheduler.step()"]
    if not recipe.watches_validation:
        return ["if (step + 1) % steps_per_epoch == 0:", "    scheduler.step()"]
    if not kept:
        return []
    return [
        "if (step + 1) % steps_per_epoch == 0 or step + 1 == steps:",
        "    measured = evaluate(model, validation)",
        '    scheduler.step(measured["loss"])',
    ]
