"""Options: what may be set, of what type, and who wins: flags > environment > coterie.toml > defaults."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypedDict, TypeVar, get_args, get_type_hints

from coterie import errors
from coterie.doors import frozen, pattern

T = TypeVar("T")
Cell = str | int | float
MissingValues = Cell | Sequence[Cell] | Mapping[str, Cell | Sequence[Cell]]
Effort = Literal["quick", "normal", "thorough"]
Scale = Literal["auto", "z", "none"]
BadRows = Literal["error", "skip", "repair"]
DateOrder = Literal["dmy", "mdy", "ymd"]
Strength = Literal["none", "shape", "overlapping", "partly", "natural"]  # verdicts, from the weakest to the strongest
SameDay = Literal["separate", "together"]
Cuts = Literal["closed", "plus-one"]

EFFORTS: tuple[Effort, ...] = get_args(Effort)
SCALES: tuple[Scale, ...] = get_args(Scale)
BAD_ROWS: tuple[BadRows, ...] = get_args(BadRows)
DATE_ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
VERDICTS: tuple[Strength, ...] = get_args(Strength)
SAME_DAY: tuple[SameDay, ...] = get_args(SameDay)
RFM_CUTS: tuple[Cuts, ...] = get_args(Cuts)
SHOP_CUSTOMERS, MAX_K, LARGEST_FILE = 4_000, 50, 1 << 20  # the last: bytes of a configuration; some never end
PREFIX, CURRENCY, MOST = "COTERIE_", pattern("[A-Z]{3}"), sys.float_info.max


# ── what shapes the result ────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Options:
    """What shapes a segmentation.

    With the data and the version it decides every byte of the record.

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
    exclude : columns that are left out: not looked at, whatever they hold.
    missing : values that mean missing: ``98,99`` in every column, ``item1=98`` in one.
    rows_are_customers : take every row as a customer although the rows look like purchases.
    currency : what the money is in, such as ``EUR``; never guessed.
    labels : what columns are called, such as ``{"MntWines": "spend on wine"}``.
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
    exclude: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rows_are_customers: bool = False
    currency: str | None = None
    labels: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for names in ("features", "describe", "exclude"):
            object.__setattr__(self, names, as_names(getattr(self, names)))
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
        if both := sorted(set(self.features or ()) & set(self.describe)):
            raise errors.bad_option("--describe", both[0], "a column that --features does not name")
        self._check_columns()

    def _check_columns(self) -> None:
        if self.currency is not None and not CURRENCY.fullmatch(self.currency):
            raise errors.bad_option("--currency", self.currency, "three capital letters, such as EUR")
        used = {*(self.features or ()), *self.describe, self.value, self.id} & set(self.exclude)
        if used:
            raise errors.bad_option("--exclude", min(map(str, used)), "a column that no other option names")
        if any(not all(part.strip() for part in entry.split("=")) for entry in self.missing):
            raise errors.bad_option("--missing", ",".join(self.missing), "values such as 98,99, or a=98 for a column")


class CheckOptions(TypedDict, total=False):
    """Columns by what they are for, as ``check`` takes them; the table or query of a database."""

    table: str
    query: str
    id: str | None
    features: str | Sequence[str] | None
    describe: str | Sequence[str]
    exclude: str | Sequence[str]
    missing: MissingValues
    value: str | None
    rows_are_customers: bool
    labels: Mapping[str, str]


class SegmentOptions(CheckOptions, total=False):
    """Options by name, as ``segment`` takes them."""

    k: int | Literal["auto"]
    max_k: int
    min_share: float
    seed: int
    effort: Effort
    scale: Scale
    allow_duplicate_ids: bool
    currency: str | None


def with_changes(changes: CheckOptions | SegmentOptions, place: str, start: Options | None = None) -> Options:
    """Return ``start`` (the defaults) with the options that are given by name.

    Raises
    ------
    InputError : a name that is no option; ``place`` says where it was given.

    >>> with_changes({"features": ["income"]}, "here").features
    ('income',)
    """
    known = [f.name for f in fields(Options)]
    unknown = [name for name in changes if name not in known]
    if unknown:
        raise errors.unknown_option(unknown[0], known, place)
    given: Any = dict(changes)
    if isinstance(given.get("labels"), Mapping):
        given["labels"] = tuple(sorted(given["labels"].items()))
    if "missing" in given:
        given["missing"] = missing_entries(given["missing"])
    return replace(start or Options(), **given)


