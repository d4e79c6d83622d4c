"""What the figures of one review are computed from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone

from fiduciary.models import PrudenceReview
from menus.guardrails.menu_facts import MenuFacts
from menus.histories import History, history_of
from menus.models import Fund, MenuLine, MenuVersion, Sleeve
from menus.selectors import MenuTotals, comparators_of, menu_facts, totals


@dataclass
class ReviewBasis:
    """The review's version, fund in question and run, with what follows from them. `today` is the day of computing."""

    review: PrudenceReview
    today: date

    @property
    def version(self) -> MenuVersion:
        return self.review.version

    @property
    def fund(self) -> Fund | None:
        """The fund in question: what fills the sleeve, else the default fund."""
        return self.review.subject_fund

    @cached_property
    def lines(self) -> list[MenuLine]:
        return list(self.version.lines.select_related("fund").order_by("position", "id"))

    @cached_property
    def sleeve(self) -> Sleeve | None:
        return Sleeve.objects.filter(version=self.version).select_related("fund").first()

    @cached_property
    def facts(self) -> MenuFacts:
        return menu_facts(self.version)

    @cached_property
    def totals(self) -> MenuTotals:
        return totals(self.version, self.facts)

    @cached_property
    def comparators(self) -> list[Fund]:
        return comparators_of(self.fund) if self.fund else []

    @cached_property
    def history(self) -> History | None:
        """The record of the series that the fund in question joins; not the fund's own record."""
        return history_of(self.fund.series_key) if self.fund and self.fund.series_key else None

    @property
    def result(self) -> dict[str, Any] | None:
        """The result of the attached run, or None."""
        return self.review.run.result if self.review.run else None

    @property
    def run_provenance(self) -> str:
        """What a figure of the run says about itself."""
        run = self.review.run
        if run is None:
            return ""
        return (
            f"Run {run.number}, {run.paths:,} paths, seed {run.seed}, market edition {run.market_edition}, "
            f"result {run.result_hash[:12]}. Modelled outcomes, not a forecast."
        )

    @property
    def catalogue_provenance(self) -> str:
        return f"Steward's fund catalogue, read {self.today.isoformat()}; each fact's source stands on the fund's page."


def basis_of(review: PrudenceReview) -> ReviewBasis:
    return ReviewBasis(review, timezone.localdate())
