"""Every figure of a run in words: what it is in one sentence, how it is worked out, from what, and how sure it is.

A figure is named as its chart or table is. The sentences are for a committee member who has never seen a model; the
rest answers "where does this come from?". A test holds every `section` against the headings of docs/engine.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sponsors.templatetags.steward import money, percent

HOLDINGS, PEOPLE, OUTCOMES = "census, menu version and sleeve", "People", "What comes out"
EVERYTHING = "census, menu version, sleeve, market edition, legal limits and the Steward assumptions"
SPECIFICATION = "docs/engine.md"
READ_OFF_TABLES = (
    "So many people are read off tables made on these paths; who fits none is worked out one by one."
)


@dataclass(frozen=True)
class FigureWords:
    """`sentence`: what the figure is. `formula`: how it is worked out, in words. `inputs`: what goes in. `section`:
    where the specification says so. `on_paths`: it comes from the market paths. `error`: its kind of sampling error."""

    sentence: str
    formula: str
    inputs: str
    section: str = OUTCOMES
    on_paths: bool = True
    error: str = ""


DOORS = FigureWords(
    "It counts what each person would own on the first day, whether they chose a crypto line, are in a "
    "target-date fund that holds some, or own another fund that does.",
    "Each account's dollars, fund by fund, times the part of that fund that is digital assets at the holder's "
    "age; added up by door. For a crypto line, the people who take it up are drawn by lot at the assumed rate.",
    HOLDINGS,
    on_paths=False,
)
DIGITAL = FigureWords(
    "Nine modelled futures in ten lie between the 5th and the 95th percentile and half lie above the median, so read "
    "the range before the middle.",
    "On every market path all accounts are carried forward year by year with their contributions; their digital "
    "assets are added up at each year end. Bands and line are the 5th, 50th and 95th percentile of those sums.",
    EVERYTHING,
    error="digital",
)
ABOVE_CAP = FigureWords(
    "It counts the people whose accounts hold a larger share of digital assets than the cap allows when the "
    "year ends, mostly because prices moved and not because anybody chose it.",
    "On every path, at each year end, before anything is moved: people whose digital assets through every door "
    "together are more than the cap's share of their account. Percentiles of that count over the paths.",
    EVERYTHING,
    error="counts",
)
FLOW = FigureWords(
    "It is the money that each payday turns into digital assets by itself, because people's elections stand "
    "until they change them.",
    "Each year's contributions times the part that goes into digital assets through every door, mean over the paths, "
    "added up over people; divided by the paydays of the year for the figure per payday.",
    EVERYTHING,
    error="mean",
)
REBALANCED = FigureWords(
    "It is the money that is bought or sold at year end only to bring digital assets back to where the rules "
    "want them.",
    "At each year end the distance between the share of digital assets in a fund or account and the share that the "
    "sleeve's rule asks for, times the dollars there; mean over the paths, added up over people.",
    EVERYTHING,
    error="mean",
)
EFFECT = FigureWords(
    "It compares the same person on the same market with and without the sleeve: below zero the sleeve takes money "
    "away, above zero it adds.",
    "For each person the balance at retirement at a percentile of the paths with the sleeve, less the same "
    "percentile without; mean over the group. It is not the percentile of the difference.",
    EVERYTHING,
    error="effect",
)
RISK = FigureWords(
    "A small share of the money can carry a large share of the ups and downs, and at first each further percent "
    "carries more than the one before.",
    "Weight of digital assets times their covariance with the whole mix, divided by the mix's variance. At other "
    "weights the rest of the plan's own mix of day one is kept in its proportions.",
    "the plan's dollars by asset class on day one, and the yearly volatilities and correlations of the market "
    "edition",
    on_paths=False,
    error="edition",
)
STRESS = FigureWords(
    "It shows what would be missing from accounts the morning after such a fall, whatever anybody expects of "
    "the market.",
    "Digital assets of day one through every door times the fall. No market path is in it.",
    HOLDINGS,
    on_paths=False,
)
REPLACEMENT = FigureWords(
    "It turns the account into a yearly income after retirement and compares that with the pay of the last "
    "working year.",
    "Balance at retirement times the assumed yearly income per dollar, divided by the pay of the last year before "
    "retirement; percentiles over the paths, mean over the group. With the sleeve less without is the change.",
    f"{EVERYTHING}, among them the payout rate",
    error="replacement",
)
LADDER = FigureWords(
    "It answers how much more or less would be at stake if the committee had chosen another weight, all else alike.",
    "The sponsor's own doors filled at a flat weight, on the same market paths; changes are means over all people.",
    EVERYTHING,
    error="effect",
)
EDITIONS = FigureWords(
    "Nobody knows what digital assets will return, so the same question is put to several markets, from one in "
    "which they lose to one in which they gain most.",
    "The same run in each market edition: same menu, people, assumptions, seed and number of paths.",
    EVERYTHING,
    "Market paths",
    error="effect",
)
TODAY = FigureWords(
    "It is the average account of each group on the first day, before any market has moved.",
    "Dollars on day one divided by the people of the group; new money that buys digital assets, by payday; the "
    "loss is today's digital assets times the fall.",
    HOLDINGS,
    on_paths=False,
)
HORIZON = FigureWords(
    "It shows the account in the middle of each group at retirement, on bad, middling and good markets, with "
    "the sleeve and without.",
    "For each person the balance at retirement at each percentile of the paths; the median person of the group "
    "is shown.",
    EVERYTHING,
    error="balance",
)
COSTS = FigureWords(
    "It adds up what the sleeve's own fee takes from an account over the years, and how likely the account is "
    "to stand above the cap at some year end.",
    "Fee rate times the average of digital dollars at the start and end of each year, added up and averaged over the "
    "paths; for the cap, the share of paths on which the account is ever above it. Means over the group.",
    EVERYTHING,
    error="probability",
)
EMPLOYER = FigureWords(
    "It is what the employer would pay in as its match each year, and how much of that year's match people "
    "would lose if they left at the end of it.",
    "The plan's match formula on each person's pay and deferral, within the legal limits; the part not vested "
    "follows from the plan's vesting schedule and years of service.",
    "census with hire dates, the plan's terms, legal limits and the Steward assumptions",
    PEOPLE,
    on_paths=False,
)
ACCOUNT = FigureWords(
    "Nine modelled futures in ten lie inside each fan, the coloured one with the sleeve and the dashed grey one "
    "without it.",
    "The account carried forward year by year with its contributions on the run's own market paths; at each year end "
    "the 5th, 50th and 95th percentile over the paths.",
    EVERYTHING,
    error="balance",
)
SHARE = FigureWords(
    "It is the part of this account that digital assets would be, which grows by itself when their prices run ahead of "
    "the rest.",
    "Digital assets through every door divided by the account, at each year end before anything is moved; percentiles "
    "over the paths.",
    EVERYTHING,
    error="counts",
)
ANSWER = FigureWords(
    "It is the run in a few figures; each leads to the part of this page that shows it in full.",
    "Taken from the tables below without further working.",
    EVERYTHING,
    error="effect",
)

WORDS: Mapping[str, FigureWords] = {
    "answer": ANSWER,
    "doors": DOORS,
    "holders": DOORS,
    "holdings": DOORS,
    "digital-dollars": DIGITAL,
    "digital-share": DIGITAL,
    "years": DIGITAL,
    "above-cap": ABOVE_CAP,
    "flow": FLOW,
    "rebalanced": REBALANCED,
    "effect-by-age": EFFECT,
    "effect-by-pay": EFFECT,
    "effect-by-age-and-pay": EFFECT,
    "risk": RISK,
    "risk-share": RISK,
    "stress": STRESS,
    "stress-by-age": STRESS,
    "replacement": REPLACEMENT,
    "ladder": LADDER,
    "editions": EDITIONS,
    "today-by-age": TODAY,
    "today-by-pay": TODAY,
    "horizon-by-age": HORIZON,
    "horizon-by-pay": HORIZON,
    "costs-by-age": COSTS,
    "costs-by-pay": COSTS,
    "employer-money": EMPLOYER,
    "balance": ACCOUNT,
    "share": SHARE,
}

PLAIN_ERRORS = {
    "counts": "Percentiles over the paths; no standard error is worked out for them.",
    "mean": "A mean over all paths; no standard error is worked out for it.",
    "edition": "None: it follows from the edition's figures, and is as good as they are.",
    "probability": "For one person the square root of P (1 - P) over the number of paths: at most half a percentage "
    "point with 10,000 paths. For a mean over people at most that.",
    "effect": "Not kept by this run.",
    "balance": "Not kept by this run.",
    "replacement": "Not kept by this run.",
    "digital": "The run has no projected year.",
}


def where_from(name: str, result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where a figure of this result comes from, as terms and their text."""
    words, manifest = WORDS[name], result["manifest"]
    edition = f"{manifest['market_edition']}, {manifest['market_window']}"
    paths = (
        f"{manifest['n_paths']:,} market paths, the same with and without the sleeve; seed {manifest['seed']}"
    )
    return [
        ("How it is worked out", words.formula),
        ("From", f"{words.inputs[0].upper()}{words.inputs[1:]}."),
        (
            "Paths and seed",
            f"{paths}.{_read_off(manifest)}" if words.on_paths else "None: no market path is in it.",
        ),
        *([("Market edition", f"{edition}.")] if words.on_paths or words.error else []),
        ("Sampling error", sampling_error(words.error, result)),
        ("Specified in", f"{SPECIFICATION}, “{words.section}”"),
    ]


