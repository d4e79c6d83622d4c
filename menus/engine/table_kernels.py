"""The inner loops of the tables, compiled; see `tables.py` for what they mean and `kernels.py` for the rules
they follow.

A table's first axis of nodes is u = 0, 1/64 ... 1, the part of an account's normalised size that comes from
contributions. A value at (x, z) dollars of opening balance and contributions, both in normalised dollars, is
(x + z) Q(z / (x + z)).
"""

import numpy as np

from .compiling import compiled
from .kernels import BLOCK
from .schedules import fill_schedule

AT_ONCE = 32  # savers evaluated before they are added up
EFFECTS = 12  # column where the errors of effects begin
COLUMNS = 17  # at the horizon: five percentiles, their errors, shortfall, its error, errors of five effects


@compiled
def composite(held, paid, share, holds_digital, slot, opening, election, wealth, inside):
    """One opening dollar and one dollar a year in a mix: `wealth` and `inside` (2, n_years, n_paths) are all
    of it, and what of it is digital assets."""
    n_years, n_paths = wealth.shape[1:]
    for year in range(n_years):
        for part in range(2):
            total, digital = wealth[part, year], inside[part, year]
            total[:] = 0
            digital[:] = 0
            for k in range(len(slot)):
                weight = np.float32(opening[k]) if part == 0 else np.float32(election[k])
                unit = held[slot[k], year] if part == 0 else paid[slot[k], year]
                shares = share[slot[k], year]
                for s in range(n_paths):
                    total[s] += weight * unit[s]
                if holds_digital[slot[k]]:
                    for s in range(n_paths):
                        digital[s] += weight * unit[s] * shares[s]


@compiled
def roll_schedule(growth, annuity, share, holds_digital, slot, election, money, wealth, inside):
    """Contributions of `money` (n_years) a year in a mix: `wealth` and `inside` (n_years, n_paths)."""
    n_years, n_paths = wealth.shape
    wealth[:] = 0
    inside[:] = 0
    now = np.empty(n_paths, np.float32)
    for k in range(len(slot)):
        q = slot[k]
        now[:] = 0
        for year in range(n_years):
            bought = np.float32(election[k] * money[year])
            unit, new, shares, total, digital = (
                growth[q, year],
                annuity[q, year],
                share[q, year],
                wealth[year],
                inside[year],
            )
            for s in range(n_paths):
                now[s] = now[s] * unit[s] + bought * new[s]
                total[s] += now[s]
            if holds_digital[q]:
                for s in range(n_paths):
                    digital[s] += now[s] * shares[s]


@compiled
def node_rows(opening, paid, norms, out):
    """Value at every node of every year (n_years * n_nodes, n_paths) of accounts whose parts are `opening`
    and `paid` (n_years, n_paths); `norms` (n_years, 2) are their normalised dollars."""
    n_years, n_paths = opening.shape
    n_nodes = out.shape[0] // n_years
    for year in range(n_years):
        held, more = opening[year], paid[year]
        for j in range(n_nodes):
            u = j / (n_nodes - 1)
            a, b, row = (
                np.float32((1 - u) / norms[year, 0]),
                np.float32(u / norms[year, 1]),
                out[year * n_nodes + j],
            )
            for s in range(n_paths):
                row[s] = a * held[s] + b * more[s]


@compiled
def share_rows(opening, paid, digital_opening, digital_paid, norms, out):
    """Digital share at every node of every year (n_years * n_nodes, n_paths)."""
    n_years, n_paths = opening.shape
    n_nodes = out.shape[0] // n_years
    for year in range(n_years):
        held, more, inside, more_inside = opening[year], paid[year], digital_opening[year], digital_paid[year]
        for j in range(n_nodes):
            u = j / (n_nodes - 1)
            a, b, row = (
                np.float32((1 - u) / norms[year, 0]),
                np.float32(u / norms[year, 1]),
                out[year * n_nodes + j],
            )
            for s in range(n_paths):
                row[s] = (a * inside[s] + b * more_inside[s]) / (a * held[s] + b * more[s])


