"""Runs the program on one generated input as the manifest says, and lists every way in which it does something else."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from coterie.__main__ import _run

SECONDS, MEGABYTES = 10, 1_024
CODE = re.compile(r"COT\d{3}")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?$")
LIVE = ("<script>alert(1)", "<img src=x", "<svg onload")
# What the manifest counts as bad input and the exit codes call "cannot read or write" (docs/why/0050).
EXIT_CODES = {"config/out_etc.toml": 4}
# Options that are run besides those of the manifest.
ARGUMENTS = {"db/endless_view.sqlite": ["--time-limit", "3"]}  # the program's own limit for a view is longer
# Run in a process of their own: what could hang, fill the memory, or needs another user.
ALONE = {
    "compressed/bomb_512mb.csv.gz", "compressed/bomb_rows.csv.gz", "filekind/fifo.csv", "filekind/dev_zero.csv",
    "filekind/sparse_2gb.csv", "filekind/no_read_permission.csv", "parquet/bomb_dict.parquet", "excel/zip_bomb.xlsx",
    "db/endless_view.sqlite", "base/base.csv", "names/-rf.csv", "disguised/pickle_named.csv",
}  # fmt: skip
NOBODY = 65_534
# A process counts the memory of the one that it comes from: a small one stands between, and tells what it counted.
BETWEEN = """
import resource, subprocess, sys
program = subprocess.Popen(sys.argv[3:])
try:
    program.wait(float(sys.argv[2]))
except subprocess.TimeoutExpired:
    program.kill()
program.wait()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as told:
    told.write(f"{program.returncode} {used.ru_utime + used.ru_stime} {used.ru_maxrss}")
"""
# Another user may not be let into the folder of the installation: what a run could import later is imported before.
IMPORT_ALL = """
import bz2, importlib, lzma, pkgutil, signal
import coterie
for module in pkgutil.walk_packages(coterie.__path__, "coterie."):
    importlib.import_module(module.name)
"""


@dataclass
class Ended:
    """What a run left: exit code, what it printed, seconds of processors (a busy machine must not count), megabytes."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float = 0.0


@dataclass
class Runner:
    """Runs cases of one corpus in one scratch folder."""

    corpus: Path
    scratch: Path
    capture: pytest.CaptureFixture[str]
    base: dict[str, int] = field(default_factory=dict)

    def problems(self, case: dict[str, Any]) -> list[str]:
        """Return every way in which the program does not do with a case what the manifest says."""
        here = self.scratch / case["id"]
        here.mkdir()
        before = tree(self.corpus)
        arguments, out = self.arguments(case, here)
        tidy = "tty_clean" not in case.get("checks", [])
        if tidy:
            arguments = [*arguments, "--quiet"]
        ended = alone(arguments, here, case) if case["file"] in ALONE else self.inside(arguments, here)
        found = list(judged(case, ended, out, self))
        if tree(self.corpus) != before:
            found.append("a file beside the input was touched")
        strangers = {p.name for p in here.iterdir()} - {out.name, f"{out.name}.lock", "base.csv", "run"}
        if strangers:
            found.append(f"left {sorted(strangers)} in the working folder")
        shutil.rmtree(here)
        return [f"{case['id']} {case['file']}: {problem}" for problem in found]

    def arguments(self, case: dict[str, Any], here: Path) -> tuple[list[str], Path]:
        """Return the command line of a case and where its result goes."""
        source, out = self.corpus / case["file"], here / "OUT"
        usual = ["--id", "customer_id", "-k", "5", "--seed", "7", "--effort", "quick"]
        if case.get("cmd") == "run-config":
            shutil.copy(self.corpus / "base/base.csv", here / "base.csv")
            given = "input" in source.read_text() or case["file"].endswith("empty.toml")
            own = "out =" in source.read_text()
            target = [] if own else ["--out", str(out)]
            return [
                "segment",
                *([] if given else ["base.csv"]),
                "--config",
                str(source),
                "--id",
                "customer_id",
                *target,
            ], out
        if case["category"] == "model":
            return ["assign", str(source), str(self.corpus / "base/base.csv"), "--out", str(here / "OUT.parquet")], out
        if case["category"] == "score":
            return [
                "assign",
                str(self.fitted(here)),
                str(source),
                "--out",
                str(here / "OUT.parquet"),
            ], here / "OUT.parquet"
        more = [*case.get("args", []), *ARGUMENTS.get(case["file"], [])]
        if "csv_neutralised" in case.get("checks", []):
            more = [*more, "--csv"]
        return ["segment", *usual, "--out", str(out), *more, "--", str(source)], out

    def fitted(self, here: Path) -> Path:
        """Return a run on the clean file."""
        run = self.scratch / "fitted"
        if not run.exists():
            usual = ["--id", "customer_id", "-k", "5", "--seed", "7", "--effort", "quick", "--quiet"]
            assert (
                self.inside(["segment", *usual, "--out", str(run), str(self.corpus / "base/base.csv")], here).code == 0
            )
        return run

    def inside(self, arguments: list[str], here: Path) -> Ended:
        """Run the program in this process."""
        self.capture.readouterr()
        home = Path.cwd()
        started = time.process_time()
        os.chdir(here)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(socket.socket, "connect", no_network)
                code = _run(with_quiet_first(arguments))
        finally:
            os.chdir(home)
        out, err = self.capture.readouterr()
        return Ended(code, out, err, time.process_time() - started)

    def segments_of_base(self) -> dict[str, int]:
        """Return the segments of the clean file, by id."""
        if not self.base:
            self.base = segments(self.fitted(self.scratch) / "segments.parquet")
        return self.base


