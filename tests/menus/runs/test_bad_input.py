"""Bad input at every entrance of a run: the words that a person sees, and nothing queued, stored or recorded."""

import re

import pytest
from django.urls import reverse

from menus.engine.inputs import MAX_PATHS, MIN_PATHS, OLDEST, YOUNGEST
from menus.models import ProjectionRun, Sleeve
from menus.panel.people import included
from menus.services.projections import LEAST_PATHS, MOST_PATHS
from sponsors.census import Mapping
from sponsors.census.parse import OLDEST_PROJECTED
from sponsors.errors import Refusal
from sponsors.jobs.models import Job
from sponsors.jobs.runner import run_claimed
from sponsors.ledger.models import LedgerEvent
from sponsors.models import CensusImport, CensusSnapshot, Participant
from sponsors.selectors import snapshot_arrays
from sponsors.services.census import census_confirm, census_upload
from tests.api.calls import Caller
from tests.factories.menus import author_of, make_fund, make_version
from tests.factories.runs import make_done_run, make_run, make_small_version, work_off
from tests.factories.sponsors import AS_OF, census_csv, census_rows, client_of, make_plan, make_snapshot

pytestmark = pytest.mark.django_db

PATHS = "Choose 1,000 to 20,000 paths: fewer say too little, more take too long."
NO_EDITION = (
    "There is no market edition 'house-1999'; there are house-2026-loss, house-2026-bear, house-2026-base, "
    "house-2026-bull, history-2014-2026, history-2021-2026. Choose one of the list."
)
PAYOUT = "The yearly income per dollar at retirement must lie above 0 and at most 20%."
RAISE = "The yearly raise must lie between -10% and 20%."
AGES = "The retirement age must lie between 50 and 75, in whole years."
TAKE_UP = "Take-up must lie between 0 and 100% of participants."
CAP = (
    "The cap must lie between 0 and 100%: it is the most of an account that digital assets may be. For no digital "
    "assets, choose no sleeve."
)


def stored() -> dict[str, int]:
    """Everything that work begun would leave behind."""
    kept = (ProjectionRun, Job, LedgerEvent, Sleeve, CensusSnapshot, CensusImport)
    return {model.__name__: model.objects.count() for model in kept}


# ---------------------------------------------------------------- asking for a run
ASKED = [
    ({"paths": 10}, "paths", PATHS),
    ({"paths": 10_000_000}, "paths", PATHS),
    ({"market_edition": "house-1999"}, "market_edition", NO_EDITION),
    ({"behaviour": {"payout_rate": 0}}, "payout_rate", PAYOUT),
    ({"behaviour": {"payout_rate": 0.5}}, "payout_rate", PAYOUT),
    ({"behaviour": {"raise_rate": 0.55}}, "raise_rate", RAISE),
    ({"behaviour": {"retirement_age": 90}}, "retirement_age", AGES),
    ({"behaviour": {"retirement_age": 10**30}}, "retirement_age", AGES),
    ({"behaviour": {"take_up_rate": 1.5}}, "take_up_rate", TAKE_UP),
]


@pytest.mark.parametrize(("changes", "field", "words"), ASKED)
def test_service_and_api_refuse_in_the_same_words_before_anything_is_stored(changes, field, words):
    version = make_small_version()
    snapshot = make_snapshot(version.plan, 3)
    before = stored()
    body = {"menu": version.menu.slug, "version": version.number, **changes}

    with pytest.raises(Refusal) as refused:
        make_run(version, snapshot, **changes)
    answer = Caller(author_of(version.plan)).post(f"plans/{version.plan.slug}/runs/", body, expect=400)

    assert (refused.value.field, refused.value.message) == (field, words)
    assert (answer["field"], answer["detail"]) == (field, words)
    assert stored() == before


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"paths": "10"}, "paths", PATHS),
        ({"paths": "10000000"}, "paths", PATHS),
        ({"paths": "many"}, "paths", "Enter a whole number."),
        (
            {"market_edition": "house-1999"},
            "market_edition",
            "Select a valid choice. house-1999 is not one of the available choices.",
        ),
        ({"payout_rate": "0"}, "payout_rate", PAYOUT),
        ({"payout_rate": "50"}, "payout_rate", PAYOUT),
        ({"raise_rate": "55"}, "raise_rate", RAISE),
        ({"retirement_age": "90"}, "retirement_age", "Ensure this value is less than or equal to 75."),
        ({"take_up_rate": "150"}, "take_up_rate", TAKE_UP),
    ],
)
def test_form_says_it_at_the_field_and_stores_nothing(typed, field, words):
    version = make_small_version()
    make_snapshot(version.plan, 3)
    client = client_of(author_of(version.plan))
    url = reverse("menus:run-create", args=[version.plan.slug])
    shown = client.get(url).context["form"]
    sound = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}
    before = stored()

    page = client.post(url, {**sound, **typed})

    assert page.context["form"].errors == {field: [words]}
    assert words in page.content.decode()
    assert stored() == before


