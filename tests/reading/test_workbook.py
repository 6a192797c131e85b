"""A sheet of a workbook: what its XML says besides the values is heeded."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from coterie import errors
from coterie.reading.request import Reading
from coterie.reading.text import Text
from coterie.reading.workbook import prepare
from reading.files import read

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>since</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>007</t></is></c><c r="B2" s="1"><v>44197</v></c></row>'
    '<row r="4"><c r="A4" t="inlineStr"><is><t>008</t></is></c></row>'
)


def workbook(
    folder: Path,
    rows: str = ROWS,
    *,
    about: str = "",
    sheets: tuple[str, ...] = ("Customers",),
    others: dict[str, str] | None = None,
    name: str = "workbook",
    slash: str = "/",
) -> Path:
    """Write a workbook of sheets that all hold the same rows, but for ``others``."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    listed = "".join(f'<sheet name="{name}" xmlns:r="r" r:id="r{i}"/>' for i, name in enumerate(sheets))
    related = "".join(f'<Relationship Id="r{i}" Target="worksheets/s{i}.xml"/>' for i in range(len(sheets)))
    main = f'<Relationship Id="m" Type="{types}officeDocument" Target="/xl/{name}.xml"/>'
    parts = {
        "_rels/.rels": f"<Relationships>{main}</Relationships>",
        f"xl/{name}.xml": f"<workbook {MAIN}><sheets>{listed}</sheets></workbook>",
        f"xl/_rels/{name}.xml.rels": f"<Relationships>{related}</Relationships>",
        "xl/sharedStrings.xml": f"<sst {MAIN}><si><t>id</t><rPh><t>reading</t></rPh></si></sst>",
        "xl/styles.xml": f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="164" formatCode="{MONEY}"/>'
        '<numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="164"/>'
        '<xf numFmtId="165"/><xf numFmtId="20"/></cellXfs></styleSheet>',
    }
    for i, sheet in enumerate(sheets):
        held = (others or {}).get(sheet, rows)
        parts[f"xl/worksheets/s{i}.xml"] = f"<worksheet {MAIN}><sheetData>{held}</sheetData>{about}</worksheet>"
    with zipfile.ZipFile(folder / "t.xlsx", "w") as archive:
        for member, content in parts.items():
            archive.writestr(member.replace("/", slash), content)
    return folder / "t.xlsx"


def cells_of(*rows: list[str | float | None]) -> str:
    """Write rows of texts and numbers as a sheet's XML."""
    made = []
    for number, row in enumerate(rows, start=1):
        cells = [
            f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{v}</t></is></c>'
            if isinstance(v, str)
            else f'<c r="{chr(65 + i)}{number}"><v>{v}</v></c>'
            for i, v in enumerate(row)
            if v is not None
        ]
        made.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(made)


MONEY = r"_-* #,##0.00\ _D_M_-"  # marks, with blanks as wide as the letters
TABLE: list[list[str | float | None]] = [["id", "age", "spend"], *([f"c{i}", 20 + i, i * 1.5] for i in range(12))]


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


@pytest.mark.parametrize("error", ["#N/A", "#NULL!"])
def test_an_error_that_means_no_value_is_missing_and_said(error: str, tmp_path: Path) -> None:
    text = prepared(
        workbook(tmp_path, f'{ROWS}<row r="3"><c r="A3"><v>9</v></c><c r="B3" t="e"><v>{error}</v></c></row>')
    )
    assert [(f.code, f.count) for f in text.findings] == [("COT021", 1)]
    assert text.path.read_text().endswith("9,\n")


@pytest.mark.parametrize("error", ["#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#SPILL!"])
def test_an_error_that_went_wrong_stops_with_its_cell(error: str, tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="error value") as refused:
        prepared(workbook(tmp_path, f'{ROWS}<row r="3"><c r="B3" t="e"><v>{error}</v></c></row>'))
    assert error in refused.value.what
    assert "B3" in refused.value.where


def test_a_formula_that_gives_an_empty_text_is_a_missing_value(tmp_path: Path) -> None:
    row = '<row r="3"><c r="A3" t="str"><f>"x"</f><v>x</v></c><c r="B3" t="str"><f>IF(1=1,"")</f><v></v></c></row>'
    assert prepared(workbook(tmp_path, ROWS + row)).path.read_text().endswith("x,\n")