def no_network(*address: object) -> None:
    """Stand in for a connection: nothing that is read may open one."""
    raise AssertionError(f"a connection to {address[1:]}")


def with_quiet_first(arguments: list[str]) -> list[str]:
    """Return the arguments with --quiet before the end of options."""
    if "--quiet" not in arguments:
        return arguments
    rest = [a for a in arguments if a != "--quiet"]
    return [rest[0], "--quiet", *rest[1:]]


def alone(arguments: list[str], here: Path, case: dict[str, Any]) -> Ended:
    """Run the program as a user does: a process of its own, an ordinary user where the case needs one."""
    ordinary = case.get("needs") == "non-root" and os.getuid() == 0
    if ordinary:
        here.chmod(0o777)
    code = "import sys; from coterie.__main__ import main; sys.argv = ['coterie', *sys.argv[1:]]; main()"
    if ordinary:
        code = f"{IMPORT_ALL}\nimport os; os.setuid({NOBODY}); {code}"
    environment = {**os.environ, "HOME": str(here), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    patience = 3 * case.get("max_s", SECONDS) + 60
    with ExitStack() as files:
        out, err, told = (files.enter_context(tempfile.NamedTemporaryFile("w+")) for _ in range(3))
        program = [sys.executable, "-c", code, *with_quiet_first(arguments)]
        command = [sys.executable, "-I", "-c", BETWEEN, told.name, str(patience), *program]
        subprocess.run(command, cwd=here, stdout=out, stderr=err, env=environment, check=True)
        ended, seconds, kilobytes = told.read().split()
        texts = [file.seek(0) or file.read() for file in (out, err)]
    return Ended(int(ended), texts[0], texts[1], float(seconds), int(kilobytes) / 1_024)


def tree(folder: Path) -> list[tuple[str, int, int]]:
    """Return every name under a folder with its size and time of change."""
    found = []
    for path, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            status = os.lstat(os.path.join(path, name))
            found.append((os.path.join(path, name), status.st_size, status.st_mtime_ns))
    return sorted(found)


def segments(path: Path) -> dict[str, int]:
    """Return the segment of every id in a file of segments."""
    return dict(duckdb.connect().execute("SELECT id, segment FROM read_parquet(?)", [str(path)]).fetchall())


# ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────


def judged(case: dict[str, Any], ended: Ended, out: Path, runner: Runner) -> list[str]:
    """Return what is wrong with the end of a run."""
    found = []
    if "Traceback" in ended.err:
        found.append("a traceback")
    if ended.seconds > case.get("max_s", SECONDS):
        found.append(f"took {ended.seconds:.1f} s")
    if ended.megabytes > case.get("max_rss_mb", MEGABYTES):
        found.append(f"took {ended.megabytes:.0f} MB")
    if case["expected"] == "error":
        return [*found, *refused(case, ended, out), *checked(case, ended, out, runner)]
    if ended.code != 0:
        return [*found, f"exit {ended.code}: {ended.err[:300]!r}"]
    return [*found, *finished(case, ended, out, runner), *checked(case, ended, out, runner)]


def refused(case: dict[str, Any], ended: Ended, out: Path) -> list[str]:
    """Return what is wrong with a refusal: two or three lines that end with a remedy, and nothing written."""
    wanted = EXIT_CODES.get(case["file"], case.get("exit", 2))
    lines = [line for line in ended.err.splitlines() if line.strip()]
    found = []
    if ended.code != wanted:
        found.append(f"exit {ended.code}, not {wanted}: {ended.err[:200]!r}")
    elif not 2 <= len(lines) <= 3 or not ended.err.strip().endswith((".", "?")):
        found.append(f"the message has no place or no remedy: {ended.err!r}")
    if out.exists() or out.with_name(f"{out.name}.lock").exists():
        found.append("something was written")
    return found


def finished(case: dict[str, Any], ended: Ended, out: Path, runner: Runner) -> list[str]:
    """Return what is wrong with a result: warnings where there should be none, or none, or other segments."""
    found = []
    codes = CODE.findall(ended.err)
    if case["expected"] == "ok" and codes:
        found.append(f"warns: {ended.err[:300]!r}")
    if case["expected"] == "warn" and not codes:
        found.append("no warning")
    if out.is_dir():
        warnings = json.loads((out / "manifest.json").read_text())["warnings"]
        if bool(warnings) != (case["expected"] == "warn"):
            found.append(f"warnings in the manifest: {warnings}")
    if "same_as" in case:
        mine = segments(out / "segments.parquet" if out.is_dir() else out)
        if mine != runner.segments_of_base():
            found.append("other segments than the clean file's")
    return found


def checked(case: dict[str, Any], ended: Ended, out: Path, runner: Runner) -> list[str]:
    """Return which of a case's own checks fail."""
    found = []
    source = runner.corpus / case["file"]
    for check in case.get("checks", []):
        problem = CHECKS[check](source, ended, out) if check in CHECKS else None
        if problem:
            found.append(f"{check}: {problem}")
    return found


def rows_of(source: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(source.read_text(encoding="utf-8"), newline="")))


