"""Names and merges by hand: the next record, its history kept, nothing guessed, and every folder whole."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import errors
from coterie.record import by_hand, dumps
from coterie.record.build import alike_finding
from coterie.runs.manifest import read_manifest, verify
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Four clouds in three columns with a value, a category and holes."""
    r = np.random.default_rng(2)
    kind = np.repeat([0, 1, 2, 3], (260, 220, 160, 110))
    centers = np.array([[0, 0, 0], [6, 0, 0], [0, 6, 0], [6, 6, 0]], dtype=float)
    X = centers[kind] + r.standard_normal((len(kind), 3))
    made = pd.DataFrame(X, columns=["visits", "spend", "age"])
    made["revenue"] = np.round(np.exp(1 + kind / 2 + r.normal(0, 0.3, len(kind))), 2)
    made["region"] = r.choice(["north", "south", "west"], len(kind), p=[0.5, 0.3, 0.2])
    made.loc[::13, "age"] = np.nan
    made.loc[::31, "region"] = None
    made.insert(0, "customer_id", [f"{i:04d}" for i in range(len(kind))])
    return made


@pytest.fixture(scope="module")
def run(frame: pd.DataFrame) -> Segmentation:
    return segment(
        frame, id="customer_id", features=["visits", "spend"], describe=["age", "region"], value="revenue", k=4,
        effort="quick",
    )  # fmt: skip


@pytest.fixture(scope="module")
def out(run: Segmentation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "out"
    run.save(path)
    return path


@pytest.fixture(scope="module")
def loaded(out: Path) -> Segmentation:
    return coterie.load(out)


def table_of(path: Path) -> pd.DataFrame:
    return duckdb.read_parquet(str(path / "segments.parquet")).df()


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_name_makes_the_next_record_and_leaves_this_one(run: Segmentation) -> None:
    before = dumps(run.record)
    named = run.name("C", "  Weekend   families ")
    assert dumps(run.record) == before
    mine = named.segments[2]
    assert (mine.given, mine.name) == ("Weekend families", run.segments[2].name)
    assert named.record.lineage.parent == hashlib.sha256(before.encode()).hexdigest()
    assert "Weekend families" in named.record.lineage.history[-1]
    assert set(named.assignments()["name"].dropna()) == {s.given or s.name for s in named.segments}
    again = named.name(3, None)
    assert again.segments == run.segments
    assert len(again.record.lineage.history) == 2


def test_report_and_terminal_show_the_factual_name_beside_the_given_one(run: Segmentation) -> None:
    from coterie.report import terminal

    named = run.name(1, "Weekend families")
    html = named.report()
    assert "Weekend families" in html
    assert f'<p class="d">{named.segments[0].name}' in html
    assert "was called" in html
    shown = terminal.show(named.record, source="x", written={}, seconds=1.0, width=160)
    assert "A Weekend families" in shown
    assert named.segments[0].name in shown


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\u200d", "a\nb", "a\x1b[2J", "a\u202eb", "a\u2066b", "\ud800", "x" * 81, "x" * 10_000, "=1+1", "+1",
     "-1", "@x"],
)  # fmt: skip
def test_hostile_names_are_refused_in_three_printable_lines(run: Segmentation, text: str) -> None:
    with pytest.raises(errors.InputError, match="cannot be the name") as refused:
        run.name(1, text)
    lines = str(refused.value).splitlines()
    assert len(lines) <= 3
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "{{7*7}}", "👨‍👩‍👧 Familien", "Ménages aisés", "'; DROP TABLE x"]
)
def test_other_names_are_text_everywhere(run: Segmentation, text: str, tmp_path: Path) -> None:
    named = run.name(2, text)
    assert text in set(named.assignments()["name"])
    html = named.report()
    assert "<img src=x" not in html
    named.save(tmp_path / "out")
    assert coterie.load(tmp_path / "out").segments[1].given == text
    assert verify(tmp_path / "out") == ()


def test_two_segments_never_share_a_name(run: Segmentation) -> None:
    other = run.segments[1].name
    with pytest.raises(errors.InputError, match="is called"):
        run.name(1, other.upper())
    assert run.name(2, other).segments[1].given == other  # its own name is free


def test_a_segment_is_found_by_number_or_letter_or_not_at_all(run: Segmentation) -> None:
    assert run.name("b", "x").record.segments == run.name(2, "x").record.segments
    with pytest.raises(errors.InputError, match="no segment '9'"):
        run.name(9, "x")


