"""A run imports what it needs: a short one spends most of its time on imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "coterie"
PROGRAM = """
import os, sys
from coterie.__main__ import _run
_run(sys.argv[1:])
sys.stdout.flush()
print("modules", *sys.modules)
"""
CUSTOMERS = "customer_id,age,spend\n1,34,120.5\n2,45,80\n3,29,300.25\n"
# What only few runs need: purchases, databases, Spark, other kinds of files, what follows a finished run.
SELDOM = {
    *(
        f"purchases.{module}"
        for module in ("log", "dates", "neighbors", "findings", "customers_query", "customer_base")
    ),
    *(f"purchases.{module}" for module in ("holdout", "warehouse_query", "delivery", "answer", "rfm.counts")),
    *("engines.database", "engines.spark", "reading.workbook", "reading.json_rows", "reading.sqlite"),
    *(f"record.{module}" for module in ("by_hand", "comparison", "effects", "lift_words")),
    *(f"runs.{module}" for module in ("audience", "member_lists", "changes", "next_run", "one_file")),
    *(f"segmentation.{module}" for module in ("renewal", "drifting", "comparison", "estimator", "campaign")),
    *(f"scoring.{module}" for module in ("statement", "cells", "reasons", "example_customers", "questions")),
    *(f"report.{module}" for module in ("comparison_page", "typing_tool", "why", "lift_page", "notebook")),
    *(f"cli.{module}" for module in ("months", "campaigns", "campaign_text", "by_hand", "warehouse")),
}
# What the verbs need, rooms as the first parts of names.
ROOMS = {
    "--help": {"__main__", "cli", "doors", "errors", "options", "system"},
    "check": {
        "engines",
        "findings",
        "model",
        "purchases",
        "reading",
        "segmentation",
        "signatures",
        "sql",
        "table",
        "words",
    },
    "demo": {"cluster", "evidence", "portrait", "record", "report", "runs", "scoring", "simulate"},
}
ROOMS["check"] |= ROOMS["--help"] | {"report"}  # of which it sees the door alone
ROOMS["demo"] |= ROOMS["check"]


def imported(folder: Path, *arguments: str) -> set[str]:
    """Return the modules of coterie, and the others by their full names, that a run has imported when it ends."""
    (folder / "three.csv").write_text(CUSTOMERS)
    command = [sys.executable, "-c", PROGRAM, *arguments]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return {name.removeprefix("coterie.") for name in told.splitlines()[-1].split()[1:]}


def test_importing_coterie_needs_not_even_typing() -> None:
    code = "import sys; before = {*sys.modules}; import coterie; print(*{*sys.modules} - before)"
    told = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in told if name.startswith("coterie")} == {"coterie", "coterie.doors"}
    assert not {"typing", "re", "dataclasses", "click"} & set(told)


@pytest.mark.parametrize("arguments", [("--help",), ("check", "three.csv"), ("demo", "--quiet")], ids=" ".join)
def test_a_run_imports_no_room_that_it_does_not_need(arguments: tuple[str, ...], tmp_path: Path) -> None:
    found = imported(tmp_path, *arguments)
    ours = {name for name in found if (PACKAGE / name.replace(".", "/")).exists() or _is_module(name)}
    assert {name.partition(".")[0] for name in ours} <= ROOMS[arguments[0]]
    if arguments[0] != "--help":  # which shows every verb
        assert not ours & SELDOM
    if arguments[0] == "check":
        assert {name for name in ours if name.startswith(("report.", "cli.", "segmentation."))} <= {
            "cli.console", "cli.data", "cli.findings_text", "cli.flags", "cli.group", "segmentation.checking",
        }  # fmt: skip


def _is_module(name: str) -> bool:
    return (PACKAGE / f"{name.replace('.', '/')}.py").exists()


def test_what_seldom_is_needed_is_there() -> None:
    assert all(_is_module(name) or (PACKAGE / name.replace(".", "/")).is_dir() for name in SELDOM)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_frozen_record_is_made_by_the_standard_library(path: Path) -> None:
    """Which compiles seven methods for each: `coterie.doors` has them written."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            made = [ast.unparse(d) for d in node.decorator_list]
            assert not [d for d in made if d.startswith("dataclass(") and "frozen" in d], node.name
