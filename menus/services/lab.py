"""What-ifs on the sleeve of a version: what an exposure run of other terms would say, at once and kept nowhere.

A look, not a decision: nothing is stored and nothing goes on record. The answer is the result of a run on the plan's
latest census with the same seed, so a run that is started afterwards on the same terms says the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from typing import Any

from menus import markets
from menus.engine import InputError, prepare, project, tables_for
from menus.models import MenuLine, MenuVersion, Sleeve
from menus.panel import behaviour_terms, menu_inputs, panel_of, result_of, scenario_of
from menus.panel.people import included, nobody_words
from menus.services.projection_work import arrays_of, workers
from menus.services.projections import DEFAULT_SEED, LEAST_PATHS
from menus.services.sleeves import SleeveTerms, series_check, sleeve_unsaved
from sponsors.census.snapshot import CensusSnapshotArrays
from sponsors.errors import Refusal
from sponsors.facts import FactError
from sponsors.models import CensusSnapshot
from sponsors.selectors import latest_snapshot

LAB_PATHS, LAB_SEED = LEAST_PATHS, DEFAULT_SEED
MOST_PEOPLE = (
    100_000  # up to 20,000 an answer takes a second or two; larger plans are read off tables, in some more
)
REMEMBERED = 32  # answers kept by a process, some 50 kB each

_one_at_a_time = Lock()  # a what-if uses every core and some 200 MB for as long as it takes


@dataclass(frozen=True)
class LabSetting:
    """What to try: the sleeve's terms, how many people take up a line (a fraction), in which market edition. Who takes
    it up puts the terms' expected weight there."""

    terms: SleeveTerms
    take_up_rate: Decimal
    market_edition: str


@dataclass(frozen=True)
class LabAnswer:
    """`result` is what a run would keep, groups under ten people left out of it; `milliseconds` is how long this answer
    took, less where the same was asked before."""

    result: Mapping[str, Any]
    milliseconds: int
    snapshot: CensusSnapshot
    paths: int = LAB_PATHS
    seed: int = LAB_SEED


def lab_answer(version: MenuVersion, setting: LabSetting) -> LabAnswer:
    """The answer for one setting. Refuses terms that no sleeve could have, a plan without people or with too many of
    them, a menu without lines; the refusal names the field."""
    started = time.perf_counter()
    snapshot = _snapshot_of(version)
    sleeve = sleeve_unsaved(version, setting.terms)
    inputs = _inputs(version, sleeve, setting, snapshot)
    with _one_at_a_time:
        result = _computed(json.dumps(inputs, sort_keys=True), snapshot.pk, snapshot.sha256)
    return LabAnswer(result, round((time.perf_counter() - started) * 1000), snapshot)


def lab_lines(version: MenuVersion, sleeve: Sleeve) -> list[MenuLine]:
    """The menu's lines as they would stand with this sleeve: its line is there and one of the stored sleeve is not."""
    stored = Sleeve.objects.filter(version=version).first()
    own = stored.fund_id if stored and stored.opens_line else None
    wanted = sleeve.fund_id if sleeve.opens_line else None
    lines = list(MenuLine.objects.filter(version=version).select_related("fund"))
    kept = [line for line in lines if line.fund_id != own or own == wanted]
    if wanted and all(line.fund_id != wanted for line in kept):
        kept.append(MenuLine(version=version, fund=sleeve.fund, position=len(kept) + 1))
    return kept


def _snapshot_of(version: MenuVersion) -> CensusSnapshot:
    snapshot = latest_snapshot(version.plan)
    if snapshot is None:
        raise Refusal(
            "There is no census yet, so there is nobody to try a setting on. Bring in the plan's people first.",
            code="lab_census",
            conflict=True,
        )
    return snapshot


def _inputs(
    version: MenuVersion, sleeve: Sleeve, setting: LabSetting, snapshot: CensusSnapshot
) -> dict[str, Any]:
    """What a run of these terms would be computed from, tried on the engine so that it refuses here and in words."""
    lines, arrays = lab_lines(version, sleeve), arrays_of(snapshot)
    _refuse_without_lines(version, lines)
    series_check(setting.terms, [line.fund.asset_class for line in lines])
    _refuse_number_of_people(arrays)
    asked = {"take_up_rate": setting.take_up_rate, "take_up_weight": setting.terms.target_weight}
    try:
        inputs = menu_inputs(
            plan=version.plan,
            lines=lines,
            sleeve=sleeve,
            arrays=arrays,
            market=markets.market_edition(setting.market_edition),
            behaviour=behaviour_terms(asked, sleeve),
            seed=LAB_SEED,
            paths=LAB_PATHS,
        )
        scenario_of(inputs)
    except InputError as error:
        raise Refusal(str(error), field=error.name, code="lab_input") from None
    except FactError:
        words = "There is no such market edition. Choose one of the list."
        raise Refusal(words, field="market_edition", code="lab_market") from None
    return inputs


def _refuse_without_lines(version: MenuVersion, lines: Sequence[MenuLine]) -> None:
    if not lines:
        raise Refusal(
            f"Version {version.number} has no lines yet, so there is nothing to hold. Add funds to it first.",
            code="lab_lines",
            conflict=True,
        )


def _refuse_number_of_people(arrays: CensusSnapshotArrays) -> None:
    people = int(included(arrays)[0].sum())
    if not people:
        raise Refusal(nobody_words(arrays), code="lab_nobody", conflict=True)
    if people > MOST_PEOPLE:
        raise Refusal(
            f"The lab answers while you wait for plans of up to {MOST_PEOPLE:,} people; this one has {people:,}. "
            "Start an exposure run of the version instead: it takes a few minutes and its figures are kept.",
            code="lab_too_large",
            conflict=True,
        )


@lru_cache(maxsize=REMEMBERED)
def _computed(inputs_json: str, snapshot_id: int, sha256: str) -> Mapping[str, Any]:
    """The result of these inputs on this census, as a run would compute it. Census files never change; their hash tells
    two of the same number apart."""
    inputs = json.loads(inputs_json)
    panel = panel_of(inputs, arrays_of(CensusSnapshot.objects.get(pk=snapshot_id)))
    prepared = prepare(scenario_of(inputs))
    tables = tables_for(prepared, panel.people)
    whole = project(prepared, panel.people, tables=tables, workers=workers())
    return result_of(whole, prepared, panel, inputs["notes"], tables)
