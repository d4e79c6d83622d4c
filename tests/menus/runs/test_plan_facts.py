"""What a run takes from the facts of the plan and the law: match, true-up, Roth, vesting, limits, service."""

from datetime import date

import pytest

from menus.engine import Limits
from menus.panel import panel_of, scenario_of
from menus.panel.employer_money import employer_money_of
from menus.panel.plan_facts import plan_notes
from menus.services.projection_work import arrays_of
from sponsors.enums import PayrollFrequency, VestingKind
from sponsors.models import Plan
from tests.factories.runs import make_run, make_small_version
from tests.factories.sponsors import AS_OF, census_rows, make_snapshot
from tests.menus.engine.payroll_by_payroll import schedule_by_hand

pytestmark = pytest.mark.django_db


def run_of(participants: int = 30, **facts):
    version = make_small_version()
    Plan.objects.filter(pk=version.plan_id).update(**facts)
    version.plan.refresh_from_db()
    return make_run(version, make_snapshot(version.plan, participants))


def test_terms_of_the_plan_reach_the_engine():
    run = run_of(
        payroll_frequency=PayrollFrequency.WEEKLY,
        match_formula=[{"rate": "1", "up_to": "0.03"}, {"rate": "0.5", "up_to": "0.05"}],
        match_true_up=False,
        has_roth=False,
        vesting_kind=VestingKind.CLIFF,
        vesting_years=2,
    )

    terms = scenario_of(run.inputs).plan

    assert (terms.start_year, terms.payrolls_per_year) == (2026, 52)
    assert terms.match_tiers == ((1.0, 0.03), (0.5, 0.05))
    assert (terms.match_true_up, terms.offers_roth, terms.vesting) == (False, False, (0.0, 0.0, 1.0))
    assert terms.limits == {
        2025: Limits(23_500, 7_500, 11_250, 70_000, 350_000),
        2026: Limits(24_500, 8_000, 11_250, 72_000, 360_000, 150_000),
    }


def test_inputs_of_an_earlier_steward_still_read():
    inputs = run_of().inputs
    for name in ("match_true_up", "offers_roth", "vesting"):
        del inputs["plan"][name]

    terms = scenario_of(inputs).plan

    assert (terms.match_true_up, terms.offers_roth, terms.vesting) == (True, True, ())


def test_first_year_without_published_limits_says_what_stands_in():
    run = run_of()
    arrays = arrays_of(run.snapshot)

    assert plan_notes(run.plan, arrays, 2026, 0.025) == []
    [note] = plan_notes(run.plan, arrays, 2027, 0.025)
    assert note == (
        "The legal limits of 2027 were not published when last looked for on November 21, 2026: those of 2026 stand "
        "in for them, grown by 2.5% a year and rounded down as the law does."
    )


def test_roth_deferrals_in_a_plan_without_roth_are_said():
    version = make_small_version()
    Plan.objects.filter(pk=version.plan_id).update(has_roth=False)
    version.plan.refresh_from_db()
    rows = [row | {"roth_deferral_rate": "0%"} for row in census_rows(12)]
    rows[3]["roth_deferral_rate"] = "2%"

    notes = make_run(version, make_snapshot(version.plan, rows)).inputs["notes"]

    [note] = [note for note in notes if "Roth" in note]
    assert note == (
        "In the census 1 person defers to Roth, but the plan facts say that the plan takes no Roth. The run counts "
        "these deferrals and gives high earners no catch-up contributions, as in a plan without Roth. Correct the "
        "plan facts or the census."
    )


def years_between(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def test_employer_money_by_year_follows_each_persons_service():
    run = run_of(vesting_kind=VestingKind.GRADED, vesting_years=6)
    scenario = scenario_of(run.inputs)

    rows = employer_money_of(scenario, panel_of(run.inputs, arrays_of(run.snapshot)))["employer_money"]

    match, not_vested = [0.0] * len(rows), [0.0] * len(rows)
    for person in census_rows(30):
        age = years_between(date.fromisoformat(person["birth_date"]), AS_OF)
        service = years_between(date.fromisoformat(person["hire_date"]), AS_OF)
        rate = float(person["deferral_rate"].removesuffix("%")) / 100
        pay, years = float(person["annual_pay"]), max(65 - age, 1)
        schedule = schedule_by_hand(age, pay, rate, scenario.plan, scenario.behaviour, years)
        for year, (_, employer) in enumerate(schedule):
            vested = {0: 0, 1: 0, 2: 0.2, 3: 0.4, 4: 0.6, 5: 0.8}.get(service + year + 1, 1)
            match[year] += employer
            not_vested[year] += employer * (1 - vested)
    shown = [row for row in rows if row["people"] >= 10]
    assert len(shown) > 25
    assert [row["match_usd"] for row in shown] == pytest.approx(match[: len(shown)], abs=0.2)
    assert [row["not_vested_usd"] for row in shown] == pytest.approx(not_vested[: len(shown)], abs=0.2)
    assert 0 < not_vested[0] < match[0]
    assert not_vested[5] == 0


def test_years_with_few_people_show_no_employer_money():
    run = run_of(12)

    rows = employer_money_of(scenario_of(run.inputs), panel_of(run.inputs, arrays_of(run.snapshot)))

    few = [row for row in rows["employer_money"] if row["people"] < 10]
    assert few
    assert {(row["match_usd"], row["not_vested_usd"]) for row in few} == {(None, None)}