@compiled
def ever_above(wealth, inside, paid, inside_paid, norms, cap, counts):
    """Paths above `cap` at any year end up to the last, by node of the last year, into `counts` (n_nodes):
    opening parts `wealth`, `inside` and contributed parts `paid`, `inside_paid` (n_years, n_paths); `norms`
    (2) of the last year."""
    n_years, n_paths = wealth.shape
    n_nodes = len(counts)
    crossed = np.empty(BLOCK, np.bool_)
    for j in range(n_nodes):
        u = j / (n_nodes - 1)
        a, b = np.float32((1 - u) / norms[0]), np.float32(u / norms[1])
        for low in range(0, n_paths, BLOCK):
            width = min(BLOCK, n_paths - low)
            crossed[:] = False
            for year in range(n_years):
                total, digital = wealth[year, low : low + width], inside[year, low : low + width]
                more, more_digital = paid[year, low : low + width], inside_paid[year, low : low + width]
                for s in range(width):
                    crossed[s] |= a * digital[s] + b * more_digital[s] > cap * (a * total[s] + b * more[s])
            for s in range(width):
                counts[j] += crossed[s]


@compiled
def count_above(wealth, inside, paid, inside_paid, norms, cap, people, above):
    """Add `people` (n_nodes), taken to stand at the nodes of the last year, to `above` (n_years, n_paths)
    where their digital share lies above `cap`; the parts are as in `ever_above`."""
    n_years, n_paths = wealth.shape
    n_nodes = len(people)
    for j in range(n_nodes):
        if people[j] == 0:
            continue
        u = j / (n_nodes - 1)
        a, b, count = np.float32((1 - u) / norms[0]), np.float32(u / norms[1]), people[j]
        for year in range(n_years):
            total, digital, more, more_digital, out = (
                wealth[year],
                inside[year],
                paid[year],
                inside_paid[year],
                above[year],
            )
            for s in range(n_paths):
                if a * digital[s] + b * more_digital[s] > cap * (a * total[s] + b * more[s]):
                    out[s] += count


@compiled
def lower_bound(x, z, below, above, j, n_nodes):
    """The most that surely does not lie above the value at (x, z) in normalised dollars: a value grows with
    both parts and in proportion to them, so it is at least the node on either side, shrunk until neither part
    is larger. `below`, `above`: values at nodes j and j + 1."""
    return max(x * (n_nodes - 1) / (n_nodes - 1 - j) * below, z * (n_nodes - 1) / (j + 1) * above)


@compiled
def upper_bound(x, z, below, above, j, n_nodes):
    """The least that surely does not lie below the value at (x, z): either node, grown until neither part is
    smaller."""
    bound = np.inf
    if j > 0:
        bound = z * (n_nodes - 1) / j * below
    elif z == 0:
        bound = x * below
    if j < n_nodes - 2:
        return min(bound, x * (n_nodes - 1) / (n_nodes - 2 - j) * above)
    if x == 0:
        return min(bound, z * above)
    return bound


@compiled
def node_below(u, n_nodes):
    """The interval in which u lies, by its lower node."""
    return min(int(u * (n_nodes - 1)), n_nodes - 2)


@compiled
def cubic(u, n_nodes, weights):
    """First of the four nodes around u; their weights in the cubic through them into `weights` (4)."""
    first = min(max(node_below(u, n_nodes) - 1, 0), n_nodes - 4)
    x = u * (n_nodes - 1) - first
    weights[0] = -(x - 1) * (x - 2) * (x - 3) / 6
    weights[1] = x * (x - 2) * (x - 3) / 2
    weights[2] = -x * (x - 1) * (x - 3) / 2
    weights[3] = x * (x - 1) * (x - 2) / 6
    return first


