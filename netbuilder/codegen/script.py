"""The whole training program as one file: class, data, objective and loop. It needs torch and what its data needs."""

from __future__ import annotations

from netbuilder.codegen import distributed
from netbuilder.codegen.augment import augment_imports, augmented, write_augment
from netbuilder.codegen.layers import Facts
from netbuilder.codegen.loaders import loader_texts
from netbuilder.codegen.loading import validated, write_data
from netbuilder.codegen.loop import ways, write_main, write_settings
from netbuilder.codegen.measuring import EVALUATE, write_measures
from netbuilder.codegen.module import import_lines, write_classes, write_imports
from netbuilder.codegen.objective import write_objective, write_predict
from netbuilder.codegen.optimizing import frozen, write_freeze, write_optimizer, write_scheduler
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Source, Writer


def write_script(plan: Plan, facts: Facts, shared: bool = False) -> Source:
    """The program. Where data or a loss is missing, it says so in a comment and is not complete.

    With `shared`, it is for the processes that torchrun begins.
    """
    loaders = list(dict.fromkeys(node.entry.loader for node in plan.data))
    imports, functions = loader_texts(loaders)
    body = Writer()
    write_settings(body, plan.graph.training)
    if shared:
        distributed.write_folder(body)
    body.gap()
    write_classes(body, plan, facts, quick="matmul" in ways(plan.graph.training))
    for text in functions:
        body.gap()
        body.text(text)
    body.gap()
    write_data(body, plan, facts)
    body.gap()
    if augmented(plan):
        write_augment(body, plan, facts)
        body.gap()
    write_predict(body, plan)
    body.gap()
    write_objective(body, plan, facts)
    loaded = [line for line in imports if line != "import torch"] + augment_imports(plan)
    seeded = "import random" in import_lines(plan, body.body(), loaded)[0]
    if validated(plan):
        body.gap()
        texts = distributed.evaluate_texts(seeded, distributed.measures_batches(plan)) if shared else EVALUATE
        write_measures(body, plan, facts, texts)
    body.gap()
    if frozen(plan):
        write_freeze(body, plan)
        body.gap()
    write_optimizer(body, plan, "fused" in ways(plan.graph.training))
    if plan.graph.training.scheduler:
        body.gap()
        write_scheduler(body, plan)
    body.gap()
    if shared:
        return _whole(
            body, plan, loaded + distributed.write_shared_main(body, plan, seeded), distributed.docstring(plan)
        )
    write_main(body, plan, seeded)
    return _whole(body, plan, loaded, f"Train {plan.class_name} and print how well it does.")


def write_data_script(plan: Plan, facts: Facts) -> Source:
    """What loads and augments the samples, alone: for looking at them."""
    imports, functions = loader_texts(list(dict.fromkeys(node.entry.loader for node in plan.data)))
    body = Writer()
    for text in functions:
        body.text(text)
        body.gap()
    write_data(body, plan, facts)
    if augmented(plan):
        body.gap()
        write_augment(body, plan, facts)
    loaded = [line for line in imports if "torch" not in line] + augment_imports(plan)
    return _whole(body, plan, loaded, "Load samples.")


def _whole(body: Writer, plan: Plan, loaded: list[str], about: str) -> Source:
    """The text with what it says about itself and its imports."""
    writer = Writer()
    writer.text(f'"""{about}"""')  # no statement: never broken
    writer.line()
    standard, torch = import_lines(plan, body.body(), loaded)
    write_imports(writer, standard, torch)
    writer.drop_gap()
    writer.line()
    writer.add(body)
    return writer.source()
