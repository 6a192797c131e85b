"""The command that makes a result again."""

from __future__ import annotations

from coterie.record import CleanRecord, PurchaseFacts


def write_command(record: CleanRecord) -> str:
    """Return the command that makes this result, without paths."""
    options, bought = record.options, record.sample.purchases
    usual = type(options)()
    if record.lineage.renewal is not None:
        return f"coterie refresh RUN SOURCE -k {options.k}"
    parts = ["coterie segment SOURCE", *(_bought(bought) if bought else ())]
    for flag, value in (("--id", None if bought else options.id), ("--value", options.value)):
        parts += [f"{flag} {_quoted(value)}"] if value is not None else []
    for flag, names in (
        ("--features", options.features),
        ("--describe", options.describe),
        ("--exclude", options.exclude),
    ):
        parts += [f"{flag} {_quoted(','.join(names))}"] if names else []
    parts += [f"--time-zone {record.time_zone}"] if record.time_zone is not None else []
    parts += [f"--missing {_quoted(entry)}" for entry in options.missing]
    parts += [f"--label {_quoted(f'{column}={text}')}" for column, text in options.labels]
    parts += [f"--currency {options.currency}"] if options.currency is not None else []
    parts.append(f"-k {options.k}")
    parts += [f"--max-k {options.max_k}"] if options.max_k != usual.max_k else []
    parts += [f"--min-share {options.min_share:g}"] if options.min_share != usual.min_share else []
    parts += [f"--effort {options.effort}"] if options.effort != usual.effort else []
    parts += [f"--scale {options.scale}"] if options.scale != usual.scale else []
    parts += ["--rows-are-customers"] if options.rows_are_customers else []
    parts.append(f"--seed {options.seed}")
    lines, current = [], parts[0]
    for part in parts[1:]:
        if len(current) + len(part) > 64:
            lines.append(current + " \\")
            current = "  " + part
        else:
            current += " " + part
    return "\n".join([*lines, current])


def inside_command(record: CleanRecord) -> str:
    """Return the command that looks inside what single conditions split; "" where nothing asks for it.

    It is asked for where they explain all that stands apart, or where nothing shows the groups that they cut.
    """
    verdict, choice = record.verdict, record.choice
    hidden = verdict.kept_apart is False and choice.k == choice.supported and bool(verdict.splits)
    if not (verdict.set_aside or hidden):
        return ""
    names = dict.fromkeys([*record.options.exclude, *(split.column for split in record.verdict.splits)])
    kind = " --transactions" if record.sample.purchases else ""
    return f"coterie segment SOURCE{kind} --exclude {_quoted(','.join(names))}"


def _bought(purchases: PurchaseFacts) -> list[str]:
    """Return the flags that read purchases as they were read."""
    named = {role: name for role, name in purchases.columns.items() if name and role not in purchases.guessed}
    flags = ["--transactions", *(f"--{role} {_quoted(name)}" for role, name in named.items())]
    flags += ["--net"] if purchases.net else []
    flags += [f"--same-day {purchases.same_day}"] if purchases.same_day != "separate" else []
    if purchases.holdout_from:
        return [*flags, f"--holdout-from {purchases.holdout_from}"]
    return [*flags, f"--as-of {purchases.as_of}"]


def _quoted(text: str) -> str:
    safe = all(c.isalnum() or c in "_-.,/" for c in text)
    return text if safe else "'" + text.replace("'", "'\\''") + "'"
