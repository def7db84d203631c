"""How the canvas looks: nothing overprinted at any size, states told apart without colour, crisp when it rests."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest

from netbuilder.blocks import CATALOG, Category
from netbuilder.blocks.sentence import Sentence
from netbuilder.bridge.reports import NodeReport, Problem, TensorSpec
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Node
from netbuilder.ui.canvas.card_text import FULL, Line, card_lines, detail_at, port_labels
from netbuilder.ui.canvas.geometry import CARD_HEIGHT
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.pictures import LIMIT
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.shared import Shared
from netbuilder.ui.theme import DARK, LIGHT, Theme
from tests.ui.canvas.canvas_help import Hands, drawing, report
from tests.ui.test_style import contrast

Make = Callable[..., Hands]

SCALES = (0.05, 0.1, 0.29, 0.31, 0.36, 0.44, 0.46, 0.5, 0.55, 0.57, 0.6, 0.62, 0.8, 1.0, 1.5, 3.0)


def chain(gap: int = 16) -> Graph:
    """Cards of several ports and of one, stacked closely."""
    step = CARD_HEIGHT + gap
    blocks = ["Digits", "Conv2d", "ReLU", "Add", "Linear", "CrossEntropyLoss"]
    return drawing(
        [(block, 0, i * step) for i, block in enumerate(blocks)],
        [
            ("digits", "image", "conv1", "input"),
            ("conv1", "output", "relu1", "input"),
            ("relu1", "output", "add1", "input1"),
            ("conv1", "output", "add1", "input2"),
            ("add1", "output", "fc1", "input"),
            ("fc1", "output", "loss", "input"),
            ("digits", "label", "loss", "target"),
        ],
    )


def report_all(h: Hands) -> None:
    spec = TensorSpec(("N", 20, 28, 28))
    nodes = h.document.graph.nodes
    reports = {
        key: NodeReport({}, {port.name: spec for port in h.graph.outputs(node)}, h.graph.values(node))
        for key, node in nodes.items()
    }
    h.canvas.show_reports(reports, [])


def problem(h: Hands, key: str, level: str) -> None:
    found = Problem(key, Sentence("Not so."), level)  # type: ignore[arg-type]
    h.canvas.show_reports({key: NodeReport({}, {}, {}, problems=(found,))}, [])


def ink(line: Line, height: float) -> QRectF:
    """Where a line's letters can be: from the height of capitals above the base to what hangs below it."""
    base = line.place.y() + line.ascent
    return QRectF(line.place.x(), base - 0.74 * line.font.pixelSize(), line.width, height * line.font.pixelSize())


@pytest.mark.parametrize("scale", SCALES)
def test_no_text_on_a_card_meets_another_or_its_edge(qapp: object, scale: float) -> None:
    shared = Shared(Look(DARK))
    for block in CATALOG:
        _check_texts(shared, block, scale)


def _check_texts(shared: Shared, block: str, scale: float) -> None:
    entry = CATALOG[block]
    item = NodeItem(Node("n", block, "a_rather_long_name"), entry, shared)
    outputs = {port.name: TensorSpec(("N", 1024, 512, 512)) for port in item.outputs}
    item.set_report(NodeReport({}, outputs, entry.defaults(), problems=(Problem("n", Sentence("So.")),)))
    detail = detail_at(scale)
    opaque = (detail.name, detail.block, detail.small, detail.small)
    lines = [line for line, seen in zip(card_lines(item, item.shared.look, detail), opaque, strict=True) if seen]
    if detail.small:
        lines += port_labels(item, item.shared.look)
    boxes = [ink(line, 0.9) for line in lines if line.width]
    for box in boxes:
        assert QRectF(0, 0, item.width, CARD_HEIGHT).contains(box), (block, scale)
    for one, other in combinations(boxes, 2):
        assert not one.intersects(other), (block, scale)


@given(st.floats(0.05, 3.0), st.floats(1.0, 1.06))
@settings(max_examples=200, deadline=None)
def test_detail_comes_and_goes_little_by_little(scale: float, factor: float) -> None:
    one, other = detail_at(scale), detail_at(scale * factor)
    assert abs(one.size - other.size) <= 3
    assert abs(one.tint - other.tint) < 0.4
    if one.stacked != other.stacked:
        assert min(one.small, other.small) == 0 and max(one.small, other.small) < 0.8


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_names_can_be_read_on_coloured_cards(qapp: object, theme: Theme) -> None:
    look = Look(theme)
    for category in Category:
        assert contrast(theme.text, look.far[category].name()) >= 4.5, category


def test_pills_lie_neither_over_each_other_nor_over_words_or_ports(hands: Make) -> None:
    h = hands(chain())
    report_all(h)
    scene = h.canvas.items_scene
    h.canvas.select_all()
    places = scene.pills.places()
    assert len(places) == len(scene.wires)
    for one, other in combinations(places, 2):
        assert not one.intersects(other)
    for place in places:
        for item in scene.nodes.values():
            words = [ink(line, 0.9).translated(item.pos()) for line in (*item.lines(FULL), *item.labels())]
            assert not any(place.intersects(box) for box in words)
            assert not any(place.contains(point) for _, point in item.port_refs())


