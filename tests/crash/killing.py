"""The real program as a process in a folder, which can be killed at any time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a verb, with its temporary folder beside the folder that it works in."""
    # what steers the tests is no option of the program's
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COTERIE_")}
    environment = {**ours, "TMPDIR": str(folder.parent)}
    command = [sys.executable, "-m", "coterie", *words]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end; return the exit code."""
    process.communicate(timeout=300)
    return process.returncode


def timed(folder: Path, *words: str) -> float:
    """Run a verb, which must end well; return the seconds that it took."""
    started = time.perf_counter()
    assert ended(start(folder, *words)) == 0
    return time.perf_counter() - started


def kill_after(seconds: float, folder: Path, *words: str) -> None:
    """Start a verb and kill it so many seconds later."""
    process = start(folder, *words)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    ended(process)
