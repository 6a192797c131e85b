"""A frame in memory as a table: its columns, its index, what no engine reads of it.

Pandas and columns of numpy are read as they are, everything else through ``__arrow_c_stream__``. No library of frames
is imported: what is here came with the user's frame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from coterie import errors
from coterie.doors import distinct, frozen, pattern
from coterie.engines.arrow_fields import Field, fields_of

Library = Literal["pandas", "polars", "pyarrow", "duckdb", "numpy", "pyspark", "columns", "arrow"]

# Types whose values are measurements that would be lost: interval[int64, right], period[M], Sparse[float64, 0] …
ODD_TYPE = pattern(r"(interval|period|Sparse|complex\d+|float16|float128|halffloat|decimal256|Float16|U?Int128)\b.*")
TABLES: dict[Library, tuple[str, ...]] = {
    "pandas": ("DataFrame", "Series"),
    "polars": ("DataFrame", "LazyFrame", "Series"),
    "pyarrow": ("Table", "RecordBatch", "RecordBatchReader"),
    "duckdb": ("DuckDBPyRelation",),
    "numpy": ("ndarray",),
    "pyspark": ("DataFrame",),
}
NO_VALUES = "Object"  # polars' column of Python objects, which leave polars in no form
NOTHING = "n"  # Arrow's column without a value, which not every library writes as DuckDB reads it
NO_NAME = ("None", "nan", "NaT", "<NA>")
COARSE = ("D", "h", "m", "W", "M", "Y")  # units of numpy's days and spans that DuckDB does not know


@frozen
class Unread:
    """A column that no engine reads, and its type.

    ``measures`` says whether its values are measurements: these are lost, if somebody wanted them.
    """

    column: str
    type: str
    measures: bool = True


@distinct
class Frame:
    """A frame as an engine takes it over.

    ``held`` is a pandas frame, arrays by name, or a capsule of an Arrow stream. ``index`` names those of its columns
    that were the index of a pandas frame. ``unread`` were left out.
    """

    held: Any
    names: tuple[str, ...]
    index: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()


def library_of(given: Any) -> Library | None:
    """Return what a frame is a table of; None: it is none.

    A subclass is what its base is; ``arrow`` is whatever else gives an Arrow stream.
    """
    bases = {(base.__module__.split(".")[0], base.__name__) for base in type(given).__mro__}
    for library, names in TABLES.items():
        if any((library, name) in bases for name in names):
            return library
    if isinstance(given, Mapping):
        return "columns"
    return "arrow" if hasattr(given, "__arrow_c_stream__") else None


def frame_of(given: Any, names: Sequence[str] | None = None) -> Frame:
    """Return a frame as an engine takes it over.

    Parameters
    ----------
    names : what the columns of a matrix are called.

    Raises
    ------
    InputError : no table; two columns of one name; a matrix without names.
    """
    library = library_of(given)
    if library == "pandas":
        return _of_pandas(given)
    if library in ("numpy", "columns"):
        return _of_columns(_named_columns(given, names) if library == "numpy" else given)
    if library == "polars":
        return _of_polars(given)
    if library is None:
        raise errors.unknown_frame(called(given))
    return _of_stream(given, library)


def called(given: Any) -> str:
    """Return what an object is called in a message."""
    return f"{type(given).__module__.split('.')[0]} {type(given).__name__}"


def check_names(names: Sequence[str]) -> None:
    """Refuse two columns of one name, letters' case aside."""
    folded = [name.casefold() for name in names]
    counts = {name: folded.count(name) for name in set(folded)} if len(set(folded)) < len(folded) else {}
    if twice := [name for name in names if counts.get(name.casefold(), 1) > 1]:
        raise errors.same_columns(twice)


# ── pandas ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_pandas(given: Any) -> Frame:
    frame = given if hasattr(given, "columns") else given.to_frame()
    names = [_text_of(name) for name in frame.columns]
    check_names(names)
    levels = {}
    for i, name in enumerate(frame.index.names):
        if name is not None and _text_of(name) not in names:
            levels[_text_of(name)] = frame.index.get_level_values(i)
    check_names([*names, *levels])
    frame = frame.set_axis(names, axis=1).reset_index(drop=True).assign(**levels)
    unread = tuple(
        Unread(name, _type_of(kind), measures=name not in levels)
        for name, kind in frame.dtypes.items()
        if ODD_TYPE.match(_type_of(kind))
    )
    frame = frame.drop(columns=[u.column for u in unread])
    return Frame(frame, tuple(frame.columns), tuple(name for name in levels if name in frame.columns), unread)


def _text_of(name: Any) -> str:
    """Return a column's name as text; the parts of one that has several are joined, and what is none is empty."""
    if not isinstance(name, str) and str(name) in NO_NAME:
        return ""
    return "_".join(str(part) for part in name if str(part)) if isinstance(name, tuple) else str(name)


def _type_of(kind: Any) -> str:
    """Return the name of a type of pandas; of categories it is that of the levels."""
    levels = getattr(kind, "categories", None)
    return str(kind if levels is None else levels.dtype)


