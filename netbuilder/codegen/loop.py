"""How the program trains: its settings and the loop in `main`, which holds what the settings ask for and no more."""

from __future__ import annotations

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.codegen.augment import augmented
from netbuilder.codegen.loading import validated
from netbuilder.codegen.measuring import table_names
from netbuilder.codegen.optimizing import chosen_scheduler, frozen, scheduled_every, spans_run
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Writer
from netbuilder.graph.records import Training


def ways(training: Training) -> frozenset[str]:
    """How the arithmetic is done: `matmul`, `channels_last`, `fused`, `compile`, `graphs`, `bf16`, `fp16`, `tf32`."""
    found = set(training.variant) if training.speed != "exact" else set()
    if training.compile:
        found.add("compile")
    if training.precision != "fp32":
        found -= {"bf16", "fp16"}
        found.add(training.precision)
    return frozenset(found)


def watches(training: Training) -> bool:
    """Whether the run depends on what is measured on the samples kept aside."""
    recipe = chosen_scheduler(training)
    return bool(training.patience or training.keep_best or (recipe is not None and recipe.watches_validation))


def less_is_better(plan: Plan) -> bool:
    """Whether the watched value is better when it is small: the loss is, an accuracy is not."""
    watched = watched_metric(plan)
    return watched == "loss" or any(plan.names[n.id] == watched and n.entry.less_is_better for n in plan.metrics)


def watched_metric(plan: Plan) -> str:
    """The name of the value by which weights are better: a metric of the drawing, else `loss`."""
    wanted = plan.graph.training.watch
    return next((plan.names[n.id] for n in plan.metrics if wanted in (n.id, n.name, plan.names[n.id])), "loss")


def write_settings(writer: Writer, training: Training) -> None:
    """Write the constants at the top."""
    writer.line(f"BATCH_SIZE = {training.batch_size}")
    if training.accumulate > 1:
        writer.line(f"ACCUMULATE = {training.accumulate}")
    if training.steps:
        writer.line(f"STEPS = {training.steps}")
    else:
        writer.line(f"EPOCHS = {training.epochs}")
    if training.minutes:
        writer.line(f"MINUTES = {training.minutes:g}")
    if training.patience:
        writer.line(f"PATIENCE = {training.patience}")
    writer.line(f"SEED = {training.seed}")
    writer.line('DEVICE = "cuda" if torch.cuda.is_available() else "cpu"')


def write_main(writer: Writer, plan: Plan, seeded: bool) -> None:
    """The loop. `seeded`: the network draws numbers from Python's own generator too."""
    write_loop(writer, Loop(plan, seeded))


def write_loop(writer: Writer, loop: Loop) -> None:
    """Write `main` with these lines."""
    writer.text("\n".join(["def main():", *(f"    {line}".rstrip() for line in loop.lines()), *_END]))


_END = ["", "", 'if __name__ == "__main__":', "    main()"]


