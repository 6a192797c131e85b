"""Options: what may be set, of what type, and who wins: flags > environment > coterie.toml > defaults."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from coterie import errors

EFFORTS = ("quick", "normal", "thorough")
SCALES = ("auto", "z", "none")
BAD_ROWS = ("error", "skip", "repair")
DATE_ORDERS = ("dmy", "mdy", "ymd")
VERDICTS = ("none", "shape", "overlapping", "partly", "natural")  # from the weakest to the strongest
SAME_DAY = ("separate", "together")
RFM_CUTS = ("closed", "plus-one")
SHOP_CUSTOMERS = 4_000
MAX_K = 50
PREFIX = "COTERIE_"

# What the configuration file and the environment may set: the flags' names with underscores, and the flags' types.
SETTINGS: dict[str, str] = {
    "input": "text",
    "out": "text",
    "id": "text",
    "features": "list",
    "describe": "list",
    "value": "text",
    "k": "k",
    "max_k": "whole",
    "min_share": "number",
    "seed": "whole",
    "effort": "text",
    "scale": "text",
    "allow_duplicate_ids": "switch",
    "encoding": "text",
    "delimiter": "text",
    "decimal": "text",
    "no_header": "switch",
    "skip_rows": "whole",
    "on_bad_rows": "text",
    "date_order": "text",
    "sheet": "text",
    "table": "text",
    "allow_incomplete": "switch",
    "time_limit": "number",
    "threads": "whole",
    "memory": "text",
    "temp_dir": "text",
    "overwrite": "switch",
    "fail_under": "text",
    "csv": "switch",
    "no_points": "switch",
    "transactions": "switch",
    "customer": "text",
    "date": "text",
    "amount": "text",
    "quantity": "text",
    "price": "text",
    "order": "text",
    "category": "text",
    "same_day": "text",
    "as_of": "text",
    "net": "switch",
    "holdout_from": "text",
    "rfm": "switch",
    "rfm_cuts": "text",
    "rfm_rules": "text",
}
# Those of them that only a log of purchases takes.
PURCHASES = (
    "customer", "date", "amount", "quantity", "price", "order", "category", "same_day", "as_of", "net", "holdout_from",
)  # fmt: skip
SCORING = ("rfm_cuts", "rfm_rules")  # these count for a table of customers that has the three measures too
WANTED = {
    "text": "text",
    "list": "a list of column names",
    "k": "a whole number from 2, or auto",
    "whole": "a whole number",
    "number": "a number",
    "switch": "true or false",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What shapes a segmentation; with the data and the version it decides every byte of the record.

    Parameters
    ----------
    id : column that identifies a customer; None: found by its name, else the row number.
    features : columns to form segments with; None: every suitable one.
    describe : columns that are profiled and never form segments.
    value : column of money or other worth, summed a segment; never forms segments unless named in ``features``.
    k : number of segments, or ``"auto"``.
    max_k : largest number that ``"auto"`` considers.
    min_share : smallest share of customers a segment may have under ``"auto"``.
    seed : picks the sample and every random number.
    effort : ``quick``, ``normal`` or ``thorough``: how many simulated tables and resamples.
    scale : ``auto``, ``z`` (standard deviations) or ``none``; the last two switch off logs, caps and weights.
    allow_duplicate_ids : take every row as a customer of its own although ids repeat.
    """

    id: str | None = None
    features: tuple[str, ...] | None = None
    describe: tuple[str, ...] = ()
    value: str | None = None
    k: int | str = "auto"
    max_k: int = 10
    min_share: float = 0.03
    seed: int = 0
    effort: str = "normal"
    scale: str = "auto"
    allow_duplicate_ids: bool = False

    def __post_init__(self) -> None:
        if self.k != "auto" and not (_is_whole(self.k) and 2 <= int(self.k) <= MAX_K):
            raise errors.bad_option("-k", self.k, f"a whole number from 2 to {MAX_K}, or auto")
        if not (_is_whole(self.max_k) and 2 <= self.max_k <= MAX_K):
            raise errors.bad_option("--max-k", self.max_k, f"a whole number from 2 to {MAX_K}")
        if not (_is_number(self.min_share) and 0 <= self.min_share <= 0.5):
            raise errors.bad_option("--min-share", self.min_share, "a share from 0 to 0.5, such as 0.03")
        if not (_is_whole(self.seed) and 0 <= self.seed < 2**32):
            raise errors.bad_option("--seed", self.seed, "a whole number from 0 to 4294967295")
        if self.effort not in EFFORTS:
            raise errors.bad_option("--effort", self.effort, f"one of {', '.join(EFFORTS)}")
        if self.scale not in SCALES:
            raise errors.bad_option("--scale", self.scale, f"one of {', '.join(SCALES)}")
        if self.features is not None and not self.features:
            raise errors.bad_option("--features", "", "at least one column name")
        both = sorted(set(self.features or ()) & set(self.describe))
        if both:
            raise errors.bad_option("--describe", both[0], "a column that --features does not name")


