"""Whatever verb is killed or hung up on, the next run leaves no customer's value in the temporary folder."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from backports import zstd

FULL = os.environ.get("COTERIE_CRASH") == "full"
KILLS, HANG_UPS = (20, 5) if FULL else (2, 1)
ROWS = 3_000
SECRET = "SECRET"
READING = {
    "segment": ("segment", "{customers}", "--out", "made", "--overwrite", "--effort", "quick"),
    "segment of purchases": (
        "segment", "{orders}", "--transactions", "--out", "made", "--overwrite", "--effort", "quick",
    ),
    "customers": ("customers", "{orders}", "--out", "made.parquet", "--overwrite"),
    "customers with scores": ("customers", "{orders}", "--rfm", "--out", "made.csv", "--overwrite"),
    "assign": ("assign", "run", "{customers}", "--out", "assigned.csv", "--overwrite"),
    "check": ("check", "{customers}"),
    "examples": ("examples", "run", "{customers}"),
    "merge": ("merge", "run", "A", "B", "--source", "{customers}"),
}  # fmt: skip
OTHERS = {"name": ("name", "run", "A", "Weekend families"), "report": ("report", "run", "--overwrite")}
ENDINGS = (".csv.gz", ".csv.zst", ".xlsx", ".csv")  # the first three are unpacked into the temporary folder
GRID = [(verb, ending) for i, verb in enumerate(READING) for ending in (ENDINGS if FULL else [ENDINGS[i % 3]])]


def start(place: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a verb in a folder of its own, with a temporary folder beside it."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COTERIE_")}
    command = [sys.executable, "-m", "coterie", *words, "-q"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=place, env={**ours, "TMPDIR": str(place / "temporary")}, **quiet)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Customers and their purchases, plain and packed, and a run of the customers."""
    place = tmp_path_factory.mktemp("shop")
    customers = "customer_id,income,spend,city\n" + "".join(
        f"{SECRET}{i:05},{20_000 + 317 * (i * 37 % 300)},{i * 53 % 97},{SECRET}{i % 5}\n" for i in range(ROWS)
    )
    orders = "customer,date,amount\n" + "".join(
        f"{SECRET}{i * 37 % 400:05},2026-{1 + i % 12:02}-{1 + i % 28:02},{1 + i * 53 % 97}.5\n" for i in range(ROWS)
    )
    for name, text in (("customers", customers), ("orders", orders)):
        (place / f"{name}.csv").write_text(text)
        (place / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
        (place / f"{name}.csv.zst").write_bytes(zstd.compress(text.encode()))
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("sheet")
        for line in text.splitlines():
            sheet.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in line.split(",")])
        book.save(place / f"{name}.xlsx")
    (place / "temporary").mkdir()
    made = start(place, "segment", "customers.csv", "-k", "3", "--out", "run", "--effort", "quick", "--max-k", "4")
    assert made.wait(timeout=300) == 0
    return place


def stop_over_and_over(place: Path, words: tuple[str, ...]) -> list[str]:
    """Kill a verb and hang up on it at many times; return what is left once the next run has started."""
    kept, started = place / "kept", time.perf_counter()
    shutil.copytree(place / "run", kept)
    assert start(place, *words).wait(timeout=300) in (0, 2)
    seconds = time.perf_counter() - started
    stops = [signal.SIGKILL] * KILLS + [signal.SIGHUP] * HANG_UPS
    for i, number in enumerate(stops):
        shutil.rmtree(place / "run")
        shutil.copytree(kept, place / "run")
        process = start(place, *words)
        time.sleep(seconds * (i % KILLS + 0.7) / KILLS)
        process.send_signal(number)
        ended = process.wait(timeout=60)
        assert ended in ({0, 143, -signal.SIGHUP} if number == signal.SIGHUP else {0, -signal.SIGKILL})
    shutil.rmtree(kept)
    assert start(place, "check", "customers.csv").wait(timeout=60) == 0
    return [str(left) for left in (place / "temporary").rglob("*") if not left.is_dir()]


@pytest.mark.parametrize(("verb", "ending"), GRID)
def test_nothing_is_left_of_a_verb_that_reads(
    verb: str, ending: str, shop: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    words = [word.format(customers=f"customers{ending}", orders=f"orders{ending}") for word in READING[verb]]
    place = tmp_path / "shop"
    shutil.copytree(shop, place)
    left = stop_over_and_over(place, tuple(words))
    record_property("places", KILLS + HANG_UPS)
    record_property("torn", len(left))
    assert left == []


@pytest.mark.parametrize("verb", list(OTHERS))
def test_nothing_is_left_of_a_verb_that_reads_a_run(verb: str, shop: Path, tmp_path: Path) -> None:
    place = tmp_path / "shop"
    shutil.copytree(shop, place)
    assert stop_over_and_over(place, OTHERS[verb]) == []


def test_a_kill_leaves_unpacked_customers_and_the_next_run_removes_them(shop: Path, tmp_path: Path) -> None:
    place = tmp_path / "shop"
    shutil.copytree(shop, place)
    process = start(place, "segment", "customers.csv.gz", "--out", "made", "--effort", "thorough", "--max-k", "40")
    temporary = place / "temporary"
    while not any(SECRET in p.read_text() for p in temporary.rglob("unpacked.csv")):
        assert process.poll() is None
        time.sleep(0.001)
    process.kill()
    process.wait()
    assert list(temporary.rglob("unpacked.csv"))
    assert start(place, "check", "customers.csv").wait(timeout=60) == 0
    assert list(temporary.rglob("*")) == []


def test_a_hang_up_ends_a_run_as_a_termination_does(shop: Path, tmp_path: Path) -> None:
    place = tmp_path / "shop"
    shutil.copytree(shop, place)
    process = start(place, "segment", "customers.csv.gz", "--out", "made", "--effort", "thorough", "--max-k", "40")
    while not list((place / "temporary").rglob("unpacked.csv")):
        time.sleep(0.001)
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == 143
    assert list((place / "temporary").rglob("*")) == []
    assert not (place / "made").exists()
