"""Findings: every code is explained and documented, and what is odd about a table is found and counted."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coterie import checking, config, errors
from coterie.rules import LEVELS, Finding, rules, worst_first

ROOT = Path(__file__).parents[1]


def found(frame: pd.DataFrame | Path, **options: Any) -> dict[str, list[Finding]]:
    by_code: dict[str, list[Finding]] = {}
    for finding in checking.check(frame, config.Options(**options)).findings:
        by_code.setdefault(finding.code, []).append(finding)
    return by_code


def plain(n: int = 200) -> dict[str, Any]:
    r = np.random.default_rng(0)
    return {
        "customer_id": [f"c{i}" for i in range(n)],
        "age": r.integers(18, 80, n).astype(float),
        "orders": r.integers(1, 30, n).astype(float),
        "spend": np.round(r.gamma(5, 30, n), 2),
    }


def test_a_clean_table_has_no_warning() -> None:
    assert all(f.level == "note" for f in checking.check(pd.DataFrame(plain())).findings)


@pytest.mark.parametrize(
    ("change", "code", "level", "count"),
    [
        ({"orders": [np.nan] * 3 + [1.0, 2.0] * 98 + [1.0]}, "COT106", "warning", 3),
        ({"orders": [np.nan] * 150 + [1.0, 2.0] * 25}, "COT102", "warning", 150),
        ({"orders": [7.0] * 200}, "COT103", "warning", 200),
        ({"orders": [-3.0] + [1.0, 2.0] * 99 + [5.0]}, "COT113", "warning", 1),
        ({"age": [130.0] + [30.0, 40.0] * 99 + [50.0]}, "COT111", "warning", 1),
        ({"spend": [1e12] + [30.0, 40.0] * 99 + [50.0]}, "COT118", "warning", 1),
        ({"city": [f"city-{i}" for i in range(200)]}, "COT105", "warning", 200),
        ({"email": [f"u{i}@example.com" for i in range(200)]}, "COT116", "note", 200),
        ({"job": ["unknown", "clerk"] * 100}, "COT120", "note", 100),
        ({"customer_id": ["a", "a", *(f"c{i}" for i in range(198))]}, "COT012", "error", 1),
        ({"customer_id": ["", *(f"c{i}" for i in range(199))]}, "COT013", "error", 1),
        ({"customer_id": ["a ", *(f"c{i}" for i in range(199))]}, "COT011", "warning", 1),
        ({"since": pd.to_datetime(["9999-12-31", "2020-01-01"] * 100)}, "COT111", "warning", 100),
    ],
)  # fmt: skip
def test_what_is_odd_is_found_and_counted(change: dict[str, Any], code: str, level: str, count: int) -> None:
    seen = found(pd.DataFrame({**plain(), **change}), id="customer_id")
    assert [(f.level, f.count) for f in seen[code]] == [(level, count)]
    assert seen[code][0].column == next(iter(change))


def test_rows_that_repeat_are_counted_without_their_id() -> None:
    r = np.random.default_rng(1)
    frame = pd.DataFrame({f"f{j}": r.random(50) for j in range(8)})
    frame = pd.concat([frame, frame.head(7)], ignore_index=True).assign(customer_id=range(57))
    assert [(f.level, f.count) for f in found(frame, id="customer_id")["COT131"]] == [("warning", 7)]


def test_findings_stand_worst_first() -> None:
    given = [Finding(f"COT{i:03d}", level, None, 0, "", "") for i, level in enumerate(reversed(LEVELS))]
    assert [f.level for f in worst_first(given)] == list(LEVELS)


def test_every_code_that_the_source_names_is_a_rule_and_the_other_way_round() -> None:
    named = set()
    for path in (ROOT / "src" / "coterie").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= set(re.findall(r"^COT\d{3}$", node.value))
    assert named <= set(rules())
    assert set(rules()) <= named | set(re.findall(r"COT\d{3}", _sources()))


def _sources() -> str:
    return "".join(p.read_text() for p in (ROOT / "src" / "coterie").rglob("*.py"))


def test_the_docs_say_what_the_rules_say() -> None:
    page = (ROOT / "docs" / "reference" / "findings.md").read_text()
    for rule in rules().values():
        assert f"| {rule.code} | {rule.title} | {rule.why} | {rule.do} |" in page


def test_select_and_ignore_take_beginnings_of_codes() -> None:
    frame = pd.DataFrame({**plain(), "city": [f"city-{i}" for i in range(200)], "const": 1.0})
    codes = {f.code for f in checking.check(frame, select=("COT10",)).findings}
    assert codes == {"COT103", "COT105"}
    assert "COT103" not in {f.code for f in checking.check(frame, ignore=("COT103",)).findings}
    with pytest.raises(errors.InputError, match="COT999"):
        checking.codes("COT999", "--select")


def test_an_unknown_code_is_refused_with_the_nearest_one() -> None:
    assert checking.explained("cot103")[0].startswith("COT103 constant column")
    with pytest.raises(errors.InputError) as refused:
        checking.explained("COT1033")
    assert "COT103" in str(refused.value)


def test_real_files_are_read_as_people_mean_them(shared_data: Path) -> None:
    seen = found(shared_data / "marketing_campaign.csv")
    assert {f.column for f in seen["COT103"]} == {"Z_CostContact", "Z_Revenue"}
    assert [(f.column, f.count) for f in seen["COT106"]] == [("Income", 24)]
    assert [f.count for f in seen["COT131"]] == [182]
    assert "day, month, year" in seen["COT110"][0].done
