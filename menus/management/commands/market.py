"""manage.py market: what an edition of the market says of each asset, and where it comes from."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from menus.markets import DEFAULT_EDITION, compound_checks, market_edition
from menus.panel.market_facts import AssetFacts, MarketFacts, market_facts
from sponsors.facts import FactError, Source

NOT_A_FORECAST = "Assumptions for modelled outcomes, not a forecast and not advice."
DECIMALS = 6


class Command(BaseCommand):
    help = "Show a market edition: returns, volatilities, correlations after repair, sources, window."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--edition", default=DEFAULT_EDITION, help=f"its name; default: {DEFAULT_EDITION}"
        )
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, **options: Any) -> None:
        try:
            facts = market_facts(market_edition(options["edition"]))
        except FactError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(market_body(facts), indent=2) if options["json"] else market_text(facts))


def market_body(facts: MarketFacts) -> dict[str, Any]:
    """Everything of an edition as JSON; rates are fractions a year."""
    edition = facts.edition
    worst = max(compound_checks(), key=lambda check: abs(check.difference))
    return {
        "edition": edition.name,
        "label": edition.label,
        "why": edition.why,
        "note": NOT_A_FORECAST,
        "basis": str(edition.basis),
        "as_of": str(edition.as_of),
        "in_force_from": str(edition.in_force_from),
        "window": edition.window,
        "block_months": edition.block_months or None,
        "edition_hash": edition.edition_hash,
        "assets": [_rounded(vars(asset)) for asset in facts.assets],
        "lacking": list(edition.lacking),
        "correlations": {
            "assets": list(edition.assets),
            "rows": [[round(float(value), DECIMALS) for value in row] for row in facts.correlations],
        },
        "correlation_repair": _rounded(vars(facts.repair)),
        "compound_check": {
            "published_rows": len(compound_checks()),
            "largest_difference": round(worst.difference, DECIMALS + 2),
            "row": worst.row.name,
        },
        "sources": [_source(source) for source in edition.sources],
    }


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {
        key: round(value, DECIMALS) if isinstance(value, float) else value for key, value in figures.items()
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "published_on": str(source.published_on),
        "accessed_on": str(source.accessed_on or ""),
        "locator": source.locator,
    }


def market_text(facts: MarketFacts) -> str:
    edition = facts.edition
    lines = [
        f"{edition.name}: {edition.label}",
        edition.why,
        NOT_A_FORECAST,
        "",
        f"As of {edition.as_of}. {edition.basis.label}. Digital assets: {edition.window}.",
        "",
        f"{'asset':<16}{'arithmetic':>11}{'volatility':>11}{'compound':>10}  behind it",
        *(_line(asset) for asset in facts.assets),
        "",
        _repair_words(facts),
        *(f"Source: {source.title}. {source.publisher}. {source.locator}" for source in edition.sources),
        "All correlations: --json",
    ]
    return "\n".join(lines)


def _line(asset: AssetFacts) -> str:
    return f"{asset.key:<16}{asset.arithmetic:>11.2%}{asset.volatility:>11.2%}{asset.compound:>10.2%}  {asset.behind}"


def _repair_words(facts: MarketFacts) -> str:
    repair = facts.repair
    if repair.pair is None:
        return "The correlations can be had together as they stand; none was changed."
    return (
        f"The correlations had to be changed to be possible together: at most by {repair.largest_change:.4f}, "
        f"{repair.pair[0]} with {repair.pair[1]} ({repair.before:.4f} to {repair.after:.4f} by month)."
    )
