"""Every pattern works in time proportional to the text: a cell of any length and kind stops nothing."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import coterie
from coterie.doors import Pattern
from coterie.reading import CODE_LIKE, WRITTEN, rules_of

LONG = 1_000
SOURCES = "".join(path.read_text() for path in Path(coterie.__file__).parent.rglob("*.py"))
ROOMS = ("reading", "engines", "table", "purchases", "words", "model", "portrait", "cli")
RUNS = (
    "1",
    "0",
    " ",
    "a",
    "A",
    "-",
    ".",
    ",",
    "1,",
    "1.",
    "1 ",
    "a ",
    "a1",
    "1-",
    "é",
    "(",
    "[",
    '"',
    "\n",
    "{\n",
    "}\n",
)
RUNS = (*RUNS, "<", "@a", "a.", "a@", ":", "1:", "2024-01-01 ", "um", "$", "€", "year", "birth", " -", "kg ", "'", "\t")
STARTS = ("", "a@", "1", "1:", "(", '"', "a ", "$")
ENDS = ("", "x", "!")


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Give each of the patterns over text that the modules hold, and those of the grammar of dates."""
    names = [f"coterie.{room}" for room in ROOMS]
    for name in names:
        package = importlib.import_module(name)
        inside = getattr(package, "__path__", None)
        names += [m.name for m in pkgutil.iter_modules(inside, f"{name}.")] if inside is not None else []
    for name in names:
        for key, held in vars(importlib.import_module(name)).items():
            for value in held if isinstance(held, tuple | list) else [held]:
                if isinstance(value, re.Pattern | Pattern):
                    pattern = value.pattern if isinstance(value.pattern, str) else value.pattern.decode()
                    yield f"{name}.{key}", re.compile(pattern, value.flags | re.UNICODE)
    for form in WRITTEN:
        for i, rule in enumerate(rules_of(form)):
            yield f"{form} {i}", re.compile(rule.pattern)
    yield "CODE_LIKE", re.compile(CODE_LIKE)


def slowest(name: str, pattern: re.Pattern[str]) -> tuple[float, str]:
    found, ways = (0.0, ""), [pattern.fullmatch, pattern.match]
    if re.search(rf"\b{name.rsplit('.', maxsplit=1)[-1]}\.(search|sub|finditer|findall|split)\(", SOURCES):
        ways.append(pattern.search)
    for start, run, end in product(STARTS, RUNS, ENDS):
        text = start + run * (LONG // len(run)) + end
        for way in ways:
            began = time.process_time()
            way(text)
            found = max(found, (time.process_time() - began, f"{way.__name__} of {start!r} {run!r}… {end!r}"))
    return found


KNOWN = {pattern.pattern: (name, pattern) for name, pattern in patterns()}


@pytest.mark.parametrize(("name", "pattern"), KNOWN.values(), ids=[name for name, _ in KNOWN.values()])
def test_a_pattern_takes_time_in_proportion_to_the_text(name: str, pattern: re.Pattern[str]) -> None:
    seconds, of = slowest(name, pattern)
    if seconds >= 0.004:  # something else may have run beside it
        seconds, of = min((seconds, of), slowest(name, pattern))
    assert seconds < 0.004, of
