"""manage.py backtest: what a mix of series would have done over a window of its record."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from menus.backtests import Backtest, Rebalance, backtest, mix_read
from menus.panel.history_markets import history_table
from sponsors.errors import Refusal
from sponsors.facts import FactError

ONE_PATH = (
    "What happened once, before any plan's costs; no forecast, no advice. Another window says something else."
)
DECIMALS = 6


class Command(BaseCommand):
    help = "Compute return, volatility, drawdown and share of risk of a mix over a window of its record."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mix", required=True, help="series and weights, as us_large=.6,us_agg=.4")
        parser.add_argument(
            "--rebalance",
            default="quarterly",
            choices=[str(one) for one in Rebalance],
            help="default: quarterly",
        )
        parser.add_argument("--from", dest="first", default="", help="first month, as 2014-01")
        parser.add_argument("--to", dest="last", default="", help="last month, as 2026-07")
        parser.add_argument(
            "--history", default="", help="name of an imported history; default: the built-in one"
        )
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, **options: Any) -> None:
        try:
            table = history_table(options["history"])
            found = backtest(
                table,
                mix_read(options["mix"]),
                Rebalance(options["rebalance"]),
                options["first"],
                options["last"],
            )
        except (Refusal, FactError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            json.dumps(backtest_body(found), indent=2) if options["json"] else backtest_text(found)
        )


def backtest_body(found: Backtest) -> dict[str, Any]:
    """Everything of a backtest as JSON; rates are fractions."""
    fall = found.drawdown
    return {
        "mix": dict(found.mix),
        "rebalance": str(found.rebalance),
        "note": ONE_PATH,
        "window": {
            "first_month": found.first_month,
            "last_month": found.last_month,
            "months": found.n_months,
        },
        "cumulative_return": round(found.cumulative_return, DECIMALS),
        "annual_return": round(found.annual_return, DECIMALS),
        "volatility": round(found.volatility, DECIMALS),
        "drawdown": {
            "depth": round(fall.depth, DECIMALS),
            "high": fall.high,
            "low": fall.low,
            "recovered": fall.recovered,
        },
        "series": [
            {
                key: round(value, DECIMALS) if isinstance(value, float) else value
                for key, value in vars(one).items()
            }
            for one in found.series
        ],
        "history": found.table.label,
        "history_sha256": found.table.sha256,
        "sources": [f"{one.title}. {one.publisher}. {one.locator}" for one in found.table.sources],
    }


def backtest_text(found: Backtest) -> str:
    fall = found.drawdown
    lines = [
        f"{found.window}, rebalanced {found.rebalance.words}",
        ONE_PATH,
        "",
        f"cumulative return  {found.cumulative_return:>9.2%}",
        f"return a year      {found.annual_return:>9.2%}",
        f"volatility a year  {found.volatility:>9.2%}",
        f"deepest fall       {-fall.depth:>9.2%}  {fall.high} to {fall.low}, {_back(fall.recovered)}",
        "",
        f"{'series':<18}{'weight':>8}{'return':>9}{'volatility':>12}{'share of risk':>15}",
        *(
            f"{one.series:<18}{one.weight:>8.2%}{one.annual_return:>9.2%}{one.volatility:>12.2%}{one.risk_share:>15.2%}"
            for one in found.series
        ),
        "",
        f"{found.table.label}, SHA-256 {found.table.sha256[:12]}",
        *(f"Source: {one.title}. {one.publisher}. {one.locator}" for one in found.table.sources),
    ]
    return "\n".join(lines)


def _back(recovered: str | None) -> str:
    return f"regained in {recovered}" if recovered else "not regained in the window"