# ── merges ────────────────────────────────────────────────────────────────────────────────────────────────────────


def truth(frame: pd.DataFrame, inside: Any) -> dict[str, Any]:
    known = frame[inside]
    return {
        "size": len(known),
        "value": known["revenue"].sum(),
        "visits": known["visits"].mean(),
        "age": known["age"].mean(),
        "north": (known["region"] == "north").sum() / known["region"].notna().sum(),
    }


def test_what_the_record_tells_of_both_together_is_exact(
    run: Segmentation, loaded: Segmentation, frame: pd.DataFrame
) -> None:
    merged = loaded.merge("B", "C")
    one = merged.segments[-1]
    label = run.assignments()["segment"].to_numpy()
    wanted = truth(frame, np.isin(label, (2, 3)))
    rows = {(r.column, r.level): r for r in merged.record.profile if r.segment == one.id}
    assert one.size == wanted["size"]
    assert one.value == pytest.approx(wanted["value"])
    assert one.share == pytest.approx(wanted["size"] / len(frame))
    assert rows["visits", None].mean == pytest.approx(wanted["visits"])
    assert rows["age", None].mean == pytest.approx(wanted["age"])
    assert rows["region", "north"].share == pytest.approx(wanted["north"])
    assert sum(s.share for s in merged.segments) == pytest.approx(1)
    assert sum(s.value_share or 0 for s in merged.segments) == pytest.approx(1)


def test_by_the_record_alone_the_rest_is_null_and_never_a_guess(run: Segmentation, loaded: Segmentation) -> None:
    alone, measured = loaded.merge(2, 3).record, run.merge(2, 3).record
    both = zip(alone.profile, measured.profile, strict=True)
    for a, b in both:
        assert (a.segment, a.column, a.level, a.n, a.missing) == (b.segment, b.column, b.level, b.n, b.missing)
        for key in ("mean", "share", "superiority", "median", "p10", "p90", "effect"):
            mine = getattr(a, key)
            assert mine is None or mine == pytest.approx(getattr(b, key)), (a.column, key)
    one = alone.segments[-1]
    assert all(getattr(one, key) is None for key in ("depth", "rule", "typical", "border", "name_returns"))
    assert one.tentative
    assert alone.model.silhouette is None
    assert alone.model.tree is None
    assert measured.model.tree is not None
    assert one.name == measured.segments[-1].name


def test_a_merged_segment_gets_an_id_that_was_never_used(run: Segmentation) -> None:
    first = run.merge("A", "D")
    assert [s.id for s in first.segments] == [2, 3, 5]
    second = first.merge(5, 2)
    assert [s.id for s in second.segments] == [3, 6]
    assert [s.letter for s in second.segments] == ["C", "F"]
    assert second.record.lineage.next_id == 7
    assert second.record.model.segment_of == (6, 6, 3, 6)
    assert len(second.record.lineage.history) == 2
    for refused, how in (((3, 6), "two segments only"), ((3, "C"), "with itself"), ((3, 2), "no segment")):
        with pytest.raises(errors.InputError, match=how):
            second.merge(*refused)


def test_those_that_words_cannot_tell_apart_are_those_that_stay(run: Segmentation) -> None:
    record = replace(run.record, findings=(alike_finding((1, 2, 3, 4), 4), alike_finding((1, 2), 4)))
    (left,) = by_hand.merge(record, 1, 2).findings
    assert (left.segments, left.count) == ((3, 4), 2)
    assert left.text == "segments C and D cannot be told apart in words"
    assert "consider 2 segments" in left.done
    assert by_hand.merge(by_hand.merge(record, 1, 2), 3, 5).findings == ()


def test_the_margin_of_a_merged_segment_is_to_another_one(run: Segmentation, frame: pd.DataFrame) -> None:
    merged = run.merge("A", "B")
    before, after = run.assignments(), merged.assignments()
    moved = before["segment"].isin((1, 2))
    assert (after["segment"][moved] == 5).all()
    assert (after["margin"][moved] >= before["margin"][moved]).all()
    assert (after["margin"][moved] > before["margin"][moved]).any()
    pd.testing.assert_frame_equal(before[~moved], after[~moved])
    assert after["confidence"].notna().all()
    old, new = run.assign(frame.head(50)), merged.assign(frame.head(50))
    assert (new["segment"] == old["segment"].replace({1: 5, 2: 5})).all()


