"""The rates that the docs quote are those of the benchmarks."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"


def test_the_tables_of_the_method_are_those_of_the_results():
    spec = importlib.util.spec_from_file_location("method_tables", ROOT / "benchmarks" / "method_tables.py")
    assert spec is not None
    assert spec.loader is not None
    tables = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tables)
    page = tables.PAGE.read_text()
    assert tables.filled(page) == page
    assert page.count("<!-- end -->") == 5


@pytest.fixture(scope="module")
def verdict():
    return json.loads((RESULTS / "verdict.json").read_text())


def test_groups_are_not_seen_in_plain_clouds(verdict):
    plain = [c for c in verdict["cells"] if c["kind"] == "plain"]
    assert len({c["shape"] for c in plain}) >= 16
    before = [c for c in plain if c["made"] != "after"]
    assert {c["n"] for c in before} == {300, 2000}
    assert min(c["tables"] for c in before) >= 25
    assert {c["n"] for c in plain if c["made"] == "after"} == {300, 2000, 20_000}
    assert min(c["tables"] for c in plain) >= 20
    assert verdict["summary"]["plain"]["stronger than shape"]["share"] <= 0.01
    assert verdict["summary"]["plain"]["none"] >= 0.9
    after = verdict["summary"]["plain, after"]["stronger than shape"]
    assert after["of"] >= 600
    assert after["bound"] <= 0.015


def test_shapes_were_added_that_the_method_was_not_designed_on(verdict):
    added = [c for c in verdict["cells"] if c["made"] != "listed"]
    assert len({c["shape"] for c in added if c["kind"] != "groups"}) >= 8
    assert len({c["shape"] for c in added if c["kind"] == "groups"}) >= 8


def test_the_evidence_of_a_table_takes_seconds():
    found = json.loads((RESULTS / "evidence.json").read_text())
    assert all(whole["seconds"] <= 15 for whole in found["whole"].values())
