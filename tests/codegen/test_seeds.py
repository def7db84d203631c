"""The networks of the tutorials: what `print(net)` says there it says here, and both ways of writing agree."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netbuilder.engine.analysis import analyse
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from tests.drawings import CLASSIFIER, NAMES, assert_formatted, draw, example, example_texts, run_text
from tests.examples_seeds import SEEDS

PRINTED = {
    "mnist_convnet": """\
MNISTConvNet(
  (conv1): Conv2d(1, 10, kernel_size=(5, 5), stride=(1, 1))
  (pool1): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  (conv2): Conv2d(10, 20, kernel_size=(5, 5), stride=(1, 1))
  (pool2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  (fc1): Linear(in_features=320, out_features=50, bias=True)
  (fc2): Linear(in_features=50, out_features=10, bias=True)
)""",
    "lenet_5x5": """\
Net(
  (conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))
  (conv2): Conv2d(6, 16, kernel_size=(5, 5), stride=(1, 1))
  (fc1): Linear(in_features=400, out_features=120, bias=True)
  (fc2): Linear(in_features=120, out_features=84, bias=True)
  (fc3): Linear(in_features=84, out_features=10, bias=True)
)""",
    "lenet_3x3": """\
Net(
  (conv1): Conv2d(1, 6, kernel_size=(3, 3), stride=(1, 1))
  (conv2): Conv2d(6, 16, kernel_size=(3, 3), stride=(1, 1))
  (fc1): Linear(in_features=576, out_features=120, bias=True)
  (fc2): Linear(in_features=120, out_features=84, bias=True)
  (fc3): Linear(in_features=84, out_features=10, bias=True)
)""",
}
INPUTS = {
    "mnist_convnet": (1, 1, 28, 28),
    "lenet_5x5": (1, 1, 32, 32),
    "lenet_3x3": (1, 1, 32, 32),
    "two_layer_net": (1, 1000),
}


def _model(graph: Graph) -> torch.nn.Module:
    analyst = analyse(graph, Path())
    assert not [problem for problem in analyst.all_problems if problem.level == "error"]
    torch.manual_seed(0)
    model = vars(run_text(analyst.module))[graph.main.name]()
    assert isinstance(model, torch.nn.Module)
    return model


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_the_network_prints_as_in_the_tutorial(name: str) -> None:
    assert str(_model(example(name))) == PRINTED[name]


def test_the_two_layer_net_has_the_tutorials_layers() -> None:
    model = _model(example("two_layer_net"))
    assert type(model).__name__ == "TwoLayerNet"
    assert {name: (layer.in_features, layer.out_features) for name, layer in model.named_children()} == {
        "linear1": (1000, 100),
        "linear2": (100, 10),
    }


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_the_tutorials_input_gives_ten_numbers(name: str) -> None:
    model = _model(example(name))
    assert model(torch.randn(INPUTS[name])).size() == torch.Size([1, 10])


_LONG = {"momentum": 0.123456789012, "weight_decay": 1e-05}


def test_exported_files_need_no_formatting_and_no_fixing(tmp_path: Path) -> None:
    texts: dict[str, str] = {}
    for name in {*NAMES, *SEEDS}:
        module, script = example_texts(name)
        texts |= {f"{name}_module.py": module.text, f"{name}_script.py": script.text}
    long = draw(CLASSIFIER, steps=5, optimizer="SGD", optimizer_params=_LONG)
    for key in ("main", *long.nodes):
        long = long.apply(commands.rename(long, key, "n" * 60))
    texts["long.py"] = analyse(long, Path()).script.text
    where = draw("mnist MNIST folder=" + "very_long/" * 12 + "\nfc Linear\nflat Flatten\nloss CrossEntropyLoss\n"
                 "mnist.image > flat > fc > loss\nmnist.label > loss.target")  # fmt: skip
    texts["folder.py"] = analyse(where, Path()).script.text
    assert_formatted(texts, tmp_path / "exported")


def _written(graph: Graph, how: str, by_node: bool) -> Graph:
    for node in graph.nodes.values():
        if node.entry.choosable:
            graph = graph.apply(commands.set_written(graph, node.id, how if by_node else ""))
    return graph if by_node else graph.apply(commands.set_project(graph, how))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_layers_written_as_modules_or_as_functions_give_the_same_numbers(name: str, training: bool) -> None:
    graph = example(name)
    found = [_model(_written(graph, how, by_node)) for how in ("module", "function") for by_node in (True, False)]
    attributes = [[child for child, _ in model.named_children()] for model in found]
    assert attributes[0] == attributes[1]
    assert attributes[2] == attributes[3]
    assert len(attributes[0]) > len(attributes[2]) or name == "two_layer_net"
    states = [{key: value.clone() for key, value in model.state_dict().items()} for model in found]
    x = torch.randn(4, *INPUTS.get(name, (1, 1, 8, 8))[1:], generator=torch.Generator().manual_seed(1))
    outputs = []
    for model, state in zip(found, states, strict=True):
        assert list(state) == list(states[0])
        assert all(torch.equal(state[key], states[0][key]) for key in state)
        torch.manual_seed(2)  # for dropout
        outputs.append(model.train(training)(x))
    assert all(torch.equal(output, outputs[0]) for output in outputs)
