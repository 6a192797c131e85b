"""What Spark refused, in coterie's words."""

from __future__ import annotations

import re

from coterie import errors

QUERY = ("AnalysisException", "ParseException")
DATA = ("ArithmeticException", "NumberFormatException", "DateTimeException", "SparkRuntimeException")
LOST = (
    "UNAVAILABLE", "Connection refused", "Connection reset", "Answer from Java side is empty", "SparkContext was shut",
    "stopped SparkContext", "SESSION_CLOSED", "SESSION_NOT_FOUND", "SESSION_CHANGED", "Socket closed",
)  # fmt: skip
KILLED = ("ExecutorLostFailure", "FetchFailed")  # and what they had left for others is gone with them
FULL = ("maxResultSize", "OutOfMemoryError", "No space left", "RESOURCE_EXHAUSTED")
DENIED = ("Permission denied", "PERMISSION_DENIED", "AccessControlException")
AT_WORK = ((KILLED, lambda said: errors.lost_executors()), (FULL, errors.server_full), (DENIED, errors.no_right))
NETWORK = ("Py4JNetworkError", "ConnectionError")
CALLING = "An error occurred while calling"  # and what it was stands in the next line
UNREADABLE = ("FAILED_READ_FILE", "CANNOT_READ_FILE", "is not a Parquet file")
CONDITION = re.compile(r"^\s*\[[A-Z][A-Z_.0-9]*\]\s*")
VALUE = re.compile(r"'[^']*'")
OF_JAVA = re.compile(r"^([a-z]\w*\.)+\w+(Exception|Error): ")


def is_sparks(error: Exception) -> bool:
    """Say whether an error is one of Spark, or of the way to it."""
    return any(base.__module__.split(".")[0] in ("pyspark", "py4j", "grpc") for base in type(error).__mro__) or (
        isinstance(error, ConnectionError)
    )


def first_line(error: BaseException) -> str:
    """Return what Spark said, without its code and what follows."""
    lines = [line.lstrip(": ") for line in str(error).splitlines() if line.strip() and not line.startswith(CALLING)]
    said = CONDITION.sub("", OF_JAVA.sub("", lines[0] if lines else type(error).__name__))
    return said.partition(" SQLSTATE: ")[0].rstrip(".")


def condition_of(error: Exception) -> str:
    """Return Spark's name for what went wrong; empty where it has none."""
    tell = getattr(error, "getCondition", None)
    return str(tell() or "") if tell is not None else ""


def explain(error: Exception, text: str, place: str) -> Exception:
    """Return coterie's word for what went wrong with a query."""
    if not is_sparks(error):
        return error
    said, names = f"{type(error).__name__}: {error}", {base.__name__ for base in type(error).__mro__}
    if any(words in said for words in UNREADABLE):
        return errors.damaged(place, "Spark cannot decode one of its files")
    if any(words in said for words in LOST) or names & set(NETWORK):
        return errors.lost_connection(place)
    for words, tell in AT_WORK:
        if any(word in said for word in words):
            return tell(first_line(error))
    if names & set(DATA):
        return errors.failed_view(VALUE.sub("'…'", first_line(error)).partition(". ")[0])
    if names & set(QUERY) and "__c_query" in text:
        return errors.bad_query(first_line(error))
    return errors.engine_refused(first_line(error), text)
