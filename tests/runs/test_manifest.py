"""A reader believes a run folder only as far as its manifest, and its manifest only under its seal."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coterie.errors import FormatError
from coterie.runs.manifest import read_manifest, read_published, render, seal, verify
from coterie.runs.run_folder import open_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    with open_run(out) as folder:
        folder.write_text("run.json", '{"format": 1}\n')
        folder.write_text("charts/map.svg", "<svg/>")
        folder.write_text("segments.csv", "id,segment\n1,1\n")
        folder.write_text("empty", "")
        folder.commit({"coterie": "0.1.0", "options": {"k": 4}, "warnings": ["ü"]})
    return out


def found(run: Path) -> list[tuple[str, str]]:
    return [(problem.file, problem.what) for problem in verify(run)]


def blamed(run: Path) -> list[str]:
    """Return the files that a reader is told not to believe."""
    try:
        return [file for file, _ in found(run)]
    except FormatError:
        return ["manifest.json"]


def test_a_whole_run_has_no_problems(run: Path) -> None:
    assert verify(run) == ()


def test_a_copy_is_as_good(run: Path, tmp_path: Path) -> None:
    assert verify(Path(shutil.copytree(run, tmp_path / "copy"))) == ()


def test_every_flipped_byte_is_found(run: Path) -> None:
    for path in sorted(p for p in run.rglob("*") if p.is_file()):
        whole = path.read_bytes()
        for place in range(len(whole)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            assert blamed(run) == [path.relative_to(run).as_posix()]
        path.write_bytes(whole)
    assert verify(run) == ()


def test_missing_added_changed_and_linked_files_are_named(run: Path, tmp_path: Path) -> None:
    (run / "empty").unlink()
    (run / "notes.txt").write_text("x")
    (run / "charts" / "more.svg").write_text("x")
    (run / "segments.csv").write_text("id,segment\n1,2\n")
    (run / "run.json").rename(tmp_path / "run.json")
    (run / "run.json").symlink_to(tmp_path / "run.json")
    assert found(run) == [
        ("charts/more.svg", "not in the manifest"),
        ("empty", "missing"),
        ("notes.txt", "not in the manifest"),
        ("run.json", "not a file"),
        ("segments.csv", "changed"),
    ]


def test_a_folder_behind_a_link_is_not_followed(run: Path, tmp_path: Path) -> None:
    (run / "charts").rename(tmp_path / "charts")
    (run / "charts").symlink_to(tmp_path / "charts")
    assert found(run) == [("charts/map.svg", "missing")]


def test_a_pipe_in_place_of_a_file_does_not_make_a_reader_wait(run: Path) -> None:
    (run / "run.json").unlink()
    os.mkfifo(run / "run.json")
    assert found(run) == [("run.json", "not a file")]
    with pytest.raises(FormatError):
        read_published(run, "run.json")


def test_a_published_file_is_compared_before_it_is_given(run: Path) -> None:
    assert read_published(run, "run.json") == b'{"format": 1}\n'
    for text in ('{"format": 2}\n', '{"format": 1}', '{"format": 1}\n\n', ""):
        (run / "run.json").write_text(text)
        with pytest.raises(FormatError, match=r"'run.json' in the run .* was changed"):
            read_published(run, "run.json")
    (run / "run.json").unlink()
    with pytest.raises(FormatError, match=r"has no run.json"):
        read_published(run, "run.json")
    with pytest.raises(FormatError, match=r"has no \.\./secret"):
        read_published(run, "../secret")


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"1", b'"x"', b"NaN", b"{}", b'{"schema": 1}', b"[" * 10**6, b"\xff"]
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(text)
    with pytest.raises(FormatError, match="is not a run of coterie's"):
        read_manifest(tmp_path)


def test_a_folder_without_manifest_and_a_file_are_no_runs(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "file"):
        with pytest.raises(FormatError, match=r"it has no manifest.json"):
            verify(path)


def test_an_endless_manifest_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "manifest.json").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(FormatError):
        read_manifest(tmp_path)


def test_a_manifest_of_a_later_version_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"schema": "coterie.run/999"}')
    with pytest.raises(FormatError, match="has format 999; this coterie reads format 1"):
        read_manifest(tmp_path)


HASH = hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    "files",
    [
        {"../../etc/passwd": {"size": 1, "sha256": HASH}},
        {"/etc/passwd": {"size": 1, "sha256": HASH}},
        {"charts/../../x": {"size": 1, "sha256": HASH}},
        {"a\\b": {"size": 1, "sha256": HASH}},
        {"": {"size": 1, "sha256": HASH}},
        {"x": {"size": -1, "sha256": HASH}},
        {"x": {"size": True, "sha256": HASH}},
        {"x": {"size": 1.0, "sha256": HASH}},
        {"x": {"size": 1, "sha256": None}},
        {"x": {"size": 1}},
        {"x": None},
        ["x"],
        None,
    ],
)
def test_a_manifest_that_points_outside_is_refused_though_its_seal_is_right(tmp_path: Path, files: Any) -> None:
    (tmp_path / "manifest.json").write_bytes(render(seal({}, files, None)))
    with pytest.raises(FormatError, match=r"'manifest.json' in the run .* was changed"):
        read_manifest(tmp_path)


def test_a_manifest_in_another_form_is_refused(run: Path) -> None:
    content = read_manifest(run)
    for text in (json.dumps(content), (run / "manifest.json").read_text() + " ", json.dumps(content, indent=1)):
        (run / "manifest.json").write_text(text)
        with pytest.raises(FormatError, match="was changed"):
            read_manifest(run)


def test_a_caller_cannot_say_the_hashes(tmp_path: Path) -> None:
    made = seal({"seal": None, "digest": "x", "source": "a.csv"}, {}, None)
    assert made == seal({"source": "a.csv"}, {}, None)
    (tmp_path / "manifest.json").write_bytes(render(made))
    assert read_manifest(tmp_path) == made


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(fields=st.dictionaries(st.text().filter(lambda key: key not in ("files", "fingerprint")), values, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_caller_says_is_read_back(tmp_path: Path, fields: dict[str, Any]) -> None:
    made = seal(fields, {}, None)
    (tmp_path / "manifest.json").write_bytes(render(made))
    assert read_manifest(tmp_path) == made
    assert verify(tmp_path) == ()
