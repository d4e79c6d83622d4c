"""The lab: its answer is that of a run, it keeps nothing, and what does not fit is refused at its field."""

from decimal import Decimal as D
from urllib.parse import parse_qs, urlencode

import pytest
from django.urls import reverse

from menus.forms.lab import LabForm
from menus.models import ProjectionRun, Sleeve
from menus.selectors import content
from menus.services import lab
from menus.services.lab import LAB_PATHS, LAB_SEED, LabSetting, lab_answer
from menus.services.sleeves import sleeve_set
from sponsors.enums import Role
from sponsors.errors import Refusal
from sponsors.ledger.models import LedgerEvent
from sponsors.selectors import latest_snapshot
from tests.api.calls import Caller
from tests.factories.menus import author_of, make_line, make_proposed, make_sleeve, make_version, sleeve_terms
from tests.factories.runs import make_done_run
from tests.factories.sponsors import FUNDS, client_of, make_member, make_plan, make_snapshot, make_user

pytestmark = pytest.mark.django_db

SERIES = {"kind": "target_date", "cap": "5", "fund": "IBIT", "weight_25": "2", "weight_65": "0.5"}
ALWAYS = {"market_edition": "house-2026-base", "take_up_rate": "10", "target_weight": "2"}
RULES = {"rebalancing": "calendar", "line_rebalancing": "sell_down"}
TYPED = {**SERIES, **ALWAYS, **RULES}


@pytest.fixture
def version():
    """The funds that the people of `make_snapshot` hold, the dated one as default; 60 people; no sleeve."""
    version = make_version(funds=FUNDS[:2])
    make_line(version, FUNDS[2], is_qdia=True)
    make_snapshot(version.plan, 60)
    return version


def address(version):
    kwargs = {"plan": version.plan.slug, "menu": version.menu.slug, "version": version.number}
    return reverse("menus:sleeve-lab", kwargs=kwargs)


def asked(version, client=None, *, keep=(), htmx=False, **typed):
    """The page for what is typed on top of a sound setting."""
    query = urlencode([*(TYPED | typed).items(), *(("keep", one) for one in keep)])
    headers = {"HX-Request": "true"} if htmx else {}
    return (client or client_of(author_of(version.plan))).get(f"{address(version)}?{query}", headers=headers)


def setting(kind, rate="0.1", **changes):
    return LabSetting(sleeve_terms(kind, **changes), D(rate), "house-2026-base")


# ---------------------------------------------------------------- the answer
@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("crypto_line", {"min_age": 30, "max_age": 60}),
        ("crypto_line", {"rebalancing": "none", "new_money_block": True}),
        ("target_date", {"rebalancing": "threshold", "band": D("0.01")}),
        ("both", {"line_rebalancing": "none", "new_money_block": False}),
    ],
)
def test_answer_is_what_a_run_of_the_same_terms_says(version, kind, changes):
    tried = setting(kind, "0.4", **changes)

    answer = lab_answer(version, tried)
    sleeve_set(by=author_of(version.plan), version=version, terms=tried.terms)
    run = make_done_run(
        version,
        latest_snapshot(version.plan),
        paths=LAB_PATHS,
        seed=LAB_SEED,
        behaviour={"take_up_rate": D("0.4")},
    )

    assert answer.result == run.result
    assert all(check["passed"] for check in answer.result["checks"])


def test_answer_on_a_version_with_a_line_is_that_of_the_line_gone(version):
    """A weight inside the series is tried in place of the version's own line, not beside it."""
    make_sleeve(version)
    tried = setting("target_date")

    answer = lab_answer(version, tried)
    sleeve_set(by=author_of(version.plan), version=version, terms=tried.terms)
    run = make_done_run(
        version, latest_snapshot(version.plan), behaviour={"take_up_rate": D("0.1")}, seed=LAB_SEED
    )

    assert answer.result == run.result


