"""What runs now, as one line of a terminal or a notebook."""

from __future__ import annotations

from coterie import words
from coterie.doors import frozen
from coterie.report.cells import cut, draw_bar, width_of

_BAR, _GAP = 16, "  "


@frozen
class Doing:
    """What runs now, and how far it is.

    ``what`` is the part of the stage, ``done`` of ``total`` its steps; ``share`` of ``rows`` rows are through.
    """

    stage: str
    what: str = ""
    done: int = 0
    total: int = 0
    share: float | None = None
    rows: int | None = None


def draw(doing: Doing, seconds: float, width: int, *, here: float = 0.0) -> str:
    """Return the line, which fits the width.

    What there is no room for is left out: the bar first, then the speed, the count, and what of the stage runs.

    Parameters
    ----------
    seconds : since the work began.
    here : seconds since the rows began to pass.

    >>> draw(Doing("decide", "resamples", 5, 20), 3.21, 60)
    'decide  resamples  ████              5 of 20  3.2 s'
    >>> draw(Doing("read", share=0.5, rows=4_000_000), 2.0, 60, here=2.0)
    'read  ████████          50%  1M rows/s  2.0 s'
    >>> draw(Doing("read", share=0.5, rows=4_000_000), 2.0, 24, here=2.0)
    'read  50%  2.0 s'
    """
    part = doing.done / doing.total if doing.total else doing.share
    count = f"{doing.done:,} of {doing.total:,}" if doing.total else "" if part is None else words.percent(part)
    speed = doing.share * doing.rows / here if doing.share and doing.rows and here else 0.0
    optional = {
        "what": doing.what,
        "bar": "" if part is None else draw_bar(part, _BAR),
        "count": count,
        "speed": f"{words.short_number(float(f'{speed:.2g}'))} rows/s" if speed >= 1 else "",
    }
    said = [doing.stage, *optional.values(), f"{seconds:.1f} s"]
    for name in ("bar", "speed", "count", "what"):
        if width_of(_GAP.join(filter(None, said))) <= width:
            break
        said.remove(optional[name])
    return cut(_GAP.join(filter(None, said)), width)
