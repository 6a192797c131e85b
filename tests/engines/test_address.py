"""The address of a database: its parts, and no password where it is shown."""

from __future__ import annotations

import pytest

from coterie.engines.address import Address
from coterie.errors import InputError


@pytest.mark.parametrize(
    ("text", "shown", "place", "database"),
    [
        (
            "postgresql://ann:s3cret@db.example:6543/shop",
            "postgresql://ann@db.example:6543/shop",
            "db.example:6543",
            "shop",
        ),
        ("postgres://db.example/a%20b", "postgres://db.example/a%20b", "db.example:5432", "a b"),
        ("POSTGRESQL://ann@[::1]:5/x", "postgresql://ann@[::1]:5/x", "[::1]:5", "x"),
        ("postgresql:///shop", "postgresql:///shop", "localhost:5432", "shop"),
        (
            "postgresql://h/x?sslmode=require&password=s3cret",
            "postgresql://h/x?sslmode=require",
            "h:5432",
            "x",
        ),
        ("sc://spark.example", "sc://spark.example", "spark.example:15002", ""),
        ("sc://h:443/;use_ssl=true;token=s3cret", "sc://h:443/;use_ssl=true", "h:443", ""),
        ("local[*]", "local[*]", "local[*]", ""),
    ],
)
def test_an_address_is_cut_into_its_parts(text: str, shown: str, place: str, database: str) -> None:
    found = Address.of(text)
    assert found is not None
    assert (found.shown, found.place, found.database) == (shown, place, database)
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    "text", ["customers.csv", "postgresql", "/postgresql://x", "s3://b/postgresql://", "local", "local[a].csv"]
)
def test_what_does_not_begin_as_one_is_none(text: str) -> None:
    assert Address.of(text) is None


@pytest.mark.parametrize("text", ["sc://", "sc://:15002", "sc://host:port"])
def test_a_server_of_spark_has_a_host_and_a_port(text: str) -> None:
    with pytest.raises(InputError, match="no host and port"):
        Address.of(text)


def test_a_wrong_one_is_refused_without_its_password() -> None:
    with pytest.raises(InputError) as refused:
        Address.of("postgresql://ann:s3cret@host:port/x")
    assert "s3cret" not in str(refused.value)


def test_a_drivers_words_lose_the_password_as_it_is_and_as_it_is_written() -> None:
    found = Address.of("postgresql://ann:s3%2Fcret@h/x")
    assert found is not None
    assert found.without_secrets("bad s3/cret in ann:s3%2Fcret@h") == "bad … in ann:…@h"
