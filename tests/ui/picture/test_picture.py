"""Pictures as files: texts are texts, pixels what was asked for, and what goes wrong leaves files alone."""

from __future__ import annotations

import random
import re
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox, QProgressDialog, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import Refused
from netbuilder.bridge.reports import NodeReport
from netbuilder.engine.analysis import analyse
from netbuilder.graph import commands, notes
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Edit, Node, Wire
from netbuilder.ui import style
from netbuilder.ui.canvas.geometry import CARD_WIDTH
from netbuilder.ui.picture import dialog as picture_dialog
from netbuilder.ui.picture import picture, printing
from netbuilder.ui.picture.dialog import PictureDialog
from netbuilder.ui.picture.picture import KINDS, Kind, Wish
from netbuilder.ui.theme import DARK, LIGHT, Theme
from tests.drawings import EXAMPLES, example

SVG = "{http://www.w3.org/2000/svg}"
Reports = Mapping[str, NodeReport]

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture(autouse=True)
def fonts(qapp: QApplication) -> None:
    style.apply(qapp, LIGHT)


def full() -> Graph:
    """A drawing with a bit of everything: notes, a frame, a bypassed node, a problem and a reroute dot."""
    graph = example("lenet_5x5")
    first = next(node for node in graph.order if node.block == "Linear")
    graph = graph.apply(commands.set_params(graph, first.id, {"in_features": 100}))
    relu = next(node for node in graph.order if node.block == "ReLU")
    graph = graph.apply({relu.id: (relu, msgspec.structs.replace(relu, muted=True))})
    graph = graph.apply(notes.add_note(graph, '# Title & <tag>\nThis *is* `x = 1`\n- "one"\n> two\n日本', 320, 0))
    graph = graph.apply(notes.resize(graph, next(iter(graph.notes)), (320, 0, 480, 160)))
    graph = graph.apply(notes.add_frame(graph, "Features", (-24, 40, 200, 420)))
    wire = next(wire for wire in graph.wires.values() if wire.output == "label")
    return graph.apply(commands.add_dot(graph, wire.id, 0, 240, 480))


def reports(graph: Graph) -> Reports:
    return analyse(graph, EXAMPLES).reports


def written(
    graph: Graph, known: Reports, path: Path, theme: Theme = LIGHT, clear: bool = False, scale: int = 1
) -> Path:
    kind: Kind = next(kind for kind in KINDS if path.suffix == f".{kind}")
    parts = list(picture.make(graph, known, Wish(kind, theme, clear, scale), path))
    assert parts == sorted(parts) and parts[-1] == 1.0
    return path


def texts(path: Path) -> list[ElementTree.Element]:
    return list(ElementTree.parse(path).getroot().iter(f"{SVG}text"))


def test_every_word_of_the_drawing_is_a_text_in_the_svg(tmp_path: Path) -> None:
    graph = full()
    known = reports(graph)
    found = [text.text for text in texts(written(graph, known, tmp_path / "a.svg"))]
    for node in graph.nodes.values():
        assert found.count(node.name) >= 1 and node.block in found
    assert {"Title & <tag>", "is", "x = 1", '"one"', "two", "日本", "Features"} <= set(found)
    assert {"1→6 · 5×5", "N×6×28×28", "100→120", "N×400"} <= set(found)
    without = [text.text for text in texts(written(graph, {}, tmp_path / "b.svg"))]
    assert "N×6×28×28" not in without and "conv1" in without


def test_every_node_is_a_card_and_nothing_is_a_picture_in_the_svg(tmp_path: Path) -> None:
    graph = full()
    root = ElementTree.parse(written(graph, reports(graph), tmp_path / "a.svg")).getroot()
    outlines = [path for path in root.iter(f"{SVG}path") if path.get("d", "").startswith("M0.5,7.5 C0.5,3.6")]
    assert len(outlines) == len(graph.nodes)
    assert not [element for element in root.iter() if element.tag in (f"{SVG}image", f"{SVG}clipPath", f"{SVG}use")]
    assert all(len(group) for group in root.iter(f"{SVG}g"))
    assert root.find(f"{SVG}title") is not None
    width, height = int(root.get("width", "")), int(root.get("height", ""))
    assert root.get("viewBox") == f"0 0 {width} {height}"
    assert (width, height) == picture.roughly(graph)
    ground = next(root.iter(f"{SVG}rect"))
    assert (ground.get("width"), ground.get("height")) == (str(width), str(height))


