"""The sleeve of a draft: both kinds, every refusal, and which lines come and go with it."""

from decimal import Decimal as D

import pytest

from menus.selectors import content, findings, totals
from menus.services.sleeves import sleeve_remove, sleeve_set, weights_parsed
from sponsors.errors import Refusal
from sponsors.ledger.models import LedgerEvent
from tests.factories.menus import author_of, make_fund, make_sleeve, make_version, sleeve_terms

pytestmark = pytest.mark.django_db


def keys_of(version) -> list[str]:
    return list(version.lines.order_by("position").values_list("fund__key", flat=True))


def test_crypto_line_brings_its_fund_onto_the_menu():
    version = make_version(funds=["FXAIX"])

    make_sleeve(version)

    assert keys_of(version) == ["FXAIX", "IBIT"]
    assert content(version)["sleeve"] == {
        "kind": "crypto_line",
        "fund": "IBIT",
        "cap": "0.05",
        "target_weight": "0.02",
        "weights_by_age": [],
        "rebalancing": "sell_down",
        "band": None,
        "new_money_block": True,
        "reason": "",
    }
    event = LedgerEvent.objects.get(action="sleeve.set")
    assert (event.body["from"], event.body["line_added"]) == (None, "IBIT")


def test_another_crypto_fund_takes_the_place_of_the_first():
    version = make_version(funds=["FXAIX"])
    make_sleeve(version)

    make_sleeve(version, fund=make_fund("FBTC"))

    assert keys_of(version) == ["FXAIX", "FBTC"]


def test_moving_the_sleeve_into_the_series_closes_the_line():
    version = make_version(preset="lean")
    make_sleeve(version)

    make_sleeve(version, "target_date")

    assert "IBIT" not in keys_of(version)
    assert content(version)["sleeve"]["weights_by_age"] == [
        {"age": 25, "weight": "0.02"},
        {"age": 65, "weight": "0.005"},
    ]
    exposure = {one.age: one.at_most for one in totals(version).exposure}
    assert exposure == {25: D("0.02"), 35: D("0.01625"), 45: D("0.0125"), 55: D("0.00875"), 65: D("0.005")}


def test_removing_the_sleeve_takes_its_line_along():
    version = make_version(funds=["FXAIX"])
    make_sleeve(version)

    sleeve_remove(by=author_of(version.plan), version=version)

    assert content(version) == {
        "lines": [
            {"position": 1, "fund": "FXAIX", "is_qdia": False, "is_core": False, "value_statement": ""},
        ],
        "sleeve": None,
    }


def test_both_doors_open_are_added_up():
    version = make_version(preset="lean", purpose="Two doors")
    make_sleeve(version, "target_date")
    version.lines.create(sponsor=version.sponsor, plan=version.plan, fund=make_fund("IBIT"), position=21)

    most = totals(version).most_exposed

    assert (most.age, most.fund_weight, most.line_most, most.at_most) == (25, D("0.02"), D(1), D(1))
    assert "two_doors" in {finding.key for finding in findings(version) if finding.is_blocking}


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        (
            "crypto_line",
            {"target_weight": D("0.06")},
            (
                "The sleeve would hold 6%, above its own cap of 5%. Lower the weight to 5% or less, "
                "or raise the cap and record why."
            ),
        ),
        (
            "target_date",
            {"weights_by_age": ((25, D("0.02")), (40, D("0.0725")))},
            (
                "The sleeve would hold 7.25% at age 40, above its own cap of 5%. Lower the weight to 5% or less, "
                "or raise the cap and record why."
            ),
        ),
        ("crypto_line", {"fund": "FXAIX"}, "Fidelity 500 Index Fund does not hold digital assets."),
        ("crypto_line", {"cap": D(0)}, "The cap must lie between 0 and 100%"),
        ("crypto_line", {"cap": D(1)}, "The cap must lie between 0 and 100%"),
        ("crypto_line", {"cap": D("0.05001")}, "Enter percentages with at most two decimals."),
        (
            "crypto_line",
            {"rebalancing": "calendar"},
            "This rebalancing rule does not fit this kind of sleeve.",
        ),
        (
            "target_date",
            {"rebalancing": "sell_down"},
            "This rebalancing rule does not fit this kind of sleeve.",
        ),
        ("target_date", {"rebalancing": "threshold"}, "Rebalancing by threshold needs a band"),
        ("target_date", {"weights_by_age": ()}, "Enter the weight for at least one age."),
        ("target_date", {"weights_by_age": ((40, D("0.01")), (30, D("0.01")))}, "Ages must run upwards"),
        ("target_date", {"weights_by_age": ((25, D("-0.01")),)}, "Each weight must lie between 0 and 100%."),
    ],
)
def test_terms_that_contradict_are_refused(kind, changes, message):
    version = make_version(preset="lean")
    if isinstance(changes.get("fund"), str):
        changes = {**changes, "fund": make_fund(changes["fund"])}
    before, events = content(version), LedgerEvent.objects.count()

    with pytest.raises(Refusal) as caught:
        sleeve_set(by=author_of(version.plan), version=version, terms=sleeve_terms(kind, **changes))

    assert caught.value.message.startswith(message)
    assert (content(version), LedgerEvent.objects.count()) == (before, events)


def test_sleeve_inside_a_series_needs_a_target_date_fund():
    version = make_version(funds=["FXAIX"])

    with pytest.raises(Refusal) as caught:
        make_sleeve(version, "target_date")

    assert caught.value.code == "sleeve_without_home"
    assert content(version)["sleeve"] is None


def test_no_sleeve_cannot_be_removed():
    version = make_version()

    with pytest.raises(Refusal) as caught:
        sleeve_remove(by=author_of(version.plan), version=version)

    assert caught.value.code == "sleeve_missing"


@pytest.mark.parametrize(
    "points", [[{"age": 25}], [{"age": "old", "weight": "1"}], ["x"], [{"age": 3, "weight": "NaN"}]]
)
def test_weights_of_another_shape_are_refused(points):
    with pytest.raises(Refusal) as caught:
        weights_parsed(points)

    assert caught.value.code == "sleeve_weights"
