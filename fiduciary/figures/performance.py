"""Performance: comparators, returns and risk over standard windows, the workforce's horizon, the modelled effect."""

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import fee
from menus.histories import WINDOWS, History, history_of, window_figures
from menus.markets import digital_forecasts
from menus.run_selectors import EditionRow, editions_of
from sponsors.selectors import summary_of
from sponsors.templatetags.steward import money, number, percent
from sponsors.wording import count

EQUITY, BONDS = "us_large", "us_agg"


@computes("PF-01")
def comparators(basis: ReviewBasis) -> Figure | None:
    if basis.fund is None:
        return None
    rows = [
        (fund.key, fund.name, fund.get_vehicle_display(), fee(fund.expense_ratio))
        for fund in basis.comparators
    ]
    return Figure(
        f"The catalogue knows {count(len(rows), 'other fund')} of the same kind as {basis.fund.key}. Whether "
        "they are similar "
        "enough, and enough of them, is for the committee to say.",
        basis.catalogue_provenance,
        ("Key", "Fund", "Vehicle", "Expense ratio"),
        rows[:15],
    )


@computes("PF-02")
def returns(basis: ReviewBasis) -> Figure | None:
    history = basis.history
    if history is None or basis.fund is None:
        return _no_record(basis)
    rows = [(_years(years), *_returns_of(history, years)) for years in WINDOWS]
    return Figure(
        f"The record is that of {history.label}, from {history.first_month:%B %Y} to {history.last_month:%B %Y}, "
        f"not of {basis.fund.key} itself. {history.warning}".strip(),
        f"{history.source}. Yearly compound total returns; past results do not predict.",
        ("Window", history.label, history_label(EQUITY), history_label(BONDS)),
        rows,
    )


def _returns_of(history: History, years: int) -> list[str]:
    series = [history, history_of(EQUITY), history_of(BONDS)]
    found = [window_figures(one, years) if one else None for one in series]
    return [percent(figures.annual_return, 1) if figures else "record too short" for figures in found]


@computes("PF-03")
def risk(basis: ReviewBasis) -> Figure | None:
    history = basis.history
    if history is None:
        return _no_record(basis)
    rows = [row for years in WINDOWS for row in _risk_rows(history, years)]
    return Figure(
        f"Risk of {history.label} beside US large stocks and US bonds over the same windows.",
        f"{history.source}. Volatility and Sharpe from monthly returns, drawdown between month ends.",
        ("Window", "Series", "Volatility", "Deepest fall", "Sharpe"),
        rows,
    )


def _risk_rows(history: History, years: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for series in (history, history_of(EQUITY), history_of(BONDS)):
        figures = window_figures(series, years) if series else None
        if series and figures:
            rows.append(
                (
                    _years(years),
                    series.label,
                    percent(figures.volatility, 1),
                    percent(figures.max_drawdown, 1),
                    number(figures.sharpe, 2),
                )
            )
    return rows


@computes("PF-04")
def horizon_of_the_workforce(basis: ReviewBasis) -> Figure | None:
    snapshot = basis.review.run.snapshot if basis.review.run else None
    if snapshot is None:
        return None
    summary = summary_of(snapshot)
    rows = [(band.label, "under 10" if band.count is None else f"{band.count:,}") for band in summary.by_age]
    return Figure(
        f"{count(summary.people, 'person', 'people')} in the census; their ages say how long the money stays.",
        f"Census of {snapshot.as_of.isoformat()}{', synthetic' if snapshot.is_synthetic else ''}, "
        f"hash {snapshot.sha256[:12]}. Groups under 10 are not shown.",
        ("Age", "People"),
        rows,
    )


@computes("PF-05")
def capacity_for_loss(basis: ReviewBasis) -> Figure | None:
    if basis.result is None:
        return None
    rows = [
        (c["age_band"], number(c["people"]), money(c["without_p5_usd"]), money(c["with_p5_usd"]))
        for c in age_cells(basis)
    ]
    return Figure(
        "The median account of each age at retirement on a bad path (5th percentile: one path in twenty is "
        "worse), without "
        "and with the sleeve.",
        f"{basis.run_provenance} Groups under 10 people are not shown.",
        ("Age", "People", "Without the sleeve", "With the sleeve"),
        rows,
    )


@computes("PF-06")
def estimates_are_labelled(basis: ReviewBasis) -> Figure | None:
    if basis.review.run is None:
        return Figure(
            "No exposure run is attached, so this review holds no forward estimate.", "This review."
        )
    run = basis.review.run
    editions = editions_of(run)
    missing = sum(row.run is None for row in editions)
    rest = f" {count(missing, 'market edition')} not run yet." if missing else ""
    return Figure(
        f"Every figure about the future comes from run {run.number} and is marked as a modelled outcome, not a "
        f"forecast. Its assumptions stand beside it. {_published_range()} so the same question stands here in every "
        f"market edition.{rest}",
        f"{basis.run_provenance} Inputs {run.input_hash[:12]}. Change of the mean account at retirement.",
        ("Market edition", "Digital assets a year", "Run", "5th percentile", "Median", "95th percentile"),
        [_edition_cells(row) for row in editions],
    )


def _published_range() -> str:
    """How far published expectations lie apart, in words."""
    compounds = [forecast.compound for forecast in digital_forecasts()]
    low, high = percent(min(compounds), 0), percent(max(compounds), 0)
    return f"Published expectations for digital assets run from {low} to {high} a year and none has any standing,"


def _edition_cells(row: EditionRow) -> tuple[str, ...]:
    effects = [money(effect) for effect in row.effects] or ["–"] * 3
    number = str(row.run.number) if row.run else "not run"
    return (row.edition.label, percent(row.edition.digital_compound, 1), number, *effects)


def age_cells(basis: ReviewBasis) -> list[dict]:
    """The run's cells by age band over all pay bands, those too small to show left out."""
    cells = (basis.result or {}).get("cells", [])
    by_age = [cell for cell in cells if cell["pay_band"] == "all" and cell["age_band"] != "all"]
    return [cell for cell in by_age if not cell["suppressed"]]


def history_label(key: str) -> str:
    history = history_of(key)
    return history.label if history else key


def _no_record(basis: ReviewBasis) -> Figure | None:
    if basis.fund is None:
        return None
    return Figure(
        f"No monthly record is loaded for {basis.fund.key}. Bring one from the provider, or a "
        "similar fund's, as evidence.",
        basis.catalogue_provenance,
    )


def _years(years: int) -> str:
    return count(years, "year")
