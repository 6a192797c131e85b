"""The program, killed, interrupted or refused at any place: a whole result or none, the older one or the newer."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coterie import __main__

OLD, NEW = ("-k", "3"), ("-k", "4")
OVER_OLD = (*NEW, "--overwrite")
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
    calls = program.calls(*OVER_OLD)
    spilled = "/coterie-"  # what is moved here from the engine's own folder can also be copied
    needed = [c for c in calls if c[0] in FAULTS and "EEXIST" not in c[2] and spilled not in c[2]]
    places = spread(needed, points // 2)
    torn = []
    for name, nth, text in places:
        start_over(program)
        if older:
            assert program.run(*OLD) == (0, "")
        inject = ["-e", f"trace={name}", "-e", f"inject={name}:error={FAULTS[name]}:when={nth}"]
        code, said = program.run(*OVER_OLD, before=["strace", "-f", "-qq", "-o", os.devnull, *inject])
        wrong = program.torn(older)
        if program.left() != (["out"] if older else []):
            wrong.append("something is left")
        if str(program.out) not in said or (FAULTS[name] == "ENOSPC" and "bytes are free" not in said):
            wrong.append("something is not said")
        if code != 4 or len(said.splitlines()) > 3 or wrong:
            torn.append((name, nth, text, code, said, wrong))
    record_property("places", len(places))
    record_property("torn", len(torn))
    assert torn == []


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_at_any_time(
    program: Any, points: int, number: signal.Signals, expected: int, record_property: Record
) -> None:
    wrong = []
    for i in range(points):  # the first falls into the imports
        start_over(program)
        delay = program.seconds * i / points
        code, said = program.stopped(delay, number, *NEW)
        whole = code in (0, expected) and program.torn(older=False) == [] and program.left() in ([], ["out"])
        if not whole or len(said.split("\n")) > 3 or (code == 0 and program.left() == []):
            wrong.append((delay, code, said, program.left()))
    record_property("places", points)
    record_property("torn", len(wrong))
    assert wrong == []


SLOW_IMPORT = """
import time
from coterie import __main__

def verb(arguments):
    import slow
    time.sleep(10)
    print("not stopped", flush=True)
    return 0

__main__._verb = verb
__main__.main()
"""
SLOW_MODULE = """
import os, signal, time
os.kill(os.getpid(), {number})
time.sleep(0.1)
print("imported", flush=True)
"""


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stop_waits_for_the_module_being_imported(tmp_path: Path, number: signal.Signals, expected: int) -> None:
    (tmp_path / "slow.py").write_text(SLOW_MODULE.format(number=int(number)))
    process = subprocess.run(
        [sys.executable, "-c", SLOW_IMPORT], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )
    assert (process.returncode, process.stdout) == (expected, "imported\n")


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


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_error_that_a_stop_became_is_still_a_stop(
    number: signal.Signals, expected: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def engine(arguments: list[str]) -> int:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(__main__, "_verb", engine)
    assert __main__._run([], [number]) == expected
    assert capsys.readouterr().err in ("Interrupted.\n", "Terminated.\n")


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


# A verb that is stopped in the middle: where what stops it is lost, as in a destructor; and while it clears away.
LOST = """
class Thing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGHUP)
thing = Thing()
del thing
time.sleep(20)
"""
CLEARING = """
try:
    os.kill(os.getpid(), signal.SIGHUP)
    time.sleep(20)
finally:
    for _ in range(200):
        time.sleep(0.001)
    print("cleared")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system hangs up on nobody")
@pytest.mark.parametrize(("verb", "said"), [(LOST, ""), (CLEARING, "cleared\n")])
def test_a_stop_that_is_lost_comes_again_and_disturbs_no_clearing_away(verb: str, said: str) -> None:
    body = "".join(f"    {line}\n" for line in verb.strip().splitlines())
    program = f"import os, signal, time\nfrom coterie import __main__\ndef verb(_):\n{body}    return 0\n"
    program += "__main__._verb = verb\n__main__.main()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (143, said)
    assert ended.stderr.splitlines()[-1] == "Terminated."
