"""At a terminal a line says what runs, fits, and is gone in the end; elsewhere there is none."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

LINE = "\r\x1b[2K"


def at_a_terminal(width: int, folder: Path, *words: str) -> str:
    """Run a verb at a terminal of a width, and return all that it wrote there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    command = [sys.executable, "-m", "coterie", *words]
    environment["TERM"] = "xterm"
    running = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    seen = b""
    while True:
        try:
            data = os.read(ours, 1 << 16)
        except OSError:  # the other end is closed
            break
        if not data:
            break
        seen += data
    os.close(ours)
    assert running.wait() == 0, seen.decode()
    return seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("width", [40, 80])
def test_a_line_says_what_runs_how_far_and_since_when(width: int, tmp_path: Path) -> None:
    seen = at_a_terminal(width, tmp_path, "demo", "--shop", "--customers", "1500", "--effort", "quick")
    *drawn, result = seen.split(LINE)
    lines = [line for line in drawn if line.strip()]
    assert lines
    assert all(len(line) < width for line in lines), "a full line would begin the next"
    assert all(re.search(r"\d s$", line) for line in lines)
    assert {line.split()[0] for line in lines} >= {"decide"}
    counted = [line for line in lines if re.search(r"\d of \d", line)]
    assert width < 60 or any("█" in line for line in counted)
    assert "coterie-demo-shop/report.html" in result
    plain = re.sub(r"\x1b\[[\d;]*m", "", result)
    assert "…" not in plain
    assert all(len(line) <= width or "coterie-demo-shop/" in line for line in plain.splitlines())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["coterie-demo-shop"]


@pytest.mark.parametrize("flag", ["-q", "-v"])
def test_a_quiet_and_a_verbose_verb_draw_no_line(flag: str, tmp_path: Path) -> None:
    assert LINE not in at_a_terminal(80, tmp_path, "demo", "--effort", "quick", flag)


def test_a_check_is_folded_at_a_terminal(tmp_path: Path) -> None:
    rows = "".join(f"c{i},{i % 91 or ''},{i * 7 % 89}\n" for i in range(400))
    (tmp_path / "customers.csv").write_text("id,a long name of a column of money,spend\n" + rows)
    result = at_a_terminal(40, tmp_path, "check", "customers.csv").split(LINE)[-1]
    assert all(len(line) <= 40 for line in result.splitlines())
    assert "they add nothing to any distance" in " ".join(result.split())
