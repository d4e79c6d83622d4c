"""The tidy frames: what they say, that they agree with each other, and what they leave out."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from menus.engine import Behaviour, People, Prepared, evaluate, merge, prepare, project
from menus.engine.arms import OWN
from menus.engine.bands import AGE_BANDS, N_BINS, PAY_BANDS, band_of, bin_of, median_of
from menus.engine.cells import ALL, SMALLEST_CELL, hidden_cells
from menus.engine.contributions import contributions, horizons
from menus.engine.exposure import holdings
from menus.engine.measures import difference_errors, quantile_errors, quantiles, shortfall, shortfall_error
from menus.engine.projection import account_paths
from menus.engine.results import Summary, participant_detail, participant_frame, summarise
from menus.engine.sums import MEANS, MEDIANS
from menus.engine.totals import plan_totals

from .scenarios import people, scenario

BALANCED = 5  # the line that holds some digital assets of its own


@cache
def market(sleeve: str) -> Prepared:
    return prepare(scenario(sleeve, n_paths=200))


@cache
def run(sleeve: str, n: int = 40) -> tuple:
    prepared, group = market(sleeve), people(n)
    whole = project(prepared, group)
    return prepared, group, whole, summarise(whole, prepared, group)


def frame_of(prepared: Prepared, group: People) -> pd.DataFrame:
    """One row per participant, with every figure."""
    return participant_frame(evaluate(prepared, group), project(prepared, group).manifest)


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
    for row in range(len(group)):
        paths = account_paths(prepared, own, holdings(prepared, own, group, row), paid[row, : years[row]])
        balance[: years[row]] += paths.balance
        digital[: years[row]] += paths.digital

    totals = plan_totals(prepared, whole)
    np.testing.assert_allclose(totals.balance, balance, 1e-5, 1)
    np.testing.assert_allclose(totals.digital, digital, 1e-5, 1)


def test_flows_of_the_plan_are_those_of_its_people_added_up(finished):
    prepared, group, whole, _ = finished
    case = prepared.scenario
    years = horizons(group, case.behaviour)
    paid = contributions(group, case.plan, case.behaviour, case.n_years)
    added = {name: np.zeros(case.n_years) for name in ("flow", "rebalanced", "sleeve_fees")}
    for row in range(len(group)):
        held = holdings(prepared, prepared.arms[1], group, row)
        paths = account_paths(prepared, prepared.arms[1], held, paid[row, : years[row]])
        for name, sums in added.items():
            sums[: years[row]] += getattr(paths, name)

    totals = plan_totals(prepared, whole)
    for name, sums in added.items():
        np.testing.assert_allclose(getattr(totals, name), sums, 1e-3, 1, err_msg=name)


def test_plan_frames_do_not_depend_on_the_chunks(finished):
    prepared, group, _, summary = finished
    parts = [project(prepared, group.take(slice(k, k + 7))) for k in range(0, len(group), 7)]
    again = summarise(merge(reversed(parts)), prepared, group)
    assert again.to_dict() == summary.to_dict()


def test_one_row_a_participant_and_every_identity_passes(finished):
    prepared, group, _, summary = finished
    assert frame_of(prepared, group)["key"].tolist() == group.keys.tolist()
    assert summary.checks["passed"].all()
    assert summary.manifest["people"] == len(group)


def test_doors_add_up_to_the_digital_dollars(finished):
    frame = frame_of(*finished[:2])
    doors = frame[["door_crypto_line_usd", "door_target_date_usd", "door_other_lines_usd"]].sum(axis=1)
    assert doors.tolist() == pytest.approx(frame["digital_today_usd"].tolist())
    assert (doors > 0).any()


def test_effect_is_with_less_without(finished):
    frame = frame_of(*finished[:2])
    for level in ("p5", "p50", "p95", "shortfall"):
        difference = frame[f"with_{level}_usd"] - frame[f"without_{level}_usd"]
        assert frame[f"effect_{level}_usd"].tolist() == pytest.approx(difference.tolist())


def test_replacement_is_income_at_retirement_over_the_last_years_pay(finished):
    prepared, group = finished[:2]
    frame, behaviour = frame_of(prepared, group), prepared.scenario.behaviour
    last_pay = group.annual_pay * 1.03 ** (frame["horizon_years"] - 1)
    for way in ("without", "with"):
        expected = behaviour.payout_rate * frame[f"{way}_p50_usd"] / last_pay
        assert frame[f"replacement_{way}_p50"].tolist() == pytest.approx(expected.tolist())
    effect = frame["replacement_with_p50"] - frame["replacement_without_p50"]
    assert frame["replacement_effect_p50"].tolist() == pytest.approx(effect.tolist())


def test_stress_is_the_drop_of_todays_digital_dollars(finished):
    summary, frame = finished[3], frame_of(*finished[:2])
    digital, share = frame["digital_today_usd"].sum(), frame["digital_today_share"]
    assert summary.stress["plan_loss_usd"].tolist() == pytest.approx([0.5 * digital, 0.8 * digital], abs=0.5)
    assert summary.stress["people_losing"].tolist() == [(share > 0).sum()] * 2
    assert summary.stress["people_losing_over_1_percent"].tolist() == [
        (d * share > 0.01).sum() for d in (0.5, 0.8)
    ]
    assert summary.stress["largest_account_loss_share"].tolist() == pytest.approx(
        [0.5 * share.max(), 0.8 * share.max()], abs=1e-6
    )


def test_yearly_rows_end_at_each_horizon(finished):
    prepared, group = finished[:2]
    rows = evaluate(prepared, group)
    within = np.arange(rows["share"].shape[1]) < rows["horizon"][:, None]
    for name in ("share", "digital"):
        assert (~np.isnan(rows[name]) == within[:, :, None]).all()


def test_the_plan_counts_people_up_to_their_horizon(finished):
    _, group, _, summary = finished
    horizon = np.maximum(65 - group.ages, 1)
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
    prepared, group = finished[:2]
    detail, rows = participant_detail(prepared, group.take([5])), evaluate(prepared, group)
    row = frame_of(prepared, group).loc[5]
    final = detail[detail["year"] == row["horizon_years"]].set_index("arm")

    close = {"rel": 1e-5, "abs": 0.006}
    assert final.loc["with", "balance_p50_usd"] == pytest.approx(row["with_p50_usd"], **close)
    assert final.loc["without", "balance_p5_usd"] == pytest.approx(row["without_p5_usd"], **close)
    with_rows = detail[detail["arm"] == "with"]
    shares, dollars = (rows[name][5, : len(with_rows)] for name in ("share", "digital"))
    assert with_rows["share_p95"].tolist() == pytest.approx(shares[:, 2].tolist(), abs=1e-6)
    assert with_rows["digital_p50_usd"].tolist() == pytest.approx(dollars[:, 1].tolist(), **close)


def test_everything_can_be_written_as_json(finished):
    summary = finished[3]
    stored = json.loads(json.dumps(summary.to_dict(), allow_nan=False))
    assert set(stored) == set(Summary.__dataclass_fields__)
    assert len(stored["plan_years"]) == len(summary.plan_years)
    assert summary.to_dict("ladder").keys() == {"manifest", "ladder"}


def test_bands_run_from_their_lower_bound():
    assert band_of(np.array([20, 24, 25, 64, 65, 99]), AGE_BANDS).tolist() == [
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


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=12, max_size=12))
def test_no_hidden_cell_can_be_worked_out_from_the_totals(counts):
    table = np.array(counts).reshape(3, 4)
    hidden = hidden_cells(table)

    assert hidden[(table > 0) & (table < SMALLEST_CELL)].all()
    assert not hidden[table == 0].any()
    for axis in (0, 1):
        others = (table > 0).sum(axis=axis)
        assert (hidden.sum(axis=axis)[others > 1] != 1).all()


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 400), st.sampled_from([0.5, 2.0, 4.0]))
def test_medians_read_from_bins_are_within_a_percent(seed, n, spread):
    """Of an even number they lie between the two in the middle, as medians may."""
    values = np.sort(np.random.default_rng(seed).lognormal(9, spread, n)).clip(1)
    counts = np.bincount(bin_of(values), minlength=N_BINS)
    low, high = values[(n - 1) // 2], values[n // 2]

    assert low * 0.99 <= float(median_of(counts)) <= high * 1.01


def test_a_median_of_nobody_is_no_number_and_of_nothing_is_nothing():
    counts = np.zeros((2, N_BINS), np.int64)
    counts[1, 0] = 3
    assert np.isnan(median_of(counts)[0])
    assert median_of(counts)[1] == 0


@pytest.mark.parametrize("sleeve", ["calendar", "both"])
def test_cells_are_means_and_medians_of_their_people(sleeve):
    prepared, group, _, summary = run(sleeve, 300)
    cells, frame = summary.cells, frame_of(prepared, group)
    frame["age_band"], frame["pay_band"] = (
        band_of(group.ages, AGE_BANDS),
        band_of(group.annual_pay, PAY_BANDS),
    )
    shown = cells[~cells["suppressed"]]
    assert len(shown) > 12
    for _, cell in shown.iterrows():
        inside = frame[
            ((cell["age_band"] == ALL) | (frame["age_band"] == cell["age_band"]))
            & ((cell["pay_band"] == ALL) | (frame["pay_band"] == cell["pay_band"]))
        ]
        assert cell["people"] == len(inside)
        for name in MEANS:
            assert cell[f"mean_{name}"] == pytest.approx(inside[name].mean(), rel=1e-6, abs=0.006), name
        for name in MEDIANS:
            low, high = (
                np.quantile(inside[name], 0.5, method="lower"),
                np.quantile(inside[name], 0.5, method="higher"),
            )
            assert low * 0.99 - 1 <= cell[f"median_{name}"] <= high * 1.01 + 1, name


def test_errors_of_an_effect_are_those_seen_over_many_samples():
    """Both arms on the same paths: the error is far smaller than that of two samples."""
    rng = np.random.default_rng(4)
    base = rng.standard_normal((1_000, 1_000)).astype(np.float32) + 10
    arm = base * np.float32(1.02) + np.float32(0.1) * rng.standard_normal((1_000, 1_000)).astype(np.float32)
    ordered = [np.sort(each, axis=1) for each in (base, arm)]
    levels = (0.05, 0.25, 0.50, 0.75, 0.95)
    seen = (quantiles(ordered[1], levels) - quantiles(ordered[0], levels)).std(axis=0)
    alone = np.hypot(*(quantile_errors(each, levels).mean(axis=0) for each in ordered))

    found = difference_errors(base, arm, *ordered).mean(axis=0)

    assert found == pytest.approx(seen, rel=0.25)
    assert (found < alone / 2).all()


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
    assert (frame_of(*run("none")[:2])["effect_p50_usd"] == 0).all()
    assert summary.ladder.set_index("label").loc["5%", "mean_effect_p95_usd"] > 0


def test_nobody_taking_up_the_line_means_nobody_above_the_cap():
    prepared = prepare(scenario("line", n_paths=100, behaviour=Behaviour(take_up_rate=0)))
    group = people(12)
    summary = summarise(project(prepared, group), prepared, group)
    holds_some = pd.Series(group.elections[:, BALANCED] > 0, index=group.keys)
    probability = frame_of(prepared, group).set_index("key")["ever_above_cap_probability"]

    assert 0 < holds_some.sum() < 12
    assert (probability[~holds_some] == 0).all()
    assert summary.plan_years["sleeve_fees_usd"].sum() == 0
