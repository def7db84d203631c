"""The well-known networks among the examples: their text, their shapes, and that they learn.

ResNet-18 and VGG-11 have to the letter the parameters that torchvision publishes. After a change of the text that is
meant, rewrite the golden files and read the difference:

    NETBUILDER_REWRITE_GOLDEN=1 python -m pytest tests/codegen/test_models.py
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from math import prod
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from netbuilder.codegen import make_plan
from netbuilder.engine.analysis import Analyst, analyse
from tests.drawings import assert_formatted, draw, example, run_text
from tests.examples_models import MODELS

GOLDEN = Path(__file__).parent / "golden" / "models"
NO_PROGRAM = {"dcgan_generator"}  # it is trained together with the discriminator, by a program of one's own
LARGE = {"resnet18", "vgg11"}
TEXTS = [(name, kind) for name in MODELS for kind in ("module", "script") if kind == "module" or name not in NO_PROGRAM]
Shape = tuple[str, tuple[int, ...]]  # of what is stored under that name


@cache
def _analysed(name: str) -> Analyst:
    return analyse(example(name), Path())


@cache
def _program(name: str) -> SimpleNamespace:
    """What the training program defines; of one that is not complete, the module."""
    analyst = _analysed(name)
    return run_text(analyst.module if name in NO_PROGRAM else analyst.script)


def _model(name: str, device: str = "cpu") -> nn.Module:
    torch.manual_seed(0)
    with torch.device(device):
        model = vars(_program(name))[example(name).main.name]()
    assert isinstance(model, nn.Module)
    return model


def _given(name: str, batch: int, device: str = "cpu") -> list[Tensor]:
    """What the network is called with."""
    analyst = _analysed(name)
    found = []
    for node, port in make_plan(analyst.graph).inputs:
        spec = analyst.reports[node].outputs[port]
        shape = [batch if size == "N" else int(size) for size in spec.shape]
        whole = torch.randint(spec.classes or 2, shape) if spec.dtype == "int64" else torch.randn(shape)
        found.append(whole.to(device))
    return found


def _together(outputs: Tensor | tuple[Tensor, ...]) -> list[Tensor]:
    return [outputs] if isinstance(outputs, Tensor) else list(outputs)


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_wrong_with_it(name: str) -> None:
    analyst = _analysed(name)
    assert not [str(problem.sentence) for problem in analyst.all_problems]
    assert bool(analyst.obstacles) == (name in NO_PROGRAM)


@pytest.mark.parametrize(("name", "kind"), TEXTS)
def test_the_text_is_the_golden_one(name: str, kind: str) -> None:
    source = _analysed(name).module if kind == "module" else _analysed(name).script
    assert source.complete
    path = GOLDEN / f"{name}_{kind}.py"
    if os.environ.get("NETBUILDER_REWRITE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(source.text, "utf-8")
    assert source.text == path.read_text("utf-8")


def test_there_is_a_golden_file_for_every_text_and_no_other() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}_{kind}.py" for name, kind in TEXTS}


def test_the_texts_need_no_formatting_and_no_fixing(tmp_path: Path) -> None:
    texts = {f"{name}_{kind}.py": (GOLDEN / f"{name}_{kind}.py").read_text("utf-8") for name, kind in TEXTS}
    assert_formatted(texts, tmp_path / "exported")


@pytest.mark.parametrize("name", MODELS)
def test_shapes_and_numbers_of_parameters_are_as_predicted(name: str) -> None:
    analyst, device = _analysed(name), "meta" if name in LARGE else "cpu"
    model = _model(name, device).eval()
    outputs = _together(model(*_given(name, 3, device)))
    plan = make_plan(analyst.graph)
    predicted = [analyst.reports[node].outputs[port].shape for node, port in plan.outputs]
    assert [tuple(output.shape) for output in outputs] == [(3, *shape[1:]) for shape in predicted]
    weights = sum(parameter.numel() for parameter in model.parameters())
    assert weights == analyst.parameters


@pytest.mark.parametrize("name", sorted(set(MODELS) - NO_PROGRAM - {"vgg11"}))
def test_it_learns(name: str) -> None:
    program, model = _program(name), _model(name)
    train, _ = program.load_data()
    batch = [tensor[:8] for tensor in train]
    if name in LARGE:
        batch = [batch[0][:2, :, :64, :64], batch[1][:2]]
    optimizer = program.make_optimizer(model)
    losses = []
    for _ in range(2 if name in LARGE else 6):
        loss = program.objective(*program.predict(model, batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert torch.tensor(losses).isfinite().all()
    assert name in LARGE or losses[-1] < losses[0]
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_a_step_of_vgg11_runs_where_nothing_is_stored() -> None:
    program, model = _program("vgg11"), _model("vgg11", "meta")
    batch = [torch.empty(2, 3, 224, 224, device="meta"), torch.empty(2, dtype=torch.int64, device="meta")]
    loss = program.objective(*program.predict(model, batch))
    loss.backward()
    program.make_optimizer(model).step()
    assert loss.shape == ()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize("name", sorted(set(MODELS) - LARGE))
def test_a_saved_state_gives_the_same_numbers(name: str, tmp_path: Path) -> None:
    model, given = _model(name), _given(name, 3)
    model(*given)  # moves the running statistics away from where they start
    torch.save(model.state_dict(), tmp_path / "state.pt")
    other = _model(name)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.zero_()
    other.load_state_dict(torch.load(tmp_path / "state.pt"))
    both = []
    for one in (model, other):
        torch.manual_seed(1)  # for noise
        both.append(_together(one.eval()(*given)))
    assert all(torch.equal(a, b) for a, b in zip(*both, strict=True))


def _batch_norm(name: str, size: int) -> list[Shape]:
    per_channel = [(f"{name}.{key}", (size,)) for key in ("weight", "bias", "running_mean", "running_var")]
    return [*per_channel, (f"{name}.num_batches_tracked", ())]


def _resnet_18() -> Iterator[Shape]:
    """The state of torchvision's resnet18: names and shapes in order."""
    yield "conv1.weight", (64, 3, 7, 7)
    yield from _batch_norm("bn1", 64)
    before = 64
    for i, width in enumerate((64, 128, 256, 512), 1):
        for j in (0, 1):
            block = f"layer{i}.{j}"
            yield f"{block}.conv1.weight", (width, before, 3, 3)
            yield from _batch_norm(f"{block}.bn1", width)
            yield f"{block}.conv2.weight", (width, width, 3, 3)
            yield from _batch_norm(f"{block}.bn2", width)
            if before != width:
                yield f"{block}.downsample.0.weight", (width, before, 1, 1)
                yield from _batch_norm(f"{block}.downsample.1", width)
            before = width
    yield "fc.weight", (1000, 512)
    yield "fc.bias", (1000,)


