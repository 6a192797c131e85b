"""What the test of structure means, in words: the verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Literal

from coterie import errors, words
from coterie.doors import frozen
from coterie.evidence.borders import LEVEL
from coterie.evidence.plan import TRIAL_ROWS
from coterie.evidence.splits import NOTHING_SPLIT, Split, Splits
from coterie.evidence.structure import Borders, Code, Structure

LONGEST = 4_000  # characters that are shown of it
ROWS_PER_SEGMENT, ROWS_PER_COLUMN = 30, 70

BLIND = (
    "The test cannot see groups smaller than 1 to 2% of customers, groups that many irrelevant columns hide, "
    "or rings and curves that wind around each other."
)


@frozen
class Caveat:
    """What limits a verdict: a code and a sentence."""

    code: Literal[
        "few_rows", "repeated_rows", "near_copies", "mixed", "sub_samples", "bounded_cloud", "blind", "merged_by_hand"
    ]
    text: str


@frozen
class Verdict:
    """What may be said about the segments; ``verdict`` of the record.

    ``code`` None = not tested. ``splits`` are the conditions that alone explain borders, ``standing`` is how many other
    borders stand apart: where conditions explain all that stands apart, code, depths and p stay as computed, and the
    face says what the split is worth. ``kept_apart`` says whether the segments shown keep the groups apart; None where
    there is only one.

    ``k`` is how many groups there are (1 = one crowd), ``depth`` what lies between them, ``share`` of the customers
    belong to them and ``p_depth`` says how often groupless tables show as much; all this is of the table, however many
    segments are shown. ``tested_k`` is the number of segments at which structure shows most.
    """

    code: Code | None
    label: str
    face: Literal["green", "green-amber", "amber", "red", "grey"]
    term: Literal["natural", "reproducible", "constructive"] | None
    text: str
    caveats: tuple[Caveat, ...]
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
    splits: tuple[Split, ...]
    standing: int
    kept_apart: bool | None
    tested_k: int | None

    def __repr__(self) -> str:
        return f"{self.code}: {self.label}. {errors.shown(self.text, LONGEST)}"

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self.label)}.</b> {escape(errors.shown(self.text, LONGEST))}</p>"

    @property
    def set_aside(self) -> bool:
        """Whether every border that stands apart is one that a single condition explains."""
        return Splits(self.splits, self.standing).set_aside

    @property
    def counts_as(self) -> Code | None:
        """The code that what is left deserves: shape, where every border is explained."""
        return "shape" if self.set_aside else self.code


@frozen
class Context:
    """What the words need to know about the segmentation.

    ``rows`` and ``columns`` are of the whole table (features, not prepared columns), ``borders`` of the ``k`` segments
    shown, ``ari`` the median bootstrap agreement and ``borderline`` the share of borderline customers, if known.
    ``supported`` is the number of segments that the criteria support, where the user asked for another, or where a
    former number was ``kept``; ``splits`` the borders that a single condition explains; ``kept_apart`` whether the
    segments shown keep apart the groups that stand apart, where some do; ``copies`` the rows that were left out because
    they tell a customer once more.
    """

    k: int
    rows: int
    columns: int
    names: Sequence[str]
    borders: Borders
    ari: float | None = None
    borderline: float | None = None
    supported: int | None = None
    kept: bool = False
    splits: Splits = NOTHING_SPLIT
    kept_apart: bool | None = None
    copies: int = 0

    @property
    def mixed(self) -> bool:
        """Whether groups stand apart and the segments shown put them together."""
        return self.kept_apart is False

    @property
    def lost(self) -> bool:
        """Whether groups stand apart that no number of segments keeps apart: what was asked for changes no verdict."""
        return self.mixed and self.supported in (None, self.k)


def judge(found: Structure | None, context: Context) -> Verdict:
    """Return the outcome of the test in words.

    The sentences are fixed; they hold the numbers they rest on. Names of segments enter only where some stand apart.
    """
    if found is None:
        text = f"Too few different customers ({context.rows:,}) to test for groups."
        return Verdict(None, "not tested", "grey", None, text, (), *(None,) * 7, 0, context.rows, 0, (), 0, None, None)
    one = found.trial
    repeatable = context.ari is not None and context.ari >= words.REPEATABLE
    aside = context.splits.set_aside
    counts_as: Code = "shape" if aside else found.code
    label, face = _choose_face(counts_as, None if aside else context.ari, lost=context.lost)
    return Verdict(
        code=found.code,
        label=label,
        face=face,
        term=_choose_term(counts_as, repeatable, lost=context.lost),
        text=_say_split(context.splits) if aside else _say(found, context, repeatable),
        caveats=_list_caveats(found, context),
        k=_count(found, context),
        p_structure=found.p_structure,
        p_gap=one.p_gap,
        p_depth=found.p_depth,
        depth=found.components.depth if found.components else one.depth,
        null_depth=one.null_depth,
        share=found.components.share if found.components else 0.0,
        draws=found.draws,
        rows=sum(t.rows for t in found.trials),
        repeated_rows=context.copies + sum(t.repeated for t in found.trials),
        splits=context.splits.explained,
        standing=context.splits.standing,
        kept_apart=context.kept_apart,
        tested_k=one.k,
    )


def _count(found: Structure, context: Context) -> int:
    """Return how many groups there are, those that one answer cuts once more counted once."""
    if found.components is None:
        return 1
    joined = context.splits.groups or 0
    return joined if joined > 1 else found.components.count


def _choose_face(
    code: Code, ari: float | None, *, lost: bool
) -> tuple[str, Literal["green", "green-amber", "amber", "red"]]:
    if lost and code in ("partly", "natural"):
        return "natural groups, but not these segments", "amber"
    if code == "natural":
        return "natural groups", "green"
    if code == "partly":
        return "some natural groups", "green-amber"
    if code == "overlapping":
        return "overlapping groups", "amber"
    if ari is None or ari >= words.REPEATABLE:
        return "useful, not natural", "amber"
    if code == "none" and ari < words.CHANCY:
        return "do not use", "red"
    return "the cut is only partly repeatable", "amber"


def _choose_term(code: Code, repeatable: bool, *, lost: bool) -> Literal["natural", "reproducible", "constructive"]:
    """Dolnicar and Leisch's word for this kind of segmentation."""
    if code in ("natural", "partly") and not lost:
        return "natural"
    return "reproducible" if code == "overlapping" or repeatable else "constructive"


