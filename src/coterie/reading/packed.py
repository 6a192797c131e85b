"""Packed files: one table comes out, within a budget."""

from __future__ import annotations

import lzma
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from coterie import errors
from coterie.reading.file_kinds import EXCEL_ENDINGS, MAGIC, PACKED, PACKED_ENDINGS

PIECE = 1 << 20
FREE_BYTES = 10_000_000  # below this no ratio is suspicious
MOST_RATIO = 100
MOST_BYTES = 20_000_000_000
FRAME_MARK = 4
ZSTD_FRAMES = (b"\x28\xb5\x2f\xfd", *(bytes([mark, 0x2A, 0x4D, 0x18]) for mark in range(0x50, 0x60)))  # or skippable
PACKED_MAGIC = tuple(magic for magic, kind, _ in MAGIC if kind in PACKED)


def unpack(path: Path, kind: str, spill: Path) -> Path:
    """Return the path of what a packed file holds.

    Parameters
    ----------
    kind : ``gzip``, ``zip`` or ``zstd``.

    Raises
    ------
    InputError : cut, damaged, packed twice, not one data file, or far larger than it should be.
    """
    if kind == "zip":
        return _unzip(path, spill)
    inner = Path(path.stem).suffix.lower()[:12]
    target = spill / f"unpacked{'.csv' if inner in PACKED_ENDINGS else inner or '.csv'}"
    _write(path, target, _gzip_pieces(path) if kind == "gzip" else _zstd_pieces(path))
    return target


def _gzip_pieces(path: Path) -> Iterator[bytes]:
    """Give what a gzip file holds; its checksums are checked."""
    with path.open("rb") as file:
        data = file.read(PIECE)
        while data:
            inflate = zlib.decompressobj(31)
            while not inflate.eof:
                if not data:
                    raise errors.damaged(path.name, "the gzip file ends in the middle")
                try:
                    yield inflate.decompress(data, PIECE)
                except zlib.error as error:
                    raise errors.damaged(path.name, f"the gzip data are broken ({error})") from error
                data = inflate.unconsumed_tail or (b"" if inflate.eof else file.read(PIECE))
            data = _after_padding(inflate.unused_data, file)
            if data and not data.startswith(b"\x1f\x8b"):
                raise errors.damaged(path.name, "something else follows the end of the gzip data")


def _after_padding(data: bytes, file: IO[bytes]) -> bytes:
    """Return what follows the zeros that tools for tapes and blocks add."""
    while not (data := data.lstrip(b"\0")):
        data = file.read(PIECE)
        if not data:
            return b""
    return data


def _zstd_pieces(path: Path) -> Iterator[bytes]:
    """Give what a zstd file holds; checksums that it has are checked."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    with path.open("rb") as file:
        data = file.read(PIECE)
        while data:
            if not data.startswith(ZSTD_FRAMES):
                raise errors.damaged(path.name, "something else follows the end of the zstd data")
            frame = zstd.ZstdDecompressor()
            while not frame.eof:
                if frame.needs_input and not data:
                    raise errors.damaged(path.name, "the zstd file ends in the middle")
                try:
                    yield frame.decompress(data, PIECE)
                except zstd.ZstdError as error:
                    raise _zstd_error(path.name, str(error)) from error
                data = file.read(PIECE) if frame.needs_input and not frame.eof else b""
            data = frame.unused_data
            if len(data) < FRAME_MARK:
                data += file.read(PIECE)


def _zstd_error(name: str, message: str) -> errors.InputError:
    if "too much memory" in message:
        return errors.not_a_table(name, "it is packed with a window of more than 128 MB", "Unpack it first.")
    return errors.damaged(name, f"the zstd data are broken ({message.rpartition(': ')[2].rstrip('.')})")


def _unzip(path: Path, folder: Path) -> Path:
    """Write the one data file of a ZIP archive; return its path."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [(_name_of(m), m) for m in archive.infolist()]
            if any(name.is_absolute() or ".." in name.parts or ":" in str(name)[:2] for name, _ in members):
                raise errors.damaged(path.name, "a name in the archive leads outside it", ASK_AGAIN)
            members = [(name, m) for name, m in members if not (_is_folder(m) or _is_furniture(name))]
            if len(members) != 1:
                found = f"the archive holds {len(members)} files, not one"
                raise errors.not_a_table(path.name, found, "Unpack it, and name the file with the customers.")
            name, member = members[0]
            if member.flag_bits & 1:
                raise errors.not_a_table(path.name, "the archive has a password", "Unpack it first.")
            target = folder / f"unpacked{name.suffix.lower()[:12]}"
            with archive.open(member) as content:
                _write(path, target, _pieces(content))
            return target
    except NotImplementedError as error:
        raise errors.not_a_table(path.name, "the archive is packed in a rare way", "Unpack it first.") from error
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:
        if isinstance(error, errors.CoterieError) or getattr(error, "errno", None) is not None:
            raise  # but an OSError without a number is bzip2's word for broken data
        raise errors.damaged(path.name, "the ZIP archive is cut or broken") from error


ASK_AGAIN = "Do not trust this archive; ask whoever made it for a plain file."


def _name_of(member: zipfile.ZipInfo) -> PurePosixPath:
    """Return a member's name; some programs write it with backslashes."""
    return PurePosixPath(member.filename.replace("\\", "/"))


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return member.filename.endswith(("/", "\\")) and not member.file_size


def _is_furniture(name: PurePosixPath) -> bool:
    return name.parts[:1] == ("__MACOSX",) or name.name in (".DS_Store", "Thumbs.db", "desktop.ini")


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(PIECE):
        yield piece


def _write(path: Path, target: Path, pieces: Iterator[bytes]) -> None:
    """Write the pieces as long as they stay within the budget."""
    packed, size = path.stat().st_size, 0
    with target.open("wb") as out:
        for piece in pieces:
            if size == 0 and target.suffix not in EXCEL_ENDINGS and piece.startswith(PACKED_MAGIC):
                raise errors.not_a_table(path.name, "it is packed twice", "Unpack it once, and give what comes out.")
            size += len(piece)
            check_budget(path.name, packed, size)
            out.write(piece)


def check_budget(name: str, packed: int, size: int) -> None:
    """Refuse data that grow beyond what honest packing gives.

    Raises
    ------
    InputError : more than 100 times the packed size (above 10 MB), or more than 20 GB.
    """
    if size > MOST_BYTES or (size > FREE_BYTES and size > MOST_RATIO * max(packed, 1)):
        raise errors.too_large_unpacked(name, packed, size)
