"""Project files: what may be in them, what is said about anything else, and that a save never loses what was there."""

from __future__ import annotations

import errno
import json
import os
import resource
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.blocks import CATALOG
from netbuilder.blocks.sentence import Refused
from netbuilder.graph import commands, files, notes
from netbuilder.graph.files import from_text, load, save, to_text, write
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node, Wire
from tests.fresh import fresh_python
from tests.graph.helpers import chain, check_edit, check_graph, drawing, graphs


def whole() -> Graph:
    """A drawing with a record of every kind."""
    graph = check_edit(chain(), commands.add_dot(chain(), "conv1:input", 0, 5, -6))
    graph = check_edit(graph, notes.add_frame(graph, "Features", (-40, -40, 400, 300)))
    graph = check_edit(graph, notes.add_note(graph, "Why *this*", 500, 0))
    graph = check_edit(graph, notes.resize(graph, "note1", (500, 0, 800, 200)))
    return check_edit(graph, notes.set_color(graph, ["frame1", "note1"], "red"))


PLAIN: dict[str, Any] = json.loads(to_text(whole()))
RECORDS: list[dict[str, Any]] = PLAIN["records"]
KINDS = {record["kind"]: number for number, record in enumerate(RECORDS)}
NODE = {"kind": "node", "id": "a", "block": "ReLU", "name": "a"}
OTHER = {"kind": "network", "id": "other", "name": "Other"}
WIRE = {"kind": "wire", "source": "conv1", "output": "output", "target": "relu1", "input": "input"}


def _sentence(text: str) -> str:
    """What is said about a text that is not a project; it must be a sentence for people."""
    with pytest.raises(Refused) as refused:
        from_text(text)
    said = str(refused.value)
    _check_sentence(said)
    return said


def _check_sentence(said: str) -> None:
    assert said.endswith(".")
    assert said == said.strip()
    assert not said.endswith("..")
    assert len(said) < 400
    assert said.isprintable()
    assert not [word for word in ("Traceback", "<class", "object at 0x", "Error:", "NoneType") if word in said]
    said.encode()


def _project(*records: object) -> str:
    return json.dumps({"format": 1, "records": records})


def _changed(kind: str, /, **fields: object) -> str:
    """The valid file with fields of one of its records changed."""
    plain = json.loads(json.dumps(PLAIN))
    plain["records"][KINDS[kind]].update(fields)
    return json.dumps(plain)


# What a file looks like


def test_what_is_written_is_read_again() -> None:
    assert from_text(to_text(chain())) == chain()


@given(graphs())
def test_any_drawing_is_written_and_read_again(graph: Graph) -> None:
    assert from_text(to_text(graph)) == graph


@given(graphs(), st.randoms(use_true_random=False))
def test_the_text_does_not_depend_on_the_order_of_drawing(graph: Graph, random: Any) -> None:
    records = list(graph.records.items())
    random.shuffle(records)
    assert to_text(Graph(dict(records))) == to_text(graph)


def test_two_ways_of_drawing_the_same_give_the_same_text() -> None:
    one = drawing(("a", "Conv2d"), ("a01", "ReLU"), ("a1", "ReLU"), ("a", "output", "a1", "input"))
    one = check_edit(one, commands.connect(one, "a", "output", "a01", "input"))
    one = check_edit(one, commands.set_params(one, "a", {"stride": 2, "out_channels": 5}))
    other = drawing(("a1", "ReLU"), ("a01", "ReLU"), ("a", "Conv2d"), ("a", "output", "a01", "input"))
    other = check_edit(other, commands.set_params(other, "a", {"out_channels": 5}))
    other = check_edit(other, commands.set_params(other, "a", {"stride": 2}))
    other = check_edit(other, commands.connect(other, "a", "output", "a1", "input"))
    other = check_edit(other, commands.move(other, {key: (node.x, node.y) for key, node in one.nodes.items()}))
    assert one == other
    assert to_text(one) == to_text(other)


