"""Every entry of the catalog keeps the promises that palette, form, shapes and code rely on."""

from __future__ import annotations

import keyword
import math
import re
from collections import Counter
from string import Formatter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netbuilder.blocks import CATALOG, Block, Category, Param, Port, Value, activations, images, layers, objective
from netbuilder.blocks import data as data_blocks
from netbuilder.blocks.sentence import Refused, say
from netbuilder.blocks.values import check, parse, show
from netbuilder.graph.commands import TRAINING_LIMITS
from tests.graph.helpers import params, values

BLOCKS = [pytest.param(block, id=name) for name, block in sorted(CATALOG.items())]
ALL_PARAMS = [(block.name, param) for _, block in sorted(CATALOG.items()) for param in block.params]
ALL_PARAMS += [("training", param) for param in TRAINING_LIMITS.values()]
PARAMS = [pytest.param(param, id=f"{block}.{param.name}") for block, param in ALL_PARAMS]


def _is_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z0-9].*[^\s.]\.", text)) and "\n" not in text and "  " not in text


def _fields(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def _check_refusal(param: Param, said: str) -> None:
    assert re.fullmatch(rf"{re.escape(param.label)}:? .*[^.]\.", said)
    assert len(said) < 300
    assert "<class" not in said


def test_the_catalog_holds_every_block_once() -> None:
    blocks = [block for part in (data_blocks, images, layers, activations, objective) for block in part.BLOCKS]
    assert Counter(block.name for block in blocks) == Counter(list(CATALOG))
    assert all(name == block.name for name, block in CATALOG.items())
    assert {block.category for block in blocks} == set(Category)


@pytest.mark.parametrize("block", BLOCKS)
def test_names_can_stand_in_code(block: Block) -> None:
    names = [block.name, block.stem, *block.by_name, *(port.name for port in (*block.inputs, *block.outputs))]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and not keyword.iskeyword(name) for name in names)
    assert block.stem == block.stem.lower()


@pytest.mark.parametrize("block", BLOCKS)
def test_names_within_a_block_are_unique(block: Block) -> None:
    assert len(block.by_name) == len(block.params)
    for ports in (block.inputs, block.outputs):
        assert len({port.name for port in ports}) == len(ports)
    assert not set(block.by_name) & {port.name for port in block.inputs}


@pytest.mark.parametrize("block", BLOCKS)
def test_help_is_a_sentence(block: Block) -> None:
    assert _is_sentence(block.help)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_has_a_help_page(block: Block) -> None:
    assert _is_sentence(block.more)
    assert _is_sentence(block.shape_rule)
    assert _is_sentence(block.use)
    assert 1 <= block.formula.count("\n") + 1 <= 4
    for text in (block.help, block.more, block.shape_rule, block.use, block.formula):
        assert 10 <= len(text) <= 240
        assert "<" not in text.replace("in < min", "")
    assert all(line == line.strip() for line in block.formula.split("\n"))
    # The narrowest panel has room for so many letters of fixed width in a row.
    assert max(len(word) for word in block.formula.split()) <= 22
    named = set(re.findall(r"\b[a-z]+_[a-z_]+\b", block.formula + block.shape_rule + block.more))
    assert named <= set(block.by_name)


@pytest.mark.parametrize("param", PARAMS)
def test_every_parameters_help_is_a_sentence(param: Param) -> None:
    assert _is_sentence(param.help)


@pytest.mark.parametrize("param", PARAMS)
def test_every_default_suits_its_parameter(param: Param) -> None:
    found = check(param, param.default)
    assert found == param.default
    assert type(found) is type(param.default)


@pytest.mark.parametrize("param", PARAMS)
def test_numbers_have_bounds_that_make_sense(param: Param) -> None:
    if param.kind in ("int", "size", "shape"):
        assert isinstance(param.low, int)
        assert param.high is None or isinstance(param.high, int)
    if param.kind in ("int", "float", "size", "shape"):
        assert param.low is None or math.isfinite(param.low)
        assert (param.low or 0) < (10**9 if param.high is None else param.high) < 2**31
    else:
        assert param.low is param.high is None
    assert bool(param.choices) == (param.kind == "choice")
    assert len(set(param.choices)) == len(param.choices) != 1


