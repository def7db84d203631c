"""The search box over the drawing: typing, moving, choosing, leaving; each question has one answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QAction, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.blocks import CATALOG
from netbuilder.ui import style
from netbuilder.ui.finder.choices import Choice
from netbuilder.ui.finder.finder import Finder
from netbuilder.ui.theme import DARK, LIGHT

# Said by the offscreen platform of every window with a least size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

NAMES = (
    *("Digits", "RandomTensors", "Conv2d", "MaxPool2d", "AvgPool2d", "Linear", "ReLU", "Sigmoid", "Tanh", "Clamp"),
    *("Flatten", "Dropout", "BatchNorm2d", "Add", "Concat", "CrossEntropyLoss", "MSELoss", "Accuracy"),
)
BLOCKS = [CATALOG[name] for name in NAMES]
CHOICES = [Choice(b.name, b.name, b.help, b.category.value, "shape", b.category) for b in BLOCKS]
KEYS = [choice.key for choice in CHOICES]


class Below(QWidget):
    """What the finder floats over; counts what it feels."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.felt: list[str] = []
        self.button = QPushButton("Quiet", self)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.move(4, 4)
        self.resize(900, 700)

    def keyPressEvent(self, event: object) -> None:
        self.felt.append("key")

    def mousePressEvent(self, event: object) -> None:
        self.felt.append("mouse")

    def wheelEvent(self, event: object) -> None:
        self.felt.append("wheel")


@pytest.fixture
def below(qtbot: QtBot, qapp: QApplication) -> Iterator[Below]:
    before = qapp.palette(), qapp.font()
    style.apply(qapp, DARK)
    made = Below()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    yield made
    made.close()
    qapp.setStyleSheet("")
    qapp.setPalette(before[0])
    qapp.setFont(before[1])


@pytest.fixture
def finder(below: Below) -> Finder:
    return Finder(DARK, below)


@pytest.fixture
def ends(finder: Finder) -> list[str]:
    """How every question ended."""
    found: list[str] = []
    finder.chosen.connect(lambda key: found.append(f"chosen {key}"))
    finder.left.connect(lambda: found.append("left"))
    return found


def rows(finder: Finder) -> list[str]:
    return [choice.key for choice, _ in finder.list.hits.hits]


def place(finder: Finder, key: str) -> QPoint:
    return finder.list.visualRect(finder.list.hits.index(rows(finder).index(key))).center()


def press(finder: Finder, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
    """Press a key in the field; where the list then stands."""
    QTest.keyClick(finder.field, key, modifier)
    current = finder.list.current()
    return current.key if current is not None else ""


def ask(finder: Finder, choices: list[Choice] = CHOICES, at: QPoint | None = None, keep: str = "") -> None:
    finder.ask(choices, "Add a block", at, "No block is called that.", keep)


def test_typing_finds_and_enter_chooses(finder: Finder, below: Below, ends: list[str]) -> None:
    ask(finder)
    assert finder.field.hasFocus()
    assert rows(finder) == KEYS
    QTest.keyClicks(finder.field, "pool")
    assert rows(finder) == ["MaxPool2d", "AvgPool2d"]
    press(finder, Qt.Key.Key_Return)
    assert ends == ["chosen MaxPool2d"]
    assert not finder.isVisible()
    assert below.hasFocus()


def test_tab_chooses_too(finder: Finder, ends: list[str]) -> None:
    ask(finder)
    QTest.keyClicks(finder.field, "relu")
    press(finder, Qt.Key.Key_Tab)
    assert ends == ["chosen ReLU"]


def test_keys_move_in_the_list_while_the_field_keeps_the_focus(finder: Finder) -> None:
    ask(finder)
    keys = Qt.Key
    assert press(finder, keys.Key_Down) == KEYS[1]
    assert press(finder, keys.Key_Up) == KEYS[0]
    assert press(finder, keys.Key_Up) == KEYS[-1]
    assert press(finder, keys.Key_Down) == KEYS[0]
    page = finder.list.page()
    assert 1 < page < len(KEYS)
    assert press(finder, keys.Key_PageDown) == KEYS[page]
    assert press(finder, keys.Key_PageUp) == KEYS[0]
    assert press(finder, keys.Key_PageUp) == KEYS[0]
    assert press(finder, keys.Key_End) == KEYS[-1]
    assert press(finder, keys.Key_PageDown) == KEYS[-1]
    assert finder.list.visualRect(finder.list.currentIndex()).bottom() <= finder.list.viewport().height()
    assert press(finder, keys.Key_Home) == KEYS[0]
    assert press(finder, keys.Key_End, Qt.KeyboardModifier.ControlModifier) == KEYS[-1]
    assert press(finder, keys.Key_Home, Qt.KeyboardModifier.ControlModifier) == KEYS[0]
    assert finder.field.hasFocus()


def test_where_one_stands_is_told_after_typing_and_moving_only(finder: Finder) -> None:
    told: list[str] = []
    finder.current_changed.connect(told.append)
    ask(finder)
    assert told == []
    QTest.keyClicks(finder.field, "po")
    press(finder, Qt.Key.Key_Down)
    QTest.keyClicks(finder.field, "zzz")
    assert told == ["MaxPool2d", "MaxPool2d", "AvgPool2d", "", "", ""]


def test_no_hits_are_said_and_cannot_be_chosen(finder: Finder, ends: list[str]) -> None:
    ask(finder)
    QTest.keyClicks(finder.field, "zzzz")
    assert finder._nothing.isVisible() and not finder.list.isVisible()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Tab):
        press(finder, key)
    assert ends == []
    finder.field.clear()
    assert finder.list.isVisible() and not finder._nothing.isVisible()


