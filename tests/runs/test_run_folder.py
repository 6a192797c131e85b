"""A run folder appears whole or not at all, and what stood in its place before is either kept or replaced whole."""

# ruff: noqa: PT012 - the block that raises is the run itself

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from coterie import system
from coterie.engines import Source
from coterie.errors import AccessError, EngineError, InputError
from coterie.runs.manifest import verify
from coterie.runs.run_folder import open_run

FIELDS = {"coterie": "0.1.0", "options": {"k": 4}, "warnings": []}


def write_run(
    out: Path, text: str = "{}\n", *, overwrite: bool = False, source: Source | None = None
) -> dict[str, Any]:
    with open_run(out, overwrite=overwrite, source=source) as run:
        run.write_text("run.json", text)
        run.write_text("charts/map.svg", "<svg/>")
        run.file("segments.csv").write_text("id,segment\n1,1\n")  # as an engine writes: by itself, with usual rights
        return run.commit(FIELDS)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


# ── what is published ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_committed_run_is_whole_and_alone(out: Path) -> None:
    manifest = write_run(out)
    assert set(tree(out)) == {"run.json", "charts/map.svg", "segments.csv", "manifest.json"}
    assert set(manifest["files"]) == {"run.json", "charts/map.svg", "segments.csv"}
    assert manifest["options"] == {"k": 4}
    assert verify(out) == ()
    assert os.listdir(out.parent) == ["out"]


def test_nothing_shows_before_the_commit(out: Path) -> None:
    with open_run(out) as run:
        run.write_text("run.json", "{}")
        assert not out.exists()
        assert run.path.parent == out.parent
        assert sorted(os.listdir(out.parent)) == [run.path.name, "out.lock"]
    assert os.listdir(out.parent) == []


