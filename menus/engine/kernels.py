"""The engine's inner loops, compiled.

Imported inside functions only: numba takes half a second to import, which no page and no `manage.py check`
should pay. Every kernel is plain arithmetic in a fixed order (no fast-math, no parallel sums), so a figure
depends on nothing but its inputs; threads come from Python, each on people or tracks of its own.

Arrays of paths are float32. `growth`, `annuity`, `held`, `paid`, `share` are (n_slots, n_years, n_paths) of
`factors.Prepared`; people come in compressed rows: the lines of person i are `first[i]..first[i + 1]` of
`slot`, `opening` (dollars) and `election` (share of new money); `money` (n, n_years) is what is paid in.
"""

import numpy as np

from .compiling import compiled

BLOCK = 1024  # paths worked on at a time: a block of every array in use stays in the processor's first cache
MONTHS = 12


# ---------------------------------------------------------------- market
@compiled
def log_prices(normals, state, root, means, needed, out):
    """Log price of each needed asset at month-ends 1..12 into `out` (n_assets, 13, n_paths), from independent
    normals (n_assets, 12, n_paths), the state of the month (12, n_paths), a lower triangular root and monthly
    means."""
    n_paths = state.shape[1]
    shock, level = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    for low in range(0, n_paths, BLOCK):
        width = min(BLOCK, n_paths - low)
        for i in needed:
            level[:] = 0
            for month in range(MONTHS):
                shock[:] = 0
                for j in range(i + 1):
                    part, normal = root[i, j], normals[j, month, low : low + width]
                    for s in range(width):
                        shock[s] += part * normal[s]
                factor, price = state[month, low : low + width], out[i, month + 1, low : low + width]
                for s in range(width):
                    level[s] += shock[s] * factor[s] + means[i]
                    price[s] = level[s]


@compiled
def fund_levels(assets, held, weights, out):
    """Price of a fund (13, n_paths) that bought `weights` (n_held) of assets `held` at the start of the year."""
    n_paths = out.shape[1]
    for month in range(MONTHS + 1):
        for s in range(n_paths):
            out[month, s] = weights[0] * assets[held[0], month, s]
        for k in range(1, len(held)):
            weight, asset = weights[k], held[k]
            for s in range(n_paths):
                out[month, s] += weight * assets[asset, month, s]


@compiled
def sleeved_levels(base, digital, opening, net, out):
    """Price of a fund with `opening` (1 or n_paths) in digital assets at the start of the year, net of the
    sleeve's fee `net` (13); the last row of digital dollars is written behind the prices: `out` (14,
    n_paths)."""
    n_paths = base.shape[1]
    one = np.float32(1)
    for month in range(MONTHS + 1):
        if len(opening) == 1:
            x = opening[0]
            for s in range(n_paths):
                out[month, s] = (one - x) * base[month, s] + x * (digital[month, s] * net[month])
        else:
            for s in range(n_paths):
                out[month, s] = (one - opening[s]) * base[month, s] + opening[s] * (
                    digital[month, s] * net[month]
                )
    for s in range(n_paths):
        x = opening[0] if len(opening) == 1 else opening[s]
        out[MONTHS + 1, s] = x * (digital[MONTHS, s] * net[MONTHS])


@compiled
def growth_and_annuity(levels, net, units, growth, annuity):
    """G and A (n_paths) of a fund with gross prices `levels` (13 or more, n_paths): `net` is the year's fee
    as a factor, `units` (13) what a dollar a year buys at each month-end per dollar of price."""
    n_paths = levels.shape[1]
    bought = np.empty(BLOCK, np.float32)
    for low in range(0, n_paths, BLOCK):
        width = min(BLOCK, n_paths - low)
        bought[:] = 0
        for month in range(MONTHS + 1):
            if units[month] != 0:
                part, price = units[month], levels[month, low : low + width]
                for s in range(width):
                    bought[s] += part / price[s]
        last, grown, paid = (
            levels[MONTHS, low : low + width],
            growth[low : low + width],
            annuity[low : low + width],
        )
        for s in range(width):
            grown[s] = last[s] * net
            paid[s] = grown[s] * bought[s]


@compiled
def unit_paths(growth, annuity, raises, held, paid):
    """What an opening dollar, and new money of a dollar a year with raises, becomes by each year end
    (n_years, n_paths)."""
    n_years, n_paths = growth.shape
    for s in range(n_paths):
        held[0, s] = growth[0, s]
        paid[0, s] = annuity[0, s] * raises[0]
    for year in range(1, n_years):
        for s in range(n_paths):
            held[year, s] = held[year - 1, s] * growth[year, s]
            paid[year, s] = paid[year - 1, s] * growth[year, s] + annuity[year, s] * raises[year]


