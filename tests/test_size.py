"""Files, functions and classes stay small enough to read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "coterie"
FILE, FUNCTION, ARGUMENTS, METHODS = 400, 60, 8, 16


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_can_be_read_in_one_go(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            documented = ast.get_docstring(node)
            lines -= len(documented.splitlines()) if documented else 0
            args = node.args
            count = len(args.posonlyargs + args.args + args.kwonlyargs)
            assert lines <= FUNCTION, f"{node.name} has {lines} lines"
            assert count - (args.args[:1] != [] and args.args[0].arg in ("self", "cls")) <= ARGUMENTS, node.name
        if isinstance(node, ast.ClassDef):
            public = [n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
            assert len(public) <= METHODS, f"{node.name} has {len(public)} public methods"
