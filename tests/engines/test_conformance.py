"""Every verb gives in a database what it gives in DuckDB, of the same rows in another order."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coterie.cli import cli
from databases import (
    CUSTOMERS,
    LOCAL,
    ORDERS,
    Held,
    have_the_same,
    in_mariadb,
    in_postgres,
    in_spark,
    in_sqlite,
    is_alike,
    rows_of,
    written,
)

ENGINES = ("postgres", "sqlite", "mariadb", "spark", "connect")
# The same Spark answers what Spark Connect asks: what is long to run is asked there alone.
ONCE = pytest.mark.parametrize("held", [e for e in ENGINES if e != "spark"], indirect=True, scope="module")


def run(*arguments: object) -> int:
    return int(cli.main([str(a) for a in arguments], prog_name="coterie", standalone_mode=False) or 0)


@pytest.fixture(scope="module", params=ENGINES)
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Held:
    if request.param == "sqlite":
        return in_sqlite(tmp_path_factory.mktemp("sqlite"))
    if request.param == "mariadb":
        return in_mariadb(request.getfixturevalue("mariadb_url"))
    if request.param in ("spark", "connect"):
        address = LOCAL if request.param == "spark" else request.getfixturevalue("connect_url")
        return in_spark(request.getfixturevalue("spark_session"), address)
    return in_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="module")
def here(held: Held, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tables' files, whose rows the database holds too, and of a run on each side."""
    folder = tmp_path_factory.mktemp("conformance")
    tables = {"customers": (CUSTOMERS, 0, 700), "later": (CUSTOMERS, 60, 760), "orders": (ORDERS,)}
    for name, (query, *bounds) in tables.items():
        held.fill(name, written(folder, name, query, *bounds))
    shaping = ("--effort", "quick", "--value", "total spend", "--id", "id", "--csv", "--quiet")
    assert run("segment", folder / "customers.parquet", *shaping, "--out", folder / "here") == 0
    assert run("segment", *held.arguments("customers"), *shaping, "--out", folder / "there") == 0
    return folder


@pytest.fixture
def out(tmp_path: Path) -> tuple[Path, Path]:
    """Where the results of both sides go."""
    return tmp_path / "here", tmp_path / "there"


@pytest.mark.parametrize("name", ["run.json", "profile.csv", "points.csv"])
def test_a_run_has_the_same_bytes(name: str, here: Path, held: Held) -> None:
    assert have_the_same(here / "there" / name, here / "here" / name, exact=held.exact)


def test_every_customer_has_the_same_segment(here: Path, held: Held) -> None:
    wanted, found = here / "here" / "segments.parquet", here / "there" / "segments.parquet"
    parts = [rows_of(part) for part in sorted(found.glob("*"))] if found.is_dir() else [rows_of(found)]
    assert is_alike(sorted(row for rows in parts for row in rows), rows_of(wanted))  # which are in the order of ids
    assert all(list(rows) == sorted(rows) for rows in parts)
    assert found.is_dir() or found.read_bytes() == wanted.read_bytes()
    assert have_the_same(here / "there" / "segments.csv", here / "here" / "segments.csv", exact=held.exact)


def test_a_check_sees_the_same(here: Path, held: Held, capsys: pytest.CaptureFixture[str]) -> None:
    run("check", here / "later.parquet", "--json", "--id", "id")
    seen = capsys.readouterr().out
    run("check", *held.arguments("later"), "--json", "--id", "id")
    assert json.loads(capsys.readouterr().out) == json.loads(seen)


def test_new_customers_get_the_same_segments(here: Path, held: Held, out: tuple[Path, Path]) -> None:
    files = [folder.with_suffix(".csv") for folder in out]
    run("assign", here / "here", here / "later.parquet", "--why", "--out", files[0], "--quiet")
    run("assign", here / "here", *held.arguments("later"), "--why", "--out", files[1], "--quiet")
    assert have_the_same(files[1], files[0], exact=held.exact)


