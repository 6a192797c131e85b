"""The command line: one short function a verb.

Its modules, in import order::

    console          what a verb says while it works
    flags            flags that several verbs share, and what they mean
    group            the group of verbs: wrong usage, errors, interruptions
    data             verbs about data: check, rule
    by_hand          verbs for a finished run: examples, names, merges
    verbs            the verbs
"""

from coterie.cli.group import Interrupted, fail
from coterie.cli.verbs import cli

__all__ = ["Interrupted", "cli", "fail"]
