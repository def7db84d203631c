"""Every entry of the catalog keeps the promises that palette, form, shapes and code rely on."""

from __future__ import annotations

import importlib
import keyword
import math
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Iterable
from string import Formatter
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder import blocks as parts
from netbuilder.blocks import CATALOG, Block, Category, Param, Port, Value
from netbuilder.blocks.sentence import Refused, say
from netbuilder.blocks.values import check, parse, show
from netbuilder.graph.commands import TRAINING_LIMITS
from tests.graph.helpers import params, values

T = TypeVar("T")
PARAMS = [(f"{block.name}.{param.name}", param) for block in CATALOG.values() for param in block.params]
PARAMS += [(f"training.{name}", param) for name, param in TRAINING_LIMITS.items()]


def _each(check_one: Callable[[T], None], items: Iterable[tuple[str, T]]) -> None:
    """Fail with the names of all that do not pass, each with what was wrong."""
    failed = []
    for name, item in items:
        try:
            check_one(item)
        except AssertionError as error:
            failed.append(f"{name}: {error}")
    assert not failed, f"{len(failed)} of them\n" + "\n".join(failed)


def _each_block(check_one: Callable[[Block], None]) -> None:
    _each(check_one, CATALOG.items())


def _is_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z0-9].*[^\s.]\.", text)) and "\n" not in text and "  " not in text


def _fields(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def _check_refusal(param: Param, said: str) -> None:
    assert re.fullmatch(rf"{re.escape(param.label)}:? .*[^.]\.", said)
    assert len(said) < 300
    assert "<class" not in said


def test_the_catalog_holds_every_block_once() -> None:
    modules = [
        importlib.import_module(found.name) for found in pkgutil.iter_modules(parts.__path__, "netbuilder.blocks.")
    ]
    blocks = [block for module in modules for block in getattr(module, "BLOCKS", ())]
    assert Counter(block.name for block in blocks) == Counter(list(CATALOG))
    assert all(name == block.name for name, block in CATALOG.items())
    assert {block.category for block in blocks} == set(Category)


def test_names_can_stand_in_code() -> None:
    def check_one(block: Block) -> None:
        names = [block.name, block.stem, *block.by_name, *(port.name for port in (*block.inputs, *block.outputs))]
        assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and not keyword.iskeyword(name) for name in names), (
            names
        )
        assert block.stem == block.stem.lower()

    _each_block(check_one)


def test_names_within_a_block_are_unique() -> None:
    def check_one(block: Block) -> None:
        assert len(block.by_name) == len(block.params)
        for ports in (block.inputs, block.outputs):
            assert len({port.name for port in ports}) == len(ports)
        assert not set(block.by_name) & {port.name for port in block.inputs}

    _each_block(check_one)


def test_every_block_has_a_help_page() -> None:
    def check_one(block: Block) -> None:
        sentences = (block.help, block.more, block.shape_rule, block.use, *([block.cost] if block.cost else []))
        assert all(_is_sentence(text) for text in sentences), [text for text in sentences if not _is_sentence(text)]
        assert 1 <= block.formula.count("\n") + 1 <= 4
        for text in (*sentences, block.formula):
            assert 10 <= len(text) <= 240, text
        assert not any(re.search(r"<[a-z/]", text) for text in (*sentences, block.formula))  # it would be read as HTML
        assert all(line == line.strip() for line in block.formula.split("\n"))
        # The narrowest panel has room for so many letters of fixed width in a row.
        assert max(len(word) for word in block.formula.split()) <= 22
        named = set(re.findall(r"\b[a-z]+_[a-z_]+\b", block.formula + block.shape_rule + block.more))
        ports = {port.name for port in (*block.inputs, *block.outputs)}
        assert named <= set(block.by_name) | ports

    _each_block(check_one)


def test_what_is_optional_or_only_sometimes_there_is_well_said() -> None:
    def check_one(block: Block) -> None:
        for port in (*block.inputs, *block.outputs):
            assert not port.when or port.when in block.by_name
            assert not port.group or port.optional
        assert all(not port.argument or port.optional for port in block.inputs)
        required = [not port.optional for port in block.inputs]
        assert required == sorted(required, reverse=True)

    _each_block(check_one)


def test_a_parameter_has_help_a_default_and_bounds_that_make_sense() -> None:
    def check_one(param: Param) -> None:
        assert _is_sentence(param.help)
        found = check(param, param.default)
        assert found == param.default
        assert type(found) is type(param.default)
        if param.kind in ("int", "size", "shape"):
            assert isinstance(param.low, int)
            assert param.high is None or isinstance(param.high, int)
        if param.kind in ("int", "float", "size", "shape", "numbers"):
            assert param.low is None or math.isfinite(param.low)
            assert (param.low or 0) < (10**9 if param.high is None else param.high) < 2**31
        else:
            assert param.low is param.high is None
        assert bool(param.choices) == (param.kind == "choice") or param.kind == "size"
        assert len(set(param.choices)) == len(param.choices)
        assert bool(param.pattern) <= (param.kind == "text")

    _each(check_one, PARAMS)


def test_positional_parameters_come_first_and_are_written() -> None:
    def check_one(block: Block) -> None:
        positional = [param.positional for param in block.params if param.written and not param.in_forward]
        assert positional == sorted(positional, reverse=True)
        assert all(param.written for param in block.params if param.positional or param.required)

    _each_block(check_one)


