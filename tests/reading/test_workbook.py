"""A sheet of a workbook: what its XML says besides the values is heeded."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.request import Reading
from coterie.reading.text import Text
from coterie.reading.workbook import prepare

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>since</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>007</t></is></c><c r="B2" s="1"><v>44197</v></c></row>'
    '<row r="4"><c r="A4" t="inlineStr"><is><t>008</t></is></c></row>'
)


def workbook(folder: Path, rows: str = ROWS, *, about: str = "", sheets: tuple[str, ...] = ("Customers",)) -> Path:
    """Write a workbook of sheets that all hold the same rows."""
    listed = "".join(f'<sheet name="{name}" xmlns:r="r" r:id="r{i}"/>' for i, name in enumerate(sheets))
    related = "".join(f'<Relationship Id="r{i}" Target="worksheets/s{i}.xml"/>' for i in range(len(sheets)))
    with zipfile.ZipFile(folder / "t.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", f"<workbook {MAIN}><sheets>{listed}</sheets></workbook>")
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{related}</Relationships>")
        archive.writestr("xl/sharedStrings.xml", f"<sst {MAIN}><si><t>id</t><rPh><t>reading</t></rPh></si></sst>")
        archive.writestr(
            "xl/styles.xml", f'<styleSheet {MAIN}><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>'
        )
        for i in range(len(sheets)):
            sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{about}</worksheet>"
            archive.writestr(f"xl/worksheets/s{i}.xml", sheet)
    return folder / "t.xlsx"


def prepared(path: Path, **reading: object) -> Text:
    return prepare(path, path.name, path.parent, Reading(**reading), lambda name: name == "id")  # type: ignore[arg-type]


def test_texts_dates_and_empty_rows_are_read_as_they_are_shown(tmp_path: Path) -> None:
    text = prepared(workbook(tmp_path))
    assert [c.name for c in text.columns] == ["id", "since"]
    assert text.path.read_text() == "007,2021-01-01\n008,\n"


def test_the_first_of_several_sheets_is_taken_and_said_unless_one_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path, sheets=("May", "June"))
    assert [f.code for f in prepared(path).findings] == ["COT009"]
    assert prepared(path, sheet="June").findings == ()


def test_titles_above_the_header_and_hidden_columns_are_said(tmp_path: Path) -> None:
    shifted = ROWS
    for old, new in (("4", "5"), ("2", "3"), ("1", "2")):
        shifted = shifted.replace(f'r="{old}"', f'r="{new}"').replace(f'"A{old}"', f'"A{new}"')
    title = '<row r="1"><c r="A1" t="str"><v>Customers of May</v></c></row>'
    path = workbook(tmp_path, title + shifted, about='<cols><col min="2" max="2" hidden="1"/></cols>')
    assert [f.code for f in prepared(path).findings] == ["COT003", "COT010"]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('<c r="B3" t="e"><v>#REF!</v></c>', "error value"),
        ('<c r="B3"><f>A1+1</f></c>', "no stored value"),
        ('<c r="B3" t="s"><v>7</v></c>', "a text that is not there"),
        ('<c r="B3"><v>seven</v></c>', "no number"),
    ],
)
def test_a_cell_without_a_value_to_trust_is_refused_by_its_address(cell: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match=words) as refused:
        prepared(workbook(tmp_path, f'{ROWS}<row r="3">{cell}</row>'))
    assert "B3" in str(refused.value)


def test_a_header_with_merged_cells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="merged cells"):
        prepared(workbook(tmp_path, about='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'))


def test_a_workbook_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="not valid XML"):
        prepared(workbook(tmp_path, "&x;"))
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("other.xml", "<a/>")
    with pytest.raises(errors.InputError, match="is missing"):
        prepared(tmp_path / "t.xlsx")
