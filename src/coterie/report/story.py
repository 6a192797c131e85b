"""Story: what the report says in sentences: headline, opening, facts, the three questions, what to read with care."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from coterie import words
from coterie.report.charts import view_of_json as view
from coterie.report.charts.view_of_json import shown_name

_VOTES = {
    "silhouette-null": "separation over groupless tables",
    "silhouette": "separation",
    "agreement": "repeatability",
    "strength": "prediction strength",
}
SIGNIFICANT = 0.05


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


def headline(record: Mapping[str, Any]) -> str:
    """Return the finding in one line."""
    code, k = record["verdict"]["code"], len(record["segments"])
    color, _ = view.face(record)
    ari, choice = view.repeatability(record), record["choice"]
    if k == 1 or (view.is_merged(record) and color != "red"):
        merged = f"{words.in_words(k, capital=True)} segments, merged by hand from {words.in_words(choice['k'])}"
        return "One segment: all customers together" if k == 1 else merged
    if code in ("overlapping", "partly", "natural") and choice["asked"] not in (None, choice["supported"]):
        asked = f"{words.in_words(k, capital=True)} segments, as asked"
        return f"{asked}; {words.in_words(choice['supported'])} are supported"
    if color == "red":
        return f"No dependable groups: do not act on these {words.in_words(k)} cuts"
    if code in ("none", "shape"):
        useful = "useful " if ari is not None and ari >= words.REPEATABLE else ""
        tail = ", only partly repeatable" if ari is not None and ari < words.REPEATABLE else ""
        return f"{words.in_words(k, capital=True)} {useful}cuts of one continuous crowd{tail}"
    if code == "overlapping":
        return f"{words.in_words(k, capital=True)} groups that blend at their borders"
    if code == "partly":
        return _partly_apart(record)
    if code == "natural":
        tail = " and repeatable" if ari is not None and ari >= words.REPEATABLE else ""
        return f"{words.in_words(k, capital=True)} customer groups, clearly apart{tail}"
    return f"{words.in_words(k, capital=True)} customer segments"


def _partly_apart(record: Mapping[str, Any]) -> str:
    apart, k = [s for s in record["segments"] if (s["depth"] or 0.0) >= 0.5], len(record["segments"])
    if k == 2:  # one border: who is on which side of it is clear, what lies within the two is not
        return f"Two segments{', clearly apart' if apart else ''}; finer ones would shade into each other"
    some = words.in_words(len(apart)) if 0 < len(apart) < k else "some"
    return f"{words.in_words(k, capital=True)} segments, {some} of them clearly apart"


def noun(record: Mapping[str, Any]) -> str:
    """Return what a segment is called in headings: a zone where there are no groups."""
    return "zone" if record["verdict"]["code"] in ("none", "shape") else "segment"


def opening(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Two sentences on the biggest gap, each as the name it starts with and the rest."""
    segments = record["segments"]
    if len(segments) < 2:
        return [("All customers", " are alike enough to be one segment, or one segment was asked for.")]
    if view.has_value(record):
        value = view.label(record, record["options"]["value"])
        top = max(segments, key=lambda s: s["value_share"] - s["share"])
        low = min(segments, key=lambda s: s["value_share"] - s["share"])
        part = " are {} of customers and {} of {}.".format
        share, worth = words.percent(top["share"]), words.percent(top["value_share"])
        less, little = words.percent(low["share"]), words.percent(low["value_share"])
        return [
            (shown_name(top), part(share, worth, f"all {value}")),
            (shown_name(low), part(less, little, "it")),
        ]
    large = max(segments, key=lambda s: s["share"])
    small = min(segments, key=lambda s: s["share"])
    size = words.count(large["size"])
    said = [(shown_name(large), f" is the largest segment: {size} customers, {words.percent(large['share'])} of all.")]
    return [*said, (shown_name(small), f" is the smallest, {words.percent(small['share'])}.")]


def facts(record: Mapping[str, Any]) -> list[Fact]:
    """Separation, repeatability and the smallest segment, each with what to compare it with."""
    small = min(record["segments"], key=lambda s: s["size"])
    people = "customer" if small["size"] == 1 else "customers"
    share = f"{people}, {words.percent(small['share'])} of all"
    return [_separation(record), _repeatability(record), Fact("Smallest segment", words.count(small["size"]), share)]


