"""segment() in Python: the same answer for every kind of table, and the same kind of table back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import coterie
from coterie import simulate
from coterie.record import to_json
from coterie.segmentation import Segmentation

TABLE = simulate.tutorial()


@pytest.fixture(scope="module")
def run(tutorial_csv: Path) -> Segmentation:
    return coterie.segment(tutorial_csv, k=4, effort="quick", max_k=4)


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_frame_gives_the_same_record_as_the_file_and_its_kind_comes_back(kind: type, run: Segmentation) -> None:
    frame = kind(TABLE)
    again = coterie.segment(frame, k=4, effort="quick", max_k=4)
    assert again.record == run.record
    came = again.assignments()
    assert type(came) is type(frame)
    columns = came.column_names if isinstance(came, pa.Table) else list(came.columns)
    assert columns == ["id", "segment", "name", "margin", "confidence"]
    assert type(again.assign(frame)) is type(frame)


def test_the_longest_stage_is_heard_from_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(3000, 3)), columns=["a", "b", "c"])
    heard: list[tuple[str, str]] = []
    options = {"k": 3, "effort": "quick", "max_k": 4}
    quiet = coterie.segment(frame, progress=lambda *said: heard.append(said), **options)
    stages = [stage for stage, _ in heard]
    assert stages[-2:] == ["decide", "profile"]
    monkeypatch.setattr("coterie.model.decision.PATIENCE", 0.0)
    heard.clear()
    told = coterie.segment(frame, progress=lambda *said: heard.append(said), **options)
    during = [found.partition(",")[0] for stage, found in heard if stage == "decide"][:-1]
    assert {"groupless tables", "numbers of segments", "resamples"} <= set(during)
    assert told.record == quiet.record


def test_a_relation_comes_back_as_a_relation(run: Segmentation) -> None:
    relation = duckdb.connect().from_arrow(pa.table(TABLE))
    again = coterie.segment(relation, k=4, effort="quick", max_k=4)
    assert again.record == run.record
    assert again.assignments().fetchnumpy()["id"].tolist() == [str(i) for i in range(1, 301)]


def test_the_record_counts_every_customer_once(run: Segmentation) -> None:
    assert sum(s.size for s in run.segments) == 300 == run.record.sample.rows
    assert sum(s.share for s in run.segments) == pytest.approx(1)
    assert [s.size for s in run.segments] == sorted((s.size for s in run.segments), reverse=True)
    assert [s.letter for s in run.segments] == ["A", "B", "C", "D"]


def test_assigning_the_customers_again_gives_the_segments_that_they_have(run: Segmentation) -> None:
    frame = pd.DataFrame(TABLE)
    sizes = run.assign(frame)["segment"].value_counts().sort_index().tolist()
    assert sizes == [s.size for s in run.segments]


def test_margins_are_those_of_the_distances_and_confidence_follows_them(run: Segmentation) -> None:
    got = run.assign(pd.DataFrame(TABLE))
    assert got["margin"].between(0, 1).all()
    for _, part in got.groupby("segment"):
        least = part.groupby("confidence")["margin"].min()
        order = [w for w in ("borderline", "probable", "core") if w in least]
        assert least[order].is_monotonic_increasing
    assert run.record.stability.margins.agreement > 0.8


def test_the_value_column_is_summed_and_never_forms_segments() -> None:
    frame = pd.DataFrame(TABLE).assign(revenue=np.arange(300) * 1.25)
    made = coterie.segment(frame, value="revenue", k=3, effort="quick", max_k=4)
    assert sum(s.value or 0 for s in made.segments) == pytest.approx(frame["revenue"].sum())
    assert sum(s.value_share or 0 for s in made.segments) == pytest.approx(1)
    assert "revenue" not in [f.column for f in made.record.features]


def test_profile_means_are_the_means_of_all_rows() -> None:
    frame = pd.DataFrame(TABLE)
    made = coterie.segment(frame, k=4, effort="quick", max_k=4)
    joined = frame.assign(segment=made.assignments()["segment"])
    for row in made.record.profile:
        mine = joined if row.segment == 0 else joined[joined["segment"] == row.segment]
        assert row.mean == pytest.approx(mine[row.column].mean(), rel=1e-11)
        assert row.median == pytest.approx(mine[row.column].median())
        assert row.n == len(mine)


def test_a_saved_run_is_loaded_and_goes_on(run: Segmentation, tmp_path: Path, tutorial_csv: Path) -> None:
    run.save(tmp_path / "out")
    loaded = coterie.load(tmp_path / "out")
    assert loaded.record == run.record
    new = pd.DataFrame({"customer_id": [7], "annual_income": [118_000], "spending_score": [3]})
    assert loaded.assign(new)["name"].tolist() == ["High income, low spending"]
    assert "High income, low spending" in loaded.report()
    kept, made = loaded.assignments().df(), run.assignments().df()
    assert kept.drop(columns="margin").equals(made.drop(columns="margin"))
    np.testing.assert_allclose(kept.margin, made.margin, rtol=1e-12)
    with (tmp_path / "out" / "segments.parquet").open("ab") as file:
        file.write(b"!")
    with pytest.raises(coterie.CoterieError, match="changed"):
        loaded.assignments()


def test_a_record_that_was_tampered_with_is_not_trusted(run: Segmentation, tmp_path: Path) -> None:
    run.save(tmp_path / "out")
    path = tmp_path / "out" / "run.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 1 '))
    with pytest.raises(coterie.CoterieError, match="changed"):
        coterie.load(tmp_path / "out")


def test_big_tables_are_decided_by_a_sample_and_checked_on_every_row() -> None:
    r = np.random.default_rng(0)
    n = 120_000
    kind = r.integers(0, 3, n)
    frame = pd.DataFrame(
        {"customer_id": np.arange(n), "a": kind * 8 + r.normal(size=n), "b": (kind == 1) * 9 + r.normal(size=n)}
    )
    made = coterie.segment(frame, k=3, effort="quick", max_k=3)
    sample, model = made.record.sample, made.record.model
    assert (sample.rows, sample.used, sample.whole) == (n, 50_000, False)
    assert sorted(s.size for s in made.segments) == sorted(np.bincount(kind).tolist())
    assert model.step < 0.02
    assert model.inertia_all / n == pytest.approx(model.inertia / 50_000, rel=0.02)


def test_a_share_is_written_one_way_on_the_page_in_the_record_and_in_lines(run: Segmentation) -> None:
    for text in (run.report(), json.dumps(to_json(run.record), ensure_ascii=False), repr(run)):
        assert re.search(r"\d%", text)
        assert not re.search(r"\d[ \u00a0]%", text)


def test_charts_show_themselves_in_notebooks(run: Segmentation) -> None:
    chart = run.plot.map()
    assert chart is not None
    assert chart._repr_svg_().startswith("<svg")
    assert set(run.plot.all()) >= {"map", "profile", "averages", "choice"}
