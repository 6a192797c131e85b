"""DECIDE and ASSIGN: features, centers, and every customer's segment.

Its modules, in import order::

    formula          what becomes of a column before distances are taken
    facts            columns that tell one fact
    shares           which columns are known as shares
    features         which feature each column becomes
    model            centers, and the segment each belongs to
    known            what is known of a table's values, so that a query need not ask
    conditions       what may explain a border alone
    decision         all that the sample decides, in one place
    assignment       from columns to a segment, one SELECT
    scored           customers scored once, for what is written of them
"""

from typing import TYPE_CHECKING

from coterie.doors import opened

if TYPE_CHECKING:
    from coterie.model import decision, features, formula, model
    from coterie.model.assignment import (
        COLUMNS,
        CONFIDENCES,
        TIE,
        WHY,
        assignment_sql,
        confidence_sql,
        margins_sql,
        result_sql,
        segments_sql,
    )
    from coterie.model.features import propose, words_of
    from coterie.model.formula import Feature, Prepared, Transform, prepare, restore, transform
    from coterie.model.known import NOTHING, Known, know
    from coterie.model.model import Model, estimate_silhouette, sample_size
    from coterie.model.scored import kept_margins, score

__all__ = [
    "COLUMNS",
    "CONFIDENCES",
    "NOTHING",
    "TIE",
    "WHY",
    "Feature",
    "Known",
    "Model",
    "Prepared",
    "Transform",
    "assignment_sql",
    "confidence_sql",
    "decision",
    "estimate_silhouette",
    "features",
    "formula",
    "kept_margins",
    "know",
    "margins_sql",
    "model",
    "prepare",
    "propose",
    "restore",
    "result_sql",
    "sample_size",
    "score",
    "segments_sql",
    "transform",
    "words_of",
]

_WORDS = ("COLUMNS", "CONFIDENCES", "TIE", "WHY")
_SELECTS = ("assignment_sql", "confidence_sql", "margins_sql", "result_sql", "segments_sql")
_FORMULA = ("Feature", "Prepared", "Transform", "prepare", "restore", "transform")
__getattr__, __dir__ = opened(
    __name__,
    {
        **{module: module for module in ("decision", "features", "formula", "model")},
        **dict.fromkeys((*_WORDS, *_SELECTS), "assignment"),
        **dict.fromkeys(("propose", "words_of"), "features"),
        **dict.fromkeys(_FORMULA, "formula"),
        **dict.fromkeys(("NOTHING", "Known", "know"), "known"),
        **dict.fromkeys(("Model", "estimate_silhouette", "sample_size"), "model"),
        **dict.fromkeys(("kept_margins", "score"), "scored"),
    },
)
