"""The same question in each edition: what the committee sees when digital assets lose, and when they gain."""

import pytest

from menus.enums import SleeveKind
from menus.markets import edition_names
from tests.factories.menus import make_line, make_sleeve, make_version
from tests.factories.runs import make_done_run
from tests.factories.sponsors import FUNDS, make_snapshot

pytestmark = pytest.mark.django_db


def test_only_the_loss_edition_has_the_sleeve_lose_on_the_middle_and_the_bad_paths():
    """A small weight inside the target-date fund, rebalanced every year: it earns the average of single years."""
    version = make_version(funds=FUNDS[:2])
    make_line(version, FUNDS[2], is_qdia=True)
    make_sleeve(version, SleeveKind.TARGET_DATE)
    snapshot = make_snapshot(version.plan, 30)

    effects = {}
    for name in edition_names():
        run = make_done_run(version, snapshot, market_edition=name)
        own = next(row for row in run.result["ladder"] if row["weight"] is None)
        effects[name.rpartition("-")[2]] = [own[f"mean_effect_{level}_usd"] for level in ("p5", "p50", "p95")]

    middle = {name: effect[1] for name, effect in effects.items()}
    assert list(middle) == sorted(middle, key=lambda name: middle[name]) == ["loss", "bear", "base", "bull"]
    assert [effect < 0 for effect in effects["loss"]] == [True, True, True]
    assert all(effect > 0 for name in ("bear", "base", "bull") for effect in effects[name])