@compiled
def place_years(opening_norm, paid_norm, held, paid, n_nodes, parts, nodes):
    """Where an account stands in the table of each year: into `parts` (7, n_years) the weights of four nodes,
    its size and both parts in normalised dollars; into `nodes` (2, n_years) the node below and the first of
    the four."""
    one, two, three, half, third = (
        np.float32(1),
        np.float32(2),
        np.float32(3),
        np.float32(0.5),
        np.float32(1 / 3),
    )
    w0, w1, w2, w3, sizes, xs, zs = parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]
    below, firsts = nodes[0], nodes[1]
    top, last, zero, step = np.int32(n_nodes - 1), np.int32(n_nodes - 4), np.int32(0), np.int32(1)
    for year in range(len(opening_norm)):
        x, z = held * opening_norm[year], paid * paid_norm[year]
        size = x + z
        place = z / size * np.float32(top)
        j = min(np.int32(place), np.int32(top - step))
        first = min(max(np.int32(j - step), zero), last)
        v = place - np.float32(first)
        v1, v2, v3 = v - one, v - two, v - three
        p, q = v2 * v3 * half, v * v1 * half
        w0[year], w1[year], w2[year], w3[year] = -v1 * p * third, v * p, -q * v3, q * v2 * third
        sizes[year], xs[year], zs[year] = size, x, z
        below[year], firsts[year] = j, first


@compiled
def read_years(table, start, years, parts, nodes, inverse, top, out):
    """Eight figures of each year into `out` (n_years * 8): a cubic through four nodes, dollars kept inside
    their bracket. Written out number by number, which the compiler turns into one operation on eight."""
    for year in range(years):
        w0, w1, w2, w3 = parts[0, year], parts[1, year], parts[2, year], parts[3, year]
        size, x, z = parts[4, year], parts[5, year], parts[6, year]
        j = np.int64(nodes[0, year])
        l0, l1, h0, h1 = x * inverse[top - j], z * inverse[j + 1], z * inverse[j], x * inverse[top - 1 - j]
        f, j = np.int64(nodes[1, year]) * 8, j * 8
        r, n, o = (
            table[start + year, f : f + 32],
            table[start + year, j : j + 16],
            out[year * 8 : year * 8 + 8],
        )
        d0 = w0 * r[0] + w1 * r[8] + w2 * r[16] + w3 * r[24]
        d1 = w0 * r[1] + w1 * r[9] + w2 * r[17] + w3 * r[25]
        d2 = w0 * r[2] + w1 * r[10] + w2 * r[18] + w3 * r[26]
        d3 = w0 * r[3] + w1 * r[11] + w2 * r[19] + w3 * r[27]
        d4 = w0 * r[4] + w1 * r[12] + w2 * r[20] + w3 * r[28]
        d5 = w0 * r[5] + w1 * r[13] + w2 * r[21] + w3 * r[29]
        d6 = w0 * r[6] + w1 * r[14] + w2 * r[22] + w3 * r[30]
        d7 = w0 * r[7] + w1 * r[15] + w2 * r[23] + w3 * r[31]
        a0, a1, a2, a3 = l0 * n[0], l0 * n[1], l0 * n[2], l0 * n[3]
        b0, b1, b2, b3 = l1 * n[8], l1 * n[9], l1 * n[10], l1 * n[11]
        e0, e1, e2, e3 = h0 * n[0], h0 * n[1], h0 * n[2], h0 * n[3]
        g0, g1, g2, g3 = h1 * n[8], h1 * n[9], h1 * n[10], h1 * n[11]
        # conditions, not max() and min(), which look at what is not a number and cost twice as much
        a0, a1, a2, a3 = (
            a0 if a0 > b0 else b0,
            a1 if a1 > b1 else b1,
            a2 if a2 > b2 else b2,
            a3 if a3 > b3 else b3,
        )
        e0, e1, e2, e3 = (
            e0 if e0 < g0 else g0,
            e1 if e1 < g1 else g1,
            e2 if e2 < g2 else g2,
            e3 if e3 < g3 else g3,
        )
        e0, e1, e2, e3 = (
            e0 if e0 > a0 else a0,
            e1 if e1 > a1 else a1,
            e2 if e2 > a2 else a2,
            e3 if e3 > a3 else a3,
        )
        d0, d1, d2, d3 = d0 * size, d1 * size, d2 * size, d3 * size
        d0, d1, d2, d3 = (
            d0 if d0 > a0 else a0,
            d1 if d1 > a1 else a1,
            d2 if d2 > a2 else a2,
            d3 if d3 > a3 else a3,
        )
        d0, d1, d2, d3 = (
            d0 if d0 < e0 else e0,
            d1 if d1 < e1 else e1,
            d2 if d2 < e2 else e2,
            d3 if d3 < e3 else e3,
        )
        o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7] = d0, d1, d2, d3, d4, d5, d6, d7