def test_a_record_is_a_line_and_numbers_are_in_their_order() -> None:
    graph = drawing(*((f"conv{number}", "Conv2d") for number in (10, 9, 1)))
    lines = to_text(graph).splitlines()
    assert lines[:3] == ["{", '"format": 4,', '"records": [']
    assert lines[-2:] == ["]", "}"]
    found = [json.loads(line.rstrip(",")) for line in lines[3:-2]]
    assert [record["kind"] for record in found] == ["project", "training", "network", "node", "node", "node"]
    assert [record["id"] for record in found if record["kind"] == "node"] == ["conv1", "conv9", "conv10"]


def test_names_in_any_script_stay_readable() -> None:
    graph = check_edit(chain(), commands.rename(chain(), "conv1", "卷积 → é"))
    assert "卷积 → é" in to_text(graph)


def test_one_change_changes_one_line() -> None:
    before, after = chain(), check_edit(chain(), commands.move(chain(), {"fc1": (7, 7)}))
    lines = list(zip(to_text(before).splitlines(), to_text(after).splitlines(), strict=True))
    assert sum(one != other for one, other in lines) == 1


FIRST_FORMAT = """\
{
"format": 1,
"records": [
{"kind": "project"},
{"kind": "training", "id": "training", "optimizer": "SGD", "learning_rate": 0.01, "momentum": 0.9, \
"weight_decay": 0.0, "batch_size": 32, "epochs": 3, "steps": 0, "seed": 7},
{"kind": "network", "id": "main", "name": "Old"},
{"kind": "node", "id": "digits", "block": "Digits", "name": "digits"},
{"kind": "node", "id": "fc1", "block": "Linear", "name": "scores", "x": 8, "y": 200, "params": {"bias": false}},
{"kind": "node", "id": "flatten1", "block": "Flatten", "name": "flatten1", "y": 100, "written": "function"},
{"kind": "node", "id": "loss", "block": "CrossEntropyLoss", "name": "loss", "y": 300},
{"kind": "wire", "source": "flatten1", "output": "output", "target": "fc1", "input": "input"},
{"kind": "wire", "source": "digits", "output": "image", "target": "flatten1", "input": "input"},
{"kind": "wire", "source": "fc1", "output": "output", "target": "loss", "input": "input"},
{"kind": "wire", "source": "digits", "output": "label", "target": "loss", "input": "target"}
]
}
"""


@pytest.mark.parametrize("number", [1, 2])
def test_earlier_formats_are_read_and_written_as_the_newest(number: int) -> None:
    graph = from_text(FIRST_FORMAT.replace('"format": 1', f'"format": {number}'))
    check_graph(graph)
    assert graph.main.name == "Old" and graph.training.optimizer_params == {"momentum": 0.9}
    assert graph.nodes["fc1"] == Node("fc1", "Linear", "scores", 8, 200, {"bias": False})
    assert set(graph.wires) == {"flatten1:input", "fc1:input", "loss:input", "loss:target"}
    newest = FIRST_FORMAT.replace('"format": 1', '"format": 4')
    newest = newest.replace('"momentum": 0.9, "weight_decay": 0.0', '"optimizer_params": {"momentum": 0.9}')
    assert to_text(graph) == newest.replace('"id": "training", ', "").replace('"steps": 0, ', "")


@pytest.mark.parametrize(
    ("optimizer", "before", "after"),
    [
        ("SGD", '"momentum": 0.9, "weight_decay": 0.1', {"momentum": 0.9, "weight_decay": 0.1}),
        ("Adam", '"momentum": 0.9, "weight_decay": 0.1', {"weight_decay": 0.1}),  # it never had a momentum
        ("Adam", '"momentum": 0.0, "weight_decay": 0.0', {}),
    ],
)
def test_momentum_and_weight_decay_were_settings_of_their_own(
    optimizer: str, before: str, after: dict[str, float]
) -> None:
    text = FIRST_FORMAT.replace("SGD", optimizer).replace('"momentum": 0.9, "weight_decay": 0.0', before)
    training = from_text(text).training
    assert (training.optimizer, training.optimizer_params) == (optimizer, after)
    assert "unknown field `momentum`" in _sentence(text.replace('"format": 1', '"format": 4'))


def test_wrong_settings_of_earlier_formats_are_found_too() -> None:
    text = FIRST_FORMAT.replace('"weight_decay": 0.0', '"weight_decay": "much"')
    assert "In the record training: Weight decay is a finite number." in _sentence(text)


