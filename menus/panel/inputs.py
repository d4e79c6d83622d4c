"""What a run will be computed from, read from the database once and kept as JSON with the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from menus.engine import DIGITAL_ASSETS, Behaviour
from menus.enums import Rebalancing, SleeveKind
from menus.look_through import engine_assets, glide_paths, look_through_vector
from menus.markets import MarketEdition
from menus.models import Fund, MenuLine, MenuVersion, Sleeve
from menus.panel.history_markets import needing
from menus.panel.people import ages_of, included
from menus.panel.plan_facts import plan_inputs, plan_notes
from menus.version_facts import comparison_key
from sponsors.census.snapshot import CensusSnapshotArrays
from sponsors.limits import limit_facts
from sponsors.models import Plan

Inputs = dict[str, Any]
BEHAVIOUR = tuple(Behaviour.__dataclass_fields__)
INCOME_FUND_AGE = 10  # years past its date at which a fund for the retired stands on its series' glide path
MANAGED_ACCOUNT_YEARS = 20  # years to retirement at which a managed account is looked through, for everyone


def run_inputs(
    *,
    version: MenuVersion,
    arrays: CensusSnapshotArrays,
    market: MarketEdition,
    behaviour: Mapping[str, Any],
    seed: int,
    paths: int,
) -> Inputs:
    """What a run of the version is computed from, its sleeve as it is stored; see `menu_inputs`."""
    return menu_inputs(
        plan=version.plan,
        lines=list(MenuLine.objects.filter(version=version).select_related("fund")),
        sleeve=Sleeve.objects.filter(version=version).select_related("fund").first(),
        arrays=arrays,
        market=market,
        behaviour=behaviour,
        seed=seed,
        paths=paths,
    )


def menu_inputs(
    *,
    plan: Plan,
    lines: Sequence[MenuLine],
    sleeve: Sleeve | None,
    arrays: CensusSnapshotArrays,
    market: MarketEdition,
    behaviour: Mapping[str, Any],
    seed: int,
    paths: int,
) -> Inputs:
    """Everything but the people as JSON: market, plan terms, menu, sleeve, behaviour, and which line takes the money
    of each fund that the census names. Lines and sleeve need not be stored."""
    lines = _without_sleeve_line(lines, sleeve, arrays)
    start_year = first_year(arrays)
    menu = _menu(lines, start_year, int(behaviour["retirement_age"]), _youngest(arrays))
    return {
        "market": _market(needing(market, _held(menu))),
        "plan": plan_inputs(plan, start_year),
        "menu": menu,
        "sleeve": _sleeve(sleeve, menu),
        "behaviour": dict(behaviour),
        "mapping": _mapping(lines, arrays),
        "defaults": _defaults(lines),
        "seed": seed,
        "paths": paths,
        "notes": [
            *_notes(lines, sleeve, arrays),
            *plan_notes(plan, arrays, start_year, behaviour["limit_growth_rate"]),
        ],
    }


def behaviour_defaults(sleeve: Sleeve | None = None) -> dict[str, Any]:
    """The house assumptions before anybody changes them; a crypto line is taken up at the sponsor's own weight, and
    never at more than its cap, which holds at election."""
    start = {name: getattr(Behaviour(), name) for name in BEHAVIOUR}
    start["limit_growth_rate"] = float(limit_facts()["limit_indexation_rate"].latest.value)
    if sleeve is not None and sleeve.target_weight is not None:
        start["take_up_weight"] = float(sleeve.target_weight)
    elif sleeve is not None and sleeve.opens_line:
        start["take_up_weight"] = min(start["take_up_weight"], float(sleeve.cap))
    return start


def behaviour_terms(given: Mapping[str, Any], sleeve: Sleeve | None) -> dict[str, Any]:
    """What was asked for on top of the defaults, as plain JSON numbers; unknown names are left out. Raises the engine's
    `InputError` before anything is worked out from an age or a rate that nobody can mean."""
    asked = {name: given[name] for name in BEHAVIOUR if given.get(name) is not None}
    plain = {name: float(value) if isinstance(value, Decimal) else value for name, value in asked.items()}
    terms = behaviour_defaults(sleeve) | plain
    Behaviour(**terms)
    return terms


def first_year(arrays: CensusSnapshotArrays) -> int:
    """Calendar year in which the first projected twelve months begin: the day after the census."""
    return (date.fromordinal(int(arrays.as_of)) + timedelta(days=1)).year


def _youngest(arrays: CensusSnapshotArrays) -> int:
    ages = ages_of(arrays)[included(arrays)[0]]
    return int(ages.min()) if len(ages) else 0


def _market(market: MarketEdition) -> Inputs:
    return _plain(market.engine_inputs()) | {"assets": list(market.assets)}


def _plain(given: Mapping[str, Any]) -> Inputs:
    """Arrays as lists, in mappings too."""
    plain = {key: _plain(value) if isinstance(value, Mapping) else value for key, value in given.items()}
    return {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in plain.items()}


def _held(menu: Inputs) -> list[str]:
    """Asset classes that the menu holds at some age; digital assets always, for the ladder."""
    weights = np.concatenate([np.zeros((1, len(engine_assets()))), *menu["tables"].values()])
    used = set(np.flatnonzero(weights.any(axis=0)).tolist())
    return [asset for i, asset in enumerate(engine_assets()) if i in used or asset == DIGITAL_ASSETS]


# ---------------------------------------------------------------- the menu
def _without_sleeve_line(
    lines: Sequence[MenuLine], sleeve: Sleeve | None, arrays: CensusSnapshotArrays
) -> list[MenuLine]:
    """The menu without the sleeve. The line of a crypto sleeve stays when people hold it today: that money is in both
    arms, and the sleeve's effect counts new take-up alone."""
    if sleeve is None or not sleeve.opens_line or _is_held(sleeve.fund, arrays):
        return list(lines)
    return [line for line in lines if line.fund_id != sleeve.fund_id]


