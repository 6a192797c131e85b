"""What is wrong with a database: its address, its server, a right, a query.

No message holds a password: an address is shown without it.
"""

from __future__ import annotations

from coterie.errors.kinds import AccessError, InputError, LimitError
from coterie.errors.texts import quoted, shown


def bad_address(reason: str, example: str) -> InputError:
    """An address that names no database."""
    return InputError(f"This is no address of a database: {shown(reason, 120)}.", do=f"Write it as {example}.")


def no_server(place: str, reason: str) -> AccessError:
    """Nobody answers where a server should be."""
    return AccessError(
        f"No server answers at {shown(place, 120)}: {shown(reason, 160)}.",
        do="Check host and port, and that the server runs and lets this machine in.",
    )


def login_refused(place: str, reason: str) -> AccessError:
    """The server does not know the user, or not the password."""
    return AccessError(
        f"The server at {shown(place, 120)} lets nobody in so: {shown(reason, 160)}.",
        do="Check user and password; the password is taken from the address, PGPASSWORD or ~/.pgpass.",
    )


def no_database(place: str, name: str) -> InputError:
    """The server has no database of the name."""
    return InputError(
        f"The server at {shown(place, 120)} has no database {quoted(name)}.", do="Check the end of the address."
    )


def no_right(reason: str) -> AccessError:
    """The user of the database may not do what is needed."""
    return AccessError(f"The database refuses: {shown(reason, 160)}.", do="Ask for the right, or log in as another.")


def lost_connection(place: str) -> AccessError:
    """The server went away, or ended the session."""
    return AccessError(
        f"The connection to {shown(place, 120)} was lost; nothing was published.", do="Run again when it is back."
    )


def bad_query(reason: str) -> InputError:
    """The query that was given cannot be run."""
    return InputError(
        f"The database cannot run the query: {shown(reason, 200)}.",
        do="Give one SELECT with --query, or name a --table.",
    )


def failed_view(reason: str) -> InputError:
    """The database stopped at a value of the source while it was being read."""
    return InputError(
        f"The database stopped while it read the source: {shown(reason, 200)}.",
        do="Mend the value, or leave its row or column out with --query.",
    )


def no_table_named(place: str, names: str) -> InputError:
    """A database of several tables, and nobody said which one."""
    return InputError(f"{quoted(place)} has several tables: {names}.", do="Name one of these with --table.")


def no_schema(name: str) -> InputError:
    """No schema of the name, in which a table is to be made."""
    return InputError(f"The database has no schema {quoted(name)}.", do="Name another one with --into or --view.")


def table_exists(name: str) -> InputError:
    """Something stands where segments are to be written."""
    return InputError(f"{quoted(name)} exists in the database.", do="Pass --overwrite, or name another table.")


def not_our_table(name: str) -> InputError:
    """What stands where segments are to be written was not made by coterie."""
    return InputError(
        f"{quoted(name)} was not made by a run of coterie, so it is not replaced.",
        do="Name another table with --into or --view, or remove it yourself.",
    )


def not_replaced(reason: str) -> InputError:
    """The database keeps what a run's table should replace."""
    return InputError(
        f"The database does not let the table be replaced: {shown(reason, 160)}.",
        do="Name another table with --into or --view, or remove what depends on it.",
    )


def into_a_file() -> InputError:
    """Segments into a database, of customers who are in none."""
    return InputError(
        "--into and --view write where the customers are, and they are in no database.",
        do="Leave them out: segments.parquet holds the segments.",
    )


def only_read(database: str) -> InputError:
    """A kind of database in which coterie makes nothing."""
    return InputError(
        f"Nothing is written into {shown(database, 40)}.", do="Leave --into and --view out: segments.parquet has them."
    )


def table_and_view() -> InputError:
    """A table and a view at once."""
    return InputError("--into and --view exclude each other.", do="Leave one of them out.")


def table_and_query() -> InputError:
    """A table and a query at once."""
    return InputError("--table and --query exclude each other.", do="Leave one of them out.")


def query_of_a_file() -> InputError:
    """A query that is asked of no database."""
    return InputError("--query is asked of a database, and the source is none.", do="Leave --query out.")


def two_databases() -> InputError:
    """Sources in two databases, which no engine can read together."""
    return InputError("The sources are in two databases.", do="Put them into one, or export one of them as Parquet.")


def other_engine(place: str) -> InputError:
    """A database, and an engine that does not reach it."""
    return InputError(
        f"This engine does not read {shown(place, 120)}.", do="Leave `engine` out, or connect it with coterie.connect."
    )


def too_wide_for(database: str, most: int) -> LimitError:
    """More columns in one query than a database takes."""
    return LimitError(
        f"{shown(database, 40)} takes at most {most:,} columns in a query, and more are needed.",
        do="Name fewer with --features, or export the table as Parquet.",
    )


def too_slow(seconds: float) -> LimitError:
    """A query of the database took longer than was allowed."""
    return LimitError(
        f"The database did not answer within {seconds:g} seconds.", do="Give it longer with --time-limit."
    )


def server_full(reason: str) -> LimitError:
    """The server ran out of memory, disk or connections."""
    return LimitError(f"The server ran out of room: {shown(reason, 160)}.", do="Make room there, or run again later.")


# ── Spark ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def lost_executors() -> AccessError:
    """The processes that worked for Spark ended, and those after them."""
    return AccessError(
        "The processes that work for Spark ended again and again; nothing was published.",
        do="Run again; if they end again, give them more memory: spark.executor.memory.",
    )


def no_java(reason: str) -> AccessError:
    """Spark could not be started in this machine."""
    return AccessError(
        f"Spark cannot be started here: {shown(reason, 200)}.",
        do="Install Java 17 or later, or name a server with --engine sc://host:15002.",
    )


def only_parquet(name: str) -> InputError:
    """A file that Spark is not asked to read."""
    return InputError(
        f"Of files Spark reads Parquet here, and {quoted(name)} is another kind.",
        do="Leave --engine out: DuckDB reads it in this process; or write it as Parquet.",
    )


def other_rows(counted: int, written: int, *, spark: bool) -> InputError:
    """What Spark or a database wrote has other rows than it counted before, or as many in other segments."""
    found = f"{written:,} written" if written != counted else "as many written, in other segments"
    return InputError(
        f"{counted:,} rows were counted, and {found}; nothing was published.",
        do="Run again when nobody changes the table; --out must be a folder that every worker of Spark sees."
        if spark
        else "Run again when nobody changes the table, or leave new rows out with --query.",
    )
