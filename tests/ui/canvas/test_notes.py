"""Notes and frames: what their text may do, where hands take hold of them, what they look like, and writing in them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QTextDocument, QTextFormat
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.graph.graph import Graph
from netbuilder.graph.notes import COLORS, LONGEST_TEXT, held
from netbuilder.graph.records import Frame, Node, Note
from netbuilder.ui import style
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.markdown import Span, Type, document, parts, spans
from netbuilder.ui.canvas.note_editor import NoteEditor, TitleEditor
from netbuilder.ui.canvas.note_item import NoteItem, note_height
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.sheet import edge_color, grip_of, lettering, paper, sheet_color
from netbuilder.ui.canvas.view import View
from netbuilder.ui.theme import DARK, LIGHT, Theme
from tests.ui.canvas.canvas_help import Hands
from tests.ui.test_style import contrast

CONTROL = Qt.KeyboardModifier.ControlModifier
TEXT = "# Heading\nSome **bold** words\nand a `name`.\n\n- one\n- two\n\n> a quote"


class Ground(View):
    """A view that takes clicks, as the canvas does."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    mouseReleaseEvent = mousePressEvent  # noqa: N815 - Qt's name


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[View]:
    style.load_fonts()
    made = Ground(Scene(Look(DARK)))
    made.items_scene.apply({"away": (None, Node("away", "ReLU", "away", -9000, 0))}, Graph())
    made.resize(900, 700)
    made.show()
    QTest.qWaitForWindowExposed(made)
    yield made
    made.close()
    made.deleteLater()
    QApplication.processEvents()


def put(view: View, *records: Note | Frame) -> list[NoteItem | FrameItem]:
    view.items_scene.apply({record.id: (None, record) for record in records}, Graph())
    view.camera.go(QPointF(300, 200), 1.0, at_once=True)
    return [view.items_scene.papers.items[record.id] for record in records]


def note(view: View, text: str, width: int = 240, height: int = 160) -> NoteItem:
    (item,) = put(view, Note("note1", text, width=width, height=height))
    assert isinstance(item, NoteItem)
    return item


def frame(view: View, title: str = "features", width: int = 320, height: int = 240) -> FrameItem:
    (item,) = put(view, Frame("frame1", title, width=width, height=height))
    assert isinstance(item, FrameItem)
    return item


def picture(view: View, area: QRectF | None = None) -> QImage:
    while view.items_scene.shared.pace.moving or view.items_scene.shared.pace.settling:
        QTest.qWait(10)
    QApplication.processEvents()
    image = view.grab().toImage()
    if area is None:
        return image
    box, ratio = view.mapFromScene(area).boundingRect(), image.devicePixelRatio()
    return image.copy(*(round(side * ratio) for side in box.getRect()))


