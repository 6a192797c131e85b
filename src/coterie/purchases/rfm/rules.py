"""Which named segment three scores make: ten known ones, or others."""

from __future__ import annotations

import os
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, TypedDict

from coterie import errors
from coterie.doors import frozen
from coterie.options import RFM_CUTS

MEASURES = ("recency", "frequency", "monetary")
FEWEST_BINS, MOST_BINS = 2, 10
TEN = "ten.toml"


@frozen
class NamedSegment:
    """A named segment: the lowest and highest score in each measure."""

    name: str
    recency: tuple[int, int]
    frequency: tuple[int, int]
    monetary: tuple[int, int]


@frozen
class RfmRules:
    """How customers are scored and named.

    ``bins`` scores; ``cuts`` says on which side of a cut a tie falls; the ``segments`` in order, and the ``other``.
    """

    bins: int
    cuts: str
    other: str
    segments: tuple[NamedSegment, ...]


class RfmOptions(TypedDict, total=False):
    """Where the rules come from, as ``segment`` takes it by name."""

    rfm_cuts: str | None
    rfm_rules: str | os.PathLike[str] | None


def choose_rules(given: RfmRules | RfmOptions | None, place: str) -> RfmRules:
    """Return rules as given, or those that options ask for.

    Raises
    ------
    InputError : a name that is no option (``place`` says where); whatever ``read_rules`` refuses.
    """
    if isinstance(given, RfmRules):
        return given
    named, known = given or {}, list(RfmOptions.__annotations__)
    unknown = [name for name in named if name not in known]
    if unknown:
        raise errors.unknown_option(unknown[0], known, place)
    file = named.get("rfm_rules")
    return read_rules(Path(file) if file else None, cuts=named.get("rfm_cuts"))


def read_rules(path: Path | None = None, *, cuts: str | None = None) -> RfmRules:
    """Return the rules in a TOML file, or the ten known segments.

    Parameters
    ----------
    path : a file like the one in docs/reference/rfm.md; None: the rules that come with coterie.
    cuts : ``closed`` or ``plus-one``, over what the file says.

    Raises
    ------
    InputError : no such file, not TOML, a key that is missing or means nothing, bounds outside the scores.

    >>> [rule.name for rule in read_rules().segments][:3]
    ['Champions', 'Potential Loyalist', 'Loyal']
    """
    shown = str(path or TEN)
    try:
        raw = (path or resources.files("coterie.purchases.rfm").joinpath(TEN)).read_bytes()
    except FileNotFoundError as error:
        raise errors.missing_source(shown) from error
    except OSError as error:
        raise errors.unreadable(shown, error.strerror or "") from error
    try:
        read = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise errors.bad_toml(shown, str(error)) from error
    wanted = {"bins": 5, "cuts": "closed", "other": "Other", "segment": []}
    unknown = sorted(set(read) - set(wanted))
    if unknown:
        raise errors.unknown_option(unknown[0], list(wanted), shown)
    read = {**wanted, **read, **({} if cuts is None else {"cuts": cuts})}
    bins = read["bins"]
    if not isinstance(bins, int) or not FEWEST_BINS <= bins <= MOST_BINS:
        raise errors.bad_option("bins", bins, f"a whole number from {FEWEST_BINS} to {MOST_BINS}", shown)
    if read["cuts"] not in RFM_CUTS:
        raise errors.bad_option(
            "--rfm-cuts", read["cuts"], f"one of {', '.join(RFM_CUTS)}", shown if cuts is None else ""
        )
    segments = tuple(_rule(entry, bins, shown) for entry in read["segment"])
    names = [rule.name for rule in segments]
    twice = [name for name in names if names.count(name) > 1 or name == read["other"]]
    if twice:
        raise errors.bad_option("name", twice[0], "a name that no other segment has", shown)
    return RfmRules(bins, read["cuts"], str(read["other"]), segments)


def _rule(entry: Any, bins: int, shown: str) -> NamedSegment:
    """Return one segment of the file, its bounds checked."""
    keys = ("name", *MEASURES)
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise errors.bad_option("segment", entry, f"a table with {', '.join(keys)}", shown)
    unknown = sorted(set(entry) - set(keys))
    if unknown:
        raise errors.unknown_option(unknown[0], list(keys), f"{shown}, segment {errors.quoted(entry['name'])}")
    bounds = {}
    for measure in MEASURES:
        pair = entry.get(measure, [1, bins])
        sound = isinstance(pair, list) and len(pair) == 2 and all(isinstance(v, int) for v in pair)
        if not sound or not 1 <= pair[0] <= pair[1] <= bins:
            place = f"{shown}, segment {errors.quoted(entry['name'])}"
            raise errors.bad_option(measure, pair, f"two scores from 1 to {bins}, the lower first", place)
        bounds[measure] = (pair[0], pair[1])
    return NamedSegment(entry["name"], **bounds)
