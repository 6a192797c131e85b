"""The program beside others, in places it may not write, on full disks and with a source that changes."""

from __future__ import annotations

import ctypes
import gzip
import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

OLD, NEW = ("-k", "3"), ("-k", "4")
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1


def test_the_second_run_into_a_folder_is_told_who_is_first(program: Any) -> None:
    first = program.paused(*NEW)
    started = time.perf_counter()
    code, said = program.run(*NEW)
    seconds = time.perf_counter() - started
    usual = program.run(*NEW, "--out", str(program.folder / "other"))  # on a machine as busy as it is now
    wanted = time.perf_counter() - started - seconds
    shutil.rmtree(program.folder / "other")
    first.send_signal(signal.SIGCONT)
    assert code == 5
    assert f"process {first.pid} on {os.uname().nodename}" in said
    assert len(said.splitlines()) <= 3
    assert usual == (0, "")
    assert seconds < 1 + wanted
    assert program.finish(first) == (0, "")
    assert (program.left(), program.torn(older=False)) == (["out"], [])


def test_many_runs_into_many_folders_are_as_good_as_one(program: Any) -> None:
    outs = [program.folder / f"out{i}" for i in range(4)]
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


def nonsense(program: Any) -> Path:
    """Return a source that no reader accepts, so that an error about the place shows what was looked at first."""
    path = program.folder.parent / "nonsense.csv"
    path.write_bytes(bytes(range(256)))
    return path


def refused_before_reading(program: Any, expected: int, words: str, **how: Any) -> None:
    code, said = replace(program, source=nonsense(program)).run("--overwrite", **how)
    assert (code, words in said) == (expected, True), said
    assert len(said.splitlines()) <= 3


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
    rows = path.read_text().splitlines(keepends=True)
    path.write_text("".join(rows[: len(rows) // 2]))


def exchange(path: Path) -> None:
    other = path.with_name("other.csv")
    other.write_bytes(path.read_bytes())
    other.rename(path)


@pytest.mark.parametrize("change", [append, truncate, exchange])
def test_a_source_that_changes_is_not_believed(program: Any, change: Callable[[Path], None]) -> None:
    source = program.folder.parent / "changing.csv"
    shutil.copy(program.source, source)
    process = replace(program, source=source).paused(*NEW)
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


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("disk", ["size=64k", "size=1m"], indirect=True)
@pytest.mark.parametrize("ending", [".csv.gz", ".json", ".csv", ".duckdb"])
def test_a_full_temporary_disk_is_a_limit_and_names_the_option(program: Any, ending: str) -> None:
    source = program.folder.parent / f"large{ending}"
    rows = [(f"c{i:06}", i * 37 % 1000, f"{i * 53 % 9973:050}") for i in range(60_000)]
    if ending == ".json":
        source.write_text(json.dumps([{"id": a, "spend": b, "code": c} for a, b, c in rows]))
    elif ending == ".duckdb":
        with duckdb.connect(str(source)) as made:
            made.execute("CREATE TABLE t AS SELECT md5(i::VARCHAR) AS id, random() AS v FROM range(200000) r(i)")
    else:
        text = "id,spend,code\n" + "".join(f"{a};{b};{c}\n" for a, b, c in rows).replace(";", ",")
        text = text if ending == ".csv.gz" else text.replace("\n", "\r")
        source.write_bytes(gzip.compress(text.encode()) if ending == ".csv.gz" else text.encode())
    out = program.folder.parent / "out"
    temporary = ("--temp-dir", str(program.folder), "--out", str(out))
    code, said = replace(program, source=source).run(*NEW, *temporary)
    assert (code, "--temp-dir" in said, "is full" in said) == (3, True, True), said
    assert not out.exists()
    assert program.left() == []
