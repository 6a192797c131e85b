"""A browser for the tests of the page, and axe to judge it; both must be there in CI and may be absent elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser import chromium

ROOT = Path(__file__).parents[2]


def _absent(what: str, how: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not there: {how}")
    pytest.skip(f"{what} is not at hand: {how}")


@pytest.fixture(scope="session")
def page() -> Iterator[chromium.Browser]:
    """One Chromium for all tests."""
    if chromium.program() is None:
        _absent("Chromium", "apt-get install chromium, or name it in COTERIE_CHROMIUM")
    with chromium.browser() as running:
        yield running


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which finds what keeps people from reading a page."""
    named = os.environ.get("COTERIE_AXE")
    path = Path(named) if named else ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        _absent("axe-core", "npm install --no-save --no-package-lock --prefix build/axe axe-core@4")
    return path.read_text(encoding="utf-8")
