"""Story: what the report says in sentences, after its first lines.

Opening, facts, what to read with care, how the verdict was reached.
"""

from __future__ import annotations

from collections.abc import Sequence

from coterie import words
from coterie.doors import frozen
from coterie.findings import changes_reading, serious
from coterie.record import REFRESHED, CleanRecord, Segment
from coterie.report import view

_VOTES = {
    "silhouette-null": "separation over groupless tables",
    "silhouette": "separation",
    "agreement": "repeatability",
    "strength": "prediction strength",
    "components": "fewest that keep groups apart",
}
MANY_BORDERLINE = 0.1
SAID = 3
STEP = 0.02  # a distance of the segments' means from the sample's centers that is told, as a share of a range


@frozen
class Fact:
    """A number or a word, with its yardstick."""

    term: str
    value: str
    yardstick: str


@frozen
class Difference:
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


def noun(record: CleanRecord) -> str:
    """Return the word for a segment in headings: segment, or zone."""
    return "zone" if record.verdict.counts_as in ("none", "shape") else "segment"


def in_its_noun(record: CleanRecord, text: str) -> str:
    """Return a sentence of the record with the page's word for a segment.

    >>> from types import SimpleNamespace as Made
    >>> in_its_noun(Made(verdict=Made(counts_as="none")), "With one segment more, A is divided.")
    'With one zone more, A is divided.'
    """
    called = noun(record)
    return text.replace("segment", called).replace("Segment", words.sentence(called))


def renewed(record: CleanRecord) -> list[str]:
    """Return what the last refresh made of the segments, a sentence each."""
    told = record.lineage.history
    last = max((i for i, line in enumerate(told) if line.startswith(REFRESHED)), default=len(told))
    return list(told[last:])


def opening(record: CleanRecord) -> list[tuple[str, str]]:
    """Return two sentences on the biggest gap, each after "The segment": the name, and the rest.

    It is one between value and size, or without a value between the two segments that lie farthest apart in a column.
    Where the printed numbers show no gap it is one sentence, without a name.
    """
    segments, parts = record.segments, f"{words.in_words(len(record.segments))} {noun(record)}s"
    if view.has_value(record):
        value = view.label(record, record.options.value)
        top, low = max(segments, key=_gap), min(segments, key=_gap)
        part = " is {} of customers and {} of {}.".format
        share, worth = words.percent(top.share), words.percent(top.value_share)
        less, little = words.percent(low.share), words.percent(low.value_share)
        if (share, less) == (worth, little):
            return [("", f"Each of the {parts} has about as much of all {value} as of the customers.")]
        return [
            (top.called, part(share, worth, f"all {value}")),
            (low.called, part(less, little, "it")),
        ]
    if ends := _find_ends(segments):
        (label, top, much), (_, low, little) = ends
        most, least = f" stands out most in {label}, with {much}.", f" is at the other end, with {little}."
        return [(top.called, most), (low.called, least)]
    large = max(segments, key=lambda s: s.share)
    small = min(segments, key=lambda s: s.share)
    if words.percent(large.share) == words.percent(small.share):
        return [("", f"The {parts} are about the same size, {words.percent(large.share)} of customers each.")]
    said = f" is the largest, {words.percent(large.share)} of customers."
    return [(large.called, said), (small.called, f" is the smallest, {words.percent(small.share)}.")]


def _find_ends(segments: Sequence[Segment]) -> list[tuple[str, Segment, str]]:
    """Return what two segments lie farthest apart in, the one above all customers and the one below, and how far."""
    placed: dict[str, list[tuple[float, int, Segment, str]]] = {}
    for segment in segments:
        for m in segment.markers:
            what = m.text.rpartition(" (")[0].rpartition(" ")[0] if m.is_share else m.label  # with the level
            far = m.text.removeprefix(what).strip()
            placed.setdefault(what, []).append((m.effect, -segment.id, segment, far))
    ends = [(label, max(of), min(of)) for label, of in placed.items() if min(of)[0] < 0 < max(of)[0]]
    label, *widest = max(ends, key=lambda e: e[1][0] - e[2][0], default=("",))
    return [(label, segment, far) for _, _, segment, far in widest]


