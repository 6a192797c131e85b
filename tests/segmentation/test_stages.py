"""segment(): the stages in order, and what may be asked of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import coterie
from coterie import simulate
from coterie.engines import connect
from coterie.errors import InputError
from coterie.options import Options
from coterie.purchases import Purchases

QUICK: dict[str, Any] = {"k": 3, "effort": "quick", "max_k": 4}


def test_every_stage_is_heard_once_and_in_order() -> None:
    heard: list[tuple[str, str]] = []
    coterie.segment(pd.DataFrame(simulate.tutorial()), progress=lambda *said: heard.append(said), **QUICK)
    assert [stage for stage, _ in heard] == ["read", "check", "decide", "profile"]
    assert heard[0][1] == "300 customers, 3 columns"
    assert heard[1][1] == "2 columns form segments; all customers decide"


def test_a_log_is_heard_of_before_its_customers() -> None:
    heard: list[str] = []
    coterie.segment(purchases_log(), purchases={}, progress=lambda stage, found: heard.append(stage), **QUICK)
    assert list(dict.fromkeys(heard)) == ["purchases", "read", "check", "decide", "profile"]


def purchases_log() -> pd.DataFrame:
    r = np.random.default_rng(0)
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta(r.integers(0, 300, 1_500), "D")
    return pd.DataFrame(
        {"customer": r.integers(0, 200, 1_500), "date": days, "amount": np.round(r.gamma(2, 20, 1_500), 2)}
    )


def test_the_longest_stage_is_heard_from_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(3000, 3)), columns=["a", "b", "c"])
    heard: list[tuple[str, str]] = []
    quiet = coterie.segment(frame, progress=lambda *said: heard.append(said), **QUICK)
    stages = [stage for stage, _ in heard]
    assert stages[-2:] == ["decide", "profile"]
    monkeypatch.setattr("coterie.segmentation.progress.PATIENCE", 0.0)
    heard.clear()
    told = coterie.segment(frame, progress=lambda *said: heard.append(said), **QUICK)
    during = [found.partition(",")[0] for stage, found in heard if stage == "decide"][:-1]
    assert {"groupless tables", "numbers of segments", "resamples"} <= set(during)
    assert told.record == quiet.record


def test_options_by_name_win_over_options() -> None:
    run = coterie.segment(pd.DataFrame(simulate.tutorial()), Options(k=2, effort="quick", max_k=4), k=3)
    assert len(run.segments) == 3
    assert (run.record.options.k, run.record.options.max_k) == (3, 4)


@pytest.mark.parametrize(
    "wrong",
    [{"kk": 3}, {"purchases": {"amuont": "x"}}, {"rfm": {"rfm_cut": "closed"}}],
)
def test_an_unknown_option_is_refused_with_a_suggestion(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"Unknown option '(kk|amuont|rfm_cut)'"):
        coterie.segment(pd.DataFrame(simulate.tutorial()), **wrong)


def test_purchases_may_be_given_as_options_or_by_name() -> None:
    first = coterie.segment(purchases_log(), purchases={"amount": "amount"}, **QUICK)
    second = coterie.segment(purchases_log(), purchases=Purchases(amount="amount"), engine=connect(threads=1), **QUICK)
    assert first.record == second.record
    assert first.record.sample.purchases is not None


def test_a_log_that_is_refused_was_never_said_to_be_read_as_customers() -> None:
    heard: list[tuple[str, str]] = []
    with pytest.raises(InputError, match="look like purchases"):
        coterie.segment(purchases_log(), progress=lambda *said: heard.append(said), **QUICK)
    assert heard == []
