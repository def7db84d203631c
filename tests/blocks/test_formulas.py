"""What the help pages say is what torch does: formulas and rules of shape, read off their text where they can be."""

from __future__ import annotations

import itertools
import math
import re
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from netbuilder.blocks import CATALOG, Category

IN = torch.linspace(-3, 3, 41, dtype=torch.float64)


def size_rule(block: str, **values: int) -> int:
    """The size that the block's shape rule states, its text read as a formula."""
    found = re.search(r"become (⌊.*?⌋ \+ 1)", CATALOG[block].shape_rule)
    assert found is not None
    text = found[1].replace("·", "*").replace("−", "-").replace("⌊", "(").replace("⌋", ")").replace("/", "//")
    return int(eval(text, {}, values))


def of_numbers(block: str, line: str, x: float) -> float:
    """What a line of a formula over single numbers gives for `in`."""
    text = line.removeprefix("out = ").replace("−", "-").replace("·", "*").replace("in", "x")
    return float(eval(text, {"exp": math.exp, "max": max, "x": x}))


@settings(max_examples=150)
@given(
    size=st.integers(1, 40), kernel=st.integers(1, 7), stride=st.integers(1, 4), padding=st.integers(0, 4),
    dilation=st.integers(1, 3),
)  # fmt: skip
def test_the_sizes_of_windows(size: int, kernel: int, stride: int, padding: int, dilation: int) -> None:
    image = torch.empty(1, 2, size, 30, device="meta")
    room = size + 2 * padding - dilation * (kernel - 1)
    values = {"size": size, "stride": stride, "padding": padding, "dilation": dilation, "kernel_size": kernel}
    if room >= 1:
        conv = nn.Conv2d(2, 5, (kernel, 1), stride, (padding, 0), (dilation, 1), device="meta")
        assert conv(image).shape[:3] == (1, 5, size_rule("Conv2d", **values))
    if padding > kernel // 2:
        return
    if room >= 1:
        pool = nn.MaxPool2d((kernel, 1), stride, (padding, 0), (dilation, 1))
        assert pool(image).shape[:3] == (1, 2, size_rule("MaxPool2d", **values))
        up = nn.MaxPool2d((kernel, 1), stride, (padding, 0), (dilation, 1), ceil_mode=True)
        assert up(image).shape[2] == rounded_up(size, stride, padding, dilation * (kernel - 1) + 1)
    if size + 2 * padding - kernel >= 0:
        assert nn.AvgPool2d((kernel, 1), stride, (padding, 0))(image).shape[2] == size_rule("AvgPool2d", **values)
        up = nn.AvgPool2d((kernel, 1), stride, (padding, 0), ceil_mode=True)  # type: ignore[assignment]
        assert up(image).shape[2] == rounded_up(size, stride, padding, kernel)


def rounded_up(size: int, stride: int, padding: int, window: int) -> int:
    """As the shape rules of the pools say it for `ceil_mode`."""
    number = -(-(size + 2 * padding - window) // stride) + 1
    begins = (number - 1) * stride - padding
    return number - 1 if begins >= size else number


@pytest.mark.parametrize(
    ("block", "function"),
    [("ReLU", functional.relu), ("Sigmoid", torch.sigmoid), ("Tanh", torch.tanh)],
    ids=["ReLU", "Sigmoid", "Tanh"],  # a function's own words differ between processes
)
def test_activations(block: str, function: object) -> None:
    expected = function(IN)  # type: ignore[operator]
    found = [of_numbers(block, CATALOG[block].formula, float(x)) for x in IN]
    assert torch.allclose(torch.tensor(found, dtype=torch.float64), expected)


# Values that are not the defaults, so that a formula without them is found out.
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "LeakyReLU": [{"negative_slope": 0.2}],
    "PReLU": [{"init": 0.3}],
    "RReLU": [{"lower": 0.1, "upper": 0.4}],
    "ELU": [{"alpha": 1.5}],
    "CELU": [{"alpha": 1.5}],
    "GELU": [{"approximate": "none"}, {"approximate": "tanh"}],
    "Softplus": [{"beta": 2, "threshold": 3}],
    "Hardtanh": [{"min_val": -0.5, "max_val": 2}],
    "Softshrink": [{"lambd": 0.7}],
    "Hardshrink": [{"lambd": 0.7}],
    "Threshold": [{"threshold": 0.7, "value": -3}],
    "Softmax": [{"dim": 1}, {"dim": -1}],
    "Softmin": [{"dim": 1}],
    "LogSoftmax": [{"dim": 1}],
    "GLU": [{"dim": 1}, {"dim": -1}],
}
MEANINGS: dict[str, Any] = {
    "exp": torch.exp,
    "log": torch.log,
    "tanh": torch.tanh,
    "erf": torch.erf,
    "max": lambda a, b: torch.maximum(numbers(a), numbers(b)),
    "min": lambda a, b: torch.minimum(numbers(a), numbers(b)),
    "root": lambda a: a**0.5,
    "π": math.pi,
}