def as_names(given: str | int | Iterable[str | int] | None) -> tuple[str, ...] | None:
    """Return the names of columns, one or several, as the options keep them; some frames number their columns.

    >>> as_names("Age"), as_names(["Age", "Spend"]), as_names(range(2)), as_names(None)
    (('Age',), ('Age', 'Spend'), ('0', '1'), None)
    """
    if given is None:
        return None
    return (str(given),) if isinstance(given, str | int) else tuple(str(name) for name in given)


def missing_entries(given: MissingValues) -> tuple[str, ...]:
    """Return values that mean missing as the options keep them.

    >>> missing_entries([98, 99.0]), missing_entries("98,99"), missing_entries({"item1": [98, 99], "item2": 0})
    (('98,99',), ('98,99',), ('item1=98,99', 'item2=0'))
    """
    if isinstance(given, Mapping):
        return tuple(f"{column}={','.join(_cells(values))}" for column, values in given.items())
    entries = _cells(given)
    everywhere = ",".join(e for e in entries if "=" not in e)
    return (*([everywhere] if everywhere else []), *(e for e in entries if "=" in e))


def _cells(values: Cell | Sequence[Cell]) -> list[str]:
    several = [values] if isinstance(values, str | int | float) else values
    return [f"{v:.15g}" if isinstance(v, float) else str(v) for v in several]


# ── what may be set ───────────────────────────────────────────────────────────────────────────────────────────────


@frozen
class Settings:
    """Every setting that somebody made; None: nobody did.

    The names are the flags' with underscores. A configuration file and the environment may set these and no others.
    """

    input: str | None = None
    out: str | None = None
    id: str | None = None
    features: tuple[str, ...] | None = None
    describe: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    missing: tuple[Cell, ...] | None = None
    value: str | None = None
    k: int | str | None = None
    max_k: int | None = None
    min_share: float | None = None
    seed: int | None = None
    effort: Effort | None = None
    scale: Scale | None = None
    allow_duplicate_ids: bool | None = None
    rows_are_customers: bool | None = None
    currency: str | None = None
    labels: dict[str, str] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    no_header: bool | None = None
    skip_rows: int | None = None
    on_bad_rows: BadRows | None = None
    date_order: DateOrder | None = None
    time_zone: str | None = None
    sheet: str | None = None
    table: str | None = None
    query: str | None = None
    allow_incomplete: bool | None = None
    time_limit: float | None = None
    engine: str | None = None
    threads: int | None = None
    memory: str | None = None
    temp_dir: str | None = None
    overwrite: bool | None = None
    fail_under: Strength | None = None
    csv: bool | None = None
    raw_csv: bool | None = None
    no_points: bool | None = None
    transactions: bool | None = None
    customer: str | None = None
    date: str | None = None
    amount: str | None = None
    quantity: str | None = None
    price: str | None = None
    order: str | None = None
    category: str | None = None
    same_day: SameDay | None = None
    as_of: str | None = None
    net: bool | None = None
    holdout_from: str | None = None
    rfm: bool | None = None
    rfm_cuts: Cuts | None = None
    rfm_rules: str | None = None
    key: str | None = None
    key_file: str | None = None


SETTINGS = tuple(f.name for f in fields(Settings))


def read_settings(flags: Mapping[str, object], environment: Mapping[str, str], file: Path | None) -> Settings:
    """Return every setting that somebody made, the strongest voice winning.

    Parameters
    ----------
    flags : what the command line says, of the right types already; None means that it says nothing.
    environment : the process's variables; those that start with COTERIE_ count.
    file : a configuration file, or None for ``coterie.toml`` in the working folder where there is one.

    Raises
    ------
    InputError : an unknown name, or a value of the wrong type, with the place it comes from.
    """
    merged: dict[str, object] = {}
    for name, value in _file_values(file).items():
        merged[name] = _checked(name, value, str(file or "coterie.toml"))
    for variable in sorted(environment):
        if variable.startswith(PREFIX):
            name = variable.removeprefix(PREFIX).lower()
            value = _kind(name).read(environment[variable]) if name in SETTINGS else None
            merged[name] = _checked(name, value, variable)
    merged.update({name: value for name, value in flags.items() if value is not None})
    return Settings(**merged)  # type: ignore[arg-type]  # each value is of its field's type by now