def test_every_kind_of_record_is_a_line() -> None:
    text = to_text(whole())
    assert '"source": "fashion", "output": "image", "target": "conv1", "input": "input", "via": [[5, -6]]}' in text
    muted = to_text(whole().apply(commands.set_muted(whole(), ["relu1"], True)))
    assert '"block": "ReLU", "name": "relu1", "y": 200, "muted": true}' in muted
    assert text.splitlines()[-4:-2] == [
        '{"kind": "frame", "id": "frame1", "title": "Features", "x": -40, "y": -40, "width": 440, "height": 340, '
        '"color": "red"},',
        '{"kind": "note", "id": "note1", "text": "Why *this*", "x": 500, "width": 300, "height": 200, "color": "red"}',
    ]


def test_what_is_left_out_has_its_default() -> None:
    assert from_text('{"format": 1, "records": []}') == Graph()
    assert from_text(_project(NODE)).nodes["a"] == Node("a", "ReLU", "a", 0, 0)


def test_parameters_at_their_default_are_left_out() -> None:
    assert from_text(_project({**NODE, "block": "Dropout", "params": {"p": 0.5}})).nodes["a"].params == {}


# What is refused


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not valid JSON: line 1, column 1"),
        (" \n", "not valid JSON"),
        ("import torch", "not valid JSON"),
        ("\x00\x01\x02", "not valid JSON"),
        ("\ufeff{}", "not valid JSON"),
        (to_text(chain())[:-20], "not valid JSON: line"),
        (to_text(chain()) + "x", "not valid JSON: line"),
        ("null", "expected `object`, got `null`"),
        ("3", "expected `object`, got `int`"),
        ("[]", "expected `object`, got `array`"),
        ("{}", "missing required field `format`"),
        ('{"format": 1}', "missing required field `records`"),
        ('{"format": 1, "records": {}}', "expected `array`, got `object`"),
        ('{"format": 1, "records": [], "extra": 1}', "unknown field `extra`"),
        ('{"format": 5, "records": []}', "newer Netbuilder (format 5)"),
        ('{"format": 5, "records": [{"kind": "hologram"}]}', "newer Netbuilder (format 5)"),
        ('{"format": 0, "records": []}', "format 0"),
        ('{"format": -1, "records": []}', "format -1"),
        ('{"format": true, "records": []}', "expected `int`, got `bool`"),
        ('{"format": "1", "records": []}', "expected `int`, got `str`"),
        ('{"format": 1.5, "records": []}', "expected `int`, got `float`"),
        ('{"format": 1, "format": 1, "records": []}', "format is there twice"),
        (_project(3), "record 1"),
        (_project(None), "record 1"),
        (_project({}), "record 1"),
        (_project({"kind": "hologram"}), "hologram"),
        (_project({"kind": 3}), "record 1, kind"),
        (_project(NODE, {**NODE, "id": "b", "colour": "red"}), "record 2 (b): object contains unknown field `colour`"),
        (_project({**WIRE, "colour": "red"}), "In record 1 (relu1): object contains unknown field `colour`"),
        (_project(NODE, NODE), "two records with the id a"),
        (_project(*RECORDS, {**WIRE, "source": "fashion", "output": "image"}), "two records with the id relu1:input"),
        (_project({**NODE, "block": "Conv9d"}), "no block Conv9d"),
        (_project({**NODE, "params": {"colour": 1}}), "ReLU has no parameter colour"),
        (_project({**NODE, "block": "Linear", "params": {"bias": 1}}), "Bias is either on or off"),
        (_project({**NODE, "block": "Dropout", "params": {"p": 2}}), "P is at most 1"),
        (_project({**NODE, "block": "Conv2d", "params": {"kernel_size": [1, 2, 3]}}), "Kernel size"),
        (_project({**NODE, "block": "Add", "params": {"inputs": 10**9}}), "Inputs is at most 16"),
        (_project({**NODE, "name": ""}), "name cannot be empty"),
        (_project({**NODE, "name": "a\nb"}), "one line"),
        (_project({**NODE, "name": "x" * 61}), "at most 60"),
        (_project({**NODE, "id": ""}), "cannot be an id"),
        (_project({**NODE, "id": "a:b"}), "a:b cannot be an id"),
        (_project({**NODE, "id": "a b"}), "a b cannot be an id"),
        (_project({**NODE, "id": "a\n"}), "cannot be an id"),
        (_project({**NODE, "id": "x" * 81}), "cannot be an id"),
        (_project({**NODE, "id": "main"}), "main cannot be an id"),
        (_project({**NODE, "id": "training"}), "training cannot be an id"),
        (_project({**NODE, "network": "other"}), "no network other"),
        (_project({**NODE, "block": "MSELoss", "network": "other"}, OTHER), "belongs into the network that is trained"),
        (_project({**NODE, "block": "Network"}), "Network is made of no network"),
        (_project({**NODE, "block": "Network", "of": "other"}), "no network other"),
        (_project({**NODE, "block": "Network", "of": "other", "network": "other"}, OTHER), "placed inside itself"),
        (_project({**NODE, "block": "Conv2d", "written": "function"}), "one way only"),
        (_project({**NODE, "x": 10**6 + 1}), "1000000"),
        (_project({**NODE, "y": -(10**6) - 1}), "1000000"),
        (_project({**NODE, "x": 10**15}), "1000000"),
        (_changed("wire", source="nobody"), "nobody, which does not exist"),
        (_changed("wire", target="nobody"), "nobody, which does not exist"),
        (_changed("wire", source="main"), "main, which does not exist"),
        (_changed("wire", output="colour"), "no output colour"),
        (_changed("wire", input="colour"), "no input colour"),
        (_project(*RECORDS, {**WIRE, "target": "conv1", "source": "fc1"}), "two records with the id conv1:input"),
        (_project(NODE, {**WIRE, "source": "a", "target": "a"}), "circle through a"),
        (
            _project(
                NODE,
                {**NODE, "id": "b"},
                {**WIRE, "source": "a", "target": "b"},
                {**WIRE, "source": "b", "target": "a"},
            ),
            "circle through a, b",
        ),
        (_changed("training", optimizer="Adagrid"), "Optimizer is one of SGD, Adam"),
        (_changed("training", scheduler="Never"), "Scheduler is one of"),
        (_changed("training", optimizer_params={"momentum": 0.9}), "Adam has no parameter momentum"),
        (_changed("training", optimizer_params={"lr": 0.9}), "Adam has no parameter lr"),
        (_changed("training", optimizer_params={"eps": -1}), "Eps is at least 0"),
        (_changed("training", scheduler_params={"gamma": 0.9}), "no scheduler that has the parameter gamma"),
        (_changed("training", learning_rate=-1), "Learning rate is at least 0"),
        (_changed("training", batch_size=0), "Batch size is at least 1"),
        (_changed("project", layers="poem"), "poem"),
        (_project({"kind": "node", "id": "d", "block": "Digits", "name": "d", "muted": True}), "cannot be bypassed"),
        (_project({**NODE, "muted": 1}), "expected `bool`, got `int`"),
        (_changed("wire", via=[[1, 2], [10**6 + 1, 0]]), "1000000 points"),
        (_changed("wire", via=[[1, 2, 3]]), "length 2"),
        (_changed("wire", via=[[1.5, 2]]), "expected `int`, got `float`"),
        (_changed("note", text="x" * 20_001), "at most 20000 characters"),
        (_changed("note", width=47), "from 48 to 100000 points"),
        (_changed("note", height=10**5 + 1), "from 48 to 100000 points"),
        (_changed("note", x=10**6 + 1), "1000000"),
        (_changed("note", id="a:b"), "a:b cannot be an id"),
        (_project({"kind": "note", "id": "main"}), "main cannot be an id"),
        (_changed("note", id="frame1"), "two records with the id frame1"),
        (_changed("note", network="other"), "no network other"),
        (_changed("note", color="pink"), "pink"),
        (_changed("note", title="a"), "unknown field `title`"),
        (_changed("frame", title="a\nb"), "one line"),
        (_changed("frame", title="x" * 61), "at most 60"),
        (_changed("frame", y=-(10**6) - 1), "1000000"),
        (_changed("frame", text="a"), "unknown field `text`"),
    ],
)  # fmt: skip
def test_what_is_not_a_project_is_refused_in_a_sentence(text: str, words: str) -> None:
    assert words.lower() in _sentence(text).lower()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 20, "9" * 5000])