def test_pills_follow_what_is_dragged(hands: Make) -> None:
    h = hands(chain())
    report_all(h)
    h.canvas.select(["conv1", "relu1:input"])
    before = h.canvas.items_scene.pills.places()
    h.press(h.middle("conv1"))
    for step in (20, 60, 120):
        h.move(h.middle("conv1") if step == 0 else h.pixel(118 + step, 88))
    h.release(h.pixel(238, 88))
    assert before and h.canvas.items_scene.pills.places() != before
    h.canvas.select([])
    assert h.canvas.items_scene.pills.places() == []


def shades(image: QImage, area: QRectF, ratio: float) -> list[int]:
    """The lightness of every pixel of an area."""
    left, top, right, bottom = (round(value * ratio) for value in area.getCoords())  # type: ignore[attr-defined]
    return [image.pixelColor(x, y).lightness() for x in range(left, right) for y in range(top, bottom)]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("scale", [0.1, 0.25, 0.36, 0.5, 1.0])
def test_states_are_told_apart_without_colour(hands: Make, theme: Theme, scale: float) -> None:
    """Where a card is, the picture in shades of grey differs for every two of its states."""
    seen: dict[str, list[int]] = {}
    for state in ("plain", "selected", "error", "warning", "muted", "running"):
        if state == "running" and scale < 0.3:
            continue
        graph = drawing([("Conv2d", 0, 0)])
        node = graph.nodes["conv1"]
        h = hands(Graph({**graph.records, "conv1": replace(node, muted=state == "muted")}))
        h.canvas.set_theme(theme)
        h.canvas.camera.go(QPointF(88, 24), scale, at_once=True)
        if state == "selected":
            h.canvas.select(["conv1"])
        elif state in ("error", "warning"):
            problem(h, "conv1", state)
        elif state == "running":
            h.canvas.items_scene.set_running({"conv1"})
        QTest.qWait(130)
        image = h.canvas.viewport().grab().toImage()
        middle, ratio = QPointF(h.canvas.viewport().rect().center()), image.devicePixelRatio()
        around = QRectF(0, 0, 200 * scale + 30, 72 * scale + 30)
        around.moveCenter(middle)
        seen[state] = shades(image, around, ratio)
    for one, other in combinations(seen, 2):
        apart = sum(abs(a - b) > 24 for a, b in zip(seen[one], seen[other], strict=True))
        assert apart >= 12, (one, other, apart)


def test_at_rest_every_card_is_crisp_again(hands: Make) -> None:
    h = hands(chain())
    report_all(h)
    center = h.canvas.viewport().rect().center()
    h.canvas.viewport().repaint()
    for _ in range(6):
        h.wheel(center, -40)
        h.canvas.viewport().repaint()
    pace, scene = h.canvas.items_scene.shared.pace, h.canvas.items_scene
    assert pace.moving
    QTest.qWait(300)
    assert not pace.moving and not pace.settling
    ratio = h.canvas.viewport().devicePixelRatioF()
    assert {item.picture.density for item in scene.nodes.values() if item.picture} == {h.canvas.camera.scale * ratio}
    moved = h.canvas.viewport().grab().toImage()
    place = h.canvas.camera.center, h.canvas.camera.scale
    for item in scene.nodes.values():
        scene.shared.look.pictures.drop(item)
    assert h.canvas.viewport().grab().toImage() == moved
    assert (h.canvas.camera.center, h.canvas.camera.scale) == place


def test_pictures_of_cards_out_of_sight_make_room(hands: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    h = hands(drawing([("Conv2d", x * 2000, 0) for x in range(8)]))
    monkeypatch.setattr("netbuilder.ui.canvas.pictures.LIMIT", LIMIT // 200)
    scene = h.canvas.items_scene
    for item in scene.nodes.values():
        h.canvas.camera.go(item.card.center(), 2.0, at_once=True)
        h.canvas.viewport().repaint()
        assert item.picture is not None
    assert sum(item.picture is not None for item in scene.nodes.values()) <= 4


def test_vectors_keep_text_as_text_and_all_of_it(qapp: object) -> None:
    scene = Scene(Look(LIGHT))
    graph = chain()
    scene.reset(graph)
    scene.set_scale(0.1)
    scene.set_vector(True)
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    svg = QSvgGenerator()
    svg.setOutputDevice(data)
    painter = QPainter(svg)
    scene.render(painter, QRectF(0, 0, 200, 400), scene.extent(graph.nodes))
    painter.end()
    text = data.data().toStdString()
    for node in graph.nodes.values():
        assert f">{node.name}" in text and f">{node.block}" in text
    assert "label" in text and "<image" not in text
    scene.set_vector(False)


def test_selected_wires_show_their_shapes_whatever_was_selected_before(hands: Make) -> None:
    graph = drawing([("ReLU", 0, 96 * i) for i in range(40)])
    for i in range(1, 40):
        graph = graph.apply(commands.connect(graph, f"relu{i}", "output", f"relu{i + 1}", "input"))
    h = hands(graph)
    spec = TensorSpec(("N", 8))
    h.canvas.show_reports({key: report(graph, key, output=spec) for key in graph.nodes}, [])
    scene, some = h.canvas.items_scene, [f"relu{i}:input" for i in range(2, 12)]

    def shown() -> set[str]:
        return {key for key in scene.wires if key in scene.pills}

    h.canvas.select(some)
    assert shown() == set(some)
    h.canvas.select_all()
    assert not shown(), "39 are too many"
    h.canvas.select(some)
    assert shown() == set(some)
    h.canvas.select([*some, *graph.nodes])
    assert shown() == set(some), "cards do not count"
