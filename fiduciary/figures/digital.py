"""Digital assets: cap, stress, concentration, vehicle, status of the law."""

from datetime import date

from fiduciary.figures.basis import ReviewBasis
from fiduciary.figures.performance import age_cells
from fiduciary.figures.registry import Figure, computes
from fiduciary.figures.wording import weight, wrapper
from fiduciary.timeline import timeline_entry
from menus.enums import SleeveKind, Vehicle
from menus.histories import SINCE_2014, History, correlation, history_of
from menus.models import Sleeve
from sponsors.templatetags.steward import money, number
from sponsors.wording import listed

STRESS = (("loss_if_down_50_usd", "−50%"), ("loss_if_down_80_usd", "−80%"))
MENU_SERIES = ("us_large", "intl_dev", "us_agg", "gold")
NEWEST_MONTHS = 60
# What decides the standing of a coin, and of a fund that holds it, in law.
LAW = ("genius", "clarity", "etp_generic", "car_2022", "car_2025", "eo_14330", "dia_rule")


@computes("DA-03")
def cap(basis: ReviewBasis) -> Figure | None:
    sleeve = basis.sleeve
    if sleeve is None:
        return Figure(
            "The version holds a digital-asset line without a cap of its own. No legal cap was found; the marks seen "
            "in the market are 5% and 20%.",
            "This version's lines.",
        )
    most = basis.totals.most_exposed
    return Figure(
        f"{limits(sleeve)} By design an account holds at most {weight(most.at_most)}, counted through every door, "
        f"at age {most.age}. "
        + (f"Reason given: {sleeve.reason}" if sleeve.reason else "No reason is given for the figure."),
        "This version's sleeve; prices may carry an account past its design between two rebalancings.",
    )


def limits(sleeve: Sleeve) -> str:
    """The sleeve's cap and what keeps to it, in sentences."""
    doors = ", counted through both doors" if sleeve.kind == SleeveKind.BOTH else ""
    words = f"The cap is {weight(sleeve.cap)} of an account{doors}. Rebalancing: {sleeve.rebalancing_words.lower()}."
    if sleeve.opens_line:
        words += f" New money above the cap is {'blocked' if sleeve.new_money_block else 'accepted'}."
    if sleeve.ages_words:
        words += f" The line is open {sleeve.ages_words}."
    return words


@computes("DA-04")
def loss_by_age(basis: ReviewBasis) -> Figure | None:
    cells = age_cells(basis)
    if not cells:
        return None
    return Figure(
        "Mean loss of an account if digital assets fell tomorrow, by age.",
        f"{basis.run_provenance} Groups under 10 people are not shown.",
        ("Age", "People", *(label for _, label in STRESS)),
        [(c["age_band"], number(c["people"]), *(money(c[key]) for key, _ in STRESS)) for c in cells],
    )


@computes("DA-05")
def concentration(basis: ReviewBasis) -> Figure | None:
    bitcoin = history_of("bitcoin")
    if bitcoin is None:
        return None
    recent = bitcoin.months[-NEWEST_MONTHS]
    others = [other for other in map(history_of, MENU_SERIES) if other]
    rows = [(o.label, _together(bitcoin, o, SINCE_2014), _together(bitcoin, o, recent)) for o in others]
    by_age = listed([f"{weight(round(door.at_most, 4))} at {door.age}" for door in basis.totals.exposure])
    return Figure(
        f"By design an account holds at most, by age: {by_age}. Monthly correlation of bitcoin with:",
        f"{bitcoin.source}. A correlation depends on its window; both are shown.",
        ("Series", "Since 2014", f"Since {recent:%B %Y}"),
        rows,
    )


def _together(one: History, other: History, since: date) -> str:
    found = correlation(one, other, since)
    return number(found[0], 2) if found else "–"


@computes("DA-06")
def vehicle(basis: ReviewBasis) -> Figure | None:
    fund = basis.fund
    if fund is None:
        return None
    words = (
        "The 1940 Act's rules on liquidity programmes, boards, custody, leverage and affiliates do not reach it."
        if fund.vehicle == Vehicle.ETP_TRUST
        else "Check which of the 1940 Act's rules reach it."
    )
    return Figure(f"{fund.key} is {wrapper(fund.vehicle)}. {words}", basis.catalogue_provenance)


@computes("DA-08")
def law_today(basis: ReviewBasis) -> Figure | None:
    entries = [timeline_entry(key) for key in LAW]
    return Figure(
        "Where the texts on digital assets stand, each as of its own date, and what would change that.",
        "Steward's regulatory timeline; sources stand on the rules page.",
        ("Instrument", "Status", "As of", "What would change it"),
        [(entry.instrument, entry.status.label, entry.as_of, entry.would_change) for entry in entries],
    )