# ── columns of numpy ──────────────────────────────────────────────────────────────────────────────────────────────


def _named_columns(matrix: Any, names: Sequence[str] | None) -> dict[str, Any]:
    """Return the columns of a matrix by their names."""
    if matrix.dtype.names is not None:
        return {name: np.ravel(matrix[name]) for name in matrix.dtype.names}
    values = matrix if isinstance(matrix, np.ma.MaskedArray) else np.asarray(matrix)
    if values.ndim != 2 or names is None or len(names) != values.shape[1]:
        raise errors.unnamed_matrix(values.shape, None if names is None else len(names))
    return {name: values[:, i] for i, name in enumerate(names)}


def _of_columns(columns: Mapping[Any, Any]) -> Frame:
    arrays = {
        str(name): values if isinstance(values, np.ndarray) else array_of(values) for name, values in columns.items()
    }
    check_names(list(arrays))
    sizes = {name: array.shape for name, array in arrays.items()}
    if len(set(sizes.values())) > 1 or any(len(shape) != 1 for shape in sizes.values()):
        raise errors.uneven_columns([f"{name} ({'×'.join(map(str, shape))})" for name, shape in sizes.items()])
    unread = tuple(Unread(name, str(a.dtype)) for name, a in arrays.items() if ODD_TYPE.match(str(a.dtype)))
    left = {name: array for name, array in arrays.items() if name not in {u.column for u in unread}}
    return Frame({name: _plain(array) for name, array in left.items()}, tuple(left), (), unread)


def array_of(values: Any) -> Any:
    """Return a list of values as an array that changes none of them."""
    held = list(values)
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in held)
    return np.array(held) if numbers and held else np.array([*held, None], dtype=object)[:-1]


def _plain(array: Any) -> Any:
    """Return an array without mask, in this machine's byte order."""
    if isinstance(array, np.ma.MaskedArray):
        numeric = array.dtype.kind in "iuf"
        values = np.array(array.data, dtype=np.float64 if numeric else object)
        values[np.ma.getmaskarray(array)] = np.nan if numeric else None
        return values
    native = array.dtype.newbyteorder("=")
    if array.dtype.kind in "mM" and np.datetime_data(array.dtype)[0] in COARSE:
        native = np.dtype(f"{array.dtype.kind}8[s]")
    return np.ascontiguousarray(array.astype(native, copy=False))


# ── what gives an Arrow stream ────────────────────────────────────────────────────────────────────────────────────


def _of_polars(given: Any) -> Frame:
    frame = given.collect() if hasattr(given, "collect") else given
    frame = frame.to_frame() if hasattr(frame, "to_frame") else frame
    odd = {name: str(kind) for name, kind in frame.schema.items()}
    unread = tuple(
        Unread(name, kind, kind != NO_VALUES) for name, kind in odd.items() if ODD_TYPE.match(kind) or kind == NO_VALUES
    )
    empty = {name: str for name, kind in odd.items() if kind == "Null"}  # which DuckDB does not read from polars
    found = _of_stream(frame.drop([u.column for u in unread]).cast(empty), "polars")
    return Frame(found.held, found.names, (), (*unread, *found.unread))


class _Stream:
    """A stream that was begun, as something that gives it."""

    def __init__(self, capsule: object) -> None:
        self.capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.capsule


def _of_stream(given: Any, library: Library) -> Frame:
    """Return what gives an Arrow stream, once: some can be asked a single time."""
    try:
        capsule = given.__arrow_c_stream__()
    except errors.CoterieError:
        raise
    except Exception as error:
        raise errors.broken_stream(called(given), str(error) or type(error).__name__) from error
    fields = fields_of(capsule)
    if fields is None:
        raise errors.unknown_frame(called(given))
    names = [f.name for f in fields]
    check_names(names)
    unread = tuple(Unread(f.name, f.type) for f in fields if _is_odd(f))
    if not unread and (library == "pyarrow" or all(f.format != NOTHING for f in fields)):
        return Frame(capsule, tuple(names))
    kept = [name for name in names if name not in {u.column for u in unread}]
    try:
        import narwhals.stable.v2 as nw

        found = nw.from_arrow(_Stream(capsule), backend="pyarrow").select(kept).to_native()
    except ImportError as error:  # without a library for Arrow a stream cannot be changed
        odd = unread or [Unread(f.name, f.type) for f in fields if f.format == NOTHING]
        raise errors.unread_column(odd[0].column, odd[0].type) from error
    return Frame(found.__arrow_c_stream__(), tuple(kept), (), unread)


def _is_odd(field: Field) -> bool:
    """Say whether DuckDB would refuse a column, or take it for what it is not (a period for a number)."""
    wide = field.format.startswith("d:") and field.format.endswith(",256")
    unknown = field.format == "e" or field.format.startswith("_") or field.levels.startswith("+")
    return wide or unknown or field.extension.startswith("pandas.")
