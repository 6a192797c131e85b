"""Whatever call is refused or interrupted while a run is written: what stood there is whole, and alone."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coterie.errors import AccessError, LimitError
from coterie.runs.manifest import verify
from coterie.runs.run_folder import open_run

WriteRun = Callable[[Path, str], None]
Record = Callable[[str, object], None]
CALLS = ["open", "write", "pread", "ftruncate", "fchmod", "fsync", "mkdir", "rename", "rmdir", "unlink", "listdir"]


def before_call(patch: pytest.MonkeyPatch, name: str, nth: int, act: Callable[[], None]) -> list[int]:
    """Act when ``os.name`` is called for the nth time; the list grows by one a call."""
    usual: Callable[..., Any] = getattr(os, name)
    calls: list[int] = []

    def call(*args: Any, **kwargs: Any) -> Any:
        calls.append(nth)
        if len(calls) == nth:
            act()
        return usual(*args, **kwargs)

    patch.setattr(os, name, call)
    return calls


def tell(record: Record, nth: int) -> None:
    """Note that every place before the nth was tried; a half result would have ended the test."""
    record("places", nth - 1)
    record("torn", 0)


def content(parent: Path) -> dict[str, bytes]:
    return {p.relative_to(parent).as_posix(): p.read_bytes() for p in sorted(parent.rglob("*")) if p.is_file()}


@pytest.fixture(params=["no older run", "an older run"])
def older(request: pytest.FixtureRequest, out: Path, write_run: WriteRun) -> dict[str, bytes]:
    if request.param == "an older run":
        write_run(out, "old")
    return content(out.parent)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("name", CALLS)
def test_any_call_may_be_refused(
    name: str,
    code: int,
    out: Path,
    older: dict[str, bytes],
    write_run: WriteRun,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
) -> None:
    def refuse() -> None:
        raise OSError(code, os.strerror(code))

    for nth in range(1, 100):
        failure = None
        with monkeypatch.context() as patch:
            calls = before_call(patch, name, nth, refuse)
            try:
                write_run(out, "new")
            except AccessError as error:
                failure = error
        if failure is None:
            tell(record_property, nth)
            break
        assert str(out) in failure.what
        assert ("bytes are free" in str(failure)) == (code in (errno.ENOSPC, errno.EDQUOT) and "write" in failure.what)
        assert content(out.parent) == older
    assert (out / "run.json").read_text() == "new"
    assert verify(out) == ()
    if len(calls) >= nth:  # only a removal, of the lock or of what was replaced, may fail without a word
        assert older or name in ("rmdir", "unlink")
    write_run(out, "new")
    assert os.listdir(out.parent) == ["out"]


@pytest.fixture
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    """SIGTERM raises, as it does under the command line."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt(number)

    usual = signal.signal(signal.SIGTERM, stop)
    yield request.param
    signal.signal(signal.SIGTERM, usual)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], indirect=True)
@pytest.mark.parametrize("name", CALLS)
def test_an_interruption_may_fall_into_any_call(
    name: str,
    number: int,
    out: Path,
    older: dict[str, bytes],
    write_run: WriteRun,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
) -> None:
    for nth in range(1, 100):
        was_stopped = False
        with monkeypatch.context() as patch:
            calls = before_call(patch, name, nth, lambda: signal.raise_signal(number))
            try:
                write_run(out, "new")
            except KeyboardInterrupt:
                was_stopped = True
        assert was_stopped == (len(calls) >= nth)
        assert os.listdir(out.parent) in ([["out"]] if older else [["out"], []])
        if out.exists():
            assert verify(out) == ()
            assert (out / "run.json").read_text() in ("old", "new")
        if not was_stopped:
            tell(record_property, nth)
            return
    pytest.fail("the call never ran out")


def test_too_many_open_files_is_a_limit(out: Path, write_run: WriteRun, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    for nth in (1, 2, 3, 4):
        with monkeypatch.context() as patch:
            before_call(patch, "open", nth, refuse)
            with pytest.raises(LimitError, match="open"):
                write_run(out, "new")
    assert os.listdir(out.parent) == []


def test_errors_that_are_not_about_the_output_pass_unchanged(out: Path) -> None:
    with pytest.raises(FileNotFoundError, match="elsewhere"), open_run(out):
        raise FileNotFoundError(errno.ENOENT, "elsewhere", "/elsewhere")


def test_errors_of_the_caller_that_are_about_the_output_are_told(out: Path) -> None:
    with pytest.raises(AccessError, match="Cannot write"), open_run(out) as run:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(run.path / "segments.parquet"))
    assert os.listdir(out.parent) == []


def test_a_limit_on_the_size_of_files_is_told(out: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from coterie.runs import open_run\n"
        "with open_run(Path(sys.argv[1])) as run: run.write_bytes('big', bytes(10**6))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, out],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    )
    assert "AccessError: Cannot write" in done.stderr
    assert "File too large" in done.stderr
    assert os.listdir(out.parent) == []
