"""What a run shows of itself: short texts, HTML that no policy can spoil, tables of the caller's kind."""

from __future__ import annotations

import pickle
import re
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import coterie
from coterie import simulate
from coterie.report import comparison_page
from coterie.segmentation import Segmentation

QUICK: dict[str, Any] = {"k": 4, "max_k": 5, "effort": "quick"}


@pytest.fixture(scope="module")
def run() -> Segmentation:
    return coterie.segment(pd.DataFrame(simulate.tutorial()), **QUICK)


def lifted(run: Segmentation) -> coterie.segmentation.Lift:
    """What a campaign brought that half of its members answered."""
    with tempfile.TemporaryDirectory() as folder:
        made = run.audience(Path(folder) / "a", holdout=0.3, key="spring")
        results = {"customer_id": np.arange(1, 301).astype(str), "bought": np.arange(300) % 2}
        return coterie.lift(made, pd.DataFrame(results), outcome="bought")


def parts(run: Segmentation) -> dict[str, Any]:
    chart = run.plot.profile()
    assert chart is not None
    shown = {"run": run, "verdict": run.verdict, "segments": run.segments, "plot": run.plot, "findings": run.findings}
    shown |= {"compared": coterie.compare(run, run.merge("A", "B")), "lifted": lifted(run)}
    return {**shown, "chart": chart, "check": coterie.check(pd.DataFrame(simulate.tutorial()))}


def test_texts_are_short_and_say_what_matters(run: Segmentation) -> None:
    for name, part in parts(run).items():
        assert 0 < len(repr(part)) < 1_200, name
        assert "Segment(" not in repr(part), name
    assert repr(run).startswith("300 customers in 4 segments")
    assert repr(run.segments[0]) == "A High income, low spending: 87 customers (29%)"
    assert repr(run.verdict).startswith(f"{run.verdict.code}: {run.verdict.label}.")
    assert ".map()" in repr(run.plot)
    assert repr(run.findings[0]).startswith("COT001 note 'customer_id': unique")


def test_html_has_neither_script_nor_style_nor_anything_to_load(run: Segmentation) -> None:
    for name, part in parts(run).items():
        html = part._repr_html_()
        assert not re.search(r"<(script|style|link|iframe|img|object)\b", html), name
        assert not re.search(r"\s(on\w+|style|class|src|href)=", html), name
        assert "var(--" not in html, name


def test_a_run_shows_its_verdict_its_segments_with_bars_and_its_map(run: Segmentation) -> None:
    html = run._repr_html_()
    assert "Useful, not natural" in html
    assert html.count("<tr>") == 5
    assert html.count('fill="#2443b8"') > 1, "the bar and the points of A"
    bars = [int(w) for w in re.findall(r'<rect width="(\d+)" height="12"', html)]
    assert bars == sorted(bars, reverse=True)
    assert 'role="img"' in html


def test_a_comparison_and_a_lift_show_their_finding_their_segments_and_their_picture(run: Segmentation) -> None:
    compared = coterie.compare(run, run.merge("A", "B"))
    advice = comparison_page.ADVICE[compared.advice]
    for part, verdict, columns in ((compared, advice, 4), (lifted(run), "No clear lift", 9)):
        html = part._repr_html_()
        assert html.startswith(f"<div><p><b>{verdict}.</b> ")
        assert html.count("<th ") == columns
        assert html.count('role="img"') == 1


def test_names_of_the_data_stay_text() -> None:
    table = pd.DataFrame(simulate.tutorial()).rename(
        columns={"annual_income": "<img onerror=x>", "spending_score": "b"}
    )
    run = coterie.segment(table, **QUICK).name("A", "<img onerror=y>")
    for part in parts(run).values():
        assert "<img" not in part._repr_html_()


FRAMES = {
    "pandas": (pd.DataFrame, pd.DataFrame),
    "polars": (pl.DataFrame, pl.DataFrame),
    "lazy": (lambda columns: pl.DataFrame(columns).lazy(), pl.LazyFrame),
    "arrow": (pa.table, pa.Table),
    "columns": (lambda columns: {name: np.array(values) for name, values in columns.items()}, dict),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_tables_are_of_the_callers_kind(kind: str) -> None:
    make, wanted = FRAMES[kind]
    run = coterie.segment(make(simulate.tutorial()), **QUICK)  # type: ignore[operator]
    assert all(isinstance(table, wanted) for table in (run.table(), run.profile(), run.choice()))


def test_tables_hold_what_the_record_holds(run: Segmentation) -> None:
    assert run.table()["name"].tolist() == [s.name for s in run.segments]
    assert run.table()["size"].sum() == 300
    assert len(run.profile()) == len(run.record.profile)
    chosen = run.choice().set_index("k")
    assert chosen.index[chosen["chosen"]].tolist() == [4]
    assert chosen["votes"].sum() <= len(run.record.choice.votes)


def test_a_run_that_was_loaded_gives_relations_and_a_report_gives_its_path(run: Segmentation, tmp_path: Path) -> None:
    run.save(tmp_path / "run")
    loaded = coterie.load(tmp_path / "run")
    assert isinstance(loaded.table(), duckdb.DuckDBPyRelation)
    assert loaded.table().order("segment").fetchall()[0][:3] == (1, "A", "High income, low spending")
    assert loaded.report(tmp_path / "report.html") == tmp_path / "report.html"
    assert loaded.report().startswith("<!doctype html>")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert coterie.compare(run, loaded.merge("A", "B")).report(tmp_path / "two.html") == tmp_path / "two.html"


def test_segments_travel(run: Segmentation) -> None:
    again = pickle.loads(pickle.dumps(run.segments))
    assert again == run.segments
    assert again._repr_html_() == run.segments._repr_html_()


def test_one_name_is_one_column() -> None:
    table = pd.DataFrame(simulate.tutorial()).assign(Age=range(300))
    one = coterie.segment(table, features="Age", **QUICK)
    assert [f.column for f in one.record.features] == ["Age"]


def test_errors_speak_python_in_python() -> None:
    with pytest.raises(coterie.CoterieError) as caught:
        coterie.segment(pd.DataFrame(simulate.tutorial()), exclude=["A"])
    assert 'exclude=["A"]' in str(caught.value)
    assert "--exclude 'A'" in "\n".join(caught.value.lines)
    assert "--" not in str(caught.value)


def test_an_error_of_a_report_speaks_of_its_path(run: Segmentation, tmp_path: Path) -> None:
    compared = coterie.compare(run, run.merge("A", "B"))
    chart = run.plot.profile()
    assert chart is not None
    for name, write in (("a.html", run.report), ("b.html", compared.report), ("c.svg", chart.save)):
        write(tmp_path / name)
        with pytest.raises(coterie.CoterieError, match="or name another file with `path`"):
            write(tmp_path / name)
