"""An idea to test for each segment, from a list with conditions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from coterie import words
from coterie.portrait.naming import Marker


@dataclass(frozen=True, slots=True)
class Idea:
    """A sentence, and the level that each topic must have for it."""

    text: str
    when: Mapping[str, str]


def choose_ideas(facts: Mapping[int, Sequence[Marker]]) -> dict[int, str]:
    """Return an idea to test for each segment.

    It is the first in ``ideas.toml`` whose conditions the segment's markers meet. An idea that another segment has goes
    to a second one only where no other idea's conditions hold; segments with the fewest to choose from choose first.
    """
    table = tomllib.loads(resources.files("coterie.portrait").joinpath("ideas.toml").read_text(encoding="utf-8"))
    ideas = [Idea(**idea) for idea in table["ideas"]]
    possible = {segment: _fitting(ideas, _levels(table["topics"], found)) for segment, found in facts.items()}
    given: dict[int, str] = {}
    for segment in sorted(facts, key=lambda s: (len(possible[s]), s)):
        free = [idea for idea in possible[segment] if idea not in given.values()]
        given[segment] = free[0] if free else possible[segment][0]
    return {segment: given[segment] for segment in facts}


def _levels(topics: Mapping[str, Sequence[str]], found: Sequence[Marker]) -> dict[str, str]:
    """Return the level of each topic, from its strongest marker."""
    levels: dict[str, str] = {}
    for marker in found:
        if marker.superiority is None:
            continue
        meant = words.measure(marker.label.casefold())
        for topic, listed in topics.items():
            if topic not in levels and any(f" {word} " in f" {meant} " for word in listed):
                levels[topic] = "high" if marker.effect > 0 else "low"
    return levels


def _fitting(ideas: Sequence[Idea], levels: Mapping[str, str]) -> list[str]:
    """Return the ideas whose conditions hold, in their order.

    The one without conditions is there only where no other holds.
    """
    held = [idea for idea in ideas if all(levels.get(topic) == level for topic, level in idea.when.items())]
    return list(dict.fromkeys(idea.text for idea in held if idea.when)) or [idea.text for idea in held[:1]]
