"""The kernel reads and writes only what is its own, and its threads never at the same time: the sanitizers say so."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CLUSTER = HERE.parents[1] / "src" / "coterie" / "cluster"
FLAGS = ["-std=c++17", "-O1", "-g1", "-ffp-contract=off", f"-I{CLUSTER}"]
TARGETS = {
    "plain": ["-DCOTERIE_CHOOSES"],
    "avx2": ["-mavx2", "-mfma"],
    "avx512": ["-mavx512f", "-mavx512vl", "-mavx512dq", "-mfma", "-w"],
}


@pytest.mark.parametrize("sanitizer", ["thread", "address,undefined"])
def test_batches_of_fits_pass_the_sanitizers(sanitizer, tmp_path):
    compiler = shutil.which("g++")
    if compiler is None:
        assert not os.environ.get("CI")
        pytest.skip("no g++ here")
    flags = [*FLAGS, f"-fsanitize={sanitizer}", "-fno-sanitize-recover=all"]
    x86 = platform.machine() in ("x86_64", "AMD64") and sanitizer != "thread"  # threads are the same for all targets
    targets = TARGETS if x86 else {"plain": TARGETS["plain"]}
    made = []
    for target, own in targets.items():
        made.append(tmp_path / f"{target}.o")
        chosen = ["-DCOTERIE_X86"] if x86 else []
        command = [compiler, *flags, *own, *chosen, f"-DCOTERIE_TARGET={target}", "-c", CLUSTER / "passes.cpp"]
        subprocess.run([*command, "-o", made[-1]], check=True)
    program = tmp_path / "batches"
    subprocess.run([compiler, *flags, HERE / "batches.cpp", *made, "-o", program, "-pthread"], check=True)
    ran = subprocess.run([program], check=False, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[:4000]
    assert ran.stdout == "done\n"
