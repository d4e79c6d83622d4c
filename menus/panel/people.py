"""The census snapshot as the engine's people: vectorised, with everyone who is left out counted and said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from menus.engine import People
from menus.engine.inputs import OLDEST, YOUNGEST
from sponsors.census.snapshot import CensusSnapshotArrays
from sponsors.dates import completed_years_each

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Panel:
    """The people of a run. Their keys are row numbers of the snapshot; `service_years` (n) are completed ones since
    the hire on the day of the census; `notes` say who was left out and what moved."""

    people: People
    service_years: Ints
    left_out: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Entries:
    """Entries of the chosen people: `person` (position among the chosen), `fund` (index of fund_keys), `amount`."""

    person: Ints
    fund: Ints
    amount: NDArray[Any]


def panel_of(inputs: Mapping[str, Any], arrays: CensusSnapshotArrays) -> Panel:
    """The people whom a run projects, with balances and elections by line of the menu."""
    kept, left_out = included(arrays)
    chosen = np.flatnonzero(kept)
    ages = ages_of(arrays)[chosen]
    defaults = default_lines(inputs, ages)
    columns = _columns(inputs, arrays)
    held = _entries(arrays.holding_indptr, arrays.holding_funds, arrays.holding_cents, kept)
    balances = _by_line(inputs, held, columns, defaults) / 100
    elected = _entries(arrays.election_indptr, arrays.election_funds, arrays.election_weights, kept)
    elections = _elections(_by_line(inputs, elected, columns, defaults), balances, defaults)
    people = People(
        keys=chosen,
        ages=ages,
        annual_pay=arrays.pay_cents[chosen] / 100,
        deferral_rates=np.minimum(arrays.deferral_rate[chosen] + arrays.roth_deferral_rate[chosen], 1.0),
        balances=balances,
        elections=elections,
    )
    notes = [f"{count:,} left out: {reason}." for reason, count in left_out]
    service_years = completed_years_each(arrays.hire_ordinal[chosen], census_day(arrays))
    return Panel(people, service_years, left_out, (*notes, *_moved(inputs, held, arrays)))


def included(arrays: CensusSnapshotArrays) -> tuple[NDArray[np.bool_], tuple[tuple[str, int], ...]]:
    """Who is projected (n, bool), and how many are not, by the first reason that applies."""
    ages = ages_of(arrays)
    reasons = (
        ("no longer employed", ~arrays.is_active),
        ("no pay in the census", arrays.pay_cents <= 0),
        (f"age outside {YOUNGEST} to {OLDEST}", (ages < YOUNGEST) | (ages > OLDEST)),
    )
    kept, left_out = np.ones(len(ages), dtype=bool), []
    for reason, applies in reasons:
        if count := int((kept & applies).sum()):
            left_out.append((reason, count))
        kept &= ~applies
    return kept, tuple(left_out)


def nobody_words(arrays: CensusSnapshotArrays) -> str:
    """Why a run of this census has nobody to project: who is left out, by reason."""
    reasons = ", ".join(f"{count:,} ({reason})" for reason, count in included(arrays)[1])
    return f"There is nobody to project in this census. Left out: {reasons}. Correct the census and bring it in again."


def ages_of(arrays: CensusSnapshotArrays) -> Ints:
    """Completed years on the day of the census (n)."""
    return completed_years_each(arrays.birth_ordinal, census_day(arrays))


def census_day(arrays: CensusSnapshotArrays) -> date:
    return date.fromordinal(int(arrays.as_of))


def default_lines(inputs: Mapping[str, Any], ages: Ints) -> Ints:
    """The default line of each person (n): the vintage nearest to the year of retirement, or the one default fund."""
    lines = inputs["menu"]["lines"]
    places = np.array([i for i, line in enumerate(lines) if line["key"] in inputs["defaults"]])
    targets = np.array([lines[place]["target_year"] for place in places])
    retires = inputs["plan"]["start_year"] + inputs["behaviour"]["retirement_age"] - ages
    return places[np.abs(retires[:, None] - targets[None, :]).argmin(axis=1)]


def _columns(inputs: Mapping[str, Any], arrays: CensusSnapshotArrays) -> Ints:
    """The line of each census fund (n_funds); -1 stands for the holder's default."""
    place = {line["key"]: i for i, line in enumerate(inputs["menu"]["lines"])}
    mapped = [inputs["mapping"][str(key)]["line"] for key in arrays.fund_keys]
    return np.array([-1 if key is None else place[key] for key in mapped], dtype=np.int64)


def _entries(indptr: Ints, funds: NDArray[Any], amounts: NDArray[Any], kept: NDArray[np.bool_]) -> _Entries:
    """The CSR entries of the people kept, with each person's position among them."""
    owner = np.repeat(np.arange(len(kept)), np.diff(indptr))
    of_kept = kept[owner]
    position = np.cumsum(kept) - 1
    return _Entries(position[owner[of_kept]], funds[of_kept].astype(np.int64), amounts[of_kept])


def _by_line(inputs: Mapping[str, Any], entries: _Entries, columns: Ints, defaults: Ints) -> Floats:
    """Amounts summed by person and line (n, n_lines)."""
    line = np.where(columns[entries.fund] < 0, defaults[entries.person], columns[entries.fund])
    table = np.zeros((len(defaults), len(inputs["menu"]["lines"])))
    np.add.at(table, (entries.person, line), entries.amount)
    return table


def _elections(elections: Floats, balances: Floats, defaults: Ints) -> Floats:
    """Rows that sum to one: as elected; else as the money lies today; else the default."""
    one_hot = np.zeros_like(elections)
    one_hot[np.arange(len(defaults)), defaults] = 1
    chosen = np.where(elections.sum(axis=1, keepdims=True) > 0, elections, balances)
    chosen = np.where(chosen.sum(axis=1, keepdims=True) > 0, chosen, one_hot)
    return chosen / chosen.sum(axis=1, keepdims=True)


def _moved(inputs: Mapping[str, Any], held: _Entries, arrays: CensusSnapshotArrays) -> Iterator[str]:
    """What is said of money in funds that the menu does not have."""
    where = {
        "alike": "the line that does the same job",
        "default": "the default fund of their age",
    }
    for how, words in where.items():
        funds = [i for i, key in enumerate(arrays.fund_keys) if inputs["mapping"][str(key)]["how"] == how]
        entries = np.isin(held.fund, funds) & (held.amount > 0)
        if entries.any():
            people, dollars = len(np.unique(held.person[entries])), held.amount[entries].sum() / 100
            who = "1 person holds" if people == 1 else f"{people:,} people hold"
            names = _listed([str(arrays.fund_keys[i]) for i in funds])
            yield (
                f"{who} ${dollars:,.0f} in funds that this menu does not have ({names}); "
                f"the run counts it in {words}."
            )


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
