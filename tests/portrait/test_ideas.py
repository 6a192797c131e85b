"""An idea to test follows from a segment's facts, and no two segments get the same one where another fits."""

from __future__ import annotations

from coterie.portrait.ideas import choose_ideas
from coterie.portrait.naming import Marker
from coterie.segmentation import Segmentation


def fact(column: str, word: str, effect: float) -> Marker:
    numbers = (1.0, 0.5, 1.5, 2.0, 1.0, 2.0, -0.5)
    return Marker(column, column, word, *numbers, effect, 0.9 if effect > 0 else 0.1, f"{column} {word}")


def test_each_segment_gets_the_idea_that_its_facts_call_for(tutorial: Segmentation) -> None:
    by_name = {s.name: s.idea or "" for s in tutorial.segments}
    assert by_name["High income, high spending"].startswith("Protect")
    assert by_name["High income, low spending"].startswith("Learn why")
    assert len(set(by_name.values())) == 4
    assert choose_ideas({1: ()})[1].startswith("No strong lever")


def test_an_idea_rests_on_what_stands_out_and_on_time_that_the_customers_own_pace_makes_short_or_long() -> None:
    def idea(*facts: Marker, pace: float | None = None) -> str:
        return choose_ideas({1: facts}, pace)[1].split(":")[0]

    assert idea(fact("discount", "above-average", 0.6)).startswith("No strong lever")
    assert idea(fact("loan amount", "very high", 2.0)).startswith("No strong lever")
    assert idea(fact("visits", "high", 1.0)).startswith("No strong lever")
    assert idea(fact("orders", "high", 1.0)) == "Raise the basket"
    short = fact("tenure", "very low", -2.0)  # a median of one day
    assert idea(short).startswith("No strong lever")
    assert idea(short, pace=10.0) == "Welcome"
    assert idea(fact("recency", "very low", -2.0), fact("frequency", "high", 1.0), pace=10.0) == "Keep"


def test_an_idea_goes_to_a_second_segment_only_where_no_other_fits() -> None:
    high = [fact("income", "high", 1.2), fact("spend", "high", 1.0)]
    first, second = choose_ideas({1: high, 2: high}).values()
    assert first.startswith("Protect")
    assert second != first
    same = choose_ideas({1: (), 2: ()})
    assert same[1] == same[2]
    assert choose_ideas({1: high, 2: [fact("spend", "high", 1.0)]})[1].startswith("Protect")
