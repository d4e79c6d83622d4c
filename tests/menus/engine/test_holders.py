"""Who holds what through which door, by age band, counted by hand."""

import numpy as np

from menus.engine.holders import holder_rows


def plan(*groups):
    """Ages, balances and doors of groups of (people, age, balance, crypto line, target-date, other lines)."""
    table = np.array([row[1:] for row in groups for _ in range(row[0])], dtype=float)
    doors = {name: table[:, at] for name, at in (("crypto_line", 2), ("target_date", 3), ("other_lines", 4))}
    return table[:, 0].astype(int), table[:, 1], doors


def test_people_and_dollars_by_door_and_age():
    rows = holder_rows(*plan((12, 30, 1000, 50, 20, 0), (20, 30, 1000, 0, 20, 0), (15, 60, 2000, 0, 0, 0)))

    assert rows[0] == {
        "age_band": "25-34",
        "suppressed": False,
        "people": 32,
        "people_crypto_line": 12,
        "crypto_line_usd": 600,
        "people_target_date": 32,
        "target_date_usd": 640,
        "people_other_lines": 0,
        "other_lines_usd": 0,
        "people_holding": 32,
        "digital_usd": 1240,
        "balance_usd": 32_000,
        "share": 1240 / 32_000,
    }
    assert [row["age_band"] for row in rows] == ["25-34", "55-64", "all"]
    assert (rows[-1]["people_holding"], rows[-1]["people"], rows[-1]["digital_usd"]) == (32, 47, 1240)


def test_one_to_nine_holders_are_not_counted_out_nor_given_away():
    """Three hold a crypto line at 30 and forty at 60: both counts go, or the total would give away the three."""
    rows = holder_rows(*plan((3, 30, 1000, 50, 20, 0), (30, 30, 1000, 0, 20, 0), (40, 60, 1000, 50, 20, 0)))

    assert [row["people_crypto_line"] for row in rows] == [None, None, 43]
    assert [row["people_holding"] for row in rows] == [None, None, 73]
    assert [row["crypto_line_usd"] for row in rows] == [150, 2000, 2150]


def test_a_band_of_under_ten_people_keeps_no_figure():
    rows = holder_rows(*plan((9, 30, 1000, 0, 20, 0), (40, 60, 1000, 0, 20, 0), (30, 45, 1000, 0, 20, 0)))

    shown = {row["age_band"]: set(row.values()) == {row["age_band"], True, None} for row in rows}
    assert shown == {"25-34": True, "45-54": True, "55-64": False, "all": False}


def test_accounts_without_money_hold_no_share():
    rows = holder_rows(*plan((11, 30, 0, 0, 0, 0)))

    assert (rows[-1]["share"], rows[-1]["people_holding"]) == (0, 0)
