"""The name of a table is one identifier or several."""

from __future__ import annotations

import pytest

from coterie.errors import InputError
from coterie.scoring.place import parts_of


def test_a_point_separates_identifiers_unless_it_is_quoted() -> None:
    assert parts_of("customers", "--table") == ("customers",)
    assert parts_of("lake.crm.customers", "--table") == ("customers", "crm", "lake")
    assert parts_of('"a.b".c', "--table") == ("c", "a.b")
    assert parts_of('"say ""hi"""', "--table") == ('say "hi"',)


@pytest.mark.parametrize("name", ["", " ", ".", "a.", ".a", "a..b", '"a', 'a"b', '"a"b', "a.b.c.d", '""', "a\0b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="`view` cannot be"):
        parts_of(name, "--view")
