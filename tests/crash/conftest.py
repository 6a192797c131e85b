"""What the crash tests share: a small run written by itself, and the real program as a process that can be stopped."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from coterie.runs.manifest import verify
from coterie.runs.run_folder import open_run
from coterie.simulate import as_csv, tutorial

OLD, NEW = ("-k", "3"), ("-k", "4")
CUSTOMERS = 60
TRACED = (
    "?open,openat,?mkdir,?mkdirat,write,pwrite64,ftruncate,fsync,?chmod,fchmod,?rename,?renameat,?renameat2,flock,"
    "?unlink,?unlinkat,?rmdir"
)


@pytest.fixture(autouse=True)
def heard() -> None:
    """Let what is started here hear a hang-up, although `nohup` may have made these tests deaf to it."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def write_run_folder(out: Path, text: str) -> None:
    with open_run(out, overwrite=True) as run:
        run.write_text("run.json", text)
        run.write_text("charts/map.svg", "<svg/>")
        run.file("segments.csv").write_text("id,segment\n1,1\n")
        run.commit({"coterie": "0.1.0"})


@pytest.fixture
def write_run() -> Callable[[Path, str], None]:
    return write_run_folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def answers(process: subprocess.Popen[str], number: signal.Signals) -> bool:
    """Whether the process has a handler for the signal."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return bool(int(re.findall(r"SigCgt:\s*(\w+)", status)[0], 16) >> (number - 1) & 1)


@dataclass(frozen=True)
class Program:
    """The command line at work on a few customers in a folder of its own, where nothing but ``out`` may show."""

    source: Path
    folder: Path
    records: dict[tuple[str, ...], bytes]
    seconds: float

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def command(self, *options: str) -> list[str]:
        verb = [sys.executable, "-m", "coterie", "segment", str(self.source), "--out", str(self.out)]
        return [*verb, "--effort", "quick", "--quiet", *options]

    def start(self, *options: str, before: Sequence[str] = (), **how: Any) -> subprocess.Popen[str]:
        beside = self.folder.parent
        settings = {name: value for name, value in os.environ.items() if not name.startswith("COTERIE_")}
        settings["TMPDIR"] = str(beside)  # what killed runs spilled goes with the test's folder
        usual = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": beside, "env": settings, "text": True}
        return subprocess.Popen([*before, *self.command(*options)], **{**usual, **how})

    def finish(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        _, said = process.communicate(timeout=60)
        return process.returncode, said

    def run(self, *options: str, **how: Any) -> tuple[int, str]:
        return self.finish(self.start(*options, **how))

    def stopped(self, delay: float, number: signal.Signals, *options: str) -> tuple[int, str]:
        """Run, send the signal so many seconds after the program began, and return how the run ended."""
        process = self.start(*options)
        while number != signal.SIGKILL and not answers(process, signal.SIGTERM) and process.poll() is None:
            time.sleep(0.001)  # Python itself starts first, and nobody can answer for it
        time.sleep(delay)
        process.send_signal(number)
        return self.finish(process)

    def paused(self, *options: str) -> subprocess.Popen[str]:
        """Start, and hold the run where its folder is made: it has the lock, knows its source and read nothing yet."""
        process = self.start(*options)
        while not list(self.folder.glob(".out.tmp-*")) and process.poll() is None:
            time.sleep(0.0005)
        process.send_signal(signal.SIGSTOP)
        return process

    def torn(self, older: bool) -> list[str]:
        """Return what is wrong after a stop: a half result, or a file that could be taken for one."""
        wrong = [name for name in os.listdir(self.folder) if not re.fullmatch(r"out(\.lock)?|\.out\.tmp-\w{8}", name)]
        if older or self.out.exists():
            try:
                wrong += [problem.file for problem in verify(self.out)]
                content = (self.out / "run.json").read_bytes()
            except (OSError, ValueError) as error:
                return [*wrong, str(error)]
            if content not in ([self.records[OLD], self.records[NEW]] if older else [self.records[NEW]]):
                wrong.append("run.json")
        return wrong

    def left(self) -> list[str]:
        return sorted(os.listdir(self.folder))

    def calls(self, *options: str) -> list[tuple[str, int, str]]:
        """Run under strace, and return each call on the folder: its name, how many-eth of its thread, and its text.

        Which of the engine's threads writes what is chance, so that of theirs only the first call is sure to come.
        """
        log = self.folder.parent / "strace.log"
        before = ["strace", "-f", "-y", "-qq", "-s", "0", "-e", f"trace={TRACED}", "-o", str(log)]
        assert self.run(*options, before=before) == (0, "")
        counts: Counter[tuple[str, str]] = Counter()
        found, main = [], ""
        for line in log.read_text().splitlines():
            if match := re.match(r"(\d+) +(\w+)\((.*)", line):
                thread, name, text = match.groups()
                main = main or thread
                counts[thread, name] += 1
                nth = counts[thread, name]
                if str(self.folder) in text and (thread == main or nth == 1):
                    found.append((name, nth, text))
        return found


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "customers.csv"
    path.write_text("".join(as_csv(tutorial()).splitlines(keepends=True)[: 1 + CUSTOMERS]))
    return path


@pytest.fixture(scope="session")
def records(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], bytes]:
    """The record that each choice of options gives when nothing goes wrong; and the usual seconds, under ()."""
    made: dict[tuple[str, ...], bytes] = {}
    for options in (OLD, NEW):
        program = Program(source, tmp_path_factory.mktemp("serial"), {}, 0)
        started = time.perf_counter()
        assert program.run(*options) == (0, "")
        made[()] = str(time.perf_counter() - started).encode()
        made[options] = (program.out / "run.json").read_bytes()
    return made


@pytest.fixture
def program(source: Path, records: dict[tuple[str, ...], bytes], tmp_path: Path) -> Program:
    folder = tmp_path / "folder"
    folder.mkdir()
    return Program(source, folder, records, float(records[()]))


@pytest.fixture
def points() -> int:
    """How many places to stop at in each test; COTERIE_CRASH=full (`make crash`) asks for a finer grid."""
    return 50 if os.environ.get("COTERIE_CRASH") == "full" else 10


@pytest.fixture(scope="session")
def strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: calls are counted in Python instead (test_kills.py, test_refusals.py)")
    if subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here: calls are counted in Python instead (test_kills.py, test_refusals.py)")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many places were tried, and how many half results were found, a line a test."""
    places, torn = Counter[str](), Counter[str]()
    for report in (r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, [])):
        figures = dict(report.user_properties)
        if report.when == "call" and "places" in figures:
            test = report.nodeid.partition("[")[0]
            places[test] += figures["places"]
            torn[test] += figures["torn"]
    for test in places:
        terminalreporter.write_line(f"{places[test]:5} places tried, {torn[test]} half results: {test}")
    if places:
        terminalreporter.write_line(f"{places.total():5} places tried, {torn.total()} half results in all")
