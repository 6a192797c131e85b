"""Is there structure? The test of a prepared table, and the verdict in words.

Two questions are asked, each against groupless tables of the same shape (``null.py``): is the table more compact than
shape explains, and are the borders between its segments emptier than chance makes them. The depth of the borders
then says whether what is significant also matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coterie.cluster import assign
from coterie.evidence import _structure, marginals, trial
from coterie.evidence.groupless import Block
from coterie.evidence.marginals import FloatArray, KeyArray
from coterie.evidence.plan import TRIAL_ROWS, Plan
from coterie.evidence.trial import APART, LEVEL, Trial

Code = Literal["none", "shape", "overlapping", "partly", "natural"]

SLIGHT = 0.25  # borders hardly emptier than the cores tell no groups apart, however surely they are emptier
MOSTLY = 2 / 3
REPEATABLE, CHANCY = 0.8, 0.6  # bootstrap agreement from which a cut is repeatable, and below which it is not
ROWS_PER_SEGMENT, ROWS_PER_COLUMN = 30, 70

BLIND = (
    "The test cannot see groups smaller than 1 to 2 % of customers, groups that many irrelevant columns hide, "
    "or rings and curves that wind around each other."
)


@dataclass(frozen=True, slots=True)
class Structure:
    """The outcome of the test: one trial, or the median of several sub-samples.

    ``trial`` is the one whose depth, k and share stand for the table; its groupless tables serve the gap vote.
    """

    code: Code
    p_structure: float
    trial: Trial
    trials: tuple[Trial, ...]

    @property
    def draws(self) -> int:
        """Groupless tables drawn, over all sub-samples."""
        return sum(t.draws for t in self.trials)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said about the segments; the ``verdict`` of the record. ``code`` None = not tested."""

    code: Code | None
    label: str
    face: Literal["green", "green-amber", "amber", "red", "grey"]
    term: Literal["natural", "reproducible", "constructive"] | None
    text: str
    caveats: tuple[str, ...]
    k: int | None
    p_structure: float | None
    p_gap: float | None
    p_depth: float | None
    depth: float | None
    null_depth: float | None
    share: float | None
    draws: int
    rows: int
    repeated_rows: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the words need to know about the segmentation they stand beside.

    ``rows`` and ``columns`` are of the whole table (features, not prepared columns), ``depths`` of the ``k`` segments
    shown, ``ari`` the median bootstrap agreement and ``borderline`` the share of borderline customers, if known.
    ``supported`` is the number of segments that the criteria support, where the user asked for another.
    """

    k: int
    rows: int
    columns: int
    names: Sequence[str]
    depths: Sequence[float]
    ari: float | None = None
    borderline: float | None = None
    supported: int | None = None


# ── the test ──────────────────────────────────────────────────────────────────────────────────────────────────────


def examine(Z: FloatArray, blocks: Sequence[Block], key: KeyArray, plan: Plan) -> Structure | None:
    """Return whether the rows form groups, or None with fewer than ten different rows.

    Parameters
    ----------
    Z : (n, d) prepared values, NaN = missing, rows in the order of their hash.
    blocks : what the prepared columns stand for.
    key : (n,) leading 64 bits of each row's hash.

    Notes
    -----
    Rows 1 to 2,000 are tested; from 6,000 rows on also the next 2,000, and the 2,000 after these where the first two
    disagree, and the median counts. Cost: up to 199 (quick 99, thorough 499) groupless tables a sub-sample, each
    clustered for every k; a clear answer ends it sooner.
    """
    present = ~np.isnan(Z).all(axis=1)
    Z, key = Z[present], key[present]
    trials: list[Trial] = []
    for stream in range(3 if len(Z) >= 3 * TRIAL_ROWS else 1):
        rows = slice(stream * TRIAL_ROWS, (stream + 1) * TRIAL_ROWS)
        found = trial.run(Z[rows], blocks, key[rows], plan, stream)
        if found is None:
            return None
        trials.append(found)
        if len(trials) == 2 and _code(trials[0]) == _code(trials[1]):
            break
    return _median(trials)


def _median(trials: list[Trial]) -> Structure:
    # two that agree leave the third no vote; the less significant of them speaks
    by_gap = sorted(trials, key=lambda t: 1.0 if t.p_gap is None else t.p_gap)
    p_structure = sorted(t.p_structure for t in trials)[len(trials) // 2]
    middle = by_gap[len(trials) // 2]
    return Structure(_decided(p_structure, middle), p_structure, middle, tuple(trials))


def _code(one: Trial) -> Code:
    return _decided(one.p_structure, one)


def _decided(p_structure: float, one: Trial) -> Code:
    if p_structure > LEVEL:
        return "none"
    if one.p_gap is None or one.p_depth is None or max(one.p_gap, one.p_depth) > LEVEL:
        return "shape"
    if one.share == 0:
        return "overlapping" if one.depth >= SLIGHT else "shape"
    return "natural" if one.share >= MOSTLY else "partly"


def depths(Z: FloatArray, centers: FloatArray, key: KeyArray) -> FloatArray:
    """Return how empty the border of each segment is: (k,), 0 = as full as its core, 1 = empty.

    The first 2,000 rows are looked at, each assigned to its nearest of ``centers`` (k, d).
    """
    Z, key = Z[:TRIAL_ROWS], key[:TRIAL_ROWS]
    label = assign(Z, centers).label
    shaken = marginals.jitter(Z, marginals.steps(Z), key)
    k, data = np.array([len(centers)]), np.zeros(1, dtype=np.int64)
    found: FloatArray = _structure.gaps(shaken[None], label[None], centers[None], k, data, True, 1)[2][0]
    return found


# ── the words ─────────────────────────────────────────────────────────────────────────────────────────────────────


def verdict(found: Structure | None, shown: Shown) -> Verdict:
    """Put the outcome of the test into words.

    The sentences are fixed; they hold the numbers they rest on. Names of segments enter only where some stand apart.
    """
    if found is None:
        text = f"Too few different customers ({shown.rows:,}) to test for groups."
        return Verdict(None, "not tested", "grey", None, text, (), *(None,) * 7, 0, shown.rows, 0)
    one = found.trial
    repeatable = shown.ari is not None and shown.ari >= REPEATABLE
    label, face = _face(found.code, shown.ari)
    return Verdict(
        code=found.code,
        label=label,
        face=face,
        term=_term(found.code, repeatable),
        text=_text(found, shown, repeatable),
        caveats=_caveats(found, shown),
        k=one.k,
        p_structure=found.p_structure,
        p_gap=one.p_gap,
        p_depth=one.p_depth,
        depth=one.depth,
        null_depth=one.null_depth,
        share=one.share,
        draws=found.draws,
        rows=sum(t.rows for t in found.trials),
        repeated_rows=sum(t.repeated for t in found.trials),
    )


def _face(code: Code, ari: float | None) -> tuple[str, Literal["green", "green-amber", "amber", "red"]]:
    if code == "natural":
        return "natural groups", "green"
    if code == "partly":
        return "some natural groups", "green-amber"
    if code == "overlapping":
        return "overlapping groups", "amber"
    if ari is None or ari >= REPEATABLE:
        return "useful, not natural", "amber"
    if code == "none" and ari < CHANCY:
        return "do not use", "red"
    return "the cut is only partly repeatable", "amber"


def _term(code: Code, repeatable: bool) -> Literal["natural", "reproducible", "constructive"]:
    """Dolnicar and Leisch's word for what kind of segmentation this is."""
    if code in ("natural", "partly"):
        return "natural"
    return "reproducible" if code == "overlapping" or repeatable else "constructive"


