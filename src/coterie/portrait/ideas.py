"""An idea to test for each segment, from a list with conditions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources

from coterie import words
from coterie.doors import frozen
from coterie.portrait.naming import Marker

LEANING = ("above-average", "below-average")  # how a word begins that is no reason to do something


@frozen
class Idea:
    """A sentence, and the level, or one of the levels, that each topic must have for it."""

    text: str
    when: Mapping[str, str | Sequence[str]]

    def holds(self, levels: Mapping[str, str]) -> bool:
        """Say whether every topic has a level that it must have."""
        return all(
            levels.get(topic) in ([asked] if isinstance(asked, str) else asked) for topic, asked in self.when.items()
        )


def choose_ideas(facts: Mapping[int, Sequence[Marker]], pace: float | None = None) -> dict[int, str]:
    """Return an idea to test for each segment.

    It is the first in ``ideas.toml`` whose conditions the segment's markers meet. An idea that another segment has goes
    to a second one only where no other idea's conditions hold; segments with the fewest to choose from choose first.

    Parameters
    ----------
    pace : the usual time from one order to the next, where purchases tell it: who is new or lapsed hangs on it.
    """
    table = tomllib.loads(resources.files("coterie.portrait").joinpath("ideas.toml").read_text(encoding="utf-8"))
    ideas = [Idea(**idea) for idea in table["ideas"]]
    topics = [_Topic(name, words, table["others"].get(name, ())) for name, words in table["topics"].items()]
    possible = {segment: _fitting(ideas, _levels(topics, found, pace)) for segment, found in facts.items()}
    given: dict[int, str] = {}
    for segment in sorted(facts, key=lambda s: (len(possible[s]), s)):
        free = [idea for idea in possible[segment] if idea not in given.values()]
        given[segment] = free[0] if free else possible[segment][0]
    return {segment: given[segment] for segment in facts}


@frozen
class _Topic:
    """What a column may be about: words that say so, and words with which it is about something else."""

    name: str
    words: Sequence[str]
    others: Sequence[str]

    def has(self, label: str) -> bool:
        """Say whether a label is about it."""
        return any(f" {w} " in label for w in self.words) and not any(f" {w} " in label for w in self.others)


def _levels(topics: Sequence[_Topic], found: Sequence[Marker], pace: float | None) -> dict[str, str]:
    """Return the level of each topic, from its strongest marker: none where that only leans to a side."""
    levels: dict[str, str] = {}
    for marker in found:
        if marker.superiority is None:
            continue
        meant = f" {words.measure(marker.label.casefold())} "
        for topic in topics:
            if topic.name not in levels and topic.has(meant):
                levels[topic.name] = _level(marker, pace)
    return levels


def _level(marker: Marker, pace: float | None) -> str:
    above = marker.effect > 0
    if pace and marker.median is not None:
        timed = words.timed(marker.label, marker.median, pace, above=above)
        if timed is not None:
            return timed
    return "leaning" if marker.word.startswith(LEANING) else "high" if above else "low"


def _fitting(ideas: Sequence[Idea], levels: Mapping[str, str]) -> list[str]:
    """Return the ideas whose conditions hold, in their order.

    The one without conditions is there only where no other holds.
    """
    held = [idea for idea in ideas if idea.holds(levels)]
    return list(dict.fromkeys(idea.text for idea in held if idea.when)) or [idea.text for idea in held[:1]]