@pytest.mark.parametrize("block", BLOCKS)
def test_positional_parameters_come_first_and_are_written(block: Block) -> None:
    positional = [param.positional for param in block.params if param.written]
    assert positional == sorted(positional, reverse=True)
    assert all(param.written for param in block.params if param.positional or param.required)


@pytest.mark.parametrize("block", BLOCKS)
def test_sizes_follow_an_input_that_exists(block: Block) -> None:
    for param in block.params:
        if param.follows is not None:
            port = block.input_port({}, param.follows.port)
            assert port is not None
            assert all(-dims <= param.follows.dim < dims for dims in port.dims)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_summary_is_made_of_parameters(block: Block) -> None:
    assert set(_fields(block.summary)) <= set(block.by_name)
    shown = block.summary.format(**block.defaults())
    assert "{" not in shown
    assert "\n" not in shown


@pytest.mark.parametrize("block", BLOCKS)
def test_the_function_is_made_of_what_is_known(block: Block) -> None:
    fields = _fields(block.function)
    ports = {port.name for port in block.inputs} if not block.count else set()
    several = {"inputs", "sum"} if block.count else set()
    assert set(fields) <= ports | set(block.by_name) | {"args", "arguments"} | several
    if block.function:
        assert ports <= set(fields)
        assert bool(several & set(fields)) == bool(block.count)
        written = {param.name for param in block.params if param.written}
        assert not written or {"args", "arguments"} & set(fields) or written <= set(fields)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_can_be_written_in_the_way_of_its_role(block: Block) -> None:
    if block.role in ("layer", "loss", "metric"):
        assert block.module or block.function
        assert block.inputs
    else:
        assert not block.module
        assert not block.function
    assert block.module == "" or re.fullmatch(r"nn\.[A-Z]\w+", block.module)
    assert bool(block.loader) == (block.role == "data")
    assert (block.gives is not None) == (block.role in ("data", "input"))
    assert bool(block.outputs) == (block.role in ("data", "input", "layer"))
    assert block.choosable == bool(block.role == "layer" and block.module and block.function)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.values[0].gives])
@settings(max_examples=40)
@given(data=st.data())
def test_what_a_source_gives_is_on_its_outputs(block: Block, data: st.DataObject) -> None:
    given_values = block.filled(data.draw(params(block.name)))
    assert block.gives is not None
    given_types = block.gives(given_values)
    assert set(given_types) == {port.name for port in block.outputs}
    for tensor in given_types.values():
        assert all(isinstance(size, int) and size >= 1 for size in tensor.shape)
        assert tensor.classes is None or (tensor.dtype == "int64" and tensor.classes >= 2)


@pytest.mark.parametrize("block", BLOCKS)
def test_blocks_with_a_count_have_as_many_inputs_as_it_says(block: Block) -> None:
    if not block.count:
        assert block.input_ports({}) == block.inputs
        return
    assert not block.by_name[block.count].written
    assert [port.name for port in block.input_ports({block.count: 3})] == ["input1", "input2", "input3"]
    assert block.input_port({}, "input1") is not None
    assert block.input_port({}, "input") is None


@pytest.mark.parametrize("param", PARAMS)
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_shown_is_read_again(param: Param, data: st.DataObject) -> None:
    value = data.draw(values(param))
    assert check(param, value) == value
    read = parse(param, show(value))
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("param", PARAMS)
@settings(max_examples=25)
@given(text=st.text(max_size=30) | st.text("0123456789.,-+e×() naif_", max_size=12))
@example("9" * 5000)
@example("1e999")
@example("nan")
@example("1_000")
@example("\ud800")
@example("3,,5")
@example("(3, 5")
def test_whatever_is_typed_is_a_value_or_refused_in_a_sentence(param: Param, text: str) -> None:
    try:
        value = parse(param, text)
    except Refused as refused:
        _check_refusal(param, str(refused))
    else:
        assert check(param, value) == value


ODD: list[object] = [
    None, True, 0, -1, 10**10, -(10**10), 10**400, 0.5, 1.0, float("nan"), float("inf"), -float("inf"), "", "text",
    "\ud800", "\x00", "x" * 2000, [], (), [1], (1, 2), (1, 2, 3), [True, True], [1.0, 2.0], list(range(1, 20)), {},
    b"x", (10**10, 1), (0, 0), (None,), 1j, object,
]  # fmt: skip