def test_only_people_of_the_right_age_take_up_the_line(version):
    everyone = lab_answer(version, setting("crypto_line", "1"))
    bounded = lab_answer(version, setting("crypto_line", "1", min_age=40, max_age=50))

    holders = {row["age_band"]: row["people_crypto_line"] for row in bounded.result["holders"]}
    assert everyone.result["holders"][-1]["people_crypto_line"] == 60
    assert 0 < bounded.result["people"]["taking_up"] < 60
    assert [holders.get(band) for band in ("25-34", "55-64")] == [0, 0]


def test_looking_stores_nothing_and_leaves_no_entry(version):
    make_sleeve(version)
    before, events = content(version), LedgerEvent.objects.count()

    page = asked(version)

    assert page.context["columns"]
    assert (content(version), LedgerEvent.objects.count()) == (before, events)
    assert not ProjectionRun.objects.exists()
    assert Sleeve.objects.get(version=version).kind == "crypto_line"


def test_same_setting_is_worked_out_once(version):
    lab._computed.cache_clear()
    for _ in range(3):
        asked(version)

    assert (lab._computed.cache_info().misses, lab._computed.cache_info().hits) == (1, 2)


# ---------------------------------------------------------------- the page
def test_page_opens_with_the_version_as_it_stands(version):
    make_sleeve(version, "both", min_age=30)

    page = client_of(author_of(version.plan)).get(address(version))

    form = page.context["form"]
    assert {
        name: form.data.get(name) for name in ("kind", "cap", "target_weight", "weight_25", "min_age")
    } == {
        "kind": "both",
        "cap": "5",
        "target_weight": "2",
        "weight_25": "2",
        "min_age": "30",
    }
    assert page.context["this"].answer.result["manifest"]["sleeve"] == "both"
    for words in (
        "Nothing of this is stored",
        "1,000 market paths",
        f"seed {LAB_SEED}",
        "Modelled outcomes, not a forecast",
    ):
        assert words in page.text


def test_page_without_a_sleeve_opens_with_a_start(version):
    page = client_of(author_of(version.plan)).get(address(version))

    assert [column.name for column in page.context["columns"]] == ["This setting"]
    assert page.context["form"].data["kind"] == "target_date"


def test_every_figure_of_the_answer_is_on_the_page(version):
    page = asked(version, kind="both", htmx=True)

    result = page.context["result"]
    everyone, first = result["holders"][-1], result["plan_years"][0]
    cell = result["cells"][0]
    for figure in (
        everyone["crypto_line_usd"],
        everyone["target_date_usd"],
        first["flow_per_payroll_usd"],
        first["rebalanced_usd"],
        first["sleeve_fees_usd"],
        cell["effect_p5_se_usd"],
        abs(cell["effect_shortfall_usd"]),
        result["stress"][0]["plan_loss_usd"],
    ):
        assert f"${figure:,.0f}" in page.text
    assert "<html" not in page.text
    assert 'hx-swap-oob="true"' in page.text


def test_settings_stand_side_by_side_and_in_the_link(version):
    kept = [urlencode(TYPED | {"weight_25": weight}) for weight in ("1", "1.5")]

    page = asked(version, keep=kept)

    names = [column.name for column in page.context["columns"]]
    shares = [column.answer.result["holders"][-1]["share"] for column in page.context["columns"]]
    assert names == ["This setting", "Kept 1", "Kept 2"]
    assert shares[1] < shares[2] < shares[0]
    assert parse_qs(page.context["keep_url"].removeprefix("?"))["keep"] == [*kept, page.context["this"].query]
    assert parse_qs(page.context["columns"][1].drop_url.removeprefix("?"))["keep"] == [kept[1]]
    assert all(f'name="keep" value="{one}"'.replace("&", "&amp;") in page.text for one in kept)


def test_a_link_shows_the_same_to_another_reader(version):
    kept = [urlencode(TYPED | {"weight_25": "1"})]
    mine, theirs = (
        asked(version, client_of(make_member(version.plan, role)), keep=kept)
        for role in (Role.PLAN_ADMINISTRATOR, Role.COMMITTEE_MEMBER)
    )

    assert [c.answer.result for c in mine.context["columns"]] == [
        c.answer.result for c in theirs.context["columns"]
    ]


