"""Mistakes in the data files of funds: weights that are no shares of a whole, and what nobody can look through."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from config import checks
from menus import look_through
from menus.catalogue import FUNDS_FILE, catalogue_load, read_catalogue
from menus.look_through import glide_paths, look_throughs
from menus.models import Fund
from sponsors.facts import FactError, read_yaml

PLACE = "asset_classes.yaml: look_through: balanced_60_40"
CACHES = (look_through.look_throughs, look_through.glide_paths, look_through._asset_file)


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that puts an edited copy of a data file in the place of the real one."""

    def edit(name: str, change: Any) -> Path:
        path = getattr(look_through, name) if name != "FUNDS_FILE" else FUNDS_FILE
        raw = copy.deepcopy(dict(read_yaml(path)))
        change(raw)
        copied = tmp_path / path.name
        copied.write_text(yaml.safe_dump(raw, allow_unicode=True))
        if name != "FUNDS_FILE":
            monkeypatch.setattr(look_through, name, copied)
        _forget()
        return copied

    yield edit
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    for cached in CACHES:
        cached.cache_clear()


def weights_of(key: str, weights: dict[str, float]) -> Any:
    return lambda raw: raw["look_through"][key].update(weights=weights)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (
            {"us_large": 0.6, "us_agg": 0.3},
            f"{PLACE}: weights sum to 0.9, not to one",
        ),
        (
            {"us_agg": -0.2, "us_large": 1.2},
            f"{PLACE}: the weight of us_agg is -0.2; weights lie between 0 and 1",
        ),
        (
            {"us_large": 0.6, "moon": 0.4},
            f"{PLACE}: unknown moon",
        ),
    ],
)
def test_look_through_that_is_no_share_of_a_whole_is_refused(edited, weights, words) -> None:
    edited("ASSET_CLASSES_FILE", weights_of("balanced_60_40", weights))

    with pytest.raises(FactError) as refused:
        look_throughs()

    assert str(refused.value) == words


def test_point_of_a_glide_path_that_does_not_sum_to_one_is_refused(edited) -> None:
    edited("GLIDE_PATHS_FILE", lambda raw: raw["shape"]["points"][2].update(us_equity=0.7))

    with pytest.raises(FactError) as refused:
        glide_paths()

    assert str(refused.value) == (
        "glide_paths.yaml: shape: 23 years to the target date: weights sum to 1.09, not to one"
    )


def test_stocks_of_more_than_everything_on_a_glide_path_are_refused(edited) -> None:
    def change(raw: dict[str, Any]) -> None:
        raw["series"]["fidelity-freedom-index"]["anchors"][0]["equity"] = 1.2

    edited("GLIDE_PATHS_FILE", change)

    with pytest.raises(FactError) as refused:
        glide_paths()

    assert str(refused.value) == (
        "glide_paths.yaml: series: fidelity-freedom-index: an equity share of 1.2; shares lie between 0 and 1"
    )


@pytest.mark.parametrize(
    ("fund", "changes", "words"),
    [
        (
            "FXAIX",
            {"look_through": "moon"},
            "funds.yaml: FXAIX: look-through 'moon' is not in asset_classes.yaml",
        ),
        ("VFFVX", {"glide_path": "moon"}, "funds.yaml: VFFVX: glide path 'moon' is not in glide_paths.yaml"),
    ],
)
def test_fund_that_nobody_can_look_through_is_refused(edited, fund, changes, words) -> None:
    path = edited("FUNDS_FILE", lambda raw: raw[fund].update(changes))

    with pytest.raises(FactError) as refused:
        read_catalogue(path)

    assert str(refused.value) == words


@pytest.mark.django_db
def test_catalogue_with_a_mistake_changes_no_fund(edited) -> None:
    path = edited("FUNDS_FILE", lambda raw: raw["FXAIX"].pop("look_through"))

    with pytest.raises(FactError, match=r"FXAIX: look-through '' is not in asset_classes\.yaml"):
        catalogue_load(path)

    assert not Fund.objects.exists()


def test_start_up_check_says_which_file_and_what(edited) -> None:
    edited("ASSET_CLASSES_FILE", weights_of("balanced_60_40", {"us_large": 0.6, "us_agg": 0.3}))

    found = [message for message in checks.data_files() if message.id == "steward.E002"]

    words = f"{PLACE}: weights sum to 0.9, not to one"
    assert {message.msg for message in found} == {f"A data file breaks its own rules: {words}"}
    assert {message.hint for message in found} == {
        "Mend menus/data/asset_classes.yaml, or take it from the version that is installed."
    }