@pytest.mark.parametrize("param", PARAMS)
def test_any_object_is_a_value_or_refused_in_a_sentence(param: Param) -> None:
    taken = 0
    for odd in ODD:
        try:
            value = check(param, odd)
        except Refused as refused:
            _check_refusal(param, str(refused))
            continue
        taken += 1
        if isinstance(odd, list):
            odd = tuple(odd)
        assert value == odd
        assert type(value) is type(odd)
    assert taken < len(ODD) / 2


@pytest.mark.parametrize(
    ("param", "value", "sentence"),
    [
        (Param("size", "int", 1, "", low=1), 0, "Size is at least 1."),
        (Param("size", "int", 1, "", low=1, high=9), 10, "Size is at most 9."),
        (Param("size", "float", 1, "", high=9), -(10**10), "Size is at least -1000000000."),
        (Param("size", "float", 1, ""), 10**10, "Size is at most 1000000000."),
        (Param("size", "int", 1, ""), True, "Size is a whole number."),
        (Param("size", "int", 1, ""), None, "Size needs a value."),
        (Param("on", "bool", True, ""), 1, "On is either on or off."),
        (Param("way", "choice", "a", "", choices=("a", "b")), "c", "Way is one of a, b."),
        (Param("kernel_size", "size", 1, ""), (1, 2, 3), "Kernel size is one number or 2 of them."),
        (Param("shape", "shape", (), ""), tuple(range(9)), "Shape has at most 8 numbers."),
        (Param("rate", "float", 1, ""), float("nan"), "Rate is a finite number."),
        (Param("folder", "folder", "x", ""), "a\nb", "Folder is the path of a folder, without control characters."),
    ],
)
def test_a_refusal_says_what_suits(param: Param, value: object, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        check(param, value)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", " 3 ", 3),
        ("int", "-3", -3),
        ("float", "3", 3),
        ("float", "1e-3", 0.001),
        ("float", ".5", 0.5),
        ("size", "3", 3),
        ("size", "(3, 5)", (3, 5)),
        ("size", "3×5", (3, 5)),
        ("shape", "", ()),
        ("shape", "1, 28,28", (1, 28, 28)),
        ("shape", "7", (7,)),
        ("bool", "True", True),
        ("bool", "False", False),
        ("folder", " /data/my pictures ", "/data/my pictures"),
    ],
)
def test_a_person_may_type_a_value_in_several_ways(kind: str, text: str, value: Value) -> None:
    param = Param("value", kind, value, "")  # type: ignore[arg-type]
    read = parse(param, text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        ("int", "5.0", "Value: 5.0 is not a whole number."),
        ("size", "3, 5.5", "Value: 3, 5.5 is not a whole number."),
        ("float", "1..2", "Value: 1..2 is not a number."),
    ],
)
def test_a_text_that_is_no_number_is_told_what_is_wanted(kind: str, text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(Param("value", kind, 1, ""), text)  # type: ignore[arg-type]
    assert str(refused.value) == sentence


def test_nothing_typed_is_none_where_none_is_a_value() -> None:
    assert parse(Param("stride", "size", None, "", none="same as kernel size"), "  ") is None
    with pytest.raises(Refused):
        parse(Param("stride", "size", 1, ""), "")


def test_a_port_takes_what_it_says() -> None:
    port = Port("input", dims=(4,), dtype="float32")
    assert port.takes(4, "float32")
    assert not port.takes(2, "float32")
    assert not port.takes(4, "int64")
    assert Port("input").takes(0, "int64")


def test_a_sentence_is_its_template_filled_in() -> None:
    assert str(say("{node} is {text}.", node="fc1", text="{unwired}")) == "fc1 is {unwired}."
    assert str(Refused("No {text}.", text="{0}")) == "No {0}."


def test_a_sentence_has_no_half_characters() -> None:
    assert ascii(say("No {folder}.", folder="a\udc80b\n").values["folder"]) == ascii("a\ufffdb\ufffd")
    assert str(say("{count} of {text}.", count=3, text="x" * 500)) == f"3 of {'x' * 500}."


def test_no_block_overwrites_what_others_may_still_need() -> None:
    assert [name for name, block in CATALOG.items() if "inplace" in block.by_name] == []