def _separation(record: Mapping[str, Any]) -> Fact:
    silhouette, error = record["model"]["silhouette"], record["model"]["silhouette_error"]
    if silhouette is None:
        merged = view.is_merged(record)
        return Fact("Separation", "–", f"not measured {'since the merge' if merged else 'for one segment'}")
    p = record["verdict"]["p_structure"]
    shown = words.rounded(silhouette)
    if p is None:
        wide = f"silhouette, ± {words.rounded(error)}" if error is not None else "silhouette"
        return Fact("Separation", shown, f"{wide}; not yet compared with groupless tables")
    against = "more than groupless tables reach" if p <= SIGNIFICANT else "groupless tables reach as much"
    chance = words.p_value(p).replace(" ", "\u00a0")
    return Fact("Separation", shown, f"silhouette; {against} ({chance})")


def _repeatability(record: Mapping[str, Any]) -> Fact:
    ari = view.repeatability(record)
    if ari is None:
        return Fact("Repeatability", "–", "not tested yet")
    times = record["stability"]["resamples"]
    if record["verdict"]["code"] in ("none", "shape") and ari >= words.REPEATABLE:
        return Fact("Repeatability", words.rounded(ari), f"in {times} resamples; from the outline, not from groups")
    partly = "partly the same" if ari >= words.CHANCY else "other groups each time"
    again = "the same groups" if ari >= words.REPEATABLE else partly
    return Fact("Repeatability", words.rounded(ari), f"{again} in {times} resamples")


def answers(record: Mapping[str, Any]) -> list[Answer]:
    """Return the three questions: who spends the most, are there distinct patterns, what to do for each segment."""
    return [_spends(record), _patterns(record), _todo(record)]


def _spends(record: Mapping[str, Any]) -> Answer:
    question = "Which customers spend the most?"
    measure = view.spend_measure(record)
    values = {} if measure is None else {s: v for s in measure.rows if (v := measure.value(s)) is not None}
    if measure is None or not values:
        return Answer(
            question,
            "The data do not say.",
            "No column was named as value and none sounds like spending. Name one with --value to see who does.",
        )
    names = {s["id"]: shown_name(s) for s in record["segments"]}
    top, low = max(values, key=lambda s: (values[s], -s)), min(values, key=lambda s: (values[s], s))
    how = f"Judged by “{measure.label}”"
    if record["options"]["value"] is None:
        how = f"No value column was named, so this is judged by “{measure.label}”"
    text = f"{how}: {measure.text(top)} on average, against {measure.text(None)} over all customers"
    text += f" and {measure.text(low)} in {names[low]}." if len(values) > 1 else "."
    shares = {s["id"]: s for s in record["segments"]}
    if view.has_value(record):
        share, worth = words.percent(shares[top]["share"]), words.percent(shares[top]["value_share"])
        text += f" They are {share} of customers and {worth} of the total."
    return Answer(question, f"{names[top]}.", text)


def _patterns(record: Mapping[str, Any]) -> Answer:
    question = "Are there distinct buying patterns?"
    code, k = record["verdict"]["code"], len(record["segments"])
    facts = words.joined([_facts_of(s) for s in view.by_value(record)[:4]])
    short = {
        "natural": "Yes, the groups are clearly apart.",
        "partly": "Some: the two stand apart, but finer segments would shade into each other."
        if k == 2
        else "Some: part of the segments stand apart, the others shade into each other.",
        "overlapping": "Partly: there is structure, but the segments blend at their borders.",
        "shape": "No separate groups, though the customers do not spread evenly.",
        "none": "No: the customers form one continuous crowd.",
    }.get(code, "Not tested yet.")
    if k == 1:
        return Answer(question, short, "There is one segment, so there is nothing to compare.")
    tail = {
        "natural": f"They differ like this: {facts}.",
        "partly": f"The segments differ like this: {facts}.",
        "overlapping": f"The segments differ like this: {facts}.",
        "shape": f"The segments are zones of it: {facts}.",
        "none": f"The segments are zones of it, like sales regions on a map: {facts}.",
    }.get(code, f"Whether these are separate groups has not been tested; this is how the segments differ: {facts}.")
    return Answer(question, short, tail)


def _facts_of(segment: Mapping[str, Any]) -> str:
    said = [told(m) for m in segment["markers"][:3]]
    return f"{segment['letter']} ({', '.join(said) if said else 'close to average'})"


def _todo(record: Mapping[str, Any]) -> Answer:
    question = "What to do for each segment?"
    if view.face(record)[0] == "red":
        text = "Other samples of these customers would be cut differently: look for more rows or columns first."
        return Answer(question, "Nothing yet.", text)
    if not any(s["idea"] for s in record["segments"]):
        return Answer(question, "Read the cards first.", "No ideas were drafted for these segments.")
    if record["verdict"]["code"] in ("none", "shape"):
        text = "As the segments are constructed, test each idea on a few customers on both sides of a border."
        return Answer(question, "Ideas to test, on zones and not on types.", text)
    each = len({s["idea"] for s in record["segments"]}) == len(record["segments"])
    short = "Ideas to test, one a segment." if each else "Ideas to test."
    return Answer(question, short, "Each is a guess from the numbers: try it on some and keep some out.")