def test_escape_leaves_and_gives_the_focus_back(finder: Finder, below: Below, ends: list[str]) -> None:
    ask(finder)
    press(finder, Qt.Key.Key_Escape)
    assert ends == ["left"]
    assert below.hasFocus()


def test_a_click_chooses_and_nothing_below_feels_it(finder: Finder, below: Below, ends: list[str]) -> None:
    ask(finder)
    QTest.mouseClick(finder.list.viewport(), Qt.MouseButton.LeftButton, pos=place(finder, KEYS[2]))
    assert ends == [f"chosen {KEYS[2]}"]
    assert below.felt == []


def test_the_second_click_of_two_is_not_felt_below(finder: Finder, below: Below, ends: list[str]) -> None:
    ask(finder)
    where = finder.list.viewport().mapTo(below, place(finder, KEYS[2]))
    QTest.mouseClick(finder.list.viewport(), Qt.MouseButton.LeftButton, pos=place(finder, KEYS[2]))
    second = QMouseEvent(
        QEvent.Type.MouseButtonDblClick,
        QPointF(where),
        below.mapToGlobal(QPointF(where)),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(below, second)
    assert (ends, below.felt) == ([f"chosen {KEYS[2]}"], [])
    QTest.qWait(QApplication.doubleClickInterval() + 50)
    QApplication.sendEvent(below, second)
    assert below.felt == ["mouse"]


def test_a_press_elsewhere_leaves(finder: Finder, below: Below, ends: list[str]) -> None:
    ask(finder)
    QTest.mouseClick(below, Qt.MouseButton.LeftButton, pos=QPoint(5, 690))
    assert ends == ["left"]
    assert below.felt == ["mouse"]
    ask(finder)
    QTest.mouseClick(below.button, Qt.MouseButton.LeftButton)
    assert ends == ["left", "left"]
    assert below.hasFocus()
    ask(finder)
    QTest.mouseClick(finder, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert ends == ["left", "left", "left"]


def test_focus_that_goes_elsewhere_leaves_and_stays_there(finder: Finder, below: Below, ends: list[str]) -> None:
    other = QPushButton("Other", below)
    other.show()
    ask(finder)
    other.setFocus()
    assert ends == ["left"]
    assert other.hasFocus()
    ask(finder)
    press(finder, Qt.Key.Key_Escape)
    assert other.hasFocus()


def test_asking_again_and_hiding_leave_the_question(finder: Finder, below: Below, ends: list[str]) -> None:
    ask(finder)
    ask(finder)
    assert ends == ["left"]
    finder.hide()
    assert ends == ["left", "left"]
    ask(finder)
    below.hide()
    assert ends == ["left", "left", "left"]


def test_asking_from_an_answer(finder: Finder, ends: list[str]) -> None:
    finder.chosen.connect(lambda key: ask(finder) if key == KEYS[0] else None)
    ask(finder)
    press(finder, Qt.Key.Key_Return)
    assert finder.isVisible() and finder.field.hasFocus()
    press(finder, Qt.Key.Key_Down)
    press(finder, Qt.Key.Key_Return)
    assert ends == [f"chosen {KEYS[0]}", f"chosen {KEYS[1]}"]


def test_wheel_and_keys_stay_inside(finder: Finder, below: Below) -> None:
    ask(finder)
    for widget in (finder.list.viewport(), finder.field, finder):
        at = QPointF(widget.rect().center())
        wheel = QWheelEvent(
            at,
            widget.mapToGlobal(at),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, wheel)
        QTest.mouseClick(widget, Qt.MouseButton.RightButton, pos=QPoint(widget.width() // 2, widget.height() - 16))
    for key in (Qt.Key.Key_F7, Qt.Key.Key_Left, Qt.Key.Key_Delete, Qt.Key.Key_Insert, Qt.Key.Key_Backtab):
        press(finder, key)
    assert below.felt == []


@pytest.mark.parametrize("key", ["Home", "Down", "PgDown", "Tab", "Return", "Esc", "Ctrl+End", "A", "Del"])
def test_keys_are_not_taken_by_the_windows_shortcuts(finder: Finder, below: Below, key: str) -> None:
    action = QAction("Taken", below)
    action.setShortcut(QKeySequence(key))
    action.triggered.connect(lambda: below.felt.append("shortcut"))
    below.addAction(action)
    QTest.keySequence(below, QKeySequence(key))
    assert below.felt.count("shortcut") == 1
    ask(finder)
    QTest.keySequence(finder.field, QKeySequence(key))
    assert below.felt.count("shortcut") == 1


def test_what_is_not_available_can_be_seen_and_not_chosen(finder: Finder, ends: list[str]) -> None:
    ask(finder, [Choice("undo", "Undo", enabled=False), Choice("redo", "Redo")])
    QTest.keyClicks(finder.field, "undo")
    press(finder, Qt.Key.Key_Return)
    QTest.mouseClick(finder.list.viewport(), Qt.MouseButton.LeftButton, pos=place(finder, "undo"))
    assert ends == []
    assert finder.isVisible()


@pytest.mark.parametrize("at", [None, (0, 0), (899, 699), (450, 300), (-50, 2000)])
@pytest.mark.parametrize("size", [(900, 700), (300, 200)])
def test_it_is_wholly_inside(finder: Finder, below: Below, at: tuple[int, int] | None, size: tuple[int, int]) -> None:
    below.resize(*size)
    ask(finder, at=QPoint(*at) if at is not None else None)
    body = finder._body().toRect().translated(finder.pos())
    assert below.rect().contains(body)
    below.resize(500, 320)
    assert below.rect().contains(finder._body().toRect().translated(finder.pos()))


def test_what_was_typed_before_can_be_kept_and_typed_over(finder: Finder) -> None:
    ask(finder, keep="pool")
    assert rows(finder) == ["MaxPool2d", "AvgPool2d"]
    assert finder.field.selectedText() == "pool"
    QTest.keyClicks(finder.field, "relu")
    assert finder.field.text() == "relu"


def test_shapes_come_later_and_what_does_not_fit_goes_last(finder: Finder) -> None:
    ask(finder)
    # Wherever a test before left the mouse.
    finder.list.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    finder.show_right({KEYS[1]: "N×10", "gone": "?"}, {KEYS[0], KEYS[2]})
    assert rows(finder) == [KEYS[1], *KEYS[3:], KEYS[0], KEYS[2]]
    assert finder.list.current() == finder.list.hits.hits[0][0]
    assert finder.list.hits.hits[0][0].right == "N×10"
    QTest.keyClicks(finder.field, "pool")
    finder.show_right({}, {"MaxPool2d"})
    assert rows(finder) == ["AvgPool2d", "MaxPool2d"]
    finder.field.clear()
    assert set(rows(finder)[-3:]) == {KEYS[0], KEYS[2], "MaxPool2d"}


def test_a_row_that_one_has_moved_to_stays_where_it_is(finder: Finder) -> None:
    ask(finder)
    for _ in range(9):
        press(finder, Qt.Key.Key_Down)
    before = finder.list.visualRect(finder.list.currentIndex())
    finder.show_right({}, {*KEYS[:3], KEYS[9]})
    current = finder.list.current()
    assert current is not None and current.key == KEYS[9]
    assert finder.list.row == 9
    assert finder.list.visualRect(finder.list.currentIndex()) == before
    assert sorted(rows(finder)) == sorted(KEYS)


def test_the_row_under_the_mouse_stays_too(finder: Finder, below: Below, ends: list[str]) -> None:
    ask(finder)
    where = place(finder, KEYS[2])
    QTest.mouseMove(finder.list.viewport(), where)
    finder.show_right({}, {KEYS[0], KEYS[2]})
    assert rows(finder)[2] == KEYS[2]
    QTest.mouseClick(finder.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert ends == [f"chosen {KEYS[2]}"]


def test_who_listens_hears_where_the_list_stands(finder: Finder) -> None:
    ask(finder, [Choice("undo", "Undo", right="Ctrl+Z", group="Edit", enabled=False), Choice("b", "Other", fits=False)])
    assert finder.field.accessibleName() == "Add a block"
    assert finder.field.accessibleDescription() == "Undo, Edit, Ctrl+Z, not available now"
    press(finder, Qt.Key.Key_Down)
    assert finder.field.accessibleDescription() == "Other, does not fit here"
    listed = QAccessible.queryAccessibleInterface(finder.list)
    assert listed.childCount() == 2
    assert listed.child(0).text(QAccessible.Text.Name).startswith("Undo, Edit")


def test_both_themes_are_painted_and_a_match_is_marked(finder: Finder) -> None:
    ask(finder)
    dark = finder.grab().toImage()
    finder.set_theme(LIGHT)
    assert finder.grab().toImage() != dark
    ask(finder, [Choice("a", "Conv2d")])
    before = finder.list.grab().toImage()
    QTest.keyClicks(finder.field, "conv")
    assert finder.list.grab().toImage() != before