def _read_off(manifest: Mapping[str, Any]) -> str:
    """A large run follows nobody's account path by path; an earlier one never says."""
    return " " + READ_OFF_TABLES if manifest.get("evaluator") == "tables" else ""


def sampling_error(kind: str, result: Mapping[str, Any]) -> str:
    """How far a figure would move if other paths were drawn: one standard error, in words."""
    everyone, typical = result["cells"][0], result["manifest"].get("sampling_error")
    if kind == "digital" and result["plan_years"]:
        year = result["plan_years"][:10][-1]
        dollars, share = money(year["digital_p50_se_usd"]), percent(year["share_p50_se"], 3)
        return f"One standard error of the median at the end of {year['calendar_year']}: {dollars}, {share} in shares."
    if kind == "effect" and everyone.get("effect_p50_se_usd") is not None:
        low, middle, high = (money(everyone[f"effect_{p}_se_usd"]) for p in ("p5", "p50", "p95"))
        return (
            f"One standard error, mean over all people: {low} at the 5th percentile, {middle} at the median, {high} at "
            "the 95th. It is the error of the change itself: with and without are on the same paths and move together."
        )
    if kind in ("effect", "balance", "replacement") and typical:
        low, middle, high = (percent(typical[p], 1) for p in ("p5", "p50", "p95"))
        return (
            f"One standard error of a typical account at retirement: {low} at the 5th percentile, {middle} at the "
            f"median, {high} at the 95th."
        )
    return PLAIN_ERRORS.get(kind, "None: the figure is counted, not sampled.")
