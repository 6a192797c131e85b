"""Mutated inputs by the thousand: whatever happens to a file ends in as many rows as it has, or in a message.

Usage, with tests/ on the path: python -m inputs.fuzz [--count N] [--seed FIRST] [--jobs J] [--corpus DIR] [--out FILE].
Every input is checked in a forked worker; one that computes or waits too long is killed and counts as a hang, one that
dies as a signal.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import multiprocessing
import os
import platform
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from coterie import errors, options
from coterie.engines import Reading, connect
from coterie.segmentation import checking, stages
from inputs.counting import HEADER, counted
from inputs.frames import frame_of
from inputs.mutation import SECRET, Input, made, seeds

MODES = ("error", "skip", "repair")
FRAMES = 10  # every tenth input is a frame
SEGMENTED = 50  # every fiftieth input is segmented, not only checked
SECONDS = 20  # of processor, which a busy machine does not use up
WAITED = 300.0  # seconds of the clock, for what waits and never computes
FAILURES = ("traceback", "hang", "signal", "wrong count", "value shown", "long message")


@dataclass(frozen=True)
class Outcome:
    """How an input ended: ``ok``, ``refused`` or a failure; what it was; whether the rows were confirmed."""

    ended: str
    what: str = ""
    confirmed: bool = False


def outcome(seed: int, files: list[Path], folder: Path) -> Outcome:
    """Return how the mutated input of a seed ends."""
    if seed % FRAMES == 3:
        return _outcome_of_frame(seed, folder)
    source = made(seed, files)
    path = folder / f"m{source.suffix}"
    path.write_bytes(source.data)
    encoding = source.written.encoding if source.written and source.written.encoding in ("latin-1", "cp1252") else None
    reading = Reading(on_bad_rows=MODES[seed % 3], encoding=encoding)
    engine = connect(threads=1, temp_dir=folder)
    try:
        if seed % SEGMENTED == 0:
            stages.segment(path, options.Options(k=2, effort="quick"), reading=reading, engine=engine)
            return Outcome("ok")
        seen = checking.check(path, options.Options(), reading=reading, engine=engine)
    except errors.CoterieError as error:
        return _refusal(source, error)
    except Exception as bug:
        return Outcome("traceback", f"{type(bug).__name__}: {bug}"[:300])
    finally:
        engine.close()
    return _result(source, path, seen)


def _outcome_of_frame(seed: int, folder: Path) -> Outcome:
    frame, rows, named = frame_of(seed)
    chosen = options.Options(id=named)
    engine = connect(threads=1, temp_dir=folder)
    source = Input("frame", "", b"", rows=rows)
    try:
        seen = checking.check(frame, chosen, reading=Reading(on_bad_rows=MODES[seed % 3]), engine=engine)
    except errors.CoterieError as error:
        return _refusal(source, error)
    except Exception as bug:
        return Outcome("traceback", f"{type(bug).__name__}: {bug}"[:300])
    finally:
        engine.close()
    return _result(source, folder, seen)


def _refusal(source: Input, error: errors.CoterieError) -> Outcome:
    lines = str(error).splitlines()
    if isinstance(error, errors.EngineError) or error.exit_code not in (2, 3, 4):
        return Outcome("traceback", f"{type(error).__name__}: {error}"[:300])
    if not 1 <= len(lines) <= 3:
        return Outcome("long message", str(error)[:300])
    if source.header and source.data.startswith(source.header) and SECRET in str(error):
        return Outcome("value shown", str(error)[:300])
    return Outcome("refused", type(error).__name__)


def _result(source: Input, path: Path, seen: checking.Checked) -> Outcome:
    expected = counted(source, path)
    if expected is None:
        return Outcome("ok")
    above = sum(f.count for f in seen.findings if f.code == "COT003") + 1 if source.suffix in HEADER else 0
    found = seen.rows + seen.left_out + above
    if found != expected:
        return Outcome("wrong count", f"{found} rows, not {expected} (header and lines above it included)")
    return Outcome("ok", confirmed=True)


# ── workers ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    seed: int = -1
    age: float = 0.0  # seconds that the input has taken


def _serve(pipe: Connection, files: list[Path]) -> None:
    """Answer seeds with outcomes until there are no more."""
    faulthandler.register(signal.SIGXCPU, file=sys.stderr.fileno(), chain=True)  # says where, and then ends
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - a worker's for as long as it lives
    with tempfile.TemporaryDirectory(prefix="coterie-fuzz-") as folder:
        while (seed := pipe.recv()) is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (int(_used()) + SECONDS, resource.RLIM_INFINITY))
            pipe.send(outcome(seed, files, Path(folder)))
    pipe.send(_used())


def _used() -> float:
    """Return the seconds of processor that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _started(files: list[Path]) -> _Worker:
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(theirs, files), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def run(first: int, count: int, jobs: int, files: list[Path]) -> dict[str, Any]:
    """Return what became of the inputs of the seeds from ``first`` on: counts, and every failure."""
    started, todo = time.monotonic(), iter(range(first, first + count))
    counts: Counter[str] = Counter()
    failures: list[dict[str, Any]] = []
    workers = [_started(files) for _ in range(jobs)]
    busy = [w for w in workers if _next(w, todo)]
    seen = time.monotonic()
    while busy:
        wait([w.pipe for w in busy] + [w.process.sentinel for w in busy], timeout=1.0)
        # A machine that was put to sleep, workers and all, makes no hang.
        passed, seen = min(time.monotonic() - seen, 2.0), time.monotonic()
        for worker in list(busy):
            worker.age += passed
            ended = _ended(worker)
            if ended is None:
                continue
            counts[ended.ended] += 1
            counts["confirmed"] += ended.confirmed
            if ended.ended in FAILURES:
                name = "frame" if worker.seed % FRAMES == 3 else made(worker.seed, files).name
                failures.append({"seed": worker.seed, "input": name, "ended": ended.ended, "what": ended.what})
                print(failures[-1], file=sys.stderr, flush=True)
            if ended.ended in ("hang", "signal"):
                busy.remove(worker)
                workers.remove(worker)
                worker = _started(files)  # noqa: PLW2901 - in the place of the one that is gone
                workers.append(worker)
                busy.append(worker)
            if not _next(worker, todo):
                busy.remove(worker)
    used = sum(_closed(w) for w in workers)
    seconds = round(time.monotonic() - started, 1)
    named = {name: counts[name] for name in ("ok", "confirmed", "refused", *FAILURES)}
    return {"inputs": count, "first_seed": first, **named, "seconds": seconds, "cpu_seconds": round(used, 1),
            "failures": failures}  # fmt: skip