def _text(found: Structure, shown: Shown, repeatable: bool) -> str:
    one = found.trial
    p = _p(found.p_structure, any(t.early for t in found.trials))
    if found.code == "none":
        text = (
            "No evidence of separate groups. A simulated table with the same columns, spreads and correlations but no "
            f"groups looks just as clustered ({p}). The {shown.k} segments below are a useful way to cut the cloud "
            "into manageable parts – like dividing a map into sales regions. They are constructed, not discovered: "
            "customers next to a border are alike on both sides. Do not describe them as different types of customers."
        )
        return text + (_outline(shown) if repeatable else "")
    if found.code == "shape":
        surely = one.p_gap is not None and one.p_depth is not None and max(one.p_gap, one.p_depth) <= LEVEL
        borders = (
            f"borders between segments are hardly emptier than their cores ({_percent(one.depth)})"
            if surely
            else f"no border between segments is emptier than chance ({_p(max(one.p_gap or 0.0, one.p_depth or 0.0))})"
        )
        text = (
            "No separate groups, but not a featureless cloud. The data are more structured than size and correlation "
            f"explain ({p}) – e.g. curved relations, limits, heavy tails or strongly overlapping groups – yet "
            f"{borders}. Treat segments as zones of a continuum."
        )
        if one.p_depth is not None and one.p_depth <= LEVEL and max(shown.depths) >= APART:
            text += f" All the same, {_apart(shown)}"
        return text + (_outline(shown) if repeatable else "")
    if found.code == "overlapping":
        text = (
            "Overlapping groups. There is real structure, but neighbouring segments blend: borders are only "
            f"{_percent(one.depth)} emptier than the segment cores."
        )
        few = "" if shown.borderline is None else f" Expect {_percent(shown.borderline)} borderline customers."
        return text + few + _asked(shown)
    if found.code == "partly":
        apart = (
            _apart(shown) if max(shown.depths) >= APART else "some stand apart (border ≥50% emptier than their cores)."
        )
        rest = "Finer segments of them" if min(shown.depths) >= APART else "The others"
        text = f"Some distinct groups. {apart[0].upper()}{apart[1:]} {rest} shade into each other and are constructed."
        return text + _asked(shown)
    text = (
        f"Distinct groups found. {_percent(one.share)} of customers belong to segments separated by thinly populated "
        f"borders ({_percent(one.depth)} emptier than the cores; {p}). {shown.supported or shown.k} compact segments "
        "describe them; curved groups may be cut in pieces."
    )
    return text + _asked(shown)


