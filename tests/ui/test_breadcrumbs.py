"""The bar that says where one is: names as plain text, in their place, shortened where there is no room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.ui import style
from netbuilder.ui.breadcrumbs import Breadcrumbs
from netbuilder.ui.canvas.look import Look
from netbuilder.ui.canvas.scene import Scene
from netbuilder.ui.canvas.view import View
from netbuilder.ui.theme import DARK, LIGHT

LONG = [("main", "Net"), ("a", "Encoder " * 12), ("b", "Attention"), ("c", "A block with a long name, too")]


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[View]:
    style.load_fonts()
    made = View(Scene(Look(DARK)))
    made.resize(900, 600)
    made.show()
    QTest.qWaitForWindowExposed(made)
    yield made
    made.close()
    made.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def bar(view: View) -> Breadcrumbs:
    return Breadcrumbs(view)


def test_one_network_has_its_place(view: View, bar: Breadcrumbs) -> None:
    assert not bar.isVisible()
    bar.show_path([("main", "Net")])
    assert bar.isVisible() and bar.pos() == QPoint(12, 12)
    assert [crumb.name for crumb in bar.crumbs] == ["Net"]
    assert bar.width() < 80
    crumbs = list(bar.crumbs)
    bar.show_path([("main", "Net")])
    assert bar.crumbs == crumbs, "the same path again makes nothing new"
    bar.show_path([])
    assert not bar.isVisible()


def test_a_click_chooses(view: View, bar: Breadcrumbs, qtbot: QtBot) -> None:
    bar.show_path(LONG)
    chosen: list[str] = []
    bar.chosen.connect(chosen.append)
    for crumb in (bar.crumbs[2], bar.crumbs[0], bar.crumbs[3]):
        QTest.mouseClick(crumb, Qt.MouseButton.LeftButton)
    assert chosen == ["b", "main", "c"]
    assert not any(crumb.hasFocus() for crumb in bar.crumbs), "the canvas keeps the keys"


def test_the_path_can_change_while_a_name_is_clicked(view: View, bar: Breadcrumbs) -> None:
    bar.show_path(LONG)
    bar.chosen.connect(lambda key: bar.show_path(LONG[: [k for k, _ in LONG].index(key) + 1]))
    QTest.mouseClick(bar.crumbs[1], Qt.MouseButton.LeftButton)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert [crumb.name for crumb in bar.crumbs] == ["Net", ("Encoder " * 12).strip()]
    assert len(bar.findChildren(type(bar.crumbs[0]))) == 2


def test_it_stays_in_its_corner(view: View, bar: Breadcrumbs) -> None:
    bar.show_path(LONG)
    view.pan(40, 70)
    assert bar.pos() == QPoint(12, 12)
    view.camera.go(QPointF(300, 300), 0.5, at_once=True)
    assert bar.pos() == QPoint(12, 12)


def test_names_are_shortened_where_there_is_no_room(view: View, bar: Breadcrumbs) -> None:
    bar.show_path(LONG)
    assert bar.crumbs[0].width() == bar.crumbs[0].wanted and bar.crumbs[0].toolTip() == ""
    assert bar.crumbs[1].width() < bar.crumbs[1].wanted and "Encoder" in bar.crumbs[1].toolTip()
    for width in (500, 320):
        view.resize(width, 400)
        QApplication.processEvents()
        assert bar.geometry().right() <= view.viewport().width() - 12
        assert all(crumb.geometry().right() <= bar.width() for crumb in bar.crumbs)
    view.resize(900, 400)
    QApplication.processEvents()
    assert bar.crumbs[3].width() == min(200, bar.crumbs[3].wanted)


def test_names_are_plain_text(view: View, bar: Breadcrumbs) -> None:
    bar.show_path([("main", "<b>R&D</b>\nnext " + "x" * 80)])
    (crumb,) = bar.crumbs
    assert crumb.accessibleName() == "<b>R&D</b> next " + "x" * 80
    assert "<b>" not in crumb.toolTip() and "&lt;b&gt;R&amp;D" in crumb.toolTip()


def test_both_themes(view: View, bar: Breadcrumbs) -> None:
    bar.show_path(LONG)
    before = bar.grab().toImage()
    view.items_scene.set_look(Look(LIGHT))
    bar.set_theme(LIGHT)
    after = bar.grab().toImage()
    assert before.size() == after.size() and before != after
    assert LIGHT.card == after.pixelColor(after.width() // 2, 2).name()