def _gap(segment: Segment) -> float:
    """Return how far a segment's value exceeds its size."""
    return (segment.value_share or 0.0) - segment.share


def facts(record: CleanRecord) -> list[Fact]:
    """Return three facts in money and people, or without a value in people alone."""
    if view.has_value(record):
        return [_total(record), _each(record), _sureness(record)]
    ordered = sorted(record.segments, key=lambda s: (-s.share, s.id))
    large, small = ordered[0], ordered[-1]
    ends = f"largest {large.letter}, smallest {small.letter} with {words.count(small.size)} customers"
    most, least = words.percent(large.share), words.percent(small.share)
    sizes, ends = (most, f"every {noun(record)} about the same") if most == least else (f"{most}–{least}", ends)
    people = Fact("Customers", f"{record.sample.rows:,}", f"in {words.in_words(len(ordered))} {noun(record)}s")
    return [people, Fact("Sizes", sizes, ends), _sureness(record)]


def _total(record: CleanRecord) -> Fact:
    value, bought = view.label(record, record.options.value), record.sample.purchases
    total = sum(s.value or 0.0 for s in record.segments)
    when = f"{bought.first} to {bought.last}" if bought else f"of {record.sample.rows:,} customers"
    shown = words.with_unit(words.short_number(total), view.unit(record, record.options.value or ""))
    return Fact(words.sentence(value) if value.startswith("total ") else f"Total {value}", shown, when)


def _each(record: CleanRecord) -> Fact:
    value = view.label(record, record.options.value)
    best, worst = (choose(record.segments, key=_worth) for choose in (max, min))
    least, most = money(record, _worth(worst)), money(record, _worth(best))
    term = f"{words.sentence(value)} a customer"
    if least == most:
        return Fact(term, most, f"the same in every {noun(record)}")
    return Fact(term, f"{least}–{most}", f"averages of {worst.letter} and {best.letter}")


def _worth(segment: Segment) -> float:
    return (segment.value or 0.0) / max(1, segment.size)


def money(record: CleanRecord, value: float) -> str:
    """Return an amount with the digits of the largest average of a segment."""
    number = words.short_number(value, scale=max(abs(_worth(s)) for s in record.segments))
    return words.with_unit(number, view.unit(record, record.options.value or ""))


def each(record: CleanRecord, segment: Segment) -> str:
    """Return what a customer of a segment is worth on average; empty where nothing is known."""
    if segment.value is None or not view.has_value(record) or words.too_few(segment.size):
        return ""
    return money(record, _worth(segment))


def _sureness(record: CleanRecord) -> Fact:
    """Return in one word how sure the segments are, and why."""
    code, ari = record.verdict.counts_as, record.stability.ari.median
    again = "other samples give the same ones"
    if ari < words.CHANCY:
        return Fact("How sure", "Not", "other samples give other ones")
    if ari < words.REPEATABLE:
        return Fact("How sure", "Little", "other samples give partly the same ones")
    if code is None:
        return Fact("How sure", "Untested", f"{again}; too few customers to test for groups")
    if code in ("none", "shape"):
        return Fact("How sure", "Fairly", f"{again}, though no groups are there to be found")
    if record.verdict.kept_apart is False:
        return Fact("How sure", "Fairly", f"{again}, though they mix groups")
    if _nobody_sure(record):
        return Fact("How sure", "Fairly", f"{again}, but single customers may move")
    return Fact("How sure", "Very" if code == "natural" else "Fairly", again)


def care(record: CleanRecord) -> list[str]:
    """Return at most three things that change the reading of this page, the worst first."""
    said = [*_caveats(record, "mixed"), *_caveats(record, "near_copies"), *_few_rows(record)]
    said += _caveats(record, "merged_by_hand")
    said += [*_limits_of_fit(record), *_limits_of_data(record)]
    return said[:SAID] or ["Names are drafted from the numbers and are yours to edit."]


def limits(record: CleanRecord) -> str:
    """Return what the test of structure cannot see."""
    told = {"few_rows", "near_copies", "mixed", "merged_by_hand"}
    return " ".join(c.text for c in record.verdict.caveats if c.code not in told)


