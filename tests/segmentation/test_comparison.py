"""compare(): who moved, who only sees a line move, what has drifted, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

import coterie
from coterie.errors import InputError
from coterie.record import Record, to_json
from coterie.report import comparison_page
from coterie.segmentation import Segmentation
from coterie.segmentation.drifting import Gathered, weigh
from coterie.table import DECILES, ColumnRecord
from months import CORNERS, QUICK, four

JANUARY = four(1)


def drifted() -> pd.DataFrame:
    """Thirty of a have moved to b, ten of c have left."""
    later = four(1)
    later.loc[later["customer_id"].isin([f"a{i}" for i in range(30)]), "x"] += CORNERS["b"][0]
    return later[~later["customer_id"].isin([f"c{i}" for i in range(10)])]


@pytest.fixture(scope="module")
def run() -> Segmentation:
    return coterie.segment(JANUARY, k=4, **QUICK)


@pytest.fixture(scope="module")
def later(run: Segmentation) -> Segmentation:
    return coterie.refresh(run, drifted())


def test_nothing_has_changed_where_nothing_has(run: Segmentation) -> None:
    found = coterie.compare(run, coterie.refresh(run, JANUARY))
    assert found.advice == "assign"
    assert found.facts.follows
    assert found.facts.migration is not None
    assert found.facts.migration.changed == 0
    assert found.facts.lacking == ()
    assert max(c.size for c in found.facts.columns) < 0.01
    assert "assign" in repr(found)


def test_a_planted_move_is_counted_and_said(run: Segmentation, later: Segmentation) -> None:
    found = coterie.compare(run, later)
    moved = found.facts.migration
    assert moved is not None
    assert (moved.shared, moved.entered, moved.left) == (390, 0, 10)
    (gone,) = [m for m in moved.moves if not m.stays]
    assert (gone.n, gone.moved, gone.line, gone.inside) == (30, 30, 0, False)
    assert moved.changed == pytest.approx(30 / 390)
    assert moved.beyond == pytest.approx(max(0.0, moved.changed - moved.floor))
    assert found.changes is not None
    assert found.changes.frame()["change"].value_counts().to_dict() == {"moved": 30, "left": 10}


def test_a_line_that_moves_over_customers_is_told_from_customers_who_move() -> None:
    """The same customers under two cuts of one crowd: nobody has moved."""
    r = np.random.default_rng(5)
    crowd = pd.DataFrame({"customer_id": [f"c{i}" for i in range(400)], "x": r.random(400), "y": r.random(400)})
    first = coterie.segment(crowd, k=4, **QUICK)
    second = coterie.refresh(first, crowd, k=3)
    moved = coterie.compare(first, second).facts.migration
    assert moved is not None
    assert moved.moved == 0
    assert moved.line is not None
    assert moved.line > 0.1


def test_drift_is_found_and_named(run: Segmentation) -> None:
    shifted = four(1).assign(x=lambda table: table["x"] + 2.5)
    found = coterie.compare(run, coterie.refresh(run, shifted))
    assert found.advice == "refit"
    worst = max(found.facts.columns, key=lambda c: c.corrected)
    assert worst.column == "x"
    assert any("drifted" in reason for reason in found.reasons)
    says = {c.name: c.says for c in found.facts.criteria}
    assert says["All columns together, energy distance"] == "review"
    assert says["Y, drift beyond chance"] == "assign"


def test_runs_that_were_saved_say_what_to_give(run: Segmentation, later: Segmentation, tmp_path: Path) -> None:
    run.save(tmp_path / "old")
    later.save(tmp_path / "new")
    JANUARY.to_csv(tmp_path / "january.csv", index=False)
    drifted().to_csv(tmp_path / "february.csv", index=False)
    alone = coterie.compare(tmp_path / "old", tmp_path / "new")
    assert "--source" in alone.facts.lacking[0]
    assert alone.facts.migration is not None
    assert alone.facts.migration.moved is None
    assert alone.changes is not None
    other = alone.changes.frame().df()["change"].value_counts().to_dict()
    assert other == {"other": 30, "left": 10}
    whole = coterie.compare(
        tmp_path / "old", tmp_path / "new", source=tmp_path / "february.csv", old_source=tmp_path / "january.csv"
    )
    at_hand = coterie.compare(run, later)
    assert to_json(whole.facts) == to_json(at_hand.facts)


def test_runs_that_do_not_follow_each_other_are_paired_by_their_customers(run: Segmentation) -> None:
    apart = coterie.segment(drifted(), k=4, **QUICK)
    found = coterie.compare(run, apart).facts
    assert not found.follows
    assert len(found.same) == 4
    assert found.migration is not None
    assert sum(m.n for m in found.migration.moves if not m.stays) == 30


def test_whoever_moves_between_runs_with_ids_of_their_own_is_listed() -> None:
    """The larger segment is the first in either run, and is not the same one."""
    ids, noise = [f"c{i}" for i in range(400)], np.random.default_rng(0).normal(0, 1, 400)
    former, now = (pd.DataFrame({"id": ids, "a": np.where(np.arange(400) < low, 0, 20) + noise}) for low in (150, 270))
    old, new = (coterie.segment(table, id="id", k=2, effort="quick") for table in (former, now))
    found = coterie.compare(old, new, source=now)
    assert found.facts.migration is not None
    assert found.changes is not None
    assert sum(m.n for m in found.facts.migration.moves if not m.stays) == 120
    listed = found.changes.frame()
    assert set(zip(listed["from"], listed["to"], listed["change"], strict=True)) == {(1, 1, "moved")}
    assert sorted(listed["id"]) == sorted(ids[150:270])


def test_the_page_holds_counts_and_no_customers(run: Segmentation, later: Segmentation, tmp_path: Path) -> None:
    found = coterie.compare(run, later)
    html = found.report()
    assert found.report(tmp_path / "page.html") == tmp_path / "page.html"
    assert (tmp_path / "page.html").read_text() == html
    assert "Who went where" in html
    assert not any(f"{id}<" in html or f'"{id}"' in html for id in JANUARY["customer_id"])
    assert "style=" not in html
    assert json.dumps(to_json(found.facts))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda run: run, "the same one"),
        (lambda run: coterie.segment(JANUARY, features=["x"], k=2, **QUICK), "Both have"),
    ],
)
def test_what_cannot_be_compared_is_refused(change: object, said: str, run: Segmentation) -> None:
    assert callable(change)
    with pytest.raises(InputError, match=said):
        coterie.compare(run, change(run))


def test_a_source_must_hold_the_runs_customers(run: Segmentation, later: Segmentation) -> None:
    with pytest.raises(InputError, match="does not hold"):
        coterie.compare(run, later, source=drifted()[:200])
    with pytest.raises(InputError, match="does not hold"):
        coterie.compare(run, later, old_source=JANUARY[:200])


def test_runs_that_share_nobody_say_so(run: Segmentation) -> None:
    others = four(2)
    others["customer_id"] = "z" + others["customer_id"]
    found = coterie.compare(run, coterie.refresh(run, others))
    assert comparison_page.headline(found.facts) == "No customer is in both runs."


def test_columns_are_known_by_their_deciles_where_only_records_are_at_hand(
    run: Segmentation, later: Segmentation, tmp_path: Path
) -> None:
    run.save(tmp_path / "old")
    later.save(tmp_path / "new")
    alone = {c.column: c for c in coterie.compare(tmp_path / "old", tmp_path / "new").facts.columns}
    whole = {c.column: c for c in coterie.compare(run, later).facts.columns}
    assert not alone["x"].exact
    assert whole["x"].exact
    assert alone["x"].size == pytest.approx(whole["x"].size, abs=0.05)


@pytest.mark.parametrize(
    "values",
    [
        lambda r, n: r.choice([1, 2, 3, 4, 5], n, p=[0.1, 0.2, 0.3, 0.3, 0.1]),
        lambda r, n: r.poisson(2.3, n),
        lambda r, n: np.where(r.random(n) < 0.9, 0, r.lognormal(3, 1, n)),
        lambda r, n: np.minimum(r.exponential(50, n), 60),
    ],
    ids=["ratings", "counts", "mostly 0", "capped"],
)
def test_values_that_many_share_do_not_drift_by_their_deciles_alone(
    values: Callable[[np.random.Generator, int], np.ndarray], run: Segmentation
) -> None:
    def column(seed: int) -> ColumnRecord:
        x = np.asarray(values(np.random.default_rng(seed), 400), dtype=float)
        deciles = np.quantile(x, DECILES).tolist()
        upto = [float((x <= d).mean()) for d in deciles]
        held = next(c for c in run.record.columns if c.name == "x")
        return replace(held, min=float(x.min()), max=float(x.max()), deciles=tuple(zip(deciles, upto, strict=True)))

    def record(seed: int) -> Record:
        columns = [column(seed) if c.name == "x" else c for c in run.record.columns]
        return replace(run.record, columns=tuple(columns))

    found = [weigh(Gathered(record(2 * i), record(2 * i + 1), None, None, None, None, {})) for i in range(30)]
    assert [f.advice for f in found] == ["assign"] * 30
    far = replace(column(1), deciles=tuple((v + 30, upto) for v, upto in column(1).deciles or ()), min=30.0, max=200.0)
    other = replace(run.record, columns=tuple(far if c.name == "x" else c for c in run.record.columns))
    assert weigh(Gathered(record(0), other, None, None, None, None, {})).advice != "assign"


def test_another_verdict_alone_is_told_and_no_alarm(run: Segmentation) -> None:
    verdict = replace(run.record.verdict, code="partly", label="some natural groups")
    sample = replace(run.record.sample, rows=5_000)
    old, new = replace(run.record, sample=sample), replace(run.record, sample=sample, verdict=verdict)
    same = {s: s for s in run.record.model.segments}
    found = weigh(Gathered(old, new, None, None, None, None, same))
    assert found.advice == "assign"
    assert "“some natural groups” now, as by chance" in found.reasons[-1]
    half = [replace(s, size=s.size // (1 if s.id == 1 else 4)) for s in new.segments]
    found = weigh(Gathered(old, replace(new, segments=tuple(half)), None, None, None, None, same))
    assert {c.name: c.says for c in found.criteria}["Verdict"] == "refit"
    assert found.advice == "refit"


def test_changes_go_to_a_file(run: Segmentation, later: Segmentation, tmp_path: Path) -> None:
    from coterie.engines import Target

    coterie.compare(run, later).write_changes(Target(tmp_path / "changes.parquet"))
    rows = duckdb.read_parquet(str(tmp_path / "changes.parquet")).fetchall()
    assert len(rows) == 40


def test_segments_that_were_merged_moved_nobody_and_the_advice_says_the_same(run: Segmentation) -> None:
    first, second = (s.letter for s in run.segments[:2])
    found = coterie.compare(run, run.merge(first, second))
    moved = found.facts.migration
    assert moved is not None
    size = sum(s.size for s in run.segments[:2])
    assert (found.advice, moved.moved, moved.beyond) == ("assign", 0, 0.0)
    assert moved.merged == moved.line == moved.changed == pytest.approx(size / run.record.sample.rows)
    told = "\n".join(comparison_page.lines(found.facts))
    assert "Nobody moved." in told
    assert "are one segment now" in told
    assert "would be by chance" not in told.splitlines()[0]
    page = found.report()
    assert "became one" in page


def test_other_lines_over_the_same_customers_are_told_beside_the_advice() -> None:
    r = np.random.default_rng(5)
    crowd = pd.DataFrame({"customer_id": [f"c{i}" for i in range(400)], "x": r.random(400), "y": r.random(400)})
    first = coterie.segment(crowd, k=4, **QUICK)
    found = coterie.compare(first, coterie.refresh(first, crowd, k=3))
    assert found.advice == "assign"
    assert "only because the new run draws other lines" in found.reasons[-1]
    same = coterie.compare(first, coterie.refresh(first, crowd.iloc[:399]))
    assert not any("draws other lines" in reason for reason in same.reasons)
