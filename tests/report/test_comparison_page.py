"""The page of two runs: every number has a place, small ones none, hostile names no power."""

from __future__ import annotations

from dataclasses import replace

from coterie.record import ColumnDrift, ComparedRuns, Criterion, Migration, Move, Party, Side
from coterie.report import comparison_page
from coterie.report.charts import draw_migration

HOSTILE = "</script><script>alert(1)</script>"


def side(*names: str) -> Side:
    parties = tuple(Party(i, "ABC"[i - 1], name, 100, 1 / len(names)) for i, name in enumerate(names, start=1))
    return Side(100 * len(names), "natural", "natural groups", parties)


def compared(name: str = "High income") -> ComparedRuns:
    moves = (
        Move(1, 1, 60, 0.3, None, None, True, 0.0, False),
        Move(1, 2, 33, 0.165, 30, 3, False, 0.01, False),
        Move(2, 1, 12, 0.06, 0, 12, False, 0.07, True),
        Move(2, 2, 90, 0.45, None, None, True, 0.0, False),
        Move(2, None, 5, 0.025, 5, 0, False, 0.0, False),
    )
    return ComparedRuns(
        old=side(name, "Low income"),
        new=side(name, "Low income"),
        follows=True,
        same=((1, 1), (2, 2)),
        migration=Migration(200, 7, 11, 0.25, 0.175, 0.075, 0.08, 0.17, moves),
        columns=(ColumnDrift("x", "income", 0.3, 0.28, 1e-9, 1e-8, 0.6, True, True),),
        criteria=(
            Criterion("Income, drift beyond chance", "Income has drifted.", 0.28, 0.1, 1e-8, "refit"),
            Criterion("Verdict", "The verdict is “natural groups” as before.", None, None, None, "assign"),
        ),
        advice="refit",
        reasons=("Income has drifted.",),
        lacking=(),
    )


def test_the_page_says_what_to_do_and_why() -> None:
    html = comparison_page.render(compared())
    assert "Advice: Form the segments again" in html
    assert "25% of the customers are in another segment; 8% would be by chance." in html
    assert "Income has drifted." in html
    assert "30 moved, 3 line" in html


def test_cells_inside_the_noise_are_grey_and_small_ones_have_no_number() -> None:
    html = comparison_page.render(compared())
    assert '<span class="noise">12<small>0 moved, 12 line</small>' in html
    assert ">few<" in html
    assert "5 moved" not in html


def test_not_assigned_has_a_column_where_somebody_is() -> None:
    found = compared()
    assert found.migration is not None
    assert '<th scope="col">Not assigned</th>' in comparison_page.render(found)
    moves = tuple(m for m in found.migration.moves if m.now is not None)
    everybody = replace(found, migration=replace(found.migration, moves=moves))
    assert "Not assigned" not in comparison_page.render(everybody)


def test_hostile_names_have_no_power() -> None:
    html = comparison_page.render(compared(HOSTILE))
    assert HOSTILE not in html
    assert "style=" not in html
    assert html.count("<script>") == 1


def test_the_lines_say_the_same() -> None:
    said = "\n".join(comparison_page.lines(compared()))
    assert "advice: refit" in said
    assert "A High income → B Low income" in said
    assert "(as many would by chance)" in said


def test_where_nobody_is_followed_no_chart_is_drawn_and_it_is_said() -> None:
    nobody = replace(compared(), migration=None, lacking=("Nobody is followed.",))
    html = comparison_page.render(nobody)
    assert draw_migration(nobody) is None
    assert "Nobody can be followed" in html
    assert "Not measured" in html


def test_the_chart_tells_the_largest_move() -> None:
    chart = draw_migration(compared())
    assert chart is not None
    assert chart.desc == "33 customers went from A High income to B Low income, the most of all who changed."
    assert all(row["n"] >= 10 for row in chart.data)
