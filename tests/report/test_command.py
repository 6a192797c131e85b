"""The command that makes a result again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coterie.options import Options
from coterie.record import PurchaseFacts, clean
from coterie.report.command import write_command
from records import simulated, with_part


def test_the_command_repeats_the_run_without_any_path() -> None:
    named = ("Annual Income (k$)", "it's")
    options = Options("customer_id", named, ("age", "member"), "revenue", k=5, max_k=8, min_share=0.05)
    record = clean(replace(simulated()[0], options=options))
    assert write_command(record).replace(" \\\n ", "") == (
        "coterie segment SOURCE --id customer_id --value revenue --features 'Annual Income (k$),it'\\''s' "
        "--describe age,member -k 5 --max-k 8 --min-share 0.05 --seed 0"
    )


def test_of_purchases_it_has_the_columns_that_were_named_and_the_day() -> None:
    columns = {"customer": "who", "date": "Day bought", "amount": "total", "order": None}
    bought = PurchaseFacts(
        columns, ("amount",), 9, 9, 5, 80.0, "2026-01-01", "2026-01-30", "2026-01-31", "together", True, None, ""
    )
    record = with_part(simulated()[0], "sample", purchases=bought)
    assert write_command(clean(record)).replace(" \\\n ", "") == (
        "coterie segment SOURCE --transactions --customer who --date 'Day bought' --net --same-day together "
        "--as-of 2026-01-31 --value revenue --describe age,member -k auto --seed 0"
    )


@pytest.mark.parametrize(("effort", "said"), [("quick", " --effort quick"), ("normal", "")])
def test_what_is_usual_is_not_said(effort: str, said: str) -> None:
    record, _ = simulated()
    command = write_command(clean(replace(record, options=replace(record.options, effort=effort))))
    assert command.replace(" \\\n ", "").endswith(f"-k auto{said} --seed 0")
