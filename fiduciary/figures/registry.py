"""A figure, and which function computes it for which item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from fiduciary.figures.basis import ReviewBasis


@dataclass(frozen=True)
class Figure:
    """A statement of fact, the table behind it (cells already printed), and where it comes from."""

    statement: str
    provenance: str
    headers: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()

    def as_record(self) -> dict[str, Any]:
        return {
            "statement": self.statement,
            "provenance": self.provenance,
            "headers": list(self.headers),
            "rows": [list(row) for row in self.rows],
        }


Compute: TypeAlias = Callable[[ReviewBasis], "Figure | None"]
_computed: dict[str, Compute] = {}


def computes(item_id: str) -> Callable[[Compute], Compute]:
    """Register the function that fills one checklist item."""

    def register(compute: Compute) -> Compute:
        _computed[item_id] = compute
        return compute

    return register


def computed_items() -> dict[str, Compute]:
    return dict(_computed)
