"""Options: flags > environment > coterie.toml > defaults; what is unknown or wrong is an error with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coterie.errors import InputError
from coterie.options import Options, Settings, read_settings, split_labels, with_changes
from coterie.segmentation.checking import check


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "coterie.toml"


def test_the_strongest_voice_wins(toml: Path) -> None:
    toml.write_text('k = 3\nseed = 1\nvalue = "revenue"\n')
    found = read_settings({"k": 5, "seed": None}, {"COTERIE_SEED": "2", "HOME": "/"}, toml)
    assert found == Settings(k=5, seed=2, value="revenue")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kk = 5", "'kk'"),
        ('k = "five"', "-k|k cannot be 'five'"),
        ("seed = 1.5", "seed cannot be '1.5'"),
        ("k = = 5", "not valid TOML"),
        ("k = 4\nk = 5", "not valid TOML"),
        ("[weights]\nage = nan", "'weights'"),
        ("features = [1, 2]", "features cannot be"),
        ("overwrite = 1", "overwrite cannot be '1'"),
        ('input = "a\\u0000b.csv"', "without NUL"),
        ('features = ["a\\u0000b"]', "without NUL"),
        ("min_share = " + "9" * 400, "min_share cannot be"),
        ("k = " + "[" * 20_000, "not valid TOML"),
        ("# much\n" * 200_000, "larger than 1 MB"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name(toml: Path, text: str, told: str) -> None:
    toml.write_text(text)
    with pytest.raises(InputError, match=told) as refused:
        read_settings({}, {}, toml)
    assert toml.name in str(refused.value)


def test_an_unknown_variable_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InputError) as refused:
        read_settings({}, {"COTERIE_MAXK": "4"}, None)
    assert "COTERIE_MAXK" in str(refused.value)
    assert "'max_k'" in str(refused.value)


def test_lists_and_switches_are_read_from_the_environment() -> None:
    found = read_settings({}, {"COTERIE_FEATURES": "a, b", "COTERIE_OVERWRITE": "yes"}, None)
    assert found == Settings(features=("a", "b"), overwrite=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 1}, {"k": 0}, {"k": -3}, {"k": "five"}, {"k": True}, {"max_k": 1}, {"min_share": 0.9},
        {"min_share": float("nan")}, {"seed": -1}, {"seed": 1.5}, {"effort": "hard"}, {"scale": "minmax"},
        {"features": ()}, {"features": ("a",), "describe": ("a",)},
    ],
)  # fmt: skip
def test_options_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="cannot be"):
        Options(**wrong)  # type: ignore[arg-type]


def test_options_by_name_win_and_unknown_ones_are_refused() -> None:
    start = Options(id="c", k=4)
    assert with_changes({"features": ["a", "b"], "k": 3}, "here", start) == Options(id="c", features=("a", "b"), k=3)
    with pytest.raises(InputError, match="Unknown option 'kk'") as refused:
        with_changes({"kk": 3}, "coterie.segment")  # type: ignore[typeddict-unknown-key]
    assert "coterie.segment" in str(refused.value)


def test_one_of_a_few_words_is_checked_where_it_stands(toml: Path) -> None:
    toml.write_text('fail_under = "strong"\n')
    with pytest.raises(InputError, match="fail_under cannot be 'strong'") as refused:
        read_settings({}, {}, toml)
    assert "none, shape, overlapping, partly, natural" in refused.value.do
    with pytest.raises(InputError, match="COTERIE_ON_BAD_ROWS"):
        read_settings({}, {"COTERIE_ON_BAD_ROWS": "drop"}, None)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("k", "auto", "auto"), ("k", "5", 5), ("min_share", "0.1", 0.1), ("threads", "2", 2), ("net", "no", False)],
)
def test_a_variable_is_read_as_its_type(name: str, text: str, value: object) -> None:
    assert getattr(read_settings({}, {f"COTERIE_{name.upper()}": text}, None), name) == value


@pytest.mark.parametrize(
    ("name", "text"), [("seed", "1.5"), ("min_share", "nan"), ("overwrite", "maybe"), ("k", "few")]
)
def test_a_variable_of_another_type_is_refused_with_its_name(name: str, text: str) -> None:
    with pytest.raises(InputError, match=f"{name} cannot be '{text}'.*COTERIE_{name.upper()}"):
        read_settings({}, {f"COTERIE_{name.upper()}": text}, None)


def test_one_name_may_stand_where_several_may() -> None:
    for names in ("features", "describe", "exclude"):
        for given in ("Age", ["Age"], ("Age",), np.array(["Age"]), {"Age": 1}.keys()):
            assert getattr(with_changes({names: given}, "here"), names) == ("Age",)  # type: ignore[misc]
    assert Options(features="Age").features == ("Age",)  # type: ignore[arg-type]
    assert with_changes({"features": [0, 1]}, "here").features == ("0", "1")  # type: ignore[list-item]
    assert Options(missing=("98",)) == with_changes({"missing": 98}, "here")


def test_one_code_may_stand_where_several_may() -> None:
    frame = {"income": [1.0, 2.0, 900.0] * 40, "age": [1.0, 200.0, 30.0] * 40}
    every = {f.code for f in check(frame).findings}
    assert {f.code for f in check(frame, select="COT111").findings} == {"COT111"}
    assert {f.code for f in check(frame, ignore="COT111").findings} == every - {"COT111"}


def test_labels_come_from_flags_a_table_of_the_file_and_python(tmp_path: Path) -> None:
    path = tmp_path / "coterie.toml"
    path.write_text('[labels]\nMntWines = "spend on wine"\n')
    assert read_settings({}, {}, path).labels == {"MntWines": "spend on wine"}
    assert split_labels(["a=b", "c d= e "]) == {"a": "b", "c d": "e"}
    assert with_changes({"labels": {"a": "b"}}, "here").labels == (("a", "b"),)
    path.write_text("[labels]\nMntWines = 3\n")
    with pytest.raises(InputError):
        read_settings({}, {}, path)


@pytest.mark.parametrize("currency", ["eur", "EURO", "€", ""])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(InputError):
        Options(currency=currency)
