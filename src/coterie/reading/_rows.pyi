from typing import TypedDict

Place = tuple[int, int, int]

class Scan(TypedDict):
    rows: int
    blank: int
    bytes: int
    lines: int
    lf: int
    crlf: int
    cr: int
    irregular: int
    first: list[Place]
    loose: int
    escaped: int
    nul: Place | None
    invalid: Place | None
    longest: Place | None
    stray: Place | None
    open: Place | None
    suspects: list[tuple[int, int, int, int]]

class Rewritten(TypedDict):
    read: int
    written: int
    rejected: list[tuple[int, int, int, bool]]

def scan(
    path: str,
    delimiter: str,
    quote: str,
    escape: str,
    trim: bool,
    skip: int,
    fields: int,
    longest: int,
    listed: int,
    threads: int,
) -> Scan: ...
def lines(path: str, delimiter: str, quote: str, escape: str, trim: bool, skip: int, rows: list[int]) -> list[int]: ...
def rewrite(
    path: str,
    target: str,
    delimiter: str,
    quote: str,
    escape: str,
    trim: bool,
    skip: int,
    fields: int,
    bad: str,
    dropped: list[int],
) -> Rewritten: ...
