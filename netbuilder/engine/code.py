"""Python blocks in the analysis: run in the sandbox, if the project is trusted, and remembered."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks import Block, Value
from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge.reports import TensorSpec
from netbuilder.engine.sandbox import Sandbox
from netbuilder.engine.shapes import Plain, Result, probe
from netbuilder.graph.python_code import read
from netbuilder.graph.records import Node


class Code:
    """Runs what Python blocks define. `trusted` says whether it may."""

    def __init__(self) -> None:
        self.trusted = False
        self._sandbox: Sandbox | None = None
        self._known: dict[object, Result] = {}

    def warm(self) -> None:
        """Get ready, so that the first block need not wait."""
        if self._sandbox is None:
            self._sandbox = Sandbox()
            self._sandbox.warm()

    def close(self) -> None:
        """End the process that runs code."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None

    def run(self, node: Node, block: Block, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec]) -> Result:
        """What the node's code makes of such inputs."""
        if not self.trusted:
            words = say("{node} holds Python code, which runs only in a project that you trust.", node=node.name)
            return Result({}, sentence=words)
        key = (tuple(values.items()), tuple(inputs.items()))
        found = self._known.get(key)
        if found is None:
            if len(self._known) > 2000:
                self._known.clear()
            found = self._known[key] = self._run(block, values, inputs)
        if found.sentence is None:
            return found
        words = say("{node}: {reason}", node=node.name, reason=str(found.sentence))
        return Result({}, refusal=found.refusal, sentence=words)

    def _run(self, block: Block, values: Mapping[str, Value], inputs: Mapping[str, TensorSpec]) -> Result:
        self.warm()
        assert self._sandbox is not None
        sandbox, text = self._sandbox, str(values["code"])
        definition = read(text)
        own = {param.name: values[param.name] for param in definition.params}
        refusals: list[Sentence] = []

        def once(given: Mapping[str, Plain]) -> tuple[list[Plain], int, int]:
            outcome = sandbox.run(text, definition, own, [given.get(name) for name in definition.inputs])
            if outcome.refusal is not None:
                refusals.append(outcome.refusal)
                raise RuntimeError(str(outcome.refusal))
            return outcome.outputs, outcome.parameters, outcome.flops

        result = probe(once, [port.name for port in block.output_ports(values)], inputs, values.values())
        return Result({}, sentence=refusals[0]) if refusals else result
