"""Every generated input of these categories ends as the manifest says."""

from __future__ import annotations

from typing import Any

import pytest

from inputs.runner import Runner


@pytest.mark.parametrize("category", ["values", "ids", "injection", "names"])
def test_every_case_ends_as_the_manifest_says(category: str, manifest: list[dict[str, Any]], runner: Runner) -> None:
    cases = [case for case in manifest if case["category"] == category]
    assert cases
    problems = [problem for case in cases for problem in runner.problems(case)]
    assert not problems, "\n".join([f"{len(problems)} problems in {len(cases)} cases", *problems])
