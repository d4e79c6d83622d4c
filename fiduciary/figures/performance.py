"""Performance: comparators, returns and risk over standard windows, the workforce's horizon, the modelled effect."""

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import count, fee, percent, usd
from menus.histories import WINDOWS, History, history_of, window_figures
from sponsors.selectors import summary_of

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
        f"The catalogue knows {count(len(rows), 'other fund')} of the same kind as {basis.fund.key}. "
        "Why these are similar enough, or too few, is for the reviewer to say.",
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
    return [percent(figures.annual_return) if figures else "record too short" for figures in found]


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
    rows = []
    for series in (history, history_of(EQUITY), history_of(BONDS)):
        figures = window_figures(series, years) if series else None
        if series and figures:
            sharpe = "–" if figures.sharpe is None else f"{figures.sharpe:.2f}"
            rows.append(
                (
                    _years(years),
                    series.label,
                    percent(figures.volatility),
                    percent(figures.max_drawdown),
                    sharpe,
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
        f"{summary.people:,} people; their ages say how long the money stays.",
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
        (
            cell["age_band"],
            f"{cell['people']:,}",
            usd(cell.get("without_p5_usd")),
            usd(cell.get("with_p5_usd")),
        )
        for cell in age_cells(basis)
        if not cell["suppressed"]
    ]
    return Figure(
        "What the typical account of each age would come to by retirement in the worst twentieth of "
        "the modelled paths, "
        "without and with the sleeve.",
        basis.run_provenance,
        ("Age", "People", "Without, p5", "With, p5"),
        rows,
    )


@computes("PF-06")
def estimates_are_labelled(basis: ReviewBasis) -> Figure | None:
    if basis.review.run is None:
        return Figure(
            "No exposure run is attached, so this review holds no forward estimate.", "This review."
        )
    run = basis.review.run
    return Figure(
        f"The forward figures come from run {run.number} and are labelled as modelled outcomes, not a forecast.",
        f"{basis.run_provenance} Inputs {run.input_hash[:12]}.",
    )


def age_cells(basis: ReviewBasis) -> list[dict]:
    """The run's cells by age band over all pay bands."""
    cells = (basis.result or {}).get("cells", [])
    return [cell for cell in cells if cell["pay_band"] == "all" and cell["age_band"] != "all"]


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
