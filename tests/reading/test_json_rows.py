"""JSON is read strictly: a list of flat objects, or one object a line."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.json_rows import objects, prepare
from coterie.reading.request import Reading


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": "a", "v": 1}, {"id": "b", "v": 2.5}]',
        '{"id": "a", "v": 1}\n\n{"id": "b", "v": 2.5}\n',
        ' [\n{"id": "a", "v": 1}\n,{"id": "b", "v": 2.5}]\n ',
    ],
)
def test_a_list_and_lines_are_the_same_rows(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(text)
    assert list(objects(tmp_path / "t.json", "t.json", Reading())) == [{"id": "a", "v": 1}, {"id": "b", "v": 2.5}]


def test_a_list_is_read_as_fast_as_lines(tmp_path: Path) -> None:
    rows = [{"id": f"c{i}", "spend": i / 7, "city": "Oslo"} for i in range(20_000)]
    (tmp_path / "list.json").write_text(json.dumps(rows))
    (tmp_path / "lines.json").write_text("\n".join(map(json.dumps, rows)))

    def seconds(name: str) -> float:
        start = time.process_time()
        assert sum(1 for _ in objects(tmp_path / name, name, Reading())) == 20_000
        return time.process_time() - start

    pairs = [(seconds("list.json"), seconds("lines.json")) for _ in range(9)]  # others run beside it
    assert min(pair[0] for pair in pairs) < 1.5 * min(pair[1] for pair in pairs)


def test_a_key_that_some_objects_lack_is_an_empty_cell(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('[{"a": 1}, {"b": "x", "a": null}, {}]')
    text = prepare(tmp_path / "t.json", "t.json", tmp_path, Reading(), lambda name: False)
    assert ([c.name for c in text.columns], text.path.read_text()) == (["a", "b"], "1,\n,x\n,\n")


def test_an_object_longer_than_a_piece_is_read_whole(tmp_path: Path) -> None:
    long = "x" * 3_000_000
    (tmp_path / "t.json").write_text(f'[{{"a": "{long}"}}, {{"a": "y"}}]')
    assert [len(str(row["a"])) for row in objects(tmp_path / "t.json", "t.json", Reading())] == [3_000_000, 1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"v": NaN}]', "NaN is not JSON"),
        ('[{"v": 1, "v": 2}]', "same key twice"),
        ('[{"v": 1e999}]', "too large"),
        ('[{"v": 1}', "does not end"),
        ('[{"v": 1} {"v": 2}]', "comma is missing"),
        ('[{"v": 1}] [{"v": 2}]', "follows the end"),
        ("[1, 2]", "not an object"),
        ("3", "single value"),
        ('{"data": [{"v": 1}]}', "one object"),
        ('{"v": 1}\n{"v": }\n', "row 2, line 2"),
        ('[{"v": ' + "[" * 99 + "]" * 99 + "}]", "too deeply"),
        ('[{"v": "\\ud800"}]', "half a character"),
    ],
)
def test_what_is_no_table_is_refused_by_its_place(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(errors.InputError, match=words):
        prepare(tmp_path / "t.json", "t.json", tmp_path, Reading(), lambda name: False)


@pytest.mark.parametrize("digits", ["9" * 51, "1234567890123456789", "12345678901234567.0", "17101"])
def test_an_id_of_digits_never_passes_through_a_float(digits: str, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(f'[{{"id": {digits}, "v": 1.5e20}}]')
    text = prepare(tmp_path / "t.json", "t.json", tmp_path, Reading(), lambda name: name == "id")
    assert text.path.read_text() == f"{digits.removesuffix('.0')},1.5e+20\n"
