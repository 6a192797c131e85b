"""Story: what the report says in sentences.

Headline, opening, facts, the three questions, what to read with care, how the verdict was reached.
"""

from __future__ import annotations

from typing import NamedTuple

from coterie import words
from coterie.record import CleanRecord, Segment
from coterie.report import view

_VOTES = {
    "silhouette-null": "separation over groupless tables",
    "silhouette": "separation",
    "agreement": "repeatability",
    "strength": "prediction strength",
}
_PATTERNS = {
    "natural": ("Yes, the groups are clearly apart.", "They differ like this"),
    "partly": (
        "Some: part of the segments stand apart, the others shade into each other.",
        "The segments differ like this",
    ),
    "overlapping": (
        "Partly: there is structure, but the segments blend at their borders.",
        "The segments differ like this",
    ),
    "shape": (
        "No separate groups, though the customers do not spread evenly.",
        "The segments are zones of it",
    ),
    "none": (
        "No: the customers form one continuous crowd.",
        "The segments are zones of it, like sales regions on a map",
    ),
    None: (
        "Not tested yet.",
        "Whether these are separate groups has not been tested; this is how the segments differ",
    ),
}
SIGNIFICANT = 0.05
MANY_BORDERLINE = 0.1
STEP = 0.02  # a distance of the segments' means from the sample's centers that is told, as a share of a range


class Fact(NamedTuple):
    """A number with its yardstick."""

    term: str
    value: str
    yardstick: str


class Answer(NamedTuple):
    """One of the three questions that every reader asks, and its answer."""

    question: str
    short: str
    text: str


class Difference(NamedTuple):
    """What a mark is about, the number that is printed, and its yardstick.

    Of a number that is how far it lies from that of all customers, of a share the share of all customers.
    """

    what: str
    value: str
    change: str = ""
    overall: str = ""

    @property
    def away(self) -> str:
        """What follows the value: `+43%`, `all 46%`, or nothing."""
        return f"all {self.overall}" if self.overall else self.change


def lead(record: CleanRecord) -> str:
    """Return what must be known before anything else, if anything."""
    repeats = record.sample.repeats
    if repeats is None:
        return ""
    people = words.plural(repeats.different, "customer")
    return f"Each of {repeats.rows:,} rows was taken as a customer, though they are of {people} ({repeats.column})"


def headline(record: CleanRecord) -> str:
    """Return the finding in one line."""
    code, k = record.verdict.code, len(record.segments)
    color, _ = view.face(record)
    again, choice = record.stability.ari.median >= words.REPEATABLE, record.choice
    if view.is_merged(record) and color != "red":
        return f"{words.in_words(k, capital=True)} segments, merged by hand from {words.in_words(choice.k)}"
    if code in ("overlapping", "partly", "natural") and choice.asked not in (None, choice.supported):
        asked = f"{words.in_words(k, capital=True)} segments, as asked"
        return f"{asked}; {words.in_words(choice.supported)} are supported"
    if color == "red":
        return f"No dependable groups: do not act on these {words.in_words(k)} cuts"
    if code in ("none", "shape"):
        useful, tail = ("useful ", "") if again else ("", ", only partly repeatable")
        return f"{words.in_words(k, capital=True)} {useful}cuts of one continuous crowd{tail}"
    if code == "overlapping":
        return f"{words.in_words(k, capital=True)} groups that blend at their borders"
    if code == "partly":
        return _partly_apart(record)
    if code == "natural":
        tail = " and repeatable" if again else ""
        return f"{words.in_words(k, capital=True)} customer groups, clearly apart{tail}"
    return f"{words.in_words(k, capital=True)} customer segments"


def _partly_apart(record: CleanRecord) -> str:
    apart, k = [s for s in record.segments if (s.depth or 0.0) >= 0.5], len(record.segments)
    if k == 2:  # one border: who is on which side of it is clear, what lies within the two is not
        return f"Two segments{', clearly apart' if apart else ''}; finer ones would shade into each other"
    some = words.in_words(len(apart)) if 0 < len(apart) < k else "some"
    return f"{words.in_words(k, capital=True)} segments, {some} of them clearly apart"


