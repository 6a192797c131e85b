"""The docs cannot lie: every verb and option is documented, every example runs, every link leads somewhere."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import coterie
from coterie.cli import cli

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
VERBS = sorted(cli.commands)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_and_its_options_are_documented(verb: str) -> None:
    text = (ROOT / "docs" / "reference" / "cli.md").read_text()
    command = cli.commands[verb]
    assert f"## coterie {verb}" in text
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            longest = max(option.opts, key=len)
            assert re.search(rf"`{re.escape(longest)}[ `]", text), f"{verb} {longest}"


@pytest.mark.parametrize("verb", VERBS)
def test_help_ends_with_an_example_of_the_verb(verb: str) -> None:
    epilog = cli.commands[verb].epilog or ""
    assert epilog.startswith(f"Example: coterie {verb} ")


def test_the_examples_of_help_run(tutorial_csv: Path, tmp_path: Path) -> None:
    """The examples name files: a customers.csv with a revenue, and new customers."""
    table = tutorial_csv.read_text().replace("spending_score", "revenue")
    (tmp_path / "customers.csv").write_text(table)
    (tmp_path / "new-customers.csv").write_text("\n".join(table.splitlines()[:9]) + "\n")
    (tmp_path / "results.csv").write_text(table)
    (tmp_path / "customers-february.csv").write_text("\n".join(table.splitlines()[:200]) + "\n")
    verbs = (
        "segment",
        "assign",
        "refresh",
        "compare",
        "sql",
        "why",
        "typing",
        "audience",
        "lift",
        "report",
        "verify",
        "demo",
    )
    for verb in verbs:
        words = (cli.commands[verb].epilog or "").removeprefix("Example: coterie ").split()
        command = [sys.executable, "-m", "coterie", *words]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, (verb, ended.stderr)
    assert (tmp_path / "for-the-board.html").is_file()
    assert (tmp_path / "new-segments.csv").read_text().count("\n") == 9


WRITTEN = {"warehouse": "segments.sql", "why": "why.svg", "typing": "rules.sql"}


@pytest.mark.parametrize(("name", "written"), WRITTEN.items())
def test_the_commands_of_a_how_to_page_run(name: str, written: str, tutorial_csv: Path, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(tutorial_csv.read_text())
    page = (ROOT / "docs" / "how-to" / f"{name}.md").read_text()
    block = re.search(r"```sh\n(.*?)```", page, re.DOTALL)
    assert block
    for line in block.group(1).splitlines():
        command = [sys.executable, "-m", *line.split()]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, (line, ended.stderr)
    assert (tmp_path / written).is_file()


def test_the_commands_of_the_months_after_run(tutorial_csv: Path, tmp_path: Path) -> None:
    january = tutorial_csv.read_text().splitlines()
    (tmp_path / "january.csv").write_text("\n".join(january) + "\n")
    (tmp_path / "february.csv").write_text("\n".join(january[:280]) + "\n")
    page = (ROOT / "docs" / "how-to" / "months.md").read_text()
    for line in "".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL)).splitlines():
        command = [sys.executable, "-m", *line.split()]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, (line, ended.stderr)
    assert (tmp_path / "compared.html").is_file()
    (query,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    import duckdb

    inside = query.replace("february/", f"{tmp_path}/february/")
    assert duckdb.sql(inside).fetchall() == [], "the same customers enter nothing"


def test_the_commands_of_a_campaign_run(tmp_path: Path) -> None:
    rows = [f"c{i},{i * 37 % 101},{i * 53 % 97},Rome,m{i}@x.org,{i % 7}" for i in range(300)]
    (tmp_path / "customers.csv").write_text("id,income,spend,city,email,revenue\n" + "\n".join(rows) + "\n")
    (tmp_path / "results.csv").write_text("id,revenue\n" + "".join(f"c{i},{i % 7}\n" for i in range(300)))
    (tmp_path / "key.txt").write_text("spring\n")
    page = (ROOT / "docs" / "how-to" / "campaigns.md").read_text()
    for line in [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]:
        command = [sys.executable, "-m", *line.split()]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, (line, ended.stderr)
    assert (tmp_path / "spring" / "holdout.csv").is_file()


def test_the_tutorials_python_prints_what_it_says(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "tutorial.md").read_text()
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    said = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert code
    assert said
    ended = subprocess.run(
        [sys.executable, "-c", code.group(1)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.stdout == said.group(1), ended.stderr


def test_public_names_stand_in_the_docs() -> None:
    text = " ".join(page.read_text() for page in PAGES)
    for name in coterie.__all__:
        assert f"coterie.{name}" in text or f"`{name}`" in text, name


def test_every_stage_stands_where_the_docs_say() -> None:
    text = (ROOT / "docs" / "reference" / "python.md").read_text()
    listed = re.findall(r"`coterie\.([a-z.]+)\.([a-z_]+)`", text[text.index("Every stage") :])
    assert len(listed) == 8
    for room, name in listed:
        assert callable(getattr(importlib.import_module(f"coterie.{room}"), name))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_remedy_names_an_option_that_exists() -> None:
    """A message may only send people to flags that some verb has."""
    known = {flag for command in cli.commands.values() for p in command.params for flag in p.opts}
    known |= {"--help", "--version"}
    for path in sorted((ROOT / "src" / "coterie" / "errors").glob("*.py")):
        for flag in re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", path.read_text()):
            assert flag in known, (path.name, flag)
