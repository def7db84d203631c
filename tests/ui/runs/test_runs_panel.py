"""The Runs panel on real folders, by mouse and keys: what it lists, how it sorts and filters, and what it does."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QFile, QObject, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from netbuilder.bridge.run_folder import asked, standing
from netbuilder.bridge.run_notes import Notes, read_notes, write_notes
from netbuilder.bridge.runs import Index, News
from netbuilder.ui.runs.cells import spark
from netbuilder.ui.runs.panel import RunsPanel
from netbuilder.ui.runs.watch import Watch
from netbuilder.ui.theme import DARK, LIGHT
from tests.bridge.run_folders import write_run
from tests.drawings import CLASSIFIER, draw

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
PATIENCE = 20_000
KEYS = Qt.Key
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three runs: the newest failed, the one before it has a star, the oldest has other settings."""
    home = tmp_path / "runs"
    other = draw(CLASSIFIER.replace("out_features=32", "out_features=64"), batch_size=8)
    write_run(home / "1-old", created="2026-01-01 10:00:00", graph=other, name="Net")
    write_run(home / "2-middle", created="2026-01-02 10:00:00", name="Net", steps=30)
    write_run(home / "3-new", "failed", created="2026-01-03 10:00:00", name="Other", sentence="It broke.", steps=5)
    write_notes(home / "2-middle", Notes(True, "keep it"))
    return home


@pytest.fixture
def panel(qtbot: QtBot, home: Path) -> Iterator[RunsPanel]:
    settings = QSettings("netbuilder", "netbuilder")
    settings.clear()
    made = RunsPanel(DARK, settings, lambda: Index(home, list))
    qtbot.addWidget(made)
    made.resize(1300, 400)
    with qtbot.waitExposed(made), qtbot.waitSignal(made.watch.looked, timeout=PATIENCE):
        made.show()
    qtbot.waitUntil(lambda: bool(made.model.differing))
    yield made
    made.close_watch()


def names(panel: RunsPanel) -> list[str]:
    return [run.folder.name for run in panel.model.shown]


def cell(panel: RunsPanel, row: int, key: str) -> QRect:
    return panel.table.visualRect(panel.model.index(row, panel.model.place(key)))


def text(panel: RunsPanel, row: int, key: str) -> str:
    return str(panel.model.index(row, panel.model.place(key)).data())


