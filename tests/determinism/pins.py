"""The pinned bytes: a hash of every file of run folders that together exercise much of the product.

`python tests/determinism/pins.py` makes the runs, with one thread and with two, and names every file that differs from
its pin; `--write` pins the files as they are. Only the command line is used, so that the package may be rebuilt inside.
Last bits depend on the numerical libraries and the machine: a probe of both is stored beside the pins, and where it
differs nothing is compared. Manifests are not pinned, because they hold times and places of files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

PINS = Path(__file__).with_name("pins.json")
REAL_DATA = Path(__file__).parents[2].parent / "shared" / "data"
THREADS = (1, 2)
THREADED = {"demo", "segment", "customers", "assign"}  # the verbs that take --threads


@dataclass(frozen=True)
class Case:
    """Commands in a folder of their own, and where their source comes from; what each command leaves is pinned."""

    commands: dict[str, str]  # SOURCE stands for the path of the source
    makes: Callable[[], str] | None = None  # a source that is made here, the same every time
    source: str = ""  # its name, or the name of a file that is not in this repository
    encoding: str = "utf-8"

    @property
    def is_real(self) -> bool:
        return bool(self.source) and self.makes is None


def german_export() -> str:
    """Lines before the header, mixed line ends, decimal commas, one currency, d.m.Y, codes, ordered answers, a typo."""
    r = random.Random(11)
    heads = "Kunden-Nr;Umsatz;Käufe; Rabatt;Geburtsjahr;Kunde seit;Kategorie;Region;Newsletter;Zufriedenheit;Straße"
    lines = ["Kundenexport Süd", "", f"{heads};Land;"]
    for i in range(420):
        kind = r.choices((0, 1, 2), (5, 3, 2))[0]
        cents = 90_000_000 if i == 77 else 1_000 + r.randrange(4_000) * (1 + 9 * kind)
        euros = f"{cents // 100:,}".replace(",", ".")
        row = [
            f"{i + 1:05d}",
            f"{euros},{cents % 100:02d} {'Euro' if i % 60 == 7 else 'EUR'}",
            str(1 + r.randrange(4 + 6 * kind)),
            f"{r.randrange(30)},{r.randrange(10)} %",
            "1900" if i % 70 == 3 else str(1935 + r.randrange(70)),
            f"{1 + r.randrange(28):02d}.{1 + r.randrange(12):02d}.{2012 + r.randrange(12)}",
            ("Bücher", "Möbel", "Gemüse")[(kind + r.randrange(5) // 4) % 3],
            str(1 + r.randrange(4)),
            r.choice(("ja", "nein")),
            r.choice(("sehr gut", "gut", "mittel", "schlecht", "k. A.")),
            f"Hauptstraße {r.randrange(400)}",
            "Österreich",
            str(i),
        ]
        lines.append(";".join("" if c in {2, 3, 7} and r.randrange(16) == 0 else cell for c, cell in enumerate(row)))
    return "".join(line + ("\r\n" if i < 300 else "\n") for i, line in enumerate(lines))


def gym_members() -> str:
    """Ids in two cases, holes and words for them, 999 for never, a fact twice, text among numbers, rows too short."""
    r = random.Random(12)
    heads = "member_id,email,visits,visits_a_week,spend,days_since_visit,age,balance,plan,active,studio,brand,score"
    lines = [f"{heads},coach,joined,comment"]
    for i in range(450):
        often, rich = r.randrange(2), r.randrange(3) == 0
        visits = r.randrange(4, 12) + often * r.randrange(40, 60)
        row = [
            "m0201" if i == 200 else f"M{i:04d}",
            f"member{i}@example.com",
            str(visits),
            f"{visits / 52:.2f}",
            f"{r.lognormvariate(3 + 2 * rich, 0.6):.2f}",
            "999" if r.randrange(9) == 0 else str(r.randrange(30 + 60 * (1 - often))),
            "" if r.randrange(12) == 0 else "130" if i == 40 else str(r.randrange(18, 80)),
            f"{r.gauss(0, 40):.1f}",
            r.choice(("basic", "plus", "unknown")) if often else "basic",
            r.choice(("yes", "no", "NA" if i % 3 else "-")),
            r.choice(("North", "South", "City")),
            "Coterie Gym",
            "absent" if r.randrange(5) == 0 else str(r.randrange(100)),
            "Kim" if r.randrange(8) == 0 else "",
            f"20{r.randrange(10, 24)}-0{r.randrange(1, 10)}-1{r.randrange(10)}",
            f'"likes lane {r.randrange(10_000)}, mostly"',
        ]
        lines.append(",".join(row[:2] if i % 150 == 149 else row))
    for line in lines[21:25]:  # the same members again, under other ids
        lines.append(f"X{line}")
    return "\n".join(lines) + "\n"


def shop_log() -> str:
    """Days before months, returns, canceled and free orders, several a day, holes, a till's id, one year mistyped."""
    r = random.Random(13)
    lines = ["Order No\tCustomer\tOrder Date\tQuantity\tUnit Price\tDepartment"]
    order = 10_000
    for customer in range(400):
        habit = r.choices((1, 4, 12), (4, 4, 2))[0]
        first = r.randrange(600)
        for _ in range(1 + r.randrange(habit)):
            order += 1
            day = date(2022, 1, 1) + timedelta(days=first + r.randrange(720 - first))
            for _ in range(1 + r.randrange(3)):
                back = r.randrange(15) == 0
                price = r.choices(("", "0", f"{r.randrange(200, 9_000) / 100:.2f}"), (1, 3, 80))[0]
                row = [
                    "" if r.randrange(50) == 0 else f"{'C' * back}{order}",
                    r.choices(("till", "", f"K{customer:04d}"), (9, 2, 80))[0],
                    "" if r.randrange(90) == 0 else "31/12/2032" if order == 10_500 else f"{day:%d/%m/%Y}",
                    str((-1 if back else 1) * (1 + r.randrange(4))),
                    price,
                    r.choice(("garden", "kitchen", "toys")),
                ]
                lines.append("\t".join(row))
    return "\n".join(lines) + "\n"