# ---------------------------------------------------------------- accounts without a rule
@compiled
def at_horizon(
    growth, annuity, held, paid, slot, opening, election, first, years, money, straight, people, out
):
    """Balance at the horizon of `people` into `out` (len(people), n_paths). `straight` (n): contributions are
    the first year's with raises, so the account is a multiple of the unit paths; else it is rolled forward
    year by year."""
    n_paths = out.shape[1]
    wealth = np.empty(BLOCK, np.float32)
    for low in range(0, n_paths, BLOCK):
        width = min(BLOCK, n_paths - low)
        for r in range(len(people)):
            i = people[r]
            last = years[i] - 1
            sums = out[r, low : low + width]
            sums[:] = 0
            for k in range(first[i], first[i + 1]):
                q, dollars, directed = slot[k], np.float32(opening[k]), election[k]
                if straight[i]:
                    bought = np.float32(directed * money[i, 0])
                    unit, new = held[q, last, low : low + width], paid[q, last, low : low + width]
                    for s in range(width):
                        sums[s] += unit[s] * dollars + new[s] * bought
                    continue
                wealth[:] = dollars
                for year in range(years[i]):
                    bought = np.float32(directed * money[i, year])
                    unit, new = growth[q, year, low : low + width], annuity[q, year, low : low + width]
                    for s in range(width):
                        wealth[s] = wealth[s] * unit[s] + bought * new[s]
                for s in range(width):
                    sums[s] += wealth[s]


@compiled
def by_year(
    growth, annuity, held, paid, share, digital_slot, slot, opening, election, first, years, money, straight,
    people, row, cap, balance, digital, shares, ever, above,
):  # fmt: skip
    """The sponsor's arm: balance at the horizon (len(people), n_paths), and from row `row[r]` on digital
    dollars and share by year (rows, n_paths). `ever` (len(people)) counts paths that are above the cap at any
    year end, `above` (n_years, n_paths) people. Empty `digital` and `shares` are not filled."""
    n_paths = balance.shape[1]
    lines = 1
    for i in people:
        lines = max(lines, first[i + 1] - first[i])
    wealth = np.empty((lines, BLOCK), np.float32)
    total, inside = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    crossed = np.empty(BLOCK, np.bool_)
    for low in range(0, n_paths, BLOCK):
        width = min(BLOCK, n_paths - low)
        for r in range(len(people)):
            i = people[r]
            crossed[:] = False
            for year in range(years[i]):
                total[:] = 0
                inside[:] = 0
                for k in range(first[i], first[i + 1]):
                    q, now, dollars = slot[k], wealth[k - first[i]], np.float32(opening[k])
                    if straight[i]:
                        bought = np.float32(election[k] * money[i, 0])
                        unit, new = held[q, year, low : low + width], paid[q, year, low : low + width]
                        for s in range(width):
                            now[s] = unit[s] * dollars + new[s] * bought
                    else:
                        bought = np.float32(election[k] * money[i, year])
                        unit, new = growth[q, year, low : low + width], annuity[q, year, low : low + width]
                        if year == 0:
                            now[:] = dollars
                        for s in range(width):
                            now[s] = now[s] * unit[s] + bought * new[s]
                    for s in range(width):
                        total[s] += now[s]
                    if digital_slot[q]:
                        part = share[q, year, low : low + width]
                        for s in range(width):
                            inside[s] += now[s] * part[s]
                counted = above[year, low : low + width]
                for s in range(width):
                    over = inside[s] > cap * total[s]
                    crossed[s] |= over
                    counted[s] += over
                if digital.shape[0] > 0:
                    dollars_now, share_now = (
                        digital[row[r] + year, low : low + width],
                        shares[row[r] + year, low : low + width],
                    )
                    for s in range(width):
                        dollars_now[s] = inside[s]
                        share_now[s] = inside[s] / total[s] if total[s] > 0 else np.float32(0)
            balance[r, low : low + width] = total[:width]
            for s in range(width):
                ever[r] += crossed[s]


