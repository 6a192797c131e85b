"""A frame is a table with an identity: whoever made it, its rows keep their order and their index."""

from __future__ import annotations

import copy
import datetime
import decimal
import pickle
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import coterie
from coterie.errors import InputError

N = 400


class Geo(pd.DataFrame):  # type: ignore[misc]
    """A subclass from another package."""

    @property
    def _constructor(self) -> type[Geo]:
        return Geo


Geo.__module__ = "geopandas.geodataframe"


class Own:
    """A class of one's own that speaks Arrow."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.held.__arrow_c_stream__()


def people() -> pd.DataFrame:
    """Two groups far apart, in no order: whose row is whose shows in the answer."""
    r = np.random.default_rng(7)
    rich = r.random(N) < 0.4
    income, spend = r.normal(np.where(rich, 90, 20), 3), r.normal(np.where(rich, 80, 10), 3)
    return pd.DataFrame({"income": income.round(3), "spend": spend.round(3)})


def truth(frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    return (frame["income"] > 55).to_numpy()


def agrees(segment: Any, rich: Any) -> bool:
    """Say whether two segments are the two groups, row by row."""
    values = np.asarray(segment)
    return bool(np.array_equal(values == values[np.argmax(rich)], rich))


def connected() -> duckdb.DuckDBPyConnection:
    held = duckdb.connect()
    held.from_df(people()).create("people")
    return held


KINDS: dict[str, Callable[[], Any]] = {
    "polars": lambda: pl.from_pandas(people()),
    "lazy polars": lambda: pl.from_pandas(people()).lazy(),
    "table": lambda: pa.Table.from_pandas(people()),
    "batch": lambda: pa.RecordBatch.from_pandas(people()),
    "reader": lambda: pa.Table.from_pandas(people()).to_reader(max_chunksize=33),
    "relation": lambda: connected().table("people"),
    "result": lambda: connected().execute("SELECT * FROM people"),
    "connection": connected,
    "own class": lambda: Own(pa.Table.from_pandas(people())),
    "columns": lambda: dict(people().items()),
    "lists": lambda: people().to_dict("list"),
    "records": lambda: people().to_records(index=False),
}


def rows_of(answer: Any) -> dict[str, list[Any]]:
    if isinstance(answer, duckdb.DuckDBPyRelation):
        return {k: list(v) for k, v in answer.fetchnumpy().items()}
    if isinstance(answer, pl.LazyFrame):
        answer = answer.collect()
    if isinstance(answer, pl.DataFrame):
        return answer.to_dict(as_series=False)
    if isinstance(answer, pa.Table):
        return answer.to_pydict()
    return {name: list(answer[name]) for name in ("id", "segment", "name")}


@pytest.mark.parametrize("make", KINDS.values(), ids=list(KINDS))
def test_every_kind_of_frame_has_its_rows_answered_in_their_order(make: Callable[[], Any]) -> None:
    given = make()
    run = coterie.segment(given, k=2)
    rich = truth(people())
    answer = run.assignments()
    assert agrees(rows_of(answer)["segment"], rich)
    assert rows_of(answer)["id"] == [str(i + 1) for i in range(N)]
    assert agrees(rows_of(run.assign(make()))["segment"], rich)
    again = pickle.loads(pickle.dumps(run))
    assert again.record == run.record
    assert agrees(rows_of(copy.deepcopy(run).assignments())["segment"], rich)
    with pytest.raises(InputError, match="without its customers"):
        again.assignments()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (KINDS["polars"], pl.DataFrame),
        (KINDS["lazy polars"], pl.LazyFrame),
        (KINDS["table"], pa.Table),
        (KINDS["batch"], pa.Table),
        (KINDS["reader"], pa.Table),
        (KINDS["relation"], duckdb.DuckDBPyRelation),
        (KINDS["own class"], duckdb.DuckDBPyRelation),
        (KINDS["columns"], dict),
        (KINDS["records"], np.ndarray),
        (people, pd.DataFrame),
        (lambda: Geo(people()), pd.DataFrame),
    ],
)
def test_the_answer_is_of_the_kind_that_came_in(make: Callable[[], Any], kind: type) -> None:
    run = coterie.segment(make(), k=2)
    assert isinstance(run.assignments(), kind)
    assert isinstance(run.assign(make()), kind)


def indexed() -> dict[str, pd.DataFrame]:
    frame = people()
    shuffled = frame.sample(frac=1, random_state=1)
    named = frame.set_axis(pd.Index([f"c{i:03}" for i in range(N)][::-1], name="client"), axis=0)
    levels = pd.MultiIndex.from_arrays([["DE", "FR"] * (N // 2), range(N)], names=["country", "client"])
    return {
        "plain": frame,
        "filtered": frame[frame["spend"] > 5],
        "shuffled": shuffled,
        "named": named,
        "named numbers": frame.set_axis(pd.RangeIndex(500, 500 + N, name="client"), axis=0),
        "repeated": frame.set_axis([0, 1] * (N // 2), axis=0),
        "days": frame.set_axis(pd.date_range("2024-01-01", periods=N), axis=0),
        "levels": frame.set_axis(levels, axis=0),
        "subclass": Geo(shuffled),
    }


@pytest.mark.parametrize("name", list(indexed()))
def test_the_index_of_a_pandas_frame_comes_back(name: str) -> None:
    frame = indexed()[name]
    run = coterie.segment(frame, k=2)
    for answer in (run.assignments(), run.assign(frame)):
        assert answer.index.equals(frame.index)
        assert answer.index.names == frame.index.names
        assert agrees(answer["segment"], truth(frame))
        if frame.index.is_unique:
            joined = frame.join(answer)
            assert agrees(joined["segment"], truth(frame))
    assert {c.name for c in run.record.columns if c.role == "feature"} == {"income", "spend"}


def test_a_named_index_that_is_unique_is_the_id() -> None:
    run = coterie.segment(indexed()["named"], k=2)
    assert run.assignments()["id"].tolist() == [f"c{i:03}" for i in range(N)][::-1]
    assert [f.column for f in run.findings if f.code == "COT001"] == ["client"]
    named = coterie.segment(indexed()["named"], k=2, id="client")
    assert named.assignments().equals(run.assignments())
    levels = coterie.segment(indexed()["levels"], k=2, id="client")
    assert levels.assignments()["id"].tolist() == [str(i) for i in range(N)]


@pytest.mark.parametrize(
    "index", [pd.period_range("2000-01", periods=N, freq="M"), pd.IntervalIndex.from_breaks(range(N + 1))]
)
def test_a_named_index_that_cannot_be_read_is_no_id_and_comes_back(index: pd.Index) -> None:
    frame = people().set_axis(index.rename("month"), axis=0)
    run = coterie.segment(frame, k=2)
    assert run.assignments().index.equals(frame.index)
    assert agrees(run.assignments()["segment"], truth(frame))
    assert [(f.code, f.level) for f in run.findings if f.column == "month"] == [("COT104", "warning")]
    with pytest.raises(InputError, match="month"):
        coterie.segment(frame, id="month")


@pytest.mark.parametrize("name", [None, np.nan, pd.NaT, ""])
def test_a_column_without_a_name_is_refused(name: Any) -> None:
    frame = people().set_axis(["income", name], axis=1)
    with pytest.raises(InputError, match="Column 2 of 'the frame' has no name"):
        coterie.segment(frame)


def test_a_named_index_that_repeats_is_no_id_and_no_column() -> None:
    frame = people().set_axis(pd.Index(["a", "b"] * (N // 2), name="shop"), axis=0)
    run = coterie.segment(frame, k=2)
    assert run.assignments()["id"].tolist() == [str(i + 1) for i in range(N)]
    assert {c.name for c in run.record.columns} == {"income", "spend"}
    assert "COT012" in {f.code for f in run.findings}
    described = coterie.segment(frame, k=2, describe=["shop"])
    assert "shop" in {c.name for c in described.record.columns if c.role == "describe"}


def test_the_sums_of_a_group_by_are_a_table() -> None:
    frame = people().assign(client=np.arange(N))
    sums = frame.groupby("client")["spend"].sum()
    answer = coterie.segment(sums, k=2).assignments()
    assert answer.index.equals(sums.index)
    assert agrees(answer["segment"], truth(frame))
    both = frame.groupby("client").agg({"spend": ["sum", "max"], "income": ["mean"]})
    run = coterie.segment(both, k=2)
    assert {c.name for c in run.record.columns} == {"client", "spend_sum", "spend_max", "income_mean"}


def test_the_columns_of_a_matrix_are_called_as_the_features_are() -> None:
    frame = people()
    matrix = frame.to_numpy()
    run = coterie.segment(matrix, features=["income", "spend"], k=2)
    answer = run.assign(matrix)
    assert agrees(answer["segment"], truth(frame))
    assert answer.dtype.names == ("id", "segment", "name", "margin", "confidence")
    assert coterie.check(matrix, features=["income", "spend"]).columns == 2
    for features in (None, ["income"], ["a", "b", "c"]):
        with pytest.raises(InputError, match="columns of a matrix need names: it is 400 × 2"):
            coterie.segment(matrix, features=features)


def test_a_stream_can_be_asked_once() -> None:
    reader = pa.Table.from_pandas(people()).to_reader()
    assert agrees(rows_of(coterie.segment(reader, k=2).assignments())["segment"], truth(people()))


@pytest.mark.parametrize("given", [[1, 2], 3, pa.chunked_array([[1, 2]]), people().groupby("income"), object()])
def test_what_is_no_table_is_refused(given: Any) -> None:
    with pytest.raises(InputError, match=r"coterie cannot read a|no file"):
        coterie.segment(given)


def test_a_stream_that_breaks_is_an_error_of_one_sentence() -> None:
    class Broken:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise RuntimeError("no rows today")

    with pytest.raises(InputError, match="cannot give its rows: no rows today"):
        coterie.segment(Broken())


# ── odd columns ───────────────────────────────────────────────────────────────────────────────────────────────────


ODD: dict[str, Callable[[], Any]] = {
    "interval": lambda: pd.arrays.IntervalArray.from_breaks(range(N + 1)),
    "bands": lambda: pd.cut(pd.Series(range(N)), 4),
    "period": lambda: pd.period_range("2000-01", periods=N, freq="M"),
    "sparse": lambda: pd.arrays.SparseArray([0.0, 1.0] * (N // 2)),
    "complex": lambda: np.arange(N) * 1j,
    "half": lambda: np.arange(N).astype(np.float16),
    "moments": lambda: pd.Series(
        [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-01", tz="UTC")] * (N // 2), dtype=object
    ),
}
ARROW: dict[str, Callable[[], Any]] = {
    "half": lambda: pa.array(np.arange(N).astype(np.float16)),
    "wide": lambda: pa.array([decimal.Decimal(i) for i in range(N)], pa.decimal256(50, 2)),
    "period": lambda: pa.Table.from_pandas(pd.DataFrame({"x": ODD["period"]()}))["x"],
    "bands": lambda: pa.Table.from_pandas(pd.DataFrame({"x": ODD["bands"]()}))["x"],
    "interval": lambda: pa.Table.from_pandas(pd.DataFrame({"x": ODD["interval"]()}))["x"],
}


def with_odd() -> list[Any]:
    made = [pytest.param(lambda m=m: people().assign(odd=m()), id=f"pandas {n}") for n, m in ODD.items()]
    made += [
        pytest.param(lambda m=m: pa.Table.from_pandas(people()).append_column("odd", m()), id=f"arrow {n}")
        for n, m in ARROW.items()
    ]
    made += [
        pytest.param(lambda m=m: Own(pa.Table.from_pandas(people()).append_column("odd", m())), id=f"own {n}")
        for n, m in ARROW.items()
    ]
    floats = pl.from_pandas(people())
    made += [
        pytest.param(lambda: floats.with_columns(odd=pl.lit(1).cast(pl.Float16)), id="polars half"),
        pytest.param(lambda: floats.with_columns(odd=pl.lit(1).cast(pl.Int128)), id="polars int128"),
        pytest.param(lambda: {**dict(people().items()), "odd": ODD["complex"]()}, id="columns complex"),
    ]
    return made


@pytest.mark.parametrize("make", with_odd())
def test_a_column_of_an_odd_type_stops_where_it_is_used_and_nowhere_else(make: Callable[[], Any]) -> None:
    with pytest.raises(InputError, match="odd"):
        coterie.segment(make(), k=2)
    with pytest.raises(InputError, match="odd"):
        coterie.segment(make(), k=2, id="odd")
    run = coterie.segment(make(), k=2, features=["income", "spend"])
    assert agrees(rows_of(run.assignments())["segment"], truth(people()))
    assert agrees(rows_of(run.assign(make()))["segment"], truth(people()))
    assert [f.level for f in coterie.check(make()).findings if f.column == "odd"] == ["error"]


def test_objects_that_are_no_values_are_left_out_with_a_finding() -> None:
    frame = pl.from_pandas(people()).with_columns(geometry=pl.Series([object()] * N, dtype=pl.Object))
    run = coterie.segment(frame, k=2)
    assert [(f.code, f.level) for f in run.findings if f.column == "geometry"] == [("COT104", "warning")]


def test_a_column_that_nobody_uses_never_stops_a_table() -> None:
    frame = people().assign(huge=2**60 + np.arange(N), ratio=[np.inf, *range(N - 1)])
    run = coterie.segment(frame, k=2, features=["income", "spend"])
    assert agrees(run.assign(frame)["segment"], truth(frame))
    assert all(c.max is None or np.isfinite(c.max) for c in run.record.columns)
    with pytest.raises(InputError, match="'ratio' holds an infinite"):
        coterie.segment(frame, k=2)
    for option in ({"value": "ratio"}, {"describe": ["ratio"]}):
        with pytest.raises(InputError, match="'ratio' holds an infinite"):
            coterie.segment(frame, k=2, features=["income", "spend"], **option)
    del frame["ratio"]
    run = coterie.segment(frame, k=2)
    assert [c.reason for c in run.record.columns if c.name == "huge"] == ["whole numbers beyond 2^53: an identifier"]
    with pytest.raises(InputError, match=r"'huge' holds whole numbers beyond 2\^53"):
        coterie.segment(frame, k=2, features=["income", "huge"])


def test_one_number_beyond_others_is_a_wrong_value_and_no_identifier() -> None:
    frame = people().assign(orders=[2**63 - 1, *(i % 9 for i in range(N - 1))])
    with pytest.raises(InputError, match=r"'orders' holds whole numbers beyond 2\^53"):
        coterie.segment(frame, k=2)


def test_ids_that_are_yes_or_no_are_refused_before_they_are_counted() -> None:
    with pytest.raises(InputError, match="'buys' holds yes or no, so it cannot be an id"):
        coterie.segment(people().assign(buys=[True, False] * (N // 2)), id="buys", allow_duplicate_ids=True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pd.DataFrame([[1, 2]], columns=["a", "A"]),
        lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]),
        lambda: pd.DataFrame([[1, 2]], columns=[1, "1"]),
        lambda: pa.table([[1], [2]], names=["a", "a"]),
        lambda: duckdb.sql("SELECT 1 AS a, 2 AS a"),
        lambda: duckdb.connect().execute("SELECT 1 AS a, 2 AS a"),
        lambda: {"a": [1], "A": [2]},
    ],
)
def test_two_columns_of_one_name_are_refused(make: Callable[[], Any]) -> None:
    with pytest.raises(InputError, match="Columns with the same name"):
        coterie.segment(make())


VALUES: dict[str, tuple[Callable[[], Any], str]] = {
    "category": (lambda: pd.Categorical(["a", "b"] * (N // 2)), "flag"),
    "nullable whole": (lambda: pd.array([1, None, 3, 7] * (N // 4), "Int64"), "number"),
    "nullable flag": (lambda: pd.array([True, False, None, True] * (N // 4), "boolean"), "flag"),
    "arrow text": (lambda: pd.array(["a", "b"] * (N // 2), "string[pyarrow]"), "flag"),
    "arrow number": (lambda: pd.array([1.5, 2.5, 3, None] * (N // 4), "double[pyarrow]"), "number"),
    "decimal": (lambda: [decimal.Decimal(i) / 4 for i in range(N)], "number"),
    "zone": (lambda: pd.date_range("2024-01-01", periods=N, tz="Europe/Berlin"), "date"),
    "days": (lambda: [datetime.date(2024, 1, 1) + datetime.timedelta(i) for i in range(N)], "date"),
    "mixed": (lambda: [1, "a", None, 2.5] * (N // 4), "category"),
    "uuid": (lambda: [uuid.UUID(int=i) for i in range(N)], "text"),
}


@pytest.mark.parametrize("name", list(VALUES))
def test_a_column_has_the_kind_of_its_values(name: str) -> None:
    make, kind = VALUES[name]
    run = coterie.segment(people().assign(x=make()), k=2)
    assert [c.kind for c in run.record.columns if c.name == "x"] == [kind]


OLD = np.array(["1600-01-01", "2024-05-01", "9999-12-31", "2024-05-02"] * (N // 4), "datetime64[D]")


@pytest.mark.parametrize(
    "make",
    [
        lambda: people().assign(x=OLD.astype("datetime64[s]")),
        lambda: people().assign(x=pd.Series(OLD.astype("datetime64[ms]")).dt.tz_localize("UTC")),
        lambda: {**dict(people().items()), "x": OLD},
        lambda: pa.Table.from_pandas(people()).append_column("x", pa.array(OLD, pa.timestamp("s"))),
        lambda: pa.Table.from_pandas(people()).append_column("x", pa.array(OLD, pa.timestamp("ms"))),
        lambda: duckdb.from_df(people().assign(x=OLD.astype("datetime64[us]"))).project(
            "income, spend, x::TIMESTAMP_MS AS x"
        ),
    ],
)
def test_a_day_may_lie_beyond_what_nanoseconds_count(make: Callable[[], Any]) -> None:
    run = coterie.segment(make(), k=2)
    days = [OLD.min().astype(int), OLD.max().astype(int)]
    assert [(c.kind, c.min, c.max) for c in run.record.columns if c.name == "x"] == [("date", *days)]


HOURS = [datetime.timedelta(hours=h) for h in range(N)]


@pytest.mark.parametrize(
    "make",
    [
        lambda: people().assign(x=pd.to_timedelta(HOURS)),
        lambda: people().assign(x=pd.Series(HOURS, dtype=object)),
        lambda: pl.from_pandas(people()).with_columns(x=pl.Series(HOURS)),
        lambda: pa.Table.from_pandas(people()).append_column("x", pa.array(HOURS, pa.duration("ms"))),
        lambda: {**dict(people().items()), "x": np.array(HOURS, "timedelta64[s]")},
        lambda: {**dict(people().items()), "x": np.array(HOURS, "timedelta64[s]").astype("timedelta64[h]")},
        lambda: duckdb.from_df(people().assign(x=pd.to_timedelta(HOURS))),
    ],
)
def test_a_length_of_time_is_a_number_of_hours(make: Callable[[], Any]) -> None:
    run = coterie.segment(make(), k=2, describe="x")
    assert [(c.kind, c.min, c.max) for c in run.record.columns if c.name == "x"] == [("number", 0, N - 1)]


@pytest.mark.parametrize(
    "make",
    [
        lambda: people().assign(x=[None] * N),
        lambda: people().assign(x=[np.nan] * N),
        lambda: pa.Table.from_pandas(people()).append_column("x", pa.nulls(N)),
        lambda: pl.from_pandas(people()).with_columns(x=pl.lit(None)),
        lambda: Own(pl.from_pandas(people()).with_columns(x=pl.lit(None))),
        lambda: connected().sql("SELECT *, NULL AS x FROM people"),
    ],
)
def test_a_column_without_a_value_is_said_to_be_empty(make: Callable[[], Any]) -> None:
    run = coterie.segment(make(), k=2)
    assert [c.reason for c in run.record.columns if c.name == "x"] == ["empty in every row"]


def test_one_text_among_numbers_stops_as_it_does_in_a_file() -> None:
    with pytest.raises(InputError, match="column 'x'"):
        coterie.segment(people().assign(x=[*(i % 7 for i in range(N - 1)), "a"]), k=2)


def test_a_uuid_is_an_id() -> None:
    ids = [uuid.UUID(int=i) for i in range(N)]
    assert coterie.segment(people().assign(key=ids), k=2).assignments()["id"].tolist() == [str(i) for i in ids]


def test_a_connection_stands_for_its_last_result_or_its_only_table() -> None:
    held = connected()
    held.from_df(people()).create("others")
    with pytest.raises(InputError, match="'others', 'people'"):
        coterie.segment(held)
    assert agrees(rows_of(coterie.segment(held.execute("FROM people"), k=2).assignments())["segment"], truth(people()))
    with pytest.raises(InputError, match="no table"):
        coterie.segment(duckdb.connect())


WITHOUT_ARROW = """
import sys
sys.modules["pyarrow"] = None
import duckdb, numpy as np, pandas as pd, polars as pl, coterie
r = np.random.default_rng(0)
held = {"income": r.normal(r.integers(0, 2, 300) * 50, 1), "text": np.array(["a", "b", "c"] * 100)}
connection = duckdb.connect()
connection.from_df(pd.DataFrame(held)).create("people")
class Own:
    def __arrow_c_stream__(self, requested_schema=None):
        return pl.DataFrame(held).__arrow_c_stream__()