def ids_verbatim(source: Path, ended: Ended, out: Path) -> str | None:
    wanted = [row[0] for row in rows_of(source)[1:]]
    rows = duckdb.connect().execute("SELECT id FROM read_parquet(?)", [str(out / "segments.parquet")]).fetchall()
    return None if [i for (i,) in rows] == wanted else "the ids are not the input's"


def row_count(source: Path, ended: Ended, out: Path) -> str | None:
    if not out.exists():
        return None if re.search(r"row \d+ \(line \d+\)", ended.err) else "the row is not named"
    rows = json.loads((out / "manifest.json").read_text())["rows"]
    total = len(rows_of(source)) - 1
    listed = len((out / "rejected.csv").read_text().splitlines()) - 1 if rows["rejected"] else 0
    if rows["accepted"] + rows["rejected"] != total or listed != rows["rejected"]:
        return f"{rows} of {total}, {listed} listed"
    return None


def no_pii_log(source: Path, ended: Ended, out: Path) -> str | None:
    text = source.read_text(encoding="utf-8", errors="replace")
    values = {v for v in re.findall(r"[A-Za-z0-9.@]{6,}", "\n".join(text.splitlines()[1:]))} | {"QUJDQUJD"}
    shown = {v for v in values if v[:200] in ended.err}
    return f"shows {sorted(shown)[:3]}" if shown else None


def no_exec(source: Path, ended: Ended, out: Path) -> str | None:
    return "PWNED was made" if (out.parent / "PWNED").exists() or Path("PWNED").exists() else None


def tty_clean(source: Path, ended: Ended, out: Path) -> str | None:
    dirty = re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", ended.out + ended.err)
    return f"control characters {dirty[:5]}" if dirty else None


def csv_neutralised(source: Path, ended: Ended, out: Path) -> str | None:
    for path in sorted(out.glob("*.csv")):
        for row in rows_of(path):
            live = [c for c in row if c.startswith(FORMULA) and not NUMBER.match(c)]
            if live:
                return f"{path.name} holds {live[0]!r}"
    return None


def html_escaped(source: Path, ended: Ended, out: Path) -> str | None:
    page = (out / "report.html").read_text(encoding="utf-8")
    live = [text for text in LIVE if text in page]
    assert html.escape(LIVE[0]) not in LIVE
    return f"live markup {live}" if live else None


CHECKS = {
    "ids_verbatim": ids_verbatim,
    "row_count": row_count,
    "no_pii_log": no_pii_log,
    "no_exec": no_exec,
    "tty_clean": tty_clean,
    "csv_neutralised": csv_neutralised,
    "html_escaped": html_escaped,
}
