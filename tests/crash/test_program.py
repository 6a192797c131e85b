"""The program, killed, interrupted and refused: a whole result or none, the older one or the newer."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

OLD, NEW = ("-k", "3"), ("-k", "4")
OVER_OLD = (*NEW, "--overwrite")
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1
Record = Callable[[str, object], None]


def spread(found: list[Any], count: int) -> list[Any]:
    """Return so many of a list, evenly."""
    return [found[int((i + 0.5) * len(found) / count)] for i in range(min(count, len(found)))]


def start_over(program: Any) -> None:
    """Remove the result, and leave what a killed run left, for the next run to clear."""
    shutil.rmtree(program.out, ignore_errors=True)


def kill_over_and_over(program: Any, places: list[Any], kill: Callable[..., None], record: Record) -> None:
    """Kill a run into nothing and a run over an older one at each place; the run between them must succeed."""
    tried, torn = 0, []
    for place in places:
        start_over(program)
        kill(place, *NEW)
        torn += [(place, wrong) for wrong in program.torn(older=False)]
        start_over(program)
        assert program.run(*OLD) == (0, "")
        assert program.left() == ["out"], "the next run did not clear away what the killed one left"
        kill(place, *OVER_OLD)
        torn += [(place, wrong) for wrong in program.torn(older=True)]
        tried += 2
    start_over(program)
    assert program.run(*NEW) == (0, "")
    assert (program.left(), program.torn(older=False)) == (["out"], [])
    record("places", tried)
    record("torn", len(torn))
    assert torn == []


def test_killed_at_any_time(program: Any, points: int, record_property: Record) -> None:
    def kill(delay: float, *options: str) -> None:
        program.stopped(delay, signal.SIGKILL, *options)

    times = [program.seconds * (i + 0.5) / points for i in range(points)]
    kill_over_and_over(program, times, kill, record_property)


@pytest.mark.usefixtures("strace")
def test_killed_at_any_call(program: Any, points: int, record_property: Record) -> None:
    def kill(call: tuple[str, int, str], *options: str) -> None:
        name, nth, _ = call
        inject = ["-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={nth}"]
        program.run(*options, before=["strace", "-f", "-qq", "-o", os.devnull, *inject])

    assert program.run(*OLD) == (0, "")
    writing = [call for call in program.calls(*OVER_OLD) if "O_DIRECTORY" not in call[2]]
    last = next(i for i, call in enumerate(writing) if call[0] in ("renameat2", "renameat", "rename"))
    around_the_rename = writing[last - 1 : last + 3]
    kill_over_and_over(program, [*spread(writing, points - 4), *around_the_rename], kill, record_property)


FAULTS = {
    "write": "ENOSPC",
    "pwrite64": "ENOSPC",
    "ftruncate": "EIO",
    "fsync": "EIO",
    "mkdir": "ENOSPC",
    "rename": "EIO",
    "renameat2": "EIO",
    "flock": "ENOLCK",
}


@pytest.mark.usefixtures("strace")
@pytest.mark.parametrize("older", [False, True])
def test_refused_at_any_call(program: Any, points: int, older: bool, record_property: Record) -> None:
    if older:
        assert program.run(*OLD) == (0, "")
    before = program.left()
    calls = program.calls(*OVER_OLD)
    creating = [c for c in calls if c[0] in FAULTS and "EEXIST" not in c[2]]
    places = spread(creating, points // 2)
    start_over(program)
    if older:
        assert program.run(*OLD) == (0, "")
    torn = []
    for name, nth, text in places:
        inject = ["-e", f"trace={name}", "-e", f"inject={name}:error={FAULTS[name]}:when={nth}"]
        code, said = program.run(*OVER_OLD, before=["strace", "-f", "-qq", "-o", os.devnull, *inject])
        wrong = [*program.torn(older), *(["something is left"] if program.left() != before else [])]
        if code != 4 or len(said.splitlines()) > 3 or str(program.out) not in said or wrong:
            torn.append((name, nth, text, code, said, wrong))
        if FAULTS[name] == "ENOSPC" and "bytes are free" not in said:
            torn.append((name, nth, said))
    record_property("places", len(places))
    record_property("torn", len(torn))
    assert torn == []


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_at_any_time(
    program: Any, points: int, number: signal.Signals, expected: int, record_property: Record
) -> None:
    wrong = []
    count = points // 2
    for i in range(count):  # the first falls into the imports
        start_over(program)
        delay = program.seconds * i / count
        code, said = program.stopped(delay, number, *NEW)
        whole = code in (0, expected) and program.torn(older=False) == [] and program.left() in ([], ["out"])
        if not whole or len(said.split("\n")) > 3 or (code == 0 and program.left() == []):
            wrong.append((delay, code, said, program.left()))
    record_property("places", count)
    record_property("torn", len(wrong))
    assert wrong == []


def test_interrupted_twice(program: Any) -> None:
    process = program.paused(*NEW)
    for number in (signal.SIGINT, signal.SIGCONT):
        process.send_signal(number)
    time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    code, _ = program.finish(process)
    assert code in (130, -signal.SIGINT)
    assert program.torn(older=False) == []
    assert not program.out.exists()


def test_a_reader_that_goes_away_does_no_harm(program: Any) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        code, said = program.run(*NEW, "--json", stdout=writing)
    finally:
        os.close(writing)
    assert "Traceback" not in said
    assert code == 0
    assert (program.left(), program.torn(older=False)) == (["out"], [])


# ── two at once ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_second_run_into_a_folder_is_told_who_is_first(program: Any) -> None:
    first = program.paused(*NEW)
    started = time.perf_counter()
    code, said = program.run(*NEW)
    seconds = time.perf_counter() - started
    first.send_signal(signal.SIGCONT)
    assert code == 5
    assert f"process {first.pid} on {os.uname().nodename}" in said
    assert len(said.splitlines()) <= 3
    assert seconds < 1 + program.seconds
    assert program.finish(first) == (0, "")
    assert (program.left(), program.torn(older=False)) == (["out"], [])


def test_many_runs_into_many_folders_are_as_good_as_one(program: Any) -> None:
    outs = [program.folder / f"out{i}" for i in range(6)]
    crowd = [program.start(*NEW, "--out", str(out)) for out in outs]
    assert [program.finish(process) for process in crowd] == [(0, "")] * len(outs)
    trees = [{p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()} for out in outs]
    assert all(tree == trees[0] for tree in trees)
    assert trees[0][Path("run.json")] == program.records[NEW]


# ── the place ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_only_the_owner_may_look(program: Any, umask: int) -> None:
    assert program.run(*NEW, preexec_fn=lambda: os.umask(umask)) == (0, "")
    modes = {stat.S_IMODE(p.lstat().st_mode) for p in program.out.rglob("*") if not p.is_dir()}
    folders = {stat.S_IMODE(p.lstat().st_mode) for p in (program.out, *program.out.rglob("*")) if p.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


def nonsense(program: Any) -> str:
    """Return a source that no reader accepts, so that an error about the place shows what was looked at first."""
    path = program.folder.parent / "nonsense.csv"
    path.write_bytes(bytes(range(256)))
    return str(path)


def refused_before_reading(program: Any, code: int, words: str, **how: Any) -> None:
    command = [*program.command(), "--overwrite"]
    command[command.index(str(program.source))] = nonsense(program)
    done = subprocess.run(command, check=False, capture_output=True, text=True, **how)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    assert len(done.stderr.splitlines()) <= 3


def test_a_file_in_the_place_is_kept(program: Any) -> None:
    program.out.write_text("mine")
    refused_before_reading(program, 4, "is a file")
    assert program.out.read_text() == "mine"


def test_a_link_in_the_place_is_not_followed(program: Any) -> None:
    target = program.folder.parent / "elsewhere"
    target.mkdir()
    program.out.symlink_to(target)
    refused_before_reading(program, 4, "symbolic link")
    assert list(target.iterdir()) == []


def test_another_folder_in_the_place_is_kept(program: Any) -> None:
    program.out.mkdir()
    (program.out / "thesis.tex").write_text("mine")
    refused_before_reading(program, 2, "is not replaced")
    assert program.left() == ["out"]


def test_an_older_run_is_kept_unless_asked(program: Any) -> None:
    assert program.run(*OLD) == (0, "")
    code, said = program.run(*NEW)
    assert (code, "--overwrite" in said) == (2, True)
    assert (program.out / "run.json").read_bytes() == program.records[OLD]


def test_a_parent_that_may_not_be_written_is_told_before_reading(program: Any) -> None:
    def without_override() -> None:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)  # root may write anywhere otherwise

    program.folder.chmod(0o500)
    try:
        refused_before_reading(program, 4, "Permission denied", preexec_fn=without_override)
    finally:
        program.folder.chmod(0o700)
    assert program.left() == []


@pytest.fixture
def disk(program: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    mount = ["mount", "-t", "tmpfs", "-o", request.param, "tmpfs", str(program.folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk cannot be mounted here; full and read-only disks are tried call by call instead")
    yield
    subprocess.run(["umount", str(program.folder)], check=True)


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("disk", ["size=64k", "size=128k"], indirect=True)
def test_a_full_disk_is_told(program: Any) -> None:
    code, said = program.run(*NEW)
    assert code == 4
    assert "No space left on device" in said
    assert "bytes are free" in said
    assert program.left() == []


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("disk", ["ro"], indirect=True)
def test_a_read_only_disk_is_told_before_reading(program: Any) -> None:
    refused_before_reading(program, 4, "Read-only file system")


# ── the source, and limits ────────────────────────────────────────────────────────────────────────────────────────


def append(path: Path) -> None:
    with path.open("a") as file:
        file.write("9001,50000,50\n")


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def replace(path: Path) -> None:
    other = path.with_name("other.csv")
    other.write_bytes(path.read_bytes())
    other.rename(path)


@pytest.mark.parametrize("change", [append, truncate, replace])
def test_a_source_that_changes_is_not_believed(program: Any, change: Callable[[Path], None]) -> None:
    source = program.folder.parent / "changing.csv"
    shutil.copy(program.source, source)
    command = program.command(*NEW)
    command[command.index(str(program.source))] = str(source)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not list(program.folder.glob(".out.tmp-*/run.json")) and process.poll() is None:
        time.sleep(0.0005)
    process.send_signal(signal.SIGSTOP)
    change(source)
    process.send_signal(signal.SIGCONT)
    code, said = program.finish(process)
    assert (code, "changed while it was being read" in said) == (2, True), said
    assert program.left() == []


def test_a_limit_on_open_files_is_survived_or_told(program: Any) -> None:
    limit = (32, 32)
    code, said = program.run(*NEW, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limit))
    assert code in (0, 3), said
    assert program.torn(older=False) == []
    assert program.left() == (["out"] if code == 0 else [])
