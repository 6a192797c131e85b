"""What the tests of the portrait share: the tutorial's four segments."""

from __future__ import annotations

import pandas as pd
import pytest

from coterie import simulate
from coterie.segmentation import Segmentation
from coterie.segmentation.stages import segment


@pytest.fixture(scope="package")
def tutorial() -> Segmentation:
    return segment(pd.DataFrame(simulate.tutorial()), k=4, effort="quick")
