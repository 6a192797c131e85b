"""Mutates inputs by a seed: bytes changed, cut, doubled, swapped; the same seed, the same input."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import random
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
from backports import zstd

SHARP = [
    *(bytes([c]) for c in b",;\t\"'\n\r\\\0{}[]-=#<\xff"),
    b"\r\n",
    b"\xef\xbb\xbf",
    b"\xc3\xa9",
    b"\xe2\x82",
    b"NA",
    b"1e999",
    b"PAR1",
    b"PK\x03\x04",
    b"9" * 20,
]
SECRET = "Zebedee"  # in every text of our own tables: no message may repeat it
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252")
PREAMBLES = ("", "", "", "", "sep", "Customer export\nMade by the till\n\n", "# a comment\n")
FORMS = ("plain", "plain", "plain", "1.234,50", "1,234.50", "$12.50", "NA")


@dataclass(frozen=True)
class Written:
    """How a text was written: what Python's own reader needs to count its rows."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    packing: str = ""  # the ending of a packed file


@dataclass(frozen=True)
class Input:
    """An input: the ending of its name, its bytes, how it was written where it is text, and its first line."""

    name: str
    suffix: str
    data: bytes
    written: Written | None = None
    header: bytes = b""
    rows: int | None = None  # where that is known


def mutated(data: bytes, seed: int) -> bytes:
    """Return the bytes with one to four changes."""
    r = random.Random(seed)
    out = bytearray(data)
    for _ in range(r.randint(1, 4)):
        at = r.randrange(len(out) + 1)
        change = r.randrange(7)
        if change == 0 and out:
            out[min(at, len(out) - 1)] = r.randrange(256)
        elif change == 1:
            out[at:at] = r.choice(SHARP) * r.choice((1, 1, 1, 2, 50))
        elif change == 2:
            del out[at : at + r.choice((1, 1, 2, 10, 200))]
        elif change == 3:
            del out[at:]
        elif change == 4:
            end = min(len(out), at + r.choice((1, 20, 300)))
            out[at:at] = out[at:end]
        elif change == 5:
            out[at : at + 1] = r.choice(SHARP)
        else:
            lines = out.split(b"\n")
            i, j = r.randrange(len(lines)), r.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
            out = bytearray(b"\n".join(lines))
    return bytes(out)


def inside(data: bytes, suffix: str, seed: int) -> bytes:
    """Return an archive or a packed file whose content is mutated, so that the mutation gets past its checksum."""
    try:
        if suffix.endswith(".zst"):
            return zstd.compress(mutated(zstd.decompress(data), seed), 1)
        if suffix.endswith(".gz"):
            return gzip.compress(mutated(gzip.decompress(data), seed), 1, mtime=0)
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            members = [(name, old.read(name)) for name in old.namelist()]
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, zstd.ZstdError):
        return mutated(data, seed)
    chosen = random.Random(seed).randrange(len(members)) if members else 0
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for i, (name, content) in enumerate(members):
            new.writestr(zipfile.ZipInfo(name), mutated(content, seed) if i == chosen else content)
    return out.getvalue()


def seeds(corpus: Path) -> list[Path]:
    """Return the inputs that are mutated: small plain files of every kind that is read."""
    wanted = ("base", "csv", "values", "ids", "compressed", "parquet", "excel", "json", "db")
    found = [p for folder in wanted for p in sorted((corpus / folder).glob("*")) if p.is_file() and not p.is_symlink()]
    return [p for p in found if 0 < p.stat().st_size < 60_000]


