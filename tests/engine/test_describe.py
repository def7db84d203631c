"""The analysis knows what files hold before they are loaded, and looks again when they change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netbuilder.engine.analysis import Analyst
from netbuilder.graph import commands
from netbuilder.graph.graph import Graph
from tests.data_files import FLOWERS, write_table
from tests.drawings import draw

TABLE = """
    table CSVTable file=table.csv
    fc Linear out_features=3
    loss CrossEntropyLoss
    table.features > fc > loss
    table.target > loss.target
"""


def _look(graph: Graph, folder: Path) -> Analyst:
    analyst = Analyst()
    analyst.open(graph, folder)
    return analyst


def _said(analyst: Analyst) -> list[str]:
    return [str(problem.sentence) for problem in analyst.all_problems]


def test_shapes_follow_from_a_file_beside_the_project(tmp_path: Path) -> None:
    write_table(tmp_path / "table.csv")
    analyst = _look(draw(TABLE), tmp_path)
    report = analyst.reports["table"]
    assert _said(analyst) == []
    assert str(report.outputs["features"]) == "N×4" and report.outputs["target"].classes == 3
    assert report.names == {"target": FLOWERS} and report.facts[0] == ("rows", "30")
    assert analyst.reports["fc"].values["in_features"] == 4


def test_without_the_file_the_problem_is_at_the_node(tmp_path: Path) -> None:
    analyst = _look(draw(TABLE), tmp_path)
    (problem,) = analyst.all_problems
    assert problem.node == "table" and problem.level == "error"
    assert str(problem.sentence) == f"table: the file {tmp_path / 'table.csv'} is not there."
    analyst.write()
    assert not analyst.script.complete


def test_what_is_wrong_in_a_file_is_said_and_looked_at_again_when_it_is_mended(tmp_path: Path) -> None:
    file = write_table(tmp_path / "table.csv")
    whole = file.read_text()
    file.write_text(whole.replace("2.5,20,", "oops,20,"))
    analyst = _look(draw(TABLE), tmp_path)
    assert _said(analyst) == [f"table cannot be loaded: {file}, line 4: length is 'oops', which is no number."]
    file.write_text(whole)
    os.utime(file, ns=(1, 1))
    analyst.change(commands.set_params(analyst.graph, "fc", {"bias": False}))
    assert _said(analyst) == []


def test_a_file_is_read_once_as_long_as_it_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from netbuilder.engine.loaders import csv_table

    write_table(tmp_path / "table.csv")
    read, real = [], csv_table.read_csv

    def counted(file: str, header: bool, most: int | None = None) -> object:
        read.append(file)
        return real(file, header, most)

    monkeypatch.setattr(csv_table, "read_csv", counted)
    analyst = _look(draw(TABLE), tmp_path)
    for size in (3, 4, 5):
        analyst.change(commands.set_params(analyst.graph, "fc", {"out_features": size}))
    assert read == [str(tmp_path / "table.csv")]
    analyst.change(commands.set_params(analyst.graph, "table", {"target": "color"}))
    assert len(read) == 2 and analyst.reports["table"].outputs["target"].classes == 2


def test_a_fold_that_there_is_not_has_a_fix(tmp_path: Path) -> None:
    write_table(tmp_path / "table.csv")
    analyst = _look(draw(TABLE.replace("table.csv", "table.csv folds=3 fold=4")), tmp_path)
    (problem,) = analyst.all_problems
    assert str(problem.sentence) == "table has 3 folds, and no number 4."
    assert problem.fix is not None and problem.fix.params == {"fold": 3}