def test_texts_name_a_font_with_a_stand_in_and_their_length(tmp_path: Path) -> None:
    for text in texts(written(full(), {}, tmp_path / "a.svg")):
        family = text.get("font-family", "")
        assert family == "Inter, sans-serif" or family.endswith(", monospace")
        assert text.get("lengthAdjust") == "spacingAndGlyphs"
        assert float(text.get("x", "")) + float(text.get("textLength", "")) < 420
        if text.text == "FashionMNIST":
            font = style.text_font()
            font.setPixelSize(11)
            font.setWeight(font.Weight.Medium)
            assert float(text.get("textLength", "")) == pytest.approx(
                QFontMetricsF(font).horizontalAdvance(text.text), 0.01
            )
            assert float(text.get("x", "")) + float(text.get("textLength", "")) < CARD_WIDTH


def test_texts_have_their_colours_even_over_what_shines_through(tmp_path: Path) -> None:
    for text in texts(written(full(), {}, tmp_path / "a.svg")):
        assert text.get("fill-opacity") == "1" and re.fullmatch("#[0-9a-f]{6}", text.get("fill", ""))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.text("<>&\"'] x\n\t\\#*`\x00\uffff\u2028", max_size=60),
)
def test_whatever_a_note_says_the_svg_can_be_read(tmp_path: Path, one: str, other: str) -> None:
    graph = Graph()
    for i, text in enumerate((one, other)):
        edit = notes.add_note(graph, text, 300 * i, 0)
        graph = graph.apply(edit)
        graph = graph.apply(notes.resize(graph, next(iter(edit)), (300 * i, 0, 300 * i + 280, 2000)))
    found = "".join(text.text or "" for text in texts(written(graph, {}, tmp_path / "a.svg")))
    assert _letters(found) == _letters(one + other)


