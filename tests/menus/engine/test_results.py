"""The tidy frames: what they say, that they agree with each other, and what they leave out."""

import json

import numpy as np
import pandas as pd
import pytest

from menus.engine import Behaviour, merge, prepare, project
from menus.engine.arms import OWN
from menus.engine.cells import AGE_BANDS, ALL, band, hidden_cells
from menus.engine.contributions import contributions, horizons
from menus.engine.exposure import all_holdings
from menus.engine.measures import quantile_errors, quantiles, shortfall, shortfall_error
from menus.engine.projection import account_paths
from menus.engine.results import Summary, participant_detail, summarise
from menus.engine.runs import BEYOND, SHARE_UNIT
from menus.engine.totals import plan_paths

from .scenarios import people, scenario

BALANCED = 5  # the line that holds some digital assets of its own


def run(sleeve: str, n: int = 40) -> tuple:
    prepared, group = prepare(scenario(sleeve, n_paths=200)), people(n)
    whole = project(prepared, group)
    return prepared, group, whole, summarise(whole, prepared, group)


@pytest.fixture(scope="module", params=["calendar", "both"])
def finished(request) -> tuple:
    return run(request.param)


def test_quantiles_are_numpys():
    values = np.sort(np.random.default_rng(1).standard_normal((3, 101)).astype(np.float32), axis=1)
    levels = (0.05, 0.25, 0.5, 0.95)
    assert quantiles(values, levels) == pytest.approx(np.quantile(values.astype(float), levels, axis=1).T)


def test_sampling_errors_are_those_seen_over_many_samples():
    draws = np.sort(np.random.default_rng(2).standard_normal((2_000, 1_000)).astype(np.float32), axis=1)
    seen = quantiles(draws, (0.05, 0.5, 0.95)).std(axis=0)
    assert quantile_errors(draws, (0.05, 0.5, 0.95)).mean(axis=0) == pytest.approx(seen, rel=0.1)
    assert shortfall_error(draws).mean() == pytest.approx(shortfall(draws).std(), rel=0.1)


def test_the_plan_is_the_sum_of_its_people_path_by_path(finished):
    prepared, group, whole, _ = finished
    own = next(arm for arm in prepared.arms if arm.name == OWN)
    paid = contributions(
        group, prepared.scenario.plan, prepared.scenario.behaviour, prepared.scenario.n_years
    )
    years = horizons(group, prepared.scenario.behaviour)
    balance, digital = (np.zeros((prepared.scenario.n_years, 200)) for _ in range(2))
    for row, held in enumerate(all_holdings(prepared, own, group)):
        paths = account_paths(prepared, own, held, paid[row, : years[row]])
        balance[: years[row]] += paths.balance
        digital[: years[row]] += paths.digital

    plan_balance, plan_digital = plan_paths(prepared, whole)
    assert plan_balance == pytest.approx(balance, rel=1e-5, abs=1)
    assert plan_digital == pytest.approx(digital, rel=1e-5, abs=1)


def test_plan_frames_do_not_depend_on_the_chunks(finished):
    prepared, group, _, summary = finished
    parts = [project(prepared, group.take(slice(k, k + 7))) for k in range(0, len(group), 7)]
    again = summarise(merge(reversed(parts)), prepared, group)
    assert again.to_dict() == summary.to_dict()


def test_one_row_a_participant_and_every_identity_passes(finished):
    _, group, _, summary = finished
    assert sorted(summary.participants["key"]) == sorted(group.keys)
    assert summary.checks["passed"].all()
    assert summary.manifest["people"] == len(group)


def test_doors_add_up_to_the_digital_dollars(finished):
    frame = finished[3].participants
    doors = frame[["door_crypto_line_usd", "door_target_date_usd", "door_other_lines_usd"]].sum(axis=1)
    assert doors.tolist() == pytest.approx(frame["digital_today_usd"].tolist(), abs=0.02)


def test_effect_is_with_less_without(finished):
    frame = finished[3].participants
    for level in ("p5", "p50", "p95", "shortfall"):
        difference = frame[f"with_{level}_usd"] - frame[f"without_{level}_usd"]
        assert frame[f"effect_{level}_usd"].tolist() == pytest.approx(difference.tolist(), abs=0.011)


def test_stress_is_the_drop_of_todays_digital_dollars(finished):
    summary = finished[3]
    digital = summary.participants["digital_today_usd"].sum()
    assert summary.stress["plan_loss_usd"].tolist() == pytest.approx([0.5 * digital, 0.8 * digital])


