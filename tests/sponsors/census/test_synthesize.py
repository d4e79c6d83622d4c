"""The generated census: near the published figures, repeatable, labelled, and accepted whole by the import."""

from datetime import date
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from sponsors.census import CensusFileError, guess_mapping, parse_census, screen_upload, snapshot_bytes
from sponsors.census.calibration import compare
from sponsors.census.synthesize import CORE, SERIES, SyntheticCensus, census_table, synthesize
from tests.sponsors.census.files import AS_OF

TOLERANCE = {
    "usd": 0.02,
    "usd_per_year": 0.06,
    "years": 0.03,
}  # relative; fractions get two percentage points


@pytest.fixture(scope="module")
def census() -> SyntheticCensus:
    return synthesize(4_000, 7, AS_OF)


def written(census: SyntheticCensus, layout: str) -> bytes:
    return census_table(census, layout).to_csv(index=False).encode()


def test_synthesize_meets_every_published_figure_it_is_fitted_to(census: SyntheticCensus) -> None:
    def is_near(row) -> bool:
        allowed = TOLERANCE[row.unit] * row.published if row.unit in TOLERANCE else 0.02
        return abs(row.census - row.published) <= allowed

    rows = compare(census.people)

    assert [row for row in rows if row.is_fitted and not is_near(row)] == []
    assert len(rows) > 30


def test_synthesize_lands_near_totals_it_was_not_fitted_to(census: SyntheticCensus) -> None:
    rows = {row.measure: row.census / row.published for row in compare(census.people) if not row.is_fitted}

    assert rows["mean balance"] == pytest.approx(1, abs=0.05)
    assert rows["median balance"] == pytest.approx(1, abs=0.05)
    assert rows["mean deferral"] == pytest.approx(1, abs=0.05)


def test_synthesize_balance_rises_with_tenure_inside_an_age_band(census: SyntheticCensus) -> None:
    band = census.people[census.people["age"].between(45, 55)]

    ranks = band[["balance", "tenure_years"]].rank()

    assert ranks["balance"].corr(ranks["tenure_years"]) == pytest.approx(0.5, abs=0.1)


def test_synthesize_parts_add_up(census: SyntheticCensus) -> None:
    assert set(census.elections.sum(axis=1)) == {100}
    assert np.array_equal(
        census.holdings.sum(axis=1), np.round(census.people["balance"] * 100).astype(np.int64)
    )
    assert ((census.holdings > 0) <= (census.elections > 0)).all()


def test_synthesize_single_fund_is_the_vintage_of_the_65th_birthday(census: SyntheticCensus) -> None:
    people = census.people[census.people["in_one_target_date_fund"]]
    years = {ticker: year for year, ticker in SERIES["Vanguard Target Retirement"].items()}
    held = [years[census.funds[index]] for index in census.elections[people.index].argmax(axis=1)]
    retires = AS_OF.year + 65 - people["age"]

    assert all(
        abs(year - due) <= 2.5 if year else due < 2025 for year, due in zip(held, retires, strict=True)
    )


@pytest.mark.parametrize("layout", ["wide", "long"])
def test_synthesize_is_accepted_whole_by_the_import(census: SyntheticCensus, layout: str) -> None:
    decoded = screen_upload(written(census, layout), "synthetic.csv")

    parse = parse_census(decoded, guess_mapping(decoded.headers, decoded.sample_rows()), AS_OF, census.funds)

    assert parse.refused == ()
    assert (len(parse.participants), parse.is_synthetic) == (4_000, True)
    assert parse.participants["balance_cents"].sum() == census.holdings.sum()


def test_synthesize_gives_the_same_snapshot_in_both_layouts(census: SyntheticCensus) -> None:
    snapshots = set()
    for layout in ("wide", "long"):
        decoded = screen_upload(written(census, layout), "synthetic.csv")
        mapping = guess_mapping(decoded.headers, decoded.sample_rows())
        snapshots.add(snapshot_bytes(parse_census(decoded, mapping, AS_OF, census.funds))[1])

    assert len(snapshots) == 1


def test_synthesize_same_seed_same_bytes_other_seed_other_people() -> None:
    first, again, other = (written(synthesize(50, seed, AS_OF), "wide") for seed in (1, 1, 2))

    assert first == again
    assert first != other


@pytest.mark.parametrize("count", [1, 2, 7])
def test_synthesize_few_people(count: int) -> None:
    census = synthesize(count, 3, AS_OF)

    assert len(census.people) == count
    assert compare(census.people)


def test_synthesize_nobody_is_refused() -> None:
    with pytest.raises(CensusFileError) as refused:
        synthesize(0, 1, AS_OF)

    assert refused.value.message == "A census needs at least one participant."


def run(out: Path, **options: object) -> str:
    printed = StringIO()
    given = {"participants": 200, "seed": 7, "as_of": date(2025, 12, 31), "out": out} | options
    call_command("synthesize_census", stdout=printed, **given)
    return printed.getvalue()


def test_command_writes_the_census_and_prints_it_beside_the_published_figures(tmp_path: Path) -> None:
    out = tmp_path / "new" / "census.csv"

    printed = run(out)

    header, first, *_ = out.read_text().splitlines()
    assert header.startswith(
        "participant_id,birth_date,hire_date,annual_pay,deferral_rate,balance,is_synthetic,"
    )
    assert first.split(",")[6] == "yes"
    assert out.read_bytes() == census_table(synthesize(200, 7, AS_OF), "wide").to_csv(index=False).encode()
    assert f"200 synthetic participants as of 2025-12-31 in {out}" in printed
    assert "* mean balance " in printed
    assert "$148,153  Vanguard" in printed


def test_command_takes_other_tickers(tmp_path: Path) -> None:
    out = tmp_path / "census.csv"

    run(out, layout="long", target_dates={"2030": "AAAAX", "2060": "BBBBX"}, core={"bond": "CCCCX"})

    funds = {line.split(",")[7] for line in out.read_text().splitlines()[1:]}
    assert funds == {"AAAAX", "BBBBX", "CCCCX", CORE["us_large"], CORE["international"], CORE["us_small"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"series": "Unheard of"},
            (
                "The series is unknown. Known: Vanguard Target Retirement. Give the tickers of another with"
                " --target-dates."
            ),
        ),
        (
            {"target_dates": {"soon": "AAAAX"}},
            "Write --target-dates as year=ticker pairs, such as 0=VTINX,2030=VTHRX.",
        ),
        (
            {"core": {"gold": "AAAAX"}},
            "--core has no gold. Write it as us_large=FXAIX,international=FSPSX,us_small=VEXAX,bond=FXNAX.",
        ),
        ({"participants": 0}, "A census needs at least one participant."),
    ],
)
def test_command_refuses(tmp_path: Path, options: dict[str, object], message: str) -> None:
    with pytest.raises(CommandError) as refused:
        run(tmp_path / "census.csv", **options)

    assert str(refused.value) == message
    assert not (tmp_path / "census.csv").exists()
