"""The employer match as plan documents write it, to tiers and back. Tiers as in `Plan.match_formula`."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sponsors.wording import percent, plain

_NUMBER = r"([0-9]+(?:\.[0-9]+)?)\s*%"
_TIER = re.compile(
    rf"(?:then\s+|and\s+)?{_NUMBER}\s*(up to|of the first|of the next|of next|of)\s*{_NUMBER}(?:\s*of pay)?",
    re.IGNORECASE,
)
EXAMPLE = "100% of the first 3% of pay, 50% of the next 2%"


def match_parse(text: str) -> list[dict[str, str]]:
    """Tiers of such a sentence; empty for no text or "none". Raises ValueError with what cannot be read."""
    if text.strip().lower() in ("", "none", "no match"):
        return []
    tiers: list[dict[str, str]] = []
    reached = Decimal(0)
    for part in re.split(r"[,;]", text.strip().rstrip(".")):
        found = _TIER.fullmatch(part.strip())
        if not found:
            raise ValueError(f"“{part.strip()}” is not a tier such as “{EXAMPLE.split(',')[0]}”.")
        rate, how, share = Decimal(found[1]), found[2].lower(), Decimal(found[3])
        if tiers and how == "of":
            raise ValueError(f"“{part.strip()}” could mean two things: write “of the next” or “up to”.")
        reached = reached + share if "next" in how else share
        tiers.append({"rate": plain(rate / 100), "up_to": plain(reached / 100)})
    return tiers


def match_words(tiers: Sequence[dict[str, Any]]) -> str:
    """The tiers as a sentence part that `match_parse` reads back."""
    words: list[str] = []
    below = Decimal(0)
    for tier in tiers:
        rate, up_to = Decimal(tier["rate"]), Decimal(tier["up_to"])
        where = f"of the next {percent(up_to - below)}" if words else f"of the first {percent(up_to)} of pay"
        words.append(f"{percent(rate)} {where}")
        below = up_to
    return ", ".join(words) or "none"
