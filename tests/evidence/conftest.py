"""Three clear groups and the evidence about them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from coterie.evidence import Evidence
from prepared_tables import blobs, weigh


@pytest.fixture(scope="session")
def table() -> NDArray[np.float64]:
    return blobs(500, [[0, 0, 0], [6, 0, 0], [0, 6, 0]])


@pytest.fixture(scope="session")
def weighed(table: NDArray[np.float64]) -> Evidence:
    return weigh(table)
