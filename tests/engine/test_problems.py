"""Whatever is wrong is said at its node, and every fix that is offered leaves a drawing without that problem."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import msgspec
import pytest

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused, say
from netbuilder.bridge.reports import Fix, Problem, TensorSpec
from netbuilder.codegen import make_plan
from netbuilder.engine import checks
from netbuilder.engine.analysis import Analyst
from netbuilder.engine.checks.surroundings import PROGRAM
from netbuilder.graph import commands, fixes
from netbuilder.graph.files import load
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Wire
from tests.drawings import EXAMPLES, ROOT, draw
from tests.engine.test_samples import LAYERS, specs


def look(graph: Graph) -> Analyst:
    """What is known of a drawing."""
    analyst = Analyst(trusted=False)
    analyst.open(graph, Path())
    return analyst


def classifier(*lines: str, loss: str = "CrossEntropyLoss", target: str = "target=classes classes=5") -> str:
    """A drawing of 12 numbers per sample, some layers, and a loss; the last of them is called `last`."""
    data = f"r RandomTensors input_shape=12 {target}\nloss {loss}"
    return "\n".join([data, *lines, "r.y > loss.target"])


def behind(shape: str, block: str, dtype: str = "float32") -> str:
    """A drawing of one block, called `it`, behind an Input."""
    return f"x Input shape={shape} dtype={dtype}\nit {block}\nx > it"


def meet(one: str, other: str, block: str = "Add", dtype: str = "float32") -> str:
    """A drawing of a block called `it` with two inputs."""
    port = "other" if block in ("Subtract", "Maximum") else "input2"
    inputs = f"a Input shape={one} dtype={dtype}\nb Input shape={other} dtype={dtype}"
    return f"{inputs}\nit {block}\na > it\nb > it.{port}"


NUMBERS = "target=numbers target_shape="
SEQUENTIAL = "fc Linear out_features=5\nr.x > fc > loss"


def watched(metric: str, target: str = "target=classes classes=5", source: str = "fc") -> str:
    """A drawing of a Linear to five numbers, and a metric called `it` of them."""
    loss = "CrossEntropyLoss" if "classes" in target else "MSELoss"
    return f"{classifier(SEQUENTIAL, loss=loss, target=target)}\nit {metric}\n{source} > it\nr.y > it.target"


# A drawing, the node, the sentence, and the labels of the fixes.
ERRORS: list[tuple[str, str, str, list[str]]] = [
    (
        watched("F1Score of_class=5"),
        "it",
        "it looks at class 5, and there are 5 classes, the first of which is 0.",
        ["Look at all classes"],
    ),
    (
        watched("TopKAccuracy k=6"),
        "it",
        "it looks at the 6 highest scores, and there are 5 classes.",
        ["Look at 2"],
    ),
    (
        watched("Accuracy dim=2"),
        "it",
        "it: N×5 has no dimension 2 that could run over the classes.",
        ["Use dimension 1"],
    ),
    (
        "r RandomTensors input_shape=3,12 target=sequence target_shape=3 classes=5\nfc Linear out_features=5\n"
        "turn Permute dims=0,2,1\nloss CrossEntropyLoss\nit Perplexity\nr.x > fc > turn > loss\nfc > it\n"
        "r.y > loss.target\nr.y > it.target",
        "it",
        "it looks for the classes of N×3×5 in dimension 1; the target N×3 goes with -1.",
        ["Use dimension -1"],
    ),
    (
        watched("ConfusionMatrix", target="target=classes classes=300").replace("features=5", "features=300"),
        "it",
        "it would be a table of 300 × 300 counts; it has room for 256 classes.",
        ["Remove it"],
    ),
    (
        watched("MeanAbsoluteError"),
        "it",
        "it compares numbers, and the target N holds the numbers of classes: take another metric.",
        ["Use Accuracy"],
    ),
    (
        watched("BinaryRecall"),
        "it",
        "it compares numbers, and the target N holds the numbers of classes: take another metric.",
        ["Use Recall"],
    ),
    (
        watched("F1Score", target="target=numbers target_shape=5"),
        "it",
        "it takes the number of the right class as target, gets N×5 of float32: for one-hot rows take their ArgMax, "
        "for answers of yes or no another metric.",
        ["Rows are one-hot: put an ArgMax before the target", "Use BinaryF1Score"],
    ),
    (
        watched("R2Score", target="target=numbers target_shape=5,1"),
        "it",
        "it compares N×5 with N×5×1: the shapes must be the same.",
        ["Make N×5 of N×5×1: put a Squeeze before it"],
    ),
    (
        behind("3,8,8", "Linear in_features=192"),
        "it",
        "it expects 192 features, and N×3×8×8 has as many in each sample: put a Flatten before it.",
        ["Put a Flatten before it", "Use 8"],
    ),
    (
        behind("1,4,4", "Conv2d kernel_size=5,7"),
        "it",
        "it cannot take N×1×4×4: its kernel is larger than the picture that comes in.",
        ["Use a padding of 1×2", "Use a kernel size of 4"],
    ),
    (
        behind("1,4", "Conv1d kernel_size=3 dilation=3 out_channels=2"),
        "it",
        "it cannot take N×1×4: its kernel is larger than the signal that comes in.",
        ["Use a padding of 2", "Use a kernel size of 2"],
    ),
    (
        behind("1,4,4", "MaxPool2d kernel_size=9"),
        "it",
        "it cannot take N×1×4×4: its kernel is larger than the picture that comes in.",
        ["Use a padding of 3", "Use a kernel size of 4"],
    ),
    (
        behind("1,4,4,4", "AvgPool3d kernel_size=20"),
        "it",
        "it cannot take N×1×4×4×4: its kernel is larger than the volume that comes in.",
        ["Use a kernel size of 4"],
    ),
    (
        behind("6,9,9", "Conv2d groups=4 out_channels=8"),
        "it",
        "it: 6 channels cannot be shared evenly by 4 groups.",
        ["Use 2 groups"],
    ),
    (
        behind("8,9,9", "Conv2d groups=4 out_channels=6"),
        "it",
        "it: 6 channels cannot be shared evenly by 4 groups.",
        ["Use 2 groups", "Use 8 out channels"],
    ),
    (
        behind("6,9,9", "GroupNorm num_groups=4"),
        "it",
        "it: 6 channels cannot be shared evenly by 4 groups.",
        ["Use 3 groups"],
    ),
    (
        behind("6,9,9", "ChannelShuffle groups=4"),
        "it",
        "it: 6 channels cannot be parted evenly by 4.",
        ["Use 3 groups"],
    ),
    (
        behind("6,9,9", "PixelShuffle upscale_factor=2"),
        "it",
        "it: 6 channels cannot be parted evenly by 4.",
        ["Put a 1×1 convolution to 8 channels before it"],
    ),
    (
        behind("5,10", "MultiheadAttention num_heads=4") + "\nx > it.key\nx > it.value",
        "it",
        "it: 10 features cannot be shared evenly by 4 heads.",
        ["Use 5 heads"],
    ),
    (
        behind("5,9", "TransformerEncoderLayer nhead=4"),
        "it",
        "it: 9 features cannot be shared evenly by 4 heads.",
        ["Use 3 heads"],
    ),
    (
        meet("3,56,56", "3,55,53"),
        "it",
        "it cannot combine N×3×56×56 with N×3×55×53: in dimension 2 they have 56 and 55.",
        ["Pad the smaller one to 56×56", "Crop the larger one to 55×53", "Stretch the smaller one to 56×56"],
    ),
    (
        meet("64,56,56", "128,56,56"),
        "it",
        "it cannot combine N×64×56×56 with N×128×56×56: in dimension 1 they have 64 and 128.",
        ["Put a 1×1 convolution to 128 channels before input1", "Put a 1×1 convolution to 64 channels before input2"],
    ),
    (
        meet("64,56,56", "128,28,28", "Subtract"),
        "it",
        "it cannot combine N×64×56×56 with N×128×28×28: in dimension 1 they have 64 and 128.",
        ["Put a 1×1 convolution to 128 channels before input"],
    ),
    (
        meet("3", "4"),
        "it",
        "it cannot combine N×3 with N×4: in dimension 1 they have 3 and 4.",
        ["Put a Linear to 4 features before the smaller one"],
    ),
    (
        meet("64,56,56", "32,55,55", "Concat"),
        "it",
        "it cannot combine N×64×56×56 with N×32×55×55: in dimension 2 they have 56 and 55.",
        ["Pad the smaller one to 56×56", "Crop the larger one to 55×55", "Stretch the smaller one to 56×56"],
    ),
    (
        meet("4,9", "4,7", "Concat"),
        "it",
        "it cannot combine N×4×9 with N×4×7: in dimension 2 they have 9 and 7.",
        [
            "Join along dimension 2",
            "Pad the smaller one to 9",
            "Crop the larger one to 7",
            "Stretch the smaller one to 9",
        ],
    ),
    (
        meet("4,9", "4", "Concat"),
        "it",
        "it joins what has as many dimensions: N×4×9 has 3, N×4 has 2.",
        [],
    ),
    (
        behind("7", "Linear", "int64"),
        "it",
        "it: the input “input” takes float32 numbers, gets int64.",
        ["Put ToFloat before it"],
    ),
    (
        behind("7", "ReLU", "bool"),
        "it",
        "it: the input “input” takes float32 numbers, gets bool.",
        ["Put ToFloat before it"],
    ),
    (
        behind("7", "Embedding"),
        "it",
        "it: the input “input” takes int64 numbers, gets float32.",
        ["Put ToInt before it"],
    ),
    (
        behind("7,4", "LSTM") + "\nh Input shape=1,4\nh > it.h_0",
        "it",
        "it: h_0, c_0 belong together: wire all of them or none.",
        [],
    ),
    ("it Divide", "it", "it: wire at least one of its inputs, “input” or “other”.", []),
    (
        behind("4,5,5", "ConvTranspose2d stride=2 output_padding=2"),
        "it",
        "it: the output padding must be less than the stride or the dilation.",
        ["Use 1"],
    ),
    (
        behind("4,5,5", "Pad pad=1,2,3"),
        "it",
        "it: the amounts come in pairs, and there are 3.",
        ["Add a 0 at the end"],
    ),
    (
        behind("4,5,5", "Upsample size=9,9"),
        "it",
        "it has both size and scale factor: it takes one of them.",
        ["Keep the size", "Keep the scale factor"],
    ),
    (
        behind("4,5,5", "Interpolate scale_factor="),
        "it",
        "it needs size or scale factor.",
        ["Use the usual scale factor"],
    ),
    (
        behind("4,9,9", "FractionalMaxPool2d output_size=3"),
        "it",
        "it has both output size and output ratio: it takes one of them.",
        ["Keep the output size", "Keep the output ratio"],
    ),
    (
        behind("5,8", "ScaledDotProductAttention is_causal=True")
        + "\nm CausalMask\nx > it.key\nx > it.value\nx > m > it.attn_mask",
        "it",
        "it makes a causal mask by itself and gets one too: it takes one of them.",
        ["Use the mask that is wired"],
    ),
    (
        "x Input shape=3,5\np Transpose\nrelu ReLU\nit View shape=15\nx > p > relu > it",
        "it",
        "it cannot look at these numbers: relu has left them out of order in memory. A Reshape copies them.",
        ["Use Reshape"],
    ),
    (
        "x Input shape=3,6\np Chunk dim=2\nit View shape=9\nout Output\nx > p > it\np.output2 > out",
        "it",
        "it cannot look at these numbers: p has left them out of order in memory. A Reshape copies them.",
        ["Use Reshape"],
    ),
    (
        behind("4,5", "Slice dim=0"),
        "it",
        "it takes places out of the batch: dimension 0 has the samples.",
        ["Use dimension 1"],
    ),
    (
        behind("4,6", "Chunk dim=0") + "\no Output\nit.output2 > o",
        "it",
        "it would change how many samples a batch has.",
        ["Use dimension 1"],
    ),
    (
        behind("16,6,6", "View shape=400"),
        "it",
        "it: each sample has 576 numbers, and the new shape wants 400.",
        ["Use 576"],
    ),
    (
        behind("16,6,6", "Reshape shape=16,25"),
        "it",
        "it: each sample has 576 numbers, and the new shape wants 400.",
        ["Use 16×36"],
    ),
    (
        behind("3,5", "Reshape shape=?,4"),
        "it",
        "it: 15 numbers cannot be laid out in rows of 4.",
        [],
    ),
    (
        behind("15", "Unflatten unflattened_size=3,4"),
        "it",
        "it: there are 15 numbers, and the new sizes want 12.",
        ["Use 3×5"],
    ),
    (
        behind("5,1,1", "InstanceNorm2d") + "\nfc Linear\nit > fc",
        "it",
        "it would bring each number by itself to mean 0, so that nothing is left: it needs more than one.",
        ["Remove it"],
    ),
    (
        "d Digits\nit Embedding num_embeddings=7\nd.label > it",
        "it",
        "it has rows for 7 indices, and 10 different ones come in.",
        ["Use 10"],
    ),
    (
        "d Digits\nu Unsqueeze\nf Flatten\nit OneHot num_classes=9\nd.label > u > f > it",
        "it",
        "it has rows for 9 indices, and 10 different ones come in.",
        ["Use 10"],
    ),
    (
        "d Digits\nfc Linear\nloss CrossEntropyLoss\nd.image > fc > loss\nd.label > loss.target",
        "loss",
        "loss takes one row of numbers per sample (N×C), gets N×1×8×10: put a Flatten before the first Linear.",
        ["Put a Flatten before fc"],
    ),
    (
        "d Digits\nc Conv2d out_channels=10 kernel_size=8\nloss CrossEntropyLoss\nd.image > c > loss\n"
        "d.label > loss.target",
        "loss",
        "loss takes one row of numbers per sample (N×C), gets N×10×1×1: put a Flatten before it.",
        ["Put a Flatten before loss"],
    ),
    (
        classifier("fc Linear out_features=4\nrelu ReLU\nr.x > fc > relu > loss"),
        "loss",
        "loss: the labels have 5 classes, but there are scores for 4 only.",
        ["Give fc 5 out features"],
    ),
    (
        classifier(SEQUENTIAL, target=NUMBERS + "5"),
        "loss",
        "loss takes the number of the right class as target, gets N×5 of float32: for one-hot rows take their ArgMax, "
        "for answers of yes or no another loss.",
        ["Rows are one-hot: put an ArgMax before the target", "Use BCEWithLogitsLoss"],
    ),
    (
        classifier("fc Linear out_features=5\nto ToInt\nr.x > fc > loss", target=NUMBERS + "5").replace(
            "r.y > loss.target", "r.y > to > loss.target"
        ),
        "loss",
        "loss takes one class number for each of N here, and the target is N×5: it looks one-hot.",
        ["Put an ArgMax before the target"],
    ),
    (
        classifier("fc Linear out_features=5\nto ToInt\nr.x > fc > loss", target=NUMBERS + "1").replace(
            "r.y > loss.target", "r.y > to > loss.target"
        ),
        "loss",
        "loss takes one class number for each of N here, and the target is N×1.",
        ["Make N of N×1: put a Squeeze before it"],
    ),
    (
        classifier(SEQUENTIAL, loss="MSELoss"),
        "loss",
        "loss compares numbers, and the target N holds the numbers of classes: that is for another loss.",
        ["Use CrossEntropyLoss"],
    ),
    (
        classifier("fc Linear out_features=5\nto ToInt\nr.x > fc > loss", loss="L1Loss", target=NUMBERS + "5").replace(
            "r.y > loss.target", "r.y > to > loss.target"
        ),
        "loss",
        "loss compares numbers of type float32, and the target N×5 is of whole numbers.",
        ["Put a ToFloat before the target"],
    ),
    (
        classifier(
            "fc Linear out_features=1\ns Select\nr.x > fc > loss", loss="HuberLoss", target=NUMBERS + "1"
        ).replace("r.y > loss.target", "r.y > s > loss.target"),
        "loss",
        "loss compares N×1 with N: the shapes must be the same.",
        ["Make N of N×1: put a Squeeze before it"],
    ),
    (
        classifier(SEQUENTIAL, loss="SmoothL1Loss", target=NUMBERS + "10"),
        "loss",
        "loss compares N×5 with N×10: the shapes must be the same.",
        ["Give fc 10 out features"],
    ),
    (
        classifier("fc Linear out_features=6\nr.x > fc > loss", loss="MSELoss", target=NUMBERS + "2,3"),
        "loss",
        "loss compares N×6 with N×2×3: the shapes must be the same.",
        ["Put Flatten before it"],
    ),
    (
        classifier(SEQUENTIAL, loss="BCELoss", target=NUMBERS + "5"),
        "loss",
        "loss takes probabilities from 0 to 1, and fc gives any numbers: there is no sigmoid between.",
        ["Use BCEWithLogitsLoss", "Put Sigmoid before it"],
    ),
    (
        classifier("fc Linear out_features=5\nsoft Softmax\nr.x > fc > soft > loss", loss="NLLLoss"),
        "loss",
        "loss takes logarithms of probabilities, and soft gives the probabilities themselves.",
        ["Use LogSoftmax for soft"],
    ),
    (
        classifier(
            "fc Linear out_features=5\nsoft Softmax\nr.x > fc > soft > loss", loss="KLDivLoss", target=NUMBERS + "5"
        ),
        "loss",
        "loss takes logarithms of probabilities, and soft gives the probabilities themselves.",
        ["Use LogSoftmax for soft"],
    ),
    (
        "network Inner\ni Input shape=4\no Output\nfc Linear\nl Loss\ni > fc > o\nfc > l\nmain\nx Input shape=4\n"
        "n Network of=Inner\nx > n",
        "net_inner_l",
        "l belongs into the network that is trained, not into one that is placed in it.",
        ["Remove l"],
    ),
]
WARNINGS: list[tuple[str, str, str, list[str]]] = [
    (
        "x Input shape=1,8,8\nc Conv2d out_channels=4\nrelu ReLU\nit Linear\nx > c > relu > it",
        "it",
        "it gets pictures (N×4×6×6) and works on their last side alone: put a Flatten before it.",
        ["Put a Flatten before it"],
    ),
    (
        behind("4,5", "Select dim=0"),
        "it",
        "it takes places out of the batch: dimension 0 has the samples.",
        ["Use dimension 1"],
    ),
    (
        classifier("fc Linear out_features=7\nr.x > fc > loss"),
        "loss",
        "loss: there are scores for 7 classes, and the labels have 5 only.",
        ["Give fc 5 out features"],
    ),
    (
        classifier("fc Linear out_features=5\nsoft Softmax\nr.x > fc > soft > loss"),
        "loss",
        "loss does the work of soft itself: with a softmax before it, the network hardly learns.",
        ["Remove soft"],
    ),
    (
        classifier("fc Linear out_features=5\nsoft Softmax\no Output\nr.x > fc > soft > loss\nsoft > o"),
        "loss",
        "loss does the work of soft itself: with a softmax before it, the network hardly learns.",
        [],
    ),
    (
        classifier(
            "fc Linear out_features=5\ns Sigmoid\nr.x > fc > s > loss", loss="BCEWithLogitsLoss", target=NUMBERS + "5"
        ),
        "loss",
        "loss does the work of s itself: with a sigmoid before it, the network hardly learns.",
        ["Remove s"],
    ),
    (
        classifier(SEQUENTIAL, loss="NLLLoss"),
        "loss",
        "loss takes logarithms of probabilities, and fc gives raw scores.",
        ["Use CrossEntropyLoss", "Put LogSoftmax before it"],
    ),
    (
        classifier("fc Linear out_features=5\naside Linear\no Output\nr.x > fc > loss\nr.x > aside > o"),
        "aside",
        "No loss depends on aside: its weights stay as they are.",
        [],
    ),
    (
        classifier("fc Linear out_features=5\npick Linear\nbest ArgMax\ne Embedding embedding_dim=12\nadd Add\n"
                   "r.x > pick > best > e > add > fc > loss\nr.x > add.input2"),
        "pick",
        "No loss depends on pick: its weights stay as they are.",
        [],
    ),
]  # fmt: skip
BATCH_OF_ONE = classifier("fc Linear out_features=5\nnorm BatchNorm1d\nr.x > fc > norm > loss")


def found(analyst: Analyst, node: str, sentence: str) -> Problem:
    """The problem; what else there is is said where it is not there."""
    said = {str(problem.sentence): problem for problem in analyst.reports[node].problems}
    assert sentence in said, list(said)
    return said[sentence]


def mended(graph: Graph, problem: Problem, fix: Fix) -> None:
    """Assert that the fix takes the problem away and brings no error."""
    before = {(p.node, p.sentence.text) for p in look(graph).all_problems if p.level == "error"}
    analyst = look(graph.apply(fixes.apply(graph, fix)))
    after = {(p.node, p.sentence.text): str(p.sentence) for p in analyst.all_problems}
    assert (problem.node, problem.sentence.text) not in after
    errors = {(p.node, p.sentence.text): p for p in analyst.all_problems if p.level == "error"}
    known = (
        "{node}: the input “{port}” has no wire.",
        "Nothing takes the output of {node}: wire it on, add an Output, or delete it.",
    )
    assert {key for key in errors if key[1] not in known} <= before, (str(fix.label), after)


@pytest.mark.parametrize(
    ("level", "text", "node", "sentence", "labels"),
    [*(("error", *case) for case in ERRORS), *(("warning", *case) for case in WARNINGS)],
)
def test_what_is_wrong_is_said_and_mended(level: str, text: str, node: str, sentence: str, labels: list[str]) -> None:
    graph = draw(text)
    problem = found(look(graph), node, sentence)
    assert problem.level == level
    assert [str(fix.label) for fix in problem.fixes] == labels
    for fix in problem.fixes:
        mended(graph, problem, fix)


def test_an_embedding_is_offered_where_the_number_of_classes_is_known() -> None:
    inputs = {"input": TensorSpec(("N", 7), "int64", 10)}
    node = Node("it", "Linear", "it")
    (problem,) = checks.ports(node, node.entry.inputs, inputs, inputs, {})
    assert [fix.block for fix in problem.fixes] == ["Embedding", "ToFloat"]
    assert problem.fixes[0].params == {"num_embeddings": 10}


def test_batch_norm_over_a_batch_of_one_is_refused_only_where_nothing_is_left() -> None:
    graph = draw(BATCH_OF_ONE, batch_size=1)
    text = (
        "norm takes the mean of each channel over a batch of one sample: with batches of 1 there is nothing to compare."
    )
    problem = found(look(graph), "norm", text)
    assert problem.fix is not None and problem.fix.block == "GroupNorm"
    mended(graph, problem, problem.fix)
    assert not look(draw(BATCH_OF_ONE, batch_size=2)).all_problems


CODE = "def {name}(x):\n    return x{more}\n"


def python(*codes: str) -> Graph:
    """A drawing of Python blocks in a row."""
    graph = draw("x Input shape=4\nfc Linear\nx > fc")
    for i, code in enumerate(codes):
        node = Node(f"p{i}", "Python", f"p{i}", 0, 500 + 64 * i, {"code": code})
        wire = Wire(f"p{i - 1}" if i else "fc", "output", node.id, "x")
        graph = graph.apply({node.id: (None, node), wire.id: (None, wire)})
    return graph


def test_a_definition_that_would_take_the_programs_place_is_refused() -> None:
    text = "p0: the program itself has something called objective: give it another name."
    assert found(look(python(CODE.format(name="objective", more=""))), "p0", text).level == "error"
    same, other = CODE.format(name="twice", more=""), CODE.format(name="twice", more=" * 2")
    text = "p1 and p0 define twice in different ways: give one of them another name."
    assert found(look(python(same, other)), "p1", text).level == "error"
    said = look(python(same, same)).reports["p1"].problems
    assert not any("twice" in str(problem.sentence) for problem in said)


@pytest.mark.parametrize("name", ["digits", "mnist_convnet", "two_layer_net"])
def test_all_that_stands_at_the_top_of_a_program_is_known(name: str) -> None:
    names: set[str] = set()
    for statement in ast.parse((ROOT / "tests/codegen/golden" / f"{name}_script.py").read_text("utf-8")).body:
        if isinstance(statement, ast.FunctionDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            names |= {one.asname or one.name for one in statement.names}
    assert "main" in names
    assert names - {"annotations"} <= PROGRAM


QUIET = [
    # Linear may well work on the last side of what is no picture.
    behind("5,6,7", "Linear"),
    "x Input shape=4,8,8\nc Conv2d\np Permute dims=0,2,3,1\nit Linear\nx > c > p > it",
    # A View of numbers in order, and of what lies in order although it was moved.
    "x Input shape=3,5\nrelu ReLU\nit View shape=15\nx > relu > it",
    "x Input shape=1,5\np Transpose\nit View shape=5\nx > p > it",
    "x Input shape=3,5\np Transpose\nl Linear\nit View shape=50\nx > p > l > it",
    "x Input shape=6,4\np Slice dim=2 stop=2\nrelu ReLU\nit View shape=12\nx > p > relu > it",
    # Losses that get what they want.
    classifier("fc Linear out_features=5\nsoft LogSoftmax\nr.x > fc > soft > loss", loss="NLLLoss"),
    classifier("fc Linear out_features=5\nsoft Sigmoid\nr.x > fc > soft > loss", loss="BCELoss", target=NUMBERS + "5"),
    classifier(SEQUENTIAL, loss="BCEWithLogitsLoss", target=NUMBERS + "5"),
    classifier("fc Linear out_features=5\nr.x > fc > loss"),
    meet("3,1,5", "3,4,5"),
    behind("4,5,5", "ConvTranspose2d stride=2 output_padding=1"),
    behind("4,5", "Slice dim=0 stop="),
]


@pytest.mark.parametrize("text", QUIET)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert [str(problem.sentence) for problem in look(draw(text)).all_problems] == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.netb")), ids=lambda path: path.stem)
def test_the_examples_are_left_alone(path: Path) -> None:
    said = [str(problem.sentence) for problem in look(load(path)).all_problems]
    assert [words for words in said if "trust" not in words and "folder" not in words] == []


@pytest.mark.parametrize("name", LAYERS)
def test_a_blocks_own_sample_is_left_alone(name: str) -> None:
    block, known, node = CATALOG[name], specs(CATALOG[name]), Node("it", name, "it")
    values, problems = checks.fill(node, block, block.defaults(), known)
    wired = [port.name for port in block.input_ports({}) if port.name in known]
    problems += checks.ports(node, block.input_ports({}), known, wired, {})
    graph = Graph().apply({"it": (None, node)})
    case = checks.Case(node, block, values, known)
    problems += checks.contradictions(case)
    if block.role != "layer":
        problems += checks.target(case, checks.Scene(graph, make_plan(graph), {}))
    assert [str(problem.sentence) for problem in problems] == []


def test_a_fix_goes_where_it_works() -> None:
    inner = "network Inner heads=4\ni Input shape=5,10\no Output\natt MultiheadAttention num_heads={heads}\n"
    inner += "i > att > o\ni > att.key\ni > att.value\nmain\nx Input shape=5,10\nn Network of=Inner\nx > n"
    text = "att: 10 features cannot be shared evenly by 4 heads."
    graph = draw(inner.format(heads=4))
    problem = found(look(graph), "net_inner_att", text)
    assert problem.fix is not None
    mended(graph, problem, problem.fix)
    # A parameter that is bound has its argument's value, whatever it is set to.
    assert found(look(draw(inner.format(heads="$heads"))), "net_inner_att", text).fixes == ()
    # A node that uses another's layer has that one's parameters; the size that comes in there is another.
    graph = draw("x Input shape=6\na Linear out_features=5\nb Linear layer=a in_features=6\nx > a > b")
    after = graph.apply(fixes.apply(graph, Fix(say("Use 7"), "b", {"out_features": 7})))
    assert after.nodes["a"].params == {"out_features": 7}
    graph = draw("x Input shape=6\na Linear out_features=5 in_features=6\nb Linear layer=a\nx > a > b")
    assert found(look(graph), "b", "b expects 6 features, gets 5.").fixes == ()


def test_what_is_put_before_a_node_takes_its_place_in_the_wire() -> None:
    graph = draw("x Input shape=3,8,8\nit Linear in_features=192\nrelu ReLU\nx > it > relu")
    wire = graph.wires["it:input"]
    graph = graph.apply({wire.id: (wire, msgspec.structs.replace(wire, via=((300, 20), (300, 900))))})
    (fix, _) = found(
        look(graph), "it", "it expects 192 features, and N×3×8×8 has as many in each sample: put a Flatten before it."
    ).fixes
    after = graph.apply(fixes.apply(graph, fix))
    assert [(w.source, w.target, w.via) for w in after.wires.values() if "flatten1" in (w.source, w.target)] == [
        ("flatten1", "it", ((300, 900),)), ("x", "flatten1", ((300, 20),))
    ]  # fmt: skip
    heights = [after.nodes[key].y for key in ("x", "flatten1", "it", "relu")]
    assert all(low + fixes.STEP <= high for low, high in itertools.pairwise(heights))
    with pytest.raises(Refused):
        fixes.apply(graph, msgspec.structs.replace(fix, port="other"))
    with pytest.raises(Refused):
        fixes.apply(graph, msgspec.structs.replace(fix, node="gone"))


def test_what_an_edit_elsewhere_changes_is_looked_at_again() -> None:
    inner = "network Inner\ni Input shape=4\no Output\nnorm BatchNorm1d\ni > norm > o\nmain\n"
    analyst = look(draw(inner + classifier("fc Linear out_features=4\nn Network of=Inner\nlast Linear out_features=5\n"
                                           "r.x > fc > n > last > loss")))  # fmt: skip
    assert not analyst.all_problems
    analyst.change(commands.set_training(analyst.graph, batch_size=1))
    assert "norm takes the mean" in str(analyst.reports["net_inner_norm"].problems[0].sentence)
    analyst.change(commands.delete(analyst.graph, ["loss"]))
    assert analyst.reports["net_inner_norm"].problems == ()
