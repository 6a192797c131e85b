"""The result as one typed value: made, saved, loaded, changed by hand.

Its modules, in import order::

    record           the record and its parts
    soundness        whether the parts of a record fit together
    json             the record as JSON, and the way back
    points           the map's points, and the file that holds them
    build            what the stages found becomes one record
    by_hand          names and merges by hand: a record becomes the next one
"""

from coterie.record.build import StageResults, build_record, rebuild_record
from coterie.record.json import dumps, from_json, parse, to_json
from coterie.record.points import Points, points_csv, read_points
from coterie.record.record import FORMAT, Record

__all__ = [
    "FORMAT",
    "Points",
    "Record",
    "StageResults",
    "build_record",
    "by_hand",
    "dumps",
    "from_json",
    "parse",
    "points_csv",
    "read_points",
    "rebuild_record",
    "to_json",
]
