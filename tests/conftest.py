"""What the tests share: the real data files where they are at hand, and the tutorial's table."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import servers
from coterie import simulate

# A shell's background jobs ignore interruptions, and so would every program that the tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def what_steers_the_tests_is_no_option_of_the_program() -> None:
    os.environ.pop("COTERIE_ENGINES", None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files with published answers; their licences keep them out of this repository."""
    if not REAL_DATA.is_dir():
        pytest.skip("the real data files are not at hand")
    return REAL_DATA


@pytest.fixture(scope="session")
def tutorial_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial's customers as a file."""
    path = tmp_path_factory.mktemp("tutorial") / "customers.csv"
    path.write_text(simulate.as_csv(simulate.tutorial()))
    return path


# ── servers, one of each for all tests of a process; databases, one for each file of tests ────────────────────────


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="module")
def postgres_url(postgres_server: str) -> Iterator[str]:
    with servers.postgres_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    with servers.mariadb() as url:
        yield url


@pytest.fixture(scope="module")
def mariadb_url(mariadb_server: str) -> Iterator[str]:
    with servers.mariadb_database(mariadb_server) as url:
        yield url


@pytest.fixture(scope="session")
def spark_session() -> Iterator[Any]:
    with servers.spark() as session:
        yield session


@pytest.fixture(scope="session")
def connect_url(spark_session: Any) -> str:
    if find_spec("grpc") is None:
        servers.absent("what Spark Connect needs")
    return f"sc://127.0.0.1:{spark_session.conf.get(servers.CONNECT_PORT)}"
