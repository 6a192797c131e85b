"""What an audience is to be: segments, columns, who is held out, in which format."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, fields
from numbers import Integral
from pathlib import Path
from typing import Any, Literal, TypedDict, get_args

from coterie import errors, options
from coterie.doors import frozen
from coterie.engines import Reading
from coterie.runs.held_out import read_key
from coterie.signatures import expect, expect_switch, expect_text

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)


class AudienceOptions(TypedDict, total=False):
    """What an audience may be, as ``Segmentation.audience`` takes it by name."""

    segment: int | str | Sequence[int | str] | None
    source: Any
    columns: str | Sequence[str]
    hash: str | None
    holdout: float | None
    key: str | None
    key_file: str | Path | None
    without_borderline: bool
    allow_small: bool
    format: Format
    overwrite: bool
    id: str | None
    reading: Reading | None


@frozen
class Wanted:
    """What an audience is to be.

    Parameters
    ----------
    segment : which segments, by number or letter; None: all.
    source : the run's customers again, a path or a frame, whose ``columns`` stand beside the ids.
    hash : a column that is written as SHA-256 of its trimmed, lower-cased text.
    holdout : the share of each segment that gets nothing; who it is, ``key`` (or the text in ``key_file``) decides.
    without_borderline : leave out customers who are borderline between two segments.
    allow_small : write lists of fewer than ten members too.
    format : ``csv`` or ``parquet``.
    overwrite : replace an older audience.
    id, reading : which column of the source identifies a customer, and how the source is read.
    """

    segment: int | str | Sequence[int | str] | None = None
    source: Any = None
    columns: str | Sequence[str] = ()
    hash: str | None = None
    holdout: float | None = None
    key: str | None = field(default=None, repr=False)
    key_file: str | Path | None = None
    without_borderline: bool = False
    allow_small: bool = False
    format: Format = "csv"
    overwrite: bool = False
    id: str | None = None
    reading: Reading | None = None

    def __post_init__(self) -> None:
        self._check_types()
        object.__setattr__(self, "columns", options.as_names(self.columns) or ())
        object.__setattr__(self, "key", read_key(self.key, self.key_file) or None)
        if self.format not in FORMATS:
            raise errors.bad_option("--format", self.format, "csv or parquet")
        share = self.holdout
        if share is not None:
            if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share < 1:
                raise errors.bad_option("--holdout", share, "a share above 0 and below 1, such as 0.1")
            if self.key is None:
                raise errors.no_key()
        if self.source is None and self.columns:
            raise errors.nothing_to_join("--columns")

    def _check_types(self) -> None:
        expect("--segment", self.segment, (Integral, str, Iterable), "numbers or letters of segments")
        expect("--columns", self.columns, (int, str, Iterable), "names of columns")
        expect("--key", self.key, (str,), "a text", secret=True)
        expect("--key-file", self.key_file, (str, os.PathLike), "the path of a file that holds the key")
        expect("reading", self.reading, (Reading,), "a coterie.Reading")
        for name in ("hash", "id"):
            expect_text(f"--{name}", getattr(self, name))
        for name in ("without_borderline", "allow_small", "overwrite"):
            expect_switch(f"--{name.replace('_', '-')}", getattr(self, name))


def with_options(given: Mapping[str, Any]) -> Wanted:
    """Return what an audience is to be, from options by name; InputError where one is unknown."""
    known = [f.name for f in fields(Wanted)]
    for name in given:
        if name not in known:
            raise errors.unknown_option(name, known, "audience()")
    return Wanted(**given)