def _caveats(record: CleanRecord, code: str) -> list[str]:
    return [c.text for c in record.verdict.caveats if c.code == code]


def _few_rows(record: CleanRecord) -> list[str]:
    """Return that customers are too few for the test."""
    if all(c.code != "few_rows" for c in record.verdict.caveats):
        return []
    return [f"With {view.say_customers(record)}, only groups that lie very far apart can be told from chance."]


def _limits_of_data(record: CleanRecord) -> list[str]:
    said, sample, k = [], record.sample, len(record.segments)
    if record.options.value is not None and not view.has_value(record):
        said.append(f"Some {noun(record)}s have a negative total, so shares of value are not shown.")
    if view.told_once(record) < 30 * k and not _few_rows(record):
        said.append(f"{view.say_customers(record)} are a small base for {k} {noun(record)}s.")
    if sample.unassigned:
        lack, belong = ("lacks", "belongs") if sample.unassigned == 1 else ("lack", "belong")
        people = words.plural(sample.unassigned, "customer")
        said.append(f"{people} {lack} every column that was used and {belong} to no {noun(record)}.")
    said += _worst_finding(record)
    if any(0 < s.size < words.SMALLEST_GROUP for s in record.segments):
        said.append(f"Averages of {noun(record)}s with fewer than ten customers are not printed.")
    return said


def _worst_finding(record: CleanRecord) -> list[str]:
    """Return the finding that changes the reading most, and how many more there are."""
    telling = changes_reading(record.findings, record.sample.rows)
    if not telling:
        return []
    first, rest = telling[0], len(serious(record.findings)) - 1
    what = first.text if first.column is None else f"{first.column}: {first.text}"
    more = f"; {words.in_words(rest)} more {'is' if rest == 1 else 'are'} listed under Data" if rest else ""
    return [f"{words.sentence(what)}{more}."]


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
    return said + _nobody_sure(record)


def _nobody_sure(record: CleanRecord) -> list[str]:
    """Return that no customer is core, and what speaks against it."""
    margins = record.stability.margins
    if margins.need is not None or not margins.cuts:
        return []
    surest = "those who look surest"
    if record.stability.ari.p10 < words.HELD:
        why = f"one resample in ten gives other {noun(record)}s (agreement below {words.HELD})"
    elif margins.doubt is None:
        return ["No customer is called core."]
    elif margins.doubt <= 0.005:  # printed as less than 1%: it is not what speaks against them
        why = f"refits on resamples differ too often even on {surest}"
    else:
        share = words.percent(margins.doubt)
        why = f"{noun(record)}s of two halves of the customers differ on {share} of {surest}"
    return [f"No customer is called core: {why}."]


def _tentative(record: CleanRecord) -> list[str]:
    """Return whose names another sample could change."""
    found = [s for s in record.segments if s.tentative and not s.given]
    if not found:
        return []
    one = len(found) == 1
    who, them = words.joined([s.letter for s in found]), "it" if one else "them"
    sure = "no refit has confirmed" if found[0].name_returns is None else "another sample could change"
    return [f"The name{'' if one else 's'} of {who} {'is' if one else 'are'} tentative: {sure} {them}."]


def notes(record: CleanRecord) -> list[str]:
    """Return the sentences that belong beside the verdict.

    They say how many segments there are, and what makes them doubtful.
    """
    sensitivity = record.sensitivity
    said = [record.choice.words, other_number(record)]
    if record.stability.several:
        said.append("Several equally good segmentations exist.")
    said += [sensitivity.text, *(group.text for group in sensitivity.rare)]
    said += [*_nobody_sure(record), *_caveats(record, "near_copies"), *_few_rows(record)]
    said += _tentative(record)
    return [text for text in said if text]


def other_number(record: CleanRecord) -> str:
    """Return that another number of segments is supported than was asked for, or than there was before a refresh."""
    asked, supported = record.choice.asked, record.choice.supported
    if asked in (None, supported):
        return ""
    said = f"You asked for {asked}" if record.lineage.renewal is None else f"The former number, {asked}, was kept"
    return f"{said}; {supported} is supported."


