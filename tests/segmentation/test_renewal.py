"""refresh(): segments stay who they are from month to month, and it is said who changed."""

from __future__ import annotations

import pickle
from collections import Counter
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import coterie
from coterie.errors import InputError
from coterie.record import Record
from coterie.runs.manifest import verify
from coterie.segmentation import Segmentation
from months import CORNERS, QUICK, four, month

JANUARY = four(1)


@pytest.fixture(scope="module")
def run() -> Segmentation:
    return coterie.segment(JANUARY, k=4, **QUICK)


def kinds(record: Record) -> dict[str, int]:
    assert record.lineage.renewal is not None
    return dict(Counter(fate.kind for fate in record.lineage.renewal.fates))


def test_the_same_customers_stay_where_they_are_with_names_and_merges(run: Segmentation, tmp_path: Path) -> None:
    run.name("A", "Weekend families").merge("B", "C").save(tmp_path / "run")
    again = coterie.refresh(tmp_path / "run", JANUARY)
    old = coterie.load(tmp_path / "run").record
    assert [(s.id, s.letter, s.called, s.size) for s in again.segments] == [
        (s.id, s.letter, s.called, s.size) for s in old.segments
    ]
    assert kinds(again.record) == {"kept": 3}
    assert again.record.lineage.next_id == old.lineage.next_id == 6
    assert again.changes is not None
    assert len(again.changes.frame()) == 0
    assert again.record.features == old.features, "columns are prepared as they were"
    assert "merged_by_hand" in [c.code for c in again.record.verdict.caveats]


def test_the_old_record_is_found_by_its_digest(run: Segmentation, tmp_path: Path) -> None:
    import hashlib

    run.save(tmp_path / "run")
    digest = hashlib.sha256((tmp_path / "run" / "run.json").read_bytes()).hexdigest()
    lineage = coterie.refresh(tmp_path / "run", JANUARY).record.lineage
    assert lineage.parent == digest
    assert lineage.ancestors == (digest,)


@pytest.mark.parametrize(
    ("change", "recognized"),
    [
        ({"d": [(5.0, 9.0), (9.5, 5.0)]}, "split"),
        ({"a": [(3.5, 0.0)], "b": [(3.5, 0.0)]}, "merged"),
        ({"e": [(14.0, 3.5)]}, "new"),
        ({"d": []}, "retired"),
    ],
    ids=["split", "merged", "new", "retired"],
)
def test_what_became_of_segments_is_recognized(
    change: dict[str, list[tuple[float, float]]], recognized: str, run: Segmentation
) -> None:
    found = coterie.refresh(run, four(1, **change), k="auto").record
    assert kinds(found)[recognized] == 1
    assert sum(n for kind, n in kinds(found).items() if kind != recognized) == kinds(found)["kept"]
    assert len(found.lineage.history) >= 3


def test_with_the_old_number_a_finding_says_that_another_is_supported(run: Segmentation) -> None:
    found = coterie.refresh(run, four(1, e=[(14.0, 3.5)])).record
    assert len(found.segments) == 4
    assert [f.count for f in found.findings if f.code == "COT313"] == [5]


