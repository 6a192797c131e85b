"""REPORT: a record becomes a page, pictures, lines of a terminal.

Its modules, in import order::

    view             a saved record's texts, made harmless and short
    charts/          record to SVG
    story            record to sentences
    explanations     rules, tree, typical customers, for the page
    cards            a card for each segment, at the head of the page
    differences      what makes each segment different
    command          the command that makes a result again
    first_lines      the finding in one line, and what must be known before it
    compilation      templates, compiled when coterie is installed
    html_file        the file around a page: style, script, what it may do
    page             record to HTML
    comparison_page  two runs side by side, to HTML and to lines of a terminal
    cells            texts and bars in the cells of a terminal
    progress_line    what runs now, as one line of a terminal
    terminal_rfm     customers from purchases, as lines of a terminal
    terminal         record to lines of a terminal
    terminal_examples  single customers as lines of a terminal
    typing_tool      the few columns that tell the segments: text, worksheet, SQL
    why              why one customer is in his segment: text, page, picture
    terminal_lift    what a campaign brought, as lines of a terminal
    lift_page        what a campaign brought, as a page
    plot             run.plot: every chart by name
    notebook         a run and its parts, as a notebook shows them
"""

from typing import TYPE_CHECKING

from coterie.doors import opened

if TYPE_CHECKING:
    from coterie.report.notebook import Findings, Segments
    from coterie.report.plot import Plot
    from coterie.report.typing_tool import Typing
    from coterie.report.why import Why

__all__ = [
    "Findings", "Plot", "Segments", "Typing", "Why", "cells", "comparison_page", "lift_page", "notebook", "page",
    "progress_line", "terminal", "terminal_examples", "terminal_lift", "terminal_rfm", "view",
]  # fmt: skip

__getattr__, __dir__ = opened(
    __name__,
    {
        "Findings": "notebook",
        "Plot": "plot",
        "Segments": "notebook",
        "Typing": "typing_tool",
        "Why": "why",
        "notebook": "notebook",
    },
)
