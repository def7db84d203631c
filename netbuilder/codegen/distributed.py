"""The training program for many processes: each takes its share of every batch, and `torchrun` keeps them together.

The loop is that of the program for one process, with what the processes tell each other in its places. As
DistributedDataParallel takes the mean of the processes' gradients, each counts its loss by the size of its share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from netbuilder.blocks.optimizers import OPTIMIZERS
from netbuilder.blocks.sentence import Sentence, say
from netbuilder.codegen.layers import Facts
from netbuilder.codegen.loop import Loop, write_loop
from netbuilder.codegen.optimizing import frozen
from netbuilder.codegen.plan import Plan
from netbuilder.codegen.writer import Writer
from netbuilder.graph.records import Node, Training

_IMPORTS = (
    "from pathlib import Path",
    "import torch.distributed as dist",
    "from torch.nn.parallel import DistributedDataParallel",
)
# What draws numbers while it is trained, by how it is written.
_DRAWING = re.compile(r"dropout|rrelu|gumbel|augment\(|Transformer|torch\.(rand|normal|bernoulli|multinomial)", re.I)


def obstacles(plan: Plan, facts: Facts) -> Iterator[Sentence]:
    """Why the steps of a training cannot be shared among processes so that they come to the same."""
    training = plan.graph.training
    if OPTIMIZERS[training.optimizer].closure:
        text = "{optimizer} looks at the loss several times a step, which many processes cannot share: choose another."
        yield say(text, optimizer=training.optimizer)
    if len({_sums(plan, node) for node in plan.losses}) > 1:
        names = sorted(node.name for node in plan.losses if _sums(plan, node))
        text = (
            "{loss} is a sum over the batch and another loss a mean: to share them out, all must be one or the other."
        )
        yield say(text, loss=names[0])
    for node in plan.graph.order:
        if node.entry.role == "layer" and _folds(plan, facts, node):
            text = "{node} makes one thing of the whole batch, of which each process has only a part."
            yield say(text, node=node.name)


def remarks(plan: Plan) -> list[Sentence]:
    """What is not quite the same with many processes as with one."""
    found: list[Sentence] = []
    if measures_batches(plan):
        text = "Batch norm measures each process's share of a batch by itself; on GPUs, the whole batch."
        found.append(say(text))
    for node in plan.losses:
        values = plan.graph.values(node)
        if not _sums(plan, node) and values.get("class_weight") is not None:
            text = "{loss} weighs its classes: its mean is taken over each process's share by itself."
            found.append(say(text, loss=node.name))
    return found


def measures_batches(plan: Plan) -> bool:
    """Whether there is batch norm anywhere in the network."""
    nodes = (node for one in (*plan.inner, plan) for node in one.graph.nodes.values())
    return any("BatchNorm" in node.block and not node.muted for node in nodes)


def may_leave_out(plan: Plan, seeded: bool) -> bool:
    """Whether weights may take no part in a step, of which the processes must be told.

    That is so where numbers decide on layers (`seeded`), where a person's own code may, and where layers lead to no
    loss.
    """
    if seeded or plan.definitions():
        return True
    plans = [(plan, {node.id for node in plan.losses})]
    plans += [(one, {node.id for node in one.graph.ends("output")}) for one in plan.inner]
    return any(not {node.id for node in one.network} <= one.graph.upstream(ends) for one, ends in plans)


def _sums(plan: Plan, node: Node) -> bool:
    return plan.graph.values(node).get("reduction") == "sum"


def _folds(plan: Plan, facts: Facts, node: Node) -> bool:
    """Whether the samples of a batch go in, and what comes out is no longer one thing for each."""
    wires = plan.graph.wires_into(node.id).values()
    given = [facts.shapes.get((wire.source, wire.output), ()) for wire in wires]
    gives = [facts.shapes.get((node.id, port.name)) for port in plan.graph.outputs(node)]
    return any(map(_of_samples, given)) and any(shape is not None and not _of_samples(shape) for shape in gives)


def _of_samples(shape: Iterable[int | str]) -> bool:
    return any("N" in str(size) for size in shape)


def docstring(plan: Plan) -> str:
    """What stands at the top of the program."""
    return _DOCSTRING.format(name=plan.class_name)


def write_shared_main(writer: Writer, plan: Plan, seeded: bool) -> list[str]:
    """Write `main` and the functions with which processes share the work; returns the imports that they need."""
    loop = SharedLoop(plan, seeded, writer.body())
    writer.text(_SHARE_OF_SUM if any(_sums(plan, node) for node in plan.losses) else _SHARE_OF_MEAN)
    writer.gap()
    writer.text(_CHECKPOINTS.format(keep=plan.graph.training.keep_checkpoints))
    writer.gap()
    write_loop(writer, loop)
    return [*_IMPORTS, *(["from contextlib import nullcontext"] if plan.graph.training.accumulate > 1 else [])]


def write_folder(writer: Writer) -> None:
    """Write the constant that says where the checkpoints lie."""
    writer.line('CHECKPOINTS = Path("checkpoints")')


def evaluate_texts(seeded: bool, buffers: bool) -> tuple[str, str]:
    """`evaluate` where no metric counts, and where some do. The processes take batches in turn, and add up."""
    texts = []
    for own, counting, end in ((_MEANS, [], _MEANS_END), (_COUNTS, _COUNTING, _COUNTS_END)):
        lines = ["    model.eval()"]
        if buffers:
            lines += ["    for buffer in model.buffers():", "        dist.broadcast(buffer, 0)"]
        if seeded:
            lines.append("    drawn = random.getstate()")
        lines += [own, _BATCHES, *counting]
        if seeded:
            lines.append("    random.setstate(drawn)  # the same numbers next on every process")
        what = "loss and the metrics" if counting else "mean of the loss and of each metric"
        head = ["@torch.no_grad()", "def evaluate(model, samples):", f'    """Return the {what} over the samples."""']
        texts.append("\n".join([_ADD_UP, "", "", *head, *lines, end]))
    return texts[0], texts[1]


class SharedLoop(Loop):
    """The lines of `main` for one process of many."""

    def __init__(self, plan: Plan, seeded: bool, body: str) -> None:
        """Take the text that stands before, by which it is known whether numbers are drawn."""
        super().__init__(plan, seeded)
        self._draws = bool(_DRAWING.search(body)) or bool(plan.definitions())

    def lines(self) -> list[str]:
        """All of them."""
        body = [*self.begin_epoch(), *self.step(), *self.advance(), *self.report(), *self._keep(), *self.deadline()]
        return [
            '"""Train the network together with the other processes of torchrun."""',
            'if DEVICE == "cuda":',
            '    torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))',
            'dist.init_process_group("cpu:gloo,cuda:nccl" if DEVICE == "cuda" else "gloo")',
            "rank, world = dist.get_rank(), dist.get_world_size()",
            *self.start(),
            *self._go_on(),
            "for step in range(start, steps):",
            *(f"    {line}" for line in body),
            "dist.destroy_process_group()",
        ]

    def start(self) -> list[str]:
        """Everything before the first step."""
        found: list[str] = []
        for line in super().start():
            if line == "print(model)":
                if measures_batches(self.plan):
                    found.append('if DEVICE == "cuda":')
                    found.append("    model = nn.SyncBatchNorm.convert_sync_batchnorm(model)")
                found += ["if rank == 0:", "    print(model)"]
            elif line.startswith("compiled = "):
                if self.trained == "compiled":
                    found.append("compiled = torch.compile(parallel)")  # the exchange is nothing for CUDA graphs
            else:
                found.append(line)
            if line == ("freeze(model)" if frozen(self.plan) else "print(model)"):
                unused = ", find_unused_parameters=True" if may_leave_out(self.plan, self.seeded) else ""
                found.append(f"parallel = DistributedDataParallel(model{unused})")
        return [*found, f"save = {_save_every(self.training)}"]

    @property
    def trained(self) -> str:
        """What the loop calls the model."""
        return "parallel" if super().trained == "model" else super().trained

    @property
    def _kept_by_name(self) -> dict[str, str]:
        """What a checkpoint has beside the step, and the order: objects with a state of their own."""
        found = {"model": "model", "optimizer": "optimizer"}
        if self.training.scheduler:
            found["scheduler"] = "scheduler"
        if "fp16" in self.ways:
            found["scaler"] = "scaler"
        return found

    @property
    def _numbers(self) -> list[str]:
        """The numbers that a checkpoint has, by which the run ends early."""
        training = self.training
        found = {"best": training.patience or training.keep_best, "waiting": training.patience}
        return [name for name, there in found.items() if there and self.watching]

    def _go_on(self) -> list[str]:
        inside = ['saved = torch.load(newest, map_location="cpu")']
        inside += [f'{what}.load_state_dict(saved["{name}"])' for name, what in self._kept_by_name.items()]
        inside += ['shuffle.set_state(saved["shuffle"])', 'start, order = saved["step"], saved["order"]']
        inside += [f'{name} = saved["{name}"]' for name in self._numbers]
        if self.training.minutes:
            inside.append('deadline -= saved["seconds"]')
        inside += ["if rank == 0:", '    print(f"goes on from step {start} of {steps}")']
        return [
            "start, newest = 0, newest_checkpoint()",
            "if newest is not None:",
            *(f"    {line}" for line in inside),
        ]

    def _keep(self) -> list[str]:
        lines = ['"step": step + 1,', '"order": order,', '"shuffle": shuffle.get_state(),']
        lines += [f'"{name}": {what}.state_dict(),' for name, what in self._kept_by_name.items()]
        lines += [f'"{name}": {name},' for name in self._numbers]
        if self.training.minutes:
            lines.append('"seconds": 60 * MINUTES - (deadline - time.monotonic()),')
        return [
            "if rank == 0 and ((step + 1) % save == 0 or step + 1 == steps):",
            "    state = {",
            *(f"        {line}" for line in lines),
            "    }",
            "    save_checkpoint(state)",
        ]

    def begin_epoch(self) -> list[str]:
        """What each process draws for itself, and a new order of the samples, which is the same for all."""
        own = []
        if self._draws:
            own = ["if step % save == 0:", "    torch.manual_seed(SEED + world * step + rank)  # each draws its own"]
            if self.seeded:
                own.append("    random.seed(SEED + step)")
        return [
            *own,
            "if step % steps_per_epoch == 0:",
            "    order = torch.randperm(len(train[0]), generator=shuffle)",
            "    model.train()",
        ]

    def step(self) -> list[str]:
        """One step: the share of a batch, loss, gradients, update."""
        if self.training.accumulate == 1:
            size, taken = "BATCH_SIZE", ["indices, weight = take_share(order[first : first + BATCH_SIZE])"]
            rest = super().step()[1:]
        else:
            size = "ACCUMULATE * BATCH_SIZE"
            taken = [f"batches = order[first : first + {size}].split(BATCH_SIZE)"]
            rest = super().step()
        return [f"first = step % steps_per_epoch * {size}", *taken, *rest]

    def _loss(self) -> list[str]:
        return [line.replace("objective(", "weight * objective(") for line in super()._loss()]

    def _accumulated(self) -> list[str]:
        inside = [*self._loss(), "loss = loss / len(batches)", *self._backward()]
        return [
            "total = 0.0",
            "for number, indices in enumerate(batches, 1):",
            "    indices, weight = take_share(indices)",
            *(f"    {line}" for line in self._batch()),
            "    last = number == len(batches)  # with which the gradients go round",
            "    with nullcontext() if last else parallel.no_sync():",
            *(f"        {line}" for line in inside),
            "    total += loss.detach()",
        ]

    def report(self) -> list[str]:
        """What is measured, said and decided now and then."""
        loss = "total" if self.training.accumulate > 1 else "loss.detach()"
        condition, first, *rest = super().report()
        assert first.strip().startswith("values = ")
        quiet = ("    print", "    torch.save", "        torch.save")
        told = [f"    value = {loss}", "    dist.all_reduce(value)", '    values = {"loss": value.item() / world}']
        for line in rest:
            if line.startswith(quiet):
                indent = " " * (len(line) - len(line.lstrip()))
                told += [f"{indent}if rank == 0:", f"    {line}"]
            else:
                told.append(line)
        return [condition, *told]

    def deadline(self) -> list[str]:
        """The end by the clock of the first process."""
        if not self.training.minutes:
            return []
        return [
            "late = torch.tensor(time.monotonic() > deadline)",
            "dist.broadcast(late, 0)",
            "if late:",
            "    break",
        ]


def _save_every(training: Training) -> str:
    if not training.checkpoint_every:  # about twenty times
        return "steps_per_epoch * max(1, steps // steps_per_epoch // 20)"
    if training.checkpoint_unit == "steps":
        return str(training.checkpoint_every)
    return "steps_per_epoch" if training.checkpoint_every == 1 else f"{training.checkpoint_every} * steps_per_epoch"


_DOCSTRING = """
Train {name} on many processes and print how well it does.

