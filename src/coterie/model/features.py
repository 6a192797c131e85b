"""PROPOSE: which feature each column becomes, fitted on the sample.

Why these steps: docs/reference/method.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.findings import Level
from coterie.model.facts import Facts, connected, find_facts
from coterie.model.formula import Feature, FloatArray, prepare, transform
from coterie.model.shares import find_shares
from coterie.table import ColumnRecord, Finding, codes, level_counts, ordered_levels, rare, skewness

SKEWED = 1.0
FEW_DISTINCT = 10
LOW_TAIL = 0.05
LARGE = 0.75  # of sizes: a smaller unit for signed values would open a gap around zero that the data do not have
RANGE = (0.005, 0.995)
CAP = (-0.5, 1.5)
SAME_STORY = 0.90
NEARLY_SAME = 0.80
RARE_LEVEL = 0.02
LARGEST = 1e150
RATIO_SCALES = {
    "log": "Skewed, so put on a ratio scale: 10 to 20 counts like 100 to 200.",
    "neglog": "Skewed below zero, so put on a ratio scale: -10 to -20 counts like -100 to -200.",
    "asinh": "Skewed with negative values, so both sides were put on a ratio scale.",
}
YES_NO = ("binary", "flag")
SCALED = ("number", "ordinal")


def propose(
    columns: Sequence[ColumnRecord], values: Mapping[str, NDArray[Any]], scale: str, *, logs: bool = True
) -> tuple[tuple[Feature, ...], tuple[Finding, ...]]:
    """Return a feature for every column that may form segments.

    Parameters
    ----------
    values : the sample's arrays by column name.
    scale : ``auto``; ``z``: mean 0 and standard deviation 1 (ddof 0); ``none``: numbers as they stand.
    logs : False puts no column on a ratio scale, to see what depends on it. Shares never are: they are on a scale of
        their own, and ratios would blow the step from none to a little up to a border.
    """
    used = [c for c in columns if c.role == "feature"]
    counted = [rare.weight(rare.share_apart(values[c.name])) if scale == "auto" else 1.0 for c in used]
    used, counted = [c for c, g in zip(used, counted, strict=True) if g], [g for g in counted if g]
    features = []
    shares = find_shares({c.name: values[c.name] for c in used if c.kind == "number"}) if scale == "auto" else set()
    for column in used:
        if column.kind in ("number", "date"):
            features.append(_fit_number(column, values[column.name], scale, logs and column.name not in shares))
        else:
            features.append(_fit_levels(column.name, column.kind, values[column.name], scale))
    if scale == "none":
        return tuple(features), ()
    balanced = _balance(features, values, counted)
    if scale == "z":
        return tuple(balanced), ()
    return _weigh_down([_weigh_rare(f, g) for f, g in zip(balanced, counted, strict=True)], values)


def fit_again(
    fitted: Sequence[Feature],
    columns: Mapping[str, ColumnRecord],
    values: Mapping[str, NDArray[Any]],
    scale: str,
    shares: Collection[str],
) -> tuple[Feature, ...]:
    """Return the features as other customers would have them: their numbers are fitted on ``values`` alone.

    Another sample has another range, and where a column is just about skewed, another transform. What a column counts
    is kept, and so is a number of which these customers have one value.

    Parameters
    ----------
    shares : numbers that are known as shares.
    """
    return tuple(
        _fit_number_again(f, columns[f.column], values[f.column], scale, f.column not in shares)
        if f.kind == "number"
        else f
        for f in fitted
    )


def _fit_number_again(feature: Feature, column: ColumnRecord, raw: FloatArray, scale: str, logs: bool) -> Feature:
    x = raw[~np.isnan(raw)]
    if not len(x) or x.min() == x.max():
        return feature
    logs = logs and (column.distinct or len(x)) > FEW_DISTINCT
    return _fit_scale(replace(feature, transform=None, unit=None), column, x, scale, logs)


def _fit_number(column: ColumnRecord, raw: FloatArray, scale: str, logs: bool) -> Feature:
    name, x = column.name, raw[~np.isnan(raw)]
    feature = Feature(name, "number")
    if scale == "none":
        return feature
    distinct = np.unique(x)
    if scale == "auto" and len(distinct) == 2:
        low, high = (float(v) for v in distinct)
        step = f"Two values, {words.number(low)} and {words.number(high)}, taken as 0 and 1."
        return Feature(name, "binary", shift=low, factor=1 / (high - low), steps=(step,))
    feature = _fit_scale(feature, column, x, scale, logs and len(distinct) > FEW_DISTINCT)
    if feature.cap is None:
        return replace(feature, steps=("Centered on its mean and divided by its standard deviation.",))
    z = (transform(feature, x) - feature.shift) * feature.factor
    capped = int(np.count_nonzero((z < CAP[0]) | (z > CAP[1])))
    steps = ["Divided by its usual range (0.5% to 99.5% of customers)."]
    if feature.transform is not None:
        steps.insert(0, RATIO_SCALES[feature.transform])
    if capped:
        many = words.plural(capped, "value")
        steps.append(f"Values more than half a range outside it are capped for grouping only ({many}).")
    return replace(feature, steps=tuple(steps))


def _fit_scale(feature: Feature, column: ColumnRecord, x: FloatArray, scale: str, logs: bool) -> Feature:
    """Return the feature with the constants that some values give its formula."""
    if scale == "none":
        return feature
    if scale == "z":
        spread = float(x.std())
        return replace(feature, shift=float(x.mean()), factor=1 / spread if spread > 0 else 1.0)
    if logs:
        feature = _on_ratio_scale(feature, column, x)
    t = transform(feature, x)
    low, high = (float(q) for q in np.quantile(t, RANGE))
    if high <= low:  # so few values differ that they count nothing; who fits them all the same meets their own range
        low, high = float(t.min()), float(t.max())
    return replace(feature, shift=low, factor=1 / (high - low), cap=CAP)


def _on_ratio_scale(feature: Feature, column: ColumnRecord, x: FloatArray) -> Feature:
    """Return the feature, on a ratio scale where that helps."""
    skew = skewness(x)
    low = column.min if column.min is not None else float(x.min())
    high = column.max if column.max is not None else float(x.max())
    if low >= 0 and skew > SKEWED:
        candidate = replace(feature, transform="log", unit=1 / float(np.quantile(x[x > 0], LOW_TAIL)))
    elif high <= 0 and skew < -SKEWED:
        candidate = replace(feature, transform="neglog", unit=1 / float(np.quantile(-x[x < 0], LOW_TAIL)))
    elif low < 0 < high and abs(skew) > SKEWED:
        candidate = replace(feature, transform="asinh", unit=1 / float(np.quantile(np.abs(x[x != 0]), LARGE)))
    else:
        return feature
    if candidate.unit is None or float(np.abs(x).max()) * candidate.unit > LARGEST:  # so small are the other values
        return feature
    return candidate if abs(skewness(transform(candidate, x))) < abs(skew) else feature


def _fit_levels(name: str, kind: str, values: NDArray[Any], scale: str) -> Feature:
    counts = level_counts(values)
    coded = codes.are_codes(name, counts)
    if kind == "category" and not coded and (in_order := ordered_levels.in_order(counts)) is not None:
        return _fit_ordinal(name, in_order, values, scale)
    ordered = sorted(counts, key=lambda level: (-counts[level], level))
    if kind == "flag":
        first, second = sorted(counts, reverse=True)  # "Yes" before "No", "true" before "false"
        return Feature(name, "flag", levels=(first, second), steps=(f"{words_of(first)} counts 1, {second} 0.",))
    floor = RARE_LEVEL * sum(counts.values())
    kept = tuple(level for level in ordered if counts[level] >= floor)
    pooled = tuple(level for level in ordered if counts[level] < floor)
    steps = ["One column a level; together they weigh as much as one number."]
    if pooled:
        steps.append(f"Levels below 2% were pooled as other ({words.plural(len(pooled), 'level')}).")
    return Feature(name, "category", levels=kept, other=pooled, steps=tuple(steps))


def _fit_ordinal(name: str, levels: tuple[str, ...], values: NDArray[Any], scale: str) -> Feature:
    """Return answers with an order as one number, their place."""
    place = {level: float(i) for i, level in enumerate(levels)}
    spread = float(np.std([place[v] for v in values if v in place]))
    factor = {"none": 1.0, "z": 1 / spread if spread > 0 else 1.0}.get(scale, 1 / (len(levels) - 1))
    nothing = tuple(level for level in level_counts(values) if level not in place)
    steps = [f"Answers in order, {words_of(levels[0])} to {words_of(levels[-1])}, taken as numbers."]
    if nothing:
        steps.append(f"{words.joined([words_of(level) for level in nothing])} taken as missing.")
    return Feature(name, "ordinal", factor=factor, levels=levels, other=nothing, steps=tuple(steps))


def words_of(level: str) -> str:
    """Return a level as it may stand in a sentence.

    It is never long and never blank.
    """
    return level if 0 < len(level.strip()) <= 40 else f"{level.strip()[:39]}…" if level.strip() else "(blank)"


def _balance(
    features: Sequence[Feature], values: Mapping[str, NDArray[Any]], counted: Sequence[float]
) -> list[Feature]:
    """Return the features, all to vary as much as a number does.

    Yes/no columns and category blocks are scaled to the average variance of the numbers. Without numbers, flags stay 0
    and 1 and set the measure for the categories. A column has a say in the measure as far as it counts.
    """
    spreads = [_spread(f, values) for f in features]
    fixed = SCALED if any(f.kind in SCALED for f in features) else YES_NO
    says = [(s, g) for f, s, g in zip(features, spreads, counted, strict=True) if f.kind in fixed]
    measure = float(np.average([s for s, _ in says], weights=[g for _, g in says])) if says else None
    return [
        f if f.kind in fixed or measure is None or s == 0 else replace(f, factor=f.factor * float(np.sqrt(measure / s)))
        for f, s in zip(features, spreads, strict=True)
    ]


def _weigh_rare(feature: Feature, counted: float) -> Feature:
    """Return a feature that counts the less the fewer customers differ in it."""
    if counted == 1:
        return feature
    step = f"Few customers differ from the commonest value, so it counts {words.percent(counted)}."
    return replace(feature, weight=counted, steps=(*feature.steps, step))


def _spread(feature: Feature, values: Mapping[str, NDArray[Any]]) -> float:
    """Return the variance of a feature, summed over its prepared columns."""
    z = prepare([feature], values)
    there = ~np.isnan(z).all(axis=0)
    return float(np.nansum(np.nanvar(z[:, there], axis=0)))


def _weigh_down(
    features: Sequence[Feature], values: Mapping[str, NDArray[Any]]
) -> tuple[tuple[Feature, ...], tuple[Finding, ...]]:
    """Return the features, those that tell the same weighted down to count as one."""
    numbers = [i for i, f in enumerate(features) if f.kind == "number"]
    ranks = rank_correlation(np.column_stack([values[features[i].column] for i in numbers])) if numbers else np.eye(0)
    alike = np.zeros((len(features), len(features)))
    alike[np.ix_(numbers, numbers)] = np.abs(ranks)
    facts = find_facts(features, values)
    told = facts.link(len(features))
    weighted, findings = list(features), []
    for block in connected(told | (alike >= SAME_STORY)):
        names = [features[i].column for i in block]
        same = "one fact" if told[np.ix_(block, block)].any() else "nearly the same story"
        text, done = f"{len(names)} columns tell {same}: {words.joined(names)}", "together they count as one"
        if any(set(block) == set(answers) for answers in facts.sets):
            text = f"of {words.joined(names)} at most one holds"
        # answers may follow from one another by their nature
        level: Level = "note" if same == "one fact" else "warning"
        findings.append(Finding("COT201", level, names[0], len(names), text, done))
        step = f"Tells {same} {'with' if same == 'one fact' else 'as'} {words.plural(len(names) - 1, 'other column')}"
        for i, part in _share_weight(block, features, facts, values).items():
            steps = (*features[i].steps, f"{step}; together they count as one.")
            weighted[i] = replace(features[i], weight=features[i].weight * part, steps=steps)
    for block in connected(alike >= NEARLY_SAME):
        names = [features[i].column for i in block if weighted[i] is features[i]]
        if len(names) > 1:
            text = f"{words.joined(names)} go closely together (rank correlation from 0.80)"
            findings.append(Finding("COT202", "note", names[0], len(names), text, "kept: each counts in full"))
    return tuple(weighted), tuple(findings)


def _share_weight(
    block: Sequence[int], features: Sequence[Feature], facts: Facts, values: Mapping[str, NDArray[Any]]
) -> dict[int, float]:
    """Return what each feature of a block counts: all that tell the same together as much as one.

    Answers of which at most one holds are one of them, and in it as the levels of a category are.
    """
    sets = [s for s in facts.sets if s[0] in block]
    alone = set(block) - {i for s in sets for i in s}
    parts = len(sets) + len(alone)
    found = dict.fromkeys(alone, 1.0)
    for answers in sets:
        spreads = [_spread(features[i], values) / features[i].factor ** 2 for i in answers]
        found.update({i: float(np.sqrt(v / sum(spreads))) for i, v in zip(answers, spreads, strict=True)})
    return {i: found[i] / float(np.sqrt(parts)) for i in block}


def rank_correlation(x: FloatArray) -> FloatArray:
    """Return Spearman's correlations of the columns (d, d).

    A missing value counts as the middle rank.
    """
    ranks = np.zeros_like(x)
    for j in range(x.shape[1]):
        there = ~np.isnan(x[:, j])
        _, inverse, counts = np.unique(x[there, j], return_inverse=True, return_counts=True)
        middle = np.cumsum(counts) - (counts - 1) / 2
        ranks[there, j] = middle[inverse] - middle[inverse].mean()
    norm = np.sqrt((ranks**2).sum(axis=0))
    norm[norm == 0] = 1.0
    # einsum, not BLAS: a product of matrices may change its last bits with the number of threads
    return np.asarray(np.einsum("ij,ik->jk", ranks, ranks) / np.outer(norm, norm))
