"""Whatever a person calls things, the text has safe, distinct names, and nothing that was meant is shadowed."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.codegen import names
from netbuilder.codegen.names import MODULE_ATTRIBUTES, class_name, identifier
from netbuilder.engine.analysis import Analyst, analyse
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from tests.drawings import CLASSIFIER, NAMES, draw, example, run_text

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
OF_MODULES = set(dir(torch.nn.Module)) | set(dir(torch.nn.Module()))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60)


def _safe(name: str) -> bool:
    taken = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *OF_MODULES, "self", "torch", "nn", "F"}
    return bool(IDENTIFIER.fullmatch(name)) and name not in taken


def test_every_attribute_of_a_module_is_reserved() -> None:
    public = {name for name in OF_MODULES if not name.startswith("_")}
    assert len(public) > 50
    assert public <= MODULE_ATTRIBUTES
    assert all(_safe(identifier(name, "layer")) for name in OF_MODULES)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("conv1", "conv1"),
        ("class", "class_"),
        ("match", "match_"),
        ("None", "None_"),
        ("print", "print_"),
        ("forward", "forward_"),
        ("training", "training_"),
        ("self", "self_"),
        ("__class__", "class_"),
        ("__init__", "init"),
        ("a\nimport os", "a_import_os"),
        ("\"'); import os #", "import_os"),
        ("x = 1; y", "x_1_y"),
        ("étage 2", "etage_2"),
        ("ｆｏｒ", "for_"),
        ("ﬁlter", "filter_"),
        ("𝐜𝐨𝐧𝐯", "conv"),
        ("сonv", "onv"),  # the first letter is Cyrillic
        ("卷积", "layer"),
        ("🙂", "layer"),
        ("卷积1", "layer1"),
        ("", "layer"),
        ("___", "layer"),
        ("3x3", "layer_3x3"),
        ("²", "layer2"),
        ("n" * 60, "n" * 32),
        ("a" * 31 + "_b", "a" * 31),
    ],
)
def test_names_as_a_person_would_expect_them(text: str, wanted: str) -> None:
    assert identifier(text, "layer") == wanted


@pytest.mark.parametrize("text", [*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *sorted(OF_MODULES)])
def test_no_known_name_comes_through(text: str) -> None:
    assert _safe(identifier(text, "layer"))
    assert _safe(class_name(text))
    assert _safe(identifier(f" {text}\t", "layer", taken=[identifier(text, "layer")]))


@given(st.lists(TEXTS, min_size=1, max_size=8), st.sampled_from(["conv", "input", "x"]))
def test_any_text_gives_a_safe_name_of_its_own(texts: list[str], stem: str) -> None:
    taken: list[str] = []
    for text in texts:
        found = identifier(text, stem, taken)
        assert _safe(found)
        assert found not in names.RESERVED
        assert len(found) <= 40
        taken.append(found)
    assert len(set(taken)) == len(taken)
    assert all(_safe(class_name(text)) for text in texts)


def test_two_nodes_of_one_name_are_kept_apart() -> None:
    graph = draw(CLASSIFIER)
    for key in ("fc1", "fc2"):
        graph = graph.apply(commands.rename(graph, key, "same"))
    text = analyse(graph, Path()).module.text
    assert "self.same = nn.Linear(64, 32)" in text
    assert "self.same_2 = nn.Linear(32, 10)" in text


def _renamed(graph: Graph, name: str) -> Graph:
    """The drawing with this name for the network and for every block."""
    for key in ("main", *graph.nodes):
        graph = graph.apply(commands.rename(graph, key, name))
    return graph


def _shape_of(text: str) -> str:
    """The text's syntax with all names and strings taken out."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for field in ("id", "name", "attr", "arg"):
            if isinstance(getattr(node, field, None), str):
                setattr(node, field, "_")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize(
    "name",
    ['"); import os; ("', "'''", '"""', "a\\", "#", "{x}", "%s", "lambda: 0", "\\N{BULLET}", "x" * 60, "卷积", "🙂"],
)
def test_a_name_never_changes_what_the_text_does(name: str) -> None:
    graph = draw(CLASSIFIER)
    plain, attacked = analyse(graph, Path()), analyse(_renamed(graph, name), Path())
    assert _shape_of(attacked.script.text) == _shape_of(plain.script.text)
    assert _shape_of(attacked.module.text) == _shape_of(plain.module.text)


@pytest.mark.parametrize("name", ["a\nimport os", "a\x0cb", "a\u2028b"])
def test_a_name_never_leaves_the_comment_that_says_why(name: str) -> None:
    analyst = Analyst()
    analyst.open(draw("fc Linear"), Path())
    node = analyst.graph.nodes["fc"]
    analyst.change({"fc": (node, type(node)("fc", "Linear", name))})
    tree = ast.parse(analyst.module.text)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]


def _own_names(text: str) -> set[str]:
    """Everything that a script names itself at its top, and the locals of the functions that use the class."""
    tree = ast.parse(text)
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {name.asname or name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    main = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main")
    return found | {n.id for n in ast.walk(main) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_script_names_itself_is_reserved(name: str) -> None:
    found = _own_names(analyse(example(name), Path()).script.text) - {"_"}
    assert {"torch", "nn", "main", "load_data", "model", "optimizer"} <= found
    assert found <= names.RESERVED


def _words(text: str) -> set[str]:
    tree = ast.parse(text)
    fields = ("id", "name", "attr", "arg", "asname")
    found = {str(getattr(node, field)) for node in ast.walk(tree) for field in fields if getattr(node, field, None)}
    return {word for word in found if word.isidentifier()}


@pytest.mark.parametrize("name", ["digits", "two_layer_net"])
def test_a_network_and_blocks_named_like_anything_in_the_script_still_train(name: str) -> None:
    graph = example(name)
    graph = graph.apply(commands.set_training(graph, steps=1, epochs=1, batch_size=2))
    words = _words(analyse(graph, Path()).script.text)
    assert len(words) > 60
    for word in sorted(words):
        attacked = _renamed(graph, word)
        program = run_text(analyse(attacked, Path()).script)
        train, _ = program.load_data()
        model = vars(program)[class_name(word)]()
        before = [parameter.clone() for parameter in model.parameters()]
        optimizer = program.make_optimizer(model)
        program.objective(*program.predict(model, [tensor[:2] for tensor in train])).backward()
        optimizer.step()
        assert any(not torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True)), word


@pytest.mark.parametrize("word", ["steps_per_epoch", "indices", "measured", "zlib", "Path"])
def test_a_network_named_like_a_variable_of_main_runs_whole(
    word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = draw(CLASSIFIER, steps=2)
    graph = graph.apply(commands.rename(graph, "main", word))
    run_text(analyse(graph, tmp_path).script).main()
    assert "step 2 of 2: loss " in capsys.readouterr().out


def test_an_input_that_branches_is_not_overwritten_by_a_block_named_like_it() -> None:
    graph = draw("""
        random RandomTensors input_shape=4
        x_in Linear out_features=4
        tanh Tanh
        add Add inputs=3
        random.x > x_in > add.input1
        x_in > tanh > add.input2
        random.x > add.input3
    """)
    analyst = analyse(graph, Path())
    assert not analyst.all_problems
    model = run_text(analyst.module).Net()
    x = torch.randn(2, 4)
    inner = next(model.children())(x)
    assert torch.equal(model(x), inner + inner.tanh() + x)
