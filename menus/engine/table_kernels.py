"""The inner loops of the tables, compiled; see `tables.py` for what they mean and `kernels.py` for the rules they follow.

A table's first axis of nodes is u = 0, 1/64 ... 1, the part of an account's normalised size that comes from
contributions. A value at (x, z) dollars of opening balance and contributions, both in normalised dollars, is
(x + z) Q(z / (x + z)).
"""

import numpy as np

from .compiling import compiled
from .kernels import BLOCK
from .schedules import fill_schedule


@compiled
def composite(held, paid, share, holds_digital, slot, opening, election, wealth, inside):
    """One opening dollar and one dollar a year in a mix: `wealth` and `inside` (2, n_years, n_paths) are all of it, and what
    of it is digital assets."""
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
            unit, new, shares, total, digital = growth[q, year], annuity[q, year], share[q, year], wealth[year], inside[year]
            for s in range(n_paths):
                now[s] = now[s] * unit[s] + bought * new[s]
                total[s] += now[s]
            if holds_digital[q]:
                for s in range(n_paths):
                    digital[s] += now[s] * shares[s]


@compiled
def node_rows(opening, paid, opening_norm, paid_norm, out):
    """Value at every node (n_nodes, n_paths) of accounts whose parts are `opening` and `paid` (n_paths)."""
    n_nodes, n_paths = out.shape
    for j in range(n_nodes):
        u = j / (n_nodes - 1)
        a, b, row = np.float32((1 - u) / opening_norm), np.float32(u / paid_norm), out[j]
        for s in range(n_paths):
            row[s] = a * opening[s] + b * paid[s]


@compiled
def share_rows(opening, paid, digital_opening, digital_paid, opening_norm, paid_norm, out):
    """Digital share at every node (n_nodes, n_paths)."""
    n_nodes, n_paths = out.shape
    for j in range(n_nodes):
        u = j / (n_nodes - 1)
        a, b, row = np.float32((1 - u) / opening_norm), np.float32(u / paid_norm), out[j]
        for s in range(n_paths):
            row[s] = (a * digital_opening[s] + b * digital_paid[s]) / (a * opening[s] + b * paid[s])


@compiled
def ever_above(wealth, inside, paid, inside_paid, norms, cap, counts):
    """Paths above `cap` at any year end up to the last, by node of the last year, into `counts` (n_nodes): opening parts
    `wealth`, `inside` and contributed parts `paid`, `inside_paid` (n_years, n_paths); `norms` (2) of the last year."""
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
    """Add `people` (n_nodes), taken to stand at the nodes of the last year, to `above` (n_years, n_paths) where their digital
    share lies above `cap`; the parts are as in `ever_above`."""
    n_years, n_paths = wealth.shape
    n_nodes = len(people)
    for j in range(n_nodes):
        if people[j] == 0:
            continue
        u = j / (n_nodes - 1)
        a, b, count = np.float32((1 - u) / norms[0]), np.float32(u / norms[1]), people[j]
        for year in range(n_years):
            total, digital, more, more_digital, out = wealth[year], inside[year], paid[year], inside_paid[year], above[year]
            for s in range(n_paths):
                if a * digital[s] + b * more_digital[s] > cap * (a * total[s] + b * more[s]):
                    out[s] += count


@compiled
def node_of(u, n_nodes):
    """The interval in which u lies, by its lower node."""
    return min(int(u * (n_nodes - 1)), n_nodes - 2)


@compiled
def cubic(u, n_nodes, weights):
    """First of the four nodes around u; their weights in the cubic through them into `weights` (4)."""
    first = min(max(node_of(u, n_nodes) - 1, 0), n_nodes - 4)
    x = u * (n_nodes - 1) - first
    weights[0] = -(x - 1) * (x - 2) * (x - 3) / 6
    weights[1] = x * (x - 2) * (x - 3) / 2
    weights[2] = -x * (x - 1) * (x - 3) / 2
    weights[3] = x * (x - 1) * (x - 2) / 6
    return first


