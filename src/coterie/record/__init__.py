"""The result as one typed value: made, saved, loaded, changed by hand.

Its modules, in import order::

    json             the record as JSON, and the way back
    points           the map's points, and the file that holds them
    build            what the stages found becomes one record
    by_hand          names and merges by hand: a record becomes the next one
"""

from coterie.record.build import Worked
from coterie.record.json import Record
from coterie.record.points import Points, points_csv, read_points

__all__ = ["Points", "Record", "Worked", "build", "by_hand", "json", "points_csv", "read_points"]