SEGMENT = "segment SOURCE --out run --effort normal"
CASES = {
    "tutorial": Case({"segmented": "demo --out run --csv"}),
    "shop": Case({"segmented": "demo --shop --customers 1000 --out run"}),
    "mall": Case({"segmented": SEGMENT}, source="Mall_Customers.csv"),
    "bank": Case({"segmented": f"{SEGMENT} --max-k 5"}, source="bank-full.csv"),
    "campaign": Case({"segmented": f"{SEGMENT} --csv"}, source="marketing_campaign.csv"),
    "german export": Case(
        {
            "segmented": f"{SEGMENT} --encoding latin-1 --value Umsatz --csv -k 5",
            "named": "name run A 'Stammkunden für Möbel'",
            "merged": "merge run B C",
            "merged again, on the customers": "merge run D E --source SOURCE --encoding latin-1",
            "the given name taken back": "name run A --clear",
        },
        german_export,
        "kunden.csv",
        "latin-1",
    ),
    "gym members": Case(
        {
            "segmented": f"{SEGMENT} --id member_id --on-bad-rows repair --describe studio --seed 7 --max-k 6",
            "assigned": "assign run SOURCE --on-bad-rows skip --out assigned.csv",
            "without points": "segment SOURCE --allow-duplicate-ids --on-bad-rows skip --scale z -k 3 --no-points"
            " --effort quick --features visits,spend,age,plan --out plain",
        },
        gym_members,
        "members.csv",
    ),
    "shop log": Case(
        {
            "customers": "customers SOURCE --rfm --category Department --as-of 2023-12-31 --out customers.csv",
            "segmented": f"{SEGMENT} --transactions --same-day together --net --as-of 2023-12-31 --rfm-cuts plus-one",
            "judged by what came later": "segment SOURCE --transactions --holdout-from 2023-07-01"
            " --date-order dmy --out held --effort quick",
        },
        shop_log,
        "orders.tsv",
    ),
}


def probe() -> dict[str, str]:
    """What last bits depend on: numpy's functions on this machine, the versions of what computes, Python, machine."""
    values = np.arange(1, 10_001) / 250
    computed = b"".join(function(values).tobytes() for function in (np.exp, np.log, np.sqrt))
    return {
        "exp, log and sqrt": hashlib.sha256(computed).hexdigest(),
        **{package: version(package) for package in ("numpy", "duckdb", "sqlglot")},
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "machine": platform.machine(),
    }


