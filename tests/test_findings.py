"""Findings: worst first; every code is explained and documented."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from coterie.findings import LEVELS, Finding, read_codes, worst_first

ROOT = Path(__file__).parents[1]


def test_findings_stand_worst_first() -> None:
    given = [Finding(f"COT{i:03d}", level, None, 0, "", "") for i, level in enumerate(reversed(LEVELS))]
    assert [f.level for f in worst_first(given)] == list(LEVELS)


def test_every_code_that_the_source_names_is_explained_and_the_other_way_round() -> None:
    named = set()
    for path in (ROOT / "src" / "coterie").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= set(re.findall(r"^COT\d{3}$", node.value))
    assert named <= set(read_codes())
    assert set(read_codes()) <= named | set(re.findall(r"COT\d{3}", _sources()))


def _sources() -> str:
    return "".join(p.read_text() for p in (ROOT / "src" / "coterie").rglob("*.py"))


def test_the_docs_say_what_the_codes_mean() -> None:
    page = (ROOT / "docs" / "reference" / "findings.md").read_text()
    for code in read_codes().values():
        assert f"| {code.code} | {code.title} | {code.why} | {code.do} |" in page
