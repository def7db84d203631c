"""Every message comes out of the pipe as it went in, whatever it holds, and nothing else is taken for one."""

from __future__ import annotations

import string
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.blocks.sentence import Sentence, say
from netbuilder.bridge import messages
from netbuilder.bridge.messages import (
    Adjust,
    Analysis,
    Change,
    Check,
    Checked,
    Ended,
    FromChild,
    Open,
    Order,
    Prepare,
    Preparing,
    Progress,
    Ready,
    RunState,
    Share,
    Shared,
    Show,
    Start,
    Starting,
    ToChild,
    Tried,
    Try,
    Warm,
    decode_from_child,
    decode_to_child,
    encode,
)
from netbuilder.bridge.reports import Device, Fix, NodeReport, Preflight, Problem, Source, TensorSpec, Timing
from netbuilder.bridge.viewing import (
    Column,
    ColumnSurvey,
    Group,
    Look,
    Looked,
    Numbers,
    Page,
    Survey,
    Surveyed,
    Trouble,
    Unviewed,
    View,
    Viewed,
    Viewing,
)
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph, invert
from tests.graph.helpers import chain, graphs

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
INT = st.integers(-(2**53), 2**53)
FLOAT = st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.none() | st.booleans() | INT | FLOAT | TEXT | st.lists(INT, max_size=4).map(tuple)
VALUES = st.dictionaries(TEXT, VALUE, max_size=3)
SENTENCE = st.builds(Sentence, TEXT, st.dictionaries(TEXT, TEXT | INT | FLOAT, max_size=3))
STATE = st.sampled_from(get_args(RunState))
SPEC = st.builds(TensorSpec, st.lists(INT | st.just("2N"), max_size=4).map(tuple), TEXT, st.none() | INT)
FIX = st.builds(Fix, SENTENCE, TEXT, VALUES)
PROBLEM = st.builds(Problem, st.none() | TEXT, SENTENCE, st.sampled_from(["error", "warning"]), TEXT, st.none() | FIX)
PROBLEMS = st.lists(PROBLEM, max_size=2).map(tuple)
SPECS = st.dictionaries(TEXT, SPEC, max_size=2)
REPORT = st.builds(NodeReport, SPECS, SPECS, VALUES, INT, INT, PROBLEMS)
TIMING = st.builds(Timing, st.lists(TEXT, max_size=2).map(tuple), FLOAT)
PREFLIGHT = st.builds(
    Preflight,
    TEXT,
    INT,
    FLOAT,
    problems=PROBLEMS,
    timings=st.lists(TIMING, max_size=2).map(tuple),
    loss=st.none() | FLOAT,
)
SOURCE = st.none() | st.from_type(Source)
RECORDS = graphs(most=4).map(lambda graph: list(graph.records.values()))
EDIT = st.tuples(graphs(most=3), st.booleans()).map(
    lambda pair: (invert if pair[1] else dict)(commands.delete(pair[0], pair[0].nodes))
)

PART = st.sampled_from(["training", "validation"])
SHAPE = st.lists(INT, max_size=3).map(tuple)
NAMES = st.lists(TEXT, max_size=2).map(tuple)
KIND = st.sampled_from(["picture", "curve", "row", "tokens", "number", "class", "chances"])
COLUMN = st.builds(
    Column, TEXT, TEXT, TEXT, st.booleans(), KIND, SHAPE, SHAPE, st.binary(max_size=20), FLOAT, FLOAT, NAMES
)
COLUMNS = st.lists(COLUMN, max_size=2).map(tuple)
PAGE = st.builds(Page, PART, INT, INT, st.dictionaries(PART, INT, max_size=2), COLUMNS, st.booleans())
NUMBERS = st.builds(Numbers, INT, FLOAT, FLOAT, FLOAT, FLOAT, INT, INT, SHAPE)
COLUMN_SURVEY = st.builds(
    ColumnSurvey, TEXT, TEXT, TEXT, st.booleans(), SHAPE, NAMES, st.none() | NUMBERS, st.lists(NUMBERS).map(tuple)
)
GROUP = st.builds(Group, TEXT, COLUMNS, NAMES, st.none() | SENTENCE, TEXT, SHAPE)
WHAT = st.sampled_from(["worst", "best", "epochs", "kernels", "maps"])
TROUBLES = st.lists(st.builds(Trouble, TEXT, SENTENCE), max_size=2).map(tuple)
SURVEY = st.builds(Survey, PART, INT, INT, st.lists(COLUMN_SURVEY, max_size=2).map(tuple), TROUBLES)