def _is_held(fund: Fund, arrays: CensusSnapshotArrays) -> bool:
    return any(_names(fund, str(key)) for key in arrays.fund_keys)


def _menu(lines: Sequence[MenuLine], start_year: int, retirement_age: int, youngest: int) -> Inputs:
    """Lines with fees, target years and the number of their table of weights by age. Funds of one glide path share a
    table; a table of one row holds at every age."""
    targets = {line.fund.key: _target_year(line.fund, start_year) for line in lines}
    dated = [retirement_age - (year - start_year) for year in targets.values() if year]
    first_age = max(min([youngest, *dated]), 0)
    tables: dict[str, list[list[float]]] = {}
    entries = []
    for line in lines:
        name, table = _weights(line.fund, first_age, retirement_age)
        tables.setdefault(name, table)
        entries.append(
            {
                "key": line.fund.key,
                "name": line.fund.name,
                "expense_ratio": float(line.fund.expense_ratio or 0),
                "target_year": targets[line.fund.key],
                "table": name,
            }
        )
    return {"first_age": first_age, "last_age": 100, "lines": entries, "tables": tables}


def _target_year(fund: Fund, start_year: int) -> int:
    """The vintage of a target-date fund, a past one for a fund of the retired; 0 for any other fund."""
    if not fund.is_target_date:
        return 0
    return int(fund.vintage) if fund.vintage.isdigit() else start_year - INCOME_FUND_AGE


def _weights(fund: Fund, first_age: int, retirement_age: int) -> tuple[str, list[list[float]]]:
    """(name, weights by age on the glide path from `first_age` to 100, or one row for a fund that does not change)."""
    if path := _fact(fund, "glide_path"):
        if not fund.is_target_date:
            return f"{path}@{MANAGED_ACCOUNT_YEARS}", glide_paths()[path].weights_at(
                MANAGED_ACCOUNT_YEARS
            ).tolist()
        return path, glide_paths()[path].weights_at(retirement_age - np.arange(first_age, 101)).tolist()
    name = _fact(fund, "look_through")
    return name, [look_through_vector(name).tolist()]


def _fact(fund: Fund, name: str) -> str:
    return str(fund.facts.get(name, {}).get("value", ""))


