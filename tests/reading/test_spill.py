"""A spill folder is private, goes with its run, and what a killed run left goes with the next one."""

from __future__ import annotations

import gc
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from coterie import errors, system
from coterie.reading import spill
from coterie.reading.spill import Spill, remove_dead

HOLD = """
import sys
from pathlib import Path
from coterie.reading.spill import Spill
held = Spill(Path(sys.argv[1]))
(held.path / "swap").mkdir()
(held.path / "swap" / "block").write_text("SECRET")
(held.path / "unpacked.csv").write_text("SECRET")
print(held.path, flush=True)
sys.stdin.read()
"""


def holder(place: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that holds a spill folder."""
    command = [sys.executable, "-c", HOLD, str(place)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_spill_folder_is_private_and_must_be_writable(tmp_path: Path) -> None:
    assert stat.S_IMODE(Spill(tmp_path).path.stat().st_mode) == 0o700
    with pytest.raises(errors.AccessError, match="nowhere"):
        Spill(tmp_path / "nowhere")


def test_a_spill_folder_goes_when_it_is_closed_or_forgotten(tmp_path: Path) -> None:
    closed, forgotten = Spill(tmp_path), Spill(tmp_path)
    (closed.path / "unpacked.csv").write_text("x")
    assert len(os.listdir(tmp_path)) == 2
    closed.close()
    del forgotten
    gc.collect()
    assert os.listdir(tmp_path) == []


def test_what_a_killed_run_left_goes_and_what_a_live_one_holds_stays(tmp_path: Path) -> None:
    (killed, dead), (alive, live) = holder(tmp_path), holder(tmp_path)
    killed.kill()
    killed.communicate()
    own = Spill(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([live, own.path])
    assert (live / "swap" / "block").read_text() == "SECRET"
    alive.communicate("")
    assert not live.exists()
    assert not dead.exists()


def test_a_kill_while_it_is_removed_leaves_it_to_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process, dead = holder(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.communicate()

    def killed(path: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(spill.os, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            remove_dead(tmp_path)
    assert (dead / spill.MARK).exists()
    remove_dead(tmp_path)
    assert not dead.exists()


def test_what_is_no_spill_folder_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "coterie-segments").mkdir()
    (tmp_path / "coterie-abcdefgh").mkdir()
    (tmp_path / "coterie-abcdefgh" / "mine.csv").write_text("mine")
    os.utime(tmp_path / "coterie-abcdefgh", (0, 0))
    (tmp_path / "coterie-just_now").mkdir()
    (tmp_path / "coterie-elsewher").symlink_to(tmp_path / "coterie-segments")
    process, theirs = holder(tmp_path)
    process.kill()
    process.communicate()
    (theirs / spill.MARK).write_text("another-machine")
    before = sorted(tmp_path.rglob("*"))
    remove_dead(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_run_that_was_killed_before_it_wrote_anything_leaves_nothing_either(tmp_path: Path) -> None:
    (tmp_path / "coterie-abcdefgh").mkdir()
    os.utime(tmp_path / "coterie-abcdefgh", (0, 0))
    remove_dead(tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_run_that_was_killed_before_it_wrote_where_it_is_leaves_nothing_either(tmp_path: Path) -> None:
    (tmp_path / "coterie-abcdefgh").mkdir()
    (tmp_path / "coterie-abcdefgh" / spill.MARK).touch()
    remove_dead(tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_another_run_took_for_dead_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual, taken = system.take_lock, []

    def contested(lock: int) -> bool:
        if not taken:
            taken.append(lock)
            raise BlockingIOError
        return usual(lock)

    monkeypatch.setattr(system, "take_lock", contested)
    assert Spill(tmp_path).path.exists()
    assert len(os.listdir(tmp_path)) == 1