def colors(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def typed(text: str) -> QTextDocument:
    font = lettering(13)[0]
    return document(text, 200, Type(font, font, QColor("red"), QColor("blue"), QColor("green")))


# The text.


def test_the_subset() -> None:
    assert spans("a **b** *c* `d*e*` \\*f\\*") == [
        Span("a "), Span("b", bold=True), Span(" "), Span("c", italic=True), Span(" "), Span("d*e*", code=True),
        Span(" "), Span("*"), Span("f"), Span("*"),
    ]  # fmt: skip
    assert spans("**a *b* c**") == [Span("a ", True), Span("b", True, True), Span(" c", True)]
    found = parts("## Two ##\n#no heading\nline\nline\n\n- a\n  - b\n3. c\n> q\n> r")
    kinds = [(p.level, p.depth, p.number, p.quote, "".join(s.text for s in p.spans)) for p in found]
    assert kinds == [
        (2, 0, 0, False, "Two"),
        (0, 0, 0, False, "#no heading\nline\nline"),
        (0, 1, 0, False, "a"),
        (0, 2, 0, False, "b"),
        (0, 1, 3, False, "c"),
        (0, 0, 0, True, "q\nr"),
    ]


@pytest.mark.parametrize("text", ["2 * 3 * 4", "a*", "**", "`", "snake_case_name", "#!", "-1", "1.5", "[x]", "a > b"])
def test_what_is_no_markup_stays_as_it_was_typed(text: str) -> None:
    assert typed(text).toPlainText() == text


def test_links_are_text_with_their_address() -> None:
    assert typed("[here](https://a.b/c)").toPlainText() == "here (https://a.b/c)"
    assert typed("[https://a.b](https://a.b)").toPlainText() == "https://a.b"


@pytest.mark.parametrize(
    "text",
    [
        "<img src='/etc/passwd'>",
        "![x](file:///etc/passwd)",
        "<b>x</b>",
        "<style>*{color:red}</style>",
        "&lt;b&gt; &amp;",
        "---\ntitle: x\n---",
        "[a]: file:///etc/passwd\n![a]",
    ],
)
def test_html_and_images_are_characters(text: str) -> None:
    made = typed(text)
    assert made.toPlainText() == text
    _only_text(made)


def _only_text(made: QTextDocument) -> None:
    """Nothing in it has an address, an object or a table."""
    for made_format in made.allFormats():
        assert not made_format.isImageFormat() and not made_format.isTableFormat()
        assert not made_format.hasProperty(QTextFormat.Property.AnchorHref)
        assert made_format.objectType() == QTextFormat.ObjectTypes.NoObject.value
    assert made.rootFrame().childFrames() == []


def test_no_file_is_opened_for_a_note(view: View, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(1, 254, 3))
    image.save(str(tmp_path / "x.png"))
    asked: list[object] = []
    monkeypatch.setattr(QTextDocument, "loadResource", lambda *args: asked.append(args))
    url = (tmp_path / "x.png").as_uri()
    note(view, f"![x]({url})\n<img src='{url}' width=50 height=50>\n<body background='{url}'>\n[x]({url})", 400)
    assert QColor(1, 254, 3).rgb() not in colors(picture(view))
    assert asked == []


@settings(max_examples=200)
@given(st.text(st.sampled_from(list("ab *`_#>-1.[]()!\\\n\t<&\u2028\ufdd0\ufffc\x00é漢🙂")), max_size=80))
def test_any_text_is_shown_and_none_of_its_letters_lost(text: str) -> None:
    made = typed(text)
    _only_text(made)
    shown, letters = made.toPlainText(), "abé漢🙂<&_"
    assert [c for c in shown if c in letters] == [c for c in text if c in letters]


@given(st.text(max_size=200))
def test_unicode_of_any_kind_is_set(text: str) -> None:
    _only_text(typed(text))


# The note.


def test_a_note_as_high_as_its_text_shows_all_of_it(view: View) -> None:
    for text in ("", "one", TEXT, TEXT * 5, "unbrokenword" * 30):
        height = note_height(view.items_scene.shared.look, text, 240)
        item = NoteItem(Note("n", text, width=240, height=height), view.items_scene.shared)
        assert not item.cut
        assert item.text.idealWidth() <= 240
        lower = NoteItem(Note("n", text, width=240, height=max(48, height - 32)), view.items_scene.shared)
        assert lower.cut == (height > 72)


def test_text_without_room_ends_at_a_whole_line_with_a_sign(view: View) -> None:
    item = note(view, "word " * 200, 200, 120)
    assert item.cut
    look = view.items_scene.shared.look
    foot = picture(view, QRectF(60, 106, 80, 13))
    assert look.soft.rgb() in colors(foot), "no sign of more text"
    assert look.text.rgb() not in colors(picture(view, QRectF(2, 100, 50, 18))), "half a line of text"


def test_a_note_has_no_words_from_afar_and_no_lines_from_very_far(view: View) -> None:
    item = note(view, "words\nwords", 240, 96)
    text = view.items_scene.shared.look.text.rgb()
    inside = QRectF(6, 6, 200, 80)
    assert text in colors(picture(view, inside))
    view.camera.go(QPointF(100, 50), 0.4, at_once=True)
    seen = colors(picture(view, inside))
    assert text not in seen and len(seen) > 1
    view.camera.go(QPointF(100, 50), 0.08, at_once=True)
    assert len(colors(picture(view, QRectF(70, 40, 60, 16)))) == 1
    assert item.isVisible()


def test_states_differ_without_colour(view: View) -> None:
    for item in put(view, Note("n", "x"), Frame("f", "title", 0, 120)):
        area = item.sceneBoundingRect()
        seen = []
        for selected, hovered in ((False, False), (False, True), (True, False)):
            item.selected, item.hovered = selected, hovered
            item.update()
            grey = picture(view, area).convertToFormat(QImage.Format.Format_Grayscale8)
            seen.append(bytes(grey.constBits()))
        assert len(set(seen)) == 3
        item.selected = item.hovered = False


def test_a_drag_shows_it_elsewhere_and_the_record_stays(view: View) -> None:
    for item in put(view, Note("n", TEXT, 0, 0, 160, 96), Frame("f", "t", 0, 0, 160, 96)):
        item.put(40, 24)
        assert item.box == (40, 24, 200, 120) and item.pos() == QPointF(40, 24)
        assert (item.record.x, item.record.y) == (0, 0)
        item.stretch((8, 8, 308, 208))
        assert item.area == QRectF(0, 0, 300, 200) and item.pos() == QPointF(8, 8)
        assert item.sceneBoundingRect().contains(QRectF(8, 8, 300, 200))


def test_a_note_follows_theme_and_record(view: View) -> None:
    item = note(view, "one")
    before = picture(view)
    view.items_scene.set_look(Look(LIGHT))
    view.viewport().update()
    after = picture(view)
    assert after != before and LIGHT.text.lstrip("#") in {f"{c & 0xFFFFFF:06x}" for c in colors(after)}
    item.set_record(Note("note1", "another", 16, 8, 100, 64, "red"))
    assert item.box == (16, 8, 116, 72) and item.text.toPlainText() == "another"


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("color", COLORS)
def test_every_colour_can_be_read(theme: Theme, color: str, qapp: QApplication) -> None:
    look = Look(theme)
    ground = sheet_color(look, color).name()  # type: ignore[arg-type]
    assert contrast(theme.text, ground) >= 7
    assert contrast(theme.text_soft, ground) >= 4.5
    assert contrast(theme.papers[color], theme.canvas) >= 4.5
    assert edge_color(look, color, True) != edge_color(look, color, False)  # type: ignore[arg-type]
    assert len({paper(look, one).name() for one in COLORS}) == len(COLORS)


def test_a_drawing_for_a_file_has_text_as_text_and_no_pictures(view: View) -> None:
    put(view, Note("n", TEXT, 0, 0, 260, 200), Frame("f", "features", 300, 0))
    scene = view.items_scene
    scene.shared.vector = True
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(700, 300))
    painter = QPainter(generator)
    scene.render(painter, QRectF(0, 0, 700, 300), QRectF(0, 0, 700, 300))
    painter.end()
    scene.shared.vector = False
    svg = bytes(buffer.data().data()).decode()
    assert "<image" not in svg
    for word in ("Heading", "bold", "quote", "features"):
        assert word in svg


