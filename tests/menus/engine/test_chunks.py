"""Any slice, any order, any number of workers, with tables or without: the same bytes."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from menus.engine import MergeError, People, ProjectionChunk, Tables, evaluate, merge, prepare, project
from menus.engine.exposure import takers
from menus.engine.mixes import Mixes, sort_by_mix
from menus.engine.tables import tabulate

from .generated import groups, kept
from .scenarios import FIRST_AGE, people, scenario

NAMES = ("calendar", "both")
GROUP = people(24)


@cache
def tables_of(name: str) -> Tables:
    """Tables for every second mix of the group; in it are people whom limits stop, and some without a table."""
    return made_tables(name, GROUP)


def made_tables(name: str, group: People) -> Tables:
    prepared = kept(name, ladder=False)
    mixes, everyone = sort_by_mix(group, takers(prepared, group))
    chosen = ~mixes.takes_up & (np.arange(len(mixes)) % 2 == 0)
    place = np.cumsum(chosen) - 1
    everyone = everyone.take(chosen[everyone.mix])
    some = Mixes(mixes.opening[chosen], mixes.elections[chosen], mixes.takes_up[chosen])
    return tabulate(prepared, some, replace(everyone, mix=place[everyone.mix]), times=1e6)


def projected(name, group, with_tables, **how) -> ProjectionChunk:
    return project(kept(name, ladder=False), group, tables=tables_of(name) if with_tables else None, **how)


@cache
def whole_of(name, with_tables) -> ProjectionChunk:
    return projected(name, GROUP, with_tables)


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    with_tables=st.booleans(),
    cuts=st.sets(st.integers(1, 23), max_size=4),
    order=st.permutations(range(24)),
    shuffled=st.randoms(use_true_random=False),
    workers=st.integers(1, 3),
)
def test_any_chunking_in_any_order_gives_the_same_bytes(name, with_tables, cuts, order, shuffled, workers):
    edges, group = [0, *sorted(cuts), len(GROUP)], GROUP.take(list(order))
    parts = [
        projected(name, group.take(slice(a, b)), with_tables, workers=workers) for a, b in pairwise(edges)
    ]
    shuffled.shuffle(parts)
    stored = [ProjectionChunk.from_bytes(part.to_bytes()) for part in parts]

    assert merge(stored).to_bytes() == whole_of(name, with_tables).to_bytes()
    assert merge(stored).digest == whole_of(name, with_tables).digest


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(NAMES), group=groups(6, FIRST_AGE, 70), workers=st.integers(1, 3))
def test_a_part_written_and_read_back_is_the_same(name, group, workers):
    part = projected(name, group, False, workers=workers)
    again = ProjectionChunk.from_bytes(part.to_bytes())

    assert again.manifest == part.manifest
    for kind in ("sums", "peaks"):
        before, after = getattr(part, kind), getattr(again, kind)
        assert before.keys() == after.keys()
        for key, array in before.items():
            np.testing.assert_array_equal(after[key], array, key)
            assert after[key].dtype == array.dtype
    assert again.digest == part.digest


def test_merging_step_by_step_gives_the_same_bytes():
    parts = [projected("both", GROUP.take(slice(k, k + 2)), False) for k in range(0, 24, 2)]
    stepwise = parts[0]
    for part in parts[1:]:
        stepwise = merge([part, stepwise])
    assert stepwise.to_bytes() == merge(parts).to_bytes()


def test_same_seed_same_bytes_and_another_seed_others():
    again = prepare(scenario("calendar", n_paths=100, ladder=()))
    other = prepare(scenario("calendar", n_paths=100, seed=8, ladder=()))

    assert project(again, GROUP).to_bytes() == whole_of("calendar", False).to_bytes()
    assert not np.array_equal(evaluate(other, GROUP)["balance"], evaluate(again, GROUP)["balance"])


@settings(max_examples=10, deadline=None)
@given(name=st.sampled_from(NAMES), order=st.permutations(range(24)))
def test_tables_made_again_give_the_same_bytes_in_any_order_of_people(name, order):
    again = made_tables(name, GROUP.take(list(order)))

    assert project(again.prepared, GROUP, tables=again).to_bytes() == whole_of(name, True).to_bytes()


def test_some_of_the_group_are_read_off_tables_and_some_are_not():
    """Else the tests above would say nothing about one of the two ways."""
    for name in NAMES:
        exact, read = (
            evaluate(kept(name, ladder=False), GROUP, tables=t)["balance"] for t in (None, tables_of(name))
        )
        same = (exact == read).all(axis=(1, 2))
        assert 4 < same.sum() < 20


@settings(max_examples=100, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    with_tables=st.booleans(),
    rows=st.lists(st.integers(0, 23), min_size=1, unique=True),
)
def test_a_participants_row_does_not_depend_on_the_others(name, with_tables, rows):
    tables = tables_of(name) if with_tables else None
    alone = evaluate(kept(name, ladder=False), GROUP.take(rows), tables=tables)
    for figure, values in all_rows(name, with_tables).items():
        np.testing.assert_array_equal(alone[figure], values[rows], figure)


@cache
def all_rows(name, with_tables):
    return evaluate(kept(name, ladder=False), GROUP, tables=tables_of(name) if with_tables else None)


def test_chunks_of_different_runs_do_not_merge():
    parts = [projected(name, GROUP.take([k]), False) for k, name in enumerate(NAMES)]
    with pytest.raises(MergeError, match="different runs"):
        merge(parts)


def test_parts_read_off_tables_do_not_merge_with_exact_ones():
    with pytest.raises(MergeError, match="different runs"):
        merge([whole_of("calendar", True), whole_of("calendar", False)])


def test_nothing_to_merge_is_said():
    with pytest.raises(MergeError, match="nothing to merge"):
        merge([])


@pytest.mark.parametrize("kind", ["sums", "peaks"])
def test_any_changed_figure_changes_the_digest(kind):
    chunk = projected("both", GROUP, False)
    before = chunk.digest
    for array in getattr(chunk, kind).values():
        array.flat[-1] += 1
        assert chunk.digest != before
        array.flat[-1] -= 1
    assert chunk.digest == before
