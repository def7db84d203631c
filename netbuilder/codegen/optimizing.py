"""What moves the weights: `freeze`, `make_optimizer` with its parameter groups, and `make_scheduler`."""

from __future__ import annotations

from collections.abc import Iterable

from netbuilder.blocks.optimizers import OPTIMIZERS, Recipe, recipe_call
from netbuilder.blocks.schedulers import COMPOSED, SCHEDULERS
from netbuilder.codegen.layers import in_class
from netbuilder.codegen.loading import validated
from netbuilder.codegen.module import needs_class
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Writer
from netbuilder.graph.records import MAIN, ParameterGroup, Training


def chosen_scheduler(training: Training) -> Recipe | None:
    """The scheduler that is chosen, if there is one."""
    return SCHEDULERS[training.scheduler] if training.scheduler else None


def scheduled_every(training: Training) -> str:
    """What the scheduler moves on with, `epoch` or `step`; one that is made of others follows the finest of them."""
    if training.scheduler in COMPOSED:
        recipes = [SCHEDULERS[stage.scheduler] for stage in training.stages]
        return "step" if any(recipe.every == "step" for recipe in recipes) else "epoch"
    recipe = chosen_scheduler(training)
    return recipe.every if recipe else ""


def spans_run(training: Training) -> bool:
    """Whether the scheduler must be told how long the run is."""
    if training.scheduler in COMPOSED:
        return any(SCHEDULERS[stage.scheduler].spans(stage.params) for stage in training.stages)
    recipe = chosen_scheduler(training)
    return recipe is not None and recipe.spans(training.scheduler_params)


def own_groups(plan: Plan) -> list[tuple[ParameterGroup, str]]:
    """The groups that name weights there are, each with the expression of its weights; nodes before networks."""
    groups = sorted(plan.graph.training.groups, key=lambda group: group.target in plan.graph.whole.networks)
    found = [(group, weights_of(plan, group.target)) for group in groups]
    return [(group, text) for group, text in found if text]


def weights_of(plan: Plan, target: str) -> str:
    """An expression for the weights of a node or of a network's nodes, in terms of `model`; "" where there are none."""
    whole = plan.graph.whole
    if target in whole.networks:
        inner = next((one for one in plan.inner if one.graph.network == target), None)
        if inner is None:
            return ""
        if needs_class(inner):
            return f"[p for part in model.modules() if isinstance(part, {inner.class_name}) for p in part.parameters()]"
        placed = [node.id for node in whole.nodes.values() if node.of == target]
        return _joined(weights_of(plan, key) for key in placed)
    node = whole.nodes.get(target)
    if node is None or node.muted:
        return ""
    home = plan if node.network == MAIN else next((p for p in plan.inner if p.graph.network == node.network), None)
    if home is None or (home is not plan and not needs_class(home)):
        return ""
    key = node.id if in_class(home, node) else node.layer
    if key not in home.names or not in_class(home, home.graph.nodes[key]):
        return ""
    name = home.names[key]
    inside = f".{name}" if home.graph.nodes[key].entry.attribute else f".{name}.parameters()"
    if home is plan:
        return f"[model{inside}]" if home.graph.nodes[key].entry.attribute else f"[*model{inside}]"
    parts = f"for part in model.modules() if isinstance(part, {home.class_name})"
    if home.graph.nodes[key].entry.attribute:
        return f"[part{inside} {parts}]"
    return f"[p {parts} for p in part{inside}]"


def _joined(texts: Iterable[str]) -> str:
    found = [text for text in texts if text]
    return " + ".join(found)


def frozen(plan: Plan) -> list[str]:
    """The expressions of the weights that stay as they are."""
    return [text for group, text in own_groups(plan) if group.frozen]


def write_freeze(writer: Writer, plan: Plan) -> None:
    """Write `freeze`, which takes weights out of the training."""
    writer.line("def freeze(model):")
    writer.line('    """Keep some of the weights as they are."""')
    for text in frozen(plan):
        writer.line(f"    for parameter in {text}:")
        writer.line("        parameter.requires_grad_(False)")


def write_optimizer(writer: Writer, plan: Plan, fused: bool) -> None:
    """Write `make_optimizer`. With `fused`, torch is to move all weights in one go."""
    training = plan.graph.training
    recipe = OPTIMIZERS[training.optimizer]
    settings = recipe_call(recipe, {**training.optimizer_params, "lr": training.learning_rate})
    settings += ", fused=True" if fused else ""
    groups = [(group, text) for group, text in own_groups(plan) if not group.frozen]
    writer.line("def make_optimizer(model):")
    writer.line('    """Return what moves the weights along the gradient."""')
    if not groups:
        writer.line(f"    return torch.{recipe.module}(model.parameters(), {settings})")
        return
    writer.line("    groups = [")
    for group, text in groups:
        own = {"lr": group.learning_rate, "weight_decay": group.weight_decay}
        said = "".join(f', "{name}": {value!r}' for name, value in own.items() if value is not None)
        writer.line(f'        {{"params": {text}{said}}},')
    writer.line('        {"params": [*model.parameters()]},')
    writer.line("    ]")
    writer.line("    taken = set()")
    writer.line("    for group in groups:  # each weight belongs to the first group that has it")
    writer.line('        group["params"] = [p for p in group["params"] if p not in taken]')
    writer.line('        taken.update(group["params"])')
    writer.line(f"    return torch.{recipe.module}(groups, {settings})")


def write_scheduler(writer: Writer, plan: Plan) -> None:
    """Write `make_scheduler`, if one is chosen."""
    training = plan.graph.training
    recipe = SCHEDULERS[training.scheduler]
    given = ["optimizer"]
    if spans_run(training):
        given += ["epochs", "steps"] if training.scheduler in COMPOSED else [f"{recipe.every}s"]
    writer.line(f"def make_scheduler({', '.join(given)}):")
    writer.line('    """Return what changes the learning rate as the training goes on."""')
    if recipe.watches_validation and not validated(plan):
        writer.missing("    ", f"{recipe.name} watches the validation loss: no samples are kept aside.")
    if training.scheduler not in COMPOSED:
        settings = recipe_call(recipe, training.scheduler_params)
        writer.line(f"    return torch.{recipe.module}({', '.join(filter(None, ['optimizer', settings]))})")
        return
    writer.line("    stages = [")
    for stage in training.stages:
        one = SCHEDULERS[stage.scheduler]
        inner = recipe_call(one, stage.params)
        writer.line(f"        torch.{one.module}({', '.join(filter(None, ['optimizer', inner]))}),")
    writer.line("    ]")
    if training.scheduler == "ChainedScheduler":
        writer.line(f"    return torch.{recipe.module}(stages)")
        return
    begins = ", ".join(str(stage.begins) for stage in training.stages[1:])
    writer.line(f"    return torch.{recipe.module}(optimizer, stages, [{begins}])")
