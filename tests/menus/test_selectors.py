"""Questions: what guardrails may know, cost by balances, comparisons, fund search."""

from decimal import Decimal as D

import pytest

from menus.catalogue import catalogue_load, read_catalogue
from menus.models import Fund, MenuVersion
from menus.selectors import (
    FundFilter,
    comparators_of,
    compare_versions,
    findings,
    funds_matching,
    menu_facts,
    totals,
)
from menus.services.lines import line_add, line_edit, line_remove
from menus.services.versions import version_adopt, version_create
from sponsors.ledger.models import LedgerEvent
from tests.factories.menus import (
    author_of,
    make_catalogue,
    make_fund,
    make_proposed,
    make_sleeve,
    make_version,
)
from tests.factories.sponsors import make_snapshot

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- catalogue
def test_catalogue_loads_every_fund_and_then_changes_nothing():
    first, second = catalogue_load(), catalogue_load()

    wanted = sorted(read_catalogue())
    assert sorted(first.added) == sorted(Fund.objects.values_list("key", flat=True)) == wanted
    assert (second.added, second.changed, sorted(second.unchanged)) == ([], [], wanted)


def test_catalogue_brings_a_changed_fund_back_and_records_it():
    make_catalogue()
    Fund.objects.filter(key="FXAIX").update(expense_ratio=D("0.5"), catalogue_hash="old")

    report = catalogue_load()

    assert report.changed == ["FXAIX"]
    assert make_fund("FXAIX").expense_ratio == D("0.00015")
    assert LedgerEvent.objects.get().action == "fund.changed"


def test_fund_that_left_the_file_stays():
    make_catalogue()
    Fund.objects.create(key="OLD", name="Old fund", vehicle="cit", asset_class="us_bond")

    report = catalogue_load()

    assert report.missing == ["OLD"]
    assert Fund.objects.filter(key="OLD").exists()


def test_every_cited_fact_names_its_source():
    make_catalogue()

    unsourced = [
        (fund.key, name)
        for fund in Fund.objects.all()
        for name, fact in fund.facts.items()
        if fact["basis"] == "cited" and not fact["sources"]
    ]

    assert unsourced == []


# ---------------------------------------------------------------- facts, totals
def test_menu_facts_take_seven_queries_at_most(django_assert_max_num_queries):
    version = make_version(preset="wide")
    make_sleeve(version, "target_date")
    version = MenuVersion.objects.select_related("plan").get(pk=version.pk)

    with django_assert_max_num_queries(7):
        facts = menu_facts(version)

    assert len(facts.lines) == 30


def test_cost_weighs_by_balances_when_a_census_knows_them():
    version = make_version(funds=["VFIAX", "VBTLX", "FXNAX"])
    equal = totals(version).cost
    make_snapshot(version.plan)

    held = totals(version).cost

    fees = {key: make_fund(key).expense_ratio for key in ("VFIAX", "VBTLX", "FXNAX")}
    balances = {line.key: line.balance_usd for line in menu_facts(version).lines}
    assert (equal.weighted_by, equal.rate) == ("equal weights", sum(fees.values()) / 3)
    assert balances == {"VFIAX": D(3300), "VBTLX": D(1500), "FXNAX": D(0)}
    assert (held.weighted_by, held.rate) == ("balances", (3300 * fees["VFIAX"] + 1500 * fees["VBTLX"]) / 4800)


def test_sleeve_added_to_a_series_in_force_is_a_new_selection():
    first = make_proposed()
    author = author_of(first.plan)
    version_adopt(by=author, version=first, decision_label="Decision 1")
    draft = version_create(by=author, menu=first.menu, copy_of=first)

    make_sleeve(draft, "target_date")

    assert "new_selection" in {finding.key for finding in findings(draft)}


def test_crypto_fund_is_one_coin_unless_it_is_a_basket():
    version = make_version(funds=["IBIT", "BITW"])

    facts = {line.key: line.is_diversified for line in menu_facts(version).lines}

    assert facts == {"IBIT": False, "BITW": True}


def test_cheaper_share_class_of_the_same_fund_is_found():
    version = make_version(funds=["VTIAX", "FXAIX"])

    siblings = {
        line.key: line.cheaper_sibling and line.cheaper_sibling.key for line in menu_facts(version).lines
    }

    assert siblings == {"VTIAX": "VXUS", "FXAIX": None}


# ---------------------------------------------------------------- comparison
def test_comparison_names_every_difference_and_nothing_else():
    first = make_version(preset="lean")
    author = author_of(first.plan)
    second = version_create(by=author, menu=first.menu, copy_of=first)
    line_add(by=author, version=second, fund=make_fund("FTIHX"))
    line_remove(by=author, line=second.lines.get(fund__key="VBIAX"))
    line_edit(by=author, line=second.lines.get(fund__key="FXAIX"), is_core=False)
    make_sleeve(second, "target_date")

    comparison = compare_versions(first, second)

    differing = {
        line.fund.key: (line.status, line.words) for line in comparison.lines if line.status != "unchanged"
    }
    assert differing == {
        "FTIHX": ("added", ()),
        "VBIAX": ("removed", ()),
        "FXAIX": ("changed", ("no longer a core line",)),
    }
    assert [(term.label, term.before, term.after) for term in comparison.sleeve] == [
        ("Sleeve", "–", "A crypto weight inside the target-date series"),
        ("Fund", "–", "iShares Bitcoin Trust ETF (IBIT)"),
        ("Cap", "–", "5%"),
        ("Weight by age", "–", "2% at 25, 0.5% at 65"),
        ("Rebalancing", "–", "Once a year, back to the target"),
    ]


def test_copy_compares_as_the_same():
    first = make_version(preset="wide")

    second = version_create(by=author_of(first.plan), menu=first.menu, copy_of=first)

    assert compare_versions(first, second).is_same


# ---------------------------------------------------------------- funds
@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        (FundFilter(text="fxaix"), ["FXAIX"]),
        (FundFilter(text="fidelity 500"), ["FXAIX"]),
        (FundFilter(asset_class="gold", fee_below=D("0.0025")), ["IAU", "GLDM"]),
        (FundFilter(asset_class="us_bond", style="active"), ["DODIX", "PTTRX"]),
        (FundFilter(vehicle="stable_value"), ["STABLE-GENERIC"]),
        (FundFilter(text="nothing like it"), []),
    ],
)
def test_fund_search(wanted, keys):
    make_catalogue()

    assert sorted(fund.key for fund in funds_matching(wanted)) == sorted(keys)


def test_ticker_comes_first():
    make_catalogue()

    assert funds_matching(FundFilter(text="BTC")).first().key == "BTC"


def test_comparators_do_the_same_job_cheapest_first():
    found = comparators_of(make_fund("VTIAX"))

    assert [fund.key for fund in found] == ["VXUS", "FTIHX"]
