"""coterie: customer segments that a business can trust, name and act on."""

from __future__ import annotations

import importlib

from coterie.doors import TYPE_CHECKING, opened

if TYPE_CHECKING:
    from typing import Any

    from coterie.engines import connect
    from coterie.errors import CoterieError
    from coterie.purchases import customers
    from coterie.segmentation.campaign import lift
    from coterie.segmentation.checking import check
    from coterie.segmentation.comparison import compare
    from coterie.segmentation.estimator import Segmenter
    from coterie.segmentation.loaded import load
    from coterie.segmentation.renewal import refresh
    from coterie.segmentation.segmentation import Segmentation
    from coterie.segmentation.stages import segment

__all__ = [
    "CoterieError", "Segmentation", "Segmenter", "check", "compare", "connect", "customers", "lift", "load", "refresh",
    "segment",
]  # fmt: skip

# Each public name and the module that has it: `import coterie` alone costs next to nothing.
_get, _ = opened(
    __name__,
    {
        "CoterieError": "errors",
        "Segmentation": "segmentation.segmentation",
        "Segmenter": "segmentation.estimator",
        "check": "segmentation.checking",
        "compare": "segmentation.comparison",
        "connect": "engines",
        "customers": "purchases",
        "lift": "segmentation.campaign",
        "load": "segmentation.loaded",
        "refresh": "segmentation.renewal",
        "segment": "segmentation.stages",
    },
)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("coterie")
    return _get(name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
