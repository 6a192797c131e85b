"""Messages as Python says them: what flags are to a shell, arguments are to a function."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from coterie.doors import pattern

LISTS = {"features", "exclude", "describe", "columns"}
READING = {"encoding", "delimiter", "decimal", "skip_rows", "on_bad_rows", "date_order", "time_zone", "sheet"}
READING |= {"allow_incomplete", "time_limit"}
ENGINE = {"threads", "memory", "temp_dir"}
ROLES = {"customer", "date", "amount", "quantity", "price", "order", "category", "same_day", "as_of", "holdout_from"}
RFM = {"rfm_cuts", "rfm_rules"}
SWITCHES = {
    "allow_duplicate_ids", "allow_incomplete", "allow_small", "check_ids", "net", "only_listed", "overwrite",
    "rows_are_customers", "rules", "without_borderline",
}  # fmt: skip
SAID = {
    "no_header": "reading=Reading(header=False)", "no_points": "points=False", "warm": 'start="warm"',
    "cold": 'start="cold"', "transactions": "purchases={}", "key_file": "`key_file`", "label": "`labels`",
    "net": 'purchases={"net": True}',
}  # fmt: skip

QUOTED = r"(?<!\w)'[^'\n]*'(?!\w)"
VALUE = (
    rf"{QUOTED}|\"[^\"\n]*\"|[A-Z]+(?:,[A-Z]+)*\b|\d+(?:\.\d+)?[KMGT]?B?\b|[a-z]+-?\d[\w-]*"
    r"|(?:skip|repair|dmy|mdy|ymd|together|z)\b"
)
FLAG = rf"(?<![\w-])(?:--(?P<name>[a-z][a-z-]*[a-z])|-(?P<k>k))\b(?: (?P<value>{VALUE}))?"
LOG = rf"--transactions(?P<roles>(?: --[a-z-]+ (?:{QUOTED}|[^\s'-]\S*))+)"
VERB = r"`coterie (?P<verb>segment|customers|check|refresh|compare|lift|assign)(?: [^`]*)?`"
WORDS = pattern(rf"{LOG}|{FLAG}|{VERB}|{QUOTED}")
ROLE = pattern(rf"--([a-z-]+) ({QUOTED}|\S+)")


def in_python(text: str, called: Mapping[str, str] | None = None) -> str:
    r"""Return a message in which flags are arguments; what is quoted of the data stays as it is.

    Parameters
    ----------
    called : arguments that have another name than the flag.

    >>> in_python("There is no column 'A' (asked for by --exclude 'A').")
    'There is no column \'A\' (asked for by exclude=["A"]).'
    >>> in_python("Leave such rows out with --on-bad-rows skip, or name another column with --id.")
    'Leave such rows out with reading=Reading(on_bad_rows="skip"), or name another column with `id`.'
    >>> in_python("Add --transactions --customer 'Customer ID', or --rows-are-customers: 'a --b' stays.")
    'Add purchases={"customer": "Customer ID"}, or rows_are_customers=True: \'a --b\' stays.'
    """
    return WORDS.sub(partial(_said, called or {}), text)


def _said(called: Mapping[str, str], found: re.Match[str]) -> str:
    if found["roles"]:
        roles = [f'"{_argument(name)}": {_literal(value)}' for name, value in ROLE.findall(found["roles"])]
        return f"purchases={{{', '.join(roles)}}}"
    if found["verb"]:
        return f"`{'run' if found['verb'] == 'assign' else 'coterie'}.{found['verb']}(…)`"
    if not found["name"] and not found["k"]:
        return found[0]
    name = _argument(found["name"] or "k")
    name = called.get(name, name)
    if name in SAID and not found["value"]:
        return SAID[name]
    if name in SWITCHES:
        rest = f" {found['value']}" if found["value"] else ""
        return (f"reading=Reading({name}=True)" if name in READING else f"{name}=True") + rest
    return _given(name, found["value"]) if found["value"] else f"`{name}`"


def _given(name: str, value: str) -> str:
    """Return an argument with its value."""
    told = _literal(value)
    if name in LISTS:
        names = value.strip("'\"").split(",")
        told = f"[{', '.join(_literal(part) for part in names)}]"
    if name in READING:
        return f"reading=Reading({name}={told})"
    if name in ENGINE:
        return f"engine=coterie.connect({name}={told})"
    if name in ROLES or name in RFM:
        return f'{"rfm" if name in RFM else "purchases"}={{"{name}": {told}}}'
    return f"{name}={told}"


def _argument(flag: str) -> str:
    return flag.replace("-", "_")


def _literal(value: str) -> str:
    plain = value.strip("'\"")
    if re.fullmatch(r"\d+(\.\d+)?", plain) and value == plain:
        return plain
    return "…" if re.fullmatch(r"[A-Z]{2,}", value) else '"' + plain.replace('"', r"\"") + '"'
