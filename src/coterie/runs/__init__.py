"""Run folders: locked, whole or not at all, verified, succeeded.

Its modules, in import order::

    lock             one run at a time in a folder
    manifest         what a run folder must hold
    run_folder       run folders: whole or not at all
    one_file         single files: whole or not at all
    contents         the files of a run folder
    held_out         who is held out of a campaign: a keyed hash decides
    audience_options what an audience is to be
    member_lists     lists of members, as queries
    audience         member lists of segments, and who is held out of them
    changes          who is in another segment than before
    next_run         what the next record takes over from the folder of the one before
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coterie.doors import opened
from coterie.runs.manifest import RunFacts, read_manifest, read_published
from coterie.runs.run_folder import RunFolder, open_run

if TYPE_CHECKING:
    from coterie.runs import audience, changes, contents, manifest, next_run, one_file
    from coterie.runs.audience import Audience, AudienceSegment
    from coterie.runs.audience_options import AudienceOptions, with_options

__all__ = [
    "Audience",
    "AudienceOptions",
    "AudienceSegment",
    "RunFacts",
    "RunFolder",
    "audience",
    "changes",
    "contents",
    "manifest",
    "next_run",
    "one_file",
    "open_run",
    "read_manifest",
    "read_published",
    "with_options",
]

__getattr__, __dir__ = opened(
    __name__,
    {
        "Audience": "audience",
        "AudienceOptions": "audience_options",
        "AudienceSegment": "audience",
        "audience": "audience",
        "changes": "changes",
        "contents": "contents",
        "manifest": "manifest",
        "next_run": "next_run",
        "one_file": "one_file",
        "with_options": "audience_options",
    },
)
