"""Findings and their codes, as people and programs read them."""

from __future__ import annotations

from dataclasses import asdict

from coterie import errors
from coterie.findings import Code, read_codes
from coterie.segmentation import Checked


def read_list(text: str, flag: str) -> tuple[str, ...]:
    """Return the codes of a list such as ``COT101,COT2``.

    Raises
    ------
    InputError : no code begins like that.
    """
    listed = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    for code in listed:
        if not any(known.startswith(code) for known in read_codes()):
            raise errors.bad_option(flag, code, "rule codes or their beginnings, such as COT101,COT2")
    return listed


def as_json(checked: Checked) -> dict[str, object]:
    """Return a check as plain values, with examples if any."""
    listed = []
    for f in checked.seen:
        given = checked.examples.get((f.code, f.column or ""))
        listed.append({**asdict(f), **({"examples": list(given)} if given else {})})
    return {"rows": checked.rows, "left_out": checked.left_out, "columns": checked.columns, "findings": listed}


def find_code(code: str) -> Code:
    """Return what a code means, however it is spelled.

    Raises
    ------
    InputError : there is no such code.
    """
    known = read_codes()
    if code.upper() not in known:
        guess = errors.nearest(code, list(known))
        raise errors.bad_option("The code", code, f"a rule's code, such as {guess or 'COT101'}")
    return known[code.upper()]


def explain(code: Code) -> str:
    """Return what a code means, as three lines."""
    return f"{code.code} {code.title}\n{code.why}\nWhat to do: {code.do}"