def test_yearly_rows_end_at_each_horizon(finished):
    rows = finished[2].rows
    years = np.arange(rows["share"].shape[1])
    within = years < rows["horizon"][:, None]
    assert ((rows["share"][:, :, 0] != BEYOND) == within).all()


def test_the_plan_counts_people_up_to_their_horizon(finished):
    summary = finished[3]
    horizon = summary.participants["horizon_years"]
    assert summary.plan_years["people"].tolist() == [
        int((horizon >= y).sum()) for y in summary.plan_years["year"]
    ]


def test_the_ladder_stands_in_order_with_the_sponsor_last(finished):
    ladder = finished[3].ladder
    assert ladder["label"].tolist() == ["0%", "1%", "5%", "20%", "Sponsor's sleeve"]
    assert ladder["mean_effect_p50_usd"].iloc[0] == 0
    digital = ladder["digital_today_usd"].tolist()
    assert digital[0] < digital[1] < digital[2] < digital[3]


def test_participant_detail_agrees_with_the_run(finished):
    prepared, group, whole, summary = finished
    detail = participant_detail(prepared, group.take([5]))
    row = summary.participants.set_index("key").loc[group.keys[5]]
    final = detail[detail["year"] == row["horizon_years"]].set_index("arm")

    assert final.loc["with", "balance_p50_usd"] == pytest.approx(row["with_p50_usd"], abs=0.006)
    assert final.loc["without", "balance_p5_usd"] == pytest.approx(row["without_p5_usd"], abs=0.006)
    place, with_rows = np.searchsorted(whole.rows["key"], group.keys[5]), detail[detail["arm"] == "with"]
    shares, dollars = (whole.rows[name][place, : len(with_rows)] for name in ("share", "digital"))
    assert with_rows["share_p95"].tolist() == pytest.approx((shares[:, 2] / SHARE_UNIT).tolist(), abs=1e-6)
    assert with_rows["digital_p50_usd"].tolist() == pytest.approx((dollars[:, 1] / 100).tolist(), abs=0.006)


def test_everything_can_be_written_as_json(finished):
    summary = finished[3]
    stored = json.loads(json.dumps(summary.to_dict(), allow_nan=False))
    assert set(stored) == set(Summary.__dataclass_fields__)
    assert len(stored["participants"]) == len(summary.participants)


def test_bands_run_from_their_lower_bound():
    assert band(np.array([20, 24, 25, 64, 65, 99]), AGE_BANDS).tolist() == [
        "under 25",
        "under 25",
        "25-34",
        "55-64",
        "65+",
        "65+",
    ]


def test_a_small_cell_and_the_one_that_would_give_it_away_are_hidden():
    counts = np.array([[30, 9, 12], [20, 25, 40], [0, 15, 50]])
    assert hidden_cells(counts).tolist() == [[False, True, True], [False, False, False], [False, True, True]]


def test_small_cells_show_neither_count_nor_figures():
    cells = run("calendar", 60)[3].cells
    hidden = cells[cells["suppressed"]]
    shown = cells[~cells["suppressed"]]

    assert len(hidden) > 0
    assert hidden.drop(columns=["age_band", "pay_band", "suppressed"]).isna().all(axis=None)
    assert (shown["people"] >= 10).all()
    assert cells.iloc[0][["age_band", "pay_band", "people"]].tolist() == [ALL, ALL, 60]


def test_a_plan_of_fewer_than_ten_shows_no_cells():
    cells = run("calendar", 6)[3].cells
    assert cells["suppressed"].all()


def test_a_menu_without_a_sleeve_has_no_effect_but_a_ladder():
    summary = run("none")[3]
    assert (summary.participants["effect_p50_usd"] == 0).all()
    assert summary.ladder.set_index("label").loc["5%", "mean_effect_p95_usd"] > 0


def test_nobody_taking_up_the_line_means_nobody_above_the_cap():
    prepared = prepare(scenario("line", n_paths=100, behaviour=Behaviour(take_up_rate=0)))
    group = people(12)
    summary = summarise(project(prepared, group), prepared, group)
    holds_some = pd.Series(group.elections[:, BALANCED] > 0, index=group.keys)
    probability = summary.participants.set_index("key")["ever_above_cap_probability"]

    assert 0 < holds_some.sum() < 12
    assert (probability[~holds_some] == 0).all()
    assert summary.plan_years["sleeve_fees_usd"].sum() == 0
