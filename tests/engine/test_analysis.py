"""What the analysis says: problems in words, fixes that mend, prices, and the same answer however it was reached."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.messages import Analysis
from netbuilder.bridge.reports import Problem
from netbuilder.engine import checks, terminal
from netbuilder.engine.analysis import Analyst, analyse
from netbuilder.engine.shapes import BATCH, OTHER
from netbuilder.graph import commands
from netbuilder.graph.document import Document
from netbuilder.graph.files import save
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit
from tests.drawings import CLASSIFIER, draw, example
from tests.graph.helpers import graphs, params, possible_wires


def _said(text: str, folder: Path = Path()) -> list[tuple[str | None, str, str]]:
    """Node, level and sentence of each problem of a drawing."""
    return [(p.node, p.level, str(p.sentence)) for p in analyse(draw(text), folder).all_problems]


@pytest.mark.parametrize(
    ("text", "node", "sentence"),
    [
        ("fc Linear\nin0 Input\nadd Add\nin0 > fc > add", "add", "add: the input “input2” has no wire."),
        ("relu ReLU", "relu", "relu: the input “input” has no wire."),
        (
            "in0 Input shape=1,4,4\nconv Conv2d kernel_size=5\nin0 > conv",
            "conv",
            "conv cannot take N×1×4×4: its kernel is larger than the picture that comes in.",
        ),
        (
            "in0 Input shape=1,4,4\npool MaxPool2d kernel_size=5\nin0 > pool",
            "pool",
            "pool cannot take N×1×4×4: its kernel is larger than the picture that comes in.",
        ),
        (
            "digits Digits\nfc Linear\nloss CrossEntropyLoss\ndigits.image > fc > loss\ndigits.label > loss.target",
            "loss",
            "loss takes one row of numbers per sample (N×C), gets N×1×8×10: put a Flatten before the first Linear.",
        ),
        (
            CLASSIFIER.replace("fc2 Linear", "fc2 Linear out_features=9"),
            "loss",
            "loss: the labels have 10 classes, but there are scores for 9 only.",
        ),
        (
            "r RandomTensors\nfc Linear out_features=5\nloss MSELoss\nr.x > fc > loss\nr.y > loss.target",
            "loss",
            "loss compares N×5 with N×10: the shapes must be the same.",
        ),
        (
            "in0 Input dtype=int64\nfc Linear\nin0 > fc",
            "fc",
            "fc: the input “input” takes float32 numbers, gets int64.",
        ),
        (
            CLASSIFIER + "tanh Tanh\nfc1 > tanh",
            "tanh",
            "Nothing takes the output of tanh: wire it on, add an Output, or delete it.",
        ),
        (
            "r RandomTensors\nfc Linear\nmore Linear\nloss MSELoss\nr.x > fc > loss\nr.y > more > loss.target",
            "more",
            "more is computed from the target, so it cannot be a layer of the network.",
        ),
        ("in0 Input shape=3\nconv Conv2d\nin0 > conv", "conv", "conv takes pictures (N×C×H×W), gets N×3."),
        ("digits Digits", None, "There is no layer yet: drag one in from the left."),
        (
            "in0 Input shape=3\nin1 Input shape=4\nadd Add\nin0 > add\nin1 > add.input2",
            "add",
            "add cannot combine N×3 with N×4: in dimension 1 they have 3 and 4.",
        ),
        (
            "digits Digits\nfc Linear\nout Output\ndigits.image > fc\ndigits.image > out",
            "out",
            "out returns something that no layer of the network computes.",
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_is(text: str, node: str | None, sentence: str) -> None:
    assert (node, "error", sentence) in _said(text)


def test_the_examples_have_no_problems_and_nothing_is_wrong_with_nothing() -> None:
    for name in ("digits", "two_layer_net"):
        analyst = analyse(example(name), Path())
        assert not analyst.all_problems and not analyst.obstacles
    assert analyse(Graph(), Path()).all_problems == []


@pytest.mark.parametrize(
    ("text", "key", "sentence"),
    [
        (CLASSIFIER.replace("out_features=32", "in_features=320"), "fc1", "fc1 expects 320 features, gets 64."),
        (
            "in0 Input\nconv Conv2d in_channels=3\nin0 > conv",
            "conv",
            "conv expects 3 channels, gets 1.",
        ),
        ("in0 Input\nnorm BatchNorm2d num_features=3\nin0 > norm", "norm", "norm expects 3 features, gets 1."),
    ],
)  # fmt: skip
def test_a_pinned_size_that_is_wrong_is_mended_by_its_fix(text: str, key: str, sentence: str) -> None:
    document = Document(draw(text))
    (problem,) = analyse(document.graph, Path()).reports[key].problems
    assert str(problem.sentence) == sentence
    assert problem.fix is not None and problem.fix.node == key
    size = sentence.rstrip(".").rpartition(" ")[2]
    assert str(problem.fix.label) == f"Use {size}"
    before = document.graph
    document.commit(commands.set_params(document.graph, key, problem.fix.params), str(problem.fix.label))
    after = analyse(document.graph, Path())
    assert after.all_problems == []
    assert after.module.complete
    assert document.undo() == f"Use {size}"
    assert document.graph == before


def test_a_missing_folder_is_a_warning_and_the_code_is_complete(tmp_path: Path) -> None:
    text = CLASSIFIER.replace("Digits", "MNIST folder=data/none")
    expected = ("digits", "warning", f"digits: the folder {tmp_path / 'data/none'} is not there.")
    assert _said(text, tmp_path) == [expected]
    analyst = analyse(draw(text), tmp_path)
    assert analyst.module.complete and analyst.script.complete
    (tmp_path / "data/none").mkdir(parents=True)
    assert _said(text, tmp_path) == []


def test_a_layer_of_the_objective_written_as_a_module_is_warned_of() -> None:
    text = "r RandomTensors\nfc Linear\ntanh Tanh\nloss MSELoss\nr.x > fc > loss\nr.y > tanh > loss.target"
    graph = draw(text)
    assert analyse(graph, Path()).all_problems == []
    analyst = analyse(graph.apply(commands.set_written(graph, "tanh", "module")), Path())
    said = [(p.node, p.level, str(p.sentence)) for p in analyst.all_problems]
    assert said == [("tanh", "warning", "tanh is computed from the target, so it is written as a function.")]
    assert "    tanh = torch.tanh(y)\n" in analyst.script.text
    assert "tanh" not in analyst.module.text


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (CLASSIFIER, []),
        (
            "in0 Input shape=4\nfc Linear\nin0 > fc",
            [
                "There is no data: add a data block and wire it to the network.",
                "There is no loss: add one and wire it to the network's output and the target.",
                "in0 has no data: wire a data block in its place.",
            ],
        ),
        (CLASSIFIER + "more Digits", []),  # it is read, and nothing is made of it
        (
            "digits Digits\nflatten Flatten\nloss CrossEntropyLoss\n"
            "digits.image > flatten > loss\ndigits.label > loss.target",
            ["The network has no layer with weights: there is nothing to learn."],
        ),
        (
            "digits Digits\nflatten Flatten\nfc Linear\nout Output\nloss CrossEntropyLoss\n"
            "digits.image > flatten > fc > out\nflatten > loss\ndigits.label > loss.target",
            ["No loss depends on a layer with weights: wire the network's output to a loss."],
        ),
    ],
)
def test_what_keeps_a_sound_drawing_from_training_is_said(text: str, sentences: list[str]) -> None:
    analyst = analyse(draw(text), Path())
    assert analyst.all_problems == []
    assert [str(sentence) for sentence in analyst.obstacles] == sentences
    assert analyst.module.complete
    assert analyst.script.complete == (not sentences)


def test_a_script_that_could_not_run_is_not_complete() -> None:
    text = "in0 Input shape=10\nadd Add\nfc2 > add\nin0 > add.input2\nadd > loss"
    analyst = analyse(draw(CLASSIFIER + text), Path())
    assert analyst.obstacles
    assert not analyst.script.complete


def test_mnist_convnet_is_priced_as_by_hand() -> None:
    analyst = analyse(example("mnist_convnet"), Path())
    reports = analyst.reports
    parameters = {"conv1": 10 * 25 + 10, "conv2": 20 * 10 * 25 + 20, "fc1": 320 * 50 + 50, "fc2": 50 * 10 + 10}
    work = {"conv1": 24 * 24 * 10 * 25, "conv2": 8 * 8 * 20 * 10 * 25, "fc1": 320 * 50, "fc2": 50 * 10}
    for key, report in reports.items():
        assert report.parameters == parameters.get(key, 0)
        assert report.multiply_adds == work.get(key, 0)
    assert sum(report.parameters for report in reports.values()) == 21_840
    assert sum(report.multiply_adds for report in reports.values()) == 144_000 + 320_000 + 16_000 + 500


def test_gigantic_layers_are_priced_and_never_allocated() -> None:
    analyst = analyse(
        draw(f"in0 Input shape=1000\na Linear out_features={10**9}\nb Linear out_features={10**9}\nin0 > a > b"), Path()
    )
    assert analyst.all_problems == []
    assert analyst.reports["a"].parameters == 1000 * 10**9 + 10**9
    assert analyst.reports["b"].parameters == 10**18 + 10**9
    assert analyst.reports["b"].outputs["output"].shape == ("N", 10**9)
    assert analyst.reports["a"].multiply_adds == 1000 * 10**9


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (f"in0 Input shape=10\nlast Linear out_features={BATCH}\nin0 > last", ("N", BATCH)),
        (f"in0 Input shape=10\nlast Linear out_features={OTHER}\nin0 > last", ("N", OTHER)),
        (f"in0 Input shape=1,{BATCH}\nlast Flatten start_dim=0\nin0 > last", (f"{BATCH}N",)),
        (
            f"in0 Input shape=10\na Linear out_features=3\nb Linear out_features={BATCH - 3}\nlast Concat\n"
            "in0 > a > last\nin0 > b > last.input2",
            ("N", BATCH),
        ),
    ],
)
def test_a_real_size_is_never_taken_for_the_batchs(text: str, shape: tuple[int | str, ...]) -> None:
    analyst = analyse(draw(text), Path())
    assert analyst.all_problems == []
    assert analyst.reports["last"].outputs["output"].shape == shape


def test_what_fits_one_batch_size_only_is_refused() -> None:
    text = f"in0 Input shape=4\nflatten Flatten start_dim=0\nfc Linear in_features={4 * BATCH}\nin0 > flatten > fc"
    assert ("fc", "error", "fc cannot take 4N with these parameters.") in _said(text)


def test_a_folder_of_any_name_is_looked_for_and_said() -> None:
    analyst = analyse(draw(CLASSIFIER.replace("Digits", "MNIST folder=none")), Path("/odd\ud800\udc80\0"))
    (problem,) = analyst.all_problems
    assert problem.level == "warning"
    assert str(msgspec.json.decode(msgspec.json.encode(problem), type=Problem).sentence).endswith("none is not there.")


def _bypassed(text: str, *keys: str) -> Analyst:
    """What is known of a drawing with these blocks bypassed."""
    graph = draw(text)
    return analyse(graph.apply(commands.set_muted(graph, keys, True)), Path())


def test_a_bypassed_layer_gives_on_what_comes_in_and_costs_nothing() -> None:
    analyst = _bypassed(CLASSIFIER, "fc1", "relu")
    assert not analyst.all_problems and not analyst.obstacles
    report = analyst.reports["fc1"]
    assert report.inputs["input"].shape == report.outputs["output"].shape == ("N", 64)
    assert report.values["in_features"] == 64
    assert (report.parameters, report.multiply_adds, report.problems) == (0, 0, ())
    assert analyst.reports["relu"].outputs == report.outputs
    assert analyst.reports["fc2"].values["in_features"] == 64
    assert "fc1" not in analyst.script.text and "ReLU" not in analyst.script.text
    assert "nn.Linear(64, 10)" in analyst.module.text and analyst.script.complete


def test_without_its_bypassed_blocks_a_drawing_is_written_as_if_they_were_not_there() -> None:
    bypassed = _bypassed(CLASSIFIER, "relu", "accuracy")
    lines = [line for line in CLASSIFIER.splitlines() if "accuracy" not in line]
    without = analyse(draw("\n".join(lines).replace("relu ReLU", "").replace("fc1 > relu", "fc1")), Path())
    assert (bypassed.module.text, bypassed.script.text) == (without.module.text, without.script.text)


def test_nothing_is_wrong_with_a_bypassed_block() -> None:
    wrong = "in0 Input shape=3\nconv Conv2d in_channels=7\nfc Linear\nin0 > conv > fc"
    assert analyse(draw(wrong), Path()).reports["conv"].problems
    analyst = _bypassed(wrong, "conv")
    assert analyst.all_problems == []
    assert analyst.reports["conv"].values["in_channels"] == 7
    assert analyst.reports["conv"].outputs["output"].shape == ("N", 3)
    assert _bypassed("relu ReLU\nin0 Input\nfc Linear\nin0 > fc", "relu").all_problems == []


@pytest.mark.parametrize(
    ("text", "muted", "sentence"),
    [
        (
            "dropout1 Dropout\nfc1 Linear\ndropout1 > fc1",
            ["dropout1"],
            "fc1: the input “input” has no wire: dropout1 before it is bypassed and has none.",
        ),
        (
            "a ReLU\nb ReLU\nfc1 Linear\na > b > fc1",
            ["a", "b"],
            "fc1: the input “input” has no wire: a before it is bypassed and has none.",
        ),
        (
            "in0 Input\nadd Add\nboth Add\nin0 > both\nadd > both.input2",
            ["add"],
            "both: the input “input2” has no wire: add before it is bypassed and has none.",
        ),
        ("a ReLU\nb ReLU\na > b", ["b"], "a: the input “input” has no wire."),
    ],
)
def test_a_bypassed_block_that_gets_nothing_is_named_where_that_is_missed(
    text: str, muted: list[str], sentence: str
) -> None:
    analyst = _bypassed(text, *muted)
    said = [str(problem.sentence) for problem in analyst.all_problems]
    assert sentence in said
    assert not any(analyst.reports[key].problems for key in muted)
    assert not any(analyst.reports[key].outputs for key in muted)
    assert not analyst.module.complete


def test_what_waits_behind_a_bypassed_block_says_nothing_of_its_own() -> None:
    analyst = _bypassed("fc Linear\nrelu ReLU\nmore Linear\nfc > relu > more", "relu")
    assert [p.node for p in analyst.all_problems] == ["fc"]


@pytest.mark.parametrize(
    ("text", "key", "obstacle"),
    [
        (CLASSIFIER, "loss", "There is no loss: add one and wire it to the network's output and the target."),
        (CLASSIFIER, "accuracy", None),
        (CLASSIFIER + "out Output\nfc1 > out", "out", None),
    ],
)
def test_a_bypassed_loss_metric_or_output_drops_out(text: str, key: str, obstacle: str | None) -> None:
    analyst = _bypassed(text, key)
    assert analyst.all_problems == []
    assert [str(sentence) for sentence in analyst.obstacles] == ([obstacle] if obstacle else [])
    assert analyst.module.complete
    assert analyst.script.complete == (obstacle is None)
    assert {"loss": "cross_entropy", "accuracy": "argmax", "out": "return x, "}[key] not in analyst.script.text
    assert analyst.reports[key].outputs == {}
    assert analyst.reports[key].inputs


def test_a_network_of_nothing_but_bypassed_layers_is_said_to_be_one() -> None:
    analyst = _bypassed(CLASSIFIER, "flatten", "fc1", "relu", "fc2")
    assert "All layers are bypassed: there is no network left." in [str(p.sentence) for p in analyst.all_problems]
    analyst = _bypassed("relu ReLU", "relu")
    assert [str(p.sentence) for p in analyst.all_problems] == ["All layers are bypassed: there is no network left."]


def test_the_terminal_lists_what_is_bypassed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = draw(CLASSIFIER)
    save(graph.apply(commands.set_muted(graph, ["fc1"], True)), tmp_path / "a.netb")
    assert terminal.check(tmp_path / "a.netb", as_json=False) == 0
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines() if line}
    assert rows["fc1"] == ["Linear", "N×64", "bypassed"]
    assert rows["relu"] == ["ReLU", "N×64"]
    assert terminal.check(tmp_path / "a.netb", as_json=True) == 0
    nodes = json.loads(capsys.readouterr().out)["nodes"]
    assert [node["name"] for node in nodes if node["bypassed"]] == ["fc1"]


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(graphs())
def test_what_is_said_of_the_rest_is_what_is_said_without_the_bypassed(graph: Graph) -> None:
    known, without = analyse(graph, Path()), analyse(Graph(graph.live.records), Path())
    assert known.obstacles == without.obstacles
    for key, report in without.reports.items():
        same = known.reports[key]
        assert msgspec.structs.replace(same, problems=()) == msgspec.structs.replace(report, problems=())
        assert [(p.level, p.fix) for p in same.problems] == [(p.level, p.fix) for p in report.problems]
    if not any(checks.dry(node, graph) for node in graph.live.nodes.values()):
        assert (known.module, known.script) == (without.module, without.script)
        assert [p for p in known.all_problems if p.node] == [p for p in without.all_problems if p.node]


class Told:
    """What the window would know, having heard only the messages."""

    def __init__(self) -> None:
        self.reports: dict[str, object] = {}
        self.problems: tuple[Problem, ...] = ()
        self.texts = ["", ""]

    def hear(self, message: Analysis) -> None:
        for key in message.removed:
            self.reports.pop(key, None)
        self.reports |= message.changed
        self.problems = message.problems
        sources = (message.module, message.script)
        self.texts = [old if new is None else new.text for old, new in zip(self.texts, sources, strict=True)]


def _same(analyst: Analyst, told: Told, graph: Graph) -> None:
    told.hear(analyst.write())
    fresh = analyse(graph, Path())
    assert analyst.graph == graph
    assert analyst.reports == fresh.reports == told.reports
    assert analyst.problems == fresh.problems == told.problems
    assert analyst.obstacles == fresh.obstacles
    assert (analyst.module, analyst.script) == (fresh.module, fresh.script)
    assert told.texts == [fresh.module.text, fresh.script.text]


def _any_edit(draw: st.DrawFn, graph: Graph) -> Edit:
    key = draw(st.sampled_from(sorted(graph.nodes) or [""]))
    what = draw(st.sampled_from(["add", "connect", "connect", "set", "delete", "wire", "rename", "project", "mute"]))
    try:
        if what == "add":
            block = draw(st.sampled_from(["Linear", "Conv2d", "Digits", "Flatten", "Add", "CrossEntropyLoss"]))
            return commands.add_node(graph, block, 0, draw(st.integers(0, 999)))
        if what == "connect" and (ends := possible_wires(graph)):
            return commands.connect(graph, *draw(st.sampled_from(ends)))
        if what == "set" and key:
            return commands.set_params(graph, key, draw(params(graph.nodes[key].block)))
        if what == "mute" and key:
            return commands.set_muted(graph, [key], not graph.nodes[key].muted)
        if what == "delete" and key:
            return commands.delete(graph, [key])
        if what == "wire" and graph.wires:
            return commands.disconnect(graph, [draw(st.sampled_from(sorted(graph.wires)))])
        if what == "rename" and key:
            return commands.rename(graph, key, draw(st.sampled_from(["a", "class", "x"])))
    except Refused:
        return {}
    return commands.set_project(graph, draw(st.sampled_from(["module", "function"])))


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_edit_by_edit_it_knows_what_it_would_know_from_scratch(data: st.DataObject) -> None:
    document = Document(data.draw(st.one_of(graphs(), st.just(draw(CLASSIFIER)))))
    analyst, told = Analyst(), Told()
    told.hear(analyst.open(document.graph, Path()))
    document.watch(lambda edit: told.hear(analyst.change(edit)))
    for _ in range(data.draw(st.integers(1, 6))):
        what = data.draw(st.sampled_from(["edit", "edit", "edit", "undo", "redo"]))
        if what == "undo":
            document.undo()
        elif what == "redo":
            document.redo()
        else:
            document.commit(_any_edit(data.draw, document.graph), "edit")
        _same(analyst, told, document.graph)
    while document.undo():
        pass
    _same(analyst, told, document.graph)


def test_another_drawing_takes_all_of_the_first_away() -> None:
    analyst, told = Analyst(), Told()
    told.hear(analyst.open(draw(CLASSIFIER), Path()))
    told.hear(analyst.open(draw("relu ReLU"), Path()))
    _same(analyst, told, draw("relu ReLU"))
    assert set(told.reports) == {"relu"}