@compiled
def single_line_years(
    growth, annuity, held, paid, share, slot, opening, election, first, years, money, straight, people, row,
    balance, digital,
):  # fmt: skip
    """As `by_year` for accounts in one fund, whose share is the fund's own: balance at the horizon
    (len(people), n_paths) and digital dollars by year (rows, n_paths)."""
    n_paths = balance.shape[1]
    wealth = np.empty(BLOCK, np.float32)
    for low in range(0, n_paths, BLOCK):
        width = min(BLOCK, n_paths - low)
        for r in range(len(people)):
            i = people[r]
            k = first[i]
            q, dollars = slot[k], np.float32(opening[k])
            wealth[:] = dollars
            for year in range(years[i]):
                out, part = digital[row[r] + year, low : low + width], share[q, year, low : low + width]
                if straight[i]:
                    bought = np.float32(election[k] * money[i, 0])
                    unit, new = held[q, year, low : low + width], paid[q, year, low : low + width]
                    for s in range(width):
                        wealth[s] = unit[s] * dollars + new[s] * bought
                        out[s] = wealth[s] * part[s]
                else:
                    bought = np.float32(election[k] * money[i, year])
                    unit, new = growth[q, year, low : low + width], annuity[q, year, low : low + width]
                    for s in range(width):
                        wealth[s] = wealth[s] * unit[s] + bought * new[s]
                        out[s] = wealth[s] * part[s]
            balance[r, low : low + width] = wealth[:width]


@compiled
def below_both(one, other, one_levels, other_levels, counts):
    """Paths on which both accounts lie at or below their levels: `one`, `other` (n, n_paths), levels and
    `counts` (n, n_levels)."""
    for r in range(one.shape[0]):
        a, b = one[r], other[r]
        for level in range(counts.shape[1]):
            low, high, count = one_levels[r, level], other_levels[r, level], 0
            for s in range(len(a)):
                count += (a[s] <= low) & (b[s] <= high)
            counts[r, level] = count


# ---------------------------------------------------------------- accounts under a rule
@compiled
def ruled(
    growth, annuity, share, start_share, moved, fee, own, slot, opening, election, years, money, sell_down, cap,
    shown_cap, balance, digital, shares, above, sums_balance, sums_digital, means,
):  # fmt: skip
    """One account whose crypto line, the last, follows a rule that looks at the account's own share on each
    path.

    Start of year: a new-money block sends this year's crypto money elsewhere where the share is above `cap`.
    Year: growth and purchases. End: what is recorded. Then funds rebalance inside, and what is above the cap
    is sold down. `balance` (n_paths) is filled, `digital` and `shares` (n_years, n_paths) if not empty. Only
    in the sponsor's `own` arm are `above` (people), `sums_balance`, `sums_digital` (cents; n_years, n_paths)
    added to, and does `means` (3, n_years) get sums over paths of new digital money, dollars moved and fees.
    Returns on how many paths the share was ever above `shown_cap`.
    """
    n_paths, lines, last, ever = len(balance), len(slot), len(slot) - 1, 0
    fixed, one, none = start_share.shape[2] == 1, np.float32(1), np.float32(0)
    elsewhere = election[:last].sum()
    others = (election / elsewhere).astype(np.float32)  # where money goes that may not go to the crypto line
    now = np.empty((lines, BLOCK), np.float32)
    share_now = np.empty((lines, BLOCK), np.float32)
    total, inside, redirected = np.empty((3, BLOCK), np.float32)
    crossed = np.empty(BLOCK, np.bool_)
    for low in range(0, n_paths, BLOCK):
        width = min(BLOCK, n_paths - low)
        crossed[:] = False
        for k in range(lines):
            now[k, :] = opening[k]
        for year in range(years):
            total[:] = 0
            inside[:] = 0
            for k in range(lines):
                held, begun = now[k], share_now[k]
                if fixed:
                    begun[:] = start_share[slot[k], year, 0]
                else:
                    begun[:width] = start_share[slot[k], year, low : low + width]
                for s in range(width):
                    total[s] += held[s]
                    inside[s] += held[s] * begun[s]
            for s in range(width):  # 1 where this year's crypto money is sent elsewhere
                redirected[s] = one if not sell_down and inside[s] > cap * total[s] else none
            total[:] = 0
            inside[:] = 0
            for k in range(lines):
                q, directed, paid = slot[k], np.float32(election[k]), np.float32(money[year])
                change = -directed if k == last else np.float32(election[last]) * others[k]
                held, begun, ended = now[k], share_now[k], share[q, year, low : low + width]
                unit, new = growth[q, year, low : low + width], annuity[q, year, low : low + width]
                if own:
                    bought_digital, opened = 0.0, 0.0
                    for s in range(width):
                        bought_digital += (directed + redirected[s] * change) * begun[s]
                        opened += held[s] * begun[s]
                    means[0, year] += paid * bought_digital
                    means[2, year] += fee[q] * opened / 2
                for s in range(width):
                    held[s] = held[s] * unit[s] + paid * (directed + redirected[s] * change) * new[s]
                    total[s] += held[s]
                    inside[s] += held[s] * ended[s]
                if own:
                    away, closed, dollars_moved = moved[q, year, low : low + width], 0.0, 0.0
                    for s in range(width):
                        closed += held[s] * ended[s]
                        dollars_moved += held[s] * away[s]
                    means[1, year] += dollars_moved
                    means[2, year] += fee[q] * closed / 2
            for s in range(width):
                crossed[s] |= inside[s] > shown_cap * total[s]
            if own:
                counted, cents = above[year, low : low + width], sums_balance[year, low : low + width]
                digital_cents = sums_digital[year, low : low + width]
                for s in range(width):
                    counted[s] += inside[s] > shown_cap * total[s]
                    cents[s] += np.int64(np.rint(np.float64(total[s]) * 100))
                    digital_cents[s] += np.int64(np.rint(np.float64(inside[s]) * 100))
            if digital.shape[0] > 0:
                dollars_now, share_of_all = digital[year, low : low + width], shares[year, low : low + width]
                for s in range(width):
                    dollars_now[s] = inside[s]
                    share_of_all[s] = inside[s] / total[s] if total[s] > 0 else none
            if sell_down:
                inside[:] = 0
                redirected[:] = 0  # from here: digital share of what the proceeds buy
                for k in range(lines):
                    held, begun, part = now[k], share_now[k], others[k] if k < last else none
                    if fixed:
                        begun[:] = start_share[slot[k], year + 1, 0]
                    else:
                        begun[:width] = start_share[slot[k], year + 1, low : low + width]
                    for s in range(width):
                        inside[s] += held[s] * begun[s]
                        redirected[s] += part * begun[s]
                held, sold = now[last], 0.0
                for s in range(width):
                    sale = (inside[s] - cap * total[s]) / max(one - redirected[s], np.float32(1e-6))
                    redirected[s] = min(max(sale, none), held[s])
                    held[s] -= redirected[s]
                for s in range(width):
                    sold += redirected[s]
                for k in range(last):
                    held, part = now[k], others[k]
                    for s in range(width):
                        held[s] += part * redirected[s]
                means[1, year] += sold
        balance[low : low + width] = total[:width]
        for s in range(width):
            ever += crossed[s]
    return ever