@pytest.mark.parametrize(("kind", "field"), [("training", "learning_rate"), ("node", "x"), ("training", "seed")])
def test_numbers_that_cannot_be_held_are_refused(number: str, kind: str, field: str) -> None:
    text = _changed(kind, **{field: 12345.25}).replace("12345.25", number)
    assert "is not a number that a project can hold" in _sentence(text)


WRONG: list[object] = [
    None,
    True,
    -1,
    1.5,
    10**18,
    -(10**18),
    "",
    "text",
    "\ud800",
    "\x00",
    [],
    [1],
    [None],
    {},
    {"a": 1},
]
TAKES = {  # where one of these is right
    ("node", "name"): {"'text'"},
    ("node", "x"): {"-1"},
    ("node", "y"): {"-1"},
    ("node", "params"): {"{}"},
    ("node", "written"): {"''"},
    ("network", "id"): {"'text'"},
    ("network", "name"): {"'text'"},
    ("network", "arguments"): {"[]"},
    ("training", "learning_rate"): {"1.5"},
    ("training", "optimizer_params"): {"{}"},
    ("training", "scheduler"): {"''"},
    ("training", "scheduler_params"): {"{}"},
    ("wire", "via"): {"[]"},
    ("note", "id"): {"'text'"},
    ("note", "text"): {"''", "'text'", r"'\x00'"},
    ("note", "x"): {"-1"},
    ("note", "y"): {"-1"},
    ("frame", "id"): {"'text'"},
    ("frame", "title"): {"''", "'text'"},
    ("frame", "x"): {"-1"},
    ("frame", "y"): {"-1"},
}


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind, at in KINDS.items() for field in {**RECORDS[at], "params": 0, "written": 0, "x": 0}],
)
def test_every_field_refuses_what_is_not_its_type(kind: str, field: str, wrong: object) -> None:
    text = _changed(kind, **{field: wrong})
    if repr(wrong) in TAKES.get((kind, field), ()):
        check_graph(from_text(text))
    else:
        _sentence(text)