def numbers(value: object) -> Tensor:
    """A tensor or a number, as a tensor."""
    return torch.as_tensor(value, dtype=torch.float64)


def of_tensors(line: str, known: dict[str, Any]) -> Tensor:
    """What the right side of a line of a formula gives, with all numbers as tensors."""
    text = line.replace("−", "-").replace("·", "*").replace("³", "**3")
    text = re.sub(r"√(\d+)", r"root(\1)", text).replace("√", "root")
    text = re.sub(r"\|(\w+)\|", r"abs(\1)", re.sub(r"\bin\b", "x", text))
    text = re.sub(r"Σ (exp\([^)]*\))", r"total(\1)", text)
    return torch.as_tensor(eval(text, {**MEANINGS, **known}))


def of_lines(formula: str, known: dict[str, Any]) -> Tensor:
    """What `out` is by a formula of several lines: cases, and other names explained below them."""
    known = dict(known)
    cases: list[tuple[str, str]] = []
    for line in formula.split("\n"):
        line = line.removeprefix(f"with approximate {known.get('approximate')}, ")
        found = re.fullmatch(r"(\w+) = (.*?)(?: where (.*)| elsewhere)?", line)
        if found is not None and found[1] == "out":
            cases.insert(0, (found[2], found[3] or "True"))
        elif found is not None:
            known[found[1]] = of_tensors(found[2], known)
    out = torch.full_like(known["x"], torch.nan)
    for value, where in cases:
        out = torch.where(of_tensors(where, known), numbers(of_tensors(value, known)), out)
    return out


ACTIVATIONS = [
    pytest.param(name, settings, id="-".join([name, *(str(value) for value in settings.values())]))
    for name, block in CATALOG.items()
    if block.category is Category.ACTIVATION and block.module
    for settings in SETTINGS.get(name, [{}])
]


@pytest.mark.parametrize(("name", "settings"), ACTIVATIONS)
def test_the_formulas_of_activations(name: str, settings: dict[str, Any]) -> None:
    block = CATALOG[name]
    assert {p.name for p in block.params} - {"num_parameters"} == settings.keys()
    x = torch.linspace(-8, 8, 2 * 6 * 3 * 2, dtype=torch.float64)
    x = x[torch.randperm(len(x), generator=torch.Generator().manual_seed(0))].view(2, 6, 3, 2)
    dim = settings.get("dim", 1)
    known = {**settings, "x": x, "c": 0, "weight": [settings.get("init")]}
    known["total"] = lambda each: each.sum(dim, keepdim=True)
    known["a"], known["b"] = x.chunk(2, dim)
    if name == "GLU":
        known["x"] = known["a"]
    if name == "RReLU":
        mean = re.search(r"then (\(.*\) / 2)$", block.formula)
        assert mean is not None
        known["slope"] = of_tensors(mean[1], known)
    made = getattr(nn, name)(**settings).double().eval()
    assert torch.allclose(of_lines(block.formula, known), made(x), rtol=1e-6)


@pytest.mark.parametrize(("least", "greatest"), [(-1, 2), (0, None), (None, 0.5)])
def test_clamp(least: float | None, greatest: float | None) -> None:
    below, above, _ = CATALOG["Clamp"].formula.split("\n")
    assert (below, above) == ("out = min where in < min", "out = max where in > max")
    found = IN.clone()
    if least is not None:
        found[least > IN] = least
    if greatest is not None:
        found[greatest < IN] = greatest
    assert torch.equal(found, IN.clamp(least, greatest))


def window(image: Tensor, y: int, x: int) -> Tensor:
    """What is at a place, zero where that lies outside."""
    inside = 0 <= y < image.shape[-2] and 0 <= x < image.shape[-1]
    return image[..., y, x] if inside else torch.zeros(image.shape[:-2], dtype=image.dtype)


def test_convolution() -> None:
    torch.manual_seed(0)
    stride, padding, dilation = 2, 1, 2
    conv = nn.Conv2d(3, 4, (3, 2), stride, padding, dilation).double()
    image = torch.randn(2, 3, 9, 8, dtype=torch.float64)
    expected = conv(image)
    found = torch.empty_like(expected)
    for y, x in itertools.product(range(expected.shape[2]), range(expected.shape[3])):
        total = conv.bias.expand(2, 4).clone()  # type: ignore[union-attr]
        for i, j in itertools.product(range(3), range(2)):
            at = window(image, y * stride + i * dilation - padding, x * stride + j * dilation - padding)
            total += at @ conv.weight[:, :, i, j].T
        found[:, :, y, x] = total
    assert torch.allclose(found, expected)