Begin it with:
    export TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1  # no addresses of dead processes
    torchrun --nproc-per-node 2 --max-restarts 3 FILE.py

Each start goes on from the newest file in the folder CHECKPOINTS, which all processes
must see. Delete the folder to begin anew.
""".lstrip("\n")

_SHARE_OF_MEAN = '''
def take_share(indices):
    """Return this process's part of a batch, and what its loss counts in the mean."""
    world = dist.get_world_size()
    share = indices[dist.get_rank() :: world]
    if len(share) == 0:  # nothing is left: it keeps step with the others, and counts 0
        return indices, 0.0
    return share, len(share) * world / len(indices)
'''.strip("\n")

_SHARE_OF_SUM = '''
def take_share(indices):
    """Return this process's part of a batch, and what its loss counts in the mean."""
    world = dist.get_world_size()
    share = indices[dist.get_rank() :: world]
    if len(share) == 0:  # nothing is left: it keeps step with the others, and counts 0
        return indices, 0.0
    return share, world
'''.strip("\n")

_CHECKPOINTS = '''
def newest_checkpoint():
    """Return the file that all processes go on from, or None."""
    found = [max(CHECKPOINTS.glob("step-*.pt"), default=None)]
    dist.broadcast_object_list(found)
    return found[0]


def save_checkpoint(state):
    """Write a file, whole or not at all, and delete old ones."""
    CHECKPOINTS.mkdir(exist_ok=True)
    part = CHECKPOINTS / "new.part"
    torch.save(state, part)
    part.replace(CHECKPOINTS / f"step-{{state['step']:08d}}.pt")
    for old in sorted(CHECKPOINTS.glob("step-*.pt"))[:-{keep}]:
        old.unlink()