@compiled
def year_bounds(table, start, years, parts, nodes, inverse, top, low, high):
    """The brackets that `read_years` keeps to, into `low` and `high` (n_years, 4)."""
    for year in range(years):
        x, z, j = parts[5, year], parts[6, year], np.int64(nodes[0, year])
        for c in range(4):
            below, above = table[start + year, j * 8 + c], table[start + year, j * 8 + 8 + c]
            low[year, c] = max(x * inverse[top - j] * below, z * inverse[j + 1] * above)
            high[year, c] = max(min(z * inverse[j] * below, x * inverse[top - 1 - j] * above), low[year, c])


@compiled
def read_straight(
    order, ages, pay, rates, balances, group, horizon, tiers, quiet, opening_norm, paid_norm, holds_digital, alike,
    by_year, at_horizon, ever, balance, years_out, ever_out, node_out, first_paid, bent, low, high, low_digital,
    high_digital, fill,
):  # fmt: skip
    """Figures of savers whom no limit stops, one row each; the others are marked in `bent` (n) and left.
    `order` (n): who comes after whom, best by group and age, so that a table is still in the processor's
    cache.

    Tables: `by_year` (n_groups, n_years, n_nodes, 8) digital dollars at p5, p50, p95, nothing, shares at the
    same, nothing: eight columns fill a register; `at_horizon` (n_groups, n_arms, n_years, n_ends, 17), `ever`
    (n_groups, n_years, n_nodes). Out: `balance` (n, n_arms, 17) as in `nodes.COLUMNS`; `years_out` (n,
    n_years, 8) or (n, 0, 8), NaN beyond the horizon; `ever_out` paths, `node_out` nearest node, `first_paid`
    dollars of the first year (n). `low`, `high`, `low_digital`, `high_digital` (n, n_years, 4) are sure
    brackets, or empty.
    """
    n_years, n_nodes, n_arms = by_year.shape[1], by_year.shape[2], at_horizon.shape[1]
    top, n_ends, with_brackets, weights = n_nodes - 1, at_horizon.shape[3], low.shape[0] > 0, np.empty(4)
    table, ends, evers = (
        by_year.reshape(-1, n_nodes * 8),
        at_horizon.reshape(-1, n_ends * COLUMNS),
        ever.ravel(),
    )
    norm_of, paid_of = opening_norm.astype(np.float32).ravel(), paid_norm.astype(np.float32).ravel()
    n_out, flat_out = years_out.shape[1], years_out.reshape(len(ages), -1)
    parts, nodes = np.empty((7, n_years), np.float32), np.empty((2, n_years), np.int32)
    inverse = np.empty(n_nodes + 1, np.float32)
    inverse[0] = 1e30  # at either end one part is nothing, and then the other bound is the value itself
    for j in range(1, n_nodes + 1):
        inverse[j] = top / j
    for i in order:
        age, g, years, rate, wage, held = ages[i], group[i], horizon[i], rates[i], pay[i], balances[i]
        matched, lower = 0.0, 0.0
        for tier in range(len(tiers)):
            matched += tiers[tier, 0] * max(min(rate, tiers[tier, 1]) - lower, 0.0)
            lower = tiers[tier, 1]
        paid = wage * (rate + matched)
        quiet_now = rate * wage <= quiet[age, 0] and wage <= quiet[age, 1] and paid <= quiet[age, 2]
        if not quiet_now or rate + matched > 1:
            bent[i] = True
            continue
        first_paid[i] = paid
        start, filled = g * n_years, min(years, n_out)
        row = flat_out[i]
        if fill:
            for k in range(years * 8, len(row)):
                row[k] = np.nan
        if held + paid <= 0:
            for k in range(filled * 8):
                row[k] = 0
            continue
        if filled > 0:
            if holds_digital[g]:
                some = slice(start, start + filled)
                place_years(
                    norm_of[some], paid_of[some], np.float32(held), np.float32(paid), n_nodes, parts, nodes
                )
                read_years(table, start, filled, parts, nodes, inverse, top, row)
                if with_brackets:
                    year_bounds(
                        table, start, filled, parts, nodes, inverse, top, low_digital[i], high_digital[i]
                    )
            elif fill:
                for k in range(filled * 8):
                    row[k] = 0
        x, z = held * opening_norm[g, years - 1], paid * paid_norm[g, years - 1]
        whole = x + z
        u = z / whole
        node_out[i] = int(u * top + 0.5)
        if holds_digital[g]:
            first, base = cubic(u, n_nodes, weights), (start + years - 1) * n_nodes
            counted = 0.0
            for n in range(4):
                counted += weights[n] * evers[base + first + n]
            ever_out[i] = max(int(counted + 0.5), 0)
        first, j = cubic(u, n_ends, weights), node_below(u, n_ends)
        e0, e1 = np.float32(weights[0] * whole), np.float32(weights[1] * whole)
        e2, e3 = np.float32(weights[2] * whole), np.float32(weights[3] * whole)
        l0, l1 = np.float32(x * (n_ends - 1) / (n_ends - 1 - j)), np.float32(z * (n_ends - 1) / (j + 1))
        h0 = np.float32(z * (n_ends - 1) / j if j > 0 else z * 1e30)
        h1 = np.float32(x * (n_ends - 1) / (n_ends - 2 - j) if j < n_ends - 2 else x * 1e30)
        for arm in range(n_arms):
            if arm > 0 and alike[g, arm]:
                balance[i, arm, :EFFECTS], balance[i, arm, EFFECTS:] = balance[i, 0, :EFFECTS], 0
                if with_brackets:
                    low[i, arm, :], high[i, arm, :] = low[i, 0], high[i, 0]
                continue
            row, ending = ends[(g * n_arms + arm) * n_years + years - 1], balance[i, arm]
            r, near = row[first * COLUMNS : (first + 4) * COLUMNS], row[j * COLUMNS : (j + 2) * COLUMNS]
            for c in range(COLUMNS):
                ending[c] = (
                    e0 * r[c] + e1 * r[COLUMNS + c] + e2 * r[2 * COLUMNS + c] + e3 * r[3 * COLUMNS + c]
                )
            for c in (0, 1, 2, 3, 4, 10):
                least = max(l0 * near[c], l1 * near[COLUMNS + c])
                most = max(min(h0 * near[c], h1 * near[COLUMNS + c]), least)
                ending[c] = min(max(ending[c], least), most)
                if with_brackets:
                    low[i, arm, c], high[i, arm, c] = least, most


