"""One file is written whole or not at all, private, and never through a link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from coterie.engines import Source
from coterie.errors import AccessError, BusyError, InputError
from coterie.runs import manifest, one_file, open_run


def test_a_file_appears_when_it_is_whole_and_is_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    with one_file.replacing(path) as beside:
        beside.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["report.html"]


def test_an_older_file_stays_where_the_new_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        one_file.write_text(path, "new \ud800", overwrite=True)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.html"]


def test_line_ends_and_letters_are_written_as_they_are(tmp_path: Path) -> None:
    one_file.write_text(tmp_path / "a.csv", "ü\r\nx\n")
    assert (tmp_path / "a.csv").read_bytes() == "ü\r\nx\n".encode()


@pytest.mark.parametrize("what", ["folder", "link", "missing"])
def test_what_is_no_plain_file_is_not_replaced(tmp_path: Path, what: str) -> None:
    path = tmp_path / "out.csv"
    if what == "folder":
        path.mkdir()
    elif what == "link":
        (tmp_path / "mine").write_text("mine")
        path.symlink_to("mine")
    else:
        path = tmp_path / "nowhere" / "out.csv"
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(AccessError, match="Cannot write"):
        one_file.write_text(path, "new")
    assert sorted(os.listdir(tmp_path)) == before
    assert what != "link" or (tmp_path / "mine").read_text() == "mine"


def test_an_older_file_is_replaced_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("mine")
    with pytest.raises(InputError, match="overwrite=True"):
        one_file.write_text(path, "new")
    assert path.read_text() == "mine"
    one_file.write_text(path, "new", overwrite=True)
    assert path.read_text() == "new"


def test_a_file_that_comes_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    replacing = one_file.replacing(path)
    replacing.__enter__().write_text("new")
    path.write_text("mine")
    with pytest.raises(InputError, match="overwrite=True"):
        replacing.__exit__(None, None, None)
    assert path.read_text() == "mine"
    assert os.listdir(tmp_path) == ["report.html"]


SPELLINGS = ["data/a.csv", "data/../data/a.csv", "./data//a.csv", "here/a.csv", "soft.csv", "hard.csv"]


def test_what_a_run_was_made_of_is_never_replaced_nor_is_its_copy(tmp_path: Path) -> None:
    source, copy, other = (tmp_path / name for name in ("a.csv", "copy.csv", "other.csv"))
    source.write_text("mine")
    copy.write_text("mine")
    other.write_text("else")
    with open_run(tmp_path / "run", source=Source.of(source)) as folder:
        folder.write_text("run.json", "{}")
        folder.commit({"coterie": "0.1.0"})
    for out in (source, copy):
        with pytest.raises(InputError, match="is what the run"):
            one_file.write_text(out, "new", overwrite=True, read=[tmp_path / "run"])
    one_file.write_text(other, "new", overwrite=True, read=[tmp_path / "run"])
    source.write_text("mine, and one more")
    with pytest.raises(InputError, match="overwrite=True"):
        one_file.write_text(source, "new", read=[tmp_path / "run"])


def test_no_folder_is_made_where_no_file_may_be(tmp_path: Path) -> None:
    with open_run(tmp_path / "run") as folder:
        folder.write_text("run.json", "{}")
        folder.commit({"coterie": "0.1.0"})
    with pytest.raises(InputError, match="inside the run"):
        one_file.write_texts(tmp_path / "run" / "typing", {"tree.txt": "a"})
    assert not (tmp_path / "run" / "typing").exists()
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(AccessError, match="is a file, not a folder"):
        one_file.write_texts(tmp_path / "mine", {"tree.txt": "a"}, overwrite=True)


def test_nothing_is_written_inside_an_audience(tmp_path: Path) -> None:
    with open_run(tmp_path / "out", schema=manifest.AUDIENCE) as folder:
        folder.write_text("a.csv", "id")
        folder.commit({"coterie": "0.1.0"})
    with pytest.raises(InputError, match="inside the audience"):
        one_file.write_text(tmp_path / "out" / "a.csv", "new", overwrite=True)


@pytest.mark.parametrize("out", SPELLINGS)
def test_the_source_is_never_replaced_whatever_it_is_called(
    out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data/a.csv").write_text("mine")
    Path("here").symlink_to("data")
    Path("soft.csv").symlink_to("data/a.csv")
    Path("hard.csv").hardlink_to("data/a.csv")
    for read in ("data/a.csv", "hard.csv", "data", "data/*.csv", "here"):
        with pytest.raises(InputError, match="overlap"):
            one_file.write_text(Path(out), "new", overwrite=True, read=[Path(read)])
    assert Path("data/a.csv").read_text() == "mine"
    assert sorted(os.listdir("data")) == ["a.csv"]


def test_no_file_is_added_to_a_source_of_several(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("mine")
    for read in (tmp_path, tmp_path / "*.parquet"):
        with pytest.raises(InputError, match="overlap"):
            one_file.write_text(tmp_path / "b.parquet", "new", read=[read])
    one_file.write_text(tmp_path / "b.csv", "new", read=[tmp_path / "*.parquet"])


@pytest.mark.parametrize("name", ["run.json", "segments.csv", "new.html", "charts/new.svg"])
def test_nothing_is_written_inside_a_run(name: str, tmp_path: Path) -> None:
    with open_run(tmp_path / "out") as folder:
        folder.write_text("run.json", "{}")
        folder.write_text("charts/map.svg", "<svg/>")
        folder.commit({"coterie": "0.1.0"})
    (tmp_path / "also").symlink_to("out")
    for out in ("out", "also"):
        with pytest.raises(InputError, match="inside the run"):
            one_file.write_text(tmp_path / out / name, "new", overwrite=True)
        with pytest.raises(InputError, match="inside the run"), open_run(tmp_path / out / "charts", overwrite=True):
            pass
    assert manifest.verify(tmp_path / "out") == ()


def test_what_a_killed_process_left_goes_and_a_second_writer_is_told(tmp_path: Path) -> None:
    path = tmp_path / "assigned.csv"
    for name in (".assigned.csv.tmp-0123abcd", ".assigned.csv.tmp-mine", ".other.csv.tmp-0123abcd"):
        (tmp_path / name).write_text("SECRET")
    with one_file.replacing(path) as beside:
        beside.write_text("new")
        with pytest.raises(BusyError, match="in use"):
            one_file.write_text(path, "newer")
    assert path.read_text() == "new"
    assert sorted(os.listdir(tmp_path)) == [".assigned.csv.tmp-mine", ".other.csv.tmp-0123abcd", "assigned.csv"]
