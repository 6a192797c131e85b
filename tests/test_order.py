"""The lists in ARCHITECTURE.md and in the rooms' docstrings are the import order, and the walls stand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "coterie"
DOORS = {"__init__", "__main__"}  # the two ways in see everything
# What a room may see of coterie beside itself, where that is less than everything above it.
WALLS = {
    "sql": {"doors", "errors"},
    "cluster": {"doors", "errors", "words"},
    "evidence": {"doors", "errors", "words", "cluster"},
    "report": {"doors", "errors", "words", "findings", "record", "scoring"},
}
NUMPY_ONLY = ("cluster", "evidence")
NO_NUMPY = ("report",)


def rooms() -> list[str]:
    listed = re.search(r"## The rooms.*?```\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text(), re.DOTALL)
    assert listed is not None
    return [line.split()[0].rstrip("/") for line in listed.group(1).splitlines() if line.strip()]


def inside(folder: Path) -> list[str]:
    """Return the modules and folders of a room, as its docstring lists them."""
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    return [line.split()[0].rstrip("/") for line in text.splitlines() if re.match(r"    [a-z_]+/? ", line)]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def files() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if room_of(p) not in DOORS)


def folders() -> list[Path]:
    return sorted(p.parent for p in PACKAGE.rglob("__init__.py") if p.parent != PACKAGE)


def floors() -> dict[tuple[str, ...], tuple[int, ...]]:
    """Return the floor of each module: its room's place, then its place in each folder on the way."""

    def below(folder: Path, name: tuple[str, ...], floor: tuple[int, ...]) -> None:
        found[name] = floor
        if folder.is_dir():
            for i, part in enumerate(inside(folder)):
                below(folder / part, (*name, part), (*floor, i))

    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    for i, room in enumerate(rooms()):
        below(PACKAGE / room, (room,), (i,))
    return found


def imported(path: Path) -> set[tuple[str, str]]:
    """Return what a file imports, anywhere in it: pairs of a module and a name of it ('' for the module itself)."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            found |= {(node.module or "", alias.name) for alias in node.names}
    return found


def ours(path: Path) -> set[tuple[str, ...]]:
    """Return the names of ours that a file imports, cut into parts: ('table', 'sample', 'draw')."""
    found = {tuple(f"{module}.{name}".strip(".").split(".")[1:]) for module, name in imported(path) if _ours(module)}
    return found - {()}


def _ours(module: str) -> bool:
    return module.partition(".")[0] == "coterie"


def others(path: Path) -> set[str]:
    return {module.split(".")[0] for module, _ in imported(path) if not _ours(module)}


def test_every_room_is_on_the_list_and_every_room_on_the_list_exists() -> None:
    found = {room_of(p) for p in PACKAGE.rglob("*.py")} - DOORS
    assert found == set(rooms())


@pytest.mark.parametrize("folder", folders(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_module_is_on_the_list_of_its_room(folder: Path) -> None:
    there = {p.stem for p in folder.glob("*.py")} | {p.name for p in folder.iterdir() if (p / "__init__.py").exists()}
    assert sorted(inside(folder)) == sorted(there - {"__init__"})


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_above_it(path: Path) -> None:
    floor = floors()
    name = path.relative_to(PACKAGE).with_suffix("").parts
    if name[-1] == "__init__":
        name = name[:-1]  # a folder may import what it holds
    for target in ours(path):
        held = max((n for n in (target[:i] for i in range(1, len(target) + 1)) if n in floor), key=len)
        assert held == name[: len(held)] or floor[held] < floor[name] or held[: len(name)] == name, (
            f"{path.name} imports {'.'.join(target)}, which stands below it"
        )


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_wall_is_crossed_only_by_what_its_room_hands_out(path: Path) -> None:
    handed = {folder.name: set(_handed(folder)) for folder in folders() if folder.parent == PACKAGE}
    for target in ours(path):
        if target[0] != room_of(path):
            assert not any(part.startswith("_") for part in target), f"{path.name} imports {'.'.join(target)}"
            if target[0] in handed:
                taken = {target[1:]} if target[1:] else {(name,) for name in _attributes(path, target[0])}
                assert taken <= {(name,) for name in handed[target[0]]}, f"{path.name} imports {'.'.join(target)}"


def _attributes(path: Path, room: str) -> set[str]:
    """Return what a file takes from a room that it imports as a whole: ``column`` of ``sql.column``."""
    nodes = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Attribute)]
    return {n.attr for n in nodes if isinstance(n.value, ast.Name) and n.value.id == room}


def _handed(folder: Path) -> list[str]:
    for node in ast.parse((folder / "__init__.py").read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return list(ast.literal_eval(node.value))
    return []


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_the_walls_stand(path: Path) -> None:
    room, names = room_of(path), others(path)
    assert "duckdb" not in names or path.is_relative_to(PACKAGE / "engines" / "duckdb")
    assert not names & {"pandas", "polars", "pyarrow"}
    assert "sklearn" not in names or path == PACKAGE / "segmentation" / "estimator.py"
    assert "sqlglot" not in names or room in ("sql", "engines")
    seen = {target[0] for target in ours(path)} - {room}
    assert seen <= WALLS.get(room, seen)
    if room in NUMPY_ONLY:
        assert not names & {"duckdb", "sqlglot", "narwhals", "click", "jinja2"}
    if room in NO_NUMPY:
        assert "numpy" not in names


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_sql_and_the_engines_know_a_dialect(path: Path) -> None:
    """A tree becomes text at the last moment; no other room carries a dialect about or calls an engine's function.

    Only what writes SQL for somebody else's engine is told which one.
    """
    if room_of(path) in ("sql", "engines", "reading"):  # in reading it is a dialect of delimited text
        return
    if room_of(path) == "scoring" or path.name in ("segmentation.py", "warehouse.py", "typing_tool.py"):
        return
    nodes = list(ast.walk(ast.parse(path.read_text())))
    named = {n.arg for n in nodes if isinstance(n, ast.arg)} | {n.id for n in nodes if isinstance(n, ast.Name)}
    assert not named & {"dialect", "DIALECTS"}
    assert not _attributes(path, "sql") & {"call", "render"}


def test_data_never_become_code() -> None:
    """No pickle, no eval, no shell: a file that is read can be wrong, not dangerous."""
    forbidden = {"pickle", "joblib", "skops", "dill", "marshal", "shelve"}
    for path in [*files(), *(PACKAGE / f"{door}.py" for door in DOORS)]:
        tree = ast.parse(path.read_text())
        calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
        assert not others(path) & forbidden, path.name
        assert not calls & {"eval", "exec", "compile"}, path.name
        assert "shell=True" not in path.read_text(), path.name