def own(seed: int) -> Input:
    """Return a table of our own in a dialect that the seed picks."""
    r = random.Random(f"own {seed}")
    written = Written(r.choice(",,;\t|"), r.choice('"""\''), r.choice(ENCODINGS), packing(seed, r.random()))
    form = r.choice(FORMS)
    names = ["customer_id", "name", "spend", "joined", "plan", *(f"n{i}" for i in range(r.randint(0, 4)))]
    order = r.choice(("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"))
    rows = [
        [
            f"{i:04d}",
            r.choice(("{0} {1}", "{0}, {1}", '{0} "{1}"', "{0}\n{1}", "{0} O'{1}", "")).format(SECRET, i),
            {"plain": str(r.randint(1, 999)), "NA": r.choice(("NA", "-", "7"))}.get(form, form),
            datetime.date(2024, r.randint(1, 12), r.randint(1, 28)).strftime(order),
            r.choice(("low", "medium", "high", "")),
            *(str(r.randint(0, 9)) for _ in names[5:]),
        ]
        for i in range(r.randint(2, 60))
    ]
    text = io.StringIO(newline="")
    out = csv.writer(
        text,
        delimiter=written.delimiter,
        quotechar=written.quote,
        lineterminator=r.choice(("\n", "\n", "\r\n", "\r")),
        quoting=csv.QUOTE_ALL if written.quote == "'" or r.random() < 0.2 else csv.QUOTE_MINIMAL,
    )
    out.writerows([names, *rows])
    before = r.choice(PREAMBLES)
    before = f"sep={written.delimiter}\n" if before == "sep" else before
    data = (before + text.getvalue()).encode(written.encoding)
    header = data[:20]
    suffix = r.choice((".csv", ".csv", ".txt", ".tsv")) if not written.packing else f".csv{written.packing}"
    return Input("own", suffix, packed(data, written.packing), written, header)


def packing(seed: int, drawn: float) -> str:
    """Return how a table of our own is packed: one of ten with gzip, as many with zstd."""
    if drawn < 0.1:
        return ".gz"
    return ".zst" if random.Random(f"zst {seed}").random() < 0.1 else ""


def packed(data: bytes, ending: str) -> bytes:
    """Return bytes as a packed file holds them."""
    if ending == ".zst":
        return zstd.compress(data, 1)
    return gzip.compress(data, 1, mtime=0) if ending else data


def database(seed: int) -> Input:
    """Return a DuckDB file with a table of our own, every second one mutated."""
    r = random.Random(f"database {seed}")
    rows = r.choice((1, 30, 200))
    kinds = (
        *("i", "i * 1.5", "'x' || i", "DATE '2024-01-01' + i::INTEGER", "i % 2 = 0", "[i]", "NULL", "i::HUGEINT"),
        *("'1066-10-14'::TIMESTAMP_S", "'9999-12-31'::TIMESTAMP_MS", "uuid()", "{'a': i}", "'a'::BLOB", "TIME '10:00'"),
        *("to_days(i::INTEGER)", "(i % 3)::VARCHAR::ENUM('0', '1', '2')", "i::DOUBLE / 0", "4611686018427387904 + i"),
    )
    columns = ", ".join(f"{r.choice(kinds)} AS c{j}" for j in range(r.randint(1, 5)))
    what = r.choice(("TABLE", "TABLE", "TABLE", "VIEW"))
    with tempfile.TemporaryDirectory(prefix="coterie-fuzz-") as folder:
        path = Path(folder) / "t.duckdb"
        with duckdb.connect(path) as connection:
            connection.execute(f"CREATE {what} t AS SELECT 'k' || i AS id, {columns} FROM range({rows}) t(i)")
        data = path.read_bytes()
    if r.random() < 0.5:
        return Input("database", ".duckdb", mutated(data, seed))
    return Input("database", ".duckdb", data, rows=rows)


def made(seed: int, files: list[Path]) -> Input:
    """Return the mutated input of a seed: every third one a table of our own, the others files of the corpus.

    Every twentieth is a database.
    """
    if seed % 20 == 7:
        return database(seed)
    if seed % 3 == 2 or not files:
        source = own(seed)
    else:
        path = files[(seed // 3 * 2 + seed % 3) % len(files)]
        suffix = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
        source = Input(path.name, suffix, path.read_bytes())
    is_packed = source.suffix in (".xlsx", ".gz", ".csv.gz", ".csv.zst", ".zip")
    deep = is_packed and random.Random(f"deep {seed}").random() < 0.7
    data = inside(source.data, source.suffix, seed) if deep else mutated(source.data, seed)
    return Input(source.name, source.suffix, data, source.written, source.header)
