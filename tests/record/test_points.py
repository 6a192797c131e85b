"""The map's points, in a file and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from coterie import errors
from coterie.record import Points, read_points


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "x,y,segment\n1,zwei,3\n", "x,y,segment\n1,2\n", ""])
def test_points_of_another_shape_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(content)
    with pytest.raises(errors.FormatError, match="points"):
        read_points(path)


def test_points_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,y,segment\n1.5,2.0,3\n-1,0.25,1\n")
    assert read_points(path) == Points([1.5, -1.0], [2.0, 0.25], [3, 1])