def test_form_accepts_what_the_refusals_ask_for():
    version = make_small_version()
    make_snapshot(version.plan, 3)
    client = client_of(author_of(version.plan))
    url = reverse("menus:run-create", args=[version.plan.slug])
    shown = client.get(url).context["form"]
    sound = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}

    client.post(url, sound)

    assert ProjectionRun.objects.get().paths == 10_000


def test_form_that_starts_from_a_run_offers_its_number_of_paths():
    run = make_run(participants=3, paths=5_000)
    url = reverse("menus:run-create", args=[run.plan.slug])

    page = client_of(author_of(run.plan)).get(f"{url}?like={run.number}").content.decode()

    chosen = re.findall(r'<option value="([\d,]+)"( selected)?>', page)
    assert [value for value in chosen if value[0] in ("1000", "5000", "10000", "20000")] == [
        ("1000", ""),
        ("5000", " selected"),
        ("10000", ""),
        ("20000", ""),
    ]


def test_kept_inputs_that_this_engine_refuses_fail_once_and_in_words():
    run = make_run(participants=3)
    run.inputs["behaviour"]["retirement_age"] = 90  # as an engine with other limits may have let in
    run.save()

    run = work_off(run)

    assert (run.status, run.job.state, run.job.attempt) == ("failed", "failed", 1)
    assert run.job.error == (
        f"The inputs that were kept with run 1 cannot be projected: {AGES} Start a new run."
    )
    assert run.result is None


def test_an_assumption_that_there_is_not_is_no_typing_error_to_overlook():
    version = make_small_version()
    make_snapshot(version.plan, 3)
    before = stored()
    body = {"menu": version.menu.slug, "version": version.number, "behaviour": {"payout": "0.05"}}

    answer = Caller(author_of(version.plan)).post(f"plans/{version.plan.slug}/runs/", body, expect=400)

    assert "There is no such field here." in str(answer["errors"])
    assert stored() == before


def test_what_a_run_may_ask_for_is_inside_what_the_engine_can_do():
    assert MIN_PATHS <= LEAST_PATHS < MOST_PATHS <= MAX_PATHS


# ---------------------------------------------------------------- who is projected
def born(age: int) -> str:
    return f"{AS_OF.year - age}-01-15"


def rows_of(*ages: int) -> list[dict[str, str]]:
    return [{**row, "birth_date": born(age)} for row, age in zip(census_rows(len(ages)), ages, strict=True)]


def test_who_is_17_is_projected_and_who_is_101_is_left_out_and_counted():
    version = make_small_version()
    snapshot = make_snapshot(version.plan, rows_of(17, 40, 100, 101, 105))

    result = make_done_run(version, snapshot).result

    assert result["people"]["projected"] == 3
    assert result["people"]["left_out"] == [["age outside 14 to 100", 2]]
    assert result["notes"][0] == "2 left out: age outside 14 to 100."


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (rows_of(101, 102), "Left out: 2 (age outside 14 to 100)."),
        ([{**row, "annual_pay": "0"} for row in census_rows(3)], "Left out: 3 (no pay in the census)."),
        (
            [{**rows_of(101)[0]}, {**census_rows(2)[1], "annual_pay": "0"}],
            "Left out: 1 (no pay in the census), 1 (age outside 14 to 100).",
        ),
    ],
)
def test_census_with_nobody_to_project_says_why(rows, words):
    version = make_small_version()
    snapshot = make_snapshot(version.plan, rows)
    before = stored()

    with pytest.raises(Refusal) as refused:
        make_run(version, snapshot)

    expected = f"There is nobody to project in this census. {words} Correct the census and bring it in again."
    assert (refused.value.field, refused.value.message) == ("snapshot", expected)
    assert stored() == before


# ---------------------------------------------------------------- the census on its way in
def brought(rows: list[dict[str, str]], *, accept_partial: bool = False) -> CensusImport:
    plan = make_plan()
    by = author_of(plan)
    census = census_upload(by=by, plan=plan, data=census_csv(rows), file_name="census.csv", as_of=AS_OF)
    mapping = Mapping.from_json(census.mapping)
    census = census_confirm(by=by, census_import=census, mapping=mapping, accept_partial=accept_partial)
    run_claimed(census.job_id)
    census.refresh_from_db()
    return census