def _file_values(file: Path | None) -> Mapping[str, object]:
    path = file or Path("coterie.toml")
    if file is None and not path.is_file():
        return {}
    import tomllib

    try:
        with path.open("rb") as opened:
            held = opened.read(LARGEST_FILE + 1)
        if len(held) > LARGEST_FILE:
            raise errors.bad_toml(str(path), "it is larger than 1 MB")
        return tomllib.loads(held.decode("utf-8"))
    except FileNotFoundError as error:
        raise errors.missing_source(str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise errors.bad_toml(str(path), str(error)) from error
    except OSError as error:
        raise errors.unreadable(str(path), error.strerror or "") from error


def _checked(name: str, value: object, origin: str) -> object:
    if name not in SETTINGS:
        raise errors.unknown_option(name, SETTINGS, origin)
    if not _kind(name).fits(value):
        raise errors.bad_option(name, value, _kind(name).wanted, origin)
    if any("\0" in text for text in (value if isinstance(value, list | tuple) else [value]) if isinstance(text, str)):
        raise errors.bad_option(name, value, "a text without NUL", origin)
    return tuple(value) if isinstance(value, list) else value


@frozen
class _Kind:
    """A type of settings: its name, its test, and its reader."""

    wanted: str
    fits: Callable[[object], bool]
    read: Callable[[str], object] = str


@cache
def _kind(name: str) -> _Kind:
    wanted = get_type_hints(Settings)[name]
    if kind := KINDS.get(wanted):
        return kind
    words = get_args(get_args(wanted)[0])
    return _Kind(f"one of {', '.join(words)}", lambda value: value in words)


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in a list such as ``A,B``.

    >>> split_names("income, spend")
    ('income', 'spend')
    """
    return tuple(part.strip() for part in text.split(",") if part.strip())


def split_labels(entries: Sequence[str]) -> dict[str, str] | str:
    """Return what columns are called, from ``COLUMN=TEXT``; an entry that is none comes back."""
    if wrong := [entry for entry in entries if not all(entry.rpartition("="))]:
        return wrong[0]
    return {entry.rpartition("=")[0]: entry.rpartition("=")[2].strip() for entry in entries}


def whole_or_text(text: str) -> int | str:
    """Return a whole number, or the text where it is none.

    Whoever asked for a number refuses the text.
    """
    return _number(text, int)


def _number(text: str, number: Callable[[str], T]) -> T | str:
    try:
        return number(text)
    except ValueError:
        return text


def _switch(text: str) -> bool | str:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower(), text)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    # a fraction that is none is not below; a whole number may be beyond all fractions
    return isinstance(value, int | float) and not isinstance(value, bool) and -MOST <= value <= MOST


def _are_names(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)


def _are_cells(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(v, str) or _is_number(v) for v in value)


KINDS: dict[object, _Kind] = {
    dict[str, str] | None: _Kind("a table of texts", lambda v: isinstance(v, dict) and _are_names([*v.values()])),
    str | None: _Kind("text", lambda value: isinstance(value, str)),
    tuple[str, ...] | None: _Kind("a list of column names", _are_names, split_names),
    tuple[Cell, ...] | None: _Kind("a list of values", _are_cells, lambda text: (text,)),
    int | str | None: _Kind("a whole number from 2, or auto", lambda v: _is_whole(v) or v == "auto", whole_or_text),
    int | None: _Kind("a whole number", _is_whole, whole_or_text),
    float | None: _Kind("a number", _is_number, lambda text: _number(text, float)),
    bool | None: _Kind("true or false", lambda value: isinstance(value, bool), _switch),
}
