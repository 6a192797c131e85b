"""The list in ARCHITECTURE.md is the import order, and its walls stand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "coterie"
DOORS = {"__init__", "__main__"}  # the two ways in see everything
NUMPY_ONLY = (
    "cluster",
    "plan",
    "margins",
    "null",
    "trial",
    "structure",
    "choice",
    "stability",
    "sensitivity",
    "evidence",
)
NUMPY_ONLY += ("confidence", "model")
RECORD_ONLY = ("charts", "story", "retelling", "report", "terminal", "rfm_lines", "wording", "plot")


def rooms() -> list[str]:
    listed = re.search(r"## The rooms.*?```\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text(), re.DOTALL)
    assert listed is not None
    return [line.split()[0].rstrip("/") for line in listed.group(1).splitlines() if line.strip()]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def files() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if room_of(p) not in DOORS)


def imported(path: Path) -> set[str]:
    """Return what a file imports, anywhere in it: rooms of ours as 'coterie.room', else the top package."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names |= (
                {f"{node.module}.{a.name}" for a in node.names} if node.module == "coterie" else {node.module or ""}
            )
    return {".".join(n.split(".")[:2]) if n.startswith("coterie") else n.split(".")[0] for n in names}


def test_every_room_is_on_the_list_and_every_room_on_the_list_exists() -> None:
    found = {room_of(p) for p in PACKAGE.rglob("*.py")} - DOORS
    assert found == set(rooms())


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_rooms_above_its_own(path: Path) -> None:
    order = {room: i for i, room in enumerate(rooms())}
    ours = {name.removeprefix("coterie.") for name in imported(path) if name.startswith("coterie.")}
    below = {room for room in ours & set(order) if order[room] > order[room_of(path)]}
    assert not below, f"{path.name} imports {sorted(below)}, which stand below it"


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_the_walls_stand(path: Path) -> None:
    room, names = room_of(path), imported(path)
    assert "duckdb" not in names or path == PACKAGE / "engines" / "duckdb.py"
    assert not names & {"pandas", "polars", "pyarrow", "sklearn"}
    assert "sqlglot" not in names or room in ("sql", "engines")
    ours = {n.removeprefix("coterie.") for n in names if n.startswith("coterie.")}
    if room in NUMPY_ONLY:
        assert ours <= {*NUMPY_ONLY, "errors", "words"}  # texts, which know of no data
    if room in RECORD_ONLY:
        assert ours <= {*RECORD_ONLY, "errors", "words"}
        assert "numpy" not in names


def test_data_never_become_code() -> None:
    """No pickle, no eval, no shell: a file that is read can be wrong, not dangerous."""
    forbidden = {"pickle", "joblib", "skops", "dill", "marshal", "shelve"}
    for path in [*files(), *(PACKAGE / f"{door}.py" for door in DOORS)]:
        tree = ast.parse(path.read_text())
        calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert not imported(path) & forbidden, path.name
        assert not calls & {"eval", "exec", "compile"}, path.name
        assert "shell=True" not in path.read_text(), path.name