'''.strip("\n")

_ADD_UP = '''
def add_up(totals):
    """Return the sums of what all processes have counted."""
    everyone = [None] * dist.get_world_size()
    dist.all_gather_object(everyone, totals)
    found = {}
    for one in everyone:
        for name, value in one.items():
            found[name] = found.get(name, 0) + value
    return found
'''.strip("\n")

_MEANS = "    totals = {}"
_COUNTS = "    totals, counts = {}, {}"
_BATCHES = """
    batches = torch.arange(len(samples[0])).split(BATCH_SIZE)
    for indices in batches[dist.get_rank() :: dist.get_world_size()]:
        results = predict(model, [tensor[indices].to(DEVICE) for tensor in samples])
        for name, value in {"loss": objective(*results), **metrics(*results)}.items():
            totals[name] = totals.get(name, 0.0) + value.item() * len(indices)
""".strip("\n")
_COUNTING = [
    "        for name, count in tally(*results).items():",
    "            counts[name] = counts.get(name, 0) + count.cpu()",
]
_MEANS_END = """
    totals = add_up(totals)
    return {name: total / len(samples[0]) for name, total in totals.items()}
""".strip("\n")
_COUNTS_END = """
    totals, counts = add_up(totals), add_up(counts)
    means = {name: total / len(samples[0]) for name, total in totals.items()}
    return means | conclude(counts)
""".strip("\n")