# Taking hold.


@pytest.mark.parametrize(
    ("x", "y", "grip"),
    [
        (0, 50, "w"), (200, 50, "e"), (100, 0, "n"), (100, 100, "s"), (0, 0, "nw"), (200, 0, "ne"), (-5, 105, "sw"),
        (203, 97, "se"), (100, 50, ""), (100, 20, ""), (-9, 50, ""), (100, 120, ""),
    ],
)  # fmt: skip
def test_grips(x: float, y: float, grip: str) -> None:
    assert grip_of((0, 0, 200, 100), QPointF(x, y), 6) == grip


@given(st.floats(-40, 260), st.floats(-40, 160), st.floats(0, 300))
def test_a_middle_is_never_a_grip(x: float, y: float, reach: float) -> None:
    assert grip_of((0, 0, 200, 100), QPointF(100, 50), reach) == ""
    assert grip_of((0, 0, 200, 100), QPointF(x, y), reach) in {"", "n", "s", "w", "e", "nw", "ne", "sw", "se"}


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.2, 2.0])
def test_a_frame_is_taken_at_its_edge_and_title_only(view: View, scale: float) -> None:
    item = frame(view, "features", 800, 600)
    view.camera.go(QPointF(400, 300), scale, at_once=True)
    for x, y in ((0, 300), (800, 300), (400, 600), (400, 0), (400, 10), (3 / scale, 300), (400, 600 - 5 / scale)):
        assert item.hits(QPointF(x, y)), (x, y)
    for x, y in ((400, 300), (100, 200), (400, 40 + 8 / scale), (-20 / scale, 300), (400, 600 + 20 / scale)):
        assert not item.hits(QPointF(x, y)), (x, y)
    assert item.hits(item.title_area(scale).center())


def test_titles_stay_readable_when_the_drawing_is_small(view: View) -> None:
    item = frame(view, "features", 800, 600)
    for scale in (1.0, 0.7, 0.5, 0.3):
        area = item.title_area(scale)
        assert area.height() * scale == pytest.approx(18)
        assert item.rect().contains(area)
        view.camera.go(QPointF(400, 300), scale, at_once=True)
        ink = QColor(DARK.papers["blue"]).rgb()
        assert ink in colors(picture(view, area)), scale
    view.camera.go(QPointF(400, 300), 0.1, at_once=True)
    assert ink not in colors(picture(view))