def care(record: Mapping[str, Any]) -> list[str]:
    """Return what to read with care: always something, more with every limit found."""
    return [
        *(c["text"] for c in record["verdict"]["caveats"]),
        *_limits_of_data(record),
        *_limits_of_fit(record),
        "Names and ideas are drafted from the numbers and are yours to edit.",
    ]


def _few_rows(record: Mapping[str, Any]) -> list[str]:
    """Return what the verdict says of too few rows, if anything."""
    return [c["text"] for c in record["verdict"]["caveats"] if c["code"] == "few_rows"]


def _limits_of_data(record: Mapping[str, Any]) -> list[str]:
    said, sample, k = [], record["sample"], len(record["segments"])
    if record["options"]["value"] is None:
        said.append("No value column was named, so nothing here says what a segment is worth.")
    elif not view.has_value(record):
        said.append("Some segments have a negative total, so shares of value are not shown.")
    if sample["rows"] < 30 * k and not _few_rows(record):
        said.append(f"{sample['rows']:,} customers are a small base for {k} segments.")
    if sample["unassigned"]:
        said.append(f"{sample['unassigned']:,} customers lack every column that was used and belong to no segment.")
    warnings = sum(f["level"] == "warning" for f in record["findings"])
    if warnings:
        many = "s" if warnings > 1 else ""
        said.append(f"The data check gave {words.in_words(warnings)} warning{many}, listed under Data.")
    if any(0 < s["size"] < words.SMALLEST_GROUP for s in record["segments"]):
        said.append("Averages of segments with fewer than ten customers are not printed.")
    return said


def _limits_of_fit(record: Mapping[str, Any]) -> list[str]:
    said, stability, step = [], record["stability"], record["model"]["step"]
    if record["verdict"]["code"] is None:
        said.append("Whether there are separate groups at all has not been tested.")
    if step is not None and step > 0.02:
        said.append(f"The full data differ from the sample by up to {words.percent(step)} of a column's range.")
    said += _tentative(record)
    if stability is not None and (stability.get("borderline") or 0) >= 0.1:
        share = words.percent(stability["borderline"])
        said.append(f"{share} of customers are borderline: another sample would move them.")
    if stability is not None and stability.get("several"):
        said.append("Several equally good segmentations exist.")
    return said


def _tentative(record: Mapping[str, Any]) -> list[str]:
    """Return which names most refits would not have given."""
    found = [s for s in record["segments"] if s["tentative"] and not s["given"]]
    tested = [s for s in found if s.get("name_returns") is not None]
    told = [f"{s['letter']} {s['name']} ({words.percent(s['name_returns'])} of refits)" for s in tested]
    rest = [f"{s['letter']} {s['name']}" for s in found if s.get("name_returns") is None]
    untested = [f"Names that no refit has confirmed: {words.joined(rest)}."] if rest else []
    if not told:
        return untested
    few = f"fewer than {words.percent(words.REPEATABLE)} of refits"
    return [f"Tentative names, which {few} give: {words.joined(told)}.", *untested]


def notes(record: Mapping[str, Any]) -> list[str]:
    """Return the sentences that belong beside the verdict: how many segments, and what makes them doubtful."""
    choice, stability, sensitivity = record["choice"], record["stability"], record["sensitivity"]
    asked, supported = choice["asked"], choice["supported"]
    said = [choice["words"]]
    if asked is not None and supported is not None and asked != supported:
        said.append(f"You asked for {asked}; {supported} is supported.")
    if stability is not None and stability["several"]:
        said.append("Several equally good segmentations exist.")
    if sensitivity is not None:
        said += [sensitivity["text"], *(group["text"] for group in sensitivity["rare"])]
    said += _few_rows(record)
    said += _tentative(record)
    return [text for text in said if text]