@pytest.mark.parametrize(
    "record",
    [*RECORDS, {**NODE, "block": "Dropout", "params": {"p": 0.1}, "written": "module", "network": "main"}],
    ids=str,
)
def test_a_record_without_one_of_its_fields_is_whole_or_refused(record: dict[str, Any]) -> None:
    paper = {"kind", "id"}
    ends = {"kind", "source", "output", "target", "input"}
    needed = {"node": {"kind", "id", "block", "name"}, "wire": ends, "note": paper, "frame": paper}
    others = [other for other in RECORDS if other is not record]
    for field in record:
        rest = {key: value for key, value in record.items() if key != field}
        if field in needed.get(record["kind"], {"kind"}):
            _sentence(_project(rest, *others))
        else:
            check_graph(from_text(_project(rest, *others)))


def test_a_key_that_is_there_twice_is_refused_in_any_record() -> None:
    assert "name is there twice" in _sentence(to_text(chain()).replace('"name"', '"name": "x", "name"', 1))


def test_a_great_many_keys_are_looked_through_in_time() -> None:
    text = "{" + ",".join(f'"k{number}":0' for number in range(200_000)) + ',"k199999":1}'
    start = time.monotonic()
    assert "k199999 is there twice" in _sentence(text)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("deep", [17, 500, 100_000])