@compiled
def add_straight(
    order, ages, pay, rates, balances, mix, index, group_of, retirement_age, tiers, quiet, opening_norm, paid_norm,
    holds_digital, alike, buys_digital, by_year, at_horizon, ever, sums, flow_by_horizon, stopped,
):  # fmt: skip
    """Savers evaluated in full, a few at a time in room that stays in the processor's first cache, and added
    up by `index` (n) into `sums` (n_index, 5): contributions, new money into digital assets, digital dollars
    today, paths ever above the cap, and median at the horizon with the sleeve less without. `flow_by_horizon`
    (n_groups, n_years) gets contributions of the first year. Who is stopped by a limit is marked in `stopped`
    (n) and left.
    """
    n_years, n_arms = by_year.shape[1], at_horizon.shape[1]
    group, horizon = np.empty(AT_ONCE, np.int64), np.empty(AT_ONCE, np.int64)
    balance = np.empty((AT_ONCE, n_arms, COLUMNS), np.float32)
    years_out = np.empty((AT_ONCE, n_years, 8), np.float32)
    ever_out, node_out, paid = np.empty(AT_ONCE, np.int64), np.empty(AT_ONCE, np.int64), np.empty(AT_ONCE)
    bent, none, no_years = np.empty(AT_ONCE, np.bool_), np.empty((0, 0, 0)), np.empty((0, 0, 0))
    everybody = np.arange(AT_ONCE)
    age, wage, rate, held = (
        np.empty(AT_ONCE, np.int64),
        np.empty(AT_ONCE),
        np.empty(AT_ONCE),
        np.empty(AT_ONCE),
    )
    for low in range(0, len(order), AT_ONCE):
        some = min(AT_ONCE, len(order) - low)
        for k in range(some):
            i = order[low + k]
            age[k], wage[k], rate[k], held[k] = ages[i], pay[i], rates[i], balances[i]
            group[k] = group_of[mix[i], age[k]]
            horizon[k] = max(retirement_age - age[k], 1)
        bent[:], ever_out[:], paid[:], balance[:] = False, 0, 0, 0
        read_straight(
            everybody[:some], age, wage, rate, held, group, horizon, tiers, quiet, opening_norm, paid_norm,
            holds_digital, alike, by_year, at_horizon, ever, balance, years_out, ever_out, node_out, paid, bent, none,
            none, no_years, no_years, False,
        )  # fmt: skip
        for k in range(some):
            if bent[k]:
                stopped[order[low + k]] = True
                continue
            g, at = group[k], index[order[low + k]]
            buys = buys_digital[g, 0]
            sums[at, 0] += paid[k]
            sums[at, 1] += paid[k] * buys
            sums[at, 2] += held[k] * buys
            sums[at, 3] += ever_out[k]
            sums[at, 4] += balance[k, 1, 2] - balance[k, 0, 2]
            flow_by_horizon[g, horizon[k] - 1] += paid[k]