def test_other_customers_are_refused(run: Segmentation, loaded: Segmentation, frame: pd.DataFrame) -> None:
    same = frame.sample(frac=1, random_state=1)
    assert dumps(loaded.merge(1, 2, source=same).record) == dumps(run.merge(1, 2).record)
    with pytest.raises(errors.InputError, match="does not hold the customers"):
        loaded.merge(1, 2, source=frame.head(700))


def test_reports_of_merged_runs_can_be_read_and_say_so(run: Segmentation, loaded: Segmentation) -> None:
    for merged in (run.merge("B", "C"), loaded.merge("B", "C")):
        html = merged.report()
        assert "merged by hand" in html
        assert "None" not in html
        assert ">nan" not in html.casefold()
        for chart in merged.plot.all().values():
            assert chart.svg("light")


# ── folders ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_loaded_run_writes_its_next_record_with_everything_that_was_there(
    out: Path, run: Segmentation, tmp_path: Path
) -> None:
    loaded = coterie.load(out)
    named = loaded.name(1, "Weekend families")
    named.save(tmp_path / "next")
    assert verify(tmp_path / "next") == ()
    old, new = read_manifest(out), read_manifest(tmp_path / "next")
    assert set(old["files"]) == set(new["files"])
    assert {k: v for k, v in old.items() if k not in ("files", "digest", "seal")} == {
        k: v for k, v in new.items() if k not in ("files", "digest", "seal")
    }
    before, after = table_of(out), table_of(tmp_path / "next")
    pd.testing.assert_frame_equal(before.drop(columns="name"), after.drop(columns="name"))
    assert set(after["name"][after["segment"] == 1]) == {"Weekend families"}
    run.name(1, "Weekend families").save(tmp_path / "direct")
    for name in ("run.json", "segments.parquet", "profile.csv", "points.csv"):
        assert (tmp_path / "direct" / name).read_bytes() == (tmp_path / "next" / name).read_bytes(), name


def test_a_merge_by_the_record_alone_leaves_unknown_margins_empty(out: Path, tmp_path: Path) -> None:
    merged = coterie.load(out).merge(2, 3)
    merged.save(tmp_path / "next")
    assert verify(tmp_path / "next") == ()
    before, after = table_of(out), table_of(tmp_path / "next")
    moved = before["segment"].isin((2, 3))
    assert after["margin"][moved].isna().all()
    assert after["confidence"][moved].isna().all()
    pd.testing.assert_frame_equal(before[~moved], after[~moved])
    points = pd.read_csv(tmp_path / "next" / "points.csv")
    assert set(points["segment"]) == {1, 4, 5}
    pd.testing.assert_frame_equal(merged.assignments().df(), after)


def test_a_run_that_was_written_again_meanwhile_is_not_overwritten_by_an_older_one(out: Path, tmp_path: Path) -> None:
    place = tmp_path / "next"
    coterie.load(out).save(place)
    first, second = coterie.load(place), coterie.load(place)
    first.name(1, "One").save(place, overwrite=True)
    with pytest.raises(errors.InputError, match="written again"):
        second.name(2, "Two").save(place, overwrite=True)
    assert coterie.load(place).segments[0].given == "One"
    assert verify(place) == ()


def test_a_changed_file_is_not_carried_over(out: Path, tmp_path: Path) -> None:
    place = tmp_path / "next"
    coterie.load(out).save(place)
    loaded = coterie.load(place)
    file = place / "segments.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(errors.FormatError, match=r"segments\.parquet"):
        loaded.name(1, "One").save(tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_the_record_of_a_revision_holds_no_clock_and_no_path(out: Path) -> None:
    texts = {dumps(coterie.load(out).name(1, "x").merge(2, 3).record) for _ in range(2)}
    assert len(texts) == 1
    assert str(out) not in texts.pop()


def test_the_verdict_of_merged_segments_has_a_caveat_of_its_own(run: Segmentation) -> None:
    before, after = run.record.verdict.caveats, run.merge("B", "C").record.verdict.caveats
    assert after[:-1] == before
    assert after[-1].code == "merged_by_hand"
    assert after[-1].text.startswith("Segments B and C were merged by hand")
