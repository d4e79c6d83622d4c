"""Any slice, any order, any number of workers: the same bytes."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from menus.engine import MergeError, ProjectionChunk, merge, prepare, project

from .scenarios import people, scenario

PREPARED = {name: prepare(scenario(name, n_paths=100)) for name in ("calendar", "both")}
GROUP = people(10)


@pytest.mark.parametrize("name", PREPARED)
@settings(max_examples=12, deadline=None)
@given(cuts=st.sets(st.integers(1, 9), max_size=5), order=st.randoms(use_true_random=False))
def test_any_chunking_in_any_order_gives_the_same_bytes(name, cuts, order):
    whole = project(PREPARED[name], GROUP)
    edges = [0, *sorted(cuts), len(GROUP)]
    parts = [project(PREPARED[name], GROUP.take(slice(a, b))) for a, b in pairwise(edges)]
    order.shuffle(parts)
    stored = [ProjectionChunk.from_bytes(part.to_bytes()) for part in parts]

    assert merge(stored).to_bytes() == whole.to_bytes()
    assert merge(stored).digest == whole.digest


def test_merging_step_by_step_gives_the_same_bytes():
    parts = [project(PREPARED["both"], GROUP.take(slice(k, k + 2))) for k in range(0, 10, 2)]
    stepwise = parts[0]
    for part in parts[1:]:
        stepwise = merge([part, stepwise])
    assert stepwise.to_bytes() == merge(parts).to_bytes()


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_does_not_show(workers):
    assert project(PREPARED["both"], GROUP, workers=workers).digest == project(PREPARED["both"], GROUP).digest


def test_same_seed_same_bytes_and_another_seed_others():
    again = prepare(scenario("calendar", n_paths=100))
    other = prepare(scenario("calendar", n_paths=100, seed=8))

    assert project(again, GROUP).to_bytes() == project(PREPARED["calendar"], GROUP).to_bytes()
    assert not np.array_equal(project(other, GROUP).rows["balance"], project(again, GROUP).rows["balance"])


def test_a_participants_row_does_not_depend_on_the_others():
    whole = project(PREPARED["both"], GROUP)
    alone = project(PREPARED["both"], GROUP.take([4]))
    at = int(np.flatnonzero(whole.rows["key"] == GROUP.keys[4])[0])

    assert {name: rows[at].tolist() for name, rows in whole.rows.items()} == {
        name: rows[0].tolist() for name, rows in alone.rows.items()
    }


def test_chunks_of_different_runs_do_not_merge():
    parts = [project(PREPARED[name], GROUP.take([k])) for k, name in enumerate(PREPARED)]
    with pytest.raises(MergeError, match="different runs"):
        merge(parts)


def test_a_participant_may_not_occur_twice():
    part = project(PREPARED["calendar"], GROUP.take([0, 1]))
    with pytest.raises(MergeError, match="occurs in two"):
        merge([part, part])


def test_nothing_to_merge_is_said():
    with pytest.raises(MergeError, match="nothing to merge"):
        merge([])


def test_a_changed_figure_changes_the_digest():
    chunk = project(PREPARED["calendar"], GROUP)
    before = chunk.digest
    chunk.rows["balance"][0, 0, 0] += 1
    assert chunk.digest != before