TO_CHILD: dict[type, st.SearchStrategy[Any]] = {
    Open: st.builds(Open, INT, RECORDS, TEXT),
    Change: st.builds(Change, INT, EDIT),
    Show: st.builds(Show, INT, st.lists(TEXT, max_size=3).map(tuple)),
    Try: st.builds(Try, INT, st.none() | SPEC, st.lists(TEXT, max_size=3).map(tuple)),
    Prepare: st.builds(Prepare, RECORDS, TEXT),
    Start: st.builds(Start, RECORDS, TEXT, TEXT, TEXT),
    Order: st.builds(Order, st.sampled_from(["pause", "resume", "stop", "step"])),
    Adjust: st.builds(Adjust, st.none() | FLOAT, st.none() | INT, st.none() | TEXT),
    Share: st.builds(Share),
    Check: st.builds(Check, INT, RECORDS, TEXT, st.lists(TEXT, max_size=2).map(tuple)),
    View: st.builds(View, INT, RECORDS, TEXT, PART, INT, INT, st.booleans(), INT, st.booleans()),
    Look: st.builds(Look, INT, TEXT, WHAT, TEXT, INT, st.booleans()),
}
FROM_CHILD: dict[type, st.SearchStrategy[Any]] = {
    Ready: st.builds(Ready, TEXT, st.lists(st.builds(Device, TEXT, TEXT), max_size=2).map(tuple)),
    Analysis: st.builds(
        Analysis,
        INT,
        st.dictionaries(TEXT, REPORT, max_size=2),
        st.lists(TEXT, max_size=2).map(tuple),
        PROBLEMS,
        st.lists(SENTENCE, max_size=2).map(tuple),
        SOURCE,
        SOURCE,
    ),
    Shared: st.builds(Shared, SOURCE, st.none() | SENTENCE),
    Tried: st.builds(Tried, INT, st.dictionaries(TEXT, st.none() | SPEC, max_size=3)),
    Warm: st.builds(Warm),
    Starting: st.builds(Starting, st.sampled_from(["data", "speed"]), st.none() | SENTENCE, st.none() | FLOAT),
    Preparing: st.builds(Preparing, INT, st.none() | SENTENCE, st.none() | FLOAT),
    Progress: st.builds(Progress, STATE, INT, INT, INT, INT, FLOAT, FLOAT),
    Ended: st.builds(Ended, STATE, SENTENCE, st.none() | TEXT),
    Checked: st.builds(Checked, INT, PREFLIGHT, st.booleans()),
    Viewing: st.builds(Viewing, INT, SENTENCE, st.none() | FLOAT),
    Viewed: st.builds(Viewed, INT, PAGE),
    Surveyed: st.builds(Surveyed, INT, SURVEY),
    Looked: st.builds(Looked, INT, WHAT, st.lists(GROUP, max_size=2).map(tuple), NAMES, TEXT),
    Unviewed: st.builds(Unviewed, INT, SENTENCE, st.none() | TEXT),
}


def test_every_message_is_tested_here() -> None:
    assert set(get_args(ToChild)) == set(TO_CHILD)
    assert set(get_args(FromChild)) == set(FROM_CHILD)


def _one_line(line: bytes) -> bytes:
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    return line


@pytest.mark.parametrize("kind", TO_CHILD, ids=lambda kind: kind.__name__)
@settings(max_examples=40)
@given(data=st.data())
def test_what_the_window_sends_arrives(kind: type, data: st.DataObject) -> None:
    message = data.draw(TO_CHILD[kind])
    arrived = decode_to_child(_one_line(encode(message)))
    assert type(arrived) is kind
    assert arrived == message
    assert encode(arrived) == encode(message)


@pytest.mark.parametrize("kind", FROM_CHILD, ids=lambda kind: kind.__name__)
@settings(max_examples=40)
@given(data=st.data())
def test_what_a_child_sends_arrives(kind: type, data: st.DataObject) -> None:
    message = data.draw(FROM_CHILD[kind])
    arrived = decode_from_child(_one_line(encode(message)))
    assert type(arrived) is kind
    assert arrived == message
    assert encode(arrived) == encode(message)


def test_a_graph_arrives_whole_and_edits_go_on_from_it() -> None:
    graph = chain()
    arrived = decode_to_child(encode(Open(1, list(graph.records.values()), "/tmp")))
    assert isinstance(arrived, Open)
    there = Graph({record.id: record for record in arrived.records})
    assert there == graph
    for edit in (
        commands.set_params(graph, "conv1", {"kernel_size": (5, 3), "padding_mode": "reflect"}),
        commands.delete(graph, ["conv1"]),
        commands.set_training(graph, learning_rate=1),
    ):
        change = decode_to_child(encode(Change(2, edit)))
        assert isinstance(change, Change)
        assert there.apply(change.edit) == graph.apply(edit)


def test_lines_in_a_text_do_not_break_the_line() -> None:
    ended = Ended("failed", say("{detail}", detail="a\nb\r\n\u2028c"), "fc1")
    assert decode_from_child(_one_line(encode(ended))) == ended


def test_the_two_directions_do_not_mix() -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_to_child(encode(Warm()))
    with pytest.raises(msgspec.MsgspecError):
        decode_from_child(encode(Order("stop")))


@pytest.mark.parametrize(
    "line",
    [b"", b"\n", b"hello\n", b"[]", b"{}", b'{"type": "Hologram"}', b'{"type": "Order", "what": "dance"}',
     b'{"type":"Order"}',
     b'{"type": "Open", "revision": "1", "records": [], "folder": ""}', b'{"type": "Warm"', b"\xff\xfe", b"\x00" * 9],
)  # fmt: skip
def test_anything_else_is_no_message(line: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_to_child(line)
    with pytest.raises(msgspec.MsgspecError):
        decode_from_child(line.replace(b"Order", b"Progress").replace(b"Open", b"Analysis") or b"\n")


@given(st.binary(max_size=60) | st.text(string.printable, max_size=60).map(str.encode))
def test_any_line_is_a_message_or_refused(line: bytes) -> None:
    for decode in (decode_to_child, decode_from_child):
        try:
            message = decode(line)
        except msgspec.MsgspecError:
            continue
        assert type(message).__name__ in vars(messages)