def _letters(text: str) -> list[str]:
    return sorted(sign for sign in text if sign.isascii() and sign.isalpha())


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_drawing_gives_the_same_bytes(kind: Kind, tmp_path: Path) -> None:
    graph = full()
    known = reports(graph)
    first = written(graph, known, tmp_path / f"a.{kind}").read_bytes()
    keys = list(graph.records)
    for seed in range(3):
        random.Random(seed).shuffle(keys)
        shuffled = Graph({key: graph.records[key] for key in keys})
        reported = {key: known[key] for key in keys if key in known}
        assert written(shuffled, reported, tmp_path / f"b.{kind}").read_bytes() == first


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("clear", [False, True])
def test_pixels(theme: Theme, clear: bool, tmp_path: Path) -> None:
    graph = full()
    image = QImage(str(written(graph, {}, tmp_path / "a.png", theme, clear, 2)))
    width, height = picture.roughly(graph)
    assert image.size().toTuple() == (2 * width, 2 * height)
    corner = image.pixelColor(1, 1)
    assert corner.alpha() == 0 if clear else corner.name() == theme.canvas
    (node,) = (node for node in graph.nodes.values() if node.block == "Flatten")
    left, top = 24 + 24, 24 - min(n.y for n in graph.nodes.values())  # the frame is further left than the cards
    inside = image.pixelColor(2 * (node.x + left + CARD_WIDTH // 2), 2 * (node.y + top + 6))
    assert inside.name() == theme.card


def test_the_svg_looks_like_the_png(tmp_path: Path) -> None:
    graph = example("digits")
    known = reports(graph)
    image = QImage(str(written(graph, known, tmp_path / "a.png"))).convertToFormat(QImage.Format.Format_RGB32)
    svg = written(graph, known, tmp_path / "a.svg")
    svg.write_text(svg.read_text("utf-8").replace("Inter, sans-serif", "Inter"), "utf-8")  # Qt reads one family only
    other = QImage(image.size(), QImage.Format.Format_RGB32)
    painter = QPainter(other)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    points = [(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)]
    far = sum(abs(image.pixelColor(x, y).lightness() - other.pixelColor(x, y).lightness()) > 60 for x, y in points)
    assert far < 0.01 * len(points)


def pdf_texts(data: bytes) -> str:
    """The texts of a PDF as Qt writes it: glyphs by number, looked up in their fonts' tables."""
    objects = {int(m[1]): m[2] for m in re.finditer(rb"(\d+) 0 obj(.*?)endobj", data, re.DOTALL)}

    def stream(number: int) -> str:
        content = objects[number].partition(b"stream")[2].rpartition(b"endstream")[0].strip(b"\r\n")
        return (zlib.decompress(content) if b"/FlateDecode" in objects[number] else content).decode("latin-1")

    tables: dict[str, dict[str, str]] = {}
    for number, content in objects.items():
        found = re.search(rb"/ToUnicode (\d+) 0 R", content)
        if found is not None:
            (codes,) = re.findall(r"<0001> <\w+> \[(.*?)\]", stream(int(found[1])))
            signs = re.findall(r"<(\w+)>", codes)
            tables[f"F{number}"] = {
                f"{i:04X}": bytes.fromhex(sign).decode("utf-16-be") for i, sign in enumerate(signs, 1)
            }
    said = []
    for number, content in objects.items():
        if b"/FlateDecode" not in content or b"/Length1" in content:
            continue
        for font, drawn in re.findall(r"/(F\d+) \S+ Tf(.*?)ET", stream(number), re.DOTALL):
            glyphs = "".join(re.findall(r"<(\w+)> Tj", drawn)).upper()
            said.append("".join(tables[font][glyphs[i : i + 4]] for i in range(0, len(glyphs), 4)))
    return "\n".join(said).replace("\t", " ")


def test_the_texts_of_the_pdf_are_texts_in_fonts_that_it_holds(tmp_path: Path) -> None:
    graph = full()
    data = written(graph, reports(graph), tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF") and data.count(b"/FontFile2") >= 3 and b"/Subtype /Image" not in data
    found = pdf_texts(data).splitlines()
    for node in graph.nodes.values():
        assert node.name in found and node.block in found
    assert {"1→6 · 5×5", "Features", "Title & <tag>", "日本"} <= set(found)
    width, height = picture.roughly(graph)
    (box,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert [float(side) for side in box] == pytest.approx([width * 0.75, height * 0.75], abs=1)


def test_a_page_is_never_longer_than_readers_can_show(tmp_path: Path) -> None:
    graph = Graph()
    for y in (0, 40_000):
        graph = graph.apply(commands.add_node(graph, "ReLU", 0, y))
    data = written(graph, {}, tmp_path / "a.pdf").read_bytes()
    (box,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert float(box[1]) == pytest.approx(picture.LONGEST_PAGE, abs=1)


def test_a_selection_has_the_wires_in_between_and_what_lies_in_its_frames() -> None:
    graph = full()
    part = picture.chosen(graph, {"conv1", "relu1", "pool2"})
    assert part.nodes.keys() == {"conv1", "relu1", "pool2"}
    assert {(wire.source, wire.target) for wire in part.wires.values()} == {("conv1", "relu1")}
    assert not part.notes and not part.frames
    (frame,) = graph.frames
    inside = picture.chosen(graph, {frame})
    assert {"conv1", "relu1", "pool1", "conv2", "relu2"} <= inside.nodes.keys() and "fc1" not in inside.nodes
    wire = next(iter(graph.wires))
    assert not picture.chosen(graph, {wire, f"{wire}#0"}).nodes


def test_a_picture_that_is_too_large_is_refused(tmp_path: Path) -> None:
    graph = Graph()
    for x, y in ((0, 0), (20_000, 20_000)):
        graph = graph.apply(commands.add_node(graph, "ReLU", x, y))
    with pytest.raises(Refused, match="20,224 × 20,096 pixels: PNG is for 200 million at most"):
        written(graph, {}, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_drawing_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing drawn"):
        written(Graph(), {}, tmp_path / "a.svg")
    graph = Graph().apply(notes.add_note(Graph(), "alone", 0, 0))
    assert [text.text for text in texts(written(graph, {}, tmp_path / "a.svg"))] == ["alone"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_leaves_what_was_there(kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_text("before")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(Refused) as refused:
        written(example("digits"), {}, path)
    assert str(refused.value) == f"{path} cannot be written: No space left on device. What was there is unchanged."
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_stopped_half_way_leaves_nothing(kind: Kind, tmp_path: Path) -> None:
    whole = list(picture.make(full(), {}, Wish(kind, LIGHT), tmp_path / f"whole.{kind}"))
    for stop in range(sum(part < picture.PAINTED for part in whole)):
        steps = picture.make(full(), {}, Wish(kind, LIGHT), tmp_path / f"a.{kind}")
        for _ in range(stop + 1):
            next(steps)
        steps.close()
    assert [path.name for path in tmp_path.iterdir()] == [f"whole.{kind}"]
    assert not [thread for thread in threading.enumerate() if "ThreadPool" in thread.name]


def test_many_nodes_take_many_steps(tmp_path: Path) -> None:
    graph = Graph()
    edit: Edit = {}
    for i in range(450):
        edit[f"n{i}"] = None, Node(f"n{i}", "ReLU", f"n{i}", 216 * (i % 10), 96 * (i // 10))
        if i >= 10:
            wire = Wire(f"n{i - 10}", "output", f"n{i}", "input")
            edit[wire.id] = None, wire
    graph = graph.apply(edit)
    for kind in KINDS:
        path = tmp_path / f"a.{kind}"
        assert len(list(picture.make(graph, {}, Wish(kind, LIGHT), path))) > 15
    assert sum(text.text == "n449" for text in texts(tmp_path / "a.svg")) == 1


# The dialog.


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_dialog_begins_with_the_colours_of_the_window_and_light_for_a_pdf(qtbot: QtBot) -> None:
    dialog = PictureDialog(full(), {"conv1"}, DARK)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.wish == Wish("svg", DARK)
    dialog.kind.buttons["pdf"].click()
    assert dialog.wish == Wish("pdf", LIGHT)
    dialog.kind.buttons["png"].click()
    assert dialog.wish == Wish("png", DARK, False, 2)
    dialog.colours.buttons["light"].click()
    dialog.ground.buttons["none"].click()
    dialog.size_row.buttons["4"].click()
    assert dialog.wish == Wish("png", LIGHT, True, 4)
    dialog.kind.buttons["svg"].click()
    assert dialog.wish == Wish("svg", LIGHT, True)
    dialog.which.buttons["some"].click()
    assert dialog.part.nodes.keys() == {"conv1"}


def test_the_dialog_offers_only_what_can_be(qtbot: QtBot) -> None:
    dialog = PictureDialog(full(), (), LIGHT)
    qtbot.addWidget(dialog)
    dialog.show()
    size = dialog.size()
    assert not dialog.which.isVisible() and not dialog.size_row.isVisible() and dialog.part.nodes
    dialog.kind.buttons["png"].click()
    assert dialog.size_row.isVisible() and dialog.size() == size
    width, height = picture.roughly(full())
    assert dialog.about.text().startswith(f"About {2 * width:,} × {2 * height:,} pixels.")
    graph = Graph()
    for x, y in ((0, 0), (10_000, 10_000)):
        graph = graph.apply(commands.add_node(graph, "ReLU", x, y))
    wide = PictureDialog(graph, (), LIGHT)
    qtbot.addWidget(wide)
    wide.show()
    wide.kind.buttons["png"].click()
    assert not wide.export_button.isEnabled() and "too many" in wide.about.text()
    wide.size_row.buttons["1"].click()
    assert wide.export_button.isEnabled()


def press(*buttons: tuple[str, str], accept: bool = True) -> None:
    """In the dialog that opens next, press these buttons, then Export or Cancel."""

    def work() -> None:
        (dialog,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, PictureDialog) and w.isVisible())
        for row, key in buttons:
            getattr(dialog, row).buttons[key].click()
        QTimer.singleShot(0, dialog.export_button.click if accept else dialog.reject)

    QTimer.singleShot(0, work)


def answer_file(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[str]:
    asked: list[str] = []

    def ask(parent: QWidget, title: str, suggestion: str, kinds: str) -> tuple[str, str]:
        asked.append(suggestion)
        return answer, kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return asked


def export(window: QWidget, graph: Graph, folder: Path, selected: Collection[str] = ()) -> str | None:
    sentence = picture_dialog.export(window, graph, {}, selected, LIGHT, folder, "net")
    return None if sentence is None else str(sentence)


def test_from_the_dialog_to_the_file(window: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer_file(monkeypatch, str(tmp_path / "mine"))
    press(("kind", "png"), ("which", "some"), ("size_row", "1"))
    assert export(window, full(), tmp_path, {"conv1"}) == f"Written: {tmp_path / 'mine.png'}"
    assert asked == [str(tmp_path / "net.png")]
    assert QImage(str(tmp_path / "mine.png")).size().toTuple() == (CARD_WIDTH + 48, 96)
    assert not [w for w in window.findChildren(QDialog) if w.isVisible()]


def test_the_file_that_would_be_replaced_is_asked_about(
    window: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.svg").write_text("before")
    answer_file(monkeypatch, str(tmp_path / "mine"))
    for button, after in ((QMessageBox.StandardButton.Cancel, "before"), (QMessageBox.StandardButton.Yes, "<?xml")):
        monkeypatch.setattr(QMessageBox, "exec", lambda box, button=button: button)
        press()
        export(window, full(), tmp_path)
        assert (tmp_path / "mine.svg").read_text("utf-8").startswith(after)


def test_who_thinks_better_of_it_gets_no_file(window: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer_file(monkeypatch, "")
    press(accept=False)
    assert export(window, full(), tmp_path) is None and not asked
    press()
    assert export(window, full(), tmp_path) is None and asked
    with pytest.raises(Refused, match="nothing drawn"):
        export(window, Graph(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_progress_can_be_stopped_until_the_file_is_written(window: QWidget) -> None:
    shown: list[bool] = []

    def steps(last: float) -> Iterator[float]:
        for i in range(30):
            (bar,) = window.findChildren(QProgressDialog)
            shown.append(bar.isVisible())
            if i == 20:
                bar.cancel()
            QTest.qWait(25)
            yield min(i / 30, last)

    assert not picture_dialog.run(window, steps(0.5), "Making the picture…")  # type: ignore[arg-type]
    assert shown[0] is False and any(shown) and len(shown) == 21
    assert picture_dialog.run(window, (part for part in (0.9, 1.0)), "Making")  # type: ignore[arg-type]


def test_the_window_lives_on_where_a_step_says_nothing_new(window: QWidget) -> None:
    seen: list[bool] = []
    timer = QTimer(window)
    timer.timeout.connect(lambda: seen.append(any(bar.isVisible() for bar in window.findChildren(QProgressDialog))))
    timer.start(10)

    def steps() -> Iterator[float]:
        until = time.monotonic() + 2 * picture_dialog.SHOWN_AFTER / 1000
        while time.monotonic() < until:
            time.sleep(0.005)
            yield picture.PAINTED
        yield 1.0

    assert picture_dialog.run(window, steps(), "Making the picture…")  # type: ignore[arg-type]
    assert seen[0] is False and seen[-1] is True


# Printing.


def pages_of(path: Path) -> tuple[bytes, list[float]]:
    data = path.read_bytes()
    (box,) = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    return data, [float(side) for side in box]


@pytest.mark.parametrize("some", [False, True])
def test_printing_on_one_page(window: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, some: bool) -> None:
    graph = full()

    def accept(dialog: QPrintDialog) -> QDialog.DialogCode:
        printer = dialog.printer()
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(tmp_path / "page.pdf"))
        if some:
            dialog.setPrintRange(QPrintDialog.PrintRange.Selection)
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(QPrintDialog, "exec", accept)
    sentence = printing.print_drawing(window, graph, {}, {"conv1"}, "net")
    assert str(sentence) == "The drawing is printed."
    data, (width, height) = pages_of(tmp_path / "page.pdf")
    assert width < height
    found = pdf_texts(data).splitlines()
    assert "conv1" in found and ("conv2" in found) is not some


def test_a_wide_drawing_is_printed_across_and_who_cancels_prints_nothing(
    window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = Graph()
    for x in (0, 800):
        graph = graph.apply(commands.add_node(graph, "ReLU", x, 0))
    seen: list[str] = []

    def cancel(dialog: QPrintDialog) -> QDialog.DialogCode:
        seen.append(dialog.printer().pageLayout().orientation().name)
        return QDialog.DialogCode.Rejected

    monkeypatch.setattr(QPrintDialog, "exec", cancel)
    assert printing.print_drawing(window, graph, {}, (), "net") is None
    assert seen == ["Landscape"]
    with pytest.raises(Refused, match="nothing drawn"):
        printing.print_drawing(window, Graph(), {}, (), "net")


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_printer_that_takes_nothing(tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "no" / "page.pdf"))
    with pytest.raises(Refused, match="The printer does not take anything"):
        list(printing.pages(full(), {}, printer))


def test_a_computer_without_printing(window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtPrintSupport", None)
    with pytest.raises(Refused, match="no printing system: export a PDF instead"):
        printing.print_drawing(window, full(), {}, (), "net")