@pytest.mark.parametrize(("left", "right"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_too_deep_is_refused(deep: int, left: str, right: str) -> None:
    assert "nested too deep" in _sentence(left * deep + "1" + right * deep)


@pytest.mark.parametrize(
    "text",
    [
        '{"\\ud800": 1}',
        _project({"kind": "\ud800"}),
        _project({**NODE, "\ud800": 1}),
        _project({**NODE, "id": "\ud800"}),
        _project({**NODE, "block": "\ud800"}),
        _project({**NODE, "name": "a\udc00"}),
        _project({**NODE, "params": {"\ud800": 1}}),
        _project({**NODE, "block": "MNIST", "params": {"folder": "\ud800"}}),
        _changed("wire", source="\ud800"),
        _changed("wire", input="\ud800"),
        _project({**NODE, "name": "\ud800"}).replace("\\ud800", "\ud800"),
    ],
    ids=ascii,
)
def test_half_a_character_is_refused(text: str) -> None:
    assert "character" in _sentence(text)


def test_a_whole_character_of_two_halves_is_taken() -> None:
    assert from_text(_project({**NODE, "name": "a😀"})).nodes["a"].name == "a😀"


LONG = "x" * 100_000


@pytest.mark.parametrize(
    "text",
    [
        _project({**NODE, "block": LONG}),
        _project({**NODE, "id": LONG}),
        _project({**NODE, LONG: 1}),
        _project({**NODE, "name": LONG}),
        _project({**NODE, "network": LONG}),
        _project({**NODE, "written": LONG}),
        _project({**NODE, "params": {LONG: 1}}),
        _project({"kind": LONG}),
        _project({**NODE, LONG: 1, "id": "a"}),
        _project({**WIRE, "source": LONG}, {**WIRE, "source": LONG}),
        _project({**WIRE, "target": LONG}, {**WIRE, "target": LONG}),
        _project(NODE, {**WIRE, "source": "a", "target": "a", "output": LONG}),
        json.dumps({LONG: 1}),
        f'{{"{LONG}": 1, "{LONG}": 2}}',
        f'{{"a": {"9" * 100_000}}}',
    ],
    ids=range(15),
)
def test_a_sentence_stays_short_whatever_the_file_holds(text: str) -> None:
    _sentence(text)


def test_signs_that_cannot_be_shown_do_not_reach_the_sentence() -> None:
    for odd in ("\n", "\x1b[31m", "\u202e", "\x00"):
        _sentence(_project({**NODE, "block": f"Conv{odd}"}))
        _sentence(_project({**NODE, f"col{odd}our": 1}))
        _sentence(_project({**NODE, "params": {f"a{odd}": 1}}))
        _sentence(_project({"kind": f"no{odd}de"}))
        _sentence(_project({**WIRE, "source": f"a{odd}"}))


def test_a_file_that_is_too_large_is_not_even_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 2**20)
    assert "larger than 1 MB" in _sentence(" " * (2**20 + 1))
    path = tmp_path / "large.netb"
    with path.open("wb") as file:
        file.truncate(2**20 + 1)
    assert "larger than 1 MB" in _load_sentence(path)


@given(graphs(most=4), st.data())
def test_any_damage_is_loaded_or_refused_in_a_sentence(graph: Graph, data: st.DataObject) -> None:
    text = to_text(graph)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(at, min(len(text), at + data.draw(st.sampled_from([0, 1, 3, 40])))))
        new = data.draw(st.sampled_from(SNIPPETS) | st.text(max_size=4))
        text = text[:at] + new + text[end:]
    _loaded_or_refused(text)


SNIPPETS = [
    "", '"', "{", "}", "[", "]", ",", ":", "-", "0", "9999999999", "1e400", "null", "true", "NaN", "\\ud800", "\ud800",
    "\x00", '"a"', "[[]]", '"params": {}', '"id": "main"', '"kind": "wire"', "conv1", "input", "1.0", "\n", "é", "\\",
]  # fmt: skip

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.sampled_from([*CATALOG, "main", "a", "conv1", "input", "output", "node", "wire", "training", "module"])
    | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(graphs(most=4), st.data())
def test_any_other_value_anywhere_is_loaded_or_refused_in_a_sentence(graph: Graph, data: st.DataObject) -> None:
    plain = json.loads(to_text(graph))
    for _ in range(data.draw(st.integers(1, 3))):
        record = plain["records"][data.draw(st.integers(0, len(plain["records"]) - 1))]
        inside = record.setdefault("params", {}) if data.draw(st.booleans()) else record
        names = [*inside, "params", "bias", "x"]
        if not isinstance(inside, dict):
            continue
        field = data.draw(st.sampled_from(names))
        if data.draw(st.integers(0, 3)):
            inside[field] = data.draw(JSON)
        else:
            inside.pop(field, None)
    _loaded_or_refused(json.dumps(plain))