def test_sizes_follow_an_input_that_exists() -> None:
    def check_one(block: Block) -> None:
        for param in block.params:
            if param.follows is not None:
                port = block.input_port({}, param.follows.port)
                assert port is not None
                if isinstance(param.follows.dim, int):
                    assert all(-dims <= param.follows.dim < dims for dims in port.dims)
                else:
                    assert port.dtype in ("int64", "any")

    _each_block(check_one)


def test_the_summary_is_made_of_parameters() -> None:
    def check_one(block: Block) -> None:
        assert set(_fields(block.summary)) <= set(block.by_name)
        shown = block.summary.format(**block.defaults())
        assert "{" not in shown
        assert "\n" not in shown

    _each_block(check_one)


def test_the_function_is_made_of_what_is_known() -> None:
    def check_one(block: Block) -> None:
        fields = set(_fields(block.function))
        ports = {port.name for port in block.inputs} if not block.count else set()
        needed = {port.name for port in block.inputs if not port.optional} if not block.count else set()
        several = {"inputs", "sum"} if block.count else set()
        assert fields <= ports | set(block.by_name) | {"args", "arguments"} | several
        if block.function:
            assert needed <= fields
            assert bool(several & fields) == bool(block.count)
            written = {param.name for param in block.params if param.written}
            assert not written or {"args", "arguments"} & fields or written <= fields

    _each_block(check_one)


def test_a_block_can_be_written_in_the_way_of_its_role() -> None:
    def check_one(block: Block) -> None:
        if block.role in ("layer", "loss", "metric"):
            ways = (block.module, block.inline, block.construct, block.of)
            assert any(ways)
        else:
            assert not block.module
            assert not block.inline
        assert block.module == "" or re.fullmatch(r"nn\.[A-Z]\w+", block.module)
        assert not (block.function and block.writes)
        assert bool(block.loader) == (block.role == "data")
        assert (block.gives is not None) == (block.role in ("data", "input"))
        if not block.of:
            assert bool(block.outputs) == (block.role in ("data", "input", "layer"))
            assert bool(block.inputs) or block.role in ("data", "input") or block.attribute
        assert block.choosable == bool(block.role == "layer" and block.module and block.inline)

    _each_block(check_one)


@settings(max_examples=60)
@given(data=st.data())
def test_what_a_source_gives_is_on_its_outputs(data: st.DataObject) -> None:
    block = data.draw(st.sampled_from([block for block in CATALOG.values() if block.gives]))
    given_values = block.filled(data.draw(params(block.name)))
    assert block.gives is not None
    given_types = block.gives(given_values)
    assert set(given_types) == {port.name for port in block.outputs}
    for tensor in given_types.values():
        # A length that may vary is -1.
        assert all(isinstance(size, int) and size >= -1 for size in tensor.shape)
        assert tensor.classes is None or (tensor.dtype == "int64" and tensor.classes >= 2)


def test_blocks_with_a_count_have_as_many_ports_as_it_says() -> None:
    def check_one(block: Block) -> None:
        for name, ports, word in (
            (block.count, block.input_ports, "input"),
            (block.parts, block.output_ports, "output"),
        ):
            if name:
                assert not block.count or not block.by_name[name].written
                assert [port.name for port in ports({name: 3})] == [f"{word}{i}" for i in (1, 2, 3)]
        if block.count:
            assert block.input_port({}, "input1") is not None
            assert block.input_port({}, "input") is None
        elif not any(port.when for port in block.inputs):
            assert block.input_ports({}) == block.inputs

    _each_block(check_one)


@settings(max_examples=300)
@given(data=st.data())
def test_what_is_shown_is_read_again(data: st.DataObject) -> None:
    _, param = data.draw(st.sampled_from(PARAMS))
    value = data.draw(values(param))
    assert check(param, value) == value
    read = parse(param, show(value))
    assert read == value
    assert type(read) is type(value)


def test_every_default_is_shown_and_read_again() -> None:
    def check_one(param: Param) -> None:
        read = parse(param, show(param.default))
        assert read == param.default
        assert type(read) is type(param.default)

    _each(check_one, PARAMS)


TYPED = ["", " ", "9" * 5000, "1e999", "nan", "1_000", "\ud800", "3,,5", "(3, 5", "()", "(3,)", "True", "None", "a\nb"]


def _type(param: Param, text: str) -> None:
    """Whatever is typed is a value, or refused in a sentence."""
    try:
        value = parse(param, text)
    except Refused as refused:
        _check_refusal(param, str(refused))
    else:
        assert check(param, value) == value
        assert parse(param, show(value)) == value


def test_whatever_is_typed_is_a_value_or_refused_in_a_sentence() -> None:
    def check_one(param: Param) -> None:
        for text in TYPED:
            _type(param, text)

    _each(check_one, PARAMS)


@settings(max_examples=300)
@given(param=st.sampled_from(PARAMS), text=st.text(max_size=30) | st.text("0123456789.,-+e×() naif_", max_size=12))
def test_any_text_is_a_value_or_refused_in_a_sentence(param: tuple[str, Param], text: str) -> None:
    _type(param[1], text)


ODD: list[object] = [
    None, True, 0, -1, 10**10, -(10**10), 10**400, 0.5, 1.0, float("nan"), float("inf"), -float("inf"), "", "text",
    "\ud800", "\x00", "x" * 2000, [], (), [1], (1, 2), (1, 2, 3), [True, True], [1.0, 2.0], list(range(1, 20)), {},
    b"x", (10**10, 1), (0, 0), (None,), 1j, object,
]  # fmt: skip


def test_any_object_is_a_value_or_refused_in_a_sentence() -> None:
    def check_one(param: Param) -> None:
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

    _each(check_one, PARAMS)


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
