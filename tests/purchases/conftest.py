"""A folder with a log of purchases and a table of customers."""

from __future__ import annotations

from pathlib import Path

import pytest

from purchases.shop import log


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    log().to_csv("orders.csv", index=False)
    Path("customers.csv").write_text("id,recency,frequency,monetary\na,1,2,3\nb,2,3,4\n")
    return tmp_path