def _defaults(lines: Sequence[MenuLine]) -> list[str]:
    """Keys of the lines that take money without a choice: the marked default, else target-date funds, else line one."""
    marked = [line.fund.key for line in lines if line.is_qdia]
    dated = [line.fund.key for line in lines if line.fund.is_target_date]
    return marked or dated or [line.fund.key for line in lines[:1]]


# ---------------------------------------------------------------- the sleeve
def _sleeve(sleeve: Sleeve | None, menu: Inputs) -> Inputs | None:
    if sleeve is None:
        return None
    fee = float(sleeve.fund.expense_ratio or 0)
    terms: Inputs = {"kind": str(sleeve.kind), "cap": float(sleeve.cap), "fee": fee, "fund": sleeve.fund.key}
    bounds = {"min_age": sleeve.min_age, "max_age": sleeve.max_age}
    terms |= {name: age for name, age in bounds.items() if age is not None}
    if sleeve.kind == SleeveKind.CRYPTO_LINE:
        return terms | {"rebalancing": _line_rule(sleeve)}
    if sleeve.kind == SleeveKind.BOTH:
        terms["line_rebalancing"] = _line_rule(sleeve)
    points = [(int(point["age"]), float(Decimal(point["weight"]))) for point in sleeve.weights_by_age]
    ages, weights = zip(*points, strict=True)
    by_age = np.interp(np.arange(menu["first_age"], menu["last_age"] + 1), ages, weights)
    return terms | {
        "rebalancing": str(sleeve.rebalancing),
        "band": float(sleeve.band or 0),
        "weights": by_age.tolist(),
    }


def _line_rule(sleeve: Sleeve) -> str:
    """Selling down to the cap leaves nothing for a block of new money to do, so one rule says it all."""
    if sleeve.line_rule == Rebalancing.SELL_DOWN:
        return "sell_down"
    return "new_money_block" if sleeve.new_money_block else "none"


# ---------------------------------------------------------------- funds of the census
def _mapping(lines: Sequence[MenuLine], arrays: CensusSnapshotArrays) -> dict[str, Inputs]:
    """For each fund that the census names: the line that takes its money, and why. None: the holder's default."""
    catalogue = list(Fund.objects.defer("facts"))
    return {str(key): _mapped(str(key), lines, catalogue) for key in arrays.fund_keys}


def _mapped(key: str, lines: Sequence[MenuLine], catalogue: Iterable[Fund]) -> Inputs:
    for line in lines:
        if _names(line.fund, key):
            return {"line": line.fund.key, "how": "same"}
    fund = next((fund for fund in catalogue if _names(fund, key)), None)
    job = comparison_key(fund) if fund else ""
    for line in lines:
        if job and comparison_key(line.fund) == job:
            return {"line": line.fund.key, "how": "alike"}
    return {"line": None, "how": "default"}


def _names(fund: Fund, key: str) -> bool:
    return key.strip().casefold() in (fund.key.casefold(), fund.name.casefold())


def _notes(lines: Sequence[MenuLine], sleeve: Sleeve | None, arrays: CensusSnapshotArrays) -> list[str]:
    """What the reader must know of how the menu was read."""
    funds = [line.fund for line in lines] + ([sleeve.fund] if sleeve else [])
    missing = sorted({fund.name for fund in funds if fund.expense_ratio is None})
    notes = []
    if missing:
        notes.append(
            f"No fee is on file for {', '.join(missing)}: counted as 0%, so the true cost is higher."
        )
    if not any(line.is_qdia for line in lines):
        notes.append(
            "The version marks no default fund: money without a choice goes to the target-date funds, or to line one."
        )
    if sleeve and sleeve.opens_line and _is_held(sleeve.fund, arrays):
        notes.append(
            f"People hold {sleeve.fund.name} already. That money is counted with and without the sleeve; the sleeve's "
            "effect is new take-up alone."
        )
    if any(_fact(line.fund, "glide_path") and not line.fund.is_target_date for line in lines):
        notes.append(
            f"A managed account is counted as {MANAGED_ACCOUNT_YEARS} years from retirement for everyone."
        )
    return notes
