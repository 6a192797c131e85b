"""The public surface: exactly these names, with exactly these signatures."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable

import pytest

import coterie

SIGNATURES = {
    "connect": (
        "(url: 'str | None' = None, *, threads: 'int | None' = None, memory: 'str | None' = None, "
        "temp_dir: 'Path | None' = None) -> 'Engine'"
    ),
    "lift": (
        "(campaign: 'Audience | str | os.PathLike[str]', results: 'Any', *, outcome: 'str | None' = None, "
        "id: 'str | None' = None, only_listed: 'bool' = False, reading: 'Reading | None' = None, "
        "engine: 'Engine | None' = None) -> 'Lift'"
    ),
    "load": "(run: 'str | os.PathLike[str]') -> 'Segmentation'",
}
COLUMNS = (
    "table: 'str' = Ellipsis, query: 'str' = Ellipsis, id: 'str | None' = None, "
    "features: 'str | Sequence[str] | None' = None, describe: 'str | Sequence[str]' = (), "
    "exclude: 'str | Sequence[str]' = (), missing: 'MissingValues' = (), value: 'str | None' = None, "
    "rows_are_customers: 'bool' = False, labels: 'Mapping[str, str]' = ()"
)
EFFORT, SCALE, K = "Literal['quick', 'normal', 'thorough']", "Literal['auto', 'z', 'none']", "int | Literal['auto']"
SIGNATURES |= {
    "check": (
        "(source: 'Any', options: 'Options | None' = None, *, reading: 'Reading | None' = None, "
        "engine: 'Engine | None' = None, select: 'str | Sequence[str]' = (), ignore: 'str | Sequence[str]' = (), "
        f"examples: 'bool' = False, {COLUMNS}) -> 'Checked'"
    ),
    "segment": (
        "(source: 'Any', options: 'Options | None' = None, *, reading: 'Reading | None' = None, "
        "engine: 'Engine | None' = None, progress: 'Progress | Stages | None' = None, "
        "purchases: 'CustomerBase | Purchases | PurchaseOptions | None' = None, "
        f"rfm: 'RfmRules | RfmOptions | None' = None, {COLUMNS}, k: {K} = 'auto', max_k: 'int' = 10, "
        f"min_share: 'float' = 0.03, seed: 'int' = 0, effort: {EFFORT} = 'normal', scale: {SCALE} = 'auto', "
        "allow_duplicate_ids: 'bool' = False, currency: 'str | None' = None) -> 'Segmentation'"
    ),
}


def test_the_public_names_are_there_and_documented() -> None:
    assert {"CoterieError", "Segmentation", "connect", "load", "segment"} <= set(coterie.__all__)
    assert list(coterie.__all__) == sorted(coterie.__all__)
    for name in coterie.__all__:
        assert (getattr(coterie, name).__doc__ or "").strip()


def test_signatures_do_not_change_by_accident() -> None:
    for name, wanted in SIGNATURES.items():
        told = str(inspect.signature(getattr(coterie, name)))
        assert told.replace("Union[int, Literal['auto']]", K) == wanted  # which Pythons write in two ways


@pytest.mark.parametrize("function", [coterie.segment, coterie.check, coterie.customers, coterie.Segmentation.audience])
def test_every_argument_is_written_out_with_its_type(function: Callable[..., object]) -> None:
    parameters = inspect.signature(function).parameters.values()
    assert not [p.name for p in parameters if p.kind is p.VAR_KEYWORD]
    assert not [p.name for p in parameters if p.annotation is p.empty and p.name != "self"]


def test_importing_coterie_costs_next_to_nothing() -> None:
    code = (
        "import coterie, sys; print([m for m in ('numpy', 'duckdb', 'sqlglot', 'jinja2', 'rich') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom coterie.__main__ import _run\ntry:\n _run(['--help'])\nfinally:\n"
        " print([m for m in ('numpy', 'duckdb', 'sqlglot', 'jinja2', 'narwhals') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.endswith("[]\n")


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(coterie, "cluster_customers")
    assert "segment" in dir(coterie)
