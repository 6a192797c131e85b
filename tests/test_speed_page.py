"""What the page on speed shows is what was measured."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

MAKER = Path(__file__).parents[1] / "docs" / "pictures" / "job.py"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("job_pictures", MAKER)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_table_and_the_picture_are_those_of_the_results(maker: ModuleType) -> None:
    results = json.loads(maker.RESULTS.read_text())
    assert maker.PAGE.read_text() == maker.page(maker.PAGE.read_text(), results)
    assert maker.PICTURE.read_text() == maker.picture(results)


def test_a_tool_that_was_not_done_in_time_is_shown_as_that(maker: ModuleType) -> None:
    took = {"seconds": 2.0, "cpu": 3.0, "peak_gb": 0.2, "k": 6}
    results = {"sizes": {"300": {"groups": {"coterie": took, "faiss": "not done in 15 minutes"}}}}
    assert "| 300 | six groups | 3.0 s, 0.2 GB | – | – | – | not done in 15 minutes |" in maker.table(results)
    assert "not done in 15 minutes</text>" in maker.picture(results)
