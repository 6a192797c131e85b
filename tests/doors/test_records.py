"""Frozen records are what `dataclasses` would make of them."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Iterator
from dataclasses import asdict, field, fields, replace

import pytest

import coterie
from coterie.doors import distinct, frozen
from coterie.purchases import Purchases


@frozen
class Point:
    """A place."""

    x: int
    y: float = 0.5
    seen: dict[str, int] = field(default_factory=dict)
    secret: str = field(default="s", repr=False)


@frozen
class Named(Point):
    """A place with a name."""

    name: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("no name")


@dataclasses.dataclass(frozen=True)
class Usual:
    """As the standard library makes it."""

    x: int
    y: float = 0.5
    seen: dict[str, int] = field(default_factory=dict)
    secret: str = field(default="s", repr=False)


@distinct
class Once:
    """What is read once."""

    rows: list[int]


@pytest.mark.parametrize(
    ("given", "named"),
    [((1,), {}), ((1, 2.0), {"secret": "t"}), ((), {"y": 3.0, "x": 1}), ((1, 2.0, {"a": 1}, "t"), {})],
)
def test_a_record_is_made_shown_and_compared_as_a_dataclass_is(
    given: tuple[int, ...], named: dict[str, object]
) -> None:
    made, usual = Point(*given, **named), Usual(*given, **named)  # type: ignore[arg-type]
    assert asdict(made) == asdict(usual)
    assert repr(made) == repr(usual).replace("Usual", "Point")
    assert made == Point(*given, **named)  # type: ignore[arg-type]
    assert made != usual
    assert replace(made, x=7) == Point(**{**asdict(made), "x": 7})
    assert (pickle.loads(pickle.dumps(made)), copy.deepcopy(made)) == (made, made)
    assert made.seen is not Point(1).seen


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, 2.0, {}, "s", 5), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_arguments_that_no_record_has_are_refused(given: tuple[int, ...], named: dict[str, int]) -> None:
    for kind in (Point, Usual):
        with pytest.raises(TypeError):
            kind(*given, **named)  # type: ignore[arg-type]


def test_help_shows_the_fields_of_a_record() -> None:
    shown, usual = (inspect.signature(kind).parameters.values() for kind in (Point, Usual))
    assert [(p.name, p.kind, p.annotation) for p in shown] == [(p.name, p.kind, p.annotation) for p in usual]
    assert [p.default for p in shown][:2] == [inspect.Parameter.empty, 0.5]
    assert "customer: 'str | None' = None" in str(inspect.signature(Purchases))


def test_nothing_changes_a_record() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.other = 2  # type: ignore[attr-defined]
    assert hash(Point(1, seen=None)) == hash(Point(1, seen=None))  # type: ignore[arg-type]


def test_a_record_has_the_fields_of_the_one_it_comes_from_and_checks_itself() -> None:
    assert [f.name for f in fields(Named)] == ["x", "y", "seen", "secret", "name"]
    assert Named(1, name="n") == Named(1, 0.5, {}, "s", "n") != Point(1)
    with pytest.raises(ValueError, match="no name"):
        Named(1)


def test_what_is_distinct_equals_only_itself() -> None:
    once = Once([1])
    assert {once: 1}.get(once) == 1
    assert once != Once([1])


def records() -> Iterator[type]:
    for found in pkgutil.walk_packages(coterie.__path__, "coterie."):
        if found.name != "coterie.__main__":
            module = importlib.import_module(found.name)
            yield from (v for v in vars(module).values() if isinstance(v, type) and v.__module__ == found.name)


def test_every_record_has_the_fields_that_dataclasses_finds() -> None:
    kinds = [kind for kind in records() if dataclasses.is_dataclass(kind)]
    assert len(kinds) > 200
    for kind in kinds:
        assert kind.__match_args__ == tuple(f.name for f in fields(kind)), kind
