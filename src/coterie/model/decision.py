"""DECIDE: all that the sample decides, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie.cluster import assign
from coterie.doors import frozen
from coterie.evidence import (
    RESAMPLE_ROWS,
    SWEEP_ROWS,
    Bands,
    Block,
    Condition,
    Confidence,
    Context,
    Evidence,
    Former,
    Plan,
    Preparation,
    Progress,
    Sensitivity,
    Splits,
    Verdict,
    confidence,
    evidence,
    find_splits,
    part,
    sensitivity,
    stability,
    verdict,
)
from coterie.model import features, model
from coterie.model.conditions import list_conditions
from coterie.model.facts import connected, find_facts
from coterie.model.formula import Feature, prepare
from coterie.model.model import Model
from coterie.model.shares import find_shares
from coterie.options import Options
from coterie.table import ColumnRecord, Sample

MOST_PREPARED = 50  # columns of which halves have ranges of their own
KINDS = {"number": "numeric", "binary": "binary", "flag": "binary", "category": "nominal", "ordinal": "numeric"}


@frozen
class Decision:
    """What was decided: centers, the evidence for them, what they hang on.

    ``bands`` are the shares of customers who are core, probable and borderline. Of the sample there are the prepared
    matrix (n, d), the labels (n,) and the margins (n,).
    """

    model: Model
    evidence: Evidence
    confidence: Confidence
    bands: Bands
    sensitivity: Sensitivity
    splits: Splits
    Z: NDArray[np.float64]
    label: NDArray[np.int32]
    margin: NDArray[np.float64]


def decide(
    fitted: Sequence[Feature],
    columns: Sequence[ColumnRecord],
    sample: Sample,
    options: Options,
    *,
    threads: int = 0,
    progress: Progress | None = None,
    former: Former | None = None,
) -> Decision:
    """Return the model of the sample, and how far to trust it.

    Parameters
    ----------
    threads : 0 = every core; the result does not depend on it.
    progress : told what is being done, the steps done and the steps at most.
    former : the segments of before, where these are to follow from them; then as many, unless options say otherwise.

    Raises
    ------
    InputError : the customers of the sample differ in too few ways for the segments wanted.
    """
    Z = prepare(fitted, sample.values)
    asked = options.k if isinstance(options.k, int) else None
    model.check_distinct(Z, asked, sample.rows)
    plan = Plan(options.max_k, options.min_share, options.seed, options.effort, threads, progress)
    parts = blocks(fitted, sample.values, {c.name: c.label for c in columns})
    conditions = list_conditions(fitted, {name: x[:SWEEP_ROWS] for name, x in sample.values.items()})
    found = evidence.weigh(
        Z,
        parts,
        sample.key,
        plan,
        asked=asked,
        former=former,
        conditions=conditions,
        prepared=None if former else _preparation(fitted, columns, sample.values, options),
    )
    made = model.of_fit(found.fit, tuple(str(p) for f in fitted for p in f.prepared), found.ids)
    label, margin = model.predict(made, Z)
    few = slice(RESAMPLE_ROWS)
    votes = count_votes(made, np.array(found.stability.refits), Z[few], label[few], threads=plan.threads)
    found = _of_segments(found, made)
    sure = _calibrate(made, found.halves, margin[few], votes, label[few])
    return Decision(
        model=made,
        evidence=found,
        confidence=sure,
        bands=confidence.share_bands(margin, label, sure.cuts),
        sensitivity=sensitivity.measure(
            Z, parts, sample.key, found.fit, plan, variants=_variants(fitted, columns, sample.values, options)
        ),
        splits=_split(found, made, Z[:SWEEP_ROWS], conditions),
        Z=Z,
        label=label,
        margin=margin,
    )


def count_votes(
    made: Model,
    refits: NDArray[np.float64],
    Z: NDArray[np.float64],
    label: NDArray[np.int32],
    *,
    threads: int = 0,
) -> NDArray[np.float64]:
    """Return the share of stored refits that vote for each customer's segment: (n,), NaN where he has none."""
    ids = np.array(made.segments)
    place = np.where(label > 0, np.searchsorted(ids, label), -1).astype(np.int32)
    owner = np.searchsorted(ids, np.array(made.segment_of)).tolist()
    return stability.count_votes(Z, refits, place, segment_of=owner, threads=threads)


