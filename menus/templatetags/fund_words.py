"""Words for the codes of the fund catalogue."""

from django import template

from menus.asset_classes import asset_class_label
from sponsors.templatetags.steward import percent

register = template.Library()


@register.filter
def asset_class(key: str) -> str:
    """us_equity -> US stocks"""
    return asset_class_label(key)


@register.filter
def points(share: float, decimals: int = 1) -> str:
    """A difference of rates in percentage points: 0.0359 -> 3.6 points."""
    return f"{percent(share, decimals).removesuffix('%')} points"


@register.filter
def basis_word(basis: str) -> str:
    """What stands behind a fact, in words."""
    return {
        "cited": "Read in the source",
        "house": "Steward assumption",
        "unverified": "Not yet read at the source",
        "stale": "Old: check before relying on it",
        "not_found": "Looked for, not found",
        "placeholder": "Stands for a kind of product",
    }.get(basis, basis)
