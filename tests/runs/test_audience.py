"""Audiences: member lists that hold everybody once, a holdout that stays, and nothing that was not asked for."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

import coterie
from coterie.errors import CoterieError, FormatError, InputError
from coterie.runs import manifest

CUSTOMERS = 400


def rows() -> list[dict[str, Any]]:
    """Three groups; ids that a spreadsheet would take for formulas, mails in two spellings."""
    ids = [f"{('=', '@', '-x', '')[i % 4]}c{i:03d}" for i in range(CUSTOMERS)]
    return [
        {"customer_id": ids[i], "income": 10 * (i % 3) + (i * 7 % 10) / 3, "spend": 9 * (i % 3) + (i * 3 % 11) / 4,
         "email": f" User{i}@Shop.COM\t" if i % 5 else "", "zip": f"{i:05d}"}
        for i in range(CUSTOMERS)
    ]  # fmt: skip


def written(path: Path, table: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audience")
    source = written(folder / "customers.csv", rows())
    run = coterie.segment(source, features=["income", "spend"], k=3, max_k=4, effort="quick", id="customer_id")
    run.save(folder / "run")
    return folder


@pytest.fixture(scope="module")
def run(place: Path) -> coterie.Segmentation:
    return coterie.load(place / "run")


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def unmarked(id: str) -> str:
    return id[1:] if id.startswith("'") else id


def members(folder: Path) -> dict[str, str]:
    """Everybody in a list, with the letter of its file."""
    found = {}
    for path in folder.glob("*-*.csv"):
        for line in lines(path):
            found[unmarked(line["id"])] = path.name.partition("-")[0]
    return found


def test_everybody_is_in_the_list_of_his_segment_or_held_out(run: coterie.Segmentation, tmp_path: Path) -> None:
    made = run.audience(tmp_path / "a", holdout=0.2, key="spring")
    table = pq.read_table(run._before.folder / "segments.parquet").to_pylist()
    letters = {s.id: s.letter for s in run.segments}
    held = {unmarked(r["id"]): int(r["segment"]) for r in lines(tmp_path / "a" / "holdout.csv")}
    listed = members(tmp_path / "a")
    assert not held.keys() & listed.keys()
    assert listed | {id: letters[s] for id, s in held.items()} == {r["id"]: letters[r["segment"]] for r in table}
    assert [s.members + s.held_out for s in made.segments] == [s.size for s in run.segments]
    assert {p.name for p in (tmp_path / "a").iterdir()} == {
        *(s.file for s in made.segments), "holdout.csv", "manifest.json"
    }  # fmt: skip
    assert manifest.verify(tmp_path / "a") == ()


def test_the_holdout_is_the_hmac_of_the_id_whatever_else_is_asked(run: coterie.Segmentation, tmp_path: Path) -> None:
    run.audience(tmp_path / "a", holdout=0.1, key="spring")
    run.audience(tmp_path / "b", holdout=0.3, key="spring", segment="A")
    run.audience(tmp_path / "c", holdout=0.1, key="autumn")
    first, more, other = ({unmarked(r["id"]) for r in lines(tmp_path / n / "holdout.csv")} for n in "abc")
    limit = 0.1 * 2**64
    hashed = {r["customer_id"]: hmac.digest(b"spring", r["customer_id"].encode(), "sha256")[:8] for r in rows()}
    assert first == {id for id, digest in hashed.items() if int.from_bytes(digest, "big") < limit}
    assert {id for id in first if members(tmp_path / "c").get(id) == "A"} <= more | other
    assert first != other
    for name in "abc":
        assert b"spring" not in (tmp_path / name / "manifest.json").read_bytes()
    facts = [json.loads((tmp_path / n / "manifest.json").read_text())["audience"]["key_check"] for n in "abc"]
    assert facts[0] == facts[1] != facts[2]


def test_columns_stand_beside_the_ids_to_the_letter_and_one_is_hashed(
    run: coterie.Segmentation, place: Path, tmp_path: Path
) -> None:
    run.audience(tmp_path / "a", source=place / "customers.csv", columns="zip", hash="email")
    by_id = {r["customer_id"]: r for r in rows()}
    found = [line for path in (tmp_path / "a").glob("*.csv") for line in lines(path)]
    assert len(found) == CUSTOMERS
    for line in found:
        whole = by_id[unmarked(line["id"])]
        mail = whole["email"].strip().lower()
        assert line["zip"] == whole["zip"]
        assert line["email"] == (hashlib.sha256(mail.encode()).hexdigest() if mail else "")


def test_parquet_and_csv_and_a_run_in_memory_hold_the_same_customers(
    run: coterie.Segmentation, place: Path, tmp_path: Path
) -> None:
    again = coterie.segment(
        place / "customers.csv", features=["income", "spend"], k=3, max_k=4, effort="quick", id="customer_id"
    )
    made = again.audience(tmp_path / "p", format="parquet", segment=["A", 2])
    assert [s.letter for s in made.segments] == ["A", "B"]
    run.audience(tmp_path / "c", segment="A,B")
    ids = {id for path in (tmp_path / "p").glob("*.parquet") for id in pq.read_table(path)["id"].to_pylist()}
    assert ids == members(tmp_path / "c").keys()


def test_the_same_audience_is_the_same_bytes_and_private(run: coterie.Segmentation, tmp_path: Path) -> None:
    for name in "ab":
        run.audience(tmp_path / name, holdout=0.1, key="spring")
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        assert stat.S_IMODE((tmp_path / "a" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


def test_formulas_are_neutralized(run: coterie.Segmentation, tmp_path: Path) -> None:
    run.audience(tmp_path / "a", holdout=0.5, key="spring")
    ids = [line["id"] for path in (tmp_path / "a").glob("*.csv") for line in lines(path)]
    assert not [id for id in ids if id.startswith(("=", "@", "-"))]


def test_names_of_files_follow_the_names_and_stay_safe(run: coterie.Segmentation, tmp_path: Path) -> None:
    named = run.name("B", "../../Über & Co: familles/2")
    made = named.audience(tmp_path / "a", segment="B")
    assert [s.file for s in made.segments] == ["B-über-co-familles-2.csv"]


def test_only_an_audience_is_replaced(run: coterie.Segmentation, place: Path, tmp_path: Path) -> None:
    run.audience(tmp_path / "a", segment="A")
    with pytest.raises(InputError, match="not empty"):
        run.audience(tmp_path / "a")
    run.audience(tmp_path / "a", overwrite=True)
    (tmp_path / "a" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="more than an audience"):
        run.audience(tmp_path / "a", overwrite=True)
    coterie.load(place / "run").save(tmp_path / "r")
    with pytest.raises(InputError, match="not an audience"):
        run.audience(tmp_path / "r", overwrite=True)
    with pytest.raises(InputError, match="not a run"):
        coterie.load(place / "run").save(tmp_path / "a", overwrite=True)
    with pytest.raises(InputError, match="overlap"):
        run.audience(place / "run" / "inside")
    with pytest.raises(InputError, match="inside the audience"):
        run.audience(tmp_path / "a" / "inside")
    with pytest.raises(InputError, match="inside the audience"):
        run.report(tmp_path / "a" / "report.html")
    assert [problem.file for problem in manifest.verify(tmp_path / "a")] == ["notes.txt"]


def test_what_cannot_be_is_refused_and_nothing_is_written(
    run: coterie.Segmentation, place: Path, tmp_path: Path
) -> None:
    half = written(tmp_path / "half.csv", rows()[:300])
    twice = written(tmp_path / "twice.csv", [*rows(), rows()[0]])
    wrong: list[dict[str, Any]] = [
        {"holdout": 0.1}, {"holdout": 0.1, "key": ""}, {"holdout": 1.0, "key": "k"}, {"holdout": True, "key": "k"},
        {"segment": "Z"}, {"segment": []}, {"columns": "zip"}, {"hash": "email"}, {"source": place / "customers.csv"},
        {"source": half, "columns": "zip"}, {"source": twice, "columns": "zip"}, {"format": "xlsx"},
        {"source": place / "customers.csv", "columns": "phone"}, {"colums": "zip"},
        {"source": place / "nowhere.csv", "columns": "zip"}, {"key": "a", "key_file": half},
    ]  # fmt: skip
    for options in wrong:
        with pytest.raises(CoterieError) as caught:
            run.audience(tmp_path / "a", **options)
        assert caught.value.exit_code == 2, options
        assert len(str(caught.value).splitlines()) <= 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["half.csv", "twice.csv"]
    for flag in ("columns", "hash"):
        with pytest.raises(InputError, match=f"asked for by {flag}="):
            run.audience(tmp_path / "a", source=place / "customers.csv", **{flag: "phone"})


def test_small_segments_are_written_only_where_that_is_asked_for(tmp_path: Path) -> None:
    table = [{"id": str(i), "x": float(i % 7), "y": float(i % 5)} for i in range(60)]
    table += [{"id": f"far{i}", "x": 500.0 + i, "y": 500.0} for i in range(5)]
    run = coterie.segment(
        {name: [r[name] for r in table] for name in table[0]}, k=2, max_k=3, effort="quick", scale="z", id="id"
    )
    assert min(s.size for s in run.segments) < 10
    with pytest.raises(InputError, match="fewer than 10"):
        run.audience(tmp_path / "a")
    assert not (tmp_path / "a").exists()
    made = run.audience(tmp_path / "a", allow_small=True, holdout=0.5, key="k")
    assert any("Fewer than ten" in note for note in made.notes)


def test_a_list_is_small_by_whom_it_holds_and_not_by_its_segment(run: coterie.Segmentation, tmp_path: Path) -> None:
    assert min(s.size for s in run.segments) > 100
    with pytest.raises(InputError, match="fewer than 10"):
        run.audience(tmp_path / "a", holdout=0.98, key="k")
    assert not (tmp_path / "a").exists()
    made = run.audience(tmp_path / "a", holdout=0.98, key="k", allow_small=True)
    assert all(s.members < 10 for s in made.segments)
    assert any("Fewer than ten members: A, B and C" in note for note in made.notes)


def test_the_ids_column_is_hashed_beside_a_source_too(run: coterie.Segmentation, place: Path, tmp_path: Path) -> None:
    run.audience(tmp_path / "a", hash="customer_id", holdout=0.2, key="k")
    run.audience(tmp_path / "b", hash="customer_id", holdout=0.2, key="k", source=place / "customers.csv")
    renamed = [{"buyer" if name == "customer_id" else name: cell for name, cell in r.items()} for r in rows()]
    other = written(tmp_path / "other.csv", renamed)
    run.audience(tmp_path / "c", hash="buyer", id="buyer", holdout=0.2, key="k", source=other)
    lists = sorted((tmp_path / "a").glob("*.csv"))
    assert len(lists) == 4
    for path in lists:
        assert len(lines(path)[0]["id"]) == 64
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
        assert path.read_bytes() == (tmp_path / "c" / path.name).read_bytes()
    run.audience(tmp_path / "d", hash="customer_id", columns="zip", source=place / "customers.csv")
    first = lines(next((tmp_path / "d").glob("A-*.csv")))[0]
    assert list(first) == ["id", "zip"]
    assert len(first["id"]) == 64


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key", 12345), ("key", b"abc"), ("key_file", 3), ("segment", 5.5), ("hash", ["email"]), ("id", 3),
        ("columns", 5.5), ("allow_small", "no"), ("without_borderline", "no"), ("overwrite", 1), ("reading", "utf-8"),
    ],
)  # fmt: skip
def test_an_option_of_another_type_is_refused_by_name(
    run: coterie.Segmentation, tmp_path: Path, name: str, value: Any
) -> None:
    options: dict[str, Any] = {"holdout": 0.1, "key": "k"} | ({"key": None} if name == "key_file" else {})
    with pytest.raises(InputError, match="cannot be") as caught:
        run.audience(tmp_path / "a", **{**options, name: value})
    assert name in str(caught.value)
    assert "It must be" in str(caught.value)
    assert "12345" not in str(caught.value)
    assert not (tmp_path / "a").exists()


def test_segments_are_named_by_numbers_of_any_kind(run: coterie.Segmentation, tmp_path: Path) -> None:
    for i, asked in enumerate((2, np.int64(2), np.array([2]), "B", ("B",), {"b"})):
        made = run.audience(tmp_path / f"{i}", segment=asked)  # type: ignore[arg-type]
        assert [s.letter for s in made.segments] == ["B"]


def test_a_changed_list_is_not_believed(run: coterie.Segmentation, tmp_path: Path) -> None:
    made = run.audience(tmp_path / "a", holdout=0.2, key="k")
    (tmp_path / "a" / made.segments[0].file).write_text("id\nx\n")
    with pytest.raises(FormatError, match="changed"):
        coterie.lift(tmp_path / "a", {"id": ["=c000"]})


@pytest.mark.parametrize("name", ["holdout.csv", "manifest.json", "A"])
def test_of_an_audience_it_is_said_that_it_was_changed(run: coterie.Segmentation, tmp_path: Path, name: str) -> None:
    made = run.audience(tmp_path / "a", holdout=0.2, key="k")
    path = tmp_path / "a" / (made.segments[0].file if name == "A" else name)
    if name == "manifest.json":
        path.write_bytes(path.read_bytes().replace(b'"holdout": 0.2', b'"holdout": 0.3'))
    else:
        path.write_bytes(path.read_bytes() + b"x\n")
    with pytest.raises(FormatError, match=r"in the audience .* was changed") as caught:
        coterie.lift(tmp_path / "a", {"id": ["=c000"]})
    assert "Make the audience again, or restore it." in str(caught.value)


def test_borderline_customers_can_be_left_out(run: coterie.Segmentation, tmp_path: Path) -> None:
    made = run.audience(tmp_path / "a", without_borderline=True)
    table = pq.read_table(run._before.folder / "segments.parquet").to_pylist()
    assert members(tmp_path / "a").keys() == {r["id"] for r in table if r["confidence"] != "borderline"}
    assert sum(s.borderline for s in made.segments) == sum(r["confidence"] == "borderline" for r in table)