def noun(record: CleanRecord) -> str:
    """Return the word for a segment in headings: segment, or zone."""
    return "zone" if record.verdict.code in ("none", "shape") else "segment"


def opening(record: CleanRecord) -> list[tuple[str, str]]:
    """Return two sentences on the biggest gap.

    Each is the name that it starts with, and the rest.
    """
    segments = record.segments
    if view.has_value(record):
        value = view.label(record, record.options.value)
        top, low = max(segments, key=_gap), min(segments, key=_gap)
        part = " are {} of customers and {} of {}.".format
        share, worth = words.percent(top.share), words.percent(top.value_share)
        less, little = words.percent(low.share), words.percent(low.value_share)
        return [
            (top.called, part(share, worth, f"all {value}")),
            (low.called, part(less, little, "it")),
        ]
    large = max(segments, key=lambda s: s.share)
    small = min(segments, key=lambda s: s.share)
    size = words.count(large.size)
    said = [(large.called, f" is the largest segment: {size} customers, {words.percent(large.share)} of all.")]
    return [*said, (small.called, f" is the smallest, {words.percent(small.share)}.")]


def _gap(segment: Segment) -> float:
    """Return by how much a segment's value exceeds its size, as shares."""
    return (segment.value_share or 0.0) - segment.share


def facts(record: CleanRecord) -> list[Fact]:
    """Return separation, repeatability and the smallest segment, with yardsticks."""
    small = min(record.segments, key=lambda s: s.size)
    people = "customer" if small.size == 1 else "customers"
    share = f"{people}, {words.percent(small.share)} of all"
    return [_separation(record), _repeatability(record), Fact("Smallest segment", words.count(small.size), share)]


def _separation(record: CleanRecord) -> Fact:
    silhouette, error = record.model.silhouette, record.model.silhouette_error
    if silhouette is None:
        return Fact("Separation", words.UNKNOWN, "not measured since the merge")
    p = record.verdict.p_structure
    shown = words.rounded(silhouette)
    if p is None:
        wide = f"silhouette, ± {words.rounded(error)}" if error is not None else "silhouette"
        return Fact("Separation", shown, f"{wide}; not yet compared with groupless tables")
    against = "more than groupless tables reach" if p <= SIGNIFICANT else "groupless tables reach as much"
    chance = words.p_value(p).replace(" ", "\u00a0")
    return Fact("Separation", shown, f"silhouette; {against} ({chance})")


def _repeatability(record: CleanRecord) -> Fact:
    ari, times = record.stability.ari.median, record.stability.resamples
    if record.verdict.code in ("none", "shape") and ari >= words.REPEATABLE:
        return Fact("Repeatability", words.rounded(ari), f"in {times} resamples; from the outline, not from groups")
    partly = "partly the same" if ari >= words.CHANCY else "other groups each time"
    again = "the same groups" if ari >= words.REPEATABLE else partly
    return Fact("Repeatability", words.rounded(ari), f"{again} in {times} resamples")


def answers(record: CleanRecord) -> list[Answer]:
    """Return the three questions that every reader asks, answered.

    They are: who spends the most, are there distinct patterns, what to do for each segment.
    """
    return [_spends(record), _patterns(record), _todo(record)]


def _spends(record: CleanRecord) -> Answer:
    question = "Which customers spend the most?"
    measure = view.spend_measure(record)
    values = {} if measure is None else {s: v for s in measure.rows if (v := measure.mean(s)) is not None}
    if measure is None or not values:
        return Answer(
            question,
            "The data do not say.",
            "No column was named as value and none sounds like spending. Name one with --value to see who does.",
        )
    names = {s.id: s.called for s in record.segments}
    top, low = max(values, key=lambda s: (values[s], -s)), min(values, key=lambda s: (values[s], s))
    how = f"Judged by “{measure.label}”"
    if record.options.value is None:
        how = f"No value column was named, so this is judged by “{measure.label}”"
    everyone = next(row.overall for row in measure.rows.values()) if measure.compared else measure.overall
    scale = max(abs(v) for v in values.values())
    said = [words.short_number(v, scale=scale) for v in (values[top], everyone, values[low])]
    text = f"{how}: {said[0]} on average, against {said[1]} over all customers"
    text += f" and {said[2]} in {names[low]}." if len(values) > 1 else "."
    shares = {s.id: s for s in record.segments}
    if view.has_value(record):
        share, worth = words.percent(shares[top].share), words.percent(shares[top].value_share)
        text += f" They are {share} of customers and {worth} of the total."
    return Answer(question, f"{names[top]}.", text)