def test_no_more_than_four_settings(version):
    kept = [urlencode(TYPED | {"weight_25": str(weight)}) for weight in (0.5, 1, 1.5, 1.75)]

    page = asked(version, keep=kept)

    assert (len(page.context["columns"]), page.context["keep_url"]) == (4, "")


def test_a_kept_setting_that_no_longer_fits_is_left_out(version):
    page = asked(version, keep=[urlencode(TYPED | {"cap": "0"}), "nonsense"])

    assert [column.name for column in page.context["columns"]] == ["This setting"]


def test_setting_is_handed_to_the_draft_and_not_saved(version):
    client = client_of(author_of(version.plan))
    page = asked(version, client, kind="both", min_age="30", weight_25="2.5", target_weight="1")

    kwargs = {"plan": version.plan.slug, "menu": version.menu.slug, "version": version.number}
    there = f"{reverse('menus:sleeve-edit', kwargs=kwargs)}?{page.context['use_query']}"
    form = client.get(there).context["form"]

    shown = {name: form[name].value() for name in ("cap", "target_weight", "min_age", "max_age", "weight_25")}
    assert f'href="{there}"'.replace("&", "&amp;") in page.text
    assert (form.kind, shown) == (
        "both",
        {"cap": "5", "target_weight": "1", "min_age": "30", "max_age": "", "weight_25": "2.5"},
    )
    assert "checked" not in str(form["new_money_block"])
    assert not Sleeve.objects.filter(version=version).exists()


@pytest.mark.parametrize("role", [Role.COUNSEL, Role.AUDITOR])
def test_who_may_not_edit_gets_no_button_to_use_a_setting(version, role):
    page = asked(version, client_of(make_member(version.plan, role)))

    assert page.status_code == 200
    assert "Use this setting" not in page.text


def test_frozen_version_has_a_lab_but_no_button(version):
    frozen = make_proposed()
    make_snapshot(frozen.plan, 20)

    page = asked(frozen)

    assert page.context["columns"]
    assert "Use this setting" not in page.text


def test_version_page_leads_to_the_lab(version):
    page = client_of(author_of(version.plan)).get(version.get_absolute_url())

    assert f'href="{address(version)}"' in page.text


def test_page_costs_few_queries(version, django_assert_max_num_queries):
    client = client_of(author_of(version.plan))
    kept = [urlencode(TYPED | {"weight_25": weight}) for weight in ("0.5", "1", "1.5")]
    asked(version, client, keep=kept)

    with django_assert_max_num_queries(23):
        asked(version, client)
    with django_assert_max_num_queries(47):
        asked(version, client, keep=kept)


# ---------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"cap": "0"}, "cap", "The cap must lie between 0 and 100%"),
        ({"cap": "100"}, "cap", "The cap must lie between 0 and 100%"),
        ({"cap": "x"}, "cap", "Enter a number."),
        (
            {"weight_25": "6"},
            "weights_by_age",
            "The sleeve would hold 6% at age 25, above its own cap of 5%.",
        ),
        ({"weight_25": "", "weight_65": ""}, "weights_by_age", "Enter the weight for at least one age."),
        (
            {"kind": "crypto_line", "target_weight": "6"},
            "target_weight",
            "The sleeve would hold 6%, above its own cap of 5%.",
        ),
        (
            {"kind": "crypto_line", "target_weight": ""},
            "target_weight",
            "Say what those who take up the line",
        ),
        (
            {"kind": "both", "target_weight": "4"},
            "target_weight",
            "The sleeve would hold 5.92% through both doors at age 25",
        ),
        ({"band": "1"}, "band", "A band plays its part only where"),
        ({"rebalancing": "threshold"}, "band", "Rebalancing by threshold needs a band"),
        (
            {"kind": "crypto_line", "min_age": "60", "max_age": "30"},
            "max_age",
            "The oldest age, 30, lies below the youngest, 60",
        ),
        (
            {"kind": "crypto_line", "take_up_rate": "101"},
            "take_up_rate",
            "Take-up must lie between 0 and 100%",
        ),
        ({"kind": "neither"}, "kind", "Select a valid choice."),
        ({"market_edition": "moon"}, "market_edition", "Select a valid choice."),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_what_does_not_fit_is_said_at_its_field(version, typed, field, words, htmx):
    page = asked(version, htmx=htmx, **typed)

    assert page.context["form"].errors[field][0].startswith(words)
    assert page.context["columns"] == []
    assert page.text.count(words.replace("'", "&#x27;")) >= 1
    assert "No figures for this setting." in page.text