def _say(found: Structure, context: Context, repeatable: bool) -> str:
    one = found.trial
    p = words.p_value(found.p_structure, about=any(t.early for t in found.trials))
    if found.code == "none":
        text = (
            "No evidence of separate groups. A simulated table with the same columns, spreads and correlations but no "
            f"groups looks just as clustered ({p}). The {context.k} segments below {_say_use(repeatable)}. They are "
            "constructed, not discovered: "
            f"customers next to a border are alike on both sides{_say_drawn(context)}. Do not "
            "describe them as different types of customers."
        )
        return text + (_say_outline(context) if repeatable else "")
    if found.code == "shape":
        p_depth = found.p_depth
        surely = one.p_gap is not None and p_depth is not None and max(one.p_gap, p_depth) <= LEVEL
        chance = words.p_value(max(one.p_gap or 0.0, p_depth or 0.0))
        borders = (
            f"borders between segments are hardly emptier than their cores ({words.percent(one.depth)})"
            if surely
            else f"no border between segments is emptier than chance ({chance})"
        )
        text = (
            "No separate groups, but not a featureless cloud. The data are more structured than size and correlation "
            f"explain ({p}) – e.g. curved relations, limits, heavy tails or strongly overlapping groups – yet "
            f"{borders}{_say_drawn(context)}. Treat segments as zones of a continuum."
        )
        alone = _list_alone(context)
        if found.p_depth is not None and found.p_depth <= LEVEL and alone:
            text += f" All the same, {_say_apart(alone)}"
        return text + (_say_outline(context) if repeatable else "")
    if found.code == "overlapping":
        text = (
            "Overlapping groups. There is real structure, but neighboring segments blend: borders are only "
            f"{words.percent(one.depth)} emptier than the segment cores."
        )
        few = "" if context.borderline is None else f" Expect {words.percent(context.borderline)} borderline customers."
        return text + few + _say_asked(context)
    if found.code == "partly":
        some = _say_mixed(context) if context.mixed else _say_some(context)
        return f"Some distinct groups. {_say_number(found, context)}{some}{_say_asked(context)}"
    apart = found.components
    assert apart is not None  # what is natural stands apart
    described, count = context.supported or context.k, _count(found, context)
    compact = f"{described} compact segments describe them; c" if described == count else "C"
    text = (
        f"Distinct groups found. {_say_number(found, context)}{words.percent(apart.share)} of customers belong to "
        f"groups separated by thinly populated borders ({words.percent(apart.depth)} emptier than the cores; {p}). "
        f"{_say_mixed(context) if context.mixed else f'{compact}urved groups may be cut in pieces.'}"
    )
    return text + _say_asked(context)


def _say_use(repeatable: bool) -> str:
    if repeatable:
        return "are a useful way to cut the cloud into manageable parts – like dividing a map into sales regions"
    return "cut the cloud into parts, and another sample of the customers would be cut elsewhere"


def _say_mixed(context: Context) -> str:
    """Return that the segments shown are not the groups, what they are instead, and what would show the groups."""
    splits = context.splits.explained
    drawn = next((s for s in splits if s.borders), None) if context.k == 2 else None
    said = f"The {context.k} segments shown mix customers of different groups"
    said += f": they tell whether {_tell(drawn)}." if drawn is not None else "."
    if context.lost:
        said += " No number of segments that was tried keeps them apart."
        said += f" Leave {splits[0].column} out, which cuts them once more, to see them." if splits else ""
    return said