def trust(record: CleanRecord) -> list[tuple[str, str]]:
    """Return how the verdict was reached, term by term."""
    verdict, choice, stability = record.verdict, record.choice, record.stability
    if verdict.code is None:
        return [("Verdict", "structure not tested yet")]
    said = [("Verdict", f"{view.face(record)[1]} (code {verdict.code})")]
    said += [("In the literature", verdict.term)] if verdict.term else []
    if verdict.p_structure is not None:
        p, gap = verdict.p_structure, verdict.p_gap
        tables = f"{verdict.draws} simulated groupless tables"
        deep = verdict.p_depth
        said.append(("Structure, separation", f"{_silhouette(record)}; {words.p_value(p)} against {tables}"))
        said.append(("Way round a gap", words.p_value(gap) if gap is not None else "not reached"))
        said.append(("Depth of borders", words.p_value(deep) if deep is not None else "not reached"))
    if verdict.depth is not None:
        null = words.percent(verdict.null_depth) if verdict.null_depth is not None else ""
        null = f"; a groupless table reaches {null}" if null else ""
        depth = words.percent(max(verdict.depth, 0))
        where = "between groups it is" if verdict.code in ("partly", "natural") else "the typical border is"
        said.append(("Gap depth", f"{where} {depth} emptier than the cores{null}"))
    if verdict.share is not None:
        said.append(("In separate groups", words.percent(verdict.share)))
    were = "was" if verdict.repeated_rows == 1 else "were"
    repeats = words.plural(verdict.repeated_rows, "repeated row")
    repeated = f"; {repeats} {were} counted once" if verdict.repeated_rows else ""
    k, tested = len(record.segments), f"{verdict.rows:,} customers at {verdict.tested_k} segments"
    other = f", where structure shows most; {k} are shown" if verdict.tested_k != k else ""
    said.append(("Tested on", f"{tested}{other}{repeated}"))
    if choice.votes:
        votes = [f"{_VOTES.get(v.rule, v.rule)} {v.k or 'none'}" for v in choice.votes]
        agree = sum(v.k == choice.supported for v in choice.votes)
        for_it = f"{agree or 'none'} of {len(votes)} criteria {'say' if agree > 1 else 'says'} {choice.supported}"
        said.append(("Votes for the number", f"{for_it}: {', '.join(votes)}"))
    if stability.core is not None:
        core, probable, few = map(words.percent, (stability.core, stability.probable, stability.borderline))
        said.append(("Customers", f"{core} core, {probable} probable, {few} borderline"))
    return said


def _silhouette(record: CleanRecord) -> str:
    silhouette, error = record.model.silhouette, record.model.silhouette_error
    if silhouette is None:
        return "not measured since the merge"
    more = "" if error is None else f" ± {words.rounded(error) if error >= 0.005 else '<0.01'}"
    return f"silhouette {words.rounded(silhouette)}{more}"


def solution(record: CleanRecord) -> str:
    """Return how good the fit is, and how many searches found it."""
    held = record.model.explained
    fit = (
        ""
        if held is None
        else f"The {noun(record)}s hold {words.percent(held)} of the spread of the prepared columns. "
    )
    return fit + record.stability.solutions


def differences(record: CleanRecord, segment: Segment, *, most: int = 3, told: str = "") -> list[Difference]:
    """Return what is marked of a segment, with what to compare it with, the strongest first.

    Parameters
    ----------
    told : a column that is told of elsewhere.
    """
    found = [m for m in view.marks(record, segment.id) if m.column != told]
    return [_difference(measure, segment.id) for measure in found[:most]]


def _difference(measure: view.Measure, segment: int) -> Difference:
    text, everyone, mark = measure.text(segment), measure.text(None), measure.mark(segment)
    text += f" {view.DAYS}" if measure.counts_days else ""
    change = None if mark is None or measure.in_percent else mark.change
    if change is None:
        return Difference(measure.said, text, overall=everyone)
    return Difference(measure.said, text, words.signed_percent(change))


def unmarked(record: CleanRecord, segment: Segment) -> str:
    """Return what is said of a segment without marks."""
    if words.too_few(segment.size):
        return "too few to print averages"
    return "close to average" if view.is_average(record, segment.id) else "nothing stands out"
