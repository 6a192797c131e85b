"""What hangs together is one group, however often it is cut; what stands apart is seen beside any column."""

from __future__ import annotations

import numpy as np
import pytest

from coterie.cluster import fit
from coterie.evidence import Block, _structure, components, structure
from prepared_tables import QUICK, blobs, columns, keys

THREE = [[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]]


def barriers(X, centers, least=0.0):
    """Return depths and barriers of one solution."""
    label = np.argmin(((X[:, None] - centers) ** 2).sum(axis=2), axis=1).astype(np.int32)
    k, first = np.array([len(centers)]), np.zeros(1, dtype=np.int64)
    depth, between = _structure.barriers(X[None], label[None], centers[None], k, first, least, 1)
    return depth[0], between[0], np.bincount(label, minlength=len(centers)).astype(float)


def test_a_way_leads_along_the_pieces_of_a_group_and_to_no_other():
    r = np.random.default_rng(0)
    bar = np.column_stack([r.uniform(-10, 10, 3000), r.normal(0, 1, 3000)])
    far = np.array([0.0, 12.0]) + r.standard_normal((1000, 2))
    centers = np.array([[-8.0, 0], [-3.0, 0], [3.0, 0], [8.0, 0], [0.0, 12.0]])
    depth, between, sizes = barriers(np.concatenate([bar, far]), centers)
    assert between[0, 3] <= 0.3  # from end to end by way of the middle
    assert between[:4, 4].min() >= 0.9
    found = components.join(between, sizes, centers)
    assert found.of == (0, 0, 0, 0, 1)
    assert (found.count, found.share) == (2, 1.0)
    assert found.depths[0] == found.depths[1] >= 0.9
    assert found.clear >= 0.9
    assert depth[0] <= 0.3


def test_no_way_leads_through_what_is_too_small_to_be_measured():
    r = np.random.default_rng(1)
    X = np.concatenate([np.array([x, 0.0]) + r.standard_normal((n, 2)) for x, n in ((0, 500), (5, 10), (10, 490))])
    centers = np.array([[0.0, 0.0], [5.0, 0.0], [10.0, 0.0]])
    _, between, sizes = barriers(X, centers, components.SMALL)
    assert between[1].tolist() == [1.0, 0.0, 1.0]
    assert between[0, 2] >= 0.9
    found = components.join(between, sizes, centers)
    assert (found.of, round(found.share, 2)) == ((0, -1, 1), 0.99)


def test_separation_is_that_of_two_customers_and_counts_from_a_quarter_on():
    between = np.array([[[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.25], [0.25, 0.0]], [[0.0, 0.625], [0.625, 0.0]]])
    sizes = np.array([[50.0, 50.0]] * 3)
    assert components.separation(between, sizes).tolist() == [0.5, 0.0, 0.25]
    assert components.separation(between[:1], np.array([[99.0, 1.0]])).tolist() == [0.0]


def test_the_first_number_that_shows_nearly_all_is_taken():
    assert components.find_first(np.array([0.1, 0.46, 0.5, 0.48])) == 1
    assert components.find_first(np.array([-0.1, 0.0, -0.2])) == 2


@pytest.mark.parametrize("share", [0.5, 0.3, 0.1])
def test_groups_are_seen_beside_a_column_that_has_nothing_to_do_with_them(share):
    X = blobs(600, THREE, seed=3) / 6
    member = (np.random.default_rng(4).random(600) < share).astype(float)
    Z = np.column_stack([X, member * X.std() / max(member.std(), 0.01)])
    found = structure.examine(Z, [*columns(2), Block("member", "binary", 2, 3)], keys(600), QUICK)
    assert found is not None
    assert found.code in ("partly", "natural")
    assert found.components is not None
    assert found.components.count == 3


def test_borders_of_what_is_shown_are_those_between_groups():
    X = blobs(900, THREE, seed=5)
    centers = fit(X, 3, seed=0).centers
    shown = np.vstack([centers, centers[0] + np.array([0.8, 0.0])])
    found = structure.measure_borders(X, shown, keys(900))
    assert found.groups[0] == found.groups[3]
    assert len(set(found.groups)) == 3
    assert min(found.depths) >= 0.9
    cloud = structure.measure_borders(blobs(900, [[0.0, 0.0]]), shown / 6, keys(900))
    assert set(cloud.groups) == {1}
    assert max(cloud.depths) < 0.5
