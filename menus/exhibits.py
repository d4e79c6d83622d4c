"""A finished run in the order in which a committee reads it: topics, each with its charts, tables and words.

Page and PDF follow the same order. A run that an earlier Steward computed lacks some figures; its topic says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from menus.figure_words import WORDS, FigureWords, where_from
from menus.run_charts import any_of, charts_of_run, has_cap, has_replacement
from menus.run_tables import tables_of
from sponsors.templatetags.steward import money_short, number, percent

Result = Mapping[str, Any]
Say = Callable[[Result], str]
NOT_COMPUTED = "Not computed by this run, which an earlier Steward made. Run it again to see it."


@dataclass(frozen=True)
class Topic:
    """One question of the reader. `charts` and `tables` by name; `say` is what words alone can say; `is_there` is false
    for a result that does not have the figures."""

    key: str
    title: str
    charts: tuple[str, ...]
    tables: tuple[str, ...]
    say: Say = lambda result: ""
    is_there: Callable[[Result], bool] = lambda result: True


# ---------------------------------------------------------------- what words alone can say
def say_doors(result: Result) -> str:
    """Whether target-date funds hold digital assets, plainly: most people are in one without having chosen it."""
    own, base = result["holders"][-1], result["holders_without"][-1]
    already = ""
    if base["target_date_usd"]:
        already = (
            f"Target-date funds of this menu hold digital assets already, before any sleeve: {_holding(base)} "
            "through them. "
        )
    if own["target_date_usd"] > base["target_date_usd"]:
        return (
            f"{already}With the sleeve the target-date funds hold digital assets: {_holding(own)} through their "
            "target-date fund, without choosing a crypto fund."
        )
    return already or "No target-date fund of this menu holds digital assets."


def _holding(row: Mapping[str, Any]) -> str:
    count = row["people_target_date"]
    people = "under ten people" if count is None else f"{number(count)} of {number(row['people'])} people"
    return f"{people} would hold {money_short(row['target_date_usd'])}"


def say_above_cap(result: Result) -> str:
    if not has_cap(result):
        return "This version has no sleeve, so there is no cap to be above."
    if any_of(result["plan_years"], "above_cap_p95"):
        return ""
    cap = percent(result["manifest"]["cap"], 1)
    return f"In no year is anybody above the cap of {cap} on nineteen paths in twenty."


def say_flow(result: Result) -> str:
    return (
        ""
        if any_of(result["plan_years"], "flow_per_payroll_usd")
        else "No payday sends money into digital assets."
    )


def say_rebalanced(result: Result) -> str:
    moved = any_of(result["plan_years"], "rebalanced_usd")
    return "" if moved else "Rebalancing moves no money into or out of digital assets."


def say_risk(result: Result) -> str:
    if result["risk"] is None:
        return "No account holds anything but digital assets on day one, so there is no mix to compare with."
    if not result["risk"]["weight"]:
        return "On day one no money of the plan is in digital assets, so they carry none of its risk yet."
    return ""


def say_replacement(result: Result) -> str:
    rate = result["manifest"].get("payout_rate")
    words = f"{percent(rate, 1)} of the balance a year" if rate else "the payout rate of the run"
    return f"Steward assumption: each dollar at retirement pays an income of {words}, before tax."


PARTS: tuple[tuple[str, str, tuple[Topic, ...]], ...] = (
    (
        "holds",
        "What our people would hold",
        (
            Topic(
                "doors",
                "Who would hold digital assets, and through which door",
                ("doors",),
                ("holders", "holdings"),
                say_doors,
                lambda result: "holders" in result,
            ),
            Topic("digital", "How much, year by year", ("digital-dollars", "digital-share"), ("years",)),
            Topic("cap", "Who is above the cap", ("above-cap",), ("above-cap",), say_above_cap),
            Topic("flow", "What every payday sends there", ("flow",), ("flow",), say_flow),
            Topic("rebalancing", "What rebalancing moves", ("rebalanced",), ("rebalanced",), say_rebalanced),
        ),
    ),
    (
        "happens",
        "What could happen",
        (
            Topic("effect", "What the sleeve changes by retirement", ("effect-by-age",), ("effect-by-age",)),
            Topic(
                "risk",
                "How much of the risk it carries",
                ("risk-share",),
                ("risk",),
                say_risk,
                lambda result: "risk" in result,
            ),
            Topic("stress", "If digital assets fall tomorrow", ("stress-by-age",), ("stress",)),
            Topic(
                "income",
                "Income at retirement",
                ("replacement",),
                ("replacement",),
                say_replacement,
                has_replacement,
            ),
            Topic("ladder", "If the weight were another", ("ladder",), ("ladder",)),
        ),
    ),
    (
        "detail",
        "The same in more detail",
        (
            Topic("age", "By age", (), ("today-by-age", "horizon-by-age", "costs-by-age")),
            Topic(
                "pay",
                "By pay",
                (),
                ("effect-by-pay", "effect-by-age-and-pay", "today-by-pay", "horizon-by-pay", "costs-by-pay"),
            ),
            Topic(
                "employer",
                "The employer's match",
                (),
                ("employer-money",),
                is_there=lambda result: "employer_money" in result,
            ),
        ),
    ),
)


def exhibits_of(result: Result) -> list[dict[str, Any]]:
    """Parts with their topics as plain data. Each topic: what is said, and blocks of charts and tables by name that
    this result has and that share their words; a block's `words` names those in `words_of`."""
    there = {chart.name for chart in charts_of_run(result)}, {table["name"] for table in tables_of(result)}
    return [
        {"key": key, "title": title, "topics": [_topic(topic, result, *there) for topic in topics]}
        for key, title, topics in PARTS
    ]


def _topic(topic: Topic, result: Result, charts: set[str], tables: set[str]) -> dict[str, Any]:
    is_there = topic.is_there(result)
    return {
        "key": topic.key,
        "title": topic.title,
        "say": topic.say(result) if is_there else NOT_COMPUTED,
        "is_there": is_there,
        "blocks": _blocks(
            [name for name in topic.charts if name in charts and is_there],
            [name for name in topic.tables if name in tables and is_there],
        ),
    }


def _blocks(charts: list[str], tables: list[str]) -> list[dict[str, Any]]:
    """Charts and tables that share their words, together under the first one's name."""
    blocks: dict[FigureWords, dict[str, Any]] = {}
    for kind, names in (("charts", charts), ("tables", tables)):
        for name in names:
            block = blocks.setdefault(WORDS[name], {"words": name, "charts": [], "tables": []})
            block[kind].append(name)
    return list(blocks.values())


def words_of(result: Result) -> dict[str, dict[str, Any]]:
    """For every figure of the result by name: its sentence, and where it comes from as pairs of term and text."""
    return {name: {"sentence": w.sentence, "where": where_from(name, result)} for name, w in WORDS.items()}
