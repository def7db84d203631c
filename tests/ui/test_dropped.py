"""Dropped files: what they are is told by signals, from real files of every kind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.blocks.sentence import Refused
from netbuilder.graph import commands
from netbuilder.graph.files import load, save
from netbuilder.graph.graph import Graph
from netbuilder.ui import dropped
from netbuilder.ui.dropped import PARTS, Data, Dropped, recognise
from tests.data_files import write_image_folder, write_wav_folder
from tests.drawings import write_pictures

PLACE = QPointF(16, 24)
CAN_BE = (
    "What can be: a project (*.netb), a table (.csv, .tsv, .parquet), arrays (.npz, .npy, .safetensors), "
    "a text (.txt), pictures or sounds in a folder for each class, "
    "or a folder with the four IDX files of MNIST or Fashion-MNIST."
)


def empty_set(folder: Path) -> Path:
    """A folder with the names of a data set; what is in the files is for the loader to judge."""
    folder.mkdir(parents=True)
    for part in PARTS:
        (folder / part).touch()
    return folder


def said(paths: Sequence[Path]) -> str:
    with pytest.raises(Refused) as refused:
        recognise(paths, None)
    return str(refused.value)


class Heard:
    """What a Dropped says."""

    def __init__(self) -> None:
        self.dropped = Dropped()
        self.all: list[tuple[object, ...]] = []
        self.dropped.project.connect(lambda path: self.all.append(("project", path)))
        self.dropped.data.connect(lambda *data: self.all.append(("data", *data)))
        self.dropped.refused.connect(lambda sentence: self.all.append(("refused", str(sentence))))


def test_each_answer_comes_as_its_signal(qtbot: QtBot, tmp_path: Path) -> None:
    heard = Heard()
    project = tmp_path / "net.NETB"
    save(Graph(), project)
    pictures = write_pictures(tmp_path / "digits")
    for paths in ([project], [pictures], [tmp_path / "gone.png"]):
        heard.dropped.look(paths, tmp_path, PLACE)
        assert len(heard.all) == 0, "nothing is found out on the window's thread"
        qtbot.waitUntil(lambda: len(heard.all) == 1)
        (told,) = heard.all
        heard.all.clear()
        expected = {
            project: ("project", project),
            pictures: ("data", "MNIST", {"folder": "digits"}, PLACE),
            tmp_path / "gone.png": ("refused", f"{tmp_path / 'gone.png'} is not there any more."),
        }
        assert told == expected[paths[0]]
    assert load(project) == Graph()


def test_several_drops_are_all_answered(qtbot: QtBot, tmp_path: Path) -> None:
    heard = Heard()
    for i in range(5):
        heard.dropped.look([tmp_path / str(i)], None, PLACE)
    qtbot.waitUntil(lambda: len(heard.all) == 5)
    qtbot.wait(60)
    (timer,) = heard.dropped.findChildren(QTimer)
    assert not timer.isActive()


def test_nobody_is_told_once_it_is_gone(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(dropped, "recognise", lambda paths, folder: go.wait(5) and paths[0])
    heard = Heard()
    heard.dropped.look([tmp_path], None, PLACE)
    heard.dropped.deleteLater()
    del heard.dropped
    QApplication.sendPostedEvents()
    gc.collect()
    go.set()
    for thread in threading.enumerate():
        if thread.name == "dropped files":
            thread.join(5)
    qtbot.wait(50)
    assert heard.all == []


@pytest.mark.parametrize("gzipped", [False, True])
def test_a_set_is_known_by_its_four_names_or_one_of_them(tmp_path: Path, gzipped: bool) -> None:
    folder = empty_set(tmp_path / "Fashion-MNIST")
    if gzipped:
        for part in PARTS:
            (folder / part).rename(folder / f"{part}.gz")
    expected = Data("FashionMNIST", (("folder", str(folder)),))
    assert recognise([folder], None) == expected
    for file in folder.iterdir():
        assert recognise([file], None) == expected
    assert recognise([*folder.iterdir(), folder], None) == expected


def test_the_block_takes_the_parameters_and_the_engine_the_folder(tmp_path: Path) -> None:
    from netbuilder.engine.loaders.idx import load_idx

    write_pictures(tmp_path / "data")
    found = recognise([tmp_path / "data"], tmp_path)
    assert isinstance(found, Data)
    graph = Graph()
    graph = graph.apply(commands.add_node(graph, found.block, 0, 0, dict(found.params)))
    (node,) = graph.nodes.values()
    assert graph.values(node)["folder"] == "data"
    (images, labels), _ = load_idx(tmp_path / str(graph.values(node)["folder"]))
    assert len(images) == len(labels) == 24


@pytest.mark.parametrize(
    ("where", "block"),
    [
        ("fashion", "FashionMNIST"),
        ("FashionMNIST/raw", "FashionMNIST"),
        ("mnist", "MNIST"),
        ("fashion-school/MNIST/raw", "MNIST"),
        ("letters", "MNIST"),
    ],
)
def test_the_nearest_name_says_which_block_it_is(tmp_path: Path, where: str, block: str) -> None:
    found = recognise([empty_set(tmp_path / where)], None)
    assert isinstance(found, Data) and found.block == block


def test_paths_inside_the_project_are_relative(tmp_path: Path) -> None:
    folder = empty_set(tmp_path / "project" / "data" / "mnist")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "project")
    for base in (tmp_path / "project", link):
        for path in (folder, link / "data" / "mnist"):
            assert recognise([path], base) == Data("MNIST", (("folder", "data/mnist"),))
    assert recognise([folder], folder) == Data("MNIST", (("folder", "."),))
    assert recognise([folder], tmp_path / "proj") == Data("MNIST", (("folder", str(folder)),))


def test_a_set_further_inside_is_found(tmp_path: Path) -> None:
    inner = empty_set(tmp_path / "download" / "FashionMNIST" / "raw")
    assert recognise([tmp_path / "download"], None) == Data("FashionMNIST", (("folder", str(inner)),))
    empty_set(tmp_path / "download" / "MNIST" / "raw")
    first, second = Path("FashionMNIST/raw"), Path("MNIST/raw")
    text = f"There are several data sets in download: drop {first} or {second}."
    assert said([tmp_path / "download"]) == text


def test_what_cannot_be_dropped_is_named(tmp_path: Path) -> None:
    for name in ("cat.png", "table.xlsx", "net.netb.zip"):
        (tmp_path / name).touch()
        assert said([tmp_path / name]) == f"{name} cannot be dropped here. {CAN_BE}"
    os.mkfifo(tmp_path / "pipe")
    assert said([tmp_path / "pipe"]) == f"pipe cannot be dropped here. {CAN_BE}"
    (tmp_path / "empty").mkdir()
    assert said([tmp_path / "empty"]).startswith(f"There is no data in {tmp_path / 'empty'}.")
    assert said([]) == "There is nothing to drop."
    assert "cannot be read" in said([tmp_path / "a\0b"])


def test_a_set_that_is_not_whole_says_what_it_lacks(tmp_path: Path) -> None:
    folder = empty_set(tmp_path / "mnist")
    (folder / PARTS[2]).unlink()
    text = f"{folder} has no t10k-images-idx3-ubyte: a data set in the form of MNIST has four files."
    assert said([folder]) == said([folder / PARTS[0]]) == text


@pytest.mark.parametrize("name", ["t.csv", "T.TSV", "t.parquet", "a.npz", "a.npy", "a.safetensors", "t.txt"])
def test_files_are_known_by_their_endings(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).touch()
    block = {"csv": "CSVTable", "tsv": "CSVTable", "parquet": "ParquetTable", "npz": "NumpyArrays", "txt": "TextFile"}
    block |= {"npy": "NumpyArrays", "safetensors": "TensorFile"}
    expected = Data(block[name.rpartition(".")[2].lower()], (("file", f"data/{name}"),))
    assert recognise([tmp_path / "data" / name], tmp_path) == expected


def test_pictures_and_sounds_in_a_folder_for_each_class(tmp_path: Path) -> None:
    pictures = write_image_folder(tmp_path / "pictures")
    sounds = write_wav_folder(tmp_path / "sounds")
    assert recognise([pictures], tmp_path) == Data("ImageFolder", (("folder", "pictures"),))
    assert recognise([sounds], tmp_path) == Data("WavFolder", (("folder", "sounds"),))
    assert said([pictures, sounds]) == "Drop one data set at a time: these are 2."
    assert said([pictures / "red"]).startswith(f"There is no data in {pictures / 'red'}.")


def test_a_folder_with_train_and_val_in_it(tmp_path: Path) -> None:
    bees = tmp_path / "bees"
    write_image_folder(bees / "train")
    assert recognise([bees], None) == Data("ImageFolder", (("folder", str(bees / "train")),))
    write_image_folder(bees / "val")
    params = (("folder", str(bees / "train")), ("validation_folder", str(bees / "val")))
    assert recognise([bees], None) == Data("ImageFolder", params)


def test_many_pictures_are_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropped, "MOST_ENTRIES", 20)
    pictures = write_image_folder(tmp_path / "pictures", each=30)
    assert recognise([pictures], None) == Data("ImageFolder", (("folder", str(pictures)),))


def test_several_files_that_do_not_go_together(tmp_path: Path) -> None:
    projects = [tmp_path / "a.netb", tmp_path / "b.netb"]
    for path in projects:
        path.touch()
    sets = [empty_set(tmp_path / "one"), empty_set(tmp_path / "two")]
    assert said(projects) == "Drop one project at a time: these are 2."
    assert said(sets) == "Drop one data set at a time: these are 2."
    assert said([projects[0], sets[0]]) == "Drop a project or data, not both at once."
    assert recognise([projects[0], projects[0]], None) == projects[0]
    (tmp_path / "x.png").touch()
    assert said([projects[0], tmp_path / "x.png"]).startswith("x.png cannot be dropped here.")


def test_links_that_lead_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "cannot be read" in said([tmp_path / "loop"])
    inside = tmp_path / "folder"
    inside.mkdir()
    (inside / "again").symlink_to(inside)
    (inside / PARTS[0]).mkdir()
    assert said([inside]).startswith("There is no data in")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="only for those who may not read everything")
def test_a_folder_that_is_closed(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    assert "cannot be read: Permission denied." in said([tmp_path / "closed"])


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    assert said([tmp_path]) == f"{tmp_path} cannot be read: Permission denied."


def test_a_huge_folder_is_not_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropped, "MOST_ENTRIES", 20)
    for i in range(5):
        (tmp_path / f"d{i}").mkdir()
        for j in range(10):
            (tmp_path / f"d{i}" / str(j)).touch()
    assert said([tmp_path]).startswith(f"{tmp_path} holds too much to look through: drop the folder")
    assert recognise([empty_set(tmp_path / "d0" / "set")], None) == Data(
        "MNIST", (("folder", str(tmp_path / "d0" / "set")),)
    )


def test_names_that_no_project_can_hold(tmp_path: Path) -> None:
    assert "without control characters" in said([empty_set(tmp_path / "a\nb")])
    assert "without control characters" in said([empty_set(tmp_path / os.fsdecode(b"\xff"))])