def stored() -> dict[str, Any]:
    """The probe and the pins as they were written."""
    written: dict[str, Any] = json.loads(PINS.read_text(encoding="utf-8"))
    return written


def obstacle(case: str) -> str:
    """Why this case cannot run here; empty where it can."""
    missing = CASES[case].is_real and not (REAL_DATA / CASES[case].source).is_file()
    return f"{CASES[case].source} is not at hand" if missing else ""


def elsewhere() -> str:
    """Why bytes cannot be compared here with the pins; empty where they can."""
    here, there = probe(), stored()["probe"]
    other = [f"{key} here {here[key]}, there {there.get(key)}" for key in here if here[key] != there.get(key)]
    return f"the pins were written on another machine: {'; '.join(other)}" if other else ""


def hashes(case: str, threads: int, folder: Path) -> dict[str, str]:
    """Run a case in an empty folder; the SHA-256 of every file, manifests left out, after each of its commands."""
    kind, found = CASES[case], {}
    source = REAL_DATA / kind.source if kind.is_real else folder / kind.source
    if kind.makes is not None:
        source.write_bytes(kind.makes().encode(kind.encoding))
        found[f"source/{kind.source}"] = _sha256(source)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COTERIE_")}
    for step, command in kind.commands.items():
        arguments = [str(source) if word == "SOURCE" else word for word in shlex.split(command)]
        arguments += ["--threads", str(threads)] if arguments[0] in THREADED else []
        program = [sys.executable, "-m", "coterie", *arguments, "--quiet"]
        done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{case}, {step}: exit code {done.returncode}\n{done.stderr}")
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path != source and path.name != "manifest.json":
                found[f"{step}/{path.relative_to(folder).as_posix()}"] = _sha256(path)
    return found


def differences(case: str, found: dict[str, str], pinned: dict[str, str]) -> list[str]:
    """A line for each file that is not as it was pinned, in the order in which the commands wrote them."""
    said = {
        file: "was not there" if file not in pinned else "is missing" if file not in found else "differs"
        for file in {**found, **pinned}
        if found.get(file) != pinned.get(file)
    }
    return [f"{case}: {file} {what}" for file, what in said.items()]


def compare(case: str, threads: int, folder: Path) -> list[str]:
    """Run a case, and say which files are not as they were pinned."""
    return differences(case, hashes(case, threads, folder), stored()["pins"].get(case, {}))


def main(arguments: list[str] | None = None) -> int:
    """Compare, or write; the exit code is 1 where a file differs or nothing could be compared."""
    parser = argparse.ArgumentParser(description="Compare the files of run folders with their pins.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"only these of: {', '.join(CASES)}")
    parser.add_argument("--write", action="store_true", help="pin the files as they are")
    options = parser.parse_args(arguments)
    unknown = [case for case in options.cases if case not in CASES]
    if unknown or (options.write and options.cases):
        parser.error(f"no such case: {', '.join(unknown)}" if unknown else "--write pins every case")
    obstacles = {case: obstacle(case) for case in options.cases or CASES}
    reasons = [reason for reason in obstacles.values() if reason] if options.write else [elsewhere()]
    if any(reasons):
        print("\n".join(reasons))
        return 1
    return _write() if options.write else _compare(obstacles)


def _compare(obstacles: dict[str, str]) -> int:
    bad = False
    for case, reason in obstacles.items():
        for threads in THREADS if not reason else ():
            with tempfile.TemporaryDirectory() as folder:
                lines = compare(case, threads, Path(folder))
            bad |= bool(lines)
            print(*(f"{line} (threads: {threads})" for line in lines), sep="\n", end="\n" if lines else "")
        print(f"{case}: {f'left out, {reason}' if reason else 'compared'}", flush=True)
    return int(bad)


def _write() -> int:
    pins: dict[str, dict[str, str]] = {}
    unstable: list[str] = []
    for case in CASES:
        for threads in THREADS:
            with tempfile.TemporaryDirectory() as folder:
                found = hashes(case, threads, Path(folder))
            unstable += differences(case, found, pins.setdefault(case, found))
    if unstable:
        print("Nothing was written: these files depend on the threads.", *unstable, sep="\n")
        return 1
    PINS.write_text(json.dumps({"probe": probe(), "pins": pins}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
