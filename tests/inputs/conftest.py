"""The generated corpus of broken and hostile inputs, made once for all workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from inputs.runner import Runner

GENERATOR = Path(__file__).parents[3] / "shared" / "badinputs" / "make_bad_inputs.py"
PATIENCE = 900
PATIENT = {"csv/wide_5000_cols.csv": 40}  # seconds of processors: half of them where nothing else runs


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of generated inputs with its manifest.json."""
    if not GENERATOR.is_file():
        pytest.skip("the generator of broken inputs is not at hand")
    shared = tmp_path_factory.getbasetemp()
    folder = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / "bad-inputs"
    folder.parent.chmod(0o755)
    try:
        folder.with_suffix(".making").mkdir()
    except FileExistsError:
        deadline = time.monotonic() + PATIENCE
        while not folder.with_suffix(".made").exists():
            assert time.monotonic() < deadline, "another worker did not finish the corpus"
            time.sleep(0.2)
        return folder
    subprocess.run([sys.executable, str(GENERATOR), str(folder)], check=True, capture_output=True)
    folder.with_suffix(".made").mkdir()
    return folder


@pytest.fixture(scope="session")
def manifest(corpus: Path) -> list[dict[str, Any]]:
    """The cases of the corpus; ``next`` says how one is to end instead of ``expected``."""
    cases = json.loads((corpus / "manifest.json").read_text())["items"]
    for case in cases:
        if case["file"] in PATIENT:
            case["max_s"] = PATIENT[case["file"]]
        case["expected"] = case.get("next", case["expected"])
    return cases


@pytest.fixture
def runner(corpus: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Runner:
    """A runner with a scratch folder of its own."""
    tmp_path.chmod(0o755)
    return Runner(corpus, tmp_path, capfd)
