"""Whole years between two days."""

from datetime import date

import numpy as np
import pytest

from sponsors.dates import completed_years, completed_years_each


@pytest.mark.parametrize(
    ("start", "day", "years"),
    [
        (date(1980, 11, 21), date(2026, 11, 20), 45),
        (date(1980, 11, 21), date(2026, 11, 21), 46),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(1961, 1, 1), date(2026, 12, 31), 65),
    ],
)
def test_a_year_is_complete_on_its_anniversary(start: date, day: date, years: int) -> None:
    assert completed_years(start, day) == years
    assert completed_years_each(np.array([start.toordinal()]), day).tolist() == [years]
