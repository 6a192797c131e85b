"""A run killed before any one of its calls leaves what stood there whole, and the next run clears the rest away."""

from __future__ import annotations

import gc
import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coterie import system
from coterie.runs.manifest import verify

WriteRun = Callable[[Path, str], None]
CALLS = ["open", "write", "pread", "ftruncate", "fchmod", "fsync", "mkdir", "chmod", "rename", "rmdir", "unlink"]


def killed_at(nth: int, work: Callable[[], None]) -> bool:
    """Do the work in a child that dies before its nth call of the system, and return whether it died."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads: the child only writes files
        child = os.fork()
    if child == 0:
        gc.disable()  # what other tests left holds threads that this process does not have
        calls = 0

        def counted(usual: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                nonlocal calls
                calls += 1
                if calls == nth:
                    os.kill(os.getpid(), signal.SIGKILL)
                return usual(*args, **kwargs)

            return call

        for name in CALLS:
            setattr(os, name, counted(getattr(os, name)))
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def torn(out: Path, older: bool) -> list[str]:
    """Return what is wrong beside and inside OUT after a kill."""
    wrong = [name for name in os.listdir(out.parent) if not name.startswith((".out.tmp-", ".out.old-", "out"))]
    if out.exists():
        wrong += [problem.file for problem in verify(out)]
        text = (out / "run.json").read_text()
        wrong += [] if text == "new" or (older and text == "old") else [text]
    return wrong


@pytest.mark.parametrize("exchange", ["at once", "by two renames"])
@pytest.mark.parametrize("older", [False, True])
def test_a_run_may_be_killed_before_any_call(
    exchange: str,
    older: bool,
    out: Path,
    write_run: WriteRun,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    if exchange == "by two renames":
        if not older:
            pytest.skip("nothing is exchanged where no older run stands")
        monkeypatch.setattr(system, "swap_at_once", lambda one, other: False)
    tried = damage = absent = 0
    for nth in range(1, 500):
        if older:
            write_run(out, "old")
        if not killed_at(nth, lambda: write_run(out, "new")):
            break
        tried += 1
        damage += bool(torn(out, older))
        absent += older and not out.exists()
        write_run(out, "next")
        assert (out / "run.json").read_text() == "next"
        assert verify(out) == ()
        assert os.listdir(out.parent) == ["out"]
        if not older:
            for file in sorted(out.rglob("*"), reverse=True):
                file.rmdir() if file.is_dir() else file.unlink()
            out.rmdir()
    record_property("places", tried)
    record_property("torn", damage)
    assert damage == 0
    assert tried >= 30
    assert absent <= (exchange == "by two renames")
