"""Benchmarks: which one stands for what, and whether the record is long enough to compare."""

from collections import Counter

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import weight
from menus.histories import WINDOWS, correlation, history_of, window_figures
from sponsors.templatetags.steward import number, percent
from sponsors.wording import agree, count, listed


@computes("BM-01")
def meaningful_benchmark(basis: ReviewBasis) -> Figure | None:
    if basis.fund is None:
        return None
    named = basis.fund.review_benchmark
    return Figure(
        f"The catalogue's benchmark for a review of {basis.fund.key} is {named}."
        if named
        else f"No review benchmark is on file for {basis.fund.key}. Name one of similar mandate, strategy and risk.",
        basis.catalogue_provenance,
    )


@computes("BM-02")
def not_one_for_all(basis: ReviewBasis) -> Figure | None:
    used = Counter(line.fund.review_benchmark for line in basis.lines if line.fund.review_benchmark)
    missing = sum(not line.fund.review_benchmark for line in basis.lines)
    return Figure(
        f"The menu uses {count(len(used), 'review benchmark')}; "
        + (
            f"{count(missing, 'line')} {agree(missing, 'has', 'have')} none on file."
            if missing
            else "every line has one on file."
        ),
        basis.catalogue_provenance,
        ("Benchmark", "Lines"),
        [(name, str(number)) for name, number in used.most_common()],
    )


@computes("BM-03")
def composite(basis: ReviewBasis) -> Figure | None:
    sleeve = basis.sleeve
    if sleeve is None or not sleeve.weights_by_age:
        return None
    rows = [
        (str(point["age"]), weight(point["weight"]), weight(1 - float(point["weight"])))
        for point in sleeve.weights_by_age
    ]
    return Figure(
        "A composite in the sleeve's own proportions; a bitcoin index alone fits no mixed fund, and "
        "a stock index no sleeve.",
        "The weights by age of this version; they move with the glide path each year.",
        ("Age", "Digital-asset reference rate", "Benchmark of the fund without the sleeve"),
        rows,
    )


@computes("BM-04")
def against_stocks(basis: ReviewBasis) -> Figure | None:
    history, stocks = basis.history, history_of("us_large")
    if history is None or stocks is None or history is stocks:
        return None
    rows = []
    for years in WINDOWS:
        own, other = window_figures(history, years), window_figures(stocks, years)
        if own and other:
            gap = own.annual_return - other.annual_return
            rows.append(
                (count(years, "year"), percent(gap, 1), number(own.sharpe, 2), number(other.sharpe, 2))
            )
    found = correlation(history, stocks)
    together = (
        f" Monthly correlation since 2014: {number(found[0], 2)} over {found[1]} months." if found else ""
    )
    return Figure(
        f"{history.label} beside {stocks.label}, as a yardstick of risk: it is no meaningful benchmark.{together}",
        f"{history.source}.",
        ("Window", f"Yearly return above {stocks.label}", "Sharpe ratio", f"Sharpe ratio of {stocks.label}"),
        rows,
    )


@computes("BM-05")
def short_record(basis: ReviewBasis) -> Figure | None:
    fund = basis.fund
    if fund is None:
        return None
    if fund.inception_on is None:
        return Figure(
            f"The inception of {fund.key} is not on file, so the length of its own record is unknown here.",
            basis.catalogue_provenance,
        )
    years = (basis.today - fund.inception_on).days / 365.25
    missing = [count(window, "year") for window in WINDOWS if window > years]
    return Figure(
        f"{fund.key} has a record of its own of {years:.1f} years"
        + (
            f", so nothing of its own over {listed(missing)}. What lends its history must be a similar investment, not "
            "the benchmark itself."
            if missing
            else "."
        ),
        basis.catalogue_provenance,
    )


@computes("BM-06")
def chart_benchmark(basis: ReviewBasis) -> Figure | None:
    missing = [line.fund.key for line in basis.lines if not line.fund.chart_benchmark]
    return Figure(
        f"A broad-based index for the participant chart is on file for {len(basis.lines) - len(missing)} of "
        f"{count(len(basis.lines), 'line')}. A bitcoin reference rate is not one.",
        basis.catalogue_provenance,
        ("Lines without one",) if missing else (),
        [(key,) for key in missing],
    )
