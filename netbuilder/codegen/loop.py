"""How the program trains: its settings, the optimizer, the scheduler, and the loop in `main`."""

from __future__ import annotations

from netbuilder.blocks.optimizers import OPTIMIZERS, Recipe, recipe_call
from netbuilder.blocks.schedulers import SCHEDULERS
from netbuilder.codegen.augment import augmented
from netbuilder.codegen.loading import validated
from netbuilder.codegen.measuring import table_names
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Writer
from netbuilder.graph.records import Training


def write_settings(writer: Writer, training: Training) -> None:
    """Write the constants at the top."""
    writer.line(f"BATCH_SIZE = {training.batch_size}")
    if training.steps:
        writer.line(f"STEPS = {training.steps}")
    else:
        writer.line(f"EPOCHS = {training.epochs}")
    writer.line(f"SEED = {training.seed}")
    writer.line('DEVICE = "cuda" if torch.cuda.is_available() else "cpu"')


def write_optimizer(writer: Writer, training: Training) -> None:
    """Write `make_optimizer`."""
    recipe = OPTIMIZERS[training.optimizer]
    settings = recipe_call(recipe, {**training.optimizer_params, "lr": training.learning_rate})
    writer.line("def make_optimizer(model):")
    writer.line('    """Return what moves the weights along the gradient."""')
    writer.line(f"    return torch.{recipe.module}(model.parameters(), {settings})")


def chosen_scheduler(training: Training) -> Recipe | None:
    """The scheduler that is chosen, if there is one."""
    return SCHEDULERS[training.scheduler] if training.scheduler else None


def write_scheduler(writer: Writer, plan: Plan) -> None:
    """Write `make_scheduler`, if one is chosen."""
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


def write_main(writer: Writer, plan: Plan, seeded: bool) -> None:
    """The loop. `seeded`: the network draws numbers from Python's own generator too."""
    training = plan.graph.training
    recipe = chosen_scheduler(training)
    kept = validated(plan)
    watching = recipe is not None and recipe.watches_validation
    changed = _lines(2, ["batch = augment(*batch)"] if augmented(plan) else [])
    measure = _lines(3, [] if watching else ["measured = evaluate(model, validation)"])
    tables = table_names(plan) if kept else []
    measure += _lines(3, [f'{name} = measured.pop("{name}")' for name in tables])
    measure += _lines(3, ['values.update({f"validation {key}": measured[key] for key in measured})'])
    shown = [f'print_counts("{name}", {name})' for name in tables]
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
        batch = [tensor[indices].to(DEVICE) for tensor in train]{changed}
{_CLOSURE if OPTIMIZERS[training.optimizer].closure else _UPDATE}{_lines(2, _advance(recipe, kept))}
        if (step + 1) % report == 0 or step + 1 == steps:
            values = {{"loss": loss.item()}}{measure if kept else ""}
            text = ", ".join(f"{{name}} {{value:.4g}}" for name, value in values.items())
            print(f"step {{step + 1}} of {{steps}}: {{text}}"){_lines(1, shown)}


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