def _vgg_11() -> Iterator[Shape]:
    """The state of torchvision's vgg11: names and shapes in order."""
    index, before = 0, 3
    for width in (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0):
        if width:
            yield f"features.{index}.weight", (width, before, 3, 3)
            yield f"features.{index}.bias", (width,)
            before = width
        index += 2 if width else 1  # a convolution and its ReLU, or a pooling
    for index, sizes in ((0, (4096, 512 * 7 * 7)), (3, (4096, 4096)), (6, (1000, 4096))):
        yield f"classifier.{index}.weight", sizes
        yield f"classifier.{index}.bias", sizes[:1]


@pytest.mark.parametrize(
    ("name", "published", "count"),
    [("resnet18", list(_resnet_18()), 11_689_512), ("vgg11", list(_vgg_11()), 132_863_336)],
)
def test_the_parameters_are_those_of_torchvision(name: str, published: list[Shape], count: int) -> None:
    model = _model(name, "meta")
    assert [(key, tuple(value.shape)) for key, value in model.state_dict().items()] == published
    assert sum(prod(parameter.shape) for parameter in model.parameters()) == count


def test_the_siamese_branches_are_one() -> None:
    model = _model("siamese")
    assert {key.split(".")[0] for key in model.state_dict()} == {"branch", "fc"}
    first, second = _given("siamese", 2)
    assert torch.equal(model(first, second), model(second, first))


