"""The assignment as a model of dbt: its SQL, and a schema.yml that says what must hold of its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from coterie.model import CONFIDENCES
from coterie.record import Record
from coterie.scoring.place import parts_of
from coterie.scoring.statement import MEANINGS, Wanted

TEMPLATE = re.compile(r"\{[{%#]")  # what begins something of Jinja's, which dbt reads its files with


def dbt_files(record: Record, wanted: Wanted, query: str, *, rules: bool = False) -> dict[str, str]:
    """Return a model and its schema.yml by the names of their files.

    Parameters
    ----------
    query : the SELECT; of ``write_rules`` where ``rules`` says so.
    """
    name = _model_name(wanted)
    return {f"{name}.sql": _literally(query), "schema.yml": _schema(record, name, rules=rules)}


def _model_name(wanted: Wanted) -> str:
    """Return what the model is called: after the customers' table."""
    table = "customers" if wanted.transactions or wanted.table is None else parts_of(wanted.table, "--table")[0]
    return f"{re.sub('[^a-z0-9]+', '_', table.lower()).strip('_') or 'customers'}_segments"


def _literally(text: str) -> str:
    """Return a text of which Jinja changes nothing.

    >>> _literally("a {{ b")
    "a {{ '{{' }} b"
    """
    return TEMPLATE.sub(lambda found: f"{{{{ '{found[0]}' }}}}", text)


def _schema(record: Record, name: str, *, rules: bool) -> str:
    segments = [s.id for s in record.segments]
    tests: dict[str, list[str]] = {
        "id": ["unique", "not_null"],
        "segment": _accepted(segments, quote=False),
        "name": _accepted([s.called for s in record.segments]),
        "margin": [],
        "confidence": _accepted(CONFIDENCES),
    }
    lines = ["version: 2", "models:", f"  - name: {name}", "    columns:"]
    for column in ("id", "segment", "name") if rules else tests:
        lines += [f"      - name: {column}", f"        description: {_quoted(MEANINGS[column])}"]
        lines += ["        data_tests:"] if tests[column] else []
        lines += [f"          {line}" if line.startswith(" ") else f"          - {line}" for line in tests[column]]
    return "\n".join(lines) + "\n"


def _accepted(values: Sequence[str | int], *, quote: bool = True) -> list[str]:
    """Return the test that a column holds nothing else; who is not assigned has no value, which passes."""
    shown = ", ".join(str(v) if isinstance(v, int) else _quoted(v) for v in values)
    return ["accepted_values:", "    arguments:", f"      values: [{shown}]", f"      quote: {str(quote).lower()}"]


def _quoted(text: str) -> str:
    """Return a text as YAML reads it, which JSON is a part of."""
    return json.dumps(_literally(text), ensure_ascii=False)