@compiled
def read_bent(
    people, ages, pay, rates, balances, group, horizon, terms, growth_norm, annuity_norm, opening_norm, straight_norm,
    first_line, line_slot, line_election, buys_digital, bent_of, zs, base_limit, typical_match, counted_match,
    counted_pay, paid_norm, by_year, at_horizon, ever, shapes, tolerance,
    balance, years_out, ever_out, node_out, first_paid, flow_by_year, exact, low, high, low_digital, high_digital,
):  # fmt: skip
    """As `read_straight` for `people` whom a limit stops; see `bent.Bent` for the tables. Contributions lie
    between two shapes, and a match other than the typical one adds or takes some of the first shape, which is
    straight, and brings in the last, that of high pay: percentiles are blended in these proportions.

    `flow_by_year` (n_years) is added to. `exact` (n) is set where the contributions stray further from that
    blend than `tolerance` from one year to another.
    """
    n_years, n_nodes = by_year.shape[2:4]
    n_arms, n_ends = at_horizon.shape[2:4]
    weights = np.empty(4)
    money, match, raises = np.empty(n_years), np.empty(n_years), terms.raises
    running = np.empty(max(1, (first_line[1:] - first_line[:-1]).max()))
    # the shapes read and their weights: two neighbours in z, the straight one, and that of high pay
    blend, shape, n_shapes = np.empty(4), np.zeros(4, np.int64), zs.shape[1]
    shape[3] = n_shapes
    for i in people:
        age, g, years = ages[i], group[i], horizon[i]
        b, out_years = bent_of[g, age], min(years, years_out.shape[1])
        if b < 0:  # no table was made: it is the match, not the deferral, that meets a limit
            exact[i] = True
            continue
        fill_schedule(age, pay[i], rates[i], terms, money[:years], match[:years])
        wanted, k = rates[i] * pay[i] / base_limit[age], 0
        while k < n_shapes - 2 and wanted > zs[b, k + 1]:
            k += 1
        wanted = min(max(wanted, zs[b, 0]), zs[b, n_shapes - 1])
        part = (wanted - zs[b, k]) / (zs[b, k + 1] - zs[b, k])
        # the match as so many dollars that grow with raises and so many with the pay that counts, right in the
        # first year and the last
        end, counted_end = raises[years - 1], counted_pay[years - 1]
        by_count = (
            (match[0] * end - match[years - 1]) / (end - counted_end)
            if abs(end - counted_end) > 1e-9
            else 0.0
        )
        top = by_count / counted_match[age] if counted_match[age] > 0 else 0.0
        by_raise = match[0] - by_count - (1 - top) * typical_match * wanted * base_limit[age]
        least_ratio, most_ratio, least_gap, most_gap = np.inf, 0.0, np.inf, 0.0
        for year in range(years):
            tabled = (1 - top) * ((1 - part) * shapes[b, k, year] + part * shapes[b, k + 1, year])
            tabled += by_raise * raises[year] + top * shapes[b, n_shapes, year]
            money[year] += match[year]
            gap = money[year] / tabled if tabled > 0 else np.inf
            least_gap, most_gap = min(least_gap, gap), max(most_gap, gap)
            ratio = money[year] / shapes[b, k, year]
            least_ratio, most_ratio = min(least_ratio, ratio), max(most_ratio, ratio)
        if not 0.0 < most_gap <= least_gap * (1 + tolerance):  # who pays nothing in has no shape
            exact[i] = True
            continue
        shape[0], shape[1] = k, k + 1
        first_paid[i] = money[0]
        running[:] = 0
        for year in range(years):
            flow_by_year[year] += money[year] * buys_digital[g, year]
            z = 0.0
            for line in range(first_line[g], first_line[g + 1]):
                q, at = line_slot[line], line - first_line[g]
                running[at] = running[at] * growth_norm[q, year] + money[year] * annuity_norm[q, year]
                z += line_election[line] * running[at]
            last = year == years - 1
            if year >= out_years and not last:
                continue
            x = balances[i] * opening_norm[g, year]
            size = x + z
            blend[2] = by_raise * straight_norm[g, year] / z
            blend[3] = top * paid_norm[b, n_shapes, year] / z
            blend[0] = (1 - blend[2] - blend[3]) * (1 - part)
            blend[1] = (1 - blend[2] - blend[3]) * part
            u = z / size
            first = cubic(u, n_nodes, weights)
            z_low, z_high = least_ratio * paid_norm[b, k, year], most_ratio * paid_norm[b, k, year]
            if year < out_years:
                j_low, j_high = (
                    node_below(z_low / (x + z_low), n_nodes),
                    node_below(z_high / (x + z_high), n_nodes),
                )
                for c in range(8):
                    value = 0.0
                    for n in range(4):
                        for at in range(4):
                            value += blend[n] * weights[at] * by_year[b, shape[n], year, first + at, c]
                    if c > 3:
                        years_out[i, year, c] = value
                        continue
                    below, above = by_year[b, k, year, j_low, c], by_year[b, k, year, j_low + 1, c]
                    least = lower_bound(x, z_low, below, above, j_low, n_nodes)
                    below, above = by_year[b, k, year, j_high, c], by_year[b, k, year, j_high + 1, c]
                    most = upper_bound(x, z_high, below, above, j_high, n_nodes)
                    years_out[i, year, c] = min(max(size * value, least), most)
                    if low_digital.shape[0] > 0:
                        low_digital[i, year, c], high_digital[i, year, c] = least, most
        for year in range(years, years_out.shape[1]):
            years_out[i, year, :] = np.nan
        node_out[i] = int(u * (n_nodes - 1) + 0.5)
        counted = 0.0
        for n in range(4):
            for at in range(4):
                counted += blend[n] * weights[at] * ever[b, shape[n], first + at]
        ever_out[i] = max(int(counted + 0.5), 0)
        first = cubic(u, n_ends, weights)
        j_low, j_high = node_below(z_low / (x + z_low), n_ends), node_below(z_high / (x + z_high), n_ends)
        for arm in range(n_arms):
            for c in range(COLUMNS):
                value = 0.0
                for n in range(4):
                    for at in range(4):
                        value += blend[n] * weights[at] * at_horizon[b, shape[n], arm, first + at, c]
                value *= size
                if c < 5 or c == 10:
                    below, above = at_horizon[b, k, arm, j_low, c], at_horizon[b, k, arm, j_low + 1, c]
                    least = lower_bound(x, z_low, below, above, j_low, n_ends)
                    below, above = at_horizon[b, k, arm, j_high, c], at_horizon[b, k, arm, j_high + 1, c]
                    most = upper_bound(x, z_high, below, above, j_high, n_ends)
                    value = min(max(value, least), most)
                    if low.shape[0] > 0:
                        low[i, arm, c], high[i, arm, c] = least, most
                balance[i, arm, c] = value
