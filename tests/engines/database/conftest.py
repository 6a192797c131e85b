"""Databases with 400 customers and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from places import Place, filled, in_place


@pytest.fixture(params=["postgres", "mariadb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return filled(in_place(request.param, request.getfixturevalue(f"{request.param}_url")), tmp_path)


@pytest.fixture
def in_maria(mariadb_url: str, tmp_path: Path) -> Place:
    return filled(in_place("mariadb", mariadb_url), tmp_path)


@pytest.fixture
def in_pg(postgres_url: str, tmp_path: Path) -> Place:
    return filled(in_place("postgres", postgres_url), tmp_path)
