"""Options: flags > environment > coterie.toml > defaults; what is unknown or wrong is an error with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from coterie import options as config
from coterie.errors import InputError


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "coterie.toml"


def test_the_strongest_voice_wins(toml: Path) -> None:
    toml.write_text('k = 3\nseed = 1\nvalue = "revenue"\n')
    found = config.settings({"k": 5, "seed": None}, {"COTERIE_SEED": "2", "HOME": "/"}, toml)
    assert found == {"k": 5, "seed": 2, "value": "revenue"}


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
    ],
)
def test_a_wrong_file_is_refused_with_its_name(toml: Path, text: str, told: str) -> None:
    toml.write_text(text)
    with pytest.raises(InputError, match=told) as refused:
        config.settings({}, {}, toml)
    assert toml.name in str(refused.value)


def test_an_unknown_variable_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InputError) as refused:
        config.settings({}, {"COTERIE_MAXK": "4"}, None)
    assert "COTERIE_MAXK" in str(refused.value)
    assert "'max_k'" in str(refused.value)


def test_lists_and_switches_are_read_from_the_environment() -> None:
    found = config.settings({}, {"COTERIE_FEATURES": "a, b", "COTERIE_OVERWRITE": "yes"}, None)
    assert found == {"features": ["a", "b"], "overwrite": True}


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
        config.Options(**wrong)  # type: ignore[arg-type]


def test_options_come_back_from_a_record() -> None:
    options = config.Options(id="c", features=("a", "b"), k=4)
    assert config.from_record(config.to_record(options)) == options
