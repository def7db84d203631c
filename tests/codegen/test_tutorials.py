"""What the tutorials do with their networks, done with the modules that are written for the drawings of these."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.drawings import example_texts, run_text

SIZES = ("D_in", "H", "D_out")


def _program(name: str) -> SimpleNamespace:
    """What the training program of an example defines."""
    torch.manual_seed(0)
    return run_text(example_texts(name)[1])


def _names(model: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in model.state_dict().items()}


# MNISTConvNet


def test_every_weight_gets_a_gradient_and_hooks_see_the_sizes() -> None:
    net = _program("mnist_convnet").MNISTConvNet()
    sizes: list[torch.Size] = []
    net.conv2.register_forward_hook(lambda _, given, output: sizes.extend((given[0].size(), output.size())))
    net.conv2.register_full_backward_hook(lambda _, given, output: sizes.extend((given[0].size(), output[0].size())))
    out = net(torch.randn(1, 1, 28, 28))
    assert out.size() == torch.Size([1, 10])
    err = functional.cross_entropy(out, torch.tensor([3]))
    err.backward()  # type: ignore[no-untyped-call]
    assert 2 < err.item() < 2.6
    before, after = torch.Size([1, 10, 12, 12]), torch.Size([1, 20, 8, 8])
    assert sizes == [before, after, before, after]
    assert net.conv1.weight.grad.size() == torch.Size([10, 1, 5, 5])
    assert all(weight.grad is not None and weight.grad.norm() > 0 for weight in net.parameters())


# The recurrent network


def test_the_recurrent_network_is_one_step_five_times_with_the_losses_added_up() -> None:
    program = _program("rnn")
    net = program.Net()
    assert _names(net) == {
        "rnn.i2h.weight": (20, 70), "rnn.i2h.bias": (20,), "rnn.h2o.weight": (10, 20), "rnn.h2o.bias": (10,),
    }  # fmt: skip
    assert list(inspect.signature(program.RNN).parameters) == ["input_size", "hidden_size", "output_size"]
    (batch, y), _ = program.load_data()
    assert batch.shape == (10, 50)
    ours = program.objective(*program.predict(net, (batch, y)))
    ours.backward()
    found = [weight.grad.clone() for weight in net.parameters()]
    net.zero_grad()

    loss_fn, hidden, target, loss = nn.MSELoss(), torch.zeros(10, 20), torch.zeros(10, 10), torch.zeros(())
    for _ in range(5):
        hidden, output = net.rnn(batch, hidden)
        loss = loss + loss_fn(output, target)
    loss.backward()  # type: ignore[no-untyped-call]
    assert ours.item() == pytest.approx(loss.item())
    for gradient, weight in zip(found, net.parameters(), strict=True):
        torch.testing.assert_close(gradient, weight.grad)


# Two fully connected layers


def test_the_loss_drawn_from_operations_falls_as_that_of_the_numpy_program() -> None:
    import numpy as np

    program = _program("two_layer_autograd")
    net = program.TwoLayerNet()
    optimizer = program.make_optimizer(net)
    samples, _ = program.load_data()
    x, y, w1, w2 = (tensor.detach().double().numpy().copy() for tensor in (*samples, net.w1, net.w2))
    for _ in range(5):
        h = x.dot(w1)
        h_relu = np.maximum(h, 0)
        y_pred = h_relu.dot(w2)
        ours = program.objective(*program.predict(net, samples))
        assert ours.item() == pytest.approx(np.square(y_pred - y).sum(), rel=1e-3)
        grad_y_pred = 2.0 * (y_pred - y)
        grad_h = grad_y_pred.dot(w2.T)
        grad_h[h < 0] = 0
        w2 -= 1e-6 * h_relu.T.dot(grad_y_pred)
        w1 -= 1e-6 * x.T.dot(grad_h)
        optimizer.zero_grad()
        ours.backward()
        optimizer.step()


def test_a_function_with_its_own_gradient_does_what_clamp_does() -> None:
    losses: list[list[float]] = []
    for name in ("two_layer_autograd", "two_layer_function"):
        program = _program(name)
        net = program.TwoLayerNet()
        assert _names(net) == {"w1": (1000, 100), "w2": (100, 10)}
        samples, _ = program.load_data()
        losses.append(_descend(program, net, samples, 4))
    assert losses[0] == losses[1]
    assert program.MyRelu.apply(torch.tensor([-1.0, 2.0])).tolist() == [0, 2]


def _descend(program: SimpleNamespace, net: nn.Module, samples: Any, steps: int) -> list[float]:
    """The losses of some steps of the program's own optimizer."""
    optimizer = program.make_optimizer(net)
    found: list[float] = []
    for _ in range(steps):
        loss = program.objective(*program.predict(net, samples))
        found.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return found