records = set()
frames = held, pd.DataFrame(held), pl.DataFrame(held), pl.LazyFrame(held), Own(), connection.table("people"), connection
for given in frames:
    run = coterie.segment(given, k=2)
    answer = run.assignments()
    records.add(str(run.record))
    assert type(answer) is type(given) or isinstance(answer, duckdb.DuckDBPyRelation), type(given)
assert len(records) == 1
"""


def test_no_frame_needs_pyarrow() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_ARROW], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# ── purchases ─────────────────────────────────────────────────────────────────────────────────────────────────────


def purchases() -> pd.DataFrame:
    r = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "customer": [f"c{i}" for i in r.integers(0, 60, 900)],
            "date": pd.Timestamp("2025-01-01") + pd.to_timedelta(r.integers(0, 300, 900), unit="D"),
            "amount": r.gamma(3, 20, 900).round(2),
        }
    )


@pytest.mark.parametrize(
    "make",
    [
        purchases,
        lambda: purchases().set_index("date"),
        lambda: purchases().set_index(["customer", "date"]),
        lambda: pl.from_pandas(purchases()),
        lambda: pl.from_pandas(purchases()).lazy(),
        lambda: pa.Table.from_pandas(purchases()),
        lambda: Own(pa.Table.from_pandas(purchases())),
        lambda: duckdb.from_df(purchases()),
        lambda: purchases().assign(odd=np.zeros(900, np.float16)),
    ],
)
def test_a_log_of_purchases_may_be_any_frame(make: Callable[[], Any]) -> None:
    wanted = coterie.customers(purchases())
    got = coterie.customers(make())
    if isinstance(got, pl.LazyFrame):
        got = got.collect()
    table = got.fetchnumpy() if isinstance(got, duckdb.DuckDBPyRelation) else got
    columns = {name: list(np.asarray(table[name])) for name in ("customer_id", "recency", "monetary")}
    assert columns == {name: wanted[name].tolist() for name in columns}
    run = coterie.segment(make(), k=2, purchases={})
    assert sorted(rows_of(run.assignments())["id"]) == sorted(wanted["customer_id"])
