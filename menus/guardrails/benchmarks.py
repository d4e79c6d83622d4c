"""What each fund is measured against, and how long its record is."""

from __future__ import annotations

from collections.abc import Iterator

from menus.guardrails.fees import named
from menus.guardrails.findings import Severity
from menus.guardrails.menu_facts import LineFacts, MenuFacts
from menus.guardrails.registry import Hit, rule
from menus.guardrails.rulebook import Limits
from menus.guardrails.totals import choices
from sponsors.dates import completed_years
from sponsors.wording import agree, count, listed


@rule("review_benchmark_missing")
def review_benchmark_missing(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for group in choices(line for line in menu.lines if not line.review_benchmark):
        yield Hit(
            sentence=f"{named(group)} {agree(len(group), 'has', 'have')} no review benchmark.",
            remedy="Name an index or comparator of similar mandate, strategy, objective and risk; "
            "for a mixed fund, a blend in its proportions.",
            subject=group[0].key,
            figures={"lines": len(group)},
        )


@rule("review_benchmark_shared")
def one_benchmark_for_unlike_funds(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    classes: dict[str, set[str]] = {}
    for line in menu.lines:
        if line.review_benchmark:
            classes.setdefault(line.review_benchmark, set()).add(line.asset_class)
    for benchmark, found in sorted(classes.items()):
        if len(found) > 1:
            lines = [line for line in menu.lines if line.review_benchmark == benchmark]
            yield Hit(
                sentence=f"{benchmark} is the review benchmark of {count(len(lines), 'line')} "
                f"in {len(found)} different asset classes.",
                remedy="Give each kind of fund a benchmark that matches its own mandate and risk.",
                subject=min(line.key for line in lines),
                figures={"lines": len(lines), "asset_classes": len(found)},
            )


@rule("chart_benchmark_missing")
def chart_benchmark_missing(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    for group in choices(line for line in menu.lines if is_charted(line) and not line.chart_benchmark):
        yield Hit(
            sentence=f"{named(group)} {agree(len(group), 'has', 'have')} no benchmark for the participants' "
            "chart.",
            remedy="Name a broad-based securities market index for the comparative chart.",
            subject=group[0].key,
            figures={"lines": len(group)},
        )


def is_charted(line: LineFacts) -> bool:
    """A fixed return stands in the chart's second part, with its rate and term instead of an index."""
    return line.asset_class != "stable_value"


@rule("chart_benchmark_crypto")
def chart_benchmark_is_crypto_rate(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    words = limits.words("crypto_reference_words")
    for line in menu.lines:
        if is_crypto_rate(line, words):
            yield Hit(
                sentence=f"The chart benchmark of {line.name} ({line.chart_benchmark}) is a crypto "
                "reference rate, not a broad-based securities market index.",
                remedy="Choose a broad-based securities market index, say why it was chosen, "
                "and show the reference rate as an extra column if it helps.",
                subject=line.key,
            )


def is_crypto_rate(line: LineFacts, words: tuple[str, ...]) -> bool:
    """Named like one, or the same rate that a crypto fund is reviewed against."""
    chart = line.chart_benchmark.lower()
    same = line.is_digital and bool(chart) and chart == line.review_benchmark.lower()
    return same or any(word in chart.replace("-", " ").split() for word in words)


@rule("short_record")
def short_record(menu: MenuFacts, limits: Limits) -> Iterator[Hit]:
    """Under three years is a caution; under five or ten says which figures are missing."""
    marks = [limits.number(f"record_years_{name}") for name in ("short", "middle", "long")]
    for line in menu.lines:
        years = record_years(line, menu)
        if years is None:
            continue
        if missing := [mark for mark in marks if years < mark]:
            yield Hit(
                sentence=f"{line.name} has a record of {count(years, 'full year')}; "
                f"there are no figures over {listed(str(mark) for mark in missing)} years.",
                remedy="Use the history of a similar investment for the missing years, "
                "and not that of the fund's own benchmark.",
                subject=line.key,
                figures={"years": years, "next_mark": missing[0]},
                severity=Severity.CAUTION if years < marks[0] else None,
            )


def record_years(line: LineFacts, menu: MenuFacts) -> int | None:
    """Full years since inception; None when the date is unknown."""
    start = line.inception_on
    return None if start is None else max(0, completed_years(start, menu.as_of))
