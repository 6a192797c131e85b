"""Records made by simulation, as sound as real ones: what charts, report and terminal are tested on.

They are made of the record's own dataclasses and read back from JSON, which checks every type and that parts fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from coterie import words
from coterie.evidence.choice import Candidate, Choice, Flow, Spread, Vote
from coterie.evidence.confidence import Confidence, Cut
from coterie.evidence.sensitivity import Change, ColumnShare
from coterie.evidence.stability import SegmentStability
from coterie.evidence.verdict import Verdict
from coterie.findings import Finding
from coterie.model import Feature
from coterie.options import Options
from coterie.portrait import (
    Condition,
    CustomerGroup,
    MapAxis,
    Node,
    ProfileRow,
    Rule,
    RulesFacts,
    Segment,
    Tree,
    UsualValue,
    naming,
)
from coterie.portrait.profile import robust_effect
from coterie.record import (
    FORMAT,
    MapFacts,
    ModelFacts,
    Points,
    Record,
    SampleFacts,
    StabilityFacts,
    dumps,
    parse,
)
from coterie.record.record import Lineage, SensitivityFacts
from coterie.table import ColumnRecord

Face = Literal["green", "green-amber", "amber", "red", "grey"]


def _verdict(
    code: Any, label: str, face: Face, term: Any, tested: tuple[float, float, float] | None, text: str
) -> Verdict:
    """Return a verdict; `tested` has p, the depth of the borders and the share of customers in separate groups."""
    p, depth, share = tested or (None, None, None)
    return Verdict(
        code=code, label=label, face=face, term=term, text=text, caveats=(), k=tested and 5,
        p_structure=p, p_gap=p, p_depth=p, depth=depth, null_depth=tested and 0.2, share=share,
        draws=199 if tested else 0, rows=200, repeated_rows=0, splits=(), standing=0,
        kept_apart=code in ("partly", "natural") or None, tested_k=tested and 5,
    )  # fmt: skip


VERDICTS: dict[str | None, Verdict] = {
    "natural": _verdict(
        "natural", "natural groups", "green", "natural", (0.005, 0.82, 1.0),
        "Distinct groups found. 100% of customers belong to groups separated by thinly populated borders"
        " (82% emptier than the cores; p = 0.005). 5 compact segments describe them; curved groups may be cut in"
        " pieces.",
    ),
    "partly": _verdict(
        "partly", "some natural groups", "green-amber", "natural", (0.005, 0.6, 0.4),
        "Some distinct groups. A and C stand apart (border ≥50% emptier than their cores). The others"
        " shade into each other and are constructed.",
    ),
    "overlapping": _verdict(
        "overlapping", "overlapping groups", "amber", "reproducible", (0.01, 0.3, 0.0),
        "Overlapping groups. There is real structure, but neighboring segments blend: borders are only 30% emptier"
        " than the segment cores. Expect 12% borderline customers.",
    ),
    "shape": _verdict(
        "shape", "useful, not natural", "amber", "reproducible", (0.02, 0.2, 0.0),
        "No separate groups, but not a featureless cloud. The data are more structured than size and correlation"
        " explain (p = 0.02), yet no border between segments is emptier than chance. Treat segments as zones of a"
        " continuum.",
    ),
    "none": _verdict(
        "none", "useful, not natural", "amber", "constructive", (0.42, 0.15, 0.0),
        "No evidence of separate groups. A simulated table with the same columns, spreads and correlations but no"
        " groups looks just as clustered (p = 0.42). The segments below are a useful way to cut the cloud into"
        " manageable parts.",
    ),
    "weak": _verdict(
        "none", "the cut is only partly repeatable", "amber", "constructive", (0.42, 0.1, 0.0),
        "No evidence of separate groups (p = 0.42).",
    ),
    "red": _verdict(
        "none", "do not use", "red", "constructive", (0.6, 0.1, 0.0),
        "No evidence of separate groups (p = 0.6). Other samples of the same customers would be cut differently.",
    ),
    None: _verdict(None, "not tested", "grey", None, None, "Too few different customers (200) to test for groups."),
}  # fmt: skip
REPEATABILITY = {"natural": 0.97, "partly": 0.9, "overlapping": 0.86, "weak": 0.7, "red": 0.4}  # else 0.83

FIVE = ((88.0, 82.0), (55.0, 50.0), (88.0, 18.0), (26.0, 79.0), (26.0, 20.0))
NAMES = (
    "Average customers",
    "High income, high spending",
    "High income, low spending",
    "Low income, low spending",
    "Low income, high spending",
)
IDEAS = (
    "Grow: bundles and a loyalty tier one step up.",
    "Protect: early access and service, not discounts.",
    "Learn why: ask a few of them before any offer.",
    "Serve at low cost: value range, no paid media.",
    "Engage: new arrivals and small tickets.",
)


@dataclass(frozen=True)
class _Customers:
    """Simulated customers: their values by column, labels and roles, and the segment of each."""

    values: dict[str, NDArray[Any]]
    labels: dict[str, str]
    roles: dict[str, str]
    segment: NDArray[np.int64]
    names: Sequence[str]

    @property
    def k(self) -> int:
        return int(self.segment.max())

    @property
    def n(self) -> int:
        return len(self.segment)

    @property
    def sizes(self) -> list[int]:
        return [int(np.sum(self.segment == s)) for s in range(1, self.k + 1)]

    @property
    def features(self) -> list[str]:
        return [c for c, role in self.roles.items() if role == "feature"]

    def name(self, segment: int) -> str:
        return self.names[(segment - 1) % len(self.names)]


def simulated(
    centers: Sequence[Sequence[float]] = FIVE,
    *,
    sizes: Sequence[int] = (39, 81, 35, 22, 23),
    columns: Sequence[tuple[str, str]] = (("annual_income", "income"), ("spending_score", "spending score")),
    verdict: str | None = "natural",
    value: bool = True,
    names: Sequence[str] = NAMES,
    seed: int = 7,
) -> tuple[Record, Points]:
    """A record and its points: segments planted at `centers`, two described columns (age, member), value if asked."""
    rng = np.random.default_rng(seed)
    order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    segment = np.repeat(np.arange(1, len(sizes) + 1), [sizes[i] for i in order])
    spread = np.array([6.0] * len(columns))
    X = np.array([centers[i] for i in order])[segment - 1] + spread * rng.standard_normal((len(segment), len(columns)))
    X = np.round(np.abs(X), 1)
    age = np.round(45 - 0.2 * X[:, -1] + 9 * rng.standard_normal(len(segment)))
    member = np.where(rng.random(len(segment)) < 0.3 + 0.005 * X[:, 0], "yes", "no")
    values: dict[str, Any] = {name: X[:, j] for j, (name, _) in enumerate(columns)} | {"age": age, "member": member}
    roles = {name: "feature" for name, _ in columns} | {"age": "describe", "member": "describe"}
    if value:
        values["revenue"], roles["revenue"] = np.round(X[:, 0] * X[:, -1]), "value"
    labels = {name: name for name in values} | dict(columns)
    record = _record(_Customers(values, labels, roles, segment, names), verdict)
    points = Points(X[:, 0].tolist(), X[:, 1 if len(columns) > 1 else 0].tolist(), segment.tolist())
    return parse(dumps(record).encode(), "a simulated run"), points


def with_part(record: Record, part: str, **changes: Any) -> Record:
    """The record with other values in one of its parts, such as `choice`."""
    return replace(record, **{part: replace(getattr(record, part), **changes)})


def with_segment(record: Record, letter: str, **changes: Any) -> Record:
    """The record with other values in the segment of a letter."""
    return replace(record, segments=tuple(replace(s, **changes) if s.letter == letter else s for s in record.segments))


def _record(made: _Customers, verdict: str | None) -> Record:
    columns, profile, k = _columns(made), tuple(row for name in made.values for row in _rows(made, name)), made.k
    spent = "revenue" if "revenue" in made.values else None
    width = len(made.features)
    return Record(
        format=FORMAT,
        coterie="0.1.0",
        options=Options(id="customer_id", describe=("age", "member"), value=spent),
        columns=columns,
        findings=(
            Finding("COT110", "warning", "age", 3, "3 of the cells are empty", "counted, not filled"),
            Finding("COT101", "note", "customer_id", made.n, "one value a row", "used as the id"),
        ),
        features=tuple(_feature(made, name) for name in made.features),
        sample=SampleFacts(made.n, made.n, 0, True, 0, _map(made), None, None, None),
        model=ModelFacts(
            prepared=tuple(made.features), centers=((0.5,) * width,) * k, segment_of=tuple(range(1, k + 1)),
            inertia=3.1, starts=20, hits=20, inertia_all=3.1, explained=0.87, step=0.0, silhouette=0.553,
            silhouette_error=0.012, silhouette_rows=made.n, rules=RulesFacts(100, 100, "", ()), tree=None,
        ),
        verdict=VERDICTS[verdict],
        choice=_choice(made, verdict),
        stability=_stability(made, verdict),
        sensitivity=SensitivityFacts(
            columns=tuple(ColumnShare(c, 1 / width) for c in made.features),
            changes=(
                Change("z-scores instead of ranges", 0.02),
                Change(f"without {made.labels[made.features[0]]}", 0.41),
            ),
            rare=(),
            text="The segments hardly depend on how the columns are scaled.",
            holdout=None,
        ),
        segments=tuple(_segment(s, made, columns, profile, VERDICTS[verdict].depth) for s in range(1, k + 1)),
        profile=profile,
        lineage=Lineage(None, k + 1, ()),
    )  # fmt: skip


def _columns(made: _Customers) -> tuple[ColumnRecord, ...]:
    nothing = dict.fromkeys(("median", "p10", "p90", "skew", "levels"))
    found = [ColumnRecord("customer_id", "customer id", "text", "id", None, 0, made.n, None, None, None, **nothing)]
    for name, values in made.values.items():
        number = values.dtype.kind == "f"
        low, high, mean = (float(f(values)) if number else None for f in (np.min, np.max, np.mean))
        kind, missing = "number" if number else "flag", 3 if name == "age" else 0
        about = (name, made.labels[name], kind, made.roles[name], None, missing, len(set(values.tolist())))
        found.append(ColumnRecord(*about, low, high, mean, **nothing))
    return tuple(found)


def _feature(made: _Customers, name: str) -> Feature:
    low, high = np.quantile(made.values[name], [0.005, 0.995]).tolist()
    steps = (f"{made.labels[name]} was divided by its usual range.",)
    return Feature(name, "number", shift=low, factor=1 / (high - low), cap=(-0.5, 1.5), steps=steps)


def _map(made: _Customers) -> MapFacts:
    if len(made.features) > 2:
        axes = (MapAxis(None, label, None) for label in ("mostly income and orders (+), age (−)", "mostly visits (+)"))
        return MapFacts("pca", *axes, made.n, made.n, None)
    ends = (made.features[0], made.features[-1])
    return MapFacts("columns", *(MapAxis(c, made.labels[c], None) for c in ends), made.n, made.n, None)


def _rows(made: _Customers, column: str) -> list[ProfileRow]:
    values, rows = made.values[column], []
    levels: list[str | None] = [None] if values.dtype.kind == "f" else sorted(set(values.tolist()))
    for level in levels:
        numbers = values if level is None else (values == level).astype(float)
        overall = float(numbers.mean())
        for segment in range(made.k + 1):
            inside = made.segment == segment if segment else np.ones(made.n, dtype=bool)
            mine, about = numbers[inside], (segment, made.name(segment) if segment else "All customers", column, level)
            effect = superiority = median = p10 = p90 = None
            if level is None:
                median, p10, p90 = np.quantile(mine, [0.5, 0.1, 0.9]).tolist()
                effect, superiority = (None, None) if inside.all() else robust_effect(numbers, inside)
            elif segment:
                effect = float(mine.mean()) - overall
            n, mean = (len(mine), float(mine.mean())) if level is None else (int(mine.sum()), None)
            share = None if level is None else float(mine.mean())
            positive = float((mine > 0).mean()) if level is None else None
            printed = (positive, "mean" if level is None else "share")
            spread = (median, p10, p90, share, overall, effect, superiority, *printed)
            rows.append(ProfileRow(*about, made.roles[column], n, 0, mean, *spread))
    return rows


def _segment(
    s: int, made: _Customers, columns: Sequence[ColumnRecord], profile: Sequence[ProfileRow], depth: float | None
) -> Segment:
    size, spent = made.sizes[s - 1], made.values.get("revenue")
    worth = None if spent is None else float(spent[made.segment == s].sum())
    conditions = (Condition("annual_income", "at least", 70.0), Condition("spending_score", "at least", 60.0))
    return Segment(
        id=s,
        letter=words.letter(s),
        name=made.name(s),
        given=None,
        tentative=False,
        size=size,
        share=size / made.n,
        value=worth,
        value_share=None if worth is None or spent is None else worth / float(spent.sum()),
        depth=depth,
        spread=0.1,
        markers=naming.markers(profile, columns, s)[:3],
        rule=Rule("income above 70 and spending score above 60", 0.97, 0.95, conditions) if made.k > 1 else None,
        idea=IDEAS[(s - 1) % len(IDEAS)],
        name_returns=0.95,
    )


def _choice(made: _Customers, verdict: str | None) -> Choice:
    k, n, tested = made.k, made.n, verdict is not None
    ari = REPEATABILITY.get(verdict or "", 0.83)
    candidates = []
    for i in range(2, 11):
        again = max(ari - 0.06 * abs(i - k), 0.05)
        candidates.append(
            Candidate(
                k=i,
                inertia=30.0 / i,
                silhouette=0.56 - 0.03 * abs(i - k),
                null_silhouette=(0.33, 0.36, 0.39) if tested else None,
                ari=Spread(again, max(again - 0.1, 0.0), min(again + 0.05, 1.0)) if tested else None,
                gap=None,
                prediction_strength=None,
                smallest=min(made.sizes) / n if i == k else 0.6 / i,
                sizes=(n // i,) * i,
                feasible=i < 10,
                reason=None if i < 10 else "its smallest segment holds less than 3% of customers",
            )
        )
    flow = [f for i in range(max(2, k - 2), min(k + 2, 10)) for f in _moves(_cut(made, i), _cut(made, i + 1), i)]
    votes = [Vote(rule, k) for rule in ("silhouette", "silhouette-null", "gap", "agreement")]
    return Choice(
        k=k,
        asked=None,
        supported=k,
        rule="vote" if tested else "repeatability",
        words="4 of 5 criteria say 5; prediction strength says 4: good agreement." if tested else "",
        candidates=tuple(candidates),
        votes=tuple(votes if tested else ()),
        flow=tuple(flow if k > 1 else ()),
    )


def _cut(made: _Customers, i: int) -> list[int]:
    sizes = made.sizes
    while len(sizes) > i:
        sizes[-2:] = [sizes[-2] + sizes[-1]]
    while len(sizes) < i:
        sizes[-1:] = [sizes[-1] - sizes[-1] // 3, sizes[-1] // 3]
    return sizes


def _moves(sizes: Sequence[int], later: Sequence[int], k: int) -> list[Flow]:
    flow, a, b = [], 0, 0
    left, room = list(sizes), list(later)
    while a < len(left) and b < len(room):
        n = min(left[a], room[b])
        flow.append(Flow(k, a + 1, b + 1, n))
        left[a] -= n
        room[b] -= n
        a, b = a + (left[a] == 0), b + (b < len(room) and room[b] == 0)
    return [f for f in flow if f.n]


def _stability(made: _Customers, verdict: str | None) -> StabilityFacts:
    ari, ids = REPEATABILITY.get(verdict or "", 0.83), range(1, made.k + 1)
    said = "highly reproducible" if ari > 0.9 else "tentative"
    worst = max(ari - 0.15, 0.1)
    return StabilityFacts(
        resamples=40,
        rows=200,
        ari=Spread(ari, max(ari - 0.1, 0), min(ari + 0.02, 1.0)),
        text=f"Refits on resampled customers agree {ari:.2f} in the median.",
        segments=tuple(SegmentStability(s, max(ari - 0.02 * (s - 1), 0.2), worst, 0.62, said) for s in ids),
        core=0.9,
        probable=0.06,
        borderline=0.04,
        several=False,
        solutions="The best solution was found in 20 of 20 starts.",
        neighbors=("With one segment more, only the last one splits.",),
        refits=(),
        margins=Confidence(tuple(Cut(s, 0.2, 0.1) for s in ids), 0.9, 0.9, 0.01),
    )


def explained(**how: Any) -> tuple[Record, Points]:
    """A record with a tree, typical and borderline customers, and one segment without a rule."""
    record, points = simulated(**how)
    column, label = next((c.name, c.label) for c in record.columns if c.role == "feature")
    asked = Condition(column, "at least", 70.0)
    nodes = (
        Node(asked, f"{label} ≥ 70", f"{label} < 70", yes=1, no=2, missing="no", segment=1, rows=100, right=0.4),
        Node(None, None, None, None, None, None, segment=2, rows=60, right=0.9),
        Node(None, None, None, None, None, None, segment=1, rows=7, right=0.5),
    )
    retold = "The tree gives 86% their own segment."
    tree = Tree(nodes, 1, 2, learned=100, measured=67, fidelity=0.86, words="good approximation", text=retold)
    rules = RulesFacts(100, 100, "No short rule describes C.", ())
    values = (UsualValue(column, label, "about 88"),)
    record = with_part(record, "model", tree=tree, rules=rules)
    record = with_segment(record, "C", rule=None)
    typical, border = CustomerGroup(12, 0.2, values), CustomerGroup(11, 0.1, values, towards=2, towards_share=0.6)
    return with_segment(record, "A", typical=typical, border=border), points