# ---------------------------------------------------------------- the plan as a whole
@compiled
def track_totals(growth, annuity, opening, paid_in, out_start, out_end):
    """Dollars of everyone still there in year y, at its start and end (n_years, n_paths) float64. `opening`
    (n_years) and `paid_in` (n_years, n_years): day-one dollars, and money of year k, of those who are there
    in year y.

    U(y) = H(y-1) (B + sum over k < y of C(k) A(k) / H(k)), with H the growth since day one.
    """
    n_years, n_paths = growth.shape
    units = np.empty((n_years, BLOCK))
    grown, start = np.empty(BLOCK), np.empty(BLOCK)
    for low in range(0, n_paths, BLOCK):
        width = min(BLOCK, n_paths - low)
        grown[:] = 1
        for year in range(n_years):
            start[:] = opening[year]
            for k in range(year):
                if paid_in[year, k] != 0:
                    money, unit = paid_in[year, k], units[k]
                    for s in range(width):
                        start[s] += money * unit[s]
            money, unit = paid_in[year, year], units[year]
            opened, closed = out_start[year, low : low + width], out_end[year, low : low + width]
            factor, new = growth[year, low : low + width], annuity[year, low : low + width]
            for s in range(width):
                opened[s] = grown[s] * start[s]
                closed[s] = opened[s] * factor[s] + money * new[s]
                grown[s] *= factor[s]
                unit[s] = new[s] / grown[s]


@compiled
def mean_fees(growth, annuity, share, start_share, fee, opened, paid):
    """Mean fee of each year on one opening dollar into `opened` (n_years), and on a dollar paid in over year
    k into `paid` (year, k): the rate on the mean of digital dollars at the year's start and end."""
    n_years, n_paths = growth.shape
    fixed = start_share.shape[1] == 1
    for k in range(-1, n_years):
        value = np.zeros(n_paths, np.float32)
        if k < 0:
            value[:] = 1
        for year in range(max(k, 0), n_years):
            total = 0.0
            for s in range(n_paths):
                before = value[s] * start_share[year, 0 if fixed else s]
                if year == k:
                    value[s] = annuity[year, s]
                else:
                    value[s] *= growth[year, s]
                total += before + value[s] * share[year, s]
            mean = fee * total / (2 * n_paths)
            if k < 0:
                opened[year] = mean
            else:
                paid[year, k] = mean