def test_a_frame_without_title_has_one_only_while_selected(view: View) -> None:
    item = frame(view, "")
    assert item.title == ""
    item.selected = True
    assert item.title == "Frame"
    view.items_scene.shared.vector = True
    assert item.title == ""


def test_smaller_frames_lie_over_larger_ones(view: View) -> None:
    small, large = put(view, Frame("a", "", 0, 0, 100, 100), Frame("b", "", 0, 0, 500, 500))
    assert small.zValue() > large.zValue()
    small.stretch((0, 0, 900, 900))
    assert small.zValue() < large.zValue()


boxes = st.tuples(st.integers(-300, 300), st.integers(-300, 300), st.integers(48, 400), st.integers(48, 400))


@given(boxes, st.lists(boxes, max_size=5), st.lists(boxes, max_size=5), st.lists(boxes, max_size=5))
def test_held_is_what_lies_wholly_inside(
    outer: tuple[int, int, int, int],
    nodes: list[tuple[int, int, int, int]],
    notes: list[tuple[int, int, int, int]],
    frames: list[tuple[int, int, int, int]],
) -> None:
    around = Frame("outer", "", *outer)
    records: list[Node | Note | Frame] = [around]
    records += [Node(f"node{i}", "ReLU", f"node{i}", x, y) for i, (x, y, _, _) in enumerate(nodes)]
    records += [Note(f"note{i}", "", *box) for i, box in enumerate(notes)]
    records += [Frame(f"frame{i}", "", *box) for i, box in enumerate(frames)]
    records.append(Note("elsewhere", "", outer[0], outer[1], 48, 48, network="other"))
    graph = Graph({**Graph().records, **{record.id: record for record in records}})
    places = {f"node{i}": (x, y, x + w, y + h) for i, (x, y, w, h) in enumerate(nodes)}
    every = {**{f"node{i}": box for i, box in enumerate(nodes)}}
    every |= {f"note{i}": box for i, box in enumerate(notes)} | {f"frame{i}": box for i, box in enumerate(frames)}
    room = QRect(*outer)
    assert held(graph, around, places) == {key for key, box in every.items() if room.contains(QRect(*box))}


# Writing.


class Heard:
    """What an editor said."""

    def __init__(self, editor: NoteEditor | TitleEditor) -> None:
        self.done: list[tuple[str, str]] = []
        self.dropped = 0
        editor.done.connect(lambda key, text: self.done.append((key, text)))
        editor.dropped.connect(self._drop)

    def _drop(self) -> None:
        self.dropped += 1


Writing = tuple[View, NoteEditor, TitleEditor]


@pytest.fixture
def writing(view: View) -> Writing:
    shared, viewport = view.items_scene.shared, view.viewport()
    view.activateWindow()
    return view, NoteEditor(shared, viewport), TitleEditor(shared, viewport)


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [(Qt.Key.Key_Return, CONTROL), (Qt.Key.Key_Enter, CONTROL), (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)],
)
def test_a_note_is_written_and_taken(writing: Writing, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    view, editor, _ = writing
    heard = Heard(editor)
    editor.begin(Note("n", "one"), QRect(100, 100, 240, 96), 1.0)
    assert editor.isVisible() and editor.hasFocus()
    QTest.keyClicks(editor, " two")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "three")
    QTest.keyClick(editor, key, modifiers)
    assert heard.done == [("n", "one two\nthree")] and heard.dropped == 0
    assert not editor.isVisible() and view.hasFocus() and editor.record is None


def test_a_click_elsewhere_takes_the_note(writing: Writing) -> None:
    view, editor, _ = writing
    heard = Heard(editor)
    editor.begin(Note("n", "one"), QRect(100, 100, 240, 96), 1.0)
    QTest.keyClicks(editor, "!")
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QRect(600, 600, 1, 1).center())
    assert view.hasFocus()
    assert heard.done == [("n", "one!")] and not editor.isVisible()


def test_undo_in_the_field_is_its_own(writing: Writing) -> None:
    _, editor, _ = writing
    editor.begin(Note("n", "one"), QRect(100, 100, 240, 96), 1.0)
    QTest.keyClicks(editor, "x")
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL)
    assert editor.toPlainText() == "one"
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL)
    assert editor.toPlainText() == "one", "the text that it began with is no step"