def _asked(shown: Shown) -> str:
    differ = shown.supported is not None and shown.supported != shown.k
    return f" You asked for {shown.k}; {shown.supported} is supported." if differ else ""


def _apart(shown: Shown) -> str:
    names = [name for name, depth in zip(shown.names, shown.depths, strict=True) if depth >= APART]
    one = len(names) == 1
    return (
        f"{_joined(names)} {'stands' if one else 'stand'} apart (border ≥50% emptier than "
        f"{'its core' if one else 'their cores'})."
    )


def _outline(shown: Shown) -> str:
    return (
        f" The cut is repeatable (agreement {shown.ari:.2f}); that is because of the cloud's outline, not because "
        "groups exist."
    )


def _caveats(found: Structure, shown: Shown) -> tuple[str, ...]:
    said = []
    if shown.rows < max(ROWS_PER_SEGMENT * shown.k, ROWS_PER_COLUMN * shown.columns):
        said.append(
            f"Too few rows ({shown.rows:,}) for a reliable verdict; at this size only groups ≥4 standard deviations "
            "apart can be detected."
        )
    repeated = sum(t.repeated for t in found.trials)
    if repeated:
        said.append(f"{repeated:,} repeated {'row was' if repeated == 1 else 'rows were'} counted once for the test.")
    if shown.rows > TRIAL_ROWS:
        said.append(
            f"The test looks at {TRIAL_ROWS:,} customers at a time: in a table of any size, only differences that "
            "show in so many count."
        )
    if found.code == "overlapping":
        said.append("A sharply bounded or curved cloud without groups can look like overlapping groups.")
    said.append(BLIND)
    return tuple(said)


def _p(value: float, early: bool = False) -> str:
    return f"p {'≈' if early else '='} {value:.3f}" if value < 0.01 else f"p {'≈' if early else '='} {value:.2f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
