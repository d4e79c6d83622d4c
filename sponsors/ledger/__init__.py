"""The sponsor's own book: every act of every service, one entry each, hash-chained, insert-only.

`record` is imported lazily because models of this app import the ledger's tables while Django is still loading.
"""

from typing import Any


def record(action: str, **fields: Any) -> Any:
    """See `sponsors.ledger.recorder.record`."""
    from sponsors.ledger.recorder import record as write  # models are not ready when this package is imported

    return write(action, **fields)


__all__ = ["record"]