def _preparation(
    fitted: Sequence[Feature], columns: Sequence[ColumnRecord], values: Mapping[str, NDArray[Any]], options: Options
) -> Preparation | None:
    """Return how some of the resampled customers would prepare all of them; None where no column alone decides much."""
    if len(fitted) > MOST_PREPARED:
        return None
    by_name = {c.name: c for c in columns}
    first = {f.column: values[f.column][:RESAMPLE_ROWS] for f in fitted}
    shares = find_shares({f.column: first[f.column] for f in fitted if f.kind == "number"})

    def prepared(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
        own = {name: x[inside] for name, x in first.items()}
        return prepare(features.fit_again(fitted, by_name, own, options.scale, shares), first)

    return prepared


def _calibrate(
    made: Model,
    halves: NDArray[np.int32] | None,
    margin: NDArray[np.float64],
    votes: NDArray[np.float64],
    label: NDArray[np.int32],
) -> Confidence:
    """Return the margins from which customers are core and probable; nobody is core where halves were not asked."""
    need = doubt = None
    if halves is not None:
        one, other = np.array([*made.segment_of, 0])[halves]
        need, doubt = confidence.find_need(margin, votes, (one != other).mean(axis=0), label, made.segments)
    return confidence.calibrate(margin, votes, label, made.segments, need, doubt)


def _of_segments(found: Evidence, made: Model) -> Evidence:
    """Return the evidence where segments of several centers are one: nothing is told of their parts."""
    if len(made.segments) == len(made.segment_of):
        return found
    single = tuple(s for s in found.stability.segments if made.segment_of.count(s.id) == 1)
    return replace(found, stability=replace(found.stability, segments=single, neighbors=()))


def _split(found: Evidence, made: Model, Z: NDArray[np.float64], conditions: Sequence[Condition]) -> Splits:
    """Return which borders a single condition explains.

    Where the verdict sets nothing apart and a segment does all the same, it is all of its borders or none.
    """
    centers = np.array(made.centers)
    label = assign(Z, centers).label
    splits = find_splits(found.parts, label, centers, made.segment_of, conditions)
    lone = found.structure.lone_pieces(found.borders, centers) if found.structure is not None else None
    if lone is None:
        return splits
    told = find_splits(part(Z, lone, conditions), label, centers, made.segment_of, conditions)
    return told if told.set_aside else splits


def blocks(
    fitted: Sequence[Feature], values: Mapping[str, NDArray[Any]], labels: Mapping[str, str] | None = None
) -> list[Block]:
    """Return what the prepared columns stand for: one block a feature; those that tell one fact have its number.

    Parameters
    ----------
    labels : the columns' names in words; None where nothing is told of them.
    """
    told = connected(find_facts(fitted, values).link(len(fitted)))
    fact = {i: number for number, block in enumerate(told) for i in block}
    found: list[Block] = []
    for i, feature in enumerate(fitted):
        start = found[-1].stop if found else 0
        stop = start + len(feature.prepared)
        kind, label = KINDS[feature.kind], (labels or {}).get(feature.column, "")
        found.append(Block(feature.column, kind, start, stop, fact.get(i), label))  # type: ignore[arg-type]
    return found


def _variants(
    fitted: Sequence[Feature], columns: Sequence[ColumnRecord], values: Mapping[str, NDArray[Any]], options: Options
) -> dict[str, NDArray[np.float64]]:
    """Return the sample prepared in other ways that an analyst would try."""
    if options.scale != "auto":
        return {}
    others = {"with z-scores": features.propose(columns, values, "z")[0]}
    if any(f.transform for f in fitted):
        others["without logs"] = features.propose(columns, values, "auto", logs=False)[0]
    return {what: prepare(other, values) for what, other in others.items() if other}


def reach_verdict(
    decided: Decision, fitted: Sequence[Feature], names: Sequence[str], rows: int, copies: int = 0
) -> Verdict:
    """Return the verdict in words.

    Parameters
    ----------
    names : of each center's segment.
    rows : of the whole table.
    copies : of the rows drawn, those left out because they tell a customer once more.
    """
    found = decided.evidence
    return verdict.judge(
        found.structure,
        Context(
            k=found.choice.k,
            rows=rows,
            columns=len(fitted),
            names=names,
            borders=found.borders,
            ari=found.stability.ari.median,
            borderline=decided.bands["borderline"],
            supported=found.choice.supported,
            kept=found.after is not None and found.after.kept,
            splits=decided.splits,
            kept_apart=found.kept_apart,
            copies=copies,
        ),
    )