def _patterns(record: CleanRecord) -> Answer:
    short, lead = _PATTERNS[record.verdict.code]
    if record.verdict.code == "partly" and len(record.segments) == 2:
        short = "Some: the two stand apart, but finer segments would shade into each other."
    facts = words.joined([_facts_of(record, s) for s in view.by_value(record)[:4]])
    return Answer("Are there distinct buying patterns?", short, f"{lead}: {facts}.")


def _facts_of(record: CleanRecord, segment: Segment) -> str:
    said = [f"{d.what} {d.value}" for d in differences(record, segment)]
    return f"{segment.letter} ({', '.join(said) or unmarked(record, segment)})"


def _todo(record: CleanRecord) -> Answer:
    question = "What to do for each segment?"
    if view.face(record)[0] == "red":
        text = "Other samples of these customers would be cut differently: look for more rows or columns first."
        return Answer(question, "Nothing yet.", text)
    if not any(s.idea for s in record.segments):
        return Answer(question, "Read the cards first.", "No ideas were drafted for these segments.")
    if record.verdict.code in ("none", "shape"):
        text = "As the segments are constructed, test each idea on a few customers on both sides of a border."
        return Answer(question, "Ideas to test, on zones and not on types.", text)
    each = len({s.idea for s in record.segments}) == len(record.segments)
    short = "Ideas to test, one a segment." if each else "Ideas to test."
    return Answer(question, short, "Each is a guess from the numbers: try it on some and keep some out.")


def care(record: CleanRecord) -> list[str]:
    """Return what to read with care: always something."""
    return [
        *(c.text for c in record.verdict.caveats),
        *_limits_of_data(record),
        *_limits_of_fit(record),
        "Names and ideas are drafted from the numbers and are yours to edit.",
    ]


def _few_rows(record: CleanRecord) -> list[str]:
    """Return what the verdict says of too few rows, if anything."""
    return [c.text for c in record.verdict.caveats if c.code == "few_rows"]


def _limits_of_data(record: CleanRecord) -> list[str]:
    said, sample, k = [], record.sample, len(record.segments)
    if record.options.value is None:
        said.append("No value column was named, so nothing here says what a segment is worth.")
    elif not view.has_value(record):
        said.append("Some segments have a negative total, so shares of value are not shown.")
    if sample.rows < 30 * k and not _few_rows(record):
        said.append(f"{sample.rows:,} customers are a small base for {k} segments.")
    if sample.unassigned:
        said.append(f"{sample.unassigned:,} customers lack every column that was used and belong to no segment.")
    warnings = sum(f.level == "warning" for f in record.findings)
    if warnings:
        many = "s" if warnings > 1 else ""
        said.append(f"The data check gave {words.in_words(warnings)} warning{many}, listed under Data.")
    if any(0 < s.size < words.SMALLEST_GROUP for s in record.segments):
        said.append("Averages of segments with fewer than ten customers are not printed.")
    return said


def _limits_of_fit(record: CleanRecord) -> list[str]:
    said, stability, step = [], record.stability, record.model.step
    if record.verdict.code is None:
        said.append("Whether there are separate groups at all has not been tested.")
    if step > STEP:
        said.append(f"The full data differ from the sample by up to {words.percent(step)} of a column's range.")
    said += _tentative(record)
    if (stability.borderline or 0.0) >= MANY_BORDERLINE:
        share = words.percent(stability.borderline)
        said.append(f"{share} of customers are borderline: another sample would move them.")
    if stability.several:
        said.append("Several equally good segmentations exist.")
    return said