@pytest.mark.parametrize(
    ("column", "value", "reason", "remedy"),
    [
        (
            "birth_date",
            born(13),
            "The person would be under 14 on 2026-06-30.",
            "Correct the birth, or the date of the census.",
        ),
        (
            "birth_date",
            born(111),
            "The person would be over 110 on 2026-06-30.",
            "Correct the birth; look for a placeholder such as 1900-01-01.",
        ),
        ("annual_pay", "-5", "The pay is below zero.", "Give the annual pay, or 0 for a person without pay."),
        (
            "balance",
            "-5",
            "The balance is below zero.",
            "An account cannot hold less than nothing: ask the recordkeeper for the corrected balance.",
        ),
    ],
)
def test_census_with_an_impossible_person_is_refused_by_row_and_nobody_is_kept(column, value, reason, remedy):
    rows = census_rows(3)
    rows[1][column] = value

    census = brought(rows)

    said = census.refusals.get(row=3, column=column)
    assert (said.reason, said.remedy) == (reason, remedy)
    assert census.error.startswith("1 of 3 rows cannot be accepted, so nothing was changed.")
    assert not CensusSnapshot.objects.exists()
    assert not Participant.objects.exists()


def test_census_says_whom_no_run_will_project_when_it_comes_in():
    rows = rows_of(17, 40, 101, 40)
    rows[3]["annual_pay"] = "0"

    census = brought(rows)

    assert (census.status, census.accepted_count) == ("accepted", 4)
    assert census.notes[-2:] == [
        "People who work here and have no pay, whom exposure runs leave out: 1.",
        "People who work here and are over 100, whom exposure runs leave out: 1. Check when they were born.",
    ]
    assert included(snapshot_arrays(census.snapshot))[1] == (
        ("no pay in the census", 1),
        ("age outside 14 to 100", 1),
    )
    assert (YOUNGEST, OLDEST) == (14, OLDEST_PROJECTED)


def test_census_in_which_all_can_be_projected_says_nothing_of_it():
    assert not [note for note in brought(rows_of(17, 100)).notes if "leave out" in note]


# ---------------------------------------------------------------- the sleeve's terms
LINE = {"kind": "crypto_line", "fund": "IBIT", "target_weight": "0", "rebalancing": "none"}


@pytest.mark.parametrize("cap", ["0", "1"])
def test_cap_of_nothing_or_everything_is_refused_by_sleeve_and_lab(cap):
    version = make_small_version()
    Sleeve.objects.all().delete()
    make_snapshot(version.plan, 3)
    before = stored()
    caller = Caller(author_of(version.plan))
    address = f"plans/{version.plan.slug}/menus/{version.menu.slug}/versions/{version.number}/"

    answers = [
        caller.put(f"{address}sleeve/", {**LINE, "cap": cap}, expect=400),
        caller.post(f"{address}lab/", {**LINE, "cap": cap}, expect=400),
    ]

    assert [(answer["field"], answer["detail"]) for answer in answers] == [("cap", CAP)] * 2
    assert stored() == before


@pytest.mark.parametrize("cap", ["0", "100"])
def test_forms_of_sleeve_and_lab_say_it_at_the_cap(cap):
    version = make_version(preset="reference")
    make_snapshot(version.plan, 3)
    client = client_of(author_of(version.plan))
    kwargs = {"plan": version.plan.slug, "menu": version.menu.slug, "version": version.number}
    url = reverse("menus:sleeve-edit", kwargs=kwargs) + "?kind=crypto_line"
    form = client.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"cap": cap, "rebalancing": "none"}
    typed["fund"] = make_fund("IBIT").pk
    tried = {"kind": "crypto_line", "fund": "IBIT", "cap": cap, "target_weight": "0", "take_up_rate": "10"}
    tried |= {"market_edition": "house-2026-base", "rebalancing": "calendar", "line_rebalancing": "none"}
    before = stored()

    pages = [client.post(url, typed), client.get(reverse("menus:sleeve-lab", kwargs=kwargs), tried)]

    assert [page.context["form"].errors for page in pages] == [{"cap": [CAP]}] * 2
    assert stored() == before


def test_lab_names_the_editions_it_has():
    version = make_small_version()
    make_snapshot(version.plan, 3)
    address = f"plans/{version.plan.slug}/menus/{version.menu.slug}/versions/{version.number}/lab/"

    answer = Caller(author_of(version.plan)).post(
        address, {**LINE, "cap": "0.05", "market_edition": "house-1999"}, expect=400
    )

    words = (
        "The lab has no market edition house-1999; it has house-2026-loss, house-2026-bear, house-2026-base, "
    )
    assert answer["errors"] == {"market_edition": [f"{words}house-2026-bull."]}