def test_no_key_gets_through_to_the_canvas(view: View, qtbot: QtBot) -> None:
    heard: list[int] = []

    class Under(QWidget):
        def keyPressEvent(self, event: object) -> None:
            heard.append(1)

    under = Under(view.viewport())
    under.resize(600, 400)
    under.show()
    editor, title = NoteEditor(view.items_scene.shared, under), TitleEditor(view.items_scene.shared, under)
    editor.begin(Note("n", "one"), QRect(10, 10, 240, 96), 1.0)
    title.begin(Frame("f", "one"), QRect(10, 200, 100, 20), 1.0)
    for field in (editor, title):
        for key in (Qt.Key.Key_D, Qt.Key.Key_G, Qt.Key.Key_F5, Qt.Key.Key_PageDown, Qt.Key.Key_Up):
            QTest.keyClick(field, key, CONTROL)
    assert heard == []


def test_a_text_that_is_too_long_stays_and_the_reason_is_said(writing: Writing) -> None:
    _, editor, _ = writing
    heard = Heard(editor)
    editor.begin(Note("n", "x" * LONGEST_TEXT), QRect(100, 100, 240, 96), 1.0)
    assert _reason(editor) == ""
    QTest.keyClicks(editor, "yy")
    assert "20000" in _reason(editor)
    QTest.keyClick(editor, Qt.Key.Key_Return, CONTROL)
    editor.parentWidget().setFocus(Qt.FocusReason.MouseFocusReason)
    assert heard.done == [] and editor.isVisible() and editor.toPlainText().endswith("yy")
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert _reason(editor) == ""
    QTest.keyClick(editor, Qt.Key.Key_Return, CONTROL)
    assert heard.done == [("n", "x" * LONGEST_TEXT)]


def _reason(editor: QWidget) -> str:
    found = [child for child in editor.parentWidget().children() if child.objectName() == "reason"]
    shown = [child for child in found if isinstance(child, QWidget) and child.isVisible()]
    return shown[0].property("text") if shown else ""


@pytest.mark.parametrize("scale", [0.2, 0.5, 1.0, 2.0])
def test_letters_are_as_large_as_the_notes_and_never_too_small(
    qapp: QApplication, writing: Writing, scale: float
) -> None:
    gc.collect()  # widgets of tests before: not while the list of all of them is walked through
    style.apply(qapp, DARK)  # its sheet says of every field how large its letters are
    view, editor, title = writing
    editor.begin(Note("n", "word " * 60), QRect(-50, 620, round(240 * scale), round(96 * scale)), scale)
    assert editor.font().pixelSize() == max(12, round(13 * scale))
    assert view.viewport().rect().contains(editor.geometry())
    assert editor.verticalScrollBar().maximum() == 0, "there is room for all of it"
    title.begin(Frame("f", "features"), QRect(850, -10, 20, 10), scale)
    assert title.font().pixelSize() == max(12, round(12 * scale)) and title.height() >= title.fontMetrics().height()
    assert view.viewport().rect().contains(title.geometry())


def test_a_field_goes_along_when_the_view_is_scrolled(writing: Writing) -> None:
    view, editor, _ = writing
    editor.begin(Note("n", "one"), QRect(300, 300, 240, 96), 1.0)
    before = editor.pos()
    view.pan(20, -30)
    assert editor.pos() - before == QRect(-20, 30, 1, 1).topLeft()


def test_a_title(writing: Writing) -> None:
    view, _, title = writing
    heard = Heard(title)
    title.begin(Frame("f", "old"), QRect(100, 100, 100, 20), 1.0)
    QTest.keyClicks(title, " new ")
    QTest.keyClick(title, Qt.Key.Key_Return)
    assert heard.done == [("f", "new")] and view.hasFocus()
    title.begin(Frame("f", "old"), QRect(100, 100, 100, 20), 1.0)
    QTest.keyClicks(title, "x" * 61)
    assert "60" in _reason(title)
    QTest.keyClick(title, Qt.Key.Key_Return)
    assert title.isVisible() and len(heard.done) == 1
    QTest.keyClick(title, Qt.Key.Key_Escape)
    assert not title.isVisible() and heard.dropped == 1 and len(heard.done) == 1


