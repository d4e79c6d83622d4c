"""What Steward fills in by itself: a case for each computable item, on a menu with a sleeve and a run of 60 people."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from fiduciary import checklists
from fiduciary.checklists import Computable
from fiduciary.figures import figures_for
from fiduciary.figures.registry import computed_items
from fiduciary.figures.wording import fee, per_1000, weight, wrapper
from fiduciary.models import PrudenceReview
from fiduciary.selectors import applicable_items
from fiduciary.services.reviews import response_give, review_open
from menus.enums import SleeveKind, Vehicle
from menus.models import Fund
from menus.services.versions import version_propose, version_record_as_found
from sponsors.templatetags.steward import money
from tests.factories.fiduciary import PURPOSE, make_committee, make_review
from tests.factories.menus import make_fund, make_menu, make_sleeve, make_version
from tests.factories.runs import make_done_run

pytestmark = pytest.mark.django_db

# Items that figures could fill, that a review with a sleeve asks, and that Steward leaves to people: why.
LEFT_TO_PEOPLE = {
    "PG-02": "Steward holds no investment policy statement yet",
    "PG-10": "the decision comes after the review and stands at the head of the document",
    "DS-04": "blackout dates are not entered in Steward yet",
    "MO-03": "the watch rule belongs to the investment policy statement",
    "MO-05": "no watch list yet",
}


@pytest.fixture
def reviewed(db):
    """A review of the reference menu with a sleeve by age in the target-date series, after a lean menu, with a run."""
    committee = make_committee(
        named_fiduciary="the Retirement Plan Committee", recordkeeper="Example Recordkeeping"
    )
    menu = make_menu(committee.plan)
    found = make_version(menu, preset="lean", is_as_found=True)
    version_record_as_found(by=committee.author, version=found)
    version = make_version(menu, preset="reference")
    make_sleeve(version, SleeveKind.TARGET_DATE, fund=make_fund("FBTC"), reason="Small enough.")
    version = version_propose(by=committee.author, version=version)
    return review_open(
        by=committee.chair,
        version=version,
        purpose=PURPOSE,
        run=make_done_run(version),
        effective_on=date(2027, 3, 1),
        notice_sent_on=date(2027, 1, 15),
        next_review_on=date(2027, 11, 30),
    )


def statement(review, item):
    return review.figures[item]["statement"]


# ---------------------------------------------------------------- guards
def test_every_registered_item_stands_in_the_edition_and_is_computable_there():
    edition = checklists.edition_in_force(timezone.localdate())
    computable = {item.id for item in edition.items if item.computable is not Computable.NONE}

    assert set(computed_items()) <= computable


def test_every_computable_item_of_a_full_review_is_filled_or_left_with_a_reason(reviewed):
    asked = applicable_items(reviewed)
    expected = {item.id for item in asked if item.computable is not Computable.NONE}

    assert expected - set(reviewed.figures) == set(LEFT_TO_PEOPLE)


def test_every_figure_says_where_it_comes_from_and_holds_whole_rows(reviewed):
    for item, figure in reviewed.figures.items():
        assert figure["provenance"].strip().endswith("."), item
        assert figure["statement"].strip()[-1] in ".:", item
        assert all(len(row) == len(figure["headers"]) for row in figure["rows"]), item
        assert bool(figure["rows"]) == bool(figure["headers"]), item
        assert all(isinstance(cell, str) for row in figure["rows"] for cell in row), item


def test_no_figure_advises_or_praises(reviewed):
    printed = " ".join(
        f"{figure['statement']} {figure['provenance']}" for figure in reviewed.figures.values()
    )

    for word in (
        "compliant",
        "recommend",
        "should invest",
        "attractive",
        "opportunity",
        "safe harbor obtained",
    ):
        assert word not in printed.lower()


def test_figures_of_a_run_say_that_they_are_modelled(reviewed):
    for item in ("PF-05", "FE-05", "LQ-03", "LQ-06", "DA-04", "MO-04"):
        assert "Modelled outcomes, not a forecast." in reviewed.figures[item]["provenance"], item


# ---------------------------------------------------------------- what each says
STATEMENTS = {
    "PG-01": "The plan facts name the Retirement Plan Committee. The charter asks for 2 signatures under a decision.",
    "PG-08": "In the catalogue every line has an expense ratio with its source. Providers' disclosures under "
    "408(b)(2) are "
    "not in Steward unless attached here as evidence.",
    "PG-11": "Steward has no function that deletes a review, its evidence or its documents. How long the database "
    "and the files are kept and backed up is for whoever runs the site; record that rule, or a legal "
    "hold, as evidence here.",
    "PF-01": "The catalogue knows 9 other funds of the same kind as FBTC. Whether they are similar enough, and "
    "enough of "
    "them, is for the committee to say.",
    "PF-02": "The record is that of Bitcoin, spot in US dollars, from August 2010 to July 2026, not of FBTC "
    "itself. No fee; "
    "before September 2014 one thin-market series.",
    "PF-04": "60 people in the census; their ages say how long the money stays.",
    "PF-06": "Every figure about the future comes from run 1 and is marked as a modelled outcome, not a forecast. Its "
    "assumptions stand beside it. Published expectations for digital assets run from 2% to 39% a year and none has any "
    "standing, so the same question stands here in every market edition. 3 market editions not run yet.",
    "FE-01": "Fidelity Wise Origin Bitcoin Fund (FBTC) costs 0.25% a year, $2.50 per $1,000 (read in a named "
    "source). Trading "
    "spreads, custody beyond the sponsor's fee and plan charges are not in it.",
    "FE-03": "1 line of the menu has a cheaper share class in the catalogue.",
    "FE-04": "2 funds of its kind cost less than FBTC, so the committee has to say in writing what the "
    "difference buys; the "
    "menu line does not say it yet.",
    "LQ-01": "FBTC is an exchange-traded trust under the 1933 Act. Its liquidity is not shown by registration: "
    "a similar "
    "programme with a written representation, or an analysis of the committee's own, remains. The proposed "
    "rule's routes "
    "are not in effect.",
    "LQ-05": "The sleeve is at most 2% by its own rule; FBTC is an exchange-traded trust under the 1933 Act. Illiquid "
    "holdings inside other funds are not in Steward. A registered open-end fund may hold 15% at most.",
    "VA-01": "FBTC is an exchange-traded trust under the 1933 Act. Its valuation is not shown by registration: "
    "that exchange "
    "prices, or an independent process, are adequate has to be shown. The proposed rule's routes are not in effect.",
    "BM-01": "No review benchmark is on file for FBTC. Name one of similar mandate, strategy and risk.",
    "BM-02": "The menu uses 16 review benchmarks; every line has one on file.",
    "BM-06": "A broad-based index for the participant chart is on file for 25 of 26 lines. A bitcoin reference "
    "rate is not "
    "one.",
    "DA-03": "The cap is 5% of an account. Rebalancing: once a year, back to the target. By design an account "
    "holds at most "
    "2%, counted through every door, at age 25. Reason given: Small enough.",
    "DA-06": "FBTC is an exchange-traded trust under the 1933 Act. The 1940 Act's rules on liquidity "
    "programmes, boards, "
    "custody, leverage and affiliates do not reach it.",
    "MN-02": "Trading rules are the recordkeeper's and not in Steward: attach them as evidence. Recordkeeper on file: "
    "Example Recordkeeping.",
    "MN-03": "The default is Vanguard Target Retirement (11 vintages).",
    "MN-04": "This is that review: number 1, opened for version 2 with its sleeve.",
    "MN-05": "26 lines, 16 choices (a target-date series counts once). They cost 0.083% a year, weighted "
    "by balances.",
    "DS-02": "Effective March 1, 2027: the change notice is due between December 1, 2026 and January 30, 2027; "
    "the yearly "
    "chart and the quarterly statements follow the plan year.",
    "DS-03": "Notice on January 15, 2027, effect on March 1, 2027: 45 days before, inside the 30 to 90 days.",
    "DS-06": "The chart has to show: The cap is 5% of an account. Rebalancing: once a year, back to the target.",
    "MO-01": "The next review is due on November 30, 2027. None was missed so far.",
    "MO-06": "Where the texts that a review of a menu relies on stand today.",
}


@pytest.fixture
def statements(reviewed):
    return {item: figure["statement"] for item, figure in reviewed.figures.items()}


def test_statements_of_the_reference_menu(statements):
    assert {item: statements[item] for item in STATEMENTS} == STATEMENTS


def test_tables_of_the_reference_menu(reviewed):
    figures = reviewed.figures

    assert [row[0] for row in figures["PF-01"]["rows"]][:3] == ["BITB", "ARKB", "BTCO"]
    assert figures["FE-02"]["rows"][0] == ["BITB", "Bitwise Bitcoin ETF", "0.20%", "$2.00"]
    assert figures["FE-03"]["rows"] == [["VTIAX", "0.09%", "VXUS", "0.05%"]]
    assert figures["BM-03"]["rows"] == [["25", "2%", "98%"], ["65", "0.5%", "99.5%"]]
    assert figures["CX-03"]["rows"] == [["25", "2%", "0.0834%"], ["65", "0.5%", "0.0808%"]]
    assert figures["PG-09"]["rows"][0] == ["Process and governance", "0", "11"]
    assert [row[0] for row in figures["PF-02"]["rows"]] == ["1 year", "3 years", "5 years", "10 years"]
    assert [row[0] for row in figures["BM-04"]["rows"]] == ["1 year", "3 years", "5 years", "10 years"]
    assert len(figures["PF-03"]["rows"]) == 12
    assert {row[2] for row in figures["MN-05"]["rows"]} == {
        "by lines of its own",
        "not at all",
        "through the sleeve",
    }
    assert ["Broad-based index", "25", "VMFXX"] in figures["DS-01"]["rows"]
    assert {"GENIUS Act, payment stablecoins", "CLARITY Act, H.R. 3633 (crypto market structure)"} <= {
        row[0] for row in figures["DA-08"]["rows"]
    }


def test_figures_of_the_run_are_those_of_its_result(reviewed):
    result, figures = reviewed.run.result, reviewed.figures
    shown = [
        c
        for c in result["cells"]
        if c["pay_band"] == "all" and c["age_band"] != "all" and not c["suppressed"]
    ]
    first = result["plan_years"][0]

    assert [row[0] for row in figures["PF-05"]["rows"]] == [cell["age_band"] for cell in shown]
    assert figures["PF-05"]["rows"][0][2:] == [
        money(shown[0]["without_p5_usd"]),
        money(shown[0]["with_p5_usd"]),
    ]
    assert figures["DA-04"]["rows"][0][2:] == [
        money(shown[0]["loss_if_down_50_usd"]),
        money(shown[0]["loss_if_down_80_usd"]),
    ]
    assert [row[0] for row in figures["LQ-06"]["rows"]] == ["−50%", "−80%"]
    assert figures["LQ-06"]["rows"][0][1] == money(result["stress"][0]["plan_loss_usd"])
    assert f"{money(first['flow_per_payroll_usd'])} of each payroll" in statement(reviewed, "LQ-03")
    assert statement(reviewed, "MO-04").startswith(f"At the end of {first['calendar_year']} ")
    assert figures["FE-05"]["rows"][0][2] == money(shown[0]["sleeve_fees_usd"])


def test_changes_are_those_against_the_menu_in_force(reviewed):
    lean = {line.fund.key for line in reviewed.version.menu.versions.get(number=1).lines.all()}
    now = {line.fund.key for line in reviewed.version.lines.all()}

    rows = reviewed.figures["MO-02"]["rows"]

    assert {row[0] for row in rows if row[2] == "added"} == now - lean
    assert {row[0] for row in rows if row[2] == "removed"} == lean - now
    assert statement(reviewed, "MO-02").startswith(
        f"Against the menu in force (version 1), {len(rows)} funds differ."
    )


def test_unanswered_items_are_counted_with_each_answer(reviewed):
    committee = make_committee(reviewed.plan)
    before = dict(reviewed.figures)
    asked = len(applicable_items(reviewed))

    response_give(by=committee.member, review=reviewed, item_id="PG-01", answer="met")

    reviewed.refresh_from_db()
    assert statement(reviewed, "PG-09") == f"{asked - 1} items of this review are unanswered."
    assert reviewed.figures["PG-09"]["rows"][0] == ["Process and governance", "1", "11"]
    assert {k: v for k, v in reviewed.figures.items() if k != "PG-09"} == {
        k: v for k, v in before.items() if k != "PG-09"
    }


# ---------------------------------------------------------------- other menus
def test_menu_without_sleeve_or_run_keeps_to_what_it_has():
    review = make_review()

    assert {"DA-03", "MO-04"} & set(review.figures) == set()
    assert statement(review, "BM-01").startswith("The catalogue's benchmark for a review of VTINX is ")
    assert statement(review, "DS-03") == (
        "Not computed yet: the effective date and the date of the notice are not set."
    )
    assert statement(review, "MO-01") == "No date is set for the next review. None was missed so far."
    assert statement(review, "LQ-01").startswith(
        "VTINX is a mutual fund under the 1940 Act, the vehicle that "
    )


def test_crypto_line_says_what_happens_to_new_money():
    committee = make_committee()
    version = make_version(make_menu(committee.plan), preset="reference")
    make_sleeve(version, SleeveKind.CRYPTO_LINE, new_money_block=True)
    review = make_review(committee, version=version_propose(by=committee.author, version=version))

    assert "New money above the cap is blocked." in statement(review, "DA-03")
    assert "New money above the cap is blocked." in statement(review, "DS-06")
    assert "CX-03" not in review.figures


def test_missed_review_is_named():
    review = make_review()
    past = make_review(make_committee(review.plan), version=make_version_of(review))
    PrudenceReview.objects.filter(pk=past.pk).update(
        status="closed", next_review_on=timezone.localdate() - timedelta(days=1), number=7
    )
    PrudenceReview.objects.filter(pk=review.pk).update(opened_at=past.opened_at - timedelta(days=1))
    review.refresh_from_db()

    assert "Past its date without a later review: Review 7 (due " in figures_for(review)["MO-01"]["statement"]


def make_version_of(review):
    version = make_version(review.version.menu, preset="lean")
    return version_propose(by=version.created_by, version=version)


def test_fee_that_is_not_known_is_asked_for():
    committee = make_committee()
    version = make_version(make_menu(committee.plan), preset="reference")
    default = version.lines.filter(is_qdia=True).first().fund
    Fund.objects.filter(pk=default.pk).update(expense_ratio=None)
    review = make_review(committee, version=version_propose(by=committee.author, version=version))

    assert statement(review, "FE-01") == (
        f"The catalogue has no expense ratio of {default.name} ({default.key}): ask the provider before deciding."
    )
    assert "FE-02" not in review.figures
    assert f"no expense ratio is on file for {default.key}" in statement(review, "PG-08")


# ---------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (weight("0.005"), "0.5%"),
        (weight(Decimal("0.02")), "2%"),
        (weight(0), "0%"),
        (fee(Decimal("0.0004")), "0.04%"),
        (fee(Decimal("0.000834")), "0.0834%"),
        (fee(None), "not found"),
        (per_1000(Decimal("0.0025")), "$2.50"),
        (per_1000(None), "–"),
    ],
)
def test_wording(printed, expected):
    assert printed == expected


def test_every_vehicle_has_its_words():
    assert {wrapper(vehicle)[:2] for vehicle in Vehicle} == {"a ", "an"}