def test_plan_without_people_is_told_so():
    version = make_version(preset="lean")

    page = asked(version)

    assert page.context["form"].non_field_errors()[0].startswith("There is no census yet")


def test_menu_without_lines_or_series_is_told_so(version):
    bare = make_version(version.menu)
    make_line(bare, "FXAIX")
    empty = make_version(version.menu)

    without_lines, without_series = (asked(one).context["form"] for one in (empty, bare))

    assert without_lines.non_field_errors()[0].startswith(f"Version {empty.number} has no lines yet")
    assert without_series.errors["kind"][0].startswith("The sleeve would sit inside the target-date series")


def test_plan_too_large_is_sent_to_a_run(version, monkeypatch):
    monkeypatch.setattr(lab, "MOST_PEOPLE", 59)

    with pytest.raises(Refusal) as refused:
        lab_answer(version, setting("target_date"))

    assert refused.value.code == "lab_too_large"
    assert "up to 59 people; this one has 60" in refused.value.message


def test_strangers_and_other_plans_find_no_lab(version):
    other = make_plan()
    kwargs = {"plan": other.slug, "menu": version.menu.slug, "version": version.number}

    assert asked(version, client_of(make_user())).status_code == 404
    assert asked(version, client_of(make_member(other))).status_code == 404
    assert client_of(make_member(other)).get(reverse("menus:sleeve-lab", kwargs=kwargs)).status_code == 404


def test_groups_under_ten_are_not_shown():
    version = make_version(funds=FUNDS[:2])
    make_line(version, FUNDS[2], is_qdia=True)
    make_snapshot(version.plan, 12)

    page = asked(version)

    hidden = [cell for cell in page.context["result"]["cells"] if cell["suppressed"]]
    assert hidden
    assert {row.age for row in page.context["effects"]}.isdisjoint({cell["age_band"] for cell in hidden})


def test_lab_asks_nothing_that_a_bound_form_would_not_say(version):
    """The setting that the page opens with is typed in full: its address alone gives the same setting again."""
    sleeve = make_sleeve(version, "both", min_age=30, rebalancing="threshold", band=D("0.01"))

    started = LabForm.started(sleeve)

    assert started.is_valid()
    terms = started.terms()
    assert (terms.kind, terms.min_age, terms.band, terms.line_rebalancing) == (
        "both",
        30,
        D("0.01"),
        "sell_down",
    )
    assert terms.weights_by_age == ((25, D("0.02")), (65, D("0.005")))


# ---------------------------------------------------------------- the API
def test_api_says_what_the_page_says(version):
    by = Caller(author_of(version.plan))
    there = f"plans/{version.plan.slug}/menus/{version.menu.slug}/versions/{version.number}/lab/"
    body = {"kind": "both", "fund": "IBIT", "cap": "0.05", "target_weight": "0.02", "take_up_rate": "0.4"}
    body |= {"weights_by_age": [{"age": 25, "weight": "0.02"}, {"age": 65, "weight": "0.005"}], **RULES}
    events = LedgerEvent.objects.count()

    answer = by.post(there, body, expect=200)

    assert answer["result"] == lab_answer(version, setting("both", "0.4")).result
    assert (answer["paths"], answer["seed"], LedgerEvent.objects.count()) == (LAB_PATHS, LAB_SEED, events)


def test_api_refuses_at_the_same_field(version):
    there = f"plans/{version.plan.slug}/menus/{version.menu.slug}/versions/{version.number}/lab/"
    body = {
        "kind": "crypto_line",
        "fund": "IBIT",
        "cap": "0.05",
        "target_weight": "0.06",
        "rebalancing": "none",
    }

    answer = Caller(author_of(version.plan)).post(there, body, expect=400)

    assert (answer["field"], answer["code"]) == ("target_weight", "sleeve_over_cap")
