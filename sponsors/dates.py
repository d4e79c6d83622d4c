"""Whole years between two days, for one person or fund and for a census at once."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

EPOCH = date(1970, 1, 1).toordinal()


def completed_years(start: date, day: date) -> int:
    """Completed years from `start` to `day`: an age, or the length of a record."""
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


def completed_years_each(starts: NDArray[np.int64], day: date) -> NDArray[np.int64]:
    """The same for proleptic ordinals (n)."""
    born = (starts - EPOCH).astype("datetime64[D]")
    month = born.astype("datetime64[M]")
    years = month.astype("datetime64[Y]").astype(np.int64) + 1970
    months, days = month.astype(np.int64) % 12 + 1, (born - month).astype(np.int64) + 1
    before = (months > day.month) | ((months == day.month) & (days > day.day))
    return day.year - years - before
