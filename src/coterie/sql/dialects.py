"""The differences between dialects as data: a row a dialect.

sqlglot knows how each dialect quotes, escapes and names its types. A row says the rest: what stands for a mark, how a
literal is a double, when two texts are the same, and what keeps an engine from working a step out again for every
column that reads it (Postgres, SQLite and MySQL pull a subquery up and compute each prepared value once a distance).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from coterie.doors import frozen
from coterie.sql.marks import Mark
from coterie.sql.spark_times import clock_in_utc, seconds_of
from coterie.sql.tree import (
    Node,
    above,
    add,
    call,
    cast,
    equal,
    less,
    md5,
    multiply,
    number,
    remainder,
    text,
    total,
    whole,
)

HALF = 30  # bits of the lower of the two halves that SQLite sums
WRITTEN_NUMBER = "^ *[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)? *$"
NO_NUMBER = "a cell that says no number is taken as missing in a column of numbers"
CAPITALS = "names are exact: what was created without quotes is called in capitals there"
SESSION = "the day of a moment with a zone is the one that it is in the session's zone"
NO_LIMIT = 2**64 - 1  # MySQL's own number for every row
EVERY_ROW = 2**63 - 1
TSQL_TEXT = "NVARCHAR(4000)"  # a VARCHAR alone has 30, and the letters of one code page


@frozen
class Dialect:
    """What one dialect does in its own way.

    ``spelled`` has a function a mark, from the mark's arguments to what stands for it; ``double`` makes a double of a
    literal with an exponent, ``exact_text`` makes a text such that only equal letters are equal, ``fence`` keeps a step
    from being worked out more than once, ``quoted_text`` makes a literal one that holds every letter, and ``matches``
    makes what there is of a test by a pattern. A function that is None changes nothing. ``long_text`` is the type of
    texts where the usual one cuts them. ``numbers_rows`` says whether rows can be numbered as they come; ``dates``,
    whether a time is the same seconds whatever the session's zone, and nothing else is taken for one; ``unfit`` are the
    signs that no column's name can have; ``executed``, whether coterie's tests run whole assignments in the dialect,
    and ``fake`` what they run them on instead; ``cautions`` are what a reader of its SQL must know, ``day_cautions``
    what one must who has days of purchases.
    """

    name: str
    title: str
    spelled: Mapping[Mark, Callable[..., Node]]
    double: Callable[[Node], Node] | None = None
    exact_text: Callable[[Node], Node] | None = None
    fence: Callable[[exp.CTE], None] | None = None
    quoted_text: Callable[[Node], Node] | None = None
    long_text: str | None = None
    matches: Callable[[Node], Node] | None = None
    numbers_rows: bool = True
    dates: bool = False
    unfit: str = ""
    executed: bool = False
    fake: str = ""
    cautions: tuple[str, ...] = ()
    day_cautions: tuple[str, ...] = (SESSION,)


# ── fences ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _offset_nothing(step: exp.CTE) -> None:
    step.set("this", step.this.offset(0, copy=False))


def _limit_nothing(step: exp.CTE) -> None:
    if not step.this.args.get("limit"):
        step.set("this", step.this.limit(NO_LIMIT, copy=False))


def _materialize(step: exp.CTE) -> None:
    step.set("materialized", True)


def _top_everything(step: exp.CTE) -> None:
    if not step.this.args.get("limit"):
        step.set("this", step.this.limit(EVERY_ROW, copy=False))


# ── what stands for a mark ────────────────────────────────────────────────────────────────────────────────────────


def _called(name: str) -> Callable[..., Node]:
    return lambda *arguments: call(name, *arguments)


def _itself(a: Node) -> Node:
    return a


def _never(a: Node) -> Node:
    return exp.false()


def _at_utc(a: Node) -> Node:
    return exp.AtTimeZone(this=a, zone=text("UTC"))


def _as_double(a: Node) -> Node:
    return cast(a, "double")


def _sqlite_number(a: Node) -> Node:
    """Return a number, or a text that says one: it is equal to what it is cast to."""
    return exp.Case(ifs=[exp.If(this=equal(_as_double(a.copy()), a.copy()), true=_as_double(a))])


def _mysql_number(a: Node) -> Node:
    """Return a number that a text says; REGEXP_INSTR is what MySQL and MariaDB both have."""
    said = above(call("REGEXP_INSTR", cast(a.copy(), "text"), text(WRITTEN_NUMBER)), whole(0))
    return exp.Case(ifs=[exp.If(this=said, true=_as_double(a))])


def _sum_as_double(a: Node) -> Node:
    return cast(total(a), "double")


def _sum_of_decimals(a: Node) -> Node:
    return _sum_as_double(exp.Cast(this=a, to=exp.DataType.build("DECIMAL(38, 0)")))


def _sum_of_halves(a: Node) -> Node:
    """Return the sum of the upper and of the lower bits: both exact, so it is rounded once."""
    upper = exp.BitwiseRightShift(this=exp.Paren(this=a.copy()), expression=whole(HALF))
    lower = exp.BitwiseAnd(this=exp.Paren(this=a), expression=whole(2**HALF - 1))
    return add(multiply(cast(total(upper), "double"), number(2.0**HALF)), cast(total(lower), "double"))


def _days(a: Node) -> Node:
    return exp.DateDiff(this=_date(a), expression=_date(text("1970-01-01")), unit=exp.Var(this="DAY"))


def _date(a: Node) -> Node:
    return exp.Cast(this=a, to=exp.DataType.build("DATE"))


def _postgres_days(a: Node) -> Node:
    return exp.Paren(this=exp.Sub(this=_date(a), expression=_date(text("1970-01-01"))))


def _below_md5(a: Node) -> Node:
    return less(md5(a), text("08"))


def _duckdb_one_in_32(a: Node) -> Node:
    return equal(remainder(call("HASH", a), whole(32)), whole(0))


def _duckdb_time(a: Node, *formats: Node) -> Node:
    return call("try_strptime", a, exp.Array(expressions=list(formats)))


def _duckdb_hex(a: Node) -> Node:
    return cast(exp.DPipe(this=text("0x"), expression=a), "whole")


def _duckdb_each(count: Node) -> Node:
    return call("unnest", call("range", count))


def _postgres_nan(a: Node) -> Node:
    return equal(a, _postgres_double(text("NaN")))


def _postgres_double(a: Node) -> Node:
    return cast(text(a.name), "double")


def _postgres_seconds(a: Node) -> Node:
    return cast(exp.Extract(this=exp.Var(this="EPOCH"), expression=a), "double")


def _postgres_time(a: Node) -> Node:
    return _at_utc(call("TO_TIMESTAMP", multiply(cast(a, "double"), number(1e-6))))


def _sqlite_seconds(a: Node) -> Node:
    days = exp.Sub(this=call("JULIANDAY", a), expression=number(2_440_587.5))
    return multiply(exp.Paren(this=days), number(86_400.0))


def _mysql_seconds(a: Node) -> Node:
    micros = call("TIMESTAMPDIFF", exp.Var(this="MICROSECOND"), text("1970-01-01"), a)
    return multiply(cast(micros, "double"), number(1e-6))


def _mysql_matches(test: Node) -> Node:
    return above(call("REGEXP_INSTR", test.this, test.expression), whole(0))


def _mysql_text(a: Node) -> Node:
    return exp.Cast(this=_mysql_letters(a), to=exp.DataType.build("BINARY"))


def _mysql_letters(a: Node) -> Node:
    return exp.Cast(this=a, to=exp.DataType(this=exp.DataType.Type.CHARACTER_SET, kind=exp.Var(this="utf8mb4")))


def _mysql_renamed(*names: Node) -> Node:
    said = [name.sql("mysql") for name in names]  # the tree has no node for it
    moves = [f"{old} TO {new}" for old, new in zip(said[::2], said[1::2], strict=True)]
    return exp.Command(this="RENAME TABLE", expression=", ".join(moves))


def _tsql_number(a: Node) -> Node:
    """Return a number; an empty text would be taken for 0."""
    there = above(call("LEN", _tsql_text(a.copy())), whole(0))
    return exp.Case(ifs=[exp.If(this=there, true=_as_double(a))])


def _tsql_text(a: Node) -> Node:
    return exp.Cast(this=a, to=exp.DataType.build(TSQL_TEXT, dialect="tsql"))


def _tsql_key(a: Node) -> Node:
    return exp.Cast(this=_tsql_text(a), to=exp.DataType.build("VARBINARY(8000)", dialect="tsql"))


def _national(a: Node) -> Node:
    return exp.National(this=a.name)


# ── a row a dialect ───────────────────────────────────────────────────────────────────────────────────────────────

ROWS = (
    Dialect(
        "duckdb",
        "DuckDB",
        {
            Mark.NUMBER_IN: _as_double,
            Mark.IS_NAN: _called("ISNAN"),
            Mark.LEAST: _called("LEAST"),
            Mark.WHOLE_SUM: total,  # of 64-bit numbers it has 128 bits
            Mark.PARSED_TIME: _duckdb_time,
            Mark.IN_UTC: _at_utc,
            Mark.SECONDS: _called("EPOCH"),
            Mark.DAY: _days,
            Mark.KEY: _itself,
            Mark.LETTERS: _itself,
            Mark.BY_BYTES: _itself,
            Mark.ONE_IN_32: _duckdb_one_in_32,  # a fifth of what its MD5 costs
            Mark.TIME_OF_MICROS: _called("MAKE_TIMESTAMP"),
            Mark.HEX_NUMBER: _duckdb_hex,
            Mark.RANGE: _called("RANGE"),
            Mark.EACH: _duckdb_each,
        },
        dates=True,
        executed=True,
    ),
    Dialect(
        "postgres",
        "PostgreSQL",
        {
            Mark.NUMBER_IN: _as_double,
            Mark.IS_NAN: _postgres_nan,  # which is equal to itself there
            Mark.LEAST: _called("LEAST"),
            Mark.WHOLE_SUM: _sum_as_double,  # of 64-bit numbers it is a numeric
            Mark.IN_UTC: _at_utc,
            Mark.SECONDS: _postgres_seconds,
            Mark.TIME_OF_MICROS: _postgres_time,
            Mark.DAY: _postgres_days,
            Mark.KEY: _itself,
            Mark.LETTERS: _itself,
            # half of what it costs in the database's language
            Mark.BY_BYTES: lambda a: exp.Collate(this=a, expression=exp.to_identifier("C", quoted=True)),
            Mark.ONE_IN_32: _below_md5,
        },
        double=_postgres_double,  # 0.5e0 is a numeric, and a sum of numerics is not the sum of doubles
        fence=_offset_nothing,  # as AS MATERIALIZED, but nothing is stored
        dates=True,
        executed=True,
    ),
    Dialect(
        "sqlite",
        "SQLite",
        {
            Mark.NUMBER_IN: _sqlite_number,
            Mark.IS_NAN: _never,  # it is stored as NULL
            Mark.LEAST: _called("MIN"),
            Mark.WHOLE_SUM: _sum_of_halves,  # a sum of whole numbers beyond 64 bits is an error
            Mark.IN_UTC: _itself,  # there are no zones
            Mark.SECONDS: _sqlite_seconds,
            Mark.DAY: _days,
            Mark.KEY: _itself,
            Mark.LETTERS: _itself,
            Mark.BY_BYTES: _itself,
            Mark.ONE_IN_32: _below_md5,
        },
        fence=_materialize,
        executed=True,
        cautions=(
            NO_NUMBER,
            "small and capital letters beyond A to Z are different letters",
            "it needs SQLite 3.35 or later with its mathematical functions",
        ),
        day_cautions=("a day is a text that begins as 2026-01-31 does; numbers would be read as other days",),
    ),
    Dialect(
        "mysql",
        "MySQL and MariaDB",
        {
            Mark.NUMBER_IN: _mysql_number,
            Mark.IS_NAN: _never,  # no column can hold it
            Mark.LEAST: _called("LEAST"),
            Mark.WHOLE_SUM: _sum_as_double,  # of whole numbers it is a decimal
            Mark.IN_UTC: _itself,  # a TIMESTAMP shows itself in the session's zone
            Mark.SECONDS: _mysql_seconds,
            Mark.DAY: _days,
            Mark.KEY: _mysql_text,
            Mark.LETTERS: _mysql_letters,
            Mark.RENAMED: _mysql_renamed,
            Mark.BY_BYTES: _itself,
            Mark.ONE_IN_32: _below_md5,
        },
        matches=_mysql_matches,  # MariaDB has no REGEXP_LIKE
        exact_text=_mysql_text,  # 'a' = 'A' and 'a' = 'a ' by most collations
        fence=_limit_nothing,  # MariaDB merges a step without a limit into the next
        executed=True,
        cautions=(NO_NUMBER,),
    ),
    Dialect(
        "spark",
        "Spark and Databricks",
        {
            Mark.NUMBER_IN: _as_double,
            Mark.IS_NAN: _called("ISNAN"),
            Mark.LEAST: _called("LEAST"),
            Mark.WHOLE_SUM: _sum_of_decimals,  # of 64-bit numbers it has 64 bits, and wraps around
            Mark.IN_UTC: clock_in_utc,
            Mark.SECONDS: seconds_of,
            Mark.DAY: _days,
            Mark.KEY: _itself,
            Mark.LETTERS: _itself,
            Mark.BY_BYTES: _itself,
            Mark.ONE_IN_32: _below_md5,
            Mark.TIME_OF_MICROS: _called("TIMESTAMP_MICROS"),
        },
        cautions=(f"without ANSI mode (spark.sql.ansi.enabled) {NO_NUMBER}",),
        numbers_rows=False,  # a window without an order is an error
        executed=True,
    ),
)  # fmt: skip

# Written, and parsed again in the tests, but executed nowhere there, or on a fake.
PLAIN = {
    Mark.NUMBER_IN: _as_double,
    Mark.LEAST: _called("LEAST"),
    Mark.WHOLE_SUM: _sum_as_double,
    Mark.DAY: _days,
    Mark.KEY: _itself,
    Mark.LETTERS: _itself,
}
PARSED = (
    Dialect("snowflake", "Snowflake", PLAIN, fake="fakesnow", cautions=(CAPITALS,)),
    Dialect(
        "bigquery", "BigQuery", PLAIN, unfit='!"$()*,./;?@[\\]^`{}~', day_cautions=("a moment's day is that in UTC",)
    ),
    Dialect(
        "redshift",
        "Amazon Redshift",
        PLAIN,
        double=_postgres_double,  # as in PostgreSQL, which it comes from
        fence=_offset_nothing,
        long_text="VARCHAR(65535)",  # a VARCHAR alone has 256
    ),
    Dialect(
        "tsql",
        "SQL Server",
        {**PLAIN, Mark.NUMBER_IN: _tsql_number, Mark.KEY: _tsql_key, Mark.LETTERS: _tsql_text},
        exact_text=_tsql_key,  # 'a' = 'A' and 'a' = 'a ' by most collations
        fence=_top_everything,
        quoted_text=_national,
        long_text=TSQL_TEXT,
        numbers_rows=False,  # a window without an order is an error
        cautions=("it needs SQL Server 2022 or later, or Azure SQL",),
    ),
)
DIALECTS = {row.name: row for row in (*ROWS, *PARSED)}
ALIKE = {"databricks": "spark", "mariadb": "mysql"}