def _next(worker: _Worker, todo: Any) -> bool:
    """Give a worker its next seed, and say whether there was one."""
    seed = next(todo, None)
    if seed is None:
        return False
    worker.seed, worker.age = seed, 0.0
    worker.pipe.send(seed)
    return True


def _ended(worker: _Worker) -> Outcome | None:
    """Return what a worker has to say, None while it works."""
    try:
        if worker.pipe.poll():
            answer: Outcome = worker.pipe.recv()
            return answer
    except (EOFError, OSError):
        pass
    if not worker.process.is_alive():
        worker.process.join()
        if worker.process.exitcode == -signal.SIGXCPU:
            return Outcome("hang", f"more than {SECONDS} s of processor")
        return Outcome("signal", f"exit code {worker.process.exitcode}")
    if worker.age > WAITED:
        worker.process.kill()
        worker.process.join()
        return Outcome("hang", f"longer than {WAITED:.0f} s")
    return None


def _closed(worker: _Worker) -> float:
    """End a worker; the seconds of processor that it used."""
    worker.pipe.send(None)
    used = float(worker.pipe.recv())
    worker.process.join()
    return used


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--corpus", type=Path, help="a folder of inputs to mutate besides our own tables")
    parser.add_argument("--out", type=Path, help="JSON file for the result")
    given = parser.parse_args()
    files = seeds(given.corpus) if given.corpus else []
    result = run(given.seed, given.count, given.jobs, files)
    result |= {"files_mutated": len(files), "python": platform.python_version()}
    text = json.dumps(result, indent=1)
    print(text)
    if given.out:
        given.out.write_text(text + "\n")
    return 1 if result["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