def test_a_sequence_of_layers_prints_as_one() -> None:
    for name, optimizer in (("two_layer_sequential", torch.optim.SGD), ("two_layer_adam", torch.optim.Adam)):
        program = _program(name)
        net = program.TwoLayerNet()
        assert str(net.layers) == (
            "Sequential(\n  (0): Linear(in_features=1000, out_features=100, bias=True)\n  (1): ReLU()\n"
            "  (2): Linear(in_features=100, out_features=10, bias=True)\n)"
        )
        made = program.make_optimizer(net)
        assert type(made) is optimizer and made.param_groups[0]["lr"] == 1e-4


def test_the_sizes_of_the_module_are_its_arguments() -> None:
    made = _program("two_layer_net").TwoLayerNet
    assert {name: one.default for name, one in inspect.signature(made).parameters.items()} == dict(
        zip(SIZES, (1000, 100, 10), strict=True)
    )
    assert _names(made(7, 5, 3)) == {
        "linear1.weight": (5, 7), "linear1.bias": (5,), "linear2.weight": (3, 5), "linear2.bias": (3,),
    }  # fmt: skip
    assert made(7, 5, 3)(torch.randn(2, 7)).shape == (2, 3)


def test_the_dynamic_net_goes_through_its_middle_by_chance_with_the_same_weights() -> None:
    program = _program("dynamic_net")
    net = program.DynamicNet(7, H=5, D_out=3)
    assert _names(net) == {
        "input_linear.weight": (5, 7), "input_linear.bias": (5,), "middle.linear.weight": (5, 5),
        "middle.linear.bias": (5,), "output_linear.weight": (3, 5), "output_linear.bias": (3,),
    }  # fmt: skip
    runs: list[int] = []
    net.middle.register_forward_hook(lambda *_: runs.append(1))
    counts: set[int] = set()
    for _ in range(60):
        runs.clear()
        assert net(torch.randn(2, 7)).shape == (2, 3)
        counts.add(len(runs))
    assert counts == {0, 1, 2, 3}
    group = program.make_optimizer(net).param_groups[0]
    assert (group["lr"], group["momentum"]) == (1e-4, 0.9)


# LeNet


@pytest.mark.parametrize(("name", "side"), [("lenet_5x5", 5), ("lenet_3x3", 3)])
def test_the_parameters_of_lenet_and_one_way_back(name: str, side: int) -> None:
    net = _program(name).Net()
    params = list(net.parameters())
    assert len(params) == 10
    assert params[0].size() == torch.Size([6, 1, side, side])
    out = net(torch.randn(1, 1, 32, 32))
    out.backward(torch.randn(1, 10))
    net.zero_grad(set_to_none=False)
    assert net.conv1.bias.grad.tolist() == [0] * 6
    target = torch.arange(1.0, 11).view(1, -1)
    loss = nn.MSELoss()(net(torch.randn(1, 1, 32, 32)), target)
    assert loss.item() == pytest.approx(38.5, abs=2)
    assert type(loss.grad_fn).__name__ == "MseLossBackward0"
    assert type(loss.grad_fn.next_functions[0][0]).__name__ == "AddmmBackward0"
    loss.backward()
    assert net.conv1.bias.grad.count_nonzero() == 6


def test_a_step_by_hand_is_a_step_of_sgd() -> None:
    program = _program("lenet_5x5")
    nets = [program.Net(), program.Net()]
    nets[1].load_state_dict(nets[0].state_dict())
    x, target = torch.randn(1, 1, 32, 32), torch.randn(1, 10)
    optimizer = torch.optim.SGD(nets[1].parameters(), lr=0.01)
    for _ in range(3):
        for net in nets:
            net.zero_grad()
            nn.MSELoss()(net(x), target).backward()
        for weight in nets[0].parameters():
            weight.data.sub_(weight.grad.data * 0.01)
        optimizer.step()
    for by_hand, by_sgd in zip(*(net.parameters() for net in nets), strict=True):
        torch.testing.assert_close(by_hand, by_sgd)


# Gradients that add up


@pytest.mark.parametrize(("cleared", "wanted"), [(False, [(3, 1), (6, 2), (9, 3)]), (True, [(3, 1)] * 3)])
def test_gradients_add_up_unless_they_are_cleared(cleared: bool, wanted: list[tuple[int, int]]) -> None:
    net = _program("gradients").Net()
    assert _names(net) == {"fc.weight": (1, 1), "fc.bias": (1,)}
    found: list[tuple[float, ...]] = []
    for _ in range(3):
        y: Tensor = net(torch.tensor([3.0]))
        if cleared:
            net.zero_grad()
        y.backward()  # type: ignore[no-untyped-call]
        found.append(tuple(weight.grad.item() for weight in net.parameters()))
    assert found == wanted
