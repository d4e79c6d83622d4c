"""The sleeve of a draft: both kinds, every refusal, and which lines come and go with it."""

from decimal import Decimal as D

import pytest

from menus.panel.inputs import _sleeve as inputs_of_sleeve
from menus.panel.scenario import _sleeve as sleeve_of_inputs
from menus.selectors import content, findings, totals
from menus.services.sleeves import sleeve_remove, sleeve_set, weights_parsed
from sponsors.errors import Refusal
from sponsors.ledger.canonical import content_hash
from sponsors.ledger.models import LedgerEvent
from tests.factories.menus import author_of, make_fund, make_sleeve, make_version, sleeve_terms

pytestmark = pytest.mark.django_db

HASHES_OF_OLD = [
    "c8f4b542a7b26aace5f91edb57f7917a4c4084cc71e657d33dce88a520438a85",
    "9e820f5951365e078a93222866ff3e7f119ab8834ee8029b155c7e27d7e518a2",
]


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


def test_one_sleeve_opens_both_doors_against_one_cap():
    version = make_version(preset="lean")

    make_sleeve(version, "both", min_age=25, max_age=60)

    assert keys_of(version)[-1] == "IBIT"
    assert content(version)["sleeve"] == {
        "kind": "both",
        "fund": "IBIT",
        "cap": "0.05",
        "target_weight": "0.02",
        "weights_by_age": [{"age": 25, "weight": "0.02"}, {"age": 65, "weight": "0.005"}],
        "rebalancing": "calendar",
        "band": None,
        "new_money_block": True,
        "reason": "",
        "line_rebalancing": "sell_down",
        "min_age": 25,
        "max_age": 60,
    }
    exposure = {one.age: (one.at_target, round(one.at_most, 6)) for one in totals(version).exposure}
    assert exposure[25] == (D("0.0396"), D("0.05"))
    assert exposure[65] == (D("0.005"), D("0.005"))  # the line is closed to them
    assert "two_doors" not in {finding.key for finding in findings(version)}


def test_closing_one_of_both_doors_keeps_the_other():
    version = make_version(preset="lean")
    make_sleeve(version, "both")

    make_sleeve(version, "target_date")
    inside = content(version)["sleeve"]
    make_sleeve(version, "both")
    sleeve_remove(by=author_of(version.plan), version=version)

    assert (inside["kind"], inside["target_weight"], "line_rebalancing" in inside) == (
        "target_date",
        None,
        False,
    )
    assert "IBIT" not in keys_of(version)


def test_terms_of_the_first_kinds_hash_as_they_always_did():
    """Versions were frozen under these hashes before both doors and ages came."""
    line, inside = make_version(preset="lean"), make_version(preset="lean")
    make_sleeve(line)
    make_sleeve(inside, "target_date")

    hashes = [content_hash(content(version)["sleeve"]) for version in (line, inside)]

    assert hashes == HASHES_OF_OLD


def test_ages_of_the_line_and_both_rules_reach_the_engine():
    version = make_version(preset="lean")
    sleeve = make_sleeve(version, "both", line_rebalancing="none", min_age=30)
    menu = {"first_age": 20, "last_age": 100}

    scenario = sleeve_of_inputs(inputs_of_sleeve(sleeve, menu))

    assert (scenario.kind, scenario.cap) == ("both", 0.05)
    line = scenario.crypto_line
    assert (line.rebalancing, line.fee, line.min_age, line.max_age) == ("new_money_block", 0.0025, 30, None)
    assert scenario.target_date.rebalancing == "calendar"
    assert scenario.target_date.weights[5] == 0.02


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
        (
            "both",
            {"target_weight": D("0.04")},
            "The sleeve would hold 5.92% through both doors at age 25, above its own cap of 5%.",
        ),
        ("both", {"line_rebalancing": None}, "This rebalancing rule does not fit a crypto line."),
        ("both", {"line_rebalancing": "calendar"}, "This rebalancing rule does not fit a crypto line."),
        ("both", {"rebalancing": "sell_down"}, "This rebalancing rule does not fit this kind of sleeve."),
        ("both", {"weights_by_age": ()}, "Enter the weight for at least one age."),
        (
            "crypto_line",
            {"min_age": 60, "max_age": 30},
            "The oldest age, 30, lies below the youngest, 60: nobody could choose the line.",
        ),
        ("crypto_line", {"max_age": 101}, "The age must lie between 16 and 100"),
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