class Loop:
    """The lines of `main`, without indentation, part by part."""

    def __init__(self, plan: Plan, seeded: bool) -> None:
        self.plan, self.seeded = plan, seeded
        self.training = plan.graph.training
        self.ways = ways(self.training)
        self.kept = validated(plan)
        self.watching = self.kept and watches(self.training)
        self.augmented = augmented(plan)

    def lines(self) -> list[str]:
        """All of them."""
        body = [*self.begin_epoch(), *self.step(), *self.advance(), *self.report(), *self.deadline()]
        return [
            '"""Train the network, saying now and then how well it does."""',
            *self.start(),
            "for step in range(steps):",
            *(f"    {line}" for line in body),
        ]

    def start(self) -> list[str]:
        """Everything before the first step."""
        training, found = self.training, []
        if training.deterministic:
            found += ['os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"', "torch.use_deterministic_algorithms(True)"]
        if "tf32" in self.ways:
            found.append('torch.set_float32_matmul_precision("high")')
        found.append("torch.manual_seed(SEED)")
        if self.seeded:
            found.append("random.seed(SEED)")
        place = "DEVICE, memory_format=torch.channels_last" if "channels_last" in self.ways else "DEVICE"
        found += [f"model = {self.plan.class_name}().to({place})", "print(model)"]
        if frozen(self.plan):
            found.append("freeze(model)")
        found.append("optimizer = make_optimizer(model)")
        if self.trained != "model":
            mode = ', mode="reduce-overhead"' if "graphs" in self.ways else ""
            found.append(f"compiled = torch.compile(model{mode})")
        if "fp16" in self.ways:
            found.append("scaler = torch.amp.GradScaler(DEVICE)")
        size = "BATCH_SIZE" if training.accumulate == 1 else "(ACCUMULATE * BATCH_SIZE)"
        found += [
            f"train, {'validation' if self.kept else '_'} = load_data()",
            "shuffle = torch.Generator().manual_seed(SEED)",
            f"steps_per_epoch = math.ceil(len(train[0]) / {size})",
            f"steps = {'STEPS' if training.steps else 'EPOCHS * steps_per_epoch'}",
            *self._scheduler(),
            f"report = {self._report_every()}",
        ]
        if self.watching and (training.patience or training.keep_best):
            worst = "math.inf" if less_is_better(self.plan) else "-math.inf"
            found.append(f"best, waiting = {worst}, 0" if training.patience else f"best = {worst}")
        if training.minutes:
            found.append("deadline = time.monotonic() + 60 * MINUTES")
        return found

    @property
    def trained(self) -> str:
        """What the loop calls the model."""
        return "compiled" if self.ways & {"compile", "graphs"} else "model"

    def _scheduler(self) -> list[str]:
        training = self.training
        if not training.scheduler:
            return []
        epochs = "math.ceil(steps / steps_per_epoch)" if training.steps else "EPOCHS"
        length = ""
        if spans_run(training):
            both = not chosen_scheduler(training) or training.stages
            every = scheduled_every(training)
            length = f", {epochs}, steps" if both else f", {'steps' if every == 'step' else epochs}"
        return [f"scheduler = make_scheduler(optimizer{length})"]

    def _report_every(self) -> str:
        training = self.training
        if not self.watching:
            return "steps_per_epoch * max(1, steps // steps_per_epoch // 20)"
        if training.validate_unit == "steps":
            return str(training.validate_every)
        return "steps_per_epoch" if training.validate_every == 1 else f"{training.validate_every} * steps_per_epoch"

    def begin_epoch(self) -> list[str]:
        """A new order of the samples."""
        size = "BATCH_SIZE" if self.training.accumulate == 1 else "ACCUMULATE * BATCH_SIZE"
        return [
            "if step % steps_per_epoch == 0:",
            *_shuffled(size),
            "    model.train()",
        ]

    def step(self) -> list[str]:
        """One step: batch, loss, gradients, update."""
        training = self.training
        if OPTIMIZERS[training.optimizer].closure:
            return self._with_closure()
        if training.accumulate > 1:
            return ["optimizer.zero_grad()", *self._accumulated(), *self._update()]
        return [
            "indices = order[step % steps_per_epoch]",
            *self._batch(),
            *self._loss(),
            "optimizer.zero_grad()",
            *self._backward(),
            *self._update(),
        ]

    def _batch(self) -> list[str]:
        found = ["batch = [tensor[indices].to(DEVICE) for tensor in train]"]
        return [*found, "batch = augment(*batch)"] if self.augmented else found

    def _loss(self) -> list[str]:
        loss = f"loss = objective(*predict({self.trained}, batch))"
        bits = {"bf16": "torch.bfloat16", "fp16": "torch.float16"}
        dtype = next((bits[name] for name in bits if name in self.ways), "")
        return [f"with torch.autocast(DEVICE, {dtype}):", f"    {loss}"] if dtype else [loss]

    def _backward(self) -> list[str]:
        return ["scaler.scale(loss).backward()" if "fp16" in self.ways else "loss.backward()"]

    def _accumulated(self) -> list[str]:
        inside = [*self._batch(), *self._loss(), "loss = loss / len(batches)", *self._backward()]
        return [
            "batches = order[step % steps_per_epoch].split(BATCH_SIZE)",
            "total = 0.0",
            "for indices in batches:",
            *(f"    {line}" for line in [*inside, "total += loss.detach()"]),
        ]

    def _clip(self) -> list[str]:
        training = self.training
        if training.clip == "off":
            return []
        unscale = ["scaler.unscale_(optimizer)"] if "fp16" in self.ways else []
        return [*unscale, f"nn.utils.clip_grad_{training.clip}_(model.parameters(), {training.clip_at:g})"]

    def _update(self) -> list[str]:
        if "fp16" in self.ways:
            return [*self._clip(), "scaler.step(optimizer)", "scaler.update()"]
        return [*self._clip(), "optimizer.step()"]

    def _with_closure(self) -> list[str]:
        if self.training.accumulate > 1:
            inside = ["optimizer.zero_grad()", *self._accumulated(), *self._clip(), "return total"]
            return ["", "def closure():", *(f"    {line}" for line in inside), "", "total = optimizer.step(closure)"]
        inside = ["optimizer.zero_grad()", *self._loss(), *self._backward(), *self._clip(), "return loss"]
        return [
            "indices = order[step % steps_per_epoch]",
            *self._batch(),
            "",
            "def closure():",
            *(f"    {line}" for line in inside),
            "",
            "loss = optimizer.step(closure)",
        ]

    def advance(self) -> list[str]:
        """How the loop moves the scheduler on; one that watches moves with the report."""
        recipe = chosen_scheduler(self.training)
        if recipe is None or recipe.watches_validation:
            return []
        if scheduled_every(self.training) == "step":
            return ["scheduler.step()"]
        return ["if (step + 1) % steps_per_epoch == 0:", "    scheduler.step()"]

    def report(self) -> list[str]:
        """What is measured, said and decided now and then."""
        tables = table_names(self.plan) if self.kept else []
        value = "total.item()" if self.training.accumulate > 1 else "loss.item()"
        found = [f'values = {{"loss": {value}}}']
        if self.kept:
            found += [
                "measured = evaluate(model, validation)",
                *(f'{name} = measured.pop("{name}")' for name in tables),
                'values.update({f"validation {key}": measured[key] for key in measured})',
            ]
        if self.kept and self.training.validate_unit == "steps":
            found.append("model.train()")
        found += [
            'text = ", ".join(f"{name} {value:.4g}" for name, value in values.items())',
            'print(f"step {step + 1} of {steps}: {text}")',
            *(f'print_counts("{name}", {name})' for name in tables),
        ]
        if self.watching:
            found += self._decide()
        return ["if (step + 1) % report == 0 or step + 1 == steps:", *(f"    {line}" for line in found)]

    def _decide(self) -> list[str]:
        training, found = self.training, []
        recipe = chosen_scheduler(training)
        if recipe is not None and recipe.watches_validation:
            found.append('scheduler.step(measured["loss"])')
        if not (training.patience or training.keep_best):
            return found
        watched = watched_metric(self.plan)
        sign = "<" if less_is_better(self.plan) else ">"
        found.append(f'if measured["{watched}"] {sign} best:')
        value = f'measured["{watched}"]'
        found.append(f"    best, waiting = {value}, 0" if training.patience else f"    best = {value}")
        if training.keep_best:
            found.append('    torch.save(model.state_dict(), "best.pt")')
        if training.patience:
            found += ["else:", "    waiting += 1", "if waiting == PATIENCE:", "    break"]
        return found

    def deadline(self) -> list[str]:
        """The end by the clock."""
        return ["if time.monotonic() > deadline:", "    break"] if self.training.minutes else []


def _shuffled(size: str) -> list[str]:
    line = f"order = torch.randperm(len(train[0]), generator=shuffle).split({size})"
    if len(line) + 12 <= 88:
        return [f"    {line}"]
    return [
        "    order = torch.randperm(len(train[0]), generator=shuffle)",
        f"    order = order.split({size})",
    ]
