"""The command line: one short function a verb.

A verb reads the options, calls the library and shows the result. Its modules, in import order::

    console          what a verb says while it works
    flags            flags that several verbs share, and the values that settings become
    group            the group of verbs, and how a function becomes one
    results          where a verb's result goes
    findings_text    findings and their codes, as people and programs read them
    data             verbs about data: check, rule
    warehouse        verbs that take a run to where customers are: sql, typing
    by_hand          verbs for a finished run: examples, why, name, merge
    verbs            the verbs that make a result, use it and check it
    months           verbs for the months after: refresh, compare
    campaign_text    an audience as lines of a terminal
    campaigns        verbs for campaigns: audience, lift
"""

import click

from coterie.cli.group import Interrupted, Listed, Verbs, fail

__all__ = ["Interrupted", "cli", "fail"]

# Each verb and the module that has it: one that runs imports no other.
VERBS = {
    **dict.fromkeys(("segment", "demo", "customers", "assign", "report", "verify"), "verbs"),
    **dict.fromkeys(("sql", "typing"), "warehouse"),
    **dict.fromkeys(("refresh", "compare"), "months"),
    **dict.fromkeys(("audience", "lift"), "campaigns"),
    **dict.fromkeys(("check", "rule"), "data"),
    **dict.fromkeys(("examples", "why", "name", "merge"), "by_hand"),
}


@click.group(cls=Verbs, commands=Listed(__name__, VERBS), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="coterie", prog_name="coterie")
def cli() -> None:
    """Customer segments that a business can trust, name and act on."""