def test_an_error_leaves_nothing(out: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_run(out) as run:
        run.write_text("run.json", "{}")
        raise ZeroDivisionError
    assert os.listdir(out.parent) == []


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_run(tmp_path / name)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_only_the_owner_may_look_whatever_the_umask(out: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        if umask == 0o777 and os.geteuid() != 0:
            pytest.skip("only root can write a file that nobody may open")
        write_run(out)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in out.rglob("*") if p.is_file()}
    folders = {stat.S_IMODE(p.stat().st_mode) for p in (out, out / "charts")}
    assert (modes, folders) == ({0o600}, {0o700})


@pytest.mark.parametrize("length", [1, 241, 242, 244, 255])
@pytest.mark.parametrize("letter", ["a", "ü"])
def test_a_name_may_be_as_long_as_the_file_system_allows(tmp_path: Path, length: int, letter: str) -> None:
    name = letter * (length // len(letter.encode())) or letter
    write_run(tmp_path / name)
    assert os.listdir(tmp_path) == [name]


@pytest.mark.parametrize(
    "name", ["sp ace", "new\nline", "[glob]*", "-rf", "it's", "überschuß", os.fsdecode(b"\xff\xfe")]
)
def test_odd_names_work(tmp_path: Path, name: str) -> None:
    write_run(tmp_path / name)
    write_run(tmp_path / name, "[]", overwrite=True)
    assert os.listdir(tmp_path) == [name]
    assert verify(tmp_path / name) == ()


def test_short_writes_are_finished(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = os.write
    with open_run(out) as run:
        monkeypatch.setattr(os, "write", lambda file, data: usual(file, bytes(data)[:7]))
        run.write_text("run.json", "x" * 1000)
        run.commit(FIELDS)
    assert (out / "run.json").read_text() == "x" * 1000
    assert verify(out) == ()


@pytest.mark.parametrize("name", ["", "../x", "/etc/x", "a/../../x", "a//b", ".", "a\0b"])
def test_a_file_stays_inside_the_folder(out: Path, name: str) -> None:
    with open_run(out) as run, pytest.raises(ValueError, match="not a name inside"):
        run.write_text(name, "x")


def test_a_file_is_written_once(out: Path) -> None:
    with pytest.raises(AccessError, match=r"run\.json"), open_run(out) as run:
        run.write_text("run.json", "1")
        run.write_text("run.json", "2")
    assert os.listdir(out.parent) == []


# ── what may be replaced ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_older_run_stays_without_overwrite(out: Path) -> None:
    write_run(out)
    before = tree(out)
    with pytest.raises(InputError, match="exists and is not empty") as caught, open_run(out):
        pytest.fail("the block must not be entered")
    assert "--overwrite" in caught.value.do
    assert tree(out) == before
    assert os.listdir(out.parent) == ["out"]


@pytest.fixture(params=["at once", "two renames"])
def exchange(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "two renames":
        monkeypatch.setattr(system, "swap_at_once", lambda one, other: False)
    return str(request.param)


@pytest.mark.usefixtures("exchange")
def test_overwrite_replaces_a_run(out: Path) -> None:
    write_run(out, "old")
    write_run(out, "new", overwrite=True)
    assert (out / "run.json").read_text() == "new"
    assert verify(out) == ()
    assert os.listdir(out.parent) == ["out"]


@pytest.mark.usefixtures("exchange")
def test_a_failed_overwrite_keeps_the_older_run(out: Path) -> None:
    write_run(out, "old")
    with pytest.raises(ZeroDivisionError), open_run(out, overwrite=True) as run:
        run.write_text("run.json", "new")
        raise ZeroDivisionError
    assert (out / "run.json").read_text() == "old"
    assert verify(out) == ()
    assert os.listdir(out.parent) == ["out"]


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize("older", [True, False])
def test_a_rename_that_may_not_last_is_taken_back(out: Path, older: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if older:
        write_run(out, "old")
    usual = system.flush_folder

    def flush(folder: Path) -> None:
        if folder == out.parent:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        usual(folder)

    monkeypatch.setattr(system, "flush_folder", flush)
    with pytest.raises(AccessError, match="Input/output error"):
        write_run(out, "new", overwrite=True)
    assert os.listdir(out.parent) == (["out"] if older else [])
    if older:
        assert (out / "run.json").read_text() == "old"


def test_an_empty_folder_may_be_replaced(out: Path) -> None:
    out.mkdir()
    write_run(out)
    assert verify(out) == ()


def test_a_folder_that_is_no_run_is_never_replaced(out: Path) -> None:
    out.mkdir()
    (out / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="not a run of coterie's, so it is not replaced"):
        write_run(out, overwrite=True)
    (out / "manifest.json").write_text('{"name": "somebody else\'s manifest"}')
    with pytest.raises(InputError, match="not a run of coterie's, so it is not replaced"):
        write_run(out, overwrite=True)
    assert (out / "thesis.tex").read_text() == "years of work"


def test_a_run_with_somebodys_notes_in_it_is_not_replaced(out: Path) -> None:
    write_run(out)
    (out / "notes.txt").write_text("call them on Monday")
    with pytest.raises(InputError, match="more than a run") as caught:
        write_run(out, overwrite=True)
    assert "notes.txt" in caught.value.where
    assert (out / "notes.txt").exists()


def test_what_a_desktop_leaves_behind_does_not_matter(out: Path) -> None:
    write_run(out)
    (out / ".DS_Store").write_bytes(b"\0")
    assert verify(out) == ()
    write_run(out, overwrite=True)


def test_a_damaged_run_may_be_replaced(out: Path) -> None:
    write_run(out)
    (out / "run.json").unlink()
    write_run(out, overwrite=True)
    assert verify(out) == ()


def test_a_file_is_not_replaced(out: Path) -> None:
    out.write_text("mine")
    with pytest.raises(AccessError, match="is a file, not a folder"):
        write_run(out, overwrite=True)
    assert out.read_text() == "mine"


@pytest.mark.parametrize("target", ["folder", "empty", "nowhere"])
def test_links_are_not_written_through(tmp_path: Path, out: Path, target: str) -> None:
    write_run(tmp_path / "folder")
    (tmp_path / "empty").mkdir()
    out.symlink_to(tmp_path / target)
    before = tree(tmp_path)
    with pytest.raises(AccessError, match="symbolic link"):
        write_run(out, overwrite=True)
    assert tree(tmp_path) == before
    assert out.is_symlink()


@pytest.mark.parametrize("planted", ["run.json", "charts", "segments.csv"])
def test_a_planted_link_stops_the_run(tmp_path: Path, out: Path, planted: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir() if planted == "charts" else elsewhere.write_text("mine")
    with pytest.raises(AccessError), open_run(out) as run:
        (run.path / planted).symlink_to(elsewhere)
        if planted != "segments.csv":  # a link that stands where nothing is written is seen at the commit
            run.write_text("charts/map.svg" if planted == "charts" else planted, "{}")
        run.commit(FIELDS)
    assert sorted(os.listdir(tmp_path)) == ["elsewhere"]
    assert elsewhere.is_dir() or elsewhere.read_text() == "mine"


def test_a_planted_pipe_does_not_make_the_run_wait(out: Path) -> None:
    with pytest.raises(AccessError, match="not a regular file"), open_run(out) as run:
        os.mkfifo(run.path / "pipe")
        run.commit(FIELDS)


def test_a_folder_that_appears_meanwhile_is_kept(out: Path) -> None:
    with pytest.raises(InputError, match="exists and is not empty"), open_run(out) as run:
        run.write_text("run.json", "{}")
        out.mkdir()
        (out / "mine").write_text("x")
        run.commit(FIELDS)
    assert tree(out.parent) == {"out/mine": b"x"}


@pytest.mark.parametrize("name", [".", "..", "/", "a\0b"])
def test_the_folder_needs_a_name(name: str) -> None:
    with pytest.raises(InputError, match="`out`"), open_run(Path(name)):
        pytest.fail("the block must not be entered")


def test_the_parent_must_exist(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="There is no folder"), open_run(tmp_path / "no" / "out"):
        pytest.fail("the block must not be entered")


def test_a_place_that_the_system_refuses_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="Cannot write '/proc/coterie'"), open_run(Path("/proc/coterie")):
        pytest.fail("the block must not be entered")
    with pytest.raises(AccessError, match="root of a disk"), open_run(Path("/proc"), overwrite=True):
        pytest.fail("the block must not be entered")


def test_what_an_engine_says_about_the_run_folder_is_told_in_our_words(out: Path) -> None:
    def write(path: Path, reason: str) -> None:
        try:
            raise RuntimeError(f"IO Error: could not write {path}: {reason}, errno and more")
        except RuntimeError as error:
            raise EngineError("The engine cannot write: IO Error…") from error

    reason = os.strerror(errno.ENOSPC)
    with pytest.raises(AccessError, match=reason) as caught, open_run(out) as run:
        write(run.file("segments.parquet"), reason)
    assert "bytes are free" in caught.value.where
    with pytest.raises(EngineError), open_run(out):
        write(out.with_name("elsewhere"), reason)
    assert os.listdir(out.parent) == []


# ── the source ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text("id,spend\n1,10\n2,20\n")
    return path


def append(path: Path) -> None:
    with path.open("a") as file:
        file.write("3,30\n")


def truncate(path: Path) -> None:
    os.truncate(path, 5)


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.rename(path)


def rewrite_with_the_old_times(path: Path) -> None:
    times = path.stat()
    path.write_text(path.read_text().replace("10", "99"))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [append, truncate, replace, rewrite_with_the_old_times, remove])
def test_a_source_that_changes_meanwhile_is_refused(out: Path, source: Path, change: Any) -> None:
    with pytest.raises(InputError, match=r"customers\.csv"), open_run(out, source=Source.of(source)) as run:
        run.write_text("run.json", "{}")
        change(source)
        run.commit(FIELDS)
    assert not out.exists()


def test_a_part_that_appears_meanwhile_is_refused(tmp_path: Path, out: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "1.csv").write_text("id\n1\n")
    with (
        pytest.raises(InputError, match="changed while it was being read"),
        open_run(out, source=Source.of(parts)) as run,
    ):
        (parts / "2.csv").write_text("id\n2\n")
        run.commit(FIELDS)


def test_the_manifest_says_what_was_read(out: Path, source: Path) -> None:
    manifest = write_run(out, source=Source.of(source))
    assert manifest["fingerprint"]["size"] == source.stat().st_size
    assert manifest["fingerprint"]["inode"] == source.stat().st_ino


def test_the_digest_is_that_of_the_data_and_not_of_their_copy(tmp_path: Path, source: Path) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(source.read_bytes())
    os.utime(copy, (0, 0))
    first, second = (
        write_run(tmp_path / name, source=Source.of(given)) for name, given in (("a", source), ("b", copy))
    )
    assert first["digest"] == second["digest"]
    assert first["seal"] != second["seal"]


@pytest.mark.parametrize("overwrite", [True, False])
def test_output_and_source_may_not_overlap(tmp_path: Path, source: Path, overwrite: bool) -> None:
    write_run(tmp_path / "out")
    pairs = [(source, source), (tmp_path / "out", tmp_path / "out" / "run.json"), (tmp_path / "new", tmp_path)]
    for out, read in pairs:
        with pytest.raises(InputError, match="overlap"), open_run(out, overwrite=overwrite, source=Source.of(read)):
            pytest.fail("the block must not be entered")
    assert source.exists()


def test_a_missing_source_is_told(out: Path) -> None:
    with (
        pytest.raises(InputError, match="There is no file"),
        open_run(out, source=Source("nothing.csv", out.with_name("nothing.csv"))),
    ):
        pytest.fail("the block must not be entered")
    assert os.listdir(out.parent) == []
