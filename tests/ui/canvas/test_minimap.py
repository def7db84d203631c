"""The minimap: when it is there, what it shows, where clicks, drags and the wheel lead, and what it costs the view."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import say
from netbuilder.graph.graph import Graph
from netbuilder.graph.records import Frame, Node, Note
from netbuilder.ui import style
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.minimap import Minimap
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.view import View
from netbuilder.ui.notice import Notice
from netbuilder.ui.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[View]:
    style.load_fonts()
    scene = Scene(Look(DARK))
    blocks = ("Conv2d", "ReLU", "MaxPool2d", "Linear")
    nodes = [Node(f"n{i}", blocks[i % 4], f"n{i}", i % 10 * 300, i // 10 * 300) for i in range(40)]
    scene.apply({node.id: (None, node) for node in nodes}, Graph())
    made = View(scene)
    made.resize(900, 700)
    made.show()
    QTest.qWaitForWindowExposed(made)
    made.camera.go(QPointF(400, 300), 1.0, at_once=True)
    yield made
    made.close()
    made.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def minimap(view: View, qtbot: QtBot) -> Minimap:
    made = Minimap(view)
    qtbot.waitUntil(made.isVisible)
    return made


def corner(view: View, minimap: Minimap) -> QPoint:
    room = view.viewport().size()
    return QPoint(room.width() - minimap.width() - 12, room.height() - minimap.height() - 12)


def image(minimap: Minimap) -> QImage:
    return minimap.grab().toImage()


def count(picture: QImage, color: str) -> int:
    rgb = QColor(color).rgb()
    return sum(picture.pixel(x, y) == rgb for x in range(picture.width()) for y in range(picture.height()))


def settled(minimap: Minimap, qtbot: QtBot) -> None:
    minimap.mark_changed()
    qtbot.waitUntil(lambda: not minimap._later.isActive())


def test_it_lies_in_the_corner_however_the_view_is_moved(view: View, minimap: Minimap) -> None:
    view.resize(1200, 700)
    QApplication.processEvents()
    assert minimap.size() == QSize(168, 120)
    assert minimap.pos() == corner(view, minimap)
    view.pan(37, -23)
    assert minimap.pos() == corner(view, minimap)
    view.resize(700, 600)
    QApplication.processEvents()
    assert minimap.isVisible() and minimap.pos() == corner(view, minimap)
    assert minimap.size() == QSize(119, 85), "where there is little room it takes less"
    view.camera.zoom_at(QPointF(10, 10), 0.7)
    assert minimap.pos() == corner(view, minimap)


def test_it_is_there_only_where_it_is_of_use(view: View, minimap: Minimap, qtbot: QtBot) -> None:
    view.camera.go(QPointF(1400, 500), 0.2, at_once=True)
    assert not minimap.isVisible(), "all is in view"
    view.camera.go(QPointF(400, 300), 1.0, at_once=True)
    assert minimap.isVisible()
    view.resize(460, 600)
    QApplication.processEvents()
    assert not minimap.isVisible(), "the view is narrow"
    view.resize(900, 700)
    QApplication.processEvents()
    assert minimap.isVisible()
    minimap.set_wanted(False)
    assert not minimap.isVisible()
    view.pan(100, 0)
    assert not minimap.isVisible()
    minimap.set_wanted(True)
    assert minimap.isVisible()
    scene = view.items_scene
    scene.apply({key: (item.node, None) for key, item in scene.nodes.items()}, Graph())
    settled(minimap, qtbot)
    assert not minimap.isVisible(), "there is nothing"


def test_it_shows_blocks_frames_notes_and_problems(view: View, minimap: Minimap, qtbot: QtBot) -> None:
    look, scene = view.items_scene.shared.look, view.items_scene
    color = look.category[scene.nodes["n0"].category].name()
    full = count(image(minimap), color)
    assert full
    muted = [msgspec.structs.replace(item.node, muted=True) for item in scene.nodes.values()]
    scene.apply({node.id: (scene.nodes[node.id].node, node) for node in muted}, Graph())
    settled(minimap, qtbot)
    assert 0 < count(image(minimap), color) < full, "muted ones are hollow"
    assert count(image(minimap), DARK.error) == 0
    scene.nodes["n5"].level = "error"
    settled(minimap, qtbot)
    assert count(image(minimap), DARK.error)
    before = image(minimap)
    scene.apply({"f": (None, Frame("f", "", 0, 0, 900, 600)), "t": (None, Note("t", "x", 1000, 0, 600, 300))}, Graph())
    settled(minimap, qtbot)
    assert image(minimap) != before


def test_the_frame_is_what_is_in_view(view: View, minimap: Minimap) -> None:
    before = minimap.frame()
    view.pan(300, 0)
    after = minimap.frame()
    assert after.left() > before.left() and after.top() == pytest.approx(before.top())
    assert count(image(minimap), DARK.accent)
    view.camera.go(QPointF(90_000, -90_000), 1.0, at_once=True)
    lost = minimap.frame()
    assert minimap.isVisible() and minimap.rect().contains(lost.toAlignedRect()), "one finds back from anywhere"
    assert lost.width() >= 8 and lost.height() >= 8


def test_a_click_goes_there(view: View, minimap: Minimap) -> None:
    target = minimap._map().map(QPointF(2400, 700))
    QTest.mouseClick(minimap, LEFT, PLAIN, target.toPoint())
    reach = 2 / minimap._map().m11()
    assert abs(view.camera.center.x() - 2400) < reach and abs(view.camera.center.y() - 700) < reach
    assert view.camera.scale == 1.0
    QTest.mouseClick(minimap, LEFT, PLAIN, QPoint(1, 1))
    assert view.camera.center.x() >= -2 and view.camera.center.y() >= -2, "no farther than the drawing goes"


def test_the_frame_can_be_dragged(view: View, minimap: Minimap) -> None:
    start = minimap.frame().center().toPoint() + QPoint(4, 2)
    before = view.camera.center
    QTest.mousePress(minimap, LEFT, PLAIN, start)
    assert (view.camera.center - before).manhattanLength() < 2, "taking hold moves nothing"
    QTest.mouseMove(minimap, start + QPoint(10, 5))
    QTest.mouseMove(minimap, start + QPoint(30, 10))
    moved = view.camera.center - before
    scale = minimap._map().m11()
    assert moved.x() == pytest.approx(30 / scale, abs=2) and moved.y() == pytest.approx(10 / scale, abs=2)
    QTest.mouseRelease(minimap, LEFT, PLAIN, start + QPoint(30, 10))
    QTest.mouseMove(minimap, start)
    assert view.camera.center - before == moved


def test_it_stays_while_it_is_dragged(view: View, minimap: Minimap) -> None:
    QTest.mousePress(minimap, LEFT, PLAIN, minimap.frame().center().toPoint())
    view.camera.go(QPointF(1400, 500), 0.2, at_once=True)
    assert minimap.isVisible()
    QTest.mouseRelease(minimap, LEFT, PLAIN, QPoint(60, 60))
    assert not minimap.isVisible()


def test_the_wheel_zooms_in_the_middle(view: View, minimap: Minimap) -> None:
    before = view.camera.center
    for turn in (120, -120):
        scale = view.camera.scale
        place = QPointF(20, 20)
        event = QWheelEvent(
            place,
            QPointF(minimap.mapToGlobal(place.toPoint())),
            QPoint(),
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            PLAIN,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(minimap, event)
        assert (view.camera.scale > scale) == (turn > 0)
    assert (view.camera.center - before).manhattanLength() < 4


def test_hands_on_it_leave_the_drawing_alone(view: View, minimap: Minimap) -> None:
    seen: list[QEvent.Type] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.Wheel):
                seen.append(event.type())
            return False

    watch = Watch()
    view.viewport().installEventFilter(watch)
    QTest.mouseDClick(minimap, LEFT, PLAIN, QPoint(40, 40))
    QTest.mouseClick(minimap, Qt.MouseButton.RightButton, PLAIN, QPoint(40, 40))
    assert seen == []


def test_many_changes_are_looked_at_together(view: View, minimap: Minimap, qtbot: QtBot) -> None:
    settled(minimap, qtbot)
    minimap.grab()
    made = 0
    paint = minimap._paint_drawing

    def counted(ratio: float) -> object:
        nonlocal made
        made += 1
        return paint(ratio)

    minimap._paint_drawing = counted  # type: ignore[method-assign, assignment]
    for _ in range(50):
        minimap.mark_changed()
        view.pan(1, 0)
        minimap.grab()
    assert made == 0, "panning paints no blocks"
    settled(minimap, qtbot)
    minimap.grab()
    assert made == 1


def test_the_view_still_paints_only_what_came_into_sight(view: View, minimap: Minimap) -> None:
    areas: list[int] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                areas.append(sum(r.width() * r.height() for r in event.region()))  # type: ignore[attr-defined]
            return False

    QApplication.processEvents()
    watch = Watch()
    view.viewport().installEventFilter(watch)
    for _ in range(10):
        view.pan(5, 3)
        QApplication.processEvents()
    assert areas and max(areas) < view.viewport().width() * view.viewport().height() / 8


def test_a_notice_never_lies_on_it(view: View, minimap: Minimap) -> None:
    notice = Notice(DARK, view)
    notice.stand_above(minimap)
    notice.error(say("It is {what}.", what="long " * 60))
    assert notice.isVisible() and notice.geometry().bottom() < minimap.y()
    low = notice.geometry()
    minimap.set_wanted(False)
    assert notice.geometry().bottom() > low.bottom() + 100
    minimap.set_wanted(True)
    assert notice.geometry() == low
    view.resize(700, 600)
    QApplication.processEvents()
    assert minimap.isVisible() and not notice.geometry().intersects(minimap.geometry())


def test_both_themes(view: View, minimap: Minimap) -> None:
    before = image(minimap)
    view.items_scene.set_look(Look(LIGHT))
    minimap.set_theme(LIGHT)
    assert image(minimap) != before and count(image(minimap), LIGHT.card)
    assert minimap.accessibleName() and minimap.toolTip()
    assert minimap.focusPolicy() == Qt.FocusPolicy.NoFocus
