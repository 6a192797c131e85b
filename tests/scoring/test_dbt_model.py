"""A run as a model of dbt: what its files say, and that dbt reads them where it is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import jinja2
import pytest

from coterie.record import Record
from coterie.scoring import Wanted, dbt_files, write_statement
from records import simulated

PROFILE = "coterie: {target: dev, outputs: {dev: {type: duckdb, path: here.duckdb}}}\n"
PROJECT = "{name: coterie, version: '1.0', profile: coterie, config-version: 2}\n"


def record(name: str) -> Record:
    """A record whose first segment bears a name."""
    made, _ = simulated(((0, 0), (90, 90)), sizes=(60, 40))
    first, *others = made.segments
    return replace(made, segments=(replace(first, given=name), *others))


def files(name: str = "Ours", wanted: Wanted | None = None, *, rules: bool = False) -> dict[str, str]:
    wanted = wanted or Wanted("duckdb")
    return dbt_files(record(name), wanted, write_statement(record(name), wanted), rules=rules)


def test_the_model_is_called_after_the_table() -> None:
    assert list(files()) == ["customers_segments.sql", "schema.yml"]
    assert "my_table_segments.sql" in files(wanted=Wanted("duckdb", 'crm."My table"'))


def test_the_schema_says_what_must_hold() -> None:
    said = files()["schema.yml"]
    assert (
        '- name: id\n        description: "who"\n        data_tests:\n          - unique\n          - not_null\n'
        in said
    )
    assert "values: [1, 2]\n                quote: false" in said
    assert 'values: ["Ours", ' in said
    assert 'values: ["core", "probable", "borderline"]' in said
    assert "confidence" not in files(rules=True)["schema.yml"]


@pytest.mark.parametrize("name", ["{{ this }}", "{% endraw %}{{{", "{# all #}", 'a "b" \\ : c', "Größe"])
def test_the_templates_of_dbt_change_nothing(name: str) -> None:
    written = files(name)
    plain = write_statement(record(name), Wanted("duckdb"))
    template = jinja2.Environment(keep_trailing_newline=True)
    assert template.from_string(written["customers_segments.sql"]).render() == plain
    quoted = json.dumps(name, ensure_ascii=False)
    assert f"values: [{quoted}, " in template.from_string(written["schema.yml"]).render()


@pytest.mark.skipif(shutil.which("dbt") is None, reason="dbt is not installed")
def test_dbt_reads_the_model_and_its_tests(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for file, text in {"dbt_project.yml": PROJECT, "profiles.yml": PROFILE}.items():
        (tmp_path / file).write_text(text)
    for file, text in files().items():
        (tmp_path / "models" / file).write_text(text)
    command = ["dbt", "--warn-error", "--quiet", "list", "--output", "name", "--profiles-dir", "."]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert {"customers_segments", "unique_customers_segments_id"} <= set(ended.stdout.split())