def test_who_changed_is_told_one_by_one(run: Segmentation, tmp_path: Path) -> None:
    """Thirty of a move to b, ten of c leave, five come into d."""
    moved = four(1)
    moved.loc[moved["customer_id"].isin([f"a{i}" for i in range(30)]), "x"] += CORNERS["b"][0]
    moved = moved[~moved["customer_id"].isin([f"c{i}" for i in range(10)])]
    came = month({"n": [CORNERS["d"]]}, 3, 5)
    run.save(tmp_path / "run")
    after = coterie.refresh(tmp_path / "run", pd.concat([moved, came], ignore_index=True))
    after.save(tmp_path / "next")
    assert verify(tmp_path / "next") == ()
    changes = duckdb.read_parquet(str(tmp_path / "next" / "changes.parquet")).df()
    assert list(changes) == ["id", "from", "to", "change"]
    assert changes["change"].value_counts().to_dict() == {"moved": 30, "left": 10, "entered": 5}
    segment = duckdb.read_parquet(str(tmp_path / "run" / "segments.parquet")).df().set_index("id")["segment"]
    a, b, c, d = (segment[f"{name}99"] for name in "abcd")
    assert set(changes[changes["change"] == "moved"][["from", "to"]].itertuples(index=False, name=None)) == {(a, b)}
    assert set(changes[changes["change"] == "left"]["from"]) == {c}
    assert changes[changes["change"] == "left"]["to"].isna().all()
    assert set(changes[changes["change"] == "entered"]["to"]) == {d}
    assert list(duckdb.read_parquet(str(tmp_path / "next" / "segments.parquet")).df()) == [
        "id", "segment", "name", "margin", "confidence",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(after.changes.frame().reset_index(drop=True), changes, check_dtype=False)


def test_a_customer_without_values_is_in_segment_null_and_lines_that_moved_are_named(run: Segmentation) -> None:
    later = four(1)
    later.loc[later["customer_id"] == "a1", ["x", "y"]] = None
    refreshed = coterie.refresh(run, later)
    changes, renewal = refreshed.changes, refreshed.record.lineage.renewal
    assert changes is not None
    assert renewal is not None
    assert renewal.shared == len(later)
    one = changes.frame().set_index("id").loc["a1"]
    assert pd.isna(one["to"])
    assert one["change"] == "moved"


def test_segments_merged_later_move_nobody(run: Segmentation, tmp_path: Path) -> None:
    moved = four(1)
    moved.loc[moved["customer_id"].isin([f"a{i}" for i in range(30)]), "x"] += CORNERS["b"][0]
    after = coterie.refresh(run, moved)
    assert after.changes is not None
    first = after.changes.frame().iloc[0]
    merged = after.merge(int(first["from"]), int(first["to"]))
    assert merged.changes is not None
    assert len(merged.changes.frame()) == 0
    after.save(tmp_path / "next")
    coterie.load(tmp_path / "next").merge(int(first["from"]), int(first["to"])).save(tmp_path / "merged")
    assert duckdb.read_parquet(str(tmp_path / "merged" / "changes.parquet")).fetchall() == []
    assert verify(tmp_path / "merged") == ()


def test_other_customers_are_told_by_centers_and_a_finding_says_so(run: Segmentation) -> None:
    others = four(2)
    others["customer_id"] = "z" + others["customer_id"]
    found = coterie.refresh(run, others)
    assert kinds(found.record) == {"kept": 4}
    assert "COT311" in [f.code for f in found.findings]


def test_customers_without_an_id_are_followed_in_the_same_rows_only(tutorial_csv: Path, tmp_path: Path) -> None:
    rows = [line.split(",", 1)[1] for line in tutorial_csv.read_text().splitlines()]
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("\n".join(rows) + "\n")
    second.write_text("\n".join([rows[0], *rows[:0:-1]]) + "\n")
    run = coterie.segment(first, k=4, **QUICK)
    same = coterie.refresh(run, first)
    assert same.changes is not None
    assert same.changes.frame().fetchall() == []
    other = coterie.refresh(run, second)
    assert other.changes is None
    assert "COT311" in [f.code for f in other.findings]


def test_warm_keeps_the_centers_and_cold_starts_afresh(run: Segmentation) -> None:
    warm, cold = (coterie.refresh(run, JANUARY, start=start).record.lineage.renewal for start in ("warm", "cold"))
    assert warm is not None
    assert cold is not None
    assert (warm.start, cold.start) == ("warm", "cold")
    assert kinds(coterie.refresh(run, JANUARY, start="cold").record) == {"kept": 4}


def test_a_refreshed_run_travels(run: Segmentation, tmp_path: Path) -> None:
    path = tmp_path / "january.csv"
    JANUARY.to_csv(path, index=False)
    after = coterie.refresh(run, path)
    again = pickle.loads(pickle.dumps(after))
    assert again.record == after.record
    assert again.assignments().fetchall() == after.assignments().fetchall()


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (JANUARY.drop(columns="y"), {}, "lacks 'y'"),
        (JANUARY.rename(columns={"customer_id": "client"}), {}, "lacks 'customer_id'"),
        (JANUARY.assign(other=JANUARY["customer_id"]), {"id": "other"}, "known by 'customer_id'"),
        (pd.concat([JANUARY, JANUARY[:3]]), {}, "customer_id"),
        (JANUARY[:3], {}, "has 4 segments, and there are only 3 customers"),
        (JANUARY[:0], {}, "nothing to segment"),
        (JANUARY, {"k": 1}, "`k` cannot be '1'"),
        (JANUARY, {"start": "hot"}, "start"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    table: pd.DataFrame, options: dict[str, object], said: str, run: Segmentation
) -> None:
    with pytest.raises(InputError, match=said):
        coterie.refresh(run, table, **options)


def test_the_bytes_do_not_depend_on_the_order_of_rows(run: Segmentation) -> None:
    shuffled = JANUARY.sample(frac=1, random_state=3)
    assert coterie.refresh(run, shuffled).record == coterie.refresh(run, JANUARY).record


def test_a_run_on_purchases_says_that_it_needs_customers() -> None:
    rows = [(f"c{i}", f"2025-{1 + (i * j) % 12:02d}-{1 + j:02d}", 5.0 + i % 7 * j) for i in range(60) for j in range(4)]
    orders = pd.DataFrame(rows, columns=["client_id", "order_date", "amount"])
    run = coterie.segment(orders, purchases={}, k=2, **QUICK)
    with pytest.raises(InputError, match="made of purchases"):
        coterie.refresh(run, orders)
    customers = coterie.customers(orders)
    assert kinds(coterie.refresh(run, customers).record) == {"kept": 2}
