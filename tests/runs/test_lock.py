"""One run at a time writes into a folder, and what a dead run leaves is nobody's for long."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from coterie.errors import AccessError, BusyError, InputError
from coterie.runs.lock import undisturbed
from coterie.runs.manifest import verify
from coterie.runs.run_folder import open_run


def write_run(out: Path, text: str = "{}", *, overwrite: bool = False) -> None:
    with open_run(out, overwrite=overwrite) as run:
        run.write_text("run.json", text)
        run.commit({})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_a_second_run_is_told_who_is_writing(out: Path) -> None:
    with open_run(out) as run:
        with pytest.raises(BusyError, match=f"process {os.getpid()} on {os.uname().nodename}") as caught, open_run(out):
            pytest.fail("the block must not be entered")
        assert "out.lock" in caught.value.do
        run.write_text("run.json", "{}")
        run.commit({})
    assert verify(out) == ()
    assert os.listdir(out.parent) == ["out"]


def test_runs_into_other_folders_go_on(tmp_path: Path) -> None:
    with open_run(tmp_path / "a") as run:
        write_run(tmp_path / "b")
        write_run(tmp_path / "a.tmp")
        run.commit({})
    assert sorted(os.listdir(tmp_path)) == ["a", "a.tmp", "b"]


@pytest.mark.parametrize("threads", [8])
def test_of_many_at_once_each_wins_or_is_told(out: Path, threads: int) -> None:
    outcomes: list[str] = []

    def attempt(number: int) -> None:
        try:
            write_run(out, f"{number}", overwrite=True)
            outcomes.append("done")
        except BusyError:
            outcomes.append("busy")

    crowd = [threading.Thread(target=attempt, args=(n,)) for n in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert set(outcomes) <= {"done", "busy"}
    assert "done" in outcomes
    assert len(outcomes) == threads
    assert verify(out) == ()
    assert os.listdir(out.parent) == ["out"]


def boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


@pytest.mark.parametrize(
    "left",
    [
        "",
        json.dumps({"pid": 1, "host": "elsewhere", "boot": "BOOT"}),  # another container of this machine
        json.dumps({"pid": 1, "host": "HOST", "boot": "an earlier start"}),
    ],
)
def test_the_lock_of_a_dead_run_is_taken_over(out: Path, left: str) -> None:
    lock = out.with_name("out.lock")
    lock.write_text(left.replace("BOOT", boot()).replace("HOST", os.uname().nodename))
    write_run(out)
    assert os.listdir(out.parent) == ["out"]


def test_the_lock_of_another_machine_is_respected(out: Path) -> None:
    out.with_name("out.lock").write_text(json.dumps({"pid": 7, "host": "db3", "boot": "another"}))
    with pytest.raises(BusyError, match="process 7 on db3") as caught:
        write_run(out)
    assert "delete" in caught.value.do
    assert os.listdir(out.parent) == ["out.lock"]


@pytest.mark.parametrize("text", ["[[package]]\nname = 'poetry'\n", "[" * 4000, "{}x", "[1]", '{"pid": 1}'])
def test_a_lock_file_of_another_program_is_not_touched(out: Path, text: str) -> None:
    lock = out.with_name("out.lock")
    lock.write_text(text)
    with pytest.raises(AccessError, match="coterie did not write"):
        write_run(out)
    assert lock.read_text() == text


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path, out: Path) -> None:
    (tmp_path / "mine").write_text("")
    out.with_name("out.lock").symlink_to(tmp_path / "mine")
    with pytest.raises(AccessError, match="Cannot write"):
        write_run(out)
    assert (tmp_path / "mine").read_text() == ""


def test_the_next_run_removes_what_a_dead_one_left(out: Path) -> None:
    for left in (".out.tmp-01234567", ".out.tmp-89abcdef"):
        (out.with_name(left) / "charts").mkdir(parents=True)
        (out.with_name(left) / "run.json").write_text("{")
    kept = [".out.tmp-0123456", ".out.tmp-0123456z", ".out2.tmp-01234567", "out.tmp-01234567", ".outXtmp-01234567"]
    for name in kept:
        out.with_name(name).mkdir()
    write_run(out)
    assert sorted(os.listdir(out.parent)) == sorted([*kept, "out"])


def test_a_link_named_like_a_leftover_is_not_followed(tmp_path: Path, out: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_text("x")
    out.with_name(".out.tmp-01234567").symlink_to(tmp_path / "mine")
    write_run(out)
    assert (tmp_path / "mine" / "x").exists()


def test_a_run_killed_between_two_renames_is_put_right(out: Path) -> None:
    write_run(out, "old")
    out.rename(out.with_name(".out.old-01234567"))
    out.with_name(".out.tmp-01234567").mkdir()
    with pytest.raises(InputError, match="exists and is not empty"):
        write_run(out, "new")
    assert (out / "run.json").read_text() == "old"
    assert os.listdir(out.parent) == ["out"]


def test_a_run_killed_after_two_renames_is_put_right(out: Path) -> None:
    write_run(out.with_name(".out.old-01234567"), "old")
    out.mkdir()
    write_run(out, "new")
    assert os.listdir(out.parent) == ["out"]
    assert (out / "run.json").read_text() == "new"


def test_half_a_signature_is_not_left(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = os.write
    monkeypatch.setattr(os, "write", lambda file, data: usual(file, data[:5]))
    with pytest.raises(AccessError, match="No space left on device"):
        write_run(out)
    assert os.listdir(out.parent) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM])
def test_a_stop_is_held_back_until_a_lock_is_known(number: signal.Signals) -> None:
    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    usual, known = signal.signal(number, stop), []
    try:
        with pytest.raises(KeyboardInterrupt), undisturbed():
            known.append(signal.raise_signal(number))
    finally:
        signal.signal(number, usual)
    assert known == [None]  # the block went on
