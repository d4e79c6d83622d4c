"""The cap of a crypto line holds at election: nobody is projected to put more there."""

from decimal import Decimal as D

import pytest

from menus.models import ProjectionRun
from menus.panel import behaviour_defaults
from sponsors.errors import Refusal
from tests.factories.menus import make_sleeve, make_version
from tests.factories.runs import make_run, make_small_version

pytestmark = pytest.mark.django_db


def test_more_than_the_cap_cannot_be_elected():
    version = make_small_version()  # a line with a cap of 5%

    with pytest.raises(Refusal) as refused:
        make_run(version, behaviour={"take_up_weight": D("0.06")})

    assert (refused.value.field, refused.value.message) == (
        "take_up_weight",
        "Nobody can put 6% into the line: its cap of 5% holds at election too. Enter 5% or less.",
    )
    assert not ProjectionRun.objects.exists()


def test_the_cap_itself_can_be_elected():
    run = make_run(make_small_version(), behaviour={"take_up_weight": D("0.05")})

    assert run.behaviour["take_up_weight"] == 0.05


@pytest.mark.parametrize(
    ("kind", "terms", "expected"),
    [
        ("crypto_line", {"target_weight": None, "cap": D("0.03")}, 0.03),
        ("crypto_line", {"target_weight": D("0.02"), "cap": D("0.03")}, 0.02),
        ("target_date", {"cap": D("0.03")}, 0.05),  # no line, so nothing is elected
    ],
)
def test_the_assumption_of_take_up_stays_within_the_cap(kind, terms, expected):
    sleeve = make_sleeve(make_version(preset="lean"), kind, **terms)

    assert behaviour_defaults(sleeve)["take_up_weight"] == expected