def trust(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How the verdict was reached, term by term, for the analyst."""
    verdict, choice = record["verdict"], record["choice"]
    if verdict["code"] is None:
        return [("Verdict", "structure not tested yet")]
    said = [("Verdict", f"{view.face(record)[1]} (code {verdict['code']})")]
    said += [("In the literature", str(verdict["term"]))] if verdict["term"] else []
    if verdict["p_structure"] is not None:
        p, gap = verdict["p_structure"], verdict["p_gap"]
        said.append(
            ("Structure against chance", f"{words.p_value(p)} against {verdict['draws']} simulated groupless tables")
        )
        said.append(("Empty borders against chance", words.p_value(gap) if gap is not None else "not reached"))
    if verdict["depth"] is not None:
        null = words.percent(verdict["null_depth"]) if verdict["null_depth"] is not None else ""
        null = f"; a groupless table reaches {null}" if null else ""
        depth = words.percent(max(verdict["depth"], 0))
        said.append(("Gap depth", f"the typical border is {depth} emptier than the cores{null}"))
    if verdict["share"] is not None:
        said.append(("Customers in separate groups", words.percent(verdict["share"])))
    repeated = f"; {verdict['repeated_rows']:,} repeated rows were counted once" if verdict["repeated_rows"] else ""
    if verdict["rows"] is not None:
        said.append(("Tested on", f"{verdict['rows']:,} customers at {verdict['k']} segments{repeated}"))
    if choice["votes"]:
        votes = ", ".join(f"{_VOTES.get(v['rule'], v['rule'])} {v['k']}" for v in choice["votes"] if v["k"] is not None)
        said.append(("Votes for the number", votes))
    if record["stability"] is not None and record["stability"].get("core") is not None:
        s = record["stability"]
        bands = ", ".join(f"{words.percent(s[band])} {band}" for band in ("core", "probable", "borderline"))
        said.append(("Customers", bands))
    return said


def solution(record: Mapping[str, Any]) -> str:
    """How good the fit is, in one sentence."""
    model = record["model"]
    said = []
    if model["explained"] is not None:
        said.append(f"The segments hold {words.percent(model['explained'])} of the spread of the prepared columns")
    if model["hits"] is not None and model["starts"]:
        said.append(f"the best solution was found in {model['hits']} of {model['starts']} starts")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def command(record: Mapping[str, Any]) -> str:
    """Return the command that makes this result again, without any path."""
    options, bought = record["options"], record["sample"].get("purchases")
    parts = ["coterie segment SOURCE", *(_bought(bought) if bought else ())]
    for flag, value in (("--id", None if bought else options["id"]), ("--value", options["value"])):
        parts += [f"{flag} {_quoted(value)}"] if value is not None else []
    for flag, names in (("--features", options["features"]), ("--describe", options["describe"])):
        parts += [f"{flag} {_quoted(','.join(names))}"] if names else []
    parts.append(f"-k {options['k']}")
    defaults = {"max_k": 10, "min_share": 0.03, "effort": "normal", "scale": "auto"}
    for name, default in defaults.items():
        if options[name] is not None and options[name] != default:
            parts.append(f"--{name.replace('_', '-')} {number_text(options[name])}")
    parts.append(f"--seed {options['seed']}")
    lines, current = [], parts[0]
    for part in parts[1:]:
        if len(current) + len(part) > 64:
            lines.append(current + " \\")
            current = "  " + part
        else:
            current += " " + part
    return "\n".join([*lines, current])


def _bought(purchases: Mapping[str, Any]) -> list[str]:
    """Return the flags that read a log of purchases as it was read."""
    named = {role: name for role, name in purchases["columns"].items() if name and role not in purchases["guessed"]}
    flags = ["--transactions", *(f"--{role} {_quoted(name)}" for role, name in named.items())]
    flags += ["--net"] if purchases["net"] else []
    flags += [f"--same-day {purchases['same_day']}"] if purchases["same_day"] != "separate" else []
    if purchases["holdout_from"]:
        return [*flags, f"--holdout-from {purchases['holdout_from']}"]
    return [*flags, f"--as-of {purchases['as_of']}"]


def number_text(value: object) -> str:
    """Return an option's value as it is typed."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _quoted(text: str) -> str:
    safe = all(c.isalnum() or c in "_-.,/" for c in text)
    return text if safe else "'" + text.replace("'", "'\\''") + "'"


def difference(marker: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what a marker is about, its value in original units, and how far that lies from the average."""
    mean, overall = marker["mean"], marker["overall_mean"]
    if mean is None:
        return str(marker["label"]), str(marker["word"]), ""
    if marker["superiority"] is None:
        return (
            words.fact_alone(str(marker["word"])),
            words.percent(mean),
            f"all {words.percent(overall)}" if overall is not None else "",
        )
    scale = max(abs(mean), abs(overall or 0.0))
    away = marker["difference"] if overall is not None and overall > 0 else None
    return str(marker["label"]), words.short_number(mean, scale=scale), words.signed_percent(away)


def told(marker: Mapping[str, Any]) -> str:
    """Return a marker in words: `high income`, `bought long ago`, `mostly married`."""
    is_share = marker["superiority"] is None and marker["mean"] is not None
    return str(marker["word"]) if is_share else words.level(str(marker["word"]), str(marker["label"]))