@pytest.mark.parametrize("inside_only", [False, True])
def test_pools(inside_only: bool) -> None:
    torch.manual_seed(0)
    stride, padding = 2, 1
    image = torch.rand(2, 3, 7, 6, dtype=torch.float64)
    ones = torch.ones_like(image)
    greatest = functional.max_pool2d(image, 3, stride, padding)
    mean = functional.avg_pool2d(image, 3, stride, padding, count_include_pad=not inside_only)
    for y, x in itertools.product(range(mean.shape[2]), range(mean.shape[3])):
        places = [(y * stride + i - padding, x * stride + j - padding) for i in range(3) for j in range(3)]
        seen = torch.stack([window(image, *place) for place in places])
        number = torch.stack([window(ones, *place) for place in places]).sum(0) if inside_only else 3 * 3
        assert torch.equal(greatest[:, :, y, x], seen.amax(0))
        assert torch.allclose(mean[:, :, y, x], seen.sum(0) / number)


def test_linear() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(5, 3).double()
    x = torch.randn(2, 4, 5, dtype=torch.float64)
    found = torch.stack([layer.bias[j] + (layer.weight[j] * x).sum(-1) for j in range(3)], -1)
    assert torch.allclose(found, layer(x))
    assert layer(x).shape == (2, 4, 3)


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_dropout(p: float) -> None:
    torch.manual_seed(0)
    x = torch.rand(1000, dtype=torch.float64) + 1
    out = functional.dropout(x, p, training=True)
    keep = (out != 0).double()
    assert p != 1 or not keep.any()
    if p < 1:
        assert torch.allclose(out, x * keep / (1 - p))
        assert abs(keep.mean() - (1 - p)) < 0.1
    assert torch.equal(functional.dropout(x, p, training=False), x)


@pytest.mark.parametrize("remembers", [True, False])
def test_batch_normalization(remembers: bool) -> None:
    torch.manual_seed(0)
    layer = nn.BatchNorm2d(3, track_running_stats=remembers).double()
    nn.init.uniform_(layer.weight)
    nn.init.uniform_(layer.bias)

    def stated(x: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        weight, mean, variance, bias = (t.view(3, 1, 1) for t in (layer.weight, mean, variance, layer.bias))
        return weight * (x - mean) / (variance + layer.eps).sqrt() + bias

    x = 4 + 3 * torch.randn(8, 3, 5, 5, dtype=torch.float64)
    batch = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
    assert torch.allclose(layer(x), stated(x, *batch))
    layer.eval()
    after = (layer.running_mean, layer.running_var) if remembers else batch
    assert torch.allclose(layer(x), stated(x, *after))  # type: ignore[arg-type]


def test_flatten_add_and_concat() -> None:
    x = torch.arange(120).view(2, 3, 4, 5)
    flat = torch.flatten(x, 1, 2)
    assert flat.shape == (2, 3 * 4, 5)
    assert torch.equal(flat.reshape(-1), x.reshape(-1))
    assert (torch.ones(2, 3, 4) + torch.ones(3, 1)).shape == (2, 3, 4)
    joined = torch.cat((x, x[:, :1]), 1)
    assert joined.shape == (2, 3 + 1, 4, 5)
    assert torch.equal(joined[:, 3:], x[:, :1])


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_losses_and_accuracy(smoothing: float) -> None:
    torch.manual_seed(0)
    scores, target = torch.randn(6, 4, dtype=torch.float64), torch.randint(4, (6,))
    p = scores.exp() / scores.exp().sum(1, keepdim=True)
    q = torch.full_like(p, smoothing / 4) + (1 - smoothing) * functional.one_hot(target, 4)
    each = -(q * p.log()).sum(1)
    assert torch.allclose(each, functional.cross_entropy(scores, target, reduction="none", label_smoothing=smoothing))
    assert torch.allclose(each.mean(), functional.cross_entropy(scores, target, label_smoothing=smoothing))
    other = torch.randn_like(scores)
    assert torch.allclose(((scores - other) ** 2).mean(), functional.mse_loss(scores, other))


def test_pictures_run_from_minus_one_to_one() -> None:
    assert CATALOG["Digits"].formula == "image = (pixels − 8) / 8"
    from netbuilder.engine.loaders.digits import load_digits

    (images, _), _ = load_digits()
    assert (float(images.min()), float(images.max())) == (-1, 1)
