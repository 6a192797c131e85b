"""Why a customer is in his segment, as text and as a part of a page."""

from __future__ import annotations

from coterie.report.why import Why
from coterie.scoring import Change, Part, Reasons, Step
from records import simulated

PARTS = (
    Part("spending_score", 0.5, 82.0, True),
    Part("member", 0.0, None, False),
    Part("annual_income", -0.125, 88.25, True),
)
CHANGE = Change((Step("spending_score", 82.0, 55.0),))


def why(change: Change | None = CHANGE) -> Why:
    record, _ = simulated()
    return Why.of(record, Reasons(2, 1, 0.5, (0.25 + 0.375) ** 0.5, PARTS, change))


def test_the_text_has_a_line_a_column_what_is_missing_and_the_change() -> None:
    first, spending, income, missing, change = str(why()).splitlines()
    assert first.startswith("B High income, high spending, next A ")
    assert spending.split()[:5] == ["spending", "score", "82", "B", "██████████"]
    assert income.split()[:4] == ["income", "88.25", "A", "██▌"]
    assert missing == "  missing, so without a say: member"
    assert change.startswith("Change: spending score 55 instead of 82, all else as it is, leads to A ")


def test_where_no_change_leads_is_said() -> None:
    assert str(why(None)).splitlines()[-1] == "Change: nothing within the range seen leads there."


def test_a_notebook_shows_the_text_around_the_picture() -> None:
    shown = why()._repr_html_()
    assert shown.startswith("<p>B High income")
    assert "<svg" in shown
    assert "Change: spending score 55" in shown