@pytest.mark.parametrize(("name", "slash"), [("workbook22", "/"), ("workbook", "\\"), ("Book", "\\")])
def test_the_parts_are_where_the_workbook_says(name: str, slash: str, tmp_path: Path) -> None:
    assert prepared(workbook(tmp_path, name=name, slash=slash)).rows == 2


@pytest.mark.parametrize(
    "cover",
    [
        cells_of(["see next sheet"]),
        cells_of(["Export of CRM"], ["made by finance"], ["income = yearly"]),
        cells_of(["column", "meaning"], ["age", "in years"], ["spend", "in EUR"]),
        "",
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c></row>',
    ],
)
def test_the_sheet_that_holds_a_table_is_taken_and_said(cover: str, tmp_path: Path) -> None:
    path = workbook(tmp_path, cells_of(*TABLE), sheets=("Cover", "Data"), others={"Cover": cover})
    text = prepared(path)
    assert text.rows == 12
    assert [f.code for f in text.findings] == ["COT009"]
    assert "'Cover', 'Data'" in text.findings[0].text
    assert "'Data'" in text.findings[0].done


def test_where_no_sheet_holds_a_table_all_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path, cells_of(["nothing here"]), sheets=("Cover", "Notes"))
    with pytest.raises(errors.InputError, match="'Cover', 'Notes'"):
        prepared(path)


@pytest.mark.parametrize("total", [["Total", None, 99.0], ["Summe:", 318, 99.0], [None, "Grand Total", None]])
def test_a_total_at_the_end_is_no_customer(total: list[str | float | None], tmp_path: Path) -> None:
    path = workbook(tmp_path, cells_of(*TABLE, total))
    with pytest.raises(errors.InputError, match="total") as refused:
        prepared(path)
    assert "row 13" in refused.value.where
    text = prepared(path, on_bad_rows="skip")
    assert (text.rows, len(text.rejected)) == (12, 1)
    assert len(text.path.read_text().splitlines()) == 12


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1234567890123456", "1234567890123456"),
        ("9" * 51, "9" * 51),
        ("1.23456789012345E+15", "1234567890123450"),
        ("17101", "17101"),
    ],
)
def test_an_id_of_digits_never_passes_through_a_float(written: str, read: str, tmp_path: Path) -> None:
    rows = f'<row r="1"><c t="s"><v>0</v></c></row><row r="2"><c><v>{written}</v></c></row>'
    assert prepared(workbook(tmp_path, rows)).path.read_text() == f"{read}\n"


def test_a_number_with_an_underscore_is_none(tmp_path: Path) -> None:
    with pytest.raises(errors.InputError, match="no number"):
        prepared(workbook(tmp_path, f'{ROWS}<row r="3"><c r="B3"><v>1_000</v></c></row>'))


def test_the_header_is_checked_as_that_of_a_text(tmp_path: Path) -> None:
    second: list[str | float | None] = ["", "years", "EUR"]
    with pytest.raises(errors.InputError, match="several rows"):
        prepared(workbook(tmp_path, cells_of(TABLE[0], second, *TABLE[1:])))
    with pytest.raises(errors.InputError, match=r"Reading\(header=False\)"):
        prepared(workbook(tmp_path, cells_of(*TABLE[1:])))


def test_money_is_no_date_and_a_duration_is_hours(tmp_path: Path) -> None:
    """Styles 2 to 4 are money with letters in its format, hours beyond a day, and a clock."""
    head = cells_of(["id", "money", "worked", "came"])
    rows = "".join(
        f'<row><c t="inlineStr"><is><t>c{i}</t></is></c><c s="2"><v>{100 + i}.5</v></c>'
        f'<c s="3"><v>{(30 + i) / 24!r}</v></c><c s="4"><v>{(6 + i / 4) / 24!r}</v></c></row>'
        for i in range(40)
    )
    got = read(workbook(tmp_path, head + rows))
    assert got["money"] == [100.5 + i for i in range(40)]
    assert got["worked"] == [30.0 + i for i in range(40)]
    assert got["came"] == [6 + i / 4 for i in range(40)]