def _tentative(record: CleanRecord) -> list[str]:
    """Return which names most refits would not have given."""
    found = [s for s in record.segments if s.tentative and not s.given]
    tested = [s for s in found if s.name_returns is not None]
    told = [f"{s.letter} {s.name} ({words.percent(s.name_returns)} of refits)" for s in tested]
    rest = [f"{s.letter} {s.name}" for s in found if s.name_returns is None]
    untested = [f"Names that no refit has confirmed: {words.joined(rest)}."] if rest else []
    if not told:
        return untested
    few = f"fewer than {words.percent(words.REPEATABLE)} of refits"
    return [f"Tentative names, which {few} give: {words.joined(told)}.", *untested]


def notes(record: CleanRecord) -> list[str]:
    """Return the sentences that belong beside the verdict.

    They say how many segments there are, and what makes them doubtful.
    """
    sensitivity = record.sensitivity
    said = [record.choice.words, other_number(record)]
    if record.stability.several:
        said.append("Several equally good segmentations exist.")
    said += [sensitivity.text, *(group.text for group in sensitivity.rare)]
    said += _few_rows(record)
    said += _tentative(record)
    return [text for text in said if text]


def other_number(record: CleanRecord) -> str:
    """Return that another number of segments is supported than was asked for."""
    asked, supported = record.choice.asked, record.choice.supported
    return "" if asked in (None, supported) else f"You asked for {asked}; {supported} is supported."


def trust(record: CleanRecord) -> list[tuple[str, str]]:
    """Return how the verdict was reached, term by term, for the analyst."""
    verdict, choice, stability = record.verdict, record.choice, record.stability
    if verdict.code is None:
        return [("Verdict", "structure not tested yet")]
    said = [("Verdict", f"{view.face(record)[1]} (code {verdict.code})")]
    said += [("In the literature", verdict.term)] if verdict.term else []
    if verdict.p_structure is not None:
        p, gap = verdict.p_structure, verdict.p_gap
        tables = f"{verdict.draws} simulated groupless tables"
        said.append(("Structure against chance", f"{words.p_value(p)} against {tables}"))
        said.append(("Empty borders against chance", words.p_value(gap) if gap is not None else "not reached"))
    if verdict.depth is not None:
        null = words.percent(verdict.null_depth) if verdict.null_depth is not None else ""
        null = f"; a groupless table reaches {null}" if null else ""
        depth = words.percent(max(verdict.depth, 0))
        said.append(("Gap depth", f"the typical border is {depth} emptier than the cores{null}"))
    if verdict.share is not None:
        said.append(("Customers in separate groups", words.percent(verdict.share)))
    repeated = f"; {verdict.repeated_rows:,} repeated rows were counted once" if verdict.repeated_rows else ""
    said.append(("Tested on", f"{verdict.rows:,} customers at {verdict.k} segments{repeated}"))
    if choice.votes:
        votes = ", ".join(f"{_VOTES.get(v.rule, v.rule)} {v.k}" for v in choice.votes if v.k is not None)
        said.append(("Votes for the number", votes))
    if stability.core is not None:
        core, probable, few = map(words.percent, (stability.core, stability.probable, stability.borderline))
        said.append(("Customers", f"{core} core, {probable} probable, {few} borderline"))
    return said


def solution(record: CleanRecord) -> str:
    """Return how good the fit is, in one sentence."""
    model = record.model
    found = f"the best solution was found in {model.hits} of {model.starts} starts."
    if model.explained is None:
        return words.sentence(found)
    return f"The segments hold {words.percent(model.explained)} of the spread of the prepared columns; {found}"


def differences(record: CleanRecord, segment: Segment, most: int = 3) -> list[Difference]:
    """Return what is marked of a segment, with what to compare it with, the strongest first."""
    return [_difference(measure, segment.id) for measure in view.marks(record, segment.id)[:most]]


def _difference(measure: view.Measure, segment: int) -> Difference:
    text, everyone, mark = measure.text(segment), measure.text(None), measure.mark(segment)
    change = None if mark is None or measure.is_share else mark.change
    if change is None:
        return Difference(measure.said, text, overall=everyone)
    return Difference(measure.said, text, words.signed_percent(change))


def unmarked(record: CleanRecord, segment: Segment) -> str:
    """Return what is said of a segment without marks."""
    if words.too_few(segment.size):
        return "too few to print averages"
    return "close to average" if view.is_average(record, segment.id) else "nothing stands out"
