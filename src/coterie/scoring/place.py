"""The name of a table as its parts."""

from __future__ import annotations

import re

from coterie import errors

PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
MOST_PARTS = 3  # catalog, schema, table


def parts_of(name: str, option: str) -> tuple[str, ...]:
    """Return the identifiers of a name, the table's own first.

    A point separates them unless it stands in double quotes; a quote inside them is doubled.

    >>> parts_of("crm.customers", "--table"), parts_of('"a.b"', "--table")
    (('customers', 'crm'), ('a.b',))

    Raises
    ------
    InputError : an empty part, an open quote, or more than catalog, schema and table.
    """
    found: list[str] = []
    rest = name
    while (part := PART.match(rest)) is not None:
        found.append(part[1].replace('""', '"') if part[1] is not None else part[2].strip())
        rest = rest[part.end() :]
        if not rest.startswith("."):
            break
        rest = rest[1:] or "."
    if rest or not all(found) or not 1 <= len(found) <= MOST_PARTS or "\0" in name:
        raise errors.bad_option(option, name, 'a name such as customers, crm.customers or crm."my table"')
    return tuple(reversed(found))
