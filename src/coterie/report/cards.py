"""A card for each segment, at the head of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coterie import words
from coterie.record import CleanRecord, Segment
from coterie.report import story, view
from coterie.report.explanations import Mark, mark
from coterie.report.story import Difference


@dataclass(frozen=True, slots=True)
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
    bar: str
    bar2: str | None
    markers: Sequence[Difference]
    unmarked: str
    idea: str | None


def make_cards(record: CleanRecord) -> list[Card]:
    """Return the cards, the most valuable segment first."""
    return _tell_once([_card(record, s) for s in view.by_value(record)])


def _card(record: CleanRecord, segment: Segment) -> Card:
    worth = view.has_value(record)
    share, value = 100 * segment.share, 100 * (segment.value_share or 0.0)
    size = f"{words.count(segment.size)} {'customer' if segment.size == 1 else 'customers'}"
    return Card(
        mark=mark(segment),
        descriptor=segment.name if segment.given else "",
        tentative=segment.tentative,
        lead=words.percent(segment.value_share if worth else segment.share),
        lead_of=f"of all {view.label(record, record.options.value)}" if worth else "of customers",
        size=f"{size}, {words.percent(segment.share)} of all" if worth else size,
        bar=f"{value if worth else share:.1f}",
        bar2=f"{share:.1f}" if worth else None,
        markers=[d._replace(what=words.sentence(d.what)) for d in story.differences(record, segment)],
        unmarked=words.sentence(story.unmarked(record, segment)),
        idea=segment.idea,
    )


def _tell_once(cards: Sequence[Card]) -> list[Card]:
    """Return the cards, each idea told once and then pointed at."""
    first: dict[str, str] = {}
    for card in cards:
        first.setdefault(card.idea or "", card.mark.letter)
    return [
        replace(c, idea=f"The same as for {first[c.idea]}.") if c.idea and first[c.idea] != c.mark.letter else c
        for c in cards
    ]
