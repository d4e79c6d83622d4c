"""manage.py synthesize_census: a CSV of invented people, distributed like the published figures."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sponsors.census.calibration import Comparison, compare
from sponsors.census.errors import CensusFileError
from sponsors.census.synthesize import CORE, SERIES, census_table, synthesize


class Command(BaseCommand):
    help = "Write a synthetic census (CSV) calibrated to published figures, and show it beside them."
    requires_system_checks: list[str] = []  # it writes one file: no database, no pages

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--participants", type=int, required=True, help="how many people")
        parser.add_argument("--seed", type=int, required=True, help="the same seed gives the same people")
        parser.add_argument("--out", type=Path, required=True, help="the CSV file to write")
        parser.add_argument(
            "--layout", choices=["wide", "long"], default="wide", help="row per person, or per fund"
        )
        parser.add_argument("--as-of", type=_day, help="date of the census; default: the end of last year")
        parser.add_argument("--series", default="Vanguard Target Retirement", help="target date series")
        parser.add_argument(
            "--target-dates",
            type=_pairs,
            help="other tickers of the series, as 0=VTINX,2030=VTHRX (0: retired)",
        )
        parser.add_argument("--core", type=_pairs, help=f"other core tickers, as {_example(CORE)}")

    def handle(self, **options: Any) -> None:
        as_of = options["as_of"] or date(timezone.localdate().year - 1, 12, 31)
        try:
            census = synthesize(
                options["participants"],
                options["seed"],
                as_of,
                target_dates=_target_dates(options),
                core=_core(options["core"]),
            )
        except CensusFileError as error:
            raise CommandError(error.message) from error
        table = census_table(census, options["layout"])
        options["out"].parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(options["out"], index=False, lineterminator="\n")
        self.stdout.write(f"{len(census.people):,} synthetic participants as of {as_of} in {options['out']}")
        self._write_comparison(compare(census.people))

    def _write_comparison(self, rows: list[Comparison]) -> None:
        self.stdout.write("\nFigure, this census, published (* = not fitted, shown for comparison)\n")
        for row in rows:
            mark = " " if row.is_fitted else "*"
            figures = f"{_figure(row.census, row.unit):>12} {_figure(row.published, row.unit):>12}"
            self.stdout.write(f"{mark} {row.measure:<42} {figures}  {row.source}")
        self.stdout.write(
            "Ages come from one population and balances from another; totals over all ages need not meet."
        )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _pairs(text: str) -> dict[str, str]:
    return {key.strip(): value.strip() for key, value in (pair.split("=") for pair in text.split(","))}


def _example(pairs: dict[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in pairs.items())


def _target_dates(options: dict[str, Any]) -> dict[int, str]:
    if options["target_dates"]:
        try:
            return {int(year): ticker for year, ticker in options["target_dates"].items()}
        except ValueError:
            raise CommandError(
                "Write --target-dates as year=ticker pairs, such as 0=VTINX,2030=VTHRX."
            ) from None
    if options["series"] not in SERIES:
        known = ", ".join(SERIES)
        raise CommandError(
            f"The series is unknown. Known: {known}. Give the tickers of another with --target-dates."
        )
    return SERIES[options["series"]]


def _core(given: dict[str, str] | None) -> dict[str, str]:
    unknown = set(given or {}) - set(CORE)
    if unknown:
        raise CommandError(f"--core has no {', '.join(sorted(unknown))}. Write it as {_example(CORE)}.")
    return CORE | (given or {})


def _figure(value: float, unit: str) -> str:
    if unit.startswith("fraction"):
        return f"{value:.1%}"
    return f"{value:,.1f}" if unit == "years" else f"${value:,.0f}"
