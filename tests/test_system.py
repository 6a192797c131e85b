"""Importing coterie and working in memory need no POSIX: shown with all of it hidden, as on Windows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coterie import system

HIDDEN = """
import ctypes, os, signal, sys
import click, duckdb, jinja2, narwhals.stable.v2, numpy, sqlglot  # others look for their system themselves
for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty"):
    sys.modules[name] = None
for name in dir(signal):
    if name in ("SIGHUP", "SIGALRM", "SIGKILL", "SIGQUIT", "SIGUSR1", "SIGPIPE", "setitimer", "ITIMER_REAL"):
        delattr(signal, name)
for name in (
    "O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_DIRECTORY", "uname", "sysconf", "pread", "pwrite", "fchmod", "getuid",
    "geteuid", "fork", "sched_getaffinity", "mkfifo", "statvfs", "killpg", "getpgid", "posix_fadvise",
):
    delattr(os, name)
import coterie, coterie.simulate
run = coterie.segment(coterie.simulate.tutorial(), k=4)
assert len(run.assignments()["segment"]) == 300
assert run.assign(coterie.simulate.tutorial())["segment"].tolist() == run.assignments()["segment"].tolist()
assert run.report().startswith("<!")
assert coterie.check(coterie.simulate.tutorial()).rows == 300
assert coterie.segment(sys.argv[1], k=2).record.sample.rows == 300
purchases = {"customer": ["a", "b", "a"], "date": ["2026-01-01", "2026-01-02", "2026-01-05"], "amount": [1.0, 2.0, 3.0]}
assert coterie.customers(purchases)["frequency"].tolist() == [2, 1]
import coterie.cli, coterie.__main__
"""


def test_nothing_in_memory_needs_posix(tutorial_csv: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HIDDEN, str(tutorial_csv)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_lock_is_held_by_one_open_file(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    first, second = os.open(path, os.O_RDWR), os.open(path, os.O_RDWR)
    assert system.take_lock(first)
    with pytest.raises(BlockingIOError):
        system.take_lock(second)
    os.close(first)
    system.take_lock(second)
    os.close(second)


def test_windows_locks_a_byte_beyond_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others must be able to read who holds the lock: Windows keeps them from bytes that are locked."""
    places = []

    class Windows:
        LK_NBLCK = 2

        @staticmethod
        def locking(descriptor: int, mode: int, size: int) -> None:
            places.append((os.lseek(descriptor, 0, os.SEEK_CUR), mode, size))
            if len(places) > 1:
                raise OSError(36, "Resource deadlock avoided")

    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", Windows)
    (tmp_path / "lock").write_text("who")
    descriptor = os.open(tmp_path / "lock", os.O_RDWR)
    system.take_lock(descriptor)
    assert system.read_start(descriptor, 10) == b"who"
    with pytest.raises(BlockingIOError):
        system.take_lock(descriptor)
    os.close(descriptor)
    assert places == [(1 << 30, 2, 1)] * 2


def test_the_machine_says_how_much_memory_it_has_or_the_usual_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert system.count_memory() > 100_000_000
    monkeypatch.delattr(os, "sysconf")
    assert system.count_memory() == system.USUAL_MEMORY


def test_where_no_folder_can_be_opened_nothing_is_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system.flush_folder(tmp_path)
    monkeypatch.setattr(system, "FOLDER", None)
    system.flush_folder(tmp_path / "missing")


def test_folders_are_swapped_in_one_step_where_the_system_can(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "who").write_text(name)
    if system.swap_at_once(tmp_path / "one", tmp_path / "other"):
        assert (tmp_path / "one" / "who").read_text() == "other"