@ONCE
def test_a_refresh_follows_the_same_customers(here: Path, held: Held, out: tuple[Path, Path]) -> None:
    run("refresh", here / "here", here / "later.parquet", "--out", out[0], "--quiet")
    run("refresh", here / "there", *held.arguments("later"), "--out", out[1], "--quiet")
    assert have_the_same(out[1] / "run.json", out[0] / "run.json", exact=held.exact)
    assert rows_of(out[0] / "changes.parquet") == rows_of(out[1] / "changes.parquet")


@ONCE
def test_a_comparison_weighs_the_same(
    here: Path, held: Held, out: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run("refresh", here / "here", here / "later.parquet", "--out", out[0], "--quiet")
    told = []
    for source in ([here / "later.parquet"], held.arguments("later")):
        moved = out[1].with_suffix(f".{len(told)}.csv")
        capsys.readouterr()
        run("compare", here / "here", out[0], "--source", *source, "--changes", moved, "--json", "--quiet")
        facts = json.loads(capsys.readouterr().out)
        told.append(({k: v for k, v in facts.items() if k != "changes"}, moved.read_bytes()))
    assert is_alike(told[1], told[0]) if not held.exact else told[1] == told[0]


@ONCE
def test_an_audience_has_the_same_members(here: Path, held: Held, out: tuple[Path, Path]) -> None:
    asked = ("--columns", "City,orders", "--holdout", "0.2", "--key", "spring", "--quiet")
    run("audience", here / "here", "--source", here / "customers.parquet", *asked, "--out", out[0])
    run("audience", here / "here", "--source", *held.arguments("customers"), *asked, "--out", out[1])
    lists = sorted(p.name for p in out[0].glob("*.csv"))
    assert lists
    assert [(out[0] / n).read_bytes() for n in lists] == [(out[1] / n).read_bytes() for n in lists]


@ONCE
def test_a_campaign_brought_the_same(
    here: Path, held: Held, out: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run("audience", here / "here", "--holdout", "0.2", "--key", "spring", "--quiet", "--out", out[0])
    asked, told = ("--audience", out[0], "--outcome", "orders", "--id", "id", "--json"), []
    for results in ([here / "later.parquet"], held.arguments("later")):
        capsys.readouterr()
        run("lift", here / "here", *results, *asked)
        told.append(json.loads(capsys.readouterr().out))
    assert told[0]["lift"]["counts"]["customers"] == 700
    assert told[1] == told[0]


@ONCE
def test_purchases_make_the_same_customers(here: Path, held: Held, out: tuple[Path, Path]) -> None:
    files = [folder.with_suffix(".csv") for folder in out]
    asked = ("--category", "kind", "--rfm", "--quiet")
    run("customers", here / "orders.parquet", *asked, "--out", files[0])
    run("customers", *held.arguments("orders"), *asked, "--out", files[1])
    assert have_the_same(files[1], files[0], exact=held.exact)


@ONCE
def test_segments_of_purchases_are_the_same(here: Path, held: Held, out: tuple[Path, Path]) -> None:
    asked = ("--transactions", "--effort", "quick", "--holdout-from", "2025-10-01", "--quiet")
    run("segment", here / "orders.parquet", *asked, "--out", out[0])
    run("segment", *held.arguments("orders"), *asked, "--out", out[1])
    assert have_the_same(out[1] / "run.json", out[0] / "run.json", exact=held.exact)


@ONCE
@pytest.mark.parametrize("verb", [("examples", "--ids"), ("why", "--id", "c00031"), ("typing",)], ids=lambda v: v[0])
def test_customers_are_shown_alike(
    verb: tuple[str, ...], here: Path, held: Held, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["--source"] if verb[0] == "typing" else []
    told = []
    for source in ([here / "customers.parquet"], held.arguments("customers")):
        capsys.readouterr()
        run(verb[0], here / "here", *named, *source, *verb[1:])
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] != ""