def to_record(options: Options) -> dict[str, Any]:
    """Return the options as they stand in a record."""
    values = {f.name: getattr(options, f.name) for f in fields(options)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def from_record(values: Mapping[str, Any]) -> Options:
    """Return the options that a record was made with."""
    return made(values)


def made(values: Mapping[str, Any], start: Options | None = None) -> Options:
    """Return ``start`` (the defaults) with the options among ``values``; lists of columns become tuples."""
    known = {f.name for f in fields(Options)} & set(values)
    changes: dict[str, Any] = {n: tuple(values[n]) if isinstance(values[n], list) else values[n] for n in sorted(known)}
    return replace(start or Options(), **changes)


def one_of(name: str, value: str | None, choices: tuple[str, ...]) -> Any:
    """Return a setting that must be one of a few words, wherever it comes from."""
    if value is not None and value not in choices:
        raise errors.bad_option(name, value, f"one of {', '.join(choices)}")
    return value


def settings(flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None) -> dict[str, Any]:
    """Return every setting that somebody made, the strongest voice winning.

    Parameters
    ----------
    flags : what the command line says; None means that it says nothing.
    environment : the process's variables; those that start with COTERIE_ count.
    file : a configuration file, or None for ``coterie.toml`` in the working folder where there is one.

    Raises
    ------
    InputError : an unknown name, or a value of the wrong type, with the place it comes from.
    """
    merged: dict[str, Any] = {}
    for name, value in _file_values(file).items():
        merged[name] = _checked(name, value, str(file or "coterie.toml"))
    for variable in sorted(environment):
        if variable.startswith(PREFIX):
            name = variable.removeprefix(PREFIX).lower()
            merged[name] = _checked(name, _from_text(name, environment[variable]), variable)
    merged.update({name: value for name, value in flags.items() if value is not None})
    return merged


def _file_values(file: Path | None) -> dict[str, Any]:
    path = file or Path("coterie.toml")
    if file is None and not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise errors.missing_source(str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise errors.bad_toml(str(path), str(error)) from error
    except OSError as error:
        raise errors.unreadable(str(path), error.strerror or "") from error


def _from_text(name: str, text: str) -> Any:
    """Return a variable's text as the type that its setting wants, or as it stands: ``_checked`` then refuses it."""
    kind = SETTINGS.get(name, "text")
    if kind == "list":
        return [part.strip() for part in text.split(",")]
    if kind == "switch":
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower(), text)
    if kind in ("whole", "k", "number"):
        try:
            return float(text) if kind == "number" else int(text)
        except ValueError:
            return text
    return text


def _checked(name: str, value: Any, origin: str) -> Any:
    if name not in SETTINGS:
        raise errors.unknown_option(name, list(SETTINGS), origin)
    kind = SETTINGS[name]
    fits = {
        "text": isinstance(value, str),
        "list": isinstance(value, list) and all(isinstance(v, str) for v in value),
        "k": _is_whole(value) or value == "auto",
        "whole": _is_whole(value),
        "number": _is_number(value),
        "switch": isinstance(value, bool),
    }
    if not fits[kind]:
        raise errors.bad_option(name, value, WANTED[kind], origin)
    return value


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