def test_a_field_can_be_closed_from_outside(writing: Writing) -> None:
    _, editor, title = writing
    said = [Heard(editor), Heard(title)]
    editor.begin(Note("n", "one"), QRect(100, 100, 240, 96), 1.0)
    editor.drop()
    title.begin(Frame("f", "old"), QRect(100, 100, 100, 20), 1.0)
    title.drop()
    title.drop()
    assert [(heard.done, heard.dropped) for heard in said] == [([], 1), ([], 1)]
    assert isinstance(title, QLineEdit) and not title.isVisible() and not editor.isVisible()


def test_a_second_escape_gives_up_a_text_that_cannot_be_taken(writing: Writing) -> None:
    view, editor, _ = writing
    heard = Heard(editor)
    editor.begin(Note("n", "x" * LONGEST_TEXT), QRect(100, 100, 240, 96), 1.0)
    QTest.keyClicks(editor, "y")
    reason = _reason(editor)
    assert "20000" in reason and "Esc" not in reason
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isVisible() and _reason(editor) == f"{reason} Esc again gives the text up."
    QTest.keyClicks(editor, "y")
    assert _reason(editor) == reason, "who types on has not given up"
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.isVisible() and heard.dropped == 0
    view.pan(10, 10)
    assert _reason(editor).endswith("gives the text up.")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible() and (heard.done, heard.dropped) == ([], 1)
    assert _reason(editor) == "" and view.hasFocus()
    editor.begin(Note("n", "x" * LONGEST_TEXT + "y"), QRect(100, 100, 240, 96), 1.0)
    assert _reason(editor) == reason, "the next time it is said anew"


# Writing on the canvas.


def two_notes() -> Graph:
    notes = Note("note1", "one"), Note("note2", "two", x=320), Frame("frame1", "old", 0, 300, 300, 200)
    return Graph().apply({record.id: (None, record) for record in notes})


Make = Callable[[Graph | None], Hands]


def test_what_is_written_is_taken_when_asked_for(hands: Make) -> None:
    h = hands(two_notes())
    writing = h.canvas.writing
    assert writing.commit()
    writing.begin("note1")
    QTest.keyClicks(writing.note, "!")
    assert writing.commit() and h.graph.notes["note1"].text == "one!"
    assert h.canvas.hasFocus() and not writing.note.isVisible()
    writing.begin("frame1")
    QTest.keyClicks(writing.title, "new")
    writing.begin("note2")
    assert h.graph.frames["frame1"].title == "new" and writing.note.hasFocus()
    writing.drop()
    assert h.document.undo_label == "Write" and not writing.note.isVisible()


def test_a_text_that_cannot_be_taken_is_said_and_kept(hands: Make) -> None:
    h = hands(two_notes())
    writing = h.canvas.writing
    writing.begin("note1")
    writing.note.setPlainText("x" * LONGEST_TEXT + "yy")
    h.canvas.setFocus()
    assert writing.note.isVisible() and h.canvas.hasFocus()
    assert not writing.commit()
    assert [str(sentence) for sentence in h.refused] == ["A note has at most 20000 characters."]
    assert writing.note.hasFocus() and writing.note.toPlainText().endswith("yy")
    writing.begin("note2")
    assert writing.note.record == h.graph.notes["note1"], "another note has to wait"
    assert h.document.undo_label is None
    writing.drop()


def test_what_is_written_becomes_a_step_before_another_is_taken_back(hands: Make) -> None:
    h = hands(two_notes())
    writing = h.canvas.writing
    writing.begin("note1")
    assert writing.close() and h.document.undo_label is None, "nothing was written"
    writing.begin("note1")
    QTest.keyClicks(writing.note, "!")
    assert writing.close() and h.graph.notes["note1"].text == "one!"
    h.canvas.annotating.add_note()
    assert writing.note.isVisible() and len(h.graph.notes) == 3
    assert writing.close() and len(h.graph.notes) == 3 and h.document.undo_label == "Add note"


@pytest.mark.parametrize("key", ["note1", "frame1"])
def test_another_theme_colours_what_is_being_written(hands: Make, key: str) -> None:
    h = hands(two_notes())
    h.canvas.writing.begin(key)
    field = h.canvas.writing.note if key == "note1" else h.canvas.writing.title
    QTest.keyClicks(field, "half")
    for theme in (LIGHT, DARK):
        h.canvas.set_theme(theme)
        assert f" color: {Look(theme).text.name()}" in field.styleSheet()
    text = field.toPlainText() if isinstance(field, NoteEditor) else field.text()
    assert "half" in text and field.hasFocus() and h.document.undo_label is None
    h.canvas.writing.drop()
