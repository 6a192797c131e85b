"""A card for each segment, at the head of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coterie import words
from coterie.doors import frozen
from coterie.record import CleanRecord, Segment
from coterie.report import story, view
from coterie.report.explanations import Mark, mark
from coterie.report.story import Difference

RECENCY = "recency"  # of customers who come from purchases: the days since the last one


@frozen
class Card:
    """A segment in a few words.

    Name, size, value, what differs, an idea; bars are lengths of 100.
    """

    mark: Mark
    descriptor: str
    tentative: bool
    lead: str
    lead_of: str
    size: str
    people: Sequence[str]
    bar: str
    bar2: str | None
    markers: Sequence[Difference]
    unmarked: str
    idea: str | None


def make_cards(record: CleanRecord) -> list[Card]:
    """Return the cards, the most valuable segment first."""
    return _tell_once([_card(record, s) for s in view.by_value(record)])


def _card(record: CleanRecord, segment: Segment) -> Card:
    worth, last = view.has_value(record), _last(record, segment)
    told = RECENCY if last else ""
    share, value = 100 * segment.share, 100 * (segment.value_share or 0.0)
    size = f"{words.count(segment.size)} {'customer' if segment.size == 1 else 'customers'}"
    return Card(
        mark=mark(segment),
        descriptor=segment.name if segment.given else "",
        tentative=segment.tentative,
        lead=words.percent(segment.value_share if worth else segment.share),
        lead_of=f"of all {view.label(record, record.options.value)}" if worth else "of customers",
        size=f"{size}, {words.percent(segment.share)} of all" if worth else size,
        people=[text for text in (_each(record, segment), last) if text],
        bar=f"{value if worth else share:.1f}",
        bar2=f"{share:.1f}" if worth else None,
        markers=[replace(d, what=words.sentence(d.what)) for d in story.differences(record, segment, told=told)],
        unmarked=words.sentence(story.unmarked(record, segment)),
        idea=segment.idea,
    )


def _each(record: CleanRecord, segment: Segment) -> str:
    each = story.each(record, segment)
    return f"average {each}" if each else ""


def _last(record: CleanRecord, segment: Segment) -> str:
    """Return when customers of a segment bought last, where purchases say so."""
    recency = next((m for m in view.measures(record) if m.column == RECENCY), None)
    if record.sample.purchases is None or recency is None or recency.value(segment.id) is None:
        return ""
    return f"last order {recency.told(segment.id)} ago"


def _tell_once(cards: Sequence[Card]) -> list[Card]:
    """Return the cards, each idea told once.

    What suits more than half of the segments is no idea for one of them.
    """
    ideas = [card.idea for card in cards]
    kept = [
        idea if idea not in ideas[:i] and 2 * ideas.count(idea) <= max(2, len(ideas)) else None
        for i, idea in enumerate(ideas)
    ]
    return [replace(card, idea=idea) for card, idea in zip(cards, kept, strict=True)]