def click(panel: RunsPanel, row: int, key: str = "name", modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(panel.table.viewport(), LEFT, modifier, cell(panel, row, key).center())


def chosen(panel: RunsPanel) -> list[str]:
    return [run.folder.name for run in panel.table.chosen()]


def press(panel: RunsPanel, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    panel.table.setFocus()
    QTest.keyClick(panel.table, key, modifier)


def test_all_runs_are_listed_the_newest_first(panel: RunsPanel) -> None:
    assert names(panel) == ["3-new", "2-middle", "1-old"]
    assert panel.counts.text() == "3 runs"
    assert [text(panel, row, "state") for row in range(3)] == ["Failed", "Finished", "Finished"]
    assert [text(panel, row, "metric accuracy") for row in range(3)] == ["75.0 %"] * 3
    assert "batch size 8" in text(panel, 2, "differs") and "fc1 out features 64" in text(panel, 2, "differs")
    assert "batch size 64" in text(panel, 1, "differs")
    assert text(panel, 0, "differs") == ""  # there is no other of its name
    tip = panel.model.index(0, panel.model.place("state")).data(Qt.ItemDataRole.ToolTipRole)
    assert "It broke." in tip


def test_nothing_to_list_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    panel = RunsPanel(DARK, QSettings("netbuilder", "netbuilder"), lambda: Index(tmp_path, list))
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.watch.looked, timeout=PATIENCE):
        panel.show()
    assert panel._said.text() == "No runs yet"
    assert not panel.table.isVisible()
    panel.close_watch()


def test_a_click_on_a_title_sorts_and_another_turns_it(panel: RunsPanel) -> None:
    header = panel.table.horizontalHeader()

    def click_title(key: str) -> None:
        at = panel.model.place(key)
        x = header.sectionViewportPosition(at) + header.sectionSize(at) // 2
        QTest.mouseClick(header.viewport(), LEFT, NONE, QPoint(x, header.height() // 2))

    click_title("name")
    assert names(panel) == ["2-middle", "1-old", "3-new"]
    click_title("name")
    assert names(panel) == ["3-new", "2-middle", "1-old"]
    click_title("steps")
    assert names(panel) == ["1-old", "2-middle", "3-new"]
    click_title("note")
    assert names(panel)[0] == "2-middle"  # the others have none
    click_title("note")
    assert names(panel)[0] == "2-middle"


def test_a_selection_stays_with_its_runs(panel: RunsPanel) -> None:
    click(panel, 0)
    click(panel, 2, modifier=CONTROL)
    assert chosen(panel) == ["3-new", "1-old"]
    panel.table.sort_by("name", Qt.SortOrder.AscendingOrder)
    assert chosen(panel) == ["1-old", "3-new"]


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("broke", []),
        ("other", ["3-new"]),
        ("keep", ["2-middle"]),
        ("net batch_size=8", ["1-old"]),
        ("batch_size=64", ["3-new", "2-middle"]),
        ("steps>=30", ["2-middle", "1-old"]),
        ("accuracy>80%", []),
        ("fc1.out_features=64", ["1-old"]),
        ("state=failed", ["3-new"]),
        ("loss<x", []),
        ("2026-01-02", ["2-middle"]),
    ],
)
def test_words_and_conditions_filter(qtbot: QtBot, panel: RunsPanel, typed: str, left: list[str]) -> None:
    QTest.keyClick(panel.table, KEYS.Key_Slash)
    assert panel.search.hasFocus()
    QTest.keyClicks(panel.search, typed)
    QTest.keyClick(panel.search, KEYS.Key_Return)
    assert names(panel) == left
    if left:
        assert panel.counts.text() == f"{len(left)} of 3 runs"
        assert panel.table.hasFocus() and chosen(panel) == left[:1]
    panel.search.setFocus()
    QTest.keyClick(panel.search, KEYS.Key_Escape)
    qtbot.waitUntil(lambda: len(names(panel)) == 3)


def test_state_and_star_filter(panel: RunsPanel) -> None:
    panel.states.setFocus()
    QTest.keyClick(panel.states, KEYS.Key_End)
    assert names(panel) == ["3-new"]
    QTest.keyClick(panel.states, KEYS.Key_Home)
    QTest.mouseClick(panel.stars, LEFT)
    assert names(panel) == ["2-middle"]


def test_a_star_is_clicked_and_typed(qtbot: QtBot, panel: RunsPanel, home: Path) -> None:
    click(panel, 0, "star")
    qtbot.waitUntil(lambda: panel.model.run(0).notes.starred)
    assert read_notes(home / "3-new").starred
    assert chosen(panel) == []
    click(panel, 1)
    press(panel, KEYS.Key_S)
    qtbot.waitUntil(lambda: not panel.model.run(1).notes.starred)
    assert read_notes(home / "2-middle") == Notes(False, "keep it")


def test_a_note_is_typed_in_its_cell(qtbot: QtBot, panel: RunsPanel, home: Path) -> None:
    panel.table.show_column("note", False)
    click(panel, 2)
    press(panel, KEYS.Key_N)
    assert not panel.table.isColumnHidden(panel.model.place("note"))
    field = panel.table.findChild(QLineEdit)
    assert field is not None and field.hasFocus()
    QTest.keyClicks(field, "too small")
    QTest.keyClick(field, KEYS.Key_Return)
    qtbot.waitUntil(lambda: text(panel, 2, "note") == "too small")
    assert read_notes(home / "1-old").note == "too small"


def test_letters_do_nothing_while_nothing_is_chosen(panel: RunsPanel) -> None:
    for key in (KEYS.Key_S, KEYS.Key_N, KEYS.Key_C, KEYS.Key_Delete, KEYS.Key_R, KEYS.Key_O, KEYS.Key_F, KEYS.Key_E):
        press(panel, key)
    assert chosen(panel) == []


def test_enter_and_a_double_click_show_the_curves(qtbot: QtBot, panel: RunsPanel) -> None:
    click(panel, 1)
    with qtbot.waitSignal(panel.deeds.shown) as caught:
        press(panel, KEYS.Key_Return)
    assert caught.args[0].folder.name == "2-middle"
    with qtbot.waitSignal(panel.deeds.shown):
        QTest.mouseDClick(panel.table.viewport(), LEFT, NONE, cell(panel, 1, "name").center())


def test_home_and_end_go_to_the_first_and_last_run(panel: RunsPanel) -> None:
    click(panel, 1)
    press(panel, KEYS.Key_End)
    assert chosen(panel) == ["1-old"]
    press(panel, KEYS.Key_Home)
    assert chosen(panel) == ["3-new"]
    press(panel, KEYS.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert chosen(panel) == ["3-new", "2-middle"]


def test_two_runs_can_be_compared(qtbot: QtBot, panel: RunsPanel) -> None:
    click(panel, 0)
    assert not panel.compare.isEnabled()
    click(panel, 1, modifier=CONTROL)
    assert panel.compare.text() == "Compare 2"
    with qtbot.waitSignal(panel.deeds.compared) as caught:
        QTest.mouseClick(panel.compare, LEFT)
    assert [run.folder.name for run in caught.args[0]] == ["3-new", "2-middle"]


def test_columns_can_be_hidden_and_settings_shown(panel: RunsPanel) -> None:
    menu = panel.table.columns_menu()
    titles = {action.text(): action for action in menu.actions()}
    titles["Device"].trigger()
    inner = next(m for m in menu.findChildren(QMenu) if m.title() == "Settings that differ")
    settings = {action.text(): action for action in inner.actions()}
    assert set(settings) == {"batch size", "fc1 · out features"}
    settings["batch size"].trigger()
    assert panel.table.isColumnHidden(panel.model.place("device"))
    at = panel.model.place("setting batch_size")
    assert not panel.table.isColumnHidden(at)
    panel.table.sort_by("setting batch_size", Qt.SortOrder.AscendingOrder)
    assert names(panel)[0] == "1-old"
    menu.close()
    again = RunsPanel(DARK, QSettings("netbuilder", "netbuilder"), lambda: Index(Path("nowhere"), list))
    assert again.table.isColumnHidden(again.model.place("device"))  # it is remembered
    again.close_watch()
    again.deleteLater()


def test_new_runs_and_lost_ones_are_followed(qtbot: QtBot, panel: RunsPanel, home: Path) -> None:
    click(panel, 1)
    write_run(home / "4-live", "running", created="2026-01-04 10:00:00", steps=3)
    shutil.rmtree(home / "1-old")
    qtbot.waitUntil(lambda: names(panel) == ["4-live", "3-new", "2-middle"], timeout=PATIENCE)
    assert chosen(panel) == ["2-middle"]
    assert text(panel, 0, "state") == "Running"


def test_a_live_run_is_asked_and_never_deleted(
    qtbot: QtBot, panel: RunsPanel, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(home / "4-live", "running", created="2026-01-04 10:00:00", steps=3)
    qtbot.waitUntil(lambda: len(names(panel)) == 4, timeout=PATIENCE)
    click(panel, 0)
    menu = panel.deeds.menu()
    texts = [action.text() for action in menu.actions()]
    assert "S&top It" in texts and "Move to &Trash" not in texts and "Let It &Go On" not in texts
    menu.close()
    monkeypatch.setattr(QMessageBox, "exec", lambda box: pytest.fail("it asks"))
    press(panel, KEYS.Key_Delete)
    panel.deeds.actions["pause"].trigger()
    assert asked(home / "4-live") == "pause"
    with qtbot.waitSignal(panel.deeds.said):
        panel.deeds.actions["stop"].trigger()
    assert asked(home / "4-live") == "stop"


def test_runs_go_to_the_trash_after_a_question(
    qtbot: QtBot, panel: RunsPanel, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    answer = QMessageBox.StandardButton.Cancel

    def press_button(box: QMessageBox) -> QMessageBox.StandardButton:
        said.append(f"{box.text()} {box.informativeText()}")
        return answer

    monkeypatch.setattr(QMessageBox, "exec", press_button)
    click(panel, 1)
    click(panel, 2, modifier=CONTROL)
    press(panel, KEYS.Key_Delete)
    assert said[0].startswith("Move 2 runs to the trash?") and "One of them has a star." in said[0]
    assert len(list(home.iterdir())) == 3
    answer = QMessageBox.StandardButton.Yes
    with qtbot.waitSignal(panel.deeds.said):
        press(panel, KEYS.Key_Delete)
    assert [path.name for path in home.iterdir()] == ["3-new"]
    qtbot.waitUntil(lambda: names(panel) == ["3-new"], timeout=PATIENCE)


def test_where_there_is_no_trash_nothing_is_deleted(
    qtbot: QtBot, panel: RunsPanel, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Yes)
    monkeypatch.setattr(QFile, "moveToTrash", lambda name: False)
    click(panel, 0)
    with qtbot.waitSignal(panel.deeds.refused) as caught:
        press(panel, KEYS.Key_Delete)
    assert "Nothing was deleted" in str(caught.args[0])
    assert len(list(home.iterdir())) == 3


def test_checkpoints_are_offered(qtbot: QtBot, panel: RunsPanel, home: Path) -> None:
    for step in (20, 1200):
        (home / "3-new" / "checkpoints" / f"step-{step:08}").mkdir(parents=True)
    click(panel, 0)
    with qtbot.waitSignal(panel.deeds.resume_asked) as caught:
        press(panel, KEYS.Key_R)
    assert caught.args == [home / "3-new", home / "3-new" / "checkpoints" / "step-00001200"]
    menu = panel.deeds.menu()
    inner = next(m for m in menu.findChildren(QMenu) if m.title() == "Restore a Check&point")
    assert [action.text() for action in inner.actions()] == ["Step 1,200", "Step 20"]
    with qtbot.waitSignal(panel.deeds.restore_asked) as caught:
        inner.actions()[1].trigger()
    assert caught.args == [home / "3-new", home / "3-new" / "checkpoints" / "step-00000020"]
    menu.close()


def test_code_is_exported(
    qtbot: QtBot, panel: RunsPanel, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "code.py"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    click(panel, 1)
    with qtbot.waitSignal(panel.deeds.said):
        press(panel, KEYS.Key_E)
    assert target.read_bytes() == (home / "2-middle" / "train.py").read_bytes()
    target = tmp_path / "nowhere" / "code.py"
    with qtbot.waitSignal(panel.deeds.refused):
        press(panel, KEYS.Key_E)


def test_event_files_are_written(qtbot: QtBot, panel: RunsPanel, home: Path) -> None:
    click(panel, 1)
    with qtbot.waitSignal(panel.deeds.said, timeout=PATIENCE) as caught:
        panel.deeds.actions["events"].trigger()
    assert "tensorboard --logdir" in str(caught.args[0])
    assert list((home / "2-middle" / "tensorboard").glob("events.out.tfevents.*"))


def test_runs_are_copied_as_a_table(panel: RunsPanel) -> None:
    click(panel, 0)
    press(panel, KEYS.Key_C, CONTROL)
    first, second = QGuiApplication.clipboard().text().splitlines()
    found = dict(zip(first.split("\t"), second.split("\t"), strict=True))
    assert (found["Name"], found["State"], found["Steps"]) == ("Other", "Failed", "5")


def test_the_folder_is_opened(qtbot: QtBot, panel: RunsPanel, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    click(panel, 2)
    press(panel, KEYS.Key_F)
    assert opened == [str(home / "1-old")]


def test_an_interrupted_run_is_written_down_and_told_once(qtbot: QtBot, home: Path) -> None:
    folder = write_run(home / "4-dead", "running", created="2026-01-04 10:00:00", steps=7)
    plain = json.loads((folder / "state.json").read_text())
    plain["process"]["started"] -= 5000
    (folder / "state.json").write_text(json.dumps(plain))
    for told in (True, False):
        panel = RunsPanel(LIGHT, QSettings("netbuilder", "netbuilder"), lambda: Index(home, list))
        qtbot.addWidget(panel)
        found: list[object] = []
        panel.watch.interrupted.connect(lambda runs, found=found: found.extend(runs))
        with qtbot.waitSignal(panel.watch.looked, timeout=PATIENCE):
            panel.watch.look()
        assert [run.folder for run in found] == ([folder] if told else [])  # type: ignore[attr-defined]
        state = standing(folder)
        assert state is not None and state.state == "interrupted"
        panel.close_watch()


def test_reading_waits_until_what_was_read_is_taken(qtbot: QtBot, tmp_path: Path) -> None:
    """Nothing is read while the window takes in what there is, else both would wait for each other's turns."""
    for number in range(30):
        write_run(tmp_path / f"{number:02}", steps=2)
    read: list[int] = []

    class Counted(Index):
        def look(self) -> Iterator[News]:
            for news in super().look():
                read.append(len(news.changed))
                yield news

    watch = Watch(panel := QObject(), lambda: Counted(tmp_path, list))
    seen: list[int] = []

    class Taker(QObject):
        def take(self, _news: News) -> None:
            time.sleep(0.05)  # the reader has time to go on, if it does not wait
            seen.append(len(read))

    taker = Taker(panel)
    watch.news.connect(taker.take)
    with qtbot.waitSignal(watch.looked, timeout=PATIENCE):
        watch.look()
    assert read == [25, 5] and seen == [1, 2]
    watch.close()


def test_a_thousand_rows_are_painted_and_filtered(qtbot: QtBot, panel: RunsPanel, home: Path) -> None:
    runs = panel.model.runs
    base = next(iter(runs.values()))
    from dataclasses import replace

    many = tuple(replace(base, folder=home / f"x{i}", name=f"Many{i % 7}") for i in range(1000))
    panel.model.take(News(many))
    assert len(panel.model.shown) == 1003
    panel.search.setText("many3")
    qtbot.waitUntil(lambda: len(panel.model.shown) == 143)
    panel.set_theme(LIGHT)
    panel.grab()
    panel.model.take(News(gone=frozenset(run.folder for run in many)))
    panel.search.clear()
    qtbot.waitUntil(lambda: len(panel.model.shown) == 3)


def test_a_sparkline_breaks_where_the_loss_is_no_number() -> None:
    pieces = spark((2.0, 1.0, float("nan"), 0.0), QRect(0, 0, 30, 10).toRectF())
    assert [[(p.x(), p.y()) for p in piece] for piece in pieces] == [[(0, 0), (10, 5)], [(30, 10)]]
    assert spark((), QRect(0, 0, 30, 10).toRectF()) == []
