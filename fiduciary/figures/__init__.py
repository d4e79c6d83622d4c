"""Figures that fill the computable items of a review: a fact with its provenance, never the judgement.

Each item has one function, registered under its id in the theme's module. A function that has nothing to say about
this review returns None, and the item stays for people alone.
"""

from collections.abc import Collection
from typing import Any

from fiduciary.figures import (
    benchmark,
    digital,
    disclosure,
    exits,
    fees,
    menu,
    monitoring,
    performance,
    process,
)
from fiduciary.figures.basis import ReviewBasis, basis_of
from fiduciary.figures.registry import computed_items
from fiduciary.models import PrudenceReview
from fiduciary.selectors import applicable_items

__all__ = ["ReviewBasis", "figures_for", "figures_of_answers"]

THEMES = (process, performance, fees, exits, benchmark, digital, menu, disclosure, monitoring)
COUNT_ANSWERS = ("PG-09",)


def figures_for(review: PrudenceReview) -> dict[str, Any]:
    """{item id: {"statement", "provenance", "headers", "rows"}} for the items this review asks and Steward computes."""
    basis = basis_of(review)
    asked = [item.id for item in applicable_items(review)]
    return _computed(basis, asked)


def figures_of_answers(review: PrudenceReview) -> dict[str, Any]:
    """The figures that count answers, computed anew: the others stay as they were read when the items were answered."""
    asked = {item.id for item in applicable_items(review)}
    return _computed(basis_of(review), [item for item in COUNT_ANSWERS if item in asked])


def _computed(basis: ReviewBasis, asked: Collection[str]) -> dict[str, Any]:
    found = {item: compute(basis) for item, compute in computed_items().items() if item in asked}
    return {item: figure.as_record() for item, figure in found.items() if figure is not None}