def test_the_gpt_sees_no_later_step_and_ties_its_weights() -> None:
    model = _model("char_gpt").eval()
    assert model.get_submodule("head").weight is model.get_submodule("embedding").weight
    (tokens,) = _given("char_gpt", 2)
    changed = tokens.clone()
    changed[:, 20] = (changed[:, 20] + 1) % 65
    before, after = model(tokens), model(changed)
    assert torch.equal(before[..., :20], after[..., :20])
    assert not torch.allclose(before[..., 20:], after[..., 20:])


def test_the_kl_term_is_that_of_the_bell_curve() -> None:
    model = _model("vae").eval()
    (pictures,) = _given("vae", 5)
    _, kl = model(pictures)
    mean, log_var = model.get_submodule("encoder")(pictures)
    curve = torch.distributions.Normal(mean, (log_var / 2).exp())
    expected = torch.distributions.kl_divergence(curve, torch.distributions.Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(kl, expected)


def test_generator_and_discriminator_train_against_each_other() -> None:
    generator, discriminator = _model("dcgan_generator"), _model("dcgan_discriminator")
    program = _program("dcgan_discriminator")
    optimizers = [program.make_optimizer(model) for model in (generator, discriminator)]
    real, ones, zeros = program.load_data()[0][0][:8], torch.ones(8), torch.zeros(8)
    (noise,) = _given("dcgan_generator", 8)
    tricked = []
    for _ in range(3):
        images = generator(noise)
        judged = [discriminator(real), discriminator(images.detach())]
        optimizers[1].zero_grad()
        (program.objective(judged[0], ones) + program.objective(judged[1], zeros)).backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        loss = program.objective(discriminator(images), ones)
        loss.backward()
        optimizers[0].step()
        tricked.append(loss.item())
    assert images.abs().max() <= 1
    assert len(set(tricked)) == 3
    assert torch.tensor(tricked).isfinite().all()


@pytest.mark.parametrize(
    ("name", "network", "sizes", "shapes"),
    [
        ("resnet18", "BasicBlock", (4, 6), ((4, 9, 9), (6, 9, 9))),
        ("char_gpt", "Block", (32, 48), ((5, 32), (5, 32))),
        ("mobilenet_v2", "InvertedResidual", (6, 10), ((6, 7, 7), (6, 7, 7))),
        ("unet", "DoubleConv", (2, 5), ((2, 8, 8), (5, 8, 8))),
    ],
)
def test_the_class_of_a_block_works_for_other_sizes_than_the_drawn_ones(
    name: str, network: str, sizes: tuple[int, ...], shapes: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    known = {"downsample": True} if network == "BasicBlock" else {}
    block = vars(_program(name))[network](*sizes, **known)
    assert block(torch.randn(2, *shapes[0])).shape == (2, *shapes[1])


def test_arguments_reach_function_calls_and_the_layers_of_a_sequential() -> None:
    graph = draw("""
        network Pair width=4! slope=0.5 sequential
            input Input shape=3
            fc Linear out_features=$width
            relu LeakyReLU negative_slope=$slope
            output Output
            input > fc > relu > output
        network Block size=4! steepness=0.25
            input Input shape=3
            pair Network of=Pair width=$size slope=$steepness
            relu LeakyReLU negative_slope=$steepness written=function
            output Output
            input > pair > relu > output
        main
            input Input shape=3
            block Network of=Block size=5 steepness=0.125
            input > block
    """)
    analyst = analyse(graph, Path())
    assert not analyst.all_problems
    block = run_text(analyst.module).Net().block
    x = torch.randn(4, 3)
    assert block.pair[0].out_features == 5
    assert torch.equal(block(x), nn.functional.leaky_relu(block.pair[0](x), 0.125**2))
