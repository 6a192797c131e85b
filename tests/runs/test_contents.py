"""The files of a run that follow from its record: what is written, and how its tables look."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest

import coterie
from coterie.record import to_json
from coterie.runs import contents, open_run
from coterie.segmentation import Segmentation


@pytest.fixture(scope="module")
def run(tutorial_csv: Path) -> Segmentation:
    return coterie.segment(tutorial_csv, k=4, effort="quick", max_k=4)


def written(run: Segmentation, out: Path, *, points: bool) -> set[str]:
    with open_run(out) as folder:
        contents.write(folder, run.record, run.points if points else None, source="customers.csv")
        folder.commit({})
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def test_a_run_has_its_record_profile_points_report_and_charts(run: Segmentation, tmp_path: Path) -> None:
    names = written(run, tmp_path / "out", points=True)
    assert names >= {"run.json", "profile.csv", "points.csv", "report.html", "charts/map.svg", "manifest.json"}
    assert json.loads((tmp_path / "out" / "run.json").read_text()) == to_json(run.record)


def test_without_points_no_single_customer_is_written(run: Segmentation, tmp_path: Path) -> None:
    assert "points.csv" not in written(run, tmp_path / "out", points=False)


def test_the_profile_has_one_line_a_segment_and_column(run: Segmentation) -> None:
    table = pd.read_csv(io.StringIO(contents.profile_csv(run.record)))
    assert len(table) == len(run.record.profile) == 5 * 2
    income = table[table["column"] == "annual_income"].set_index("segment")
    for row in run.record.profile:
        if row.column == "annual_income":
            assert income.loc[row.segment, "mean"] == row.mean


def test_rejected_rows_are_listed_without_their_values() -> None:
    text = contents.rejected_csv([(3, "4 fields instead of 3", False), (None, "=cmd()", True)])
    assert list(csv.reader(io.StringIO(text))) == [
        ["line", "reason", "kept"],
        ["3", "4 fields instead of 3", "False"],
        ["", "'=cmd()", "True"],  # no spreadsheet takes it for a formula
    ]


def test_formulas_are_texts_in_every_csv_of_a_record() -> None:
    assert contents.rejected_csv([(3, '=cmd|"x"', False)]).splitlines()[1].startswith("3,\"'=cmd")
