"""A run has the bytes that were pinned: whoever changes the product, and means to change no result, changes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from determinism import pins


@pytest.fixture(scope="module")
def where_the_pins_hold() -> None:
    """Last bits depend on the numerical libraries and the machine: elsewhere nothing is compared."""
    reason = pins.elsewhere()
    if reason:
        pytest.skip(reason)


@pytest.mark.usefixtures("where_the_pins_hold")
@pytest.mark.parametrize("threads", pins.THREADS)
@pytest.mark.parametrize("case", pins.CASES)
def test_every_file_of_a_run_has_the_bytes_it_had(case: str, threads: int, tmp_path: Path) -> None:
    if pins.obstacle(case):
        pytest.skip(pins.obstacle(case))
    different = pins.compare(case, threads, tmp_path)
    assert not different, "\n".join(different)


def test_every_case_is_pinned_and_no_other() -> None:
    assert list(pins.stored()["pins"]) == list(pins.CASES)
    assert all(pins.stored()["pins"].values())


def test_a_difference_names_the_case_the_command_and_the_file() -> None:
    pinned = {"segmented/run/run.json": "a", "merged/run/run.json": "b", "merged/run/points.csv": "c"}
    found = {"segmented/run/run.json": "a", "merged/run/run.json": "x", "merged/run/rejected.csv": "d"}
    assert pins.differences("mall", found, pinned) == [
        "mall: merged/run/run.json differs",
        "mall: merged/run/rejected.csv was not there",
        "mall: merged/run/points.csv is missing",
    ]


def test_a_source_made_here_is_the_same_each_time() -> None:
    for case in pins.CASES.values():
        if case.makes is not None:
            assert case.makes() == case.makes()