def _say_drawn(context: Context) -> str:
    """Return which border between segments shown is sharp though nothing stands apart: a condition's."""
    drawn = next((s for s in context.splits.explained if s.borders), None)
    return f", unless it is whether {_tell(drawn)}" if drawn is not None else ""


def _say_number(found: Structure, context: Context) -> str:
    """Return how many groups so many segments describe, where the numbers differ or one answer cuts the groups."""
    count, described, splits = _count(found, context), context.supported or context.k, context.splits
    cut = found.components is not None and count < found.components.count
    if count == described and not cut and not context.mixed:
        return ""
    which = "each" if found.components is not None and found.components.count >= 2 * count else "some"
    told = f", {which} split by whether {_tell(splits.explained[0])}" if cut else ""
    same = count == described or context.mixed
    many = "" if same else f", described by {words.plural(described, 'segment')}"
    return f"{words.plural(count, 'group')}{told}{many}. "


def _say_some(context: Context) -> str:
    """Return which of the segments shown stand apart from all others, where some do."""
    alone = _list_alone(context)
    rest = "Finer segments of them" if len(alone) == len(context.names) else "The others"
    apart = _say_apart(alone) if alone else "some stand apart (border ≥50% emptier than their cores)."
    return f"{apart[0].upper()}{apart[1:]} {rest} shade into each other and are constructed."


def _say_split(splits: Splits) -> str:
    first, others = splits.explained[0], [s.column for s in splits.explained[1:]]
    also = f" So do {words.joined(others)}." if len(others) > 1 else f" So does {others[0]}." if others else ""
    told = _tell(first)
    sure = math.floor(100 * min(first.precision, first.recall) + 1e-9)
    return (
        f"The split is whether {told}: that alone tells the segments on both sides apart, for at least {sure}% of "
        f"their customers.{also} No other border stands apart. What one answer tells is known without segments; leave "
        "it out to see whether there are groups inside."
    )


def _tell(split: Split) -> str:
    return words.condition(split.column, split.value, split.level)


def _say_asked(context: Context) -> str:
    differ = context.supported is not None and context.supported != context.k
    said = f"The former number, {context.k}, was kept" if context.kept else f"You asked for {context.k}"
    return f" {said}; {context.supported} is supported." if differ else ""


def _list_alone(context: Context) -> list[str]:
    """Return the names of the segments shown that are a group each."""
    return [name for name, alone in zip(context.names, context.borders.alone, strict=True) if alone]


def _say_apart(names: Sequence[str]) -> str:
    one = len(names) == 1
    return (
        f"{words.joined(names)} {'stands' if one else 'stand'} apart (border ≥50% emptier than "
        f"{'its core' if one else 'their cores'})."
    )


def _say_outline(context: Context) -> str:
    return (
        f" The cut is repeatable (agreement {context.ari:.2f}); that is because of the cloud's outline, not because "
        "groups exist."
    )


def _list_caveats(found: Structure, context: Context) -> tuple[Caveat, ...]:
    said = []
    customers = context.rows - context.copies
    if customers < max(ROWS_PER_SEGMENT * context.k, ROWS_PER_COLUMN * context.columns):
        text = (
            f"Too few rows ({customers:,}) for a reliable verdict; at this size only groups ≥4 standard deviations "
            "apart can be detected."
        )
        said.append(Caveat("few_rows", text))
    repeated = context.copies + sum(t.repeated for t in found.trials)
    if repeated:
        where = "" if context.copies else " for the test"
        text = f"{repeated:,} repeated {'row was' if repeated == 1 else 'rows were'} counted once{where}."
        said.append(Caveat("repeated_rows", text))
    copies = next((t.copies for t in found.trials if t.copies), None)
    if copies is not None:
        differ = f" that differ in {copies.apart_from}" if copies.apart_from else ""
        text = (
            f"The rows look like {copies.each} near-copies of each customer{differ}; one of each was tested. Make one "
            "row of each customer's before you read segments as kinds of customers."
        )
        said.append(Caveat("near_copies", text))
    if context.mixed:
        text = (
            "Groups stand apart that these segments mix: read the segments as cuts, not as kinds of customers. "
            f"{'Other columns' if context.lost else 'Another number of segments'} may show the groups."
        )
        said.append(Caveat("mixed", text))
    if context.rows > TRIAL_ROWS:
        text = (
            f"The test looks at {TRIAL_ROWS:,} customers at a time: in a table of any size, only differences that "
            "show in so many count."
        )
        said.append(Caveat("sub_samples", text))
    if found.code == "overlapping":
        text = "A sharply bounded or curved cloud without groups can look like overlapping groups."
        said.append(Caveat("bounded_cloud", text))
    said.append(Caveat("blind", BLIND))
    return tuple(said)
