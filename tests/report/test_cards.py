"""A card for each segment."""

from __future__ import annotations

from coterie.record import clean
from coterie.report.cards import make_cards
from records import simulated, with_segment


def test_a_card_leads_with_the_share_of_value_or_of_customers() -> None:
    first = make_cards(clean(simulated()[0]))[0]
    assert (first.mark.letter, first.lead, first.lead_of) == ("B", "46%", "of all revenue")
    assert first.size == "39 customers, 20% of all"
    assert (first.bar, first.bar2) == ("46.0", "19.5")
    bare = make_cards(clean(simulated(value=False)[0]))[0]
    assert (bare.mark.letter, bare.lead_of, bare.bar2) == ("A", "of customers", None)


def test_what_differs_is_told_of_ten_customers_or_more() -> None:
    cards = {c.mark.letter: c for c in make_cards(clean(simulated(sizes=(60, 50, 40, 30, 7))[0]))}
    assert [m.what for m in cards["C"].markers]
    assert cards["E"].markers == []
    assert cards["E"].size.startswith("fewer than 10 customers")


def test_an_idea_that_two_segments_share_is_told_once() -> None:
    record, _ = simulated()
    record = with_segment(with_segment(record, "B", idea="Try it."), "E", idea="Try it.")
    ideas = {c.mark.letter: c.idea for c in make_cards(clean(record))}
    assert ideas["B"] == "Try it."
    assert ideas["E"] is None


def test_the_factual_name_stands_beside_one_given_by_hand() -> None:
    record = with_segment(simulated()[0], "B", given="Weekend families")
    card = make_cards(clean(record))[0]
    assert (card.mark.name, card.descriptor) == ("Weekend families", "High income, high spending")
