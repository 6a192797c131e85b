"""What to try with each segment: ideas from a small editable table, offered on evidence and hedged."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from coterie.naming import Marker


def ideas(facts: Mapping[int, Sequence[Marker]]) -> dict[int, str]:
    """Return an idea to test for each segment: the first in ``ideas.toml`` whose conditions its markers meet."""
    table = tomllib.loads(resources.files("coterie").joinpath("ideas.toml").read_text(encoding="utf-8"))
    return {segment: _first(table, _levels(table["topics"], found)) for segment, found in facts.items()}


def _levels(topics: Mapping[str, Sequence[str]], found: Sequence[Marker]) -> dict[str, str]:
    """Return the level of each topic, from its strongest marker."""
    levels: dict[str, str] = {}
    for marker in found:
        if marker.superiority is None:
            continue
        for topic, listed in topics.items():
            if topic not in levels and any(f" {word} " in f" {marker.label.casefold()} " for word in listed):
                levels[topic] = "high" if marker.effect > 0 else "low"
    return levels


def _first(table: Mapping[str, Any], levels: Mapping[str, str]) -> str:
    for idea in table["ideas"]:
        if all(levels.get(topic) == level for topic, level in idea["when"].items()):
            return str(idea["text"])
    raise LookupError("the last idea has no condition, so it always holds")