@compiled
def lower_bound(x, z, below, above, j, n_nodes):
    """The most that is certainly not above the value at (x, z) in normalised dollars: a value grows with both parts and in
    proportion to them, so it is at least the node on either side, shrunk until neither part is larger. `below`, `above`:
    values at nodes j and j + 1."""
    u_above, x_below = (j + 1) / (n_nodes - 1), 1 - j / (n_nodes - 1)
    return max(x / x_below * below, z / u_above * above)


@compiled
def upper_bound(x, z, below, above, j, n_nodes):
    """The least that is certainly not below the value at (x, z): either node, grown until neither part is smaller."""
    u_below, x_above = j / (n_nodes - 1), 1 - (j + 1) / (n_nodes - 1)
    bound = np.inf
    if u_below > 0:
        bound = z / u_below * below
    if x_above > 0:
        bound = min(bound, x / x_above * above)
    if u_below == 0 and z == 0:
        bound = min(bound, x * below)
    if x_above == 0 and x == 0:
        bound = min(bound, z * above)
    return bound


@compiled
def read(
    ages, pay, rates, balances, group, horizon, terms, quiet, opening_norm, paid_norm, growth_norm, annuity_norm,
    first_line, line_slot, line_election, buys_digital, fan, share, single, at_horizon, ever, bent_of, zs, base_limit,
    bent_paid_norm, bent_fan, bent_share, bent_at_horizon, bent_ever, money_of_node, tolerance,
    balance, digital, shares, ever_out, node_out, first_paid, flow_by_year, exact, low, high, low_digital, high_digital,
):  # fmt: skip
    """Figures of savers read off the tables, one row each; see `tables.Tables` for the arrays.

    `balance` (n, n_arms, 12): five percentiles, their errors, shortfall and its error; `digital`, `shares` (n, n_years, 3) or
    (n, 0, 3); `ever_out` (n) paths, `node_out` (n) nearest node, `first_paid` (n) dollars of the first year; `flow_by_year`
    (n_years) is added to. `exact` (n) is set where the contributions have a shape that the tables cannot vouch for.
    `low`, `high` (n, n_arms, 12) and `low_digital`, `high_digital` (n, n_years, 3) are certified brackets, or empty.
    """
    n_years, n_nodes = fan.shape[1], fan.shape[2]
    n_arms = at_horizon.shape[1]
    deferral, match = np.empty(n_years), np.empty(n_years)
    weights, spread = np.empty(4), np.ones(2)
    running = np.empty(max(1, (first_line[1:] - first_line[:-1]).max()))
    for i in range(len(ages)):
        age, g, years = ages[i], group[i], horizon[i]
        years_out = min(years, digital.shape[1])
        rate_matched = 0.0
        lower = 0.0
        for tier in range(terms.tiers.shape[0]):
            rate_matched += terms.tiers[tier, 0] * max(min(rates[i], terms.tiers[tier, 1]) - lower, 0.0)
            lower = terms.tiers[tier, 1]
        first_money = pay[i] * (rates[i] + rate_matched)
        bent = not (
            rates[i] * pay[i] <= quiet[age, 0]
            and pay[i] <= quiet[age, 1]
            and first_money <= quiet[age, 2]
            and rates[i] + rate_matched <= 1
        )
        b, k, part = -1, 0, 0.0
        spread[:] = 1
        if bent:
            fill_schedule(age, pay[i], rates[i], terms, deferral[:years], match[:years])
            first_money = deferral[0] + match[0]
            bent = False
            for year in range(years):
                deferral[year] += match[year]
                straight = first_money * terms.raises[year]
                if abs(deferral[year] - straight) > 1e-9 * first_money:
                    bent = True
        if bent:
            b = bent_of[g, age]
            z = rates[i] * pay[i] / base_limit[age]
            k = 0
            while k < zs.shape[1] - 2 and z > zs[b, k + 1]:
                k += 1
            part = min(max((z - zs[b, k]) / (zs[b, k + 1] - zs[b, k]), 0.0), 1.0)
            spread[0], spread[1] = np.inf, 0.0
            for year in range(years):
                ratio = deferral[year] / money_of_node[b, k, year]
                spread[0], spread[1] = min(spread[0], ratio), max(spread[1], ratio)
            if spread[1] > spread[0] * (1 + tolerance):
                exact[i] = True
                continue
        first_paid[i] = first_money
        running[:] = 0
        for year in range(years):
            money = first_money * terms.raises[year] if b < 0 else deferral[year]
            flow_by_year[year] += money * buys_digital[g, year]
            last = year == years - 1
            x, z = balances[i] * opening_norm[g, year], first_money * paid_norm[g, year]
            if b >= 0:
                z = 0.0
                for line in range(first_line[g], first_line[g + 1]):
                    q, at = line_slot[line], line - first_line[g]
                    running[at] = running[at] * growth_norm[q, year] + money * annuity_norm[q, year]
                    z += line_election[line] * running[at]
            if year >= years_out and not last:
                continue
            size = x + z
            if size <= 0:
                if year < years_out:
                    for c in range(3):
                        digital[i, year, c] = 0
                        shares[i, year, c] = 0
                continue
            u = z / size
            first = cubic(u, n_nodes, weights)
            j = node_of(u, n_nodes)
            if b >= 0:
                z_low, z_high = spread[0] * bent_paid_norm[b, k, year], spread[1] * bent_paid_norm[b, k, year]
                j_low, j_high = node_of(z_low / (x + z_low), n_nodes), node_of(z_high / (x + z_high), n_nodes)
            else:
                z_low, z_high, j_low, j_high = z, z, j, j
            if year < years_out:
                for c in range(3):
                    if b < 0:
                        value = 0.0
                        for n in range(4):
                            value += weights[n] * fan[g, year, first + n, c]
                        table = fan[g, year]
                    else:
                        value = 0.0
                        for n in range(4):
                            value += weights[n] * (
                                (1 - part) * bent_fan[b, k, year, first + n, c]
                                + part * bent_fan[b, k + 1, year, first + n, c]
                            )
                        table = bent_fan[b, k, year]
                    value *= size
                    least = lower_bound(x, z_low, table[j_low, c], table[j_low + 1, c], j_low, n_nodes)
                    most = upper_bound(x, z_high, table[j_high, c], table[j_high + 1, c], j_high, n_nodes)
                    digital[i, year, c] = min(max(value, least), most)
                    if low_digital.shape[0] > 0:
                        low_digital[i, year, c], high_digital[i, year, c] = least, most
                    if single[g]:
                        shares[i, year, c] = share[g, year, 0, c]
                    else:
                        value = 0.0
                        for n in range(4):
                            if b < 0:
                                value += weights[n] * share[g, year, first + n, c]
                            else:
                                value += weights[n] * (
                                    (1 - part) * bent_share[b, k, year, first + n, c]
                                    + part * bent_share[b, k + 1, year, first + n, c]
                                )
                        shares[i, year, c] = value
            if last:
                node_out[i] = int(u * (n_nodes - 1) + 0.5)
                value = 0.0
                for n in range(4):
                    if b < 0:
                        value += weights[n] * ever[g, year, first + n]
                    else:
                        value += weights[n] * (
                            (1 - part) * bent_ever[b, k, first + n] + part * bent_ever[b, k + 1, first + n]
                        )
                ever_out[i] = max(int(value + 0.5), 0)
                for arm in range(n_arms):
                    for c in range(12):
                        value = 0.0
                        for n in range(4):
                            if b < 0:
                                value += weights[n] * at_horizon[g, arm, year, first + n, c]
                            else:
                                value += weights[n] * (
                                    (1 - part) * bent_at_horizon[b, k, arm, first + n, c]
                                    + part * bent_at_horizon[b, k + 1, arm, first + n, c]
                                )
                        value *= size
                        if c < 5 or c == 10:
                            table = at_horizon[g, arm, year] if b < 0 else bent_at_horizon[b, k, arm]
                            least = lower_bound(x, z_low, table[j_low, c], table[j_low + 1, c], j_low, n_nodes)
                            most = upper_bound(x, z_high, table[j_high, c], table[j_high + 1, c], j_high, n_nodes)
                            value = min(max(value, least), most)
                            if low.shape[0] > 0:
                                low[i, arm, c], high[i, arm, c] = least, most
                        balance[i, arm, c] = value