@given(st.text() | JSON.map(json.dumps))
def test_any_text_is_loaded_or_refused_in_a_sentence(text: str) -> None:
    _loaded_or_refused(text)


def _loaded_or_refused(text: str) -> None:
    try:
        graph = from_text(text)
    except Refused as refused:
        _check_sentence(str(refused))
    else:
        check_graph(graph)


# Reading from the disk


def _load_sentence(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        load(path)
    said = str(refused.value)
    _check_sentence(said)
    assert path.name in said
    return said


def test_a_saved_file_is_loaded(tmp_path: Path) -> None:
    save(chain(), tmp_path / "a.netb")
    assert load(tmp_path / "a.netb") == chain()
    assert (tmp_path / "a.netb").read_text("utf-8") == to_text(chain())
    assert os.listdir(tmp_path) == ["a.netb"]


@given(st.binary(max_size=200))
def test_any_bytes_are_loaded_or_refused_in_a_sentence(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.netb")
        path.write_bytes(data)
        _load_sentence(path)


@pytest.mark.parametrize(
    "data", [b"\xff\xfe{}", b"\x80", to_text(chain()).encode("utf-16"), b"\xed\xa0\x80", b"PK\x03\x04\xff"]
)
def test_bytes_that_are_not_text_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.netb").write_bytes(data)
    assert "not text" in _load_sentence(tmp_path / "a.netb")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert "No such file" in _load_sentence(tmp_path / "missing.netb")
    assert "not a file" in _load_sentence(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "symbolic" in _load_sentence(tmp_path / "loop")
    with pytest.raises(Refused, match=r"\.$"):
        load(tmp_path / "a\0b")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.netb")
    done = fresh_python(
        "import sys; from pathlib import Path; from netbuilder.graph.files import load, Refused\n"
        "try: load(Path(sys.argv[1]))\nexcept Refused as refused: print(refused)",
        str(tmp_path / "pipe.netb"),
    )
    assert done.stdout.strip().endswith(".")


# Writing to the disk


@contextmanager
def _nobody() -> Iterator[None]:
    """Be somebody whom permissions stop: root is not stopped by them."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.fixture
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that everybody can reach."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
        path.chmod(0o755)


def _unchanged(command: Callable[[], None], path: Path, *words: str) -> None:
    """The command is refused in a sentence; the file is as before, and nothing lies beside it."""
    before, beside = path.read_bytes(), sorted(os.listdir(path.parent))
    with pytest.raises(Refused) as refused:
        command()
    said = str(refused.value)
    _check_sentence(said)
    assert path.name in said
    assert all(word in said for word in words), said
    assert path.read_bytes() == before
    assert sorted(os.listdir(path.parent)) == beside


BIG = Graph({**Graph().records, **{f"r{n}": Node(f"r{n}", "ReLU", f"r{n}", n, n) for n in range(3000)}})


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A place where 32 KB can be written and the rest cannot: a real small disk where one may be mounted."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "none", str(folder)]
    done = subprocess.run(mount, capture_output=True, check=False)
    if done.returncode == 0:
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    with _short_files():
        yield folder


@contextmanager
def _short_files() -> Iterator[None]:
    """No file may grow over 32 KB: the write that crosses it is short, the next one fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (32 * 1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    with _small_disk(tmp_path) as disk:
        save(chain(), disk / "a.netb")
        _unchanged(lambda: save(BIG, disk / "a.netb"), disk / "a.netb", "cannot be written", "unchanged")
        assert load(disk / "a.netb") == chain()


def test_a_short_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.netb"
    save(chain(), path)
    with _short_files():
        _unchanged(lambda: save(BIG, path), path, "too large", "unchanged")


def _fail_with(number: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


STAGES = ["tempfile.mkstemp", "os.fsync", "os.chmod", "os.replace"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.__getitem__)
@pytest.mark.parametrize("stage", STAGES)
def test_an_error_at_any_stage_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, number: int
) -> None:
    path = tmp_path / "a.netb"
    save(chain(), path)
    open_files = len(os.listdir("/proc/self/fd"))
    with monkeypatch.context() as patch:
        patch.setattr(stage, _fail_with(number))
        _unchanged(lambda: save(BIG, path), path, os.strerror(number), "unchanged")
    assert len(os.listdir("/proc/self/fd")) == open_files
    save(BIG, path)
    assert load(path) == BIG


_KILLED = """
import os, sys
from pathlib import Path
import {module}
from netbuilder.graph.files import write
real = {stage}
def last(*arguments, **named):
    if {after}: real(*arguments, **named)
    os._exit(9)
{stage} = last
write(sys.argv[2], Path(sys.argv[1]))
"""


@pytest.mark.parametrize("stage", [*STAGES, "os.fdopen", "after os.replace"])
def test_a_kill_at_any_stage_leaves_the_old_file_or_the_new(tmp_path: Path, stage: str) -> None:
    path = tmp_path / "a.netb"
    old, new = to_text(chain()), to_text(Graph())
    write(old, path)
    after = stage.startswith("after")
    name = stage.removeprefix("after ")
    code = _KILLED.format(module=name.split(".")[0], stage=name, after=after)
    done = fresh_python(code, str(path), new)
    assert done.returncode == 9, done.stderr
    assert path.read_text("utf-8") == (new if after else old)
    assert from_text(path.read_text("utf-8")) == load(path)
    save(chain(), path)
    assert load(path) == chain()


def test_a_folder_that_may_not_be_written_is_refused(public: Path) -> None:
    path = public / "a.netb"
    save(chain(), path)
    path.chmod(0o644)
    public.chmod(0o555)
    with _nobody():
        _unchanged(lambda: save(BIG, path), path, "Permission denied", "unchanged")


def test_a_file_that_may_not_be_read_is_refused(public: Path) -> None:
    save(chain(), public / "a.netb")
    (public / "a.netb").chmod(0)
    with _nobody():
        assert "Permission denied" in _load_sentence(public / "a.netb")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"cannot be written: No such file or directory\. What was there is unchanged\.$"):
        save(chain(), tmp_path / "missing" / "a.netb")
    with pytest.raises(Refused, match=r"\.$"):
        save(chain(), tmp_path / "a\0b")
    assert os.listdir(tmp_path) == []


def test_a_folder_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.netb").mkdir()
    with pytest.raises(Refused, match="cannot be written"):
        save(chain(), tmp_path / "a.netb")
    assert os.listdir(tmp_path) == ["a.netb"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "a.netb", tmp_path / "link.netb"
    save(Graph(), target)
    link.symlink_to(Path("there", "a.netb"))
    save(chain(), link)
    assert os.readlink(link) == "there/a.netb"
    assert not target.is_symlink()
    assert load(target) == load(link) == chain()
    assert sorted(os.listdir(tmp_path)) == ["link.netb", "there"]


def test_a_link_to_nothing_makes_the_file(tmp_path: Path) -> None:
    (tmp_path / "link.netb").symlink_to(tmp_path / "a.netb")
    save(chain(), tmp_path / "link.netb")
    assert (tmp_path / "link.netb").is_symlink()
    assert load(tmp_path / "a.netb") == chain()


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o640])
def test_permissions_stay(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.netb"
    save(Graph(), path)
    path.chmod(mode)
    save(chain(), path)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_permissions_that_files_have_here(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        save(chain(), tmp_path / "a.netb")
    finally:
        after = os.umask(before)
    assert after == mask
    assert stat.S_IMODE((tmp_path / "a.netb").stat().st_mode) == 0o666 & ~mask


def test_a_name_as_long_as_may_be_is_written(tmp_path: Path) -> None:
    for name in ("n" * 250 + ".netb", "é" * 120 + ".netb", "画" * 80 + ".netb"):
        save(chain(), tmp_path / name)
        assert load(tmp_path / name) == chain()


def test_a_big_drawing_is_written_and_read_in_time(tmp_path: Path) -> None:
    records: dict[str, Any] = dict(BIG.records)
    records |= {f"r{n}:input": Wire(f"r{n - 1}", "output", f"r{n}", "input") for n in range(1, 3000)}
    start = time.monotonic()
    save(Graph(records), tmp_path / "a.netb")
    assert load(tmp_path / "a.netb") == Graph(records)
    assert time.monotonic() - start < 5
    assert sys.getrecursionlimit() < 3000
