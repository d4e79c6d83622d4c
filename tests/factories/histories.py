"""Monthly return histories as files and as imported rows."""

import csv
import io
from collections.abc import Callable

from menus.histories import built_in_table
from menus.history_file import history_read
from menus.models import ReturnHistory
from menus.services.histories import history_import

Rows = list[list[str]]
SERIES = ("us_large", "us_agg", "bitcoin")


def history_rows(series: tuple[str, ...] = SERIES, first: str = "2014-01", last: str = "2026-07") -> Rows:
    """Heading and lines of a file: the record that comes with Steward, over some series and months."""
    table = built_in_table().common(series, first, last)
    columns = [[f"{value:.6f}" for value in table.returns[name]] for name in series]
    return [
        ["month_end", *series],
        *([month, *cells] for month, *cells in zip(table.months, *columns, strict=True)),
    ]


def history_bytes(rows: Rows) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def changed(change: Callable[[Rows], object], **kwargs: object) -> bytes:
    """The file after a change to its rows."""
    rows = history_rows(**kwargs)  # type: ignore[arg-type]
    change(rows)
    return history_bytes(rows)


def make_history(name: str = "ours", series: tuple[str, ...] = SERIES, **months: str) -> ReturnHistory:
    file = history_read(history_bytes(history_rows(series, **months)))
    return history_import(by=None, name=name, file=file, file_name=f"{name}.csv", source="Our record keeper.")
