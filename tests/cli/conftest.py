"""What the tests of the command line share: a file of customers, its run, and a verb that must fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coterie.__main__ import _run

CUSTOMERS = "customer_id,income,spend,city\n" + "".join(
    f"c{i:03d},{20_000 + 317 * (i * 37 % 300)},{(i * 53) % 97},{('Oslo', 'Rome', 'Lima')[i % 3]}\n" for i in range(120)
)


@pytest.fixture
def customers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of customers in the working folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS)
    return path


@pytest.fixture
def run(customers: Path) -> Path:
    """The run folder of these customers, of three segments."""
    assert _run(["segment", "customers.csv", "--effort", "quick", "-q", "-k", "3", "--max-k", "4", "--out", "run"]) == 0
    return customers.parent / "run"


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run a verb that must fail: its exit code and what it said, in at most three lines and all on stderr."""

    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = _run([*arguments, *(["-q"] if arguments[0] in ("segment", "assign") else [])])
        said = capsys.readouterr()
        lines = [line for line in said.err.splitlines() if line]
        assert said.out == ""
        assert 1 <= len(lines) <= 3, said.err
        assert "Traceback" not in said.err
        return code, said.err

    return call
