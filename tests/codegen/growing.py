"""Random drawings over the whole catalog: grown block by block, keeping those that the analysis accepts."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec

from netbuilder.blocks import CATALOG, Block, Param, Value
from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.reports import TensorSpec
from netbuilder.engine.analysis import Analyst
from netbuilder.graph import commands, grouping, networks
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import MAIN, PROJECT, USED, Edit
from tests.drawings import draw

Out = tuple[str, str]
LAYERS = sorted(name for name, block in CATALOG.items() if block.role == "layer" and not block.of)
ATTACKS = (
    "x", "x_in", "output", "output1", "output2", "y", "self", "forward", "training", "class", "match", "print", "F",
    "nn", "torch", "Net", "model", "loss", "same", "same", "input", "x 2", "x_2", "n" * 60, "'\"\\", "卷积", "🙂", "ｘ",
    "layer", "steps", "random", "value", "Tensor", "super", "__init__", "_", "x = 1; import os", "out", "h", "step",
)  # fmt: skip
STARTS = (
    "in0 Input shape=4",
    "in0 Input shape=3,8,8\nin1 Input shape=5,4",
    """
    network Cell
      data Input shape=4
      last Input shape=6
      cat Concat
      fc Linear out_features=6
      act Tanh
      drop Dropout
      next Output state=last
      out Output
      data > cat > fc > act > next
      last > cat.input2
      act > drop > out
    main
      in0 Input shape=5,4
      in1 Input shape=6
      rnn Recurrent of=Cell gives=stacked reverse=True
      again Recurrent of=Cell initial=learned layer=rnn
      in0 > rnn.data
      rnn.out > again.data
    """.replace("rnn.out > again.data", "in0 > again.data\n      in1 > again.last"),
    """
    network Cell
      data Input shape=4
      other Input shape=4
      a Input shape=4
      b Input shape=4
      sum Add inputs=3
      fc Linear out_features=4
      mix Multiply
      na Output state=a
      nb Output state=b
      out Output
      data > sum > fc > mix > na
      other > sum.input2
      a > sum.input3
      b > mix.input2
      fc > nb
      mix > out
    main
      in0 Input shape=5,4
      in1 Input shape=5,4
      rnn Recurrent of=Cell gives=each
      start Recurrent of=Cell over=steps steps=3 initial=learned
      in0 > rnn.data
      in1 > rnn.other
      in0 > fc0
      in1 > fc1
    """.replace("in0 > fc0\n      in1 > fc1", "rnn.na > start.data\n      rnn.nb > start.other"),
)


class Grower:
    """One drawing that grows."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.analyst = Analyst()
        self.graph = draw(self.random.choice(STARTS))
        assert self._take({})

    def grow(self, steps: int) -> Graph:
        """Take some steps; those that the analysis does not accept are left out."""
        chances = [*[self._block] * 8, self._group, self._group, self._place, self._kind, self._bind, self._share]
        for _ in range(steps):
            try:
                self.random.choice(chances)()
            except Refused:
                continue
        self._close()
        return self.graph

    # What the analysis knows

    def _take(self, edit: Edit) -> bool:
        """Go on from the graph after the edit, if nothing is wrong with it."""
        after = self.graph.apply(edit)
        self.analyst.open(after, Path())
        wrong = [p for p in self.analyst.all_problems if "Nothing takes" not in str(p.sentence)]
        kept = not [p for p in wrong if p.level == "error" and p.node is not None]
        specs = [spec for report in self.analyst.reports.values() for spec in report.outputs.values()]
        kept = kept and all(size != 0 for spec in specs for size in spec.shape)
        if kept:
            self.graph = after
        else:
            self.analyst.open(self.graph, Path())
        return kept

    def _outs(self) -> list[tuple[Out, TensorSpec]]:
        part = self.graph.part(MAIN)
        return [
            ((node.id, port), spec)
            for node in part.order
            for port, spec in self.analyst.reports[node.id].outputs.items()
        ]

    # Steps

    def _block(self) -> None:
        block = CATALOG[self.random.choice(LAYERS)]
        params = self._params(block) if self.random.random() < 0.6 else {}
        main = self.graph.part(MAIN)
        edit = commands.add_node(main, block.name, 0, 64 * len(self.graph.nodes), params)
        (key,) = edit
        params = self.graph.apply(edit).nodes[key].params
        samples = dict(zip((port.name for port in block.input_ports({})), block.sample, strict=False))
        group = self.random.random() < 0.7
        used: list[Out] = []
        for port in block.input_ports(params):
            if port.optional and not (group if port.group else self.random.random() < 0.5):
                continue
            fits = [out for out, spec in self._outs() if port.takes(len(spec.shape), spec.dtype)]
            fits = [out for out in fits if out not in used]  # ruff finds no sense in x > x
            if fits and self.random.random() < 0.8:
                source: Out = self.random.choice(fits[-4:])
            else:
                made = self._input(samples.get(port.name, "-"), self.graph.apply(edit))
                if not made:
                    continue
                (name,) = made
                edit, source = {**edit, **made}, (name, "output")
            used.append(source)
            wired = self.graph.apply(edit).part(MAIN)
            edit = {**edit, **commands.connect(wired, *source, key, port.name)}
        self._take(edit)

    def _input(self, sample: str, graph: Graph) -> Edit:
        sizes, _, dtype = sample.partition(":")
        first, *rest = sizes.split(",")
        if first != "N" or "<" in dtype:
            return {}
        params = {"shape": tuple(int(size) for size in rest), "dtype": dtype or "float32"}
        return commands.add_node(graph.part(MAIN), "Input", 0, 0, params)

    def _params(self, block: Block) -> dict[str, Value]:
        names = [param.name for param in block.params if param.kind not in ("text", "code", "folder", "file")]
        chosen = self.random.sample(names, self.random.randint(0, min(2, len(names))))
        return {name: self._value(block.by_name[name]) for name in chosen}

    def _value(self, param: Param) -> Value:
        low = int(param.low if param.low is not None else -2)
        high = min(low + 4, int(param.high) if param.high is not None else low + 4)
        whole = self.random.randint(low, max(low, high))
        if param.optional and self.random.random() < 0.2:
            return None
        some: dict[str, Any] = {
            "bool": self.random.random() < 0.5,
            "choice": self.random.choice(param.choices or ("",)),
            "int": whole,
            "float": round(self.random.uniform(low, max(low, high)), 3),
            "size": tuple(self.random.randint(max(low, 1), max(high, 1)) for _ in range(param.rank)),
            "shape": tuple(self.random.randint(max(low, 1), max(high, 2)) for _ in range(self.random.randint(1, 2))),
            "numbers": tuple(self.random.randint(1, 3) for _ in range(param.rank or 2)),
        }
        return whole if param.kind == "size" and self.random.random() < 0.5 else some[param.kind]

    def _group(self) -> None:
        main = self.graph.part(MAIN)
        layers = [node.id for node in main.order if node.entry.role == "layer"]
        if layers:
            at = self.random.randrange(len(layers))
            chosen = layers[at : at + self.random.randint(1, 4)]
            shapes: Any = {out: (spec.shape[1:], spec.dtype) for out, spec in self._outs()}
            if self._take(grouping.group(main, chosen, self.random.choice(("Block", "Stem", "class")), shapes)):
                made = list(self.graph.networks)[-1]
                if self.random.random() < 0.5:
                    self._take(networks.set_network_written(self.graph.part(made), made, "sequential"))

    def _placed(self) -> list[str]:
        return [key for key, node in self.graph.part(MAIN).nodes.items() if node.of]

    def _place(self) -> None:
        """A network once more, behind what gives the same shapes."""
        others = [key for key in self.graph.networks if key != MAIN]
        if not others:
            return
        main = self.graph.part(MAIN)
        edit = networks.place_network(main, self.random.choice(others), 0, 64 * len(self.graph.nodes))
        (key,) = edit
        graph = self.graph.apply(edit)
        for port in graph.inputs(graph.nodes[key]):
            (spec,) = self.analyst.reports[port.name].outputs.values()
            fits = [out for out, other in self._outs() if len(other.shape) == len(spec.shape)]
            if fits:
                wired = graph.apply({}).part(MAIN)
                edit = {**edit, **commands.connect(wired, *self.random.choice(fits), key, port.name)}
        self._take(edit)

    def _kind(self) -> None:
        placed = self._placed()
        if placed:
            key = self.random.choice(placed)
            if self._take(networks.set_kind(self.graph.part(MAIN), key, "Repeat")):
                choices: list[dict[str, Value]] = [
                    {"repeats": 3},
                    {"weights": "same"},
                    {"repeats": 1, "most": 3},
                    {"repeats": 0, "most": 2, "weights": "same"},
                ]
                self._take(commands.set_params(self.graph.part(MAIN), key, self.random.choice(choices)))

    def _bind(self) -> None:
        """A parameter becomes an argument of its network, which has another value at one place."""
        inner = [node for node in self.graph.nodes.values() if node.network != MAIN and node.entry.role == "layer"]
        if not inner:
            return
        node = self.random.choice(inner)
        part = self.graph.part(node.network)
        block = part.type(node)
        names = [p.name for p in block.params if p.written and p.name not in node.bound]
        param = self.random.choice([USED, *names])
        if self._take(networks.bind(part, node.id, param, self.random.choice(("size", "rate", "on", "width")))):
            placed = self.graph.placed(node.network)
            argument = self.graph.networks[node.network].arguments[-1].name
            if placed:
                one = self.random.choice(placed)
                known = self.graph.type(one).by_name[argument]
                value = False if param == USED else self._value(known) if known.kind not in ("text", "code") else None
                where = self.graph.part(one.network)
                self._take(commands.set_params(where, one.id, {argument: value}))

    def _share(self) -> None:
        """One more use of a layer."""
        main = self.graph.part(MAIN)
        owners = [n for n in main.nodes.values() if (n.of or n.entry.module) and not n.layer]
        if owners:
            owner = self.random.choice(owners)
            new = msgspec.structs.replace(owner, id="", name="", params={}, y=64 * len(self.graph.nodes))
            edit = commands.place(main, new, {})
            (key,) = edit
            for port in main.inputs(owner):
                wire = main.wires_into(owner.id).get(port.name)
                if wire is not None:
                    here = self.graph.apply(edit).part(MAIN)
                    source = (owner.id, main.outputs(owner)[0].name) if self.random.random() < 0.5 else None
                    edit = {**edit, **commands.connect(here, *(source or (wire.source, wire.output)), key, port.name)}
            edit = {**edit, **networks.set_layer(self.graph.apply(edit).part(MAIN), key, owner.id)}
            made = edit[key][1]
            self._take({**edit, key: (None, made)})

    def _close(self) -> None:
        """Outputs for what nobody takes, odd names, how things are written."""
        main = self.graph.part(MAIN)
        for node in main.order:
            if node.entry.role == "layer" and not main.wires_out_of(node.id):
                for port in self.graph.outputs(node)[: self.random.randint(1, 2)]:
                    edit = commands.add_node(self.graph.part(MAIN), "Output", 0, 0)
                    (key,) = edit
                    wired = self.graph.apply(edit).part(MAIN)
                    self._take({**edit, **commands.connect(wired, node.id, port.name, key, "input")})
        for key in [*self.graph.nodes, *self.graph.networks]:
            if self.random.random() < 0.4:
                self.graph = self.graph.apply(commands.rename(self.graph, key, self.random.choice(ATTACKS)))
        for key, node in self.graph.nodes.items():
            if node.entry.choosable:
                how = self.random.choice(["", "module", "function"])
                self.graph = self.graph.apply(commands.set_written(self.graph, key, how))
            muted = node.network == MAIN and commands.bypassable(node) and self.random.random() < 0.1
            if muted and node.entry.role == "layer" and len(self.graph.outputs(node)) == 1:
                self._take(commands.set_muted(self.graph.part(MAIN), [key], True))
        project = msgspec.structs.replace(
            self.graph.project,
            layers=self.random.choice(["module", "function"]),
            types=self.random.random() < 0.5,
        )
        self._take({PROJECT: (self.graph.project, project)} if project != self.graph.project else {})
