"""A Segmentation: the same for every kind of table, the same kind of table back, and it travels."""

from __future__ import annotations

import copy
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import coterie
from coterie import simulate
from coterie.errors import InputError
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


def test_the_shares_of_sure_customers_are_those_of_all_customers() -> None:
    r = np.random.default_rng(3)
    frame = pd.DataFrame({"customer_id": range(8_000), "x": r.normal(size=8_000), "y": r.normal(size=8_000)})
    made = coterie.segment(frame, k=3, effort="quick", max_k=4)
    told = made.assignments()["confidence"].value_counts(normalize=True)
    for band in ("core", "probable", "borderline"):
        assert getattr(made.record.stability, band) == pytest.approx(told.get(band, 0.0))


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


# ── traveling ────────────────────────────────────────────────────────────────────────────────────────────────────

QUICK = {"k": 4, "effort": "quick", "max_k": 4}


def pickled(run: Segmentation) -> Segmentation:
    return pickle.loads(pickle.dumps(run))  # type: ignore[no-any-return]


TRAVEL = pytest.mark.parametrize("travel", [pickled, copy.deepcopy], ids=["pickled", "copied"])
Travel = Callable[[Segmentation], Segmentation]


@TRAVEL
def test_a_run_of_a_file_travels_and_reads_its_customers_again(run: Segmentation, travel: Travel) -> None:
    there = travel(run)
    assert there.record == run.record
    assert there.report() == run.report()
    assert there.assignments().df().equals(run.assignments().df())


def test_a_pickled_run_does_not_take_another_file_for_its_own(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(simulate.as_csv(TABLE))
    there = pickled(coterie.segment(path, **QUICK))
    path.write_text(path.read_text().replace("35795", "35796", 1))
    with pytest.raises(InputError, match=r"customers\.csv"):
        there.assignments()


def test_a_copied_run_of_a_frame_keeps_its_customers_and_a_pickled_one_leaves_them_behind() -> None:
    run = coterie.segment(pd.DataFrame(TABLE), **QUICK)
    assert copy.deepcopy(run).assignments().equals(run.assignments())
    there = pickled(run)
    assert there.record == run.record
    for ask in (there.assignments, there.examples):
        with pytest.raises(InputError, match="without its customers") as refused:
            ask()
    assert "source" in str(refused.value)
    assert there.assign(pd.DataFrame(TABLE)).equals(run.assign(pd.DataFrame(TABLE)))


@TRAVEL
def test_a_run_of_purchases_travels_and_makes_its_customers_again(tmp_path: Path, travel: Travel) -> None:
    r = np.random.default_rng(0)
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta(r.integers(0, 300, 1_500), "D")
    log = pd.DataFrame({"customer": r.integers(0, 200, 1_500), "date": days, "amount": r.integers(1, 90, 1_500)})
    log.to_csv(tmp_path / "purchases.csv", index=False)
    run = coterie.segment(tmp_path / "purchases.csv", purchases={}, **QUICK)
    there = travel(run)
    assert there.record == run.record
    assert there.assignments().df().equals(run.assignments().df())


def test_assign_examples_and_merge_take_a_path_or_a_frame_alike(run: Segmentation, tutorial_csv: Path) -> None:
    frame, loaded = pd.read_csv(tutorial_csv), pickled(run)
    assert loaded.assign(tutorial_csv).df().equals(loaded.assign(frame))
    assert loaded.examples(ids=True, source=tutorial_csv) == loaded.examples(ids=True, source=frame)
    assert loaded.merge(1, 2, source=tutorial_csv).record == loaded.merge("A", "B", source=frame).record
