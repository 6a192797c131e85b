"""Times of Spark in numbers, which are the same in every zone that a session may have."""

from __future__ import annotations

from sqlglot import exp

from coterie.sql.tree import Node, add, call, cast, divide, equal, multiply, number, text, whole


def clock_in_utc(a: Node) -> Node:
    """Return the time without a zone that is so many microseconds after 1970, whatever the session's zone."""
    micros = exp.Cast(this=call("UNIX_MICROS", a), to=exp.DataType.build("DECIMAL(20, 0)"))
    seconds = exp.Cast(this=multiply(micros, exp.Literal.number("0.000001")), to=exp.DataType.build("DECIMAL(18, 6)"))
    zero = whole(0)
    past = call("MAKE_DT_INTERVAL", zero, zero.copy(), zero.copy(), seconds)
    return add(call("TO_TIMESTAMP_NTZ", text("1970-01-01")), past)


def seconds_of(a: Node) -> Node:
    """Return the seconds of an instant, or of what clocks show: a day, or a time without a zone."""
    micros = call("UNIX_MICROS", exp.Cast(this=a.copy(), to=exp.DataType.build("TIMESTAMPTZ")))
    second = multiply(exp.Extract(this=exp.Var(this="SECOND"), expression=a.copy()), whole(1_000_000))
    minutes = add(multiply(call("HOUR", a.copy()), whole(60)), call("MINUTE", a.copy()))
    shown = [multiply(_days(a.copy()), whole(86_400_000_000)), multiply(cast(minutes, "whole"), whole(60_000_000))]
    clock = add(add(*shown), cast(second, "whole"))
    is_instant = equal(call("TYPEOF", a), text("timestamp"))
    return divide(cast(exp.Case(ifs=[exp.If(this=is_instant, true=micros)], default=clock), "double"), number(1e6))


def _days(a: Node) -> Node:
    day, first = (exp.Cast(this=one, to=exp.DataType.build("DATE")) for one in (a, text("1970-01-01")))
    return exp.DateDiff(this=day, expression=first, unit=exp.Var(this="DAY"))
